"""Where a pod's volumes let it run, and binding claims that waited for it (framework/plugins/volumebinding)."""

from __future__ import annotations

from ..helpers import nodeaffinity, volumes
from ..machinery.objects import join_key
from ..releases.gates import enabled
from .nodeinfo import NodeInfo, PodInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..apiserver.client import Client
    from ..machinery.types import Object

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
NO_MATCH = "node(s) didn't find available persistent volumes to bind"
GONE = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
IN_USE = ("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by "
          "another pod")
CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
OLD_CONFLICT = "node(s) had volume node affinity conflict"


class PodVolumes:
    """The claims of one pod (PreFilter state). `problem` is why no node will do, "" where some might."""

    def __init__(self, info: PodInfo, api: Client, claims_in_use: dict[str, int]):
        self.api, self.problem, self.in_use = api, "", False
        self.bound: list[Object | None] = []  # volumes; None for one that is missing
        self.delayed: list[Object] = []       # claims
        self.conflict = CONFLICT if enabled("VolumeConflictReworded", api.release) else OLD_CONFLICT
        for name, ephemeral in _claim_names(info.pod):
            claim = api.find("persistentvolumeclaims", name, info.namespace)
            self.problem = _objection(claim, name, info.pod if ephemeral else None)
            if self.problem:
                return
            assert claim is not None
            if "ReadWriteOncePod" in (claim["spec"].get("accessModes") or ()) and claims_in_use.get(
                    join_key(info.namespace, name)):
                self.in_use = True
            if volumes.is_bound(claim):
                self.bound.append(api.find("persistentvolumes", claim["spec"]["volumeName"]))
            elif volumes.waits_for_consumer(api, claim) and not claim["spec"].get("volumeName"):
                self.delayed.append(claim)
            else:
                self.problem = UNBOUND
                return

    def check(self, node: NodeInfo) -> tuple[str, bool] | None:
        """Return (reason, whether preemption may help) where a node does not do."""
        if self.in_use:
            return IN_USE, True
        for volume in self.bound:
            if volume is None:
                return GONE, False
            if not _reaches(volume, node):
                return self.conflict, False
        if self.delayed and self._plan(node) is None:
            return NO_MATCH, False
        return None

    def _plan(self, node: NodeInfo) -> list[tuple[Object, Object | None]] | None:
        """Return (claim, volume or None to provision one) for the claims that wait, or None where that cannot be."""
        plan: list[tuple[Object, Object | None]] = []
        taken: set[str] = set()
        for claim in sorted(self.delayed, key=volumes.asked_size):
            selected = volumes.annotation(claim, volumes.SELECTED_NODE)
            if selected is not None and selected != node.name:
                return None
            found = None
            if selected is None:
                found = volumes.find_match(claim, self.api.items("persistentvolumes"), excluded=taken,
                                           suits_node=lambda volume: _reaches(volume, node))
            if found is not None:
                taken.add(found["metadata"]["name"])
            elif not self._provisions(claim, node):
                return None
            plan.append((claim, found))
        return plan

    def _provisions(self, claim: Object, node: NodeInfo) -> bool:
        wanted = self.api.find(volumes.CLASSES, volumes.class_of(claim))
        if wanted is None or wanted["provisioner"] in ("", volumes.NO_PROVISIONER):
            return False
        topologies = wanted.get("allowedTopologies")
        return not topologies or any(
            all(node.labels.get(each["key"]) in each["values"] for each in term.get("matchLabelExpressions") or ())
            for term in topologies)

    def homes(self) -> set[str]:
        """Return the nodes where the directories of the pod's volumes are."""
        return {home for volume in self.bound if volume is not None
                and (home := volumes.annotation(volume, volumes.HOME)) is not None}

    def bind(self, node: NodeInfo) -> bool:
        """Begin to bind what waited for the pod; tell whether all was bound already, so that the pod can go."""
        for claim, volume in self._plan(node) or ():
            if volume is None:
                new = volumes.annotated(claim, **{volumes.SELECTED_NODE: node.name})
                if new != claim:
                    self.api.update("persistentvolumeclaims", new, claim["metadata"]["namespace"])
            else:
                self.api.update("persistentvolumes", volumes.reserved(volume, claim))
        return not self.delayed

    def settle(self, node: NodeInfo) -> None:
        """Note on which node the directories of provisioned volumes are from now on."""
        for volume in self.bound:
            if (volume is not None and "hostPath" in volume["spec"]
                    and volumes.annotation(volume, volumes.PROVISIONED_BY) is not None
                    and volumes.annotation(volume, volumes.HOME) != node.name):
                self.api.update("persistentvolumes", volumes.annotated(volume, **{volumes.HOME: node.name}))


def _claim_names(pod: Object) -> Iterator[tuple[str, bool]]:
    """Yield (name of a claim, whether it is an ephemeral volume's)."""
    for volume in pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            yield volume["persistentVolumeClaim"]["claimName"], False
        elif "ephemeral" in volume:
            yield f"{pod['metadata']['name']}-{volume['name']}", True


def _objection(claim: Object | None, name: str, owner: Object | None) -> str:
    """Return what is wrong with a claim; `owner` is the pod whose ephemeral volume it has to be."""
    if claim is None:
        if owner is not None:
            return f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"'
        return f'persistentvolumeclaim "{name}" not found'
    if (claim.get("status") or {}).get("phase") == "Lost":
        return (f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume '
                f'"{claim["spec"].get("volumeName", "")}"')
    if "deletionTimestamp" in claim["metadata"]:
        return f'persistentvolumeclaim "{name}" is being deleted'
    if owner is not None and not any(ref["uid"] == owner["metadata"]["uid"]
                                     for ref in claim["metadata"].get("ownerReferences") or ()):
        meta = owner["metadata"]
        return (f"PVC {meta['namespace']}/{name} was not created for pod {meta['namespace']}/{meta['name']} "
                "(pod is not owner)")
    return ""


def _reaches(volume: Object, node: NodeInfo) -> bool:
    """Tell whether a volume's node affinity lets it be used on a node."""
    return nodeaffinity.selector_matches((volume["spec"].get("nodeAffinity") or {}).get("required"), node.node)
