"""Clusters by the names that minikube and kind give them: contexts of kubesim's own kubeconfig."""

from __future__ import annotations

import os

from ..machinery.objects import clone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from typing import Any

    from ..cluster.cluster import Cluster
    from ..kubectl.config.access import ConfigAccess
    from ..machinery.types import Object, Release
    from .settings import Settings

_FIRST_PORT = 8443  # of the built-in cluster's server; each further one has the next


class Machines:
    """All clusters that `settings`' KUBESIM_HOME has, whatever KUBECONFIG names."""

    def __init__(self, settings: Settings):
        self._settings, self._environ = settings, {**settings.environ, "KUBECONFIG": ""}

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables, as the user has them."""
        return self._settings.environ

    @property
    def release(self) -> Release:
        """What clusters are made with where nobody asks for another."""
        from ..kubectl.context import wanted_release
        from ..releases import OLDEST

        return wanted_release(self.environ) or OLDEST

    def _access(self) -> ConfigAccess:
        from ..kubectl.config.access import ConfigAccess

        return ConfigAccess(self._environ)

    def names(self) -> list[str]:
        """Return the contexts, by name."""
        return sorted(self._access().config["contexts"])

    @property
    def current(self) -> str:
        """The current context."""
        return str(self._access().config["current-context"])

    def use(self, name: str, namespace: str = "default") -> None:
        """Make a context current: one of this name, with a cluster and a user of its own, is added if there is none."""
        access = self._access()
        config = clone(access.config)
        if name not in config["contexts"]:
            taken = {entry.get("server") for entry in config["clusters"].values()}
            port = next(port for port in range(_FIRST_PORT, 1 << 16) if f"https://127.0.0.1:{port}" not in taken)
            config["clusters"][name] = {"server": f"https://127.0.0.1:{port}"}
            config["users"][name] = {}
            of_namespace = {"namespace": namespace} if namespace else {}
            config["contexts"][name] = {"cluster": name, "user": name, **of_namespace}
        config["current-context"] = name
        access.write(config)
        self._settings.did = True

    def settings(self, name: str) -> Settings:
        """Return the settings of a context's cluster."""
        return self._settings.of_context(name, self._environ)

    def open(self, name: str) -> AbstractContextManager[Cluster]:
        """Open a context's cluster at its present time; what is done is committed."""
        return self.settings(name).opened()

    def made(self, name: str) -> bool:
        """Whether there is such a cluster, and somebody has used it."""
        if name not in self.names():
            return False
        with self.open(name) as cluster:
            return not cluster.state.pristine

    def make(self, name: str, nodes: int, release: Release | None, **more: Any) -> None:
        """Start a cluster over: so many nodes, and the release where one is asked for; `more`: see Cluster.reset."""
        with self.open(name) as cluster:
            cluster.reset(nodes=nodes, release=release, **more)

    def remove(self, name: str) -> None:
        """Throw a cluster away, and its context."""
        from ..kubectl.resource.discoverycache import path as discovery_cache

        settings = self.settings(name)
        with self.open(name) as cluster:
            cluster.reset()
        if os.path.exists(cache := discovery_cache(settings.environ, settings.folder)):
            os.remove(cache)
        access = self._access()
        config = clone(access.config)
        cluster_name, user = config["contexts"][name]["cluster"], config["contexts"][name]["user"]
        del config["contexts"][name]
        config["clusters"].pop(cluster_name, None)
        config["users"].pop(user, None)
        if config["current-context"] == name:
            config["current-context"] = ""
        access.write(config)
        self._settings.did = True


def nodes_of(cluster: Cluster) -> list[Object]:
    """Return a cluster's nodes in the order in which they were added."""
    from ..helpers.nodes import internal_ip, number_of

    return sorted(cluster.client.items("nodes"), key=lambda node: number_of(internal_ip(node) or "0.0.0.0"))


def grid(rows: list[list[str]]) -> str:
    """Return a table with lines around its cells, as minikube draws it; the first row is its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    line = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    head, *body = rows
    drawn = [line, "| " + " | ".join(f"{text:^{width}}" for text, width in zip(head, widths)) + " |", line]
    drawn += ["| " + " | ".join(f"{text:{width}}" for text, width in zip(row, widths)) + " |" for row in body]
    return "\n".join([*drawn, line]) + "\n"
