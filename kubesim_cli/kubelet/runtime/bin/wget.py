"""wget as busybox has it (1.36) and GNU's (1.21): options, messages and exit codes."""

from __future__ import annotations

from ..dates import strftime
from ..kernel.errors import Errno
from . import exchange, flavour, http

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

_VALUED = {"O": "output-document", "T": "timeout", "t": "tries", "U": "user-agent", "P": "directory-prefix",
           "o": "output-file", "e": "execute", "w": "wait", "a": "append-output", "Q": "quota", "l": "level"}
_LONG_VALUED = {*_VALUED.values(), "header", "post-data", "post-file", "method", "body-data", "user", "password",
                "ca-certificate", "connect-timeout", "read-timeout", "dns-timeout", "waitretry", "max-redirect",
                "http-user", "http-password", "limit-rate", "retry-on-http-error", "certificate", "private-key"}
_FLAGS = {"q": "quiet", "S": "server-response", "c": "continue", "Y": "proxy", "v": "verbose", "4": "inet4-only",
          "N": "timestamping", "r": "recursive", "F": "force-html", "b": "background", "d": "debug", "n": "no",
          "k": "convert-links", "p": "page-requisites", "x": "force-directories"}
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_HOPS = 16
_TRIES = 20
_LIMIT = 900.0  # seconds that both wait for an answer, unless told otherwise


class _Given:
    """The options and the URLs."""

    def __init__(self, words: list[str]):
        self.urls: list[str] = []
        self.values: dict[str, list[str]] = {}
        self.flags: set[str] = set()
        words = list(words)
        while words:
            word = words.pop(0)
            if word.startswith("--") and len(word) > 2:
                name, found, value = word[2:].partition("=")
                if name in _LONG_VALUED:
                    self.values.setdefault(name, []).append(value if found else words.pop(0) if words else "")
                else:
                    self.flags.add(name)
            elif word.startswith("-") and len(word) > 1:
                self._letters(word[1:], words)
            else:
                self.urls.append(word)

    def _letters(self, rest: str, words: list[str]) -> None:
        if rest in ("nv", "nc", "nd", "nH"):
            self.flags.add({"nv": "no-verbose", "nc": "no-clobber"}.get(rest, rest))
            return
        while rest:
            letter, rest = rest[0], rest[1:]
            if letter in _VALUED:
                self.values.setdefault(_VALUED[letter], []).append(rest or (words.pop(0) if words else ""))
                rest = ""
            else:
                self.flags.add(_FLAGS.get(letter, letter))

    def last(self, name: str, default: str = "") -> str:
        return (self.values.get(name) or [default])[-1]

    def seconds(self, *names: str) -> float | None:
        """Return the first of some options that is given, in seconds; 0 is for ever."""
        text = next((self.last(name) for name in names if name in self.values), str(_LIMIT))
        try:
            return float(text) or None
        except ValueError:
            return _LIMIT


def _wget(process: Process) -> int | None:
    given = _Given(process.argv[1:])
    busybox = flavour.is_busybox(process)
    state: Any = process.memory
    if state is None:
        if not given.urls:
            process.write("BusyBox v1.36.1 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] URL...\n"
                          if busybox else "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\n"
                          "Try `wget --help' for more options.\n", 2)
            return 1
        state = process.memory = {"at": 0, "url": given.urls[0], "exchange": None, "status": 0, "hops": 0, "tries": 0,
                                  "until": None}
        if "spider" in given.flags and not busybox and _speaks(given):
            process.write("Spider mode enabled. Check if remote file exists.\n", 2)
    talk = _Busybox(process, given, state) if busybox else _Gnu(process, given, state)
    while state["at"] < len(given.urls):
        if state["until"] is not None:
            if process.kernel.now < state["until"]:
                process.wait(until=state["until"])
                return None
            state["until"] = None
        if state["exchange"] is None:
            host, port = http.place_of(state["url"])
            if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
                process.write(f"wget: bad port spec '{host}:{port}'\n" if busybox else
                              f"{state['url']}: Bad port number.\n", 2)
                return 1
            begun = state["exchange"] = _begin(process, given, state)
            talk.begins(begun)
        if not exchange.go_on(process, state["exchange"]):
            return None
        code = _finish(given, state, talk)
        if code is not None and busybox and code:
            return code
        state["status"] = state["status"] or code or 0
    return int(state["status"])


def _speaks(given: _Given) -> bool:
    return not given.flags & {"quiet", "no-verbose"}


def _begin(process: Process, given: _Given, state: dict[str, Any]) -> dict[str, Any]:
    busybox = flavour.is_busybox(process)
    headers = [("User-Agent", given.last("user-agent") or ("Wget" if busybox else "Wget/1.21.4"))]
    if not busybox:
        headers += [("Accept", "*/*"), ("Accept-Encoding", "identity")]
    own = [(key.strip(), value.strip()) for key, _, value in (
        each.partition(":") for each in given.values.get("header", ()))]
    names = {key.lower() for key, _ in own}
    headers = [each for each in headers if each[0].lower() not in names] + own
    user = given.last("user") or given.last("http-user")
    if user:
        from base64 import b64encode

        secret = f"{user}:{given.last('password') or given.last('http-password')}"
        headers.append(("Authorization", "Basic " + b64encode(secret.encode()).decode()))
    body = (given.last("post-data") or given.last("body-data")).encode()
    if "post-file" in given.values:
        body = process.read_file(given.last("post-file"))
    posts = "post-data" in given.values or "post-file" in given.values
    if posts:
        headers += [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", str(len(body)))]
    headers.append(("Connection", "close" if busybox else "Keep-Alive"))
    method = given.last("method") or ("POST" if posts else "HEAD" if "spider" in given.flags and not busybox else "GET")
    trust: str | None = ""
    if busybox or "no-check-certificate" in given.flags:
        trust = None  # busybox checks none
    elif "ca-certificate" in given.values:
        trust = process.read_file(given.last("ca-certificate")).decode("utf-8", "replace")
    return exchange.begin(process, state["url"], method, headers, body, given.seconds("timeout", "read-timeout"),
                          given.seconds("timeout", "connect-timeout"), trust)


def _finish(given: _Given, state: dict[str, Any], talk: _Talk) -> int | None:
    """An exchange is over; return the exit code of its URL, None where another exchange follows."""
    done, state["exchange"] = state["exchange"], None
    message = exchange.message_of(done) if not done["failed"] else None
    if message is None:
        return _next(given, state, talk.failed(done)) if state["until"] is None else None
    code = int(message.first[1]) if message.first[1].isdigit() else 0
    target = message.header("location")
    talk.answered(done, message)
    if code in _REDIRECTS and target and state["hops"] < _MOST_HOPS:
        state["hops"] += 1
        base = f"{done['scheme']}://{done['host']}" + (
            "" if done["port"] == (443 if done["scheme"] == "https" else 80) else f":{done['port']}")
        state["url"] = target if "://" in target else base + target
        talk.redirected(target)
        return None
    return _next(given, state, talk.refused(done, message) if code >= 400 else talk.saved(done, message))


def _next(given: _Given, state: dict[str, Any], code: int | None) -> int | None:
    if code is None:
        return None
    state.update(at=state["at"] + 1, hops=0, tries=0)
    state["url"] = given.urls[state["at"]] if state["at"] < len(given.urls) else ""
    return code


class _Talk:
    """What a wget says, and where it puts what it gets."""

    def __init__(self, process: Process, given: _Given, state: dict[str, Any]):
        self.process, self.given, self.state = process, given, state

    def say(self, text: str, always: bool = False) -> None:
        """Write to stderr, unless that is not wanted."""
        if always or "quiet" not in self.given.flags:
            self.process.write(text, 2)

    def name(self, done: dict[str, Any]) -> str:
        """Return the file that an answer goes to, "-" for stdout."""
        named = self.given.last("output-document")
        if not named:
            path = done["path"] if "?" in done["path"] and not isinstance(self, _Busybox) else done[
                "path"].partition("?")[0]
            named = path.rpartition("/")[2] or "index.html"
            folder = self.given.last("directory-prefix")
            named = f"{folder}/{named}" if folder else named
        return named

    def store(self, name: str, data: bytes) -> None:
        """Write an answer where it belongs."""
        if name == "-":
            self.process.write(data)
        else:
            self.process.open(name, "w").write(self.process.kernel, data)

    def begins(self, done: dict[str, Any]) -> None:
        """An exchange begins."""

    def failed(self, done: dict[str, Any]) -> int | None:
        """It came to nothing; return the exit code, None to try again."""
        raise NotImplementedError

    def answered(self, done: dict[str, Any], message: http.Message) -> None:
        """An answer has come."""

    def redirected(self, target: str) -> None:
        """It leads elsewhere."""

    def refused(self, done: dict[str, Any], message: http.Message) -> int:
        """Its status tells of an error."""
        raise NotImplementedError

    def saved(self, done: dict[str, Any], message: http.Message) -> int:
        """It is good."""
        raise NotImplementedError


class _Busybox(_Talk):

    def _connecting(self, done: dict[str, Any]) -> None:
        if done["address"]:
            self.say(f"Connecting to {_named(done)} ({done['address']}:{done['port']})\n")

    def failed(self, done: dict[str, Any]) -> int:
        self._connecting(done)
        failed = done["failed"]
        bad = f"bad address '{_named(done)}'"
        why = {exchange.UNKNOWN: bad, exchange.UNANSWERED: bad,
               exchange.SLOW: "download timed out", exchange.NO_TLS: "TLS error from peer",
               exchange.EMPTY: "error getting response"}.get(failed, "error getting response: Connection reset by peer")
        if failed in (exchange.REFUSED, exchange.UNREACHABLE, exchange.TIMEOUT):
            why = "download timed out" if done.get("cut") else (
                f"can't connect to remote host ({done['address']}): {done['message']}")
        self.say(f"wget: {why}\n", True)
        return 1

    def answered(self, done: dict[str, Any], message: http.Message) -> None:
        self._connecting(done)
        if "server-response" in self.given.flags:
            head = bytes(done["got"]).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            self.say("".join(f"  {line}\n" for line in head), True)

    def refused(self, done: dict[str, Any], message: http.Message) -> int:
        self.say(f"wget: server returned error: {' '.join(message.first)}\n", True)
        return 1

    def saved(self, done: dict[str, Any], message: http.Message) -> int:
        if "spider" in self.given.flags:
            self.say("remote file exists\n")
            return 0
        name = self.name(done)
        if name != "-" and not self.given.last("output-document"):
            try:
                self.process.open(name, "x")
            except Errno as error:
                self.say(f"wget: can't open '{name}': {error.message}\n", True)
                return 1
        where = "to stdout" if name == "-" else f"'{name}'"
        self.say("writing to stdout\n" if name == "-" else f"saving to {where}\n")
        self.store(name, message.body)
        size = len(message.body)
        shown = "-" if name == "-" else name.rpartition("/")[2]
        self.say(f"\r{shown[:20]:<20} 100% |{'*' * 32}| {size:>5}  0:00:00 ETA\n")
        self.say("written to stdout\n" if name == "-" else f"{where} saved\n")
        return 0


def _named(done: dict[str, Any]) -> str:
    """Return the host as the URL has it, with its port."""
    named: str = done["url"].rpartition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    return named


class _Gnu(_Talk):

    def _stamp(self) -> str:
        return strftime("%Y-%m-%d %H:%M:%S", self.process.kernel.now)

    def _log(self, text: str) -> None:
        if _speaks(self.given):
            self.say(text)

    def begins(self, done: dict[str, Any]) -> None:
        url = done["url"] if "://" in done["url"] else f"http://{done['url']}"
        number = self.state["tries"]
        self._log(f"--{self._stamp()}--  {'' if not number else f'(try:{number + 1:2})  '}"
                  f"{url if url.count('/') > 2 else url + '/'}\n")

    def _connecting(self, done: dict[str, Any]) -> None:
        if not done["address"]:
            return
        if done["address"] != done["host"]:
            self._log(f"Resolving {done['host']} ({done['host']})... {done['address']}\n")
            self._log(f"Connecting to {done['host']} ({done['host']})|{done['address']}|:{done['port']}... ")
        else:
            self._log(f"Connecting to {done['host']}:{done['port']}... ")

    def failed(self, done: dict[str, Any]) -> int | None:
        failed, host = done["failed"], done["host"]
        if failed in (exchange.UNKNOWN, exchange.UNANSWERED):
            why = "Name or service not known" if failed == exchange.UNKNOWN else "Temporary failure in name resolution"
            self._log(f"Resolving {host} ({host})... failed: {why}.\n")
            self.say(f"wget: unable to resolve host address '{host}'\n")
            return 4
        self._connecting(done)
        if failed in (exchange.REFUSED, exchange.UNREACHABLE):
            self._log(f"failed: {done['message']}.\n")
            return 4
        if failed in (exchange.NO_TLS, exchange.DISTRUSTED, exchange.MISNAMED):
            self._log("connected.\n")
            if failed == exchange.NO_TLS:
                self._log("Unable to establish SSL connection.\n")
                return 4
            self.say(f"ERROR: The certificate of '{host}' is not trusted.\n")
            return 5
        if failed == exchange.TIMEOUT:
            self._log("failed: Connection timed out.\n")
        else:
            self._log("connected.\nHTTP request sent, awaiting response... ")
            self._log("Read error (Connection timed out) in headers.\n" if failed == exchange.SLOW
                      else "No data received.\n")
        self.state["tries"] += 1
        tries = int(self.given.last("tries", str(_TRIES)) or _TRIES)
        if self.state["tries"] >= (tries or 1_000_000):
            self._log("Giving up.\n\n")
            return 4
        self._log("Retrying.\n\n")
        self.state["until"] = self.process.kernel.now + min(self.state["tries"], 10)
        return None

    def answered(self, done: dict[str, Any], message: http.Message) -> None:
        self._connecting(done)
        self._log("connected.\nHTTP request sent, awaiting response... ")
        if "server-response" in self.given.flags:
            head = bytes(done["got"]).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            self.say("\n" * _speaks(self.given) + "".join(f"  {line}\n" for line in head), True)
        else:
            self._log(f"{message.first[1]} {message.first[2]}\n")

    def redirected(self, target: str) -> None:
        self._log(f"Location: {target} [following]\n")

    def refused(self, done: dict[str, Any], message: http.Message) -> int:
        if "spider" in self.given.flags:
            self._log("Remote file does not exist -- broken link!!!\n\n")
        else:
            self.say(f"{self._stamp()} ERROR {message.first[1]}: {message.first[2]}.\n\n")
        return 8

    def saved(self, done: dict[str, Any], message: http.Message) -> int:
        size = len(message.body) if done["method"] != "HEAD" else int(message.header("content-length") or 0)
        type_ = message.header("content-type").partition(";")[0]
        length = message.header("content-length")
        self._log(f"Length: {size if length else 'unspecified'}{f' [{type_}]' if type_ else ''}\n")
        if "spider" in self.given.flags:
            self._log("Remote file exists.\n\n")
            return 0
        name = self._free(self.name(done))
        self._log(f"Saving to: '{'STDOUT' if name == '-' else name}'\n\n")
        self.store(name, message.body)
        speed = f"{size * 1000 / 1024:.0f}K" if size < 1000 else f"{size * 1000 / 1048576:.2f}M"
        self._log(f"     0K {'.' * min(size // 1024, 50):<50} 100% {speed:>5}=0s\n\n")
        rate = f"{speed[:-1]} {'KB' if speed[-1] == 'K' else 'MB'}/s"
        what = "written to stdout" if name == "-" else f"'{name}' saved"
        self._log(f"{self._stamp()} ({rate}) - {what} [{size}{f'/{size}' if length else ''}]\n\n")
        if "no-verbose" in self.given.flags:
            self.say(f'{self._stamp()} URL:{done["url"]} [{size}/{size}] -> "{name}" [1]\n')
        return 0

    def _free(self, name: str) -> str:
        """Return a name that is not taken yet, where the user has chosen none."""
        if name == "-" or self.given.last("output-document"):
            return name
        number, free = 0, name
        while self.process.space.tree.find(free, self.process.cwd, self.process.user).inode is not None:
            number += 1
            free = f"{name}.{number}"
        return free


PROGRAMS = {"wget": _wget}
