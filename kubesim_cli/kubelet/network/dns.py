"""What CoreDNS answers for a cluster, from the API's objects (coredns/plugin/kubernetes).

An answer is as of a moment: a service is known since it was created, an endpoint since its pod is ready. So a
container that is played again from its start hears what it heard then.
"""

from __future__ import annotations

from ...machinery import timestamps
from ..runtime.kernel.network import Record, Reply
from . import outside
from .view import Endpoint, View, cluster_ips

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Object

ZONE = "cluster.local"
SERVICE, SERVICE_NAMESPACE = "kube-dns", "kube-system"
MOST_ALIASES = 10


class Zone:
    """The names of a cluster."""

    def __init__(self, view: View):
        self.view, self.api = view, view.api

    def query(self, name: str, type_: str, now: float) -> Reply:
        """Answer a question; `name` without its last dot, in any case. Aliases are followed."""
        reply = self._one(name.lower(), type_, now)
        chased = 0
        while reply.answers and reply.answers[-1].type == "CNAME" and type_ != "CNAME" and chased < MOST_ALIASES:
            chased += 1
            more = self._one(reply.answers[-1].data.rstrip(".").lower(), type_, now)
            if not more.answers:
                break
            reply.answers += more.answers
        return reply

    def _one(self, name: str, type_: str, now: float) -> Reply:
        if name.endswith((".in-addr.arpa", ".ip6.arpa")):
            return self._pointer(name, now)
        if name != ZONE and not name.endswith("." + ZONE):
            return outside.query(name, type_)
        inside = name[:-len(ZONE) - 1].split(".") if name != ZONE else []
        if inside == ["dns-version"]:
            return _reply([Record(name + ".", "TXT", '"1.1.0"')], type_)
        if inside == ["ns", "dns"]:
            service = self.api.find("services", SERVICE, SERVICE_NAMESPACE)
            return _reply(_addresses(name + ".", cluster_ips(service) if service else ()), type_)
        if not inside or inside in (["svc"], ["pod"]):
            return _reply([], type_)
        namespace = inside[-2] if len(inside) > 1 else ""
        if inside[-1] not in ("svc", "pod") or not self._known("namespaces", namespace, "", now):
            return _missing()
        if len(inside) == 2:
            return _reply([], type_)
        if inside[-1] == "pod":
            return self._pod(name, inside[:-2], type_)
        return self._service(name, inside[:-2], namespace, type_, now)

    def _known(self, resource: str, name: str, namespace: str, now: float) -> Object | None:
        found = self.api.find(resource, name, namespace)
        return found if found is not None and _since(found) <= now else None

    def _pod(self, name: str, labels: list[str], type_: str) -> Reply:
        """A pod's address as a name: it answers whether there is such a pod or not (`pods insecure`)."""
        address = labels[0].replace("-", ".")
        if not is_address(address):
            address = canonical(labels[0].replace("-", ":"))
        if len(labels) != 1 or not address:
            return _missing()
        return _reply(_addresses(name + ".", (address,)), type_)

    def _service(self, name: str, labels: list[str], namespace: str, type_: str, now: float) -> Reply:
        port = protocol = ""
        if len(labels) == 3 and labels[0][:1] == labels[1][:1] == "_":
            port, protocol = labels[0][1:], labels[1][1:].upper()
            labels = labels[2:]
        service = self._known("services", labels[-1], namespace, now)
        if service is None or len(labels) > 2:
            return _missing()
        spec = service["spec"]
        if spec.get("type") == "ExternalName":
            if len(labels) > 1:
                return _missing()
            return Reply(answers=[Record(name + ".", "CNAME", spec["externalName"].rstrip(".") + ".")])
        whole = f"{service['metadata']['name']}.{namespace}.svc.{ZONE}."
        host = labels[0] if len(labels) == 2 else ""
        if host or spec.get("clusterIP") == "None":
            return self._endpoints(name, service, host, (port, protocol), whole, type_, now)
        ports = [each for each in spec.get("ports") or () if not port or (
            (each.get("name") or "") == port and (each.get("protocol") or "TCP") == protocol)]
        if not ports:
            return _missing()
        if type_ == "SRV":
            answers = [Record(name + ".", "SRV", f"0 {100 // len(ports)} {each['port']} {whole}") for each in ports]
            return Reply(answers=answers, additional=_addresses(whole, cluster_ips(service)))
        return _reply(_addresses(name + ".", cluster_ips(service)), type_)

    def _endpoints(self, name: str, service: Object, host: str, of: tuple[str, str], whole: str, type_: str,
                   now: float) -> Reply:
        port, protocol = of
        found = [each for each in self.view.endpoints(service, port or None, protocol)
                 if each.ready and (not host or host == hostname(each.endpoint, each.address))
                 and self._ready_since(service, each) <= now]
        if not found:
            return _missing()
        addresses = {each.address: each for each in found}
        if type_ != "SRV":
            return _reply(_addresses(name + ".", addresses), type_)
        targets = {address: f"{hostname(each.endpoint, address)}.{whole}" for address, each in addresses.items()}
        answers = [Record(name + ".", "SRV", f"0 {100 // len(found)} {each.port or 0} {targets[each.address]}")
                   for each in found]
        return Reply(answers=answers, additional=[
            each for address, target in targets.items() for each in _addresses(target, (address,))])

    def _ready_since(self, service: Object, found: Endpoint) -> float:
        """When an endpoint became known to DNS: when its pod became ready, or started where that does not matter."""
        target = found.endpoint.get("targetRef") or {}
        pod = self.api.find("pods", target.get("name", ""), service["metadata"]["namespace"])
        if pod is None:
            return 0.0
        status = pod.get("status") or {}
        if service["spec"].get("publishNotReadyAddresses"):
            return timestamps.parse(status["startTime"]) if status.get("startTime") else 0.0
        ready: Object = next((each for each in status.get("conditions") or () if each["type"] == "Ready"), {})
        return timestamps.parse(ready["lastTransitionTime"]) if ready.get("lastTransitionTime") else 0.0

    def _pointer(self, name: str, now: float) -> Reply:
        address = address_of(name)
        if not address:
            return _missing()
        service = self.view.service_at(address)
        if service is not None and address in cluster_ips(service) and _since(service) <= now:
            meta = service["metadata"]
            return Reply(answers=[Record(name + ".", "PTR", f"{meta['name']}.{meta['namespace']}.svc.{ZONE}.")])
        answers = [Record(name + ".", "PTR", f"{hostname(endpoint, address)}.{owner}.{namespace}.svc.{ZONE}.")
                   for namespace, owner, endpoint in self.view.endpoint_at(address)]
        return Reply(answers=answers) if answers else Reply("NXDOMAIN")


def address_of(name: str) -> str:
    """Return the address that a name of in-addr.arpa or ip6.arpa stands for, "" where it stands for none."""
    if name.endswith(".ip6.arpa"):
        digits = "".join(reversed(name.removesuffix(".ip6.arpa").split(".")))
        return canonical(":".join(digits[at:at + 4] for at in range(0, 32, 4))) if len(digits) == 32 else ""
    address = ".".join(reversed(name.removesuffix(".in-addr.arpa").split(".")))
    return address if name.endswith(".in-addr.arpa") and is_address(address) else ""


def is_address(text: str) -> bool:
    """Tell whether a text is an IPv4 address."""
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdigit() and len(part) < 4 and int(part) < 256 for part in parts)


def canonical(text: str) -> str:
    """Return an IPv6 address in its canonical form, "" where it is none."""
    from ...machinery import ipv6

    try:
        return ipv6.address_of(ipv6.number_of(text))
    except ValueError:
        return ""


def _addresses(name: str, addresses: Iterable[str]) -> list[Record]:
    return [Record(name, "AAAA" if ":" in each else "A", each) for each in addresses]


def hostname(endpoint: Object, address: str) -> str:
    """Return the name of an endpoint below its service's: its own, or its address with dashes."""
    return endpoint.get("hostname") or address.replace(".", "-").replace(":", "-")


def _since(obj: Object) -> float:
    created = obj["metadata"].get("creationTimestamp")
    return timestamps.parse(created) if created else 0.0


def _soa() -> Record:
    return Record(f"{ZONE}.", "SOA", f"ns.dns.{ZONE}. hostmaster.{ZONE}. 1700000000 7200 1800 86400 30")


def _missing() -> Reply:
    return Reply("NXDOMAIN", authority=[_soa()])


def _reply(records: list[Record], type_: str) -> Reply:
    """A name that is there: its records of a type, or that it has none of these."""
    answers = [each for each in records if type_ in (each.type, "ANY")]
    return Reply(answers=answers) if answers else Reply(authority=[_soa()])
