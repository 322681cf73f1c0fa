"""adduser and its kin as Debian 12 has them: scripts that tell what they do, and have defaults of their own."""

from __future__ import annotations

from .accountfiles import Accounts, is_number, make_home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

_VALUED = ("--home", "--shell", "--uid", "--gid", "--ingroup", "--gecos", "--comment", "--firstuid", "--lastuid",
           "--conf", "--add_extra_groups", "--backup-to")
_SYSTEM, _NORMAL = range(100, 1000), range(1000, 60000)
_NONE = "/nonexistent"
_NAME = r"[a-z][-a-z0-9_]*\$?|[a-zA-Z_][-a-zA-Z0-9_.]*\$?"  # NAME_REGEX and SYS_NAME_REGEX of adduser.conf


class _Options:
    def __init__(self, process: Process):
        self.values, self.words = dict[str, str](), list[str]()
        words = process.argv[1:]
        while words:
            word = words.pop(0)
            name, equals, value = word.partition("=")
            if word[:1] != "-":
                self.words.append(word)
            elif name in _VALUED:
                self.values[name] = value if equals else words.pop(0) if words else ""
            else:
                self.values[name] = ""

    def has(self, *names: str) -> bool:
        return any(name in self.values for name in names)


def _said(process: Process, given: _Options, text: str) -> None:
    if not given.has("--quiet", "-q"):
        process.write(text + "\n")


def _free(used: set[int], within: range) -> int:
    return next((number for number in within if number not in used), within[-1])


def _refused(process: Process, why: str, code: int = 1) -> int:
    process.complain(why)
    return code


def _is_wrong(process: Process, given: _Options, name: str, number: str) -> bool:
    """Say so where a name is none to add, or an option's value no number."""
    import re

    value = given.values.get(number)
    if value is not None and not is_number(value):
        process.write(f'Value "{value}" invalid for option {number[2:]} (number expected)\n', 2)
        return True
    if re.fullmatch(_NAME, name) is None and not given.has("--allow-bad-names", "--allow-badname", "--force-badname"):
        process.complain("Please enter a username matching the regular expression\n"
                         "            configured via the NAME_REGEX configuration variable.  Use the\n"
                         "            `--allow-bad-names' option to relax this check or reconfigure\n"
                         "            NAME_REGEX in configuration.")
        return True
    return False


def adduser(process: Process) -> int:
    """adduser [--system] [--group] [--uid ID] [--home DIR] [--shell SHELL] [--disabled-password] USER, USER GROUP."""
    given, accounts = _Options(process), Accounts(process)
    if process.user.uid:
        return process.complain("Only root may add a user or group to the system.")
    if not given.words:
        return process.complain("Only one or two names allowed.")
    name = given.words[0]
    if len(given.words) > 1:
        return _join(process, given, accounts, name, given.words[1])
    if _is_wrong(process, given, name, "--uid"):
        return 1
    system = given.has("--system")
    line = accounts.line("passwd", name)
    if line is not None:
        if system and int(line[2]) in _SYSTEM:
            _said(process, given, f"The system user `{name}' already exists. Exiting.")
            return 0
        return process.complain(f"The user `{name}' already exists.")
    ids = _SYSTEM if system else _NORMAL
    wanted, group = given.values.get("--uid"), given.values.get("--ingroup") or given.values.get("--gid")
    used = accounts.numbers("passwd")
    if wanted is not None and int(wanted) in used:
        return process.complain(f"The UID {wanted} is already in use.")
    own = not group and (not system or given.has("--group"))
    uid = int(wanted) if wanted is not None else _free(used | (accounts.numbers("group") if own else set()), ids)
    _said(process, given, f"Adding system user `{name}' (UID {uid}) ..." if system else f"Adding user `{name}' ...")
    if own:
        if accounts.line("group", name) is not None:
            return process.complain(f"The group `{name}' already exists.")
        gid, joined = uid if uid not in accounts.numbers("group") else _free(accounts.numbers("group"), ids), name
        _said(process, given, f"Adding new group `{name}' ({'GID ' if system else ''}{gid}) ...")
        accounts.add("group", name, "x", gid, "")
        accounts.add("gshadow", name, "!", "", "")
    else:
        found = accounts.group(group or "nogroup")
        if found is None:
            return process.complain(f"The group `{group or 'nogroup'}' does not exist.")
        gid, joined = int(found[2]), found[0]
    _said(process, given, f"Adding new user `{name}' (UID {uid}) with group `{joined}' ..." if system else
          f"Adding new user `{name}' ({uid}) with group `{joined} ({gid})' ...")
    home = given.values.get("--home") or (_NONE if system else f"/home/{name}")
    shell = given.values.get("--shell") or ("/usr/sbin/nologin" if system else "/bin/bash")
    gecos = given.values.get("--gecos", given.values.get("--comment", ""))
    accounts.add("passwd", name, "x", uid, gid, gecos if system else f"{gecos},,,"[:len(gecos) + 3], home, shell)
    accounts.add("shadow", name, "!", accounts.today, *(("",) * 6 if system else (0, 99999, 7, "", "", "")))
    users = accounts.line("group", "users")
    if not system and users is not None:
        accounts.join("users", name)
    accounts.write()
    if home == _NONE or given.has("--no-create-home"):
        _said(process, given, f"Not creating `{home}'." if home == _NONE else f"Not creating home directory `{home}'.")
    else:
        _said(process, given, f"Creating home directory `{home}' ...")
        make_home(process, home, uid, gid, 0o755 if system else 0o700)
        if not system:
            _said(process, given, "Copying files from `/etc/skel' ...")
    if not system and users is not None:
        _said(process, given, f"Adding new user `{name}' to supplemental / extra groups `users' ...\n"
                              f"Adding user `{name}' to group `users' ...")
    return 0


def _join(process: Process, given: _Options, accounts: Accounts, name: str, group: str) -> int:
    if accounts.line("passwd", name) is None:
        return process.complain(f"The user `{name}' does not exist.")
    line = accounts.line("group", group)
    if line is None:
        return process.complain(f"The group `{group}' does not exist.")
    if name in line[3].split(","):
        process.complain(f"The user `{name}' is already a member of `{group}'.")
        return 0
    _said(process, given, f"Adding user `{name}' to group `{group}' ...")
    accounts.join(group, name)
    accounts.write()
    _said(process, given, "Done.")
    return 0


def addgroup(process: Process) -> int:
    """addgroup [--system] [--gid ID] GROUP, addgroup USER GROUP"""
    given, accounts = _Options(process), Accounts(process)
    if process.user.uid:
        return process.complain("Only root may add a user or group to the system.")
    if not given.words:
        return process.complain("Only one or two names allowed.")
    if len(given.words) > 1:
        return _join(process, given, accounts, *given.words[:2])
    name, used = given.words[0], accounts.numbers("group")
    if _is_wrong(process, given, name, "--gid"):
        return 1
    if accounts.line("group", name) is not None:
        return process.complain(f"The group `{name}' already exists.")
    wanted = given.values.get("--gid")
    if wanted is not None and int(wanted) in used:
        return process.complain(f"The GID `{wanted}' is already in use.")
    gid = int(wanted) if wanted is not None else _free(used, _SYSTEM if given.has("--system") else _NORMAL)
    _said(process, given, f"Adding group `{name}' (GID {gid}) ...")
    accounts.add("group", name, "x", gid, "")
    accounts.add("gshadow", name, "!", "", "")
    accounts.write()
    _said(process, given, "Done.")
    return 0


def deluser(process: Process) -> int:
    """deluser [--remove-home] USER, deluser USER GROUP"""
    given, accounts = _Options(process), Accounts(process)
    if process.user.uid:
        return process.complain("Only root may remove a user or group from the system.")
    if not given.words:
        return process.complain("Only one or two names allowed.")
    name = given.words[0]
    line = accounts.line("passwd", name)
    if line is None:
        return _refused(process, f"The user `{name}' does not exist.", 2)
    if len(given.words) > 1:
        group = given.words[1]
        found = accounts.line("group", group)
        if found is None:
            return _refused(process, f"The group `{group}' does not exist.", 3)
        if name not in found[3].split(","):
            return _refused(process, f"The user `{name}' is not a member of group `{group}'.", 6)
        _said(process, given, f"Removing user `{name}' from group `{group}' ...")
        accounts.leave(group, name)
    else:
        if given.has("--remove-home", "--remove-all-files"):
            from .changes import remove_all
            from .operands import exists

            _said(process, given, "Looking for files to backup/remove ...\nRemoving files ...")
            if exists(process, line[5]) is not None:
                remove_all(process, line[5])
        _said(process, given, f"Removing user `{name}' ...")
        accounts.drop(("passwd", "shadow"), name)
        for each in accounts.groups_of(name):
            accounts.leave(each[0], name)
        own = accounts.line("group", name)
        if own is not None and not any(each[3] == own[2] for each in accounts.lines("passwd")):
            accounts.drop(("group", "gshadow"), name)
    accounts.write()
    _said(process, given, "Done.")
    return 0


def delgroup(process: Process) -> int:
    """delgroup GROUP"""
    given, accounts = _Options(process), Accounts(process)
    if process.user.uid:
        return process.complain("Only root may remove a user or group from the system.")
    if len(given.words) > 1:
        return deluser(process)
    name = given.words[0] if given.words else ""
    line = accounts.line("group", name)
    if line is None:
        return _refused(process, f"The group `{name}' does not exist.", 3)
    _said(process, given, f"Removing group `{name}' ...")
    accounts.drop(("group", "gshadow"), name)
    accounts.write()
    _said(process, given, "Done.")
    return 0
