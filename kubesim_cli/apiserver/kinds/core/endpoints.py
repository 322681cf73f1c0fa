"""Endpoints."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind
from ..columns import first_three

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release
    from ..base import Context

PROTOCOLS = ("TCP", "UDP", "SCTP")


class Endpoints(Kind):
    deprecation = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    deprecated_since = (1, 33)
    columns = (NAME, Column("Endpoints", lambda obj, ctx: _shown(obj.get("subsets"))), AGE)
    create_on_update = True

    def default(self, obj: Object, ctx: Context) -> None:
        for subset in obj.get("subsets") or ():
            for port in subset.get("ports") or ():
                port.setdefault("protocol", "TCP")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateEndpoints, ValidateEndpointsCreate, validateEndpointSubsets."""
        from ....machinery import field

        errors = []
        for i, subset in enumerate(obj.get("subsets") or ()):
            path = f"subsets[{i}]"
            addresses, waiting = subset.get("addresses") or (), subset.get("notReadyAddresses") or ()
            if not addresses and not waiting:
                errors.append(field.required(path, "must specify `addresses` or `notReadyAddresses`"))
            for what, found in (("addresses", addresses), ("notReadyAddresses", waiting)):
                for j, address in enumerate(found):
                    errors += _address(f"{path}.{what}[{j}]", address, ctx.release)
            ports = subset.get("ports") or ()
            for j, port in enumerate(ports):
                errors += _port(f"{path}.ports[{j}]", port, len(ports) > 1)
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateEndpointsUpdate."""
        return [] if obj.get("subsets") == old.get("subsets") else self.validate(obj, ctx)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        """What the controller writes is right."""
        from ..checks import ip_warnings

        if (obj["metadata"].get("labels") or {}).get("endpoints.kubernetes.io/managed-by") == "endpoint-controller":
            return []
        return [each for i, subset in enumerate(obj.get("subsets") or ()) for key in ("addresses", "notReadyAddresses")
                for j, address in enumerate(subset.get(key) or ())
                for each in ip_warnings(f"subsets[{i}].{key}[{j}].ip", address.get("ip", ""), ctx.release)]


def _shown(subsets: list[Object] | None) -> str:
    if not subsets:
        return "<none>"
    found = []
    for subset in subsets:
        addresses = subset.get("addresses") or ()
        if not subset.get("ports"):
            found += [address["ip"] for address in addresses]
            continue
        for port in subset["ports"]:
            found += [(f"[{a['ip']}]" if ":" in a["ip"] else a["ip"]) + f":{port['port']}" for a in addresses]
    return first_three(found, len(found), "")


def _address(path: str, address: Object, release: Release) -> FieldErrors:
    """validateEndpointAddress."""
    from ..checks import dns1123_label, dns1123_subdomain, endpoint_ip, ip_address

    ip = address.get("ip", "")
    errors = ip_address(f"{path}.ip", ip, release)
    if address.get("hostname"):
        errors += dns1123_label(f"{path}.hostname", address["hostname"])
    if address.get("nodeName") is not None:
        errors += dns1123_subdomain(f"{path}.nodeName", address["nodeName"])
    return errors + endpoint_ip(f"{path}.ip", ip)


def _port(path: str, port: Object, named: bool) -> FieldErrors:
    """validateEndpointPort."""
    from ....machinery import field
    from ..checks import dns1123_label, one_of, port_number, qualified_name

    errors = []
    if port.get("name"):
        errors += dns1123_label(f"{path}.name", port["name"])
    elif named:
        errors.append(field.required(f"{path}.name"))
    errors += port_number(f"{path}.port", port.get("port", 0))
    errors += one_of(f"{path}.protocol", port.get("protocol", ""), PROTOCOLS)
    if port.get("appProtocol") is not None:
        errors += qualified_name(f"{path}.appProtocol", port["appProtocol"])
    return errors


KIND = Endpoints()
