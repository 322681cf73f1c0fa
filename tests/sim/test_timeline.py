"""`kubesim sim timeline`: what happened when, and why."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest


@pytest.fixture
def timeline(terminal):
    """Return the rows as lists of cells: time of day, object, what, cause."""

    def call(words: str = "") -> list[list[str]]:
        head, *rows = terminal.ok(f"kubectl sim timeline {words}").splitlines()
        starts = [head.index(name) for name in ("TIME", "OBJECT", "WHAT", "CAUSE")]
        return [[row[start:end].strip() for start, end in zip(starts, [*starts[1:], None])] for row in rows]

    return call


def causes(rows):
    return {(what.partition(":")[0], cause) for _, _, what, cause in rows}


def test_what_happened_in_one_second_stands_in_its_order(terminal, timeline):
    """A kubelet writes the status of a pod, and then tells by events how it came to that."""
    terminal("kubectl create -f -", """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx
    livenessProbe: {httpGet: {path: /nope, port: 80}, periodSeconds: 5, failureThreshold: 1}
""")
    terminal.ok("kubectl run app --image=nginx")
    terminal.advance("8s")
    terminal.ok("kubectl delete pod app")
    told, other = ([row[2].partition(":")[0] for row in timeline(f"pod/{name}") if row[1] != "$"]
                   for name in ("web", "app"))
    first = ["created", "Scheduled", "Ready=False (ContainersNotReady)", "Pulling"]
    started = ["Pulled", "Created", "Started", "Ready=True"]
    assert told[:8] == first + started
    ended = told.index("Unhealthy")
    assert told[ended:ended + 3] == ["Unhealthy", "Killing", "container web ended with 0 (Completed)"]
    assert other[-5:] == ["deletion begins", "Killing", "container app ended with 0 (Completed)",
                          "Ready=False (PodCompleted)", "deleted"]


def test_a_pod_from_its_command_to_its_end(terminal, timeline):
    terminal.ok("kubectl run web --image=nginx")
    terminal.advance("1m")
    terminal.ok("kubectl delete pod web")
    rows = timeline("pod/web")
    assert rows[0] == ["2024-01-01T00:00:00Z", "$", "kubectl run web --image=nginx", "command"]
    assert rows[1] == ["2024-01-01T00:00:00Z", "pod/web", "created", "command"]
    assert ["2024-01-01T00:00:00Z", "pod/web", "Scheduled: Successfully assigned default/web to minikube",
            "default-scheduler"] in rows
    assert ("Started", "timer: kubelet") in causes(rows) and ("Ready=True", "timer: kubelet") in causes(rows)
    assert rows[-1] == ["2024-01-01T00:01:00Z", "pod/web", "deleted", "command"]
    assert ["2024-01-01T00:01:00Z", "pod/web", "container web ended with 0 (Completed)", "kubelet"] in rows
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_a_workload_brings_what_belongs_to_it(terminal, timeline):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl run other --image=nginx")
    terminal.advance("10s")
    terminal.ok("kubectl scale deployment web --replicas=3")
    terminal.ok("kubectl set image deployment web nginx=nginx:1.25")
    terminal.advance("1m")
    rows = timeline("deploy/web")
    subjects = {row[1].partition("/")[0] for row in rows}
    assert subjects == {"$", "deployment", "replicaset", "pod"}
    assert not [row for row in rows if "other" in " ".join(row)]
    assert ["2024-01-01T00:00:10Z", "deployment/web", "changed: replicas 1 -> 3", "command"] in rows
    assert ["2024-01-01T00:00:10Z", "deployment/web", "changed: template", "command"] in rows
    assert [row[3] for row in rows if row[1].startswith("replicaset/") and row[2] == "created"] == (
        ["deployment-controller"] * 2)
    assert ("Available=True (MinimumReplicasAvailable)", "timer: deployment-controller") in causes(rows)
    assert len(timeline()) > len(rows)


def test_claims_and_volumes_of_pods_are_told_with_them(terminal, timeline):
    terminal.ok("kubectl apply -f -", """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}]}
  volumeClaimTemplates:
  - {metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
""")
    terminal.advance("10s")
    rows = timeline("sts/db")
    assert ["2024-01-01T00:00:00Z", "persistentvolumeclaim/v-db-0", "created", "kube-controller-manager"] in rows
    assert [row[3] for row in rows if row[1].startswith("persistentvolume/") and row[2] == "created"] == [
        "k8s.io/minikube-hostpath"]
    assert "Bound" in {row[2] for row in rows if row[1] == "persistentvolumeclaim/v-db-0"}


def test_the_system_is_told_to_who_asks(terminal, timeline):
    terminal.ok("kubectl create configmap a")
    assert {row[1] for row in timeline()} == {"$", "configmap/a"}
    terminal.ok("kubectl create configmap b -n kube-system")
    assert "configmap/b" not in {row[1] for row in timeline()}
    assert "configmap/b" in {row[1] for row in timeline("-A")}
    assert {row[1] for row in timeline("-n kube-system")} == {"$", "configmap/b"}


def test_what_was_undone_did_not_happen(terminal, timeline):
    terminal.ok("kubectl create configmap a")
    before = timeline("configmap/a")
    terminal.ok("kubectl delete configmap a")
    assert timeline("configmap/a")[-1][2] == "deleted"
    terminal.ok("kubectl sim undo")
    assert timeline("configmap/a") == before


def test_after_a_compaction_the_rest_is_told(terminal, timeline, monkeypatch):
    terminal.ok("kubectl run web --image=nginx")
    terminal.advance("10s")
    terminal.ok("kubectl create configmap a")
    monkeypatch.setattr("kubesim_cli.store.log.SLACK", -(10 ** 9))
    for number in range(3):
        terminal.ok(f"kubectl annotate pod web n={number} --overwrite")
    rows = timeline("pod/web")
    assert rows[0][2] == "kubectl run web --image=nginx"
    assert {"created", "Ready=True"} <= {row[2] for row in rows}


@pytest.mark.parametrize(("words", "code", "problem"), [
    ("web", 2, "web: an object is TYPE/NAME, as in pod/web"),
    ("pod/nosuch", 1, "nothing is known of pod/nosuch in the namespace default"),
    ("nosuch/web", 1, "nothing is known of nosuch/web in the namespace default")])
def test_what_is_not_there_is_told(terminal, words, code, problem):
    done = terminal(f"kubectl sim timeline {words}")
    assert done.code == code and problem in done.err


def test_a_command_that_is_no_text_is_drawn(terminal):
    terminal.sim(["answer", "x\udcff", "--stdout", "x"])
    terminal.ok("kubectl sim timeline --svg x.svg")
    with open("x.svg", encoding="utf-8") as file:
        assert "answer&#160;x?" in file.read()


def test_a_drawing_fetches_nothing(terminal):
    terminal.ok("kubectl run web --image=nginx")
    assert terminal.ok("kubectl sim timeline pod/web --svg web.svg") == ""
    with open("web.svg", encoding="utf-8") as file:
        text = file.read()
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "kubectl&#160;run&#160;web" in text
    assert "url(http" not in text and "@font-face" not in text
