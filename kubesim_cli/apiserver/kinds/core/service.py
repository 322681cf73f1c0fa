"""Service."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME, labels, load_balancer

EXPOSED = ("NodePort", "LoadBalancer")


def headless(spec: dict) -> bool:
    """Whether a Service's spec asks for no cluster IP."""
    return spec.get("clusterIPs") == ["None"]


def externally_accessible(spec: dict) -> bool:
    """Whether traffic from outside may reach the Service (api/v1/service ExternallyAccessible)."""
    return spec.get("type") in EXPOSED or bool(spec.get("type") == "ClusterIP" and spec.get("externalIPs"))


def needs_health_check(spec: dict) -> bool:
    """Whether the Service has a health check node port."""
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


class Service(Kind):
    columns = (NAME, Column("Type"), Column("Cluster-IP"), Column("External-IP"), Column("Port(s)"), AGE,
               Column("Selector", 1))
    has_status = True
    name_rule = "dns1035_label"
    create_on_update = True

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj["spec"]
        ips = spec.get("clusterIPs") or ("<none>",)
        return [obj["metadata"]["name"], spec.get("type", ""), ips[0], _external_ip(obj), _ports(spec),
                age(obj, ctx.now), labels(spec.get("selector"))]

    def default(self, obj: dict, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        _default_affinity(spec)
        spec.setdefault("type", "ClusterIP")
        for port in spec.get("ports") or ():
            port.setdefault("protocol", "TCP")
            if port.get("targetPort") in (None, 0, ""):
                port["targetPort"] = port.get("port", 0)
        if externally_accessible(spec):
            spec.setdefault("externalTrafficPolicy", "Cluster")
        if spec["type"] in ("ClusterIP", *EXPOSED):
            spec.setdefault("internalTrafficPolicy", "Cluster")
        if spec["type"] == "LoadBalancer":
            spec.setdefault("allocateLoadBalancerNodePorts", True)
            for ingress in ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ():
                if ingress.get("ip") and ctx.release >= (1, 30):
                    ingress.setdefault("ipMode", "VIP")

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {"loadBalancer": {}}

    def prepare_create(self, obj: dict, ctx: Context) -> None:
        from . import service_allocation

        obj.setdefault("status", {}).setdefault("loadBalancer", {})
        service_allocation.allocate(obj, None, ctx)

    def prepare_update(self, obj: dict, old: dict, ctx: Context) -> None:
        if ctx.subresource == "status":
            return
        from . import service_allocation

        service_allocation.allocate(obj, old, ctx)
        service_allocation.drop_type_dependent(obj, old)

    def validate(self, obj: dict, ctx: Context) -> list:
        from . import service_validation

        return service_validation.validate(obj, {}, ctx.release)

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from . import service_validation

        return service_validation.validate_update(obj, old, ctx.release)

    def validate_status(self, obj: dict, old: dict, ctx: Context) -> list:
        from . import service_validation

        return service_validation.validate_status(obj, old)

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        spec, found = obj["spec"], []
        annotations = obj["metadata"].get("annotations") or {}
        if "service.kubernetes.io/topology-aware-hints" in annotations:
            found.append("annotation service.kubernetes.io/topology-aware-hints is deprecated, "
                         "please use service.kubernetes.io/topology-mode instead")
        external = spec.get("externalIPs")
        if headless(spec) and spec["type"] == "ClusterIP":
            if spec.get("loadBalancerIP"):
                found.append("spec.loadBalancerIP is ignored for headless services")
            if external:
                found.append("spec.externalIPs is ignored for headless services")
            if spec.get("sessionAffinity") != "None":
                found.append("spec.SessionAffinity is ignored for headless services")
        elif external and spec["type"] != "ExternalName" and ctx.release >= (1, 36):
            found.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
        if spec["type"] == "ExternalName":
            if external:
                found.append('spec.externalIPs is ignored when spec.type is "ExternalName"')
        elif spec.get("externalName"):
            found.append('spec.externalName is ignored when spec.type is not "ExternalName"')
        if spec.get("trafficDistribution") == "PreferClose" and ctx.release >= (1, 34):
            found.append('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
        return found

    def fields(self, obj: dict) -> dict[str, str]:
        return {"spec.clusterIP": obj["spec"].get("clusterIP", ""), "spec.type": obj["spec"].get("type", "")}


def _default_affinity(spec: dict) -> None:
    if not spec.get("sessionAffinity"):
        spec["sessionAffinity"] = "None"
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        client = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        if client.get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}


def _external_ip(obj: dict) -> str:
    spec = obj["spec"]
    type_, external = spec.get("type"), spec.get("externalIPs") or []
    if type_ in ("ClusterIP", "NodePort"):
        return ",".join(external) or "<none>"
    if type_ == "LoadBalancer":
        found = load_balancer(obj.get("status") or {})
        return ",".join([*([found] if found else []), *external]) or "<pending>"
    return spec.get("externalName", "") if type_ == "ExternalName" else "<unknown>"


def _ports(spec: dict) -> str:
    found = []
    for port in spec.get("ports") or ():
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        found.append(f"{port['port']}{node}/{port['protocol']}")
    return ",".join(found) or "<none>"


KIND = Service()
