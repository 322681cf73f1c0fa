"""kube-apiserver's --admission-control-config-file: defaults and exemptions of PodSecurity, ResourceQuota's limits."""

from __future__ import annotations

import json

import pytest

from kubesim_cli.apiserver.admissionconfig import compact

HEAD = "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n"
PSA = "apiVersion: pod-security.admission.config.k8s.io/v1, kind: PodSecurityConfiguration"
QUOTA = "apiVersion: apiserver.config.k8s.io/v1, kind: ResourceQuotaConfiguration"


def plugin(name, inner):
    return f"{HEAD}- name: {name}\n  configuration: {{{inner}}}\n"


def spec(**fields):
    """Return what --overrides takes to set fields of a pod."""
    return f"'{json.dumps({'spec': fields})}'"


@pytest.fixture
def configured(terminal, tmp_path, monkeypatch):
    """Start over with a configuration."""
    monkeypatch.chdir(tmp_path)

    def start(text):
        (tmp_path / "admission.yaml").write_text(text, encoding="utf-8")
        terminal.ok("kubectl sim reset --bare --kubernetes-version 1.36 --admission-control-config-file admission.yaml")
        return terminal
    return start


def test_defaults_count_where_no_label_does(configured):
    terminal = configured(plugin("PodSecurity", f"{PSA}, defaults: {{enforce: baseline, warn: restricted}}"))
    refused = terminal("kubectl run p --image=nginx --privileged")
    assert refused.err.startswith('Error from server (Forbidden): pods "p" is forbidden: violates PodSecurity '
                                  '"baseline:latest": privileged (container "p" must not set')
    warned = terminal("kubectl run q --image=nginx")
    assert warned.code == 0 and warned.err.startswith('Warning: would violate PodSecurity "restricted:latest": ')
    terminal.ok("kubectl label ns default pod-security.kubernetes.io/enforce=privileged "
                "pod-security.kubernetes.io/warn=privileged")
    assert terminal("kubectl run p --image=nginx --privileged").err == ""
    terminal.ok("kubectl create ns other")
    assert 'PodSecurity "restricted:latest"' in terminal("kubectl create deployment d --image=nginx -n other").err


def test_a_label_of_the_version_keeps_the_default_level(configured):
    terminal = configured(plugin("PodSecurity", f"{PSA}, defaults: {{enforce: baseline}}"))
    terminal.ok("kubectl label ns default pod-security.kubernetes.io/enforce-version=v1.28")
    assert 'violates PodSecurity "baseline:v1.28"' in terminal("kubectl run p --image=nginx --privileged").err


def test_exemptions(configured):
    terminal = configured(plugin("PodSecurity", f"{PSA}, defaults: {{enforce: restricted}}, exemptions: {{namespaces: "
                                                "[free], usernames: [carol], runtimeClasses: [sandboxed]}"))
    for namespace in ("free", "held"):
        terminal.ok(f"kubectl create ns {namespace}")
    terminal.ok("kubectl create clusterrolebinding all --clusterrole=cluster-admin --user=carol --user=dave")
    assert terminal("kubectl run p --image=nginx -n free").code == 0
    assert terminal("kubectl run p --image=nginx -n held --as=dave").code == 1
    assert terminal("kubectl run p --image=nginx -n held --as=carol").code == 0
    terminal.ok("kubectl create -f -", json.dumps({"kind": "RuntimeClass", "apiVersion": "node.k8s.io/v1",
                                                  "metadata": {"name": "sandboxed"}, "handler": "runsc"}))
    override = spec(runtimeClassName="sandboxed")
    assert terminal(f"kubectl run r --image=nginx -n held --overrides {override}").code == 0
    label = "kubectl label ns free --overwrite pod-security.kubernetes.io/enforce"
    assert terminal(f"{label}=baseline").err == ""  # which is less than the default
    assert terminal(f"{label}-version=v1.28").err == (
        'Warning: namespace "free" is exempt from Pod Security, and the policy (enforce=baseline:v1.28) will be '
        "ignored\n")


def test_what_has_to_be_covered_by_a_quota(configured):
    limited = "limitedResources: [{resource: pods, matchContains: [requests.cpu]}]"
    terminal = configured(plugin("ResourceQuota", f"{QUOTA}, {limited}"))
    override = spec(containers=[{"name": "p", "image": "nginx", "resources": {"requests": {"cpu": "1"}}}])
    refused = terminal(f"kubectl run p --image=nginx --overrides {override}")
    assert refused.err == ('Error from server (Forbidden): pods "p" is forbidden: insufficient quota to consume: '
                           "requests.cpu\n")
    assert terminal("kubectl run q --image=nginx").code == 0
    terminal.ok("kubectl create quota some --hard=requests.cpu=2")
    terminal.advance("5s")
    assert terminal(f"kubectl run p --image=nginx --overrides {override}").code == 0


def test_a_priority_class_that_has_to_be_covered(configured):
    limited = ("limitedResources: [{resource: pods, matchScopes: [{scopeName: PriorityClass, operator: In, values: "
               "[cluster-services]}]}]")
    terminal = configured(plugin("ResourceQuota", f"{QUOTA}, {limited}"))
    terminal.ok("kubectl create priorityclass cluster-services --value=1000")
    override = spec(priorityClassName="cluster-services")
    refused = terminal(f"kubectl run p --image=nginx --overrides {override}")
    assert refused.code == 1 and ("insufficient quota to match these scopes: [{PriorityClass In [cluster-services]}]"
                                  in refused.err)
    terminal.ok("kubectl create -f -", json.dumps({
        "kind": "ResourceQuota", "apiVersion": "v1", "metadata": {"name": "q"}, "spec": {
            "hard": {"pods": "3"}, "scopeSelector": {"matchExpressions": [
                {"scopeName": "PriorityClass", "operator": "In", "values": ["cluster-services"]}]}}}))
    terminal.advance("5s")
    assert terminal(f"kubectl run p --image=nginx --overrides {override}").code == 0


@pytest.mark.parametrize(("text", "told"), [
    ("plugins: []\n", "Object 'Kind' is missing"),
    ("kind: Pod\napiVersion: v1\n", 'no kind "Pod" is registered for version "v1"'),
    (f"{HEAD}  5\n", "json: cannot unmarshal number into Go struct field AdmissionConfiguration.plugins of type "
                     "[]v1.AdmissionPluginConfiguration"),
    (f"{HEAD}- name: PodSecurity\n  configuration: 5\n", "Object 'Kind' is missing"),
    (plugin("PodSecurity", f"{PSA}, defaults: 5"), "json: cannot unmarshal number into Go struct field "
                                                   "PodSecurityConfiguration.defaults of type v1.PodSecurityDefaults"),
    (plugin("PodSecurity", f"{PSA}, exemptions: {{namespaces: [5]}}"), "json: cannot unmarshal number into Go struct "
     "field PodSecurityExemptions.exemptions.namespaces of type string"),
    (plugin("ResourceQuota", f"{QUOTA}, limitedResources: [{{resource: pods, matchContains: 5}}]"),
     "json: cannot unmarshal number into Go struct field LimitedResource.limitedResources.matchContains of type "
     "[]string"),
    (plugin("PodSecurity", f"{PSA}, defaults: {{enforce: strict}}"),
     'defaults.enforce: Invalid value: "strict": must be one of privileged, baseline, restricted'),
    (plugin("PodSecurity", f"{PSA}, defaults: {{audit-version: v2}}"),
     'defaults.audit-version: Invalid value: "v2": must be "latest" or "v1.x"'),
    (plugin("PodSecurity", f"{PSA}, exemptions: {{namespaces: [a, a], usernames: ['']}}"),
     '[exemptions.namespaces[1]: Duplicate value: "a", exemptions.usernames[0]: Invalid value: "": username must not'),
    (plugin("ResourceQuota", f"{QUOTA}, limitedResources: [{{apiGroup: apps}}]"),
     "limitedResources[0].resource: Required value"),
    (f"{HEAD[:HEAD.index('plugins')]}plugins: {{a: b}}\n", "json: cannot unmarshal object into Go struct field "
     "AdmissionConfiguration.plugins of type []v1.AdmissionPluginConfiguration"),
    (f"{HEAD}- name: PodSecurity\n  path: 3\n", "json: cannot unmarshal number into Go struct field "
     "AdmissionPluginConfiguration.plugins.path of type string"),
    (f"{HEAD}- name: PodSecurity\n  configuration: [1]\n", "Object 'Kind' is missing"),
    (plugin("PodSecurity", PSA.replace("pod-security.admission.config.k8s.io/v1", "1")),
     'no kind "PodSecurityConfiguration" is registered for version "1"'),
    (plugin("PodSecurity", f"{PSA}, defaults: {{enforce-version: 3}}"), "json: cannot unmarshal number into Go struct "
     "field PodSecurityDefaults.defaults.enforce-version of type string"),
    (plugin("PodSecurity", f"{PSA}, exemptions: {{namespaces: [3]}}"), "json: cannot unmarshal number into Go struct "
     "field PodSecurityExemptions.exemptions.namespaces of type string"),
    (plugin("ResourceQuota", f"{QUOTA}, limitedResources: [{{resource: pods, matchContains: 3}}]"),
     "json: cannot unmarshal number into Go struct field LimitedResource.limitedResources.matchContains of type "
     "[]string"),
    (plugin("EventRateLimit", "kind: Configuration"),
     "kubesim does not play a configuration of the admission plugin EventRateLimit"),
])
def test_what_kube_apiserver_would_not_start_with(terminal, tmp_path, monkeypatch, text, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    refused = terminal("kubectl sim reset --admission-control-config-file a.yaml")
    assert refused.code == 1 and refused.err.startswith(f"Error: {told}")


def test_a_plugins_configuration_may_be_in_a_file_beside_it():
    outer = f"{HEAD}- name: PodSecurity\n  path: psa.yaml\n- name: Other\n"
    inner = f"{{{PSA}, defaults: {{warn: baseline}}}}"
    found = json.loads(compact(outer, {"psa.yaml": inner}.__getitem__))
    assert found["PodSecurity"]["defaults"] == {"enforce": ["privileged", "latest"], "audit": ["privileged", "latest"],
                                                "warn": ["baseline", "latest"]}
