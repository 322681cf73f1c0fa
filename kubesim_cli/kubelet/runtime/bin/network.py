"""Programs that talk to a host of which nothing but its name is known: they succeed where it is, and print nothing.

Where the name is not known they fail as the real ones do.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.process import Process, Program


def host_of(args: list[str]) -> str:
    """Return the host that a network program's arguments name, "" where they name none."""
    for flag in ("-h", "--host", "-H"):
        if flag in args[:-1]:
            return args[args.index(flag) + 1]
    for arg in args:
        if arg.startswith("--host="):
            return arg.partition("=")[2]
        if "://" in arg:
            return arg.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    plain = [arg for arg in args if not arg.startswith("-") and not arg.replace(".", "").isdigit()]
    return plain[0].partition("/")[0].partition(":")[0] if plain else ""


def reaches(process: Process, host: str) -> bool:
    """Tell whether a host's name is known now."""
    if not host or host == "localhost" or host.replace(".", "").isdigit():
        return True
    return bool(process.kernel.routes.resolve(process.space, host))


def _client(failure: int, words: Callable[[str], str]) -> Program:
    """A program that asks a host for something; what it says where it cannot, and its code then."""

    def run(process: Process) -> int:
        host = host_of(process.argv[1:])
        if reaches(process, host):
            process.space.guessed = True
            return 0
        if text := words(host):
            process.write(text + "\n", 2)
        return failure

    return run


def _ping(process: Process) -> int | None:
    host = host_of([arg for arg in process.argv[1:] if not arg.startswith("-")])
    if not reaches(process, host):
        process.write(f"ping: bad address '{host}'\n", 2)
        return 1
    process.space.guessed = True
    if not any(arg.startswith("-c") for arg in process.argv):
        process.wait()
        return None
    return 0


def _nc(process: Process) -> int | None:
    args = process.argv[1:]
    process.space.guessed = True
    if any(arg.startswith("-") and "l" in arg for arg in args):
        process.wait()
        return None
    return 0 if reaches(process, host_of(args)) else 1


PROGRAMS: dict[str, Program] = {
    "nslookup": _client(1, lambda host: f"** server can't find {host}: NXDOMAIN"), "getent": _client(2,
    lambda host: ""),
    "host": _client(1, lambda host: f"Host {host} not found: 3(NXDOMAIN)"), "dig": lambda process: 0,
    "wget": _client(1, lambda host: f"wget: bad address '{host}'"), "ping": _ping, "nc": _nc,
    "curl": _client(6, lambda host: f"curl: (6) Could not resolve host: {host}"),
}
