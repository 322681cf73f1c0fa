"""Nodes, with what their pods ask for."""

from __future__ import annotations

from ....machinery import quantity
from ....machinery.errors import StatusError
from ....machinery.wellknown import LABEL_NODE_ROLE_PREFIX, NODE_LABEL_ROLE
from ....releases.kubectl import does
from .events import describe_events, list_all, search
from .podresources import pod_limits, pod_requests
from .writer import Writer, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object
    from . import Context

GROUP = ""

_INFO = (("Machine ID", "machineID"), ("System UUID", "systemUUID"), ("Boot ID", "bootID"),
         ("Kernel Version", "kernelVersion"), ("OS Image", "osImage"), ("Operating System", "operatingSystem"),
         ("Architecture", "architecture"), ("Container Runtime Version", "containerRuntimeVersion"),
         ("Kubelet Version", "kubeletVersion"))
_POOLS_SHOWN = 10


def describe(node: Object, w: Writer, ctx: Context) -> None:
    meta, spec, status = node["metadata"], node.get("spec") or {}, node.get("status") or {}
    pods = _pods(meta["name"], ctx)
    labels = meta.get("labels") or {}
    roles = {key.removeprefix(LABEL_NODE_ROLE_PREFIX) for key in labels if key.startswith(LABEL_NODE_ROLE_PREFIX)}
    roles.add(labels.get(NODE_LABEL_ROLE, ""))
    w.line(0, "Name", meta["name"])
    w.line(0, "Roles", ",".join(sorted(role for role in roles if role)) or "<none>")
    w.labels("Labels", labels)
    w.annotations("Annotations", meta.get("annotations"))
    w.line(0, "CreationTimestamp", time_text(meta.get("creationTimestamp")))
    taints = sorted(spec.get("taints") or (), key=lambda taint: f"{taint.get('effect', '')},{taint['key']}")
    w.lines("Taints", [_taint(taint) for taint in taints])
    w.line(0, "Unschedulable", "true" if spec.get("unschedulable") else "false")
    _lease(meta["name"], w, ctx)
    if status.get("conditions"):
        w.write(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n")
        w.write(1, "----\t------\t-----------------\t------------------\t------\t-------\n")
    for c in status.get("conditions") or ():
        w.write(1, f"{c['type']} \t{c['status']} \t{time_text(c.get('lastHeartbeatTime'))} "
                   f"\t{time_text(c.get('lastTransitionTime'))} \t{c.get('reason', '')} \t{c.get('message', '')}\n")
    w.write(0, "Addresses:\n")
    for address in status.get("addresses") or ():
        w.line(1, address["type"], address["address"])
    for title, key in (("Capacity", "capacity"), ("Allocatable", "allocatable")):
        if status.get(key):
            w.write(0, f"{title}:\n")
            for name, amount in sorted(status[key].items()):
                w.line(1, name, quantity.canonical(amount))
    _resource_slices(meta["name"], w, ctx)
    w.write(0, "System Info:\n")
    info = status.get("nodeInfo") or {}
    for label, key in _INFO:
        w.line(1, label, info.get(key, ""))
    w.line(1, "Kube-Proxy Version", info.get("kubeProxyVersion", ""), until=(1, 36))
    for label, key in (("PodCIDR", "podCIDR"), ("PodCIDRs", "podCIDRs"), ("ProviderID", "providerID")):
        value = spec.get(key)
        if value:
            w.line(0, label, ",".join(value) if isinstance(value, list) else value)
    if pods is None:
        w.line(0, "Pods", "not authorized")
    else:
        _pod_resources(pods, status.get("allocatable") or status.get("capacity") or {}, w)
    if ctx.show_events:  # the kubelet's events have the node's name for a UID
        describe_events(search(ctx.client, node, chunk_size=ctx.chunk_size)
                        + search(ctx.client, node, uid=meta["name"], chunk_size=ctx.chunk_size), w)


def _pods(node: str, ctx: Context) -> list[Object] | None:
    """Return the node's pods that have not ended, None where the user may not see them."""
    selector = f"spec.nodeName={node},status.phase!=Succeeded,status.phase!=Failed"
    try:
        return list_all(ctx.client, "pods", "", chunk_size=ctx.chunk_size, field_selector=selector)
    except StatusError as error:
        if error.reason == "Forbidden":
            return None
        raise


def _taint(taint: Object) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    effect = f":{taint['effect']}" if taint.get("effect") else ""
    return f"{taint['key']}{value}{effect}"


def _lease(node: str, w: Writer, ctx: Context) -> None:
    try:
        lease = ctx.client.get("leases.coordination.k8s.io", node, "kube-node-lease")
    except StatusError as error:
        w.line(0, "Lease", f"Failed to get lease: {error}")
        return
    spec = lease.get("spec") or {}
    w.write(0, "Lease:\n")
    w.line(1, "HolderIdentity", "<unset>" if spec.get("holderIdentity") is None else spec["holderIdentity"])
    for label, key in (("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")):
        w.line(1, label, time_text(spec[key]) if spec.get(key) else "<unset>")


def _resource_slices(node: str, w: Writer, ctx: Context) -> None:
    """Write how many slices and devices the drivers offer on this node, by pool."""
    if not does("NodeResourceSlices", w.release):
        return
    try:
        slices = list_all(ctx.client, "resourceslices.resource.k8s.io", "", field_selector=f"spec.nodeName={node}")
    except StatusError:
        return
    pools: dict[str, list[Json]] = {}
    for slice_ in slices:
        driver, pool = slice_["spec"]["driver"], slice_["spec"]["pool"]["name"]
        counts = pools.setdefault(f"{driver}/{pool}", [driver, pool, 0, 0])
        counts[2] += 1
        counts[3] += len(slice_["spec"].get("devices") or ())
    if not pools:
        return
    w.write(0, "Node-Local ResourceSlices:\n")
    w.columns(1, "Driver", "Pool", "Slices", "Devices")
    for key in sorted(pools)[:_POOLS_SHOWN]:
        w.write(1, "\t".join(map(str, pools[key])) + "\n")
    if len(pools) > _POOLS_SHOWN:
        w.write(1, f"...and {len(pools) - _POOLS_SHOWN} more pools\n")


def _pod_resources(pods: list[Object], allocatable: Object, w: Writer) -> None:
    w.line(0, "Non-terminated Pods", f"({len(pods)} in total)")
    w.columns(1, "Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}
    for pod in pods:
        meta = pod["metadata"]
        asked, bound = pod_requests(pod, w.release), pod_limits(pod, w.release)
        cells = [_share(amounts, name, allocatable) for name in ("cpu", "memory") for amounts in (asked, bound)]
        w.write(1, "\t".join([meta.get("namespace", ""), meta["name"], "", *cells,
                              w.age(meta.get("creationTimestamp"))]) + "\n")
        for totals, amounts in ((requests, asked), (limits, bound)):
            for name, amount in amounts.items():
                totals[name] = quantity.add(totals[name], amount) if name in totals else amount
    w.write(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n")
    w.columns(1, "Resource", "Requests", "Limits")
    shared = ["cpu", "memory", "ephemeral-storage", *sorted(n for n in allocatable if n.startswith("hugepages-"))]
    for name in shared:
        w.write(1, f"{name}\t{_share(requests, name, allocatable)}\t{_share(limits, name, allocatable)}\n")
    for name in sorted(set(allocatable) - {*shared, "pods"}):
        w.write(1, f"{name}\t{_amount(requests, name)}\t{_amount(limits, name)}\n")


def _amount(amounts: Object, name: str) -> str:
    return quantity.canonical(amounts.get(name, "0"))


def _share(amounts: Object, name: str, allocatable: Object) -> str:
    """Return an amount and which part of the allocatable it is: `100m (5%)`."""
    amount = amounts.get(name, "0")
    measure = quantity.milli if name == "cpu" else quantity.value
    whole = measure(allocatable.get(name, "0"))
    return f"{quantity.canonical(amount)} ({int(measure(amount) / whole * 100) if whole else 0}%)"
