"""ResourceClaims of pods: which they are, and who uses one (k8s.io/dynamic-resource-allocation/resourceclaim)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Object

CLAIMS = "resourceclaims.resource.k8s.io"
TEMPLATES = "resourceclaimtemplates.resource.k8s.io"
CLASSES = "deviceclasses.resource.k8s.io"
SLICES = "resourceslices.resource.k8s.io"
FINALIZER = "resource.kubernetes.io/delete-protection"
POD_CLAIM_ANNOTATION = "resource.kubernetes.io/pod-claim-name"


def names(pod: Object) -> Iterator[tuple[Object, str | None]]:
    """Yield (entry of the pod's spec.resourceClaims, name of its claim); the name is None while the claim has yet to be
    made of its template, and "" where the pod needs none."""
    made = {each["name"]: each.get("resourceClaimName") or ""
            for each in (pod.get("status") or {}).get("resourceClaimStatuses") or ()}
    for entry in pod["spec"].get("resourceClaims") or ():
        if entry.get("resourceClaimName"):
            yield entry, entry["resourceClaimName"]
        else:
            yield entry, made.get(entry["name"])


def reserved_for(claim: Object, pod: Object) -> bool:
    """Tell whether a claim is reserved for a pod."""
    users = (claim.get("status") or {}).get("reservedFor") or ()
    return any(user.get("uid") == pod["metadata"]["uid"] for user in users)
