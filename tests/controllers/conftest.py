"""A cluster in miniature for controller tests: the real store, API server and manager, a chosen few of the
controllers, and a kubelet that starts a pod after a second and ends one after half a second."""

from __future__ import annotations

import pytest

from kubesim_cli import controllers
from kubesim_cli.apiserver.server import Server
from kubesim_cli.controllers.manager import Manager
from kubesim_cli.helpers.controller import Controller, itself
from kubesim_cli.machinery import timestamps
from kubesim_cli.machinery.entropy import Entropy
from kubesim_cli.machinery.errors import StatusError
from kubesim_cli.machinery.objects import clone, controller_of, key_of
from kubesim_cli.store.store import Store

NOW = 1_800_000_000.0


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


class World:
    """`now` may be moved on with `advance`; `api` is a trusted client."""

    def __init__(self, folder, release, names):
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
        self.manager._loaded["test-kubelet"] = Kubelet()
        self.manager._by_resource.setdefault("pods", []).append("test-kubelet")
        self.api = self.server.trusted
        self.put("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"},
                                 "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}})
        self.put("serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
            "name": "default", "namespace": "default"}, "automountServiceAccountToken": False})

    def put(self, resource, obj):
        """Store an object as it is, past admission; controllers hear of it."""
        obj["metadata"].update(uid=f"uid-{resource}-{key_of(obj)}", creationTimestamp=timestamps.format(NOW))
        self.server.write("ADDED", self.server.resolve(resource), obj, None)

    def advance(self, seconds=0.0):
        """Let time pass."""
        self.manager.live(self.server.now + seconds)

    def create(self, resource, obj, namespace="default"):
        return self.api.create(resource, obj, namespace)

    def get(self, resource, name, namespace="default"):
        return self.api.find(resource, name, namespace)

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


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Return a function: names of controllers (and a release) -> a World with them."""
    from kubesim_cli.apiserver.kinds import base

    class Plain(base.Kind):
        has_status = has_generation = True

        def default_status(self, obj, ctx):
            if obj["kind"] in ("Pod", "PersistentVolumeClaim"):
                obj["status"] = {"phase": "Pending"}

        def grace_period(self, obj, asked):
            return (30 if asked is None else asked) if obj["kind"] == "Pod" else 0

    plain, load = Plain(), base.load
    monkeypatch.setattr(base, "load", lambda group, kind: plain if kind in ("Pod", "PersistentVolumeClaim", "ConfigMap",
                        "Namespace") or load(group, kind) is base._DEFAULT else load(group, kind))
    monkeypatch.setitem(controllers.CONTROLLERS, Kubelet.name, ("", "pods"))
    made = []

    def make(*names, release=(1, 36)):
        made.append(World(tmp_path / str(len(made)), release, names))
        return made[-1]

    yield make
    for each in made:
        each.store.close()
