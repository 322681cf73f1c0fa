"""What has to be true of a cluster at rest."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

from kubesim_cli.apiserver import provenance
from kubesim_cli.machinery import fieldset, selectors, timestamps, typed
from kubesim_cli.machinery.decode import decode
from kubesim_cli.machinery.objects import controller_of, key_of
from kubesim_cli.store.store import Store

if TYPE_CHECKING:
    from model.world import World

Object = dict[str, Any]
IMMORTAL = ("default", "kube-system", "kube-public")  # namespaces that nobody can delete


def _condition(obj: Object, type_: str) -> Object:
    found = obj.get("status", {}).get("conditions") or ()
    return next((each for each in found if each["type"] == type_), {})


def _ready(pod: Object) -> bool:
    return bool(_condition(pod, "Ready").get("status") == "True")


def _deleted(obj: Object) -> bool:
    return "deletionTimestamp" in obj["metadata"]


def _phase(pod: Object) -> str:
    return str(pod.get("status", {}).get("phase", ""))


def _active(pod: Object) -> bool:
    return not _deleted(pod) and _phase(pod) not in ("Succeeded", "Failed")


def _available(pod: Object, seconds: int, now: float) -> bool:
    return _ready(pod) and (not seconds or timestamps.parse(
        _condition(pod, "Ready")["lastTransitionTime"]) + seconds <= now)


class _State:
    """The objects of a cluster, looked up once."""

    def __init__(self, world: World):
        self.world, self.client, self.now = world, world.client, world.cluster.now
        self.pods = self.client.items("pods")
        self.by_owner: dict[str, list[Object]] = {}
        for pod in self.pods:
            owner = controller_of(pod)
            if owner:
                self.by_owner.setdefault(owner["uid"], []).append(pod)

    def settled(self, resource: str) -> list[Object]:
        """Return the objects that no loop is about to look at again, a moment later, because it has failed."""
        failing = {key for _, key in self.world.cluster.manager._failures}
        ending = {each["metadata"]["name"] for each in self.client.items("namespaces") if _deleted(each)}
        return [obj for obj in self.client.items(resource)
                if key_of(obj) not in failing and obj["metadata"]["namespace"] not in ending]

    def owned(self, obj: Object) -> list[Object]:
        """Return the pods that a controller counts; one that is deleted goes on to own what has left its selector."""
        selector = obj["spec"].get("selector") or {}
        if obj["kind"] == "ReplicationController":
            selector = {"matchLabels": selector}
        return [pod for pod in self.by_owner.get(obj["metadata"]["uid"], ())
                if selectors.selector_matches(selector, pod["metadata"].get("labels") or {})]

    def expect(self, obj: Object, what: str, told: object, counted: object) -> None:
        self.world.expect(told == counted, f"{obj['kind']} {key_of(obj)}: {what} is told as {told}, and is {counted}")


def check_counts(world: World) -> None:
    """What the statuses of controllers say is what is there."""
    state = _State(world)
    _check_replica_sets(state)
    _check_deployments(state)
    _check_stateful_sets(state)
    _check_daemon_sets(state)
    _check_jobs(state)
    _check_endpoints(state)
    _check_volumes(state)
    _check_quotas(state)
    _check_pods(state)
    _check_owners(state)
    _check_namespaces(state)


def _observed(state: _State, obj: Object) -> Object:
    status: Object = obj.get("status") or {}
    state.expect(obj, "observedGeneration", status.get("observedGeneration", 0), obj["metadata"]["generation"])
    return status


def _check_replica_sets(state: _State) -> None:
    for obj in [*state.settled("replicasets.apps"), *state.settled("replicationcontrollers")]:
        status, pods = _observed(state, obj), [pod for pod in state.owned(obj) if _active(pod)]
        labels = (obj["spec"].get("template") or {}).get("metadata", {}).get("labels") or {}
        full = [pod for pod in pods if labels.items() <= (pod["metadata"].get("labels") or {}).items()]
        seconds = obj["spec"].get("minReadySeconds", 0)
        state.expect(obj, "replicas", status.get("replicas", 0), len(pods))
        state.expect(obj, "fullyLabeledReplicas", status.get("fullyLabeledReplicas", 0), len(full))
        state.expect(obj, "readyReplicas", status.get("readyReplicas", 0), sum(map(_ready, pods)))
        if _condition(obj, "ReplicaFailure"):  # the next look is when creating is tried again
            continue
        available = sum(_available(pod, seconds, state.now) for pod in pods)
        state.expect(obj, "availableReplicas", status.get("availableReplicas", 0), available)
        if not _deleted(obj):
            state.expect(obj, "the number of its pods", obj["spec"].get("replicas", 1), len(pods))


def _check_deployments(state: _State) -> None:
    sets = state.client.items("replicasets.apps")
    for obj in state.settled("deployments.apps"):
        status, uid = _observed(state, obj), obj["metadata"]["uid"]
        mine = [each for each in sets if (controller_of(each) or {}).get("uid") == uid]
        if _deleted(obj):
            continue
        for name in ("replicas", "readyReplicas", "availableReplicas"):
            counted = sum((each.get("status") or {}).get(name, 0) for each in mine)
            state.expect(obj, name, status.get(name, 0), counted)


def _check_stateful_sets(state: _State) -> None:
    for obj in state.settled("statefulsets.apps"):
        status, pods = obj.get("status") or {}, state.owned(obj)
        if _deleted(obj):
            continue
        _observed(state, obj)
        state.expect(obj, "replicas", status.get("replicas", 0), len(pods))
        ready = sum(_phase(pod) == "Running" and _ready(pod) for pod in pods)
        state.expect(obj, "readyReplicas", status.get("readyReplicas", 0), ready)
        current = sum(not _deleted(pod) and pod["metadata"]["labels"].get("controller-revision-hash")
                      == status.get("updateRevision") for pod in pods)
        state.expect(obj, "updatedReplicas", status.get("updatedReplicas", 0), current)


def _check_daemon_sets(state: _State) -> None:
    for obj in state.settled("daemonsets.apps"):
        if _deleted(obj):
            continue
        status = _observed(state, obj)
        ready = {pod["spec"].get("nodeName") for pod in state.owned(obj) if _ready(pod) and not _deleted(pod)}
        state.world.expect(status.get("numberReady", 0) <= len(ready) or status["numberReady"] <= len(state.owned(obj)),
                           f"DaemonSet {key_of(obj)}: {status.get('numberReady')} are told to be ready")


def _check_jobs(state: _State) -> None:
    for obj in state.settled("jobs.batch"):
        status, pods = obj.get("status") or {}, state.owned(obj)
        if _deleted(obj):
            continue
        # 0 is what a controller tells that waits to start more (manageJob).
        active = sum(map(_active, pods))
        state.world.expect(status.get("active", 0) in (0, active), f"Job {key_of(obj)}: active is told as "
                           f"{status.get('active')}, and is {active}")
        for pod in pods:
            ended = _phase(pod) in ("Succeeded", "Failed")
            tracked = "batch.kubernetes.io/job-tracking" in (pod["metadata"].get("finalizers") or ())
            state.world.expect(not (ended and tracked), f"Pod {key_of(pod)}: has ended, and is not yet counted")
        done = [each["type"] for each in status.get("conditions") or ()
                if each["type"] in ("Complete", "Failed") and each["status"] == "True"]
        state.world.expect(len(done) < 2, f"Job {key_of(obj)}: it is {done}")


def _check_endpoints(state: _State) -> None:
    slices: dict[str, list[Object]] = {}
    for each in state.client.items("endpointslices.discovery.k8s.io"):
        name = each["metadata"]["labels"].get("kubernetes.io/service-name", "")
        slices.setdefault(f"{each['metadata']['namespace']}/{name}", []).append(each)
    for obj in state.client.items("services"):
        selector = obj["spec"].get("selector")
        if not selector or _deleted(obj):
            continue
        pods = [pod for pod in state.pods if pod["metadata"]["namespace"] == obj["metadata"]["namespace"]
                and selector.items() <= (pod["metadata"].get("labels") or {}).items()
                and pod.get("status", {}).get("podIP") and _phase(pod) not in ("Succeeded", "Failed")]
        wanted = {pod["metadata"]["name"]: _ready(pod) and not _deleted(pod) for pod in pods}
        told = {each["targetRef"]["name"]: each["conditions"].get("ready", True)
                for one in slices.get(key_of(obj), ()) for each in one.get("endpoints") or () if "targetRef" in each}
        state.expect(obj, "what is behind it", told, wanted)


def _check_volumes(state: _State) -> None:
    claims = {claim["metadata"]["uid"]: claim for claim in state.client.items("persistentvolumeclaims")}
    volumes = {volume["metadata"]["name"]: volume for volume in state.client.items("persistentvolumes")}
    by_claim = Counter(uid for volume in volumes.values()
                       if (uid := (volume["spec"].get("claimRef") or {}).get("uid")) in claims)
    for uid, count in by_claim.items():
        state.expect(claims[uid], "the number of its volumes", 1, count)
    for claim in claims.values():
        name, phase = claim["spec"].get("volumeName"), claim.get("status", {}).get("phase")
        if phase != "Bound":
            continue
        volume = volumes.get(name or "")
        if volume is None:
            state.world.expect(False, f"PersistentVolumeClaim {key_of(claim)}: bound to {name}, which is not there")
            continue
        state.expect(volume, "whose it is", volume["spec"]["claimRef"]["uid"], claim["metadata"]["uid"])
        state.expect(volume, "phase", volume["status"]["phase"], "Bound")


def _check_quotas(state: _State) -> None:
    counted = {
        "configmaps": lambda namespace: len(state.client.items("configmaps", namespace)),
        "count/deployments.apps": lambda namespace: len(state.client.items("deployments.apps", namespace)),
        "pods": lambda namespace: sum(map(_active, state.client.items("pods", namespace)))}
    for obj in state.client.items("resourcequotas"):
        status = obj.get("status") or {}
        for name in status.get("hard") or {}:
            namespace, used = obj["metadata"]["namespace"], int(status["used"][name])
            number = counted[name](namespace)
            going = sum(map(_deleted, state.client.items("pods", namespace))) if name == "pods" else 0
            state.world.expect(number <= used <= number + going, f"ResourceQuota {key_of(obj)}: used {name} is told as "
                               f"{used}, and is {number} and {going} that go")


def _check_pods(state: _State) -> None:
    addresses = Counter(pod["status"]["podIP"] for pod in state.pods if pod.get("status", {}).get("podIP")
                        and _phase(pod) not in ("Succeeded", "Failed") and not pod["spec"].get("hostNetwork"))
    for address, count in addresses.items():
        state.world.expect(count == 1, f"{count} pods have the address {address}")
    cluster_ips = Counter(ip for obj in state.client.items("services") for ip in obj["spec"].get("clusterIPs") or ()
                          if ip != "None")
    ports = Counter(f"{port['nodePort']} {port['protocol']}" for obj in state.client.items("services")
                    for port in obj["spec"].get("ports") or () if port.get("nodePort"))
    for what, count in (cluster_ips + ports).items():
        state.world.expect(count == 1, f"{count} services have {what}")
    nodes = {node["metadata"]["name"] for node in state.client.items("nodes")}
    for pod in state.pods:
        name = pod["spec"].get("nodeName")
        state.world.expect(not name or name in nodes, f"Pod {key_of(pod)}: on {name}, which is not there")
        state.world.expect(bool(name) or _phase(pod) != "Running", f"Pod {key_of(pod)}: runs nowhere")


def _check_owners(state: _State) -> None:
    """Nothing outlives its last owner, and nothing waits for dependents that are gone."""
    objects = [(resource, obj) for resource in state.world.cluster.store.resources() if resource != "events"
               for obj in state.world.cluster.store.list(resource)]
    there = {obj["metadata"].get("uid"): obj for _, obj in objects}
    for resource, obj in objects:
        owners = obj["metadata"].get("ownerReferences") or ()
        immortal = resource == "namespaces" and obj["metadata"]["name"] in IMMORTAL
        if owners and not _deleted(obj) and not immortal:
            state.world.expect(any(_owns(there.get(owner["uid"]), owner, obj) for owner in owners),
                               f"{resource} {key_of(obj)}: all of its owners are gone")
        if "foregroundDeletion" in (obj["metadata"].get("finalizers") or ()):
            uid = obj["metadata"]["uid"]
            waited = [each for _, each in objects for owner in each["metadata"].get("ownerReferences") or ()
                      if owner["uid"] == uid and owner.get("blockOwnerDeletion")]
            state.world.expect(waited, f"{resource} {key_of(obj)}: it waits for nobody")


def _owns(owner: Object | None, reference: Object, obj: Object) -> bool:
    """Whether a reference keeps an object. Owners are of the same namespace, or of none; what has no namespace and
    names an owner that has one stays for ever."""
    namespace = obj["metadata"].get("namespace")
    if namespace is None and reference["kind"] not in ("Namespace", "PersistentVolume", "Node"):
        return True
    return owner is not None and owner["metadata"].get("namespace") in (None, namespace)


def _check_namespaces(state: _State) -> None:
    namespaces = {each["metadata"]["name"]: each for each in state.client.items("namespaces")}
    for resource in state.world.cluster.store.resources():
        for obj in state.world.cluster.store.list(resource):
            namespace = obj["metadata"].get("namespace")
            state.world.expect(not namespace or namespace in namespaces,
                               f"{resource} {key_of(obj)}: its namespace is gone")


def check_objects(world: World) -> None:
    """What a watcher has seen is what is there; lists are what gets give; managers own fields that exist."""
    store = world.cluster.store
    seen = {}
    for resource in store.resources():
        objects = store.list(resource)
        keys = [key_of(obj) for obj in objects]
        world.expect(keys == sorted(keys), f"{resource}: listed as {keys}")
        for key, obj in zip(keys, objects, strict=True):
            seen[resource, key] = json.dumps(obj)
    _compare(world, "a watcher has it otherwise", world.journal.objects, seen)
    by_owner: dict[tuple[str, str], list[str]] = {}
    for (resource, key), text in seen.items():
        for owner in {ref["uid"] for ref in json.loads(text)["metadata"].get("ownerReferences") or ()}:
            by_owner.setdefault((resource, owner), []).append(key)
    for (resource, owner), keys in by_owner.items():
        owned = [key_of(obj) for obj in store.owned(resource, owner)]
        world.expect(owned == sorted(keys), f"{resource}: owned by {owner} are {keys}, told are {owned}")
    for resource in [each for each in store.resources() if each != "events"]:
        _check_listing(world, resource)
        schema = world.cluster.server.schema(world.cluster.server.resolve(resource))
        for obj in store.list(resource):
            obj = _told(obj, schema)
            _check_managers(world, resource, obj, schema)
            if schema is not None and resource != "componentstatuses":  # these are not stored by a real server
                decoded, unknown = decode(obj, schema)
                world.expect(not unknown, f"{resource} {key_of(obj)}: unknown fields {unknown}")
                world.expect(decoded == obj, f"{resource} {key_of(obj)}: stored, and as the server makes it: "
                             f"{_difference(obj, decoded)}")


def _told(obj: Object, schema: Any) -> Object:
    """Return a stored object as users see it: with entries for the record of what the control plane wrote, or none."""
    fields = obj["metadata"].get("managedFields")
    if isinstance(fields, str):
        fields = provenance.entries(obj, "status" in obj, schema)
    meta = {field: value for field, value in obj["metadata"].items() if field != "managedFields"}
    return {**obj, "metadata": {**meta, "managedFields": fields} if fields else meta}


def _difference(left: Any, right: Any, path: str = "") -> str:
    """Tell the first place in which two values differ."""
    if type(left) is not type(right) or not isinstance(left, (dict, list)):
        return f"{path}: {left!r}, {right!r}"
    keys = range(max(len(left), len(right))) if isinstance(left, list) else sorted({*left, *right})
    for key in keys:
        there = [key in each if isinstance(each, dict) else key < len(each) for each in (left, right)]
        if not all(there):
            return f"{path}.{key}: it is only {'left' if there[0] else 'right'}"
        if left[key] != right[key]:
            return _difference(left[key], right[key], f"{path}.{key}")
    return ""


def _compare(world: World, what: str, left: dict[tuple[str, str], str], right: dict[tuple[str, str], str]) -> None:
    for each in sorted({*left, *right}):
        if left.get(each) != right.get(each):
            world.expect(False, f"{each}: {what}:\n    {left.get(each)}\n    {right.get(each)}")


def _check_listing(world: World, resource: str) -> None:
    client = world.client
    whole = client.list(resource)["items"]
    got = [client.get(resource, obj["metadata"]["name"], obj["metadata"].get("namespace", "")) for obj in whole]
    world.expect(whole == got, f"{resource}: a list is not what single gets give")
    paged: list[Object] = []
    page = client.list(resource, limit=3)
    while True:
        paged += page["items"]
        token = page["metadata"].get("continue")
        if not token:
            break
        page = client.list(resource, limit=3, continue_=token)
    world.expect(whole == paged, f"{resource}: a list is not what its pages give")
    some = [obj for obj in whole if (obj["metadata"].get("labels") or {}).get("app") == "a"]
    world.expect(client.list(resource, label_selector="app=a")["items"] == some, f"{resource}: selected otherwise")


# Who owns a map that an apply has emptied goes on to own it, though an empty map is not stored: typed values of
# structured-merge-diff keep it, the JSON of a Go struct does not.
EMPTIED = ("f:annotations", "f:labels", "f:hard", "f:data", "f:binaryData", "f:nodeSelector", "f:matchLabels")
# What a kind's strategy leaves out of a write, after it was noted who owns it: the finalizers of a namespace that ends,
# what another type of a service has no use for.
LEFT_OUT = {"namespaces": ("f:finalizers",),
            "services": ("f:nodePort", "f:externalTrafficPolicy", "f:healthCheckNodePort", "f:loadBalancerClass",
                         "f:allocateLoadBalancerNodePorts", "f:clusterIP", "f:clusterIPs", "f:ipFamilies",
                         "f:ipFamilyPolicy")}


def _check_managers(world: World, resource: str, obj: Object, schema: Any) -> None:
    entries = obj["metadata"].get("managedFields") or ()
    who = [(each["manager"], each["operation"], each["apiVersion"], each.get("subresource", "")) for each in entries]
    world.expect(len(who) == len(set(who)), f"{resource} {key_of(obj)}: a manager stands there twice: {who}")
    if not entries:
        return
    found = typed.compare({"apiVersion": obj["apiVersion"], "kind": obj["kind"]}, obj, schema)
    there = fieldset.union(found.added, found.modified)
    if obj["kind"] == "Pod":  # a binding changes the condition PodScheduled, past what tracks fields
        entries = [{**each, "fieldsV1": {key: value for key, value in each["fieldsV1"].items() if key != "f:status"}}
                   for each in entries]
    for each in entries:
        lost = fieldset.difference(each.get("fieldsV1") or {}, there)
        # An applier goes on to own stringData, which is never stored.
        gone = [path for path in fieldset.paths(lost) if (each["operation"] != "Apply" or path[0] != "f:stringData")
                and path[-1] not in EMPTIED and path[-1] not in LEFT_OUT.get(resource, ())]
        world.expect(not gone, f"{resource} {key_of(obj)}: {each['manager']} owns {gone}, which are not there")


def check_log(world: World) -> None:
    """The store comes out of its files as it is in memory, with its index and without."""
    store = world.cluster.store
    there = {(resource, key_of(obj)): json.dumps(obj) for resource in store.resources() for obj in store.list(resource)}
    copy = world.folder + "-again"
    for drop in ("", "index.json", "head.json"):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(world.folder, copy)
        if drop and os.path.exists(os.path.join(copy, drop)):
            os.unlink(os.path.join(copy, drop))
        again = Store(copy)
        read = {(resource, key_of(obj)): json.dumps(obj) for resource in again.resources()
                for obj in again.list(resource)}
        _compare(world, f"read from the files without {drop or 'nothing'}", there, read)
        world.expect(sorted(again.timers) == sorted(store.timers), "the timers in the files are others")
        world.expect(again.meta == store.meta, "the meta in the files is another")
        world.expect(again.revision == store.revision, "the revision in the files is another")
        again.close()
    shutil.rmtree(copy)
