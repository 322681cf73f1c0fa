"""Containers that wait for a name or an answer: they go on when it comes, as others, and cost little until then."""

import json
import time

import pytest

from kubesim_cli.kubelet.network.steady import service_of

SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "late"}, "spec": {"ports": [{"port": 80}]}}


def make(terminal, name, script, image="busybox:1.28", inits=(), seconds="10s", **spec):
    def box(name, script):
        return {"name": name, "image": image, "command": ["sh", "-c", script]}

    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {
            "containers": [box("c", script)],
            "initContainers": [box(f"i{number}", script) for number, script in enumerate(inits)], **spec}}))
    terminal.advance(seconds)


def serve(terminal, name="late", port=80, **spec):
    terminal.ok("kubectl apply -f -", json.dumps({
        **SERVICE, "metadata": {"name": name}, "spec": {"ports": [{"port": port}], "selector": {"app": name}, **spec}}))


def status(terminal, name):
    return terminal.ok(f"kubectl get pod {name}").split()[7]


def log(terminal, name, more=""):
    """Return (seconds after the clock's start, line) of what a container has said."""
    found = []
    for line in terminal.ok(f"kubectl logs {name} --timestamps {more}").splitlines():
        at, _, text = line.partition(" ")
        found.append((float(at[14:16]) * 60 + float(at[17:-1]), text))
    return found


@pytest.mark.parametrize("condition", [
    "until nslookup late", "until getent hosts late", "while ! wget -qO- late", "until nc -z late 80",
    "while ! curl -sf late", "until ping -c1 -W1 web", "while true; do host late && break; true; done; while false",
    "until timeout 2 nc -z late 80", 'until [ "$(curl -s -o /dev/null -w %{http_code} late)" = 200 ]',
    "i=0; until getent hosts late; do i=$((i+1)); sleep 1; done; while false"])
def test_a_main_container_goes_on_when_it_comes(newest, condition):
    """The loop was taken for one that goes on for ever."""
    script = f"{condition} >/dev/null 2>&1; do echo no; sleep 1; done; echo got; sleep 5"
    make(newest, "c", script, restartPolicy="Never", image="nicolaka/netshoot", seconds="30s")
    assert status(newest, "c") == "Running"
    newest.ok("kubectl run web --image=nginx --labels=app=late")
    serve(newest)
    if "ping" in condition:
        serve(newest, "web", clusterIP="None", selector={"app": "late"})
    newest.advance("20s")
    assert status(newest, "c") == "Completed"
    said = log(newest, "c")
    assert said[-1][1] == "got" and 30 < said[-1][0] < 36
    ended = newest.ok("kubectl get pod c -o jsonpath={.status.containerStatuses[0].state.terminated.finishedAt}")
    assert ended == f"2024-01-01T00:00:{int(said[-1][0] + 5)}Z"


def test_the_pods_of_a_job_find_each_other(newest):
    """As in "Job with Pod-to-Pod Communication" of the documentation."""
    script = ("for i in 0 1 2; do got=-1; while [ $got -ne 0 ]; do ping -c 1 job-$i.peers >/dev/null 2>&1; got=$?; "
              "if [ $got -ne 0 ]; then echo failed; sleep 1; fi; done; echo found $i; done")
    serve(newest, "peers", clusterIP="None", selector={"job-name": "job"})
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job"}, "spec": {
            "completions": 3, "parallelism": 3, "completionMode": "Indexed", "template": {"spec": {
                "subdomain": "peers", "restartPolicy": "Never",
                "containers": [{"name": "c", "image": "bash:latest", "command": ["bash", "-c", script]}]}}}}))
    newest.advance("30s")
    assert newest.ok("kubectl get job job").split()[6:8] == ["Complete", "3/3"]
    assert newest.ok("kubectl logs job/job").endswith("found 0\nfound 1\nfound 2\n")


def test_an_init_container_waits_for_the_name_of_a_peer(newest):
    """Nothing but another Service woke it."""
    serve(newest, "db", clusterIP="None")
    make(newest, "c", "sleep 3600", inits=("until nslookup db-1.db; do sleep 2; done",), seconds="20s")
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {
            "serviceName": "db", "replicas": 2, "selector": {"matchLabels": {"app": "db"}}, "template": {
                "metadata": {"labels": {"app": "db"}},
                "spec": {"containers": [{"name": "db", "image": "nginx"}]}}}}))
    assert status(newest, "c") == "Init:0/1"
    newest.advance("10s")
    assert status(newest, "c") == "Running"


def test_what_was_heard_stays_heard(newest):
    """A Service that goes and comes again is seen to: what was played anew heard only what there is now."""
    make(newest, "c", "while sleep 1; do getent hosts late >/dev/null && echo yes || echo no; done", seconds="5s")
    serve(newest)
    newest.advance("5s")
    newest.ok("kubectl delete service late")
    newest.advance("5s")
    serve(newest)
    newest.advance("3s")
    said = "".join(text[0] for _, text in log(newest, "c"))
    assert said.strip("n").strip("y").strip("n") == "" and said.count("y") == 8 and said.count("n") == len(said) - 8


def test_tries_that_are_counted_end_by_themselves(newest):
    make(newest, "c", "for i in $(seq 20); do nc -z late 80 && exit 0; echo $i; sleep 1; done; exit 3",
         restartPolicy="Never", seconds="10s")
    assert status(newest, "c") == "Running"
    newest.advance("15s")
    assert status(newest, "c") == "Error" and log(newest, "c")[-1][1] == "20"
    make(newest, "t", "timeout 30 sh -c 'until nc -z late 80; do sleep 1; done'", restartPolicy="Never", seconds="20s")
    serve(newest)
    newest.ok("kubectl run web --image=nginx --labels=app=late")
    newest.advance("5s")
    assert status(newest, "t") == "Completed"


def test_a_policy_that_comes_or_goes_is_noticed(newest):
    newest.ok("kubectl run web --image=nginx --labels=app=late")
    serve(newest)
    deny = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "deny"},
            "spec": {"podSelector": {"matchLabels": {"app": "late"}}, "policyTypes": ["Ingress"]}}
    newest.ok("kubectl apply -f -", json.dumps(deny))
    make(newest, "c", "until nc -w 2 -z late 80; do sleep 1; done; echo in; while nc -w 2 -z late 80; do sleep 1; done",
         restartPolicy="Never", seconds="30s")
    assert newest.ok("kubectl logs c") == ""
    newest.ok("kubectl delete networkpolicy deny")
    newest.advance("10s")
    assert newest.ok("kubectl logs c") == "in\n" and status(newest, "c") == "Running"
    newest.ok("kubectl apply -f -", json.dumps(deny))
    newest.advance("15s")
    assert status(newest, "c") == "Completed"


def test_a_label_that_a_policy_asks_for_is_noticed(newest):
    newest.ok("kubectl run web --image=nginx --labels=app=late")
    serve(newest)
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "some"}, "spec": {
            "podSelector": {"matchLabels": {"app": "late"}}, "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"podSelector": {"matchLabels": {"access": "true"}}}]}]}}))
    make(newest, "c", "until wget -q -T 1 -O /dev/null late; do sleep 1; done", restartPolicy="Never")
    newest.ok("kubectl label pod c access=true")
    newest.advance("4s")
    assert status(newest, "c") == "Completed"


def test_a_probe_that_asks_a_peer(newest):
    """It was taken for granted that there is one, or that there never is."""
    probe = {"exec": {"command": ["wget", "-q", "-O-", "http://late/"]}, "periodSeconds": 5}
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
            {"name": "c", "image": "busybox:1.28", "command": ["sleep", "3600"], "readinessProbe": probe}]}}))
    newest.advance("10s")
    assert newest.ok("kubectl get pod p").split()[6] == "0/1"
    newest.ok("kubectl create deployment late --image=nginx")
    serve(newest)
    newest.advance("10s")
    assert newest.ok("kubectl get pod p").split()[6] == "1/1"
    newest.ok("kubectl scale deployment late --replicas=0")
    newest.advance("20s")
    assert newest.ok("kubectl get pod p").split()[6] == "0/1"
    assert "Connection refused" in newest.ok("kubectl get events --field-selector involvedObject.name=p")


def test_curl_tries_again_until_there_is_a_name(newest):
    """tool_operate.c of curl counts a name that is not known among what may pass."""
    make(newest, "c", "curl -s --retry 5 --retry-delay 2 --retry-connrefused late | grep -c title",
         image="curlimages/curl", restartPolicy="Never", seconds="5s")
    newest.ok("kubectl run late --image=nginx --labels=app=late")
    serve(newest)
    newest.advance("10s")
    assert newest.ok("kubectl logs c") == "1\n" and status(newest, "c") == "Completed"


def test_a_loop_that_does_not_sleep(newest):
    """It is no program that has run away: asking takes time."""
    make(newest, "c", "until nc -z late 80; do :; done", restartPolicy="Never", seconds="60s")
    newest.ok("kubectl run late --image=nginx --labels=app=late")
    serve(newest)
    newest.advance("10s")
    assert status(newest, "c") == "Completed"


def test_who_waits_costs_little(newest):
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "c"}, "spec": {
            "replicas": 30, "selector": {"matchLabels": {"app": "c"}}, "template": {
                "metadata": {"labels": {"app": "c"}}, "spec": {"containers": [{
                    "name": "c", "image": "busybox", "command": [
                        "sh", "-c", "until nc -z late 80; do sleep 1; done; sleep 3600"]}]}}}}))
    newest.advance("10s")
    began = time.process_time()
    newest.advance("8760h")
    newest.ok("kubectl create configmap a")
    newest.ok("kubectl get pods")
    assert time.process_time() - began < 3  # 0.1 s where it was measured
    began = time.process_time()
    serve(newest, "another")  # each has asked for a while
    assert time.process_time() - began < 60  # 6 s where it was measured


def test_a_policy_tells_namespaces_by_their_labels(newest):
    """Who waits behind it goes on when its namespace gets the label."""
    newest.ok("kubectl create namespace shop")
    newest.ok("kubectl run web --image=nginx --labels=app=late")
    serve(newest)
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p"}, "spec": {
            "podSelector": {"matchLabels": {"app": "late"}},
            "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "x"}}}]}]}}))
    script = "until nc -w 2 late.default 80 < /dev/null; do sleep 1; done; date +%s"
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "c", "namespace": "shop"}, "spec": {
            "restartPolicy": "Never", "containers": [
                {"name": "c", "image": "busybox", "command": ["sh", "-c", script]}]}}))
    newest.advance("4h")
    assert "Running" in newest.ok("kubectl get pod c -n shop")
    newest.ok("kubectl label namespace shop team=x")
    newest.advance("10s")
    assert "Completed" in newest.ok("kubectl get pod c -n shop")


def test_the_address_that_a_name_of_pointers_stands_for():
    six = ".".join(reversed(f"{0xfd00_0010_0096_0000_0000_0000_0000_000a:032x}")) + ".ip6.arpa"
    assert service_of(six) == "fd00:10:96::a"
    assert service_of("10.0.96.10.in-addr.arpa") == "10.96.0.10"
    assert service_of("late.default.svc.cluster.local") == "default/late"
