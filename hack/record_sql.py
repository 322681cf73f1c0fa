"""Records what a real database answers to statements: the fixtures of tests/kubelet/runtime/databases.

    python hack/record_sql.py mysql|psql STATEMENTS... -- CLIENT ARGS...

STATEMENTS are files with a statement a line (the lines of a fixture that begin with `>>> ` are taken of one that is
there already). CLIENT is the database's own client with what it needs to connect as root or postgres; the answers to
each file are printed to tests/kubelet/runtime/databases/{mysql,postgres}/NAME.txt. Each file should begin and end with
a clean server.
"""

from __future__ import annotations

import os
import pathlib
import pty
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parents[1] / "tests/kubelet/runtime/databases"
MARK = "next statement"
ENDS = {"mysql": "$$", "psql": ";"}  # of statements, for a body has semicolons in it
ASKS = {"mysql": f"SELECT '{MARK}'$$\n", "psql": f"\\echo '{MARK}'\n"}
OPTIONS = {"mysql": ["-t", "-vvv", "--force", "--unbuffered", "--delimiter=$$"], "psql": ["-X", "-P", "pager=off"]}


def record(kind: str, statements: list[str], client: list[str]) -> list[tuple[str, str]]:
    """Return (statement, answer) of each, answered by one session."""
    ours, theirs = pty.openpty()
    script = "".join(f"{re.sub(';$', lambda _: ENDS[kind], each)}\n{ASKS[kind]}" for each in statements)
    process = subprocess.Popen([*client, *OPTIONS[kind]], stdin=subprocess.PIPE, stdout=theirs, stderr=theirs)
    os.close(theirs)
    assert process.stdin is not None
    process.stdin.write(script.encode())
    process.stdin.close()
    said = b""
    while True:
        try:
            said += os.read(ours, 65536)
        except OSError:
            break
    text = said.decode().replace("\r\n", "\n")
    if kind == "mysql":
        text = re.sub(rf"--------------\nSELECT '{MARK}'\n--------------\n\n(\+-+\+\n\| {MARK} \|\n){{2}}\+-+\+\n"
                      r"1 row in set.*\n\n", MARK + "\n", text)
        text = re.sub(r"--------------\n(.*\n)+?--------------\n\n", "", text)
        text = re.sub(r"^(ERROR \d+ \(\w+\)) at line \d+:", r"\1:", text, flags=re.M)
        text = re.sub(r" \(\d+\.\d+ sec\)", "", text).removesuffix("Bye\n")
    answers = text.split(MARK + "\n")
    return [(statement, answer.strip("\n")) for statement, answer in zip(statements, answers, strict=False)]


def main() -> None:
    kind, rest = sys.argv[1], sys.argv[2:]
    at = rest.index("--")
    for name in rest[:at]:
        path = pathlib.Path(name)
        lines = path.read_text(encoding="utf-8").splitlines()
        if path.suffix == ".txt":
            lines = [line[4:] for line in lines if line.startswith(">>> ")]
        where = FOLDER / {"mysql": "mysql", "psql": "postgres"}[kind] / f"{path.stem}.txt"
        where.parent.mkdir(parents=True, exist_ok=True)
        found = record(kind, lines, rest[at + 1:])
        where.write_text("".join(f">>> {statement}\n{answer}\n\n" for statement, answer in found), encoding="utf-8")


if __name__ == "__main__":
    main()
