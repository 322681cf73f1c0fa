"""`kubesim sim kind`: clusters as kind makes them, and what kind says."""

from __future__ import annotations

import io
import json
import re

import pytest

from kubesim_cli.go.yaml import load

HEAD = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n"


@pytest.fixture
def kind(terminal):
    """Run `kind ...`: what it says on stdout and stderr."""
    def run(words, code=0):
        result = terminal(f"kubectl sim kind {words}")
        assert result.code == code, result
        return result.out + result.err
    terminal.environ.pop("KUBESIM_BARE", None)
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.31"
    return run


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Write a file of kind's, and return its name."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="kind.yaml"):
        (tmp_path / name).write_text(HEAD + text, encoding="utf-8")
        return name
    return write


def column(terminal, words, *paths):
    columns = ",".join(f":{path}" for path in paths)
    return [line.split() for line in terminal.ok(f"kubectl {words} --no-headers -o custom-columns={columns}"
                                                 ).splitlines()]


def test_what_kind_says_on_its_way(kind, config):
    told = kind(f"create cluster --name a --image kindest/node:v1.30.4@sha256:abc --wait 5m --config "
                f"{config('nodes: [{role: control-plane}, {role: worker}, {role: worker}]')}")
    assert re.sub("\n\n[^k].*\n$", "\n\n<salutation>\n", told) == """Creating cluster "a" ...
 ✓ Ensuring node image (kindest/node:v1.30.4) 🖼
 ✓ Preparing nodes 📦 📦 📦
 ✓ Writing configuration 📜
 ✓ Starting control-plane 🕹️
 ✓ Installing CNI 🔌
 ✓ Installing StorageClass 💾
 ✓ Joining worker nodes 🚜
 ✓ Waiting ≤ 5m0s for control-plane = Ready ⏳
 • Ready after 0s 💚
Set kubectl context to "kind-a"
You can now use your cluster with:

kubectl cluster-info --context kind-a

<salutation>
"""


def test_the_cluster_is_what_kind_makes(terminal, kind, config):
    kind("create cluster --name x --config " + config(
        "nodes: [{role: worker}, {role: control-plane}, {role: worker, labels: {tier: front}}]"))
    assert column(terminal, "get nodes", ".metadata.name", ".status.addresses[0].address", ".spec.podCIDR",
                  ".spec.taints[0].key", ".metadata.labels.tier", ".status.nodeInfo.containerRuntimeVersion") == [
        ["x-control-plane", "172.18.0.2", "10.244.0.0/24", "node-role.kubernetes.io/control-plane", "<none>",
         "containerd://1.7.24"],
        ["x-worker", "172.18.0.3", "10.244.1.0/24", "<none>", "<none>", "containerd://1.7.24"],
        ["x-worker2", "172.18.0.4", "10.244.2.0/24", "<none>", "front", "containerd://1.7.24"]]
    names = [name for name, in column(terminal, "get pods -A", ".metadata.name")]
    assert {name for name in names if "x-control-plane" in name} == {
        f"{each}-x-control-plane" for each in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")}
    for prefix, count in (("coredns-", 2), ("kindnet-", 3), ("kube-proxy-", 3), ("local-path-provisioner-", 1)):
        assert sum(name.startswith(prefix) for name in names) == count
    assert column(terminal, "get sc", ".metadata.name", ".provisioner", ".volumeBindingMode") == [
        ["standard", "rancher.io/local-path", "WaitForFirstConsumer"]]
    assert column(terminal, "get svc -A", ".spec.clusterIP") == [["10.96.0.1"], ["10.96.0.10"]]
    command = terminal.ok("kubectl get pod -n kube-system kube-apiserver-x-control-plane -o "
                          "jsonpath={.spec.containers[0].command}")
    for flag in ("--secure-port=6443", "--service-cluster-ip-range=10.96.0.0/16", "--advertise-address=172.18.0.2",
                 "--client-ca-file=/etc/kubernetes/pki/ca.crt", "--enable-admission-plugins=NodeRestriction"):
        assert flag in command
    assert kind("get nodes --name x") == "x-control-plane\nx-worker\nx-worker2\n"
    assert terminal.ok("kubectl sim node add").split() == ["node", "x-worker3", "added"]


def test_a_single_node_runs_everything(terminal, kind):
    kind("create cluster")
    node = json.loads(terminal.ok("kubectl get node kind-control-plane -o json"))
    assert "taints" not in node["spec"]
    assert "node.kubernetes.io/exclude-from-external-load-balancers" not in node["metadata"]["labels"]
    terminal.ok("kubectl run p --image=nginx:1.27")
    terminal.advance("10s")
    status = json.loads(terminal.ok("kubectl get pod p -o json"))["status"]
    container, = status["containerStatuses"]
    assert (status["phase"], status["hostIP"]) == ("Running", "172.18.0.2")
    assert container["containerID"].startswith("containerd://")
    assert container["image"] == "docker.io/library/nginx:1.27"
    assert container["imageID"].startswith("docker.io/library/nginx@sha256:")
    found = terminal.ok("kubectl exec p -- curl -sk https://kubernetes.default.svc/api")
    assert "172.18.0.2:6443" in found or "forbidden" in found


def test_local_path_makes_a_volume_on_the_node_of_its_first_pod(terminal, kind, config):
    kind("create cluster --config " + config("nodes: [{role: control-plane}, {role: worker}]"))
    claim = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"name": "data"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    terminal.ok("kubectl apply -f -", json.dumps(claim))
    terminal.advance("5s")
    assert terminal.ok("kubectl get pvc data -o jsonpath={.status.phase}") == "Pending"
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}, "spec": {
        "containers": [{"name": "c", "image": "nginx:1.27", "volumeMounts": [{"name": "d", "mountPath": "/d"}]}],
        "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}}
    terminal.ok("kubectl apply -f -", json.dumps(pod))
    terminal.advance("10s")
    terminal.ok("kubectl exec p -- sh -c 'echo kept > /d/file'")
    volume, = json.loads(terminal.ok("kubectl get pv -o json"))["items"]
    name = volume["metadata"]["name"]
    assert volume["spec"]["hostPath"] == {"path": f"/var/local-path-provisioner/{name}_default_data",
                                          "type": "DirectoryOrCreate"}
    assert volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]["values"] == [
        "kind-worker"]
    terminal.ok("kubectl delete pod p --now")
    terminal.ok("kubectl apply -f -", json.dumps(pod))
    terminal.advance("10s")
    assert terminal.ok("kubectl exec p -- cat /d/file") == "kept\n"
    events = terminal.ok("kubectl get events --field-selector reason=ProvisioningSucceeded -o jsonpath={..component}")
    assert events.startswith("rancher.io/local-path_local-path-provisioner-")
    terminal.ok("kubectl delete pod/p pvc/data --now")
    terminal.advance("5s")
    assert terminal.ok("kubectl get pv -o name") == ""


def test_local_path_knows_one_writer_only(terminal, kind):
    kind("create cluster")
    for name, mode in (("many", "ReadWriteMany"), ("one", "ReadWriteOncePod")):
        claim = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"name": name}, "spec": {
            "accessModes": [mode], "resources": {"requests": {"storage": "1Gi"}}}}
        pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name}, "spec": {
            "containers": [{"name": "c", "image": "nginx:1.27"}],
            "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": name}}]}}
        terminal.ok("kubectl apply -f -", json.dumps({"kind": "List", "apiVersion": "v1", "items": [claim, pod]}))
    terminal.advance("10s")
    assert column(terminal, "get pvc", ".metadata.name", ".status.phase") == [["many", "Pending"], ["one", "Bound"]]
    assert ("NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes"
            in terminal.ok("kubectl describe pvc many"))


def test_several_control_planes_have_a_balancer(terminal, kind, config):
    told = kind("create cluster --config " + config("nodes: [{role: control-plane}, {role: control-plane}]"))
    assert " ✓ Configuring the external load balancer ⚖️\n ✓ Writing configuration 📜\n" in told
    assert " ✓ Joining more control-plane nodes 🎮\n" in told
    assert kind("get nodes") == "kind-control-plane\nkind-control-plane2\nkind-external-load-balancer\n"
    assert len(column(terminal, "get pods -n kube-system -l component=etcd", ".metadata.name")) == 2


def test_clusters_live_side_by_side(terminal, kind):
    kind("create cluster --name a")
    terminal.ok("kubectl create configmap of-a")
    terminal.environ["KIND_CLUSTER_NAME"] = "b"
    kind("create cluster")
    assert kind("get clusters") == "a\nb\n"
    assert terminal.ok("kubectl config current-context") == "kind-b\n"
    assert terminal("kubectl get configmap of-a").code == 1
    assert terminal.ok("kubectl --context kind-a get configmap of-a -o name") == "configmap/of-a\n"
    assert terminal.ok("kubectl get nodes -o name") == "node/b-control-plane\n"
    assert "is running at https://127.0.0.1:" in terminal.ok("kubectl cluster-info --context kind-a")
    assert kind("get nodes -A") == "a-control-plane\nb-control-plane\n"
    assert kind("create cluster --name a", 1) == (
        'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "a"\n')
    kind("export kubeconfig --name a")
    assert terminal.ok("kubectl config current-context") == "kind-a\n"
    assert load(kind("get kubeconfig"))["current-context"] == "kind-b"
    assert kind("delete cluster --name a") == 'Deleting cluster "a" ...\nDeleted nodes: ["a-control-plane"]\n'
    assert kind("delete cluster --name a") == 'Deleting cluster "a" ...\n'
    assert kind("delete clusters --all").endswith('Deleted clusters: ["b"]\n')
    assert kind("get clusters") == "No kind clusters found.\n"
    assert kind("get nodes") == 'No kind nodes found for cluster "b".\n'
    assert terminal("kubectl config current-context").code == 1


def test_a_kubeconfig_of_its_own(kind, config, tmp_path):
    config("")
    told = kind("create cluster --name a --kubeconfig 'my config'")
    assert "kubectl cluster-info --context kind-a --kubeconfig 'my config'\n" in told
    assert load((tmp_path / "my config").read_text())["current-context"] == "kind-a"


def test_images_are_loaded_onto_nodes(terminal, kind):
    kind("create cluster --name a")
    terminal.ok("kubectl run mine --image=my-app:1.0")
    assert re.fullmatch('Image: "my-app:1.0" with ID "sha256:[0-9a-f]{64}" not yet present on node "a-control-plane", '
                        "loading...\n", kind("load docker-image my-app:1.0 --name a"))
    assert kind("load docker-image my-app:1.0 --name a --nodes other", 1) == 'ERROR: unknown node: "other"\n'
    assert kind("load docker-image my-app:1.0", 1) == 'ERROR: no nodes found for cluster "kind"\n'
    assert kind("load docker-image", 1) == "ERROR: a list of image names is required\n"


def test_versions_and_quiet(kind):
    assert re.fullmatch(r"kind v\d+\.\d+\.\d+ go\S+ linux/amd64\n", kind("version"))
    assert re.fullmatch(r"kind version \d+\.\d+\.\d+\n", kind("--version"))
    assert kind("-q create cluster") == kind("create cluster --name b --quiet") == ""


def test_ports_of_the_machine_lead_to_those_of_nodes(terminal, kind, config):
    kind("create cluster -q --config " + config("""
nodes:
- role: control-plane
- role: worker
  extraPortMappings: [{containerPort: 30080, hostPort: 8080}]
"""))
    terminal.ok("kubectl run web --image=hashicorp/http-echo --port=5678 -- -text=hello")
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {
            "type": "NodePort", "selector": {"run": "web"}, "ports": [{"port": 5678, "nodePort": 30080}]}}))
    terminal.ok("kubectl wait --for=condition=ready pod/web")
    assert terminal.ok("kubectl sim curl -s http://localhost:8080/") == "hello\n"
    assert terminal("kubectl sim curl -s http://127.0.0.1:8081/").code == 7
    wrong = config("nodes: [{role: control-plane, extraPortMappings: [{containerPort: 80, hostPort: x}]}]\n")
    assert "cannot unmarshal !!str `x` into int32" in kind(f"create cluster --name c --config {wrong}", 1)


def test_what_the_config_asks_of_the_network_and_the_nodes(terminal, kind, config):
    kind("create cluster --config " + config("""
networking: {podSubnet: 10.20.0.0/16, serviceSubnet: 10.30.0.0/24, disableDefaultCNI: true, kubeProxyMode: none}
nodes:
- role: control-plane
  kubeadmConfigPatches:
  - |
    kind: InitConfiguration
    nodeRegistration:
      kubeletExtraArgs: {node-labels: "ingress-ready=true"}
      taints: []
- role: worker
  kubeadmConfigPatches:
  - |
    kind: JoinConfiguration
    nodeRegistration:
      kubeletExtraArgs:
      - {name: node-labels, value: "a=b,c=d"}
"""))
    assert column(terminal, "get nodes", ".metadata.labels.ingress-ready", ".metadata.labels.c", ".spec.podCIDR",
                  ".spec.taints") == [["true", "<none>", "10.20.0.0/24", "[]"],
                                      ["<none>", "d", "10.20.1.0/24", "<none>"]]
    assert terminal.ok("kubectl get ds -n kube-system -o name") == ""
    assert terminal.ok("kubectl get svc kubernetes -o jsonpath={.spec.clusterIP}") == "10.30.0.1"
    assert terminal.ok("kubectl get pods -n kube-system -l k8s-app=kube-dns -o jsonpath={.items[0].status.podIP}"
                       ).startswith("10.20.0.")


@pytest.mark.parametrize(("image", "version", "path"), [
    ("v1.31.0", "v1beta3", "/nodeRegistration/kubeletExtraArgs/node-labels"),
    ("v1.36.0", "v1beta4", "/nodeRegistration/kubeletExtraArgs/0/value")])
def test_patches_of_kubeadms_objects(terminal, kind, config, image, version, path):
    """By JSON Patch, in several documents, for another version, and of what kind's file said itself."""
    kind(f"create cluster --image kindest/node:{image} --config " + config(f"""
runtimeConfig: {{api/alpha: "true"}}
kubeadmConfigPatches:
- |
  kind: ClusterConfiguration
  networking: {{podSubnet: 10.40.0.0/16}}
  ---
  kind: ClusterConfiguration
  apiServer: {{extraArgs: {{service-node-port-range: 31000-31010}}}}
- |
  apiVersion: kubeadm.k8s.io/v1beta1
  kind: ClusterConfiguration
  networking: {{podSubnet: 10.50.0.0/16}}
nodes:
- labels: {{tier: front}}
- role: worker
  labels: {{tier: back}}
  kubeadmConfigPatchesJSON6902:
  - {{group: kubeadm.k8s.io, version: {version}, kind: JoinConfiguration, patch: '[
      {{"op": "test", "path": "{path}", "value": "tier=back"}},
      {{"op": "replace", "path": "{path}", "value": "tier=rear,zone=a"}},
      {{"op": "add", "path": "/nodeRegistration/taints", "value": [{{"key": "k", "effect": "NoSchedule"}}]}}]'}}
  - {{kind: InitConfiguration, patch: '[{{op: remove, path: /nothing}}]'}}
"""))
    assert column(terminal, "get nodes", ".metadata.labels.tier", ".metadata.labels.zone", ".spec.podCIDR",
                  ".spec.taints[*].key") == [
        ["front", "<none>", "10.40.0.0/24", "node-role.kubernetes.io/control-plane"],
        ["rear", "a", "10.40.1.0/24", "k"]]
    assert "valid ports is 31000-31010" in terminal("kubectl create service nodeport x --tcp=80 --node-port=30000").err
    assert "admissionregistration.k8s.io/v1alpha1" in terminal.ok("kubectl api-versions")


def test_containerd_begins_resolv_conf_with_the_search_list(terminal, kind, config):
    """Docker's runtime ends with it."""
    kind("create cluster --config " + config("networking: {ipFamily: ipv6}\n"))
    terminal.ok("kubectl run p --image=busybox --command -- sleep 1000")
    terminal.ok("kubectl wait --for=condition=ready pod/p")
    assert terminal.ok("kubectl exec p -- cat /etc/resolv.conf") == (
        "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver fd00:10:96::a\noptions ndots:5\n")


def test_a_wait_that_is_over_before_it_begins(kind):
    told = kind("create cluster --wait -5s")
    assert " ✗ Waiting ≤ -5s for control-plane = Ready ⏳\n • WARNING: Timed out waiting for Ready ⚠️\n" in told


PSS = """apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: {enforce: baseline, warn: restricted}
    exemptions: {namespaces: [kube-system]}
"""
PATCHED = """
featureGates: {PodLevelResources: true}
nodes:
- role: control-plane
  kubeadmConfigPatches:
  - |
    kind: ClusterConfiguration
    apiServer:
      extraArgs: {admission-control-config-file: /etc/config/pss.yaml, enable-admission-plugins: AlwaysPullImages}
      extraVolumes: [{name: c, hostPath: /etc/config, mountPath: /etc/config}]
  extraMounts: [{hostPath: ., containerPath: /etc/config}]
"""


def test_what_kubeadm_is_told_of_the_api_server(terminal, kind, config, tmp_path):
    name = config(PATCHED)
    assert "✗ Starting control-plane" in kind(f"create cluster --config {name} --image kindest/node:v1.34.0", 1)
    assert kind("get clusters") == "No kind clusters found.\n"
    (tmp_path / "pss.yaml").write_text(PSS, encoding="utf-8")
    kind(f"create cluster --config {name} --image kindest/node:v1.34.0")
    warned = terminal("kubectl run p --image=nginx:1.27")
    assert warned.err.startswith('Warning: would violate PodSecurity "restricted:latest": allowPrivilege')
    assert terminal.ok("kubectl get pod p -o jsonpath={..imagePullPolicy}") == "Always"
    assert "violates PodSecurity" in terminal("kubectl run q --image=nginx --privileged").err
    assert terminal("kubectl run p -n kube-system --image=nginx:1.27").err == ""


@pytest.mark.parametrize(("text", "problem"), [
    ("kind: Pod\n", "unknown apiVersion: "), ("a: [\n", "could not determine kind / apiVersion for config: "),
    ("apiVersion: kind.x-k8s.io/v1alpha4\nkind: Pod\n", "unknown kind Pod for apiVersion: kind.x-k8s.io/v1alpha4"),
    (HEAD + "nodes: 3\n", "unable to decode config: yaml: unmarshal errors:\n  line 3: cannot unmarshal !!int `3` into "
                          "[]v1alpha4.Node"),
    (HEAD + "nodes:\n- labels: [a]\n", "line 4: cannot unmarshal !!seq into map[string]string"),
    (HEAD + "networking:\n  podSubnet: [a]\n", "line 4: cannot unmarshal !!seq into string"),
    (HEAD + "networking:\n  apiServerPort: abc\n", "line 4: cannot unmarshal !!str `abc` into int32"),
    (HEAD + "networking: {apiServerPort: 70000}\n", "invalid apiServerPort: invalid port number: 70000"),
    (HEAD + "featureGates: [A]\n", "line 3: cannot unmarshal !!seq into map[string]bool"),
    (HEAD + "nodes: [{extraPortMappings: [{hostPort: 99999, containerPort: -2}]}]\n",
     "invalid configuration for node 0: [invalid hostPort: invalid port number: 99999, "
     "invalid containerPort: invalid port number: -2]"),
    (HEAD + "nodes: [{extraPortMappings: [{hostPort: 80}, {hostPort: 80, listenAddress: 127.0.0.1}]}]\n",
     "invalid configuration for node 0: invalid portMapping: port mapping with same listen address, port and protocol "
     "already configured: 127.0.0.1:80/TCP"),
    (HEAD + "networking: {podSubnet: 10.1.0.0/24}\nnodes: [{}, {role: worker}]\n",
     "failed to init node with kubeadm: kubesim's nodes have subnets of /24, of which 10.1.0.0/24 has no more"),
    (HEAD + "kubeadmConfigPatches: ['{kind: ClusterConfiguration, apiServer: 5}']\n",
     "failed to init node with kubeadm: json: cannot unmarshal number into Go struct field "
     "ClusterConfiguration.apiServer of type v1beta3.APIServer"),
    (HEAD + "kubeadmConfigPatches: ['{kind: ClusterConfiguration, apiServer: {extraArgs: [5]}}']\n",
     "failed to init node with kubeadm: json: cannot unmarshal number into Go value of type v1beta4.Arg"),
    (HEAD + "nodez: []\n", "line 3: field nodez not found in type v1alpha4.Cluster"),
    (HEAD + "nodes:\n- rolle: worker\n", "line 4: field rolle not found in type v1alpha4.Node"),
    (HEAD + "nodes: [{role: worker}]\n", "must have at least one control-plane node"),
    (HEAD + "nodes: [{role: chief}]\n", '[invalid configuration for node 0: "chief" is not a valid node role, must'),
    (HEAD + "networking: {ipFamily: ipv5}\n", "invalid ipFamily: ipv5"),
    (HEAD + "networking: {kubeProxyMode: x}\n", "invalid kubeProxyMode: x"),
    (HEAD + "networking: {podSubnet: 10.0.0.0}\n", 'invalid pod subnet failed to parse cidr value:"10.0.0.0" with'),
    (HEAD + "networking: {podSubnet: 'fd00::/56'}\n", "invalid pod subnet expected IPv4 CIDR for IPv4 family"),
    (HEAD + "featureGates: {Nonsense: true}\n", "failed to init node with kubeadm: unrecognized feature gate: Nons"),
    (HEAD + "nodes: [{labels: {node-role.kubernetes.io/worker: ''}}]\n",
     "failed to init node with kubeadm: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: "
     "[node-role.kubernetes.io/worker]\n--node-labels in the 'kubernetes.io' namespace must begin with an allowed "
     "prefix (kubelet.kubernetes.io, node.kubernetes.io) or be in the specifically allowed set ("),
    (HEAD + "nodes: [{labels: {tier: 'a b'}}]\n",
     "failed to init node with kubeadm: invalid node labels: 'a b' - a valid label must be an empty string or "),
    (HEAD + "nodes: [{labels: {tier: 'a,b'}}]\n", "failed to init node with kubeadm: invalid argument \"tier=a,b\" for "
     '"--node-labels" flag: malformed pair, expect string=string'),
    (HEAD + "runtimeConfig: {apps/v1: false}\n",
     "failed to init node with kubeadm: kubesim does not play --runtime-config=apps/v1=false"),
    (HEAD + "runtimeConfig: {api/all: maybe}\n", "failed to init node with kubeadm: invalid value api/all=maybe"),
    (HEAD + "runtimeConfig: {alpha: 'true'}\n", "failed to init node with kubeadm: runtime-config invalid key alpha"),
    (HEAD + "runtimeConfig: {apps/v1: maybe}\n",
     'failed to init node with kubeadm: invalid value of apps/v1: maybe, err: strconv.ParseBool: parsing "maybe": inv'),
    (HEAD + "kubeadmConfigPatchesJSON6902: [{kind: ClusterConfiguration, patch: '{}'}]\n",
     "failed to init node with kubeadm: json: cannot unmarshal object into Go value of type jsonpatch.Patch"),
    (HEAD + "kubeadmConfigPatchesJSON6902: [{kind: ClusterConfiguration, "
     "patch: '[{op: test, path: /apiServer/x, value: 1}]'}]\n", "failed to init node with kubeadm: testing "),
    ("- 1\n", "unknown apiVersion: ")])
def test_a_file_that_is_not_kinds_is_told(kind, config, tmp_path, text, problem):
    config("")
    (tmp_path / "kind.yaml").write_text(text, encoding="utf-8")
    assert f"ERROR: failed to create cluster: {problem}" in kind("create cluster --config kind.yaml", 1) or (
        problem.startswith("line") and problem in kind("create cluster --config kind.yaml", 1))
    assert kind("get clusters") == "No kind clusters found.\n"


def test_a_file_that_is_not_there_is_told(kind, config, monkeypatch):
    config("")
    assert kind("create cluster --config no.yaml", 1) == (
        "ERROR: failed to create cluster: error reading file: open no.yaml: no such file or directory\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{HEAD}name: piped\n".encode())))
    kind("create cluster --config -")
    assert kind("get clusters") == "piped\n"


def test_flags_that_make_no_sense(kind):
    assert "unsupported" in kind("create cluster --image kindest/node:v1.12.0", 1)
    assert kind("create cluster --wait soon", 1) == (
        'ERROR: invalid argument "soon" for "--wait" flag: time: invalid duration "soon"\n')
    assert kind("delete clusters", 1) == "ERROR: no cluster names provided\n"


@pytest.mark.parametrize("name", ["../x", "\u00fc", "A", "a b"])
def test_a_cluster_of_kinds_needs_a_name_that_is_one(terminal, kind, name):
    assert kind(f"create cluster --name '{name}'", 1).startswith(
        f"ERROR: failed to create cluster: '{name}' is not a valid cluster name, cluster names must match")
    assert not [entry.name for entry in (terminal.home / "clusters").iterdir() if "kind" in entry.name]
