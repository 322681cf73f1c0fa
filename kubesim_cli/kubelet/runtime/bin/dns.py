"""Programs that ask for names: nslookup as busybox and BIND have it, dig, host and getent."""

from __future__ import annotations

from ..dates import DEFAULT, strftime
from ..kernel.network import Record, Reply
from . import flavour, resolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

UNREACHED = ";; connection timed out; no servers could be reached\n"
TYPES = ("A", "AAAA", "ANY", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")
PATIENCE = 15.0  # seconds that BIND's tools wait for a name server, over their tries
VERSION = "9.18.28-1~deb12u2-Debian"
_NUMBERS = {"NOERROR": 0, "SERVFAIL": 2, "NXDOMAIN": 3, "REFUSED": 5}


def reverse(address: str) -> str:
    """Return the name that PTR records of an address have."""
    if ":" in address:
        from ....machinery import ipv6

        return ".".join(reversed(f"{ipv6.number_of(address) ^ ipv6.BIT:032x}")) + ".ip6.arpa"
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


def _silence(process: Process, text: str, seconds: float, code: int) -> int | None:
    """Nobody answers: wait for it, say so, and end with a code."""
    if process.memory is None:
        process.memory = process.kernel.now + seconds
    if process.kernel.now < process.memory:
        process.wait(until=process.memory)
        return None
    process.write(text)
    return code


def _server(process: Process, name: str) -> str:
    """Return the address of a name server that was named, or of the first of /etc/resolv.conf."""
    if not name:
        return resolver.config(process).servers[0]
    return (resolver.addresses(process, name) or [name])[0]


def _is_local(reply: Reply) -> bool:
    """Tell whether a reply is authoritative: those about the cluster's own names are."""
    records = [*reply.answers, *reply.authority]
    return bool(records) and records[0].name.endswith(("cluster.local.", "in-addr.arpa.", "ip6.arpa."))


# nslookup


def _nslookup(process: Process) -> int | None:
    words = [word for word in process.argv[1:] if not word.startswith("-")]
    options = [word.lstrip("-") for word in process.argv[1:] if word.startswith("-")]
    if not words:
        process.write("Usage: nslookup [HOST] [SERVER]\n", 2)
        return 1
    type_ = next((word.partition("=")[2].upper() for word in options
                  if word.startswith(("type=", "querytype=", "query=", "q="))), "")
    if type_ and type_ not in TYPES:
        process.write(f"unknown query type: {type_}\n" if not flavour.is_busybox(process)
                      else f'nslookup: invalid query type "{type_.lower()}"\n', 2)
        return 1
    server = words[1] if len(words) > 1 else ""
    if flavour.is_old_busybox(process):
        return _oldest(process, words[0], server)
    if flavour.is_busybox(process):
        return _busybox(process, words[0], server, type_)
    return _bind(process, words[0], server, type_)


def _oldest(process: Process, name: str, server: str) -> int | None:
    """busybox up to 1.28: all by the C library."""
    address = _server(process, server)
    found = resolver.lookup(process, name) if not server or resolver.is_literal(name) else resolver.search(
        process, name, "A", [address])
    if found.reply is None:
        return _silence(process, f"Server:    {address}\nAddress 1: {address}\n\n"
                        f"nslookup: can't resolve '{name}'\n", 2 * resolver.PATIENCE, 1)
    process.write(f"Server:    {address}\nAddress 1: {address}{_backwards(process, address)}\n\n")
    if not found.addresses:
        process.write(f"nslookup: can't resolve '{name}'\n", 2)
        return 1
    process.write(f"Name:      {name}\n")
    for number, each in enumerate(found.addresses, 1):
        process.write(f"Address {number}: {each}{_backwards(process, each)}\n")
    return 0


def _backwards(process: Process, address: str) -> str:
    reply = resolver.ask(process, _server(process, ""), reverse(address), "PTR")
    return f" {reply.answers[0].data.rstrip('.')}" if reply is not None and reply.answers else ""


def _busybox(process: Process, name: str, server: str, type_: str) -> int | None:
    """busybox since 1.29: a name without a dot is asked for in every domain of the search list, any other as it is."""
    address = _server(process, server)
    if resolver.is_literal(name) and not type_:
        questions = [(reverse(name), "PTR")]
    else:
        search = resolver.config(process).search
        names = [f"{name}.{domain}" for domain in search] if search and "." not in name else [name.rstrip(".")]
        questions = [(each, kind) for kind in ([type_] if type_ else ["A", "AAAA"]) for each in names]
    replies = [(question[0], resolver.ask(process, address, *question)) for question in questions]
    if replies[0][1] is None:
        return _silence(process, UNREACHED + "\n", resolver.PATIENCE, 1)
    host = f"[{address}]" if ":" in address else address
    process.write(f"Server:\t\t{server or address}\nAddress:\t{host}:53\n\n")
    code = 0
    for asked, reply in replies:
        if reply is None:
            continue
        if reply.code != "NOERROR":
            process.write(f"** server can't find {asked}: {reply.code}\n\n")
            code = 1
        else:
            process.write(_told(reply) + "\n")
    return code


def _bind(process: Process, name: str, server: str, type_: str) -> int | None:
    address = _server(process, server)
    if resolver.is_literal(name) and not type_:
        found = resolver.search(process, reverse(name) + ".", "PTR", [address])
    else:
        found = resolver.search(process, name, type_ or "A", [address])
    if found.reply is None:
        return _silence(process, UNREACHED + "\n", PATIENCE, 1)
    if not (resolver.is_literal(name) and not type_):
        process.write(f"Server:\t\t{server or address}\nAddress:\t{address}#53\n\n")
    if found.reply.code != "NOERROR":
        process.write(f"** server can't find {found.name}: {found.reply.code}\n\n")
        return 1
    if not found.reply.answers:
        process.write(f"*** Can't find {found.name}: No answer\n\n")
        return 0
    process.write(_told(found.reply) + "\n")
    return 0


_FORMS = {"CNAME": "{0}\tcanonical name = {1}\n", "PTR": "{0}\tname = {1}\n", "SRV": "{0}\tservice = {1}\n",
          "TXT": "{0}\ttext = {1}\n", "NS": "{0}\tnameserver = {1}\n", "A": "Name:\t{0}\nAddress: {1}\n",
          "AAAA": "Name:\t{0}\nAddress: {1}\n"}


def _told(reply: Reply) -> str:
    """Return a reply's answers as nslookup prints them."""
    parts = ["" if _is_local(reply) or not reply.answers else "Non-authoritative answer:\n"]
    for each in reply.answers:
        form = _FORMS.get(each.type, "{0}\trdata_" + each.type + " = {1}\n")
        parts.append(form.format(each.name.rstrip("."), each.data))
    return "".join(parts)


# dig


def _dig(process: Process) -> int | None:
    asked = _asked(process)
    address = _server(process, asked["server"])
    reply: Reply | None
    if asked["search"]:
        found = resolver.search(process, asked["name"], asked["type"], [address])
        name, reply = found.name, found.reply
    else:
        name = asked["name"].rstrip(".")
        reply = resolver.ask(process, address, name, asked["type"])
    shows = asked["shows"]
    banner = (f"\n; <<>> DiG {VERSION} <<>> {' '.join(process.argv[1:])}\n"
              + (f"; ({1} server found)\n" if asked["server"] else "") + ";; global options: +cmd\n")
    if not shows["cmd"] or shows["short"]:
        banner = ""
    if reply is None:
        return _silence(process, f"{banner}{UNREACHED}", PATIENCE, 9)
    if shows["short"]:
        process.write("".join(f"{each.data}\n" for each in reply.answers))
        return 0
    process.write(banner + _dug(process, reply, name + ".", asked["type"], address, shows))
    return 0


def _asked(process: Process) -> dict[str, Any]:
    shows = dict.fromkeys(("cmd", "comments", "question", "answer", "authority", "additional", "stats"), True)
    asked: dict[str, Any] = {"server": "", "name": "", "type": "", "search": False, "shows": shows}
    shows["short"] = False
    words = process.argv[1:]
    while words:
        word = words.pop(0)
        if word.startswith("@"):
            asked["server"] = word[1:]
        elif word.startswith("+"):
            wanted, option = not word.startswith("+no"), word[1:].removeprefix("no")
            if option == "all":
                shows.update(dict.fromkeys((each for each in shows if each != "short"), wanted))
            elif option in shows:
                shows[option] = wanted
            elif option == "search":
                asked["search"] = wanted
        elif word == "-x" and words:
            asked["name"], asked["type"] = reverse(words.pop(0)), "PTR"
        elif word in ("-t", "-p", "-b", "-c", "-q") and words:
            value = words.pop(0)
            if word in "-t-q":
                asked["type" if word == "-t" else "name"] = value.upper() if word == "-t" else value
        elif word.upper() in TYPES and (asked["name"] or word.isupper()):
            asked["type"] = word.upper()
        elif not word.startswith("-") and word.upper() != "IN":
            asked["name"] = word
    asked["type"] = asked["type"] or ("A" if asked["name"] else "NS")
    return asked


def _dug(process: Process, reply: Reply, name: str, type_: str, server: str, shows: dict[str, bool]) -> str:
    cookie = f"{process.space.random.bits(64):016x}"
    number = process.space.random.bits(16)
    lines: list[str] = []
    if shows["comments"]:
        lines.append(";; Got answer:")
        if name.endswith(".local."):
            lines += [";; WARNING: .local is reserved for Multicast DNS",
                      ";; You are currently testing what happens when an mDNS query is leaked to DNS"]
        flags = "qr aa rd" if _is_local(reply) else "qr rd ra"
        lines += [f";; ->>HEADER<<- opcode: QUERY, status: {reply.code}, id: {number}",
                  f";; flags: {flags}; QUERY: 1, ANSWER: {len(reply.answers)}, AUTHORITY: {len(reply.authority)}, "
                  f"ADDITIONAL: {len(reply.additional) + 1}"]
        if "ra" not in flags:
            lines.append(";; WARNING: recursion requested but not available")
        lines += ["", ";; OPT PSEUDOSECTION:", "; EDNS: version: 0, flags:; udp: 1232",
                  f"; COOKIE: {cookie} (echoed)"]
    if shows["question"]:
        lines += [";; QUESTION SECTION:"] * shows["comments"] + [";" + _columns((name, 0), ("IN", 32), (type_, 40)), ""]
    for title, records in (("answer", reply.answers), ("authority", reply.authority), ("additional", reply.additional)):
        if records and shows[title]:
            lines += [f";; {title.upper()} SECTION:"] * shows["comments"]
            lines += [_line(each) for each in records] + [""] * shows["comments"]
    if shows["stats"]:
        lines += [";; Query time: 0 msec", f";; SERVER: {server}#53({server}) (UDP)",
                  f";; WHEN: {strftime(DEFAULT, process.kernel.now)}", f";; MSG SIZE  rcvd: {_size(reply, name)}", ""]
    return "".join(line + "\n" for line in lines)


def _line(record: Record) -> str:
    return _columns((record.name, 0), (str(record.ttl), 24), ("IN", 32), (record.type, 40), (record.data, 48))


def _columns(*cells: tuple[str, int]) -> str:
    """Return cells at their columns: with tabs up to the column, or one further where that is past."""
    text, at = "", 0
    for cell, column in cells:
        if column:
            to = max(column, at + 1)
            tabs = to // 8 - at // 8
            text += "\t" * tabs + " " * (to % 8 if tabs else to - at)
            at = to
        text += cell
        at += len(cell)
    return text


def _size(reply: Reply, name: str) -> int:
    """Return the bytes of a reply: header, question, records without compression, and the echoed cookie."""
    sizes = [12 + len(name) + 1 + 4 + 23]
    for each in (*reply.answers, *reply.authority, *reply.additional):
        data = 4 if each.type == "A" else len(each.data.rpartition(" ")[2]) + (7 if each.type == "SRV" else 1)
        sizes.append(len(each.name) + 1 + 10 + (data if each.type != "SOA" else 67))
    return sum(sizes)


# host and getent


def _host(process: Process) -> int | None:
    words, type_ = [], ""
    rest = process.argv[1:]
    while rest:
        word = rest.pop(0)
        if word in ("-t", "-W", "-R", "-c", "-N"):
            value = rest.pop(0) if rest else ""
            type_ = value.upper() if word == "-t" else type_
        elif not word.startswith("-"):
            words.append(word)
    if not words:
        process.write("Usage: host [-t type] hostname [server]\n", 2)
        return 1
    name = words[0]
    address = _server(process, words[1] if len(words) > 1 else "")
    if resolver.is_literal(name):
        found = resolver.search(process, reverse(name) + ".", "PTR", [address])
    else:
        found = resolver.search(process, name, type_ or "A", [address])
    if found.reply is None:
        return _silence(process, UNREACHED, PATIENCE, 1)
    if len(words) > 1:
        process.write(f"Using domain server:\nName: {words[1]}\nAddress: {address}#53\nAliases: \n\n")
    if found.reply.code != "NOERROR":
        process.write(f"Host {found.name if resolver.is_literal(name) else name}"
                      f"{'.' * resolver.is_literal(name)} not found: "
                      f"{_NUMBERS[found.reply.code]}({found.reply.code})\n")
        return 1
    forms = {"A": "has address", "CNAME": "is an alias for", "PTR": "domain name pointer", "SRV": "has SRV record",
             "TXT": "descriptive text"}
    for each in found.reply.answers:
        process.write(f"{each.name.rstrip('.')} {forms.get(each.type, f'has {each.type} record')} {each.data}\n")
    if not found.reply.answers and type_:
        process.write(f"{found.name} has no {type_} record\n")
    return 0


def _getent(process: Process) -> int | None:
    words = process.argv[1:]
    if len(words) < 1:
        process.write("getent: wrong number of arguments\n", 2)
        return 1
    if words[0] in ("passwd", "group", "services", "protocols"):
        return _entries(process, words[0], words[1:])
    if words[0] not in ("hosts", "ahosts", "ahostsv4"):
        process.write(f"Unknown database: {words[0]}\n", 2)
        return 1
    if len(words) < 2:
        process.write(resolver.text(process, "/etc/hosts"))
        return 0
    name = words[1]
    if resolver.is_literal(name) and words[0] == "hosts":
        reply = resolver.ask(process, _server(process, ""), reverse(name), "PTR")
        if reply is None or not reply.answers:
            return 2
        process.write(f"{name:<15} {reply.answers[0].data.rstrip('.')}\n")
        return 0
    found = resolver.lookup(process, name)
    if found.reply is None:
        return _silence(process, "", 2 * resolver.PATIENCE, 2)
    if not found.addresses:
        return 2
    known = found.reply.answers[-1].name.rstrip(".")
    if words[0] == "hosts":
        aliases = resolver.aliases(process, name)
        process.write("".join(f"{each:<15} {aliases or known}\n" for each in found.addresses))
        return 0
    for number, each in enumerate(found.addresses):
        process.write(f"{each:<15} STREAM {known if not number else ''}\n{each:<15} DGRAM  \n{each:<15} RAW    \n")
    return 0


def _entries(process: Process, database: str, keys: list[str]) -> int:
    lines = resolver.text(process, f"/etc/{database}").splitlines()
    if not keys:
        process.write("".join(line + "\n" for line in lines))
        return 0
    code = 0
    for key in keys:
        found = [line for line in lines if key in line.split(":")[:3:2]]
        process.write("".join(line + "\n" for line in found[:1]))
        code = code if found else 2
    return code


PROGRAMS = {"nslookup": _nslookup, "dig": _dig, "host": _host, "getent": _getent}
