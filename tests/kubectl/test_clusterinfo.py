"""cluster-info: where services are found; dump: what is written where."""

import os

import pytest

from kubesim_cli.kubectl import clusterinfo

SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: kube-system
  labels: {{kubernetes.io/cluster-service: "true"{labels}}}
spec: {{type: {type}, ports: {ports}}}
"""
HOST = "https://127.0.0.1:8443/api/v1/namespaces/kube-system/services"
HEAD = "Kubernetes control plane is running at https://127.0.0.1:8443\n"
TAIL = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"


@pytest.mark.parametrize(("ports", "path"), [
    ("[{port: 80}]", "x"), ("[{port: 80, name: web}]", "x:web"), ("[{port: 8443, name: https}]", "https:x:https"),
    ("[{port: 443}]", "https:x:"), ("[{port: 443, name: tls}, {port: 80, name: web}]", "https:x:tls"),
])
def test_services_of_the_cluster(newest, ports, path):
    newest.ok("kubectl delete svc -n kube-system --all")
    newest.ok("kubectl apply -f -", SERVICE.format(name="x", labels=", kubernetes.io/name: Shown", type="ClusterIP",
                                                   ports=ports))
    assert newest.ok("kubectl cluster-info") == f"{HEAD}Shown is running at {HOST}/{path}/proxy\n{TAIL}"
    assert newest.ok("kubectl cluster-info -n default") == HEAD + TAIL


def test_a_service_without_ports(newest):
    newest.ok("kubectl delete svc -n kube-system --all")
    newest.ok("kubectl apply -f -", SERVICE.format(name="x", labels="", type="ExternalName, externalName: a.b",
                                                   ports="[]"))
    assert newest.ok("kubectl cluster-info") == f"{HEAD}x is running at {HOST}/x/proxy\n{TAIL}"


@pytest.mark.parametrize(("ingress", "address"), [({"ip": "1.2.3.4"}, "1.2.3.4"), ({"hostname": "a.b"}, "a.b")])
def test_a_load_balancer(ingress, address):
    """Its controller would take an address away again that somebody else sets."""
    service = {"metadata": {"name": "x", "namespace": "n"}, "spec": {"ports": [{"port": 80}, {"port": 81}]},
               "status": {"loadBalancer": {"ingress": [ingress]}}}
    assert clusterinfo._link(service, "https://host") == f"http://{address}:80 http://{address}:81 "


@pytest.mark.parametrize(("flags", "folders"), [
    ("", ["default", "kube-system"]), ("-n kube-public", ["kube-public", "kube-system"]),
    ("--namespaces=default", ["default"]), ("-A", ["default", "kube-node-lease", "kube-public", "kube-system"]),
])
def test_which_namespaces_are_dumped(newest, flags, folders):
    assert newest.ok(f"kubectl cluster-info dump --output-directory=d {flags}") == "Cluster info dumped to d\n"
    assert sorted(os.listdir("d")) == [*folders, "nodes.json"]
    assert {name for name in os.listdir(f"d/{folders[0]}") if name.endswith(".json")} == {
        "events.json", "replication-controllers.json", "services.json", "daemonsets.json", "deployments.json",
        "replicasets.json", "pods.json"}


@pytest.mark.parametrize(("output", "ending"), [("json", "json"), ("yaml", "yaml"), ("name", "txt")])
def test_how_files_end(newest, output, ending):
    newest.ok(f"kubectl cluster-info dump --output-directory=d -o {output}")
    assert os.path.exists(f"d/nodes.{ending}")


def test_logs_of_every_container(newest):
    newest.ok("kubectl apply -f -", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
              "  initContainers: [{name: i, image: busybox, command: ['true']}]\n"
              "  containers: [{name: c, image: nginx:doesnotexist}]\n")
    newest.advance("20s")
    shown = newest.ok("kubectl cluster-info dump --namespaces=default --output-directory=-")
    logs = shown[shown.index("==== START"):]
    assert logs.startswith("==== START logs for container i of pod default/p ====\n")
    assert "==== END logs for container i of pod default/p ====\n" \
           "==== START logs for container c of pod default/p ====\n" \
           "Request log error: " in logs
    assert logs.endswith("\n==== END logs for container c of pod default/p ====\n")


def test_a_time_that_is_none(newest):
    assert newest("kubectl cluster-info dump --pod-running-timeout=0s").err == (
        "error: --pod-running-timeout must be higher than zero\n")


def test_nothing_is_dumped_of_what_a_user_may_not_see(newest):
    refused = newest("kubectl cluster-info dump --output-directory=d --as=jane")
    assert refused.code == 1 and refused.err.startswith("Error from server (Forbidden): nodes is forbidden: ")
    assert refused.out == "" and not os.path.exists("d")
