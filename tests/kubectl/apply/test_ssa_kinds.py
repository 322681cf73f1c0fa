"""Server-side apply after client-side apply, and by a second manager, for a kind of every strategy."""

from __future__ import annotations

import json

import pytest

CONTAINERS = "containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]"
TEMPLATE = f"selector: {{matchLabels: {{a: b}}}}, template: {{metadata: {{labels: {{a: b}}}}, spec: {{{CONTAINERS}}}}}"
META = "metadata: {name: x, labels: {app: x}, annotations: {note: here}}"
KINDS = {  # apiVersion and kind -> what of the manifest follows the metadata
    "v1 ConfigMap": "data: {a: '1'}, binaryData: {b: AAA=}",
    "v1 Endpoints": "subsets: [{addresses: [{ip: 1.2.3.4}], ports: [{port: 80, protocol: TCP}]}]",
    "v1 LimitRange": "spec: {limits: [{type: Pod, max: {cpu: '1'}}]}",
    "v1 Namespace": "spec: {}",
    "v1 PersistentVolume": "spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /a}}",
    "v1 PersistentVolumeClaim": "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}",
    "v1 Pod": f"spec: {{{CONTAINERS}}}",
    "v1 PodTemplate": f"template: {{metadata: {{labels: {{a: b}}}}, spec: {{{CONTAINERS}}}}}",
    "v1 ReplicationController":
        f"spec: {{replicas: 1, template: {{metadata: {{labels: {{a: b}}}}, spec: {{{CONTAINERS}}}}}}}",
    "v1 ResourceQuota": "spec: {hard: {pods: '5'}}",
    "v1 Secret": "data: {c: ZA==}",
    "v1 Service": "spec: {selector: {a: b}, type: NodePort, ports: [{port: 80, name: a}, {port: 81, name: b}]}",
    "v1 ServiceAccount": "imagePullSecrets: [{name: a}], secrets: [{name: b}]",
    "apps/v1 DaemonSet": f"spec: {{{TEMPLATE}}}",
    "apps/v1 Deployment": f"spec: {{replicas: 2, {TEMPLATE}}}",
    "apps/v1 ReplicaSet": f"spec: {{replicas: 1, {TEMPLATE}}}",
    "apps/v1 StatefulSet": f"spec: {{serviceName: x, replicas: 1, {TEMPLATE}}}",
    "autoscaling/v1 HorizontalPodAutoscaler":
        "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: x}}",
    "autoscaling/v2 HorizontalPodAutoscaler":
        "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: x}, metrics: [{type: "
        "Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}",
    "batch/v1 CronJob": "spec: {schedule: '@daily', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, "
                        f"{CONTAINERS}}}}}}}}}}}",
    "batch/v1 Job": f"spec: {{template: {{spec: {{restartPolicy: Never, {CONTAINERS}}}}}}}",
    "coordination.k8s.io/v1 Lease": "spec: {holderIdentity: me, renewTime: '2026-01-01T00:00:00.000000Z'}",
    "discovery.k8s.io/v1 EndpointSlice":
        "addressType: IPv4, endpoints: [{addresses: [1.2.3.4], conditions: {ready: true}}], "
        "ports: [{port: 80, name: a, protocol: TCP}]",
    "networking.k8s.io/v1 Ingress":
        "spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: x, port: {number: 80}}}}"
        "]}}]}",
    "networking.k8s.io/v1 IngressClass": "spec: {controller: k8s.io/ingress-nginx}",
    "networking.k8s.io/v1 NetworkPolicy": "spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}",
    "policy/v1 PodDisruptionBudget": "spec: {minAvailable: 1, selector: {matchLabels: {a: b}}}",
    "rbac.authorization.k8s.io/v1 ClusterRole": "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]",
    "rbac.authorization.k8s.io/v1 ClusterRoleBinding":
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, "
        "subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: u}]",
    "rbac.authorization.k8s.io/v1 Role": "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]",
    "rbac.authorization.k8s.io/v1 RoleBinding":
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: x}, "
        "subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: u}]",
    "scheduling.k8s.io/v1 PriorityClass": "value: 10",
    "storage.k8s.io/v1 StorageClass": "provisioner: a.example/b",
    "storage.k8s.io/v1 CSIDriver": "spec: {attachRequired: false}",
    "storage.k8s.io/v1 VolumeAttachment": "spec: {attacher: a, nodeName: minikube, source: {persistentVolumeName: v}}",
    "node.k8s.io/v1 RuntimeClass": "handler: runc",
    "flowcontrol.apiserver.k8s.io/v1 FlowSchema":
        "spec: {priorityLevelConfiguration: {name: exempt}, matchingPrecedence: 500}",
    "flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration":
        "spec: {type: Limited, limited: {nominalConcurrencyShares: 5, limitResponse: {type: Reject}}}",
    "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration":
        "webhooks: [{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: 'https://a/b'},"
        " rules: [{apiGroups: [apps], apiVersions: [v1], resources: [nothing], operations: [CREATE], scope: '*'}]}]",
    "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy":
        "spec: {matchConstraints: {matchPolicy: Exact, namespaceSelector: {}, objectSelector: {}, resourceRules: [{"
        "apiGroups: [apps], apiVersions: [v1], resources: [nothing], operations: [CREATE], scope: '*'}]}, "
        "validations: [{expression: 'true'}]}",
    "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding":
        "spec: {policyName: x, validationActions: [Deny]}",
    "apiregistration.k8s.io/v1 APIService": "",
    "apiextensions.k8s.io/v1 CustomResourceDefinition": "",
}
NAMED = {
    "APIService": "{kind: APIService, apiVersion: apiregistration.k8s.io/v1, metadata: {name: v1.g.example, "
                  "annotations: {note: here}}, spec: {group: g.example, version: v1, groupPriorityMinimum: 1, "
                  "versionPriority: 1, service: {name: a, namespace: b}}}",
    "CustomResourceDefinition":
        "{kind: CustomResourceDefinition, apiVersion: apiextensions.k8s.io/v1, metadata: {name: xs.g.example, "
        "annotations: {note: here}}, spec: "
        "{group: g.example, scope: Namespaced, names: {plural: xs, kind: X}, versions: [{name: v1, served: true, "
        "storage: true, schema: {openAPIV3Schema: {type: object}}}]}}",
}


def manifest(kind: str) -> str:
    """Return a manifest of a kind of KINDS, as YAML in flow style."""
    api_version, name = kind.split()
    if not KINDS[kind]:
        return NAMED.get(name, "")
    return f"{{apiVersion: {api_version}, kind: {name}, {META}, {KINDS[kind]}}}\n"


def _read(terminal, body: str) -> dict:
    return json.loads(terminal.ok("kubectl get -f - -o json --show-managed-fields", body))["items"][0]


def _written(terminal, body: str) -> dict:
    """Return what there is of an object that somebody has written, but for the annotation of client-side apply."""
    obj = _read(terminal, body)
    obj["metadata"] = {name: obj["metadata"].get(name) for name in (
        "labels", "annotations", "finalizers", "generation")}
    obj["metadata"]["annotations"].pop("kubectl.kubernetes.io/last-applied-configuration")
    return {name: value for name, value in obj.items() if name != "status"}


def _owned(terminal, body: str) -> dict:
    """Return (manager, operation, subresource) -> fieldsV1 of the object that a manifest names."""
    entries = _read(terminal, body)["metadata"].get("managedFields", [])
    return {(each["manager"], each["operation"], each.get("subresource", "")): each["fieldsV1"] for each in entries}


SWEPT = [kind for kind in KINDS if manifest(kind)]


@pytest.mark.parametrize("kind", SWEPT)
def test_after_client_side_apply(newest, kind):
    body = manifest(kind)
    warned = newest("kubectl apply -f -", body).err
    before = _written(newest, body)
    for _ in range(2):
        result = newest("kubectl apply --server-side -f -", body)
        assert (result.code, result.err) == (0, warned) and result.out.endswith(" serverside-applied\n")
    assert _written(newest, body) == before
    who = _owned(newest, body)
    assert ("kubectl", "Apply", "") in who and ("kubectl-client-side-apply", "Update", "") not in who


@pytest.mark.parametrize("kind", SWEPT)
def test_two_managers_of_the_same_manifest(newest, kind):
    body = manifest(kind)
    newest.ok("kubectl apply --server-side -f - --field-manager=one", body)
    newest.ok("kubectl apply --server-side -f - --field-manager=two", body)
    who = _owned(newest, body)
    assert who["one", "Apply", ""] == who["two", "Apply", ""]


BINDING = manifest("rbac.authorization.k8s.io/v1 RoleBinding").replace(
    "apiGroup: rbac.authorization.k8s.io, kind: User", "kind: User")


def test_an_atomic_list_with_defaults_is_another_list(newest):
    newest.ok("kubectl apply --server-side -f -", BINDING)
    newest.ok("kubectl apply --server-side -f -", BINDING)
    result = newest("kubectl apply --server-side -f - --field-manager=two", BINDING)
    assert result.err.startswith('error: Apply failed with 1 conflict: conflict with "kubectl": .subjects\n')
    newest.ok("kubectl apply --server-side -f - --field-manager=two --force-conflicts", BINDING)
    who = _owned(newest, BINDING)
    assert "f:subjects" in who["two", "Apply", ""] and "f:subjects" not in who["kubectl", "Apply", ""]


HPA = manifest("autoscaling/v1 HorizontalPodAutoscaler")


def test_another_version_has_its_own_fields(newest):
    newest.ok("kubectl apply --server-side -f -", HPA.replace("maxReplicas: 3", "maxReplicas: 3, minReplicas: 2"))
    newest.ok("kubectl apply --server-side -f - --field-manager=two", HPA)
    entries = json.loads(newest.ok("kubectl get hpa x -o json --show-managed-fields"))["metadata"]["managedFields"]
    assert [(each["manager"], each["apiVersion"], "f:minReplicas" in each["fieldsV1"]["f:spec"])
            for each in entries] == [
        ("two", "autoscaling/v1", False),  # no time: who co-owns what is there changes nothing
        ("kubectl", "autoscaling/v1", True)]
    busy = HPA.replace("maxReplicas: 3", "maxReplicas: 3, targetCPUUtilizationPercentage: 40")
    busy = busy.replace("name: x,", "name: busy,")
    newest.ok("kubectl create -f -", busy)
    assert _owned(newest, busy)["kubectl-create", "Update", ""]["f:spec"].keys() == {
        "f:maxReplicas", "f:minReplicas", "f:scaleTargetRef", "f:targetCPUUtilizationPercentage"}


DEPLOYMENT = "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: x, {meta}}}, spec: {{{spec}}}}}"
BASE = DEPLOYMENT.format(meta="finalizers: [a.example/one]", spec=TEMPLATE)


def _patch(containers: str, meta: str = "") -> str:
    """Return a manifest with the containers, and no more, of a Deployment that is there."""
    return DEPLOYMENT.format(meta=meta, spec=f"template: {{spec: {{containers: {containers}}}}}")


def _apply(terminal, manager: str, body: str) -> str:
    """Apply; return the first line of what was said."""
    result = terminal(f"kubectl apply --server-side -f - --field-manager={manager}", body)
    return (result.out or result.err).partition("\n")[0]


def _containers(terminal) -> list:
    return json.loads(terminal.ok("kubectl get deployment x -o jsonpath={.spec.template.spec.containers}"))


DONE = "deployment.apps/x serverside-applied"


def test_a_list_by_keys_is_merged_element_by_element(newest):
    assert _apply(newest, "one", BASE) == DONE
    side = "[{name: side, image: busybox, args: [a, b]}, {name: c, ports: [{containerPort: 81}]}]"
    assert _apply(newest, "two", _patch(side)) == DONE
    assert [(each["name"], each["image"], [port["containerPort"] for port in each.get("ports", ())])
            for each in _containers(newest)] == [("side", "busybox", []), ("c", "nginx", [80, 81])]
    assert _apply(newest, "three", _patch("[{name: side, args: [a]}]")) == (
        'error: Apply failed with 1 conflict: conflict with "two": .spec.template.spec.containers[name="side"].args')
    assert _apply(newest, "three", _patch("[{name: c, ports: [{containerPort: 81, name: web}]}]")) == DONE
    assert _apply(newest, "two", _patch("[{name: side, image: busybox, args: [a, b]}]")) == DONE
    ports = _containers(newest)[1]["ports"]  # what three shares stays, what it named as well
    assert ports == [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 81, "name": "web", "protocol": "TCP"}]
    assert _apply(newest, "three", _patch("[]")) == DONE
    assert [port["containerPort"] for port in _containers(newest)[1]["ports"]] == [80]


def test_a_set_is_owned_value_by_value(newest):
    assert _apply(newest, "one", BASE) == DONE
    body = _patch("[{name: c, image: nginx}]", "finalizers: [a.example/two, a.example/one]")
    assert _apply(newest, "two", body) == DONE
    assert _apply(newest, "one", BASE.replace("finalizers: [a.example/one]", "")) == DONE
    assert json.loads(newest.ok("kubectl get deployment x -o jsonpath={.metadata.finalizers}")) == [
        "a.example/two", "a.example/one"]
    assert _apply(newest, "two", _patch("[{name: c, image: nginx}]", "finalizers: [a.example/two]")) == DONE
    assert json.loads(newest.ok("kubectl get deployment x -o jsonpath={.metadata.finalizers}")) == ["a.example/two"]


STATUS = ("{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, "
          "status: {replicas: 7, conditions: [{type: Mine, status: 'True'}]}}")


def test_a_status_is_applied_by_its_own_manager(newest):
    newest.ok("kubectl apply --server-side -f -", BASE)
    newest.ok("kubectl sim clock advance 20s")
    line = "kubectl apply --server-side --subresource=status -f - --field-manager=me"
    assert newest(line, STATUS).err.startswith(
        'error: Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "status" using '
        "apps/v1: .status.replicas\n")
    newest.ok(line, STATUS.replace("replicas: 7, ", ""))
    assert _owned(newest, BASE)["me", "Apply", "status"] == {"f:status": {"f:conditions": {
        'k:{"type":"Mine"}': {".": {}, "f:status": {}, "f:type": {}}}}}
    newest.ok(line, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}")
    assert "Mine" not in newest.ok("kubectl get deployment x -o jsonpath={.status.conditions[*].type}")

@pytest.mark.parametrize(("spec", "free"), [
    ({"a": [{"x": 1}]}, True),               # a list that preserves what its items' schemas do not name
    ({"b": {"x": 1}}, True),                 # an object that declares no fields
    ({"d": {"o": {"y": 1}}}, True),          # below one that preserves them
    ({"e": {"q": {"w": 1}}}, True), ({"f": 1}, False), ({"g": {"y": 1}}, False),
])
def test_what_a_custom_resource_may_apply_beyond_its_schema(newest, spec, free):
    """kube-openapi's schemaconv: what is not declared passes here and is pruned where it is stored."""
    some = {"type": "object", "properties": {"z": {"type": "string"}}}
    keep = {"x-kubernetes-preserve-unknown-fields": True}
    properties = {"a": {"type": "array", "items": some, **keep}, "b": {"type": "object"},
                  "d": {"type": "object", "properties": {"o": some}, **keep},
                  "e": {"type": "object", "additionalProperties": {"type": "object"}}, "g": some}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": properties}}}
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "stars.x.example"}, "spec": {
            "group": "x.example", "names": {"kind": "Star", "plural": "stars"}, "scope": "Namespaced", "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}}))
    star = json.dumps({"apiVersion": "x.example/v1", "kind": "Star", "metadata": {"name": "s"}, "spec": spec})
    result = newest("kubectl apply --server-side -f -", star)
    assert (result.code == 0) is free, result
    if free:
        assert newest.ok("kubectl diff --server-side -f -", star) == ""
        stored = newest.ok("kubectl get star s -o jsonpath={.spec}")
        assert "1" not in stored
    else:
        assert result.err.endswith(": field not declared in schema\n")
