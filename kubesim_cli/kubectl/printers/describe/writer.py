"""Where descriptions are written to, and the forms they share (PrefixWriter and its helpers in pkg/describe)."""

from __future__ import annotations

from ....go.tabwriter import align_text
from ....machinery import duration, timestamps
from ....machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION
from ....releases import NEWEST, within
from ..table import escape_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object, Release

_MAX_ANNOTATION = 140
_ZERO_TIME = "Mon, 01 Jan 0001 00:00:00 +0000"


class Writer:
    """Collects a description. Every `write` starts with the indent of its level; cells end with tabs.

    `release` is that of the client: what is given a release it came or went with is left out of others.
    """

    def __init__(self, release: Release = NEWEST, now: float = 0.0) -> None:
        self.release, self.now = release, now
        self._aligned: list[str] = []
        self._parts: list[str] = []
        self._base = 0

    def write(self, level: int, text: str) -> None:
        self._parts.append(escape_terminal("  " * (level + self._base) + text))

    def line(self, level: int, label: str, value: Json = "", since: tuple[int, int] | None = None,
             until: tuple[int, int] | None = None) -> None:
        """Write `label:` and a value in the next column, in releases from `since` up to but without `until`."""
        if within(self.release, since, until):
            self.write(level, f"{label}:\t{value}\n")

    def end_line(self, text: str = "") -> None:
        """Write the rest of a line (WriteLine)."""
        self._parts.append(escape_terminal(("  " * self._base if self._base else "") + text + "\n"))

    def nested(self, levels: int) -> Writer:
        """Return a writer onto the same text, that many levels further in."""
        inner = Writer(self.release, self.now)
        inner._parts, inner._aligned, inner._base = self._parts, self._aligned, self._base + levels
        return inner

    def flush(self) -> None:
        """Let new columns begin."""
        self._aligned.append(align_text("".join(self._parts), 0, 2))
        self._parts.clear()

    def text(self) -> str:
        self.flush()
        return "".join(self._aligned)

    def unaligned(self) -> str:
        """Return what was written since the last `flush`, with its tabs."""
        return "".join(self._parts)

    # What many kinds have.

    def columns(self, level: int, *names: str, widths: tuple[int, ...] = ()) -> None:
        """Write a table's headers and the dashes under them; `widths` where those are not as long as the names."""
        self.write(level, "\t".join(names) + "\n")
        self.write(level, "\t".join(["-" * width for width in widths or map(len, names)]) + "\n")

    def lines(self, title: str, texts: list[str], indent: str = "") -> None:
        """Write texts under one another, `<none>` where there are none."""
        self.write(0, f"{indent}{title}:\t")
        if not texts:
            self.end_line("<none>")
        for i, text in enumerate(texts):
            if i:
                self.write(0, indent)
                self.write(0, "\t")
            self.write(0, f"{text}\n")

    def labels(self, title: str, labels: Object | None, indent: str = "") -> None:
        self.lines(title, [f"{key}={value}" for key, value in sorted((labels or {}).items())], indent)

    def annotations(self, title: str, annotations: Object | None) -> None:
        """Write annotations but that of `kubectl apply`; what is long or has line ends gets lines of its own."""
        self.write(0, f"{title}:\t")
        keys = sorted(key for key in annotations or {} if key != LAST_APPLIED_CONFIG_ANNOTATION)
        if not keys:
            self.end_line("<none>")
        for i, key in enumerate(keys):
            if i:
                self.write(0, "\t")
            value = (annotations or {})[key].removesuffix("\n")
            if octets(value) + octets(key) + 2 <= _MAX_ANNOTATION and "\n" not in value:
                self.write(0, f"{key}: {value}\n")
                continue
            self.write(0, f"{key}:\n")
            for line in value.split("\n"):
                self.write(0, f"\t  {shorten(line, _MAX_ANNOTATION - 2)}\n")

    def metadata(self, obj: Object, namespaced: bool = True) -> None:
        """Write name, namespace, labels and annotations."""
        meta = obj["metadata"]
        self.line(0, "Name", meta.get("name", ""))
        if namespaced:
            self.line(0, "Namespace", meta.get("namespace", ""))
        self.labels("Labels", meta.get("labels"))
        self.annotations("Annotations", meta.get("annotations"))

    def tolerations(self, title: str, tolerations: list[Json] | None) -> None:
        self.lines(title, [_toleration(t) for t in sorted(tolerations or (), key=lambda t: t.get("key", ""))])

    def age(self, timestamp: str | None) -> str:
        """Return how long ago a time was."""
        return duration.human(self.now - timestamps.parse(timestamp)) if timestamp else "<unknown>"


def octets(text: str) -> int:
    """Return the length Go sees."""
    return len(text.encode("utf-8", "surrogateescape"))


def shorten(text: str, limit: int) -> str:
    """Cut a text after so many bytes."""
    raw = text.encode("utf-8", "surrogateescape")
    return raw[:limit].decode("utf-8", "replace") + "..." if len(raw) > limit else text


def _toleration(toleration: Object) -> str:
    text: str = toleration.get("key", "")
    if toleration.get("value"):
        text += f"={toleration['value']}"
    if toleration.get("effect"):
        text += f":{toleration['effect']}"
    if toleration.get("operator") == "Exists" and not toleration.get("value"):
        text += " op=Exists" if text else "op=Exists"
    if toleration.get("tolerationSeconds") is not None:
        text += f" for {toleration['tolerationSeconds']}s"
    return text


def time_text(timestamp: str | None) -> str:
    """Return a time as describe shows it, in the local time zone: `Mon, 01 Jan 2024 00:00:00 +0000`."""
    import time

    if not timestamp:
        return _ZERO_TIME
    seconds = timestamps.parse(timestamp)
    offset = time.localtime(seconds).tm_gmtoff
    minutes = abs(offset) // 60
    sign = "-" if offset < 0 else "+"
    return f"{timestamps.format_rfc1123z(seconds + offset)[:-5]}{sign}{minutes // 60:02}{minutes % 60:02}"


def format_labels(labels: Object | None) -> str:
    """Return labels on one line, `<none>` where there are none (labels.FormatLabels)."""
    return ",".join(sorted([f"{key}={value}" for key, value in (labels or {}).items()])) or "<none>"


def go_list(values: Json) -> str:
    """Return a list as Go prints it with %v: `[a b]`."""
    return "[" + " ".join(map(str, values or ())) + "]"


def boolean(value: bool | None, unset: str = "<unset>") -> str:
    """Return `True`, `False` or what stands for neither."""
    return unset if value is None else "True" if value else "False"


def or_unset(value: Json, suffix: str = "") -> str:
    """Return a number or text, `<unset>` for None."""
    return "<unset>" if value is None else f"{value}{suffix}"


def controlled_by(obj: Object, w: Writer) -> None:
    """Write the controller of an object, if it has one."""
    from ....machinery.objects import controller_of

    owner = controller_of(obj)
    if owner:
        w.line(0, "Controlled By", f"{owner['kind']}/{owner['name']}")


def status_line(obj: Object, status: str, w: Writer) -> None:
    """Write the status of an object that may be on its way out."""
    deleted = obj["metadata"].get("deletionTimestamp")
    w.line(0, "Status", f"Terminating (lasts {w.age(deleted)})" if deleted else status)


def conditions(obj: Object, w: Writer) -> None:
    """Write a workload's conditions: type, status and reason."""
    found = obj.get("status", {}).get("conditions")
    if found:
        w.write(0, "Conditions:\n  Type\tStatus\tReason\n")
        w.write(1, "----\t------\t------\n")
        for c in found:
            w.write(1, f"{c['type']} \t{c['status']}\t{c.get('reason', '')}\n")
