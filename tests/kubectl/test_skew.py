"""Which release a cluster is of, and which its kubectl: what is remembered, and what the variables decide."""

from __future__ import annotations

import json
import os

import pytest

SERVER, CLIENT = "KUBESIM_KUBERNETES_VERSION", "KUBESIM_KUBECTL_VERSION"


@pytest.fixture
def fresh(terminal):
    """A terminal in whose home nothing was made yet."""
    terminal.environ["KUBESIM_HOME"] += "-of-nobody"
    return terminal


def versions(terminal) -> tuple[str, str, str]:
    """Return the release of kubectl, of the server and of the node's kubelet."""
    told = json.loads(terminal.ok("kubectl version -o json"))
    node = json.loads(terminal.ok("kubectl get nodes -o json"))["items"][0]["status"]["nodeInfo"]["kubeletVersion"]
    found = told["clientVersion"]["gitVersion"], told["serverVersion"]["gitVersion"], node
    return tuple(version.removeprefix("v").rpartition(".")[0] for version in found)


def test_a_cluster_remembers_its_release(fresh):
    fresh.environ[SERVER] = "1.30"
    fresh.ok("kubectl create namespace work")
    for variable in ("1.36", ""):
        fresh.environ[SERVER] = variable
        assert versions(fresh) == ("1.30", "1.30", "1.30")


def test_without_a_variable_it_is_the_oldest_that_is_remembered(fresh):
    fresh.ok("kubectl create namespace work")
    fresh.environ[SERVER] = "1.36"
    assert versions(fresh) == ("1.28", "1.28", "1.28")


def test_a_cluster_that_was_only_looked_at_is_made_anew(fresh):
    fresh.ok("kubectl get pods")
    fresh.environ[SERVER] = "1.36"
    assert versions(fresh) == ("1.36", "1.36", "1.36")
    fresh.environ[SERVER] = ""
    assert versions(fresh) == ("1.36", "1.36", "1.36")  # and that is remembered
    assert fresh.ok("kubectl get nodes --no-headers").count("\n") == 1


def test_what_reset_is_told_stays(terminal):
    terminal.ok("kubectl sim reset --kubernetes-version 1.33 --nodes 2")
    terminal.environ[SERVER] = "1.36"
    assert versions(terminal) == ("1.33", "1.33", "1.33")
    assert terminal.ok("kubectl get nodes --no-headers").count("\n") == 2


def test_reset_goes_by_the_variable_of_its_time(terminal):
    terminal.ok("kubectl create namespace work")
    terminal.environ[SERVER] = "1.34"
    assert versions(terminal) == ("1.28", "1.28", "1.28")
    terminal.ok("kubectl sim reset")
    terminal.environ[SERVER] = "1.36"
    assert versions(terminal) == ("1.34", "1.34", "1.34")


def test_reset_without_either_leaves_it_to_the_first_use(terminal):
    terminal.ok("kubectl sim reset --kubernetes-version 1.34")
    terminal.ok("kubectl sim reset")
    terminal.environ[SERVER] = "1.36"
    assert versions(terminal) == ("1.36", "1.36", "1.36")


def test_gates_fix_the_release_that_knows_them(terminal):
    terminal.ok("kubectl sim reset --feature-gates=JobPodReplacementPolicy=true")
    terminal.environ[SERVER] = "1.36"
    assert versions(terminal) == ("1.28", "1.28", "1.28")


@pytest.mark.parametrize("gate", ["DeletedFromNamespace", "NoSuchGate"])
def test_gates_that_no_server_knows_are_refused(terminal, gate):
    terminal.ok("kubectl create namespace work")
    told = terminal(f"kubectl sim reset --feature-gates={gate}=true")
    assert told.code == 1 and told.err == (
        f'Error: invalid argument "{gate}=true" for "--feature-gates" flag: unrecognized feature gate: {gate}\n')
    terminal.ok("kubectl get namespace work")  # nothing was thrown away


@pytest.mark.parametrize(("client", "word"), [("1.30", "WARNING"), ("1.33", "WARNING"), ("1.34", "Warning"),
                                              ("1.36", "Warning")])
def test_version_tells_the_skew(terminal, client, word):
    terminal.environ[CLIENT] = client
    told = terminal("kubectl version")
    assert told.code == 0 and told.out.splitlines()[2] == "Server Version: v1.28.15"
    assert told.out.startswith(f"Client Version: v{client}.")
    assert told.err == (f"{word}: version difference between client ({client}) and server (1.28) exceeds the supported "
                        "minor version skew of +/-1\n")


def test_a_skew_of_one_is_supported(terminal):
    terminal.environ[CLIENT] = "1.29"
    assert terminal("kubectl version").err == ""
    terminal.environ[CLIENT] = "1.36"
    assert terminal("kubectl version --client").err == ""


@pytest.mark.parametrize(("client", "code", "start"), [("1.33", 0, "WARNING: "), ("1.34", 1, "error: ")])
def test_skew_as_an_error(terminal, client, code, start):
    terminal.environ[CLIENT] = client
    told = terminal("kubectl version --warnings-as-errors")
    assert told.code == code and told.err.startswith(f"{start}version difference") and "Server Version" in told.out


def test_words_and_flags_are_kubectls_and_the_api_is_the_servers(terminal):
    terminal.ok("kubectl run web --image=nginx")
    terminal.environ[CLIENT] = "1.36"
    assert terminal.ok("kubectl delete pod web --now") == 'pod "web" deleted from default namespace\n'
    assert terminal("kubectl diff --show-secrets").err.startswith("error: must specify")
    terminal.ok("kubectl run web --image=nginx")
    pod = json.loads(terminal.ok("kubectl get pod web -o json"))
    assert "generation" not in pod["metadata"]                               # the server's
    assert "observedGeneration" not in terminal.ok("kubectl explain pod.status")
    terminal.environ[CLIENT] = "1.28"
    assert terminal.ok("kubectl delete pod web --now") == 'pod "web" deleted\n'
    assert terminal("kubectl diff --show-secrets").err.startswith("error: unknown flag: --show-secrets")


def test_describe_is_kubectls(terminal):
    terminal.ok("kubectl create configmap a --from-literal=b=c")
    old = terminal.ok("kubectl describe configmap a")
    terminal.environ[CLIENT] = "1.36"
    assert terminal.ok("kubectl describe configmap a") == old.replace("c\n\n", "c\n\n\n")


def test_the_client_alone_is_that_of_its_cluster(terminal):
    terminal.ok("kubectl sim reset --kubernetes-version 1.32")
    assert terminal.ok("kubectl version --client").startswith("Client Version: v1.32.13\n")
    terminal.environ[CLIENT] = "1.35"
    assert terminal.ok("kubectl version --client").startswith("Client Version: v1.35.7\n")


def test_a_kubectl_that_is_not_emulated(terminal):
    terminal.environ[CLIENT] = "1.12"
    told = terminal("kubectl version")
    assert told.code == 1 and told.err.startswith("error: KUBESIM_KUBECTL_VERSION: unsupported Kubernetes version")


@pytest.mark.parametrize(("gates", "told"), [("", False), ("--feature-gates=PodHostIPs=true", True)])
def test_gates_reach_the_kubelet(terminal, gates, told):
    terminal.ok(f"kubectl sim reset {gates}")
    terminal.ok("kubectl run web --image=nginx")
    terminal.advance("10s")
    assert ("hostIPs" in terminal.ok("kubectl get pod web -o yaml")) == told


@pytest.mark.parametrize("words", ["logs --help", "help logs"])
def test_help_learns_the_release_without_a_cluster(terminal, monkeypatch, words):
    from kubesim_cli.cluster.cluster import Cluster

    terminal.ok("kubectl sim reset --kubernetes-version 1.33")
    terminal.environ[SERVER] = "1.28"
    monkeypatch.setattr(Cluster, "__init__", None)
    assert "--all-pods=" in terminal.ok(f"kubectl {words}")
    terminal.environ[CLIENT] = "1.28"
    assert "--all-pods=" not in terminal.ok(f"kubectl {words}")


def test_help_makes_no_cluster(fresh):
    fresh.environ[SERVER] = "1.33"
    assert "--all-pods=" in fresh.ok("kubectl logs --help")
    assert not os.path.exists(fresh.environ["KUBESIM_HOME"])
    fresh.environ["KUBECONFIG"] = "nowhere"
    assert "--all-pods=" in fresh.ok("kubectl logs --help")
