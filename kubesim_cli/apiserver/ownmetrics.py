"""What the API server tells of itself: /metrics, as far as it is known here, and /metrics/slis.

Kubernetes: k8s.io/apiserver/pkg/storage/etcd3/metrics, k8s.io/component-base/metrics (version.go, prometheus/slis).
"""

from __future__ import annotations

from ..machinery.prometheus import metric
from ..releases.gates import enabled
from ..releases.server import info
from .nonresource import HEALTH, checks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .server import Server

_OBJECTS = ("Number of stored objects at the time of last check split by kind. In case of a fetching error, the value "
            "will be -1.")
_NOT_STORED = ("componentstatuses", "events.events.k8s.io")  # not at all, and as events


def metrics(server: Server) -> str:
    """Return what /metrics shows: how many objects are stored, and what is built."""
    counts = [(res.name, res.group, res.plural, float(len(server.store.list(res.name))))
              for res in sorted(server.discovery.preferred(), key=lambda res: (res.group, res.plural))
              if "list" in res.verbs and res.name not in _NOT_STORED]
    build = {{"gitVersion": "git_version", "gitCommit": "git_commit", "gitTreeState": "git_tree_state",
              "buildDate": "build_date", "goVersion": "go_version"}.get(key, key): value
             for key, value in info(server.release, server=False).items()}
    newer = enabled("ResourceObjectsMetric", server.release)
    return "".join((
        metric("apiserver_resource_objects", "gauge", f"[ALPHA] {_OBJECTS}",
               [({"group": group, "resource": plural}, count) for _, group, plural, count in counts if newer]),
        metric("apiserver_storage_objects", "gauge", "[STABLE] " + (
            f"(Deprecated since 1.34.0) [DEPRECATED, consider using apiserver_resource_objects instead] {_OBJECTS}"
            if newer else _OBJECTS), [({"resource": name}, count) for name, _, _, count in sorted(counts)]),
        metric("kubernetes_build_info", "gauge",
               "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree "
               "state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it "
               "is running.", [(build, 1.0)]),
        slis(server)))


def slis(server: Server) -> str:
    """Return what /metrics/slis shows: every check of its health is well."""
    return metric("kubernetes_healthcheck", "gauge", "[STABLE] This metric records the result of a single healthcheck.",
                  [({"name": name, "type": which}, 1.0) for which in HEALTH
                   for name in sorted(checks(which, server.release))])
