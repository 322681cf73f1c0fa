"""The objects that every new cluster has: what the API server and its peers make when they start."""

from __future__ import annotations

import os

from ..go.jsontext import loads
from ..machinery import timestamps
from ..machinery.objects import join_key
from ..machinery.wellknown import (
    AUTO_UPDATE_ANNOTATION_KEY,
    HOSTPATH_PROVISIONER,
    IS_DEFAULT_STORAGE_CLASS_ANNOTATION,
    LABEL_METADATA_NAME,
    LABEL_SERVICE_NAME,
    LABEL_SKIP_MIRROR,
    LOCAL_PATH_PROVISIONER,
)
from ..releases.gates import enabled
from ..releases.makers import maker_of
from . import leases, poststarthooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Json, Object, Release
    from .poststarthooks import Add
    from .serviceranges import ServiceRanges

RBAC = "rbac.authorization.k8s.io"
_AUTOUPDATE = {AUTO_UPDATE_ANNOTATION_KEY: "true"}
_BOOTSTRAPPING = "kubernetes.io/bootstrapping"
ROOT_CA = """\
-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUH8IzPzodY08H5TtO5aTznJ8QbTgwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKbWluaWt1YmVDQTAeFw0yNjExMjMyMDQzMzJaFw0zNjExMjAy
MDQzMzJaMBUxEzARBgNVBAMMCm1pbmlrdWJlQ0EwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQq7CmuxPmBJbPnMIf4tWcZijQ7k1iH4/NXnCnMtrEMUALjW18RVPbM
sEGp3APwjS3VrM2xf/uWuDzdEGFnjw3vo1MwUTAdBgNVHQ4EFgQUEVWzVec18JJX
k9gWEEyLEm3r4uEwHwYDVR0jBBgwFoAUEVWzVec18JJXk9gWEEyLEm3r4uEwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAF+DzX0hke7xqwqMWgLsuf
oB5ojNo3c2DGHUdX8Ub9DwIhAJUB2ZOFMISeuYaYUcKdR+6Fya2dKTQOFR00y2Dy
wZS0
-----END CERTIFICATE-----
"""


def objects(release: Release, now: float, nodes: list[Object],
            uid: Callable[[str, str], str], services: ServiceRanges,
            ) -> list[tuple[str, Object]]:
    """Return (resource, object) for all that a new cluster holds at `now`.

    `nodes`: Node objects, the control plane's first; `uid`: function (resource, key) -> UID.
    """
    from ..machinery.discovery import builtin

    found: list[tuple[str, Object]] = []
    stamp, discovery = timestamps.format(now), builtin(release)

    def add(resource: str, api_version: str, kind: str, name: str, namespace: str = "", *, labels: Object | None = None,
            annotations: Object | None = None, **rest: Json) -> Object:
        meta: Object = {"name": name}
        if namespace:
            meta["namespace"] = namespace
        meta["uid"] = uid(resource, join_key(namespace, name))
        meta["creationTimestamp"] = stamp
        if labels:
            meta["labels"] = labels
        if annotations:
            meta["annotations"] = annotations
        obj = {"kind": kind, "apiVersion": api_version, "metadata": meta, **rest}
        found.append((resource, obj))
        return obj

    for name in ("kube-system", "kube-public", "kube-node-lease", "default"):
        add("namespaces", "v1", "Namespace", name, labels={LABEL_METADATA_NAME: name},
            spec={"finalizers": ["kubernetes"]}, status={"phase": "Active"})
    for name in ("scheduler", "controller-manager", "etcd-0"):
        found.append(("componentstatuses", {
            "kind": "ComponentStatus", "apiVersion": "v1", "metadata": {"name": name},
            "conditions": [{"type": "Healthy", "status": "True", "message": "ok"}]}))
    _add_nodes(add, nodes, now, release)
    _add_roles(add)
    poststarthooks.add_objects(add, now, discovery, services.cidr)
    for name, value, what in (
            ("system-node-critical", 2000001000, "that must not be moved from their current node."),
            ("system-cluster-critical", 2000000000,
             "that must run in the cluster, but can be moved to another node if necessary.")):
        add("priorityclasses.scheduling.k8s.io", "scheduling.k8s.io/v1", "PriorityClass", name, value=value,
            description=f"Used for system critical pods {what}", preemptionPolicy="PreemptLowerPriority"
            )["metadata"]["generation"] = 1
    maker = maker_of(nodes)
    _add_api_service(add, nodes, release, services, maker.port)
    _add_authentication(add, stamp)
    add("storageclasses.storage.k8s.io", "storage.k8s.io/v1", "StorageClass", "standard",
        annotations={IS_DEFAULT_STORAGE_CLASS_ANNOTATION: "true"},
        provisioner=LOCAL_PATH_PROVISIONER if maker.kind else HOSTPATH_PROVISIONER, reclaimPolicy="Delete",
        volumeBindingMode="WaitForFirstConsumer" if maker.kind else "Immediate")
    for namespace in ("default", "kube-node-lease", "kube-public", "kube-system"):
        add("serviceaccounts", "v1", "ServiceAccount", "default", namespace)
        add("configmaps", "v1", "ConfigMap", "kube-root-ca.crt", namespace, annotations=dict(ROOT_CA_ANNOTATIONS),
            data={"ca.crt": ROOT_CA})
    if nodes:
        _add_identity(add, nodes[0]["metadata"]["name"], now, uid)
    return found


def _add_identity(add: Add, hostname: str, now: float, uid: Callable[[str, str], str]) -> None:
    """Add the Lease by which an API server tells that it is there (pkg/controlplane/apiserver/server.go); its name is
    a hash of the host's (apiserver/pkg/server/config.go)."""
    from ..machinery.digest import sha256

    parts = b"".join(len(part).to_bytes(2, "big") + part for part in (hostname.encode(), b"kube-apiserver"))
    number = int.from_bytes(sha256(parts).digest()[:16], "big") << 2  # 26 digits of 5 bits: base32, without its module
    name = "apiserver-" + "".join("abcdefghijklmnopqrstuvwxyz234567"[number >> bit & 31] for bit in range(125, -1, -5))
    add(leases.LEASES, leases.API_VERSION, "Lease", name, leases.CONTROL_PLANE,
        labels=leases.labels_of_server(hostname), spec=leases.spec_of_server(f"{name}_{uid('apiserver', name)}", now))


ROOT_CA_ANNOTATIONS = {"kubernetes.io/description":
                       "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
                       "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
                       "guaranteed across distributions of Kubernetes clusters."}


_MIGRATED = ("aws-ebs", "azure-disk", "azure-file", "cinder", "gce-pd", "portworx-volume", "vsphere-volume")


def _add_nodes(add: Add, nodes: list[Object], now: float, release: Release) -> None:
    """Add the nodes, and what their kubelets make when they register."""
    for node in nodes:
        meta = node["metadata"]
        name = meta["name"]
        made = add("nodes", "v1", "Node", name, labels=meta.get("labels"), annotations=meta.get("annotations"),
                   spec=node["spec"], status=node["status"])
        for resource, obj in of_kubelet(made, now, release):
            meta = obj["metadata"]
            add(resource, obj["apiVersion"], obj["kind"], name, meta.get("namespace", ""), spec=obj["spec"],
                annotations=meta.get("annotations"))["metadata"]["ownerReferences"] = meta["ownerReferences"]


def of_kubelet(node: Object, now: float, release: Release) -> list[tuple[str, Object]]:
    """Return (resource, object) of what a kubelet makes beside its node, which is stored already: lease and CSINode."""
    name = node["metadata"]["name"]
    meta = {"name": name, "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": name,
                                               "uid": node["metadata"]["uid"]}]}
    migrated = ",".join(f"kubernetes.io/{plugin}" for plugin in _MIGRATED
                        if plugin != "portworx-volume" or enabled("PortworxMigrated", release))
    return [
        (leases.LEASES, {"kind": "Lease", "apiVersion": leases.API_VERSION,
                         "metadata": {**meta, "namespace": leases.NODES}, "spec": leases.spec_of_node(name, now)}),
        ("csinodes.storage.k8s.io", {"kind": "CSINode", "apiVersion": "storage.k8s.io/v1", "metadata": {
            **meta, "annotations": {"storage.alpha.kubernetes.io/migrated-plugins": migrated}},
            "spec": {"drivers": None}})]


def _add_api_service(add: Add, nodes: list[Object], release: Release, services: ServiceRanges,
                     api_port: int) -> None:
    """The Service `kubernetes` and its endpoints."""
    cluster_ip, family = services.of_api, services.family
    labels = {"component": "apiserver", "provider": "kubernetes"}
    add("services", "v1", "Service", "kubernetes", "default", labels=labels, spec={
        "clusterIP": cluster_ip, "clusterIPs": [cluster_ip], "internalTrafficPolicy": "Cluster",
        "ipFamilies": [family], "ipFamilyPolicy": "SingleStack",
        "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": api_port}],
        "sessionAffinity": "None", "type": "ClusterIP"}, status={"loadBalancer": {}})
    if enabled("MultiCIDRServiceAllocator", release):
        add("ipaddresses.networking.k8s.io", "networking.k8s.io/v1", "IPAddress", cluster_ip, labels={
            "ipaddress.kubernetes.io/ip-family": family, "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io"},
            spec={"parentRef": {"resource": "services", "namespace": "default", "name": "kubernetes"}})
    if not nodes:
        return
    ip = next(each["address"] for each in nodes[0]["status"]["addresses"]
              if (":" in each["address"]) == (family == "IPv6"))
    port = {"name": "https", "port": api_port, "protocol": "TCP"}
    add("endpoints", "v1", "Endpoints", "kubernetes", "default",
        labels={LABEL_SKIP_MIRROR: "true"},
        subsets=[{"addresses": [{"ip": ip}], "ports": [port]}])
    add("endpointslices.discovery.k8s.io", "discovery.k8s.io/v1", "EndpointSlice", "kubernetes", "default",
        labels={LABEL_SERVICE_NAME: "kubernetes"}, addressType=family,
        endpoints=[{"addresses": [ip], "conditions": {"ready": True}}], ports=[port])


def _add_authentication(add: Add, stamp: str) -> None:
    """What extension API servers have to know of the way in which requests reach them, and since when the use of tokens
    that stand in Secrets is tracked (pkg/controlplane/controller/clusterauthenticationtrust, legacytokentracking)."""
    headers = {"requestheader-allowed-names": "front-proxy-client", "requestheader-extra-headers-prefix":
               "X-Remote-Extra-", "requestheader-group-headers": "X-Remote-Group",
               "requestheader-username-headers": "X-Remote-User"}
    add("configmaps", "v1", "ConfigMap", "extension-apiserver-authentication", "kube-system", data={
        "client-ca-file": ROOT_CA, "requestheader-client-ca-file": ROOT_CA,
        **{name: f'["{header}"]' for name, header in headers.items()}})
    add("configmaps", "v1", "ConfigMap", "kube-apiserver-legacy-service-account-token-tracking", "kube-system",
        data={"since": stamp[:10]})


def _add_roles(add: Add) -> None:
    """RBAC's bootstrap policy (rbac.json, renewed by hack/update_rbac.py)."""
    with open(os.path.join(os.path.dirname(__file__), "rbac.json"), encoding="utf-8") as file:
        data = loads(file.read())
    version = f"{RBAC}/v1"
    rules = _aggregated(data["roles"])
    for role in data["roles"]:
        namespace = role.get("namespace", "")
        labels = {_BOOTSTRAPPING: "rbac-defaults"}
        rest = {"rules": rules[role["name"]] if "aggregate" in role else role["rules"]}
        if "aggregateTo" in role:
            labels[f"{RBAC}/aggregate-to-{role['aggregateTo']}"] = "true"
        if "aggregate" in role:
            rest["aggregationRule"] = {"clusterRoleSelectors": [
                {"matchLabels": {f"{RBAC}/aggregate-to-{role['aggregate']}": "true"}}]}
        plural, kind = ("roles", "Role") if namespace else ("clusterroles", "ClusterRole")
        add(f"{plural}.{RBAC}", version, kind, role["name"], namespace, labels=labels, annotations=_AUTOUPDATE, **rest)
    for binding in data["bindings"]:
        namespace = binding.get("namespace", "")
        ref = {"apiGroup": RBAC, "kind": binding.get("kind") or ("Role" if namespace else "ClusterRole"),
               "name": binding.get("role") or binding["name"]}
        subjects = [s if s["kind"] == "ServiceAccount" else {"apiGroup": RBAC, **s} for s in binding["subjects"]]
        plural, kind = ("rolebindings", "RoleBinding") if namespace else ("clusterrolebindings", "ClusterRoleBinding")
        rest = {"subjects": subjects} if subjects else {}
        add(f"{plural}.{RBAC}", version, kind, binding["name"], namespace, labels={_BOOTSTRAPPING: "rbac-defaults"},
            annotations=_AUTOUPDATE, roleRef=ref, **rest)


def _aggregated(roles: list[Object]) -> dict[str, list[Object]]:
    """Return the rules of the aggregated roles: those of the roles that aggregate to each, in the order of names."""
    found: dict[str, list[Object]] = {}
    for target in ("view", "edit", "admin"):
        rules: list[Object] = []
        for role in sorted(roles, key=lambda r: r["name"]):
            if role.get("aggregateTo") == target:
                rules += [rule for rule in role.get("rules") or found[role["name"]] if rule not in rules]
        found[target] = rules
    return found
