"""The API server's verbs as one user sees them: what kubectl and the controllers call."""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .server import Server


class Client:
    """Calls `server` as `user` (dict with name, groups, uid, extra; None: the trusted control plane).

    `on_warning(text)` gets the server's Warning: headers, `on_call(method, path, code, seconds)` each call.
    Every method raises `errors.StatusError`. What comes back is shared with the store: clone before changing.
    `resource` is `plural[.version].group`, see docs/architecture.md.
    """

    def __init__(self, server: Server, user: dict | None = None, on_warning=None, on_call=None):
        self.server, self.user, self.on_warning, self.on_call = server, user, on_warning, on_call

    now = property(lambda self: self.server.now, doc="Simulated seconds since 1970.")
    release = property(lambda self: self.server.release, doc="Emulated release, as in (1, 28).")
    discovery = property(lambda self: self.server.discovery, doc="What the server serves: discovery.Discovery.")

    def _call(self, verb, resource, namespace="", name="", body=None, subresource="", **options):
        return self.server.handle(self, verb, resource, namespace, name, body, subresource, options)

    def get(self, resource: str, name: str, namespace: str = "", *, subresource: str = "") -> dict:
        """Return one object."""
        return self._call("get", resource, namespace, name, None, subresource)

    def list(self, resource: str, namespace: str = "", *, label_selector: str = "", field_selector: str = "",
             limit: int = 0, continue_: str = "") -> dict:
        """Return a List object (`kind: PodList`, `metadata.resourceVersion`, `items`); namespace "": of all."""
        return self._call("list", resource, namespace, label_selector=label_selector, field_selector=field_selector,
                          limit=limit, continue_=continue_)

    def table(self, resource: str, namespace: str = "", name: str = "", **selectors) -> dict:
        """Like `list`, or `get` where `name` is given, but as a metav1.Table with whole objects in its rows."""
        return self._call("table", resource, namespace, name, **selectors)

    def tabulate(self, resource: str, objects: builtins.list[dict]) -> dict:
        """Return objects of one resource, as a watch told them, in the form of a metav1.Table."""
        return self.server.tabulate(self, resource, objects)

    def watch(self, resource: str, namespace: str = "", *, since: int, label_selector: str = "",
              field_selector: str = "") -> tuple[int, builtins.list[dict]]:
        """Return (revision now, events after revision `since`): {"type": ADDED|MODIFIED|DELETED, "object"}.

        It does not wait: kubectl calls it again after each change (`ctx.wait`).
        """
        return self.server.watch(self, resource, namespace, since,
                                 {"label_selector": label_selector, "field_selector": field_selector})

    def create(self, resource: str, obj: dict, namespace: str = "", *, name: str = "", subresource: str = "",
               dry_run: bool = False, field_manager: str = "", field_validation: str = "") -> dict:
        """Store a new object; `name` only with a subresource, as in pods/eviction. Returns what is stored."""
        return self._call("create", resource, namespace, name, obj, subresource, dry_run=dry_run,
                          field_manager=field_manager, field_validation=field_validation)

    def update(self, resource: str, obj: dict, namespace: str = "", *, subresource: str = "", dry_run: bool = False,
               field_manager: str = "", field_validation: str = "") -> dict:
        """Replace an object; with a resourceVersion in it, only if that is still the newest."""
        return self._call("update", resource, namespace, obj["metadata"]["name"], obj, subresource, dry_run=dry_run,
                          field_manager=field_manager, field_validation=field_validation)

    def update_status(self, resource: str, obj: dict) -> dict:
        """Replace an object's status; the namespace is read from the object."""
        return self.update(resource, obj, obj["metadata"].get("namespace", ""), subresource="status")

    def patch(self, resource: str, name: str, body, patch_type: str, namespace: str = "", *, subresource: str = "",
              dry_run: bool = False, field_manager: str = "", field_validation: str = "", force: bool = False) -> dict:
        """Patch an object. `patch_type`: json (body: list of operations), merge, strategic (dicts) or apply (dict)."""
        return self._call("patch", resource, namespace, name, body, subresource, patch_type=patch_type,
                          dry_run=dry_run, field_manager=field_manager, field_validation=field_validation, force=force)

    def delete(self, resource: str, name: str, namespace: str = "", *, grace_period: int | None = None,
               propagation: str = "", preconditions: dict | None = None, dry_run: bool = False) -> dict:
        """Delete an object; returns it where it stays for now (grace period, finalizers), else a Status.

        `propagation`: Background, Foreground, Orphan or "" (the kind's default); `preconditions`: uid,
        resourceVersion.
        """
        return self._call("delete", resource, namespace, name, grace_period=grace_period, propagation=propagation,
                          preconditions=preconditions, dry_run=dry_run)

    def delete_collection(self, resource: str, namespace: str = "", *, label_selector: str = "",
                          field_selector: str = "", grace_period: int | None = None, propagation: str = "",
                          dry_run: bool = False) -> dict:
        """Delete all objects that match; returns the list of them."""
        return self._call("deletecollection", resource, namespace, label_selector=label_selector,
                          field_selector=field_selector, grace_period=grace_period, propagation=propagation,
                          dry_run=dry_run)

    def raw(self, method: str, url: str, body: dict | None = None):
        """Serve `method` on a URL path with its query; returns a JSON value, or text where a path has no JSON."""
        from .paths import request

        return request(self, method, url, body)

    # What controllers use: straight reads of the store, with no List around them.

    def find(self, resource: str, name: str, namespace: str = "") -> dict | None:
        """Return one object or None."""
        return self.server.find(resource, namespace, name)

    def items(self, resource: str, namespace: str = "", selector: dict | None = None) -> builtins.list[dict]:
        """Return the objects of a namespace ("": of all), by name; `selector` is a metav1.LabelSelector dict."""
        return self.server.items(resource, namespace, selector)

    def owned(self, resource: str, owner: dict) -> builtins.list[dict]:
        """Return the objects whose ownerReferences name `owner` (an object with metadata.uid), by name."""
        return self.server.owned(resource, owner)

    def dependents(self, owner: dict) -> builtins.list[tuple[str, dict]]:
        """Return (resource, object) for all objects whose ownerReferences name `owner`, of any resource but events."""
        return [(resource, obj) for resource in self.server.store.resources() if resource != "events"
                for obj in self.owned(resource, owner)]

    def orphans(self, resource: str, namespace: str) -> builtins.list[dict]:
        """Return the objects of a namespace that no ownerReference with `controller: true` names, by name."""
        return self.server.orphans(resource, namespace)

    def record(self, obj: dict, type_: str, reason: str, message: str, component: str, host: str = "",
               field_path: str = "", action: str = "") -> None:
        """Record an Event about `obj` (client-go's EventRecorder; equal ones are counted, not repeated).

        `type_`: Normal or Warning; `component` is source.component, as in `statefulset-controller`. `action`, as in
        `Binding`, makes it an event of events.k8s.io/v1, which has an eventTime and a series but no count.
        """
        self.server.events.record(obj, type_, reason, message, component, host, field_path, action)
