import pytest

from kubesim_cli.apiserver.admission.podsecurity_checks import violations

RESTRICTED = {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]},
              "seccompProfile": {"type": "RuntimeDefault"}}


def told(spec=None, container=None, level="baseline", version=(1, 36), **meta):
    pod = {"containers": [{"name": "c", **(container or {})}], **(spec or {})}
    return [f"{reason} ({detail})" for reason, detail in violations(level, version, meta, pod)]


@pytest.mark.parametrize("spec,container,text", [
    ({"hostNetwork": True, "hostPID": True}, None, "host namespaces (hostNetwork=true, hostPID=true)"),
    ({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}, None, 'hostPath volumes (volume "v")'),
    (None, {"ports": [{"hostPort": 80}, {"hostPort": 81}]}, 'hostPort (container "c" uses hostPorts 80, 81)'),
    (None, {"securityContext": {"privileged": True}},
     'privileged (container "c" must not set securityContext.privileged=true)'),
    (None, {"securityContext": {"capabilities": {"add": ["NET_ADMIN", "KILL"]}}},
     'non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add)'),
    (None, {"livenessProbe": {"httpGet": {"host": "a"}}},
     'probe or lifecycle host (container "c" uses probe or lifecycle host "a")'),
    ({"securityContext": {"sysctls": [{"name": "kernel.msgmax"}]}}, None, "forbidden sysctls (kernel.msgmax)"),
    ({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}, None,
     'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")'),
    ({"securityContext": {"seLinuxOptions": {"type": "x", "user": "u"}}}, None,
     'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "x"; user may not be set)'),
    ({"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}, None,
     'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")'),
    (None, {"securityContext": {"procMount": "Unmasked"}},
     'procMount (container "c" must not set securityContext.procMount to "Unmasked")'),
])
def test_baseline(spec, container, text):
    assert told(spec, container) == [text]


def test_restricted_asks_for_everything():
    assert told(level="restricted") == [
        'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)',
        'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"])',
        'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
        'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or '
        '"Localhost")']
    assert told(container={"securityContext": RESTRICTED}, level="restricted") == []


def test_restricted_volumes_and_users():
    found = told({"volumes": [{"name": "n", "nfs": {}}, {"name": "s", "secret": {}}]},
                 {"securityContext": {**RESTRICTED, "runAsUser": 0}}, "restricted")
    assert found == ['restricted volume types (volume "n" uses restricted volume type "nfs")',
                     'runAsUser=0 (container "c" must not set runAsUser=0)']


def test_a_policy_is_that_of_its_version():
    windows = {"os": {"name": "windows"}, "securityContext": {"runAsNonRoot": True}}
    assert told(windows, level="restricted", version=(1, 25)) == []
    assert len(told(windows, level="restricted", version=(1, 24))) == 3
    assert told({"hostUsers": False}, {"securityContext": {**RESTRICTED, "runAsNonRoot": None}}, "restricted") == []


def test_pods_are_refused_and_templates_warned_of(api):
    api.create("v1", "Namespace", "safe", labels={"pod-security.kubernetes.io/enforce": "baseline"})
    assert api.refused(api.pod, "bad", "safe", hostIPC=True) == (
        'pods "bad" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostIPC=true)')
    api.create("apps/v1", "Deployment", "web", "safe", spec={
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}},
                     "spec": {"hostIPC": True, "containers": [{"name": "c", "image": "nginx"}]}}})
    assert api.warned == ['would violate PodSecurity "baseline:latest": host namespaces (hostIPC=true)']


def test_a_warning_only(api):
    api.create("v1", "Namespace", "lax", labels={"pod-security.kubernetes.io/warn": "baseline",
                                                 "pod-security.kubernetes.io/warn-version": "v1.30"})
    api.pod("bad", "lax", hostPID=True)
    assert api.warned == ['would violate PodSecurity "baseline:v1.30": host namespaces (hostPID=true)']


def test_labels_of_a_namespace(api):
    assert api.refused(api.create, "v1", "Namespace", "odd", labels={
        "pod-security.kubernetes.io/enforce": "strict", "pod-security.kubernetes.io/warn-version": "1.30"}) == (
        'Namespace "odd" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": '
        'must '
        'be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid '
        'value: "1.30": must be "latest" or "v1.x"]')


def test_pods_that_are_there_already(api):
    for name in ("b", "a"):
        api.pod(name, hostPID=True)
    api.pod("c", hostNetwork=True, hostPID=True, volumes=[{"name": "v", "hostPath": {"path": "/"}}])
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    api.change("namespaces", "default", {"metadata": {"labels": labels}}, "")
    assert api.warned == [
        'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
        "a (and 1 other pod): host namespaces", "c: host namespaces, hostPath volumes"]
