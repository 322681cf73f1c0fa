"""kubectl get. On the hot path of every session: only what an output needs is imported."""

from __future__ import annotations

from ..failures import Aggregate, Exit, Failure, Usage
from ..resource import builder
from .tables import plain_table, table_printer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from ...machinery.discovery import Resource
    from ...machinery.types import Json, Object
    from ..context import Context
    from ..resource.info import Info

    Item = TypeVar("Item")


def run(ctx: Context) -> None:
    """kubectl get TYPE [NAME...] in all its forms (pkg/cmd/get)."""
    flags, args = ctx.flags, ctx.args
    if flags["raw"]:
        _raw(ctx)
        return
    output, template, sort_by = flags["output"], flags["template"], flags["sort-by"]
    if flags["watch"] or flags["watch-only"]:
        if sort_by:
            from .watch import warn_of_sorting

            warn_of_sorting(ctx, flags["watch"])
    elif not args and not flags["filename"] and not flags["kustomize"]:
        ctx.err('You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of '
                "supported resources.\n\n")
        raise Usage('Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of '
                    "that resource (e.g. kubectl explain pods).")
    if flags["show-labels"] and output not in ("", "wide"):
        raise Failure(f"--show-labels option cannot be used with {output} printer")
    human = output == "wide" or not (output or template)
    table = human and flags["server-print"]
    if flags["watch"] or flags["watch-only"]:
        from . import watch

        watch.run(ctx, human, table)
        return
    if flags["output-watch-events"]:
        raise Failure("--output-watch-events option can only be used with --watch or --watch-only")
    if flags["subresource"]:
        from ..util.cmdutil import check_subresource

        check_subresource(ctx, flags["subresource"])
    # Nobody sees that a list comes in chunks: unless they were asked for, it comes at once.
    chunk_size = flags["chunk-size"] if (table or flags.changed("chunk-size")) and not sort_by else 0
    result = builder.from_flags(ctx, args, allow_empty_selector=True, latest=True, table=table,
                                chunk_size=chunk_size, include_object="Object" if sort_by else "Metadata")
    if human:
        _print_tables(ctx, result, table)
        return
    _print_generic(ctx, result)


def _print_tables(ctx: Context, result: builder.Result, table: bool) -> None:
    """Print a table for each resource, with an empty line and new headers between them."""
    flags = ctx.flags
    infos, error = result.collect(flags["ignore-not-found"])
    errors = [error] if error else []
    with_kind = flags["show-kind"] or len({info.mapping for info in infos}) > 1
    if flags["sort-by"] and len(infos) > 1:
        infos = _sorted(ctx, infos, lambda info: info.obj)
    written = False
    namespaced = not flags["all-namespaces"]
    with_namespace = False
    for mapping, group in _by_mapping(infos):
        namespaced = namespaced and mapping.namespaced
        with_namespace |= flags["all-namespaces"] and mapping.namespaced  # from then on tables keep that column
        # A file's object without a name is never read from the server, which would have made a table of it.
        of_server = table and all("columnDefinitions" in info.obj for info in group)
        merged = _merge(group) if of_server else plain_table([info.obj for info in group], ctx.now)
        if flags["sort-by"] and table and not _sort_rows(ctx, merged):
            continue
        text = table_printer(flags, mapping, with_kind, with_namespace).print(merged)
        if text:
            ctx.out(f"\n{text}" if written and not flags["no-headers"] else text)
            written = True
    if not written and not errors and not flags["ignore-not-found"]:
        from ..util.cmdutil import tell_none

        tell_none(ctx, not namespaced)
    if errors:
        raise Aggregate(errors)


def _by_mapping(infos: list[Info]) -> Iterator[tuple[Resource, list[Info]]]:
    """Yield (mapping, infos) of each run of infos with the same resource."""
    group: list[Info] = []
    for info in infos:
        if group and info.mapping is not group[0].mapping:
            yield group[0].mapping, group
            group = []
        group.append(info)
    if group:
        yield group[0].mapping, group


def _merge(infos: list[Info]) -> Object:
    """One Table of several, as they are aligned together."""
    if len(infos) == 1:
        table: Object = infos[0].obj
        return table
    return {**infos[0].obj, "rows": [row for info in infos for row in info.obj["rows"]]}


def _sorted(ctx: Context, items: list[Item], obj_of: Callable[[Item], Json], rows: bool = False) -> list[Item]:
    """Return items in the order of --sort-by; `rows`: they are a Table's. Raises Failure, and Exit after a line in the
    log where two values have no order."""
    from . import sorting

    field = ctx.flags["sort-by"]
    try:
        return sorting.sort(items, field, ctx.release, obj_of, loose=rows)
    except sorting.Unsortable as why:
        from ...machinery.jsonpath import relaxed
        from ..util import klog

        line, what = (375, "[][][]reflect.Value") if rows else (329, "*unstructured.Unstructured")
        klog.tell(ctx, "F", f"sorter.go:{line}",
                  f"Field {relaxed(field)} in {what} is an unsortable type: interface, err: {why}")
        raise Exit(1) from None


def _sort_rows(ctx: Context, table: Object) -> bool:
    """Sort a Table's rows in place of it; False where they cannot be, which kubectl answers by not printing them."""
    if len(table["rows"]) < 2:
        return True
    try:
        table["rows"] = _sorted(ctx, table["rows"], lambda row: row["object"], rows=True)
    except Failure:
        return False
    return True


def _print_generic(ctx: Context, result: builder.Result) -> None:
    """Print what was found with the printer of -o: one object alone, several as a List."""
    from ..printers import GET_FORMATS
    from ..util.cmdutil import output_printer

    flags = ctx.flags
    infos, error = result.collect(flags["ignore-not-found"])
    if error and result.single:
        raise error
    if not infos and flags["ignore-not-found"]:
        builder.raise_all([error] if error else [])
        return
    def found() -> Object:
        if result.single and len(infos) == 1:
            return infos[0].obj  # type: ignore[no-any-return]
        items = [info.obj for info in infos]
        if flags["sort-by"] and items:
            items = _sorted(ctx, items, lambda obj: obj)
        return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}

    def whole() -> Object:
        _read_managed_fields(ctx, infos)
        return found()

    print_obj = output_printer(ctx, whole, allowed=GET_FORMATS, no_headers=flags["no-headers"])
    errors = builder.flatten(error) if error else []
    try:
        print_obj(found())
    except Failure as failure:
        errors.append(failure)
    builder.raise_all(errors)


def _read_managed_fields(ctx: Context, infos: list[Info]) -> None:
    """Put the managed fields into objects that were read without (Client.managed_fields), unheard by -v."""
    from ...machinery.errors import StatusError

    client = ctx.client
    client.on_call, client.managed_fields = None, True
    for info in infos:
        try:
            read = client.get(info.resource, info.name, info.namespace, subresource=info.subresource)
        except StatusError:  # who may list may not get
            continue
        if read["metadata"].get("managedFields"):
            info.obj = read


def _raw(ctx: Context) -> None:
    from ..util import rawhttp

    flags = ctx.flags
    if ctx.args:
        raise Failure("arguments may not be passed when --raw is specified")
    if flags["watch"] or flags["watch-only"] or flags["selector"]:
        raise Failure("--raw may not be specified with other flags that filter the server request or alter the output")
    if flags["output"]:
        raise Failure("--raw and --output are mutually exclusive")
    ctx.out(rawhttp.request(ctx, "GET", flags["raw"]))
