"""useradd, usermod, userdel, groupadd and groupdel (the project shadow: src/useradd.c and its kin)."""

from __future__ import annotations

from .accountfiles import Accounts, is_number, make_home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program

_USAGE, _NO_ARGUMENT, _ID_IN_USE, _NO_NAME, _IN_USE, _PRIMARY = 2, 3, 4, 6, 9, 8
_SYSTEM, _NORMAL = (100, 999), (1000, 60000)
_LONGEST = 32  # letters of a name
_LONGS = {
    "base-dir": "b=", "comment": "c=", "home-dir": "d=", "home": "d=", "expiredate": "e=", "inactive": "f=",
    "gid": "g=", "groups": "G=", "help": "h", "skel": "k=", "key": "K=", "no-log-init": "l", "create-home": "m",
    "no-create-home": "M", "no-user-group": "N", "non-unique": "o", "password": "p=", "system": "r", "root": "R=",
    "prefix": "P=", "shell": "s=", "uid": "u=", "user-group": "U", "append": "a", "login": "l=", "lock": "L",
    "unlock": "U", "move-home": "m", "force": "f", "remove": "r", "new-name": "n=", "users": "U="}
# Of each program: its options as getopt(3) is told them, and the words of its first line of help.
_OPTIONS = {
    "useradd": ("b:c:d:De:f:Fg:G:hk:K:lmMNop:rR:P:s:u:U", "LOGIN"), "userdel": ("fhrR:P:", "LOGIN"),
    "usermod": ("abc:d:e:f:g:G:hl:Lmop:rR:P:s:u:U", "LOGIN"), "groupadd": ("fg:hK:op:rR:P:U:", "GROUP"),
    "groupdel": ("hfR:P:", "GROUP")}


class _Refused(Exception):
    def __init__(self, why: str, code: int):
        super().__init__(why)
        self.why, self.code = why, code


class _Options:
    """Raises _Refused where one is wrong, with an empty text after the usage was said."""

    def __init__(self, process: Process, program: str):
        options, _ = _OPTIONS[program]
        self.values, self.words = dict[str, str](), list[str]()
        words = process.argv[1:]
        while words:
            word = words.pop(0)
            if word == "--":
                self.words += words
                break
            if word[:1] != "-" or word == "-":
                self.words.append(word)
                continue
            if word.startswith("--"):
                name, equals, value = word[2:].partition("=")
                found = _LONGS.get(name, "").rstrip("=")
                if not found or found not in options:
                    raise _Refused(f"unrecognized option '{word}'", _USAGE)
                rest = value if equals else ""
                word = f"-{found}{rest}"
            rest = word[1:]
            while rest:
                letter, rest = rest[0], rest[1:]
                if letter not in options.replace(":", ""):
                    raise _Refused(f"invalid option -- '{letter}'", _USAGE)
                self.values[letter] = ""
                if f"{letter}:" in options:
                    if not rest and not words:
                        raise _Refused(f"option requires an argument -- '{letter}'", _USAGE)
                    self.values[letter], rest = rest or words.pop(0), ""


def _identifier(used: set[int], bounds: tuple[int, int], system: bool) -> int:
    """Return the number of a new user or group: from the end where it is of the system (libmisc/find_new_uid.c)."""
    first, last = bounds
    if system:
        return next((number for number in range(last, first - 1, -1) if number not in used), last)
    return max([number for number in used if first <= number <= last], default=first - 1) + 1


def _useradd(process: Process, given: _Options, accounts: Accounts) -> int:
    name, values = given.words[0], given.values
    if accounts.line("passwd", name) is not None:
        raise _Refused(f"user '{name}' already exists", _IN_USE)
    system, used = "r" in values, accounts.numbers("passwd")
    bounds = _SYSTEM if system else _NORMAL
    _check(name, values)
    uid = int(values["u"]) if "u" in values else _identifier(used, bounds, system)
    if uid in used and "o" not in values:
        raise _Refused(f"UID {uid} is not unique", _ID_IN_USE)
    group = accounts.group(values["g"]) if "g" in values else None
    if "g" in values and group is None:
        raise _Refused(f"group '{values['g']}' does not exist", _NO_NAME)
    others = _groups(accounts, values)
    if group is None and "N" in values:
        group = accounts.by_number("group", 100)
    if group is None:
        if accounts.line("group", name) is not None:
            raise _Refused(f"group {name} exists - if you want to add this user to that group, use -g.", _IN_USE)
        numbers = accounts.numbers("group")
        gid = uid if uid not in numbers else _identifier(numbers, bounds, system)
        accounts.add("group", name, "x", gid, "")
        accounts.add("gshadow", name, "!", "", "")
    else:
        gid = int(group[2])
    for each in others:
        accounts.join(each, name)
    home = values.get("d") or f"{values.get('b', '/home').rstrip('/')}/{name}"
    accounts.add("passwd", name, "x", uid, gid, values.get("c", ""), home, values.get("s", "/bin/sh"))
    accounts.add("shadow", name, values.get("p", "!"), accounts.today,
                 *(("",) * 6 if system else (0, 99999, 7, "", "", "")))
    accounts.write()
    if "m" in values and not make_home(process, home, uid, gid, 0o700):
        process.complain("warning: the home directory already exists.\n"
                         "useradd: Not copying any file from skel directory into it.")
    return 0


def _is_name(name: str) -> bool:
    """Tell whether somebody may be called so (libmisc/chkname.c)."""
    import re

    return len(name) <= _LONGEST and re.fullmatch(r"(?!\d+\$?$)[a-z_0-9][a-z0-9_-]*\$?", name) is not None


def _check(name: str, values: dict[str, str]) -> None:
    """Raise _Refused where a user's name, or what is said of a user, would spoil the line in /etc/passwd."""
    if not _is_name(name):
        raise _Refused(f"invalid user name '{name}': use --badname to ignore", _NO_ARGUMENT)
    if "u" in values and not is_number(values["u"]):
        raise _Refused(f"invalid user ID '{values['u']}'", _NO_ARGUMENT)
    for letter, what in (("c", "comment"), ("d", "home directory"), ("s", "shell")):
        if {":", "\n"} & {*values.get(letter, "")}:
            raise _Refused(f"invalid {what} '{values[letter]}'", _NO_ARGUMENT)


def _groups(accounts: Accounts, values: dict[str, str]) -> list[str]:
    """Return the names of the groups that option -G names."""
    found = []
    for each in values["G"].split(",") if values.get("G") else ():
        line = accounts.group(each)
        if line is None:
            raise _Refused(f"group '{each}' does not exist", _NO_NAME)
        found.append(line[0])
    return found


def _usermod(process: Process, given: _Options, accounts: Accounts) -> int:
    name, values = given.words[0], given.values
    line = accounts.line("passwd", name)
    if line is None:
        raise _Refused(f"user '{name}' does not exist", _NO_NAME)
    _check(values.get("l", name), values)
    others = _groups(accounts, values)
    if "g" in values:
        group = accounts.group(values["g"])
        if group is None:
            raise _Refused(f"group '{values['g']}' does not exist", _NO_NAME)
        line[3] = group[2]
    if "u" in values:
        if int(values["u"]) in accounts.numbers("passwd") - {int(line[2])} and "o" not in values:
            raise _Refused(f"UID '{values['u']}' already exists", _ID_IN_USE)
        line[2] = values["u"]
    for letter, field in (("c", 4), ("d", 5), ("s", 6)):
        line[field] = values.get(letter, line[field])
    if "G" in values:
        for each in accounts.groups_of(name):
            if "a" not in values:
                accounts.leave(each[0], name)
        for other in others:
            accounts.join(other, name)
    now = (accounts.line("shadow", name) or line)[1]
    if "p" in values or "L" in values or "U" in values:
        accounts.set_password(name, values["p"] if "p" in values else f"!{now.removeprefix('!')}" if "L" in values else
                              now.removeprefix("!"))
    if "l" in values:
        if accounts.line("passwd", values["l"]) is not None:
            raise _Refused(f"user '{values['l']}' already exists", _IN_USE)
        for each in accounts.groups_of(name):
            accounts.leave(each[0], name)
            accounts.join(each[0], values["l"])
        shadow = accounts.line("shadow", name)
        for renamed in (line, shadow):
            if renamed is not None:
                renamed[0] = values["l"]
    accounts.write()
    return 0


def _userdel(process: Process, given: _Options, accounts: Accounts) -> int:
    name = given.words[0]
    line = accounts.line("passwd", name)
    if line is None:
        raise _Refused(f"user '{name}' does not exist", _NO_NAME)
    accounts.drop(("passwd", "shadow"), name)
    for each in accounts.groups_of(name):
        accounts.leave(each[0], name)
    own = accounts.line("group", name)
    if own is not None and not own[3] and not any(each[3] == own[2] for each in accounts.lines("passwd")):
        accounts.drop(("group", "gshadow"), name)
    accounts.write()
    if "r" in given.values:
        from .changes import remove_all
        from .operands import exists

        process.complain(f"{name} mail spool (/var/mail/{name}) not found")
        if exists(process, line[5]) is None:
            process.complain(f"{name} home directory ({line[5]}) not found")
        else:
            remove_all(process, line[5])
    return 0


def _groupadd(process: Process, given: _Options, accounts: Accounts) -> int:
    name, values, used = given.words[0], given.values, accounts.numbers("group")
    if accounts.line("group", name) is not None:
        if "f" in values:
            return 0
        raise _Refused(f"group '{name}' already exists", _IN_USE)
    if not _is_name(name):
        raise _Refused(f"'{name}' is not a valid group name", _NO_ARGUMENT)
    if "g" in values and not is_number(values["g"]):
        raise _Refused(f"invalid group ID '{values['g']}'", _NO_ARGUMENT)
    system = "r" in values
    gid = int(values["g"]) if "g" in values else _identifier(used, _SYSTEM if system else _NORMAL, system)
    if gid in used and "o" not in values:
        if "f" not in values:
            raise _Refused(f"GID '{gid}' already exists", _ID_IN_USE)
        gid = _identifier(used, _SYSTEM if system else _NORMAL, system)
    accounts.add("group", name, "x", gid, "")
    accounts.add("gshadow", name, "!", "", "")
    accounts.write()
    return 0


def _groupdel(process: Process, given: _Options, accounts: Accounts) -> int:
    name = given.words[0]
    line = accounts.line("group", name)
    if line is None:
        raise _Refused(f"group '{name}' does not exist", _NO_NAME)
    owner = next((each for each in accounts.lines("passwd") if each[3] == line[2]), None)
    if owner is not None:
        raise _Refused(f"cannot remove the primary group of user '{owner[0]}'", _PRIMARY)
    accounts.drop(("group", "gshadow"), name)
    accounts.write()
    return 0


_ACTS = {"useradd": _useradd, "usermod": _usermod, "userdel": _userdel, "groupadd": _groupadd, "groupdel": _groupdel}


def _of(name: str) -> Program:
    def run(process: Process) -> int:
        usage = f"Usage: {name} [options] {_OPTIONS[name][1]}\n"
        try:
            given = _Options(process, name)
            if "h" in given.values:
                process.write(usage)
                return 0
            if len(given.words) != 1:
                process.write(usage, 2)
                return _USAGE
            if process.user.uid:
                process.complain("Permission denied.")
                file = "group" if "group" in name else "passwd"
                return process.complain(f"cannot lock /etc/{file}; try again later.")
            return _ACTS[name](process, given, Accounts(process))
        except _Refused as refused:
            process.complain(refused.why)
            if refused.code == _USAGE:
                process.write(usage, 2)
            return refused.code

    return run


PROGRAMS: dict[str, Program] = {name: _of(name) for name in _ACTS}
