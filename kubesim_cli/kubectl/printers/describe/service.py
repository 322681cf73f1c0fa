"""Services, and how their endpoints are told."""

from __future__ import annotations

from ....machinery.errors import StatusError
from ....releases.kubectl import does
from .events import list_all
from .writer import Writer, format_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object, Release
    from . import Context

GROUP = ""
_SHOWN = 3


def describe(service: Object, w: Writer, ctx: Context) -> None:
    spec = service["spec"]
    w.metadata(service)
    w.line(0, "Selector", format_labels(spec.get("selector")))
    w.line(0, "Type", spec.get("type", ""))
    if spec.get("ipFamilyPolicy") is not None:
        w.line(0, "IP Family Policy", spec["ipFamilyPolicy"])
    w.line(0, "IP Families", ",".join(spec.get("ipFamilies") or ()) or "<none>")
    w.line(0, "IP", spec.get("clusterIP", ""))
    w.line(0, "IPs", ",".join(spec.get("clusterIPs") or ()) or "<none>")
    if spec.get("externalIPs"):
        w.line(0, "External IPs", ",".join(spec["externalIPs"]))
    if spec.get("loadBalancerIP"):
        label = "Desired LoadBalancer IP" if does("DesiredLoadBalancerIP", w.release) else "IP"
        w.line(0, label, spec["loadBalancerIP"])
    if spec.get("externalName"):
        w.line(0, "External Name", spec["externalName"])
    ingress = (service.get("status", {}).get("loadBalancer") or {}).get("ingress")
    if ingress:
        w.line(0, "LoadBalancer Ingress", ", ".join([_ingress(point, w.release) for point in ingress]))
    _ports(service, w, ctx)
    w.line(0, "Session Affinity", spec.get("sessionAffinity", ""))
    if spec.get("externalTrafficPolicy"):
        w.line(0, "External Traffic Policy", spec["externalTrafficPolicy"])
    if spec.get("internalTrafficPolicy") is not None:
        w.line(0, "Internal Traffic Policy", spec["internalTrafficPolicy"], since=(1, 31))
    if spec.get("healthCheckNodePort"):
        w.line(0, "HealthCheck NodePort", spec["healthCheckNodePort"])
    if spec.get("loadBalancerSourceRanges"):
        w.line(0, "LoadBalancer Source Ranges", ",".join(spec["loadBalancerSourceRanges"]))
    if spec.get("trafficDistribution") is not None:
        w.line(0, "Traffic Distribution", spec["trafficDistribution"], since=(1, 34))
    ctx.events(service)


def _ingress(point: Object, release: Release) -> str:
    if not point.get("ip"):
        return str(point.get("hostname", ""))
    mode = f" ({point['ipMode']})" if point.get("ipMode") is not None and does("LoadBalancerIPModes", release) else ""
    return f"{point['ip']}{mode}"


def _ports(service: Object, w: Writer, ctx: Context) -> None:
    ports = service["spec"].get("ports") or ()
    endpoints = None
    for port in ports:
        if endpoints is None:
            try:
                endpoints = find_endpoints(service["metadata"].get("namespace", ""), service["metadata"]["name"], ctx)
            except StatusError:
                endpoints = []
        name, protocol = port.get("name") or "<unset>", port.get("protocol", "")
        w.line(0, "Port", f"{name}\t{port.get('port', 0)}/{protocol}")
        w.line(0, "TargetPort", f"{port.get('targetPort', 0)}/{protocol}")
        if port.get("appProtocol") is not None:
            w.line(0, "AppProtocol", port["appProtocol"], since=(1, 36))
        if port.get("nodePort"):
            w.line(0, "NodePort", f"{name}\t{port['nodePort']}/{protocol}")
        w.line(0, "Endpoints", format_endpoints(endpoints, port.get("name", ""), w.release))


def find_endpoints(namespace: str, service: str, ctx: Context) -> list[Object]:
    """Return what tells a service's endpoints: its EndpointSlices, in old releases the subsets of its Endpoints in
    the shape of slices. Raises StatusError."""
    if does("EndpointsOfSlices", ctx.release):
        return list_all(ctx.client, "endpointslices.discovery.k8s.io", namespace,
                        label_selector=f"kubernetes.io/service-name={service}")
    subsets = ctx.client.get("endpoints", service, namespace).get("subsets") or ()
    return [{"ports": subset.get("ports"),
             "endpoints": [{"addresses": [address["ip"]]} for address in subset.get("addresses") or ()]}
            for subset in subsets]


def format_endpoints(slices: list[Object], port_name: str, release: Release) -> str:
    """Return the addresses behind one port of a service, at most three: `10.0.0.1:80,10.0.0.2:80`."""
    if not slices:
        return "<none>"
    shown: list[str] = []
    more, count = False, 0
    for slice_ in slices:
        ports = slice_.get("ports")
        for port in ports or (None,):
            if port is not None and (port.get("name") or "") != port_name:
                continue
            for endpoint in slice_.get("endpoints") or ():
                if len(shown) == _SHOWN:
                    more = True
                if (endpoint.get("conditions") or {}).get("ready") is False and does("EndpointsReady", release):
                    continue
                address = endpoint["addresses"][0]
                if not more:
                    host = f"[{address}]" if ":" in address and port is not None else address
                    shown.append(host if port is None else f"{host}:{port.get('port', 0)}")
                count += 1
    text = ",".join(shown)
    return f"{text} + {count - _SHOWN} more..." if more else text
