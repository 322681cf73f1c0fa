"""The package's data files: where they are, and how each is written and compared.

A data file is a JSON object. Its first key, `_source`, tells what it was made from and by which script; below it, one
definition stands on one line, so that a change can be read in a diff.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from typing import Any, TypeAlias

Data: TypeAlias = dict[str, Any]

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "kubesim_cli"
SCHEMA = PACKAGE / "machinery" / "schema.json"
HASH_TYPES = PACKAGE / "machinery" / "hashtypes.json"
RESOURCES = PACKAGE / "machinery" / "resources.json"
ROLES = PACKAGE / "apiserver" / "rbac.json"
INTERNAL_TYPES = PACKAGE / "apiserver" / "internaltypes.json"
FIELD_SPECS = PACKAGE / "kubectl" / "kustomize" / "fieldspecs.json"
KUSTOMIZE_TYPES = PACKAGE / "kubectl" / "kustomize" / "types.json"
COMMANDS = PACKAGE / "kubectl" / "cli" / "commands.json"
RELEASES = ROOT / "hack" / "inputs" / "releases.json"


def dumps(source: str, data: Data) -> str:
    """Return the text of a data file. A value of `data` that is itself a dict or list of dicts or lists gets one line
    for each entry, any other value one line."""
    parts = [f'"_source": {_line(source)}']
    for key, value in data.items():
        if isinstance(value, dict) and any(isinstance(item, dict) for item in value.values()):
            rows = [f"{_line(name)}: {_line(item)}" for name, item in value.items()]
            parts.append(f"{_line(key)}: {{\n" + ",\n".join(rows) + "\n}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            parts.append(f"{_line(key)}: [\n" + ",\n".join(map(_line, value)) + "\n]")
        else:
            parts.append(f"{_line(key)}: {_line(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def read(path: pathlib.Path) -> Data:
    """Return a data file without its `_source`."""
    data: Data = json.loads(path.read_text(encoding="utf-8"))
    data.pop("_source", None)
    return data


def arguments(about: str, *inputs: tuple[str, str]) -> argparse.ArgumentParser:
    """Return a parser of `--check` and of an option for each input (name, help)."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, text in inputs:
        parser.add_argument(f"--{name}", help=text, metavar="PATH")
    parser.add_argument("--check", action="store_true",
                        help="write nothing, exit 1 and show what differs if the committed file is another")
    return parser


def finish(path: pathlib.Path, text: str, check: bool) -> int:
    """Write a data file, or with `check` compare it with the committed one; returns the exit code."""
    if not check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return 0
    committed = path.read_text(encoding="utf-8")
    if text == committed:
        return 0
    import difflib

    for line in difflib.unified_diff(committed.splitlines(), text.splitlines(), "committed", "made", lineterm="", n=0):
        print(line[:400], file=sys.stderr)
    return 1
