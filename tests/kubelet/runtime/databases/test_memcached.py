"""memcached over its text protocol, by nc."""

from __future__ import annotations

import pytest

from .halls import Hall


@pytest.fixture
def hall():
    found = Hall()
    found.start("cache", "memcached:1.6", "docker-entrypoint.sh", "memcached", "-u", "memcache", "-m", "1")
    found.start("box", "busybox", "sleep", "infinity", address="10.0.0.2")
    return found


def ask(hall, *lines, seconds=2):
    text = "".join(f"{line}\\r\\n" for line in (*lines, "quit"))
    return hall.run("box", "sh", "-c", f"printf '{text}' | nc cache 11211", seconds=seconds)[0].split("\r\n")[:-1]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("set a 5 0 5", "hello", "get a b"), ["STORED", "VALUE a 5 5", "hello", "END"]),
        (("add a 0 0 1", "x", "add a 0 0 1", "y", "replace b 0 0 1", "z"), ["STORED", "NOT_STORED", "NOT_STORED"]),
        (
            ("set a 0 0 1", "b", "append a 0 0 1", "c", "prepend a 0 0 1", "a", "get a"),
            ["STORED", "STORED", "STORED", "VALUE a 0 3", "abc", "END"],
        ),
        (("set n 0 0 2", "10", "incr n 5", "decr n 20", "incr x 1"), ["STORED", "15", "0", "NOT_FOUND"]),
        (
            ("set a 0 0 1", "x", "incr a 1", "incr a x"),
            [
                "STORED",
                "CLIENT_ERROR cannot increment or decrement non-numeric value",
                "CLIENT_ERROR invalid numeric delta argument",
            ],
        ),
        (
            ("set a 0 0 1", "x", "gets a", "cas a 0 0 1 1", "y", "cas a 0 0 1 1", "z", "cas b 0 0 1 1", "z"),
            ["STORED", "VALUE a 0 1 1", "x", "END", "STORED", "EXISTS", "NOT_FOUND"],
        ),
        (("set a 0 0 1 noreply", "x", "delete a", "delete a", "touch a 3"), ["DELETED", "NOT_FOUND", "NOT_FOUND"]),
        (
            ("set a 0 0 1", "too long", "nonsense", "get", "incr a"),
            ["CLIENT_ERROR bad data chunk", "ERROR", "ERROR", "ERROR"],
        ),
        (("version", "verbosity 1", "stats items", "flush_all"), ["VERSION 1.6.39", "OK", "END", "OK"]),
    ],
)
def test_commands(hall, lines, wanted):
    assert ask(hall, *lines) == wanted


def test_what_has_had_its_time_is_gone(hall):
    assert ask(hall, "set a 0 10 1", "x", "set b 0 -1 1", "x", "get a b")[:3] == ["STORED", "STORED", "VALUE a 0 1"]
    assert ask(hall, "gat 30 a", "touch a 30")[-1] == "TOUCHED"
    hall.store()
    hall.wait(20)
    assert ask(hall, "get a") == ["VALUE a 0 1", "x", "END"]
    hall.wait(20)
    assert ask(hall, "get a") == ["END"]
    assert {"STAT get_misses 2", "STAT curr_items 0", "STAT limit_maxbytes 1048576"} < set(ask(hall, "stats"))


def test_what_was_not_used_for_long_makes_room(hall):
    """The limit is a megabyte."""
    script = (
        "for k in a b c d; do printf 'set %s 0 0 300000\\r\\n' $k; head -c 300000 /dev/zero | tr '\\0' x; "
        "printf '\\r\\nget a\\r\\n'; done | nc -w 2 cache 11211 | grep -c '^VALUE a'"
    )
    assert hall.run("box", "sh", "-c", script, seconds=9)[0] == "4\n"
    assert ask(hall, "get b") == ["END"]


def test_it_does_not_run_as_root(hall):
    (ended,) = hall.start("other", "memcached:1.6", "memcached", address="10.0.0.3")
    assert (ended.code, hall.said("other")) == (71, "can't run as root without the -u switch\n")
    assert hall.run("cache", "memcached", "-V")[0] == "memcached 1.6.39\n"
