import pytest

from kubesim_cli.apiserver import quota

POD = {"kind": "Pod", "metadata": {"name": "a"}, "status": {"phase": "Running"}, "spec": {
    "containers": [{"name": "c", "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"cpu": "1"}}}]}}


NOW = 1_704_067_200.0


def test_what_a_pod_uses():
    assert quota.usage("pods", POD, NOW, (1, 36)) == {
        "pods": "1", "count/pods": "1", "cpu": "100m", "requests.cpu": "100m", "memory": "1Gi",
        "requests.memory": "1Gi", "limits.cpu": "1"}


def test_a_pod_that_ended_is_only_an_object():
    assert quota.usage("pods", {**POD, "status": {"phase": "Succeeded"}}, NOW, (1, 36)) == {"count/pods": "1"}


def test_what_a_service_uses():
    spec = {"type": "LoadBalancer", "ports": [{"port": 80, "nodePort": 30080}, {"port": 81, "nodePort": 30081}]}
    assert quota.usage("services", {"spec": spec}, NOW, (1, 36)) == {
        "count/services": "1", "services": "1", "services.loadbalancers": "1", "services.nodeports": "2"}


@pytest.mark.parametrize("scope,matches", [
    ("BestEffort", False), ("NotBestEffort", True), ("Terminating", False), ("NotTerminating", True)])
def test_scopes(scope, matches):
    assert quota.in_scope({"spec": {"scopes": [scope]}}, "pods", POD, (1, 36)) is matches


def test_a_quota_is_counted_anew(api):
    api.create("v1", "ConfigMap", "a")
    api.create("v1", "ResourceQuota", "q", spec={"hard": {"configmaps": "10", "pods": "3"}})
    found = quota.count(api.trusted.find("resourcequotas", "q", "default"), api.trusted, NOW)
    assert found == {"configmaps": "2", "pods": "0"}  # kube-root-ca.crt is there as well


@pytest.mark.parametrize(("resource", "names", "matched"), [
    ("pods", ["pods", "count/pods", "cpu", "limits.memory", "requests.ephemeral-storage", "services"],
     ["pods", "count/pods", "cpu", "limits.memory", "requests.ephemeral-storage"]),
    ("pods", ["hugepages-2Mi", "requests.hugepages-2Mi", "requests.example.com/gpu", "requests.kubernetes.io/x",
              "limits.example.com/gpu", "requests.storage"],
     ["hugepages-2Mi", "requests.hugepages-2Mi", "requests.example.com/gpu"]),
    ("services", ["services", "services.nodeports", "count/services", "pods"],
     ["services", "services.nodeports", "count/services"]),
    ("persistentvolumeclaims", ["requests.storage", "gold.storageclass.storage.k8s.io/requests.storage",
                                "gold.storageclass.storage.k8s.io/persistentvolumeclaims", "gold/requests.storage"],
     ["requests.storage", "gold.storageclass.storage.k8s.io/requests.storage",
      "gold.storageclass.storage.k8s.io/persistentvolumeclaims"]),
    ("secrets", ["secrets", "count/secrets", "count/secrets.example.com"], ["secrets", "count/secrets"]),
    ("deployments.apps", ["count/deployments.apps", "deployments"], ["count/deployments.apps"]),
])
def test_which_names_a_resource_counts_against(resource, names, matched):
    assert quota.matching(resource, names) == matched
    assert {quota.resource_of(name) for name in matched} == {resource}


def _service(type_, **more):
    ports = [{"port": 80, "nodePort": 30080}, {"port": 81}]
    return {"spec": {"type": type_, "ports": ports, **more}}


@pytest.mark.parametrize(("service", "balancers", "ports"), [
    (_service("ClusterIP"), "0", "0"), (_service("NodePort"), "0", "2"), (_service("LoadBalancer"), "1", "2"),
    (_service("LoadBalancer", allocateLoadBalancerNodePorts=False), "1", "1"),
])
def test_ports_of_services(service, balancers, ports):
    assert quota.usage("services", service, NOW, (1, 36)) == {
        "count/services": "1", "services": "1", "services.loadbalancers": balancers, "services.nodeports": ports}


def test_what_a_claim_uses():
    claim = {"metadata": {}, "spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    plain = {"count/persistentvolumeclaims": "1", "persistentvolumeclaims": "1", "requests.storage": "2Gi"}
    assert quota.usage("persistentvolumeclaims", claim, NOW, (1, 36)) == plain
    of_class = {**plain, "gold.storageclass.storage.k8s.io/persistentvolumeclaims": "1",
                "gold.storageclass.storage.k8s.io/requests.storage": "2Gi"}
    claim["spec"]["storageClassName"] = "gold"
    assert quota.usage("persistentvolumeclaims", claim, NOW, (1, 36)) == of_class
    old = {**claim, "metadata": {"annotations": {"volume.beta.kubernetes.io/storage-class": "gold"}}}
    old["spec"] = {**claim["spec"], "storageClassName": "silver"}
    assert quota.usage("persistentvolumeclaims", old, NOW, (1, 36)) == of_class
    assert quota.usage("persistentvolumeclaims", {"metadata": {}, "spec": {}}, NOW, (1, 36)) == {
        "count/persistentvolumeclaims": "1", "persistentvolumeclaims": "1"}


def test_what_other_objects_use():
    assert quota.usage("secrets", {}, NOW, (1, 36)) == {"count/secrets": "1", "secrets": "1"}
    assert quota.usage("deployments.apps", {}, NOW, (1, 36)) == {"count/deployments.apps": "1"}


def test_extended_resources_and_huge_pages():
    requests = {"example.com/gpu": "1", "hugepages-2Mi": "4Mi", "ephemeral-storage": "1Gi"}
    pod = {**POD, "spec": {"containers": [{"name": "c", "resources": {"requests": requests, "limits": requests}}]}}
    assert quota.usage("pods", pod, NOW, (1, 36)) == {
        "pods": "1", "count/pods": "1", "requests.example.com/gpu": "1", "hugepages-2Mi": "4Mi",
        "requests.hugepages-2Mi": "4Mi", "ephemeral-storage": "1Gi", "requests.ephemeral-storage": "1Gi",
        "limits.ephemeral-storage": "1Gi"}


def test_what_the_pod_says_of_itself_overrides_its_containers():
    pod = {**POD, "spec": {**POD["spec"], "resources": {"requests": {"cpu": "2"}}}}
    assert quota.usage("pods", pod, NOW, (1, 36))["requests.cpu"] == "2"
    assert quota.usage("pods", pod, NOW, (1, 28))["requests.cpu"] == "100m"
    assert quota.missing(["cpu"], {"spec": {"containers": [{"name": "a"}], "resources": {"requests": {"cpu": "1"}}}}
                         ) == ""


@pytest.mark.parametrize(("later", "counts"), [(40, True), (60, True), (61, False)])
def test_a_pod_counts_for_its_grace_period_after_it_should_be_gone(later, counts):
    pod = {**POD, "metadata": {"name": "a", "deletionTimestamp": "2024-01-01T00:00:30Z",
                               "deletionGracePeriodSeconds": 30}}
    assert ("pods" in quota.usage("pods", pod, NOW + later, (1, 36))) is counts


def test_what_containers_fail_to_set():
    both = {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}
    pod = {"spec": {"containers": [{"name": "b"}, {"name": "a"}, {"name": "c", "resources": both}],
                    "initContainers": [{"name": "i", "resources": {"requests": {"cpu": "1"}}}]}}
    assert quota.missing(["requests.cpu", "limits.memory", "pods", "requests.ephemeral-storage"], pod) == (
        "limits.memory for: a,b,i; requests.cpu for: a,b")
    assert quota.missing(["pods"], pod) == ""


def _scope(name, operator, *values):
    return {"spec": {"scopeSelector": {"matchExpressions": [
        {"scopeName": name, "operator": operator, **({"values": list(values)} if values else {})}]}}}


@pytest.mark.parametrize(("operator", "values", "high", "none"), [
    ("In", ["high"], True, False), ("In", ["low"], False, False), ("NotIn", ["high"], False, True),
    ("NotIn", ["low"], True, True), ("Exists", [], True, False), ("DoesNotExist", [], False, True),
])
def test_scopes_with_values(operator, values, high, none):
    for resource, name, field in (("pods", "PriorityClass", "priorityClassName"),
                                  ("persistentvolumeclaims", "VolumeAttributesClass", "volumeAttributesClassName")):
        of = _scope(name, operator, *values)
        assert quota.in_scope(of, resource, {"spec": {"containers": [], field: "high"}}, (1, 36)) is high
        assert quota.in_scope(of, resource, {"spec": {"containers": []}}, (1, 36)) is none


def test_scopes_of_deadlines():
    pod = {"spec": {"containers": [], "activeDeadlineSeconds": 0}}
    assert quota.in_scope({"spec": {"scopes": ["Terminating"]}}, "pods", pod, (1, 36))
    assert not quota.in_scope({"spec": {"scopes": ["NotTerminating"]}}, "pods", pod, (1, 36))
    assert not quota.in_scope({"spec": {"scopes": ["Terminating", "NotBestEffort"]}}, "pods", pod, (1, 36))


def test_scopes_of_other_resources():
    assert quota.in_scope({"spec": {}}, "services", {}, (1, 36))
    assert not quota.in_scope({"spec": {"scopes": ["BestEffort"]}}, "services", {}, (1, 36))
    assert not quota.in_scope(_scope("PriorityClass", "Exists"), "persistentvolumeclaims", {"spec": {}}, (1, 36))


@pytest.mark.parametrize(("kind", "rule", "crosses"), [
    ("podAffinity", "requiredDuringSchedulingIgnoredDuringExecution", True),
    ("podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution", True),
    ("nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", False),
])
@pytest.mark.parametrize(("term", "asks"), [({"namespaces": ["a"]}, True), ({"namespaceSelector": {}}, True),
                                            ({"topologyKey": "k"}, False)])
def test_affinity_to_pods_of_other_namespaces(kind, rule, crosses, term, asks):
    terms = [{"weight": 1, "podAffinityTerm": term} if rule.startswith("preferred") else term]
    pod = {"spec": {"containers": [], "affinity": {kind: {rule: terms}}}}
    found = quota.in_scope({"spec": {"scopes": ["CrossNamespacePodAffinity"]}}, "pods", pod, (1, 36))
    assert found is (crosses and asks)


def test_names_of_resources_that_there_are_not_count_nothing(api):
    api.create("v1", "Secret", "s")
    api.create("v1", "ResourceQuota", "q", spec={"hard": {"count/widgets.example.com": "1", "secrets": "3"}})
    found = quota.count(api.trusted.find("resourcequotas", "q", "default"), api.trusted, NOW)
    assert found == {"count/widgets.example.com": "0", "secrets": "1"}


QUOTA = """apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {count/secrets: "1", configmaps: "2"}}
"""


def test_a_quota_counts_for_what_comes_with_it(terminal):
    """The controller has counted it before the next request comes, also where both are of one command."""
    secrets = "".join(f"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\n" for name in ("a", "b"))
    result = terminal("kubectl apply -f -", QUOTA + secrets)
    assert (result.code, result.out) == (1, "resourcequota/q created\nsecret/a created\n")
    assert result.err == ('Error from server (Forbidden): error when creating "STDIN": secrets "b" is forbidden: '
                          "exceeded quota: q, requested: count/secrets=1, used: count/secrets=1, limited: "
                          "count/secrets=1\n")
    used = terminal.ok("kubectl get quota q -o jsonpath='{.status.used}'")
    assert used == '{"configmaps":"1","count/secrets":"1"}'
    terminal.ok("kubectl patch quota q -p '{\"spec\": {\"hard\": {\"count/secrets\": \"2\"}}}'")
    terminal.ok("kubectl create secret generic b --dry-run=server")
    terminal.ok("kubectl create secret generic b")
