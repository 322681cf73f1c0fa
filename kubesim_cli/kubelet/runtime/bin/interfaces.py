"""Programs that tell of a container's own network: ip, ifconfig, route, ss and netstat."""

from __future__ import annotations

from ..kernel.network import ANY, LOOPBACK, Connection, hardware
from . import flavour

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..kernel.process import Process

MTU = 1500


def _gateway(address: str) -> str:
    if ":" in address:
        from ....machinery import ipv6

        return ipv6.address_of(ipv6.number_of(address) >> 64 << 64 | 1)
    return address.rpartition(".")[0] + ".1"


# ip


def _ip(process: Process) -> int:
    options = [word for word in process.argv[1:] if word.startswith("-")]
    words = [word for word in process.argv[1:] if not word.startswith("-")]
    what, rest = (words[0] if words else ""), words[1:]
    busybox = flavour.is_busybox(process)
    if "address".startswith(what) and what:
        device = next((word for word in rest if word in ("lo", "eth0")), "")
        unknown = next((word for word in rest if word not in ("show", "s", "sh", "list", "l", "ls", "dev", "lo", "eth0",
                                                              "scope", "global", "up")), "")
        if unknown:
            process.write(f'{"ip: can" if busybox else "Device"}' + (
                f"'t find device '{unknown}'\n" if busybox else f' "{unknown}" does not exist.\n'), 2)
            return 1
        process.write(_addresses(process, device, options, busybox))
    elif "link".startswith(what) and what:
        process.write("".join(_link(process, name, busybox) for name in ("lo", "eth0")))
    elif "route".startswith(what) and what:
        return _routes(process, rest)
    elif "neighbour".startswith(what) and what:
        gateway = _gateway(process.space.net.address)
        process.write(f"{gateway} dev eth0 lladdr {hardware(gateway)} REACHABLE\n")
    else:
        process.write("Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n" if not what
                      else f'Object "{what}" is unknown, try "ip help".\n', 2)
        return 1
    return 0


def _link(process: Process, name: str, busybox: bool) -> str:
    if name == "lo":
        rest = " qlen 1000" if busybox else " state UNKNOWN group default qlen 1000"
        return (f"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue{rest}\n"
                "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n")
    address = process.space.net.address
    rest = "" if busybox else " state UP group default"
    flags = "BROADCAST,MULTICAST,UP,LOWER_UP" + (",M-DOWN" if busybox else "")
    number = _peer(address)
    end = "" if busybox else " link-netnsid 0"
    return (f"2: eth0@if{number}: <{flags}> mtu {MTU} qdisc noqueue{rest}\n"
            f"    link/ether {hardware(address)} brd ff:ff:ff:ff:ff:ff{end}\n")


def _addresses(process: Process, device: str, options: list[str], busybox: bool) -> str:
    address = process.space.net.address
    if "-br" in options or "-brief" in options:
        return "".join(line for name, line in (
            ("lo", f"{'lo':<16} {'UNKNOWN':<14} 127.0.0.1/8 ::1/128 \n"),
            ("eth0", f"{'eth0@if' + str(_peer(address)):<16} {'UP':<14} {address}/{64 if ':' in address else 24} \n"))
            if device in ("", name))
    forever = "       valid_lft forever preferred_lft forever\n"
    text = ""
    if device in ("", "lo"):
        text += _link(process, "lo", busybox) + f"    inet 127.0.0.1/8 scope host lo\n{forever}"
        if "-4" not in options:
            text += f"    inet6 ::1/128 scope host{'' if busybox else ' '}\n{forever}"
    if device in ("", "eth0"):
        broadcast = address.rpartition(".")[0] + ".255"
        shown = (f"inet6 {address}/64 scope global " if ":" in address
                 else f"inet {address}/24 brd {broadcast} scope global eth0")
        text += _link(process, "eth0", busybox) + f"    {shown}\n{forever}"
    return text


def _peer(address: str) -> int:
    """Return the number of the other end of eth0, in the node."""
    return int(hardware(address).rpartition(":")[2], 16) + 4


def _routes(process: Process, rest: list[str]) -> int:
    address = process.space.net.address
    if ":" in address:  # there are no routes of IPv4
        return 0
    network, gateway = address.rpartition(".")[0] + ".0/24", _gateway(address)
    if rest[:1] == ["get"] and len(rest) > 1:
        near = rest[1].rpartition(".")[0] == address.rpartition(".")[0]
        process.write(f"{rest[1]} {'' if near else f'via {gateway} '}dev eth0 src {address} \n    cache \n")
        return 0
    end = "" if flavour.is_busybox(process) else " "
    proto = "scope link " if flavour.is_busybox(process) else "proto kernel scope link "
    process.write(f"default via {gateway} dev eth0 {end}\n{network} dev eth0 {proto} src {address} {end}\n".replace(
        "  ", " "))
    return 0


def _route(process: Process) -> int:
    address = process.space.net.address
    rows = [] if ":" in address else [("0.0.0.0", _gateway(address), "0.0.0.0", "UG"),
            (address.rpartition(".")[0] + ".0", "0.0.0.0", "255.255.255.0", "U")]
    process.write("Kernel IP routing table\n"
                  "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"
                  + "".join(f"{target:<15} {gateway:<15} {mask:<15} {flags:<5} 0      0        0 eth0\n"
                            for target, gateway, mask, flags in rows))
    return 0


def _ifconfig(process: Process) -> int:
    address = process.space.net.address
    v6, broadcast = ":" in address, address.rpartition(".")[0] + ".255"
    device = next((word for word in process.argv[1:] if not word.startswith("-")), "")
    if device not in ("", "lo", "eth0"):
        process.write(f"ifconfig: {device}: error fetching interface information: Device not found\n"
                      if flavour.is_busybox(process)
                      else f"{device}: error fetching interface information: Device not found\n", 2)
        return 1
    if flavour.is_busybox(process):
        counts = ("          RX packets:{0} errors:0 dropped:0 overruns:0 frame:0\n"
                  "          TX packets:{0} errors:0 dropped:0 overruns:0 carrier:0\n"
                  "          collisions:0 txqueuelen:{1} \n"
                  "          RX bytes:{2} ({2}.0 B)  TX bytes:{2} ({2}.0 B)\n\n")
        parts = {"eth0": f"eth0      Link encap:Ethernet  HWaddr {hardware(address).upper()}  \n"
                 + (f"          inet6 addr: {address}/64 Scope:Global\n" if v6 else
                    f"          inet addr:{address}  Bcast:{broadcast}  Mask:255.255.255.0\n") +
                 f"          UP BROADCAST RUNNING MULTICAST  MTU:{MTU}  Metric:1\n" + counts.format(8, 0, 656),
                 "lo": "lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n"
                 "          inet6 addr: ::1/128 Scope:Host\n"
                 "          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n" + counts.format(0, 1000, 0)}
    else:
        counts = ("        RX packets {0}  bytes {1} ({1}.0 B)\n        RX errors 0  dropped 0  overruns 0  frame 0\n"
                  "        TX packets {0}  bytes {1} ({1}.0 B)\n"
                  "        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n")
        parts = {"eth0": f"eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu {MTU}\n"
                 + (f"        inet6 {address}  prefixlen 64  scopeid 0x0<global>\n" if v6 else
                    f"        inet {address}  netmask 255.255.255.0  broadcast {broadcast}\n") +
                 f"        ether {hardware(address)}  txqueuelen 0  (Ethernet)\n" + counts.format(8, 656),
                 "lo": "lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n"
                 "        inet 127.0.0.1  netmask 255.0.0.0\n        inet6 ::1  prefixlen 128  scopeid 0x10<host>\n"
                 "        loop  txqueuelen 1000  (Local Loopback)\n" + counts.format(0, 0)}
    process.write("".join(text for name, text in parts.items() if device in ("", name)))
    return 0


# ss and netstat


def _listening(process: Process) -> Iterator[tuple[str, int]]:
    for port, listener in sorted(process.space.net.ports.items()):
        yield listener.host, port


def _unconnected(process: Process) -> Iterator[tuple[str, int]]:
    """Yield the sockets of UDP that wait for whoever sends something."""
    for _, socket in sorted(process.space.net.udp.items()):
        if not socket.remote[1]:
            yield socket.local


def _connected(process: Process) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    """Yield (local, remote) of the connections of the container's processes."""
    seen = set()
    for each in process.space.processes.values():
        for what in each.fds.values():
            if isinstance(what, Connection) and id(what) not in seen:
                seen.add(id(what))
                yield what.local, what.remote


def _letters(process: Process) -> str:
    long = {"--tcp": "t", "--udp": "u", "--listening": "l", "--numeric": "n", "--all": "a", "--processes": "p",
            "--programs": "p", "--program": "p", "--route": "r", "--summary": "s"}
    return "".join(long.get(word, "") if word.startswith("--") else word[1:] for word in process.argv[1:]
                   if word.startswith("-"))


def _owner(process: Process, port: int) -> tuple[int, str]:
    """Return (process number, name) of who listens on a port, (0, "") where that is another container."""
    listener = process.space.net.ports[port]
    for each in process.space.processes.values():
        if any(what is listener for what in each.fds.values()):
            return each.pid, each.argv[0].rpartition("/")[2].rstrip(":")
    return 0, ""


def _ss(process: Process) -> int:
    letters = _letters(process)
    mixed = ("t" in letters) == ("u" in letters)
    rows = []
    if "u" in letters or mixed:
        rows += [("udp", "UNCONN", 0, 0, f"{host}:{port}", "0.0.0.0:*", "") for host, port in _unconnected(process)]
    if "t" in letters or mixed:
        if "l" in letters or "a" in letters:
            for host, port in _listening(process):
                pid, name = _owner(process, port)
                who = f'users:(("{name}",pid={pid},fd=3))' if "p" in letters and pid else ""
                rows.append(("tcp", "LISTEN", 0, 511, f"{host}:{port}", "0.0.0.0:*", who))
        if "l" not in letters:
            rows += [("tcp", "ESTAB", 0, 0, f"{a}:{b}", f"{c}:{d}", "") for (a, b), (c, d) in _connected(process)]
    wide = max([len("Local Address:Port"), *(len(row[4]) for row in rows)])
    process.write(f"{'Netid  ' if mixed else ''}{'State':<8} {'Recv-Q':<7} {'Send-Q':<7} "
                  f"{'Local Address:Port':>{wide}}   {'Peer Address:Port':<18}Process{' ' * 3}\n")
    for kind, state, received, sent, local, remote, who in rows:
        lead = f"{kind:<7}" if mixed else ""
        process.write(f"{lead}{state:<8} {received:<7} {sent:<7} {local:>{wide}}   {remote:<18}{who}\n")
    return 0


def _netstat(process: Process) -> int:
    letters = _letters(process)
    if "r" in letters:
        return _route(process)
    programs = "PID/Program name    " if "p" in letters else ""
    title = "only servers" if "l" in letters else "servers and established" if "a" in letters else "w/o servers"
    process.write(f"Active Internet connections ({title})\n"
                  f"Proto Recv-Q Send-Q Local Address           Foreign Address         State       {programs}\n")
    rows = []
    mixed = ("t" in letters) == ("u" in letters)
    if "t" in letters or mixed:
        if "l" in letters or "a" in letters:
            for host, port in _listening(process):
                pid, name = _owner(process, port)
                who = (f"{pid}/{name}" if pid else "-") if programs else ""
                rows.append((f"{host}:{port}", f"{ANY}:*" if host in (ANY, LOOPBACK) else ":::*", "LISTEN", who))
        if "l" not in letters:
            rows += [(f"{a}:{b}", f"{c}:{d}", "ESTABLISHED", "-" if programs else "")
                     for (a, b), (c, d) in _connected(process)]
    for local, remote, state, who in rows:
        process.write(f"tcp        0      0 {local:<23} {remote:<23} {state:<11} {who:<20}".rstrip() + " \n")
    if "u" in letters or mixed:
        for host, port in _unconnected(process):
            line = f"udp        0      0 {f'{host}:{port}':<23} {f'{ANY}:*':<23}"
            process.write(f"{line:<80}{'-' if programs else ''} \n")
    return 0


PROGRAMS = {"ip": _ip, "ifconfig": _ifconfig, "route": _route, "ss": _ss, "netstat": _netstat}
