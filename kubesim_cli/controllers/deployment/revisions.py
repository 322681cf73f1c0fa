"""Which ReplicaSet is the present template's, and the revision numbers in annotations.

Kubernetes: pkg/controller/deployment/util/deployment_util.go.
"""

from __future__ import annotations

from ...machinery.objects import clone
from ...machinery.wellknown import (
    ANNOTATIONS_TO_SKIP,
    DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY,
    DESIRED_REPLICAS_ANNOTATION,
    MAX_REPLICAS_ANNOTATION,
    REVISION_ANNOTATION,
    REVISION_HISTORY_ANNOTATION,
)
from .arithmetic import age_order, max_surge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

HISTORY_LENGTH = 2000  # characters of the revision-history annotation


def find_new(deployment: Object, replica_sets: list[Object]) -> Object | None:
    """Return the oldest ReplicaSet with the deployment's template, the hash label aside."""
    wanted = _bare(deployment["spec"]["template"])
    return next((rs for rs in sorted(replica_sets, key=age_order) if _bare(rs["spec"]["template"]) == wanted), None)


def _bare(template: Object) -> tuple[Object, Object]:
    """Return a template's metadata, without empty fields and the hash, and its spec."""
    meta = {field: value for field, value in (template.get("metadata") or {}).items() if value}
    labels = {key: value for key, value in meta.pop("labels", {}).items() if key != DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY}
    return {**meta, "labels": labels}, template["spec"]


def revision(obj: Object) -> int:
    """Return an object's revision; 0 where it has none that can be read."""
    text = (obj["metadata"].get("annotations") or {}).get(REVISION_ANNOTATION, "")
    try:
        return int(text or 0)
    except ValueError:
        return 0


def with_hash(deployment: Object, hash_: str) -> tuple[Object, Object]:
    """Return (template, selector) of a ReplicaSet: the deployment's with the hash label."""
    template = clone(deployment["spec"]["template"])
    template.setdefault("metadata", {}).setdefault("labels", {})[DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY] = hash_
    selector = clone(deployment["spec"]["selector"])
    selector.setdefault("matchLabels", {})[DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY] = hash_
    return template, selector


def set_annotations(deployment: Object, rs: Object, number: int, exists: bool) -> bool:
    """Give a ReplicaSet, in place, the deployment's annotations and a revision number; says whether that changed it.

    A number it had before goes into its history (SetNewReplicaSetAnnotations).
    """
    notes = rs["metadata"].setdefault("annotations", {})
    before = dict(notes)
    for key, value in (deployment["metadata"].get("annotations") or {}).items():
        if key not in ANNOTATIONS_TO_SKIP:
            notes[key] = value
    had = notes.get(REVISION_ANNOTATION)
    try:
        old = int(had or 0)
    except ValueError:
        return notes != before
    if old < number:
        notes[REVISION_ANNOTATION] = str(number)
        if had is not None:
            _remember(notes, had)
    if not exists:
        set_replicas_annotations(deployment, rs)
    return notes != before


def _remember(notes: Object, old: str) -> None:
    numbers = [text for text in notes.get(REVISION_HISTORY_ANNOTATION, "").split(",") if text] + [old]
    while len(",".join(numbers)) > HISTORY_LENGTH:
        numbers.pop(0)
    notes[REVISION_HISTORY_ANNOTATION] = ",".join(numbers)


def set_replicas_annotations(deployment: Object, rs: Object) -> bool:
    """Note on a ReplicaSet, in place, what was wanted when it was scaled; says whether that changed it."""
    wanted = deployment["spec"]["replicas"]
    notes = rs["metadata"].setdefault("annotations", {})
    sizes = {DESIRED_REPLICAS_ANNOTATION: str(wanted), MAX_REPLICAS_ANNOTATION: str(wanted + max_surge(deployment))}
    changed = any(notes.get(key) != value for key, value in sizes.items())
    notes.update(sizes)
    return changed
