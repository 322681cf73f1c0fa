"""kubectl top node and pod: what the metrics API tells of the use of cpu and memory (pkg/cmd/top, pkg/metricsutil)."""

from __future__ import annotations

from ..go import sort as gosort
from ..machinery import quantity, selectors, timestamps
from ..releases.kubectl import does
from ..releases.server import go_version
from .failures import Failure, Usage
from .util.cmdutil import tell_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Json, Object
    from .cli.flags import Flags
    from .context import Context

_GROUP = "metrics.k8s.io"
_NODES, _PODS = f"nodes.v1beta1.{_GROUP}", f"pods.v1beta1.{_GROUP}"
_DELAY = 120.0             # seconds after which a pod should have metrics
_MEBI = 1 << 20
_UNKNOWN = "<unknown>"


def node(ctx: Context) -> None:
    """kubectl top node [NAME | -l label]"""
    flags = ctx.flags
    name = _name(flags, ctx.args, "node", flags["selector"], "--selector")
    selector = flags["selector"]
    _check(selectors.parse, selector)
    _check_available(ctx)
    measured = [ctx.client.get(_NODES, name)] if name else ctx.client.list(_NODES, label_selector=selector)["items"]
    if not measured:
        raise Failure("metrics not available yet")
    nodes = [ctx.client.get("nodes", name)] if name else ctx.client.list("nodes", label_selector=selector)["items"]
    available = {each["metadata"]["name"]: _available(each, flags["show-capacity"]) for each in nodes}
    resources = _resources(flags)
    _sort(ctx, measured, flags["sort-by"], lambda found: found["usage"], lambda found: found["metadata"]["name"])
    rows = []
    if not flags["no-headers"]:
        percent = "(%)" if does("UsageInBrackets", ctx.release) else "%"
        rows.append(["NAME", *(title for resource in resources
                               for title in (_title(resource), resource.upper() + percent))])
    for found in measured:
        known = found["metadata"]["name"]
        rows.append([known, *_cells(resources, found["usage"], available.pop(known, {}))])
    rows += [[known, *[_UNKNOWN] * (2 * len(resources))] for known in sorted(available)]
    _print(ctx, rows)


def pod(ctx: Context) -> None:
    """kubectl top pod [NAME | -l label]"""
    flags = ctx.flags
    labels, fields = flags["selector"], flags["field-selector"]
    name = _name(flags, ctx.args, "pod", labels or fields, "selector")
    _check(selectors.parse, labels)
    _check(selectors.parse_fields, fields)
    _check_available(ctx)
    everywhere = flags["all-namespaces"]
    if name and everywhere:
        raise Failure("an empty namespace may not be set when a resource name is provided")
    if name:
        measured = [ctx.client.get(_PODS, name, ctx.namespace)]
    else:
        measured = ctx.client.list(_PODS, "" if everywhere else ctx.namespace, label_selector=labels,
                                   field_selector=fields)["items"]
    if not measured:
        _explain_nothing(ctx, labels, fields)
        tell_none(ctx, everywhere)
        return
    _sort(ctx, measured, flags["sort-by"], _of_pod,
          lambda found: (found["metadata"]["namespace"] if everywhere else "", found["metadata"]["name"]))
    _print(ctx, _pod_rows(ctx, measured))


def _pod_rows(ctx: Context, measured: list[Object]) -> list[list[str]]:
    flags = ctx.flags
    resources, everywhere, containers = _resources(flags), flags["all-namespaces"], flags["containers"]
    rows, columns = [], 1 + len(resources)
    if not flags["no-headers"]:
        head = ["NAMESPACE"] * everywhere + ["POD"] * containers
        rows.append([*head, "NAME", *map(_title, resources)])
        columns += len(head)  # without headers kubectl does not count these columns, and sets the sum too far left
    for found in measured:
        meta = found["metadata"]
        first = [meta["namespace"]] * everywhere
        if containers:
            listed = list(found["containers"])
            _sort(ctx, listed, flags["sort-by"], lambda each: each["usage"], lambda each: each["name"])
            rows += [[*first, meta["name"], each["name"], *_cells(resources, each["usage"])] for each in listed]
        else:
            rows.append([*first, meta["name"], *_cells(resources, _of_pod(found))])
    if flags["sum"]:
        rows.append([""] * (columns - 2) + ["________"] * 2)
        rows.append([""] * (columns - 2) + _cells(resources, quantity.total(map(_of_pod, measured))))
    return rows


def _name(flags: Flags, args: list[str], what: str, selector: str, word: str) -> str:
    """Check arguments and flags; returns the NAME, "" for all."""
    if len(args) > 1:
        raise Usage(f"{what} [NAME | -l label]")
    if flags["sort-by"] not in ("", "cpu", "memory"):
        raise Failure("--sort-by accepts only cpu or memory")
    if args and selector:
        raise Failure(f"only one of NAME or {word} can be provided")
    return args[0] if args else ""


def _check(parse: Callable[[str], object], selector: str) -> None:
    try:
        parse(selector)
    except ValueError as error:
        raise Failure(str(error)) from None


def _check_available(ctx: Context) -> None:
    if not any(group["name"] == _GROUP for group in ctx.client.discovery.groups):
        raise Failure("Metrics API not available")


def _explain_nothing(ctx: Context, labels: str, fields: str) -> None:
    """Raise Failure if there are pods, which then have no metrics (verifyEmptyMetrics)."""
    from ..go import duration

    found = ctx.client.list("pods", ctx.namespace, label_selector=labels, field_selector=fields)["items"]
    for each in found:
        meta = each["metadata"]
        age = ctx.now - timestamps.parse(meta["creationTimestamp"])
        if age > _DELAY:
            raise Failure(f"Metrics not available for pod {meta['namespace']}/{meta['name']}, "
                          f"age: {duration.format(age)}")
    if found:
        raise Failure("metrics not available yet")


def _resources(flags: Flags) -> list[str]:
    return ["cpu", "memory", "swap"] if flags["show-swap"] else ["cpu", "memory"]


def _title(resource: str) -> str:
    return "CPU(cores)" if resource == "cpu" else f"{resource.upper()}(bytes)"


def _available(node: Object, capacity: bool) -> dict[str, str | None]:
    """Return what a node has of each resource, None for swap where it does not tell."""
    status = node.get("status") or {}
    swap = ((status.get("nodeInfo") or {}).get("swap") or {}).get("capacity")
    amounts = status.get("capacity" if capacity else "allocatable") or {}
    return {**amounts, "swap": None if swap is None else str(swap)}


def _of_pod(found: Object) -> dict[str, str]:
    return quantity.total(container["usage"] for container in found["containers"])


def _sort(ctx: Context, items: list[Object], by: str, usage: Callable[[Object], Object],
          name: Callable[[Object], Json]) -> None:
    """Sort in place by name, or by cpu or memory with the greatest first."""
    amount = quantity.milli if by == "cpu" else quantity.value

    def weight(item: Object) -> int:
        return amount(usage(item).get(by, "0"))

    gosort.sort(items, (lambda a, b: weight(a) > weight(b)) if by else (lambda a, b: name(a) < name(b)),
                go_version(ctx.release))


def _cells(resources: list[str], usage: Object, available: Object | None = None) -> list[str]:
    """Return what is used of each resource, and what share that is of what is available."""
    cells = []
    for resource in resources:
        amount, whole = usage.get(resource, "0"), (available or {}).get(resource, "")
        if whole is None:
            cells += [_UNKNOWN, _UNKNOWN]
            continue
        cells.append(f"{quantity.milli(amount)}m" if resource == "cpu" else f"{quantity.value(amount) // _MEBI}Mi")
        if whole:
            total = quantity.milli(whole)
            cells.append(f"{int(quantity.milli(amount) / total * 100) if total else 0}%")
    return cells


def _print(ctx: Context, rows: list[list[str]]) -> None:
    from ..go.tabwriter import align

    ctx.out(align([[*row, ""] for row in rows]))
