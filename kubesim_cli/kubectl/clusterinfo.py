"""kubectl cluster-info and cluster-info dump (pkg/cmd/clusterinfo)."""

from __future__ import annotations

from functools import partial

from ..machinery.errors import StatusError
from .failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Object
    from .context import Context

_DUMPED = (("events", "events"), ("replicationcontrollers", "replication-controllers"), ("services", "services"),
           ("daemonsets.apps", "daemonsets"), ("deployments.apps", "deployments"), ("replicasets.apps", "replicasets"),
           ("pods", "pods"))


def run(ctx: Context) -> None:
    namespace = ctx.flags["namespace"] or "kube-system"
    listing = ctx.client.list("services", namespace, label_selector="kubernetes.io/cluster-service=true")
    host = ctx.kubeconfig.server
    ctx.out(f"Kubernetes control plane is running at {host}\n")
    for service in listing["items"]:
        meta = service["metadata"]
        name = meta.get("labels", {}).get("kubernetes.io/name") or meta["name"]
        ctx.out(f"{name} is running at {_link(service, host)}\n")
    ctx.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
    ctx.tell_simulator()


def _link(service: Object, host: str) -> str:
    meta, ports = service["metadata"], service["spec"].get("ports") or []
    ingress = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    if ingress:
        address = ingress[0].get("ip") or ingress[0].get("hostname", "")
        return "".join(f"http://{address}:{port['port']} " for port in ports)
    name = meta["name"]
    if ports:
        port = ports[0].get("name", "")
        if port == "https" or ports[0]["port"] == 443:
            name = f"https:{name}:{port}"
        elif port:
            name = f"{name}:{port}"
    return f"{host}/api/v1/namespaces/{meta['namespace']}/services/{name}/proxy"


def dump(ctx: Context) -> None:
    from .resource.scheme import typed_list
    from .util.cmdutil import output_printer
    flags = ctx.flags
    printer = output_printer(ctx, order=list)
    if flags["pod-running-timeout"] <= 0:
        raise Failure("--pod-running-timeout must be higher than zero")
    extension = {"json": ".json", "yaml": ".yaml"}.get(flags["output"], ".txt")
    if flags["all-namespaces"]:
        namespaces = [item["metadata"]["name"] for item in ctx.client.list("namespaces")["items"]]
    else:
        namespaces = flags["namespaces"] or ["kube-system", ctx.namespace]
    folder = "" if flags["output-directory"] == "-" else flags["output-directory"]
    nodes = typed_list(ctx.client.list("nodes"), ctx.release)
    _write(ctx, folder, "nodes" + extension, partial(printer, nodes))
    for namespace in namespaces:
        for resource, name in _DUMPED:
            listing = ctx.client.list(resource, namespace)
            _write(ctx, folder, ctx.files.paths.join(namespace, name + extension),
                   partial(printer, typed_list(listing, ctx.release)))
        for pod in listing["items"]:
            _write(ctx, folder, ctx.files.paths.join(namespace, pod["metadata"]["name"], "logs.txt"),
                   partial(_logs, ctx, pod))
    if folder:
        ctx.out(f"Cluster info dumped to {folder}\n")


def _logs(ctx: Context, pod: Object) -> None:
    from .util.rawhttp import request
    meta, spec = pod["metadata"], pod["spec"]
    for container in (*spec.get("initContainers", ()), *spec["containers"]):
        where = f"logs for container {container['name']} of pod {meta['namespace']}/{meta['name']} ====\n"
        ctx.out(f"==== START {where}")
        try:
            ctx.out(request(ctx, "GET", f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/log?container="
                                        + container["name"]))
        except StatusError as error:
            ctx.out(f"Request log error: {error.message}\n")
        ctx.out(f"==== END {where}")


def _write(ctx: Context, folder: str, name: str, show: Callable[[], None]) -> None:
    """Call `show`; what it prints goes to a file below `folder`, or where it goes anyway without a folder."""
    if not folder:
        show()
        return
    text, path = ctx.capture(show), ctx.files.paths.join(folder, name)
    verb = "mkdir"
    try:
        ctx.files.make_folders(ctx.files.paths.dirname(path))
        verb = "open"
        ctx.files.write(path, text)
    except OSError as error:
        raise Failure(f"{verb} {error.filename}: {(error.strerror or '').lower()}") from None
