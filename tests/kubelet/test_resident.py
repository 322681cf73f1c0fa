"""Containers that something outside has touched, through kubectl: what was done to them stays done."""

import errno
import json
import pathlib
import zlib

import pytest

from kubesim_cli.kubelet.runtime import engine, freeze
from kubesim_cli.store.log import StoreError

FIXTURES = pathlib.Path(__file__).parents[2] / "fixtures"

COUNT = "i=0; while true; do echo $i; i=$((i+1)); sleep 1; done"


def make(terminal, *containers, name="a", seconds="10s", **spec):
    """Make a pod; a container is its script, or a dict."""
    made = [{"name": f"c{number}", "image": "busybox", "command": ["sh", "-c", each]} if isinstance(each, str) else
            {"name": f"c{number}", "image": "busybox", **each} for number, each in enumerate(containers)]
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": made, **spec}}))
    terminal.advance(seconds)


def claim(terminal, name="data", size="1Mi"):
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}}))


def parts(terminal):
    log = terminal.home / "clusters" / "minikube" / "objects.jsonl"
    there = {}
    for row in log.read_text().splitlines():
        record = json.loads(row)
        if "part" in record:
            there[record["part"]] = record["value"]
    return {name: value for name, value in there.items() if value is not None}


def test_exec(newest):
    make(newest, COUNT)
    done = newest("kubectl exec a -- sh -c 'echo out; echo err >&2; hostname; exit 3'")
    assert (done.code, done.out, done.err) == (3, "out\na\n", "err\ncommand terminated with exit code 3\n")
    done = newest("kubectl exec a -- nosuch")
    assert (done.code, done.out, done.err) == (
        127, 'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file '
        "not found in $PATH: unknown\r\n", "command terminated with exit code 127\n")
    assert newest.ok("kubectl exec -i a -- tr a-z A-Z", "typed\n") == "TYPED\n"
    assert newest.ok("kubectl exec pod/a -c c0 -- echo x") == "x\n"
    done = newest("kubectl exec a -- sh -c nosuch")
    assert (done.code, done.err.splitlines()[0]) == (127, "sh: nosuch: not found")


def test_exec_sees_what_the_past_was_and_what_exec_did(newest):
    """Nothing of it happens twice: the counter goes on where it was."""
    make(newest, f"echo begun >> /log; {COUNT} | tee /count", seconds="5.2s")
    count = newest.ok("kubectl logs a")
    last = int(count.split()[-1])
    assert last > 1 and newest.ok("kubectl exec a -- cat /log /count") == f"begun\n{count}"
    newest.ok("kubectl exec a -- sh -c 'echo added >> /log'")
    newest.advance("2s")
    assert newest.ok("kubectl exec a -- cat /log") == "begun\nadded\n"
    assert newest.ok("kubectl exec a -- tail -n1 /count") == f"{last + 2}\n"
    assert newest.ok("kubectl logs a --tail=2") == f"{last + 1}\n{last + 2}\n"


def test_waiting_in_an_exec_moves_the_clock(newest):
    make(newest, COUNT)
    before = newest.ok("kubectl logs a --tail=1")
    assert newest.ok("kubectl exec a -- sh -c 'date +%s; sleep 5; date +%s'") == "1704067210\n1704067215\n"
    assert newest.ok("kubectl sim clock show").startswith("2024-01-01T00:00:15Z")
    assert int(newest.ok("kubectl logs a --tail=1")) == int(before) + 5


def test_what_an_exec_leaves_running_goes_on(newest):
    make(newest, "sleep infinity")
    newest.ok("kubectl exec a -- sh -c '(sleep 5; echo later > /f) >/dev/null 2>&1 &'")
    assert newest("kubectl exec a -- cat /f").code == 1
    newest.advance("6s")
    assert newest.ok("kubectl exec a -- cat /f") == "later\n"


def test_a_liveness_probe_finds_what_exec_did(newest):
    make(newest, {"command": ["sh", "-c", "touch /tmp/healthy; sleep infinity"], "livenessProbe": {
        "exec": {"command": ["cat", "/tmp/healthy"]}, "periodSeconds": 5, "failureThreshold": 2}}, seconds="60s")
    assert newest.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].restartCount}") == "0"
    newest.ok("kubectl exec a -- rm /tmp/healthy")
    newest.advance("4s")
    assert newest.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].restartCount}") == "0"
    newest.advance("8s")
    newest.advance("31s")  # its shell is killed when its grace period is over
    assert newest.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].restartCount}") == "1"
    assert "Liveness probe failed: cat: can't open '/tmp/healthy'" in newest.ok("kubectl describe pod a")
    newest.advance("120s")  # the new run makes the file again
    assert newest.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].restartCount}") == "1"


def test_a_readiness_probe_finds_what_exec_did(newest):
    make(newest, {"command": ["sleep", "infinity"], "readinessProbe": {
        "exec": {"command": ["ls", "/ready"]}, "periodSeconds": 5}}, seconds="30s")
    assert "0/1" in newest.ok("kubectl get pod a")
    newest.ok("kubectl exec a -- touch /ready")
    newest.advance("6s")
    assert "1/1" in newest.ok("kubectl get pod a")


def test_a_process_that_exec_ends_ends_the_container(newest):
    make(newest, "trap 'echo bye; exit 7' TERM; while true; do sleep 1; done", restartPolicy="Never")
    newest.ok("kubectl exec a -- kill 1")
    newest.advance("1s")
    assert newest.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].state.terminated.exitCode}") == "7"
    assert newest.ok("kubectl logs a") == "bye\n"
    done = newest("kubectl exec a -- true")
    assert (done.code, done.err) == (1, "error: cannot exec into a container in a completed pod; current phase is "
                                        "Failed\n")


def test_restarts_and_the_log_before(newest):
    make(newest, "echo run at $(date +%s); trap 'exit 1' TERM; while true; do sleep 1; done")
    first = newest.ok("kubectl logs a")
    newest.ok("kubectl exec a -- sh -c 'echo x > /own; kill 1'")
    newest.advance("5s")
    assert newest.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].restartCount}") == "1"
    assert newest.ok("kubectl logs a -p") == first != newest.ok("kubectl logs a")
    assert newest("kubectl exec a -- cat /own").code == 1  # a container's own layer dies with it


def test_containers_of_a_pod_share_a_volume(newest):
    mount = [{"name": "v", "mountPath": "/v"}]
    make(newest, {"command": ["sh", "-c", "while true; do date +%s >> /v/log; sleep 1; done"], "volumeMounts": mount},
         {"command": ["sh", "-c", "tail -n+1 -F /v/log"], "volumeMounts": mount},
         volumes=[{"name": "v", "emptyDir": {}}], seconds="4.5s")
    before = newest.ok("kubectl logs a -c c1").splitlines()
    assert len(before) > 2
    newest.ok("kubectl exec a -c c0 -- sh -c 'echo mine >> /v/log'")
    newest.advance("2s")
    said = newest.ok("kubectl logs a -c c1").splitlines()
    assert said == [*before, "mine", *(str(int(before[-1]) + each) for each in (1, 2))]
    assert newest.ok("kubectl exec a -c c1 -- cat /v/log").splitlines() == said
    newest.ok("kubectl delete pod a")
    assert parts(newest) == {}  # an emptyDir dies with its pod, and nothing else is left


def test_a_claim_keeps_its_files(newest):
    claim(newest)
    mounted = {"command": ["sleep", "infinity"], "volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    make(newest, mounted, volumes=volumes)
    newest.ok("kubectl exec a -- sh -c 'echo kept > /v/f; head -c 100000 /dev/zero > /v/big'")
    newest.ok("kubectl delete pod a")
    make(newest, mounted, name="b", volumes=volumes)
    assert newest.ok("kubectl exec b -- cat /v/f") == "kept\n"
    assert newest.ok("kubectl exec b -- wc -c /v/big") == "100000 /v/big\n"
    done = newest("kubectl exec b -- sh -c 'head -c 2000000 /dev/zero > /v/more'")
    assert "No space left on device" in done.err
    newest.ok("kubectl delete pod b")
    newest.ok("kubectl delete pvc data")
    newest.advance("5s")
    assert newest.ok("kubectl get pv") == "" and parts(newest) == {}


def test_a_container_that_writes_to_a_claim_does_so_though_nobody_looks(newest):
    claim(newest)
    mount = [{"name": "v", "mountPath": "/v"}]
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    make(newest, {"command": ["sh", "-c", "while true; do date +%s >> /v/log; sleep 10; done"], "volumeMounts": mount},
         volumes=volumes, seconds="35s")
    newest.ok("kubectl delete pod a")
    newest.advance("60s")
    make(newest, {"command": ["sleep", "infinity"], "volumeMounts": mount}, name="b", volumes=volumes)
    assert len(newest.ok("kubectl exec b -- cat /v/log").splitlines()) == 7  # it goes on for its grace period


def test_the_same_commands_give_the_same_bytes(newest):
    def run(name):
        home = newest.home / name
        newest.environ["KUBESIM_HOME"] = str(home)
        newest.ok("kubectl sim reset --seed test")
        newest.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")
        make(newest, COUNT)
        newest.ok("kubectl exec a -- sh -c 'echo $RANDOM > /f; mktemp > /g; sleep 3'")
        newest.advance("5s")
        log = (home / "clusters" / "minikube" / "objects.jsonl").read_text()
        return [row.partition(',"crc"')[0] for row in log.splitlines()[1:]]

    assert run("one") == run("two")


def test_the_files_of_a_claim_from_outside(newest):
    claim(newest)
    mounted = {"command": ["sh", "-c", "echo mine > /v/f; sleep infinity"],
               "volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    make(newest, mounted, volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])
    assert newest.ok("kubectl sim volume ls data") == "-rw-r--r--     0     0         5 f\n"
    assert newest.ok("kubectl sim volume cat data f") == "mine\n"
    source = newest.home / "source"
    source.write_bytes(b"put there")
    newest.ok(f"kubectl sim volume put data /new/g {source}")
    assert newest.ok("kubectl exec a -- cat /v/new/g") == "put there"
    done = newest("kubectl sim volume cat data nothing")
    assert (done.code, done.err) == (1, "Error: nothing: No such file or directory\n")
    assert newest("kubectl sim volume ls none").err == 'Error: persistentvolumeclaim "none" not found\n'


def test_a_stateful_set_finds_its_files_again(newest):
    """The claim's file is there after the pod was deleted, scaled away and back, and its set was deleted."""
    text = json.dumps({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"},
        "spec": {"selector": {"matchLabels": {"app": "db"}}, "serviceName": "db", "replicas": 1, "template": {
            "metadata": {"labels": {"app": "db"}}, "spec": {"containers": [
                {"name": "c", "image": "busybox", "command": ["sleep", "infinity"],
                 "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}}]}})
    newest.ok("kubectl apply -f -", text)
    newest.advance("20s")
    newest.ok("kubectl exec db-0 -- sh -c 'echo kept > /data/f; echo lost > /f'")
    for line in ("delete pod db-0", "scale sts db --replicas=0", "delete sts db"):
        newest.ok(f"kubectl {line}")
        newest.advance("60s")
        newest.ok("kubectl apply -f -", text)
        newest.advance("20s")
        assert newest.ok("kubectl exec db-0 -- cat /data/f") == "kept\n"
        assert newest("kubectl exec db-0 -- cat /f").code == 1


def test_the_state_of_another_version(newest, monkeypatch):
    """Containers end as those of a node that was restarted; volumes' files stay."""
    claim(newest)
    mounted = {"command": ["sh", "-c", "echo mine > /v/f; sleep infinity"],
               "volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    make(newest, mounted, volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])
    newest.ok("kubectl exec a -- sh -c 'echo x > /own; echo y > /v/g'")
    monkeypatch.setattr(freeze, "VERSION", freeze.VERSION + 1)
    newest("kubectl exec a -- true")
    newest.advance("5s")
    state = json.loads(newest.ok("kubectl get pod a -o json"))["status"]["containerStatuses"][0]
    assert state["restartCount"] == 1 and state["lastState"]["terminated"]["exitCode"] == 255
    assert newest.ok("kubectl exec a -- ls /v") == "f\ng\n"
    assert newest("kubectl exec a -- cat /own").code == 1


def test_contents_that_are_lost(newest):
    """That is told, and nothing else fails of it."""
    make(newest, "sleep infinity")
    newest.ok("kubectl exec a -- sh -c 'seq 1000 > /big; echo small > /small'")
    blobs = list((newest.home / "clusters" / "minikube" / "blobs").iterdir())
    assert blobs
    for path in blobs:
        path.write_bytes(b"what nobody wrote")
    done = newest("kubectl sim doctor")
    assert done.code == 1 and "lost: contents of files in containers and volumes, blob" in done.out
    assert newest.ok("kubectl exec a -- cat /big /small") == "small\n"
    assert "trouble: kubelet at containers: the contents of" in newest("kubectl sim doctor").out
    newest.ok("kubectl delete pod a")
    assert newest("kubectl sim doctor").code == 0


def test_a_failure_of_the_simulation_stays_in_its_process(newest, monkeypatch):
    from kubesim_cli.kubelet.runtime.bin import streams

    def fail(process):
        raise KeyError("no such thing")

    make(newest, COUNT)
    newest.ok("kubectl exec a -- true")
    monkeypatch.delenv("KUBESIM_TRACEBACK", raising=False)
    monkeypatch.setitem(streams.PROGRAMS, "tee", fail)
    from kubesim_cli.kubelet.runtime import bin as programs
    monkeypatch.setitem(programs._loaded, "tee", fail)
    assert newest("kubectl exec a -- tee /f").code == 137
    assert "tee: KeyError" in newest("kubectl sim doctor").out
    assert newest.ok("kubectl exec a -- echo on") == "on\n"


def test_the_log_of_a_long_loop(newest):
    make(newest, "while true; do echo $(date +%s); sleep 1; done")
    newest.ok("kubectl exec a -- true")
    newest.advance("6h")
    assert newest.ok("kubectl logs a --tail=1") == "1704088810\n"
    said = [int(line) for line in newest.ok("kubectl logs a").splitlines()]
    assert said == list(range(said[0], 1704088811)) and said[0] < 1704067205


def test_who_may_exec(newest):
    make(newest, "sleep infinity")
    newest.ok("kubectl create serviceaccount viewer")
    newest.ok("kubectl create rolebinding viewer --clusterrole=view --serviceaccount=default:viewer")
    done = newest("kubectl exec a --as=system:serviceaccount:default:viewer -- true")
    assert (done.code, done.err) == (1, (
        'Error from server (Forbidden): pods "a" is forbidden: User "system:serviceaccount:default:viewer" cannot '
        'create resource "pods/exec" in API group "" in the namespace "default"\n'))


def test_a_container_that_does_not_run(newest):
    make(newest, "exit 1", seconds="60s")
    done = newest("kubectl exec a -- true")
    assert (done.code, done.err) == (1, "error: Internal error occurred: unable to upgrade connection: container not "
                                        'found ("c0")\n')


def test_a_changed_config_map(newest):
    """Who ran before it changed was told the old; files follow when the kubelet comes round, variables do not."""
    newest.ok("kubectl create configmap cm --from-literal=a=old --from-literal=b=gone")
    mount = [{"name": "v", "mountPath": "/etc/config"}]
    script = "cat /etc/config/a > /first; while true; do cat /etc/config/a; echo; sleep 10; done"
    make(newest, {"command": ["sh", "-c", script], "volumeMounts": mount,
                  "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "cm", "key": "a"}}}]},
         volumes=[{"name": "v", "configMap": {"name": "cm", "defaultMode": 0o440}}], seconds="25s")
    newest.ok("kubectl patch configmap cm --type=merge -p " + repr('{"data": {"a": "new", "b": null, "c": "more"}}'))
    newest.advance("10s")
    assert newest.ok("kubectl exec a -- cat /first /etc/config/a /etc/config/b") == "oldoldgone"
    newest.advance("40s")
    assert newest.ok("kubectl exec a -- sh -c 'cat /first /etc/config/a /etc/config/c; echo $A; ls /etc/config'") == (
        "oldnewmoreold\na\nc\n")
    assert newest.ok("kubectl logs a").split() == ["old"] * 6 + ["new"] * 2
    rows = newest.ok("kubectl exec a -- ls -la /etc/config").splitlines()
    assert any(row.endswith("a -> ..data/a") for row in rows) and sum("..20" in row for row in rows) == 2
    assert newest.ok("kubectl exec a -- stat -L -c %a /etc/config/a") == "440\n"
    assert newest("kubectl exec a -- touch /etc/config/x").code == 1


def test_changed_labels_in_a_file(newest):
    items = [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]
    make(newest, {"command": ["sleep", "infinity"], "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
         volumes=[{"name": "v", "downwardAPI": {"items": items}}])
    newest.ok("kubectl label pod a color=red")
    assert newest.ok("kubectl exec a -- cat /v/labels") == 'app="a"'
    newest.advance("60s")
    assert newest.ok("kubectl exec a -- cat /v/labels") == 'app="a"\ncolor="red"'


def test_the_token_of_its_account_is_one_that_the_api_takes(newest):
    make(newest, "sleep infinity")
    folder = "/var/run/secrets/kubernetes.io/serviceaccount"
    assert newest.ok(f"kubectl exec a -- ls {folder}") == "ca.crt\nnamespace\ntoken\n"
    assert newest.ok(f"kubectl exec a -- cat {folder}/namespace") == "default"
    token = newest.ok(f"kubectl exec a -- cat {folder}/token")
    assert newest.ok(f"kubectl auth whoami --token={token} -o jsonpath={{.status.userInfo.username}}") == (
        "system:serviceaccount:default:default")


def test_an_engine_that_cannot_be_stored_fails_no_command(newest, monkeypatch):
    make(newest, COUNT)
    newest.ok("kubectl exec a -- touch /first")
    with monkeypatch.context() as patch:
        patch.setattr("kubesim_cli.kubelet.runtime.freeze.Store.freeze", lambda *_: {}[0])
        newest.ok("kubectl exec a -- touch /second")
        newest.ok("kubectl create configmap b")
    assert "trouble: kubelet at containers: KeyError" in newest("kubectl sim doctor").out
    assert newest.ok("kubectl get configmap b -o name") == "configmap/b\n"
    assert newest.ok("kubectl exec a -- ls /first") == "/first\n"


def test_answers_are_those_of_their_moment(newest):
    """Who asks each second was answered until the servers went, however late somebody looks."""
    newest.ok("kubectl create deployment web --image=nginx")
    newest.ok("kubectl expose deployment web --port=80")
    newest.advance("20s")
    script = "while sleep 1; do wget -q -O /dev/null http://web 2>/dev/null && echo yes || echo no; done"
    make(newest, script, name="load", seconds="30s")
    newest.ok("kubectl scale deployment web --replicas=0")
    newest.advance("20s")
    said = newest.ok("kubectl logs load").split()
    assert 20 < said.count("yes") <= 30 and said == ["yes"] * said.count("yes") + ["no"] * said.count("no")
    assert 15 < said.count("no") <= 20
    newest.ok("kubectl delete pod load")
    assert "talk" not in parts(newest)


def test_a_table_is_there_after_its_pod(newest):
    newest.ok("kubectl apply -f -", (FIXTURES / "sts-mariadb.yml").read_text(encoding="utf-8"))
    newest.advance("60s")
    sql = "kubectl exec sts-mariadb-0 -- mariadb -uroot -pdbadmin -e "
    newest.ok(sql + "'create database d; create table d.t (a int); insert into d.t values (7)'")
    for line in ("delete pod sts-mariadb-0", "scale sts sts-mariadb --replicas=0"):
        newest.ok(f"kubectl {line}")
        newest.advance("60s")
        newest.ok("kubectl scale sts sts-mariadb --replicas=1")
        newest.advance("60s")
        assert newest.ok(sql + "'select * from d.t'") == "a\n7\n"


def test_pid_1_takes_no_kill_from_within(newest):
    make(newest, "sleep infinity")
    newest.ok("kubectl exec a -- sh -c 'kill -9 1; kill -TERM 1'")
    newest.advance("5s")
    assert newest.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].restartCount}") == "0"


def test_what_becomes_of_one_is_worked_out_without_the_others(newest):
    """A copy holds a container with those that it lives with, and gives what the whole gives."""
    from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec

    engine = Engine(0.0)
    shared = (Mount("/v", "v"),)
    engine.start("a/x", Spec("example.com/t", ["sh", "-c", "while [ ! -e /v/stop ]; do sleep 1; done; exit 3"],
                             mounts=shared, net="a"))
    engine.start("b/x", Spec("example.com/t", ["sh", "-c", "sleep 5; touch /v/stop; sleep 5"], mounts=shared, net="b"))
    engine.start("c/x", Spec("example.com/t", ["sleep", "1"], net="c"))
    engine.advance(0.5)
    copy = engine.copy("a/x")
    assert set(copy.containers) == {"a/x", "b/x"} and engine.is_busy("a/x")
    found, other = copy.advance(100.0), engine.advance(1.0)
    assert [(each.container, each.code, each.at) for each in found] == [("a/x", 3, 5.0)]
    assert [each.container for each in other] == ["c/x"] and not engine.is_busy("c/x")


def test_a_blob_that_cannot_be_read_is_not_taken_for_lost(newest, monkeypatch):
    make(newest, COUNT)
    newest.ok("kubectl exec a -- sh -c 'seq 1000 > /numbers'")
    with monkeypatch.context() as patch:
        def fail(blobs, name):
            raise OSError(errno.EIO, "Input/output error")
        patch.setattr("kubesim_cli.store.blobs.Blobs._read", fail)
        with pytest.raises(StoreError, match="Input/output error"):
            newest("kubectl exec a -- touch /numbers")
    assert newest.ok("kubectl exec a -- tail -n1 /numbers") == "1000\n"


def test_contents_are_read_when_somebody_asks_for_them(newest, monkeypatch):
    from kubesim_cli.store.blobs import Blobs

    make(newest, "sleep infinity")
    newest.ok("kubectl exec a -- sh -c 'seq 100000 > /big; seq 50 60 > /small; seq 1000 2000 > /other'")
    read, whole = [], Blobs._read
    monkeypatch.setattr(Blobs, "_read", lambda self, name: [whole(self, name), read.append(name)][0])
    assert newest.ok("kubectl exec a -- cat /small").endswith("60\n")
    assert newest.ok("kubectl exec a -- chmod 600 /big") == "" == newest.ok("kubectl exec a -- mv /other /moved")
    assert newest.ok("kubectl exec a -- ls /").split()[:2] == ["big", "bin"]
    assert read == []
    assert newest.ok("kubectl exec a -- tail -n 1 /big") == "100000\n"
    assert len(read) == 9
    newest.ok("kubectl exec a -- sh -c 'echo more >> /moved'")
    assert newest.ok("kubectl exec a -- tail -n 2 /moved") == "2000\nmore\n"
    assert newest.ok("kubectl exec a -- sh -c 'cp /big /copy; rm /big; wc -l < /copy'") == "100000\n"
    newest.advance("1h")
    assert newest.ok("kubectl exec a -- tail -n 1 /copy") == "100000\n"


@pytest.mark.parametrize("touched", [False, True])
def test_a_line_without_an_end_is_shown_in_parts(newest, touched):
    make(newest, "while true; do printf %01000d 0; sleep 1; done", seconds="60.5s")
    if touched:
        newest.ok("kubectl exec a -- true")
    assert newest.ok("kubectl logs a") == "0" * (3 << 14)


def test_a_server_of_an_ensemble_finds_the_others_though_its_pod_names_no_program(newest):
    for name in ("one", "two"):
        make(newest, {"image": "cassandra:5", "env": [{"name": "CASSANDRA_SEEDS", "value": "one"}]}, name=name,
             hostname=name)
        if name == "one":
            newest.ok("kubectl expose pod one --port 7000")
    newest.advance("2m")
    assert parts(newest)  # the second lives on: it has reached out
    assert newest.ok("kubectl exec one -- nodetool status").count("\nUN ") == 2


def test_a_probe_that_writes_goes_on_in_a_container_that_nobody_touched(newest):
    """Its finding stayed what it was the 40th time."""
    probe = {"exec": {"command": ["sh", "-c", "echo >> /tmp/n; [ $(wc -l < /tmp/n) -lt 60 ]"]}, "periodSeconds": 5,
             "failureThreshold": 1}
    newest.ok("kubectl apply -f -", json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
        "containers": [{"name": "c", "image": "busybox:1.28", "command": ["sh", "-c", "sleep 1000000"],
                        "readinessProbe": probe}]}}))
    newest.advance("290s")
    assert newest.ok("kubectl get pod a").split()[6] == "1/1"
    newest.advance("15s")
    assert newest.ok("kubectl get pod a").split()[6] == "0/1"


def test_containers_live_on_where_an_attribute_was_added_or_has_gone(newest, monkeypatch):
    """As after an upgrade: what was stored lacks the one, and has the other."""
    make(newest, COUNT)
    newest.ok("kubectl exec a -- touch /made")
    thaw = freeze.Store.thaw

    def of_before(store, records, blobs, part=""):
        for name, record in records.items():
            if name.startswith("Space-"):
                del record["load"]
                record["moods"] = {"l": []}
        return thaw(store, records, blobs, part)

    monkeypatch.setattr(freeze.Store, "thaw", of_before)
    monkeypatch.setitem(freeze.ADDED, "Space", {"load": lambda: [0, 0, 0]})
    assert newest.ok("kubectl exec a -- ls /made") == "/made\n"
    newest.advance("10s")
    assert "Running   0 " in newest.ok("kubectl get pod a")


def test_who_changes_what_is_stored_has_thought_of_what_was_stored_before():
    """Enter an attribute that is new in freeze.ADDED, or raise freeze.VERSION; then tell the form here."""
    form = ",".join(f"{name}:{' '.join(each.__slots__)}" for name, each in sorted(freeze._CLASSES.items())
                    if name not in freeze._ELSEWHERE and hasattr(each, "__slots__"))
    assert (freeze.VERSION, f"{zlib.crc32(form.encode()):08x}") == (5, "6c30c052")
    assert [len(each.__slots__) for each in (engine.Container, engine.Session)] == [9, 4]  # those are lists
