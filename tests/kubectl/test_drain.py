"""kubectl cordon, uncordon and drain."""

import pytest

LONE = "apiVersion: v1\nkind: Pod\nmetadata: {name: lone}\nspec: {containers: [{name: main, image: nginx}]}\n"
AGENT = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: nginx}]}
"""
BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
"""


@pytest.fixture
def node(terminal):
    return terminal.ok("kubectl get nodes -o jsonpath={.items[0].metadata.name}")


def test_cordon(terminal, node):
    assert terminal.ok(f"kubectl cordon {node}") == f"node/{node} cordoned\n"
    assert terminal.ok(f"kubectl cordon {node}") == f"node/{node} already cordoned\n"
    assert terminal.ok("kubectl get nodes -o jsonpath={.items[0].spec.unschedulable}") == "true"
    assert terminal.ok(f"kubectl uncordon {node} --dry-run=client") == f"node/{node} uncordoned (dry run)\n"
    assert terminal.ok(f"kubectl uncordon {node}") == f"node/{node} uncordoned\n"
    assert terminal("kubectl cordon").err == (
        "error: USAGE: cordon NODE [flags]\nSee 'kubectl cordon -h' for help and examples\n")
    assert terminal("kubectl cordon nosuch").err == 'Error from server (NotFound): nodes "nosuch" not found\n'


def test_what_a_drain_leaves_alone(terminal, node):
    terminal.ok("kubectl apply -f -", f"{LONE}---\n{AGENT}")
    terminal.advance("5s")
    result = terminal(f"kubectl drain {node}")
    assert result.code == 1 and result.out == f"node/{node} cordoned\n"
    assert result.err.startswith(f'error: unable to drain node "{node}" due to error:[cannot delete ')
    assert "cannot delete Pods declare no controller (use --force to override): default/lone" in result.err
    assert "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent-" in result.err
    assert f"\nThere are pending nodes to be drained:\n {node}\n" in result.err
    assert terminal("kubectl get pod lone").code == 0


def test_drain(newest):
    node = newest.ok("kubectl get nodes -o jsonpath={.items[0].metadata.name}")
    newest.ok("kubectl apply -f -", f"{LONE}---\n{AGENT}")
    newest.advance("5s")
    result = newest(f"kubectl drain {node} --ignore-daemonsets --force --delete-emptydir-data")
    assert result.code == 0 and result.out.endswith(f"node/{node} drained\n")
    assert "evicting pod default/lone\n" in result.out and "pod/lone evicted\n" in result.out
    ignored, deleted = result.err.split("; ")
    assert ignored.startswith("Warning: ignoring DaemonSet-managed Pods: default/agent-")
    assert deleted == "deleting Pods that declare no controller: default/lone, kube-system/storage-provisioner\n"
    assert newest("kubectl get pod lone").code == 1


def test_a_budget_holds_a_drain_up(terminal, node):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl apply -f -", BUDGET)
    terminal.advance("5s")
    result = terminal(f"kubectl drain {node} --pod-selector=app=web --timeout=8s")
    assert result.code == 1
    assert result.out.count("evicting pod default/web-") == 3  # at 0, 5 and 10 s
    assert result.err.count("(will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget."
                            ) == 2
    assert "global timeout reached: 8s" in result.err


def test_a_drain_that_a_budget_never_lets_through_ends_on_a_frozen_clock(terminal, node):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl apply -f -", BUDGET)
    terminal.advance("5s")
    result = terminal(f"kubectl drain {node} --pod-selector=app=web")
    assert result.code == 1 and result.err.count("will retry after 5s") == 720
    assert "global timeout reached: 1h0m0s" in result.err


def test_pods_are_read_in_chunks(terminal):
    for name in ("a", "b", "c"):
        terminal.ok(f"kubectl run {name} --image=nginx")
    result = terminal("kubectl drain minikube --force --ignore-daemonsets --chunk-size=2 --pod-selector=run "
                      "--dry-run=client -v=6")
    assert result.code == 0, result.err
    queries = [line for line in result.err.splitlines() if "/api/v1/pods?" in line]
    assert ["limit=2" in line for line in queries] == [True, True]
    assert ["continue=" in line for line in queries] == [False, True]
    for line, limit in {"drain --chunk-size=1 --dry-run=client": 1, "cordon": 500}.items():
        told = terminal(f"kubectl {line} -l kubernetes.io/os=linux -v=6").err
        assert f"nodes?labelSelector=kubernetes.io%2Fos%3Dlinux&limit={limit}" in told
    assert result.out.count("evicting pod default/") == 3
