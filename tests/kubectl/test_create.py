"""kubectl create: from files, and each `create KIND`."""

import json

import pytest

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


def made(terminal, line: str) -> dict:
    """Return the object that a client-side dry run prints, and check that the server would take it."""
    obj = json.loads(terminal.ok(f"kubectl create {line} --dry-run=client -o json"))
    assert terminal(f"kubectl create {line} --dry-run=server").code == 0
    return obj


@pytest.mark.parametrize(("line", "path", "value"), [
    ("deployment web --image=nginx --port=80", "spec.template.spec.containers.0.ports.0.containerPort", 80),
    ("deployment web --image=a/b:1 --image=c@sha256:x", "spec.template.spec.containers.1.name", "c"),
    ("job j --image=i", "spec.template.spec.restartPolicy", "Never"),
    ("cronjob c --image=i --schedule='* * * * *'", "spec.jobTemplate.spec.template.spec.restartPolicy", "OnFailure"),
    ("service clusterip s --tcp=80:http", "spec.ports.0.targetPort", "http"),
    ("service nodeport s --tcp=80 --node-port=30100", "spec.ports.0.nodePort", 30100),
    ("service externalname s --external-name=a.example", "spec.externalName", "a.example"),
    ("ingress i --rule=h/a*=s:80,tls=t --rule=h/b=s:http", "spec.rules.0.http.paths.0.pathType", "Prefix"),
    ("ingress i --rule=h/a*=s:80,tls=t --rule=g/b=s:http,tls=t", "spec.tls.0.hosts", ["h", "g"]),
    ("quota q --hard=cpu=1000m,pods=2", "spec.hard", {"cpu": "1", "pods": "2"}),
    ("pdb p --selector=app=a,tier!=x --min-available=1", None, None),
    ("pdb p --selector='app in (a,b)' --max-unavailable=50%", "spec.selector.matchExpressions.0.values", ["a", "b"]),
    ("priorityclass p --value=5", "preemptionPolicy", "PreemptLowerPriority"),
    ("role r --verb=get --verb=list --resource=pods,deploy/scale", "rules.1.resources", ["deployments/scale"]),
    ("clusterrole r --verb=get --non-resource-url=/x/*", "rules.0.nonResourceURLs", ["/x/*"]),
    ("rolebinding b --role=r --user=u --serviceaccount=n:s", "subjects.1",
     {"kind": "ServiceAccount", "name": "s", "namespace": "n"}),
    ("clusterrolebinding b --clusterrole=r --group=g", "roleRef.kind", "ClusterRole"),
    ("secret generic s --from-literal=a=b", "data.a", "Yg=="),
    ("secret docker-registry s --docker-username=u --docker-password=p", "type", "kubernetes.io/dockerconfigjson"),
    ("configmap c --from-literal=a=b=c", "data.a", "b=c"),
    ("serviceaccount s", "kind", "ServiceAccount"),
    ("namespace n", "kind", "Namespace"),
])
def test_kinds(terminal, line, path, value):
    if path is None:
        assert terminal(f"kubectl create {line}").err == 'error: "!=" is not a valid label selector operator\n'
        return
    obj = made(terminal, line)
    for step in path.split("."):
        obj = obj[int(step)] if step.isdecimal() and isinstance(obj, list) else obj[step]
    assert obj == value


@pytest.mark.parametrize(("line", "error"), [
    ("cm", "error: exactly one NAME is required, got 0\nSee 'kubectl create configmap -h' for help and examples\n"),
    ("deployment web --image=a --image=b -- sh", "error: cannot specify multiple --image options and command\n"),
    ("job j", "error: either --image or --from must be specified\n"),
    ("service clusterip s", "error: at least one tcp port specifier must be provided\n"),
    ("service clusterip s --tcp=80:70000", "error: must be between 1 and 65535, inclusive\n"),
    ("service clusterip s --tcp=x", 'error: strconv.ParseUint: parsing "x": invalid syntax\n'),
    ("ingress i --rule=x",
     "error: rule x is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]\n"),
    ("pdb p --selector=a=b", "error: one of min-available or max-unavailable must be specified\n"),
    ("pdb p --selector=a=b --min-available=x", "error: invalid format specified for min-available\n"),
    ("quota q --hard=cpu", "error: Invalid argument syntax cpu, expected <resource>=<value>\n"),
    ("role r --verb=bind --resource=pods", "error: can not perform 'bind' on 'pods' in group ''\n"),
    ("role r --verb=get --resource=nosuch.example", 'the server doesn\'t have a resource type "nosuch" in group '
                                                    '"example"\n'),
    ("clusterrole r --verb=fly --non-resource-url=/x", "error: invalid verb: 'fly' for nonResourceURL\n"),
    ("rolebinding b --role=r --clusterrole=c", "error: exactly one of clusterrole or role must be specified\n"),
    ("secret tls s --cert=x", "error: key and cert must be specified\n"),
    ("secret tls s --cert=x --key=y", "error: Cannot read file x, open x: no such file or directory\n"),
    ("configmap c --from-file=a=b=c", "error: key names or file paths cannot contain '='\n"),
    ("configmap c --from-file=nosuch", "error: error reading nosuch: no such file or directory\n"),
    ("configmap c --from-env-file=e --from-literal=a=b",
     "error: from-env-file cannot be combined with from-file or from-literal\n"),
    ("token", "error: exactly one NAME is required, got 0\nSee 'kubectl create token -h' for help and examples\n"),
    ("token t --bound-object-name=x",
     "error: --bound-object-name can only be set if --bound-object-kind is provided\n"),
    ("-f - --validate=maybe",
     'error: invalid - validate option "maybe"; must be one of: strict (or true), warn, ignore (or false)\n'),
    ("-f - --dry-run=maybe", 'error: Invalid dry-run value (maybe). Must be "none", "server", or "client".\n'),
])
def test_refusals(terminal, line, error):
    assert terminal(f"kubectl create {line}") == (1, "", error)


def test_config_from_files(terminal, tmp_path):
    work = tmp_path / "work"
    (work / "conf").mkdir()
    (work / "conf" / "b.txt").write_text("bee\n")
    (work / "conf" / "a.bin").write_bytes(b"\xff\x00")
    (work / "env").write_text("\ufeff# comment\n\nA=1\nHOME\r\n")
    obj = made(terminal, "configmap c --from-file=conf --from-file=x=conf/b.txt")
    assert (obj["data"], obj["binaryData"]) == ({"b.txt": "bee\n", "x": "bee\n"}, {"a.bin": "/wA="})
    obj = made(terminal, "configmap c --from-env-file=env")
    assert obj["data"] == {"A": "1", "HOME": terminal.environ["HOME"]}
    hashed = made(terminal, "configmap c --from-literal=a=b --append-hash")
    assert hashed["metadata"]["name"] == "c-m4h6ctkgb2"
    twice = terminal("kubectl create secret generic s --from-literal=a=1 --from-literal=a=2")
    assert twice.err == "error: cannot add key a, another key by that name already exists\n"


def test_save_config_keeps_the_order_of_the_type(terminal):
    obj = json.loads(terminal.ok("kubectl create deployment web --image=nginx --save-config -o json"))
    saved = obj["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"]
    assert saved.startswith('{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web",')
    assert list(obj) == ["kind", "apiVersion", "metadata", "spec", "status"]


def test_job_from_a_cronjob(terminal):
    terminal.ok("kubectl create cronjob tick --image=i --schedule='0 0 1 1 *' -- date")
    obj = json.loads(terminal.ok("kubectl create job now --from=cj/tick -o json"))
    assert obj["metadata"]["annotations"] == {"cronjob.kubernetes.io/instantiate": "manual"}
    assert obj["metadata"]["ownerReferences"][0]["name"] == "tick"
    assert obj["spec"]["template"]["spec"]["containers"][0]["command"] == ["date"]
    terminal.ok("kubectl create cm other")
    assert terminal("kubectl create job x --from=cm/other").err == "error: unknown object type *v1.ConfigMap\n"


def test_names_taken(terminal):
    terminal.ok("kubectl create cm c")
    assert terminal("kubectl create cm c").err == 'error: failed to create configmap: configmaps "c" already exists\n'
    terminal.ok("kubectl create ns n")
    assert terminal("kubectl create ns n").err == 'Error from server (AlreadyExists): namespaces "n" already exists\n'


def test_from_files(terminal):
    result = terminal("kubectl create -f -", CONFIG % "a" + "---\n" + CONFIG % "Bad_Name" + "---\n" + CONFIG % "b")
    assert (result.code, result.out) == (1, "configmap/a created\nconfigmap/b created\n")
    assert result.err.startswith('The ConfigMap "Bad_Name" is invalid: metadata.name: ')
    assert terminal("kubectl create -f -", CONFIG % "a").err == (
        'Error from server (AlreadyExists): error when creating "STDIN": configmaps "a" already exists\n')
    assert terminal("kubectl create -f -", "# nothing\n").err == "error: no objects passed to create\n"
    assert terminal.ok("kubectl create -f - --dry-run=client", CONFIG % "c") == "configmap/c created (dry run)\n"
    assert terminal("kubectl get cm c").code == 1


def test_raw(terminal):
    path = "/api/v1/namespaces/default/configmaps"
    answer = terminal.ok(f"kubectl create --raw {path} -f -", '{"metadata": {"name": "raw"}, "kind": "ConfigMap", '
                                                              '"apiVersion": "v1"}')
    assert json.loads(answer)["metadata"]["name"] == "raw"
    assert terminal(f"kubectl create --raw {path} -f a -f b").err == (
        "error: --raw can only use a single local file or stdin\n")


def test_token(terminal):
    token = terminal.ok("kubectl create token default")
    assert token.count(".") == 2
    assert not token.endswith("\n")


def test_create_without_a_file_shows_its_help_in_old_releases(terminal):
    result = terminal("kubectl create")
    assert result.code == 1 and result.out == ""
    first, rest = result.err.split("\n\n", 1)
    assert first == "Error: must specify one of -f and -k" and "\nUsage:\n  kubectl create -f FILENAME" in rest


def test_create_without_a_file(newest):
    assert newest("kubectl create") == (1, "", "error: must specify one of -f and -k\n")


@pytest.mark.parametrize("release", ["terminal", "newest"])
def test_job_from_cronjob(release, request):
    run = request.getfixturevalue(release)
    run.ok("kubectl create cronjob c --image=busybox --schedule='@daily'")
    owner = json.loads(run.ok("kubectl create job j --from=cronjob/c -o json"))["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("CronJob", "c", True)
    assert owner.get("blockOwnerDeletion", False) == (release == "terminal")


def test_what_the_conversions_and_defaults_do(terminal):
    negative = """--overrides='{"spec":{"terminationGracePeriodSeconds":-5}}'"""
    shown = "-o jsonpath={.spec.terminationGracePeriodSeconds}"
    assert terminal.ok(f"kubectl run p --image=nginx {negative} {shown}") == "1"
    terminal.ok("kubectl create -f -", """\
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec: {template: {metadata: {labels: {a: b}}, spec: {restartPolicy: Never, containers: [{name: c, image: nginx}]}}}
""")
    labels = json.loads(terminal.ok("kubectl get job j -o jsonpath={.metadata.labels}"))
    assert sorted(labels) == ["a", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name",
                              "controller-uid", "job-name"]
    shared = """--overrides='{"spec":{"hostPID":true,"shareProcessNamespace":true}}'"""
    assert "ShareProcessNamespace and HostPID cannot both be enabled" in terminal(
        f"kubectl run q --image=nginx {shared}").err


def test_names_of_services_were_relaxed(terminal):
    terminal.ok("kubectl sim reset --kubernetes-version 1.36")
    assert terminal.ok("kubectl create svc clusterip 2fine --tcp=80") == "service/2fine created\n"
    terminal.ok("kubectl sim reset --kubernetes-version 1.35")
    assert "a DNS-1035 label" in terminal("kubectl create svc clusterip 2bad --tcp=80").err


@pytest.mark.parametrize(("what", "noted"), [
    ("configmap a", True), ("service clusterip a --tcp=80", False),
    ("service externalname a --external-name=b", False)])
def test_services_do_not_note_how_they_were_made(terminal, what, noted):
    """kubectl 1.32 says so: create_service.go never looks at the flag."""
    shown = terminal.ok(f"kubectl create {what} --save-config --dry-run=client -o yaml")
    assert ("last-applied-configuration" in shown) is noted
