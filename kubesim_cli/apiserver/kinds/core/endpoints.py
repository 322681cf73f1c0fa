"""Endpoints."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME, first_three

PROTOCOLS = ("TCP", "UDP", "SCTP")


class Endpoints(Kind):
    deprecation = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    deprecated_since = (1, 33)
    columns = (NAME, Column("Endpoints"), AGE)
    create_on_update = True

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], _shown(obj.get("subsets")), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        for subset in obj.get("subsets") or ():
            for port in subset.get("ports") or ():
                port.setdefault("protocol", "TCP")

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field

        errors = []
        for i, subset in enumerate(obj.get("subsets") or ()):
            path = f"subsets[{i}]"
            addresses, waiting = subset.get("addresses") or (), subset.get("notReadyAddresses") or ()
            if not addresses and not waiting:
                errors.append(field.required(path, "must specify `addresses` or `notReadyAddresses`"))
            for what, found in (("addresses", addresses), ("notReadyAddresses", waiting)):
                for j, address in enumerate(found):
                    errors += _address(f"{path}.{what}[{j}]", address)
            ports = subset.get("ports") or ()
            for j, port in enumerate(ports):
                errors += _port(f"{path}.ports[{j}]", port, len(ports) > 1)
        return errors

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        return [] if obj.get("subsets") == old.get("subsets") else self.validate(obj, ctx)


def _shown(subsets: list | None) -> str:
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


def _address(path: str, address: dict) -> list:
    from ..checks import dns1123_label, dns1123_subdomain, endpoint_ip, ip_address

    ip = address.get("ip", "")
    errors = ip_address(f"{path}.ip", ip)
    if address.get("hostname"):
        errors += dns1123_label(f"{path}.hostname", address["hostname"])
    if address.get("nodeName") is not None:
        errors += dns1123_subdomain(f"{path}.nodeName", address["nodeName"])
    return errors + endpoint_ip(f"{path}.ip", ip)


def _port(path: str, port: dict, named: bool) -> list:
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
