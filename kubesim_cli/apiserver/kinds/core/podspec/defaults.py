"""What the server fills in of a pod's spec (pkg/apis/core/v1/defaults.go and zz_generated.defaults.go)."""

from __future__ import annotations

from .....releases.gates import enabled
from . import resources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .....machinery.types import Json, Object, Release

_PROBE = (("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3))
_GATED_PROJECTIONS = (("clusterTrustBundle", "ClusterTrustBundleProjection"),
                      ("podCertificate", "PodCertificateRequest"))
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_FILE_MODE = 0o644
_VOLUME_DEFAULTS: dict[str, Object] = {
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "fsType": "ext4", "readOnly": False, "kind": "Shared"},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
    "hostPath": {"type": ""},
    "secret": {"defaultMode": _FILE_MODE},
    "configMap": {"defaultMode": _FILE_MODE},
    "downwardAPI": {"defaultMode": _FILE_MODE},
    "projected": {"defaultMode": _FILE_MODE},
}


def default_pod(spec: Object, release: Release) -> None:
    """Fill in, in place, the spec of a Pod, which has some defaults that templates have not."""
    for container in _containers(spec):
        own = container.get("resources")
        if own and own.get("limits"):
            own["requests"] = {**own["limits"], **(own.get("requests") or {})}
    if spec.get("resources") and enabled("PodLevelResources", release):
        resources.default_pod_level(spec)
    spec.setdefault("enableServiceLinks", True)
    if spec.get("hostNetwork"):
        for container in _containers(spec):
            for port in container.get("ports") or ():
                if not port.get("hostPort"):
                    port["hostPort"] = port.get("containerPort", 0)
    default_pod_spec(spec, release)


def _containers(spec: Object) -> Iterator[Object]:
    yield from spec.get("containers") or ()
    yield from spec.get("initContainers") or ()


def default_pod_template(template: Object, release: Release) -> None:
    """Fill in, in place, a PodTemplateSpec."""
    template.setdefault("metadata", {})
    default_pod_spec(template.setdefault("spec", {}), release)


def default_pod_spec(spec: Object, release: Release) -> None:
    """Fill in, in place, a PodSpec, and take out what its release does not do."""
    _drop_disabled(spec, release)
    _default_empty(spec, "dnsPolicy", "ClusterFirst")
    _default_empty(spec, "restartPolicy", "Always")
    _default_empty(spec, "schedulerName", "default-scheduler")
    if spec.get("securityContext") is None:
        spec["securityContext"] = {}
    if spec.get("terminationGracePeriodSeconds") is None:
        spec["terminationGracePeriodSeconds"] = 30
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    for volume in spec.get("volumes") or ():
        _default_volume(volume, release)
    for container in _containers(spec):
        _default_container(container)
    for container in spec.get("ephemeralContainers") or ():
        _default_container(container)
    if spec.get("overhead"):
        resources.round_up(spec["overhead"])
    if spec.get("resources"):
        _round(spec["resources"])


def _drop_disabled(spec: Object, release: Release) -> None:
    """Take out the fields of features that are off, in place (dropDisabledFields in pkg/api/pod)."""
    if "schedulingGroup" in spec and not enabled("GenericWorkload", release):
        del spec["schedulingGroup"]
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        for container in spec.get(kind) or ():
            lifecycle = container.get("lifecycle")
            if lifecycle and "stopSignal" in lifecycle and not enabled("ContainerStopSignals", release):
                del lifecycle["stopSignal"]
                if not lifecycle:
                    del container["lifecycle"]
    for volume in spec.get("volumes") or ():
        for source in (volume.get("projected") or {}).get("sources") or ():
            for key, gate in _GATED_PROJECTIONS:
                if key in source and not enabled(gate, release):
                    del source[key]


def _default_empty(found: Object, key: str, value: Json) -> None:
    if not found.get(key):
        found[key] = value


def _default_container(container: Object) -> None:
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = _pull_policy(container.get("image", ""))
    _default_empty(container, "terminationMessagePath", "/dev/termination-log")
    _default_empty(container, "terminationMessagePolicy", "File")
    _round(container.setdefault("resources", {}))
    for port in container.get("ports") or ():
        _default_empty(port, "protocol", "TCP")
    for variable in container.get("env") or ():
        source = variable.get("valueFrom")
        if source:
            _default_field_ref(source)
            if source.get("fileKeyRef"):
                source["fileKeyRef"].setdefault("optional", False)
            if source.get("resourceFieldRef"):
                source["resourceFieldRef"].setdefault("divisor", "0")
    for name in _PROBES:
        if container.get(name) is not None:
            _default_probe(container[name])
    for handler in (container.get("lifecycle") or {}).values():
        if isinstance(handler, dict) and handler.get("httpGet") is not None:
            _default_http(handler["httpGet"])


def _round(requirements: Object) -> None:
    for kind in ("limits", "requests"):
        if requirements.get(kind):
            resources.round_up(requirements[kind])


def _default_field_ref(source: Object) -> None:
    if source.get("fieldRef"):
        _default_empty(source["fieldRef"], "apiVersion", "v1")


def _default_probe(probe: Object) -> None:
    for key, value in _PROBE:
        _default_empty(probe, key, value)
    if probe.get("httpGet") is not None:
        _default_http(probe["httpGet"])
    if probe.get("grpc") is not None:
        _default_empty(probe["grpc"], "service", "")


def _default_http(action: Object) -> None:
    _default_empty(action, "path", "/")
    _default_empty(action, "scheme", "HTTP")


def _default_volume(volume: Object, release: Release) -> None:
    if len(volume) <= ("name" in volume):
        volume["emptyDir"] = {}
        return
    default_source(volume)
    for kind, source in volume.items():
        if not isinstance(source, dict):
            continue
        if kind == "downwardAPI":
            _default_files(source)
        elif kind == "projected":
            for projection in source.get("sources") or ():
                _default_projection(projection)
        elif kind == "ephemeral" and source.get("volumeClaimTemplate"):
            _default_claim(source["volumeClaimTemplate"].setdefault("spec", {}))
        elif kind == "image" and enabled("ImageVolume", release):
            _default_empty(source, "pullPolicy", _pull_policy(source.get("reference", "")))


def default_source(volume: Object) -> None:
    """Fill in, in place, what a volume's source leaves out, a pod's or a PersistentVolume's."""
    for kind, source in volume.items():
        if isinstance(source, dict):
            for key, value in _VOLUME_DEFAULTS.get(kind, {}).items():
                if source.get(key) is None:
                    source[key] = value


def _default_files(source: Object) -> None:
    for item in source.get("items") or ():
        _default_field_ref(item)
        if item.get("resourceFieldRef"):
            item["resourceFieldRef"].setdefault("divisor", "0")


def _default_projection(projection: Object) -> None:
    if projection.get("downwardAPI"):
        _default_files(projection["downwardAPI"])
    if projection.get("serviceAccountToken") is not None:
        projection["serviceAccountToken"].setdefault("expirationSeconds", 3600)


def _default_claim(spec: Object) -> None:
    spec.setdefault("volumeMode", "Filesystem")
    _round(spec.get("resources") or {})


_ALNUM = "[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*"
_HOST = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_IMAGE = (rf"(?:{_HOST}(?:[.]{_HOST})*(?::[0-9]+)?/)?{_ALNUM}(?:/{_ALNUM})*"
          r"(?::(?P<tag>[\w][\w.-]{0,127}))?(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?")

_policies: dict[str, str] = {}


def _pull_policy(image: str) -> str:
    """Always for the tag latest, which is also meant where there is neither tag nor digest (parsers.ParseImageName)."""
    policy = _policies.get(image)
    if policy is None:
        import re

        match = re.fullmatch(_IMAGE, image, re.ASCII)
        latest = match is not None and (match["tag"] == "latest" or (not match["tag"] and not match["digest"]))
        policy = _policies[image] = "Always" if latest else "IfNotPresent"
    return policy
