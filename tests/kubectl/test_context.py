"""What a verb is given."""

import io

import pytest

from kubesim_cli.kubectl.cli.commands import flags_of
from kubesim_cli.kubectl.context import Context


@pytest.fixture
def ctx():
    return Context("", flags_of(""), {}, (io.StringIO(), io.StringIO(), io.StringIO()))


def printed(ctx):
    ctx.flush()
    return ctx._stdout.getvalue(), ctx._stderr.getvalue()


def test_what_is_captured_is_not_printed(ctx):
    def show():
        ctx.out("shown ")
        ctx.err("warned ")
        ctx.out("again")

    ctx.out("before ")
    assert ctx.capture(show) == "shown again"
    ctx.out("after")
    assert printed(ctx) == ("before after", "warned ")


def test_a_capture_that_fails_captures_no_more(ctx):
    with pytest.raises(ZeroDivisionError):
        ctx.capture(lambda: ctx.out("lost") or 1 / 0)
    ctx.out("after")
    assert printed(ctx) == ("after", "")
