"""Containers that talk, through kubectl: who is resident, what they see of each other, and what it costs."""

import json
import time


def make(terminal, name, *scripts, image="busybox:1.28", inits=(), seconds="10s", **spec):
    def box(number, script, kind):
        return {"name": f"{kind}{number}", "image": image, "command": ["sh", "-c", script]}

    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {
            "containers": [box(number, script, "c") for number, script in enumerate(scripts)] + spec.pop("more", []),
            "initContainers": [box(number, script, "i") for number, script in enumerate(inits)], **spec}}))
    terminal.advance(seconds)


def web(terminal, replicas=2):
    terminal.ok(f"kubectl create deployment web --image=nginx --replicas={replicas}")
    terminal.ok("kubectl expose deployment web --port=80")
    terminal.advance("10s")


def test_a_service_is_found_and_answers(newest):
    web(newest)
    make(newest, "c", "sleep 3600")
    assert "Welcome to nginx!" in newest.ok("kubectl exec c -- wget -q -O- web")
    assert newest.ok("kubectl exec c -- nslookup web").endswith("web.default.svc.cluster.local\n")
    for _ in range(9):
        newest.ok("kubectl exec c -- wget -q -O /dev/null http://web.default")
    logs = newest.ok("kubectl logs -l app=web --prefix --tail=-1")
    pods = [line.split("/")[1] for line in logs.splitlines() if '"GET / HTTP/1.1" 200' in line]
    assert len(pods) == 10 and len(set(pods)) == 2


def test_who_connects_by_itself_is_resident_from_its_start(newest):
    web(newest, 1)
    make(newest, "loop", "while sleep 5; do wget -q -O- web | grep -c title; done", seconds="30s")
    assert newest.ok("kubectl logs loop").splitlines() == ["1"] * 5
    began = time.process_time()
    newest.advance("30m")
    assert time.process_time() - began < 5  # 0.2 s where it was measured
    assert len(newest.ok("kubectl logs loop").splitlines()) == 365
    newest.ok("kubectl scale deployment web --replicas=0")
    newest.advance("20s")
    assert "Connection refused" in newest.ok("kubectl logs loop --tail=2")


def test_an_init_container_waits_for_who_is_not_there(newest):
    make(newest, "a", "sleep 3600", inits=("until wget -q -O /dev/null http://web; do sleep 2; done",), seconds="20s")
    assert newest.ok("kubectl get pod a").split()[7] == "Init:0/1"
    web(newest, 1)
    newest.advance("10s")
    assert newest.ok("kubectl get pod a").split()[7] == "Running"
    assert "bad address 'web'" in newest.ok("kubectl logs a -c i0")


def test_a_pod_that_fetches_ends_as_its_fetch_does(newest):
    web(newest, 1)
    make(newest, "good", "wget -q -O- web | grep -c Welcome", restartPolicy="Never", seconds="5s")
    make(newest, "bad", "wget -q -O- web:81", restartPolicy="Never", seconds="5s")
    rows = [line.split()[:3] for line in newest.ok("kubectl get pods good bad").splitlines()[1:]]
    assert rows == [["good", "0/1", "Completed"], ["bad", "0/1", "Error"]]
    assert newest.ok("kubectl logs good") == "2\n"


def test_containers_of_a_pod_reach_each_other(newest):
    make(newest, "two", "while sleep 4; do wget -q -O- localhost | grep -c title; done",
         more=[{"name": "web", "image": "nginx"}], seconds="15s")
    assert newest.ok("kubectl logs two -c c0").splitlines() == ["1"] * 3
    assert newest.ok("kubectl logs two -c web --tail=1").startswith("127.0.0.1 - - ")


def test_what_a_container_is_told_of_the_network(newest):
    web(newest, 1)
    make(newest, "c", "sleep 3600", more=[{"name": "x", "image": "busybox", "command": ["sh", "-c", "sleep 3600"],
                                           "env": [{"name": "URL", "value": "http://$(WEB_SERVICE_HOST)"}]}])
    env = dict(line.split("=", 1) for line in newest.ok("kubectl exec c -c x -- env").splitlines())
    address = newest.ok("kubectl get service web -o jsonpath={.spec.clusterIP}")
    assert env["WEB_SERVICE_HOST"] == address and env["URL"] == f"http://{address}"
    assert env["KUBERNETES_PORT_443_TCP"] == "tcp://10.96.0.1:443"
    assert newest.ok("kubectl exec c -c x -- hostname -i").strip() == newest.ok(
        "kubectl get pod c -o jsonpath={.status.podIP}")


def test_a_pod_asks_the_api_server_with_its_token(newest):
    newest.ok("kubectl create clusterrolebinding view --clusterrole=view --serviceaccount=default:default")
    make(newest, "c", "sleep 3600", image="curlimages/curl")
    folder = "/var/run/secrets/kubernetes.io/serviceaccount"
    script = (f'curl -sS --cacert {folder}/ca.crt -H "Authorization: Bearer $(cat {folder}/token)" '
              f"https://kubernetes.default.svc/api/v1/namespaces/$(cat {folder}/namespace)/pods")
    out = newest.ok(f"kubectl exec c -- sh -c '{script}'")
    assert [pod["metadata"]["name"] for pod in json.loads(out)["items"]] == ["c"]


def test_a_connection_to_the_api_server_is_stored(newest):
    """Half of a request is sent by one command, the other by a later one."""
    make(newest, "c", "{ printf 'GET / HTTP/1.1\\r\\n'; sleep 20; printf '\\r\\n'; sleep 1; } | nc 10.96.0.1 443",
         restartPolicy="Never")
    newest.ok("kubectl exec c -- true")
    newest.advance("30s")
    assert "Client sent an HTTP request to an HTTPS server." in newest.ok("kubectl logs c")
