"""mysqladmin and mysqldump."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..dates import strftime
from . import wire
from .dialogue import Options
from .mysqlclient import LETTERS, VALUED, Refusal, connecting, connection_of, is_maria

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..kernel.process import Process


def _options(process: Process, letters: dict[str, str]) -> Options:
    return Options(process.argv[1:], VALUED, {**LETTERS, **letters}, "p")


def _connect(process: Process, options: Options, more: dict[str, Any]) -> None:
    process.memory = {
        "maria": is_maria(process),
        "how": connection_of(process, options),
        "greeted": False,
        "asked": False,
        **more,
    }


def _ask(process: Process, text: str) -> dict[str, Any] | None:
    """Return the answer to a statement, None where the process waits."""
    memory = process.memory
    if not memory["asked"]:
        wire.send(process, {"q": text})
        memory["asked"] = True
    said = wire.receive(process, memory)
    if said is not None:
        memory["asked"] = False
    return said


def admin(process: Process) -> int | None:
    """Play mysqladmin."""
    memory = process.memory
    if memory is None:
        options = _options(process, {"f": "force", "r": "relative"})
        commands = list(options.words) or ["ping"]
        _connect(process, options, {"commands": commands, "quiet": options.has("silent"), "at": 0})
        memory = process.memory
        if options.get("password") and not memory["maria"]:
            process.write("mysqladmin: [Warning] Using a password on the command line interface can be insecure.\n", 2)
    name = process.argv[0].rpartition("/")[2]
    if not memory["greeted"]:
        try:
            said = connecting(process, memory)
        except Refusal as error:
            if error.number == 1045 and memory["commands"][0] == "ping":
                process.write("mysqld is alive\n" if not memory["quiet"] else "")
                return 0
            return _unreachable(process, name, error)
        if said is None:
            return None
        memory.update(greeted=True, version=said["ok"]["version"])
    while memory["commands"]:
        code = _command(process, memory["commands"], name)
        if code is None:
            return None
        if code:
            return code
    return 0


def _unreachable(process: Process, name: str, error: Refusal) -> int:
    host = process.memory["how"]["host"] or "localhost"
    process.write(f"{name}: connect to server at '{host}' failed\nerror: '{error.text.partition(': ')[2]}'\n", 2)
    if error.number in (2002, 2003):
        if process.memory["how"]["local"]:
            process.write(
                f"Check that {'mariadbd' if process.memory['maria'] else 'mysqld'} is running and that the socket: "
                f"'{process.memory['how']['socket'] or '/var/run/mysqld/mysqld.sock'}' exists!\n",
                2,
            )
        else:
            process.write(
                f"Check that mysqld is running on {host} and that the port is {process.memory['how']['port']}.\n"
                f"You can check this by doing 'telnet {host} {process.memory['how']['port']}'\n",
                2,
            )
    return 1


_STATEMENTS = {
    "status": "SHOW GLOBAL STATUS", "version": "SHOW GLOBAL STATUS", "extended-status": "SHOW GLOBAL STATUS",
    "variables": "SHOW GLOBAL VARIABLES", "processlist": "SHOW FULL PROCESSLIST",
    "flush-privileges": "FLUSH PRIVILEGES", "flush-logs": "FLUSH LOGS", "reload": "FLUSH PRIVILEGES",
    "refresh": "FLUSH TABLES", "ping": "SELECT 1", "flush-tables": "FLUSH TABLES", "flush-hosts": "FLUSH HOSTS",
    "start-slave": "START SLAVE", "stop-slave": "STOP SLAVE",
}


def _command(process: Process, commands: list[str], name: str) -> int | None:
    from .sql import layout
    from .sql.results import Result

    first = commands[0]
    size = 2 if first in ("create", "drop", "password", "kill") else 1
    value = commands[1] if len(commands) > 1 else ""
    text = {"create": f"CREATE DATABASE `{value}`", "drop": f"DROP DATABASE `{value}`", "kill": f"KILL {value or 0}",
            "password": "SET PASSWORD = '" + value.replace("'", "''") + "'"}.get(first) or _STATEMENTS.get(first)
    if first == "shutdown":
        server = next((each for each in process.space.processes.values()
                       if each.argv[0].rpartition("/")[2] in ("mysqld", "mariadbd")), None)
        if server is not None:
            process.kernel.kill(server, "TERM")
        del commands[:]
        return 0
    if text is None:
        process.write(f"{name}: Unknown command: '{first}'\n", 2)
        return 1
    said = _ask(process, text)
    if said is None:
        return None
    del commands[:size]
    if "error" in said:
        process.write(f"{name}: {first.upper()} DATABASE failed; error: '{said['error'][2]}'\n" if size == 2 else
                      f"{name}: {first} failed; error: '{said['error'][2]}'\n", 2)
        return 1
    result = Result.read(said)
    if first == "ping":
        process.write("" if process.memory["quiet"] else "mysqld is alive\n")
    elif first == "status":
        known = {row[0]: row[1] for row in result.rows}
        process.write(
            f"Uptime: {known.get('Uptime')}  Threads: {known.get('Threads_connected')}  Questions: "
            f"{known.get('Queries')}  Slow queries: 0  Opens: 0  Open tables: {known.get('Open_tables')}  Queries per "
            "second avg: 0.000\n"
        )
    elif first == "version":
        process.write(f"Server version\t\t{process.memory['version']}\nProtocol version\t10\nConnection\t\t"
                      f"{process.memory['how']['host'] or 'Localhost via UNIX socket'}\n")
    elif result.columns is not None:
        process.write(layout.mysql_table(result))
    elif first == "drop":
        process.write(f'Database "{value}" dropped\n')
    return 0


# mysqldump

def dump(process: Process) -> int | None:
    """Play mysqldump: the statements that make what a database has."""
    memory = process.memory
    name = process.argv[0].rpartition("/")[2]
    if memory is None:
        options = _options(process, {"A": "all-databases", "B": "databases", "d": "no-data", "t": "no-create-info",
                                     "R": "routines"})
        if not options.words and not options.has("all-databases"):
            process.write(
                f"Usage: {name} [OPTIONS] database [tables]\nOR     {name} [OPTIONS] --databases [OPTIONS] DB1 [DB2 "
                f"DB3...]\nOR     {name} [OPTIONS] --all-databases [OPTIONS]\nFor more options, use {name} --help\n",
                2,
            )
            return 1
        several = options.has("databases", "all-databases")
        _connect(
            process,
            options,
            {
                "databases": list(options.words) if options.has("databases") else options.words[:1],
                "several": several,
                "tables": [] if several else options.words[1:],
                "all": options.has("all-databases"),
                "stage": "databases",
                "data": not options.has("no-data"),
                "triggers": not options.has("skip-triggers"),
                "routines": options.has("routines"),
                "create": not options.has("no-create-info"),
                "out": options.get("result-file"),
                "text": "",
                "queue": [],
            },
        )
        memory = process.memory
        if options.get("password") and not memory["maria"]:
            process.write(f"{name}: [Warning] Using a password on the command line interface can be insecure.\n", 2)
    try:
        if not memory["greeted"]:
            said = connecting(process, memory)
            if said is None:
                return None
            memory.update(greeted=True, version=said["ok"]["version"])
    except Refusal as error:
        number, _, text = error.text.partition(": ")
        process.write(f"{name}: Got error: {number.split()[1]}: \"{text}\" when trying to connect\n", 2)
        return 2
    return _dump(process, name)


def _dump(process: Process, name: str) -> int | None:
    memory = process.memory
    if not memory["text"]:
        memory["text"] = (
            f"-- {'MariaDB' if memory['maria'] else 'MySQL'} dump  for Linux (x86_64)\n--\n-- Host: "
            f"{memory['how']['host'] or 'localhost'}    Database: {' '.join(memory['databases'])}\n"
            f"-- ------------------------------------------------------\n-- Server version\t{memory['version']}\n\n"
        )
        memory["queue"] = [["SHOW DATABASES", "", ""]] if memory["all"] else []
        memory["queue"] += [["SHOW FULL TABLES FROM `" + each + "`", each, ""] for each in memory["databases"]]
    while memory["queue"]:
        statement, database, table = memory["queue"][0]
        said = _ask(process, statement)
        if said is None:
            return None
        memory["queue"].pop(0)
        if "error" in said:
            number, _, message = said["error"][:3]
            process.write(f"{name}: Got error: {number}: \"{message}\" when selecting the database\n", 2)
            return 2
        _take(memory, statement, database, table, said)
    memory["text"] += f"-- Dump completed on {strftime('%Y-%m-%d %k:%M:%S', process.kernel.now)}\n"
    if memory["out"]:
        process.open(memory["out"], "w").write(process.kernel, memory["text"].encode())
    else:
        process.write(memory["text"])
    return 0


def _take(memory: dict[str, Any], statement: str, database: str, table: str, said: dict[str, Any]) -> None:
    rows = said["rows"] or []
    if statement == "SHOW DATABASES":
        memory["queue"] += [["SHOW FULL TABLES FROM `" + row[0] + "`", row[0], ""] for row in rows if row[0] not in (
            "information_schema", "performance_schema", "mysql", "sys")]
    elif statement.startswith("SHOW FULL TABLES"):
        if memory["several"]:
            memory["text"] += (f"--\n-- Current Database: `{database}`\n--\n\nCREATE DATABASE /*!32312 IF NOT EXISTS*/ "
                               f"`{database}` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n\nUSE `{database}`;\n\n")
        new = []
        for row in rows:
            if row[1] == "BASE TABLE" and (not memory["tables"] or row[0] in memory["tables"]):
                new += [[f"SHOW CREATE TABLE `{database}`.`{row[0]}`", database, row[0]]] if memory["create"] else []
                new += [[f"SELECT * FROM `{database}`.`{row[0]}`", database, row[0]]] if memory["data"] else []
                triggers = f"SHOW TRIGGERS FROM `{database}` LIKE '{row[0]}'"
                new += [[triggers, database, row[0]]] if memory["triggers"] else []
        if memory["routines"]:
            new += [[f"SHOW {kind} STATUS WHERE Db = '{database}'", database, kind]
                    for kind in ("FUNCTION", "PROCEDURE")]
        memory["queue"] = new + memory["queue"]
    elif statement.startswith("SHOW TRIGGERS"):
        for row in rows:
            _add(memory, f"CREATE DEFINER=`root`@`localhost` TRIGGER `{row[0]}` {row[4]} {row[1]} ON `{row[2]}` "
                         f"FOR EACH ROW {row[3]}")
    elif " STATUS " in statement:
        memory["queue"] = [[f"SHOW CREATE {table} `{database}`.`{row[1]}`", database, f"{table} `{row[1]}`"]
                           for row in rows] + memory["queue"]
    elif statement.startswith(("SHOW CREATE FUNCTION", "SHOW CREATE PROCEDURE")):
        kind, _, own = table.partition(" ")
        memory["text"] += f"DROP {kind} IF EXISTS {own};\n"
        _add(memory, rows[0][2] or "")
    elif statement.startswith("SHOW CREATE"):
        memory["text"] += (
            f"--\n-- Table structure for table `{table}`\n--\n\nDROP TABLE IF EXISTS `{table}`;\n{rows[0][1]};\n\n"
        )
    else:
        memory["text"] += f"--\n-- Dumping data for table `{table}`\n--\n\nLOCK TABLES `{table}` WRITE;\n"
        if rows:
            memory["text"] += f"INSERT INTO `{table}` VALUES\n" + ",\n".join(_values(said["columns"], rows)) + ";\n"
        memory["text"] += "UNLOCK TABLES;\n\n"


def _add(memory: dict[str, Any], body: str) -> None:
    """Add a statement in which semicolons may stand."""
    memory["text"] += f"DELIMITER ;;\n{body} ;;\nDELIMITER ;\n"


def _values(columns: list[Any], rows: list[list[str | None]]) -> Iterator[str]:
    for row in rows:
        cells = [
            "NULL"
            if cell is None
            else cell
            if number
            else "'" + cell.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
            for cell, (_, number, _) in zip(row, columns, strict=True)
        ]
        yield f"({','.join(cells)})"


PROGRAMS = {"mysqladmin": admin, "mariadb-admin": admin, "mysqldump": dump, "mariadb-dump": dump}
