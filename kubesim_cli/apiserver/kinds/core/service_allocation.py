"""Cluster IPs and node ports of Services (pkg/registry/core/service/storage/alloc.go).

What the real server draws by chance follows here from the Service's name, so that runs can be repeated.
"""

from __future__ import annotations

from zlib import crc32

from ....machinery import conditions, errors, field
from ....releases.gates import enabled
from ....store import held
from ...serviceranges import Range, address_of, number_of
from .service_util import EXPOSED, externally_accessible, headless, needs_health_check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release
    from ...serviceranges import ServiceRanges
    from ..base import Context


SERVICE_CIDRS = "servicecidrs.networking.k8s.io"
_OTHER = {"IPv4": "IPv6", "IPv6": "IPv4"}


def _spared(count: int, smallest: int, step: int, most: int) -> int:
    """How many of a range's first are left to those who ask for them by number (calculateRangeOffset)."""
    return 0 if count <= smallest else min(max(count // step, smallest), most)


def allocate(obj: Object, old: Object | None, ctx: Context) -> None:
    """Settle a Service's IP families, cluster IPs and node ports in place; `old` is what it replaces.

    Raises StatusError for addresses and ports that are taken or out of range.
    """
    spec, before = obj["spec"], old["spec"] if old else None
    if before:
        _keep_allocated(spec, before)
    _pair_cluster_ips(spec, before)
    allocator = _Allocator(obj, before, ctx)
    _settle_families(obj, before, ctx.client.server.service_ranges, ctx.release)
    if spec["type"] != "ExternalName" and not headless(spec):
        _cluster_ip(obj, before, allocator)
    if spec["type"] in EXPOSED:
        allocator.node_ports(spec)
    if needs_health_check(spec) and not (before and needs_health_check(before)):
        if spec.get("healthCheckNodePort"):
            allocator.take_port(spec["healthCheckNodePort"], "spec.healthCheckNodePort")
        else:
            spec["healthCheckNodePort"] = allocator.any_port("health-check")


def _refuse(obj: Object, bad: FieldErrors) -> None:
    if bad:
        raise errors.invalid("Service", "", obj["metadata"].get("name", ""), bad)


def _keep_allocated(spec: Object, old: Object) -> None:
    """Fill in what a client left out of an update (patchAllocatedValues)."""
    if old["type"] != "ExternalName" and spec["type"] != "ExternalName":
        for key in ("clusterIP", "clusterIPs"):
            if not spec.get(key) and old.get(key):
                spec[key] = old[key]
    if old["type"] in EXPOSED and spec["type"] in EXPOSED:
        ports, old_ports = spec.get("ports") or (), old.get("ports") or ()
        kept = {p.get("nodePort") for p in old_ports} & {p.get("nodePort") for p in ports}
        by_name = {p.get("name", ""): p.get("nodePort") for p in old_ports}
        for port in ports:
            known = by_name.get(port.get("name", ""))
            if not port.get("nodePort") and known and known not in kept:
                port["nodePort"] = known
    if needs_health_check(old) and needs_health_check(spec) and not spec.get("healthCheckNodePort"):
        spec["healthCheckNodePort"] = old.get("healthCheckNodePort", 0)


def _pair_cluster_ips(spec: Object, old: Object | None) -> None:
    """Let clusterIPs follow clusterIP where only the latter was set (normalizeClusterIPs)."""
    single = spec.get("clusterIP", "")
    if old is None:
        if single and not spec.get("clusterIPs"):
            spec["clusterIPs"] = [single]
    elif single != old.get("clusterIP", "") and spec.get("clusterIPs") == old.get("clusterIPs"):
        if single:
            spec["clusterIPs"] = [single]
        else:
            spec.pop("clusterIPs", None)


def _settle_families(obj: Object, old: Object | None, ranges: ServiceRanges, release: Release) -> None:
    """Set ipFamilyPolicy and ipFamilies, or refuse what the cluster cannot give (initIPFamilyFields)."""
    spec = obj["spec"]
    if spec["type"] == "ExternalName" or (old and _still_prefers(spec, old)):
        return
    selectorless = spec.get("clusterIP") == "None" and not spec.get("selector")
    if spec.get("ipFamilyPolicy") is None:
        inherited = old.get("ipFamilyPolicy") if old else None
        spec["ipFamilyPolicy"] = inherited or ("RequireDualStack" if selectorless else "SingleStack")
    from .service_validation import cluster_ip_fields

    _refuse(obj, cluster_ip_fields(spec, old or {}, release))
    policy, families, ips = spec["ipFamilyPolicy"], list(spec.get("ipFamilies") or ()), spec.get("clusterIPs") or []
    bad = []
    if old and policy == "SingleStack":  # which is a clear word where the rest was left as it is
        if _same(spec, old, "clusterIPs") and ips:
            spec["clusterIPs"] = ips = ips[:1]
        if _same(spec, old, "ipFamilies"):
            families = families[:1]
    elif old:
        for key, what in (("clusterIPs", "cluster IP"), ("ipFamilies", "IP family")):
            if _reduced(spec.get(key) or [], old.get(key) or []):
                bad.append(field.invalid("spec.ipFamilyPolicy", policy,
                                         f"must be 'SingleStack' to release the secondary {what}"))
    if policy == "SingleStack":
        for found, what in ((ips, "cluster IPs"), (families, "IP families")):
            if len(found) == 2:
                bad.append(field.invalid("spec.ipFamilyPolicy", policy, "must be 'RequireDualStack' or "
                                         f"'PreferDualStack' when multiple {what} are specified"))
    for i, ip in enumerate(ips):
        if ip == "None":
            break
        family = "IPv6" if ":" in ip else "IPv4"
        if i >= len(families):
            if family not in ranges.of:
                bad.append(field.invalid(f"spec.clusterIPs[{i}]", ips, f"{family} is not configured on this cluster"))
            else:
                families.append(family)
    _refuse(obj, bad)
    if selectorless:
        families = families or [ranges.family]
        if len(families) < 2 and policy != "SingleStack":
            families.append(_OTHER[families[0]])
        spec["ipFamilies"] = families
        return
    if policy == "RequireDualStack" and len(ranges.of) < 2:
        bad.append(field.invalid("spec.ipFamilyPolicy", policy,
                                 "this cluster is not configured for dual-stack services"))
    bad += [field.invalid(f"spec.ipFamilies[{i}]", family, "not configured on this cluster")
            for i, family in enumerate(families) if family not in ranges.of]
    _refuse(obj, bad)
    families = families or [ranges.family]
    if policy != "SingleStack" and len(families) == 1 and len(ranges.of) == 2:
        families.append(_OTHER[families[0]])
    spec["ipFamilies"] = families


def _still_prefers(spec: Object, old: Object) -> bool:
    """isMatchingPreferDualStackClusterIPFields: it is neither upgraded nor downgraded where its cluster was."""
    return (spec["type"] == old["type"] and spec.get("ipFamilyPolicy") == "PreferDualStack"
            and old.get("ipFamilyPolicy") in (None, "PreferDualStack")
            and _same(spec, old, "clusterIPs") and _same(spec, old, "ipFamilies"))


def _same(spec: Object, old: Object, key: str) -> bool:
    return (spec.get(key) or []) == (old.get(key) or [])


def _reduced(new: list[str], old: list[str]) -> bool:
    """reducedClusterIPs, reducedIPFamilies: the second of two is gone."""
    return len(old) == 2 and len(new) == 1 and new[0] == old[0]


def _cluster_ip(obj: Object, old: Object | None, allocator: _Allocator) -> None:
    spec = obj["spec"]
    held = (old.get("clusterIPs") or []) if old and old["type"] != "ExternalName" else []
    if held and len(spec["ipFamilies"]) <= len(held):  # a secondary one that it does not have any more is released
        spec["clusterIPs"] = (spec.get("clusterIPs") or [])[:len(spec["ipFamilies"])]
        return
    ips = list(spec.get("clusterIPs") or ())
    for i, family in enumerate(spec["ipFamilies"]):
        if i >= len(ips):
            ips.append(allocator.any_ip(family))
        elif i >= len(held):
            allocator.take_ip(ips[i], family)
    spec["clusterIP"], spec["clusterIPs"] = ips[0], ips


class _Allocator:
    """What this Service takes of what no other one has, as the store's index tells it."""

    def __init__(self, obj: Object, old: Object | None, ctx: Context):
        meta = obj["metadata"]
        self.obj, self.key = obj, f"{meta.get('namespace', '')}/{meta.get('name', '')}"
        self.own_ports = set(held.node_ports_of(old)) if old else set()
        self.client, self.release = ctx.client, ctx.release
        self.many = enabled("MultiCIDRServiceAllocator", ctx.release)
        self.ranges = ctx.client.server.service_ranges
        self._just_taken: set[int] = set()  # node ports

    def _has_ip(self, ip: str) -> bool:
        return self.client.server.store.holds("services", held.address(ip))

    def _has_port(self, port: int) -> bool:
        return port in self._just_taken or self.client.server.store.holds("services", held.node_port(port))

    def _ranges(self, family: str) -> list[Range]:
        """Return the ranges of a family: the server's own, and those of ServiceCIDRs that are ready, where the release
        asks for any (pkg/registry/core/service/ipallocator/cidrallocator.go)."""
        found = {self.ranges.of[family].cidr: self.ranges.of[family]}
        for each in self.client.items(SERVICE_CIDRS) if self.many else ():
            if "deletionTimestamp" not in each["metadata"] and conditions.status_of(
                    each.get("status", {}).get("conditions"), "Ready") == "True":
                for cidr in each["spec"].get("cidrs") or ():
                    if (":" in cidr) == (family == "IPv6"):
                        found.setdefault(cidr, Range(cidr))
        return list(found.values())

    def take_ip(self, ip: str, family: str) -> None:
        """Take a certain IP, or refuse the Service."""
        ranges, why = self._ranges(family), ""
        those = next((each for each in ranges if ip in each), ranges[0])
        last = those.first + those.count - (family == "IPv4")  # IPv6 has no address for broadcasts
        if self.many and ip not in those:
            why = "the provided network does not match the current range"
        elif not those.first < number_of(ip) < last:
            why = f"the provided IP ({ip}) is not in the valid range. The range of valid IPs is {those.cidr}"
        elif self._has_ip(ip):
            why = "provided IP is already allocated"
        if why:
            _refuse(self.obj, [field.invalid("spec.clusterIPs", self.obj["spec"].get("clusterIPs"),
                                             f"failed to allocate IP {ip}: {why}")])

    def any_ip(self, family: str) -> str:
        """Return a free IP of a family, of the upper part of a range where it has one."""
        at = crc32(self.key.encode())
        for those in self._ranges(family):
            spared = _spared(those.count, 16, 16, 256)
            for first in (spared or 1, 1):
                size = those.count - first - 1
                for step in range(size):
                    ip = address_of(those.first + first + (at + step) % size)
                    if not self._has_ip(ip):
                        return ip
        name = self.obj["metadata"].get("name", "")
        whose = f' for Service "{name}"' if enabled("ServiceIPErrorNamed", self.release) else ""
        raise errors.StatusError(500, "InternalError",
                                 f"Internal error occurred: failed to allocate a serviceIP{whose}: range is full")

    def take_port(self, port: int, path: str) -> None:
        """Take a certain node port, or refuse the Service for the field at `path`."""
        why = ""
        if not self.ranges.first_port <= port <= self.ranges.last_port:
            why = ("provided port is not in the valid range. "
                   f"The range of valid ports is {self.ranges.first_port}-{self.ranges.last_port}")
        elif self._has_port(port):
            why = "provided port is already allocated"
        if why:
            if path == "spec.healthCheckNodePort":
                raise errors.StatusError(500, "InternalError", "Internal error occurred: failed to allocate requested "
                                         f"HealthCheck NodePort {port}: {why}")
            _refuse(self.obj, [field.invalid(path, port, why)])
        self._just_taken.add(port)

    def any_port(self, salt: int | str) -> int:
        """Return a free node port."""
        count = self.ranges.last_port - self.ranges.first_port + 1
        at = crc32(f"{self.key}/{salt}".encode())
        for spared in (_spared(count, 16, 32, 128), 0):
            size = count - spared
            for step in range(size):
                port = self.ranges.first_port + spared + (at + step) % size
                if not self._has_port(port):
                    self._just_taken.add(port)
                    return port
        raise errors.StatusError(500, "InternalError",
                                 "Internal error occurred: failed to allocate a nodePort: range is full")

    def node_ports(self, spec: Object) -> None:
        """Give every port its node port; one number may serve the same port of several protocols."""
        if spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
            ports = [port for port in spec.get("ports") or () if port.get("nodePort")]
        else:
            ports = spec.get("ports") or []
        given: dict[int, int] = {}
        for port in ports:
            if port.get("nodePort"):
                given.setdefault(port.get("port", 0), port["nodePort"])
        mine = set(self.own_ports)
        for i, port in enumerate(spec.get("ports") or ()):
            if port not in ports:
                continue
            number = port.get("nodePort") or (given.get(port.get("port", 0)) if not self.own_ports else 0)
            if not number:
                number = self.any_port(i)
            elif number not in mine:
                self.take_port(number, f"spec.ports[{i}].nodePort")
            mine.add(number)
            port["nodePort"] = number
            given.setdefault(port.get("port", 0), number)


def drop_type_dependent(obj: Object, old: Object) -> None:
    """Drop in place what a Service's new type has no use for and the user did not touch (dropTypeDependentFields)."""
    spec, before = obj["spec"], old["spec"]

    def drop(*keys: str) -> None:
        for key in keys:
            spec.pop(key, None)

    def same(*keys: str) -> bool:
        return all(spec.get(key) == before.get(key) for key in keys)

    if before["type"] != "ExternalName" and spec["type"] == "ExternalName":
        if same("clusterIP", "clusterIPs"):
            drop("clusterIP", "clusterIPs")
        for key in ("ipFamilies", "ipFamilyPolicy"):
            if same(key):
                drop(key)
    if (before["type"] in EXPOSED and spec["type"] not in EXPOSED
            and set(held.node_ports_of(before)) >= set(held.node_ports_of(spec))):
        for port in spec.get("ports") or ():
            port.pop("nodePort", None)
    if needs_health_check(before) and not needs_health_check(spec) and same("healthCheckNodePort"):
        drop("healthCheckNodePort")
    if before["type"] == "LoadBalancer" and spec["type"] != "LoadBalancer":
        for key in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
            if same(key):
                drop(key)
    if externally_accessible(before) and not externally_accessible(spec) and same("externalTrafficPolicy"):
        drop("externalTrafficPolicy")
    if spec["type"] != "LoadBalancer":
        obj["status"] = {**(obj.get("status") or {}), "loadBalancer": {}}
