"""kubesim's own format: YAML with `steps`, each with a command, perhaps when, and what stdout and stderr have to be."""

from __future__ import annotations

import os
from datetime import date

from ....go import duration
from ..model import BadPage, Command, Listing, Page, Shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object

_TEXT, _WORD = (str, type(None)), (str, int, float)
# The fields of a page and of a step, with what YAML may make of them; a time becomes a datetime.
PAGE_FIELDS = {"name": _WORD, "start": (str, date), "kubernetesVersion": _WORD, "files": (dict, type(None)),
               "uids": (dict, type(None)), "steps": (list,), "nodes": (int,), "level": (str,)}
STEP_FIELDS = {"run": (str,), "at": _WORD, "exit": (int,), "stdout": _TEXT, "stderr": _TEXT}


def parse(name: str, text: str) -> Page:
    """Return the page; raises BadPage for other fields, as a misspelt `stdout` would compare nothing."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        data = YAML(typ="rt", pure=True).load(text)
    except (YAMLError, ValueError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        raise BadPage(name, mark.line + 1 if mark else 0, f"is no YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(data, dict) or not isinstance(data.get("steps"), list) or not data["steps"]:
        raise BadPage(name, 0, "has no steps")
    _check(name, data, PAGE_FIELDS)
    page = Page(name, text, pace=0, level=str(data.get("level", "exact")))
    page.release = str(data.get("kubernetesVersion", ""))
    page.nodes = int(data.get("nodes", 1))
    start = data.get("start", "")
    page.start = str(start) if isinstance(start, str) else start.isoformat()
    if page.start and "T" not in page.start.upper():
        page.start += "T00:00:00Z"
    elif page.start and page.start[-1] != "Z" and "+" not in page.start:
        page.start += "Z"
    page.uids = {str(target): str(uid) for target, uid in (data.get("uids") or {}).items()}
    for target, content in (data.get("files") or {}).items():
        if content is None:
            try:
                with open(os.path.join(os.path.dirname(name), str(target)), encoding="utf-8") as file:
                    content = file.read()
            except (OSError, UnicodeDecodeError) as error:
                raise BadPage(name, 0, str(error)) from None
        page.items.append(Shown(str(target), str(content), 1, source="given"))
    for number, step in enumerate(data["steps"]):
        line = data["steps"].lc.item(number)[0] + 1
        if not isinstance(step, dict) or not isinstance(step.get("run"), str):
            raise BadPage(name, line, "has no command: run")
        _check(name, step, STEP_FIELDS)
        page.items.append(_command(name, step, line, number))
    return page


def _command(name: str, step: Object, line: int, number: int) -> Command:
    command = Command(step["run"].rstrip("\n"), line, number, apart=True, exit=int(step.get("exit", 0)))
    if "at" in step:
        try:
            command.at = duration.parse(str(step["at"]))
        except ValueError as error:
            raise BadPage(name, line, str(error)) from None
    for stream in ("stdout", "stderr"):
        if step.get(stream) is not None:
            begin = step.lc.value(stream)[0] + 2 if hasattr(step, "lc") else line
            listing = Listing(step[stream].rstrip("\n").split("\n"), begin, editable=False)
            if stream == "stdout":
                command.listing = listing
            else:
                command.stderr = listing
    return command


def _check(name: str, value: Object, fields: dict[str, tuple[type, ...]]) -> None:
    """Raise BadPage for the first field that is unknown or of another type."""
    for field, content in value.items():
        line = value.lc.key(field)[0] + 1  # type: ignore[attr-defined]
        if field not in fields:
            raise BadPage(name, line, f"has unknown fields: {field}")
        if not isinstance(content, fields[field]) or isinstance(content, bool):
            raise BadPage(name, line, f"has another type of value in: {field}")
        if field in ("files", "uids") and isinstance(content, dict) and not all(
                isinstance(key, str) and isinstance(item, _TEXT) for key, item in content.items()):
            raise BadPage(name, line, f"has another type of value in: {field}")
