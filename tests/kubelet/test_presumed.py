"""Containers of images of which nothing is known, as users' own are: they come up, serve, and end their steps."""

import json

import pytest


@pytest.fixture
def cluster(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    terminal.ok("kubectl sim reset --seed test")
    terminal.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")
    return terminal


def make(cluster, *containers, name="a", **spec):
    cluster.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": [{"image": "acme.example/app:1", "name": f"c{number}", **each}
                                for number, each in enumerate(containers)], **spec}}))
    cluster.ok("kubectl sim clock advance 2m")


def shown(cluster, name="a"):
    return cluster.ok(f"kubectl get pod {name} --no-headers").split()[1:4]


HTTP = {"httpGet": {"path": "/ready", "port": 8080}}


@pytest.mark.parametrize("container", [
    {"command": ["/app/server", "--port=8080"], "readinessProbe": HTTP, "livenessProbe": HTTP},
    {"args": ["serve"], "ports": [{"containerPort": 8080}], "livenessProbe": HTTP},
    {"args": ["patch", "--all"], "livenessProbe": {"tcpSocket": {"port": 9}}},
    {"command": ["java", "-jar", "app.jar"], "readinessProbe": {"grpc": {"port": 50051}}},
    {"command": ["./go"], "readinessProbe": {"httpGet": {"port": "web", "scheme": "HTTPS"}},
     "ports": [{"containerPort": 8443, "name": "web"}]},
    {"command": ["/app/server", "-u"], "securityContext": {"runAsUser": 1000}, "readinessProbe": HTTP,
     "ports": [{"containerPort": 8080}, {"containerPort": 443}]},
    {"command": ["python", "-m", "app"], "startupProbe": HTTP},
    {"command": ["gunicorn", "app:app"], "livenessProbe": HTTP},
    {"command": ["sh", "-c", "./migrate && ./check; if ./first; then ./seed; fi; exec ./server"],
     "livenessProbe": HTTP},
], ids=lambda container: " ".join(container.get("command") or container["args"]))
def test_a_program_that_nobody_knows_is_well(cluster, container):
    make(cluster, container)
    assert shown(cluster) == ["1/1", "Running", "0"]
    cluster.ok("kubectl exec a -- true")  # played on from here
    cluster.ok("kubectl sim clock advance 5m")
    assert shown(cluster) == ["1/1", "Running", "0"]


def test_it_answers_at_the_ports_that_its_container_names(cluster):
    make(cluster, {"command": ["/app/server"], "ports": [{"containerPort": 8080}]})
    make(cluster, {"image": "curlimages/curl", "command": ["sleep", "infinity"]}, name="client")
    cluster.ok("kubectl expose pod a --port=80 --target-port=8080")
    assert cluster.ok("kubectl exec client -- curl -s -w %{http_code} http://a/x") == "200"
    address = cluster.ok("kubectl get pod a -o jsonpath={.status.podIP}")
    assert cluster.ok(f"kubectl exec client -- sh -c 'curl -s http://{address}:81/ || echo $?'") == "7\n"


def test_steps_of_a_script_end_and_the_last_goes_on(cluster):
    make(cluster, {"command": ["sh", "-c", "./migrate; ./load a || exit 3; echo ready; ./server"]})
    assert cluster.ok("kubectl logs a") == "ready\n"
    assert cluster.ok("kubectl exec a -- ps").split("\n")[1].split()[-1] == "server"


def test_one_in_a_loop_goes_on(cluster):
    make(cluster, {"command": ["sh", "-c", "while true; do ./poll; echo again; done"]})
    assert shown(cluster) == ["1/1", "Running", "0"]
    assert cluster.ok("kubectl logs a") == ""


def test_what_is_copied_by_a_path_to_cp_was_there(cluster):
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/shared"}]}
    make(cluster, {"command": ["/shared/tool", "run"], **mount}, {"command": ["/shared/reload.sh"], **mount},
         volumes=[{"name": "v", "emptyDir": {}}], initContainers=[
             {"name": "i", "image": "acme.example/tools:1", **mount,
              "command": ["/bin/cp", "/usr/local/bin/tool", "/shared/tool"]},
             {"name": "j", "image": "acme.example/tools:1", **mount,
              "command": ["sh", "-c", "cp -f /reload.sh /shared/"]}])
    assert shown(cluster) == ["2/2", "Running", "0"]


def test_two_pods_that_pull_one_image_both_come_up(cluster):
    pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers,
            "initContainers": inits}} for name, inits, containers in (
        ("a", [{"name": "i", "image": "acme.example/big:2", "command": ["true"]}],
         [{"name": "c", "image": "acme.example/big:2"}]),
        ("b", [], [{"name": "c", "image": "acme.example/big:2"}, {"name": "d", "image": "acme.example/small:1"}]))]
    cluster.ok("kubectl apply -f -", json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}))
    cluster.ok("kubectl sim clock advance 1m")
    assert (shown(cluster, "a"), shown(cluster, "b")) == (["1/1", "Running", "0"], ["2/2", "Running", "0"])
    images = json.loads(cluster.ok("kubectl get nodes -o json"))["items"][0]["status"]["images"]
    assert sum("acme.example/big:2" in image["names"] for image in images) == 1


def test_programs_that_make_objects_do_so_as_their_service_account(cluster):
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "create"}, "spec": {"template": {"spec": {
        "serviceAccountName": "certs", "restartPolicy": "OnFailure", "containers": [{
            "name": "c", "image": "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.5.1",
            "args": ["create", "--host=a,b", "--secret-name=admission"]}]}}}}
    cluster.ok("kubectl create serviceaccount certs")
    cluster.ok("kubectl apply -f -", json.dumps(job))
    cluster.ok("kubectl sim clock advance 10s")
    assert cluster.ok("kubectl get secrets") == ""
    assert "cannot create Secret: 403" in cluster.ok("kubectl logs job/create")
    cluster.ok("kubectl create role certs --verb=create --resource=secrets")
    cluster.ok("kubectl create rolebinding certs --role=certs --serviceaccount=default:certs")
    cluster.ok("kubectl sim clock advance 2m")
    made = json.loads(cluster.ok("kubectl get secret admission -o json"))
    assert sorted(made["data"]) == ["ca", "cert", "key"] and all(made["data"].values())
    assert cluster.ok("kubectl get job create -o jsonpath={.status.succeeded}") == "1"


def test_the_controller_of_ingress_nginx_serves_ingresses_at_its_own_service(cluster):
    make(cluster, {"image": "registry.k8s.io/ingress-nginx/controller:v1.11.2", "ports": [{"containerPort": 80}],
                   "args": ["/nginx-ingress-controller", "--ingress-class=nginx"], "readinessProbe": {
                       "httpGet": {"path": "/healthz", "port": 10254}}}, name="controller")
    make(cluster, {"image": "httpd"}, name="web")
    cluster.ok("kubectl expose pod web --port=80")
    cluster.ok("kubectl expose pod controller --port=80 --type=NodePort")
    cluster.ok("kubectl create ingress web --class=nginx --rule=web.example/*=web:80")
    port = cluster.ok("kubectl get service controller -o jsonpath={.spec.ports[0].nodePort}")
    node = cluster.ok("kubectl get nodes -o jsonpath={.items[0].status.addresses[0].address}")
    assert shown(cluster, "controller")[0] == "1/1"
    assert "It works!" in cluster.ok(f"kubectl sim curl -s -H Host:web.example http://{node}:{port}/")
    assert "404 Not Found" in cluster.ok(f"kubectl sim curl -s http://{node}:{port}/")


@pytest.mark.parametrize(("args", "ends", "log"), [
    (["curl", "-s", "nobody"], "Error", ""), (["seq", "2"], "Completed", "1\n2\n"),
    (["nslookup", "kubernetes.default"], "Completed", "Address: 10.96.0.1\n")])
def test_arguments_that_are_a_command_line_are_one(cluster, args, ends, log):
    """As with `kubectl run --image=any -- curl ...`: most images have no entry point that would take them."""
    make(cluster, {"args": args}, restartPolicy="Never")
    assert shown(cluster) == ["0/1", ends, "0"]
    assert log in cluster.ok("kubectl logs a")
