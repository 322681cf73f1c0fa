"""The namespace controller: a namespace that was deleted goes once all that was in it has gone.

Kubernetes: pkg/controller/namespace/ (namespace_controller.go, deletion/).
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from ..machinery import conditions, timestamps
from ..machinery.errors import StatusError
from ..machinery.pods import is_terminal
from ..releases.gates import enabled
from .pods import write_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.discovery import Resource
    from ..machinery.types import Key, Object

GRACE = 5              # seconds from a deletion to the first look (namespaceDeletionGracePeriod)
FINALIZER_WAIT = 15    # seconds that finalizers are thought to take (finalizerEstimateSeconds)

_FINE = {
    "NamespaceDeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": ("ParsedGroupVersions",
                                                    "All legacy kube types successfully parsed"),
    "NamespaceDeletionContentFailure": ("ContentDeleted", "All content successfully deleted, may be waiting on "
                                                          "finalization"),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": ("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}


def _in_deletion(change: Change) -> Iterable[Key]:
    """Watch function: a namespace when its deletion begins, and when something else lets go of it."""
    old, new = change.old, change.new
    if new is None or "deletionTimestamp" not in new["metadata"]:
        return ()
    meta, before = new["metadata"], old["metadata"] if old is not None else {}
    if "deletionTimestamp" in before and meta.get("finalizers") == before.get("finalizers") and (
            old is not None and new.get("spec") == old.get("spec")):
        return ()
    return (meta["name"],)


class NamespaceController(Controller):
    name = "namespace"
    watches = {"namespaces": _in_deletion}

    def sync(self, api: Client, key: str) -> float | None:
        namespace = api.find("namespaces", key)
        if namespace is None or "deletionTimestamp" not in namespace["metadata"]:
            return None
        if "kubernetes" not in (namespace.get("spec", {}).get("finalizers") or ()):
            return None
        start = timestamps.parse(namespace["metadata"]["deletionTimestamp"]) + GRACE
        if api.now < start:
            return start
        contents = _Contents(api, key, api.now - (start - GRACE))
        contents.delete()
        status = {**namespace["status"], "conditions": contents.conditions(namespace)}
        changed = status != namespace["status"]
        write_status(api, "namespaces", namespace, status)
        if contents.remaining or contents.failures:
            return api.now + (GRACE if changed else contents.wait // 2 + 1)
        left = [name for name in namespace["spec"]["finalizers"] if name != "kubernetes"]
        api.update("namespaces", {**namespace, "status": status, "spec": {"finalizers": left}}, subresource="finalize")
        return None


class _Contents:
    """What is left in a namespace: `remaining` (resource -> count), `finalizers` (name -> count), `failures` (texts);
    `wait` is how many seconds the rest is thought to take."""

    def __init__(self, api: Client, namespace: str, age: float):
        self.api, self.namespace, self.age = api, namespace, age
        self.remaining: dict[str, int] = {}
        self.finalizers: dict[str, int] = {}
        self.failures: list[str] = []
        self.wait = 0
        self.told = True  # whether what remains shows in the conditions

    def delete(self) -> None:
        """Delete everything that can be deleted now."""
        resources = [res for res in self.api.discovery.preferred() if res.namespaced and "delete" in res.verbs]
        resources.sort(key=lambda res: res.name != "pods")
        for res in resources:
            self._delete_all(res)
            if res.name == "pods" and self.remaining and enabled("OrderedNamespaceDeletion", self.api.release):
                self.told = False
                return

    def _delete_all(self, res: Resource) -> None:
        items = self.api.items(res.name, self.namespace)
        if not items:
            return
        wait = self._grace(items) if res.name == "pods" else 0
        try:
            for obj in items:
                self._delete(res.name, obj["metadata"]["name"])
        except StatusError as error:
            self.failures.append(error.message)
            return
        items = self.api.items(res.name, self.namespace)
        if not items:
            return
        self.remaining[res.name] = len(items)
        held = False
        for obj in items:
            for finalizer in obj["metadata"].get("finalizers") or ():
                self.finalizers[finalizer] = self.finalizers.get(finalizer, 0) + 1
                held = True
        if not wait and not held:
            gvr = f"{f'{res.group}/' if res.group else '/'}{res.version}, Resource={res.plural}"
            self.failures.append(f"unexpected items still remain in namespace: {self.namespace} for gvr: {gvr}")
        self.wait = max(self.wait, wait or FINALIZER_WAIT)

    def _grace(self, pods: list[Object]) -> int:
        """Return how long the longest of the pods may take to end, 0 where that time is over."""
        longest = max((pod["spec"].get("terminationGracePeriodSeconds") or 0 for pod in pods
                       if not is_terminal(pod)), default=0)
        return longest if self.age < longest else 0

    def _delete(self, resource: str, name: str) -> None:
        try:
            self.api.delete(resource, name, self.namespace, propagation="Background")
        except StatusError as error:
            if error.reason != "NotFound":
                raise

    def conditions(self, namespace: Object) -> list[Object]:
        """Return the namespace's conditions brought up to date (namespaceConditionUpdater)."""
        found = list(namespace.get("status", {}).get("conditions") or ())
        problems = {}
        if self.failures:
            problems["NamespaceDeletionContentFailure"] = (
                "ContentDeletionFailed", f"Failed to delete all resource types, {len(self.failures)} remaining: "
                                         f"{', '.join(sorted(self.failures))}")
        if self.remaining and self.told:
            counts = sorted(f"{name if '.' in name else f'{name}.'} has {count} resource instances"
                            for name, count in self.remaining.items())
            problems["NamespaceContentRemaining"] = ("SomeResourcesRemain",
                                                     f"Some resources are remaining: {', '.join(counts)}")
        if self.finalizers and self.told:
            counts = sorted(f"{name} in {count} resource instances" for name, count in self.finalizers.items())
            problems["NamespaceFinalizersRemaining"] = (
                "SomeFinalizersRemain", f"Some content in the namespace has finalizers remaining: {', '.join(counts)}")
        for type_, fine in _FINE.items():
            reason, message = problems.get(type_, fine)
            new = {"type": type_, "status": "True" if type_ in problems else "False", "reason": reason,
                   "message": message}
            conditions.set_condition(found, new, self.api.now)
        return found
