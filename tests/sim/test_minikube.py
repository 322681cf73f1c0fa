"""`kubesim sim minikube`: what pages do with it."""

from __future__ import annotations

import pytest

from kubesim_cli.go.yaml import load


@pytest.fixture
def minikube(terminal):
    return lambda words, code=0: _run(terminal, f"minikube {words}", code)


def _run(terminal, words, code):
    result = terminal(f"kubectl sim {words}")
    assert result.code == code, result
    return result.out + result.err


def context(terminal):
    return terminal("kubectl config current-context").out.strip()


@pytest.mark.parametrize(("words", "shown"), [
    ("--memory 5120 --cpus=4", ("4", "5120Mi")), ("--memory=6g", ("2", "6Gi")), ("--memory max", ("2", "8Gi"))])
def test_a_new_cluster_has_the_machine_that_was_asked_for(terminal, minikube, words, shown):
    minikube(f"start -p big {words}")
    node = load(terminal.ok("kubectl get node minikube -o yaml"))
    for table in ("capacity", "allocatable"):
        assert (node["status"][table]["cpu"], node["status"][table]["memory"]) == shown


def test_start_leaves_what_is_there(terminal, minikube):
    terminal.ok("kubectl create configmap mine")
    told = minikube("start --driver=docker --memory 5120 --cpus=4")
    assert told.splitlines()[-1] == (
        '* Done! kubectl is now configured to use "minikube" cluster and "default" namespace by default')
    assert "* Enabled addons: storage-provisioner, default-storageclass\n" in told
    assert "! The cluster has Kubernetes v1.28.15" in minikube("start --kubernetes-version=v1.30.0")
    assert "! The cluster keeps its nodes" in minikube("start --nodes 3")
    terminal.ok("kubectl get configmap mine")


def test_another_profile_is_another_cluster(terminal, minikube):
    """-p stands anywhere, as minikube's global flags may."""
    minikube("start -p two --nodes 2 --kubernetes-version=v1.30.0 --namespace shop")
    assert context(terminal) == "two"
    assert terminal.ok("kubectl get nodes -o name").split() == ["node/minikube", "node/minikube-m02"]
    assert "Server Version: v1.30" in terminal.ok("kubectl version")
    assert "namespace: shop" in terminal.ok("kubectl config view --minify")
    assert minikube("profile list").count("| kubesim ") == 2
    minikube("profile minikube")
    assert (context(terminal), minikube("profile")) == ("minikube", "* minikube\n")
    servers = terminal.ok("kubectl config view -o jsonpath='{.clusters[*].cluster.server}'").split()
    assert len(set(servers)) == 2
    assert minikube("--profile=two delete").endswith('* Removed all traces of the "two" cluster.\n')
    assert minikube("-p two status", 85).startswith('* Profile "two" not found.')
    assert terminal.ok("kubectl config get-contexts -o name") == "minikube\n"


def test_a_stopped_cluster_says_so_and_starts_again(terminal, minikube):
    assert minikube("status") == ("minikube\ntype: Control Plane\nhost: Running\nkubelet: Running\napiserver: Running\n"
                                  "kubeconfig: Configured\n\n")
    minikube("start -p two --nodes 2")
    assert minikube("stop").endswith("* 2 nodes stopped.\n")
    assert "minikube-m02\ntype: Worker\nhost: Stopped\nkubelet: Stopped\n" in minikube("status", 3)
    terminal.advance("2m")
    assert terminal.ok("kubectl get nodes").count("NotReady") == 2
    minikube("start")
    minikube("status")
    terminal.advance("20s")
    assert "NotReady" not in terminal.ok("kubectl get nodes")


def test_services_are_reached_by_node_port(terminal, minikube):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl expose deployment web --type=NodePort --port=80")
    terminal.ok("kubectl create service clusterip inside --tcp=80")
    url = minikube("service web --url").strip()
    assert url == f"http://{minikube('ip').strip()}:" + terminal.ok(
        "kubectl get service web -o jsonpath='{.spec.ports[0].nodePort}'")
    shown = minikube("service web").splitlines()
    assert shown[1] == "| NAMESPACE | NAME | TARGET PORT |            URL            |"
    assert shown[3] == f"| default   | web  | 80          | {url} |"
    terminal.advance("10s")
    assert "Welcome to nginx" in terminal.ok(f"kubectl sim curl {url}")
    assert minikube("service inside --url") == "* service default/inside has no node port\n"
    assert minikube("service list").count("No node port") == 3
    assert "X Exiting due to SVC_NOT_FOUND: Service 'nosuch' was not found in 'shop' namespace." in minikube(
        "service nosuch -n shop", 115)


def test_addons(terminal, minikube):
    assert "| metrics-server       | minikube | disabled |" in minikube("addons list")
    for addon in ("metrics-server", "ingress", "metrics-server"):
        assert minikube(f"addons enable {addon}") == f"* The '{addon}' addon is enabled\n"
    terminal.advance("2m")
    assert terminal.ok("kubectl top nodes").startswith("NAME ")
    assert "kube-system/metrics-server" in terminal.ok("kubectl get apiservices v1beta1.metrics.k8s.io")
    assert "1/1" in terminal.ok("kubectl get deployments -n ingress-nginx ingress-nginx-controller")
    assert terminal.ok("kubectl get jobs -n ingress-nginx -o jsonpath='{.items[*].metadata.name} "
                       "{.items[*].status.succeeded}'") == \
        "ingress-nginx-admission-create ingress-nginx-admission-patch 1 1"
    assert terminal.ok("kubectl get pods -n ingress-nginx").count(" Completed ") == 2
    assert "disabled" not in minikube("addons list")
    assert minikube("addons disable metrics-server") == "* \"The 'metrics-server' addon is disabled\n"
    terminal.advance("2m")
    assert terminal("kubectl top nodes").code == 1
    assert "addon 'efk' is not simulated" in minikube("addons enable efk", 10)


def test_nodes_come_and_go(terminal, minikube):
    assert minikube("node add").endswith("* Successfully added minikube-m02 to minikube!\n")
    minikube("node add")
    terminal.advance("30s")
    assert minikube("node list").split() == ["minikube", "192.168.49.2", "minikube-m02", "192.168.49.3",
                                             "minikube-m03", "192.168.49.4"]
    assert terminal.ok("kubectl get nodes").count(" Ready ") == 3
    assert minikube("ip -n minikube-m02") == "192.168.49.3\n"
    minikube("node delete minikube-m02")
    minikube("node delete minikube-m02", 80)
    assert "Adding node minikube-m02" in minikube("node add")


def test_a_tunnel_and_images(terminal, minikube):
    terminal.ok("kubectl create service loadbalancer web --tcp=80")
    minikube("tunnel")
    assert "<pending>" not in terminal.ok("kubectl get service web")
    minikube("tunnel --cleanup")
    assert "<pending>" in terminal.ok("kubectl get service web")
    terminal.ok("kubectl run mine --image=my-app:1.0")
    minikube("image load my-app:1.0")
    assert "reference" in minikube("image load A:B:C", 80)
    terminal.advance("10m")
    assert "Running" in terminal.ok("kubectl get pod mine")


@pytest.mark.parametrize("words", ["ssh", "dashboard", "mount a:b", "docker-env"])
def test_what_is_not_played_is_told(minikube, words):
    assert "X Exiting due to MK_UNIMPLEMENTED: " in minikube(words, 1)


def test_production_is_no_profile(terminal, minikube):
    """Whatever KUBECONFIG names, minikube's clusters are those of kubesim's own file."""
    with open("prod", "w", encoding="utf-8") as file:
        file.write("clusters: [{name: p, cluster: {server: https://p}}]\ncontexts: [{name: p, context: {cluster: p}}]\n"
                   "current-context: p\n")
    terminal.environ["KUBECONFIG"] = "prod"
    assert minikube("profile") == "* minikube\n"
    minikube("delete")
    assert "current-context: p" in open("prod", encoding="utf-8").read()


def test_a_release_that_is_not_emulated_is_told(minikube):
    assert "unsupported" in minikube("start --kubernetes-version=v1.12.0", 14)
    assert "unsupported" in minikube("start --kubernetes-version=nonsense", 14)


@pytest.mark.parametrize("name", ["../x", "\u00fc", "a", "-x", "a b"])
def test_a_profile_needs_a_name_that_is_one(terminal, minikube, name):
    assert "is not valid" in minikube(f"-p '{name}' start", 14)
    assert [entry.name for entry in (terminal.home / "clusters").iterdir()] == ["minikube"]
