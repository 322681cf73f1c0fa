"""A node without processes: pods come, end and go by rule; and the switch for it."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet import runtimes, stub
from kubesim_cli.kubelet.containerruntime import Runtime
from kubesim_cli.kubelet.runtime import process

LATER = {"initialDelaySeconds": 60, "periodSeconds": 5}


@pytest.fixture
def w(node_world):
    made = node_world("scheduler", "kubelet")
    made.server.tally.kubelet = "stub"
    return made


@pytest.mark.parametrize(("argv", "expected"), [
    ([], None), (["nginx", "-g", "daemon off;"], None), (["--flag"], None), (["sleep", "infinity"], None),
    (["sleep", "1d"], (86400, 0)), (["/bin/sleep", "1m", "5"], (65, 0)), (["true"], (0, 0)), (["/bin/false"], (0, 1)),
    (["echo", "hi"], (0, 0)), (["env"], (0, 0)), (["tail", "-f", "/dev/null"], None), (["tail", "/etc/hosts"], (0, 0)),
    (["sh", "-c", "exit 42"], (0, 42)), (["/bin/bash", "-ec", "exit 300"], (0, 44)), (["sh"], None),
    (["sh", "-c", "echo a; sleep 2 && exit 3"], (2, 3)), (["sh", "-c", "false; echo $?"], (0, 0)),
    (["sh", "-c", "set -e; false; echo $?"], (0, 1)), (["sh", "-c", "false && exit 1 || exit 2"], (0, 2)),
    (["sh", "-c", "true || exit 5\ncat /etc/hosts | grep x"], (0, 0)), (["sh", "-c", "A=b date"], (0, 0)),
    (["sh", "-c", "while true; do date; sleep 1; done"], None), (["sh", "-c", "exec nginx"], None),
    (["sh", "-c", "echo 'unfinished"], None), (["sh", "-c", "echo 'a; exit 1'"], (0, 0))])
def test_what_a_command_says(argv, expected):
    assert stub.verdict(argv, finite=False) == expected


@pytest.mark.parametrize(("argv", "expected"), [
    ([], (0, 0)), (["pg_dumpall"], (0, 0)), (["sleep", "3600"], (3600, 0)), (["sleep", "inf"], None),
    (["sh", "-c", "while :; do x; done"], None), (["sh", "-c", "for i in 1 2; do x; done; exit 1"], (0, 1)),
    (["tail", "-F", "x"], None), (["sh", "script.sh"], (0, 0)), (["sh", "-c", "echo '"], (0, 0))])
def test_what_has_to_end_does_unless_it_plainly_goes_on(argv, expected):
    assert stub.verdict(argv, finite=True) == expected


def test_pods_are_ready_at_once_whatever_their_probes_and_gone_whatever_their_grace_period(w):
    probes = {kind: {"exec": {"command": ["false"]}, **LATER} for kind in (
        "startupProbe", "livenessProbe", "readinessProbe")}
    w.pod("a", containers=[{"name": "main", "image": "no.such/registry:at-all", **probes}],
          initContainers=[{"name": "i", "image": "busybox", "command": ["sh", "-c", "until nslookup db; do x; done"]}])
    w.advance(1.19)
    assert w.get("pods", "a")["status"]["phase"] == "Pending"
    w.advance(0.02)
    assert w.condition("a", "Ready")["status"] == "True"
    w.advance(600)
    assert w.get("pods", "a")["status"]["containerStatuses"][0]["restartCount"] == 0
    w.api.delete("pods", "a", "default")
    w.advance(0.59)
    assert w.get("pods", "a") is not None
    w.advance(0.02)
    assert w.get("pods", "a") is None


def test_a_command_that_plainly_ends_does_so_a_second_later(w):
    for name, command in {"good": ["echo", "hi"], "bad": ["sh", "-c", "exit 7"], "shell": ["sh"]}.items():
        w.pod(name, containers=[{"name": "main", "image": "busybox", "command": command}], restartPolicy="Never")
    phases = lambda: [w.get("pods", name)["status"]["phase"] for name in ("good", "bad", "shell")]  # noqa: E731
    w.advance(2.19)
    assert phases() == ["Running"] * 3
    w.advance(0.02)
    assert phases() == ["Succeeded", "Failed", "Running"]
    ended = w.get("pods", "bad")["status"]["containerStatuses"][0]["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (7, "Error")


def test_the_only_images_that_never_come(w):
    for name, image in {"a": "doesnotexist:1", "b": "nginx:doesnotexist", "c": "ngnix:1.161"}.items():
        w.pod(name, containers=[{"name": "main", "image": image}])
    w.advance(2)
    reasons = [w.get("pods", name)["status"]["containerStatuses"][0]["state"].get("waiting", {}).get("reason")
               for name in "abc"]
    assert reasons == ["ErrImagePull", "ErrImagePull", None]


def test_no_process_is_simulated(w, monkeypatch):
    for asked in ("outcome", "pieces"):
        monkeypatch.setattr(process, asked, None)
    w.pod("a", containers=[{"name": "main", "image": "busybox", "command": ["sh", "-c", "echo a | cat; x=$(date)"]}])
    w.advance(60)
    assert w.get("pods", "a")["status"]["containerStatuses"][0]["restartCount"] == 3


POD = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: c, image: nginx, readinessProbe: {exec: {command: ["false"]}}}]}
"""


def is_ready(terminal):
    """Tell whether a pod that is never ready on a full node is ready after two seconds."""
    terminal.ok("kubectl delete pod web --ignore-not-found")
    terminal.ok("kubectl apply -f -", POD)
    terminal.advance("2s")
    return "1/1" in terminal.ok("kubectl get pod web")


def test_the_switch_is_remembered(terminal):
    assert not is_ready(terminal)
    terminal.environ["KUBESIM_KUBELET"] = "stub"
    assert not is_ready(terminal)  # it is in use as it was made
    terminal.ok("kubectl sim reset")
    assert is_ready(terminal)
    del terminal.environ["KUBESIM_KUBELET"]
    assert is_ready(terminal)
    terminal.ok("kubectl sim reset --kubelet stub")
    terminal.environ["KUBESIM_KUBELET"] = "full"
    assert is_ready(terminal)
    terminal.ok("kubectl sim reset")
    assert not is_ready(terminal)
    terminal.environ["KUBESIM_KUBELET"] = "kwok"
    told = 'error: KUBESIM_KUBELET: "kwok" is neither full nor stub\n'
    assert terminal("kubectl get pods")[::2] == (1, told) == terminal("kubectl sim reset")[::2]


def test_the_variable_counts_where_the_cluster_was_only_looked_at(terminal):
    terminal.ok("kubectl sim reset")
    terminal.ok("kubectl get pods")
    terminal.environ["KUBESIM_KUBELET"] = "stub"
    assert is_ready(terminal)


def test_nothing_inside_answers(terminal):
    terminal.ok("kubectl sim reset --kubelet stub")
    terminal.ok("kubectl apply -f -", POD)
    terminal.advance("2s")
    assert terminal("kubectl logs web")[::2] == (1, (
        'Error from server: Get "https://192.168.49.2:10250/containerLogs/default/web/c": dial tcp 192.168.49.2:10250: '
        "connect: connection refused\n"))


def test_which_runtime():
    assert isinstance(runtimes.of("stub"), stub.Stub) and type(runtimes.of("full")) is Runtime
