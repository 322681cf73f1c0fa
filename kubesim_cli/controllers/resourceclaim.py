"""The claims of pods for devices: made of their templates, released when their pods are done
(pkg/controller/resourceclaim)."""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from ..helpers.resourceclaims import CLAIMS, FINALIZER, POD_CLAIM_ANNOTATION, TEMPLATES, names
from ..machinery.errors import StatusError
from ..machinery.objects import clone, key_of, split_key
from ..machinery.pods import is_terminal
from ..releases.gates import enabled
from .refs import controller_ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object


def _pod(change: Change) -> Iterable[Key]:
    """A pod with claims, and when it has ended or is gone, its claims."""
    pod = change.object
    if not pod["spec"].get("resourceClaims"):
        return ()
    keys = [f"pod:{key_of(pod)}"]
    if change.new is None or is_terminal(change.new):
        keys += [f"claim:{pod['metadata']['namespace']}/{name}" for _, name in names(pod) if name]
    return keys


def _claim(change: Change) -> Iterable[Key]:
    return (f"claim:{key_of(change.object)}",)


class ResourceClaims(Controller):
    name = "resourceclaim"
    watches = {"pods": _pod, CLAIMS: _claim}

    def sync(self, api: Client, key: str) -> None:
        if not enabled("DynamicResourceAllocation", api.release):
            return
        what, _, of = key.partition(":")
        namespace, name = split_key(of)
        if what == "pod":
            pod = api.find("pods", name, namespace)
            if pod is not None and "deletionTimestamp" not in pod["metadata"] and not is_terminal(pod):
                self._make(api, pod)
        else:
            claim = api.find(CLAIMS, name, namespace)
            if claim is not None:
                self._release(api, claim)

    @staticmethod
    def _make(api: Client, pod: Object) -> None:
        """Make what is missing of the pod's claims, and tell in its status how they are called."""
        meta, made = pod["metadata"], []
        for entry, found in names(pod):
            if found is not None:
                continue
            template = api.find(TEMPLATES, entry["resourceClaimTemplateName"], meta["namespace"])
            if template is None:
                api.record(pod, "Warning", "FailedResourceClaimCreation",
                           f"PodResourceClaim {entry['name']}: resource claim template "
                           f'"{entry["resourceClaimTemplateName"]}": resourceclaimtemplate.resource.k8s.io '
                           f'"{entry["resourceClaimTemplateName"]}" not found', "resource_claim")
                raise StatusError(404, "NotFound", "no such template")
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
