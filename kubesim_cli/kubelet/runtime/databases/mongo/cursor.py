"""What `find` gives to a script of the shell: documents that are fetched when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .collection import count
from .jsvalues import UNDEFINED, Function, Host, Iterated, Native, fault, text

if TYPE_CHECKING:
    from .hosts import CollectionHost
    from .shell import Shell


Document = dict[str, Any]


def clean(value: Any) -> Any:
    """Return a value as it goes into documents; raise Thrown for what cannot."""
    if value is UNDEFINED:
        return None
    if isinstance(value, dict):
        return {name: clean(each) for name, each in value.items()}
    if isinstance(value, list):
        return [clean(each) for each in value]
    if isinstance(value, (Function, Native, Host)):
        raise fault("cannot be stored in a document", "MongoInvalidArgumentError")
    return value


def document_of(value: Any, what: str = "") -> Document:
    """Return an argument that is to be a document; `what` it is where it has to be given."""
    if value is UNDEFINED or value is None:
        if what:
            raise fault(f"Missing required argument at position 0 ({what})", "MongoshInvalidInputError")
        return {}
    if not isinstance(value, dict):
        raise fault(
            f"Argument at position 0 must be of type object, got {'array' if isinstance(value, list) else text(value)}"
            " instead",
            "MongoshInvalidInputError",
        )
    found: Document = clean(value)
    return found


class Cursor(Iterated):
    """What find() and aggregate() give. `how`: sort, skip, limit, fields; `got`: documents that are not shown yet."""

    def __init__(self, shell: Shell, of: CollectionHost, wanted: Any, fields: Any = None, stages: Any = None):
        self.shell, self.of, self.wanted, self.stages = shell, of, wanted, stages
        self.how: Document = {"fields": fields, "by": None, "skip": 0, "limit": 0}
        self.got: list[Document] | None = None
        self.is_pretty = False

    def documents(self) -> list[Document]:
        """Return those that are left; asks for them the first time."""
        if self.got is None:
            self.shell.allow("aggregate" if self.stages is not None else "find", self.of.database.name, self.of.name)
            self.shell.read()
            collection = self.of.data()
            self.got = (
                collection.aggregate(self.stages)
                if self.stages is not None
                else collection.find(
                    self.wanted, self.how["fields"], self.how["by"], self.how["skip"], self.how["limit"]
                )
            )
        return self.got

    def items(self) -> list[Document]:
        """Return what a loop meets, and leave nothing."""
        found = self.documents()
        self.got = []
        return found

    def next(self) -> Any:
        """Return the next document, null where there is none."""
        found = self.documents()
        return found.pop(0) if found else None

    def _set(self, name: str, value: Any) -> Cursor:
        self.how[name] = count(value) if name in ("skip", "limit") else clean(value)
        return self

    def _pretty(self) -> Cursor:
        self.is_pretty = True
        return self

    def _count(self) -> int:
        self.shell.allow("count", self.of.database.name, self.of.name)
        self.shell.read()
        return len(self.of.data().find(self.wanted))

    def _each(self, function: Any) -> Any:
        for each in self.items():
            self.shell.runner.call(function, [each])
        return UNDEFINED

    def member(self, name: str) -> Any:
        """Return a method."""
        does: dict[str, Callable[..., Any]] = {
            "sort": lambda by=None: self._set("by", by),
            "skip": lambda value=0: self._set("skip", value),
            "limit": lambda value=0: self._set("limit", value),
            "projection": lambda value: self._set("fields", value),
            "project": lambda value: self._set("fields", value),
            "pretty": self._pretty,
            "toArray": self.items,
            "forEach": self._each,
            "count": self._count,
            "size": lambda: len(self.documents()),
            "map": lambda function: [self.shell.runner.call(function, [each]) for each in self.items()],
            "itcount": lambda: len(self.items()),
            "hasNext": lambda: bool(self.documents()),
            "next": self.next,
            "tryNext": self.next,
            "explain": lambda *more: self.of.explained(self.wanted),
        }
        if name in (
            "batchSize",
            "hint",
            "maxTimeMS",
            "collation",
            "comment",
            "readPref",
            "allowDiskUse",
            "close",
            "noCursorTimeout",
            "readConcern",
            "addOption",
        ):
            return Native(name, lambda *more: self)
        return Native(name, does[name]) if name in does else UNDEFINED
