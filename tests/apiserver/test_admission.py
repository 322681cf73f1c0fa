import pytest

QUOTA = {"hard": {"pods": "1", "requests.cpu": "500m"}}


def limit_range(api, **limits):
    return api.create("v1", "LimitRange", "limits", spec={"limits": [{"type": "Container", **limits}]})


# NamespaceLifecycle


def test_nothing_is_made_in_a_namespace_that_is_not_there_or_on_its_way_out(api):
    assert api.refused(api.create, "v1", "ConfigMap", "a", "nowhere") == 'namespaces "nowhere" not found'
    api.create("v1", "Namespace", "going")
    api.admin.delete("namespaces", "going")
    assert api.refused(api.create, "v1", "ConfigMap", "a", "going") == (
        'configmaps "a" is forbidden: unable to create new content in namespace going because it is being terminated')


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_some_namespaces_stay(api, name):
    assert api.refused(api.admin.delete, "namespaces", name) == (
        f'namespaces "{name}" is forbidden: this namespace may not be deleted')


# LimitRanger


def test_a_limit_range_fills_in_and_refuses(api):
    limit_range(api, max={"cpu": "1"}, default={"cpu": "500m"}, defaultRequest={"cpu": "100m"}, min={"cpu": "50m"})
    resources = api.pod("fine")["spec"]["containers"][0]["resources"]
    assert resources == {"limits": {"cpu": "500m"}, "requests": {"cpu": "100m"}}
    assert api.refused(api.pod, "large", container={"resources": {"limits": {"cpu": "2"}}}) == (
        'pods "large" is forbidden: maximum cpu usage per Container is 1, but limit is 2')
    assert api.refused(api.pod, "small", container={"resources": {"requests": {"cpu": "10m"}}}) == (
        'pods "small" is forbidden: minimum cpu usage per Container is 50m, but request is 10m')


def test_a_limit_on_claims(api):
    api.create("v1", "LimitRange", "claims", spec={"limits": [{"type": "PersistentVolumeClaim",
                                                               "max": {"storage": "1Gi"}}]})
    assert api.refused(api.create, "v1", "PersistentVolumeClaim", "big", spec={
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}) == (
        'persistentvolumeclaims "big" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but '
        'request '
        "is 2Gi")


# ServiceAccount


def test_a_pod_gets_its_account_and_token(api):
    spec = api.pod("web")["spec"]
    assert (spec["serviceAccountName"], spec["serviceAccount"]) == ("default", "default")
    volume = spec["volumes"][0]
    assert volume["name"].startswith("kube-api-access-")
    assert [next(iter(source)) for source in volume["projected"]["sources"]] == [
        "serviceAccountToken", "configMap", "downwardAPI"]
    assert spec["containers"][0]["volumeMounts"] == [{
        "name": volume["name"], "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]


def test_a_pod_may_do_without_a_token(api):
    assert "volumes" not in api.pod("web", automountServiceAccountToken=False)["spec"]
    api.create("v1", "ServiceAccount", "quiet", automountServiceAccountToken=False)
    assert "volumes" not in api.pod("other", serviceAccountName="quiet")["spec"]


def test_the_account_has_to_be_there(api):
    assert api.refused(api.pod, "web", serviceAccountName="nobody") == (
        'pods "web" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found')


# Priority, tolerations, runtime classes


def test_priorities(api):
    api.create("scheduling.k8s.io/v1", "PriorityClass", "high", value=1000, preemptionPolicy="Never")
    assert api.pod("plain")["spec"]["priority"] == 0
    spec = api.pod("important", priorityClassName="high")["spec"]
    assert (spec["priority"], spec["preemptionPolicy"]) == (1000, "Never")
    assert api.refused(api.pod, "lost", priorityClassName="none") == (
        'pods "lost" is forbidden: no PriorityClass with name none was found')
    api.create("scheduling.k8s.io/v1", "PriorityClass", "usual", value=7, globalDefault=True)
    spec = api.pod("common")["spec"]
    assert (spec["priority"], spec["priorityClassName"]) == (7, "usual")


def test_every_pod_stays_a_while_on_a_node_in_trouble(api):
    found = api.pod("web", tolerations=[{"key": "node.kubernetes.io/not-ready", "operator": "Exists",
                                         "effect": "NoExecute"}])["spec"]["tolerations"]
    assert [(entry["key"], entry.get("tolerationSeconds")) for entry in found] == [
        ("node.kubernetes.io/not-ready", None), ("node.kubernetes.io/unreachable", 300)]


def test_runtime_classes(api):
    assert api.refused(api.pod, "web", runtimeClassName="gvisor") == (
        'pods "web" is forbidden: pod rejected: RuntimeClass "gvisor" not found')
    api.create("node.k8s.io/v1", "RuntimeClass", "gvisor", handler="runsc", overhead={"podFixed": {"cpu": "100m"}})
    assert api.pod("web", runtimeClassName="gvisor")["spec"]["overhead"] == {"cpu": "100m"}


# Storage


def claim(api, name="data", **spec):
    return api.create("v1", "PersistentVolumeClaim", name, spec={
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec})


def test_a_claim_gets_the_default_class_and_is_protected(api):
    made = claim(api)
    assert made["spec"]["storageClassName"] == "standard"
    assert made["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
    assert claim(api, "none", storageClassName="")["spec"]["storageClassName"] == ""


def test_a_claim_grows_only_where_its_class_lets_it(api):
    claim(api)
    bound = api.trusted.find("persistentvolumeclaims", "data", "default")
    api.trusted.update_status("persistentvolumeclaims", {**bound, "status": {"phase": "Bound"}})
    assert api.refused(api.change, "persistentvolumeclaims", "data", {
        "spec": {"resources": {"requests": {"storage": "2Gi"}}}}) == (
        'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the '
        "storageclass that provisions the pvc must support resize")


def test_an_ingress_gets_the_default_class(api):
    api.create("networking.k8s.io/v1", "IngressClass", "nginx", spec={"controller": "k8s.io/ingress-nginx"},
               annotations={"ingressclass.kubernetes.io/is-default-class": "true"})
    made = api.create("networking.k8s.io/v1", "Ingress", "web", spec={
        "defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}})
    assert made["spec"]["ingressClassName"] == "nginx"


# ResourceQuota


def quota(api, name="quota", used=None, **spec):
    api.create("v1", "ResourceQuota", name, spec=spec)
    made = api.trusted.find("resourcequotas", name, "default")
    return api.trusted.update_status("resourcequotas", {**made, "status": {
        "hard": spec["hard"], "used": dict.fromkeys(spec["hard"], "0") | (used or {})}})


def test_a_quota_counts_what_is_made(api):
    quota(api, hard={"configmaps": "2", "services.nodeports": "0"}, used={"configmaps": "1"})
    api.create("v1", "ConfigMap", "a")
    assert api.admin.get("resourcequotas", "quota", "default")["status"]["used"]["configmaps"] == "2"
    assert api.refused(api.create, "v1", "ConfigMap", "b") == (
        'configmaps "b" is forbidden: exceeded quota: quota, requested: configmaps=1, used: configmaps=2, limited: '
        "configmaps=2")


def test_a_quota_on_cpu_wants_requests(api):
    quota(api, hard={"requests.cpu": "1"})
    assert api.refused(api.pod, "web") == (
        'pods "web" is forbidden: failed quota: quota: must specify requests.cpu for: c')
    assert api.refused(api.pod, "web", container={"resources": {"requests": {"cpu": "2"}}}) == (
        'pods "web" is forbidden: exceeded quota: quota, requested: requests.cpu=2, used: requests.cpu=0, limited: '
        "requests.cpu=1")


def test_a_quota_with_a_scope_leaves_other_pods_alone(api):
    quota(api, hard={"pods": "0"}, scopes=["BestEffort"])
    api.pod("web", container={"resources": {"requests": {"cpu": "1"}}})
    assert "exceeded quota: quota, requested: pods=1" in api.refused(api.pod, "idle")


def test_a_dry_run_takes_nothing_from_a_quota(api):
    quota(api, hard={"configmaps": "5"})
    api.admin.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, "default",
                     dry_run=True)
    assert api.admin.get("resourcequotas", "quota", "default")["status"]["used"]["configmaps"] == "0"
