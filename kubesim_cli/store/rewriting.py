"""Another log in the place of a store's: a compacted one, one of the newest format, an empty one; another state."""

from __future__ import annotations

import errno
import os

from ..go import jsontext
from ..machinery import files
from . import log, past, snapshots
from .compaction import compacted, finished, verified

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..machinery.types import Object
    from .store import Store


def compact(store: Store) -> None:
    """Leave out of a store's log what is outdated, once all of it is found to be as it was written."""
    _compact(store, verified(store.path, store.index))
    _sweep(store)


def bring_forward(store: Store) -> None:
    """Rewrite a log of an older format as the newest, and leave the old folder beside it."""
    aside = aside_of(store.folder, f"format{store.index.format}")
    files.private_folder(aside)
    with open(store.path, "rb") as old:
        files.replace(os.path.join(aside, log.LOG), [old.read()], durable=True)
    _compact(store, store.index)
    store.write_head()


def start_over(store: Store, meta: Object) -> None:
    """Have no objects, no timers, and `meta`, at once. The lock stays held."""
    # Of the next generation there may be a past, left by a command that was killed before it had compacted the log.
    index = log.Index(store.index.generation + 2, 0, 0, jsontext.copied(meta))
    rows = [*finished(index, [log.header(index.generation)])]
    trouble = None
    try:
        _start_log(store, index, rows)
    except files.Unsynced as error:
        trouble = error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        try:  # the index makes room, and is made anew from the log where that is not enough
            os.unlink(os.path.join(store.folder, log.INDEX))
        except OSError:
            raise error from None
        _start_log(store, index, rows)
    store.begin_with(index)
    try:
        if trouble is not None:
            raise trouble
        store.write_head()
        _sweep(store)
    except OSError as error:
        store.tell(f"Warning: the cluster is empty now, but not all of the housekeeping is done: "
                   f"{files.told(error)}\n")


def changes(store: Store, records: Iterable[Object], revision: int) -> Iterator[Object]:
    """Yield records of the log, to be written one by one, as changes of what the store has; see Store.take_over."""
    for record in records:
        if "absent" in record or "rv" in record:
            resource, key = record["absent"] if "absent" in record else (record["resource"], record["key"])
            now = store.get(resource, key)
            if "absent" not in record:
                record["type"] = "ADDED" if now is None else "MODIFIED"
            elif now is None:
                continue
            else:
                gone = {**now, "metadata": {**now["metadata"], "resourceVersion": str(revision)}}
                record = {"rv": revision, "type": "DELETED", "resource": resource, "key": key, "object": gone}
        yield record


def _compact(store: Store, old: log.Index) -> None:
    """Write a new log with the newest line of each object only, as `old` tells of them."""
    old.rest()
    before = past.Past(store.folder, old)
    try:
        before.keep(old.generation + 1)
    finally:
        before.close()
    _start_log(store, *compacted(store.path, old, store.read), old)


def _start_log(store: Store, index: log.Index, rows: Iterable[bytes], old: log.Index | None = None) -> None:
    """Put a log of `rows`, which may still be read from the one that is there, into its place.

    Its index takes over what `old` has.
    Raises Unsynced when that is done, but the system does not vouch for it; the next commit asks again.
    """
    store.hold_still()

    def closing() -> Iterator[bytes]:
        yield from rows
        store.close_file()  # Windows replaces no file that is open

    unsure = None
    try:
        files.replace(store.path, closing(), durable=True)
    except files.Unsynced as error:
        unsure = error
    if old is not None:
        index.take_over(old)
    store.go_on_with(index)
    if unsure is not None:
        raise unsure


def _sweep(store: Store) -> None:
    """Remove what was kept for other logs than this one, and blobs that nothing names any more."""
    past.sweep(store.folder, store.index.generation)
    if os.path.isdir(os.path.join(store.folder, log.BLOBS)):
        store.blobs.sweep(store.index, past.named_blobs(store.folder) | snapshots.named_blobs(store.folder))


def aside_of(folder: str, why: str) -> str:
    """Return a folder that is not there yet, beside a cluster's; no cluster has such a name."""
    count = 1
    while os.path.lexists(aside := f"{folder}~{why}" + (f"-{count}" if count > 1 else "")):
        count += 1
    return aside
