"""kubectl api-resources and api-versions: what the server serves (pkg/cmd/apiresources)."""

from __future__ import annotations

from ..releases.kubectl import does
from .failures import Failure, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.discovery import Resource
    from ..machinery.types import Object
    from .context import Context

_FORMATS = ("json", "kyaml", "name", "wide", "yaml")


def run(ctx: Context) -> None:
    flags, args = ctx.flags, ctx.args
    if args:
        raise Usage(f"unexpected arguments: [{' '.join(args)}]")
    output = flags["output"]
    formats = [name for name in _FORMATS if name != "kyaml" or does("KYAML", ctx.release)]
    if output and output not in formats and not does("PrinterOfApiResources", ctx.release):
        raise Failure(f"--output {output} is not available")
    if output and output not in formats:
        raise Failure(f'unable to match a printer suitable for the output format "{output}", allowed formats are: '
                      + ",".join(formats))
    if flags["sort-by"] not in ("", "name", "kind"):
        raise Failure("--sort-by accepts only name or kind")
    resources = _selected(ctx)
    if output == "name":
        ctx.out("".join(res.name + "\n" for res in resources))
    elif output in ("", "wide"):
        _table(ctx, resources, output == "wide", flags["no-headers"])
    else:
        _print(ctx, resources, output)


def _selected(ctx: Context) -> list[Resource]:
    flags = ctx.flags
    verbs, categories = set(flags["verbs"]), set(flags["categories"])
    order = {"name": lambda res: (res.plural, res.plural), "kind": lambda res: (res.kind, res.plural)}.get(
        flags["sort-by"], lambda res: (res.group, res.plural))
    return sorted((
        res for res in ctx.client.discovery.preferred()
        if res.verbs and verbs <= set(res.verbs) and categories <= set(res.categories)
        and (not flags.changed("api-group") or res.group == flags["api-group"])
        and (not flags.changed("namespaced") or res.namespaced == flags["namespaced"])), key=order)


def _table(ctx: Context, resources: list[Resource], wide: bool, no_headers: bool) -> None:
    from ..go.tabwriter import align
    rows = [] if no_headers else [["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"]
                                  + (["VERBS", "CATEGORIES"] if wide else [])]
    for res in resources:
        row = [res.plural, ",".join(res.short_names), res.api_version, "true" if res.namespaced else "false", res.kind]
        rows.append([*row, ",".join(res.verbs), ",".join(res.categories)] if wide else row)
    ctx.out(align(rows))


def _print(ctx: Context, resources: list[Resource], output: str) -> None:
    listing = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "",
               "resources": [_api_resource(res) for res in resources] or None}
    if output == "json":
        from .printers.json import dump_struct
        ctx.out(dump_struct(listing) + "\n")
        return
    from .printers.output import for_output
    ctx.out(for_output(output, order=list).print_obj(listing))


def _api_resource(res: Resource) -> Object:
    """Return a metav1.APIResource, its fields in Go's order; aggregated discovery tells no storageVersionHash."""
    told = {"name": res.plural, "singularName": res.singular, "namespaced": res.namespaced, "group": res.group,
            "version": res.version, "kind": res.kind, "verbs": list(res.verbs), "shortNames": list(res.short_names),
            "categories": list(res.categories)}
    return {key: value for key, value in told.items() if value or key in ("singularName", "namespaced")}


def versions(ctx: Context) -> None:
    args = ctx.args
    if args:
        raise Usage(f"unexpected arguments: [{' '.join(args)}]")
    found = {res.api_version for res in ctx.client.discovery.resources}
    ctx.out("".join(version + "\n" for version in sorted(found)))
