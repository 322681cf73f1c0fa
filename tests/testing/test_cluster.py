"""kubesim_cli.testing.Cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from kubesim_cli.testing import Call, Cluster, CommandFailed, NotFound

WEB = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
"""


@pytest.fixture
def cluster():
    with Cluster(kubelet="stub") as made:
        yield made


def ready(cluster, count=2):
    return cluster.until(lambda: cluster.get("deploy/web")["status"].get("readyReplicas") == count)


def test_kubectl_runs_in_this_process(cluster):
    result = cluster.kubectl("get nodes -o name")
    assert result == ("node/minikube\n", "", 0)
    assert cluster.kubectl(["kubectl", "get", "pod", "a b"]) == (
        "", 'Error from server (NotFound): pods "a b" not found\n', 1)
    obj = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}'
    assert cluster.kubectl("create -f -", obj).stdout == "configmap/a created\n"
    assert cluster.kubectl("frobnicate").stderr == 'error: unknown command "frobnicate" for "kubectl"\n'
    with pytest.raises(CommandFailed, match=r"exit code 1: .*unknown command"):
        cluster.kubectl("frobnicate").check()


def test_clusters_have_nothing_to_do_with_each_other_nor_with_the_users_kubeconfig(monkeypatch, tmp_path):
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "nowhere"))
    with Cluster(kubelet="stub") as one, Cluster(kubelet="stub") as other:
        one.apply(WEB)
        assert other.kubectl("get deploy").stdout == ""
        assert one.kubectl("config current-context").stdout == "minikube\n"
        one.kubectl("config set-context --current --namespace=kube-system").check()
        assert "coredns" in one.kubectl("get pods").stdout
        assert other.kubectl("get pods").stdout == ""
    assert not os.path.exists(one.home)


def test_the_same_seed_gives_the_same_bytes():
    def pods(**more):
        with Cluster(kubelet="stub", **more) as made:
            made.apply(WEB)
            ready(made)
            return made.kubectl("get pods -o yaml").stdout

    assert pods() == pods() == pods(seed=1) != pods(seed=2)


def test_a_cluster_is_made_as_asked(monkeypatch):
    with Cluster(nodes=3, kubernetes_version="1.30", start="2030-01-02T03:04:05Z", bare=True, kubelet="stub",
                 feature_gates={"JobManagedBy": True}) as made:
        assert made.kubectl("get nodes --no-headers").stdout.split()[-5:] == [
            "minikube-m03", "Ready", "<none>", "0s", "v1.30.14"] or "v1.30" in made.kubectl("get nodes").stdout
        assert len(made.objects("nodes")) == 3
        assert made.objects("pods", "") == []
        assert made.now == datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    monkeypatch.setenv("KUBESIM_KUBERNETES_VERSION", "1.33")
    with Cluster() as made:
        assert "v1.33" in made.kubectl("get nodes").stdout
    with Cluster(clock="running") as made:
        assert abs((made.now - datetime.now(timezone.utc)).total_seconds()) < 60


@pytest.mark.parametrize("arguments", [{"clock": "stopped"}, {"nodes": 0}, {"nodes": 10**9},
                                       {"kubernetes_version": "1.2"}, {"feature_gates": {"Nonsense": True}},
                                       {"start": "yesterday"}])
def test_what_cannot_be_made_is_refused(arguments):
    with pytest.raises(ValueError):
        Cluster(**arguments)


def test_manifests_come_as_files_texts_and_objects(cluster, tmp_path):
    (tmp_path / "web.yaml").write_text(WEB)
    assert cluster.apply(WEB).stdout == "deployment.apps/web created\n"
    assert cluster.apply(tmp_path / "web.yaml").stdout == "deployment.apps/web unchanged\n"
    assert cluster.apply(str(tmp_path / "web.yaml")).stdout == "deployment.apps/web unchanged\n"
    configmap = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert cluster.apply(configmap).stdout == "configmap/a created\n"
    assert cluster.apply([configmap, {**configmap, "metadata": {"name": "b"}}]).stdout == (
        "configmap/a unchanged\nconfigmap/b created\n")
    with pytest.raises(CommandFailed) as failed:
        cluster.apply("nowhere.yaml")
    assert failed.value.result.exit_code == 1


def test_objects_are_the_callers_own(cluster):
    cluster.apply(WEB)
    ready(cluster)
    web = cluster.get("deployments/web")
    web["spec"]["replicas"] = 7
    assert cluster.get("deploy/web")["spec"]["replicas"] == 2
    assert len(cluster.objects("pods", selector="app=web")) == 2 == len(cluster.objects("po"))
    assert len(cluster.objects("pods", "")) > 2 and cluster.objects("pods", selector="app=other") == []
    for target, problem in (("pod/none", NotFound), ("frob/x", NotFound), ("pods", ValueError)):
        with pytest.raises(problem):
            cluster.get(target)
    with pytest.raises(NotFound):
        cluster.objects("frobs")


def test_time_passes_when_it_is_told_to(cluster):
    before = cluster.now
    cluster.apply(WEB)
    for length in ("1m", 60, 60.0, timedelta(minutes=1)):
        cluster.advance(length)
    assert cluster.now - before == timedelta(minutes=4)
    assert cluster.kubectl("get deploy web --no-headers").stdout.split() == ["web", "2/2", "2", "2", "4m"]
    for wrong in ("soon", -1):
        with pytest.raises(ValueError):
            cluster.advance(wrong)


def test_a_clock_may_tick_with_each_command():
    with Cluster(kubelet="stub", tick="2s") as made:
        made.apply(WEB)
        for _ in range(20):
            if made.kubectl("get deploy web --no-headers").stdout.split()[1] == "2/2":
                break
        else:
            pytest.fail("it never was ready")
        before = made.now
        made.kubectl("get pods")
        assert made.now - before == timedelta(seconds=2)


def test_until_asks_after_everything_that_happens(cluster):
    cluster.apply(WEB)
    assert ready(cluster) is True
    assert cluster.until(lambda: cluster.get("deploy/web")["metadata"]["name"]) == "web"
    assert (cluster.now - datetime(2024, 1, 1, tzinfo=timezone.utc)).total_seconds() < 60
    with pytest.raises(TimeoutError, match="not met within 1m0s"):
        cluster.until(lambda: cluster.get("pod/never"), timeout="1m")
    assert cluster.until(lambda: "web" in cluster.kubectl("get deploy").stdout)


def test_a_condition_that_fails_leaves_the_cluster_usable(cluster):
    with pytest.raises(ZeroDivisionError):
        cluster.until(lambda: 1 / 0)
    assert cluster.kubectl("create ns a").exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="a script of sh")
def test_programs_talk_to_the_same_cluster(cluster, tmp_path):
    cluster.kubectl("create configmap a")
    script = tmp_path / "deploy.sh"
    script.write_text("#!/bin/sh\nset -e\nkubectl get cm a -o name\ncat | kubectl apply -f -\nsleep 90\necho $X >&2\n"
                      "kubectl get nothing || exit 3\n")
    script.chmod(0o755)
    ran = cluster.run([str(script)], WEB, env={"X": "y"})
    assert ran == ("configmap/a\ndeployment.apps/web created\n",
                   'y\nerror: the server doesn\'t have a resource type "nothing"\n', 3)
    assert cluster.kubectl("get deploy web --no-headers").stdout.split() == ["web", "2/2", "2", "2", "90s"]
    assert [(call.command, call.exit_code) for call in cluster.calls] == [
        ("kubectl create configmap a", 0), ("kubectl get cm a -o name", 0), ("kubectl apply -f -", 0),
        ("kubectl get nothing", 1), ("kubectl get deploy web --no-headers", 0)]
    assert cluster.run("cd / && pwd", cwd=tmp_path).stdout == "/\n"
    assert cluster.run("kill -9 $$").exit_code == 137
    with pytest.raises(subprocess.TimeoutExpired):
        cluster.run(["/bin/sleep", "5"], timeout=0.05)


def test_calls_are_told_with_their_requests(cluster):
    assert cluster.calls == []
    cluster.kubectl("scale deploy web --replicas=1")
    assert cluster.calls == [Call("kubectl scale deploy web --replicas=1", 1, (
        "GET /apis/apps/v1/namespaces/default/deployments/web 404",))]


def test_requests_fail_and_commands_are_answered(cluster):
    cluster.apply(WEB)
    cluster.fail("patch deploy/*/scale", "forbidden", times=1)
    assert cluster.kubectl("scale deploy web --replicas=1").stderr.startswith("Error from server (Forbidden)")
    assert cluster.kubectl("scale deploy web --replicas=1").exit_code == 0
    before = cluster.now
    cluster.fail("list pods", slow="30s")
    cluster.kubectl("get pods")
    assert cluster.now - before == timedelta(seconds=30)
    cluster.answer("exec db-* -- mongo*", "{ ok: 1 }\n", exit_code=2)
    assert cluster.kubectl("exec -it db-0 -- mongosh") == (
        "{ ok: 1 }\n", "command terminated with exit code 2\n", 2)
    for wrong in (lambda: cluster.fail("patch"), lambda: cluster.fail("get pods", "nonsense"),
                  lambda: cluster.fail("get pods", "500", rate=2), lambda: cluster.answer("")):
        with pytest.raises(ValueError):
            wrong()


def test_a_cluster_goes_back_to_a_snapshot(cluster):
    cluster.apply(WEB)
    ready(cluster)
    kept, listing, calls = cluster.snapshot(), cluster.kubectl("get all -o wide").stdout, len(cluster.calls)
    cluster.kubectl("delete deploy web")
    cluster.fail("list pods", "500")
    cluster.advance("1h")
    assert cluster.kubectl("get pods").exit_code == 1
    for _ in range(2):
        cluster.restore(kept)
        assert cluster.kubectl("get all -o wide").stdout == listing
        assert len(cluster.calls) == calls
        cluster.advance("5m")


def test_a_running_clock_runs_on_from_the_snapshot():
    with Cluster(clock="running", kubelet="stub") as made:
        kept, at = made.snapshot(), made.now
        made.advance("2h")
        made.restore(kept)
        assert timedelta(0) <= made.now - at < timedelta(minutes=1)


def test_objects_of_another_cluster_are_loaded(cluster, tmp_path):
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "old", "creationTimestamp": "2024-03-01T00:00:00Z"},
           "spec": {"containers": [{"name": "c", "image": "x"}]}, "status": {"phase": "Failed", "reason": "Evicted"}}
    assert cluster.load(pod) == ["pod/old"]
    assert cluster.kubectl("get pods --no-headers").stdout.split() == ["old", "0/1", "Evicted", "0", "0s"]
    (tmp_path / "dump.yaml").write_text("{apiVersion: ops.example.com/v1, kind: Thing, metadata: {name: a}}")
    assert cluster.load(tmp_path / "dump.yaml") == [
        "customresourcedefinition.apiextensions.k8s.io/things.ops.example.com", "thing.ops.example.com/a"]
    for wrong in ({"kind": "Pod"}, "a: [\n"):
        with pytest.raises(ValueError):
            cluster.load(wrong)


def test_sim_commands_leave_the_process_as_it_was(cluster, monkeypatch):
    environ, streams = dict(os.environ), (sys.stdin, sys.stdout, sys.stderr)
    assert cluster.kubectl("sim clock").stdout == "2024-01-01T00:00:00Z (frozen)\n"
    assert cluster.kubectl("sim node stop nowhere").stderr.startswith('Error: nodes "nowhere" not found')
    cluster.kubectl("sim node stop minikube").check()
    cluster.advance("2m")
    assert "NotReady" in cluster.kubectl("get nodes").stdout
    assert (dict(os.environ), (sys.stdin, sys.stdout, sys.stderr)) == (environ, streams)


def test_what_kubesim_itself_fails_at_is_told_in_a_line(cluster, monkeypatch):
    def fail(ctx):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("kubesim_cli.kubectl.get.get.run", fail)
    assert cluster.kubectl("get pods").stderr.startswith("error: kubesim failed: ZeroDivisionError: oh")
    monkeypatch.undo()
    assert cluster.kubectl("get pods").exit_code == 0


def test_golden_files_hold_what_was_run(cluster, tmp_path):
    cluster.golden.folder = str(tmp_path / "golden")
    cluster.kubectl("create configmap a")
    cluster.kubectl("get cm b")
    with pytest.raises(AssertionError, match="is missing"):
        cluster.assert_matches_golden("first")
    cluster.golden.update = True
    cluster.kubectl("create configmap c")
    cluster.kubectl("get cm b")
    cluster.assert_matches_golden("sub/first")
    assert (tmp_path / "golden" / "sub" / "first.txt").read_text() == (
        "$ kubectl create configmap c\nconfigmap/c created\n$ kubectl get cm b\n"
        'Error from server (NotFound): configmaps "b" not found\n[exit code 1]\n')
    cluster.golden.update = False
    cluster.assert_matches_golden("sub/first", (tmp_path / "golden" / "sub" / "first.txt").read_text())
    cluster.kubectl("get cm b")
    with pytest.raises(AssertionError) as failed:
        cluster.assert_matches_golden("sub/first")
    assert "-$ kubectl create configmap c" in str(failed.value)


def test_objects_have_no_record_of_who_made_them():
    with Cluster() as cluster:
        cluster.kubectl("create deployment web --image=nginx")
        cluster.advance("1m")
        pods = cluster.objects("pods")
        assert len(pods) == 1
        for pod in (*pods, cluster.get(f"pod/{pods[0]['metadata']['name']}")):
            assert not isinstance(pod["metadata"].get("managedFields"), str)
