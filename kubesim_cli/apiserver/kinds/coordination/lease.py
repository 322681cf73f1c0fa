"""Lease."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ...client import Client
    from ..base import Context


class Lease(Kind):
    kube_finalizers = False
    columns = (NAME, Column("Holder", lambda obj, ctx: obj["spec"].get("holderIdentity") or ""), AGE)
    create_on_update = True
    lively = True
    unconditional_update = False

    def alive(self, obj: Object, client: Client) -> Object:
        from ....machinery import timestamps
        from ....machinery.wellknown import ANNOTATION_KUBELET_STOPPED
        from ...leases import NODES, renewed

        until = client.now
        if obj["metadata"].get("namespace") == NODES:
            node = client.find("nodes", obj["metadata"]["name"])
            if node is None or not ((node.get("status") or {}).get("nodeInfo") or {}).get("kubeletVersion"):
                return obj
            stopped = (node["metadata"].get("annotations") or {}).get(ANNOTATION_KUBELET_STOPPED)
            try:
                until = timestamps.parse(stopped) if stopped is not None else until
            except ValueError:  # since it is there
                return obj
        return renewed(obj, until)

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {})

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateLease, ValidateLeaseUpdate, ValidateLeaseSpec."""
        from ....machinery import field
        from ..checks import minimum

        spec = obj["spec"]
        errors = []
        seconds = spec.get("leaseDurationSeconds")
        if seconds is not None and seconds <= 0:
            errors.append(field.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
        errors += minimum("spec.leaseTransitions", spec.get("leaseTransitions"))
        if spec.get("strategy") is not None:
            errors += _strategy("spec.strategy", spec["strategy"])
        if spec.get("preferredHolder") and not spec.get("strategy"):
            errors.append(field.forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined"))
        return errors


def _strategy(path: str, strategy: str) -> FieldErrors:
    """A strategy of coordinated leader election (ValidateCoordinatedLeaseStrategy, which names the field twice)."""
    from ....machinery import field, names
    from ..checks import said

    at = f"{path}.strategy"
    if "/" in strategy:
        return said(at, strategy, names.qualified_name(strategy))
    return [] if strategy == "OldestEmulationVersion" else [
        field.not_supported(at, strategy, ["OldestEmulationVersion"])]


KIND = Lease()
