"""kubectl logs: what containers have said, played again (kubelet/containerlog.py)."""

import pytest

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME, labels: {app: x}}
spec:
  restartPolicy: POLICY
  containers:
"""


def pod(terminal, *scripts, name="a", policy="Never", seconds="30s", extra=""):
    text = POD.replace("NAME", name).replace("POLICY", policy)
    for number, script in enumerate(scripts):
        text += f"  - {{name: c{number}, image: busybox, command: [sh, -c, {script!r}]}}\n"
    terminal.ok("kubectl apply -f -", text + extra)
    terminal.advance(seconds)


@pytest.fixture(autouse=True)
def pulled(newest):
    """The node has the image already, so that a pod's age tells how long its containers run."""
    newest.ok("kubectl run first --image=busybox -- true")
    newest.advance("30s")
    newest.ok("kubectl delete pod first --force")
    newest.advance("30s")


COUNT = "i=0; while true; do echo $i; i=$((i+1)); sleep 1; done"


def test_a_counter(newest):
    pod(newest, COUNT, seconds="6.2s")  # it starts after 1.2 s
    assert newest.ok("kubectl logs a") == "0\n1\n2\n3\n4\n5\n"
    assert newest.ok("kubectl logs a --tail=2") == "4\n5\n" and newest.ok("kubectl logs a --tail=0") == ""
    assert newest.ok("kubectl logs a --since=2s") == "4\n5\n"
    assert newest.ok("kubectl logs -f a --limit-bytes=3") == "0\n1"
    assert newest.ok("kubectl logs a -c c0 --prefix --tail=1") == "[pod/a/c0] 5\n"
    stamped = newest.ok("kubectl logs a --timestamps").splitlines()
    assert stamped[2] == stamped[0].replace("01.", "03.")[:-1] + "2" and stamped[0].endswith(".000000000Z 0")
    assert newest.ok(f"kubectl logs a --since-time={stamped[5].split()[0]}") == "5\n"
    newest.advance("2s")
    assert newest.ok("kubectl logs a --tail=1") == "7\n"


def test_what_was_said_stays_said(newest):
    pod(newest, "echo out; echo err >&2; sleep 2; printf last; exit 3")
    assert newest.ok("kubectl logs a") == "out\nerr\nlast"
    assert newest.ok("kubectl logs a --timestamps").count("Z ") == 3


def test_a_crash_loop_tells_why(newest):
    pod(newest, "echo try at $(date +%s); exit 1", policy="Always", seconds="3.5s")
    first = newest.ok("kubectl logs a --previous")
    assert first.startswith("try at ") and newest.ok("kubectl logs a") > first
    newest.advance("3s")  # it waits for its restart
    assert newest.ok("kubectl logs a") == newest.ok("kubectl logs a -p") > first
    assert "CrashLoopBackOff" in newest.ok("kubectl get pods")


def test_several_containers_and_pods(newest):
    pod(newest, "echo one", "echo two")
    pod(newest, *["seq 1 20"] * 2, name="b")
    assert newest.ok("kubectl logs a --all-containers") == "one\ntwo\n"
    assert newest("kubectl logs a").err == 'Defaulted container "c0" out of: c0, c1\n'
    assert newest.ok("kubectl logs -l app=x -c c1 --prefix --tail=1") == "[pod/a/c1] two\n[pod/b/c1] 20\n"
    assert newest.ok("kubectl logs -l app=x -c c0").count("\n") == 11  # the last ten of each
    told = newest("kubectl logs -f -l app=x --all-containers --max-log-requests=3")
    assert told.err == ("error: you are attempting to follow 4 log streams, but maximum allowed concurrency is 3, use "
                        "--max-log-requests to increase the limit\n")


def test_of_a_workload(newest):
    newest.ok("kubectl create deployment d --image=busybox --replicas=2 -- sh -c 'echo hi; sleep infinity'")
    newest.advance("5s")
    told = newest("kubectl logs deploy/d")
    assert (told.code, told.out) == (0, "hi\n") and told.err.startswith("Found 2 pods, using pod/d-")
    assert newest.ok("kubectl logs deploy/d --all-pods=true").count("/busybox] hi\n") == 2


def test_a_sidecar_reads_what_another_writes(newest):
    text = POD.replace("NAME", "s").replace("POLICY", "Always") + """\
  - {name: w, image: busybox, command: [sh, -c,
       'i=0; while true; do echo "$i: x" >> /l/1.log; i=$((i+1)); sleep 1; done'],
     volumeMounts: [{name: l, mountPath: /l}]}
  - {name: r, image: busybox, command: [sh, -c, 'tail -n+1 -F /l/1.log'], volumeMounts: [{name: l, mountPath: /l}]}
  volumes: [{name: l, emptyDir: {}}]
"""
    newest.ok("kubectl apply -f -", text)
    newest.advance("4.2s")
    assert newest.ok("kubectl logs s r").endswith("0: x\n1: x\n2: x\n3: x\n")
    assert newest.ok("kubectl logs s w") == ""


def test_what_is_not_known_is_not_told(newest, monkeypatch):
    monkeypatch.setattr("kubesim_cli.kubelet.containerlog.WORK", 200_000)
    pod(newest, "i=0; while true; do i=$((i+1)); [ $i -gt 90000000 ] && exit; done")
    assert newest("kubectl logs a").err == ('error: kubesim cannot tell what container "c0" in pod "a" has said: it '
                                            "has done too much since its start to be played again\n")
    told = newest("kubectl logs a --ignore-errors")
    assert told.code == 0 and told.out.startswith("error: kubesim cannot tell")


def test_a_loop_of_days_is_told_within_its_bounds(newest, monkeypatch):
    monkeypatch.setattr("kubesim_cli.kubelet.containerlog.WORK", 10_000)
    monkeypatch.setattr("kubesim_cli.kubelet.containerlog.SPAN", 1000.0)
    pod(newest, "while true; do date +%s; sleep 100; done")
    newest.advance("100h")
    lines = newest.ok("kubectl logs a").split()
    assert len(lines) == 3601 and int(lines[-1]) - int(lines[0]) == 3600 * 100
    monkeypatch.setattr("kubesim_cli.kubelet.containerlog.MOST", 20_000)
    assert "too much" in newest("kubectl logs a").err


def test_an_image_of_which_nothing_is_known_says_nothing(newest):
    newest.ok("kubectl run a --image=registry.example.com/app")
    assert newest.ok("kubectl run b --image=x --overrides='{\"spec\":{\"schedulerName\":\"nobody\"}}'")
    newest.advance("5s")
    assert newest.ok("kubectl logs a") == "" and newest.ok("kubectl logs b") == ""


class Wall:
    """A wall clock on which nothing takes time but sleeping."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_following_on_a_running_clock(newest, monkeypatch):
    wall = Wall()
    monkeypatch.setattr("time.time", wall.time)
    monkeypatch.setattr("time.sleep", wall.sleep)
    pod(newest, "for i in 1 2 3; do echo $i; sleep 2; done", "sleep 1; echo x", seconds="2s")
    newest.ok("kubectl sim clock resume")
    began = wall.now
    assert newest.ok("kubectl logs -f a -c c0") == "1\n2\n3\n"
    assert 4 < wall.now - began < 8
    assert newest.ok("kubectl logs -f a --all-containers") == "1\n2\n3\nx\n"
