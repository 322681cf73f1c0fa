"""`kubesim sim load`."""

from __future__ import annotations

import pytest

DEPLOYMENT = """apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata:
    creationTimestamp: "2024-06-01T09:00:00Z"
    generation: 1
    labels: {app: web, pod-template-hash: 6d4b}
    name: web-6d4b
    namespace: shop
    resourceVersion: "77"
    uid: rs-uid
    ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: gone, controller: true}]
  spec:
    replicas: 2
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: web, image: "nginx:1.25"}]}
  status: {replicas: 2, readyReplicas: 1, availableReplicas: 1, fullyLabeledReplicas: 2, observedGeneration: 1}
- apiVersion: v1
  kind: Pod
  metadata:
    creationTimestamp: "2024-06-01T09:00:00Z"
    labels: {app: web}
    name: web-6d4b-abcde
    namespace: shop
    uid: pod-uid
    ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d4b, uid: rs-uid, controller: true}]
  spec: {nodeName: far-away, containers: [{name: web, image: "nginx:1.25"}]}
  status:
    phase: Running
    podIP: 10.1.2.3
    conditions: [{type: Ready, status: "False", lastTransitionTime: "2024-06-03T09:00:00Z"}]
    containerStatuses:
    - {name: web, image: "nginx:1.25", imageID: x, ready: false, restartCount: 17,
       state: {waiting: {reason: CrashLoopBackOff, message: back-off}}}
"""
CANARY = """---
apiVersion: ops.example.com/v1beta1
kind: Policy
metadata: {name: strict, namespace: shop}
spec: {steps: [1, {two: 2}]}
status: {phase: Fine}
"""


@pytest.fixture
def load(terminal, tmp_path):
    def do(text):
        (tmp_path / "dump").write_text(text)
        return terminal(f"kubectl sim load {tmp_path / 'dump'}")

    return do


def test_objects_come_with_status_ages_and_owners(terminal, load):
    assert load(DEPLOYMENT).out == "namespace/shop loaded\nreplicaset.apps/web-6d4b loaded\npod/web-6d4b-abcde loaded\n"
    assert terminal.ok("kubectl sim clock") == "2024-06-03T09:00:00Z (frozen)\n"
    listing = "NAME             READY   STATUS             RESTARTS   AGE\n" \
              "web-6d4b-abcde   0/1     CrashLoopBackOff   17         {}\n"
    assert terminal.ok("kubectl get pods -n shop") == listing.format("2d")
    terminal.advance("10m")
    assert terminal.ok("kubectl get pods -n shop") == listing.format("2d")
    assert terminal.ok("kubectl get pod web-6d4b-abcde -n shop -o jsonpath="
                       "'{.metadata.uid} {.metadata.ownerReferences[0].uid}'") == "pod-uid rs-uid"
    assert "far-away" in terminal.ok("kubectl describe pod web-6d4b-abcde -n shop")
    assert terminal.ok("kubectl get rs -n shop --no-headers").split() == ["web-6d4b", "2", "2", "1", "2d"]


def test_what_is_loaded_goes_on_when_it_is_changed(terminal, load):
    load(DEPLOYMENT.replace("ownerReferences: [{apiVersion: apps/v1, kind: Deployment", "x: [{kind: Deployment"))
    terminal.ok("kubectl delete pod web-6d4b-abcde -n shop --force")
    terminal.advance("20s")
    assert terminal.ok("kubectl get rs -n shop --no-headers").split()[:4] == ["web-6d4b", "2", "2", "2"]


def test_kinds_that_are_not_known_are_defined(terminal, load):
    assert load(CANARY).out == ("customresourcedefinition.apiextensions.k8s.io/policies.ops.example.com loaded\n"
                                "namespace/shop loaded\npolicy.ops.example.com/strict loaded\n")
    assert terminal.ok("kubectl get policy strict -n shop -o jsonpath='{.spec.steps[1].two}{.status.phase}'") == "2Fine"
    assert "policies" in terminal.ok("kubectl api-resources --api-group=ops.example.com")
    result = load(CANARY.replace("v1beta1", "v2"))
    assert (result.code, result.err) == (
        1, "Error: Policy strict: policies.ops.example.com does not serve v2\n")


@pytest.mark.parametrize(("kind", "plural"), [("Gateway", "gateways"), ("Policy", "policies"), ("Mesh", "meshes"),
                                              ("Class", "classes"), ("Route", "routes")])
def test_names_of_resources_are_guessed(terminal, load, kind, plural):
    load(f"{{apiVersion: x.networking.k8s.io/v1, kind: {kind}, metadata: {{name: a}}}}")
    assert terminal.ok(f"kubectl get {plural} -o name") == f"{kind.lower()}.x.networking.k8s.io/a\n"


def test_what_is_there_is_replaced(terminal, load):
    terminal.ok("kubectl create configmap a --from-literal=x=1")
    configmap = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '2'}}"
    assert load(configmap).out == "configmap/a loaded\n"
    assert terminal.ok("kubectl get cm a -o jsonpath={.data.x}") == "2"


def test_what_has_no_status_yet_comes_to_life(terminal, load):
    load("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: nginx}]}}")
    terminal.advance("20s")
    assert terminal.ok("kubectl get pod a --no-headers").split()[2] == "Running"


def test_what_is_new_is_prepared_as_a_created_object_is(terminal, load):
    load("""
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: d}
spec:
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{port: 80}]}
""")
    told = "{.metadata.annotations}{.spec.clusterIP}"
    assert terminal.ok(f"kubectl get ds d -o jsonpath='{told}'") == '{"deprecated.daemonset.template.generation":"1"}'
    assert terminal.ok(f"kubectl get svc s -o jsonpath='{told}'").startswith("10.")


def test_a_whole_cluster_is_taken_over(terminal, load, tmp_path):
    """What this very cluster prints, into a new one."""
    terminal.ok("kubectl create deployment web --image=nginx --replicas=2")
    terminal.advance("1m")
    kinds = "deploy,rs,pods,svc,cm,sa,events,nodes,ns,endpointslices,clusterroles,leases"
    dump = terminal.ok(f"kubectl get {kinds} -A -o yaml")
    before = terminal.ok("kubectl get deploy,rs,pods,events -o wide")
    terminal.ok("kubectl sim reset --seed other --bare")
    assert load(dump).code == 0
    assert terminal.ok("kubectl get deploy,rs,pods,events -o wide") == before


@pytest.mark.parametrize(("text", "told"), [
    ("kind: Pod", "Error: an object has neither apiVersion nor kind\n"),
    ("{kind: Pod, apiVersion: v1}", "Error: an object of kind Pod has no metadata.name\n"),
    ("{kind: PodList, apiVersion: v1, items: [1]}", "Error: an object has neither apiVersion nor kind\n"),
    ("{kind: Foo, apiVersion: v1, metadata: {name: a}}", 'Error: Foo a: no kind "Foo" is known in "v1"\n'),
    ("{kind: Pod, apiVersion: v1, metadata: {name: a}, spec: {}}", "spec.containers: Required value\n"),
    ("{kind: Job, apiVersion: batch/v1, metadata: {name: a}, spec: {template: {spec: {}}}}", "Error: Job a: "),
    ("[", "error: error parsing ")])
def test_what_is_no_object_is_refused_and_nothing_is_kept(terminal, load, text, told):
    result = load("{apiVersion: v1, kind: ConfigMap, metadata: {name: first}}\n---\n" + text)
    assert result.code == 1 and told in result.err, result
    assert terminal("kubectl get cm first").code == 1
