"""What the kubelet tells a pod of the network: /etc/resolv.conf, /etc/hosts, and the variables of services.

Kubernetes: pkg/kubelet/network/dns/dns.go, pkg/kubelet/kubelet_pods.go (managedHostsFileContent),
pkg/kubelet/envvars/envvars.go.
"""

from __future__ import annotations

from ...machinery import timestamps
from ...machinery.objects import dig
from ...releases.makers import maker_of
from .dns import SERVICE, SERVICE_NAMESPACE, ZONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client
    from ...machinery.types import Object

_LOCAL = ("127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "fe00::0\tip6-localnet",
          "fe00::0\tip6-mcastprefix", "fe00::1\tip6-allnodes", "fe00::2\tip6-allrouters")
MASTER = "kubernetes"  # the service of namespace default that every pod is told of


def resolv_conf(api: Client, pod: Object) -> str:
    """Return a pod's /etc/resolv.conf, by its dnsPolicy and dnsConfig, in the order of the node's runtime: containerd's
    parseDNSOptions, or Docker's."""
    spec = pod["spec"]
    policy = spec.get("dnsPolicy") or "ClusterFirst"
    if policy == "ClusterFirst" and spec.get("hostNetwork"):
        policy = "Default"
    servers: list[str] = []
    search: list[str] = []
    options: list[str] = []
    if policy in ("ClusterFirst", "ClusterFirstWithHostNet"):
        service = api.find("services", SERVICE, SERVICE_NAMESPACE)
        servers = [service["spec"]["clusterIP"] if service else api.server.service_ranges.of_dns]
        search = [f"{pod['metadata']['namespace']}.svc.{ZONE}", f"svc.{ZONE}", ZONE]
        options = ["ndots:5"]
    elif policy == "Default":
        servers, options = [maker_of(api.items("nodes")).host], ["ndots:0"]
    config = spec.get("dnsConfig") or {}
    servers = list(dict.fromkeys([*servers, *(config.get("nameservers") or ())]))
    search = list(dict.fromkeys([*search, *(config.get("searches") or ())]))
    chosen = {each.partition(":")[0]: each for each in options}
    for option in config.get("options") or ():
        chosen[option["name"]] = ":".join([option["name"], *([option["value"]] if option.get("value") else ())])
    lines = [f"nameserver {each}" for each in servers]
    if search:
        node = api.find("nodes", spec.get("nodeName") or "")
        runtime = dig(node or {}, "status", "nodeInfo", "containerRuntimeVersion", default="")
        lines.insert(0 if runtime.startswith("containerd") else len(lines), "search " + " ".join(search))
    if chosen:
        lines.append("options " + " ".join(chosen.values()))
    return "".join(line + "\n" for line in lines)


def hosts(pod: Object, node: Object | None = None) -> str:
    """Return a pod's /etc/hosts; `node`: the one whose network it is in, where that is so."""
    spec, status = pod["spec"], pod.get("status") or {}
    if spec.get("hostNetwork"):
        lines = ["# Kubernetes-managed hosts file (host network).", *_LOCAL]
        if node is not None:
            lines.append(f"{status.get('hostIP', '')}\t{node['metadata']['name']}")
        maker = maker_of([node] if node is not None else [])
        if not maker.kind:
            lines.append(f"{maker.host}\thost.minikube.internal")
    else:
        name = spec.get("hostname") or pod["metadata"]["name"]
        domain = f".{spec['subdomain']}.{pod['metadata']['namespace']}.svc.{ZONE}" if spec.get("subdomain") else ""
        whole = f"{name}{domain}\t" if domain else ""
        lines = ["# Kubernetes-managed hosts file.", *_LOCAL,
                 *(f"{each['ip']}\t{whole}{name}" for each in status.get("podIPs") or ())]
    if spec.get("hostAliases"):
        lines += ["", "# Entries added by HostAliases.",
                  *("\t".join([each["ip"], *(each.get("hostnames") or ())]) for each in spec["hostAliases"])]
    return "".join(line + "\n" for line in lines)


def service_variables(api: Client, pod: Object, at: float) -> dict[str, str]:
    """Return the variables that tell a container, started at a time, of the services that there were then."""
    services = {each["metadata"]["name"]: each for each in api.items("services", "default")
                if each["metadata"]["name"] == MASTER}
    if pod["spec"].get("enableServiceLinks") is not False:
        services |= {each["metadata"]["name"]: each for each in api.items("services", pod["metadata"]["namespace"])}
    found: dict[str, str] = {}
    for name, service in services.items():
        spec = service["spec"]
        address, ports = spec.get("clusterIP"), spec.get("ports") or ()
        if address in (None, "", "None") or not ports or timestamps.parse(
                service["metadata"]["creationTimestamp"]) > at:
            continue
        prefix = name.upper().replace("-", "_")
        found[f"{prefix}_SERVICE_HOST"] = address
        found[f"{prefix}_SERVICE_PORT"] = str(ports[0]["port"])
        for port in ports:
            if port.get("name"):
                found[f"{prefix}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}"] = str(port["port"])
        for number, port in enumerate(ports):
            protocol = port.get("protocol") or "TCP"
            link = f"{prefix}_PORT_{port['port']}_{protocol}"
            host = f"[{address}]" if ":" in address else address
            url = f"{protocol.lower()}://{host}:{port['port']}"
            if not number:
                found[f"{prefix}_PORT"] = url
            found.update({link: url, f"{link}_PROTO": protocol.lower(), f"{link}_PORT": str(port["port"]),
                          f"{link}_ADDR": address})
    return dict(sorted(found.items()))
