"""The cluster as residents.py shows it: as it was before a change, and its network once somebody asks for it."""

from __future__ import annotations

from .runtime.kernel.network import Routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .residentengine import Living
    from .runtime.kernel.network import Answerer, Reply
    from .runtime.kernel.process import Space


class Earlier:
    """A client to whom one object is as it was before."""

    def __init__(self, api: Client, old: Object):
        self._api, self._old = api, old

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    def find(self, resource: str, name: str, namespace: str = "") -> Object | None:
        """Return one object or None."""
        old, meta = self._old, self._old["metadata"]
        if (resource, name, namespace) == (f"{old['kind'].lower()}s", meta["name"], meta["namespace"]):
            return old
        return self._api.find(resource, name, namespace)


class Unwired(Routes):
    """The cluster's network, put together when somebody first asks for something."""

    def __init__(self, those: Living):
        self._those = those

    def _wired(self) -> Routes:
        from .network.routes import ClusterRoutes

        those = self._those
        routes = ClusterRoutes(those.api, those.engine.kernel, those.reach)
        those.engine.connect(routes)
        return routes

    def resolve(self, space: Space, name: str) -> list[str]:
        return self._wired().resolve(space, name)

    def query(self, space: Space, server: str, name: str, type_: str) -> Reply | None:
        return self._wired().query(space, server, name, type_)

    def route(self, space: Space, address: str, port: int,
              protocol: str = "TCP") -> tuple[Space, int] | Answerer | None:
        return self._wired().route(space, address, port, protocol)

    def alive(self, space: Space, address: str) -> bool:
        return self._wired().alive(space, address)

    def seen_as(self, space: Space, address: str, port: int) -> str:
        return self._wired().seen_as(space, address, port)
