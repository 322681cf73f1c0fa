"""Deployments."""

from __future__ import annotations

from ....machinery import selectors
from ....machinery.errors import StatusError
from ....machinery.objects import controller_of
from ....machinery.wellknown import DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY
from .events import list_all
from .podtemplate import describe_pod_template
from .workloads import selector_text
from .writer import Writer, conditions, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "apps"


def describe(deployment: Object, w: Writer, ctx: Context) -> None:
    meta, spec, status = deployment["metadata"], deployment["spec"], deployment.get("status", {})
    w.line(0, "Name", meta["name"])
    w.line(0, "Namespace", meta.get("namespace", ""))
    w.line(0, "CreationTimestamp", time_text(meta.get("creationTimestamp")))
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    w.line(0, "Selector", selector_text(spec.get("selector")))
    counts = " | ".join([f"{status.get(key, 0)} {word}" for key, word in (
        ("updatedReplicas", "updated"), ("replicas", "total"), ("availableReplicas", "available"),
        ("unavailableReplicas", "unavailable"))])
    w.line(0, "Replicas", f"{spec.get('replicas', 0)} desired | {counts}")
    strategy = spec.get("strategy") or {}
    w.line(0, "StrategyType", strategy.get("type", ""))
    w.line(0, "MinReadySeconds", spec.get("minReadySeconds", 0))
    rolling = strategy.get("rollingUpdate")
    if rolling is not None:
        w.line(0, "RollingUpdateStrategy", f"{rolling.get('maxUnavailable', '<nil>')} max unavailable, "
                                           f"{rolling.get('maxSurge', '<nil>')} max surge")
    describe_pod_template(spec.get("template", {}), w)
    conditions(deployment, w)
    old, new = _replica_sets(deployment, ctx)
    if old or new:
        w.line(0, "OldReplicaSets", _list(old))
        w.line(0, "NewReplicaSet", _list(new))
    ctx.events(deployment)


def _replica_sets(deployment: Object, ctx: Context) -> tuple[list[Object], list[Object]]:
    """Return the Deployment's ReplicaSets but the one of its template, and that one (GetAllReplicaSetsInChunks)."""
    wanted = selectors.of_label_selector(deployment["spec"].get("selector"))
    try:
        found = list_all(ctx.client, "replicasets.apps", deployment["metadata"].get("namespace", ""),
                         chunk_size=ctx.chunk_size, label_selector=selectors.format(wanted or []))
    except StatusError:
        return [], []
    uid = deployment["metadata"].get("uid")
    owned = [rs for rs in found if (controller_of(rs) or {}).get("uid") == uid]
    by_age = sorted(owned, key=lambda rs: (rs["metadata"].get("creationTimestamp", ""), rs["metadata"]["name"]))
    template = _without_hash(deployment["spec"].get("template"))
    new = next((rs for rs in by_age if _without_hash(rs["spec"].get("template")) == template), None)
    return [rs for rs in owned if rs is not new], [new] if new else []


def _without_hash(template: Object | None) -> Object:
    template = template or {}
    meta = template.get("metadata") or {}
    labels = {key: value for key, value in (meta.get("labels") or {}).items()
              if key != DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY}
    rest = {key: value for key, value in meta.items() if key not in ("labels", "creationTimestamp")}
    return {**template, "metadata": {**rest, "labels": labels}}


def _list(sets: list[Object]) -> str:
    return ", ".join([f"{rs['metadata']['name']} ({rs.get('status', {}).get('replicas', 0)}/"
                      f"{rs['spec'].get('replicas', 0)} replicas created)" for rs in sets]) or "<none>"
