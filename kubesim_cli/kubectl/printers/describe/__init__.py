"""What `kubectl describe` says: one module per kind, imported when it is asked for."""

from __future__ import annotations

from ....releases import NEWEST, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....apiserver.client import Client
    from .writer import Writer

# The kinds with a module of their own, by group; its name is the kind's in lower case.
_KINDS = {
    "": ("Pod", "ReplicationController", "Secret", "Service", "ServiceAccount", "Node", "LimitRange", "ResourceQuota",
         "PersistentVolume", "PersistentVolumeClaim", "Namespace", "Endpoints", "ConfigMap"),
    "apps": ("StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"),
    "autoscaling": ("HorizontalPodAutoscaler",),
    "batch": ("Job", "CronJob"),
    "certificates.k8s.io": ("CertificateSigningRequest",),
    "discovery.k8s.io": ("EndpointSlice",),
    "networking.k8s.io": ("Ingress", "IngressClass", "NetworkPolicy", "ServiceCIDR", "IPAddress"),
    "policy": ("PodDisruptionBudget",),
    "rbac.authorization.k8s.io": ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
    "scheduling.k8s.io": ("PriorityClass",),
    "storage.k8s.io": ("StorageClass", "CSINode", "VolumeAttributesClass"),
}
_SHARED = {"clusterrole": "role", "clusterrolebinding": "rolebinding"}
# What older kubectls describe field by field.
_SINCE = {"ServiceCIDR": (1, 29), "VolumeAttributesClass": (1, 30)}


class Context:
    """What the module of a kind may use: `client`, `release`, `show_events`, `chunk_size` and `events`."""

    def __init__(self, client: Client, w: Writer, show_events: bool, chunk_size: int):
        self.client, self.release, self._writer = client, w.release, w
        self.show_events, self.chunk_size = show_events, chunk_size

    def events(self, obj: dict, **options) -> None:
        """Write the events about an object, if they are wanted; `options` are those of `events.search`."""
        if self.show_events:
            from .events import describe_events, search

            describe_events(search(self.client, obj, chunk_size=self.chunk_size, **options), self._writer)


def describe(obj: dict, client: Client, *, now: float, release: tuple[int, int] | None = None, show_events: bool = True,
             chunk_size: int = 0) -> str:
    """Return the description of an object as it is in its preferred version.

    What belongs to it (pods, events, endpoints) is read through `client`; `release` is that of the kubectl, by default
    that of the cluster. Raises StatusError, and PrinterError for an object that cannot be read.
    """
    import importlib

    from .writer import Writer

    w = Writer(client.release if release is None else release, now)
    group, _, _ = obj.get("apiVersion", "").rpartition("/")
    kind = obj.get("kind", "")
    name = "generic"
    if kind in _KINDS.get(group, ()) and within(w.release, _SINCE.get(kind)):
        name = _SHARED.get(kind.lower(), kind.lower())
    importlib.import_module(f"{__name__}.{name}").describe(obj, w, Context(client, w, show_events, chunk_size))
    return w.text()


def describe_pod_template(template: dict, release: tuple[int, int] = NEWEST) -> str:
    """Return a pod template as `kubectl rollout history --revision` shows it: its cells are not aligned."""
    from .podtemplate import describe_pod_template as write
    from .writer import Writer

    w = Writer(release)
    write(template, w)
    return w.unaligned()
