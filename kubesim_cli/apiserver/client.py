"""The API server's verbs as one user sees them: what kubectl and the controllers call."""

from __future__ import annotations

import builtins

from .request import Options, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.discovery import Discovery
    from ..machinery.errors import StatusError
    from ..machinery.types import Json, Object, Release
    from .server import Server

__all__ = ["Client", "Options", "Request"]  # what kubectl may know of the server


class Client:
    """Calls `server` as `user` (dict with name, groups, uid, extra; None: the trusted control plane, see request.py).

    `on_warning(text)` gets the server's Warning: headers; `on_call(request, code)` gets each call when it is over, with
    the HTTP status it was answered with, 0 where there was no answer. `agent` is what managed fields call it ("": by
    what it writes). With `managed_fields`, what it reads has them also where they have to be made (provenance.py).
    Every method raises `errors.StatusError`, and `errors.NoAnswer` where that was declared. What comes back is shared
    with the store: clone before changing. `resource` is `plural[.version].group`, see docs/architecture.md; what the
    options mean stands in request.Options.
    """

    def __init__(self, server: Server, user: Object | None = None, on_warning: Callable[[str], None] | None = None,
                 on_call: Callable[[Request, int], None] | None = None, agent: str = ""):
        self.server, self.user, self.on_warning, self.on_call = server, user, on_warning, on_call
        self.agent, self.managed_fields = agent, False

    @property
    def now(self) -> float:
        """Simulated seconds since 1970."""
        return self.server.now

    @property
    def timeout(self) -> float:
        """Seconds that a call may take, 0 for any."""
        return 0.0

    @property
    def release(self) -> Release:
        """Emulated release, as in (1, 28)."""
        return self.server.release

    @property
    def discovery(self) -> Discovery:
        """What the server serves."""
        return self.server.discovery

    def suffix(self) -> str:
        """Return five letters and digits for a name that kubectl makes up itself; who writes next gets others."""
        self.server.begin()
        return self.server.entropy.suffix()

    def send(self, request: Request) -> Object:
        """Let the server serve a request of this client."""
        return self.server.handle(request)

    def send_watch(self, request: Request) -> tuple[int, builtins.list[Object]]:
        """Let the server serve one look of a watch."""
        return self.server.watch(request)

    def send_connect(self, request: Request) -> None:
        """Let the server decide about a stream."""
        self.server.connect(request)

    def get(self, resource: str, name: str, namespace: str = "", *, subresource: str = "") -> Object:
        """Return one object."""
        return self.send(Request(self, "get", resource, namespace, name, subresource=subresource))

    def list(self, resource: str, namespace: str = "", *, label_selector: str = "", field_selector: str = "",
             limit: int = 0, continue_: str = "") -> Object:
        """Return a List object (`kind: PodList`, `metadata.resourceVersion`, `items`); namespace "": of all."""
        options = Options(label_selector=label_selector, field_selector=field_selector, limit=limit,
                          continue_=continue_)
        return self.send(Request(self, "list", resource, namespace, options=options))

    def table(self, resource: str, namespace: str = "", name: str = "", *, label_selector: str = "",
              field_selector: str = "", limit: int = 0, continue_: str = "", include_object: str = "Object") -> Object:
        """Like `list`, or `get` where `name` is given, but as a metav1.Table.

        Its rows have the objects whole, or with `include_object="Metadata"` no more than their metadata; a list of
        many objects takes little memory then.
        """
        options = Options(label_selector=label_selector, field_selector=field_selector, limit=limit,
                          continue_=continue_, include_object=include_object)
        return self.send(Request(self, "table", resource, namespace, name, options=options))

    def tabulate(self, resource: str, objects: builtins.list[Object]) -> Object:
        """Return objects of one resource, as a watch told them, in the form of a metav1.Table."""
        return self.server.tabulate(Request(self, "table", resource), objects)

    def watch(self, resource: str, namespace: str = "", *, since: int, label_selector: str = "",
              field_selector: str = "") -> tuple[int, builtins.list[Object]]:
        """Return (revision now, events after revision `since`): {"type": ADDED|MODIFIED|DELETED, "object"}.

        It does not wait: kubectl calls it again after each change (`ctx.wait`).
        """
        options = Options(label_selector=label_selector, field_selector=field_selector, resource_version=since)
        return self.send_watch(Request(self, "watch", resource, namespace, options=options))

    def create(self, resource: str, obj: Object, namespace: str = "", *, name: str = "", subresource: str = "",
               dry_run: bool = False, field_manager: str = "", field_validation: str = "") -> Object:
        """Store a new object; `name` only with a subresource, as in pods/eviction. Returns what is stored."""
        options = Options(dry_run=dry_run, field_manager=field_manager, field_validation=field_validation)
        return self.send(Request(self, "create", resource, namespace, name, obj, subresource, options))

    def update(self, resource: str, obj: Object, namespace: str = "", *, subresource: str = "", dry_run: bool = False,
               field_manager: str = "", field_validation: str = "") -> Object:
        """Replace an object; with a resourceVersion in it, only if that is still the newest."""
        options = Options(dry_run=dry_run, field_manager=field_manager, field_validation=field_validation)
        return self.send(Request(self, "update", resource, namespace, obj["metadata"]["name"], obj, subresource,
                                 options))

    def update_status(self, resource: str, obj: Object) -> Object:
        """Replace an object's status; the namespace is read from the object."""
        meta = obj["metadata"]
        return self.send(Request(self, "update", resource, meta.get("namespace", ""), meta["name"], obj, "status"))

    def patch(self, resource: str, name: str, body: Json, patch_type: str, namespace: str = "", *,
              subresource: str = "", dry_run: bool = False, field_manager: str = "", field_validation: str = "",
              force: bool = False) -> Object:
        """Patch an object. `patch_type`: json (body: list of operations), merge, strategic (dicts) or apply (dict)."""
        options = Options(patch_type=patch_type, dry_run=dry_run, field_manager=field_manager,
                          field_validation=field_validation, force=force)
        return self.send(Request(self, "patch", resource, namespace, name, body, subresource, options))

    def delete(self, resource: str, name: str, namespace: str = "", *, grace_period: int | None = None,
               propagation: str = "", preconditions: Object | None = None, dry_run: bool = False) -> Object:
        """Delete an object; returns it where it stays for now (grace period, finalizers), else a Status."""
        options = Options(grace_period=grace_period, propagation=propagation, preconditions=preconditions,
                          dry_run=dry_run)
        return self.send(Request(self, "delete", resource, namespace, name, options=options))

    def delete_collection(self, resource: str, namespace: str = "", *, label_selector: str = "",
                          field_selector: str = "", grace_period: int | None = None, propagation: str = "",
                          dry_run: bool = False) -> Object:
        """Delete all objects that match; returns the list of them."""
        options = Options(label_selector=label_selector, field_selector=field_selector, grace_period=grace_period,
                          propagation=propagation, dry_run=dry_run)
        return self.send(Request(self, "deletecollection", resource, namespace, options=options))

    def connect(self, resource: str, name: str, namespace: str, subresource: str, verb: str = "create") -> None:
        """Ask for leave to open a stream, as pods/exec; raises Forbidden, and NotFound where there is none, but not
        for proxies, whose names have a scheme and a port in them.

        `verb` is what that is authorized as: create is HTTP's POST, get its GET, by which websockets begin.
        """
        self.send_connect(Request(self, verb, resource, namespace, name, subresource=subresource))

    def unreadable(self, url: str, data: bytes, problem: str) -> StatusError:
        """Return how the server refuses the body of a request to a resource's path, which is no JSON."""
        from . import paths

        return paths.unreadable(self, url, data, problem)

    def raw(self, method: str, url: str, body: Object | None = None, content_type: str = "") -> Json:
        """Serve `method` on a URL path with its query; returns a JSON value, or text where a path has no JSON.

        `content_type`: what the body of a PATCH is.
        """
        from .paths import request

        self.managed_fields = True
        return request(self, method, url, body, content_type)

    def raw_watch(self, url: str) -> tuple[Callable[[], builtins.list[Object]], float | None] | None:
        """Return a function that gives the events since its last call, and the seconds after which it ends (None: the
        URL does not say), where GET of a URL is a watch; else None."""
        from .paths import watch

        self.managed_fields = True
        return watch(self, url)

    # What controllers use: straight reads of the store, with no List around them.

    def find(self, resource: str, name: str, namespace: str = "") -> Object | None:
        """Return one object or None."""
        return self.server.find(resource, namespace, name)

    def items(self, resource: str, namespace: str = "", selector: Object | None = None) -> builtins.list[Object]:
        """Return the objects of a namespace ("": of all), by name; `selector` is a metav1.LabelSelector dict."""
        return self.server.items(resource, namespace, selector)

    def owned(self, resource: str, owner: Object) -> builtins.list[Object]:
        """Return the objects whose ownerReferences name `owner` (an object with metadata.uid), by name."""
        return self.server.owned(resource, owner)

    def slices(self, namespace: str, service: str) -> builtins.list[Object]:
        """Return the EndpointSlices whose label names a service, by name."""
        from ..store import held

        return self.server.store.named("endpointslices.discovery.k8s.io", held.service(namespace, service))

    def dependents(self, owner: Object) -> builtins.list[tuple[str, Object]]:
        """Return (resource, object) for all objects whose ownerReferences name `owner`, of any resource but events."""
        uid = owner["metadata"]["uid"]
        return [(resource, obj) for resource in self.server.store.owning(uid) if resource != "events"
                for obj in self.owned(resource, owner)]

    def orphans(self, resource: str, namespace: str) -> builtins.list[Object]:
        """Return the objects of a namespace that no ownerReference with `controller: true` names, by name."""
        return self.server.orphans(resource, namespace)

    def record(self, obj: Object, type_: str, reason: str, message: str, component: str, host: str = "",
               field_path: str = "", action: str = "") -> None:
        """Record an Event about `obj` (client-go's EventRecorder; equal ones are counted, not repeated).

        `type_`: Normal or Warning; `component` is source.component, as in `statefulset-controller`. `action`, as in
        `Binding`, makes it an event of events.k8s.io/v1, which has an eventTime and a series but no count, and
        as `host` the instance that tells, as in `default-scheduler-minikube`.
        """
        self.server.events.record(obj, type_, reason, message, component, host, field_path, action)
