"""What the commands on running containers share: finding the pod and the container (pkg/cmd/util/podcmd)."""

from __future__ import annotations

from ...machinery.pods import is_phase_terminal
from ...releases.kubectl import does
from ..failures import Failure, Usage
from ..resource import builder
from ..resource.scheme import KUBECTL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context
    from ..resource.info import Info

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
_OWNERS = ("ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Deployment", "Job")
_FIELDS = (("containers", ""), ("ephemeralContainers", " (ephem)"), ("initContainers", " (init)"))


def untold(pod: Object, container: str, why: str) -> Failure:
    """The failure where what a container has said cannot be told."""
    from ...go.fmt import quote

    return Failure(f"kubesim cannot tell what container {quote(container)} in pod {quote(pod['metadata']['name'])} has "
                   f"said: {why}")


def no_upgrade(ctx: Context, why: str) -> str:
    """Return what kubectl says where a node refuses a stream."""
    text = f"unable to upgrade connection: {why}"
    return f"Internal error occurred: {text}" if does("StreamsOverWebSockets", ctx.release) else text


def running_timeout(flags: Flags) -> float:
    """Return --pod-running-timeout; raises Usage for what is no time to wait."""
    timeout: float = flags["pod-running-timeout"]
    if timeout <= 0:
        raise Usage("--pod-running-timeout must be higher than zero")
    return timeout


def select(ctx: Context, args: list[str], resource: str = "pods", scheme: str = KUBECTL) -> list[Info]:
    """Return the Infos of NAME or TYPE/NAME arguments."""
    return builder.from_flags(ctx, args, resource=resource, continue_on_error=False,
                              scheme=scheme).infos()


def pod_of(ctx: Context, obj: Object, timeout: float, doing: str = "attach to") -> Object:
    """Return the pod to work on: the object itself, or the first pod of a workload or Service, waited for."""
    return pods_of(ctx, obj, timeout, doing)[0]


def pods_of(ctx: Context, obj: Object, timeout: float, doing: str) -> list[Object]:
    """Return the object itself, or the pods of a workload or Service, waited for, the best first."""
    if obj["kind"] == "Pod":
        return [obj]
    selector = _selector(obj, doing)
    namespace = obj["metadata"]["namespace"]

    def pods() -> list[Object]:
        found: list[Object] = ctx.client.list("pods", namespace, label_selector=selector)["items"]
        return found

    found = ctx.wait(pods, timeout)
    if not found:
        raise Failure("timed out waiting for the condition")
    return sorted(found, key=_rank)


def _selector(obj: Object, doing: str) -> str:
    from ...machinery import selectors

    kind, version = obj["kind"], obj["apiVersion"].rpartition("/")[2]
    spec = obj.get("spec") or {}
    if kind == "Service":
        if not spec.get("selector"):
            raise Failure(f"cannot {doing} *v1.Service: invalid service '{obj['metadata']['name']}': Service is "
                          "defined without a selector")
        return selectors.format(selectors.of_map(spec["selector"]))
    if kind not in _OWNERS:
        told = f"*{version}.{kind}"
        raise Failure(f"cannot {doing} {told}: selector for {told} not implemented")
    if kind == "ReplicationController":
        return selectors.format(selectors.of_map(spec.get("selector")))
    return selectors.format(selectors.of_label_selector(spec.get("selector")) or [])


def _rank(pod: Object) -> tuple[object, ...]:
    """Pods that run longest come first (podutils.ActivePods, the other way round)."""
    phases = {"Running": 0, "Pending": 1}
    status = pod.get("status") or {}
    ready = any(condition["type"] == "Ready" and condition["status"] == "True"
                for condition in status.get("conditions") or ())
    return (not pod["spec"].get("nodeName"), phases.get(status.get("phase", ""), 2), not ready,
            pod["metadata"].get("creationTimestamp", ""), pod["metadata"]["name"])


def names(pod: Object) -> str:
    """Return all container names of a pod, as messages list them."""
    return ", ".join(container["name"] + mark for field, mark in _FIELDS for container in pod["spec"].get(field) or ())


def find(pod: Object, name: str) -> Object | None:
    """Return a container of any sort by its name."""
    containers: list[Object] = [container for field, _ in _FIELDS for container in pod["spec"].get(field) or ()]
    return next((container for container in containers if container["name"] == name), None)


def container_of(ctx: Context, pod: Object, name: str, quiet: bool, unknown: str = "not found in",
                 tell: Callable[[str], object] | None = None) -> Object:
    """Return the named container, or the default one; raises Failure.

    `unknown` is what older releases say that a wrong name is; `tell` gets what is said of the default, else stderr.
    """
    wanted = name or (pod["metadata"].get("annotations") or {}).get(DEFAULT_CONTAINER, "")
    container = find(pod, wanted)
    if container:
        return container
    if wanted and does("ContainerChoices", ctx.release):
        raise Failure(f"container {wanted} is not valid for pod {pod['metadata']['name']} out of: {names(pod)}")
    if name:
        raise Failure(f"container {name} {unknown} pod {pod['metadata']['name']}")
    first: Object = pod["spec"]["containers"][0]
    if not quiet and names(pod) != first["name"]:
        from ...go.fmt import quote

        (tell or ctx.err)(f"Defaulted container {quote(first['name'])} out of: {names(pod)}\n")
    return first


def refuse_completed(pod: Object, doing: str) -> None:
    """Refuse a pod that has ended."""
    phase = (pod.get("status") or {}).get("phase")
    if is_phase_terminal(phase):
        raise Failure(f"cannot {doing} a container in a completed pod; current phase is {phase}")
