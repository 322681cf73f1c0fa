"""`kubesim sim node` and `kubesim sim tunnel`."""

from __future__ import annotations

NOT_FOUND = ('Error: nodes "{}" not found; `kubectl get nodes` tells which there are, '
             "`kubesim sim node add` makes more\n")


def test_a_tunnel_assigns_addresses_and_takes_them_back(terminal):
    terminal.ok("kubectl create service loadbalancer web --tcp=80:80")
    terminal.advance("1m")
    columns = ("kubectl get svc web --no-headers "
               "-o custom-columns=IP:.spec.clusterIP,LB:.status.loadBalancer.ingress[0].ip")
    assert terminal.ok(columns).split()[1] == "<none>"
    assert "<pending>" in terminal.ok("kubectl get svc web")
    terminal.ok("kubectl sim tunnel open")
    cluster_ip, external = terminal.ok(columns).split()
    assert external == cluster_ip
    terminal.ok("kubectl create service loadbalancer late --tcp=80:80")
    assert "<pending>" not in terminal.ok("kubectl get svc")
    terminal.ok("kubectl sim tunnel close")
    assert "<pending>" in terminal.ok("kubectl get svc web")


def test_a_stopped_node_is_lost_and_comes_back(terminal):
    terminal.ok("kubectl sim reset --nodes 2")
    terminal.ok("kubectl create deployment web --image=nginx --replicas=4")
    terminal.advance("5s")
    assert terminal.ok("kubectl sim node stop minikube-m02") == "node minikube-m02 stopped\n"
    terminal.advance("60s")
    assert "NotReady" in terminal.ok("kubectl get node minikube-m02")
    terminal.advance("10m")
    running = terminal.ok("kubectl get pods -o wide --field-selector=status.phase=Running --no-headers").splitlines()
    assert len([row for row in running if "Terminating" not in row and " minikube " in row]) == 4
    assert terminal.ok("kubectl sim node start minikube-m02") == "node minikube-m02 started\n"
    terminal.advance("10s")
    assert "NotReady" not in terminal.ok("kubectl get node minikube-m02")


def test_a_name_that_is_no_text_is_invalid(terminal):
    result = terminal.sim(["node", "add", "n\udcff"])
    assert result.code == 1 and result.err.startswith('Error: Node "n') and "is invalid" in result.err
    assert terminal.ok("kubectl get nodes -o name") == "node/minikube\n"


def test_a_node_that_is_not_there_is_told(terminal):
    result = terminal("kubectl sim node stop nosuch")
    assert (result.code, result.err) == (1, NOT_FOUND.format("nosuch"))


def test_nodes_come_and_go(terminal):
    terminal.ok("kubectl sim reset --nodes 2")
    assert terminal.ok("kubectl sim node add") == "node minikube-m03 added\n"
    assert terminal.ok("kubectl sim node add big --label disk=ssd --resource memory=64Gi --resource cpu=16") == (
        "node big added\n")
    terminal.advance("1m")
    assert terminal.ok("kubectl get nodes -o name").split() == ["node/big", "node/minikube", "node/minikube-m02",
                                                                "node/minikube-m03"]
    assert "NotReady" not in terminal.ok("kubectl get nodes")
    addresses = terminal.ok("kubectl get nodes -o jsonpath='{.items[*].status.addresses[0].address}'").split()
    assert len(set(addresses)) == 4
    terminal.ok("kubectl run a --image=nginx --overrides='{\"spec\":{\"nodeSelector\":{\"disk\":\"ssd\"}}}'")
    terminal.advance("10s")
    assert terminal.ok("kubectl get pod a -o jsonpath={.spec.nodeName}/{.status.phase}") == "big/Running"
    assert terminal.ok("kubectl sim node remove big") == "node big removed\n"
    terminal.advance("2m")
    assert terminal("kubectl get pod a").code == 1
    assert terminal.ok("kubectl sim node add") == "node minikube-m04 added\n"
    assert terminal("kubectl sim node remove big") == (1, "", NOT_FOUND.format("big"))
    assert terminal("kubectl sim node add minikube").err == 'Error: nodes "minikube" already exists\n'
    assert terminal("kubectl sim node add x --label a").code == 2
    assert 'Invalid value: "A_B"' in terminal("kubectl sim node add A_B").err
    assert "Invalid value" in terminal("kubectl sim node add x --label a=b!").err
    for amount in ("cpu=x", "cpu=", "cpu=NaN", "cpu=inf"):
        assert "quantities must match" in terminal(f"kubectl sim node add x --resource {amount}").err
    for amount in ("cpu=-1", "pods=-3"):
        assert "must be greater than or equal to 0" in terminal(f"kubectl sim node add x --resource {amount}").err
    assert terminal("kubectl sim node add x --resource =1").code == 2
    assert terminal.ok("kubectl sim node add empty --label a=") == "node empty added\n"


def test_a_node_under_memory_pressure_evicts_who_uses_more_than_was_asked_for(terminal):
    terminal.ok("kubectl sim reset --nodes 2 --bare --seed a")
    for name, memory, used in (("modest", "100Mi", "50Mi"), ("greedy", "10Mi", "300Mi"), ("small", "10Mi", "20Mi")):
        terminal.ok(f"kubectl run {name} --image=nginx --annotations=kubesim.io/usage-memory={used} --overrides='"
                    '{"spec":{"nodeName":"minikube-m02","containers":[{"name":"c","image":"nginx","resources":'
                    f'{{"requests":{{"memory":"{memory}"}}}}}}]}}}}\'')
    terminal.advance("10s")
    assert terminal.ok("kubectl sim node pressure minikube-m02 memory") == "node minikube-m02 is short of memory\n"
    assert "MemoryPressure   True" in terminal.ok("kubectl describe node minikube-m02")
    assert "node.kubernetes.io/memory-pressure:NoSchedule" in terminal.ok("kubectl describe node minikube-m02")
    told = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 96000Ki. Container c was using"
    assert terminal.ok("kubectl get pod greedy -o jsonpath={.status.phase}/{.status.reason}/{.status.message}") == (
        f"Failed/Evicted/{told} 307200Ki, request is 10Mi, has larger consumption of memory. ")
    assert [row.split()[2] for row in terminal.ok("kubectl get pods --no-headers").splitlines()] == [
        "Error", "Running", "Running"]
    terminal.advance("10s")
    assert terminal.ok("kubectl get pod small -o jsonpath={.status.reason}") == "Evicted"
    events = terminal.ok("kubectl get events -o custom-columns=R:.reason,M:.message --no-headers")
    assert "NodeHasInsufficientMemory" in events and "Attempting to reclaim memory" in events and told in events
    terminal.ok("kubectl sim node pressure minikube-m02 --off")
    terminal.advance("4m")
    assert "MemoryPressure   True" in terminal.ok("kubectl describe node minikube-m02")
    terminal.advance("1m1s")
    assert "MemoryPressure   False" in terminal.ok("kubectl describe node minikube-m02")
    assert "memory-pressure" not in terminal.ok("kubectl describe node minikube-m02")
    assert "Running" in terminal.ok("kubectl get pod modest")


def test_pressure_is_over_when_so_many_pods_are_gone(terminal):
    terminal.ok("kubectl sim reset --bare --seed a")
    terminal.ok("kubectl create deployment web --image=nginx --replicas=4")
    terminal.advance("10s")
    terminal.ok("kubectl sim node pressure minikube disk --pods 2")
    terminal.advance("1m")
    rows = [row.split()[2] for row in terminal.ok("kubectl get pods --no-headers").splitlines()]
    assert sorted(rows) == ["Error", "Error", "Pending", "Pending", "Running", "Running"]
    terminal.ok("kubectl run late --image=nginx --overrides='{\"spec\":{\"nodeName\":\"minikube\"}}'")
    terminal.advance("5s")
    assert terminal.ok("kubectl get pod late -o jsonpath={.status.reason}/{.status.message}") == (
        "Evicted/Pod was rejected: The node had condition: [DiskPressure]. ")
    terminal.advance("6m")
    rows = [row.split()[2] for row in terminal.ok("kubectl get pods -l app=web --no-headers").splitlines()]
    assert sorted(rows) == ["Error", "Error", "Running", "Running", "Running", "Running"]


def test_pressure_needs_to_be_of_something(terminal):
    assert terminal("kubectl sim node pressure minikube").code == 2
    assert terminal("kubectl sim node pressure minikube memory --off").code == 2
    assert terminal("kubectl sim node pressure nosuch memory").err == NOT_FOUND.format("nosuch")


LOCAL = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {path: /mnt/disk}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [
    {key: kubernetes.io/hostname, operator: In, values: [minikube-m02]}]}]}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
"""


def database(name: str, storage_class: str) -> str:
    return f"""
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: {name}}}
spec:
  serviceName: {name}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      affinity: {{nodeAffinity: {{preferredDuringSchedulingIgnoredDuringExecution: [{{weight: 100, preference:
        {{matchExpressions: [{{key: kubernetes.io/hostname, operator: In, values: [minikube-m02]}}]}}}}]}}}}
      containers: [{{name: db, image: nginx, volumeMounts: [{{name: data, mountPath: /data}}]}}]
  volumeClaimTemplates:
  - metadata: {{name: data}}
    spec: {{accessModes: [ReadWriteOnce], storageClassName: {storage_class},
            resources: {{requests: {{storage: 1Gi}}}}}}
"""


def test_after_a_node_is_lost_pods_wait_for_their_storage_or_go_where_it_can_go(terminal):
    terminal.ok("kubectl sim reset --nodes 2 --bare --seed a")
    terminal.ok("kubectl apply -f -", "---".join((LOCAL, database("bound", "local"), database("free", "standard"))))
    terminal.advance("20s")
    wide = "kubectl get pods --no-headers -o custom-columns=:.metadata.name,:.spec.nodeName,:.status.phase"
    assert [row.split() for row in terminal.ok(wide).splitlines()] == [
        ["bound-0", "minikube-m02", "Running"], ["free-0", "minikube-m02", "Running"]]
    terminal.ok("kubectl sim node stop minikube-m02")
    terminal.advance("39s")
    assert " Ready" in terminal.ok("kubectl get node minikube-m02")
    terminal.advance("2s")
    assert "NotReady" in terminal.ok("kubectl get node minikube-m02")
    terminal.advance("298s")
    assert "Terminating" not in terminal.ok("kubectl get pods")
    terminal.advance("3s")
    assert terminal.ok("kubectl get pods").count("Terminating") == 2
    terminal.advance("1h")
    assert terminal.ok("kubectl get pods").count("Terminating") == 2
    terminal.ok("kubectl sim snapshot save lost")
    terminal.ok("kubectl sim node remove minikube-m02")
    terminal.advance("5m")
    rows = [row.split() for row in terminal.ok(wide).splitlines()]
    assert rows == [["bound-0", "<none>", "Pending"], ["free-0", "minikube", "Running"]]
    assert "volume node affinity conflict" in terminal.ok("kubectl describe pod bound-0")
    terminal.ok("kubectl sim node add minikube-m02")
    terminal.advance("1m")
    assert terminal.ok(wide).splitlines()[0].split() == ["bound-0", "minikube-m02", "Running"]
    terminal.ok("kubectl sim snapshot restore lost")
    terminal.ok("kubectl sim node start minikube-m02")
    terminal.advance("1m")
    assert [row.split() for row in terminal.ok(wide).splitlines()] == [
        ["bound-0", "minikube-m02", "Running"], ["free-0", "minikube-m02", "Running"]]
