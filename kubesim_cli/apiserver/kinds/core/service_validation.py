"""What a Service has to be (validateService and ValidateServiceUpdate)."""

from __future__ import annotations

from ....machinery import field
from ....machinery.objects import dig
from ....releases.gates import enabled
from ..checks import (
    cidr,
    dns1123_label,
    dns1123_subdomain,
    endpoint_ip,
    ip_address,
    labels,
    load_balancer_host,
    once,
    one_of,
    port_number,
    port_number_or_name,
    qualified_name,
)
from .endpoints import PROTOCOLS
from .service_util import externally_accessible, headless, needs_health_check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_FAMILIES = ("IPv4", "IPv6")
_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_MAX_TIMEOUT = 86400


def validate(obj: Object, before: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a Service; `before`: the spec it replaces, or an empty dict
    (validateServiceInternalTrafficFieldsValue, validateServiceTrafficDistribution)."""
    spec = obj["spec"]
    type_ = spec.get("type", "")
    ports = spec.get("ports") or []
    errors = []
    if not ports and not headless(spec) and type_ != "ExternalName":
        errors.append(field.required("spec.ports"))
    errors += _of_type(spec, type_)
    names: set[str] = set()
    for i, port in enumerate(ports):
        errors += _port(f"spec.ports[{i}]", port, len(ports) > 1, names)
    if spec.get("selector"):
        errors += labels("spec.selector", spec["selector"])
    errors += _affinity(spec)
    errors += cluster_ip_fields(spec, before, release)
    for i, ip in enumerate(spec.get("externalIPs") or ()):
        path = f"spec.externalIPs[{i}]"
        errors += ip_address(path, ip, release, before.get("externalIPs") or ()) or endpoint_ip(path, ip)
    errors += one_of("spec.type", type_, _TYPES)
    if type_ == "ClusterIP":
        errors += [field.forbidden(f"spec.ports[{i}].nodePort", "may not be used when `type` is 'ClusterIP'")
                   for i, port in enumerate(ports) if port.get("nodePort")]
    errors += _duplicate_ports(ports)
    errors += _load_balancer(spec, type_, before, release)
    errors += _load_balancer_class(spec, None)
    errors += _external_traffic(spec)
    policy = spec.get("internalTrafficPolicy")
    if policy is not None:
        errors += one_of("spec.internalTrafficPolicy", policy, ("Cluster", "Local"))
    elif type_ in ("ClusterIP", "NodePort", "LoadBalancer"):
        errors.append(field.required("spec.internalTrafficPolicy"))
    distribution = spec.get("trafficDistribution")
    allowed = ["PreferClose"]
    if enabled("PreferSameTrafficDistribution", release):
        allowed += ["PreferSameZone", "PreferSameNode"]
    if distribution is not None and distribution not in allowed:
        errors.append(field.not_supported("spec.trafficDistribution", distribution, allowed))
    return errors


def _of_type(spec: Object, type_: str) -> FieldErrors:
    if type_ in ("LoadBalancer", "NodePort"):
        return [field.invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {type_} services")
                ] if headless(spec) else []
    if type_ != "ExternalName":
        return []
    errors = [field.forbidden(f"spec.{key}", "may not be set for ExternalName services")
              for key in ("clusterIPs", "ipFamilies", "ipFamilyPolicy") if spec.get(key)]
    name = spec.get("externalName", "").removesuffix(".")
    return errors + (dns1123_subdomain("spec.externalName", name) if name else [field.required("spec.externalName")])


def _port(path: str, port: Object, named: bool, names: set[str]) -> FieldErrors:
    """validateServicePort."""
    errors = []
    name = port.get("name", "")
    if name:
        errors += dns1123_label(f"{path}.name", name)
        errors += once(f"{path}.name", name, names)
    elif named:
        errors.append(field.required(f"{path}.name"))
    errors += port_number(f"{path}.port", port.get("port", 0))
    errors += one_of(f"{path}.protocol", port.get("protocol", ""), PROTOCOLS)
    errors += port_number_or_name(f"{path}.targetPort", port.get("targetPort", 0))
    if port.get("appProtocol") is not None:
        errors += qualified_name(f"{path}.appProtocol", port["appProtocol"])
    return errors


def _affinity(spec: Object) -> FieldErrors:
    """validateClientIPAffinityConfig, validateAffinityTimeout."""
    affinity = spec.get("sessionAffinity", "")
    errors = one_of("spec.sessionAffinity", affinity, ("ClientIP", "None"))
    path = "spec.sessionAffinityConfig"
    if affinity == "ClientIP":
        timeout = ((spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}).get("timeoutSeconds")
        if timeout is None or not 0 < timeout <= _MAX_TIMEOUT:
            errors.append(field.invalid(f"{path}.clientIP.timeoutSeconds", timeout,
                                        f"must be greater than 0 and less than {_MAX_TIMEOUT}"))
    return errors


def cluster_ip_fields(spec: Object, before: Object, release: Release) -> FieldErrors:
    """Errors of clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy (ValidateServiceClusterIPsRelatedFields)."""
    if spec.get("type") == "ExternalName":
        return []
    single, ips, families = spec.get("clusterIP", ""), spec.get("clusterIPs") or [], spec.get("ipFamilies") or []
    path, errors = "spec.clusterIPs", []
    if single and not ips:
        errors.append(field.required(path))
    elif single and ips[0] != single:
        errors.append(field.invalid(path, ips, "first value must match `clusterIP`"))
    elif ips and not single:
        errors.append(field.invalid(path, ips, "must be empty when `clusterIP` is not specified"))
    for i, family in enumerate(families):
        errors += one_of(f"spec.ipFamilies[{i}]", family, _FAMILIES)
        if family in families[:i]:
            errors.append(field.duplicate(f"spec.ipFamilies[{i}]", family))
    if spec.get("ipFamilyPolicy") is not None:
        errors += one_of("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], _POLICIES)
    wrong = []
    for i, ip in enumerate(ips):
        if i == 0 and ip == "None":
            if len(ips) > 1:
                wrong.append(field.invalid(path, ips, "'None' must be the first and only value"))
        else:
            wrong += ip_address(f"{path}[{i}]", ip, release, before.get("clusterIPs") or ())
    errors += wrong
    if len(ips) > 2:
        errors.append(field.invalid(path, ips, "may only hold up to 2 values"))
    if wrong:
        return errors
    if len(ips) > 1 and len({":" in ip for ip in ips}) != len(ips):
        errors.append(field.invalid(path, ips, "may specify no more than one IP for each IP family"))
    if not headless(spec):
        for i, (ip, family) in enumerate(zip(ips, families)):
            if (family == "IPv6") != (":" in ip) and family in _FAMILIES:
                errors.append(field.invalid(f"{path}[{i}]", ip,
                                            f"expected an {family} value as indicated by `ipFamilies[{i}]`"))
    return errors


def _duplicate_ports(ports: list[Object]) -> FieldErrors:
    errors = []
    node_ports, numbers = set(), set()
    for i, port in enumerate(ports):
        if port.get("nodePort"):
            key = port.get("protocol"), port["nodePort"]
            if key in node_ports:
                errors.append(field.duplicate(f"spec.ports[{i}].nodePort", port["nodePort"]))
            node_ports.add(key)
    for i, port in enumerate(ports):
        protocol, number = port.get("protocol", ""), port.get("port", 0)
        if (protocol, number) in numbers:
            errors.append(field.duplicate(f"spec.ports[{i}]", {
                "Name": "", "Protocol": protocol, "AppProtocol": None, "Port": number, "TargetPort": 0, "NodePort": 0}))
        numbers.add((protocol, number))
    return errors


def _load_balancer(spec: Object, type_: str, before: Object, release: Release) -> FieldErrors:
    only = "may only be used when `type` is 'LoadBalancer'"
    errors = []
    ranges = spec.get("loadBalancerSourceRanges") or ()
    if ranges and type_ != "LoadBalancer":
        errors.append(field.forbidden("spec.LoadBalancerSourceRanges", only))
    known = [text.strip() for text in before.get("loadBalancerSourceRanges") or ()]
    for i, text in enumerate(ranges):
        errors += cidr(f"spec.LoadBalancerSourceRanges[{i}]", text.strip(), release, known)
    if spec.get("allocateLoadBalancerNodePorts") is not None and type_ != "LoadBalancer":
        errors.append(field.forbidden("spec.allocateLoadBalancerNodePorts", only))
    return errors


def _load_balancer_class(spec: Object, before: Object | None) -> FieldErrors:
    """validateLoadBalancerClassField, isTypeLoadBalancer, sameLoadBalancerClass."""
    path, name = "spec.loadBalancerClass", spec.get("loadBalancerClass")
    errors: FieldErrors = []
    if before and spec["type"] == before["type"] == "LoadBalancer" and name != before.get("loadBalancerClass"):
        errors.append(field.invalid(path, name, "may not change once set"))
    if name is None:
        return errors
    if spec["type"] == "LoadBalancer":
        return errors + qualified_name(path, name)
    return [*errors, field.forbidden(path, "may only be used when `type` is 'LoadBalancer'")]


def _external_traffic(spec: Object) -> FieldErrors:
    """validateServiceExternalTrafficPolicy."""
    path, policy = "spec.externalTrafficPolicy", spec.get("externalTrafficPolicy", "")
    errors: FieldErrors = []
    if externally_accessible(spec):
        errors += one_of(path, policy, ("Cluster", "Local")) if policy else [field.required(path)]
    elif policy:
        errors.append(field.invalid(path, policy, "may only be set for externally-accessible services"))
    path, port = "spec.healthCheckNodePort", spec.get("healthCheckNodePort", 0)
    if needs_health_check(spec):
        errors += port_number(path, port) if port else [field.required(path)]
    elif port:
        errors.append(field.invalid(path, port, "may only be set when `type` is 'LoadBalancer' and "
                                    "`externalTrafficPolicy` is 'Local'"))
    return errors


def validate_update(obj: Object, old: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a changed Service (validateServiceExternalTrafficFieldsUpdate)."""
    spec, before = obj["spec"], old["spec"]
    errors = []
    if "ExternalName" not in (spec.get("type"), before["type"]):
        errors += _changed_ips(spec, before) + _changed_families(spec, before)
    errors += _load_balancer_class(spec, before)
    if needs_health_check(before) and needs_health_check(spec) \
            and spec.get("healthCheckNodePort") != before.get("healthCheckNodePort"):
        errors.append(field.forbidden("spec.healthCheckNodePort", "field is immutable"))
    return errors + validate(obj, before, release)


def _changed_ips(spec: Object, before: Object) -> FieldErrors:
    """validateUpgradeDowngradeClusterIPs."""
    if headless(spec) and headless(before):
        return []
    ips, was = spec.get("clusterIPs") or [], before.get("clusterIPs") or []
    errors = []
    if len(ips) == len(was):
        return [field.invalid(f"spec.clusterIPs[{i}]", ips, "may not change once set")
                for i, (new, old) in enumerate(zip(ips, was)) if new != old]
    if not ips:
        errors.append(field.invalid("spec.clusterIPs[0]", None, "primary clusterIP can not be unset"))
    if was and ips and ips[0] != was[0]:
        errors.append(field.invalid("spec.clusterIPs[0]", ips, "may not change once set"))
    if len(was) > len(ips) == 1 and spec.get("ipFamilyPolicy") != "SingleStack":
        errors.append(field.invalid("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"),
                                    "must be set to 'SingleStack' when releasing the secondary clusterIP"))
    return errors


def _changed_families(spec: Object, before: Object) -> FieldErrors:
    """validateUpgradeDowngradeIPFamilies."""
    if headless(spec) or headless(before):
        return []
    families, was = spec.get("ipFamilies") or [], before.get("ipFamilies") or []
    if len(families) == len(was):
        return [field.invalid("spec.ipFamilies[0]", families, "may not change once set")
                for new, old in zip(families, was) if new != old]
    if families and was and families[0] != was[0]:
        return [field.invalid("spec.ipFamilies[0]", spec.get("clusterIPs"), "may not change once set")]
    return []


def validate_status(obj: Object, old: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a changed status (ValidateLoadBalancerStatus)."""
    path, (ingress, before) = "status.loadBalancer.ingress", (
        dig(each, "status", "loadBalancer", "ingress") or () for each in (obj, old))
    if ingress and obj["spec"].get("type") != "LoadBalancer":
        return [field.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")]
    errors, known = [], [entry.get("ip") for entry in before]
    for i, entry in enumerate(ingress):
        at, ip = f"{path}[{i}]", entry.get("ip", "")
        if ip:
            errors += ip_address(f"{at}.ip", ip, release, known)
        if enabled("LoadBalancerIPMode", release):
            errors += _ip_mode(f"{at}.ipMode", entry.get("ipMode"), ip)
        errors += load_balancer_host(f"{at}.hostname", entry.get("hostname", ""))
    return errors


def _ip_mode(path: str, mode: str | None, ip: str) -> FieldErrors:
    if mode is None:
        return [field.required(path, "must be specified when `ip` is set")] if ip else []
    if not ip:
        return [field.forbidden(path, "may not be specified when `ip` is not set")]
    return [] if mode in ("Proxy", "VIP") else [field.not_supported(path, mode, ["Proxy", "VIP"])]
