"""What a visit of the builder gets: one object, its resource and where it came from (cli-runtime's resource.Info)."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...apiserver.client import Client
    from ...machinery.discovery import Resource
    from ...machinery.types import Object


class Info:
    """One selected object, or one list where the result is not flattened.

    `mapping` is a discovery.Resource, or None with --local; `namespace` is "" for a cluster-scoped one; `obj` is the
    object from the file or from the server (None where `require_object` is off); `source` is the file, or "".
    """

    __slots__ = ("mapping", "name", "namespace", "obj", "source", "subresource")

    mapping: Any  # verbs know by their flags whether there is one,
    obj: Any      # and an object

    def __init__(self, mapping: Resource | None, namespace: str, name: str, obj: Object | None = None,
                 source: str = "", subresource: str = ""):
        self.mapping, self.namespace, self.name = mapping, namespace, name
        self.obj, self.source, self.subresource = obj, source, subresource

    @property
    def resource(self) -> str:
        """The resource string for the client, in the very version that was asked for."""
        name: str = self.mapping.versioned
        return name

    @property
    def namespaced(self) -> bool:
        return self.mapping.namespaced if self.mapping else bool(self.namespace)

    @property
    def object_name(self) -> str:
        """`plural/name`; without a mapping the kind, and with a group the line break of kubectl's (Info.ObjectName)."""
        if self.mapping:
            return f"{self.mapping.plural}/{self.name}"
        group, _, _ = self.obj["apiVersion"].rpartition("/")
        kind = self.obj["kind"].lower()
        return f"{kind}.{group}/{self.name}\n" if group else f"{kind}/{self.name}"

    def describe(self) -> str:
        """The two lines that errors of apply and replace tell about an object (Info.String)."""
        from ...go.fmt import quote

        lines = f'Name: {quote(self.name)}, Namespace: {quote(self.namespace)}'
        if self.mapping is None:
            return lines
        version = group_version(self.mapping)
        return f'Resource: "{version}, Resource={self.mapping.plural}", ' \
               f'GroupVersionKind: "{version}, Kind={self.mapping.kind}"\n{lines}'

    def get(self, client: Client, table: bool = False) -> None:
        """Read the object from the server; a missing namespace is told rather than the missing object in it."""
        if not self.name:
            raise Failure("resource name may not be empty")
        try:
            if table and not self.subresource:
                self.obj = client.table(self.resource, self.namespace, self.name)
                return
            self.obj = client.get(self.resource, self.name, self.namespace, subresource=self.subresource)
            if table:
                self.obj = client.tabulate(self.resource, [self.obj])
        except StatusError as error:
            if error.code == 404 and self.namespace not in ("", "default"):
                _require_namespace(client, self.namespace)
            raise

    def refresh(self, obj: Object) -> None:
        """Take over what the server answered."""
        self.obj = obj
        self.name = obj["metadata"].get("name", "")
        self.namespace = obj["metadata"].get("namespace", "")


def _require_namespace(client: Client, name: str) -> None:
    """Raise StatusError where a namespace is missing, but not where it may not be read."""
    try:
        client.get("namespaces", name)
    except StatusError as error:
        if error.code == 404:
            raise


def group_version(mapping: Resource) -> str:
    return f"{mapping.group}/{mapping.version}"
