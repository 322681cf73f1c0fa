"""apply --prune: deleting what was applied before and is not among the manifests any more (pkg/cmd/apply/prune.go)."""

from __future__ import annotations

from ...machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION
from ..failures import Failure
from ..util import cmdutil, klog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from ...machinery.discovery import Resource
    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context
    from .apply import Applier

    class Work(Protocol):
        """What pruning has to know."""

        ctx: Context
        flags: Flags
        allowlist: list[Resource]
        namespaces: set[str]
        seen_uids: set[str]

_NAMESPACED = (("v1", "ConfigMap"), ("v1", "Endpoints"), ("v1", "PersistentVolumeClaim"), ("v1", "Pod"),
               ("v1", "ReplicationController"), ("v1", "Secret"), ("v1", "Service"), ("batch/v1", "Job"),
               ("batch/v1", "CronJob"), ("networking.k8s.io/v1", "Ingress"), ("apps/v1", "DaemonSet"),
               ("apps/v1", "Deployment"), ("apps/v1", "ReplicaSet"), ("apps/v1", "StatefulSet"))
_CLUSTER_SCOPED = (("v1", "Namespace"), ("v1", "PersistentVolume"))


def parse_allowlist(ctx: Context, texts: list[str]) -> list[Resource]:
    """Return the discovery.Resources of `group/version/kind` words. Raises Failure."""
    found = []
    for text in texts:
        parts = text.split("/")
        if len(parts) != 3:
            raise Failure(f"invalid GroupVersionKind format: {text}, please follow <group/version/kind>")
        group, version, kind = parts
        api_version = version if group in ("core", "") else f"{group}/{version}"
        found.append(_mapping(ctx, api_version, kind))
    return found


def _mapping(ctx: Context, api_version: str, kind: str) -> Resource:
    mapping = ctx.client.discovery.of_kind(api_version, kind)
    if mapping is None:
        raise Failure(f'no matches for kind "{kind}" in version "{api_version}"')
    return mapping


def prune(applier: Applier) -> None:
    """Delete what an Applier has not seen of the prunable types in the namespaces it worked in."""
    for mapping, obj in prunable(applier):
        delete(applier, mapping, obj)


def delete(applier: Applier, mapping: Resource, obj: Object) -> None:
    """Delete one object and tell it. Raises StatusError."""
    grace, meta = applier.flags["grace-period"], obj["metadata"]
    if applier.strategy != "client":
        applier.ctx.client.delete(mapping.versioned, meta["name"], meta.get("namespace", ""),
                                  propagation=applier.cascade, grace_period=grace if grace >= 0 else None,
                                  dry_run=applier.strategy == "server")
    cmdutil.printer(applier.ctx, "pruned", applier.strategy)(obj)


def prunable(work: Work) -> Iterator[tuple[Resource, Object]]:
    """Yield (discovery.Resource, object) of what was applied once and is not among the manifests now.

    `work` is an Applier, or what stands for it in another verb.
    """
    ctx, wanted = work.ctx, work.allowlist
    if not wanted:
        wanted = [_mapping(ctx, *kind) for kind in (*_NAMESPACED, *_CLUSTER_SCOPED)]
        klog.tell(
            ctx, "W", "prune.go:71", "Deprecated: kubectl apply will no longer prune non-namespaced resources by "
            "default when used with the --namespace flag in a future release. To preserve the current behaviour, list "
            "the resources you want to target explicitly in the --prune-allowlist flag.")
    places = [(namespace, mapping) for namespace in sorted(work.namespaces) for mapping in wanted if mapping.namespaced]
    places += [("", mapping) for mapping in wanted if not mapping.namespaced]
    for namespace, mapping in places:
        found = ctx.client.list(mapping.versioned, namespace, label_selector=work.flags["selector"])
        for obj in found["items"]:
            meta = obj["metadata"]
            if LAST_APPLIED_CONFIG_ANNOTATION in (meta.get("annotations") or {}) and meta["uid"] not in work.seen_uids:
                yield mapping, obj
