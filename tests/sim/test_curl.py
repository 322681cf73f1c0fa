"""kubesim sim curl: what is reached from outside of the cluster."""

from __future__ import annotations

import json

import pytest

SERVED = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: main, image: "nginx:1.27", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{host: hello.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web,
       port: {number: 80}}}}]}}]}
"""


@pytest.fixture
def web(terminal):
    terminal.ok("kubectl apply -f -", SERVED)
    terminal.advance("20s")
    return terminal


def test_node_ports_pods_and_ingresses_answer(web):
    node = json.loads(web.ok("kubectl get node minikube -o json"))["status"]["addresses"][0]["address"]
    pod = json.loads(web.ok("kubectl get pod web -o json"))["status"]["podIP"]
    service = json.loads(web.ok("kubectl get service web -o json"))["spec"]["clusterIP"]
    for place in (f"{node}:30080", pod, service):
        assert "Welcome to nginx!" in web.ok(f"kubectl sim curl -s http://{place}/")
    assert "Welcome" in web.ok(f"kubectl sim curl -s --resolve hello.example:80:{node} http://hello.example/")
    assert web.ok(f"kubectl sim curl -s -o /dev/null -w %{{http_code}} http://{node}/") == "404"
    assert f'{node} - - ' in web.ok("kubectl logs web") or '"GET / HTTP/1.1" 200' in web.ok("kubectl logs web")


def test_what_is_not_there(web):
    refused = web("kubectl sim curl -s -S http://192.168.49.2:31000/")
    assert refused.code == 7 and refused.out == "" and refused.err.startswith("curl: (7) Failed to connect to ")
    assert web("kubectl sim curl -s http://nowhere.example/").code == 6
    assert web("kubectl sim curl").code == 2
    assert "Run curl on the machine" in web.ok("kubectl sim curl --help")


def test_files_of_this_machine_are_not_seen(web, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("never")
    assert "never" not in str(web(f"kubectl sim curl -s file://{secret}"))
    web(f"kubectl sim curl -s -o {tmp_path}/written http://192.168.49.2:30080/")
    assert not (tmp_path / "written").exists()


def test_the_api_server_is_where_the_kubeconfig_has_it(terminal):
    server = terminal.ok("kubectl config view -o jsonpath={.clusters[0].cluster.server}")
    token = terminal.ok("kubectl create token default").strip()
    found = terminal(f"kubectl sim curl -sk {server}/api -H 'Authorization: Bearer {token}'")
    assert found.code == 0
    assert '"kind": "APIVersions"' in found.out
    assert terminal(f"kubectl sim curl -sk {server[:-1]}9/api").code == 7


def test_each_call_is_a_connection_of_its_own(terminal):
    """So that all pods behind a Service answer in turn, though the clock stands still; a client's address is one."""
    terminal.ok("kubectl create deployment web --image=registry.k8s.io/serve_hostname --replicas=3")
    terminal.advance("20s")
    terminal.ok("kubectl expose deployment web --port=80 --target-port=9376")
    address = terminal.ok("kubectl get service web -o jsonpath={.spec.clusterIP}")
    assert len({terminal.ok(f"kubectl sim curl -s {address}") for _ in range(12)}) == 3
    terminal.ok("""kubectl patch service web -p '{"spec":{"sessionAffinity":"ClientIP"}}'""")
    assert len({terminal.ok(f"kubectl sim curl -s {address}") for _ in range(6)}) == 1
