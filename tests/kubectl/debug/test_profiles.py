"""What each profile makes of an ephemeral container, a copy of a pod and a pod on a node."""

from __future__ import annotations

import json

import pytest

TARGET = """\
apiVersion: v1
kind: Pod
metadata: {name: target, labels: {run: target}, annotations: {k: v}}
spec:
  initContainers: [{name: i, image: busybox, command: ["true"]}]
  containers:
  - name: target
    image: nginx
    livenessProbe: {httpGet: {port: 80}}
    readinessProbe: {httpGet: {port: 80}}
    startupProbe: {httpGet: {port: 80}}
    securityContext: {capabilities: {add: [CHOWN]}, runAsUser: 7}
"""
PROBES = ["livenessProbe", "readinessProbe", "startupProbe"]
TRACE = {"capabilities": {"add": ["SYS_PTRACE"]}}
NET = {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}}
RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True,
              "seccompProfile": {"type": "RuntimeDefault"}}
PRIVILEGED = {"privileged": True}


@pytest.fixture
def target(newest):
    newest.ok("kubectl create -f -", TARGET)
    newest.advance("3s")
    return newest


def spec_of(terminal, line, found):
    """Run `kubectl debug LINE`; returns the spec of the pod that a selector finds then, and its metadata."""
    terminal.ok(f"kubectl debug {line}")
    pod = json.loads(terminal.ok(f"kubectl get pods -o json {found}"))
    pod = pod["items"][-1] if "items" in pod else pod
    return pod["spec"], pod["metadata"]


@pytest.mark.parametrize(("profile", "ephemeral", "node"), [
    ("legacy", None, None), ("general", TRACE, None), ("baseline", None, None), ("restricted", RESTRICTED, RESTRICTED),
    ("netadmin", NET, NET), ("sysadmin", PRIVILEGED, PRIVILEGED)])
def test_profiles(target, profile, ephemeral, node):
    flags = f"-q --image=busybox --profile={profile}"
    spec, _ = spec_of(target, f"target -c dbg {flags}", "target")
    assert spec["ephemeralContainers"][0].get("securityContext") == ephemeral

    spec, meta = spec_of(target, f"target -c dbg --copy-to=copy {flags}", "copy")
    first, last = spec["containers"]
    assert last.get("securityContext") == ephemeral and first["securityContext"]["runAsUser"] == 7
    legacy = profile == "legacy"
    assert [name for name in first if name.endswith("Probe")] == (PROBES if legacy else [])
    assert spec.get("shareProcessNamespace") is (None if legacy else True)
    assert "labels" not in meta and meta.get("annotations") == ({"k": "v"} if legacy else None)
    assert len(spec["initContainers"]) == 1

    spec, _ = spec_of(target, f"node/minikube {flags}", "-l app.kubernetes.io/managed-by")
    assert spec["containers"][0].get("securityContext") == node
    assert spec.get("hostPID", False) is spec.get("hostNetwork", False) is spec.get("hostIPC", False) is (
        profile not in ("baseline", "restricted"))
    assert ("host-root" in str(spec["volumes"])) is (profile in ("legacy", "general", "sysadmin"))


@pytest.mark.parametrize(("profile", "context"), [
    ("legacy", {"capabilities": {"add": ["CHOWN"]}, "runAsUser": 7}), ("baseline", None), ("restricted", RESTRICTED),
    ("general", {"capabilities": {"add": ["CHOWN", "SYS_PTRACE"]}, "runAsUser": 7}),
    ("sysadmin", {"capabilities": {"add": ["CHOWN"]}, "privileged": True, "runAsUser": 7})])
def test_the_security_context_that_a_container_has_already(target, profile, context):
    spec, _ = spec_of(target, f"target --copy-to=copy -c target --profile={profile} -- sh", "copy")
    assert spec["containers"][0].get("securityContext") == context


def test_what_is_kept(target):
    flags = "--keep-labels --keep-annotations --keep-liveness --keep-startup --keep-init-containers=false"
    spec, meta = spec_of(target, f"target --copy-to=copy -c d --image=x {flags} --share-processes=false", "copy")
    assert [name for name in spec["containers"][0] if name.endswith("Probe")] == ["livenessProbe", "startupProbe"]
    assert meta["labels"] == {"run": "target"} and meta["annotations"] == {"k": "v"}
    assert "initContainers" not in spec and spec["shareProcessNamespace"] is False


@pytest.mark.parametrize(("release", "profile", "context", "probes", "shared", "labels"), [
    ("1.28", "netadmin", {"capabilities": {"add": ["NET_ADMIN"]}}, True, None, False),
    ("1.29", "netadmin", NET, True, True, False), ("1.30", "sysadmin", PRIVILEGED, True, True, False),
    ("1.30", "restricted", RESTRICTED, True, True, False), ("1.30", "general", TRACE, False, True, False),
    ("1.31", "netadmin", NET, False, True, True)])
def test_copies_of_older_releases(target, release, profile, context, probes, shared, labels):
    target.environ["KUBESIM_KUBECTL_VERSION"] = release
    keep = " --keep-labels" if labels else ""
    spec, meta = spec_of(target, f"target --copy-to=copy -c d --image=x --profile={profile}{keep}", "copy")
    assert spec["containers"][1]["securityContext"] == context and ("labels" in meta) is labels
    assert any(name.endswith("Probe") for name in spec["containers"][0]) is probes
    assert spec.get("shareProcessNamespace") is shared
    assert ("annotations" in meta) is (release < "1.31") and len(spec["initContainers"]) == 1


@pytest.mark.parametrize(("release", "context"), [
    ("1.28", {"capabilities": {"add": ["NET_ADMIN"]}, "privileged": True}), ("1.29", NET)])
def test_network_of_nodes_in_older_releases(target, release, context):
    target.environ["KUBESIM_KUBECTL_VERSION"] = release
    spec, meta = spec_of(target, "node/minikube --image=x --profile=netadmin", "--field-selector metadata.name!=target")
    assert spec["containers"][0]["securityContext"] == context and spec["hostNetwork"] and "labels" not in meta
