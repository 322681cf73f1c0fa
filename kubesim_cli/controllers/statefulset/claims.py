"""The claims of a StatefulSet's pods: making them, and saying in their ownerReferences when they are to go.

Kubernetes: pkg/controller/statefulset/stateful_pod_control.go and stateful_set_utils.go.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.objects import clone
from .. import pods
from ..refs import controller_ref
from .events import record_claim
from .identity import claim_name, claim_templates, in_range, ordinal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...apiserver.client import Client
    from ...machinery.types import Object

CLAIMS = "persistentvolumeclaims"


def of_pod(api: Client, set_: Object, pod: Object) -> Iterator[tuple[str, Object | None]]:
    """Yield (name, claim or None) for every claim that the pod should have."""
    number = ordinal(pod)
    for template in claim_templates(set_):
        name = claim_name(set_, template, number)
        yield name, api.find(CLAIMS, name, set_["metadata"]["namespace"])


def create_missing(api: Client, set_: Object, pod: Object) -> None:
    """Make the claims that the pod lacks. Raises StatusError where that fails, or where one is in deletion."""
    failures = []
    for template, (name, claim) in zip(claim_templates(set_), of_pod(api, set_, pod)):
        if claim is not None:
            if "deletionTimestamp" in claim["metadata"]:
                failures.append(f"pvc {name} is being deleted")
            continue
        try:
            api.create(CLAIMS, _new_claim(set_, template, name), set_["metadata"]["namespace"])
        except StatusError as error:
            failures.append(f"failed to create PVC {name}: {error.message}")
            if error.reason != "AlreadyExists":
                record_claim(api, "create", set_, pod, name, error)
        else:
            record_claim(api, "create", set_, pod, name)
    if failures:
        raise pods.failure(failures[0] if len(failures) == 1 else f"[{', '.join(failures)}]")


def _new_claim(set_: Object, template: Object, name: str) -> Object:
    claim = clone(template)
    meta = claim["metadata"]
    meta["name"], meta["namespace"] = name, set_["metadata"]["namespace"]
    labels = {**meta.get("labels", {}), **(set_["spec"]["selector"].get("matchLabels") or {})}
    if labels:
        meta["labels"] = labels
    claim.update(apiVersion="v1", kind="PersistentVolumeClaim")
    return claim


def are_stale(api: Client, set_: Object, pod: Object) -> bool:
    """Tell whether a claim still waits to go with an earlier pod of this name, so that no new one may be made."""
    if _policy(set_)["whenScaled"] != "Delete":
        return False
    return any(claim is not None and _is_stale(claim, pod) for _, claim in of_pod(api, set_, pod))


def match_policy(api: Client, set_: Object, pod: Object) -> bool:
    """Tell whether the ownerReferences of the pod's claims are as the retention policy wants them."""
    return all(claim is None or _up_to_date(claim, set_, pod) for _, claim in of_pod(api, set_, pod))


def apply_policy(api: Client, set_: Object, pod: Object) -> None:
    """Make the ownerReferences of the pod's claims as the retention policy wants them. Raises StatusError."""
    for name, claim in of_pod(api, set_, pod):
        if claim is None:
            continue
        unexpected = _unexpected_controller(claim, set_, pod)
        if unexpected:
            api.record(set_, "Warning", "ConflictingController",
                       f"PersistentVolumeClaim {name} has a conflicting OwnerReference that acts as a manging "
                       "controller, the retention policy is ignored for this claim", "statefulset-controller")
        if _up_to_date(claim, set_, pod):
            continue
        changed = clone(claim)
        owners = [ref for ref in _refs(claim) if not _names(ref, set_) and not _names(ref, pod)]
        if not unexpected:
            wanted = _wanted_owner(set_, pod)
            if wanted is not None and not _owned_by(owners, wanted):
                owners.append(controller_ref(wanted))
        changed["metadata"].pop("ownerReferences", None)
        if owners:
            changed["metadata"]["ownerReferences"] = owners
        try:
            api.update(CLAIMS, changed, claim["metadata"]["namespace"])
        except StatusError as error:
            raise pods.failure(f"could not update claim {name} for delete policy ownerRefs: "
                               f"{error.message}") from error


def _policy(set_: Object) -> Object:
    policy = set_["spec"].get("persistentVolumeClaimRetentionPolicy")
    return policy or {"whenScaled": "Retain", "whenDeleted": "Retain"}


def _wanted_owner(set_: Object, pod: Object) -> Object | None:
    """Return whom the pod's claims should go with: a pod that was scaled away, or the set."""
    policy = _policy(set_)
    if policy["whenScaled"] == "Delete" and not in_range(pod, set_):
        return pod
    return set_ if policy["whenDeleted"] == "Delete" else None


def _refs(claim: Object) -> list[Object]:
    return claim["metadata"].get("ownerReferences") or []


def _names(ref: Object, obj: Object) -> bool:
    """Tell whether a reference names an object of this kind and name, of whatever UID (matchesRef)."""
    return (ref["apiVersion"] == obj["apiVersion"] and ref["kind"] == obj["kind"]
            and ref["name"] == obj["metadata"]["name"])


def _owned_by(refs: list[Object], obj: Object) -> bool:
    return any(ref["uid"] == obj["metadata"].get("uid", "") for ref in refs)


def _is_stale(claim: Object, obj: Object) -> bool:
    """Tell whether the claim is owned by an earlier object of this kind and name (hasStaleOwnerRef)."""
    ref = next((ref for ref in _refs(claim) if _names(ref, obj)), None)
    return ref is not None and ref["uid"] != obj["metadata"].get("uid", "")


def _unexpected_controller(claim: Object, set_: Object, pod: Object) -> bool:
    if "Delete" not in _policy(set_).values():
        return False
    for ref in _refs(claim):
        ours = next((obj for obj in (set_, pod) if _names(ref, obj)), None)
        if ours is not None:
            if ref["uid"] != ours["metadata"].get("uid", ""):
                return True
        elif ref.get("controller"):
            return True
    return False


def _up_to_date(claim: Object, set_: Object, pod: Object) -> bool:
    """isClaimOwnerUpToDate."""
    if _is_stale(claim, set_) or _is_stale(claim, pod):
        return True
    refs = _refs(claim)
    by_set, by_pod = _owned_by(refs, set_), _owned_by(refs, pod)
    if _unexpected_controller(claim, set_, pod):
        return not (by_set or by_pod)
    uids = (set_["metadata"]["uid"], pod["metadata"].get("uid", ""))
    if any(ref["uid"] in uids and not ref.get("controller") for ref in refs):
        return False
    wanted = _wanted_owner(set_, pod)
    if _policy(set_)["whenScaled"] == "Retain" or wanted is not pod:
        return by_set == (wanted is set_) and not by_pod
    return by_pod and not by_set
