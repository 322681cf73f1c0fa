"""`kubesim sim answer` and `kubesim sim fail request`; the words of failures are those of a real kubectl 1.32."""

from __future__ import annotations

import io

import pytest

CONFIGMAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
REFUSED = "The connection to the server 127.0.0.1:8443 was refused - did you specify the right host or port?\n"
DENIED = ('User "minikube-user" cannot {} resource "configmaps" in API group "" in the namespace "default"\n')
MODIFIED = ("the object has been modified; please apply your changes to the latest version and try again\n")


def failed(terminal, line, stdin=""):
    result = terminal(line, stdin)
    assert (result.code, result.out) == (1, ""), result
    return result.err


@pytest.mark.parametrize(("kind", "told"), [
    ("forbidden", 'Error from server (Forbidden): configmaps "b" is forbidden: ' + DENIED.format("patch")),
    ("conflict", 'Error from server (Conflict): Operation cannot be fulfilled on configmaps "b": ' + MODIFIED),
    ("timeout", "Error from server (Timeout): Timeout: request did not complete within the allotted timeout\n"),
    ("refused", REFUSED),
    ("unauthorized", "error: You must be logged in to the server (Unauthorized)\n"),
    ("500", "Error from server (InternalError): Internal error occurred: etcdserver: request timed out\n")])
def test_requests_fail_as_often_as_was_said(terminal, kind, told):
    terminal.ok("kubectl create configmap b")
    terminal.ok(f"kubectl sim fail request 'patch cm/b' --with {kind} --times 2")
    for _ in range(2):
        assert failed(terminal, "kubectl label configmap b x=y") == told
    assert terminal.ok("kubectl label configmap b x=y") == "configmap/b labeled\n"
    assert terminal.ok("kubectl sim fail request --list") == ""


@pytest.mark.parametrize(("kind", "told"), [
    ("refused", 'error: error when {}: {} "https://127.0.0.1:8443/api/v1/namespaces/default/configmaps{}": dial tcp '
                "127.0.0.1:8443: connect: connection refused\n"),
    ("unauthorized", "error: You must be logged in to the server (error when {}: Unauthorized)\n")])
def test_failures_say_what_they_were_about(terminal, kind, told):
    terminal.ok(f"kubectl sim fail request 'create configmaps/a' --with {kind} --times 1")
    query = "?fieldManager=kubectl-create&fieldValidation=Strict"
    assert failed(terminal, "kubectl create -f -", CONFIGMAP) == told.format('creating "STDIN"', "Post", query)
    terminal.ok(f"kubectl sim fail request 'get configmaps/a' --with {kind} --times 1")
    what = ('retrieving current configuration of:\nResource: "/v1, Resource=configmaps", GroupVersionKind: "/v1, '
            'Kind=ConfigMap"\nName: "a", Namespace: "default"\nfrom server for: "STDIN"')
    assert failed(terminal, "kubectl apply -f -", CONFIGMAP) == told.format(what, "Get", "/a")


def test_apply_tries_again_after_a_conflict(terminal):
    terminal.ok("kubectl apply -f -", CONFIGMAP)
    terminal.ok("kubectl sim fail request 'patch configmaps' --with conflict --times 1")
    assert terminal.ok("kubectl apply -f -", CONFIGMAP + "data: {x: '1'}\n") == "configmap/a configured\n"
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:00Z (frozen)\n"
    terminal.ok("kubectl sim fail request 'patch configmaps' --with conflict")
    assert "(Conflict)" in failed(terminal, "kubectl apply -f -", CONFIGMAP + "data: {x: '2'}\n")
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:04Z (frozen)\n"


def test_scale_tries_again_a_second_after_each_conflict(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl sim fail request 'patch deploy/web/scale' --with conflict --times 3")
    assert terminal.ok("kubectl scale deployment web --replicas=2") == "deployment.apps/web scaled\n"
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:03Z (frozen)\n"
    terminal.ok("kubectl sim fail request '* deploy/web/scale' --with conflict")
    assert failed(terminal, "kubectl scale deployment web --replicas=3") == "error: context deadline exceeded\n"
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:05:03Z (frozen)\n"


def test_what_the_control_plane_asks_is_not_held_up(terminal):
    terminal.ok("kubectl sim fail request '* *' --with refused")
    assert failed(terminal, "kubectl get pods") == REFUSED
    assert failed(terminal, "kubectl exec a -- ls") == REFUSED
    terminal.ok("kubectl sim fail request --mend")
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl sim fail request '* *' --with refused")
    terminal.advance("30s")
    terminal.ok("kubectl sim fail request --mend")
    assert "1/1" in terminal.ok("kubectl get deployment web")


def test_patterns_are_about_subresources_and_namespaces_too(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl sim fail request 'patch deploy/web/scale' --with 500")
    terminal.ok("kubectl sim fail request 'list pods' --with 500 -n 'kube-*'")
    terminal.ok("kubectl label deployment web x=y")
    assert "InternalError" in failed(terminal, "kubectl scale deployment web --replicas=2")
    assert "InternalError" in failed(terminal, "kubectl get pods -n kube-system")
    assert "web-" in terminal.ok("kubectl get pods")
    assert terminal.ok("kubectl sim fail request --list") == (
        "patch deployments.apps/web/scale with 500\nlist pods/*/* -n kube-* with 500\n")


def test_slow_requests_take_their_time_and_may_be_given_up(terminal):
    terminal.ok("kubectl sim fail request 'get configmaps/*' --slow 2s")
    assert failed(terminal, "kubectl get cm b --request-timeout=1s") == (
        "Unable to connect to the server: net/http: request canceled "
        "(Client.Timeout exceeded while awaiting headers)\n")
    assert "(NotFound)" in failed(terminal, "kubectl get cm b")
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:03Z (frozen)\n"


def test_slow_requests_are_waited_for_where_the_clock_runs(terminal, monkeypatch):
    slept = []
    terminal.ok("kubectl sim clock resume")
    terminal.ok("kubectl sim fail request 'get configmaps/*' --slow 7s")
    monkeypatch.setattr("time.sleep", slept.append)
    terminal("kubectl get cm b")
    assert slept == [7]


def test_a_share_of_requests_fails_and_always_the_same(terminal):
    terminal.ok("kubectl sim fail request 'list pods' --with 500 --rate 0.5")
    codes = [terminal("kubectl get pods").code for _ in range(30)]
    assert 5 < sum(codes) < 25
    terminal.ok("kubectl sim reset --seed test")
    terminal.ok("kubectl sim fail request 'list pods' --with 500 --rate 0.5")
    assert [terminal("kubectl get pods").code for _ in range(30)] == codes


@pytest.mark.parametrize(("words", "told"), [
    ("'foo pods' --with 500", '"foo" is none of the verbs get, list,'),
    ("'get foos' --with 500", 'there is no resource "foos"'),
    ("get --with 500", '"get" is not of the form VERB RESOURCE'),
    ("'get pods/a/b/c' --with 500", "is not of the form VERB RESOURCE"),
    ("'get pods'", "neither an error nor a delay is given"),
    ("--with 500", "what is to fail has to be given")])
def test_what_cannot_be_meant_is_refused(terminal, words, told):
    result = terminal(f"kubectl sim fail request {words}")
    assert result.code in (1, 2) and told in result.err
    assert terminal.ok("kubectl sim fail request --list") == ""


def test_command_lines_are_answered(terminal):
    terminal.ok("kubectl sim answer 'exec mongodb-* -- mongo*' --stdout '{ ok: 1 }' --times 2")
    terminal.ok("kubectl sim answer 'exec deploy/api -- ./migrate' --stderr locked --exit 3")
    terminal.ok("kubectl sim answer 'get pods -o wide' --stdout none --exit 4")
    assert terminal("kubectl exec -i mongodb-0 -n db -- mongosh --quiet", "db.version()") == (0, "{ ok: 1 }\n", "")
    assert terminal("kubectl -n db exec mongodb-1 -- mongo") == (0, "{ ok: 1 }\n", "")
    assert terminal("kubectl exec mongodb-0 -- mongo").code == 1
    assert terminal("kubectl exec deploy/api -- ./migrate") == (
        3, "", "locked\ncommand terminated with exit code 3\n")
    assert terminal("kubectl get pods -o wide") == (4, "none\n", "")
    assert terminal("kubectl get pods").out == ""
    assert terminal.ok("kubectl sim answer --list").splitlines() == [
        "exec deploy/api -- ./migrate  exit 3", "get pods -o wide  exit 4"]
    terminal.ok("kubectl sim answer --forget 'get pods -o wide'")
    assert terminal("kubectl get pods -o wide").code == 0
    terminal.ok("kubectl sim answer --forget")
    assert terminal.ok("kubectl sim answer --list") == ""
    assert terminal("kubectl sim answer").code == 2
    assert terminal("kubectl sim answer ' '").err == "Error: the pattern is empty\n"


def test_an_answer_may_be_a_file(terminal, tmp_path):
    (tmp_path / "nodes").write_bytes(b"NAME\nm\xff")
    terminal.ok(f"kubectl sim answer 'top nodes' --stdout-file {tmp_path / 'nodes'}")
    assert terminal.ok("kubectl top nodes") == "NAME\nm\udcff"


def test_calls_are_logged(terminal, tmp_path):
    log = tmp_path / "calls"
    terminal.environ["KUBESIM_LOG"] = str(log)
    terminal("kubectl create -f -", CONFIGMAP)
    terminal("kubectl get cm a 'b c'")
    terminal("kubectl version --client")
    terminal.ok("kubectl sim fail request 'get *' --with refused")
    terminal("kubectl get cm a")
    of = "/api/v1/namespaces/default/configmaps"
    assert log.read_text().splitlines() == [
        f'{{"command":"kubectl create -f -","exitCode":0,"requests":["POST {of} 201"]}}',
        f'{{"command":"kubectl get cm a \'b c\'","exitCode":1,"requests":["GET {of}/a 200","GET {of}/b c 404"]}}',
        '{"command":"kubectl version --client","exitCode":0,"requests":[]}',
        f'{{"command":"kubectl get cm a","exitCode":1,"requests":["GET {of}/a 0"]}}']
    terminal.environ["KUBESIM_LOG"] = str(tmp_path)
    result = terminal("kubectl get pods")
    assert result.code == 0 and result.err.endswith(": is a directory\n")


def test_the_log_takes_calls_that_are_interrupted(terminal, tmp_path, monkeypatch):
    from kubesim_cli.main import execute

    log = tmp_path / "calls"

    def interrupt(ctx):
        raise KeyboardInterrupt

    monkeypatch.setattr("kubesim_cli.kubectl.get.get.run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        execute(["get", "pods"], {**terminal.environ, "KUBESIM_LOG": str(log)}, (io.StringIO(),) * 3)
    assert log.read_text() == '{"command":"kubectl get pods","exitCode":null,"requests":[]}\n'


def test_the_seed_of_a_new_cluster_may_be_chosen(terminal, tmp_path):
    def uid(seed, home):
        terminal.environ.update(KUBESIM_SEED=seed, KUBESIM_HOME=str(tmp_path / home))
        return terminal.ok("kubectl get ns default -o jsonpath={.metadata.uid}")

    assert uid("1", "a") == uid("1", "b") != uid("2", "c")
    terminal.ok("kubectl sim reset")
    terminal.environ["KUBESIM_SEED"] = "1"
    assert uid("1", "c") == uid("1", "a")


def test_an_answer_out_of_a_file_without_end_is_refused(terminal, tmp_path, monkeypatch):
    monkeypatch.setattr("kubesim_cli.machinery.files.MOST", 10)
    (tmp_path / "long").write_text("x" * 11)
    with pytest.raises(OSError, match="File too large"):
        terminal(f"kubectl sim answer 'top nodes' --stdout-file {tmp_path / 'long'}")
    assert terminal.ok("kubectl sim answer --list") == ""
