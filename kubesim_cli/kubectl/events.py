"""kubectl events: the events of a namespace or of one object, as a table in the order of time."""

from __future__ import annotations

from ..go.tabwriter import align_text
from ..machinery import timestamps
from ..releases.kubectl import does
from .failures import Exit, Failure
from .kubeconfig import parse_timeout
from .printers import FORMATS, Kept, PrinterError
from .printers.describe.events import escape_field, interval, list_all
from .printers.describe.writer import Writer
from .printers.output import for_output
from .printers.table import escape_terminal
from .resource import scheme
from .resource.mapper import resource_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Json, Object
    from .context import Context
    from .printers import Printer

_PAGE = 500  # whatever --chunk-size says


def run(ctx: Context) -> None:
    """kubectl events [--for TYPE/NAME] [--types=Normal,Warning] [--watch] (pkg/cmd/events)."""
    flags = ctx.flags
    field_selector = _of_object(ctx, flags["for"]) if flags["for"] else ""
    show = _Shower(ctx)
    types = [type_.lower() for type_ in flags["types"]]
    if not {"normal", "warning"}.issuperset(types):
        raise Failure("valid --types are Normal or Warning")
    namespace = "" if flags["all-namespaces"] else ctx.namespace
    if flags["watch"]:
        _watch(ctx, namespace, field_selector, types, show)
        return
    found = _wanted(list_all(ctx.client, "events", namespace, field_selector=field_selector, chunk_size=_PAGE), types)
    if found:
        from ..go.sort import sort
        from ..releases.server import go_version

        sort(found, lambda a, b: _time(a) < _time(b), go_version(ctx.release))
        show({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": found})
    else:
        ctx.err("No events found.\n" if flags["all-namespaces"] else f"No events found in {namespace} namespace.\n")


def _of_object(ctx: Context, text: str) -> str:
    """Return the field selector for the events of TYPE/NAME."""
    parts = text.split("/")
    if len(parts) == 1:
        raise Failure("--for must be in resource/name form")
    if len(parts) > 2:
        raise Failure("arguments in resource/name form may not have more than one slash")
    resource, name = resource_for(ctx, parts[0]), parts[1]
    if not name:
        return ""
    terms = [f"involvedObject.kind={resource.kind}", f"involvedObject.name={escape_field(name)}"]
    if does("EventsByVersion", ctx.release):
        terms.insert(1, f"involvedObject.apiVersion={resource.api_version}")
    return ",".join(terms)


def _wanted(events: list[Object], types: list[str]) -> list[Object]:
    return [event for event in events if not types or event.get("type", "").lower() in types]


def _time(event: Object) -> float:
    series = event.get("series")
    text = series.get("lastObservedTime") if series else event.get("lastTimestamp") or event.get("eventTime")
    return timestamps.parse(text) if text else float("-inf")


class _Shower(Kept):
    """Prints an event or a list of them, in columns that do not shrink."""

    KEPT = ("widths", "printed")

    def __init__(self, ctx: Context):
        self.ctx = ctx
        self.widths: list[int] = []
        self._rows = _Rows(ctx)
        self._printer = _printer(ctx) if ctx.flags["output"] else None

    @property
    def printed(self) -> list[Json]:
        """What the printer remembers."""
        return (self._printer or self._rows).state

    @printed.setter
    def printed(self, state: list[Json]) -> None:
        (self._printer or self._rows).state = state

    def __call__(self, obj: Object) -> None:
        formatted = _formatted(self.ctx, self._printer, obj) if self._printer is not None else self._rows.of(obj)
        self.ctx.out(_aligned(formatted, self.widths))


def _aligned(text: str, widths: list[int]) -> str:
    """Set the tabs of whatever is printed, be it a table or the result of a template."""
    aligned = align_text(text, remembered=widths)
    return aligned if text.endswith("\n") else aligned.removesuffix("\n")


def _printer(ctx: Context) -> Printer:
    flags = ctx.flags
    try:
        return for_output(flags["output"], template=flags["template"], order=list, release=ctx.release,
                             allowed=FORMATS, show_managed_fields=flags["show-managed-fields"],
                             allow_missing_template_keys=flags["allow-missing-template-keys"], files=ctx.files)
    except PrinterError as error:
        raise Failure(str(error)) from None


def _formatted(ctx: Context, printer: Printer, obj: Object) -> str:
    if ctx.flags["output"] == "name" and obj["kind"] == "EventList":  # refused by the printer, which nobody hears
        return ""
    try:
        return printer.print_obj(scheme.typed(obj, ctx.release))
    except PrinterError as error:  # kubectl says nothing of it
        return error.output


class _Rows(Kept):
    """The rows of events, after a head, which comes once."""

    KEPT = ("head",)

    def __init__(self, ctx: Context):
        self.ctx, self.with_namespace = ctx, ctx.flags["all-namespaces"]
        self.head = [] if ctx.flags["no-headers"] else ["LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n"]
        if self.with_namespace and self.head:
            self.head[0] = f"NAMESPACE\t{self.head[0]}"

    def of(self, obj: Object) -> str:
        """Return the row of an event, or those of a list of them."""
        lines, self.head = self.head, []
        w = Writer(now=self.ctx.now)
        for event in obj.get("items") or [obj]:
            about = event.get("involvedObject", {})
            cells = [interval(event, w), *map(escape_terminal, (
                event.get("type", ""), event.get("reason", ""), f"{about.get('kind', '')}/{about.get('name', '')}",
                event.get("message", "").strip()))]
            if self.with_namespace:
                cells.insert(0, event["metadata"].get("namespace", ""))
            lines.append("\t".join(cells) + "\n")
        return "".join(lines)


class _Watch(Kept):
    """Prints, when it is called, the events that have come since then."""

    KEPT = ("since", "shown")

    def __init__(self, ctx: Context, namespace: str, field_selector: str, types: list[str], show: _Shower, since: int):
        self.ctx, self.namespace, self.field_selector, self.types = ctx, namespace, field_selector, types
        self.show, self.since = show, since

    @property
    def shown(self) -> list[Json]:
        """What who shows them remembers."""
        return self.show.state

    @shown.setter
    def shown(self, state: list[Json]) -> None:
        self.show.state = state

    def __call__(self) -> None:
        self.since, changes = self.ctx.client.watch("events", self.namespace, since=self.since,
                                                    field_selector=self.field_selector)
        for event in _wanted([change["object"] for change in changes if change["type"] != "DELETED"], self.types):
            self.show(event)


def _watch(ctx: Context, namespace: str, field_selector: str, types: list[str], show: _Shower) -> None:
    """Print the events there are and then every new one, for as long as there may be any."""
    there = ctx.client.list("events", namespace, field_selector=field_selector)
    for event in _wanted(there["items"], types):
        show(event)
    watch = _Watch(ctx, namespace, field_selector, types, show, int(there["metadata"].get("resourceVersion") or 0))
    try:
        ctx.wait(watch, parse_timeout(ctx.flags["request-timeout"]) or None)
    except KeyboardInterrupt:
        raise Exit(1) from None
