"""The cluster's network for containers that are tried out ahead: it stays as it is now, and nothing may leave them.

What it answers by itself it does: names, pings, who is refused and who gets no answer. Where a connection would be made
the trial ends.
"""

from __future__ import annotations

from ...machinery.pods import FIELDS
from ..runtime.kernel.errors import Errno
from ..runtime.play import Contact, Fenced, is_near
from . import apiserver, outside
from .dns import ZONE, address_of
from .routes import ClusterRoutes
from .wiring import APISERVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client
    from ...machinery.types import Object
    from ..runtime.engine import Engine
    from ..runtime.kernel.network import Answerer, Reply
    from ..runtime.kernel.process import Space

DNS = "kube-system/kube-dns"  # what everybody asks who asks for a name


class Steady(Fenced):
    """`asked`: what the answers depend on: services, `namespace/name`, addresses, and what the API server has.

    `engine`: where those are who might be reached, `pod`: see Fenced.
    """

    def __init__(self, api: Client, engine: Engine, pod: str):
        self._cluster = ClusterRoutes(api, engine.kernel, self._reach)
        super().__init__(self._cluster, pod=pod)
        self._engine = engine
        self.asked: set[str] = set()

    def _reach(self, pod: Object) -> Space | None:
        """Return a container of a pod whose containers do nothing by themselves; raise Contact where one may."""
        found = None
        for field in FIELDS:
            for each in (pod.get("status") or {}).get(f"{field[:-1]}Statuses") or ():
                if "running" not in each["state"]:
                    continue
                name = f"{pod['metadata']['uid']}/{each['name']}"
                if name not in self._engine.containers or self._engine.is_busy(name):
                    raise Contact
                found = found or self._engine.containers[name].space
        return found

    def _is_whole(self, space: Space) -> bool:
        """Tell whether all containers of the pod are tried out together, and none is still to come."""
        pod = self._cluster.view.pod_at(space.net.address)
        return pod is not None and all(
            "terminated" in each["state"] or (
                "running" in each["state"] and f"{pod['metadata']['uid']}/{each['name']}" in self._engine.containers)
            for field in FIELDS for each in (pod.get("status") or {}).get(f"{field[:-1]}Statuses") or ())

    def resolve(self, space: Space, name: str) -> list[str]:
        self.asked |= {DNS, service_of(name)}
        return super().resolve(space, name)

    def query(self, space: Space, server: str, name: str, type_: str) -> Reply | None:
        self.asked |= {DNS, service_of(name)}
        return super().query(space, server, name, type_)

    def route(self, space: Space, address: str, port: int,
              protocol: str = "TCP") -> tuple[Space, int] | Answerer | None:
        if is_near(space, address):
            if port not in space.net.bound(protocol) and not self._is_whole(space):
                raise Contact
            return space, port
        if space.net.name != self._pod:
            return None
        self.asked.add(address)
        found = self._cluster.route(space, address, port, protocol)
        if found is apiserver.answer:
            self.asked.add(APISERVER)
        if found is None or found is outside.answer:
            return found
        if isinstance(found, tuple) and protocol == "TCP" and found[1] not in found[0].net.ports:
            raise Errno("ECONNREFUSED")
        raise Contact

    def alive(self, space: Space, address: str) -> bool:
        self.asked.add(address)
        return super().alive(space, address)


def service_of(name: str) -> str:
    """Return the service whose name a whole name is, or ends with, `namespace/name`; the name itself where it is none.

    An address's name is the address.
    """
    labels, address = name.lower().split("."), address_of(name.lower())
    if address:
        return address
    end = f".svc.{ZONE}"
    if not name.lower().endswith(end):
        return name.lower()
    inside = labels[:-end.count(".")]
    return "/".join((inside[-1], inside[-2])) if len(inside) > 1 else inside[0]
