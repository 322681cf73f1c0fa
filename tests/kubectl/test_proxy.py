"""What kubectl proxy says before it would listen."""

import pytest

NONE = "error: kubesim does not serve its API over HTTP yet: use --raw with get, create, replace or delete\n"
UNFILTERED = "] Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious\n"


@pytest.mark.parametrize(("flags", "told"), [
    ("", NONE), ("--unix-socket=s --port=8001", NONE), ("--unix-socket=s --address=::1", NONE),
    ("--unix-socket=s --port=1", "error: cannot set --unix-socket and --port at the same time\n"),
    ("--unix-socket=s --disable-filter", NONE)])
def test_refusals(terminal, flags, told):
    assert terminal(f"kubectl proxy {flags}") == (1, "", told)


def test_a_port_without_a_filter_is_warned_of(terminal):
    warned = terminal("kubectl proxy --disable-filter").err
    assert warned.startswith("W0101 ") and warned.endswith(UNFILTERED + NONE)
