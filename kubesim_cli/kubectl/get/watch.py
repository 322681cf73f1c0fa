"""kubectl get --watch and --watch-only: print what is there, then every change."""

from __future__ import annotations

from ...releases.kubectl import does
from ..failures import Exit, Failure
from ..kubeconfig import parse_timeout
from ..printers import Kept
from ..resource import builder
from ..resource.files import is_list
from .tables import plain_table, table_printer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.discovery import Resource
    from ...machinery.types import Json, Object
    from ..context import Context
    from ..resource.info import Info

    Show = Callable[[list[Object], str], None]  # takes objects and the type of their event


_TELLS_ENDS = 5  # the -v from which on it is told how a watch ended


def run(ctx: Context, human: bool, table: bool) -> None:
    """Print objects and then their changes for as long as there may be any (GetOptions.watch)."""
    flags, args = ctx.flags, ctx.args
    result = builder.from_flags(ctx, args, allow_empty_selector=True, latest=True, flatten=False, table=table,
                                continue_on_error=False, single_resource_type=True, subresource="")
    infos, error = result.collect(flags["ignore-not-found"] and does("WatchIgnoresNotFound", ctx.release))
    if error:
        raise error
    if not infos:
        return
    if len({info.mapping for info in infos}) > 1 and not does("MixedWatch", ctx.release):
        raise Failure("watch is only supported on individual resources and resource collections - more than 1 "
                      "resource was found")
    printer, show = _table_shower(ctx, infos[0].mapping, table) if human else _shower(ctx)
    if not flags["watch-only"]:
        show([obj for info in infos for obj in _objects(info.obj)], "ADDED")
    if len(result.sources) > 1:
        raise Failure("you may only watch a single resource or type of resource at a time")
    if len(infos) > 1:
        raise Failure("watch is only supported on individual resources and resource collections - "
                      f"{len(infos)} resources were found")
    _follow(ctx, _Watch(ctx, infos[0], printer, show))


def warn_of_sorting(ctx: Context, listed: bool) -> None:
    """Warn that --sort-by does not sort what comes later. `listed`: with --watch, which lists first."""
    if not does("WatchSortWarnings", ctx.release):
        ctx.err("warning: --watch or --watch-only requested, --sort-by will be ignored\n")
    elif listed:
        ctx.err("warning: --watch requested, --sort-by will be ignored for watch events received\n")
    else:
        ctx.err("warning: --watch-only requested, --sort-by will be ignored\n")


def _objects(found: Object) -> list[Object]:
    if found.get("kind") == "Table":
        return [row["object"] for row in found["rows"]]
    return found["items"] if is_list(found) else [found]


class _Watch(Kept):
    """Prints, when it is called, the events that have come after what `info` holds; `printer` is who prints them."""

    KEPT = ("since", "printed")

    def __init__(self, ctx: Context, info: Info, printer: Kept, show: Show):
        self.ctx, self.info, self.printer, self.show = ctx, info, printer, show
        self.since = int(info.obj["metadata"].get("resourceVersion") or 0)
        self.selectors = {"label_selector": ctx.flags["selector"], "field_selector": (
            f"metadata.name={info.name}" if info.name else ctx.flags["field-selector"])}

    @property
    def printed(self) -> list[Json]:
        """What the printer remembers."""
        return self.printer.state

    @printed.setter
    def printed(self, state: list[Json]) -> None:
        self.printer.state = state

    def __call__(self) -> None:
        info = self.info
        self.since, events = self.ctx.client.watch(info.resource, info.namespace, since=self.since, **self.selectors)
        for event in events:
            self.show([event["object"]], event["type"])


def _follow(ctx: Context, watch: _Watch) -> None:
    """Print events for as long as --request-timeout lets a request take."""
    flags = ctx.flags
    try:
        ctx.wait(watch, parse_timeout(flags["request-timeout"]) or None)
    except KeyboardInterrupt:
        raise Exit(1) from None
    if flags["v"] >= _TELLS_ENDS:
        from ..util import klog

        klog.tell(ctx, "I", "streamwatcher.go:116", '"Unable to decode an event from the watch stream" err="context '
                  'deadline exceeded (Client.Timeout or context cancellation while reading body)"')


def _table_shower(ctx: Context, mapping: Resource, table: bool) -> tuple[Kept, Show]:
    flags = ctx.flags
    printer = table_printer(flags, mapping, flags["show-kind"], flags["all-namespaces"] and mapping.namespaced)

    def show(objects: list[Object], event: str) -> None:
        if table:
            rows = ctx.client.tabulate(mapping.versioned, objects)
        else:
            rows = plain_table(objects, ctx.now)
        ctx.out(printer.print(rows, event if flags["output-watch-events"] else ""))

    return printer, show


def _shower(ctx: Context) -> tuple[Kept, Show]:
    from ..printers import GET_FORMATS
    from ..util.cmdutil import encode, print_by, printer_of

    flags = ctx.flags
    printer = printer_of(ctx, allowed=GET_FORMATS, no_headers=flags["no-headers"])

    def print_obj(obj: Object) -> None:
        print_by(ctx, printer, obj)

    def show(objects: list[Object], event: str) -> None:
        for obj in objects:
            if not flags["output-watch-events"] or flags["output"] == "name":
                print_obj(obj)
            elif flags["output"] == "json":
                ctx.out(f'{{"type":"{event}","object":{encode(obj)[:-1]}}}\n')
            else:
                print_obj({"type": event, "object": obj})

    return printer, show
