"""ping and traceroute, as busybox and iputils have them: in simulated time, with round trips by chance."""

from __future__ import annotations

from ..chance import Chance
from . import flavour, resolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

_VALUED = "cWiswtIlpmQST"
WAITS = 10.0  # seconds that the last answer is waited for


def _options(process: Process) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    rest: list[str] = []
    words = process.argv[1:]
    while words:
        word = words.pop(0)
        if word.startswith("-") and len(word) > 1:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                found[letter] = ""
                if letter in _VALUED:
                    found[letter] = letters or (words.pop(0) if words else "")
                    letters = ""
        else:
            rest.append(word)
    return found, rest


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


def _ping(process: Process) -> int | None:
    given, words = _options(process)
    busybox = flavour.is_busybox(process)
    state: Any = process.memory
    if state is None:
        if not words:
            process.write("Usage: ping [OPTIONS] HOST\n" if busybox
                          else "ping: usage error: Destination address required\n", 2)
            return 1 if busybox else 2
        found = resolver.lookup(process, words[-1])
        if not found.addresses:
            if busybox:
                return process.complain(f"bad address '{words[-1]}'")
            process.complain(f"{words[-1]}: " + ("Name or service not known" if found.reply is not None
                                                 else "Temporary failure in name resolution"))
            return 2
        size = int(_number(given.get("s", ""), 56))
        state = process.memory = {"address": found.addresses[0], "sent": 0, "times": [], "next": process.kernel.now,
                                  "began": process.kernel.now, "last": None, "size": size}
        process.trapped = frozenset(("INT",))
        address = state["address"]
        process.write(f"PING {words[-1]} ({address}): {size} data bytes\n" if busybox
                      else f"PING {words[-1]} ({address}) {size}({size + 28}) bytes of data.\n")
    now = process.kernel.now
    count = int(_number(given.get("c", ""), 0))
    deadline = state["began"] + _number(given["w"], 1e9) if "w" in given else None
    if process.pending or (deadline is not None and now >= deadline) or (
            state["last"] is not None and now >= state["last"]):
        return _totals(process, state, words[-1], busybox, given)
    if now >= state["next"] and (not count or state["sent"] < count):
        _send(process, state, words[-1], busybox, "q" in given)
        state["next"] = now + max(_number(given.get("i", ""), 1.0), 0.002)
        if count and state["sent"] >= count:
            if len(state["times"]) == count:
                return _totals(process, state, words[-1], busybox, given)
            state["last"] = now + _number(given.get("W", ""), WAITS)
    until = state["last"] if state["last"] is not None else state["next"]
    process.wait(until=until if deadline is None else min(until, deadline))
    return None


def _send(process: Process, state: dict[str, Any], name: str, busybox: bool, quiet: bool) -> None:
    """Send one packet; what answers, answers at once."""
    number, address = state["sent"], state["address"]
    state["sent"] += 1
    if not process.kernel.routes.alive(process.space, address):
        return
    took = (50 + Chance(f"{process.space.net.name}/{address}/{number}").below(60)) / 1000
    state["times"].append(took)
    if quiet:
        return
    size = state["size"] + 8
    if busybox:
        process.write(f"{size} bytes from {address}: seq={number} ttl=64 time={took:.3f} ms\n")
    else:
        known = _known(process, address) if address != name else ""
        process.write(f"{size} bytes from {f'{known} ({address})' if known else address}: icmp_seq={number + 1} "
                      f"ttl=64 time={took:.3f} ms\n")


def _known(process: Process, address: str) -> str:
    from .dns import reverse

    reply = resolver.ask(process, resolver.config(process).servers[0],
                         reverse(address), "PTR")
    return reply.answers[0].data.rstrip(".") if reply is not None and reply.answers else address


def _totals(process: Process, state: dict[str, Any], name: str, busybox: bool, given: dict[str, str]) -> int:
    sent, times = state["sent"], state["times"]
    loss = (sent - len(times)) * 100 // sent if sent else 0
    word = "packets received" if busybox else "received"
    text = f"\n--- {name} ping statistics ---\n{sent} packets transmitted, {len(times)} {word}, {loss}% packet loss"
    if not busybox:
        text += f", time {int((process.kernel.now - state['began']) * 1000)}ms"
    text += "\n"
    if times:
        mean = sum(times) / len(times)
        figures = f"{min(times):.3f}/{mean:.3f}/{max(times):.3f}"
        spread = (sum((each - mean) ** 2 for each in times) / len(times)) ** 0.5
        text += f"round-trip min/avg/max = {figures} ms\n" if busybox \
            else f"rtt min/avg/max/mdev = {figures}/{spread:.3f} ms\n"
    elif not busybox:
        text += "\n"
    process.write(text)
    return 0 if times and not ("w" in given and len(times) < _number(given.get("c", ""), 0)) else 1


def _traceroute(process: Process) -> int:
    given, words = _options(process)
    if not words:
        process.write("Usage: traceroute HOST\n", 2)
        return 1
    found = resolver.lookup(process, words[0])
    if not found.addresses:
        return process.complain(f"bad address '{words[0]}'" if flavour.is_busybox(process)
                                else f"{words[0]}: Name or service not known")
    address, most = found.addresses[0], int(_number(given.get("m", ""), 30))
    process.write(f"traceroute to {words[0]} ({address}), {most} hops max, "
                  f"{46 if flavour.is_busybox(process) else 60} byte packets\n")
    own = process.space.net.address
    hops = [] if address == own or address.startswith("127.") else [own.rpartition(".")[0] + ".1"]
    if process.kernel.routes.alive(process.space, address):
        hops.append(address)
    for number in range(1, most + 1):
        if number > len(hops):
            process.write(f"{number:2}  *  *  *\n")
        else:
            hop = hops[number - 1]
            known = hop if "n" in given else f"{_known(process, hop)} ({hop})"
            process.write(f"{number:2}  {known}  0.011 ms  0.006 ms  0.005 ms\n")
            if hop == address:
                break
    return 0


PROGRAMS = {"ping": _ping, "traceroute": _traceroute}
