"""A cluster in miniature for tests of nodes: the real store, API server and manager with a chosen few controllers."""

from __future__ import annotations

import pytest

from kubesim_cli import controllers
from kubesim_cli.apiserver.kinds import base
from kubesim_cli.apiserver.server import Server
from kubesim_cli.controllers.manager import Manager
from kubesim_cli.helpers.nodes import node_object
from kubesim_cli.machinery import timestamps
from kubesim_cli.machinery.entropy import Entropy
from kubesim_cli.machinery.objects import clone, key_of
from kubesim_cli.store.store import Store

NOW = 1_800_000_000.0


class Plain(base.Kind):
    """A kind with status and generation and no opinions, so that tests may store just what they are about."""

    has_status = has_generation = True

    def grace_period(self, obj, asked):
        if obj["kind"] != "Pod":
            return 0
        return (30 if asked is None else asked) if obj["spec"].get("nodeName") else 0


PLAIN = ("Pod", "PersistentVolumeClaim", "PersistentVolume", "Node", "Namespace", "Service", "StorageClass")


class World:
    """`api` is a trusted client; `advance` lets time pass."""

    def __init__(self, folder, release, names, nodes):
        self.store = Store(str(folder))
        self.store.begin()
        self.manager = None
        self.server = Server(self.store, Entropy({"seed": "test", "count": 0}), release, NOW, None,
                             lambda *change: self.manager.notice(*change))
        self.manager = Manager(self.server)
        self.manager._by_resource = {}
        for name in names:
            for resource in controllers.CONTROLLERS[name][1].split():
                self.manager._by_resource.setdefault(resource, []).append(name)
        self.api = self.server.trusted
        for name in ("default", "kube-system", "kube-node-lease", "other"):
            self.store.put("ADDED", "namespaces", name, {
                "apiVersion": "v1", "kind": "Namespace", "status": {"phase": "Active"}, "spec": {},
                "metadata": {"name": name, "uid": name, "labels": {"kubernetes.io/metadata.name": name}}})
        for i in range(nodes):
            obj = node_object(i, release, NOW)
            obj["metadata"]["uid"] = f"node-{i}"
            self.store.put("ADDED", "nodes", key_of(obj), obj)

    @property
    def now(self):
        return self.server.now - NOW

    def advance(self, seconds=0.0):
        self.manager.live(self.server.now + seconds)

    def create(self, resource, obj, namespace="default"):
        """Store an object as it is, past defaults, admission and validation."""
        res = self.server.resolve(resource)
        meta = obj["metadata"]
        if res.namespaced:
            meta.setdefault("namespace", namespace)
        meta.setdefault("uid", self.server.entropy.uid())
        meta.setdefault("creationTimestamp", timestamps.format(self.server.now))
        return self.server.write("ADDED", res, obj, None)

    def get(self, resource, name, namespace="default"):
        return self.api.find(resource, name, namespace)

    def change(self, resource, name, change, namespace="default"):
        """Update an object: `change(obj)` gets a copy to change in place."""
        old = self.get(resource, name, namespace)
        new = clone(old)
        change(new)
        return self.server.write("MODIFIED", self.server.resolve(resource), new, old)

    def node(self, name, change):
        return self.change("nodes", name, change, "")

    def pod(self, name, namespace="default", **spec):
        """Create a pod with one nginx container, where `spec` says nothing else."""
        meta = {"name": name, "labels": spec.pop("labels", {})}
        spec = {"containers": [{"name": "main", "image": "nginx"}], "restartPolicy": "Always",
                "terminationGracePeriodSeconds": 30, **spec}
        return self.create("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec,
                                    "status": {"phase": "Pending"}}, namespace)

    def where(self, name, namespace="default"):
        return self.get("pods", name, namespace)["spec"].get("nodeName")

    def condition(self, name, type_):
        found = self.get("pods", name)["status"].get("conditions") or ()
        return next((c for c in found if c["type"] == type_), None)

    def events(self, reason=None, name=None):
        """Messages of the events with a reason, or (reason, message) of all, in the order in which they came."""
        found = [e for e in self.api.items("events") if name is None or e["involvedObject"]["name"] == name]
        found.sort(key=lambda e: int(e["involvedObject"].get("resourceVersion", 0)))
        return [e["message"] for e in found if e["reason"] == reason] if reason else [
            (e["reason"], e["message"]) for e in found]


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Return a function: names of controllers, release and number of nodes -> a World."""
    plain, load = Plain(), base.load
    monkeypatch.setattr(base, "load", lambda group, kind: plain if kind in PLAIN else load(group, kind))
    made = []

    def make(*names, release=(1, 36), nodes=1):
        made.append(World(tmp_path / str(len(made)), release, names, nodes))
        return made[-1]

    yield make
    for each in made:
        each.store.close()
