"""mysql and mariadb, the clients: statements of -e, of a script, or typed at a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import wire
from .dialogue import Failed, Options, answered, begun, local_port, on_terminal, reach, typed

if TYPE_CHECKING:
    from ..kernel.process import Process
    from .sql.results import Result

VALUED = frozenset(
    (
        "host",
        "user",
        "port",
        "socket",
        "database",
        "execute",
        "protocol",
        "default-character-set",
        "ssl-mode",
        "connect-timeout",
        "connect_timeout",
        "defaults-file",
        "defaults-extra-file",
        "delimiter",
        "init-command",
        "wait",
        "sleep",
        "count",
        "max-allowed-packet",
        "result-file",
        "ssl-ca",
        "where",
        "prompt",
    )
)
LETTERS = {
    "h": "host", "u": "user", "P": "port", "S": "socket", "D": "database", "e": "execute", "p": "password",
    "N": "skip-column-names", "B": "batch", "s": "silent", "t": "table", "v": "verbose", "f": "force",
    "E": "vertical", "r": "raw", "V": "version", "n": "unbuffered", "q": "quick", "A": "no-auto-rehash",
    "C": "compress", "W": "show-warnings", "w": "wait", "i": "sleep", "c": "count", "?": "help", "H": "html",
    "G": "named-commands", "o": "one",
}
SOCKETS = ("/var/run/mysqld/mysqld.sock", "/run/mysqld/mysqld.sock")
_HELP = """
For information about {name} products and services, visit:
   {site}

List of all {name} client commands:
Note that all text commands must be first on line and end with ';'
?         (\\?) Synonym for `help'.
clear     (\\c) Clear the current input statement.
connect   (\\r) Reconnect to the server. Optional arguments are db and host.
delimiter (\\d) Set statement delimiter.
ego       (\\G) Send command to {name} server, display result vertically.
exit      (\\q) Exit mysql. Same as quit.
go        (\\g) Send command to {name} server.
help      (\\h) Display this help.
quit      (\\q) Quit mysql.
source    (\\.) Execute an SQL script file. Takes a file name as an argument.
status    (\\s) Get status information from the server.
use       (\\u) Use another database. Takes database name as argument.

"""


def is_maria(process: Process) -> bool:
    """Tell whether the client is MariaDB's: by its name, or its image."""
    return "mariadb" in process.argv[0] or "MARIADB_VERSION" in process.env


def connection_of(process: Process, options: Options) -> dict[str, Any]:
    """Return how the options say to connect: host, port, hello, where."""
    host = options.get("host") or process.env.get("MYSQL_HOST", "")
    local = host in ("", "localhost") and options.get("protocol").upper() != "TCP"
    user = options.get("user") or process.env.get("USER") or ("root" if process.user.uid == 0 else "mysql")
    password = options.values.get("password")
    if password is None:
        password = process.env.get("MYSQL_PWD", "")
    hello = {"user": user, "password": password, "database": options.get("database"), "local": local}
    return {"host": host, "local": local, "port": int(options.get("port") or 3306), "hello": hello,
            "socket": options.get("socket")}


def connecting(process: Process, memory: dict[str, Any]) -> dict[str, Any] | None:
    """Connect as `memory["how"]` says; return the server's first words, None where the process waits.

    Raises Refusal.
    """
    how, maria = memory["how"], memory["maria"]
    host, port = how["host"], how["port"]
    if how["local"]:
        sockets = [how["socket"]] if how["socket"] else SOCKETS[::-1] if maria else SOCKETS
        found = next((local_port(process, each) for each in sockets if local_port(process, each) is not None), None)
        what = "server" if maria else "MySQL server"
        if found is None:
            raise Refusal(f"ERROR 2002 (HY000): Can't connect to local {what} through socket '{sockets[0]}' (2)", 2002)
        host, port = "127.0.0.1", found
    try:
        said = reach(process, memory, host, port, how["hello"])
    except Failed as failed:
        raise refused(failed, how, maria) from None
    except wire.Lost:
        if maria:
            raise Refusal("ERROR 2013 (HY000): Lost connection to server at 'handshake: reading initial communication "
                          "packet', system error: 11", 2013) from None
        raise Refusal(
            "ERROR 2013 (HY000): Lost connection to MySQL server at 'reading initial communication packet', system "
            "error: 0",
            2013,
        ) from None
    if said is not None and "error" in said:
        number, state, message = said["error"][:3]
        raise Refusal(f"ERROR {number} ({state}): {message}", number)
    return said


class Refusal(Exception):
    """There is no connection; `text`: what mysql says, `number`: of the error."""

    def __init__(self, text: str, number: int):
        super().__init__(text)
        self.text, self.number = text, number


def refused(failed: Failed, how: dict[str, Any], maria: bool) -> Refusal:
    """Return what a client says of a connection that could not be made."""
    host = how["host"] or "localhost"
    what = "server" if maria else "MySQL server"
    if how["local"]:
        socket = how["socket"] or SOCKETS[1 if maria else 0]
        local = "local server" if maria else "local MySQL server"
        return Refusal(f"ERROR 2002 (HY000): Can't connect to {local} through socket '{socket}' (111)", 2002)
    if failed.kind in ("unknown", "unanswered"):
        return Refusal(f"ERROR 2005 (HY000): Unknown {what} host '{host}' (-2)", 2005)
    number = {"refused": 111, "timeout": 110}.get(failed.kind, 113)
    if maria:
        return Refusal(f"ERROR 2002 (HY000): Can't connect to server on '{host}' ({number})", 2002)
    return Refusal(f"ERROR 2003 (HY000): Can't connect to MySQL server on '{host}:{how['port']}' ({number})", 2003)


def client(process: Process) -> int | None:
    """Play mysql or mariadb."""
    code = begun(process, _begin)
    if code is not None:
        return code
    memory = process.memory
    if not answered(process, memory):
        return None
    if not memory["greeted"]:
        try:
            said = connecting(process, memory)
        except Refusal as error:
            process.write(error.text + "\n", 2)
            return 1
        if said is None:
            return None
        memory.update(greeted=True, version=said["ok"]["version"], server_maria=said["ok"]["maria"])
        if memory["prompting"]:
            process.write(_welcome(memory, said["ok"]["number"]))
    return _talk(process)


def _begin(process: Process) -> int | None:
    options = Options(process.argv[1:], VALUED, LETTERS, "p")
    name = process.argv[0].rpartition("/")[2]
    maria = is_maria(process)
    version = (process.env.get("MARIADB_VERSION", "").partition(":")[2].partition("+")[0] if maria
               else process.env.get("MYSQL_VERSION", "").partition("-")[0]) or ("11.4.2" if maria else "8.4.0")
    if options.has("version"):
        process.write(
            f"{name}  Ver 15.1 Distrib {version}-MariaDB, for debian-linux-gnu (x86_64) using  EditLine wrapper\n"
            if maria
            else f"{name}  Ver {version} for Linux on x86_64 (MySQL Community Server - GPL)\n"
        )
        return 0
    if options.unknown:
        process.write(f"{name}: unknown option '-{options.unknown}'\n", 2)
        return 7
    if options.words:
        options.values.setdefault("database", options.words[0])
    asking = options.values.get("password") == "" and "password" in options.values
    told = bool(options.get("password")) and not maria
    if told:
        process.write(f"{name}: [Warning] Using a password on the command line interface can be insecure.\n", 2)
    given = options.many.get("execute")
    prompting = given is None and on_terminal(process)
    if asking:
        process.write("Enter password: ", 2)
    process.memory = {
        "maria": maria,
        "how": connection_of(process, options),
        "asking": asking,
        "greeted": False,
        "prompting": prompting,
        "queue": [],
        "waiting": None,
        "text": "",
        "line": 1,
        "prompted": False,
        "force": options.has("force"),
        "code": 0,
        "given": "\n".join(given) if given is not None else None,
        "database": options.get("database"),
        "delimiter": ";",
        "names": not options.has("skip-column-names") and options.many.get("silent", []) != ["", ""],
        "table": options.has("table") or (not options.has("batch", "silent") and on_terminal(process, 1)),
        "verbose": prompting,
        "vertical": options.has("vertical"),
        "raw": options.has("raw"),
        "loud": len(options.many.get("verbose", [])) >= 3,
    }
    return None


def _welcome(memory: dict[str, Any], number: int) -> str:
    if memory["maria"]:
        return (
            f"Welcome to the MariaDB monitor.  Commands end with ; or \\g.\nYour MariaDB connection id is {number}\n"
            f"Server version: {memory['version']} mariadb.org binary distribution\n\n"
            "Copyright (c) 2000, 2018, Oracle, MariaDB Corporation Ab and others.\n\n"
            "Type 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n"
        )
    return (
        f"Welcome to the MySQL monitor.  Commands end with ; or \\g.\nYour MySQL connection id is {number}\n"
        f"Server version: {memory['version']} MySQL Community Server - GPL\n\n"
        "Copyright (c) 2000, 2025, Oracle and/or its affiliates.\n\n"
        "Oracle is a registered trademark of Oracle Corporation "
        "and/or its\naffiliates. Other names may be trademarks of their respective\nowners.\n\n"
        "Type 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n"
    )


def _talk(process: Process) -> int | None:
    """Send statements and show answers, until there are no more."""
    memory = process.memory
    while True:
        if memory["waiting"] is not None:
            try:
                said = wire.receive(process, memory)
            except wire.Lost:
                process.write("ERROR 2013 (HY000): Lost connection to MySQL server during query\n", 2)
                return 1
            if said is None:
                return None
            statement, memory["waiting"] = memory["waiting"], None
            if not _show(process, statement, said):
                return 1
            continue
        if memory["queue"]:
            statement = memory["queue"].pop(0)
            if not _own(process, statement):
                try:
                    wire.send(process, {"q": statement[0]})
                except wire.Lost:
                    process.write("ERROR 2006 (HY000): MySQL server has gone away\n", 2)
                    return 1
                memory["waiting"] = statement
            elif memory.get("quit"):
                return int(memory["code"])
            continue
        if memory.get("done"):
            return int(memory["code"])
        ended = _more(process)
        if ended is None:
            return None
        if ended:
            memory["done"] = True


def _more(process: Process) -> bool | None:
    """Read more statements; True where there are no more, None where the process waits."""
    memory = process.memory
    if memory["given"] is not None:
        text, memory["given"] = memory["given"], None
        _split(memory, text + "\n")
        _last(memory)
        return True
    if memory["prompting"]:
        if process.pending:
            process.pending.clear()
            memory.update(text="", prompted=False)
        if not memory["prompted"]:
            process.write(_prompt(memory))
            memory["prompted"] = True
    line = typed(process, memory)
    if line is None:
        return None
    memory["prompted"] = False
    if not line:
        if memory["prompting"]:
            process.write("Bye\n")
        _last(memory)
        return True
    _split(memory, line)
    return False


def _prompt(memory: dict[str, Any]) -> str:
    if memory["text"].strip():
        return "    -> "
    if memory["maria"]:
        return f"MariaDB [{memory['database'] or '(none)'}]> "
    return "mysql> "


def _split(memory: dict[str, Any], text: str) -> None:
    r"""Take text in: whole statements go into the queue as (text, whether \G ended it, line)."""
    words = text.strip()
    first = words.split()[0].lower().rstrip(";") if words else ""
    if first == "delimiter" and not memory["text"].strip() and len(words.split("\n")[0].split()) > 1:
        head, _, rest = text.lstrip("\n").partition("\n")
        memory["delimiter"] = head.split()[1]  # at once: by this is split what follows
        memory["line"] += text[:len(text) - len(rest)].count("\n")
        memory["text"] = ""
        if rest.strip():
            _split(memory, rest)
        return
    if not memory["text"].strip() and (
        first in ("quit", "exit", "help", "status", "source", "use", "delimiter", "?", "clear")
        or words[:2] in ("\\q", "\\h", "\\s", "\\.", "\\u", "\\c", "\\?", "\\r")
    ):
        if "\n" in words:
            head, _, rest = text.lstrip("\n").partition("\n")
            memory["queue"].append((head.strip(), False, memory["line"]))
            _split(memory, rest)
            return
        memory["queue"].append((words, False, memory["line"]))
        memory["line"] += text.count("\n")
        memory["text"] = ""
        return
    memory["text"] += text
    while True:
        end, size, vertical = _end(memory["text"], memory["delimiter"])
        if end < 0:
            return
        statement = memory["text"][:end]
        if size and memory["text"][end:end + 2] == "\\c":
            statement = ""
        lead = statement[:len(statement) - len(statement.lstrip())].count("\n")
        if _bare(statement):
            memory["queue"].append((statement.strip(), vertical, memory["line"] + lead))
        memory["line"] += memory["text"][:end + size].count("\n")
        memory["text"] = memory["text"][end + size:]
        if memory["text"].lstrip().lower().startswith("delimiter "):
            rest, memory["text"] = memory["text"], ""
            _split(memory, rest)
            return
        if not memory["text"].strip():
            memory["line"] += memory["text"].count("\n")
            memory["text"] = ""
            return


def _last(memory: dict[str, Any]) -> None:
    text = memory["text"].strip()
    if _bare(text):
        lead = memory["text"][:len(memory["text"]) - len(memory["text"].lstrip())].count("\n")
        memory["queue"].append((text, memory["vertical"], memory["line"] + lead))
    memory["text"] = ""


def _bare(text: str) -> str:
    """Return a text without the comments before it."""
    text = text.strip()
    while text.startswith(("-- ", "--\n", "#", "/*")) or text == "--":
        mark = "*/" if text.startswith("/*") else "\n"
        text = text.partition(mark)[2].strip()
    return text


def _end(text: str, delimiter: str) -> tuple[int, int, bool]:
    r"""Return where a statement ends, how long what ends it is, and whether that is \G; (-1, 0, False): nowhere."""
    quote, at = "", 0
    while at < len(text):
        letter = text[at]
        if quote:
            if letter == "\\" and quote != "`":
                at += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"`":
            quote = letter
        elif text.startswith(("-- ", "--\n"), at) or letter == "#":
            at = text.find("\n", at)
            if at < 0:
                return -1, 0, False
        elif text.startswith("/*", at):
            at = text.find("*/", at)
            if at < 0:
                return -1, 0, False
            at += 1
        elif text.startswith(delimiter, at):
            return at, len(delimiter), False
        elif letter == "\\" and text[at + 1:at + 2] in ("G", "g", "c"):
            more = len(text[at + 2:]) - len(text[at + 2:].lstrip(" "))
            last = 1 if text[at + 2 + more:at + 3 + more] == ";" else 0
            return at, 2 + (more + last if last else 0), text[at + 1] == "G"
        at += 1
    return -1, 0, False


def _own(process: Process, statement: tuple[str, bool, int]) -> bool:
    """Run a command of the client's own; return whether it was one."""
    memory = process.memory
    text = statement[0].rstrip(";").strip()
    words = text.split()
    first = words[0].lower() if words else ""
    if first in ("quit", "exit", "\\q"):
        if memory["prompting"]:
            process.write("Bye\n")
        memory["quit"] = True
    elif first in ("help", "\\h", "?", "\\?"):
        maria = memory["maria"]
        process.write(_HELP.format(name="MariaDB" if maria else "MySQL",
                                   site="http://mariadb.org/" if maria else "http://www.mysql.com/"))
    elif first in ("clear", "\\c", "\\r"):
        memory["text"] = ""
    elif first in ("source", "\\.") and len(words) > 1:
        from ..kernel.errors import Errno

        try:
            content = process.read_file(words[1]).decode("utf-8", "replace")
        except Errno:
            process.write(f"ERROR: Failed to open file '{words[1]}', error: 2\n", 2)
            return True
        queue, memory["queue"] = memory["queue"], []
        _split(memory, content + "\n")
        _last(memory)
        memory["queue"] += queue
    elif first in ("status", "\\s") and len(words) == 1:
        process.write(f"--------------\n{process.argv[0].rpartition('/')[2]}  for Linux on x86_64\n\n"
                      f"Current database:\t{memory['database']}\nCurrent user:\t\t{memory['how']['hello']['user']}@"
                      f"{memory['how']['host'] or 'localhost'}\nServer version:\t\t{memory['version']}\n"
                      "Protocol version:\t10\n--------------\n\n")
    elif first in ("use", "\\u") and len(words) > 1 and not memory.get("using"):
        memory["queue"].insert(0, (f"USE `{words[1].strip('`')}`", False, statement[2]))
        memory["using"] = True
    else:
        return False
    return True


def _show(process: Process, statement: tuple[str, bool, int], said: dict[str, Any]) -> bool:
    """Show an answer; return whether to go on."""
    from .sql import layout
    from .sql.results import Result

    memory = process.memory
    using, memory["using"] = memory.get("using"), False
    if memory["loud"]:
        process.write(f"--------------\n{statement[0]}\n--------------\n\n")
    if "error" in said:
        number, state, message = said["error"][:3]
        where = "" if memory["prompting"] else f" at line {statement[2]}"
        process.write(f"ERROR {number} ({state}){where}: {message}\n", 2)
        memory["code"] = 0 if memory["prompting"] else 1
        return bool(memory["prompting"] or memory["force"])
    result = Result.read(said)
    result.delay = float(said.get("delay") or 0)
    if result.database is not None:
        memory["database"] = result.database
    if using:
        if memory["prompting"]:
            process.write("Database changed\n")
        return True
    for each in result.before:
        process.write(_shown(memory, each, statement[1] or memory["vertical"]))
        if memory["verbose"] or memory["loud"]:
            process.write(layout.mysql_summary(each, memory["maria"]) + "\n")
    process.write(_shown(memory, result, statement[1] or memory["vertical"]))
    if memory["verbose"] or memory["loud"]:
        process.write(layout.mysql_summary(result, memory["maria"]) + "\n")
    return True


def _shown(memory: dict[str, Any], result: Result, vertical: bool) -> str:
    from .sql import layout

    if result.columns is None:
        return ""
    if vertical:
        return layout.mysql_vertical(result)
    if memory["table"] or memory["prompting"]:
        return layout.mysql_table(result, memory["names"]) if result.rows else ""
    return layout.mysql_lines(result, memory["names"], memory["raw"])


PROGRAMS = dict.fromkeys(("mysql", "mariadb"), client)
