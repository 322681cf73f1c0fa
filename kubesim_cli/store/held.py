"""Names under which the index has Services and EndpointSlices: what a Service holds of which there is one in a cluster,
and the Service that a slice is for."""

from __future__ import annotations

from ..machinery.wellknown import LABEL_SERVICE_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object


def address(ip: str) -> str:
    """Return the name of a cluster IP, the same for all the ways in which an address can be written."""
    if ":" in ip:
        from ipaddress import IPv6Address

        try:
            return f"ip/{IPv6Address(ip)}"
        except ValueError:  # of a Service that was taken over from elsewhere as it was
            return "ip/" + ip
    return "ip/" + ".".join(part.lstrip("0") or "0" for part in ip.split("."))


def node_port(port: int) -> str:
    """Return the name of a node port."""
    return f"port/{port}"


def node_ports_of(spec: Object) -> list[int]:
    """Return the node ports of a Service's spec, that of its health check included."""
    found = [port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")]
    if spec.get("healthCheckNodePort"):
        found.append(spec["healthCheckNodePort"])
    return found


def service(namespace: str, name: str) -> str:
    """Return the name under which the slices of a Service are found."""
    return f"service/{namespace}/{name}"


def names_of_slice(slice_: Object) -> list[str]:
    """Return the name of the Service that a slice is for, by its label; of one without it none."""
    meta = slice_["metadata"]
    name = (meta.get("labels") or {}).get(LABEL_SERVICE_NAME)
    return [service(meta.get("namespace", ""), name)] if isinstance(name, str) else []


def held_by(obj: Object) -> list[str]:
    """Return the names of all that a Service holds, each once."""
    spec = obj.get("spec") or {}
    ips = [address(ip) for ip in spec.get("clusterIPs") or () if ip != "None"]
    return [*dict.fromkeys([*ips, *map(node_port, node_ports_of(spec))])]
