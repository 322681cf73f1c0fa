"""What kubectl debug refuses, what it says, and what it makes of pods and nodes."""

from __future__ import annotations

import json
import re

import pytest

from ..typist import Typist

TARGETING = ('Targeting container "{}". If you don\'t see processes from this container it may be because the '
             "container runtime doesn't support this feature.\n")
PROMPT = "If you don't see a command prompt, try pressing enter.\n"
RECORDED = ("All commands and output from this session will be recorded in container logs, including credentials and "
            "sensitive information passed through the command prompt.\n")
NO_TTY = "Unable to use a TTY - input is not a terminal or the right kind of file\n"


@pytest.fixture
def web(newest):
    """A terminal of the newest release with a pod that runs."""
    newest.ok("kubectl run web --image=nginx")
    newest.advance("3s")
    return newest


def pod(terminal, name="web"):
    """Return a pod."""
    return json.loads(terminal.ok(f"kubectl get pod {name} -o json"))


def added(terminal, name="web"):
    """Return the newest ephemeral container of a pod."""
    return pod(terminal, name)["spec"]["ephemeralContainers"][-1]


@pytest.mark.parametrize(("line", "problem"), [
    ("web", "you must specify --image when not using --copy-to."),
    ("web --attach", "you must specify --container or create a new container using --image in order to attach."),
    ("web --copy-to=x", "you must specify --image, --set-image or command arguments."),
    ("web --copy-to=x -- ls", "you must specify an existing container or a new image when specifying args."),
    ("web --copy-to=x -c nosuch -- ls", "you must specify image when creating new container"),
    ("web --image=busybox --replace", "--replace may only be used with --copy-to."),
    ("web --image=busybox --same-node", "--same-node may only be used with --copy-to."),
    ("web --set-image=a=b", "--set-image may only be used with --copy-to."),
    ("web --image=B:!", 'invalid image name "B:!": invalid reference format'),
    ("--image=busybox", "NAME or filename is required for debug"),
    ("web --image=busybox --image-pull-policy=x", "invalid image pull policy: x"),
    ("web --copy-to=x --set-image=a=B:!", 'invalid image name "B:!" for container "a": invalid reference format'),
    ("web --image=busybox --copy-to=x --target=main",
     "--target is incompatible with --copy-to. Use --share-processes instead."),
    ("web --image=busybox -t", "-i/--stdin is required for containers with -t/--tty=true"),
    ("web --image=busybox --profile=magic --custom=nosuch", "unknown profile: magic"),
    ("cm/kube-root-ca.crt --image=busybox", '"/v1, Kind=ConfigMap" not supported by debug'),
    ("web --image=busybox -f pod.yaml", 'the path "pod.yaml" does not exist'),
])
def test_refusals(web, line, problem):
    assert web(f"kubectl debug {line}") == (1, "", f"error: {problem}\n")
    assert "ephemeralContainers" not in pod(web)["spec"]


def test_an_ephemeral_container(web):
    told = web.ok("kubectl debug web --image=busybox")
    assert re.fullmatch(r"Defaulting debug container name to debugger-[a-z0-9]{5}\.\n", told)
    assert added(web) == {
        "name": told[-16:-2], "image": "busybox", "imagePullPolicy": "Always", "resources": {},
        "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}, "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File"}
    assert web.ok("kubectl debug web --image=busybox") != told
    assert web.ok("kubectl debug web --image=busybox -q") == ""
    assert len(pod(web)["spec"]["ephemeralContainers"]) == 3


def test_what_flags_say_of_the_container(web):
    assert web.ok("kubectl debug web --image=busybox:1 -c a --target=web --env=B=c,D= --image-pull-policy=Never -it "
                  "--attach=false -- sh -c x") == TARGETING.format("web")
    found = added(web)
    assert found["command"] == ["sh", "-c", "x"] and found["env"] == [{"name": "B", "value": "c"}, {"name": "D"}]
    assert (found["stdin"], found["tty"], found["imagePullPolicy"]) == (True, True, "Never")
    assert found["targetContainerName"] == "web"
    web.ok("kubectl debug web --image=busybox -c b --arguments-only -q --target=web -- sh")
    assert added(web)["args"] == ["sh"] and "command" not in added(web)


def test_what_the_server_refuses(web):
    web.ok("kubectl debug web --image=busybox -c a --attach=false")
    assert web("kubectl debug web --image=busybox -c web").err == (
        'The Pod "web" is invalid: spec.ephemeralContainers[1].name: Duplicate value: "web"\n')
    changed = web("kubectl debug web --image=busybox -c a")
    assert changed.code == 1 and changed.err.startswith(
        'The Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "a" may not be '
        "changed\n@@ ")
    missing = web("kubectl debug web --image=busybox -c b --target=x")
    assert missing == (1, TARGETING.format("x"), 'The Pod "web" is invalid: spec.ephemeralContainers[1].'
                                                 'targetContainerName: Not found: "x"\n')


def test_who_may(web):
    web.ok("kubectl create role looker --verb=get,list --resource=pods")
    web.ok("kubectl create rolebinding looker --role=looker --user=amy")
    assert web("kubectl debug web --image=busybox -c a --as=amy").err == (
        'Error from server (Forbidden): pods "web" is forbidden: User "amy" cannot patch resource '
        '"pods/ephemeralcontainers" in API group "" in the namespace "default"\n')
    web.ok("kubectl create role debugger --verb=patch --resource=pods/ephemeralcontainers")
    web.ok("kubectl create rolebinding debugger --role=debugger --user=amy")
    web.ok("kubectl debug web --image=busybox -c a --as=amy")


def test_where_the_namespace_is_restricted(web):
    web.ok("kubectl label ns default pod-security.kubernetes.io/enforce=baseline")
    refused = web("kubectl debug web --image=busybox -c a")
    assert refused.err.startswith('Error from server (Forbidden): pods "web" is forbidden: violates PodSecurity '
                                  '"baseline:latest"') and "SYS_PTRACE" in refused.err
    web.ok("kubectl debug web --image=busybox -c a --profile=baseline")


def test_targets_are_taken_one_by_one(web):
    done = web("kubectl debug web nosuch --image=busybox -c a")
    assert done == (1, "", 'Error from server (NotFound): pods "nosuch" not found\n')
    assert added(web)["name"] == "a"


def test_a_pod_from_a_file(web):
    with open("pod.yaml", "w", encoding="utf-8") as file:
        file.write("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n")
    web.ok("kubectl debug -f pod.yaml --image=busybox -c a --env=A=b")
    web.ok("kubectl debug -f pod.yaml --image=busybox -c b --env=A=b")
    assert {each["name"] for each in pod(web)["spec"]["ephemeralContainers"]} == {"a", "b"}
    copied = web("kubectl debug -f pod.yaml --image=busybox --copy-to=c -c a")
    assert copied == (0, "", "") and [c["name"] for c in pod(web, "c")["spec"]["containers"]] == ["a"]


@pytest.mark.parametrize(("text", "told"), [
    ("metadata: null", "error: resource name may not be empty\n"),
    ("metadata: {name: web}\nspec: {containers: [null]}", ""),
    ("metadata: {name: web}\nspec: null", ""),
    ("metadata: {name: nosuch}", 'Error from server (NotFound): pods "nosuch" not found\n'),
])
def test_files_with_little_in_them(web, text, told):
    with open("pod.yaml", "w", encoding="utf-8") as file:
        file.write(f"apiVersion: v1\nkind: Pod\n{text}\n")
    assert web("kubectl debug -f pod.yaml --image=busybox -c a").err == told
    assert "kubesim failed" not in web("kubectl debug -f pod.yaml --image=busybox -c b --copy-to=b").err


# Copies

def test_a_copy_with_a_container_more(web):
    told = web.ok("kubectl debug web --image=busybox --copy-to=copy")
    assert re.fullmatch(r"Defaulting debug container name to debugger-[a-z0-9]{5}\.\n", told)
    assert [c["name"] for c in pod(web, "copy")["spec"]["containers"]] == ["web", told[-16:-2]]
    assert pod(web)["spec"]["containers"] == pod(web, "copy")["spec"]["containers"][:1]
    again = web("kubectl debug web --image=busybox --copy-to=copy -c a")
    assert again == (1, "", 'Error from server (AlreadyExists): pods "copy" already exists\n')


def test_a_copy_with_a_container_changed(web):
    web.ok("kubectl create -f -", json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
        "initContainers": [{"name": "i", "image": "x"}],
        "containers": [{"name": "m", "image": "x", "command": ["c"], "args": ["d"], "stdin": True,
                        "env": [{"name": "A", "value": "b"}]}]}}))
    web.ok("kubectl debug a --copy-to=b -c m -- sh")
    found = pod(web, "b")["spec"]["containers"][0]
    assert (found["command"], found.get("args"), found.get("stdin"), found["image"]) == (["sh"], None, None, "x")
    assert found["env"] == [{"name": "A", "value": "b"}]
    web.ok("kubectl debug a --copy-to=c -c m --arguments-only --image=y --image-pull-policy=Never --env=C=d -- sh")
    found = pod(web, "c")["spec"]["containers"][0]
    assert (found["command"], found["args"], found["image"], found["imagePullPolicy"]) == (["c"], ["sh"], "y", "Never")
    assert found["env"] == [{"name": "C", "value": "d"}]
    web.ok("kubectl debug a --copy-to=d -c i --image=y --profile=baseline")
    assert pod(web, "d")["spec"]["initContainers"][0]["image"] == "y"


def test_a_copy_with_other_images(web):
    web.ok("kubectl debug web --copy-to=a --set-image=*=busybox")
    assert pod(web, "a")["spec"]["containers"][0]["image"] == "busybox"
    assert pod(web, "a")["metadata"]["labels"] == {"run": "web"}
    web.ok("kubectl debug web --copy-to=b --set-image=*=busybox,web=alpine,nosuch=x --image=y -c c")
    assert [c["image"] for c in pod(web, "b")["spec"]["containers"]] == ["alpine", "y"]


def test_where_the_copy_runs_and_what_it_shares(newest):
    web = newest
    web.ok("kubectl sim reset --nodes 2")
    web.ok("kubectl cordon minikube-m02")
    web.ok("kubectl run web --image=nginx")
    web.advance("1s")
    web.ok("kubectl uncordon minikube-m02")
    web.ok("kubectl cordon minikube")
    web.ok("kubectl debug web --copy-to=a --image=x -c c")
    web.ok("kubectl debug web --copy-to=b --image=x -c c --same-node --share-processes=false")
    web.advance("1s")
    assert pod(web, "a")["spec"]["nodeName"] == "minikube-m02" and pod(web, "a")["spec"]["shareProcessNamespace"]
    assert pod(web, "b")["spec"]["nodeName"] == "minikube" and not pod(web, "b")["spec"]["shareProcessNamespace"]


def test_a_copy_in_the_pods_place(web):
    web.ok("kubectl debug web --image=busybox -c e")
    web.ok("kubectl debug web --copy-to=a --image=x -c c --replace")
    assert web.ok("kubectl get pods -o name") == "pod/a\n"
    assert "ephemeralContainers" not in pod(web, "a")["spec"]


# Nodes

def test_a_pod_on_a_node(web):
    web.ok("kubectl create ns other")
    told = web.ok("kubectl debug node/minikube --image=busybox -n other -- df")
    match = re.fullmatch(r"Creating debugging pod (node-debugger-minikube-[a-z0-9]{5}) with container debugger on node "
                         r"minikube\.\n", told)
    spec = pod(web, f"{match[1]} -n other")["spec"]
    assert spec["containers"][0]["command"] == ["df"] and spec["tolerations"][0] == {"operator": "Exists"}
    assert {"name": "host-root", "mountPath": "/host"} in spec["containers"][0]["volumeMounts"]
    assert (spec["nodeName"], spec["restartPolicy"], spec["hostPID"]) == ("minikube", "Never", True)
    assert web.ok("kubectl debug node/minikube --image=busybox -q -c c --arguments-only -- df") == ""
    made = web.ok("kubectl get pods -o name -l app.kubernetes.io/managed-by=kubectl-debug").strip().rpartition("/")[2]
    assert pod(web, made)["spec"]["containers"][0]["args"] == ["df"]
    assert web("kubectl debug node/nosuch --image=busybox").err == (
        'Error from server (NotFound): nodes "nosuch" not found\n')


# Attaching

def test_attaching(web):
    talk = "echo hi\nexit 2\n"
    typed = web("kubectl debug web --image=busybox -it -c a -- sh", talk)
    assert (typed.code, typed.err) == (0, NO_TTY + RECORDED + PROMPT) and "\nhi\r\n" in typed.out
    web.advance("2s")
    assert pod(web)["status"]["ephemeralContainerStatuses"][0]["state"]["terminated"]["exitCode"] == 2
    assert web("kubectl attach web -c a -itq").err == (
        'error: Internal error occurred: unable to upgrade connection: container not found ("a")\n')
    assert web("kubectl attach web -c web -t") == (
        0, "", "error: Unable to use a TTY - container web did not allocate one\n" + RECORDED + PROMPT)
    assert web("kubectl debug web --copy-to=x --image=busybox -i -c b -- sh", talk) == (0, "hi\n", RECORDED + PROMPT)
    assert web("kubectl debug node/minikube --image=busybox --attach -q -- echo hi") == (0, "hi\n", "")
    assert web("kubectl debug web --image=busybox --attach -c c -q -- sh -c 'sleep 1; echo hi'") == (0, "hi\n", "")


def test_attaching_on_a_terminal(web):
    typist = Typist(web, "kubectl debug web --image=busybox -it -c a -- sh")
    typist.type("\r")
    typist.until("/ # ")
    typist.type("exit\r")
    assert typist.end().endswith("Session ended, the ephemeral container will not be restarted but may be reattached "
                                 "using 'kubectl attach web -c a -n default -i -t' if it is still running\r\n")
    assert (typist.code, typist.errors.getvalue()) == (0, RECORDED + PROMPT)


def test_waiting_for_a_container_that_does_not_start(web):
    refused = web("kubectl debug web --image=nginx:doesnotexist -i -c a")
    lines = refused.err.splitlines()
    assert lines[0] == ("Warning: container a: Error response from daemon: manifest for nginx:doesnotexist not found: "
                        "manifest unknown: manifest unknown")
    assert lines[1].startswith('Warning: container a: Back-off pulling image "nginx:doesnotexist"')
    assert refused.code == 1 and lines[-1] == "error: timed out waiting for the condition"
    quiet = web("kubectl debug web --image=nginx:doesnotexist -iq -c b")
    assert quiet.err == "error: timed out waiting for the condition\n"


def test_nothing_to_attach_to_where_only_images_change(web):
    assert web("kubectl debug web --copy-to=x --set-image=web=busybox -i") == (0, "", "")


# Releases

def test_older_releases(terminal):
    terminal.ok("kubectl run web --image=nginx")
    terminal.ok("kubectl annotate pod web k=v")
    terminal.advance("3s")
    assert terminal("kubectl debug web --image=busybox --profile=sysadmin").err == "error: unknown profile: sysadmin\n"
    assert terminal("kubectl debug web --image=busybox --custom=x").err.startswith("error: unknown flag: --custom")
    assert terminal("kubectl debug web --image=busybox -c a") == (0, "", "")
    assert "securityContext" not in added(terminal)
    assert terminal("kubectl debug web --image=busybox -c b -i").err == PROMPT
    terminal.ok("kubectl debug web --copy-to=c --set-image=*=busybox")
    assert pod(terminal, "c")["metadata"]["annotations"]["k"] == "v" and "labels" not in pod(terminal, "c")["metadata"]
    terminal.ok("kubectl debug node/minikube --image=busybox -q")
    assert terminal.ok("kubectl get pods -l app.kubernetes.io/managed-by=kubectl-debug -o name") == ""


DEPRECATED = ("--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly "
              'specify a profile, for example "--profile=general".\n')
ENDS = ("--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other "
        'profile, for example "--profile=general".\n')


@pytest.mark.parametrize(("release", "default", "legacy"), [
    ("1.31", "", ""), ("1.32", DEPRECATED, DEPRECATED), ("1.35", DEPRECATED, DEPRECATED), ("1.36", "", ENDS)])
def test_words_about_the_legacy_profile(web, release, default, legacy):
    web.environ["KUBESIM_KUBECTL_VERSION"] = release
    assert web("kubectl debug web --image=busybox -c a").err == default
    assert web("kubectl debug web --image=busybox -c b --profile=legacy").err == legacy
    assert web("kubectl debug web --image=busybox --profile=legacy --replace").err == (
        "error: --replace may only be used with --copy-to.\n")


NON_ROOT = ("Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug "
            'profile may not work. Please consider using "--custom" with a custom profile that specifies '
            '"securityContext.runAsUser: 0".\n')


@pytest.mark.parametrize(("release", "flags", "warns"), [
    ("1.36", "", True), ("1.36", "--profile=sysadmin", True), ("1.36", "--profile=baseline", False),
    ("1.36", "--profile=restricted", False), ("1.36", "--custom=root.yaml", False),
    ("1.33", "--profile=netadmin", True), ("1.32", "--profile=netadmin", False)])
def test_users_that_are_not_root(web, release, flags, warns):
    web.environ["KUBESIM_KUBECTL_VERSION"] = release
    with open("root.yaml", "w", encoding="utf-8") as file:
        file.write("securityContext: {runAsUser: 0}\n")
    web.ok("""kubectl run user --image=nginx --overrides='{"spec":{"securityContext":{"runAsUser":7}}}'""")
    told = NON_ROOT if warns else ""
    assert web(f"kubectl debug user --image=busybox -c a {flags}") == (0, "", told)
    assert web(f"kubectl debug user --image=busybox -c a --copy-to=b {flags}") == (0, "", told)
    assert web(f"kubectl debug web --image=busybox -c a {flags}") == (0, "", "")
