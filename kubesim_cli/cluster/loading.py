"""Objects of another cluster, taken over as they are: with their status, their ages, their UIDs and owners.

They are stored past admission, and controllers do not hear of them: what is loaded stays as it is until something about
it changes. Only of namespaces they do, whose accounts they make where they are not loaded, too, and of what should have
a status and has none. What has a UID has been in a cluster, and is not validated again.
"""

from __future__ import annotations

from ..apiserver import objectmeta, requestbody
from ..apiserver.request import Options, Request
from ..machinery import timestamps
from ..machinery.errors import StatusError, invalid
from ..machinery.objects import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..machinery.discovery import Resource
    from ..machinery.types import Json, Object
    from .cluster import Cluster

_CRDS = "customresourcedefinitions.apiextensions.k8s.io"
_FIRST = ("CustomResourceDefinition", "Namespace")  # what others need
# Fields that tell when something was, and never when something will be.
_MOMENTS = ("creationTimestamp", "lastTransitionTime", "lastUpdateTime", "lastProbeTime", "lastHeartbeatTime",
            "startTime", "startedAt", "finishedAt", "completionTime", "firstTimestamp", "lastTimestamp",
            "lastScheduleTime", "lastSuccessfulTime", "lastScaleTime", "lastObservedTime", "acquireTime", "renewTime",
            "time")


def load(cluster: Cluster, objects: Sequence[Object]) -> list[str]:
    """Take objects over, Lists among them, as part of the running transaction; returns KIND/NAME of each.

    What is there by the same name is replaced. For kinds that are not served a definition is made that lets everything
    through; namespaces that are missing are made. A frozen clock goes on to the last moment that the objects tell of.
    Raises ValueError for what is no object that could be stored.
    """
    items = sorted(items_of(objects), key=lambda obj: (*(obj["kind"] != kind for kind in _FIRST),))
    latest = max((moment for obj in items for moment in _moments(obj)), default=0.0)
    if cluster.clock.frozen and latest > cluster.clock.shown:
        cluster.set_clock(frozen=latest)
    cluster.begin()
    made = []
    for obj in items:
        try:
            made += _store(cluster, obj)
        except StatusError as error:
            raise ValueError(f"{obj['kind']} {obj['metadata'].get('name', '')}: {error.message}") from None
    return made


def items_of(objects: Sequence[Json]) -> Iterator[Object]:
    """Yield the objects, and what Lists hold in their place."""
    for obj in objects:
        if not isinstance(obj, dict) or not isinstance(obj.get("kind"), str) or not isinstance(
                obj.get("apiVersion"), str):
            raise ValueError("an object has neither apiVersion nor kind")
        if obj["kind"].endswith("List") and isinstance(obj.get("items"), list):
            shared = {"apiVersion": obj["apiVersion"], "kind": obj["kind"].removesuffix("List")}
            yield from items_of([{**shared, **item} if isinstance(item, dict) else item for item in obj["items"]])
        elif not isinstance(obj.get("metadata"), dict) or not isinstance(obj["metadata"].get("name"), str):
            raise ValueError(f"an object of kind {obj['kind']} has no metadata.name")
        else:
            yield obj


def _moments(value: Json) -> Iterator[float]:
    """Yield the moments that an object tells of, in seconds since 1970."""
    if isinstance(value, list):
        for item in value:
            yield from _moments(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in _MOMENTS and isinstance(item, str):
                try:
                    yield timestamps.parse(item)
                except ValueError:
                    pass
            elif isinstance(item, (dict, list)):
                yield from _moments(item)


def _store(cluster: Cluster, given: Object) -> list[str]:
    """Store one object, and before it what it needs; returns what was made."""
    made = []
    server = cluster.server
    res = server.discovery.of_kind(given["apiVersion"], given["kind"])
    if res is None:
        made.append(_define(cluster, given))
        res = server.discovery.of_kind(given["apiVersion"], given["kind"])
        assert res is not None
    request = Request(cluster.client, "create", res.versioned, given["metadata"].get("namespace") or "", body=given,
                      options=Options(field_validation="Ignore"))
    request.res = res
    obj = requestbody.decode(request, given)
    meta = obj["metadata"]
    if not res.namespaced:
        meta.pop("namespace", None)
    elif not meta.get("namespace"):
        meta["namespace"] = "default"
    kind, ctx, key = request.kind, request.context, key_of(obj)
    kind.default(obj, ctx)
    if not meta.get("creationTimestamp"):
        meta["creationTimestamp"] = timestamps.format(cluster.now)
    lives = kind.has_status and not obj.get("status")
    if lives:
        kind.default_status(obj, ctx)
    if kind.has_generation and not meta.get("generation"):
        meta["generation"] = 1
    if not meta.get("uid"):
        meta["uid"] = cluster.entropy.uid(request.stored_as, key)
        kind.prepare_create(obj, ctx)
        bad = objectmeta.validate(meta, res.namespaced, kind.name_rule_of(ctx.release)) + kind.validate(obj, ctx)
        if bad:
            raise invalid(res.kind, res.group, meta["name"], bad)
        kind.after_create(obj, ctx)
    space = meta.get("namespace")
    if space and server.find("namespaces", "", space) is None:
        cluster.client.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
        made.append(f"namespace/{space}")
    _write(cluster, res, obj, server.store.get(request.stored_as, key), lives or res.kind in _FIRST)
    return [*made, f"{res.singular or res.kind.lower()}{'.' * bool(res.group)}{res.group}/{meta['name']}"]


def _write(cluster: Cluster, res: Resource, obj: Object, old: Object | None, lives: bool) -> None:
    server, notice = cluster.server, cluster.server.notice
    if not lives:
        server.notice = lambda type_, resource, before, after: None
    try:
        server.write("ADDED" if old is None else "MODIFIED", res, obj, old)
    finally:
        server.notice = notice
    if res.name == _CRDS:
        cluster.settle()


def _define(cluster: Cluster, obj: Object) -> str:
    """Define the kind of an object: of whatever form, in its version; returns what was made."""
    from ..apiserver.kinds.apiextensions.definition import APPROVED

    group, _, version = obj["apiVersion"].rpartition("/")
    kind = obj["kind"]
    if "." not in group:
        raise ValueError(f'{kind} {obj["metadata"]["name"]}: no kind "{kind}" is known in "{obj["apiVersion"]}"')
    plural = _plural(kind.lower())
    there = next((crd for crd in cluster.server.items(_CRDS)
                  if crd["spec"]["group"] == group and crd["spec"]["names"]["kind"] == kind), None)
    if there is not None:
        raise ValueError(f"{kind} {obj['metadata']['name']}: {there['metadata']['name']} does not serve {version}")
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    cluster.client.create(_CRDS, {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}", "annotations": {
            APPROVED: "unapproved, its definition was not loaded"}},  # which groups of k8s.io need
        "spec": {"group": group, "names": {"kind": kind, "plural": plural, "singular": kind.lower(),
                                           "listKind": f"{kind}List"},
                 "scope": "Namespaced" if obj["metadata"].get("namespace") else "Cluster",
                 "conversion": {"strategy": "None"},
                 "versions": [{"name": version, "served": True, "storage": True, "subresources": {"status": {}},
                               "schema": {"openAPIV3Schema": anything}}]}})
    cluster.settle()
    return f"customresourcedefinition.apiextensions.k8s.io/{plural}.{group}"


def _plural(word: str) -> str:
    """Guess the name of a resource from its kind, in small letters."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else word + "s"
