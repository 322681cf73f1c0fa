"""What the server warns of in a pod's spec (pkg/api/pod/warnings.go)."""

from __future__ import annotations

from .....machinery import names, quantity
from .....machinery.objects import dig
from .....releases.gates import enabled
from ...checks import ip_warnings
from . import security
from .rules import visit_containers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .....machinery.types import Json, Object, Release

_NODE_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
# Volume source -> (its name in the warning, the warning), in the order in which they are told.
_VOLUMES = {
    "photonPersistentDisk": ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    "gitRepo": ("gitRepo", ""),
    "scaleIO": ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    "flocker": ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    "storageos": ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    "quobyte": ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    "glusterfs": ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    "ephemeral": ("ephemeral", ""),
    "cephfs": ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    "rbd": ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_BYTES = ("memory", "ephemeral-storage")
_NO_SELECTOR = "a null labelSelector results in matching no pod"


def of_pod(obj: Object, release: Release) -> list[str]:
    """Return the warnings on a Pod that is being created."""
    found = of_name(obj, "the Pod's hostname")
    return found + _warnings("", obj["spec"], obj["metadata"], release)


def of_name(obj: Object, used_in: str = "Pod names and hostnames") -> list[str]:
    """Return the warning on a name that does not suit the host names made of it."""
    wrong = names.dns1123_label(obj["metadata"].get("name", ""))
    return [f"metadata.name: this is used in {used_in}, which can result in surprising behavior; a DNS label is "
            f"recommended: [{' '.join(wrong)}]"] if wrong else []


def of_template(template: Object, path: str, release: Release) -> list[str]:
    """Return the warnings on a PodTemplateSpec at `path`."""
    return _warnings(f"{path}.", template.get("spec") or {}, template.get("metadata") or {}, release)


def of_claim(spec: Object, path: str) -> list[str]:
    """Return the warnings on a PersistentVolumeClaim's spec at `path`."""
    return [_fractional(f"{path}.resources.{kind}[storage]", amount) for kind in ("requests", "limits")
            if (amount := dig(spec, "resources", kind, "storage")) is not None and quantity.milli(amount) % 1000]


def _fractional(path: str, amount: Json) -> str:
    return f'{path}: fractional byte value "{amount}" is invalid, must be an integer'


def _warnings(prefix: str, spec: Object, meta: Object, release: Release) -> list[str]:
    path, annotations = f"{prefix}spec", meta.get("annotations") or {}
    found = _scheduling(path, spec)
    found += [f"{prefix}metadata.annotations[{key}]: {text}" for key, text in _ANNOTATIONS.items()
              if key in annotations]
    volumes = spec.get("volumes") or ()
    found += _volumes(path, volumes, release)
    found += _overlapping(volumes)
    found += _duplicates(path, spec)
    overhead = spec.get("overhead") or {}
    found += [_fractional(f"{path}.overhead[{name}]", overhead[name]) for name in _BYTES
              if name in overhead and quantity.milli(overhead[name]) % 1000]
    found += _seccomp(prefix, spec, annotations)
    for at, container in visit_containers(spec, path):
        found += _container(prefix, at, container, spec, annotations)
    found += _ports(path, spec)
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        found.append(f"{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
                     "treated as 1")
    for kind in ("podAffinity", "podAntiAffinity"):
        for terms, inner in ((_REQUIRED, ""), (_PREFERRED, ".podAffinityTerm")):
            for i, term in enumerate(dig(spec, "affinity", kind, terms) or ()):
                if (term.get("podAffinityTerm") or {} if inner else term).get("labelSelector") is None:
                    found.append(f"{path}.affinity.{kind}.{terms}[{i}]{inner}.labelSelector: {_NO_SELECTOR}")
    for i, server in enumerate(dig(spec, "dnsConfig", "nameservers") or ()):
        found += ip_warnings(f"{path}.dnsConfig.nameservers[{i}]", server, release)
    for i, alias in enumerate(spec.get("hostAliases") or ()):
        found += ip_warnings(f"{path}.hostAliases[{i}].ip", alias.get("ip", ""), release)
    return found


def _scheduling(path: str, spec: Object) -> list[str]:
    found = [f"{path}.nodeSelector[{key}]: {_NODE_LABELS[key]}" for key in sorted(spec.get("nodeSelector") or ())
             if key in _NODE_LABELS]
    at = f"{path}.affinity.nodeAffinity.{_REQUIRED}.nodeSelectorTerms"
    for i, term in enumerate(dig(spec, "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms") or ()):
        found += _node_term(f"{at}[{i}]", term, False)
    at = f"{path}.affinity.nodeAffinity.{_PREFERRED}"
    for i, term in enumerate(dig(spec, "affinity", "nodeAffinity", _PREFERRED) or ()):
        found += _node_term(f"{at}[{i}].preference", term.get("preference") or {}, True)
    for i, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        at, key = f"{path}.topologySpreadConstraints[{i}]", constraint.get("topologyKey", "")
        if key in _NODE_LABELS:
            found.append(f"{at}.topologyKey: {key} is {_NODE_LABELS[key]}")
        if constraint.get("labelSelector") is None:
            found.append(f"{at}.labelSelector: {_NO_SELECTOR}")
    return found


def _node_term(path: str, term: Object, check_values: bool) -> list[str]:
    found = []
    for i, expression in enumerate(term.get("matchExpressions") or ()):
        at, key = f"{path}.matchExpressions[{i}]", expression.get("key", "")
        if key in _NODE_LABELS:
            found.append(f"{at}.key: {key} is {_NODE_LABELS[key]}")
        if check_values:
            found += [f"{at}.values[{j}]: {value} is invalid, {text}"
                      for j, value in enumerate(expression.get("values") or ()) for text in names.label_value(value)]
    return found


def _volumes(path: str, volumes: Sequence[Object], release: Release) -> list[str]:
    found = []
    for i, volume in enumerate(volumes):
        for kind, (shown, text) in _VOLUMES.items():
            source = volume.get(kind)
            if source is None:
                continue
            at = f"{path}.volumes[{i}].{shown}"
            if kind == "ephemeral":
                found += of_claim((source.get("volumeClaimTemplate") or {}).get("spec") or {},
                                  f"{at}.volumeClaimTemplate.spec")
            elif kind == "gitRepo":
                found.append(f"{at}: deprecated in v1.11" + (", and disabled by default in v1.33+"
                                                             if enabled("GitRepoDisabled", release) else ""))
            else:
                found.append(f"{at}: {text}")
    return found


def _overlapping(volumes: Sequence[Object]) -> list[str]:
    """Warn of files in one volume of which one hides another (warningsForOverlappingVirtualPaths)."""
    found = []
    for volume in volumes:
        name = volume.get("name", "")
        for kind, what in (("configMap", "ConfigMap"), ("secret", "Secret"), ("downwardAPI", "DownwardAPI")):
            source = volume.get(kind) or {}
            shown = what if kind == "downwardAPI" else f'{what} "{source.get("secretName", source.get("name", ""))}"'
            paths = [(item.get("path", ""), "") for item in source.get("items") or ()]
            found += [f'volume "{name}" ({shown}): overlapping paths: {text}' for text in _collisions(paths)]
        paths = []
        for projection in (volume.get("projected") or {}).get("sources") or ():
            if not projection:
                found.append(f'volume "{name}" (Projected) has no sources provided')
            paths += _projected_paths(projection)
        found += [f'volume "{name}" (Projected): overlapping paths: {text}' for text in _collisions(paths)]
    return found


def _projected_paths(projection: Object) -> list[tuple[str, str]]:
    for kind, what in (("configMap", "ConfigMap"), ("secret", "Secret"), ("downwardAPI", "DownwardAPI")):
        source = projection.get(kind) or {}
        if source.get("items"):
            shown = what if kind == "downwardAPI" else f'{what} "{source.get("name", "")}"'
            return [(item.get("path", ""), shown) for item in source["items"]]
    if projection.get("serviceAccountToken") is not None:
        return [(projection["serviceAccountToken"].get("path", ""), "ServiceAccountToken")]
    bundle = projection.get("clusterTrustBundle")
    if bundle is not None:
        name = bundle.get("name", bundle.get("signerName", ""))
        return [(bundle.get("path", ""), f'ClusterTrustBundle "{name}"')]
    certificate = projection.get("podCertificate") or {}
    return [(certificate[key], f"PodCertificate {what}") for key, what in
            (("certificateChainPath", "chain"), ("keyPath", "key"), ("credentialBundlePath", "credential bundle"))
            if certificate.get(key)]


def _collisions(paths: list[tuple[str, str]]) -> list[str]:
    found: list[str] = []
    before: list[tuple[str, str]] = []
    for where, source in paths:
        where = where.rstrip("/")
        for other, other_source in before:
            if where and other and (f"{other}/".startswith(f"{where}/") or f"{where}/".startswith(f"{other}/")):
                found.append(f"{_shown(where, source)} with {_shown(other, other_source)}")
        before.append((where, source))
    return found


def _shown(where: str, source: str) -> str:
    return f'"{where}" ({source})' if source else f'"{where}"'


def _duplicates(path: str, spec: Object) -> list[str]:
    found = []
    for kind, key in (("hostAliases", "ip"), ("imagePullSecrets", "name")):
        seen = set()
        for i, item in enumerate(spec.get(kind) or ()):
            value = item.get(key, "")
            if value in seen:
                found.append(f'{path}.{kind}[{i}].{key}: duplicate {key} "{value}"')
            seen.add(value)
    return found + [f'{path}.imagePullSecrets[{i}].name: invalid empty name ""'
                    for i, item in enumerate(spec.get("imagePullSecrets") or ()) if not item.get("name")]


def _seccomp(prefix: str, spec: Object, annotations: Object) -> list[str]:
    if security.SECCOMP_POD not in annotations or dig(spec, "securityContext", "seccompProfile") is not None:
        return []
    return [f'{prefix}metadata.annotations[{security.SECCOMP_POD}]: non-functional in v1.27+; use the "seccompProfile" '
            "field instead"]


def _container(prefix: str, path: str, container: Object, spec: Object, annotations: Object) -> list[str]:
    found, name = [], container.get("name", "")
    if annotations:
        key = security.SECCOMP_CONTAINER + name
        if key in annotations and dig(container, "securityContext", "seccompProfile") is None:
            found.append(f'{prefix}metadata.annotations[{key}]: non-functional in v1.27+; use the "seccompProfile" '
                         "field instead")
        key = security.APPARMOR + name
        if prefix and key in annotations and dig(container, "securityContext", "appArmorProfile") is None:
            of_pod = dig(spec, "securityContext", "appArmorProfile")
            if of_pod is None or of_pod != security.apparmor_of_annotation(annotations[key]):
                found.append(f"{prefix}metadata.annotations[{key}]: deprecated since v1.30; use the "
                             '"appArmorProfile" field instead')
    resources = container.get("resources") or {}
    for unit in _BYTES:
        for kind in ("limits", "requests"):
            amount = (resources.get(kind) or {}).get(unit)
            if amount is not None and quantity.milli(amount) % 1000:
                found.append(_fractional(f"{path}.resources.{kind}[{unit}]", amount))
    return found + _hidden_variables(path, container.get("env") or ())


def _hidden_variables(path: str, env: Sequence[Object]) -> list[str]:
    found, seen = [], set()
    for i, variable in enumerate(env):
        name, value = variable.get("name", ""), variable.get("value", "")
        reference = f"$({name})"
        if name in seen and ("valueFrom" in variable or value == reference or reference not in value):
            found.append(f'{path}.env[{i}]: hides previous definition of "{name}", which may be dropped when using '
                         "apply")
        seen.add(name)
    return found


def _ports(path: str, spec: Object) -> list[str]:
    found: list[str] = []
    known: dict[tuple[str, ...], list[tuple[str, Object]]] = {}
    named: dict[str, str] = {}
    same_names: list[str] = []
    for container_path, container in visit_containers(spec, path):
        for i, port in enumerate(container.get("ports") or ()):
            at, name = f"{container_path}.ports[{i}]", port.get("name", "")
            if port.get("hostIP") and not port.get("hostPort"):
                found.append(f"{at}: hostIP set without hostPort: {{Name:{name} HostPort:0 ContainerPort:"
                             f"{port.get('containerPort', 0)} Protocol:{port.get('protocol', '')} HostIP:"
                             f"{port['hostIP']}}}")
            others = known.setdefault((port.get("containerPort", 0), port.get("protocol", "")), [])
            for other_at, other in others:
                text = _overlap(port, other)
                if text:
                    found.append(f"{at}: {text} port definition with {other_at}")
            others.append((at, port))
            if name in named:
                same_names.append(f'{at}: duplicate port name "{name}" with {named[name]}, services and probes that '
                                  f"select ports by name will use {named[name]}")
            elif name:
                named[name] = at
    return found + same_names


def _overlap(port: Object, other: Object) -> str:
    ips = port.get("hostIP", ""), other.get("hostIP", "")
    host, other_host = port.get("hostPort", 0), other.get("hostPort", 0)
    if ips[0] == ips[1] and host == other_host:
        return "duplicate"
    if not host or not other_host:
        return "overlapping"
    return "dangerously ambiguous" if host == other_host and bool(ips[0]) != bool(ips[1]) else ""
