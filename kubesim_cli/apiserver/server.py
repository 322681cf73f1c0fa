"""One request, from its words to the store and back: authorization, then the verb.

What each verb does to an object stands in registry.py and subresources.py; here is what all of them share.
"""

from __future__ import annotations

from ..machinery import errors
from ..machinery.discovery import Discovery, Resource, builtin
from ..machinery.objects import join_key, key_of
from .kinds import base
from .tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol

    from ..machinery.entropy import Entropy
    from ..machinery.guests import Call
    from ..machinery.schema import Schema
    from ..machinery.types import Object, Release
    from ..store.store import Store
    from .events import Recorder
    from .request import Request
    from .serviceranges import ServiceRanges
    from .settings import Settings

    class Clock(Protocol):
        """What a server, and the loops on it, need of cluster.clock.Clock."""

        horizon: float

        @property
        def now(self) -> float: ...

        def reach(self, at: float) -> None: ...

HISTORY = 3600.0  # seconds before anybody can look again in which each write is kept as such
# Resources that are one set of objects under two groups: the store's name of each.
_STORED_AS = {"events.events.k8s.io": "events"}


class Server:
    """The API server over a store.

    `begin()` is called before the first write of a request, `changing(resource)` before every write, and `notice(type,
    resource, old, new)` after it.
    """

    def __init__(self, store: Store, entropy: Entropy, release: Release, clock: Clock,
                 begin: Callable[[], None] | None = None,
                 notice: Callable[[str, str, Object | None, Object | None], None] | None = None,
                 tally: Tally | None = None):
        from .client import Client

        self.store, self.entropy, self.release, self.clock = store, entropy, release, clock
        self.begin = begin or (lambda: None)
        self.notice = notice or (lambda type_, resource, old, new: None)
        self.changing: Callable[[str], None] = lambda resource: None
        self.tally = tally or Tally()
        self.settings: Settings | None = None  # None: those of a default server
        self.runtime: Any = None  # kubelet.residents.Residents, until the store is read anew
        self.kubectl: Callable[[Call], int | None] | None = None  # runs kubectl for containers; see kubectl/guest.py
        self.linger: Callable[[float], object] = lambda seconds: None  # lets time pass while a request is served
        self.trusted = Client(self)
        self._discovery: Discovery | None = None
        self._events: Recorder | None = None

    @property
    def now(self) -> float:
        """Simulated seconds since 1970."""
        return self.clock.now

    @property
    def service_ranges(self) -> ServiceRanges:
        """Where Services' addresses and node ports come from."""
        from .serviceranges import ServiceRanges

        return ServiceRanges() if self.settings is None else self.settings.services

    @property
    def cluster_cidr(self) -> str:
        """Where pods' addresses come from: kube-controller-manager's --cluster-cidr."""
        return self.chosen_cluster_cidr or "10.244.0.0/16"

    @property
    def chosen_cluster_cidr(self) -> str:
        """The same, "" where nobody has chosen it."""
        return "" if self.settings is None else self.settings.cluster_cidr

    @property
    def discovery(self) -> Discovery:
        """What is served now, custom resources included."""
        if self._discovery is None:
            custom = []
            for crd in self.store.list("customresourcedefinitions.apiextensions.k8s.io"):
                from .customresources import resources_of

                custom += resources_of(crd)
            if self.tally.pods_with_usage or self.tally.metrics_servers:
                from . import metrics

                custom += metrics.resources()
            self._discovery = builtin(self.release, custom)
        return self._discovery

    @property
    def events(self) -> Recorder:
        """The recorder of Events."""
        if self._events is None:
            from .events import Recorder

            self._events = Recorder(self)
        return self._events

    def forget(self) -> None:
        """Drop what was derived from the store: another process has written to it."""
        self._discovery = self._events = self.runtime = None

    # Straight reads

    def find(self, resource: str, namespace: str, name: str) -> Object | None:
        """Return the stored object of a resource (`plural.group`) or None."""
        return self.store.get(resource, join_key(namespace, name))

    def items(self, resource: str, namespace: str = "", selector: Object | None = None) -> list[Object]:
        """Return stored objects in the order of their keys; `selector` is a metav1.LabelSelector dict."""
        found = self.store.list(resource, namespace)
        if selector is None:
            return found
        from ..machinery import selectors

        wanted = selectors.of_label_selector(selector)
        return [obj for obj in found if selectors.matches(wanted, obj["metadata"].get("labels"))]

    def owned(self, resource: str, owner: Object) -> list[Object]:
        """Return the objects of a resource that have `owner` among their ownerReferences."""
        return self.store.owned(resource, owner["metadata"]["uid"])

    def orphans(self, resource: str, namespace: str) -> list[Object]:
        """Return the objects of a namespace that no ownerReference with `controller: true` names."""
        return self.store.orphans(resource, namespace)

    # Writing

    def write(self, type_: str, res: Resource, obj: Object, old: Object | None) -> Object:
        """Store a change and tell those who listen. `type_`: ADDED, MODIFIED or DELETED (`obj`: the last state).

        What has not changed is not written (GuaranteedUpdate of k8s.io/apiserver's storage/etcd3). Returns what is
        stored.
        """
        if type_ == "MODIFIED" and obj == old:
            return obj
        name = self.stored_as(res)
        key = key_of(obj)
        self.changing(name)
        self.store.put(type_, name, key, obj, self.now + HISTORY > self.clock.horizon)
        if name == "customresourcedefinitions.apiextensions.k8s.io":
            self._discovery = None
        elif name == "pods":
            self._count_annotated(old, None if type_ == "DELETED" else obj)
        elif name == "apiservices.apiregistration.k8s.io":
            self.tally.aggregated_apis = sum("service" in each["spec"] for each in self.store.list(name))
        self.notice(type_, name, old, None if type_ == "DELETED" else obj)
        return obj

    def _count_annotated(self, old: Object | None, new: Object | None) -> None:
        """Know whether there are metrics to serve without a look at all pods."""
        from . import metrics

        tally = self.tally
        annotated = metrics.is_annotated(new) - metrics.is_annotated(old)
        serving = metrics.is_server(new) - metrics.is_server(old)
        if annotated or serving:
            before = bool(tally.pods_with_usage or tally.metrics_servers)
            if annotated:
                tally.pods_with_usage += annotated
            if serving:
                tally.metrics_servers += serving
            if before != bool(tally.pods_with_usage or tally.metrics_servers):
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

    def schema(self, res: Resource) -> Schema | None:
        """The schema of a resource's kind (schema.py), None where everything is allowed."""
        if res.crd is not None:
            from .customresources import schema_of

            return schema_of(res)
        from ..machinery import schema

        return schema.schema_of(res.api_version, res.kind, self.release)

    def schema_of(self, obj: Object, res: Resource) -> Schema | None:
        """The schema of a stored object of a resource, which may be of another version."""
        if res.crd is not None or obj["apiVersion"] == res.api_version:
            return self.schema(res)
        from ..machinery import schema

        return schema.schema_of(obj["apiVersion"], obj["kind"], self.release)

    # Requests

    def handle(self, request: Request) -> Object:
        """Serve one call of a client; see client.Client for the verbs. Raises errors.StatusError."""
        res = self._resource(request.resource)
        if res is None:
            plural, _, group = request.resource.partition(".")
            asked = errors.qualified(plural, group.partition(".")[2])
            raise errors.no_resource(request.verb, asked, request.name)
        client = request.client
        if client.on_call is None:
            return self._answer(request, res)
        code = 201 if request.verb == "create" else 200
        try:
            return self._answer(request, res)
        except errors.StatusError as error:
            code = error.code
            raise
        except errors.NoAnswer:
            code = 0
            raise
        finally:
            client.on_call(request, code)

    def _answer(self, request: Request, res: Resource) -> Object:
        self._accept(request, res)
        self._strike(request)
        if request.subresource and request.subresource not in res.subresources:
            raise errors.not_found(res.name, request.name) if res.crd is not None else errors.no_resource()
        verbs = res.subresources[request.subresource]["verbs"] if request.subresource else res.verbs
        if request.api_verb not in verbs:
            raise _not_served(request, verbs)
        on_warning = request.client.on_warning
        if on_warning is not None:
            deprecated = request.kind.deprecated(res.version, self.release)
            if deprecated:
                on_warning(deprecated)
        return _serve(request)

    def watch(self, request: Request) -> tuple[int, list[Object]]:
        """Serve one look of a watch; see client.Client.watch."""
        from . import reading

        self._accept(request, self.resolve(request.resource))
        return reading.watch(request)

    def watch_from(self, request: Request) -> list[Object]:
        """Serve the beginning of a watch from an older revision on; see reading.watch_from."""
        from . import reading

        self._accept(request, self.resolve(request.resource))
        return reading.watch_from(request)

    def connect(self, request: Request) -> None:
        """Let a stream to an object pass, or raise; see client.Client.connect."""
        self._accept(request, self.resolve(request.resource))
        self._strike(request)
        if request.subresource != "proxy" and self.find(request.res.name, request.namespace, request.name) is None:
            raise errors.not_found(request.res.name, request.name)

    def tabulate(self, request: Request, objects: list[Object]) -> Object:
        """Return objects as a Table; see client.Client.tabulate."""
        from . import reading

        request.res = self.resolve(request.resource)
        return reading.as_table(request, objects)

    def _accept(self, request: Request, res: Resource) -> None:
        """Set what a request is about, and let it pass or raise Forbidden."""
        request.res = res
        if not res.namespaced:
            request.namespace = ""
        user = request.client.user
        if user is not None and "system:masters" not in (user.get("groups") or ()):
            from . import authorization

            authorization.authorize(request)

    def _strike(self, request: Request) -> None:
        """Do to a user's request what was declared to become of it."""
        if request.client.user is not None and self.tally.request_faults:
            from . import faults

            faults.strike(request)

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


def _not_served(request: Request, verbs: Sequence[str]) -> errors.StatusError:
    """What a verb is answered with that a resource has not: its path may have another one or none."""
    if request.res.crd is not None:
        return errors.method_not_supported(request.res.name, request.api_verb)
    if request.subresource:
        return errors.method_not_allowed()
    of_path = ("get", "update", "patch", "delete") if request.name else ("list", "create", "deletecollection")
    return errors.method_not_allowed() if any(verb in verbs for verb in of_path) else errors.no_resource()


def _serve(request: Request) -> Object:
    """Hand a request to the function that serves it; only what writes imports what writing needs."""
    if request.subresource:
        from .subresources import serve

        return serve(request)
    if request.verb in ("get", "list", "table"):
        from . import reading

        return reading.VERBS[request.verb](request)
    from .registry import VERBS

    return VERBS[request.verb](request)
