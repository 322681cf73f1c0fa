"""Everything kubectl prints of objects. Only what an output format needs is imported."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.files import Files
    from ...machinery.types import Json, Object

JSON_PATH_FORMATS = ("jsonpath", "jsonpath-as-json", "jsonpath-file")
TEMPLATE_FORMATS = ("go-template", "go-template-file", "template", "templatefile")
COLUMN_FORMATS = ("custom-columns", "custom-columns-file")
FORMATS = ("json", "yaml", "kyaml", "name", *TEMPLATE_FORMATS, *JSON_PATH_FORMATS)  # of most verbs
GET_FORMATS = (*FORMATS, *COLUMN_FORMATS, "wide")


class PrinterError(Exception):
    """What kubectl tells after `error: `. `output` is the text that reached stdout before it failed, `tells_object`
    whether the object stands in either."""

    def __init__(self, text: str, output: str = "", tells_object: bool = False) -> None:
        super().__init__(text)
        self.output, self.tells_object = output, tells_object


class Kept:
    """Who has something that one call leaves to the next: the attributes that are named in KEPT, of JSON."""

    KEPT: tuple[str, ...] = ()

    @property
    def state(self) -> list[Json]:
        """What one call leaves to the next."""
        return [getattr(self, name) for name in self.KEPT]

    @state.setter
    def state(self, state: list[Json]) -> None:
        for name, value in zip(self.KEPT, state):
            setattr(self, name, [*value] if isinstance(value, list) else value)


class Printer(Kept):
    """Prints objects of one output format; `print_obj` may be called again and again."""

    def print_obj(self, obj: Object) -> str:
        """Return an object, or a List of them, as text with its line ends. Raise PrinterError."""
        raise NotImplementedError

    def pieces(self, obj: Object) -> Iterable[str]:
        """Return the same in pieces, where a long text is not to be held at once."""
        return [self.print_obj(obj)]


def read_file(path: str, what: str, files: Files | None = None) -> str:
    """Return a file's text, or raise PrinterError with `what`, the path and the reason in Go's words.

    `files`: those that there are, where these are not this machine's.
    """
    try:
        from ...machinery.files import HOST

        return (files or HOST).contents(path).decode("utf-8", "surrogateescape")
    except OSError as error:
        action = "read" if isinstance(error, IsADirectoryError) else "open"
        raise PrinterError(f"{what} {path}, {action} {path}: {(error.strerror or str(error)).lower()}") from None


def without_managed_fields(obj: Object) -> Object:
    """Return an object, or a List of them, without metadata.managedFields; what came in stays as it is."""
    if type(obj.get("items")) is list:
        return {**obj, "items": [item and without_managed_fields(item) for item in obj["items"]]}
    meta = obj.get("metadata")
    if type(meta) is dict and "managedFields" in meta:
        return {**obj, "metadata": {key: value for key, value in meta.items() if key != "managedFields"}}
    return obj
