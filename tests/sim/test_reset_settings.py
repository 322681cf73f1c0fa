"""Settings of the control plane: sim reset's flags that kube-apiserver and kube-controller-manager have."""

from __future__ import annotations

import json

import pytest

from kubesim_cli.cluster import enabled
from kubesim_cli.cluster.loops import LOOPS

POD = "kubectl run p --image=nginx:1.27"


@pytest.mark.parametrize(("flags", "said"), [
    ("--authorization-mode RBAC,Foo", 'authorization-mode "Foo" is not a valid mode'),
    ("--authorization-mode RBAC,RBAC", 'authorization-mode ["RBAC" "RBAC"] has mode specified more than once'),
    ("--authorization-mode ''", "at least one authorization-mode must be passed"),
    ("--authorization-mode ABAC", "kubesim does not play authorization-mode ABAC"),
    ("--enable-admission-plugins Foo", 'enable-admission-plugins plugin "Foo" is unknown'),
    ("--disable-admission-plugins priority", 'disable-admission-plugins plugin "priority" is unknown'),
    ("--disable-admission-plugins Priority --enable-admission-plugins Priority",
     "[Priority] in enable-admission-plugins and disable-admission-plugins overlapped"),
    ("--enable-admission-plugins PodNodeSelector", "kubesim does not play the admission plugin PodNodeSelector"),
    ("--controllers '*,-deploy'", '"deploy" is not in the list of known controllers'),
    ("--service-cluster-ip-range 10.0.0.0/8",
     "specified --service-cluster-ip-range is too large; for 32-bit addresses, the mask must be >= 12"),
    ("--service-cluster-ip-range x", "--service-cluster-ip-range must contain at least one valid cidr"),
    ("--service-cluster-ip-range 10.0.0.0/255.255.0.0",
     "--service-cluster-ip-range must contain at least one valid cidr"),
    ("--service-cluster-ip-range fd00::/112",
     "kubesim wants a cluster-cidr of each family that service-cluster-ip-range has"),
    ("--service-cluster-ip-range fd00::/64 --cluster-cidr fd01::/56",
     "specified --service-cluster-ip-range is too large; for 128-bit addresses, the mask must be >= 108"),
    ("--service-cluster-ip-range 10.1.0.0/16,10.2.0.0/16",
     "--service-cluster-ip-range[0] and --service-cluster-ip-range[1] must be of different IP family"),
    ("--service-cluster-ip-range 10.1.0.0/16,fd00::/112,10.2.0.0/16",
     "--service-cluster-ip-range must not contain more than two entries"),
    ("--cluster-cidr 10.1.0.0", "invalid CIDR address: 10.1.0.0"),
    ("--cluster-cidr 10.1.0.0/16,10.2.0.0/16", "len of ClusterCIDRs==2 and they are not configured as dual stack (at "
     "least one from each IPFamily"),
    ("--cluster-cidr 10.1.0.0/23 --nodes 3",
     "kubesim's nodes have subnets of /24, of which 10.1.0.0/23 has no more"),
    ("--cluster-cidr 10.1.0.0/16 --service-cluster-ip-range 10.1.0.0/16",
     "a node would have the subnet 10.1.0.0/24, whose addresses 10.1.0.0/16 gives to services"),
    ("--service-cluster-ip-range 10.244.0.0/16",
     "a node would have the subnet 10.244.0.0/24, whose addresses 10.244.0.0/16 gives to services"),
    ("--cluster-cidr 10.0.0.0/8 --service-cluster-ip-range 10.0.3.0/28 --nodes 4",
     "a node would have the subnet 10.0.3.0/24, whose addresses 10.0.3.0/28 gives to services"),
    ("--cluster-cidr 10.1.0.0/25", "kubesim's nodes have subnets of /24, which do not fit into 10.1.0.0/25"),
    ("--service-node-port-range 30000", 'invalid port range "30000": use LOW-HIGH, from 1 to 65535'),
])
def test_what_the_components_would_not_start_with(terminal, flags, said):
    terminal.ok("kubectl create configmap kept")
    refused = terminal(f"kubectl sim reset {flags}")
    assert (refused.code, refused.err) == (1, f"Error: {said}\n")
    assert terminal.ok("kubectl get configmap kept -o name")


def test_a_node_that_is_added_needs_a_subnet_of_its_own(terminal):
    """As kube-controller-manager gives them: of the cluster-cidr, and none that services have."""
    terminal.ok("kubectl sim reset --cluster-cidr 10.0.0.0/8 --service-cluster-ip-range 10.0.2.0/24")
    terminal.ok("kubectl sim node add")
    refused = terminal("kubectl sim node add")
    assert (refused.code, refused.err) == (
        1, "Error: a node would have the subnet 10.0.2.0/24, whose addresses 10.0.2.0/24 gives to services\n")
    terminal.ok("kubectl sim reset --cluster-cidr 10.1.0.0/24,fd00:10:244::/56")
    refused = terminal("kubectl sim node add")
    assert (refused.code, refused.err) == (
        1, "Error: kubesim's nodes have subnets of /24, of which 10.1.0.0/24 has no more\n")
    assert terminal.ok("kubectl get nodes -o name") == "node/minikube\n"


def test_every_loop_has_a_controller_that_turns_it_off():
    other_programs = {"apiservice-availability", "crdregistration", "customresourcedefinition", "event-ttl",
                      "flowcontrol", "ingress-nginx", "ipallocator-repair", "leases", "stages"}
    assert set(enabled.loops_that_run("-scheduler,-kubelet", LOOPS)) == other_programs
    assert {its for _, loops in enabled.CONTROLLERS.values() for its in loops.split()} <= set(LOOPS)


@pytest.mark.parametrize(("controllers", "pods", "node"), [
    ("*,-deployment", 0, ""), ("*,-replicaset-controller", 0, ""), ("*,-scheduler", 1, ""), ("*", 1, "minikube")])
def test_controllers_that_do_not_run(terminal, controllers, pods, node):
    terminal.ok(f"kubectl sim reset --bare --controllers '{controllers}'")
    terminal.ok("kubectl create deployment web --image=nginx:1.27")
    terminal.ok("kubectl sim clock advance 30s")
    found = json.loads(terminal.ok("kubectl get pods -o json"))["items"]
    assert len(found) == pods
    assert [pod["spec"].get("nodeName", "") for pod in found] == [node] * pods


def test_a_cluster_without_nodes(terminal):
    terminal.ok("kubectl sim reset --nodes 0")
    assert terminal("kubectl get nodes") == (0, "", "No resources found\n")
    terminal.ok(POD)
    terminal.ok("kubectl sim clock advance 1m")
    assert "no nodes available to schedule pods" in terminal.ok("kubectl describe pod p")


def test_admission_plugins(terminal):
    terminal.ok("kubectl sim reset --bare --disable-admission-plugins DefaultTolerationSeconds,NamespaceLifecycle "
                "--enable-admission-plugins AlwaysPullImages,NamespaceAutoProvision,DenyServiceExternalIPs")
    pod = json.loads(terminal.ok(f"{POD} -n fresh -o json"))
    assert pod["spec"]["containers"][0]["imagePullPolicy"] == "Always"
    assert "tolerations" not in pod["spec"]
    assert terminal.ok("kubectl get ns fresh -o name") == "namespace/fresh\n"
    refused = terminal("kubectl create -f -", json.dumps({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
        "spec": {"ports": [{"port": 80}], "externalIPs": ["1.2.3.4"]}}))
    assert 'services "s" is forbidden: Use of external IPs is denied by admission control' in refused.err
    terminal.ok("kubectl sim reset --bare --enable-admission-plugins AlwaysDeny")
    assert "admission control is denying all modifications" in terminal("kubectl create configmap c").err


def test_authorization_modes(terminal):
    asked = "kubectl get pods --as=jane"
    terminal.ok("kubectl sim reset --bare --authorization-mode AlwaysAllow")
    assert terminal.ok(asked) == ""
    assert terminal.ok("kubectl auth can-i delete nodes --as=jane") == "yes\n"
    terminal.ok("kubectl sim reset --bare --authorization-mode AlwaysDeny")
    assert "Everything is forbidden." in terminal(asked).err
    terminal.ok("kubectl sim reset --bare --authorization-mode Node,RBAC")
    assert "cannot list resource" in terminal(asked).err


def test_ranges_of_services(terminal):
    terminal.ok("kubectl sim reset --kubernetes-version 1.33 --service-cluster-ip-range 10.0.0.0/28 "
                "--service-node-port-range 40000-40001")
    assert terminal.ok("kubectl get svc -A -o jsonpath='{.items[*].spec.clusterIP}'") == "10.0.0.1 10.0.0.10"
    assert terminal.ok("kubectl get servicecidrs -o jsonpath='{.items[*].spec.cidrs}'") == '["10.0.0.0/28"]'
    assert "--service-cluster-ip-range=10.0.0.0/28" in terminal.ok(
        "kubectl get pod kube-apiserver-minikube -n kube-system -o jsonpath='{.spec.containers[0].command}'")
    ports = {terminal.ok(f"kubectl create service nodeport s{number} --tcp=80 "
                         "-o jsonpath='{.spec.ports[0].nodePort}'") for number in range(2)}
    assert ports == {"40000", "40001"}
    assert "failed to allocate a nodePort: range is full" in terminal("kubectl create service nodeport s2 --tcp=80").err
    refused = terminal("kubectl create service nodeport s3 --tcp=80 --node-port=30001")
    assert "The range of valid ports is 40000-40001" in refused.err
    given = {terminal.ok(f"kubectl create service clusterip c{number} --tcp=80 -o jsonpath='{{.spec.clusterIP}}'")
             for number in range(10)}
    assert given <= {f"10.0.0.{number}" for number in range(1, 15)} and len(given) == 10
    assert "failed to allocate a serviceIP: range is full" in terminal(
        "kubectl create service clusterip more --tcp=80").err
    terminal.ok("kubectl create -f -", "{apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: more}, "
                                       "spec: {cidrs: [10.9.0.0/24]}}")
    terminal.ok("kubectl wait servicecidr/more --for=condition=Ready")
    address = terminal.ok("kubectl create service clusterip more --tcp=80 -o jsonpath='{.spec.clusterIP}'")
    assert address.startswith("10.9.0.")
    terminal.ok("kubectl create service clusterip mine --tcp=80 --clusterip=10.9.0.200")
    assert "failed to allocate IP 10.8.0.1: the provided network does not match the current range" in terminal(
        "kubectl create service clusterip other --tcp=80 --clusterip=10.8.0.1").err
    terminal.ok("kubectl delete servicecidr more --wait=false")
    assert "range is full" in terminal("kubectl create service clusterip last --tcp=80").err


def test_ranges_are_a_beta_behind_their_gate(terminal):
    terminal.ok("kubectl sim reset --kubernetes-version 1.31")
    assert "doesn't have a resource type" in terminal("kubectl get servicecidrs").err
    terminal.ok("kubectl sim reset --kubernetes-version 1.31 --feature-gates MultiCIDRServiceAllocator=true")
    assert terminal.ok("kubectl get servicecidr -o jsonpath='{.items[*].apiVersion}'") == "networking.k8s.io/v1beta1"
    assert terminal.ok("kubectl get ipaddress -o jsonpath='{.items[*].spec.parentRef.name}'") == "kubernetes kube-dns"


def test_who_gets_no_address_is_told_since_1_36(terminal):
    terminal.ok("kubectl sim reset --kubernetes-version 1.36 --service-cluster-ip-range 10.0.0.0/28")
    told = [terminal(f"kubectl create service clusterip c{number} --tcp=80").err for number in range(13)]
    assert 'failed to allocate a serviceIP for Service "c12": range is full' in told[12]


def test_users_with_tokens(terminal, tmp_path):
    file = tmp_path / "tokens.csv"
    file.write_text('t1,jane,u1,"a,b"\nt2,joe,u2\n', encoding="utf-8")
    terminal.ok(f"kubectl sim reset --bare --token-auth-file {file}")
    file.unlink()
    who = "kubectl auth whoami -o jsonpath='{.status.userInfo.username} {.status.userInfo.groups}'"
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.30"
    assert terminal.ok(f"{who} --token t1") == 'jane ["a","b","system:authenticated"]'
    assert terminal.ok(f"{who} --token t2") == 'joe ["system:authenticated"]'
    assert "Unauthorized" in terminal(f"{who} --token t3").err
    short = tmp_path / "short.csv"
    short.write_text("t1,jane\n", encoding="utf-8")
    assert terminal(f"kubectl sim reset --token-auth-file {short}").err == (
        f"Error: token file '{short}' must have at least 3 columns (token, user name, user uid), found 2\n")
