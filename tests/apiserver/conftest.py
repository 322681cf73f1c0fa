"""The API server over a fresh cluster: requests as users send them, with no controllers running."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver import bootstrap
from kubesim_cli.apiserver.client import Client
from kubesim_cli.apiserver.server import Server
from kubesim_cli.cluster.clock import Clock
from kubesim_cli.cluster.state import ClusterState
from kubesim_cli.helpers.nodes import node_object
from kubesim_cli.machinery.entropy import Entropy
from kubesim_cli.machinery.errors import StatusError
from kubesim_cli.machinery.objects import clone, key_of
from kubesim_cli.store.store import Store

NOW = 1_704_067_200.0  # 2024-01-01T00:00:00Z
ADMIN = {"name": "minikube-user", "groups": ["system:masters", "system:authenticated"]}


class Api:
    """`admin` is a client with all rights, `trusted` the control plane's; `warned` collects the server's warnings."""

    def __init__(self, folder, release):
        self.store = Store(str(folder))
        self.store.begin()
        self.server = Server(self.store, Entropy({"seed": "test", "count": 0}), release,
                             Clock(ClusterState(self.store), lambda: NOW))
        self.warned: list[str] = []
        self.admin = self.client(ADMIN)
        self.trusted = self.server.trusted
        for resource, obj in bootstrap.objects(release, NOW, [node_object(0, release, NOW)], self.server.entropy.uid,
                                               self.server.service_ranges):
            self.store.put("ADDED", resource, key_of(obj), obj)

    def client(self, user: dict) -> Client:
        return Client(self.server, user, self.warned.append)

    def user(self, name: str, *groups: str) -> Client:
        return self.client({"name": name, "groups": [*groups, "system:authenticated"]})

    def create(self, api_version: str, kind: str, name: str, namespace: str = "default", client=None, **fields) -> dict:
        """Create an object; `fields` beside metadata, `labels` and `annotations` go into that."""
        res = self.server.discovery.of_kind(api_version, kind)
        meta = {"name": name, **{key: fields.pop(key) for key in ("labels", "annotations", "finalizers")
                                 if key in fields}}
        obj = {"apiVersion": api_version, "kind": kind, "metadata": meta, **fields}
        return (client or self.admin).create(res.versioned if res.group else res.plural, clone(obj),
                                             namespace if res.namespaced else "")

    def pod(self, name: str, namespace: str = "default", client=None, container: dict | None = None, **spec) -> dict:
        containers = [{"name": "c", "image": "nginx", **(container or {})}]
        return self.create("v1", "Pod", name, namespace, client, spec={"containers": containers, **spec})

    def change(self, resource: str, name: str, patch: dict, namespace: str = "default", subresource: str = "",
               client=None) -> dict:
        return (client or self.admin).patch(resource, name, patch, "merge", namespace, subresource=subresource)

    @staticmethod
    def refused(call, *args, **options) -> str:
        """Return the message with which a call is refused."""
        with pytest.raises(StatusError) as caught:
            call(*args, **options)
        return caught.value.message


@pytest.fixture
def start(tmp_path):
    """Return a function release -> Api."""
    made = []

    def make(release=(1, 36)):
        made.append(Api(tmp_path / str(len(made)), release))
        return made[-1]

    yield make
    for api in made:
        api.store.close()


@pytest.fixture
def api(start):
    return start()
