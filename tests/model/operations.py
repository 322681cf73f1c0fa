"""Random operations on a cluster's API: each is a function of a World, which it may refuse with a StatusError."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from model.objects import MADE, NAMESPACES, RESOURCES, made

from kubesim_cli.helpers.nodes import STOPPED
from kubesim_cli.machinery.objects import clone

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.world import World

Object = dict[str, Any]


def some(world: World, resource: str = "") -> tuple[str, Object] | None:
    """Return a resource and an object of it that is there, mostly one that users made."""
    resource = resource or world.dice.choice(RESOURCES)
    found = world.client.items(resource)
    return (resource, world.dice.choice(found)) if found else None


def place(obj: Object) -> tuple[str, str]:
    """Return an object's name and namespace, as the client takes them."""
    return obj["metadata"]["name"], obj["metadata"].get("namespace", "")


def create(world: World) -> None:
    resource, obj = made(world.dice)
    if world.dice.random() < 0.15 and (owner := some(world)):
        obj["metadata"]["ownerReferences"] = [reference(world, owner[1])]
    if world.dice.random() < 0.08:
        obj["metadata"]["finalizers"] = ["example.com/hold"]
    world.client.create(resource, obj, obj["metadata"].get("namespace", ""), dry_run=world.dice.random() < 0.05,
                        field_manager=world.dice.choice(["", "m1"]))


def reference(world: World, owner: Object) -> Object:
    """Return an ownerReference to an object, at times to one that is not there."""
    uid = owner["metadata"]["uid"] if world.dice.random() < 0.85 else "00000000-0000-0000-0000-000000000000"
    return {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"], "uid": uid,
            "blockOwnerDeletion": world.dice.random() < 0.5}


def change(world: World, obj: Object) -> None:
    """Change an object, in place, in a way that its kind may allow."""
    dice, meta = world.dice, obj["metadata"]
    kind = obj["kind"]
    what = dice.randrange(8)
    if what == 0:
        meta.setdefault("labels", {})[dice.choice(["app", "x"])] = dice.choice("abc")
    elif what == 1:
        meta.setdefault("annotations", {})["note"] = dice.choice("abc")
    elif what == 2:
        meta["finalizers"] = dice.choice([[], ["example.com/hold"], ["example.com/hold", "example.com/other"]])
    elif what == 3 and (owner := some(world)):
        meta["ownerReferences"] = [*(meta.get("ownerReferences") or []), reference(world, owner[1])]
    elif what == 4:
        meta.pop(dice.choice(["labels", "annotations", "ownerReferences", "finalizers"]), None)
    elif kind in ("ConfigMap", "Secret"):
        obj["data"] = {dice.choice("kl"): dice.choice(["dg==", "dw==", ""])}
    elif kind == "Service":
        obj["spec"].update(dice.choice([{"type": "NodePort"}, {"type": "ClusterIP"}, {"selector": {"app": "b"}}]))
    elif kind == "CronJob":
        obj["spec"].update(dice.choice([{"suspend": True}, {"suspend": False}, {"schedule": "*/2 * * * *"}]))
    elif kind == "Job":
        obj["spec"].update(dice.choice([{"suspend": True}, {"suspend": False}, {"parallelism": dice.randint(0, 3)}]))
    elif kind == "ResourceQuota":
        obj["spec"]["hard"] = {"pods": str(dice.randint(0, 9)), "configmaps": "4"}
    elif kind == "Pod":
        obj["spec"]["containers"][0]["image"] = dice.choice(["nginx:1", "nginx:2", "nosuch.doesnotexist/x:1"])
    elif "template" in obj.get("spec", {}):
        container = obj["spec"]["template"]["spec"]["containers"][0]
        dice.choice([
            lambda: container.update(image=dice.choice(["nginx:1", "nginx:2", "nginx:doesnotexist"])),
            lambda: container.update(env=[{"name": "A", "value": dice.choice("abc")}]),
            lambda: obj["spec"].update(replicas=dice.randint(0, 4)),
            lambda: obj["spec"].update(minReadySeconds=dice.choice([1, 5])),
            lambda: obj["spec"].update(paused=True),
            lambda: obj["spec"].pop("paused", None),
        ])()


def update(world: World) -> None:
    found = some(world)
    if found is None:
        return
    obj = clone(found[1])
    change(world, obj)
    if world.dice.random() < 0.3:
        obj["metadata"].pop("resourceVersion")
    elif world.dice.random() < 0.1:
        obj["metadata"]["resourceVersion"] = str(int(obj["metadata"]["resourceVersion"]) - 1)
    world.client.update(found[0], obj, place(obj)[1], field_manager=world.dice.choice(["", "m1", "m2"]),
                        dry_run=world.dice.random() < 0.05)


def patch(world: World) -> None:
    found = some(world)
    if found is None:
        return
    resource, old = found
    obj = clone(old)
    change(world, obj)
    how = world.dice.choice(["merge", "strategic", "json"])
    body: Any = {key: obj[key] for key in ("metadata", "spec", "data") if key in obj}
    body["metadata"] = {key: obj["metadata"].get(key) for key in ("labels", "annotations", "finalizers")}
    if how == "json":
        body = [{"op": "replace" if key in old else "add", "path": f"/{key}", "value": obj[key]} for key in obj
                if obj[key] != old.get(key)]
    world.client.patch(resource, old["metadata"]["name"], body, how, place(old)[1])


def apply(world: World) -> None:
    resource, obj = made(world.dice)
    if world.dice.random() < 0.4:
        change(world, obj)
    if world.dice.random() < 0.3:
        obj.pop(world.dice.choice([key for key in obj if key in ("spec", "data")] or ["x"]), None)
    world.client.patch(resource, obj["metadata"]["name"], obj, "apply", obj["metadata"].get("namespace", ""),
                       field_manager=world.dice.choice(["m1", "m2", "m3"]), force=world.dice.random() < 0.6)


def delete(world: World) -> None:
    found = some(world)
    if found is None:
        return
    resource, obj = found
    wanted = world.dice.choice([None, None, None, {"uid": obj["metadata"]["uid"]}, {"uid": "x"}])
    world.client.delete(resource, *place(obj), preconditions=wanted, dry_run=world.dice.random() < 0.05,
                        grace_period=world.dice.choice([None, None, None, 0, 1, 60]),
                        propagation=world.dice.choice(["", "", "Background", "Foreground", "Orphan"]))


def delete_collection(world: World) -> None:
    resource = world.dice.choice(["pods", "configmaps", "jobs.batch", "replicasets.apps", "persistentvolumeclaims"])
    namespace, selector = world.dice.choice(NAMESPACES), world.dice.choice(["", "app=a"])
    world.client.delete_collection(resource, namespace, label_selector=selector)


def scale(world: World) -> None:
    found = some(world, world.dice.choice(["deployments.apps", "statefulsets.apps", "replicasets.apps"]))
    if found is None:
        return
    name, namespace = place(found[1])
    body = {"spec": {"replicas": world.dice.randint(0, 5)}}
    world.client.patch(found[0], name, body, "merge", namespace, subresource="scale")


def status(world: World) -> None:
    """Write something else into a status than what is so."""
    found = some(world, world.dice.choice(["deployments.apps", "replicasets.apps", "statefulsets.apps", "pods",
                                           "nodes"]))
    if found is None:
        return
    resource, obj = found
    body: Object = {"status": {"replicas": world.dice.randint(0, 9)}}
    if resource in ("pods", "nodes"):
        body = {"status": {"conditions": [{"type": "example.com/x", "status": world.dice.choice(["True", "False"])}]}}
    world.client.patch(resource, obj["metadata"]["name"], body, "strategic", place(obj)[1], subresource="status")


def relabel_pod(world: World) -> None:
    """Have a pod leave its controller and its services, or come to others."""
    found = some(world, "pods")
    if found is not None:
        labels = {"app": world.dice.choice(["a", "b", "c", None])}
        world.client.patch("pods", found[1]["metadata"]["name"], {"metadata": {"labels": labels}}, "merge",
                           place(found[1])[1])


def evict(world: World) -> None:
    found = some(world, "pods")
    if found is not None:
        name, namespace = place(found[1])
        world.client.create("pods", {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {
            "name": name, "namespace": namespace}}, namespace, name=name, subresource="eviction")


def let_go(world: World) -> None:
    """Take the finalizers of users from what is being deleted."""
    for resource in RESOURCES:
        for obj in world.client.items(resource):
            meta = obj["metadata"]
            held = [name for name in meta.get("finalizers") or () if name.startswith("example.com/")]
            if held and "deletionTimestamp" in meta:
                left = [name for name in meta["finalizers"] if name not in held]
                world.client.patch(resource, meta["name"], {"metadata": {"finalizers": left}}, "merge", place(obj)[1])
                return


def node(world: World) -> None:
    """Stop, start, cordon or taint a node."""
    name = world.dice.choice([obj["metadata"]["name"] for obj in world.client.items("nodes")] or [""])
    body = world.dice.choice([
        {"metadata": {"annotations": {STOPPED: "true"}}},
        {"metadata": {"annotations": {STOPPED: None}}},
        {"metadata": {"annotations": {STOPPED: None}}},
        {"spec": {"unschedulable": True}},
        {"spec": {"unschedulable": False}},
        {"spec": {"taints": [{"key": "k", "value": "v", "effect": "NoExecute"}]}},
        {"spec": {"taints": None}},
    ])
    world.client.patch("nodes", name, body, "merge")


def advance(world: World) -> None:
    """Let time pass."""
    world.advance(world.dice.choice([0.5, 1.0, 3.0, 10.0, 10.0, 40.0, 90.0, 400.0]))


def again(world: World) -> None:
    """Send back an object as it is, which changes nothing."""
    found = some(world)
    if found is not None:
        before = json.dumps(found[1])
        stored = world.client.update(found[0], json.loads(before), place(found[1])[1])
        world.expect(stored["metadata"]["resourceVersion"] == found[1]["metadata"]["resourceVersion"]
                     or stored.get("metadata") != found[1]["metadata"],
                     f"{found[0]} {place(found[1])}: written though nothing has changed")


OPERATIONS: list[tuple[float, Callable[[World], None]]] = [
    (20, create), (14, update), (10, patch), (10, apply), (10, delete), (1, delete_collection), (6, scale), (3, status),
    (4, relabel_pod), (2, evict), (5, let_go), (1.5, node), (10, advance), (1, again)]

__all__ = ["MADE", "OPERATIONS"]
