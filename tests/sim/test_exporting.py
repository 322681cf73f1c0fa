"""`kubesim sim export` and `sim import`."""

from __future__ import annotations

import pathlib

import pytest

COMMANDS = ["create deployment web --image=nginx --replicas=2", "expose deployment web --port=80 --type=NodePort",
            "create namespace shop", "run a -n shop --image=busybox --labels=x=y -- sleep 1000",
            "create configmap c --from-literal=a=b", "create job j --image=busybox -- true",
            "create cronjob cj --image=busybox --schedule='* * * * *' -- date",
            "create secret generic s --from-literal=a=b", "create serviceaccount me",
            "create role r --verb=get --resource=pods", "create rolebinding rb --role=r --serviceaccount=default:me",
            "create clusterrole cr --verb=get --resource=nodes", "autoscale deployment web --max=3",
            "create ingress i --rule=a.example/=web:80", "create pdb p --selector=app=web --min-available=1",
            "create quota q --hard=pods=20", "create priorityclass high --value=1000"]
STS = pathlib.Path(__file__).parents[2] / "fixtures" / "sts-mariadb.yml"
MADE_BY_CLUSTERS = ("status:", "uid:", "resourceVersion:", "managedFields:", "creationTimestamp:", "generation:",
                    "clusterIP", "ipFamil", "nodePort", "nodeName:", "pod-template-hash", "kube-api-access",
                    "last-applied", "deployment.kubernetes.io/revision", "controller-uid", "pv.kubernetes.io", "pvc-",
                    "kind: ReplicaSet", "kind: Node", "kind: Event", "PersistentVolume", "EndpointSlice",
                    "terminationMessagePath", "imagePullPolicy", "dnsPolicy", "tolerations", "kube-root-ca")


@pytest.fixture
def filled(terminal):
    """A terminal whose cluster holds objects of many kinds."""
    terminal.ok("kubectl sim reset --seed a --kubelet stub")
    terminal.ok(f"kubectl apply -f {STS}")
    for command in COMMANDS:
        terminal.ok(f"kubectl {command}")
    terminal.advance("90s")
    return terminal


def test_what_users_made_is_exported_as_they_could_have_written_it(filled):
    text = filled.ok("kubectl sim export")
    for word in MADE_BY_CLUSTERS:
        assert word not in text, word
    kinds = [row.split()[1] for row in text.splitlines() if row.startswith("kind: ")]
    assert sorted(kinds) == sorted([
        "Deployment", "Service", "Namespace", "Pod", "ConfigMap", "Job", "CronJob", "Secret", "ServiceAccount", "Role",
        "RoleBinding", "ClusterRole", "HorizontalPodAutoscaler", "Ingress", "PodDisruptionBudget", "ResourceQuota",
        "PriorityClass", "StatefulSet"])
    assert kinds[0] == "Namespace" and kinds.index("ConfigMap") < kinds.index("Deployment")


def test_what_was_exported_gives_the_same_cluster(filled, tmp_path):
    text = filled.ok("kubectl sim export")
    (tmp_path / "all.yaml").write_text(text)
    filled.ok("kubectl sim reset --seed b --kubelet stub")
    filled.ok(f"kubectl apply -f {tmp_path / 'all.yaml'}")
    filled.advance("90s")
    assert filled.ok("kubectl sim export") == text
    assert filled.ok("kubectl get deployment web --no-headers").split()[1] == "2/2"


def test_one_namespace_or_some_resources_are_exported(filled):
    assert filled.ok("kubectl sim export -n shop") == filled.ok("kubectl sim export pods")
    assert filled.ok("kubectl sim export deploy svc").count("kind: ") == 2
    assert '"kind": "List"' in filled.ok("kubectl sim export -o json")
    assert filled("kubectl sim export nosuch").err == 'Error: there is no resource "nosuch"\n'


def test_node_ports_and_addresses_that_were_asked_for_stay(terminal):
    manifest = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  clusterIP: 10.96.7.7
  selector: {app: web}
  ports: [{port: 80, name: a, nodePort: 30080}, {port: 81, name: b}]
"""
    terminal.ok("kubectl apply -f -", manifest)
    text = terminal.ok("kubectl sim export")
    assert text.count("nodePort") == 1 and "nodePort: 30080" in text and "clusterIP: 10.96.7.7" in text
    terminal.ok("kubectl create service clusterip none --clusterip=None")
    assert "clusterIP: None" in terminal.ok("kubectl sim export")


def test_what_another_cluster_printed_is_imported(filled, tmp_path):
    text = filled.ok("kubectl get all,pvc,pv,cm,secret,endpointslices -A -o yaml")
    (tmp_path / "prod.yaml").write_text(text)
    filled.ok("kubectl sim reset --seed c --kubelet stub")
    filled.ok("kubectl sim import " + str(tmp_path / "prod.yaml"))
    filled.advance("90s")
    assert filled.ok("kubectl get deployment web --no-headers").split()[1] == "2/2"
    assert filled.ok("kubectl get pod a -n shop --no-headers").split()[1] == "1/1"
    assert filled.ok("kubectl get pvc --no-headers").split()[:2] == ["storage-sts-mariadb-0", "Bound"]
    assert "managedFields" not in filled.ok("kubectl sim export")
    assert "deployment.apps/web imported\n" in filled.ok("kubectl sim import " + str(tmp_path / "prod.yaml"))


def test_what_cannot_be_imported_is_told(terminal, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: b\n")
    result = terminal(f"kubectl sim import {bad}")
    assert result.code == 1 and "has neither apiVersion nor kind" in result.err
    bad.write_text("{")
    assert terminal(f"kubectl sim import {bad}").code == 1
    bad.write_text("apiVersion: v1\nkind: Event\nmetadata: {name: a}\n")
    assert terminal(f"kubectl sim import {bad}").err == "there is nothing to import\n"
    bad.write_text("""
apiVersion: a.example/v1
kind: Thing
metadata: {name: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: A_B}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: good, namespace: new}
""")
    result = terminal(f"kubectl sim import {bad}")
    assert result.code == 1 and result.out == "namespace/new imported\nconfigmap/good imported\n"
    assert 'error: thing.a.example/a: no matches for kind "Thing" in version "a.example/v1"' in result.err
    assert "error: configmap/A_B: " in result.err and "Invalid value" in result.err


def test_what_users_put_into_the_system_is_theirs(terminal):
    terminal.ok("kubectl create configmap mine -n kube-system --from-literal=a=b")
    terminal.ok("kubectl scale deployment coredns -n kube-system --replicas=2")
    terminal.ok("kubectl apply -f -", """
apiVersion: v1
kind: Secret
metadata: {name: token, annotations: {kubernetes.io/service-account.name: default}}
type: kubernetes.io/service-account-token
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {serviceAccount: default, containers: [{name: a, image: nginx}]}
""")
    terminal.advance("10s")
    text = terminal.ok("kubectl sim export")
    kinds = [row for row in text.splitlines() if row.startswith("kind: ")]
    assert kinds == ["kind: Secret", "kind: ConfigMap", "kind: Pod"]
    assert "name: mine\n  namespace: kube-system" in text and "token:" not in text and "ca.crt" not in text
    assert "kubernetes.io/service-account.name: default" in text and "serviceAccount:" not in text
