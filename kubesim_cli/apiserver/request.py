"""One request: what a client asks, and what the server knows of it while it serves it.

Trusted requests. A client without a user is the control plane: controllers, scheduler, kubelet and the server's own
look-ups. Its requests are `trusted`, which means all of the following, and nothing else:
- they are not authorized (server.py), nor held against what a user may hand on (escalation.py, signers);
- their objects are taken as they are: not decoded, so they have to be canonical already, and the metadata is not
  validated (registry.py); no warnings are made for them;
- what they create keeps the status and the resourceVersion it came with; what they update passes the kind's own
  preparation, but neither admission nor validation; an update of the status alone is only compared and stored
  (subresources.py);
- of what they create no managed fields are kept, but a record of who wrote it (provenance.py); of what users created
  they are kept up to date (tracking.py).
Admission and the kind's validation do look at what they create: a ReplicaSet's pods need room in a quota.
"""

from __future__ import annotations

from ..machinery.objects import join_key
from .kinds.base import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.discovery import Resource
    from ..machinery.schema import Schema
    from ..machinery.types import Json, Key, Object
    from .client import Client
    from .kinds.base import Kind


class Options:
    """What a call says beside its object: metav1's ListOptions, CreateOptions, UpdateOptions, PatchOptions and
    DeleteOptions in one; each verb reads its own.

    list, table, watch, deletecollection: `label_selector`, `field_selector`; list: `limit`, `continue_`; table:
    `include_object` (TableOptions': Object or Metadata, what of it each row has); watch: `resource_version`, the
    revision after which it begins.
    create, update, patch: `dry_run` (all that write have it), `field_manager`, `field_validation` (Strict, Warn or
    Ignore; "" is Warn); patch: `patch_type` (json, merge, strategic or apply), `force` (apply only).
    delete, deletecollection: `grace_period` in seconds (None: the kind's), `propagation` (Background, Foreground,
    Orphan; "": the kind's), `preconditions` (uid, resourceVersion).
    """

    __slots__ = ("continue_", "dry_run", "field_manager", "field_selector", "field_validation", "force", "grace_period",
                 "include_object", "label_selector", "limit", "patch_type", "preconditions", "propagation",
                 "resource_version")

    def __init__(self, *, label_selector: str = "", field_selector: str = "", limit: int = 0, continue_: str = "",
                 include_object: str = "Object", resource_version: int = 0, dry_run: bool = False,
                 field_manager: str = "", field_validation: str = "", patch_type: str = "", force: bool = False,
                 grace_period: int | None = None, propagation: str = "", preconditions: Object | None = None):
        self.label_selector, self.field_selector = label_selector, field_selector
        self.include_object = include_object
        self.limit, self.continue_, self.resource_version = limit, continue_, resource_version
        self.dry_run, self.field_manager, self.field_validation = dry_run, field_manager, field_validation
        self.patch_type, self.force = patch_type, force
        self.grace_period, self.propagation, self.preconditions = grace_period, propagation, preconditions


NO_OPTIONS = Options()


class Request:
    """A call of `client`: `verb` (get, list, table, watch, create, update, patch, delete or deletecollection) on
    `resource` (`plural[.version].group`), in `namespace` ("": of all, or cluster-scoped), on the object `name`, with
    `body` (an object, or a patch) on its `subresource`, with `options`.

    The server sets `res`, what `resource` names, and clears the namespace of what has none, before it serves it.
    """

    __slots__ = ("_context", "_kind", "body", "client", "name", "namespace", "options", "res", "resource", "server",
                 "subresource", "verb")
    res: Resource

    def __init__(self, client: Client, verb: str, resource: str, namespace: str = "", name: str = "",
                 body: Json = None, subresource: str = "", options: Options = NO_OPTIONS):
        self.client, self.server = client, client.server
        self.verb, self.resource, self.namespace, self.name = verb, resource, namespace, name
        self.body, self.subresource, self.options = body, subresource, options
        self._context: Context | None = None
        self._kind: Kind | None = None

    def leading_to(self, verb: str, namespace: str, name: str, options: Options) -> Request:
        """Return the request that this one makes for an object of the same resource, as an eviction deletes a pod."""
        request = Request(self.client, verb, self.resource, namespace, name, options=options)
        request.res = self.res
        return request

    @property
    def trusted(self) -> bool:
        """Whether it is the control plane's; what follows from that stands at the top of this module."""
        return self.client.user is None

    @property
    def api_verb(self) -> str:
        """The verb as authorization and the log of calls have it: a table is another form of what get and list give."""
        if self.verb == "table":
            return "get" if self.name else "list"
        return self.verb

    @property
    def key(self) -> Key:
        """The key of the object that it names."""
        return join_key(self.namespace if self.res.namespaced else "", self.name)

    @property
    def stored_as(self) -> str:
        """The name under which the resource's objects are stored."""
        return self.server.stored_as(self.res)

    @property
    def kind(self) -> Kind:
        """The behaviour of the resource's kind."""
        if self._kind is None:
            self._kind = self.server.kind(self.res)
        return self._kind

    @property
    def schema(self) -> Schema | None:
        """The schema of the resource's kind, None where everything is allowed."""
        return self.server.schema(self.res)

    @property
    def part(self) -> str:
        """The subresource that a write is checked as: who changes a Scale changes the object itself."""
        return "" if self.subresource == "scale" else self.subresource

    @property
    def context(self) -> Context:
        """What the hooks of a kind and the admission plugins may know of the request."""
        if self._context is None:
            server, client = self.server, self.client
            self._context = Context(server.now, server.release, client.user, server.trusted, server.entropy, self.part,
                                    self.options.dry_run, client.on_warning)
        return self._context

    @property
    def path(self) -> str:
        """The URL path, as in /apis/apps/v1/namespaces/default/deployments/web/scale."""
        res = self.res
        parts = ["/apis", res.group, res.version] if res.group else ["/api", res.version]
        if self.namespace:
            parts += ["namespaces", self.namespace]
        return "/".join(part for part in (*parts, res.plural, self.name, self.subresource) if part)
