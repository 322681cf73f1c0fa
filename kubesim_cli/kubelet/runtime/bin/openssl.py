"""What of openssl needs no keys and no network: rand, passwd, dgst, base64 and version; and Apache's htpasswd.

All other commands of openssl, and bcrypt, are as programs that nobody plays.
"""

from __future__ import annotations

import base64

from ....machinery.digest import new
from ..kernel.errors import Errno, Exhausted
from ..unknown import unplayed_part
from . import crypts
from .accountfiles import salt
from .operands import MOST_INPUT, read_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program

_VERSION = "OpenSSL 3.0.17 1 Jul 2025 (Library: OpenSSL 3.0.17 1 Jul 2025)\n"
_TITLES = {"md5": "MD5", "sha1": "SHA1", "sha224": "SHA2-224", "sha256": "SHA2-256", "sha384": "SHA2-384",
           "sha512": "SHA2-512"}
_VALUED = ("out", "in", "salt", "hmac")
_WIDTH = 64  # letters of a line of base64


class _Options:
    """`values`: options by their names without the hyphen; `words`: the operands."""

    def __init__(self, words: list[str]):
        self.values, self.words = dict[str, str](), list[str]()
        words = list(words)
        while words:
            word = words.pop(0)
            if word[:1] != "-" or len(word) == 1:
                self.words.append(word)
                continue
            name = word.lstrip("-")
            self.values[name] = words.pop(0) if name in _VALUED and words else ""


def _openssl(process: Process) -> int | None:
    command = process.argv[1] if len(process.argv) > 1 else ""
    given = _Options(process.argv[2:])
    if command in _TITLES:
        given.values[command] = ""
        command = "dgst"
    if command == "enc" and ("base64" in given.values or "a" in given.values):
        command = "base64"
    act = _COMMANDS.get(command)
    if act is None:
        return unplayed_part(process)
    return act(process, given)


def _write(process: Process, given: _Options, data: bytes) -> int:
    if "out" in given.values:
        try:
            process.open(given.values["out"], "w").write(process.kernel, data)
        except Errno as error:
            process.write(f"Can't open \"{given.values['out']}\" for writing, {error.message}\n", 2)
            return 1
    else:
        process.write(data)
    return 0


def _said(process: Process, command: str, why: str) -> int:
    process.write(f"{command}: {why}\n{command}: Use -help for summary.\n", 2)
    return 1


def _rand(process: Process, given: _Options) -> int:
    count = given.words[0] if given.words else "0"
    if not count.isdigit():
        return _said(process, "rand", f'Can\'t parse "{count}" as a number')
    if len(count) > len(str(MOST_INPUT)) or int(count) > MOST_INPUT:
        raise Exhausted("memory")
    data = process.space.random.bytes(int(count))
    if "hex" in given.values:
        data = data.hex().encode() + b"\n"
    elif "base64" in given.values:
        data = _lines(data)
    return _write(process, given, data)


def _lines(data: bytes) -> bytes:
    text = base64.b64encode(data)
    return b"".join(text[at:at + _WIDTH] + b"\n" for at in range(0, len(text), _WIDTH))


def _base64(process: Process, given: _Options) -> int | None:
    if "in" in given.values:
        try:
            data: bytes | None = process.read_file(given.values["in"])
        except Errno as error:
            process.write(f"Can't open \"{given.values['in']}\" for reading, {error.message}\n", 2)
            return 1
    else:
        data = read_all(process)
    if data is None:
        return None
    if "d" in given.values:
        whole = data if "A" in given.values or data.endswith(b"\n") else b""  # a line has to be ended
        try:
            return _write(process, given, base64.b64decode(whole))
        except ValueError:
            return _write(process, given, b"")
    return _write(process, given, base64.b64encode(data) if "A" in given.values else _lines(data))


def _dgst(process: Process, given: _Options) -> int | None:
    import hmac

    unknown = [name for name in given.values if name not in (*_TITLES, *_VALUED, "r", "hex", "binary", "c")]
    if unknown:
        return _said(process, "dgst", f"Unknown option or message digest: {unknown[0]}")
    name = next((each for each in _TITLES if each in given.values), "sha256")
    status, out = 0, b""
    for word in given.words or [""]:
        try:
            data = process.read_file(word) if word else read_all(process)
        except Errno as error:
            process.write(f"{word}: {error.message}\n", 2)
            status = 1
            continue
        if data is None:
            return None
        digest = new(name, data) if "hmac" not in given.values else hmac.new(
            given.values["hmac"].encode(), data, name)
        shown = word or "stdin"
        out += digest.digest() if "binary" in given.values else (
            f"{digest.hexdigest()} *{shown}\n" if "r" in given.values else
            f"{_TITLES[name]}({shown})= {digest.hexdigest()}\n").encode()
    return _write(process, given, out) or status


def _passwd(process: Process, given: _Options) -> int | None:
    words = given.words
    if "stdin" in given.values:
        data = read_all(process)
        if data is None:
            return None
        words = data.decode("utf-8", "replace").splitlines()
    for word in words:
        process.work(crypts.STEPS)
        seed = given.values.get("salt") or salt(process, 16 if {"5", "6"} & set(given.values) else 8)
        found = crypts.md5(word, seed, "$apr1$" if "apr1" in given.values else "$1$")
        if {"5", "6"} & set(given.values):
            found = crypts.sha(word, seed, 512 if "6" in given.values else 256)
        process.write(found + "\n")
    return 0


def _version(process: Process, given: _Options) -> int:
    process.write(_VERSION)
    return 0


_COMMANDS = {"rand": _rand, "base64": _base64, "dgst": _dgst, "passwd": _passwd, "version": _version}


def _htpasswd(process: Process) -> int | None:
    """htpasswd [-cnbmsi] [FILE] USER [PASSWORD]; without -b or -i the password is asked for, which nobody answers."""
    letters = "".join(word[1:] for word in process.argv[1:] if word[:1] == "-" and word[1:])
    words = [word for word in process.argv[1:] if word[:1] != "-" or word == "-"]
    if "B" in letters or "D" in letters or not set("bi") & set(letters):
        return unplayed_part(process)
    file = None if "n" in letters else words.pop(0) if words else ""
    if len(words) != (2 if "b" in letters else 1) or file == "":
        process.write("Usage:\n\thtpasswd [-cimB25dpsDv] [-C cost] [-r rounds] passwordfile username\n"
                      "\thtpasswd -b[cmB25dpsDv] [-C cost] [-r rounds] passwordfile username password\n", 2)
        return 2
    name, password = words[0], words[-1]
    if "i" in letters:
        data = read_all(process)
        if data is None:
            return None
        password = data.decode("utf-8", "replace").rstrip("\n")
    if "s" in letters:
        kept = "{SHA}" + base64.b64encode(new("sha1", password.encode()).digest()).decode()
    else:
        kept = crypts.md5(password, salt(process, 8), "$apr1$")
    if file is None:
        process.write(f"{name}:{kept}\n\n")
        return 0
    lines: list[str] = []
    if "c" not in letters:
        try:
            lines = process.read_file(file).decode("utf-8", "replace").splitlines()
        except Errno:
            process.write(f"htpasswd: cannot modify file {file}; use '-c' to create it\n", 2)
            return 1
    there = any(line.startswith(f"{name}:") for line in lines)
    lines = [f"{name}:{kept}" if line.startswith(f"{name}:") else line for line in lines]
    lines += [] if there else [f"{name}:{kept}"]
    try:
        process.open(file, "w").write(process.kernel, "".join(line + "\n" for line in lines).encode())
    except Errno:
        process.write(f"htpasswd: cannot create file {file}\n", 2)
        return 1
    process.write(f"{'Updating' if there else 'Adding'} password for user {name}\n", 2)
    return 0


PROGRAMS: dict[str, Program] = {"openssl": _openssl, "htpasswd": _htpasswd}
