"""What becomes of a pod's containers, as its kubelet sees it (process.py, play.py, taken.py)."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace

import pytest

from kubesim_cli.apiserver.serviceranges import ServiceRanges
from kubesim_cli.apiserver.tally import Tally
from kubesim_cli.kubelet.runtime import bounds, process

START = 1_800_000_000.0
TOOLS = "example.com/tools:alpine"  # of which nothing is known: it has all programs


class Api:
    """A cluster of these objects: (resource, name) -> object."""

    def __init__(self, objects=()):
        self.objects = dict(objects)
        self.server = SimpleNamespace(tally=Tally(), store=SimpleNamespace(revision=0), service_ranges=ServiceRanges())

    def find(self, resource, name, namespace=None):
        return self.objects.get((resource, name))

    def items(self, resource, namespace=None):
        return [obj for (kind, _), obj in self.objects.items() if kind == resource]


def pod_of(*containers, inits=(), volumes=(), status=None, **spec):
    return {"metadata": {"name": "a-0", "namespace": "default", "uid": "u"}, "status": status or {},
            "spec": {"containers": list(containers), "initContainers": list(inits), "volumes": list(volumes), **spec}}


def box(script, name="c", image=TOOLS, **more):
    return {"name": name, "image": image, "command": script if isinstance(script, list) else ["sh", "-c", script],
        **more}


def outcome(container, role="main", api=None, pod=None):
    return process.outcome(api or Api(), pod or pod_of(container), container, START, role)


def ended(script, role="main", **more):
    """Return (exit code, seconds), None where it goes on."""
    found = outcome(box(script, **more), role)
    assert found.trouble == ""
    return None if found.ends is None else (found.code, found.ends)


@pytest.mark.parametrize(("script", "code", "seconds"), [
    ("exit 3", 3, 1), ("true && false || exit 2", 2, 1), ("sleep 5; sleep 1m", 0, 65), (["sleep", "90"], 0, 90),
    ("for i in 3 2 1; do echo $i; sleep 1; done; exit $i", 1, 3), ("set -e\nfalse\nsleep 9", 1, 1), ("cat /missing",
    1, 1),
    ("set -e; while true; do sleep 4; false; done", 1, 4), ("f() { exit 4; }; while true; do sleep 2; f; done", 4, 2),
    ("i=0; while true; do sleep 1; i=$((i+1)); [ $i -lt 5 ] || exit 6; done", 6, 5),
    ("while true; do sleep 1; : ${x?}; done", 2, 1), ("timeout 3 sleep 10; exit $?", 143, 3),
    ("sleep 2 & wait; exit 5", 5, 2),
    ("perl -Mbignum=bpi -wle 'print bpi(12)'", 0, 1), ("python3 -c 'import sys, time; time.sleep(3); sys.exit(2)'", 2,
    3),
    ("[ $(perl -Mbignum=bpi -wle 'print bpi(12)') = 3.14159265359 ] && exit 9", 9, 1),
    ("[[ $HOSTNAME =~ -([0-9]+)$ ]] || exit 1; exit $((BASH_REMATCH[1] + 7))", 7, 1),
    ("[ -d /etc ] && [ -e /etc/passwd ]", 0, 1),
    ("echo a b | awk '{print $2}' | grep -q b && exit 8", 8, 1), ("date(", 2, 1),
])
def test_containers_that_end(script, code, seconds):
    image = "centos" if "[[" in str(script) else TOOLS
    assert ended(script, image=image) == (code, seconds)


@pytest.mark.parametrize("script", [
    "while true; do echo hello; sleep 10; done", "tail -f /dev/null", "sleep infinity", "nginx -g 'daemon off;'",
    "trap : TERM; sleep infinity & wait", "ping localhost", "until false; do :; done", "exec my-server --port 80",
    "while :; do :; done", "while sleep 5; do date; done",
    "for i in $(seq 1 20000); do for j in $(seq 1 20000); do x=1; done; done",
    "while true; do date; sleep 1; done | tee /log", "i=0; while [ $i -ge 0 ]; do i=$((i+1)); sleep 3600; done",
    "yes", "nc -l 80",
    "until nslookup db; do sleep 2; done", "awk 'BEGIN{while(1);}'", "python3 app.py", "python3 -m http.server",
    "node -e 'require(\"http\").createServer().listen(80)'", "sh /opt/start.sh", ["/opt/app/run"],
    "while true; do echo $RANDOM > /x; done",
])
def test_containers_that_go_on(script):
    began = time.process_time()
    assert ended(script) is None
    assert time.process_time() - began < 10  # below 1 s where it was measured


@pytest.mark.parametrize("script", ["migrate --all && echo ok", "sh /opt/start.sh", ["/opt/app/run"]])
@pytest.mark.parametrize(("role", "least"), [("init", 0), ("job", 1)])
def test_what_is_not_known_ends_where_it_has_to(script, role, least):
    container = box(script)
    pod = pod_of(inits=[container]) if role == "init" else pod_of(container)
    pod["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "j", "uid": "j",
        "controller": True}] * (role == "job")
    found = outcome(container, role, pod=pod)
    assert (found.code, found.ends) == (0, least)


def test_what_a_job_reads_is_there():
    pod = pod_of(box(["rev", "/input/data.txt"]))
    assert outcome(pod["spec"]["containers"][0], pod=pod).code == 1
    pod["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "j", "uid": "j", "controller": True}]
    assert outcome(pod["spec"]["containers"][0], "job", pod=pod).code == 0


def test_a_service_that_comes_later():
    service = {"metadata": {"name": "db", "namespace": "default", "creationTimestamp": "2027-01-15T08:00:05Z"},
               "spec": {"clusterIP": "10.96.0.7", "ports": [{"port": 80}]}}  # 5 s after START
    container = box("until nslookup db.default.svc.cluster.local; do sleep 2; done; exit 3")
    api = Api({("services", "db"): service, ("namespaces", "default"): {"metadata": {"name": "default"}}})
    assert outcome(container, "init", api).ends == 6
    assert outcome(box("curl db"), "init").code == 6 and outcome(box("ping -c 1 www.example.com"), "init").code == 0


SHARED = {"name": "work", "emptyDir": {}}
MOUNT = {"volumeMounts": [{"name": "work", "mountPath": "/work"}]}


def ran(start, end=None):
    def stamp(second):
        return f"2027-01-15T08:00:{second:02}Z"

    return {"running": {"startedAt": stamp(start)}} if end is None else {
        "terminated": {"startedAt": stamp(start), "finishedAt": stamp(end), "exitCode": 0}}


def test_an_init_containers_files_are_there_for_the_main_one():
    init, main = box("echo 7 > /work/code", "init", **MOUNT), box("exit $(cat /work/code)", **MOUNT)
    status = {"initContainerStatuses": [{"name": "init", "state": ran(0, 0)}]}
    assert outcome(main, pod=pod_of(main, inits=[init], volumes=[SHARED], status=status)).code == 7


def test_containers_that_share_a_volume_live_at_the_same_time():
    one = box("sleep 4; echo 9 > /work/code; sleep 60", "one", **MOUNT)
    two = box("while [ ! -f /work/code ]; do sleep 1; done; exit $(cat /work/code)", "two", **MOUNT)
    status = {"containerStatuses": [{"name": "one", "state": ran(1)}, {"name": "two", "state": ran(0)}]}
    found = outcome(two, pod=pod_of(one, two, volumes=[SHARED], status=status))
    assert (found.code, found.ends) == (9, 5)
    status["containerStatuses"][0]["state"] = ran(1, 3)  # it was killed before
    assert outcome(two, pod=pod_of(one, two, volumes=[SHARED], status=status)).ends is None


def test_what_the_kubelet_mounts():
    api = Api({("configmaps", "conf"): {"kind": "ConfigMap", "data": {"a": "1", "run.sh": "exit 5"}},
               ("secrets", "s"): {"kind": "Secret", "data": {"p": "Mg=="}}})
    volumes = [{"name": "c", "configMap": {"name": "conf", "defaultMode": 0o755}}, {"name": "d", "downwardAPI": {
        "items": [{"path": "name", "fieldRef": {"fieldPath": "metadata.name"}}]}}, {"name": "x",
        "projected": {"sources": [
            {"secret": {"name": "s"}}, {"downwardAPI": {"items": [{"path": "ns",
            "fieldRef": {"fieldPath": "metadata.namespace"}}]}}]}}]
    mounts = [{"name": "c", "mountPath": "/etc/conf"}, {"name": "c", "mountPath": "/one", "subPath": "a"},
              {"name": "d", "mountPath": "/pod"}, {"name": "x", "mountPath": "/all/"}]

    def code(script, **more):
        container = box(script, volumeMounts=mounts, **more)
        return outcome(container, api=api, pod=pod_of(container, volumes=volumes)).code

    assert code("cat /etc/conf/a /one && [ $(cat /pod/name /all/p /all/ns) = a-02default ]") == 0
    assert code("cat /etc/conf/b") == 1 and code("echo x > /etc/conf/a") and code(["/etc/conf/run.sh"]) == 5


def test_who_it_runs_as():
    assert ended("exit $(id -u)", securityContext={"runAsUser": 100}) == (100, 1)
    assert ended("touch /etc/x", securityContext={"runAsUser": 100, "runAsGroup": 3}) == (1, 1)
    container = box("touch /work/x && exit $(stat -c %g /work/x)", **MOUNT)
    pod = pod_of(container, volumes=[SHARED], securityContext={"runAsUser": 100, "fsGroup": 20})
    assert outcome(container, pod=pod).code == 20
    assert ended("pwd | grep -q /app", workingDir="/app") == (0, 1)
    assert ended(["/etc/passwd"]) == (126, 0)


@pytest.mark.parametrize(("script", "wanted"), [
    ("cat /etc/app/app.conf && cd /usr/share/app/html && ls /var/lib/app && echo x > /var/log/app/x.log", 0),
    ("touch /var/run/app.up; [ -f /var/run/app.up ]", 0),
    ("[ ! -f /var/run/a.up ]; x=$?; touch /var/run/a.up; exit $x", 0),
    (["cp", "-f", "/flannel", "/opt/cni/bin/flannel"], 0),
    ("cp -r /app/* /srv/; [ -n \"$(ls /srv)\" ] && ls /app", 0),
    ("set -e; cp /plugin.jar /tmp/x; mv /usr/local/bin/argocd /opt/lib/a*.so /srv/", 0),
    ("cp /tmp/no /srv", 1), ("ls /app; cp /app /tmp/x", 1),
    ("cat /etc/passwd/x", 1), ("cat /data/x.conf", 1), ("curl https://no.such/etc/x.conf; [ ! -e /etc/x.con? ]", 0),
])
def test_what_an_image_is_taken_to_have(script, wanted):
    assert ended(script) == (wanted, 1)


@pytest.mark.parametrize("script", [
    "x=aa; while :; do x=$x$x; [ $x = b ] && break; done", "tail /dev/zero", "x=aa; while :; do x=$x$x; done"])
@pytest.mark.parametrize(("limits", "reason"), [({"memory": "64Mi"}, "OOMKilled"), ({}, "Error")])
def test_too_much_memory_is_killed(script, limits, reason):
    found = outcome(box(script, resources={"limits": limits}))
    assert (found.code, found.reason) == (137, reason)


@pytest.mark.parametrize(("words", "reason"), [("250M", "OOMKilled"), ("50M", "Completed"), ("much", "Completed")])
def test_stress(words, reason):
    container = box(["stress", "--vm-bytes", words], resources={"limits": {"memory": "100Mi"}})
    assert outcome(container, "job").reason == reason or outcome(container, "main").ends is None


@pytest.mark.parametrize(("more", "role", "ends"), [
    ({}, "main", 1), ({"stdin": True}, "main", None), ({}, "sidecar", 0), ({"ports": [{}]}, "main", 1), ({}, "job", 1),
    ({"command": ["sh"], "stdin": True}, "main", None), ({"image": "nginx:1"}, "main", None),
    ({"image": "nginx:1"}, "job", None), ({"image": "docker.io/library/php:8-apache"}, "main", None),
    ({"image": "docker.io/library/php:8"}, "main", 1)])
def test_an_images_own_command(more, role, ends):
    assert outcome({"name": "c", "image": "busybox:1.36", **more}, role).ends == ends


@pytest.mark.parametrize(("more", "role", "ends"), [
    ({}, "main", None), ({"stdin": True}, "main", None), ({}, "sidecar", None), ({}, "job", 1),
    ({"args": ["-x"]}, "main", None), ({"args": ["-x"]}, "job", 1), ({"image": "example.com/alpine"}, "main", 1),
    ({"image": "example.com/alpine", "ports": [{}]}, "main", None)])
def test_the_own_command_of_an_image_that_is_not_known(more, role, ends):
    assert outcome({"name": "c", "image": TOOLS, **more}, role).ends == ends


@pytest.mark.parametrize(("script", "more", "message"), [
    ("echo -n why > /dev/termination-log; exit 1", {}, "why"), ("echo out; exit 1", {}, ""),
    ("echo out; exit 1", {"terminationMessagePolicy": "FallbackToLogsOnError"}, "out\n"),
    ("echo out; exit 0", {"terminationMessagePolicy": "FallbackToLogsOnError"}, ""),
    ("echo no > /dev/termination-log; echo yes > /tmp/m", {"terminationMessagePath": "/tmp/m"}, "yes\n"),
    ("seq 1 5000 > /dev/termination-log", {}, "".join(f"{n}\n" for n in range(1, 5001))[:4096]),
    ("seq 1 500; exit 1", {"terminationMessagePolicy": "FallbackToLogsOnError"}, "".join(f"{n}\n" for n in range(421,
    501))),
])
def test_termination_messages(script, more, message):
    assert outcome(box(script, **more)).message == message


# Probes

def found(script, command, timeout=None, **more):
    container = box(script, **more) if script else {"name": "c", "image": "example.com/server"}
    probe = {"exec": {"command": command}, "timeoutSeconds": timeout}
    return [(each.begins, each.succeeds, each.message) for each in
            process.pieces(Api(), pod_of(container), container, probe, START)]


def test_what_a_probe_finds():
    missing = "cat: can't open '/tmp/a': No such file or directory\n"
    script = "touch /tmp/a; sleep 30; rm -f /tmp/a; sleep 600"
    assert found(script, ["cat", "/tmp/a"]) == [(0, True, ""), (30, False, missing)]
    assert found("while true; do sleep 5; touch /tmp/a; sleep 5; rm /tmp/a; done", ["cat", "/tmp/a"])[:3] == [
        (0, False, missing), (5, True, ""), (10, False, missing)]
    assert found("echo 1 > /x; sleep 3; echo 2 > /x; sleep infinity", ["grep", "2", "/x"]) == [(0, False, ""), (3,
        True, "2\n")]
    assert found("sleep 60", ["sleep", "5"], 2) == [(0, False, 'command "sleep 5" timed out')]
    assert found("", ["my-probe"]) == [(0, True, "")] and found("", ["sh", "-c", "exit 3"]) == [(0, False, "")]
    own = {"name": "c", "image": "example.com/own"}
    assert process.pieces(Api(), pod_of(own), own, {"httpGet": {"port": 80}}, START)[0].succeeds


def test_a_probe_finds_what_listens():
    """A port that is opened is a reason to probe again, as a file that has changed is."""
    container = {"name": "c", "image": "rabbitmq"}
    pieces = process.pieces(Api(), pod_of(container), container, {"exec": {"command": ["true"]}}, START)
    assert [each.begins for each in pieces] == [0, 5]


def test_a_log_that_grows_for_ever_costs_little():
    began = time.process_time()
    pieces = found("while true; do date >> /log; sleep 1; done", ["true"])
    assert len(pieces) == process.MAX_PIECES and time.process_time() - began < 5


def test_a_fault_of_the_simulation_is_told(monkeypatch):
    monkeypatch.setattr(process, "_played", lambda *args: 1 // 0)
    assert outcome(box("true")).trouble.startswith("ZeroDivisionError: ")
    monkeypatch.setattr(process, "_probed", lambda *args: 1 // 0)
    assert not found("true", ["true"])[0][1]


# Bounds

@pytest.mark.parametrize(("problem", "trouble"), [(MemoryError(), ""), (RecursionError(), ""), (KeyError("x"),
    "KeyError: 'x'")])
def test_how_a_simulation_fails(problem, trouble):
    def fails():
        raise problem

    assert bounds.guarded(fails, lambda told: told) == trouble


def test_the_memory_that_counts_do_not_see_is_bounded():
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_AS)
    lift = bounds._limit_memory()
    inside = resource.getrlimit(resource.RLIMIT_AS)
    lift()
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert inside[0] == before[0] or 0 < inside[0] < 1 << 40


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
@pytest.mark.parametrize(("call", "first"), [("getrlimit", 1), ("setrlimit", 1), ("setrlimit", 2)])
@pytest.mark.parametrize("problem", [OSError(22, "Invalid argument"), ValueError("current limit exceeds maximum")])
def test_a_system_that_bounds_no_memory_is_no_failure(monkeypatch, call, first, problem):
    calls = []

    def refuse(*_):
        calls.append(call)
        if len(calls) >= first:
            raise problem

    monkeypatch.setattr(f"resource.{call}", refuse)
    assert bounds.guarded(lambda: 1, lambda trouble: 2) == 1
    assert len(calls) >= first
