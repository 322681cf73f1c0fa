"""One request, from its words to the store and back: authorization, then the verb.

What each verb does to an object stands in registry.py and subresources.py; here is what all of them share.
"""

from __future__ import annotations

from ..machinery import errors
from ..machinery.discovery import Discovery, Resource, builtin
from ..machinery.objects import key_of
from ..releases import within
from .kinds import base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from ..machinery.entropy import Entropy
    from ..store.store import Store

    class Clock(Protocol):
        """What a server, and the loops on it, need of cluster.clock.Clock."""

        @property
        def now(self) -> float: ...

        def reach(self, at: float) -> None: ...

# Resources that are one set of objects under two groups: the store's name of each.
_STORED_AS = {"events.events.k8s.io": "events"}


class Tally:
    """What a server counts, so as not to look at all objects; a cluster keeps it with its state (cluster.state)."""

    pods_with_usage = 0  # pods with annotations that metrics.py reads


class Server:
    """The API server over a store.

    `begin()` is called before the first write of a request, `notice(type, resource, old, new)` after every write.
    """

    def __init__(self, store: Store, entropy: Entropy, release: tuple[int, int], clock: Clock, begin=None, notice=None,
                 tally: Tally | None = None):
        from .client import Client

        self.store, self.entropy, self.release, self.clock = store, entropy, release, clock
        self.begin = begin or (lambda: None)
        self.notice = notice or (lambda type_, resource, old, new: None)
        self.tally = tally or Tally()
        self.trusted = Client(self)
        self.history: list[tuple[str, str, dict]] | None = None  # (type, resource, object), once somebody watches
        self._discovery: Discovery | None = None
        self._events = None

    @property
    def now(self) -> float:
        """Simulated seconds since 1970."""
        return self.clock.now

    @property
    def discovery(self) -> Discovery:
        """What is served now, custom resources included."""
        if self._discovery is None:
            custom = []
            for crd in self.store.list("customresourcedefinitions.apiextensions.k8s.io"):
                from .customresources import resources_of

                custom += resources_of(crd)
            if self.tally.pods_with_usage:
                from . import metrics

                custom += metrics.resources()
            self._discovery = builtin(custom)
        return self._discovery

    @property
    def events(self):
        """The recorder of Events."""
        if self._events is None:
            from .events import Recorder

            self._events = Recorder(self)
        return self._events

    def forget(self) -> None:
        """Drop what was derived from the store: another process has written to it."""
        self._discovery = None

    # Straight reads

    def find(self, resource: str, namespace: str, name: str) -> dict | None:
        """Return the stored object of a resource (`plural.group`) or None."""
        return self.store.get(resource, f"{namespace}/{name}" if namespace else name)

    def items(self, resource: str, namespace: str = "", selector: dict | None = None) -> list[dict]:
        """Return stored objects in the order of their keys; `selector` is a metav1.LabelSelector dict."""
        found = self.store.list(resource, namespace)
        if selector is None:
            return found
        from ..machinery import selectors

        wanted = selectors.of_label_selector(selector)
        return [obj for obj in found if selectors.matches(wanted, obj["metadata"].get("labels"))]

    def owned(self, resource: str, owner: dict) -> list[dict]:
        """Return the objects of a resource that have `owner` among their ownerReferences."""
        return self.store.owned(resource, owner["metadata"]["uid"])

    def orphans(self, resource: str, namespace: str) -> list[dict]:
        """Return the objects of a namespace that no ownerReference with `controller: true` names."""
        return self.store.orphans(resource, namespace)

    # Writing

    def write(self, type_: str, res: Resource, obj: dict, old: dict | None) -> dict:
        """Store a change and tell those who listen. `type_`: ADDED, MODIFIED or DELETED (`obj`: the last state)."""
        name = self.stored_as(res)
        key = key_of(obj)
        self.store.put(type_, name, key, obj)
        if name == "customresourcedefinitions.apiextensions.k8s.io":
            self._discovery = None
        elif name == "pods":
            self._count_annotated(old, None if type_ == "DELETED" else obj)
        if self.history is not None:
            self.history.append((type_, name, obj))
        self.notice(type_, name, old, None if type_ == "DELETED" else obj)
        return obj

    def _count_annotated(self, old: dict | None, new: dict | None) -> None:
        """Know whether there are metrics to serve without a look at all pods."""
        from . import metrics

        change = metrics.is_annotated(new) - metrics.is_annotated(old)
        if change:
            before = self.tally.pods_with_usage
            self.tally.pods_with_usage = before + change
            if not before or not before + change:
                self._discovery = None

    def stored_as(self, res: Resource) -> str:
        """The name under which a resource's objects are stored."""
        return _STORED_AS.get(res.name, res.name)

    def kind(self, res: Resource) -> base.Kind:
        """The behaviour of a resource's kind."""
        if res.crd is not None:
            from .customresources import kind_of

            return kind_of(res)
        return base.load(res.group, res.kind)

    def schema(self, res: Resource):
        """The schema of a resource's kind (schema.py), None where everything is allowed."""
        if res.crd is not None:
            from .customresources import schema_of

            return schema_of(res)
        from ..machinery import schema

        return schema.schema_of(res.api_version, res.kind, self.release)

    def context(self, client, subresource: str = "", dry_run: bool = False) -> base.Context:
        """What the hooks of a kind may know of a request by `client`."""
        return base.Context(self.now, self.release, client.user, self.trusted, self.entropy, subresource, dry_run,
                            client.on_warning)

    # Requests

    def handle(self, client, verb: str, resource: str, namespace: str, name: str, body, subresource: str,
               options: dict):
        """Serve one call of `client`; see client.Client for the verbs. Raises errors.StatusError."""
        res = self._resource(resource)
        if res is None:
            plural, _, group = resource.partition(".")
            raise errors.no_resource(verb, errors.qualified(plural, group.partition(".")[2]), name)
        if not res.namespaced:
            namespace = ""
        method = "list" if verb == "table" and not name else "get" if verb == "table" else verb
        if client.user is not None:
            self._authorize(client, method, res, namespace, name, subresource)
        if subresource and subresource not in res.subresources:
            raise errors.not_found(res.name, name) if res.crd is not None else errors.no_resource()
        if client.on_warning is not None:
            kind = self.kind(res)
            if kind.deprecation and within(self.release, kind.deprecated_since):
                client.on_warning(kind.deprecation)
        if client.on_call is None:
            return self._serve(client, verb, res, namespace, name, body, subresource, options)
        code = 201 if verb == "create" else 200
        try:
            return self._serve(client, verb, res, namespace, name, body, subresource, options)
        except errors.StatusError as error:
            code = error.code
            raise
        finally:
            client.on_call(method, path_of(res, namespace, name, subresource), code, options)

    def watch(self, client, resource: str, namespace: str, since: int, options: dict):
        """Serve one look of a watch; see client.Client.watch."""
        from . import reading

        res = self.resolve(resource)
        if client.user is not None:
            self._authorize(client, "watch", res, namespace, "", "")
        if self.history is None:
            self.history = []
        return reading.watch(self, client, res, namespace, since, options)

    def tabulate(self, client, resource: str, objects: list[dict]) -> dict:
        """Return objects as a Table; see client.Client.tabulate."""
        from . import reading

        return reading.as_table(self, client, self.resolve(resource), objects)

    def resolve(self, resource: str) -> Resource:
        """Find the resource that `plural[.version].group` names; NotFound where none does."""
        res = self._resource(resource)
        if res is None:
            raise errors.no_resource()
        return res

    def _resource(self, resource: str) -> Resource | None:
        plural, _, rest = resource.partition(".")
        for res in self.discovery.by_plural(plural):
            if rest in (res.group, f"{res.version}.{res.group}"):
                return res
        return None

    def _authorize(self, client, verb: str, res: Resource, namespace: str, name: str, subresource: str) -> None:
        if "system:masters" in (client.user.get("groups") or ()):
            return
        from . import authorization

        authorization.authorize(self.trusted, client.user, verb, res, namespace, name, subresource)

    def _serve(self, client, verb, res, namespace, name, body, subresource, options):
        if subresource:
            from . import subresources

            return subresources.serve(self, client, verb, res, namespace, name, body, subresource, options)
        if verb in ("get", "list", "table"):
            from . import reading

            return getattr(reading, verb)(self, client, res, namespace, name, options)
        from . import registry

        return getattr(registry, verb)(self, client, res, namespace, name, body, options)


def path_of(res: Resource, namespace: str = "", name: str = "", subresource: str = "") -> str:
    """The URL path of a resource, as in /apis/apps/v1/namespaces/default/deployments/web/scale."""
    parts = ["/apis", res.group, res.version] if res.group else ["/api", res.version]
    if namespace:
        parts += ["namespaces", namespace]
    return "/".join(part for part in (*parts, res.plural, name, subresource) if part)
