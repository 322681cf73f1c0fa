"""The Stages of a cluster (kubelet/stages): objects of a definition that comes with the first of them."""

from __future__ import annotations

from ..kubelet.stages import template
from ..kubelet.stages.stage import API_VERSION, KIND, RESOURCE, Stage
from ..kubelet.stages.stage import Invalid as NoStage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..machinery.types import Json, Object
    from .cluster import Cluster

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
MANAGER = "kubesim-stage"
_GROUP, _, _VERSION = API_VERSION.partition("/")
_DEFINITION: Object = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": RESOURCE},
    "spec": {"group": _GROUP, "scope": "Cluster",
             "names": {"kind": KIND, "listKind": f"{KIND}List", "plural": "stages", "singular": "stage"},
             "versions": [{"name": _VERSION, "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                 "type": "object", "required": ["spec"],
                 "properties": {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}}}]}}


class Invalid(ValueError):
    """What was given is no Stage that can be played."""


def apply(cluster: Cluster, documents: Sequence[Json]) -> list[str]:
    """Add Stages or change them, as part of the running transaction; return their names.

    Raises Invalid and StatusError.
    """
    for document in documents:
        meta = document.get("metadata") if isinstance(document, dict) else None
        name = meta.get("name", "") if isinstance(meta, dict) else ""
        try:
            Stage(document if isinstance(document, dict) else {})
        except (NoStage, template.Invalid) as error:
            raise Invalid(f'stage "{name}": {error}') from None
    cluster.begin()
    if cluster.client.find(CRDS, RESOURCE) is None:
        cluster.client.create(CRDS, _DEFINITION)
        cluster.settle()
    for document in documents:
        cluster.client.patch(RESOURCE, document["metadata"]["name"], document, "apply", field_manager=MANAGER,
                             force=True)
    return [document["metadata"]["name"] for document in documents]


def listed(cluster: Cluster) -> Iterator[tuple[str, str, str, str]]:
    """Yield (name, kind, delay, what comes next) of the Stages."""
    for document in cluster.client.items(RESOURCE) if cluster.store.has(RESOURCE) else ():
        spec = document["spec"]
        delay = spec.get("delay") or {}
        told = f"{delay.get('durationMilliseconds', 0) / 1000:g}s"
        if "jitterDurationMilliseconds" in delay:
            told += f"-{delay['jitterDurationMilliseconds'] / 1000:g}s"
        steps = {field for step in spec.get("steps") or (spec.get("next") or {},) for field in step}
        yield document["metadata"]["name"], spec["resourceRef"]["kind"], told, ",".join(sorted(steps))


def delete(cluster: Cluster, name: str) -> bool:
    """Remove a Stage; returns whether it was there."""
    cluster.begin()
    if not cluster.store.has(RESOURCE) or cluster.client.find(RESOURCE, name) is None:
        return False
    cluster.client.delete(RESOURCE, name)
    return True
