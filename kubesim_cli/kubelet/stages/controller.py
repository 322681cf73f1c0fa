"""Plays the stages that objects are at (kwok's stage controllers). What no stage is about lives on as ever.

A pod that is at a stage of a user's is left alone by its kubelet until that was played.
"""

from __future__ import annotations

from functools import partial

from ...helpers.controller import Change, Controller
from ...machinery.objects import clone, key_of, split_key
from ..addresses import Addresses
from . import template
from .stage import RESOURCE, Invalid, Stage, Write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...apiserver.client import Client
    from ...machinery.discovery import Resource
    from ...machinery.types import Json, Key, Object

COMPONENT = "kwok"
MOST, REST = 20, 1.0  # stages that an object goes through in one instant; seconds until it goes on then
_FINE = 1 << 32       # how fine chance is
_parsed: dict[str, tuple[Object, Stage | None]] = {}  # by name: the document that was parsed, and what came of it


def stages_of(api: Client, obj: Object) -> list[Stage]:
    """Return the stages that an object is at."""
    found = [_stage(each) for each in api.items(RESOURCE)] if api.server.store.has(RESOURCE) else []
    return [stage for stage in found if stage is not None and stage.kind == obj["kind"]
            and stage.api_version == obj["apiVersion"] and stage.matches(obj)]


def _stage(document: Object) -> Stage | None:
    """Return a Stage, None where what was stored is none."""
    name = document["metadata"]["name"]
    known = _parsed.get(name)
    if known is None or known[0] is not document:
        try:
            known = document, Stage(document)
        except (Invalid, template.Invalid):
            known = document, None
        _parsed[name] = known
    return known[1]


class Stages(Controller):
    """Keys are `RESOURCE NAMESPACE/NAME`, and `@NAME` of a Stage that has come or changed."""

    name = "stages"
    agent = "kwok"

    def __init__(self) -> None:
        self.watches = {"*": self._changed}

    def _changed(self, change: Change) -> Iterable[Key]:
        obj = change.object
        if change.resource == RESOURCE:
            return ("@" + obj["metadata"]["name"],)
        kinds = {(each["spec"]["resourceRef"].get("apiGroup") or "v1", each["spec"]["resourceRef"].get("kind"))
                 for each in self.manager.server.trusted.items(RESOURCE)}
        return (f"{change.resource} {key_of(obj)}",) if (obj["apiVersion"], obj["kind"]) in kinds else ()

    def sync(self, api: Client, key: str) -> float | None:
        if key.startswith("@"):
            self._meet(api, key[1:])
            return None
        resource, _, place = key.partition(" ")
        namespace, name = split_key(place)
        obj = api.find(resource, name, namespace)
        if obj is None or (resource == "pods" and not obj["spec"].get("nodeName")):
            return None
        note, there = self.noted(key), stages_of(api, obj)
        if not there:
            if note and resource == "pods":
                self.manager.enqueue("kubelet", place)
            return None
        if note.get("uid") != obj["metadata"]["uid"]:
            note = {"uid": obj["metadata"]["uid"]}
        stage = next((each for each in there if each.name == note.get("stage")), None)
        if stage is None:
            stage = _chosen(api, there, obj)
            due = api.now + stage.delay(obj, api.now, lambda: api.server.entropy.number(_FINE) / _FINE)
            if due <= api.now and note.get("at") == api.now and note.get("played", 0) >= MOST:
                due = api.now + REST
            note = {**note, "stage": stage.name, "due": due}
        if api.now < note["due"]:
            self.note(key, note)
            return float(note["due"])
        played = note.get("played", 0) + 1 if note.get("at") == api.now else 1
        self.note(key, {"uid": note["uid"], "at": api.now, "played": played})
        try:
            _play(api, resource, obj, stage)
        except template.Invalid as error:
            self.manager.trouble(self.name, key, f"stage {stage.name}: {error}")
        return None

    def _meet(self, api: Client, name: str) -> None:
        """Look at the objects that a Stage may be about, or was."""
        document = api.find(RESOURCE, name)
        for key in self.every_noted():
            if self.noted(key).get("stage") == name:
                self.manager.enqueue(self.name, key)
        stage = _stage(document) if document is not None else None
        if stage is None:
            return
        res: Resource | None = api.server.discovery.of_kind(stage.api_version, stage.kind)
        for obj in api.items(res.name) if res is not None else ():
            self.manager.enqueue(self.name, f"{res.name} {key_of(obj)}")  # type: ignore[union-attr]


def _chosen(api: Client, there: list[Stage], obj: Object) -> Stage:
    """Return one of several stages, by their weights."""
    if len(there) == 1:
        return there[0]
    weights = [stage.weight(obj) for stage in there]
    if not sum(weights):
        return there[api.server.entropy.number(len(there))]
    left = api.server.entropy.number(sum(weights))
    at = 0
    while left >= weights[at]:
        left -= weights[at]
        at += 1
    return there[at]


def _play(api: Client, resource: str, obj: Object, stage: Stage) -> None:
    """Do to an object what a stage says comes next.

    Raises template.Invalid, and StatusError where a write is refused.
    """
    name, namespace = obj["metadata"]["name"], obj["metadata"].get("namespace", "")
    for step in stage.steps:
        if "event" in step:
            event = step["event"]
            api.record(obj, event.get("type") or "Normal", event.get("reason", ""), event.get("message", ""), COMPONENT)
        elif "finalizers" in step:
            finalizers = _finalizers(obj["metadata"].get("finalizers") or [], step["finalizers"])
            if finalizers is not None:
                obj = api.patch(resource, name, {"metadata": {"finalizers": finalizers}}, "merge", namespace)
        elif "delete" in step:
            if api.find(resource, name, namespace) is not None:
                api.delete(resource, name, namespace, grace_period=0)
            return
        else:
            write: Write = step["write"]
            body = write.template.run(obj, api, partial(_pod_ip, api, obj))
            if body is None:
                continue
            if write.applies:
                _apply(api, body, write)
            else:
                obj = _patched(api, resource, obj, body, write)


def _patched(api: Client, resource: str, obj: Object, body: Json, write: Write) -> Object:
    """Patch an object, and return it as it is then."""
    res = api.server.discovery.of_kind(obj["apiVersion"], obj["kind"])
    usual = "strategic" if res is not None and res.crd is None else "merge"
    body = {write.root: body} if write.root and write.type_ != "json" else body
    meta = obj["metadata"]
    obj = api.patch(resource, meta["name"], body, write.type_ or usual, meta.get("namespace", ""),
                    subresource=write.subresource)
    if resource == "pods":
        _complete(api, obj)
    return obj


def _apply(api: Client, body: Json, write: Write) -> None:
    """Apply another object."""
    meta = body.get("metadata") if isinstance(body, dict) else None
    res = api.server.discovery.of_kind(str(body.get("apiVersion")), str(body.get("kind"))) if meta else None
    if res is None or not isinstance(meta, dict) or not meta.get("name"):
        raise template.Invalid("what is to be applied is no object of a kind that is served")
    api.patch(res.versioned, meta["name"], body, write.type_ or "apply",
              meta.get("namespace") or ("default" if res.namespaced else ""), subresource=write.subresource,
              field_manager=COMPONENT, force=True)


def _finalizers(there: list[str], asked: Object) -> list[str] | None:
    """Return the finalizers after a stage, None where it changes none."""
    found = [] if asked.get("empty") else list(there)
    gone = [each["value"] for each in asked.get("remove") or ()]
    found = [each for each in found if each not in gone]
    found += [each["value"] for each in asked.get("add") or () if each["value"] not in found]
    return found if found != there else None


def _pod_ip(api: Client, pod: Object) -> str:
    """Return a pod's address, a new one where it has none."""
    node = api.find("nodes", pod["spec"].get("nodeName") or "")
    known: str | None = (pod.get("status") or {}).get("podIP")
    if known or node is None:
        return known or ""
    if pod["spec"].get("hostNetwork"):
        from ...helpers.nodes import internal_ip

        return internal_ip(node)
    found = Addresses(api).allocate(node, pod)
    return found[0] if found else ""


def _complete(api: Client, pod: Object) -> None:
    """Fill in of containers' statuses what templates leave out, and the kubelet counts on."""
    from ..images import names

    new = clone(pod)
    status, node = new["status"], api.find("nodes", pod["spec"].get("nodeName", "")) or {}
    for spec, told in (("initContainers", "initContainerStatuses"), ("containers", "containerStatuses")):
        images = {each["name"]: each["image"] for each in new["spec"].get(spec) or ()}
        for each in status.get(told) or ():
            image = images.get(each["name"], each.get("image", ""))
            each.setdefault("restartCount", 0)
            run = f"{pod['metadata']['uid']}/{each['name']}/{each['restartCount']}"
            named = names.told(image, node)
            each["image"] = named["image"]
            whole = {"imageID": named["imageID"], "lastState": {}, "ready": False,
                     "containerID": names.container_id(run, node), "started": "running" in (each.get("state") or {}),
                     "state": {"waiting": {"reason": "ContainerCreating"}}}
            for field, value in whole.items():
                if each.get(field) is None:
                    each[field] = value
    if new != pod:
        api.update_status("pods", new)
