"""What the API server has to know of a kind beyond its names and its schema.

A kind's module is `kinds/<group>/<kind>.py` (`<group>`: its first label, `core` for the legacy group; all lower case)
and holds `KIND`, an instance of a subclass of `Kind`. A kind without a module is served by `Kind` itself.
Hooks get objects they may change in place only where it says so. `ctx` is the request's `Context`.
"""

from __future__ import annotations

import sys

from ...machinery import duration, timestamps
from ...machinery.modules import import_module
from ...releases import within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    from ...machinery.entropy import Entropy
    from ...machinery.types import FieldErrors, Object, Release
    from ..client import Client

    Cell: TypeAlias = Any  # str, int, float, bool or None


class Column:
    """A column of the server-side table (metav1.TableColumnDefinition). `priority` > 0 shows with -o wide only.

    `cell` is a function (object, Context) -> what stands in an object's row. `since` and `until` are releases such as
    (1, 29): the first that has it, the first that has it no more.
    """

    __slots__ = ("cell", "format", "name", "priority", "since", "type", "until")

    def __init__(self, name: str, cell: Callable[[Object, Context], Cell], priority: int = 0, type: str = "string",
                 format: str = "", since: Release | None = None, until: Release | None = None):
        self.name, self.cell, self.priority, self.type, self.format = name, cell, priority, type, format
        self.since, self.until = since, until


class Context:
    """What a hook may know of the request: `now`, `release`, `user` (dict: name, groups, uid, extra; None: the control
    plane), `client` (a trusted Client, for look-ups), `names` (source of UIDs and suffixes), `subresource`, `dry_run`,
    `warn(text)`. `row` is for what several cells of one object's row are made of: it is None when a row begins."""

    __slots__ = ("client", "dry_run", "names", "now", "release", "row", "subresource", "user", "warn")

    def __init__(self, now: float, release: Release, user: Object | None, client: Client, names: Entropy,
                 subresource: str = "", dry_run: bool = False, warn: Callable[[str], None] | None = None):
        self.now, self.release, self.user, self.client, self.names = now, release, user, client, names
        self.subresource, self.dry_run, self.warn = subresource, dry_run, warn or (lambda text: None)
        self.row: Any = None


def since(timestamp: str | None, now: float) -> str:
    """Age of an RFC 3339 timestamp as Kubernetes prints it (printers/internalversion translateTimestampSince),
    `<unknown>` where there is none."""
    if not timestamp:
        return "<unknown>"
    return duration.human(now - timestamps.parse(timestamp))


# For status_keeps: what metav1.ResetObjectMetaForStatus resets.
METADATA = ("labels", "annotations", "finalizers", "ownerReferences", "generateName", "deletionTimestamp")
NAME = Column("Name", lambda obj, ctx: obj["metadata"]["name"], format="name")
AGE = Column("Age", lambda obj, ctx: since(obj["metadata"].get("creationTimestamp"), ctx.now))


class Kind:
    """Behaviour of one kind; the defaults here are right for a kind with no status and no opinions."""

    columns: tuple[Column, ...] = (NAME, AGE)
    has_status = False       # status is reset on create and kept on update; .../status changes only it
    status_keeps: tuple[str, ...] = ()  # what of metadata .../status does not change
    keeps_status = False     # a new object may come with a status (the strategy does not reset it)
    has_generation = False   # metadata.generation counts changes of anything but metadata and status
    name_rule = "dns1123_subdomain"  # of objectmeta.NAME_RULES: what metadata.name has to be
    kube_finalizers = True   # finalizers have a domain or are standard ones (core's ValidateObjectMeta)
    unconditional_update = True      # an update without resourceVersion overwrites (AllowUnconditionalUpdate)
    create_on_update = False         # a PUT to a name that is not there creates it
    lively = False                   # what `alive` shows is more than what is stored
    computed = False                 # never stored: serve_get and serve_list make its objects for each request
    deprecation = ""                 # Warning: text that every request gets, from release `deprecated_since` on
    deprecated_since: Release | None = None
    scale_paths = {"spec": ("spec", "replicas"), "status": ("status", "replicas"), "selector": ("spec", "selector")}

    def name_rule_of(self, release: Release) -> str:
        """Return what metadata.name has to be in a release."""
        return self.name_rule

    def table_order(self, items: Iterable[Object]) -> Iterable[Object]:
        """Return the objects of a list in the order of the rows of its Table."""
        return items

    def default(self, obj: Object, ctx: Context) -> None:
        """Set in place what the kind's SetDefaults_* functions set (pkg/apis/<group>/<version>/defaults.go)."""

    def default_status(self, obj: Object, ctx: Context) -> None:
        """Set in place the status that a new object starts with."""

    def serve_create(self, obj: Object, ctx: Context) -> Object | None:
        """Answer a POST of a kind that is never stored, such as SelfSubjectAccessReview; None: it is stored."""
        return None

    def serve_get(self, client: Client, namespace: str, name: str) -> Object:
        """Return the object of a computed kind, `client` being a trusted Client. Raises StatusError."""
        raise NotImplementedError

    def serve_list(self, client: Client, namespace: str) -> list[Object]:
        """Return the objects of a computed kind in a namespace ("": in all), in the order of their keys."""
        raise NotImplementedError

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        """The strategy's PrepareForCreate, in place. Raise StatusError to refuse."""

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        """The strategy's PrepareForUpdate, in place."""

    def prepare_delete(self, obj: Object, ctx: Context) -> None:
        """Set what a deletion request changes (a namespace's phase). Fields other than metadata hold what the stored
        object holds, too."""

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """Return FieldErrors of a new object, metadata aside (the server checks that)."""
        return []

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """Return FieldErrors of a change; usually what `validate` says of the new object and immutable fields."""
        return self.validate(obj, ctx)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """Return FieldErrors of a change through .../status."""
        return []

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        """Return texts for Warning: headers (the strategy's WarningsOnCreate and WarningsOnUpdate)."""
        return []

    def fields(self, obj: Object) -> dict[str, str]:
        """Return the fields that field selectors may use beyond metadata.name and metadata.namespace."""
        return {}

    def after_create(self, obj: Object, ctx: Context) -> None:
        """Allocate what only the server gives (cluster IPs, node ports), in place, before storing."""

    def grace_period(self, obj: Object, asked: int | None) -> int:
        """Seconds that a deleted object stays, `asked` being the request's; 0 removes it at once."""
        return 0

    def convert(self, obj: Object, api_version: str) -> Object:
        """Return a copy of a stored object in another version of its group."""
        return {**obj, "apiVersion": api_version}

    def store_version(self, obj: Object) -> Object:
        """Return an object as it is stored, given in any version."""
        return obj

    def alive(self, obj: Object, client: Client) -> Object:
        """Return what a user sees of a stored object whose kind is `lively`, `client` being a trusted Client."""
        return obj

    def is_held(self, obj: Object) -> bool:
        """Tell whether more than its metadata's finalizers keeps an object that is being deleted."""
        return False

    def deprecated(self, version: str, release: Release) -> str:
        """Return the text of the Warning: that every request for a version gets, "" for none."""
        return self.deprecation if within(release, self.deprecated_since) else ""

    def after_delete(self, obj: Object, ctx: Context) -> None:
        """Called when the object left the store."""


_DEFAULT = Kind()


def load(group: str, kind: str) -> Kind:
    """Return the `KIND` of a group and kind, or the plain `Kind` where it has no module."""
    name = f"{__package__}.{group.partition('.')[0] or 'core'}.{kind.lower()}"
    found = sys.modules.get(name)
    if found is None:
        try:
            found = import_module(name)
        except ModuleNotFoundError as missing:
            if not (missing.name or "").startswith(__package__):
                raise
            return _DEFAULT
    kind_: Kind = found.KIND
    return kind_
