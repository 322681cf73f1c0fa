"""--custom: what a part of a container does to the one that a profile made, and which files are refused."""

from __future__ import annotations

import json

import pytest

FIXED = "name, command, image, lifecycle and volume devices are not modifiable via custom profile"
NO_SPEC = "c does not contain a valid container spec: "
NOT_COPIED = "--set-image may only be used with --copy-to."  # told after the file was read


@pytest.fixture
def web(newest):
    newest.ok("kubectl run web --image=nginx")
    newest.advance("3s")
    return newest


def write(text):
    with open("c", "w", encoding="latin-1", newline="") as file:
        file.write(text)


def container(terminal, line, pod="web", kind="ephemeralContainers"):
    """Run `kubectl debug LINE --custom=c`; returns the last container of the pod."""
    terminal.ok(f"kubectl debug {line} --custom=c")
    return json.loads(terminal.ok(f"kubectl get pod {pod} -o json"))["spec"][kind][-1]


def test_lists_are_merged_and_the_rest_is_laid_over(web):
    write('{"env": [{"name": "B", "value": "x"}, {"name": "C", "value": "y"}], "imagePullPolicy": "Never", '
          '"securityContext": {"capabilities": {"drop": ["ALL"]}}, "nonsense": 1}')
    found = container(web, "web --image=busybox -c a --env=A=a,B=b")
    assert {each["name"]: each["value"] for each in found["env"]} == {"A": "a", "B": "x", "C": "y"}
    assert found["imagePullPolicy"] == "Never"
    assert found["securityContext"] == {"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}}


def test_copies_and_nodes(web):
    write("workingDir: /x\nresources: {limits: {cpu: 1}}\n")
    assert container(web, "web --image=busybox --copy-to=b -c a", "b", "containers")["workingDir"] == "/x"
    found = container(web, "node/minikube --image=busybox -n kube-public -q", "b", "containers")
    assert found["resources"]["limits"] == {"cpu": "1"}
    node = json.loads(web.ok("kubectl get pods -n kube-public -o json"))["items"][0]["spec"]["containers"][0]
    assert node["workingDir"] == "/x" and node["image"] == "busybox"
    refused = web("kubectl debug web --image=busybox -c a --custom=c")
    assert refused.err == ('The Pod "web" is invalid: spec.ephemeralContainers[0].resources: Forbidden: cannot be set '
                           "for an Ephemeral Container\n")


def test_an_init_container_is_not_found(web):
    web.ok("kubectl create -f -", json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {
        "initContainers": [{"name": "i", "image": "x"}], "containers": [{"name": "m", "image": "x"}]}}))
    write("{}")
    assert web("kubectl debug p --copy-to=q -c i --image=y --custom=c").err == (
        "error: unable to find the i container in the pod q\n")


@pytest.mark.parametrize(("text", "problem"), [
    ("", NOT_COPIED), ("null", NOT_COPIED), ('{"a": 1}', NOT_COPIED), ('{"env": [{"name": 5}]}', NOT_COPIED),
    ("env: []\n---\nenv: 5", NOT_COPIED), ("[1]", "json: cannot unmarshal array into Go value of type v1.Container"),
    ('"x"', "json: cannot unmarshal string into Go value of type v1.Container"),
    ("env: 5", "json: cannot unmarshal number into Go struct field Container.env of type []v1.EnvVar"),
    ('{"stdin": "true"}', "json: cannot unmarshal string into Go struct field Container.stdin of type bool"),
    ('{"securityContext": {"runAsUser": "5"}}',
     "json: cannot unmarshal string into Go struct field SecurityContext.securityContext.runAsUser of type int64"),
    ('{"resources": {"limits": {"cpu": "x"}}}', "quantities must match the regular expression "
                                                "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
])
def test_files_as_kubectl_1_32_takes_them(web, text, problem):
    write(text)
    told = problem if problem == NOT_COPIED else (
        f"{NO_SPEC}error unmarshaling JSON: while decoding JSON: {problem}")
    assert web("kubectl debug x --image=y --set-image=a=b --custom=c") == (1, "", f"error: {told}\n")


@pytest.mark.parametrize(("text", "problem"), [
    ("a: [", "line 1: did not find expected node content"),
    ("a: b: c", "mapping values are not allowed in this context"),
    ("\t", "found character that cannot start any token"), ("\xff", "invalid leading UTF-8 octet")])
def test_what_is_no_yaml(web, text, problem):
    write(text)
    assert web("kubectl debug web --image=y --custom=c").err == (
        f"error: {NO_SPEC}error converting YAML to JSON: yaml: {problem}\n")


@pytest.mark.parametrize("text", ['{"name": "x"}', "Image: x", "command: [x]", "lifecycle: {}",
                                  "volumeDevices: [{name: a}]"])
def test_what_is_not_for_it_to_say(web, text):
    write(text)
    assert web("kubectl debug web --image=y -q --custom=c") == (1, "", f"error: {FIXED}\n")
    assert web("kubectl debug web --image=y --target=x -t --custom=c").err == (
        "error: -i/--stdin is required for containers with -t/--tty=true\n")


@pytest.mark.parametrize("text", ['{"name": ""}', "command: []", "lifecycle: null", "volumeDevices: []"])
def test_what_says_nothing(web, text):
    write(text)
    web.ok("kubectl debug web --image=y -c a --custom=c")


def test_files_that_cannot_be_read(web):
    assert web("kubectl debug web --image=y --custom=nosuch").err == (
        "error: must pass a container spec json file for custom profile: open nosuch: no such file or directory\n")
    assert web("kubectl debug web --image=y --custom=/").err == (
        "error: must pass a container spec json file for custom profile: read /: is a directory\n")
