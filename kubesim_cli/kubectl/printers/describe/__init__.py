"""What `kubectl describe` says: one module per kind, found by its file and imported when it is asked for.

The module has the kind's name in lower case, its API group as GROUP, `describe(obj, writer, ctx)`, and, where older
kubectls describe the kind field by field, SINCE: the release of the first that does not.
"""

from __future__ import annotations

from ....machinery.modules import import_module
from ....releases import NEWEST, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ....apiserver.client import Client
    from ....machinery.types import Object, Release
    from .writer import Writer


class Context:
    """What the module of a kind may use: `client`, `release`, `show_events`, `chunk_size` and `events`."""

    def __init__(self, client: Client, w: Writer, show_events: bool, chunk_size: int) -> None:
        self.client, self.release, self._writer = client, w.release, w
        self.show_events, self.chunk_size = show_events, chunk_size

    def events(self, obj: Object, **options: Any) -> None:
        """Write the events about an object, if they are wanted; `options` are those of `events.search`."""
        if self.show_events:
            from .events import describe_events, search

            describe_events(search(self.client, obj, chunk_size=self.chunk_size, **options), self._writer)


def describe(obj: Object, client: Client, *, now: float, release: Release | None = None, show_events: bool = True,
             chunk_size: int = 0) -> str:
    """Return the description of an object as it is in its preferred version.

    What belongs to it (pods, events, endpoints) is read through `client`; `release` is that of the kubectl, by default
    that of the cluster. Raises StatusError, and PrinterError for an object that cannot be read.
    """
    from .writer import Writer

    w = Writer(client.release if release is None else release, now)
    _describer(obj, w.release).describe(obj, w, Context(client, w, show_events, chunk_size))
    return w.text()


def _describer(obj: Object, release: Release) -> ModuleType:
    """Return the module that describes an object: its kind's, or `generic`."""
    from . import generic

    group, _, _ = obj.get("apiVersion", "").rpartition("/")
    name = f"{__name__}.{obj.get('kind', '').lower()}"
    try:
        found = import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name != name:
            raise
        return generic
    if getattr(found, "GROUP", None) != group or not within(release, getattr(found, "SINCE", None)):
        return generic
    return found


def describe_pod_template(template: Object, release: Release = NEWEST) -> str:
    """Return a pod template as `kubectl rollout history --revision` shows it: its cells are not aligned."""
    from .podtemplate import describe_pod_template as write
    from .writer import Writer

    w = Writer(release)
    write(template, w)
    return w.unaligned()
