"""xtrabackup and xbstream: a running MySQL server's files as a stream, and files of it.

The stream is one of our own: for each file a line of JSON with its path and size, then its bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno
from ..kernel.files import FILE, ROOT
from . import serving, wire
from .dialogue import Options
from .mysqlclient import LETTERS, VALUED, Refusal, connecting, connection_of

if TYPE_CHECKING:
    from ..kernel.process import Process

_VALUED = VALUED | {"target-dir", "stream", "datadir", "directory", "parallel", "tmpdir"}
_LEFT = ("auto.cnf", "master.info", "xtrabackup_binlog_info", "xtrabackup_slave_info", "change_master_to.sql.in",
         "change_master_to.sql.orig", "lost+found")
_MAGIC = b"XBSTCK01"


def _log(process: Process, text: str) -> None:
    process.write(f"{strftime('%y%m%d %H:%M:%S', process.kernel.now)} {text}\n", 2)


def backup(process: Process) -> int | None:
    """Play xtrabackup --backup and --prepare."""
    memory = process.memory
    if memory is None:
        options = Options(process.argv[1:], _VALUED, LETTERS, "p")
        if options.has("prepare"):
            if not serving.files(process, f"{options.get('target-dir', '.')}/mysql"):
                _log(process, "xtrabackup: error: cannot open ./xtrabackup_checkpoints")
                return 1
            _log(process, "completed OK!")
            return 0
        if not options.has("backup"):
            process.write("xtrabackup: one of --backup and --prepare is needed\n", 2)
            return 1
        memory = process.memory = {
            "maria": False,
            "how": connection_of(process, options),
            "greeted": False,
            "datadir": options.get("datadir", "/var/lib/mysql"),
            "slave": options.has("slave-info"),
            "stream": options.has("stream"),
            "target": options.get("target-dir", "xtrabackup_backupfiles"),
        }
    try:
        if not memory["greeted"]:
            if connecting(process, memory) is None:
                return None
            memory["greeted"] = True
            wire.send(process, {"position": True})
        said = wire.receive(process, memory)
    except (Refusal, wire.Lost) as error:
        text = error.text.partition(": ")[2] if isinstance(error, Refusal) else "Lost connection to MySQL server"
        _log(process, f"version_check Failed to connect to MySQL server: {text}")
        return 1
    if said is None:
        return None
    _write(process, memory, said)
    _log(process, "completed OK!")
    return 0


def _write(process: Process, memory: dict[str, Any], said: dict[str, Any]) -> None:
    tree, folder = process.space.tree, memory["datadir"].rstrip("/")
    files: list[tuple[str, bytes]] = []
    for path, inode in tree.walk(folder, process.user):
        name = path[len(folder) + 1:]
        if inode.kind == FILE and name not in _LEFT and "-bin." not in name and not name.startswith("binlog."):
            files.append((name, bytes(inode.data)))
    files.append(
        ("xtrabackup_binlog_info", f"{said['file']}\t{said['position']}\n".encode() if said["log_bin"] else b"")
    )
    source = said["replica"]
    if memory["slave"] and source.get("host"):
        files.append(("xtrabackup_slave_info", f"CHANGE MASTER TO MASTER_LOG_FILE='{source.get('log_file', '')}', "
                                               f"MASTER_LOG_POS={source.get('log_pos', 4)};\n".encode()))
    for name, data in files:
        if memory["stream"]:
            head = json.dumps({"path": name, "size": len(data)}).encode()
            process.write(_MAGIC + head + b"\n" + data)
        else:
            serving.put(process, f"{memory['target']}/{name}", data, "mysql")


def unpack(process: Process) -> int | None:
    """Play xbstream -x: the files of a stream, into the folder of -C."""
    memory = process.memory
    if memory is None:
        words = process.argv[1:]
        if "-x" not in words and "--extract" not in words:
            process.write("xbstream: only -x is known\n", 2)
            return 1
        folder = words[words.index("-C") + 1] if "-C" in words[:-1] else "."
        memory = process.memory = {
            "folder": folder.rstrip("/") if folder.startswith("/") else f"{process.cwd}/{folder}",
            "got": bytearray(),
        }
        try:
            process.space.tree.lookup(folder, process.cwd, process.user)
        except Errno:
            process.write(f"Can't change dir to '{folder}' (OS errno 2 - No such file or directory)\n", 2)
            return 1
    while True:
        data = process.read(0)
        if data is None:
            return None
        memory["got"] += data
        if not data:
            break
    whole, at = bytes(memory["got"]), 0
    while at < len(whole):
        end = whole.find(b"\n", at)
        if not whole.startswith(_MAGIC, at) or end < 0:
            process.write("xbstream: wrong chunk magic at offset 0x0.\n", 2)
            return 1
        head = json.loads(whole[at + len(_MAGIC):end])
        inside = whole[end + 1:end + 1 + head["size"]]
        at = end + 1 + head["size"]
        path = f"{memory['folder']}/{head['path']}"
        process.space.tree.make_folders(path.rpartition("/")[0], 0o750, ROOT, process.kernel.now)
        process.open(path, "w").write(process.kernel, inside)
    return 0


PROGRAMS = {"xtrabackup": backup, "innobackupex": backup, "xbstream": unpack}
