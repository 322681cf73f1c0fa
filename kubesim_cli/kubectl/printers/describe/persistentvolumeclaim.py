"""PersistentVolumeClaims."""

from __future__ import annotations

from ....releases.kubectl import does
from .claims import describe_claim
from .events import list_all
from .writer import Writer, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object, Release
    from . import Context

GROUP = ""


def describe(pvc: Object, w: Writer, ctx: Context) -> None:
    describe_claim(pvc, w)
    pods = _pods_using(pvc, list_all(ctx.client, "pods", pvc["metadata"]["namespace"], chunk_size=ctx.chunk_size),
                       w.release)
    w.lines("Used By", sorted(pod["metadata"]["name"] for pod in pods))
    conditions = pvc.get("status", {}).get("conditions")
    if conditions:
        w.write(0, "Conditions:\n")
        w.columns(1, "Type", "Status", "LastProbeTime", "LastTransitionTime", "Reason", "Message",
                  widths=(4, 6, 17, 18, 6, 7))
        for c in conditions:
            w.write(1, f"{c['type']} \t{c['status']} \t{time_text(c.get('lastProbeTime'))} "
                       f"\t{time_text(c.get('lastTransitionTime'))} \t{c.get('reason', '')} \t{c.get('message', '')}\n")
    ctx.events(pvc)


def _pods_using(pvc: Object, pods: list[Object], release: Release) -> list[Object]:
    """Return the pods that mount the claim, and those that own it (ephemeral volumes)."""
    name = pvc["metadata"]["name"]
    owners = {ref["uid"] for ref in pvc["metadata"].get("ownerReferences") or () if ref["kind"] == "Pod"}
    if not does("ClaimsUsedByOwners", release):
        owners = set()
    return [pod for pod in pods if pod["metadata"].get("uid") in owners or any(
        (volume.get("persistentVolumeClaim") or {}).get("claimName") == name
        for volume in pod["spec"].get("volumes") or ())]
