"""--raw of the proxy subresources of services, pods and nodes, and of what the API server tells of itself."""

from __future__ import annotations

import json

import pytest

NAMESPACE = "/api/v1/namespaces/default"


@pytest.fixture
def web(newest):
    """A terminal with a Deployment and a Service `web`, whose port has a name, and a Service without endpoints."""
    newest.ok("kubectl create deployment web --image=nginx")
    newest.ok("kubectl apply -f -", """{apiVersion: v1, kind: Service, metadata: {name: web},
spec: {selector: {app: web}, ports: [{name: http, port: 8080, targetPort: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: none}, spec: {ports: [{port: 80}], selector: {no: pods}}}
""")
    newest.advance("10s")
    return newest


@pytest.mark.parametrize("name", ["services/web:8080", "services/web:http", "services/http:web:http", "pods/{pod}",
                                  "pods/{pod}:80", "pods/http:{pod}:80"])
def test_a_page_through_the_proxy(web, name):
    pod = web.ok("kubectl get pods -o jsonpath={.items[0].metadata.name}")
    path = f"{NAMESPACE}/{name.format(pod=pod)}/proxy"
    for end in ("/", "/index.html?a=b"):
        assert "<h1>Welcome to nginx!</h1>" in web.ok(f"kubectl get --raw '{path}{end}'")


@pytest.mark.parametrize(("path", "said"), [
    ("services/web:8080/proxy/nosuch", "(NotFound): the server could not find the requested resource"),
    ("services/web/proxy/", '(ServiceUnavailable): no endpoints available for service "web"'),
    ("services/web:81/proxy/", '(ServiceUnavailable): no service port 81 found for service "web"'),
    ("services/web:dns/proxy/", '(ServiceUnavailable): no endpoints available for service "web:dns"'),
    ("services/none/proxy/", '(ServiceUnavailable): no endpoints available for service "none"'),
    ("services/nosuch/proxy/", '(NotFound): endpoints "nosuch" not found'),
    ("services/nosuch:80/proxy/", '(NotFound): services "nosuch" not found'),
    ("services/https:web:8080/proxy/", "(ServiceUnavailable): error trying to reach service: http: server gave HTTP "
                                       "response to HTTPS client"),
    ("services/ftp:web:80/proxy/", '(BadRequest): invalid service request "ftp:web:80"'),
    ("services/a:b:c:d/proxy/", '(BadRequest): invalid service request "a:b:c:d"'),
    ("pods/nosuch/proxy/", '(NotFound): pods "nosuch" not found'),
    ("pods/:80/proxy/", '(BadRequest): invalid pod request ":80"'),
    ("pods/unplaced/proxy/", "(BadRequest): address not allowed")])
def test_what_a_proxy_does_not_reach(web, path, said):
    web.ok("""kubectl run unplaced --image=nginx --overrides '{"spec": {"nodeSelector": {"no": "node"}}}'""")
    refused = web(f"kubectl get --raw {NAMESPACE}/{path}")
    assert (refused.code, refused.out, refused.err) == (1, "", f"Error from server {said}\n")


def test_endpoints_that_are_no_pods_are_not_asked(newest):
    """Whatever they say; and a cluster without nodes answers as well."""
    newest.ok("kubectl sim reset --nodes 0")
    newest.ok("kubectl create service clusterip own --tcp=80")
    newest.ok("kubectl apply -f -", """
{apiVersion: v1, kind: Endpoints, metadata: {name: own}, subsets: [{ports: [{port: 80}], addresses: [
  {ip: 10.244.0.9}, {ip: 10.244.0.8, targetRef: {kind: Pod, name: none, namespace: default}}]}]}
""")
    assert newest(f"kubectl get --raw {NAMESPACE}/services/own/proxy/").err == (
        'Error from server (ServiceUnavailable): no endpoints available for service "own"\n')


def test_a_port_where_nobody_listens(web):
    name, address = web.ok("kubectl get pods -o jsonpath='{.items[0].metadata.name} {.items[0].status.podIP}'").split()
    assert web(f"kubectl get --raw {NAMESPACE}/pods/{name}:81/proxy/").err == (
        f"Error from server (ServiceUnavailable): error trying to reach service: dial tcp {address}:81: connect: "
        "connection refused\n")


def test_redirects_are_followed_and_links_lead_through_the_proxy(web):
    """As a client follows them whom the API server sends back to itself."""
    web.ok("kubectl apply -f -", """{apiVersion: v1, kind: ConfigMap, metadata: {name: site}, data: {
default.conf: "server { listen 80; absolute_redirect off; location = / { return 302 /there/; }
  location /there/ { alias /pages/; } }",
index.html: '<a href="/next">x</a> <a href="near">y</a> <img src="http://example.com/z"> href="/plain"'}}
---
{apiVersion: v1, kind: Pod, metadata: {name: site}, spec: {
  containers: [{name: c, image: nginx, volumeMounts: [
    {name: v, mountPath: /etc/nginx/conf.d}, {name: v, mountPath: /pages}]}],
  volumes: [{name: v, configMap: {name: site}}]}}
""")
    web.advance("10s")
    prefix = f"{NAMESPACE}/pods/site/proxy"
    assert web.ok(f"kubectl get --raw {prefix}") == (
        f'<a href="{prefix}/next">x</a> <a href="near">y</a> <img src="http://example.com/z"> href="/plain"')


def test_who_may_use_a_proxy(web):
    line = f"kubectl get --raw {NAMESPACE}/services/web:8080/proxy/ --as joe"
    assert web(line).err == (
        'Error from server (Forbidden): services "web:8080" is forbidden: User "joe" cannot get resource '
        '"services/proxy" in API group "" in the namespace "default"\n')
    web.ok("kubectl create role proxy --verb=get --resource=services/proxy --resource-name=web:8080")
    web.ok("kubectl create rolebinding proxy --role=proxy --user=joe")
    assert "Welcome" in web.ok(line)
    assert web(line.replace("get", "create") + " -f -", "{}").err.startswith("Error from server (Forbidden)")


@pytest.mark.parametrize("body", ["no json", "@nosuch"])
def test_a_body_is_handed_on(web, body):
    """nginx takes no POST for a file; what is sent needs not be JSON, and is no name of a file."""
    refused = web(f"kubectl create --raw {NAMESPACE}/services/web:8080/proxy/ -f -", body)
    assert refused.err == (
        "Error from server (MethodNotAllowed): the server does not allow this method on the requested resource\n")


def node(terminal, path, name="minikube"):
    return terminal.ok(f"kubectl get --raw /api/v1/nodes/{name}/proxy/{path}")


def test_what_a_kubelet_tells(web):
    assert node(web, "healthz") == node(web, "healthz/syncloop", "https:minikube:10250") == "ok"
    pods = json.loads(node(web, "pods"))
    assert pods["kind"] == "PodList" and "web" in {each["metadata"]["labels"].get("app") for each in pods["items"]}
    managers = [each["metadata"]["managedFields"][0]["manager"] for each in pods["items"] if "app" in each["metadata"][
        "labels"]]
    assert managers == ["kube-controller-manager"] and "apiVersion" not in pods["items"][0]
    assert json.loads(node(web, "configz"))["kubeletconfig"]["clusterDNS"] == ["10.96.0.10"]
    assert '<a href="/api/v1/nodes/minikube/proxy/' not in node(web, "logs/") and "containers/" in node(web, "logs/")
    web.ok("kubectl get --raw /api/v1/nodes/minikube/proxy/metrics")
    assert web("kubectl get --raw /api/v1/nodes/minikube/proxy/nosuch").err == (
        "Error from server (NotFound): the server could not find the requested resource\n")
    assert web("kubectl get --raw /api/v1/nodes/nosuch/proxy/pods").err == (
        'Error from server (NotFound): nodes "nosuch" not found\n')
    web.ok("kubectl sim node stop minikube")
    assert web("kubectl get --raw /api/v1/nodes/minikube/proxy/healthz").err == (
        "Error from server (ServiceUnavailable): error trying to reach service: dial tcp 192.168.49.2:10250: connect: "
        "no route to host\n")


def test_what_a_kubelet_measures(web):
    """The same in all of its forms; of CPU, as if it had been so since the start."""
    summary = json.loads(node(web, "stats/summary"))
    own = next(each for each in summary["pods"] if each["podRef"]["name"].startswith("web-"))
    name, used = own["podRef"]["name"], own["containers"][0]
    assert used["memory"]["workingSetBytes"] == own["memory"]["workingSetBytes"] > 0
    assert summary["node"]["memory"]["workingSetBytes"] >= own["memory"]["workingSetBytes"]
    seconds = used["cpu"]["usageCoreNanoSeconds"] / 1e9
    labels = f'{{container="nginx",namespace="default",pod="{name}"}}'
    lines = dict(line.rsplit(" ", 2)[:2] for line in node(web, "metrics/resource").splitlines() if line[0] != "#")
    assert float(lines[f"container_cpu_usage_seconds_total{labels}"]) == pytest.approx(seconds)
    assert float(lines[f"container_memory_working_set_bytes{labels}"]) == used["memory"]["workingSetBytes"]
    place = f'container_cpu_usage_seconds_total{{container="nginx",cpu="total",id="/kubepods/pod{own["podRef"]["uid"]}/'
    assert place in node(web, "metrics/cadvisor")


def test_a_stub_answers_nothing(newest):
    newest.ok("kubectl sim reset --kubelet stub")
    assert newest("kubectl get --raw /api/v1/nodes/minikube/proxy/healthz").err == (
        "Error from server (ServiceUnavailable): error trying to reach service: dial tcp 192.168.49.2:10250: connect: "
        "connection refused\n")


def test_what_the_api_server_tells_of_itself(web):
    lines = web.ok("kubectl get --raw /metrics").splitlines()
    assert 'apiserver_storage_objects{resource="deployments.apps"} 2' in lines  # and coredns
    assert 'apiserver_resource_objects{group="apps",resource="deployments"} 2' in lines
    assert any(line.startswith("kubernetes_build_info{") and 'git_version="v1.36.' in line for line in lines)
    assert 'kubernetes_healthcheck{name="etcd",type="readyz"} 1\n' in web.ok("kubectl get --raw /metrics/slis")
    assert web("kubectl get --raw /metrics --as joe").code == 1
    found = json.loads(web.ok("kubectl get --raw /.well-known/openid-configuration"))
    assert found["issuer"] == "https://kubernetes.default.svc.cluster.local"
    assert found["jwks_uri"] == "https://192.168.49.2:8443/openid/v1/jwks"


KUBELET = "/api/v1/nodes/minikube/proxy"


@pytest.fixture
def said(newest):
    """A terminal with a pod that has said two lines."""
    newest.ok("kubectl run b --image=busybox -- sh -c 'echo hi; sleep 2; echo there; sleep 1000'")
    newest.advance("10s")
    return newest


@pytest.mark.parametrize(("query", "found"), [
    ("", "hi\nthere\n"), ("?tailLines=1", "there\n"), ("?limitBytes=4", "hi\nt"), ("?sinceSeconds=1", "")])
def test_a_containers_log_by_its_kubelet(said, query, found):
    assert said.ok(f"kubectl get --raw '{KUBELET}/containerLogs/default/b/b{query}'") == found
    stamped = said.ok(f"kubectl get --raw '{KUBELET}/containerLogs/default/b/b?timestamps=true'").splitlines()
    assert [line.partition("Z ")[2] for line in stamped] == ["hi", "there"]


@pytest.mark.parametrize(("path", "reason"), [
    ("containerLogs/default/b/x", "NotFound"), ("containerLogs/default/x/x", "NotFound"),
    ("containerLogs/default/b/b?tailLines=many", "BadRequest"),
    *((f"containerLogs/default/b/b?{what}={value}", "BadRequest") for what in ("tailLines", "sinceSeconds")
      for value in ("9" * 400, str(1 << 63), "1_0", "%205")),
    ("containerLogs/default/b/b?tailLines=-1", "The request is invalid"),
    ("containerLogs/default/b/b?previous=true", "BadRequest"),
    ("containerLogs/default/b", "NotFound"), ("run/default/b/b?cmd=ls", "MethodNotAllowed")])
def test_what_a_kubelet_refuses(said, path, reason):
    refused = said(f"kubectl get --raw '{KUBELET}/{path}'")
    assert refused.code == 1 and reason in refused.err


def test_a_program_run_by_the_kubelet(said):
    def run(command):
        return said(f"kubectl create --raw '{KUBELET}/run/default/b/b?cmd={command}' -f -", "")

    assert run("echo a  b").out == "a  b\n"
    assert "command 'ls /nosuch' exited with 1: ls: /nosuch: No such file or directory" in run("ls /nosuch").err
    assert 'exec: \\"nosuch\\": executable file not found in $PATH' in run("nosuch").err


def test_the_pods_that_run_by_their_kubelet(said):
    said.ok("kubectl run later --image=nosuch")
    found = json.loads(said.ok(f"kubectl get --raw {KUBELET}/runningpods/"))["items"]
    assert {"metadata": {"name": "b", "namespace": "default", "uid": found[0]["metadata"]["uid"],
                         "creationTimestamp": None}, "status": {}, "spec": {
        "containers": [{"name": "b", "image": "busybox", "resources": {}}]}} == found[0]
    assert "later" not in {pod["metadata"]["name"] for pod in found}


def test_names_in_paths_may_be_escaped(web):
    pod = web.ok("kubectl get pods -o jsonpath={.items[0].metadata.name}")
    assert "Welcome" in web.ok(f"kubectl get --raw {NAMESPACE}/services/web%3A8080/proxy/")
    assert "Welcome" in web.ok(f"kubectl get --raw {NAMESPACE}/pods/http%3A{pod}%3A80/proxy/index%2Ehtml")
    assert json.loads(web.ok(f"kubectl get --raw {NAMESPACE}/services/w%65b"))["metadata"]["name"] == "web"
    assert "could not find" in web(f"kubectl get --raw {NAMESPACE}/services/web%3A8080/proxy/a%20b").err
    assert web("kubectl get --raw /api/v1/pods%zz").err == (
        'error: --raw must be a valid URL path: parse "/api/v1/pods%zz": invalid URL escape "%zz"\n')
