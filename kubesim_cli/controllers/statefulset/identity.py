"""What makes a pod the Nth one of a StatefulSet: its name, its labels, its volumes.

Kubernetes: pkg/controller/statefulset/stateful_set_utils.go.
"""

from __future__ import annotations

from ...machinery.wellknown import CONTROLLER_REVISION_HASH_LABEL_KEY
from .. import pods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

NAME_LABEL = "statefulset.kubernetes.io/pod-name"
INDEX_LABEL = "apps.kubernetes.io/pod-index"


def parent_and_ordinal(pod: Object) -> tuple[str, int]:
    """Split a pod's name into the StatefulSet's and the ordinal; ("", -1) where it is no such name."""
    parent, dash, digits = pod["metadata"]["name"].rpartition("-")
    if not dash or not (digits.isascii() and digits.isdecimal()):
        return "", -1
    number = int(digits)
    return parent, number if number < 2**31 else -1


def ordinal(pod: Object) -> int:
    """Return the number at the end of the pod's name, or -1."""
    return parent_and_ordinal(pod)[1]


def start_ordinal(set_: Object) -> int:
    """Return the ordinal of the set's first pod."""
    return (set_["spec"].get("ordinals") or {}).get("start", 0)


def in_range(pod: Object, set_: Object) -> bool:
    """Tell whether the pod is one of those that the set should have now."""
    return 0 <= ordinal(pod) - start_ordinal(set_) < set_["spec"]["replicas"]


def revision_of(pod: Object) -> str:
    """Return the name of the ControllerRevision that the pod was made from."""
    return (pod["metadata"].get("labels") or {}).get(CONTROLLER_REVISION_HASH_LABEL_KEY, "")


def claim_templates(set_: Object) -> list[Object]:
    """Return spec.volumeClaimTemplates."""
    return set_["spec"].get("volumeClaimTemplates") or []


def claim_name(set_: Object, template: Object, number: int) -> str:
    """Return the name of the claim that a template makes for the pod with that ordinal."""
    return f"{template['metadata']['name']}-{set_['metadata']['name']}-{number}"


def identity_matches(set_: Object, pod: Object) -> bool:
    """Tell whether name and label say that the pod belongs to the set."""
    parent, number = parent_and_ordinal(pod)
    name = pod["metadata"]["name"]
    return (number >= 0 and parent == set_["metadata"]["name"] and name == f"{parent}-{number}"
            and (pod["metadata"].get("labels") or {}).get(NAME_LABEL) == name)


def storage_matches(set_: Object, pod: Object) -> bool:
    """Tell whether the pod has the volumes of all claims of the set."""
    number = ordinal(pod)
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
    for template in claim_templates(set_):
        claim = volumes.get(template["metadata"]["name"], {}).get("persistentVolumeClaim") or {}
        if claim.get("claimName") != claim_name(set_, template, number):
            return False
    return number >= 0


def set_identity(set_: Object, pod: Object) -> None:
    """Give the pod, in place, the name and labels that its ordinal calls for."""
    number = ordinal(pod)
    meta = pod["metadata"]
    meta["name"], meta["namespace"] = f"{set_['metadata']['name']}-{number}", set_["metadata"]["namespace"]
    meta.setdefault("labels", {}).update({NAME_LABEL: meta["name"], INDEX_LABEL: str(number)})


def set_storage(set_: Object, pod: Object) -> None:
    """Give the pod, in place, the volumes of the set's claims, in the stead of its own of the same name."""
    number = ordinal(pod)
    claims = {template["metadata"]["name"]: claim_name(set_, template, number) for template in claim_templates(set_)}
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": claim}} for name, claim in claims.items()]
    volumes += [volume for volume in pod["spec"].get("volumes") or () if volume["name"] not in claims]
    if volumes:
        pod["spec"]["volumes"] = volumes


def new_pod(set_: Object, template: Object, revision: str, number: int) -> Object:
    """Return the pod with that ordinal, made of a PodTemplateSpec that the ControllerRevision `revision` holds."""
    pod = pods.from_template(template, set_)
    pod["metadata"]["name"] = f"{set_['metadata']['name']}-{number}"
    set_identity(set_, pod)
    pod["metadata"]["labels"][CONTROLLER_REVISION_HASH_LABEL_KEY] = revision
    pod["spec"]["hostname"] = pod["metadata"]["name"]
    if set_["spec"].get("serviceName"):
        pod["spec"]["subdomain"] = set_["spec"]["serviceName"]
    set_storage(set_, pod)
    return pod
