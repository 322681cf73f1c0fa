"""Snapshots: a cluster as it is, under a name, to be looked at, compared with and restored."""

from __future__ import annotations

import os
import re

from ..store import snapshots as files
from ..store.log import Damaged
from ..store.snapshots import Snapshot
from .state import ClusterState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Key, Object
    from .cluster import Cluster

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_OWN = ("managedFields", "resourceVersion", "generation")  # of metadata, of which nobody is told that they differ


class Invalid(Exception):
    """What was asked for cannot be: there is no such snapshot, or none can have the name."""


def names(cluster: Cluster) -> list[str]:
    """Return the names of the snapshots that there are, in order."""
    return files.names(cluster.store.folder)


def save(cluster: Cluster, name: str, replace: bool = False) -> None:
    """Keep the cluster as it is now, all that is in containers and volumes included; raises Invalid."""
    if not _NAME.fullmatch(name):
        raise Invalid(f'"{name}" is no name for a snapshot: letters, digits, ".", "_" and "-" are')
    if name in names(cluster) and not replace:
        raise Invalid(f'there is a snapshot "{name}" already')
    cluster.catch_up()
    cluster.begin()
    at = cluster.clock.shown
    cluster.command = ""  # nothing is changed
    cluster.commit()
    cluster.lock()
    try:
        files.save(cluster.store.folder, name, cluster.store.index, {"at": at, "saved": cluster.clock.wall})
    finally:
        cluster.store.release()


def load(cluster: Cluster, name: str) -> Snapshot:
    """Open a snapshot; raises Invalid where there is none or it is damaged, StoreError where it is newer."""
    try:
        return Snapshot(cluster.store.folder, name if _NAME.fullmatch(name) else "")
    except FileNotFoundError:
        raise Invalid(f'there is no snapshot "{name}"') from None
    except Damaged:
        raise Invalid(f'snapshot "{name}" is damaged; the cluster is not. `kubesim sim snapshot delete {name}` removes '
                      'what is left') from None


def release(snapshot: Snapshot) -> str:
    """Return the release of a snapshot's cluster as in 1.28, "" where it was still open."""
    found = ClusterState.release_in(snapshot.index.meta)
    return f"{found[0]}.{found[1]}" if found else ""


def restore(cluster: Cluster, name: str) -> None:
    """Let the cluster be what a snapshot says. Its clock shows what it showed then; one that ran runs on from there.

    Snapshots stay, and it can be undone. Raises as `load`, and StoreError where contents of files are lost.
    """
    cluster.lock()
    snapshot = load(cluster, name)
    try:
        lost = cluster.store.blobs.lost(snapshot.index)
        if lost:
            raise Invalid(f'snapshot "{name}" cannot be restored: contents of files are lost, blob {lost[0]}')
        cluster.become(snapshot.records(cluster.store.index), snapshot.index.revision, snapshot.index.meta,
                       snapshot.told["at"], {})
    finally:
        snapshot.close()


def delete(cluster: Cluster, name: str) -> None:
    """Remove a snapshot; raises Invalid."""
    if not _NAME.fullmatch(name) or name not in names(cluster):
        raise Invalid(f'there is no snapshot "{name}"')
    cluster.lock()
    os.unlink(files.path_of(cluster.store.folder, name))
    cluster.store.release()


def differences(cluster: Cluster, name: str, other: str | None) -> Iterator[tuple[str, str, Key, list[str]]]:
    """Yield what is otherwise in the cluster as it is, or in the snapshot `other`, than in snapshot `name`.

    (`+`, `-` or `~`, resource, key, what differs in an object that is in both); events are left out. Raises as `load`.
    """
    before = load(cluster, name)
    after = None
    try:
        after = load(cluster, other) if other is not None else None
        index = after.index if after is not None else cluster.store.index
        for resource in sorted({*before.index.resources(), *index.resources()} - {"events"}):
            here, there = before.index.entries(resource), index.entries(resource)
            for key in sorted({*(key for key, _ in here.items()), *(key for key, _ in there.items())}):
                if there.get(key) is None or here.get(key) is None:
                    yield "+" if here.get(key) is None else "-", resource, key, []
                elif (here.get(key)[0], here.get(key)[3]) != (there.get(key)[0], there.get(key)[3]):
                    now = after.object(resource, key) if after is not None else cluster.store.get(resource, key)
                    assert now is not None
                    found = list(_changes(_shown(before.object(resource, key)), _shown(now), ""))
                    if found:
                        yield "~", resource, key, found
    finally:
        before.close()
        if after is not None:
            after.close()


def _shown(obj: Object) -> Object:
    """Return an object without what changes with every write."""
    return {**obj, "metadata": {field: value for field, value in obj["metadata"].items() if field not in _OWN}}


def _changes(old: object, new: object, path: str) -> Iterator[str]:
    """Yield a line for each value that differs, as in `spec.replicas: 1 -> 3`."""
    if isinstance(old, dict) and isinstance(new, dict):
        for field in sorted({*old, *new}):
            where = f"{path}.{field}" if path else field
            yield from _changes(old.get(field), new.get(field), where)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (mine, other) in enumerate(zip(old, new)):
            yield from _changes(mine, other, f"{path}[{at}]")
    elif old != new:
        yield f"{path}: {_told(old)} -> {_told(new)}"


def _told(value: object) -> str:
    from ..go import jsontext

    text = "nothing" if value is None else jsontext.encode(value)
    return text if len(text) <= 60 else text[:57] + "..."
