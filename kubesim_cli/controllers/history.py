"""ControllerRevisions: what a StatefulSet or DaemonSet remembers of its templates.

Kubernetes: pkg/controller/history/controller_history.go.
"""

from __future__ import annotations

from ..machinery import names, selectors
from ..machinery.errors import StatusError
from ..machinery.objects import clone, controller_of
from ..releases.gates import enabled
from .refs import candidates, claim, controller_ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

RESOURCE = "controllerrevisions.apps"
HASH_LABEL = "controller.kubernetes.io/hash"


def template_patch(owner: Object, release: tuple[int, int]) -> Object:
    """Return a revision's data: the patch that gives `owner` the template it has now (getPatch)."""
    template = clone(owner["spec"]["template"])
    meta = template.setdefault("metadata", {})
    meta.pop("creationTimestamp", None)
    if not enabled("OmitZeroTimes", release):
        meta["creationTimestamp"] = None
    template["$patch"] = "replace"
    return {"spec": {"template": template}}


def template_of(revision: Object) -> Object:
    """Return the PodTemplateSpec that a revision holds (ApplyRevision)."""
    template = {k: v for k, v in revision["data"]["spec"]["template"].items() if k != "$patch"}
    template["metadata"] = {k: v for k, v in template.get("metadata", {}).items() if v is not None}
    return template


def revisions_of(api: Client, owner: Object) -> list[Object]:
    """Return the owner's revisions, oldest number first, having adopted those that match its selector."""
    selector = owner["spec"]["selector"]
    found = [obj for obj in candidates(api, owner, RESOURCE) if selectors.selector_matches(selector, _labels(obj))]
    if claim(api, owner, RESOURCE, [obj for obj in found if controller_of(obj) is None], lambda obj: True):
        names_ = {obj["metadata"]["name"] for obj in found}
        found = [obj for obj in candidates(api, owner, RESOURCE) if obj["metadata"]["name"] in names_]
    return sorted(found, key=lambda r: (r["revision"], r["metadata"]["creationTimestamp"], r["metadata"]["name"]))


def _labels(obj: Object) -> Object:
    return obj["metadata"].get("labels") or {}


def current(api: Client, owner: Object, revisions: list[Object], collisions: int,
            annotations: Object) -> tuple[Object, int]:
    """Return the revision of the owner's present template and the collision count, making what is needed.

    An equal revision that is not the newest gets the next number (a rollback). `annotations` are for a new revision.
    """
    data = template_patch(owner, api.release)
    number = revisions[-1]["revision"] + 1 if revisions else 1
    equal = [revision for revision in revisions if revision["data"] == data]
    if not equal:
        return _create(api, owner, data, number, collisions, annotations)
    if revisions[-1]["data"] == data:
        return revisions[-1], collisions
    return renumber(api, equal[-1], number), collisions


def renumber(api: Client, revision: Object, number: int) -> Object:
    """Give a revision another number; returns it as it is then."""
    changed = clone(revision)
    changed["revision"] = number
    return api.update(RESOURCE, changed, changed["metadata"]["namespace"])


def _create(api: Client, owner: Object, data: Object, number: int, collisions: int,
            annotations: Object) -> tuple[Object, int]:
    owner_meta = owner["metadata"]
    while True:
        hash_ = names.revision_hash(data, collisions)
        labels = {**_labels(owner["spec"]["template"]), HASH_LABEL: hash_}
        meta = {"name": f"{owner_meta['name'][:223]}-{hash_}", "namespace": owner_meta["namespace"],
                "labels": labels, "ownerReferences": [controller_ref(owner)]}
        if annotations:
            meta["annotations"] = dict(annotations)
        revision = {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": meta, "data": data,
                    "revision": number}
        try:
            return api.create(RESOURCE, revision, owner_meta["namespace"]), collisions
        except StatusError as error:
            if error.reason != "AlreadyExists":
                raise
        there = api.find(RESOURCE, meta["name"], owner_meta["namespace"])
        if there is not None and there["data"] == data:
            return there, collisions
        collisions += 1


def truncate(api: Client, revisions: list[Object], live: set[str], limit: int) -> None:
    """Delete the oldest of the revisions that are not in `live` (names) until `limit` of them are left."""
    old = [revision for revision in revisions if revision["metadata"]["name"] not in live]
    for revision in old[:max(0, len(old) - limit)]:
        api.delete(RESOURCE, revision["metadata"]["name"], revision["metadata"]["namespace"])
