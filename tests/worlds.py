"""Clusters in miniature, as fixtures: the real store, API server and manager with a chosen few loops.

`world` is for controllers: pods run on a kubelet that is a mere stand-in. `node_world` is for the scheduler, the
kubelet and all who depend on what these do; its pods, nodes and volumes are stored past defaults and validation.
"""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver.kinds import base
from kubesim_cli.apiserver.server import Server
from kubesim_cli.cluster.clock import Clock
from kubesim_cli.cluster.loops import LOOPS
from kubesim_cli.cluster.state import ClusterState
from kubesim_cli.controllers.manager import Manager
from kubesim_cli.helpers.controller import Controller, itself
from kubesim_cli.helpers.nodes import node_object
from kubesim_cli.kubelet.images.catalogue import Catalogue
from kubesim_cli.machinery import timestamps
from kubesim_cli.machinery.entropy import Entropy
from kubesim_cli.machinery.errors import StatusError
from kubesim_cli.machinery.objects import clone, controller_of, key_of
from kubesim_cli.store.store import Store

NOW = 1_800_000_000.0


class Ready:
    """A loop that is there already: what `LOOPS` has of others, with an instance."""

    of, everywhere, when = "", False, None

    def __init__(self, controller, resources):
        self.controller, self.resources = controller, resources.split()

    def load(self, name):
        return self.controller


class World:
    """`api` is a trusted client; `advance` lets time pass."""

    def __init__(self, folder, release, loops):
        self.store = Store(str(folder))
        self.store.begin()
        self.clock = Clock(ClusterState(self.store), lambda: NOW)
        self.server = Server(self.store, Entropy({"seed": "test", "count": 0}), release, self.clock, None,
                             lambda *change: self.manager.notice(*change))
        self.manager = Manager(self.server, loops)
        self.api = self.server.trusted

    def advance(self, seconds=0.0):
        """Let time pass."""
        self.manager.live(self.server.now + seconds)

    def get(self, resource, name, namespace="default"):
        return self.api.find(resource, name, namespace)


class Kubelet(Controller):
    """Runs pods: a second after they came they are ready, or have ended, or failed, by their label `outcome`."""

    name = "test-kubelet"
    watches = {"pods": itself}

    def sync(self, api, key):
        namespace, name = key.split("/")
        pod = api.find("pods", name, namespace)
        if pod is None:
            return None
        meta = pod["metadata"]
        if "deletionTimestamp" in meta:
            if meta.get("deletionGracePeriodSeconds"):
                since = timestamps.parse(meta["deletionTimestamp"]) - meta["deletionGracePeriodSeconds"]
                return self._after(api, since, 0.5, lambda: api.delete("pods", name, namespace, grace_period=0))
            return None
        if pod["status"]["phase"] == "Pending" and meta.get("labels", {}).get("outcome") != "stuck":
            return self._after(api, timestamps.parse(meta["creationTimestamp"]), 1.0, lambda: self._start(api, pod))
        return None

    def _after(self, api, since, delay, action):
        if api.now < since + delay:
            return since + delay
        action()
        return None

    def _start(self, api, pod):
        now = timestamps.format(api.now)
        outcome = pod["metadata"].get("labels", {}).get("outcome")
        changed = clone(pod)
        if outcome in ("Succeeded", "Failed"):
            code = 0 if outcome == "Succeeded" else 3
            changed["status"] = {"phase": outcome, "startTime": now, "containerStatuses": [
                {"name": c["name"], "state": {"terminated": {"exitCode": code, "finishedAt": now}}}
                for c in pod["spec"]["containers"]]}
        else:
            changed["status"] = {"phase": "Running", "startTime": now,
                                 "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": now}]}
        api.update_status("pods", changed)


class ControllerWorld(World):
    """With the default namespace and its service account."""

    def __init__(self, folder, release, names):
        super().__init__(folder, release, {**{name: LOOPS[name] for name in names},
                                           Kubelet.name: Ready(Kubelet(), "pods")})
        self.put("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"},
                                 "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}})
        self.put("serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
            "name": "default", "namespace": "default"}, "automountServiceAccountToken": False})

    def put(self, resource, obj):
        """Store an object as it is, past admission; controllers hear of it."""
        obj["metadata"].update(uid=f"uid-{resource}-{key_of(obj)}", creationTimestamp=timestamps.format(NOW))
        self.server.write("ADDED", self.server.resolve(resource), obj, None)

    def create(self, resource, obj, namespace="default"):
        return self.api.create(resource, obj, namespace)

    def change(self, resource, name, change, namespace="default"):
        """Update an object: `change(obj)` gets a copy to change in place."""
        obj = clone(self.get(resource, name, namespace))
        obj["metadata"].pop("resourceVersion")
        change(obj)
        return self.api.update(resource, obj, namespace)

    def delete(self, resource, name, namespace="default", **options):
        try:
            self.api.delete(resource, name, namespace, **options)
        except StatusError as error:
            assert error.reason == "NotFound", error

    def names(self, resource, owner=None):
        """Names of a resource's objects, or of those that the object named `owner` controls."""
        return [obj["metadata"]["name"] for obj in self.api.items(resource)
                if owner is None or (controller_of(obj) or {}).get("name") == owner]

    def events(self, reason=None):
        """(reason, message) of all events, or the messages of those with a reason, as they were made."""
        found = sorted(self.api.items("events"), key=lambda e: int(e["metadata"]["resourceVersion"]))
        return [e["message"] for e in found if e["reason"] == reason] if reason else [
            (e["reason"], e["message"]) for e in found]


class NodeWorld(World):
    """With nodes; `now` counts seconds from the start."""

    def __init__(self, folder, release, names, nodes):
        super().__init__(folder, release, {name: LOOPS[name] for name in names})
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

    def create(self, resource, obj, namespace="default"):
        """Store an object as it is, past defaults, admission and validation."""
        res = self.server.resolve(resource)
        meta = obj["metadata"]
        if res.namespaced:
            meta.setdefault("namespace", namespace)
        meta.setdefault("uid", self.server.entropy.uid())
        meta.setdefault("creationTimestamp", timestamps.format(self.server.now))
        return self.server.write("ADDED", res, obj, None)

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


class Plain(base.Kind):
    """A kind with status and generation and no opinions, so that tests may store just what they are about."""

    has_status = has_generation = True

    def default_status(self, obj, ctx):
        if obj["kind"] in ("Pod", "PersistentVolumeClaim"):
            obj["status"] = {"phase": "Pending"}

    def grace_period(self, obj, asked):
        return (30 if asked is None else asked) if obj["kind"] == "Pod" else 0

    def is_held(self, obj):
        return obj["kind"] == "Namespace" and bool(obj["spec"].get("finalizers"))


class PlainOnNodes(Plain):
    """Pods are deleted at once as long as they have no node."""

    def grace_period(self, obj, asked):
        return super().grace_period(obj, asked) if obj["spec"].get("nodeName") else 0


PLAIN = ("Pod", "PersistentVolumeClaim", "ConfigMap", "Namespace")
PLAIN_ON_NODES = ("Pod", "PersistentVolumeClaim", "PersistentVolume", "Node", "Namespace", "Service", "StorageClass")


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Return a function: names of controllers (and a release) -> a ControllerWorld with them."""
    plain, load = Plain(), base.load
    monkeypatch.setattr(base, "load", lambda group, kind: plain if kind in PLAIN or load(group, kind) is base._DEFAULT
                        else load(group, kind))
    made = []

    def make(*names, release=(1, 36)):
        made.append(ControllerWorld(tmp_path / str(len(made)), release, names))
        return made[-1]

    yield make
    for each in made:
        each.store.close()


@pytest.fixture
def pull_times():
    """Images take the time that they take."""


@pytest.fixture
def node_world(tmp_path, monkeypatch, request):
    """Return a function: names of loops, release and number of nodes -> a NodeWorld. Images are pulled in no time, but
    for a test that asks for `pull_times`."""
    if "pull_times" not in request.fixturenames:
        monkeypatch.setattr(Catalogue, "seconds", lambda self, image: 0.0)
    plain, load = PlainOnNodes(), base.load
    monkeypatch.setattr(base, "load", lambda group, kind: plain if kind in PLAIN_ON_NODES else load(group, kind))
    made = []

    def make(*names, release=(1, 36), nodes=1):
        made.append(NodeWorld(tmp_path / str(len(made)), release, names, nodes))
        return made[-1]

    yield make
    for each in made:
        each.store.close()
