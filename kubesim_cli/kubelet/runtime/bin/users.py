"""adduser, addgroup, deluser, delgroup, passwd and chpasswd, as busybox' loginutils and Debian's have them."""

from __future__ import annotations

from ..kernel.errors import Errno
from . import applets, crypts, debianusers
from .accountfiles import Accounts, is_number, make_home, salt
from .operands import Arguments, read_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program

_ROOT_ONLY = "permission denied (are you root?)"
_LAST_SYSTEM, _LAST = 999, 60000
_LONG = {"home": "h", "gecos": "g", "shell": "s", "ingroup": "G", "disabled-password": "D", "empty-password": "D",
         "system": "S", "no-create-home": "H", "uid": "u", "skel": "k", "gid": "g"}


class _Options:
    """Options of one letter and what they are given; long ones stand by their letter."""

    def __init__(self, process: Process, valued: str):
        self.letters, self.values, self.words = "", dict[str, str](), list[str]()
        words = process.argv[1:]
        while words:
            word = words.pop(0)
            if word == "--":
                self.words += words
                break
            if word.startswith("--"):
                name, equals, value = word[2:].partition("=")
                letter, rest = _LONG.get(name, ""), value if equals else ""
            elif word[:1] == "-" and word[1:]:
                letter, rest = word[1], word[2:]
            else:
                self.words.append(word)
                continue
            while letter:
                self.letters += letter
                if letter in valued:
                    self.values[letter] = rest or (words.pop(0) if words else "")
                    break
                letter, rest = (rest[:1], rest[1:]) if word[:2] != "--" else ("", "")


def _free(used: set[int], first: int, last: int) -> int | None:
    return next((number for number in range(first, last + 1) if number not in used), None)


def _is_misnamed(process: Process, name: str) -> bool:
    """Say so where somebody may not be called so (busybox' libbb/die_if_bad_username.c)."""
    data = name.encode("utf-8", "surrogateescape")
    for at, code in enumerate(data or b"\0"):
        letter = chr(code)
        if not (code < 128 and (letter.isalnum() or letter == "_")) and not (
                at and (letter in "-." or (letter == "$" and at == len(data) - 1))):
            process.complain(f"illegal character with code {code} at position {at}")
            return True
    return False


def _out_of_range(process: Process, text: str) -> int:
    """Say that a text is not the number of a user or a group that may be added (libbb/xatonum_template.c)."""
    return process.complain(f"number {text} is not in 0..{_LAST} range" if text.isascii() and text.isdigit() else
                            f"invalid number '{text}'")


def _adduser(process: Process) -> int:
    """adduser [OPTIONS] USER [GROUP] (busybox' loginutils/adduser.c)."""
    if process.user.uid:
        return process.complain(_ROOT_ONLY)
    given, accounts = _Options(process, "hgsGuk"), Accounts(process)
    if not 1 <= len(given.words) <= 2:
        return applets.usage(process, "adduser", 1)
    name = given.words[0]
    if len(given.words) == 2:
        return _join(process, accounts, name, given.words[1])
    if _is_misnamed(process, name):
        return 1
    group, system = given.values.get("G"), "S" in given.letters
    if system and not group:
        group = "nogroup"
    line = accounts.group(group) if group else None
    if group and line is None:
        return process.complain(f"unknown group {group}")
    if accounts.line("passwd", name) is not None:
        return process.complain(f"user '{name}' in use")
    used = accounts.numbers("passwd") | (set() if group else accounts.numbers("group"))
    wanted = given.values.get("u")
    if wanted is not None and (not is_number(wanted) or int(wanted) > _LAST):
        return _out_of_range(process, wanted)
    if wanted is not None and int(wanted) in used:
        return process.complain(f"uid '{wanted}' in use")
    uid = int(wanted) if wanted is not None else (
        _free(used, 100, _LAST_SYSTEM) if system else _free(used, _LAST_SYSTEM + 1, _LAST))
    if uid is None:
        return process.complain("no uids left")
    if line is None and accounts.line("group", name) is not None:
        return process.complain(f"group '{name}' in use")
    gid = uid if line is None else int(line[2])
    home = given.values.get("h") or f"/home/{name}"
    root = accounts.line("passwd", "root")
    own = process.env.get("SHELL") or (root[6] if root is not None else "") or "/bin/sh"
    shell = given.values.get("s") or ("/bin/false" if system else own)
    accounts.add("passwd", name, "x", uid, gid, given.values.get("g", "Linux User,,,"), home, shell)
    accounts.add("shadow", name, "!", accounts.today, 0, 99999, 7, "", "", "")
    if line is None:
        accounts.add("group", name, "x", gid, "")
        accounts.add("gshadow", name, "!", "", "")
    else:
        accounts.join(line[0], name)
    accounts.write()
    if "H" not in given.letters:
        try:
            make_home(process, home, uid, gid, 0o2755)
        except Errno as error:
            process.complain(f"{home}: {error.message}")
    if system or "D" in given.letters:
        return 0
    process.argv = ["passwd", "--", name]
    process.write(f"Changing password for {name}\nNew password: \n")
    return process.complain(f"password for {name} is unchanged")


def _join(process: Process, accounts: Accounts, name: str, group: str) -> int:
    process.argv = ["addgroup"]  # which adduser calls
    if accounts.line("passwd", name) is None:
        return process.complain(f"unknown user {name}")
    if accounts.line("group", group) is None:
        return process.complain(f"unknown group {group}")
    accounts.join(group, name)
    accounts.write()
    return 0


def _addgroup(process: Process) -> int:
    """addgroup [-g GID] [-S] GROUP, addgroup USER GROUP (busybox' loginutils/addgroup.c)."""
    if process.user.uid:
        return process.complain(_ROOT_ONLY)
    given, accounts = _Options(process, "g"), Accounts(process)
    if not 1 <= len(given.words) <= 2 or (len(given.words) == 2 and "g" in given.values):
        return applets.usage(process, "addgroup", 1)
    if len(given.words) == 2:
        return _join(process, accounts, *given.words)
    name, wanted, used = given.words[0], given.values.get("g"), accounts.numbers("group")
    if _is_misnamed(process, name):
        return 1
    if accounts.line("group", name) is not None:
        return process.complain(f"group '{name}' in use")
    if wanted is not None and (not is_number(wanted) or int(wanted) > _LAST):
        return _out_of_range(process, wanted)
    if wanted is not None and int(wanted) in used:
        return process.complain(f"gid '{wanted}' in use")
    gid = int(wanted) if wanted is not None else (
        _free(used, 100, _LAST_SYSTEM) if "S" in given.letters else _free(used, _LAST_SYSTEM + 1, _LAST))
    if gid is None:
        return process.complain("no gids left")
    accounts.add("group", name, "x", gid, "")
    accounts.add("gshadow", name, "!", "", "")
    accounts.write()
    return 0


def _deluser(process: Process) -> int:
    """deluser [--remove-home] USER (busybox' loginutils/deluser.c); its group goes with it."""
    if process.user.uid:
        return process.complain(_ROOT_ONLY)
    given, accounts = Arguments(process), Accounts(process)
    if len(given.words) != 1:
        return applets.usage(process, "deluser", 1)
    name = given.words[0]
    line = accounts.line("passwd", name)
    if line is None:
        return process.complain(f"unknown user {name}")
    if "remove-home" in given.values:
        from .changes import remove_all
        from .operands import exists

        if exists(process, line[5]) is not None:
            remove_all(process, line[5])
    accounts.drop(("passwd", "shadow"), name)
    for group in accounts.groups_of(name):
        accounts.leave(group[0], name)
    status = 0
    group_of = accounts.line("group", name)
    if group_of is not None:
        others = next((each for each in accounts.lines("passwd") if each[3] == group_of[2]), None)
        if others is None:
            accounts.drop(("group", "gshadow"), name)
        else:
            status = process.complain(f"'{others[0]}' still has '{name}' as their primary group!")
    accounts.write()
    return status


def _delgroup(process: Process) -> int:
    """delgroup GROUP, delgroup USER GROUP (busybox' loginutils/deluser.c)."""
    if process.user.uid:
        return process.complain(_ROOT_ONLY)
    words, accounts = process.argv[1:], Accounts(process)
    if not 1 <= len(words) <= 2:
        return applets.usage(process, "delgroup", 1)
    name = words[-1]
    line = accounts.line("group", name)
    if line is None:
        return process.complain(f"unknown group {name}")
    if len(words) == 2:
        accounts.leave(name, words[0])
    else:
        owner = next((each for each in accounts.lines("passwd") if each[3] == line[2]), None)
        if owner is not None:
            return process.complain(f"'{owner[0]}' still has '{name}' as their primary group!")
        accounts.drop(("group", "gshadow"), name)
    accounts.write()
    return 0


def _passwd(process: Process) -> int:
    """passwd -l|-u|-d USER; a new password is asked for at a terminal, which nobody answers here."""
    given, accounts = Arguments(process), Accounts(process)
    busybox = process.space.shell == "ash"
    if process.user.uid:
        return process.complain("must be suid to work properly" if busybox else "Permission denied.")
    name = given.words[0] if given.words else "root"
    line = accounts.line("passwd", name)
    if line is None:
        return process.complain(f"unknown user {name}" if busybox else f"user '{name}' does not exist")
    shadow = accounts.line("shadow", name) or line
    now = shadow[1]
    if given.has("lud"):
        if busybox and not given.has("d") and now.startswith("!") == given.has("l"):
            return process.complain(f"password for {name} is already {'' if given.has('l') else 'un'}locked")
        accounts.set_password(name, "" if given.has("d") else f"!{now}" if given.has("l") else now.removeprefix("!"))
        accounts.write()
        process.complain(f"password for {name} changed by root" if busybox else "password changed.")
        return 0
    if given.has("S"):
        state = "NP" if not now else "L" if now[0] in "!*" else "P"
        from ..dates import strftime

        day = strftime("%Y-%m-%d", int(shadow[2] or 0) * 86400.0) if len(shadow) > 2 else ""
        process.write(f"{name} {state} {day} 0 99999 7 -1\n")
        return 0
    if busybox:
        process.write(f"Changing password for {name}\nNew password: \n")
        return process.complain(f"password for {name} is unchanged")
    process.write("New password: \n", 2)
    process.complain("Authentication token manipulation error")
    process.complain("password unchanged")
    return 10


def _chpasswd(process: Process) -> int | None:
    """chpasswd [-e]: USER:PASSWORD on each line of stdin."""
    busybox = process.space.shell == "ash"
    if process.user.uid:
        return process.complain(_ROOT_ONLY if busybox else "cannot lock /etc/passwd; try again later.")
    data = read_all(process)
    if data is None:
        return None
    given, accounts, status = Arguments(process, "cR"), Accounts(process), 0
    for number, text in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        name, colon, password = text.partition(":")
        if not colon:
            status = process.complain("missing new password" if busybox else f"line {number}: missing new password")
        elif accounts.line("passwd", name) is None:
            if not busybox:
                process.complain(f"(user {name}) pam_chauthtok() failed, error:")
                process.write("Authentication token manipulation error\n", 2)
            status = process.complain(f"unknown user {name}" if busybox else
                                      f"(line {number}, user {name}) password not changed")
        else:
            process.work(crypts.STEPS)
            accounts.set_password(name, password if given.has("e") or "encrypted" in given.values else
                                  crypts.sha(password, salt(process)))
            if busybox:
                process.complain(f"password for '{name}' changed")
            continue
        if busybox:
            break
    accounts.write()
    return status


def _either(busybox: Program, debian: Program) -> Program:
    def run(process: Process) -> int | None:
        return (busybox if process.space.shell == "ash" else debian)(process)

    return run


PROGRAMS: dict[str, Program] = {
    "adduser": _either(_adduser, debianusers.adduser), "addgroup": _either(_addgroup, debianusers.addgroup),
    "deluser": _either(_deluser, debianusers.deluser), "delgroup": _either(_delgroup, debianusers.delgroup),
    "passwd": _passwd, "chpasswd": _chpasswd}
