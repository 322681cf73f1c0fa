"""EndpointSlice."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind
from ..columns import first_three

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


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
        from ....machinery import field
        from ..checks import required_one_of

        type_ = obj.get("addressType", "")
        errors = required_one_of("addressType", type_, ("FQDN", "IPv4", "IPv6"))
        errors += _ports(obj.get("ports") or ())
        for i, endpoint in enumerate(obj.get("endpoints") or ()):
            path = f"endpoints[{i}]"
            if not endpoint.get("addresses"):
                errors.append(field.required(f"{path}.addresses", "must contain at least 1 address"))
            errors += _endpoint(path, endpoint, type_)
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from ..checks import immutable

        return self.validate(obj, ctx) + immutable("addressType", obj.get("addressType"), old.get("addressType"))


def _ports(ports: Sequence[Object]) -> FieldErrors:
    from ....machinery import field
    from ..checks import dns1123_label, one_of, qualified_name
    from ..core.endpoints import PROTOCOLS

    errors = []
    seen: set[str] = set()
    for i, port in enumerate(ports):
        path, name = f"ports[{i}]", port.get("name") or ""
        if name:
            errors += dns1123_label(f"{path}.name", name)
        if name in seen:
            errors.append(field.duplicate(f"{path}.name", name))
        seen.add(name)
        errors += one_of(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
        if port.get("appProtocol") is not None:
            errors += qualified_name(f"{path}.appProtocol", port["appProtocol"])
    return errors


def _endpoint(path: str, endpoint: Object, type_: str) -> FieldErrors:
    from ....machinery import field
    from ..checks import dns1123_label, dns1123_subdomain, endpoint_ip, ip_address

    errors = []
    for j, address in enumerate(endpoint.get("addresses") or ()):
        at = f"{path}.addresses[{j}]"
        if type_ not in ("IPv4", "IPv6"):
            continue
        wrong = ip_address(at, address)
        if not wrong and (":" in address) != (type_ == "IPv6"):
            wrong = [field.invalid(f"{path}.addresses", address, f"must be an {type_} address")]
        errors += wrong or endpoint_ip(at, address)
    if endpoint.get("nodeName") is not None:
        errors += dns1123_subdomain(f"{path}.nodeName", endpoint["nodeName"])
    if endpoint.get("hostname") is not None:
        errors += dns1123_label(f"{path}.hostname", endpoint["hostname"])
    return errors


KIND = EndpointSlice()
