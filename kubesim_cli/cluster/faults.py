"""Pods that crash, fail probes or start slowly, and storage classes that provision nothing, because a user said so."""

from __future__ import annotations

from ..helpers.volumes import CLASSES
from ..kubelet.containerruntime import KINDS
from ..kubelet.podfaults import matching
from ..machinery.objects import key_of
from ..machinery.pods import is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cluster import Cluster

ALL = "*"
PROBES = KINDS


class Invalid(Exception):
    """What was asked for would do nothing."""


def crash(cluster: Cluster, namespace: str, pattern: str, *, container: str = "", code: int = 1,
          again: float | None = None, memory: bool = False) -> list[str]:
    """Have the running containers of pods end now, all or one; return the names of the pods. Raises Invalid.

    `pattern`: as in file names. `again`: after how many seconds those end, too, that are started later, until `mend`;
    None: they do not. With `memory` they were out of memory, which gives them code 137.
    """
    pods = _pods(cluster, namespace, pattern, container)
    running = [pod for pod in pods if any("running" in each["state"] and container in ("", each["name"])
                                          for each in (pod.get("status") or {}).get("containerStatuses") or ())]
    if not running and again is None:
        raise Invalid(f'no container runs in "{pattern}"')
    fault = {"what": "oom" if memory else "crash", "container": container, "code": code, "again": again}
    _declare(cluster, namespace, pattern, fault, pods)
    if again is None:  # it has happened
        cluster.settle()
        cluster.state.pod_faults = cluster.state.pod_faults[:-1]
    return [pod["metadata"]["name"] for pod in running]


def fail_probes(cluster: Cluster, namespace: str, pattern: str, kinds: tuple[str, ...] = PROBES,
                container: str = "") -> None:
    """Have the probes of pods fail from now on, until `mend`; raises Invalid where pods are there that have none."""
    pods = _pods(cluster, namespace, pattern, container)
    if pods and not any(each.get(f"{kind}Probe") for pod in pods for each in pod["spec"]["containers"]
                        for kind in kinds if container in ("", each["name"])):
        raise Invalid(f'"{pattern}" has no {" or ".join(kinds)} probe')
    _declare(cluster, namespace, pattern, {"what": "probe", "container": container, "probes": list(kinds)}, pods)


def slow_down(cluster: Cluster, namespace: str, pattern: str, seconds: float) -> None:
    """Have pods that are yet to start do so later than they would, until `mend`."""
    _declare(cluster, namespace, pattern, {"what": "slow", "container": "", "seconds": seconds},
             _pods(cluster, namespace, pattern, ""))


def mend(cluster: Cluster, namespace: str, pattern: str) -> bool:
    """Forget what was said of pods by this very pattern; return whether there was anything."""
    cluster.hold()
    kept = [each for each in cluster.state.pod_faults if (each["namespace"], each["pod"]) != (namespace, pattern)]
    gone = [each for each in cluster.state.pod_faults if each not in kept]
    cluster.state.pod_faults = kept
    _look_again(cluster, [pod for pod in cluster.client.items("pods", namespace) if matching(gone, pod)])
    return bool(gone)


def _pods(cluster: Cluster, namespace: str, pattern: str, container: str) -> list[Object]:
    """Return the pods of a pattern; a name that no pod has is refused, and a container that none of them has."""
    probe = [{"namespace": namespace, "pod": pattern}]
    pods = [pod for pod in cluster.client.items("pods", namespace) if matching(probe, pod) and not is_terminal(pod)]
    if not pods and not any(sign in pattern for sign in "*?["):
        raise Invalid(f'there is no pod "{pattern}" in namespace "{namespace}"; a pattern such as "{pattern}*" may be '
                      "of pods that are to come")
    if container and pods and not any(each["name"] == container for pod in pods for each in pod["spec"]["containers"]):
        raise Invalid(f'"{pattern}" has no container "{container}"')
    return pods


def _declare(cluster: Cluster, namespace: str, pattern: str, fault: Object, pods: list[Object]) -> None:
    cluster.hold()
    cluster.state.pod_faults = [*cluster.state.pod_faults,
                                {"namespace": namespace, "pod": pattern, "at": cluster.now, **fault}]
    _look_again(cluster, pods)


def _look_again(cluster: Cluster, pods: list[Object]) -> None:
    for pod in pods:
        cluster.manager.enqueue("kubelet", key_of(pod))


def fail_storage(cluster: Cluster, name: str) -> None:
    """Let a storage class provision nothing, or ALL of them; claims that wait for it stay Pending. Raises Invalid."""
    if name != ALL and cluster.client.find(CLASSES, name) is None:
        raise Invalid(f'there is no storage class "{name}"')
    cluster.hold()
    if name not in cluster.state.failing_classes:
        cluster.state.failing_classes = [*cluster.state.failing_classes, name]


def mend_storage(cluster: Cluster, name: str) -> bool:
    """Let a class, or with ALL every one, provision again; what waits gets its volume at once. Whether any failed."""
    cluster.hold()
    failing = cluster.state.failing_classes
    cluster.state.failing_classes = [] if name == ALL else [each for each in failing if each != name]
    cluster.manager.enqueue("persistentvolumeclaim-binder", ALL)
    return failing != cluster.state.failing_classes


def told(fault: Object) -> str:
    """Tell a fault of pods in a line."""
    words = [f"pod/{fault['pod']}", "-n", fault["namespace"]]
    if fault["container"]:
        words += ["-c", fault["container"]]
    words.append(fault["what"])
    if fault["what"] == "probe":
        words += fault["probes"]
    if fault["what"] == "slow":
        words.append(f"{fault['seconds']:g}s")
    if fault.get("again") is not None:
        words.append(f"{fault['again']:g}s after each start")
    return " ".join(words)
