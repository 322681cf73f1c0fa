"""Clean manifests: of a cluster's objects what their authors wrote, as far as it can be told, for another to take.

What a cluster makes by itself is left out, and of the rest what it sets by itself: status, UIDs, managed fields,
addresses that were allocated, names that were bound, and every field that a server would set to the same value.
"""

from __future__ import annotations

import re

from ..apiserver.authorization import MASTERS
from ..apiserver.client import Client
from ..apiserver.kinds import base
from ..helpers import volumes
from ..machinery import decode, wellknown
from ..machinery.errors import StatusError
from ..machinery.objects import clone, dig
from ..machinery.schema import schema_of
from ..machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION, SECRET_TYPE_SERVICE_ACCOUNT_TOKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from ..machinery.schema import Schema
    from ..machinery.types import Json, Object
    from .cluster import Cluster

_TOKEN_NAME = re.compile(r"-token-[a-z0-9]{5}")  # of those that older clusters make
AUTOUPDATE = "apf.kubernetes.io/autoupdate-spec"
MANAGER = "kubesim-import"  # of fields
SYSTEM = ("kube-system", "kube-public", "kube-node-lease")
# In this order an empty cluster takes them; other kinds come behind.
ORDER = ("Namespace", "CustomResourceDefinition", "PriorityClass", "RuntimeClass", "StorageClass", "IngressClass",
         "ResourceQuota", "LimitRange", "ServiceAccount", "Secret", "ConfigMap", "ClusterRole", "ClusterRoleBinding",
         "Role", "RoleBinding", "PersistentVolume", "PersistentVolumeClaim", "Service")
# What a cluster makes by itself, whatever its objects look like.
_MADE = {"Event", "Endpoints", "EndpointSlice", "Lease", "Node", "CSINode", "ControllerRevision", "APIService",
         "ComponentStatus", "IPAddress", "ServiceCIDR", "VolumeAttachment",
         "NodeMetrics", "PodMetrics"}
_KEPT = ("name", "namespace", "labels", "annotations", "finalizers")  # of metadata
# Annotations that clusters set.
_SET = {*wellknown.ANNOTATIONS_TO_SKIP, wellknown.DEPRECATED_TEMPLATE_GENERATION, volumes.BIND_COMPLETED,
        volumes.BOUND_BY_CONTROLLER, volumes.STORAGE_PROVISIONER, volumes.BETA_STORAGE_PROVISIONER,
        volumes.SELECTED_NODE, "batch.kubernetes.io/job-tracking", "batch.kubernetes.io/cronjob-scheduled-timestamp",
        volumes.HOME}
_OWN_FINALIZERS = re.compile(r"kubernetes\.io/.*|foregroundDeletion|orphan|.*\.kubernetes\.io/.*")
_ALLOCATED = ("clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy", "healthCheckNodePort")
_TEMPLATE_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name")


def objects(cluster: Cluster, namespace: str = "", resources: Iterable[str] = ()) -> list[Object]:
    """Return what users have made in a cluster, cleaned, in an order in which it can be applied.

    `namespace`: only what is in it; "": all but what the system has. `resources`: only these, by their stored names.
    """
    from . import kubesystem

    wanted, system = set(resources), kubesystem.known_objects()
    initial = cluster.state.default_revision
    found = []
    for resource in cluster.store.resources():
        if wanted and resource not in wanted:
            continue
        for obj in cluster.store.list(resource):
            meta = obj["metadata"]
            there = meta.get("namespace", "")
            if there != namespace if namespace else there in SYSTEM and (
                    not isinstance(meta.get("managedFields"), list) or (obj["kind"], meta["name"]) in system):
                continue
            if int(meta["resourceVersion"]) <= initial:
                continue
            found.append({**obj, "metadata": {field: meta[field] for field in meta if field != "managedFields"}})
    return cleaned(found, cluster)


def cleaned(found: list[Object], cluster: Cluster) -> list[Object]:
    """Return what users have made among some objects, cleaned, in an order in which it can be applied.

    The objects may be of another cluster; this one knows kinds and defaults.
    """
    fitting: list[Object] = []
    others: list[Object] = []
    for obj in found:
        (fitting if _fits(obj, cluster) else others).append(obj)
    sets = {(obj["metadata"].get("namespace"), f"{template['metadata']['name']}-{obj['metadata']['name']}")
            for obj in fitting if obj["kind"] == "StatefulSet"
            for template in dig(obj, "spec", "volumeClaimTemplates", default=None) or ()}
    made = [_Cleaner(obj, cluster).clean() for obj in fitting if not _is_made(obj, sets)]
    return sorted(made + others, key=lambda obj: ORDER.index(obj["kind"]) if obj["kind"] in ORDER else len(ORDER))


def _is_made(obj: Object, sets: set[tuple[str | None, str]]) -> bool:
    """Tell whether a cluster has made an object by itself, or makes it again. `sets`: claims of StatefulSets."""
    meta, kind = obj["metadata"], obj["kind"]
    name, labels, annotations = meta["name"], meta.get("labels") or {}, meta.get("annotations") or {}
    if meta.get("ownerReferences") or kind in _MADE or "deletionTimestamp" in meta:
        return True
    if kind == "PersistentVolumeClaim":
        return (meta.get("namespace"), name.rpartition("-")[0]) in sets and name.rpartition("-")[2].isdigit()
    return (labels.get("kubernetes.io/bootstrapping") == "rbac-defaults" or name.startswith("system:")
            or wellknown.MIRROR_POD_ANNOTATION_KEY in annotations
            or (kind == "Namespace" and (name in SYSTEM or (name == "default" and not _own_words(meta))))
            or (kind == "ServiceAccount" and name == "default" and not obj.get("imagePullSecrets"))
            or (kind == "ConfigMap" and name in ("kube-root-ca.crt", "openshift-service-ca.crt"))
            or (kind == "Service" and name == "kubernetes" and meta.get("namespace") == "default")
            or (kind == "Secret" and obj.get("type") == SECRET_TYPE_SERVICE_ACCOUNT_TOKEN
                and _TOKEN_NAME.search(name) is not None)
            or (kind in ("FlowSchema", "PriorityLevelConfiguration") and AUTOUPDATE in annotations)
            or (kind == "PriorityClass" and name.startswith("system-"))
            or (kind == "PersistentVolume" and volumes.PROVISIONED_BY in annotations))


def _own_words(meta: Object) -> bool:
    """Tell whether a namespace has labels or annotations beside those that it always has."""
    return bool({*(meta.get("labels") or {})} - {wellknown.LABEL_METADATA_NAME} or meta.get("annotations"))


class _Cleaner:
    """One object that is cleaned."""

    def __init__(self, obj: Object, cluster: Cluster):
        self.applied = _applied(obj)
        self.obj = clone(obj)
        self._cluster = cluster

    def clean(self) -> Object:
        obj, meta = self.obj, self.obj["metadata"]
        obj.pop("status", None)
        obj["metadata"] = {field: meta[field] for field in _KEPT if meta.get(field)}
        _strip(obj["metadata"], "annotations", lambda name: name not in _SET)
        own = [each for each in obj["metadata"].pop("finalizers", ()) if _OWN_FINALIZERS.fullmatch(each) is None]
        if own:
            obj["metadata"]["finalizers"] = own
        particular = getattr(self, f"_{obj['kind'].lower()}", None)
        if particular is not None:
            particular()
        _name_once(obj)
        self._drop_defaults()
        return {field: obj[field] for field in ("apiVersion", "kind", "metadata", *obj) if field in obj}

    # What clusters set in particular kinds

    def _namespace(self) -> None:
        self.obj.pop("spec", None)
        _strip(self.obj["metadata"], "labels", lambda name: name != wellknown.LABEL_METADATA_NAME)

    def _service(self) -> None:
        spec = self.obj["spec"]
        if spec.get("type") == "ExternalName":
            return
        asked = self.applied.get("spec") or {}
        for field in _ALLOCATED:
            if field not in asked:
                spec.pop(field, None)
        if spec.get("clusterIP") != "None" and "clusterIP" not in asked:
            spec.pop("clusterIP", None)
        ports = {(each.get("port"), each.get("protocol", "TCP")): each for each in asked.get("ports") or ()}
        for port in spec.get("ports") or ():
            if "nodePort" not in ports.get((port["port"], port.get("protocol", "TCP")), {}):
                port.pop("nodePort", None)

    def _persistentvolumeclaim(self) -> None:
        spec = self.obj["spec"]
        volume = spec.get("volumeName", "")
        if "volumeName" not in (self.applied.get("spec") or {}) and volume.startswith("pvc-"):
            spec.pop("volumeName")

    def _persistentvolume(self) -> None:
        if "claimRef" not in (self.applied.get("spec") or {}):
            self.obj["spec"].pop("claimRef", None)

    def _pod(self) -> None:
        spec = self.obj["spec"]
        if "nodeName" not in (self.applied.get("spec") or {}):
            spec.pop("nodeName", None)
        for field in ("priority", "preemptionPolicy", "serviceAccount"):
            spec.pop(field, None)
        if spec.get("serviceAccountName") == "default":
            del spec["serviceAccountName"]
        token = [each["name"] for each in spec.get("volumes") or () if each["name"].startswith("kube-api-access-")]
        _filter(spec, "volumes", lambda each: each["name"] not in token)
        _filter(spec, "tolerations", lambda each: not (
            each.get("key") in (wellknown.TAINT_NODE_NOT_READY, wellknown.TAINT_NODE_UNREACHABLE)
            and each.get("tolerationSeconds") == 300))
        for field in ("initContainers", "containers"):
            for container in spec.get(field) or ():
                _filter(container, "volumeMounts", lambda each: each["name"] not in token)

    def _secret(self) -> None:
        if self.obj.get("type") == SECRET_TYPE_SERVICE_ACCOUNT_TOKEN:  # its content comes with the account
            self.obj.pop("data", None)
            _strip(self.obj["metadata"], "annotations", lambda name: name != wellknown.SERVICE_ACCOUNT_UID_KEY)

    def _job(self) -> None:
        spec = self.obj["spec"]
        if spec.get("manualSelector"):
            return
        spec.pop("selector", None)
        _strip(spec["template"]["metadata"], "labels", lambda name: name not in _TEMPLATE_LABELS)
        _strip(self.obj["metadata"], "labels", lambda name: name not in _TEMPLATE_LABELS)

    def _customresourcedefinition(self) -> None:
        if dig(self.obj, "spec", "conversion", "strategy") == "None":
            del self.obj["spec"]["conversion"]

    # Defaults

    def _drop_defaults(self) -> None:
        """Drop each field that a server would set to what it is."""
        group = self.obj["apiVersion"].rpartition("/")[0]
        schema = schema_of(self.obj["apiVersion"], self.obj["kind"], self._cluster.server.release)
        if schema is None:
            return
        kind = base.load(group, self.obj["kind"])
        context = base.Context(self._cluster.now, self._cluster.server.release, None, self._cluster.client,
                               self._cluster.entropy, dry_run=True)
        wanted = _whole(self.obj, kind, schema, context)
        for field in [field for field in self.obj if field not in ("apiVersion", "kind", "metadata")]:
            _drop(self.obj, field, lambda: _whole(self.obj, kind, schema, context) == wanted)


def _fits(obj: Object, cluster: Cluster) -> bool:
    """Whether an object is of its kind's type; where it is not, a server says so."""
    schema = schema_of(obj["apiVersion"], obj["kind"], cluster.server.release)
    try:
        if schema is not None:
            decode.decode(obj, schema)
    except decode.DecodeError:
        return False
    return True


def _whole(obj: Object, kind: base.Kind, schema: Schema, context: base.Context) -> Object:
    """Return an object as a server would have it, fields that are always there and defaults included."""
    made = kind.store_version(decode.decode(obj, schema)[0])
    kind.default(made, context)
    return made


def _drop(holder: Any, key: str | int, is_same: Callable[[], bool]) -> None:
    """Drop a value, or what of it can be dropped, as long as the object stays the same in a server's eyes."""
    value = holder[key]
    if isinstance(key, str):
        place = [*holder]
        del holder[key]
        if is_same():
            return
        holder[key] = value
        for each in place[place.index(key) + 1:]:  # in its old place
            holder[each] = holder.pop(each)
    for child in [*value] if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        _drop(value, child, is_same)


def _name_once(value: Json) -> None:
    """Drop the older name of a pod's account where the newer one is there."""
    if isinstance(value, dict):
        if value.get("serviceAccount") == value.get("serviceAccountName"):
            value.pop("serviceAccount", None)
        for each in value.values():
            _name_once(each)
    elif isinstance(value, list):
        for each in value:
            _name_once(each)


def _applied(obj: Object) -> Object:
    """Return what `kubectl apply` was given last, where it was used."""
    from ..go import jsontext

    text = (obj["metadata"].get("annotations") or {}).get(LAST_APPLIED_CONFIG_ANNOTATION)
    try:
        found: Json = jsontext.loads(text) if text else {}
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _strip(holder: Object, field: str, keep: Callable[[str], bool]) -> None:
    """Keep of a map the keys that are to be kept, and nothing of an empty one."""
    kept = {key: value for key, value in (holder.pop(field, None) or {}).items() if keep(key)}
    if kept:
        holder[field] = kept


def _filter(holder: Object, field: str, keep: Callable[[Object], bool]) -> None:
    kept = [each for each in holder.pop(field, None) or () if keep(each)]
    if kept:
        holder[field] = kept


def take_in(cluster: Cluster, found: list[Object]) -> Iterator[tuple[str, str]]:
    """Apply objects that may be of another cluster, cleaned, and the namespaces that they need.

    Yields (KIND.GROUP/NAME, what is wrong with it: "" where nothing is) of each.
    """
    client = Client(cluster.server, {"username": "kubernetes-admin", "groups": [MASTERS]})
    made = cleaned(found, cluster)
    missing = {obj["metadata"]["namespace"] for obj in made if obj["metadata"].get("namespace")} - {
        obj["metadata"]["name"] for obj in made if obj["kind"] == "Namespace"}
    needed: list[Object] = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
                            for name in sorted(missing) if cluster.client.find("namespaces", name) is None]
    for obj in needed + made:
        meta, res = obj["metadata"], cluster.server.discovery.of_kind(obj["apiVersion"], obj["kind"])
        group = obj["apiVersion"].rpartition("/")[0]
        told = f"{obj['kind'].lower()}{f'.{group}' if group else ''}/{meta['name']}"
        if res is None:
            yield told, f'no matches for kind "{obj["kind"]}" in version "{obj["apiVersion"]}"'
            continue
        if res.namespaced:
            meta.setdefault("namespace", "default")
        try:
            client.patch(res.versioned, meta["name"], obj, "apply", meta.get("namespace", ""), field_manager=MANAGER,
                         force=True)
            yield told, ""
        except StatusError as error:
            yield told, error.message
        if obj["kind"] == "CustomResourceDefinition":
            cluster.settle()
