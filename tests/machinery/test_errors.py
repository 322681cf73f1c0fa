"""What the server's errors say."""

from __future__ import annotations

import pytest

from kubesim_cli.machinery import errors


@pytest.mark.parametrize(("name", "told"), [
    ("web", '"web"'), ("x\x1b[2Jx", r'"x\x1b[2Jx"'), ('a"b\\', r'"a\"b\\"'), ("é\u009b", r'"é\u009b"'),
    ("a\nb", r'"a\nb"')])
def test_names_are_quoted_so_that_they_do_nothing_to_a_terminal(name, told):
    assert errors.not_found("pods", name).message == f"pods {told} not found"
    assert errors.already_exists("pods", name).message == f"pods {told} already exists"
    assert errors.conflict("pods", name, "why").message == f"Operation cannot be fulfilled on pods {told}: why"
    assert errors.forbidden("pods", name, "why").message == f"pods {told} is forbidden: why"
    assert errors.invalid("Pod", "", name, []).message.startswith(f"Pod {told} is invalid: ")
