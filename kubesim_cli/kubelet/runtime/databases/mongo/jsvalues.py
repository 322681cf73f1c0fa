"""What values of the shell's language are beside those of documents, and how they become text, numbers and truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .values import Date, Long, MongoError, ObjectId, Regex, Scalar, instant, iso, plain

UNDEFINED: Any = type("Undefined", (), {"__repr__": lambda self: "undefined", "__bool__": lambda self: False})()


class Thrown(Exception):
    """A value that is thrown."""

    def __init__(self, value: Any):
        super().__init__()
        self.value = value


class Fault:
    """An Error: its name, message, and what else it has."""

    def __init__(self, name: str, message: str, **more: Any):
        self.name, self.message, self.more = name, message, more

    def member(self, name: str) -> Any:
        """Return a property."""
        return {"name": self.name, "message": self.message, "stack": f"{self.name}: {self.message}", **self.more}.get(
            name, UNDEFINED
        )


class Function:
    """A function of the script's. `node`: ["function", name, parameters, body, source]."""

    def __init__(self, node: list[Any], scope: Any):
        self.node, self.scope = node, scope


class Native:
    """A function of the shell's: it is given its arguments. `new`: what `new NAME(...)` makes, where that is more."""

    def __init__(self, name: str, does: Callable[..., Any], members: dict[str, Any] | None = None):
        self.name, self.does, self.members = name, does, members or {}

    def member(self, name: str) -> Any:
        """Return a property."""
        return self.members.get(name, UNDEFINED)


class Host:
    """Something of the shell's: `member` tells its properties."""

    def member(self, name: str) -> Any:
        """Return a property, UNDEFINED where there is none."""
        return UNDEFINED


class Iterated(Host):
    """One that a loop can go through."""

    def items(self) -> list[Any]:
        """Return what a loop meets."""
        raise NotImplementedError


def fault(message: str, name: str = "TypeError") -> Thrown:
    """Return an error as it is raised."""
    return Thrown(Fault(name, message))


def of_server(error: MongoError) -> Thrown:
    """Return a server's error as scripts catch it."""
    return Thrown(Fault("MongoServerError", error.message, code=error.code, codeName=error.name))


def truthy(value: Any) -> bool:
    """Tell whether a value is taken for true."""
    if value is None or value is UNDEFINED or value is False:
        return False
    if isinstance(value, (int, float, str)):
        return bool(value) and value == value
    return True


def text(value: Any) -> str:
    """Return a value as String() makes it."""
    if value is UNDEFINED:
        return "undefined"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, list):
        return ",".join("" if each is None or each is UNDEFINED else text(each) for each in value)
    if isinstance(value, Date):
        from ...dates import strftime

        return strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)", value.inside // 1000)
    if isinstance(value, Regex):
        return f"/{value.inside[0]}/{value.inside[1]}"
    if isinstance(value, Scalar):
        return str(value.inside)
    if isinstance(value, Fault):
        return f"{value.name}: {value.message}"
    if isinstance(value, Function):
        return str(value.node[4])
    return "[object Object]"


def numeric(value: Any) -> Any:
    """Return a value as Number() makes it: int or float."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    if value is None:
        return 0
    if isinstance(value, (Long, Date)):
        return value.inside
    words = text(value).strip()
    if not words:
        return 0
    try:
        return int(words, 16) if words[:2] in ("0x", "0X") else plain(float(words.replace("_", "x")))
    except ValueError:
        return float("nan")


def type_of(value: Any) -> str:
    """Return what typeof says."""
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "function" if isinstance(value, (Function, Native)) else "object"


def json_text(value: Any, indent: str = "", level: str = "") -> str | None:
    """Return a value as JSON.stringify makes it, None where it leaves it out."""
    import json

    if value is UNDEFINED or isinstance(value, (Function, Native)):
        return None
    if isinstance(value, ObjectId):
        return f'"{value.inside}"'
    if isinstance(value, Date):
        return f'"{iso(value.inside)}"'
    if isinstance(value, Scalar):
        return json.dumps(str(value.inside))
    inner = level + indent
    start, between, end = (f"\n{inner}", f",\n{inner}", f"\n{level}") if indent else ("", ",", "")
    if isinstance(value, list):
        parts = [json_text(each, indent, inner) or "null" for each in value]
        return f"[{start}{between.join(parts)}{end}]" if parts else "[]"
    if isinstance(value, dict):
        pairs = [(name, json_text(each, indent, inner)) for name, each in value.items()]
        parts = [
            f"{json.dumps(name, ensure_ascii=False)}:{' ' if indent else ''}{each}"
            for name, each in pairs
            if each is not None
        ]
        return f"{{{start}{between.join(parts)}{end}}}" if parts else "{}"
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return "null"
    if isinstance(value, (str, bool)) or value is None:
        return json.dumps(value, ensure_ascii=False)
    return text(value) if isinstance(value, (int, float)) else "{}"


def date(value: Any) -> Date:
    """Return the date of a number of milliseconds or of a text; raise Thrown where it is none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Date(int(value))
    if isinstance(value, Date):
        return value
    found = instant(text(value))
    if found is None:
        raise fault(f'"{text(value)}" is not a valid ISODate', "Error")
    return Date(found)
