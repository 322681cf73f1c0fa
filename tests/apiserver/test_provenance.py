"""Managed fields of what the control plane makes: a record of it tells the same as tracking would have found."""

from __future__ import annotations

import json

import pytest

from kubesim_cli.apiserver import tracking

WORKLOADS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {note: here}}
    spec:
      serviceAccountName: builder
      tolerations: [{key: a, operator: Exists}]
      initContainers: [{name: first, image: busybox, command: ["true"]}]
      volumes: [{name: scratch, emptyDir: {}}]
      containers:
      - {name: web, image: nginx, ports: [{containerPort: 80}], volumeMounts: [{name: scratch, mountPath: /scratch}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: builder}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: nginx, volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: nginx}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["true"]}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: huge}
spec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: 1k}}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: other}
"""
RESOURCES = ("pods,replicasets,jobs,controllerrevisions,persistentvolumeclaims,persistentvolumes,endpoints,"
             "endpointslices,serviceaccounts,configmaps")


def _managed(terminal) -> dict:
    """Return the managed fields of all that runs when a few workloads do, by kind and name."""
    terminal.ok("kubectl sim reset --bare --seed test")
    terminal.ok("kubectl sim clock freeze 2026-01-01T00:00:00Z")
    terminal.ok("kubectl apply -f -", WORKLOADS)
    terminal.ok("kubectl sim clock advance 2m")
    terminal.ok("kubectl scale deployment web --replicas=1")
    terminal.ok("kubectl sim clock advance 2m")
    shown = json.loads(terminal.ok(f"kubectl get {RESOURCES} -A -o json --show-managed-fields"))
    return {(obj["kind"], obj["metadata"].get("namespace", ""),
             obj["metadata"]["name"]): obj["metadata"].get("managedFields") for obj in shown["items"]
            if obj["metadata"]["creationTimestamp"] != "2026-01-01T00:00:00Z" or obj["metadata"].get("ownerReferences")
            or obj["metadata"].get("namespace") == "other"}


@pytest.mark.parametrize("release", ["1.28", "1.36"])
def test_records_say_what_tracking_would(terminal, monkeypatch, release):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = release
    lazily = _managed(terminal)
    monkeypatch.setattr(tracking, "_recorded", lambda request, old, obj, manager: False)
    eagerly = _managed(terminal)
    assert len(lazily) >= 15 and lazily.keys() == eagerly.keys()
    for what, entries in lazily.items():
        assert entries == eagerly[what], what


HPA_TARGET = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {kubesim.io/usage-cpu: 90m}}
    spec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: 100m}}}]}
"""
SSA = "kubectl apply --server-side -f -"


def _conflicts(terminal, body: str) -> str:
    result = terminal(SSA, body)
    assert result.code == 1
    return result.err.partition("\nPlease")[0]


def _owners(terminal, what: str) -> dict:
    """Return (manager, operation, subresource) -> fieldsV1 of an object."""
    meta = json.loads(terminal.ok(f"kubectl get {what} -o json --show-managed-fields"))["metadata"]
    return {(each["manager"], each["operation"], each.get("subresource", "")): each["fieldsV1"]
            for each in meta.get("managedFields", ())}


def test_an_autoscalers_replicas_are_given_up(terminal):
    terminal.ok(SSA, HPA_TARGET)
    terminal.ok("kubectl autoscale deployment web --max=5 --cpu-percent=50")
    terminal.advance("90s")
    assert _conflicts(terminal, HPA_TARGET) == (
        'error: Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using '
        "apps/v1: .spec.replicas")
    scaled = terminal.ok("kubectl get deployment web -o jsonpath={.spec.replicas}")
    terminal.ok(SSA, HPA_TARGET.replace("  replicas: 1\n", ""))
    assert terminal.ok("kubectl get deployment web -o jsonpath={.spec.replicas}") == scaled != "1"
    terminal.ok(f"{SSA} --force-conflicts", HPA_TARGET)
    owners = _owners(terminal, "deployment web")
    assert ("kube-controller-manager", "Update", "scale") not in owners
    assert "f:replicas" in owners["kubectl", "Apply", ""]["f:spec"]


def test_what_the_control_plane_made_is_its_own(terminal):
    node = "---\n{apiVersion: v1, kind: Node, metadata: {name: minikube, labels: {kubernetes.io/os: windows, mine: a}}}"
    assert _conflicts(terminal, node) == (
        'error: Apply failed with 1 conflict: conflict with "kubelet" using v1: .metadata.labels.kubernetes.io/os')
    terminal.ok(SSA, node.replace("windows", "linux"))
    owners = _owners(terminal, "node minikube")
    assert owners["kubectl", "Apply", ""] == {"f:metadata": {"f:labels": {"f:kubernetes.io/os": {}, "f:mine": {}}}}
    assert "f:kubernetes.io/os" in owners["kubelet", "Update", ""]["f:metadata"]["f:labels"]
    root = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: kube-root-ca.crt}, data: {ca.crt: mine}}"
    assert _conflicts(terminal, root).endswith('conflict with "kube-controller-manager" using v1: .data.ca.crt')


@pytest.mark.parametrize(("what", "managers"), [
    ("namespace default", ["kube-apiserver"]), ("namespace kube-system", ["kube-apiserver"]),
    ("service kubernetes", ["kube-apiserver"]), ("clusterrole view", ["kube-apiserver"]),
    ("endpointslice kubernetes", ["kube-apiserver"]), ("lease -n kube-node-lease minikube", ["kubelet"]),
    ("configmap kube-root-ca.crt", ["kube-controller-manager"]), ("serviceaccount default", []),
    ("pod -n kube-system etcd-minikube", ["kubelet", "kubelet/status"]),
    ("deployment -n kube-system coredns", ["kube-controller-manager/status", "kubeadm"]),
    ("configmap -n kube-system coredns", ["kubeadm"]), ("csinode minikube", ["kubelet"]),
    ("node minikube", ["kube-controller-manager", "kubeadm", "kubectl-label", "kubelet", "kubelet/status"]),
])
def test_who_made_what_is_there_at_the_start(terminal, what, managers):
    assert [f"{manager}/{part}".rstrip("/") for manager, _, part in _owners(terminal, what)] == managers


def test_status_of_a_node_is_owned_as_it_changes(terminal):
    conditions = _owners(terminal, "node minikube")["kubelet", "Update", "status"]["f:status"]["f:conditions"]
    assert conditions['k:{"type":"DiskPressure"}'] == {"f:lastHeartbeatTime": {}}
    assert "f:reason" in conditions['k:{"type":"Ready"}'] and "." not in conditions['k:{"type":"Ready"}']


def test_a_command_writes_down_what_was_only_recorded(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.advance("30s")
    pod = terminal.ok("kubectl get pods -o name").strip()
    before = _owners(terminal, pod)
    terminal.ok(f"kubectl label {pod} more=here")
    after = _owners(terminal, pod)
    assert after.pop(("kubectl-label", "Update", "")) == {"f:metadata": {"f:labels": {"f:more": {}}}}
    assert after == before
    terminal.ok(f"kubectl delete {pod} --wait=false")


def test_who_has_emptied_the_list_has_none(terminal):
    terminal.ok("kubectl create configmap c --from-literal=a=b")
    terminal.ok("""kubectl patch configmap c --type=json -p '[{"op": "replace", "path": "/metadata/managedFields",
                "value": [{}]}]'""")
    terminal.ok("kubectl label configmap c more=here")
    assert _owners(terminal, "configmap c") == {}
    assert "managedFields" not in terminal.ok("kubectl get --raw /api/v1/namespaces/default/configmaps/c")


def test_records_are_not_shown(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    for line in ("get rs -o yaml", "get rs -o jsonpath={.items[0]}", "describe rs",
                 "get rs -w --request-timeout=1ms -o json",
                 "get rs -o custom-columns=A:.metadata.managedFields", "get rs -o go-template={{.}}"):
        assert "kube-controller-manager=" not in terminal(f"kubectl {line}").out
    pod = terminal.ok("kubectl get pods -o name").strip().removeprefix("pod/")
    of_pods = "/api/v1/namespaces/default/pods"
    for path in (f"{of_pods}/{pod}", f"{of_pods}/{pod}", of_pods):  # the second time it is being deleted
        answer = json.loads(terminal.ok(f"kubectl delete --raw {path}"))
        for deleted in answer.get("items", [answer]):
            assert deleted["metadata"]["managedFields"][0]["manager"] == "kube-controller-manager"


@pytest.mark.parametrize(("record", "write", "then"), [
    ("a=1", ("a", "", 5.5), "a=5"), ("a=1", ("b", "", 5), None), ("a=1", ("a", "status", 5), "a=1 a/status=5"),
    ("a=1 b/status=2", ("b", "status", 5), "a=1 b/status=5"), ("a=1 b/status=2", ("c", "status", 5), None),
    ("a=1 kube-scheduler/status=2", ("c", "status", 5), "a=1 kube-scheduler/status=2 c/status=5"),
    ("a=1", ("a", "scale", 5), None),
])
def test_records(record, write, then):
    assert tracking.renewed(record, *write) == then


def test_a_daemon_sets_template_generation_is_its_makers(terminal):
    terminal.ok("kubectl create -f -", WORKLOADS)
    annotations = _owners(terminal, "daemonset agent")["kubectl-create", "Update", ""]["f:metadata"]["f:annotations"]
    assert annotations == {".": {}, "f:deprecated.daemonset.template.generation": {}}


POLICIES = """\
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {{name: m}}
spec:
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules: [{{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}}]
  mutations: [{mutation}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {{name: m}}
spec: {{policyName: m}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: v}}
spec:
  matchConstraints:
    resourceRules: [{{apiGroups: [""], apiVersions: [v1], operations: [CREATE, DELETE], resources: [pods]}}]
  validations:
  - expression: "object == null || !has(object.metadata.managedFields)
      || object.metadata.managedFields.all(each, each.manager != 'z')"
  - expression: "object != null || oldObject.metadata.managedFields.exists(each, each.manager == 'kubelet')"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: v}}
spec: {{policyName: v, validationActions: [Deny]}}
"""


@pytest.mark.parametrize("mutation", [
    "{patchType: ApplyConfiguration, applyConfiguration: {expression: "
    "'Object{metadata: Object.metadata{labels: {\"mesh\": \"on\"}}}'}}",
    "{patchType: JSONPatch, jsonPatch: {expression: "
    "'[JSONPatch{op: \"add\", path: \"/metadata/labels/mesh\", value: \"on\"}]'}}"])
def test_policies_are_about_what_controllers_make_too(terminal, mutation):
    terminal.ok("kubectl sim reset --seed test --kubernetes-version 1.36")
    terminal.ok("kubectl apply -f -", POLICIES.format(mutation=mutation))
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.advance("30s")
    assert terminal.ok("kubectl get pods -l mesh=on --no-headers").split()[1:3] == ["1/1", "Running"]
    terminal.ok("kubectl delete pods --all --wait=false")


def test_what_no_server_stores_has_no_managers(terminal):
    for line in ("get cs -o yaml --show-managed-fields", "get --raw /api/v1/componentstatuses",
                 "get cs -o jsonpath={.items[*].metadata}"):
        assert "managedFields" not in terminal.ok(f"kubectl {line}")


def test_templates_that_get_at_managers_show_them(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    for output in ("jsonpath={.items[0]}", "jsonpath={..manager}", "jsonpath={.items[*].metadata}", "jsonpath={}",
                   "custom-columns=A:.metadata", "custom-columns=A:..manager", "go-template={{.}}"):
        assert "kube-controller-manager" in terminal.ok(f"kubectl get rs -o '{output}'"), output
    assert "kubectl get" not in terminal.ok("kubectl get rs --sort-by=.metadata.managedFields[0].time")
    terminal.ok("kubectl wait rs --all --for=jsonpath='{.metadata.managedFields[0].manager}'=kube-controller-manager")


def test_a_patch_that_changes_nothing_says_so(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    name = terminal.ok("kubectl get rs -o name").strip()
    assert terminal.ok(f"kubectl patch {name} -p '{{}}'") == f"{name} patched (no change)\n"
    assert terminal.ok("kubectl patch ns default --type=merge -p '{\"spec\":{\"finalizers\":[\"kubernetes\"]}}'") == (
        "namespace/default patched (no change)\n")
