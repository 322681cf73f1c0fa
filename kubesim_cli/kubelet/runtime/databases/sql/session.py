"""A client's session with a server: statements, one after the other, transactions, and what functions ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from ...chance import Chance
from . import times
from .catalog import Sequence, Table, View
from .data import Data
from .errors import SqlError
from .kinds import Kind, Value

if TYPE_CHECKING:
    from .compiler import E
    from .definitions import Definitions
    from .results import Result

MOST_SERIES = 200_000


class Transaction:
    """`data`: a copy of all that the server had when it began (`began`: how many commits there had been); `log`: what
    was done in it since; `failed`: PostgreSQL, nothing more can be done but to end it."""

    def __init__(self, data: Data, began: int):
        self.data, self.began = data, began
        self.log: list[str] = []
        self.savepoints: list[tuple[str, Data, int]] = []
        self.failed = False


class Server:
    """What all sessions share. `users`: by name what is known of each; `settings`: of the server; `log`: what was
    committed and nobody has taken yet, (time, database, statement, seed)."""

    def __init__(self, mysql: bool, maria: bool, version: str, chance: Chance, settings: dict[str, Any]):
        self.mysql, self.maria, self.version, self.chance, self.settings = mysql, maria, version, chance, settings
        self.users: dict[str, dict[str, Any]] = {}
        self.databases: dict[str, Data] = {}
        self.transactions: dict[int, Transaction] = {}
        self.commits = 0
        self.started = 0.0
        self.users_changed = False
        self.dropped: list[str] = []
        self.log: list[tuple[float, str, str, str]] = []
        self.replica: dict[str, Any] = {}
        self.position: tuple[str, int] = ("", 0)
        self.sessions: dict[int, dict[str, Any]] = {}
        self.asked_replica = ""


class Session:
    """`state` is plain data that outlives this object: user, host, database, settings, last_id; `now` is
    set by who calls."""

    mysql = True

    overriding = False  # whether rows may give identity columns values

    def __init__(self, server: Server, number: int, state: dict[str, Any]):
        self.server, self.number, self.state = server, number, state
        self.maria = server.maria
        self.now = 0.0
        self.variables: dict[str, Any] = state.setdefault("variables", {})
        self.settings: dict[str, Any] = state.setdefault("settings", {})
        self.delay = 0.0
        self.warnings: list[tuple[str, int, str]] = []
        self.seed: Chance | None = None
        self.seed_text = ""
        self.calls = self.silent = 0  # calls within each other; of functions and triggers, which are not logged
        self.heading = ""             # the statement as it was written, by which columns are called

    # What there is

    @property
    def database(self) -> str:
        """The database in use."""
        return str(self.state.get("database") or "")

    @property
    def transaction(self) -> Transaction | None:
        """The transaction that is open."""
        return self.server.transactions.get(self.number)

    @property
    def data(self) -> Data:
        """The tables as this session sees them."""
        open_one = self.transaction
        data = open_one.data if open_one is not None else self.server.databases[self._home()]
        data.session = self
        return data

    def _home(self) -> str:
        """Under which name the server has the data."""
        raise NotImplementedError

    def schema_of(self, table: exp.Table) -> str:
        """Return the schema that a name of a statement is in."""
        raise NotImplementedError

    def find(self, table: exp.Table) -> Table | View | None:
        """Return the table or view of a name."""
        raise NotImplementedError

    def system(self, schema: str, name: str) -> tuple[list[tuple[str, Kind]], list[tuple[Any, ...]]] | None:
        """Return a table of the server's own."""
        raise NotImplementedError

    def no_table(self, table: exp.Table) -> SqlError:
        """Return the error of a table that there is none."""
        raise NotImplementedError

    def setting(self, name: str, scope: str) -> Any:
        """Return a setting; raise SqlError where there is none."""
        raise NotImplementedError

    def execute(self, text: str) -> Result:
        """Run one statement."""
        raise NotImplementedError

    # Transactions

    def begin(self) -> None:
        """Begin a transaction."""
        server = self.server
        server.transactions[self.number] = Transaction(server.databases[self._home()].copied(), server.commits)
        self.state["in_transaction"] = True

    def commit(self) -> None:
        """End it; what it did is there for all. Where others have written meanwhile it is done again after them."""
        done = self.server.transactions.pop(self.number, None)
        self.state["in_transaction"] = False
        if done is None or not done.log:
            return
        server, home = self.server, self._home()
        if server.commits == done.began:
            done.data.changed |= server.databases[home].changed
            server.databases[home] = done.data
            for text in done.log:
                self._logged(text)
        else:
            for text in done.log:
                self.execute(text)
        server.commits += 1

    def rollback(self) -> None:
        """Forget what it did."""
        self.server.transactions.pop(self.number, None)
        self.state["in_transaction"] = False

    def savepoint(self, name: str) -> None:
        """Remember how it is now."""
        now = self.transaction
        if now is not None:
            now.savepoints.append((name.lower(), now.data.copied(), len(now.log)))

    def rollback_to(self, name: str) -> bool:
        """Go back to a savepoint; return whether there is one."""
        now = self.transaction
        for at in range(len(now.savepoints) - 1, -1, -1) if now is not None else ():
            assert now is not None
            known, data, count = now.savepoints[at]
            if known == name.lower():
                now.data, now.failed = data.copied(), False
                del now.log[count:], now.savepoints[at + 1:]
                return True
        return False

    def release(self, name: str) -> bool:
        """Forget a savepoint; return whether there was one."""
        now = self.transaction
        for at in range(len(now.savepoints) - 1, -1, -1) if now is not None else ():
            assert now is not None
            if now.savepoints[at][0] == name.lower():
                del now.savepoints[at:]
                return True
        return False

    def wrote(self, text: str) -> None:
        """A statement has changed something."""
        if self.silent:
            return
        now = self.transaction
        if now is not None:
            now.log.append(text)
            return
        self._logged(text)
        self.server.commits += 1

    def _logged(self, text: str) -> None:
        self.server.log.append((self.now, self.database, text, self.seed_text))

    def atomic(self, text: str, act: Any) -> Result:
        """Run what changes rows: whole, or not at all."""
        data = self.data
        before = {key: table.next for key, table in data.catalog.tables.items()}
        data.sqlite.execute("SAVEPOINT statement")
        try:
            result: Result = act()
        except BaseException:
            data.sqlite.execute("ROLLBACK TO statement")
            data.sqlite.execute("RELEASE statement")
            for key, table in data.catalog.tables.items():
                if table.next != before.get(key, table.next):
                    data.changed.add(key)
            raise
        data.sqlite.execute("RELEASE statement")
        self.wrote(text)
        return result

    def routine(self, name: str, count: int) -> tuple[str, Kind] | None:
        """Return the schema of a function of the user's, and the kind of what it gives; None where there is none of
        that name. Raises SqlError where it takes not so many arguments."""
        return None

    def fire(self, table: Table, timing: str, event: str, old: list[Value], new: list[Value]) -> list[Value]:
        """Run a table's triggers for a row, of which one is empty where there is none; return the new one as they leave
        it."""
        return new

    # What functions ask

    def chance(self) -> Chance:
        """Return the statement's own chance."""
        if self.seed is None:
            self.seed_text = self.seed_text or f"{self.server.chance.bits(64):x}"
            self.seed = Chance(self.seed_text)
        return self.seed

    def uuid(self) -> str:
        """Return a UUID."""
        text = f"{self.chance().bits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) % 4]}{text[17:20]}-{text[20:]}"

    def ask(self, what: str, *args: Value) -> Value:
        """Answer a function; see calls.py."""
        answer = getattr(self, f"_ask_{what}", None)
        if answer is not None:
            return answer(*args)
        if what in ("now", "current_timestamp", "sysdate", "localtime", "localtimestamp", "utc_timestamp",
                    "clock_timestamp", "statement_timestamp", "transaction_timestamp"):
            return times.stamp(self.now, not self.mysql)
        if what in ("curdate", "current_date", "utc_date"):
            return times.stamp(self.now)[:10]
        if what in ("curtime", "current_time", "utc_time"):
            return times.stamp(self.now)[11:]
        if what in ("rand", "random"):
            chance = Chance(f"rand {args[0]}") if args else self.chance()
            return chance.bits(53) / 2 ** 53
        if what in ("uuid", "gen_random_uuid", "uuid_generate_v4"):
            return self.uuid()
        if what in ("sleep", "pg_sleep"):
            self.delay += float(args[0] or 0)
            return 0 if self.mysql else ""
        if what in ("connection_id", "pg_backend_pid"):
            return self.number
        if what == "version":
            return self.server.version
        if what == "epoch":
            return int(self.now)
        raise SqlError(0, "XX000", f"{what} is not known")

    def _ask_day(self, word: str) -> str:
        if word == "now":
            return times.stamp(self.now, True)
        return times.stamp(self.now + {"tomorrow": 86400, "yesterday": -86400}.get(word, 0))[:10]

    def _ask_series(self, start: Value, end: Value, step: Value = 1) -> str:
        import json

        if isinstance(start, str):
            found: list[str] = []
            span, at = times.interval(str(step)), times.parse(start)
            while at <= times.parse(end) and len(found) < MOST_SERIES:
                found.append(times.text_of(at))
                at = times.add(times.text_of(at), span)
            return json.dumps(found)
        if not step:
            raise SqlError(0, "22023", "step size cannot equal zero")
        numbers = range(int(start), int(end) + (1 if step > 0 else -1), int(step))
        if len(numbers) > MOST_SERIES:
            raise SqlError(0, "53200", "out of memory")
        return json.dumps(list(numbers))

    def sequence(self, name: str) -> Sequence:
        """Return a sequence by its name."""
        schema, _, plain = str(name).replace('"', "").rpartition(".")
        for each in self.data.catalog.sequences.values():
            if each.name == plain and schema in ("", each.schema):
                return each
        raise SqlError(0, "42P01", f'relation "{name}" does not exist')

    def _ask_nextval(self, name: str) -> int:
        found = self.sequence(name)
        found.last = found.start if found.last is None else found.last + found.step
        self.data.changed.add(("", ""))
        self.state.setdefault("sequences", {})[found.name] = found.last
        self.state["lastval"] = found.last
        return found.last

    def _ask_currval(self, name: str) -> int:
        found = self.sequence(name)
        value = self.state.get("sequences", {}).get(found.name)
        if value is None:
            raise SqlError(0, "55000", f'currval of sequence "{found.name}" is not yet defined in this session')
        return int(value)

    def _ask_setval(self, name: str, value: int, called: int = 1) -> int:
        found = self.sequence(name)
        found.last = value if called else value - found.step
        self.data.changed.add(("", ""))
        return value

    def _ask_lastval(self) -> int:
        if "lastval" not in self.state:
            raise SqlError(0, "55000", "lastval is not yet defined in this session")
        return int(self.state["lastval"])

    def changed_rows(self, runner: Definitions, text: str, node: E, replace: bool = False) -> Result | None:
        """Run INSERT, UPDATE, DELETE or TRUNCATE; None where it is none of them."""
        acts: dict[type, Any] = {exp.Insert: lambda: runner.insert(node, replace),
                                 exp.Update: lambda: runner.update(node),
                                 exp.Delete: lambda: runner.delete(node),
                                 exp.TruncateTable: lambda: runner.truncate(node)}
        act = acts.get(type(node))
        return None if act is None else self.atomic(text, act)
