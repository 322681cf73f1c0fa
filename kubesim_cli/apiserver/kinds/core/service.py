"""Service."""

from __future__ import annotations

from ....releases.gates import enabled
from ..base import AGE, NAME, Column, Kind
from ..columns import labels, load_balancer
from .service_util import EXPOSED, externally_accessible, headless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release
    from ..base import Context


class Service(Kind):
    columns = (NAME,
               Column("Type", lambda obj, ctx: obj["spec"].get("type", "")),
               Column("Cluster-IP", lambda obj, ctx: (obj["spec"].get("clusterIPs") or ("<none>",))[0]),
               Column("External-IP", lambda obj, ctx: _external_ip(obj)),
               Column("Port(s)", lambda obj, ctx: _ports(obj["spec"])),
               AGE,
               Column("Selector", lambda obj, ctx: labels(obj["spec"].get("selector")), 1))
    has_status = True
    name_rule = "dns1035_label"
    create_on_update = True

    def name_rule_of(self, release: Release) -> str:
        return "dns1123_label" if enabled("RelaxedServiceNameValidation", release) else self.name_rule

    def default(self, obj: Object, ctx: Context) -> None:
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
                if ingress.get("ip") and enabled("LoadBalancerIPMode", ctx.release):
                    ingress.setdefault("ipMode", "VIP")

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"loadBalancer": {}}

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        from . import service_allocation

        obj.setdefault("status", {}).setdefault("loadBalancer", {})
        service_allocation.allocate(obj, None, ctx)

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        if ctx.subresource == "status":
            return
        from . import service_allocation

        service_allocation.allocate(obj, old, ctx)
        service_allocation.drop_type_dependent(obj, old)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateServiceCreate."""
        from . import service_validation

        return service_validation.validate(obj, {}, ctx.release)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from . import service_validation

        return service_validation.validate_update(obj, old, ctx.release)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateServiceStatusUpdate."""
        from . import service_validation

        return service_validation.validate_status(obj, old, ctx.release)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        if enabled("AddressWarnings", ctx.release):
            from ..checks import cidr_warnings, ip_warnings
        else:
            from .service_warnings import cidr_warnings, ip_warnings

        spec, found = obj["spec"], []
        annotations = obj["metadata"].get("annotations") or {}
        if "service.kubernetes.io/topology-aware-hints" in annotations:
            found.append("annotation service.kubernetes.io/topology-aware-hints is deprecated, "
                         "please use service.kubernetes.io/topology-mode instead")
        external = spec.get("externalIPs")
        if not headless(spec):
            found += [each for i, value in enumerate(spec.get("clusterIPs") or ())
                      for each in ip_warnings(f"spec.clusterIPs[{i}]", value, ctx.release)]
        if headless(spec) and spec["type"] == "ClusterIP":
            if spec.get("loadBalancerIP"):
                found.append("spec.loadBalancerIP is ignored for headless services")
            if external:
                found.append("spec.externalIPs is ignored for headless services")
            if spec.get("sessionAffinity") != "None":
                found.append("spec.SessionAffinity is ignored for headless services")
        found += [each for i, value in enumerate(external or ())
                  for each in ip_warnings(f"spec.externalIPs[{i}]", value, ctx.release)]
        if external and not headless(spec) and spec["type"] != "ExternalName" and enabled(
                "ExternalIPsDeprecated", ctx.release):
            found.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
        found += ip_warnings("spec.loadBalancerIP", spec.get("loadBalancerIP") or "", ctx.release)
        found += [each for i, value in enumerate(spec.get("loadBalancerSourceRanges") or ())
                  for each in cidr_warnings(f"spec.loadBalancerSourceRanges[{i}]", value, ctx.release)]
        if spec["type"] == "ExternalName":
            if external:
                found.append('spec.externalIPs is ignored when spec.type is "ExternalName"')
        elif spec.get("externalName"):
            found.append('spec.externalName is ignored when spec.type is not "ExternalName"')
        if spec.get("trafficDistribution") == "PreferClose" and enabled("PreferCloseDeprecated", ctx.release):
            found.append('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
        return found

    def fields(self, obj: Object) -> dict[str, str]:
        return {"spec.clusterIP": obj["spec"].get("clusterIP", ""), "spec.type": obj["spec"].get("type", "")}


def _default_affinity(spec: Object) -> None:
    if not spec.get("sessionAffinity"):
        spec["sessionAffinity"] = "None"
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        client = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        if client.get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}


def _external_ip(obj: Object) -> str:
    spec = obj["spec"]
    type_, external = spec.get("type"), spec.get("externalIPs") or []
    if type_ in ("ClusterIP", "NodePort"):
        return ",".join(external) or "<none>"
    if type_ == "LoadBalancer":
        found = load_balancer(obj.get("status") or {})
        return ",".join([*([found] if found else []), *external]) or "<pending>"
    return spec.get("externalName", "") if type_ == "ExternalName" else "<unknown>"


def _ports(spec: Object) -> str:
    found = []
    for port in spec.get("ports") or ():
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        found.append(f"{port['port']}{node}/{port['protocol']}")
    return ",".join(found) or "<none>"


KIND = Service()
