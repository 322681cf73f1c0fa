"""The claims of pods for devices: made of their templates, released when their pods are done
(pkg/controller/resourceclaim)."""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..helpers.resourceclaims import CLAIMS, FINALIZER, POD_CLAIM_ANNOTATION, TEMPLATES, names
from ..machinery.objects import clone, key_of, split_key
from ..machinery.pods import is_terminal
from ..releases.gates import enabled
from .refs import controller_ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object


def _wanting(change: Change) -> Iterable[Key]:
    """A pod with claims."""
    return (key_of(change.new),) if change.new is not None and change.new["spec"].get("resourceClaims") else ()


def _template(change: Change) -> Iterable[Key]:
    """All pods of the namespace may have waited for a template."""
    return (f"{change.object['metadata']['namespace']}/*",) if change.type == "ADDED" else ()


def _done(change: Change) -> Iterable[Key]:
    """The claims of a pod that has ended or is gone."""
    pod = change.object
    if not pod["spec"].get("resourceClaims") or not (change.new is None or is_terminal(change.new)):
        return ()
    return [f"{pod['metadata']['namespace']}/{name}" for _, name in names(pod) if name]


class ResourceClaims(Controller):
    """Makes claims."""

    name = "resourceclaim"
    watches = {"pods": _wanting, TEMPLATES: _template}

    def sync(self, api: Client, key: str) -> None:
        if not enabled("DynamicResourceAllocation", api.release):
            return
        namespace, name = split_key(key)
        found = api.items("pods", namespace) if name == "*" else [api.find("pods", name, namespace)]
        for pod in found:
            if pod is not None and "deletionTimestamp" not in pod["metadata"] and not is_terminal(pod):
                self._make(api, pod)

    @staticmethod
    def _make(api: Client, pod: Object) -> None:
        """Make what is missing of the pod's claims, and tell in its status how they are called."""
        meta, made = pod["metadata"], []
        for entry, found in names(pod):
            if found is not None:
                continue
            wanted = entry["resourceClaimTemplateName"]
            template = api.find(TEMPLATES, wanted, meta["namespace"])
            if template is None:
                api.record(pod, "Warning", "FailedResourceClaimCreation",
                           f'PodResourceClaim {entry["name"]}: resource claim template "{wanted}": '
                           f'resourceclaimtemplate.resource.k8s.io "{wanted}" not found', "resource_claim")
                return
            own = template["spec"].get("metadata") or {}
            claim = api.create(CLAIMS, {
                "apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": {
                    "generateName": f"{meta['name']}-{entry['name']}-", "ownerReferences": [controller_ref(pod)],
                    **({"labels": clone(own["labels"])} if own.get("labels") else {}),
                    "annotations": {**(own.get("annotations") or {}), POD_CLAIM_ANNOTATION: entry["name"]}},
                "spec": clone(template["spec"]["spec"])}, meta["namespace"])
            made.append({"name": entry["name"], "resourceClaimName": claim["metadata"]["name"]})
        if made:
            changed = clone(pod)
            status = changed.setdefault("status", {})
            status["resourceClaimStatuses"] = [*(status.get("resourceClaimStatuses") or ()), *made]
            api.update_status("pods", changed)


class ResourceClaimRelease(Controller):
    """Takes claims back."""

    name = "resourceclaim-release"
    watches = {"pods": _done, CLAIMS: itself}

    def sync(self, api: Client, key: str) -> None:
        namespace, name = split_key(key)
        claim = api.find(CLAIMS, name, namespace)
        if claim is not None:
            self._release(api, claim)

    @staticmethod
    def _release(api: Client, claim: Object) -> None:
        """Forget users that are done; a claim without any gives its devices back."""
        meta, status = claim["metadata"], claim.get("status") or {}
        users = status.get("reservedFor") or []
        left = [user for user in users if user.get("resource") != "pods"
                or _uses(api.find("pods", user["name"], meta["namespace"]), user)]
        new = clone(claim)
        if left != users:
            new["status"].pop("reservedFor")
            if left:
                new["status"]["reservedFor"] = left
        if not left and status.get("allocation") and users:
            del new["status"]["allocation"]
        if new != claim:
            new = api.update_status(CLAIMS, new)
        finalizers = meta.get("finalizers") or []
        if FINALIZER in finalizers and not (new.get("status") or {}).get("allocation"):
            new = clone(new)
            new["metadata"]["finalizers"] = [name for name in finalizers if name != FINALIZER]
            new = api.update(CLAIMS, new, meta["namespace"])
        owner = next((ref for ref in meta.get("ownerReferences") or () if ref.get("controller")), None)
        if owner is not None and owner["kind"] == "Pod" and "deletionTimestamp" not in meta and users and not left:
            api.delete(CLAIMS, meta["name"], meta["namespace"])


def _uses(pod: Object | None, user: Object) -> bool:
    return pod is not None and pod["metadata"]["uid"] == user.get("uid") and not is_terminal(pod)
