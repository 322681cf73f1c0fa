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
