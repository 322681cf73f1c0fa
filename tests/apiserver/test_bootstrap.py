from kubesim_cli.apiserver import bootstrap
from kubesim_cli.apiserver.serviceranges import ServiceRanges
from kubesim_cli.helpers.nodes import node_object

NOW = 1_704_067_200.0


def objects(release=(1, 36)):
    nodes = [node_object(0, release, NOW)]
    return bootstrap.objects(release, NOW, nodes, lambda resource, key: f"uid-{resource}-{key}", ServiceRanges())


def names(resource, **options):
    return sorted(obj["metadata"]["name"] for found, obj in objects(**options) if found == resource)


def test_what_a_fresh_minikube_has():
    assert names("namespaces") == ["default", "kube-node-lease", "kube-public", "kube-system"]
    assert names("nodes") == ["minikube"]
    assert names("priorityclasses.scheduling.k8s.io") == ["system-cluster-critical", "system-node-critical"]
    assert names("storageclasses.storage.k8s.io") == ["standard"]
    assert [obj["metadata"]["namespace"] for resource, obj in objects() if resource == "configmaps"
            and obj["metadata"]["name"] == "kube-root-ca.crt"] == names("namespaces")


def test_every_object_is_complete(api):
    seen = set()
    for resource, obj in objects():
        res = api.server.resolve(resource)
        assert (obj["apiVersion"], obj["kind"]) == (res.api_version, res.kind)
        meta = obj["metadata"]
        if resource == "componentstatuses":  # never stored, so they have no metadata to speak of
            continue
        assert meta["creationTimestamp"] == "2024-01-01T00:00:00Z", resource
        assert meta["uid"] not in seen
        seen.add(meta["uid"])


def test_the_kubernetes_service_and_its_endpoints(api):
    service = api.admin.get("services", "kubernetes", "default")
    assert service["spec"]["clusterIP"] == "10.96.0.1"
    endpoints = api.admin.get("endpoints", "kubernetes", "default")
    port = {"name": "https", "port": 8443, "protocol": "TCP"}
    assert endpoints["subsets"] == [{"addresses": [{"ip": "192.168.49.2"}], "ports": [port]}]
    assert endpoints["metadata"]["labels"] == {"endpointslice.kubernetes.io/skip-mirror": "true"}
    [found] = api.admin.list("endpointslices.discovery.k8s.io", "default",
                             label_selector="kubernetes.io/service-name=kubernetes")["items"]
    assert (found["metadata"]["name"], found["addressType"], found["ports"]) == ("kubernetes", "IPv4", [port])
    assert found["endpoints"] == [{"addresses": ["192.168.49.2"], "conditions": {"ready": True}}]


def test_the_standard_storage_class_is_the_default(api):
    found = api.admin.get("storageclasses.storage.k8s.io", "standard")
    assert found["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true"
    assert (found["provisioner"], found["reclaimPolicy"]) == ("k8s.io/minikube-hostpath", "Delete")


def test_the_bootstrap_roles_are_aggregated():
    roles = {obj["metadata"]["name"]: obj for resource, obj in objects()
             if resource == "clusterroles.rbac.authorization.k8s.io"}
    assert {"cluster-admin", "admin", "edit", "view", "system:basic-user"} <= set(roles)
    view = [(rule["apiGroups"], rule["resources"]) for rule in roles["view"]["rules"]]
    assert all("secrets" not in resources for _, resources in view)
    assert all("create" not in rule["verbs"] for rule in roles["view"]["rules"])


def test_an_api_service_for_every_version_that_is_served(api):
    served = {f"{res.version}.{res.group}" for res in api.server.discovery.resources}
    assert set(names("apiservices.apiregistration.k8s.io")) == served - {"v1.apiregistration.k8s.io"}


def test_flow_schemas_name_priority_levels_that_exist(api):
    table = api.admin.table("flowschemas.flowcontrol.apiserver.k8s.io")
    assert [row["cells"][0] for row in table["rows"]][:3] == ["exempt", "probes", "system-leader-election"]
    assert {row["cells"][1] for row in table["rows"]} | {"node-high"} == set(
        names("prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"))
    assert {row["cells"][-1] for row in table["rows"]} == {"False"}


def test_drivers_that_have_moved_out_of_tree():
    annotation = "storage.alpha.kubernetes.io/migrated-plugins"
    moved = [next(obj for resource, obj in objects(release) if resource == "csinodes.storage.k8s.io")
             ["metadata"]["annotations"][annotation] for release in ((1, 30), (1, 31))]
    assert "portworx" not in moved[0]
    assert "kubernetes.io/portworx-volume" in moved[1].split(",")
