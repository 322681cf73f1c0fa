"""kubectl in containers: who it is there, what it writes and when, what it waits for, and that it sees no host."""

import builtins
import calendar
import json
import os
import time

import pytest

from kubesim_cli.kubectl.guest.run import GuestContext

OPS = "bitnami/kubectl:1.31"


@pytest.fixture
def cluster(terminal):
    terminal.ok("kubectl create serviceaccount ops")
    terminal.ok("kubectl create clusterrolebinding ops --clusterrole=cluster-admin --serviceaccount=default:ops")
    return terminal


def pod(terminal, script, name="a", seconds="5s", namespace="default", mounts=(), image=OPS, env=(), **spec):
    """Make a pod that runs a script, or an image's own program with a list of arguments; return what it says.

    `mounts`: {path: {file: text}} of ConfigMaps.
    """
    given = {"args": script} if isinstance(script, list) else {"command": ["sh", "-c", script]}
    volumes = []
    for number, (path, files) in enumerate(dict(mounts).items()):
        terminal.ok("kubectl apply -f -", json.dumps({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{name}-{number}", "namespace": namespace},
            "data": files}))
        volumes.append(({"name": f"v{number}", "mountPath": path},
                        {"name": f"v{number}", "configMap": {"name": f"{name}-{number}"}}))
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace}, "spec": {
            "serviceAccountName": "ops", "restartPolicy": "Never", "volumes": [each for _, each in volumes],
            "containers": [{"name": "c", "image": image, **given, "volumeMounts": [each for each, _ in volumes],
                            "env": [{"name": key, "value": value} for key, value in dict(env).items()]}], **spec}}))
    terminal.advance(seconds)
    return terminal.ok(f"kubectl logs {name} -n {namespace}")


def code(terminal, name="a"):
    return terminal.ok(f"kubectl get pod {name} "
                       "-o jsonpath={.status.containerStatuses[0].state.terminated.exitCode}")


def test_it_is_the_service_account(cluster):
    said = pod(cluster, ["get", "pods"], serviceAccountName="default")
    assert said == ('Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:default:default" '
                    'cannot list resource "pods" in API group "" in the namespace "default"\n')
    assert code(cluster) == "1"
    assert pod(cluster, ["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"], "b") == (
        "system:serviceaccount:default:ops")
    assert code(cluster, "b") == "0"


def test_its_namespace_is_the_pods(cluster):
    cluster.ok("kubectl create namespace shop")
    cluster.ok("kubectl create serviceaccount ops -n shop")
    cluster.ok("kubectl create rolebinding ops -n shop --clusterrole=edit --serviceaccount=shop:ops")
    script = "kubectl create configmap made && kubectl get cm -n default"
    assert pod(cluster, script, namespace="shop") == (
        "configmap/made created\n"
        'Error from server (Forbidden): configmaps is forbidden: User "system:serviceaccount:shop:ops" cannot list '
        'resource "configmaps" in API group "" in the namespace "default"\n')
    assert cluster.ok("kubectl get cm made -n shop -o name") == "configmap/made\n"


@pytest.mark.parametrize("image", ["rancher/kubectl:v1.30.1", "registry.k8s.io/kubectl:v1.31.0", "alpine/kubectl:1.31"])
def test_without_a_token_there_is_no_server(cluster, image):
    assert pod(cluster, ["get", "pods"], automountServiceAccountToken=False, image=image) == (
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n")
    assert code(cluster) == "1"


def test_a_cronjob_writes_once_each_time(cluster):
    cluster.ok("kubectl create deployment web --image=nginx")
    cluster.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "restart"}, "spec": {
            "schedule": "*/10 * * * *", "jobTemplate": {"spec": {"template": {"spec": {
                "serviceAccountName": "ops", "restartPolicy": "Never", "containers": [
                    {"name": "c", "image": OPS, "command": ["kubectl", "rollout", "restart", "deploy/web"]}]}}}}}}))
    cluster.advance("35m")
    for _ in range(2):
        assert cluster.ok("kubectl logs -l job-name") == "deployment.apps/web restarted\n" * 3
    generation = "kubectl get deploy web -o jsonpath={.metadata.generation}"
    assert cluster.ok(generation) == "4"
    times = cluster.ok("kubectl get rs -o jsonpath={.items[*].spec.template.metadata.annotations}")
    assert [times.count(f"2024-01-01T00:{minute}:0") for minute in (10, 20, 30)] == [1, 1, 1]
    assert cluster.ok("kubectl get pods -l app=web -o jsonpath={.items[*].status.phase}") == "Running"


def test_an_init_container_waits(cluster):
    cluster.ok("kubectl create deployment web --image=doesnotexist")
    waits = {"name": "w", "image": OPS, "args": ["wait", "--for=condition=Available", "deploy/web", "--timeout=90m"]}
    cluster.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
            "serviceAccountName": "ops", "initContainers": [waits],
            "containers": [{"name": "c", "image": "nginx"}]}}))
    cluster.advance("65m")
    assert "Init:0/1   0 " in cluster.ok("kubectl get pod a")
    cluster.ok("kubectl set image deploy/web doesnotexist=nginx")
    cluster.advance("5m")
    assert cluster.ok("kubectl logs a -c w") == "deployment.apps/web condition met\n"
    assert "Running" in cluster.ok("kubectl get pod a")


def test_a_wait_ends_with_its_timeout(cluster):
    cluster.ok("kubectl create deployment web --image=doesnotexist")
    said = pod(cluster, "s=$(date +%s); kubectl wait --for=condition=Available deploy/web --timeout=40s; echo $?; "
               "echo $(($(date +%s) - s))", seconds="2m")
    assert said == "error: timed out waiting for the condition on deployments/web\n1\n40\n"


def test_what_is_followed_is_told_once(cluster):
    cluster.ok("kubectl create deployment web --image=nginx --replicas=2")
    cluster.advance("10s")
    said = pod(cluster, "kubectl rollout restart deploy/web; kubectl rollout status deploy/web; echo $?", seconds="2m")
    first, *waiting, last, status = said.splitlines()
    assert (first, last, status) == ("deployment.apps/web restarted", 'deployment "web" successfully rolled out', "0")
    assert len(waiting) > 1
    assert said.count("successfully") == 1
    assert all(line.startswith("Waiting for deployment ") for line in waiting)


def test_a_watch_says_what_is_new(cluster):
    pod(cluster, ["get", "configmaps", "-w", "-o", "name"], "a", "1m")
    cluster.ok("kubectl create configmap x")
    cluster.advance("1m")
    cluster.ok("kubectl create configmap y")
    cluster.advance("1h")
    assert cluster.ok("kubectl logs a") == "configmap/kube-root-ca.crt\nconfigmap/x\nconfigmap/y\n"


@pytest.mark.parametrize("words", [
    ["get", "configmaps", "-w"], ["get", "configmaps", "-w", "--output-watch-events", "-o", "yaml"],
    ["get", "configmaps", "--watch-only", "-o", "custom-columns=N:.metadata.name"],
    ["events", "-w"], ["events", "-w", "-o", "yaml"]])
def test_what_a_watch_has_said_is_not_worked_out_again(cluster, words, monkeypatch):
    """It goes on as one that was never ended, with its head, its columns' widths and its separators."""
    made = []
    out = GuestContext.out
    monkeypatch.setattr(GuestContext, "out", lambda self, text: (made.append(text), out(self, text)))
    pod(cluster, words, "a", "1m")
    names = ["a-long-name-that-widens-its-column", *(f"n{number}" for number in range(30))]
    for name in names:
        cluster.ok(f"kubectl create configmap {name}")
        if words[0] == "events":
            cluster.ok("kubectl create -f -", json.dumps({
                "apiVersion": "v1", "kind": "Event", "metadata": {"name": name}, "involvedObject": {
                    "kind": "ConfigMap", "namespace": "default", "name": name}, "reason": "Made", "type": "Normal"}))
        cluster.advance("3s")
    said = cluster.ok("kubectl logs a")
    assert len(made) < (30 if words[0] == "get" and "yaml" in words else 5) * len(names)
    if "yaml" in words:
        assert said.count("\n---\n") == said.count("\nkind: " if words[0] == "events" else "type: ADDED\n") - 1
        return
    lines = said.splitlines()
    assert [line for line in lines if line.startswith(("N", "LAST SEEN"))] == lines[:1]
    assert [next(name for name in names if {name, f"ConfigMap/{name}"}.intersection(line.split()))
            for line in lines[-len(names):]] == names
    if words[-1] == "-w":
        widened = lines[-len(names):]
        at = widened[0].index(" Made " if words[0] == "events" else "  0 ")
        assert {line[at - 1:at + 3] for line in widened} == {widened[0][at - 1:at + 3]}


def test_a_deletion_waits_and_is_made_once(cluster):
    pod(cluster, "trap '' TERM; while :; do sleep 1; done", "slow", terminationGracePeriodSeconds=20)
    said = pod(cluster, "s=$(date +%s); kubectl delete pod slow; echo $? $(($(date +%s) - s)); kubectl delete pod slow",
               seconds="1m")
    out = said.splitlines()
    assert out[0] == 'pod "slow" deleted'
    assert out[1].startswith("0 2")
    assert out[2:] == ['Error from server (NotFound): pods "slow" not found']


def test_in_exec(cluster):
    pod(cluster, "sleep infinity", image="alpine/k8s:1.31.3")
    manifest = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}'
    assert cluster.ok("kubectl exec -i a -- kubectl apply -f -", manifest) == "configmap/x created\n"
    done = cluster("kubectl exec a -- kubectl get cm x y -o name")
    assert (done.code, done.out, done.err) == (
        1, "configmap/x\n", 'Error from server (NotFound): configmaps "y" not found\ncommand terminated with exit code '
        "1\n")
    assert cluster.ok("kubectl get cm x -o name") == "configmap/x\n"


def test_its_files_are_the_containers(cluster):
    with open("host.yaml", "w", encoding="utf-8") as file:
        file.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: host}\n")
    path = os.path.abspath("host.yaml")
    files = {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made}\n", "patch": "data: {a: b}",
             "env": "k=v"}
    said = pod(cluster, f"""
        cd /m
        kubectl apply -f . ; kubectl apply -f a.yaml ; kubectl apply -f 'a.*'
        kubectl patch cm made --patch-file patch
        kubectl create configmap files --from-file=x=env --from-file=/etc/hostname
        kubectl get cm files -o jsonpath='{{.data}}'
        kubectl create configmap env --from-env-file=env
        kubectl apply -f {path} ; kubectl create configmap host --from-file={path} ; kubectl apply -f /nothing.yaml
        kubectl apply -f /etc/hostname/x.yaml ; kubectl apply -f https://example.com/x.yaml
        """, mounts={"/m": files}).splitlines()
    assert said == [
        "configmap/made created", "configmap/made unchanged", "configmap/made unchanged", "configmap/made patched",
        "configmap/files created", '{"hostname":"a\\n","x":"k=v"}configmap/env created',
        f'error: the path "{path}" does not exist', f"error: error reading {path}: no such file or directory",
        'error: the path "/nothing.yaml" does not exist',
        'error: the path "/etc/hostname/x.yaml" cannot be accessed: stat /etc/hostname/x.yaml: not a directory',
        'error: unable to read URL "https://example.com/x.yaml": dial tcp: lookup example.com: no such host']


def test_nothing_of_the_host_is_reached(cluster, tmp_path, monkeypatch):
    """Neither by kubesim's own settings, nor by plugins, kubeconfigs and preferences that a container's words name."""
    (tmp_path / "kubectl-run-me").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (tmp_path / "kubectl-run-me").chmod(0o755)
    for name in ("config", "kuberc"):
        (cluster.home / ".kube").mkdir(exist_ok=True)
        (cluster.home / ".kube" / name).write_text("host", encoding="utf-8")
    environ = {"KUBESIM_LOG": f"{tmp_path}/log", "KUBESIM_HOME": f"{tmp_path}/other",
               "PATH": f"{tmp_path}:/usr/bin:/bin",
               "HOME": str(cluster.home), "KUBECTL_KUBERC": "true", "KUBERC": str(cluster.home / ".kube" / "kuberc"),
               "KUBE_EDITOR": "touch"}
    (tmp_path / "kustomization.yaml").write_text("resources: [x.yaml]\n")
    known = {str(path) for path in tmp_path.rglob("*")}
    opened, real = [], builtins.open

    def watched(file, *rest, **more):
        own = str(file) == str(cluster.home / "config") or "clusters" in str(file)  # those of the tests' own commands
        if str(file).startswith(str(tmp_path)) and not own:
            opened.append(file)
        return real(file, *rest, **more)

    monkeypatch.setattr(builtins, "open", watched)
    said = pod(cluster, f"""
        kubectl get cm -o name; kubectl run-me; kubectl edit cm kube-root-ca.crt; kubectl kustomize {tmp_path}
        kubectl cp a:/x /y; kubectl config current-context; kubectl get cm -o go-template-file={tmp_path}/kubectl-run-me
        kubectl plugin list; kubectl proxy
        kubectl get crd x; kubectl get nosuch
        """, env=environ)
    assert said.splitlines() == [
        "configmap/kube-root-ca.crt", 'error: unknown command "run-me" for "kubectl"',
        "Edit cancelled, no changes made.",
        f"error: must build at directory: not a valid directory: evalsymlink failure on '{tmp_path}' : lstat "
        f"{tmp_path}: no such file or directory",
        "error: kubesim does not play kubectl cp in containers", "error: current-context is not set",
        f"error: error reading --template {tmp_path}/kubectl-run-me, open {tmp_path}/kubectl-run-me: no such file or "
        "directory",
        *(f"error: kubesim does not play kubectl {each} in containers" for each in (
            "plugin list", "proxy")),
        'Error from server (NotFound): customresourcedefinitions.apiextensions.k8s.io "x" not found',
        'error: the server doesn\'t have a resource type "nosuch"']
    assert opened == []
    grown = {str(path) for path in tmp_path.rglob("*")} - known
    assert all("clusters" in path for path in grown)


def test_who_is_somebody_else_has_to_be_allowed(cluster):
    said = pod(cluster, "kubectl get cm --as=admin --as-group=system:masters", serviceAccountName="default")
    assert said == ('Error from server (Forbidden): users "admin" is forbidden: User '
                    '"system:serviceaccount:default:default" cannot impersonate resource "users" in API group "" at '
                    "the cluster scope\n")
    assert pod(cluster, "kubectl get cm -o name --as=admin --as-group=system:masters", "b") == (
        "configmap/kube-root-ca.crt\n")


CONFIG = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "%s"}}]
users: [{name: u, user: {%s}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
"""
_TOKEN = "tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token"


@pytest.mark.parametrize(("server", "user", "says"), [
    ("https://kubernetes.default", _TOKEN, "configmap/kube-root-ca.crt\n"),
    ("https://kubernetes.default", "", 'Error from server (Forbidden): configmaps is forbidden: User '
     '"system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"\n'),
    ("https://kubernetes.default", "token: nope", "error: You must be logged in to the server (Unauthorized)\n"),
    ("https://nowhere.example", _TOKEN, "Unable to connect to the server: dial tcp: lookup nowhere.example: no such "
     "host\n"),
    ("https://10.96.77.77", _TOKEN, "Unable to connect to the server: dial tcp 10.96.77.77:443: i/o timeout\n"),
    ("https://127.0.0.1:6443", _TOKEN, "The connection to the server 127.0.0.1:6443 was refused - did you specify the "
     "right host or port?\n")])
def test_a_kubeconfig_in_the_container(cluster, server, user, says):
    said = pod(cluster, "kubectl get cm -o name --field-selector metadata.name=kube-root-ca.crt", seconds="1m",
               mounts={"/m": {"config": CONFIG % (server, user)}}, env={"KUBECONFIG": "/m/config"})
    assert said == says


@pytest.mark.parametrize(("user", "says"), [
    ("tokenFile: %s", "error: open %s: no such file or directory\n"),
    ("client-certificate: %s, client-key: /m/config", "error: unable to read client-cert %s for u due to open %s: no "
     "such file or directory\n"),
    ("client-certificate: config, client-key: config", "error: kubesim does not play client certificates in "
     "containers\n"),
    ("client-certificate-data: YQ==, client-key-data: YQ==", "error: kubesim does not play client certificates in "
     "containers\n"),
    ("exec: {command: touch, args: [%s.ran], apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}",
     "error: kubesim does not play credential plugins in containers\n"),
    ("auth-provider: {name: gcp}", "error: kubesim does not play credential plugins in containers\n"),
    ("username: admin", "error: You must be logged in to the server (Unauthorized)\n"),
    ("tokenFile: token", "configmap/kube-root-ca.crt\n")])
def test_nobody_is_more_than_their_token_says(cluster, tmp_path, user, says):
    """Files that a kubeconfig names are the container's, and relative to its folder."""
    there = tmp_path / "there"
    there.write_text("host", encoding="utf-8")
    ca = "certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
    config = CONFIG.replace('"%s"', f'"https://kubernetes.default", {ca}') % user.replace("%s", str(there))
    token = cluster.ok("kubectl create token ops")
    said = pod(cluster, "kubectl get cm -o name --field-selector metadata.name=kube-root-ca.crt",
               mounts={"/m": {"config": config, "token": token}}, env={"KUBECONFIG": "/m/config"})
    assert said == says.replace("%s", str(there))


def test_who_may_be_a_user_may_not_be_of_any_group(cluster):
    """Groups of a kubeconfig, an UID and what else is told of a user are asked for, too."""
    cluster.ok("kubectl create clusterrole act --verb=impersonate --resource=users")
    cluster.ok("kubectl create clusterrolebinding act --clusterrole=act --serviceaccount=default:default")
    config = CONFIG % ("https://kubernetes.default", f"{_TOKEN}, as: admin, as-groups: ['system:masters']")
    denied = ('Error from server (Forbidden): {} is forbidden: User "system:serviceaccount:default:default" cannot '
              'impersonate resource "{}" in API group "{}" at the cluster scope\n')
    assert pod(cluster, """
        kubectl get cm --kubeconfig /m/config
        kubectl get cm --as=admin --as-uid=7 --token=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
        kubectl get cm --as=admin --as-user-extra=scopes=all
        """, mounts={"/m": {"config": config}}, image="alpine/k8s:1.35.0", serviceAccountName="default") == (
            denied.format('groups "system:masters"', "groups", "")
            + denied.format('uids.authentication.k8s.io "7"', "uids", "authentication.k8s.io")
            + denied.format('userextras.authentication.k8s.io "all"', "userextras/scopes", "authentication.k8s.io"))


def test_raw_requests(cluster):
    assert pod(cluster, """
        kubectl get --raw /healthz; echo
        kubectl get --raw /api/v1/nodes/minikube/proxy/healthz
        echo '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}' > /tmp/x
        kubectl create --raw /api/v1/namespaces/default/configmaps -f /tmp/x | grep -c uid
        kubectl get --raw '/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=3' | grep -c ADDED
        """, seconds="1m").splitlines() == [
            "ok", "error: kubesim does not play --raw with a proxy's path in containers", "1", "2"]
    assert cluster.ok("kubectl get cm x -o name") == "configmap/x\n"


def test_it_reads_an_answer(cluster):
    assert pod(cluster, "kubectl create cm x; echo y | kubectl delete cm x -i; kubectl get cm x").splitlines()[-2:] == [
        'Do you want to continue? (y/n): configmap "x" deleted',
        'Error from server (NotFound): configmaps "x" not found']


@pytest.mark.parametrize(("server", "says"), [
    ("127.0.0.1:99999", "Unable to connect to the server: dial tcp: address 99999: invalid port"),
    ("https://[::1", """error: parse "https://[::1": missing ']' in host"""),
    ("https://a:b", 'error: parse "https://a:b": invalid port ":b" after host'),
    ("http://localhost:1", "The connection to the server localhost:1 was refused - did you specify the right host or "
     "port?")])
def test_a_server_that_is_no_url(cluster, server, says):
    assert pod(cluster, f"kubectl get po -s '{server}'; echo $?") == f"{says}\n1\n"


def test_a_file_at_an_address_that_is_no_url(cluster):
    assert pod(cluster, "kubectl apply -f 'https://[x'").startswith("error: the URL passed to filename")


@pytest.mark.parametrize("words", ["-f -", "-Rf-", "--filename=-", "-f /dev/stdin"])
def test_it_waits_for_its_input(cluster, words):
    manifest = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}'
    assert pod(cluster, f"(sleep 3; echo '{manifest}') | kubectl apply {words}", seconds="10s") == (
        "configmap/x created\n")


def test_the_release_is_that_of_the_tag(cluster):
    assert pod(cluster, ["version", "--client"], image="bitnami/kubectl:1.32").startswith("Client Version: v1.32.")
    assert pod(cluster, ["version", "--client"], "b", image="bitnami/kubectl").startswith("Client Version: v1.28.")


def test_it_reads_logs_and_ends_when_it_is_told(cluster):
    pod(cluster, "for i in 1 2 3; do echo line $i; sleep 20; done", "talker")
    pod(cluster, ["logs", "-f", "talker"], "b", "2m")
    assert cluster.ok("kubectl logs b") == "line 1\nline 2\nline 3\n"
    pod(cluster, ["get", "cm", "-w"], "watcher")
    cluster.ok("kubectl delete pod watcher --wait=false")
    cluster.advance("5s")
    assert cluster("kubectl get pod watcher").code == 1


def two(terminal):
    """Make a pod of two containers, called `two`."""
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "two"}, "spec": {"containers": [
            {"name": name, "image": "busybox", "command": ["sleep", "infinity"]} for name in "ab"]}}))
    terminal.advance("5s")


def test_a_fault_of_one_command_line_is_its_own(cluster, monkeypatch):
    def fail(ctx):
        ctx.out("begun\n")
        raise KeyError("no such thing")

    monkeypatch.setattr("kubesim_cli.kubectl.apiresources.run", fail)
    said = pod(cluster, "kubectl api-resources; echo $?; sleep 5; kubectl get ns default -o name; sleep infinity")
    cluster.advance("10s")
    assert said == "begun\nkubesim failed: KeyError: 'no such thing'\n1\n"
    assert cluster.ok("kubectl logs a") == f"{said}namespace/default\n"
    assert "kubectl: KeyError: 'no such thing'" in cluster.ok("kubectl sim doctor")


def test_it_runs_programs_in_other_containers(cluster):
    """With its own streams, once, in order; as in jobs that make backups."""
    cluster.ok("kubectl run other --image=busybox -- sh -c 'while :; do sleep 1; done'")
    cluster.advance("5s")
    said = pod(cluster, """
        kubectl exec other -- hostname
        echo typed | kubectl exec -i other -- tr a-z A-Z | sed s/T/t/
        kubectl exec other -- sh -c 'echo out; echo err >&2; date +%s > /at; sleep 5; echo x >> /n; exit 4'; echo $?
        kubectl exec other -- nosuch; kubectl exec other -c nope -- x; kubectl exec nope -- x
        kubectl exec other -- sh -c 'echo $(($(date +%s) - $(cat /at))); cat /n'
        """, seconds="1m").splitlines()
    took = said[-2]
    assert said == [
        "other", "tYPED", "out", "err", "command terminated with exit code 4", "4",
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not '
        "found in $PATH: unknown", "command terminated with exit code 127",
        "Error from server (BadRequest): container nope is not valid for pod other",
        'Error from server (NotFound): pods "nope" not found', took, "x"]
    assert 5 <= int(took) <= 6
    cluster.ok("kubectl run late --image=doesnotexist")
    cluster.advance("10s")
    assert pod(cluster, "kubectl exec late -- true; echo $?", "d") == (
        'error: Internal error occurred: unable to upgrade connection: container not found ("late")\n1\n')
    two(cluster)
    assert pod(cluster, "kubectl exec two -- echo out", "c").splitlines() == [
        "Defaulted container \"a\" out of: a, b", "out"]
    said = pod(cluster, "kubectl exec other -- date", "b", serviceAccountName="default")
    assert said.startswith('Error from server (Forbidden): pods "other" is forbidden: User "system:serviceaccount:')


@pytest.mark.parametrize(("loop", "most"), [
    ("while true; do", 1), ("for i in $(seq 50); do", 1), ("while kubectl get ns -o name >/dev/null; do", 30)])
@pytest.mark.parametrize("steps", [["5h"], ["10m", "290m"]])
def test_what_a_loop_writes_is_there_at_once(cluster, loop, most, steps):
    pod(cluster, f"{loop} kubectl create cm at-$(date +%s); sleep 601; done", seconds="10s")
    for step in steps:
        cluster.advance(step)
    made = json.loads(cluster.ok("kubectl get cm -o json"))["items"]
    late = [calendar.timegm(time.strptime(each["metadata"]["creationTimestamp"], "%Y-%m-%dT%H:%M:%SZ"))
            - int(each["metadata"]["name"].removeprefix("at-"))
            for each in made if each["metadata"]["name"] != "kube-root-ca.crt"]
    assert len(late) == 30
    assert min(late) >= 0
    assert max(late) <= most  # seconds


def test_a_loop_of_nothing_else_sees_time_go_by(cluster):
    pod(cluster, "while true; do kubectl get cm -o name; done", seconds="20s")
    lines = cluster.ok("kubectl logs a").count("kube-root-ca.crt")
    assert 100 < lines < 250
