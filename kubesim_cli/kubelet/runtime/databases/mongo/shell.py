"""The shells' language with its helpers (`show dbs`, `use`, `it`), which a server runs.

It is run where the data is: a client sends lines and gets what they print, so that nobody has to wait within a script.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import display, jsglobals, jslib
from .collection import Database
from .cursor import Cursor, clean
from .dbhost import Connection, DatabaseHost, ReplicaSet
from .hosts import CollectionHost
from .jsparser import Parser
from .jsrun import Runner, Scope
from .jstokens import Incomplete, Wrong
from .jsvalues import UNDEFINED, Fault, Function, Host, Native, Thrown, fault, numeric, text
from .server import SECONDARY, STATES, Server
from .values import MongoError, decode, encode

Document = dict[str, Any]
BATCH = 20
_HELPERS = ("show", "use", "it", "exit", "quit", "help", "cls")


class Quit(Exception):
    """The script ends its shell."""

    def __init__(self, code: int = 0):
        super().__init__()
        self.code = code


class Result(Host):
    """WriteResult and BulkWriteResult of the old shell: a name and what is in it."""

    def __init__(self, name: str, inside: Document):
        self.name, self.inside = name, inside

    def member(self, name: str) -> Any:
        """Return a property."""
        return self.inside.get(name, UNDEFINED)


class Shell:
    """One client's session with a server. `state` is kept between its lines, and holds what can be stored:

    db, user, old (the shell is mongo, not mongosh), variables (encoded), rest (documents that `it` shows), secondary.
    """

    def __init__(self, server: Server, state: Document, work: Callable[[int], None]):
        self.server, self.state = server, state
        self.old = bool(state.get("old"))
        self.out = ""
        self.pause = 0.0
        self.ends_server = False
        store = server.store
        names = jsglobals.globals_(
            lambda: store.now, self._chance, store.object_id, lambda function, given: self.runner.call(function, given)
        )
        names.update(self._own())
        base = Scope(None, names)
        self.runner = Runner(Scope(base), work, jslib.method)
        self.runner.globals.outer = base
        self._draws = store.bits ^ int(store.now * 1000)
        for name, each in state.setdefault("variables", {}).items():
            self.runner.globals.names[name] = self._restored(each)

    def _chance(self) -> float:
        from ...chance import Chance

        self._draws += 1
        return Chance(str(self._draws)).bits(53) / (1 << 53)

    def _own(self) -> dict[str, Any]:
        def leave(code: Any = 0) -> Any:
            raise Quit(int(numeric(code)) if code is not UNDEFINED else 0)

        printed = Native("print", self._print)
        console = Native("console", lambda: UNDEFINED, dict.fromkeys(("log", "error", "info", "warn"), printed))
        shown = Native("printjson", lambda value: self.say(self.shown(value)))
        return {
            "db": DatabaseHost(self, self.state["db"]),
            "rs": ReplicaSet(self),
            "print": printed,
            "console": console,
            "printjson": shown,
            "tojson": Native("tojson", lambda value, *more: display.tojson(value)),
            "sleep": Native("sleep", self._sleep),
            "quit": Native("quit", leave),
            "exit": Native("exit", leave),
            "version": Native("version", lambda: self.server.facts["version"]),
            "hostname": Native("hostname", lambda: self.server.facts["host"].partition(":")[0]),
            "passwordPrompt": Native("passwordPrompt", lambda: ""),
            "Mongo": Native("Mongo", lambda *more: Connection(self)),
            "connect": Native("connect", lambda uri="": DatabaseHost(self, text(uri).rpartition("/")[2] or "test")),
            "process": {"env": {}},
        }

    def _sleep(self, milliseconds: Any = 0) -> Any:
        self.pause += numeric(milliseconds) / 1000
        return UNDEFINED

    def say(self, what: str) -> Any:
        """Print a line."""
        self.out += what + "\n"
        return UNDEFINED

    def _print(self, *values: Any) -> Any:
        return self.say(" ".join(each if isinstance(each, str) else self.shown(each) for each in values))

    def shown(self, value: Any) -> str:
        """Return a value as this shell shows it."""
        if self.old:
            found = display.tojson(value)
            if isinstance(value, (dict, list)) and len(found) < 80:
                return " ".join(found.split())
            return found
        return display.inspected(value)

    def result(self, name: str, inside: Document) -> Result:
        """Return what the old shell's methods give."""
        return Result(name, inside)

    def bulk(self, error: MongoError, inserted: int) -> Fault:
        """Return the error of a batch."""
        name = "BulkWriteError" if self.old else "MongoBulkWriteError"
        return Fault(
            name,
            error.message,
            code=error.code,
            result={"insertedCount": inserted},
            writeErrors=[{"index": error.index, "code": error.code, "errmsg": error.message}],
        )

    def allow(self, command: str, database: str, what: str = "") -> None:
        """Raise MongoError where the user may not run a command."""
        self.server.allow(command, database, self.state.get("user"), what)

    def read(self) -> None:
        """Raise MongoError where this server does not answer what is in it."""
        if self.old and self.server.state == SECONDARY and not self.state.get("secondary"):
            raise MongoError(13435, "NotPrimaryNoSecondaryOk", "not master and slaveOk=false")

    def size_of(self, database: Database) -> int:
        """Return how many bytes of disk a database has."""
        return sum(
            20480 + 20480 * (len(each.indexes) + 1) + each.size() // 4096 * 4096
            for each in database.collections.values()
        )

    # Lines

    def run(self, source: str, show: bool = True) -> Document:
        """Run a text; return {out, err, more (it goes on), quit (an exit code)}. `show`: print the last value."""
        answer: Document = {"err": "", "more": False}
        try:
            value = self._helper(source.strip().rstrip(";"))
            if value is None:
                value = self.runner.run(Parser(source).program())
            if show:
                self._show(value)
        except Incomplete:
            answer["more"] = True
        except Wrong as wrong:
            answer["err"] = self._syntax(source, wrong)
        except Thrown as thrown:
            answer["err"] = self.told(thrown.value)
        except MongoError as error:
            answer["err"] = self.told(Fault("MongoServerError", error.message, code=error.code, codeName=error.name))
        except Quit as quit_:
            answer["quit"] = quit_.code
        except (TypeError, ValueError, LookupError, AttributeError) as error:  # arguments that no method takes
            answer["err"] = self.told(Fault("MongoshInvalidInputError", f"Invalid argument: {error}"))
        self._keep()
        return {"out": self.out, **answer, "prompt": self.prompt()}

    def prompt(self) -> str:
        """Return what stands before a line."""
        state = self.server.state
        if self.old:
            return f"{self.server.facts['set']}:{STATES.get(state, 'OTHER')}> " if self.server.config else "> "
        where = (
            f"{self.server.facts['set']} [direct: {STATES.get(state, 'other').lower()}] " if self.server.config else ""
        )
        return f"{where}{self.state['db']}> "

    def _keep(self) -> None:
        """Keep variables for the next line."""
        kept = {}
        for name, each in self.runner.globals.names.items():
            stored = self._stored(each)
            if stored is not None:
                kept[name] = stored
        self.state["variables"] = kept

    def _stored(self, value: Any) -> Any:
        if isinstance(value, Function):
            return {"function": value.node}
        if isinstance(value, DatabaseHost):
            return {"database": value.name}
        if isinstance(value, CollectionHost):
            return {"collection": [value.database.name, value.name]}
        if isinstance(value, Cursor):
            return {
                "cursor": [
                    value.of.database.name,
                    value.of.name,
                    encode(value.wanted),
                    encode(value.how),
                    encode(value.stages),
                    None if value.got is None else encode(value.got),
                ]
            }
        if isinstance(value, (Native, Host, Fault)):
            return None
        try:
            return {"value": encode(clean(value))}
        except Thrown:
            return None

    def _restored(self, stored: Document) -> Any:
        ((kind, inside),) = stored.items()
        if kind == "function":
            return Function(inside, self.runner.globals)
        if kind == "database":
            return DatabaseHost(self, inside)
        if kind in ("collection", "cursor"):
            of = CollectionHost(self, self.server.store.database(inside[0]), inside[1])
            if kind == "collection":
                return of
            cursor = Cursor(self, of, decode(inside[2]), None, decode(inside[4]))
            cursor.how, cursor.got = decode(inside[3]), decode(inside[5])
            return cursor
        return decode(inside)

    def _helper(self, line: str) -> Any:
        """Run what is no JavaScript; return what is to be shown, None where it is nothing of the kind."""
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word not in _HELPERS or (rest and word not in ("show", "use")) or rest[:1] in ("=", "(", "."):
            return None
        if word in ("exit", "quit"):
            raise Quit
        if word == "it":
            if not self.state.get("rest"):
                return self._text("no cursor")
            rest_, self.state["rest"] = decode(self.state["rest"]), []
            self._documents(rest_, False)
            return UNDEFINED
        if word == "use":
            return self._use(rest)
        return self._text("") if word == "cls" else self._show_what(rest) if word == "show" else self._help()

    def _text(self, what: str) -> Any:
        if what:
            self.say(what)
        return UNDEFINED

    def _help(self) -> Any:
        return self._text(
            "\n  Shell Help:\n\n    use                 Set current database\n    show                "
            "'show databases'/'show dbs', 'show collections'/'show tables', 'show users'\n    it          "
            "        result of the last line evaluated; use to further iterate\n    exit                "
            "Quit the MongoDB shell with exit/exit()/.exit\n"
        )

    def _use(self, name: str) -> Any:
        if not name or any(each in name for each in ' ."$/\\'):
            raise MongoError(73, "InvalidNamespace", f"Invalid database name: '{name}'")
        same = name == self.state["db"] and not self.old
        self.state["db"] = name
        assert self.runner.globals.outer is not None
        self.runner.globals.outer.names["db"] = DatabaseHost(self, name)
        self.runner.globals.names.pop("db", None)
        return self._text(f"{'already on' if same else 'switched to'} db {name}")

    def _show_what(self, what: str) -> Any:
        database = DatabaseHost(self, self.state["db"])
        if what in ("dbs", "databases"):
            self.allow("listDatabases", "admin")
            sizes = [(each.name, self.size_of(each)) for each in self.server.store.shown()]
            return self._text(self._sizes(sizes))
        if what in ("collections", "tables"):
            return self._text("\n".join(database.do_getCollectionNames()))
        if what == "users":
            found = database.do_getUsers()
            return found if self.old else found["users"]
        if what in ("profile", "log", "logs"):
            return self._text("")
        raise fault(f"'{what}' is not a valid argument for \"show\".", "MongoshInvalidInputError")

    def _sizes(self, sizes: list[tuple[str, int]]) -> str:
        if self.old:
            wide = max((len(name) for name, _ in sizes), default=0)
            return "\n".join(f"{name:<{wide}}  {size / 1024**3:.3f}GB" for name, size in sizes)
        shown = [
            (name, f"{size / 1024:.2f} KiB" if size < 1 << 20 else f"{size / (1 << 20):.2f} MiB")
            for name, size in sizes
        ]
        wide, right = (max((len(each[at]) for each in shown), default=0) for at in (0, 1))
        return "\n".join(f"{name:<{wide}}  {size:>{right}}" for name, size in shown)

    # What is shown

    def _show(self, value: Any) -> None:
        if value is UNDEFINED:
            return
        if isinstance(value, Cursor):
            self._documents(value.items(), value.is_pretty)
        elif isinstance(value, Result):
            self.say(f"{value.name}({display.tojson(value.inside, '', value.name == 'WriteResult')})")
        elif isinstance(value, str):
            self.say(value)
        elif isinstance(value, DatabaseHost):
            self.say(value.name)
        elif isinstance(value, CollectionHost):
            self.say(value.do_getFullName())
        elif isinstance(value, Host):
            self.say("[object]")
        elif isinstance(value, Fault):
            self.say(f"{value.name}: {value.message}")
        else:
            self.say(self.shown(value))

    def _documents(self, documents: list[Document], pretty: bool) -> None:
        now, rest = documents[:BATCH], documents[BATCH:]
        self.state["rest"] = encode(rest)
        if self.old:
            for each in now:
                self.say(display.tojson(each, "", not pretty))
        elif now:
            self.say(display.inspected(now, True))
        if rest:
            self.say('Type "it" for more')

    def told(self, value: Any) -> str:
        """Return what is said of a value that nobody has caught."""
        if not isinstance(value, Fault):
            return f"uncaught exception: {self.shown(value)}" if self.old else f"Uncaught: {self.shown(value)}"
        if self.old:
            name = "Error" if value.name.startswith("Mongo") else value.name
            return f"uncaught exception: {name}: {value.message}"
        code = value.more.get("codeName")
        new = int(self.server.facts["version"].split(".")[0]) >= 7
        if value.name == "MongoBulkWriteError":
            result = {"insertedCount": value.more["result"]["insertedCount"]}
            return (
                f"Uncaught:\nMongoBulkWriteError: {value.message}\nResult: BulkWriteResult "
                f"{display.inspected(result)}\nWrite Errors: {display.inspected(value.more['writeErrors'])}"
            )
        if code and value.name == "MongoServerError" and new:
            return f"MongoServerError[{code}]: {value.message}"
        return f"{value.name}: {value.message}"

    def _syntax(self, source: str, wrong: Wrong) -> str:
        line = source.count("\n", 0, wrong.at)
        column = wrong.at - (source.rfind("\n", 0, wrong.at) + 1)
        if self.old:
            return f"uncaught exception: SyntaxError: {wrong.message} :\n@(shell):{line + 1}:{column + 1}"
        lines = source.split("\n")
        shown = ""
        for at in range(max(0, line - 2), min(len(lines), line + 3)):
            shown += f"{'>' if at == line else ' '} {at + 1} | {lines[at]}\n"
            if at == line:
                shown += f"    | {' ' * column}^\n"
        return f"SyntaxError: {wrong.message} ({line + 1}:{column})\n\n{shown}"
