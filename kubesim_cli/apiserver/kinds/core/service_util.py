"""What a Service's spec means (pkg/api/service/util.go and pkg/apis/core/v1/helper)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object

EXPOSED = ("NodePort", "LoadBalancer")


def headless(spec: Object) -> bool:
    """Whether a Service's spec asks for no cluster IP (isHeadlessService)."""
    return spec.get("clusterIPs") == ["None"]


def externally_accessible(spec: Object) -> bool:
    """Whether traffic from outside may reach the Service (api/v1/service ExternallyAccessible)."""
    return spec.get("type") in EXPOSED or bool(spec.get("type") == "ClusterIP" and spec.get("externalIPs"))


def needs_health_check(spec: Object) -> bool:
    """Whether the Service has a health check node port."""
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"
