"""What the API server itself makes when it starts, beside RBAC's policy: APIServices, flow control, the service range.

Kubernetes: pkg/controlplane/apiserver/aggregator.go, cmd/kube-apiserver/app/aggregator.go,
apiserver/pkg/apis/flowcontrol/bootstrap/default.go, pkg/controlplane/controller/defaultservicecidr.
"""

from __future__ import annotations

from ..machinery import timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from ..machinery.discovery import Discovery
    from ..machinery.types import Object

    Add: TypeAlias = Callable[..., Object]

API_SERVICES = "apiservices.apiregistration.k8s.io"
AUTOMANAGED = "kube-aggregator.kubernetes.io/automanaged"  # label of the APIServices that the server keeps itself
FLOWCONTROL = "flowcontrol.apiserver.k8s.io"
_AUTOUPDATE = {"apf.kubernetes.io/autoupdate-spec": "true"}

_API_SERVICES = (  # group, its priority, versions with theirs
    ("", 18000, {"v1": 1}), ("admissionregistration.k8s.io", 16700, {"v1": 15, "v1beta1": 12, "v1alpha1": 9}),
    ("apiextensions.k8s.io", 16700, {"v1": 15}), ("apps", 17800, {"v1": 15}),
    ("authentication.k8s.io", 17700, {"v1": 15, "v1beta1": 9, "v1alpha1": 1}),
    ("authorization.k8s.io", 17600, {"v1": 15}), ("autoscaling", 17500, {"v1": 15, "v2": 30}),
    ("batch", 17400, {"v1": 15}), ("certificates.k8s.io", 17300, {"v1": 15, "v1beta1": 9, "v1alpha1": 1}),
    ("coordination.k8s.io", 16500, {"v1": 15}), ("discovery.k8s.io", 16200, {"v1": 15}),
    ("events.k8s.io", 17750, {"v1": 15}), (FLOWCONTROL, 16100, {"v1": 21, "v1beta3": 18, "v1beta2": 15}),
    ("networking.k8s.io", 17200, {"v1": 15, "v1beta1": 9, "v1alpha1": 1}), ("node.k8s.io", 16300, {"v1": 15}),
    ("policy", 17100, {"v1": 15}), ("rbac.authorization.k8s.io", 17000, {"v1": 15}),
    ("resource.k8s.io", 16200, {"v1": 21, "v1beta2": 15}), ("scheduling.k8s.io", 16600, {"v1": 15}),
    ("storage.k8s.io", 16800, {"v1": 15, "v1beta1": 9, "v1alpha1": 1}),
    ("storagemigration.k8s.io", 15800, {"v1": 15, "v1beta1": 9, "v1alpha1": 1}))

_PRIORITY_LEVELS = (  # name, shares, lendable percent, (queues, hand size) where requests wait
    ("catch-all", 5, 0, None), ("system", 30, 33, (64, 6)), ("node-high", 40, 25, (64, 6)),
    ("leader-election", 10, 0, (16, 4)), ("workload-high", 40, 50, (128, 6)), ("workload-low", 100, 90, (128, 6)),
    ("global-default", 20, 50, (128, 6)))

_EVERYBODY = ("Group:system:unauthenticated", "Group:system:authenticated")
_KUBE_SYSTEM = "ServiceAccount:*"
_ALL = {"resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "clusterScope": True,
                           "namespaces": ["*"]}],
        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}]}
_LEASES = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "namespaces": ["*"]}
_FLOW_SCHEMAS: tuple[tuple[str, str, int, str, tuple[str, ...], Object], ...] = (
    # name, priority level, precedence, distinguished by, subjects, what they ask for
    ("exempt", "exempt", 1, "", ("Group:system:masters",), _ALL),
    ("probes", "exempt", 2, "", _EVERYBODY, {"nonResourceRules": [
        {"verbs": ["get"], "nonResourceURLs": ["/healthz", "/readyz", "/livez"]}]}),
    ("system-leader-election", "leader-election", 100, "ByUser",
     ("User:system:kube-controller-manager", "User:system:kube-scheduler", _KUBE_SYSTEM),
     {"resourceRules": [{"verbs": ["get", "create", "update"], **_LEASES}]}),
    ("system-node-high", "node-high", 400, "ByUser", ("Group:system:nodes",), {"resourceRules": [
        {"verbs": ["*"], "apiGroups": [""], "resources": ["nodes", "nodes/status"], "clusterScope": True,
         "namespaces": ["*"]},
        {"verbs": ["*"], **_LEASES}]}),
    ("system-nodes", "system", 500, "ByUser", ("Group:system:nodes",), _ALL),
    ("kube-controller-manager", "workload-high", 800, "ByNamespace", ("User:system:kube-controller-manager",), _ALL),
    ("kube-scheduler", "workload-high", 800, "ByNamespace", ("User:system:kube-scheduler",), _ALL),
    ("kube-system-service-accounts", "workload-high", 900, "ByNamespace", (_KUBE_SYSTEM,), _ALL),
    ("service-accounts", "workload-low", 9000, "ByUser", ("Group:system:serviceaccounts",), _ALL),
    ("global-default", "global-default", 9900, "ByUser", _EVERYBODY, _ALL),
    ("catch-all", "catch-all", 10000, "ByUser", _EVERYBODY, _ALL))


def add_objects(add: Add, now: float, discovery: Discovery, cidr: str) -> None:
    """Hand every object to `add(resource, api_version, kind, name, *, labels, annotations, **rest) -> obj`.

    `discovery` tells what the server serves: nothing else gets an APIService or a default object. `cidr`: the range of
    services' addresses.
    """
    stamp = timestamps.format(now)
    served = {(res.group, res.version) for res in discovery.resources}
    for group, priority, versions in _API_SERVICES:
        for version, version_priority in versions.items():
            if (group, version) in served:
                add(API_SERVICES, "apiregistration.k8s.io/v1", "APIService", f"{version}.{group}",
                    labels={AUTOMANAGED: "onstart"},
                    **local_api_service(group, version, priority, version_priority, now))
    for name, spec in priority_levels().items():
        add(f"prioritylevelconfigurations.{FLOWCONTROL}", f"{FLOWCONTROL}/v1", "PriorityLevelConfiguration", name,
            annotations=dict(_AUTOUPDATE), spec=spec, status={})["metadata"]["generation"] = 1
    for name, spec in flow_schemas().items():
        found = dangling(spec["priorityLevelConfiguration"]["name"], True)
        add(f"flowschemas.{FLOWCONTROL}", f"{FLOWCONTROL}/v1", "FlowSchema", name, annotations=dict(_AUTOUPDATE),
            spec=spec, status={"conditions": [{**found, "lastTransitionTime": stamp}]})["metadata"]["generation"] = 1
    if not discovery.by_plural("servicecidrs"):
        return
    ready = {"lastTransitionTime": stamp, "message": "Kubernetes default Service CIDR is ready", "reason": "",
             "status": "True", "type": "Ready"}
    add("servicecidrs.networking.k8s.io", "networking.k8s.io/v1", "ServiceCIDR", "kubernetes",
        spec={"cidrs": cidr.split(",")}, status={"conditions": [ready]})[
            "metadata"]["finalizers"] = ["networking.k8s.io/service-cidr-finalizer"]


def local_api_service(group: str, version: str, priority: int, version_priority: int, now: float) -> Object:
    """Return spec and status of the APIService for what this server serves itself."""
    spec = {"groupPriorityMinimum": priority, "version": version, "versionPriority": version_priority}
    return {"spec": {"group": group, **spec} if group else spec, "status": {"conditions": [local_available(now)]}}


def local_available(now: float) -> Object:
    """Return the condition of an APIService that no other server stands behind (NewLocalAvailableAPIServiceCondition).
    """
    return {"lastTransitionTime": timestamps.format(now), "message": "Local APIServices are always available",
            "reason": "Local", "status": "True", "type": "Available"}


def priority_levels() -> dict[str, Object]:
    """Return the specs of the priority levels that a server makes, by their names."""
    specs: dict[str, Object] = {
        "exempt": {"type": "Exempt", "exempt": {"lendablePercent": 0, "nominalConcurrencyShares": 0}}}
    for name, shares, lendable, queuing in _PRIORITY_LEVELS:
        response: Object = {"type": "Reject"}
        if queuing:
            response = {"type": "Queue", "queuing": {"queues": queuing[0], "handSize": queuing[1],
                                                     "queueLengthLimit": 50}}
        specs[name] = {"type": "Limited", "limited": {"nominalConcurrencyShares": shares, "lendablePercent": lendable,
                                                      "limitResponse": response}}
    return specs


def flow_schemas() -> dict[str, Object]:
    """Return the specs of the flow schemas that a server makes, by their names."""
    specs: dict[str, Object] = {}
    for name, level, precedence, distinguished, subjects, rules in _FLOW_SCHEMAS:
        specs[name] = {"matchingPrecedence": precedence, "priorityLevelConfiguration": {"name": level},
                       "rules": [{"subjects": [_subject(text) for text in subjects], **rules}]}
        if distinguished:
            specs[name]["distinguisherMethod"] = {"type": distinguished}
    return specs


def _subject(text: str) -> Object:
    kind, _, name = text.partition(":")
    if kind == "ServiceAccount":
        return {"kind": kind, "serviceAccount": {"name": name, "namespace": "kube-system"}}
    return {"kind": kind, kind.lower(): {"name": name}}


def dangling(level: str, exists: bool) -> Object:
    """Return a FlowSchema's condition about its priority level, without time."""
    what = f'This FlowSchema references the PriorityLevelConfiguration object named "{level}"'
    if exists:
        return {"type": "Dangling", "status": "False", "reason": "Found", "message": f"{what} and it exists"}
    return {"type": "Dangling", "status": "True", "reason": "NotFound",
            "message": f"{what} but there is no such object"}
