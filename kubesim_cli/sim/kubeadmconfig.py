"""What becomes of a config of kind's: kubeadm's objects with its patches, and of these a cluster and its settings.

kind: pkg/cluster/internal/kubeadm/config.go, pkg/internal/patch. Of kubeadm's objects the flags that `sim reset` knows
are heeded, and nodes' labels and taints; a patch of anything else changes nothing.
"""

from __future__ import annotations

import os
from functools import partial

from ..go.json import type_word
from ..go.unmarshal import Types
from ..helpers.kindnodes import CONTROL_PLANE
from ..machinery import jsonpatch
from ..machinery.wellknown import LABEL_HOSTNAME, LABEL_TOPOLOGY_REGION, LABEL_TOPOLOGY_ZONE
from ..releases import within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..machinery.types import Json, Object, Release

FLAGS = ("admission-control-config-file", "authorization-mode", "cluster-cidr", "controllers",
         "disable-admission-plugins", "enable-admission-plugins", "runtime-config", "service-cluster-ip-range",
         "service-node-port-range", "token-auth-file")
_ARGUMENTS = ("extraArgs", "kubeletExtraArgs")
_PREFIXES = ("kubelet.kubernetes.io", "node.kubernetes.io")
_KUBELETS = ("beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type", "beta.kubernetes.io/os",
             "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone", "kubernetes.io/arch",
             LABEL_HOSTNAME, "kubernetes.io/os", "node.kubernetes.io/instance-type",
             LABEL_TOPOLOGY_REGION, LABEL_TOPOLOGY_ZONE)
# What is looked at of kubeadm's objects; arguments are a map, or since v1beta4 a list.
_OF_KUBEADM = Types({
    "ClusterConfiguration": {"apiServer": "APIServer", "controllerManager": "ControlPlaneComponent",
                             "networking": "Networking"},
    "APIServer": {"extraArgs": "any", "extraVolumes": "[]HostPathMount"},
    "ControlPlaneComponent": {"extraArgs": "any"},
    "Networking": {"podSubnet": "string", "serviceSubnet": "string"},
    "HostPathMount": {"mountPath": "string", "hostPath": "string"},
    "InitConfiguration": {"nodeRegistration": "NodeRegistrationOptions"},
    "JoinConfiguration": {"nodeRegistration": "NodeRegistrationOptions"},
    "NodeRegistrationOptions": {"kubeletExtraArgs": "any", "taints": "[]Taint"},
    "Taint": {"key": "string", "value": "string", "effect": "TaintEffect=string", "timeAdded": "any"}},
    "v1beta3", {"Taint": "v1", "TaintEffect": "v1"})


def cluster_of(config: Object, release: Release) -> Object:
    """Return the cluster that a complete config asks for, as helpers.kindnodes has it. Raises ValueError."""
    nodes = []
    first = _first(config)
    for node in config["nodes"]:
        registration = _patched(config, node, "InitConfiguration" if node is first else "JoinConfiguration",
                                release).get("nodeRegistration") or {}
        made: Object = {"role": node["role"], "labels": _labels(registration)}
        if isinstance(registration.get("taints"), list):
            made["taints"] = registration["taints"]
        if published := [_published(each) for each in node.get("extraPortMappings") or ()
                         if (each.get("hostPort") or 0) > 0]:
            made["ports"] = published
        nodes.append(made)
    networking = config["networking"]
    return {"name": config["name"], "nodes": nodes, "cni": not networking["disableDefaultCNI"],
            "proxy": networking["kubeProxyMode"]}


def flags_of(config: Object, release: Release) -> tuple[dict[str, str], str]:
    """Return (settings of the control plane, as `sim reset` has them: of files, what they hold; feature gates).

    Raises ValueError, OSError where the API server would find no such file.
    """
    from ..apiserver import settings

    node = _first(config)
    kubeadm = _patched(config, node, "ClusterConfiguration", release)
    networking = kubeadm.get("networking") or {}
    found = {"cluster-cidr": networking.get("podSubnet") or "",
             "service-cluster-ip-range": networking.get("serviceSubnet") or ""}
    gates = ""
    for part in ("apiServer", "controllerManager"):
        component = kubeadm.get(part) or {}
        for name, value in _arguments(component.get("extraArgs")):
            if name in settings.FILES:
                value = settings.kept(name, value, partial(_read, component, node))
            if name in FLAGS:
                found[name] = value
            elif name == "feature-gates" and part == "apiServer":
                gates = value
    return {name: value for name, value in found.items() if value}, gates


def _first(config: Object) -> Object:
    """Return the node that kubeadm makes the cluster on."""
    return next(each for each in config["nodes"] if each["role"] == CONTROL_PLANE)


def _published(mapping: Object) -> Object:
    """Return a port of the machine that leads to one of a node, as helpers.kindnodes has it."""
    return {"host": mapping["hostPort"], "node": mapping.get("containerPort") or 0,
            "protocol": str(mapping.get("protocol") or "TCP").upper()}


# kubeadm's objects.


def _patched(config: Object, node: Object, kind: str, release: Release) -> Object:
    """Return one of kubeadm's objects with the patches of the cluster, then with the node's (patch.KubeYAML)."""
    obj = _object(config, node, kind, release)
    for patched in (config, node):
        for text in patched.get("kubeadmConfigPatches") or ():
            for patch in _documents(text):
                if _meant(obj, patch.get("kind"), patch.get("apiVersion")):
                    obj = jsonpatch.merge(obj, _merged_arguments(obj, patch))
        for entry in filter(None, patched.get("kubeadmConfigPatchesJSON6902") or ()):
            version = "/".join(str(entry[field]) for field in ("group", "version") if entry.get(field))
            if _meant(obj, entry.get("kind"), version):
                obj = jsonpatch.apply(obj, _operations(entry))
    fitted: Object = _OF_KUBEADM.fitted(obj, kind)
    return fitted


def _object(config: Object, node: Object, kind: str, release: Release) -> Object:
    """Return the object that kind hands to kubeadm, as far as it matters here."""
    listed = within(release, (1, 36))

    def arguments(given: dict[str, str]) -> Json:
        return [{"name": name, "value": value} for name, value in given.items()] if listed else given

    obj: Object = {"apiVersion": f"kubeadm.k8s.io/v1beta{4 if listed else 3}", "kind": kind}
    if kind != "ClusterConfiguration":
        labels = ",".join(f"{key}={value}" for key, value in (node.get("labels") or {}).items())
        return {**obj, "nodeRegistration": {"criSocket": "unix:///run/containerd/containerd.sock",
                                            "kubeletExtraArgs": arguments({"node-labels": labels})}}
    gates = ",".join(f"{name}={str(value).lower()}" for name, value in sorted(
        (config.get("featureGates") or {}).items()))
    asked = {"feature-gates": gates} if gates else {}
    apis = ",".join(f"{key}={value}" for key, value in sorted(
        (key, str(value).lower() if isinstance(value, bool) else value)
        for key, value in (config.get("runtimeConfig") or {}).items()))
    networking = config["networking"]
    return {**obj, "apiServer": {"certSANs": ["localhost"], "extraArgs": arguments({"runtime-config": apis, **asked})},
            "controllerManager": {"extraArgs": arguments({**asked, "enable-hostpath-provisioner": "true"})},
            "scheduler": {"extraArgs": arguments(dict(asked))},
            "networking": {field: str(networking[field]) for field in ("podSubnet", "serviceSubnet")}}


def _meant(obj: Object, kind: Json, version: Json) -> bool:
    """Whether a patch is for an object: one without a version is for any (resource.matches)."""
    return bool(obj["kind"] == kind and version in (None, "", obj["apiVersion"]))


def _documents(text: str) -> list[Object]:
    from ..go.yaml import load

    found = [load(part) for part in f"\n{text}".split("\n---")]
    return [each for each in found if isinstance(each, dict)]


def _operations(entry: Object) -> list[Object]:
    from ..go.yaml import load

    found = load(str(entry.get("patch") or ""))
    if not isinstance(found, list):
        raise ValueError(f"json: cannot unmarshal {type_word(found)} into Go value of type jsonpatch.Patch")
    return found


def _merged_arguments(target: Object, patch: Object) -> Object:
    """Return a patch whose arguments, where those of `target` are a list, are these with its own (mergeExtraArgs)."""
    made: Object = {}
    for key, value in patch.items():
        there = target.get(key)
        if key in _ARGUMENTS and isinstance(there, list):
            named: Object = {str(each.get("name")): each.get("value") for each in there}
            named.update(_given(value))
            value = [{"name": name, "value": each} for name, each in named.items() if each is not None]
        elif isinstance(value, dict) and isinstance(there, dict):
            value = _merged_arguments(there, value)
        made[key] = value
    return made


def _given(extra: Json) -> Iterable[tuple[str, Json]]:
    """Yield the extra arguments of one of kubeadm's components: a map, or since v1beta4 a list. A patch takes away
    those that are null."""
    if isinstance(extra, dict):
        yield from extra.items()
    for each in filter(None, extra if isinstance(extra, list) else ()):
        if not isinstance(each, dict):
            raise ValueError(f"json: cannot unmarshal {type_word(each)} into Go value of type v1beta4.Arg")
        yield str(each.get("name", "")), each.get("value", "")


def _arguments(extra: Json) -> Iterable[tuple[str, str]]:
    for name, value in _given(extra):
        if value is not None:
            yield name, str(value)


# What the components say of it.


def _labels(registration: Object) -> dict[str, str]:
    """Return the labels that the kubelet is told; raises ValueError for those that it does not start with
    (cmd/kubelet/app/options/options.go, ValidateKubeletFlags)."""
    from ..machinery import names

    told = dict(_arguments(registration.get("kubeletExtraArgs"))).get("node-labels", "")
    found = {}
    for pair in filter(None, (each.strip() for each in told.split(","))):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f'invalid argument "{told}" for "--node-labels" flag: malformed pair, expect '
                             "string=string")
        found[key.strip()] = value.strip()
    unknown = sorted(key for key in found if _of_kubernetes(key) and not _of_kubelets(key))
    if unknown:
        raise ValueError("unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: "
                         f"[{' '.join(unknown)}]\n"
                         f"--node-labels in the 'kubernetes.io' namespace must begin with an allowed prefix "
                         f"({', '.join(_PREFIXES)}) or be in the specifically allowed set ({', '.join(_KUBELETS)})")
    wrong = [f"'{text}' - {', '.join(said)}" for key, value in found.items() for text, said in (
        (key, names.qualified_name(key)), (value, names.label_value(value))) if said]
    if wrong:
        raise ValueError(f"invalid node labels: {'; '.join(wrong)}")
    return found


def _of_kubernetes(key: str) -> bool:
    prefix, slash, _ = key.partition("/")
    return bool(slash) and f".{prefix}".endswith((".kubernetes.io", ".k8s.io"))


def _of_kubelets(key: str) -> bool:
    """Whether kubelets may set a label of Kubernetes' own (k8s.io/kubelet/pkg/apis, IsKubeletLabel)."""
    return key in _KUBELETS or f".{key.partition('/')[0]}".endswith(tuple(f".{prefix}" for prefix in _PREFIXES))


def _read(component: Object, node: Object, path: str) -> str:
    with open(_on_this_machine(path, component, node), encoding="utf-8") as file:
        return file.read()


def _on_this_machine(path: str, component: Object, node: Object) -> str:
    """Return where a file is that the API server's pod finds at a path: by its volumes, and by the node's mounts."""
    for inside, outside, mounts in (("mountPath", "hostPath", component.get("extraVolumes")),
                                    ("containerPath", "hostPath", node.get("extraMounts"))):
        for mount in mounts or ():
            folder = str(mount.get(inside, "")).rstrip("/")
            if folder and (path == folder or path.startswith(folder + "/")):
                path = str(mount.get(outside, "")).rstrip("/") + path[len(folder):]
                break
    return os.path.expanduser(path)
