"""EndpointSlice."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind
from ..columns import first_three

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object, Release
    from ..base import Cell, Context

_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
_CONTROLLERS = ("endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io")
_MAX_TOPOLOGY, _MAX_ADDRESSES, _MAX_PORTS, _MAX_ENDPOINTS, _MAX_HINTS = 16, 100, 20000, 1000, 8


def _ports_cell(obj: Object, ctx: Context) -> Cell:
    ports = [str(port["port"]) if port.get("port") is not None else port.get("name") or "*"
             for port in obj.get("ports") or ()]
    return first_three(ports, len(ports))


def _endpoints_cell(obj: Object, ctx: Context) -> Cell:
    addresses = [address for endpoint in obj.get("endpoints") or () for address in endpoint.get("addresses") or ()]
    return first_three(addresses, len(addresses))


class EndpointSlice(Kind):
    columns = (NAME,
               Column("AddressType", lambda obj, ctx: obj.get("addressType", "")),
               Column("Ports", _ports_cell),
               Column("Endpoints", _endpoints_cell),
               AGE)
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        for key in ("endpoints", "ports"):
            obj.setdefault(key, None)
        for port in obj["ports"] or ():
            port.setdefault("name", "")
            port.setdefault("protocol", "TCP")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateEndpointSlice, ValidateEndpointSliceCreate, validateAddressType."""
        from ....machinery import field
        from ..checks import required_one_of

        type_ = obj.get("addressType", "")
        errors = required_one_of("addressType", type_, ("FQDN", "IPv4", "IPv6"))
        errors += _ports(obj.get("ports") or ())
        endpoints = obj.get("endpoints") or ()
        if len(endpoints) > _MAX_ENDPOINTS:
            return [*errors, field.too_many("endpoints", len(endpoints), _MAX_ENDPOINTS)]
        for i, endpoint in enumerate(endpoints):
            path, addresses = f"endpoints[{i}]", endpoint.get("addresses") or ()
            if not addresses:
                errors.append(field.required(f"{path}.addresses", "must contain at least 1 address"))
            elif len(addresses) > _MAX_ADDRESSES:
                errors.append(field.too_many(f"{path}.addresses", len(addresses), _MAX_ADDRESSES))
            errors += _endpoint(path, endpoint, type_, ctx.release)
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateEndpointSliceUpdate."""
        from ..checks import immutable

        kept = obj.get("endpoints") == old.get("endpoints")  # what was accepted once may stay
        errors = self.validate({**obj, "endpoints": ()} if kept else obj, ctx)
        return errors + immutable("addressType", obj.get("addressType"), old.get("addressType"))

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        """What controllers write is right."""
        from ..checks import ip_warnings

        if (obj["metadata"].get("labels") or {}).get(_MANAGED_BY) in _CONTROLLERS:
            return []
        return [each for i, endpoint in enumerate(obj.get("endpoints") or ())
                for j, value in enumerate(endpoint.get("addresses") or ())
                for each in ip_warnings(f"endpoints[{i}].addresses[{j}]", value, ctx.release)]


def _ports(ports: Sequence[Object]) -> FieldErrors:
    """validatePorts."""
    from ....machinery import field
    from ..checks import dns1123_label, once, one_of, qualified_name
    from ..core.endpoints import PROTOCOLS

    if len(ports) > _MAX_PORTS:
        return [field.too_many("ports", len(ports), _MAX_PORTS)]
    errors = []
    seen: set[str] = set()
    for i, port in enumerate(ports):
        path, name = f"ports[{i}]", port.get("name") or ""
        if name:
            errors += dns1123_label(f"{path}.name", name)
        errors += once(f"{path}.name", name, seen)
        errors += one_of(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
        if port.get("appProtocol") is not None:
            errors += qualified_name(f"{path}.appProtocol", port["appProtocol"])
    return errors


def _endpoint(path: str, endpoint: Object, type_: str, release: Release) -> FieldErrors:
    """validateEndpoints."""
    from ....machinery import field
    from ..checks import dns1123_label, dns1123_subdomain, endpoint_ip, fully_qualified_domain_name, ip_address, labels

    errors: FieldErrors = []
    for j, address in enumerate(endpoint.get("addresses") or ()):
        at = f"{path}.addresses[{j}]"
        if type_ == "FQDN":
            errors += fully_qualified_domain_name(at, address)
        if type_ not in ("IPv4", "IPv6"):
            continue
        wrong = ip_address(at, address, release)
        if not wrong and (":" in address) != (type_ == "IPv6"):
            wrong = [field.invalid(f"{path}.addresses", address, f"must be an {type_} address")]
        errors += wrong or endpoint_ip(at, address)
    if endpoint.get("nodeName") is not None:
        errors += dns1123_subdomain(f"{path}.nodeName", endpoint["nodeName"])
    topology = endpoint.get("deprecatedTopology") or {}
    if len(topology) > _MAX_TOPOLOGY:
        errors.append(field.too_many(f"{path}.deprecatedTopology", len(topology), _MAX_TOPOLOGY))
    errors += labels(f"{path}.deprecatedTopology", topology)
    if endpoint.get("hostname") is not None:
        errors += dns1123_label(f"{path}.hostname", endpoint["hostname"])
    return errors + _hints(f"{path}.hints", endpoint.get("hints") or {})


def _hints(path: str, hints: Object) -> FieldErrors:
    """Where traffic for an endpoint should come from (validateHints)."""
    from ....machinery import field, names
    from ..checks import once, said

    errors: FieldErrors = []
    for key, rule in (("forZones", names.label_value), ("forNodes", names.dns1123_subdomain)):
        found = hints.get(key) or ()
        if len(found) > _MAX_HINTS:
            return [*errors, field.too_many(f"{path}.{key}", len(found), _MAX_HINTS)]
        seen: set[str] = set()
        for i, hint in enumerate(found):
            at, name = f"{path}.{key}[{i}].name", hint.get("name", "")
            errors += once(at, name, seen)
            errors += said(at, name, rule(name))
    return errors


KIND = EndpointSlice()
