"""kubectl top: what it prints of usage, and what it says where there is nothing to print."""

from __future__ import annotations

import json

import pytest

PODS = """
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web}
  annotations: {kubesim.io/usage-cpu: "main=200m,side=50m", kubesim.io/usage-memory: 100Mi}
spec:
  containers: [{name: side, image: nginx}, {name: main, image: nginx}]
---
apiVersion: v1
kind: Pod
metadata: {name: api, annotations: {kubesim.io/usage-cpu: 300m}}
spec:
  containers: [{name: main, image: nginx}]
---
apiVersion: v1
kind: Pod
metadata: {name: silent}
spec:
  containers: [{name: main, image: nginx}]
"""


@pytest.fixture
def measured(newest):
    newest.ok("kubectl apply -f -", stdin=PODS)
    newest.advance("30s")
    return newest


@pytest.mark.parametrize("args", ["node", "pod", "node minikube", "pods -A"])
def test_without_annotated_pods_there_is_no_api(newest, args):
    newest.ok("kubectl run silent --image=nginx")
    assert newest(f"kubectl top {args}") == (1, "", "error: Metrics API not available\n")
    assert "metrics" not in newest.ok("kubectl api-versions")


@pytest.mark.parametrize("args, text", [
    ("node a b", "error: node [NAME | -l label]\nSee 'kubectl top node -h' for help and examples\n"),
    ("pod --sort-by=name", "error: --sort-by accepts only cpu or memory\n"),
    ("node a -l b=c", "error: only one of NAME or --selector can be provided\n"),
    ("pod a --field-selector b=c", "error: only one of NAME or selector can be provided\n"),
    ("pod --field-selector b", "error: invalid selector: 'b'; can't understand 'b'\n")])
def test_wrong_arguments_are_told_first(newest, args, text):
    assert newest(f"kubectl top {args}") == (1, "", text)


def test_pods(measured):
    assert measured.ok("kubectl top pod") == (
        "NAME   CPU(cores)   MEMORY(bytes)   \n"
        "api    300m         0Mi             \n"
        "web    250m         100Mi           \n")
    assert measured.ok("kubectl top pod web --no-headers") == "web   250m   100Mi   \n"
    assert measured.ok("kubectl top pod -l app=web --sum --show-swap") == (
        "NAME   CPU(cores)   MEMORY(bytes)   SWAP(bytes)   \n"
        "web    250m         100Mi           0Mi           \n"
        "                    ________        ________      \n"
        "                    250m            100Mi         0Mi   \n")  # kubectl's sum knows of two columns only
    assert measured.ok("kubectl top po -A --containers --sort-by=cpu") == (
        "NAMESPACE   POD   NAME   CPU(cores)   MEMORY(bytes)   \n"
        "default     api   main   300m         0Mi             \n"
        "default     web   main   200m         50Mi            \n"
        "default     web   side   50m          50Mi            \n")
    by_memory = measured.ok("kubectl top pod --sort-by=memory --no-headers").splitlines()
    assert [line.split()[0] for line in by_memory] == ["web", "api"]
    assert measured.ok("kubectl top pod --field-selector metadata.name!=api --no-headers").split()[0] == "web"


def test_without_headers_the_sum_stands_too_far_left(measured):
    assert measured.ok("kubectl top pod -A --no-headers --sum") == (
        "default   api        300m       0Mi     \n"
        "default   web        250m       100Mi   \n"
        "          ________   ________   \n"
        "          550m       100Mi      \n")


def test_pods_that_are_not_measured(measured):
    assert measured("kubectl top pod nope").err == 'Error from server (NotFound): pods "nope" not found\n'
    assert measured("kubectl top pod silent").err == (
        'Error from server (NotFound): podmetrics.metrics.k8s.io "default/silent" not found\n')
    assert measured("kubectl top pod web -A").err == (
        "error: an empty namespace may not be set when a resource name is provided\n")
    assert measured("kubectl top pod -n kube-public") == (0, "", "No resources found in kube-public namespace.\n")
    assert measured("kubectl top pod -A -l app=none") == (0, "", "No resources found\n")
    measured.ok("kubectl label pod silent app=silent")
    assert measured("kubectl top pod -l app=silent") == (1, "", "error: metrics not available yet\n")
    measured.advance("100s")
    assert measured("kubectl top pod -l app=silent") == (
        1, "", "error: Metrics not available for pod default/silent, age: 2m10s\n")
    assert measured("kubectl top pod --field-selector spec.nodeName=minikube").err == (
        'Error from server (BadRequest): "spec.nodeName" is not a known field selector: only "metadata.name", '
        '"metadata.namespace"\n')


def test_nodes(measured):
    whole = json.loads(measured.ok("kubectl get node minikube -o json"))["status"]
    assert (whole["allocatable"]["cpu"], whole["capacity"]["cpu"]) == ("2", "2")
    assert measured.ok("kubectl top node minikube") == (
        "NAME       CPU(cores)   CPU(%)   MEMORY(bytes)   MEMORY(%)   \n"
        "minikube   550m         27%      100Mi           1%          \n")
    assert measured.ok("kubectl top no --show-capacity --no-headers --show-swap --use-protocol-buffers=false") == (
        "minikube   550m   27%   100Mi   1%    <unknown>   <unknown>   \n")
    assert measured("kubectl top node nope").err == 'Error from server (NotFound): nodes "nope" not found\n'
    assert measured("kubectl top node -l a=b") == (1, "", "error: metrics not available yet\n")


def test_a_node_that_cannot_be_asked_is_unknown(newest):
    newest.ok("kubectl sim reset --nodes 2 --seed test")
    newest.ok("kubectl apply -f -", stdin=PODS)
    newest.ok("kubectl sim node stop minikube-m02")
    newest.advance("1m30s")
    lines = newest.ok("kubectl top node").splitlines()
    assert lines[1].split()[0] == "minikube" and lines[2].split() == ["minikube-m02", *["<unknown>"] * 4]
    assert newest("kubectl top node minikube-m02").err == (
        'Error from server (NotFound): nodemetrics.metrics.k8s.io "minikube-m02" not found\n')


def test_older_columns(terminal):
    terminal.ok("kubectl apply -f -", stdin=PODS)
    terminal.advance("30s")
    assert terminal.ok("kubectl top node").split()[:5] == ["NAME", "CPU(cores)", "CPU%", "MEMORY(bytes)", "MEMORY%"]


def test_the_api_behind_it(measured):
    assert measured.ok("kubectl get pods.metrics.k8s.io") == (
        "NAME   CPU    MEMORY   WINDOW\n"
        "api    300m   0        15s\n"
        "web    250m   100Mi    15s\n")
    listed = json.loads(measured.ok("kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes"))
    assert listed["kind"] == "NodeMetricsList" and listed["metadata"] == {}
    assert listed["items"][0]["usage"] == {"cpu": "550m", "memory": "100Mi"}
    one = json.loads(measured.ok("kubectl get --raw /apis/metrics.k8s.io/v1beta1/namespaces/default/pods/web"))
    assert one["metadata"] == {"name": "web", "namespace": "default", "creationTimestamp": "2024-01-01T00:00:30Z",
                               "labels": {"app": "web"}}
    assert one["containers"] == [{"name": "side", "usage": {"cpu": "50m", "memory": "50Mi"}},
                                 {"name": "main", "usage": {"cpu": "200m", "memory": "50Mi"}}]
    assert measured.ok("kubectl get pods -o name") == "pod/api\npod/silent\npod/web\n"
    assert measured.ok("kubectl api-resources --api-group=metrics.k8s.io -o name").split() == [
        "nodes.metrics.k8s.io", "pods.metrics.k8s.io"]
    measured.ok("kubectl annotate pod api web kubesim.io/usage-cpu- kubesim.io/usage-memory-")
    assert measured("kubectl top pod").err == "error: Metrics API not available\n"


METRICS_SERVER = """
apiVersion: v1
kind: Pod
metadata: {name: metrics-server, namespace: kube-system, labels: {k8s-app: metrics-server}}
spec:
  containers: [{name: metrics-server, image: registry.k8s.io/metrics-server/metrics-server:v0.7.2}]
"""


def test_with_a_metrics_server_images_tell(newest):
    newest.ok("kubectl run web --image=nginx")
    newest.ok("kubectl run db --image=postgres --env=POSTGRES_PASSWORD=x")
    newest.ok("kubectl run box --image=busybox --restart=Never -- true")
    newest.ok("kubectl apply -f -", stdin=METRICS_SERVER)
    newest.advance("30s")
    rows = newest.ok("kubectl top pod --sort-by=memory --no-headers")
    assert rows.split() == ["db", "2m", "38Mi", "web", "1m", "7Mi"]
    newest.ok("kubectl annotate pod web kubesim.io/usage-cpu=400m")
    assert newest.ok("kubectl top pod web --no-headers").split() == ["web", "400m", "7Mi"]
    assert newest.ok("kubectl top node --no-headers").split()[1] == "488m"
    newest.ok("kubectl delete pod metrics-server -n kube-system")
    newest.advance("30s")
    assert newest.ok("kubectl top pod --no-headers").split() == ["web", "400m", "0Mi"]
