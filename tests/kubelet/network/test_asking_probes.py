"""Exec probes that ask others: what they find is what the others answer at that moment, for as long as they run."""

import json
import time

import pytest

READY = "{.status.containerStatuses[0].ready}"
RESTARTS = "{.status.containerStatuses[0].restartCount}"


def make(terminal, name, command, image="busybox:1.28", script="sleep infinity", kind="readiness", **more):
    probe = {"exec": {"command": command}, "periodSeconds": 5, "failureThreshold": 1, "timeoutSeconds": 3, **more}
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {
            "terminationGracePeriodSeconds": 1, "containers": [
                {"name": "c", "image": image, "command": ["sh", "-c", script], f"{kind}Probe": probe}]}}))


def serve(terminal, name, image, port, **env):
    given = [{"name": key, "value": value} for key, value in env.items()]
    terminal.ok("kubectl apply -f -", json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {
            "ports": [{"port": port}], "selector": {"app": name}}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": {
            "containers": [{"name": "c", "image": image, "env": given}]}}]}))


def told(terminal, name, path=READY):
    return terminal.ok(f"kubectl get pod {name} -o jsonpath={path}")


def asked(terminal, name):
    return sum("GET / " in line for line in terminal.ok(f"kubectl logs {name}").splitlines())


@pytest.mark.parametrize(("image", "command", "server", "port"), [
    ("busybox:1.28", ["wget", "-qO-", "http://it"], "nginx", 80),
    ("busybox:1.28", ["nc", "-z", "it", "80"], "nginx", 80),
    ("curlimages/curl", ["sh", "-c", "curl -sf it"], "nginx", 80),
    ("redis", ["redis-cli", "-h", "it", "ping"], "redis", 6379),
    ("mysql:8.0", ["mysqladmin", "ping", "-h", "it"], "mysql:8.0", 3306)])
def test_it_is_ready_while_who_it_asks_is_there(newest, image, command, server, port):
    make(newest, "p", command, image)
    newest.advance("20s")
    assert told(newest, "p") == "false"
    serve(newest, "it", server, port, MYSQL_ALLOW_EMPTY_PASSWORD="1")
    newest.advance("40s")
    assert told(newest, "p") == "true"
    newest.ok("kubectl delete pod it")
    newest.advance("5s")
    assert told(newest, "p") == "false"


def test_an_answer_may_be_no(newest):
    serve(newest, "it", "nginx", 80)
    make(newest, "p", ["wget", "-qO-", "http://it/nowhere"])
    newest.advance("20s")
    assert told(newest, "p") == "false"
    assert "server returned error: HTTP/1.1 404 Not Found" in newest.ok("kubectl get events")


def test_the_api_server_is_asked(newest):
    newest.ok("kubectl create clusterrolebinding x --clusterrole=view --serviceaccount=default:default")
    make(newest, "p", ["kubectl", "get", "cm", "x"], "bitnami/kubectl:1.31")
    for length in ("20s", "30h"):
        newest.advance(length)
        assert told(newest, "p") == "false"
        newest.ok("kubectl create configmap x")
        newest.advance("6s")
        assert told(newest, "p") == "true"
        newest.advance(length)
        assert told(newest, "p") == "true"
        newest.ok("kubectl delete configmap x")
        newest.advance("6s")
        assert told(newest, "p") == "false"
    assert 'configmaps "x" not found' in newest.ok("kubectl get events --field-selector reason=Unhealthy")


def test_each_probe_asks_once(newest):
    """In an hour each is made; later as many as its age tells, but soon where something has changed."""
    serve(newest, "it", "nginx", 80)
    newest.advance("10s")
    make(newest, "p", ["wget", "-qO-", "http://it"])
    newest.advance("62s")
    assert asked(newest, "it") == 13
    newest.advance("59m")
    assert asked(newest, "it") == 13 + 59 * 12
    began = time.process_time()
    newest.advance("720h")
    assert 715 < asked(newest, "it") < 900
    assert time.process_time() - began < 10  # 0.4 s where it was measured
    newest.ok("kubectl delete pod it")
    newest.advance("6s")
    assert told(newest, "p") == "false"


def test_what_fails_is_told_and_ends_a_container(newest):
    serve(newest, "it", "nginx", 80)
    make(newest, "p", ["wget", "-qO-", "http://it"], kind="liveness", failureThreshold=2)
    newest.advance("1m")
    assert told(newest, "p", RESTARTS) == "0"
    newest.ok("kubectl delete pod it")
    newest.advance("6s")
    assert told(newest, "p", RESTARTS) == "0"
    assert "Liveness probe failed: wget: can't connect" in newest.ok("kubectl get events")
    newest.advance("10s")
    assert told(newest, "p", RESTARTS) == "1"


def test_it_counts_as_started_when_it_is_answered(newest):
    make(newest, "p", ["nc", "-z", "it", "80"], kind="startup", failureThreshold=1000)
    newest.advance("1m")
    assert told(newest, "p", "{.status.containerStatuses[0].started}") == "false"
    serve(newest, "it", "nginx", 80)
    newest.advance("10s")
    assert told(newest, "p", "{.status.containerStatuses[0].started}") == told(newest, "p") == "true"


def test_one_that_asks_only_later_on(newest):
    """Nobody knew at its start that it would."""
    make(newest, "p", ["sh", "-c", "[ ! -f /tmp/on ] || wget -qO- http://it"],
         script="sleep 30; touch /tmp/on; sleep infinity")
    newest.advance("20s")
    assert told(newest, "p") == "true"
    newest.advance("20s")
    assert told(newest, "p") == "false"
    serve(newest, "it", "nginx", 80)
    newest.advance("10s")
    assert told(newest, "p") == "true"


def test_an_answer_that_comes_late_counts_when_it_has_come(newest):
    serve(newest, "it", "nginx", 80)
    slow = "nc -lk -p 8080 -e sh -c 'sleep 2; printf \"HTTP/1.0 200 OK\\r\\n\\r\\nx\"'"
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "slow"}, "spec": {
            "containers": [{"name": "c", "image": "busybox:1.28", "command": ["sh", "-c", slow]}]}}))
    newest.advance("10s")
    address = told(newest, "slow", "{.status.podIP}")
    make(newest, "patient", ["wget", "-qO-", f"http://{address}:8080"])
    make(newest, "hasty", ["wget", "-qO-", f"http://{address}:8080"], timeoutSeconds=1)
    newest.advance("3s")
    assert told(newest, "patient") == "false"
    newest.advance("27s")
    assert (told(newest, "patient"), told(newest, "hasty")) == ("true", "false")
    assert "timed out" in newest.ok("kubectl get events --field-selector involvedObject.name=hasty")
