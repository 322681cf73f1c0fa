"""Taking back what the last commands did, and doing it again: the cluster becomes what it was, its clock included."""

from __future__ import annotations

from ..store.past import Past, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Object
    from .cluster import Cluster


class NothingLeft(Exception):
    """There are not so many commands that could be taken back, or done again."""


def known(cluster: Cluster) -> tuple[list[str], list[str]]:
    """Return the commands that can be undone, and those that can be done again; the next one stands last in each."""
    past = Past(cluster.store.folder, cluster.store.index)
    try:
        return [did for _, did in past.undoable()], [did for _, did in past.redoable()]
    finally:
        past.close()


def undo(cluster: Cluster, count: int) -> list[str]:
    """Take back the last commands that changed something; return what they were, the last one first.

    The cluster is then what it was before the first of them, and its clock shows what it showed then. Raises
    NothingLeft.
    """
    return _go(cluster, count, "undo")


def redo(cluster: Cluster, count: int) -> list[str]:
    """Do again what was undone last, with all that time did after it; return the commands in their order."""
    return _go(cluster, count, "redo")


def _go(cluster: Cluster, count: int, which: str) -> list[str]:
    cluster.lock()
    past = Past(cluster.store.folder, cluster.store.index)
    try:
        commands = past.undoable() if which == "undo" else past.redoable()
        if len(commands) < count:
            raise NothingLeft(f"there is nothing to {which}" if not commands else
                              f"there {'is' if len(commands) == 1 else 'are'} only {len(commands)} to {which}")
        step = past.before(commands[-count][0])
        assert step.command is not None
        cluster.become(_read(past, step), step.revision, step.meta, step.command["at"], {which: count})
    finally:
        past.close()
    return [did for _, did in reversed(commands[-count:])]


def _read(past: Past, step: Step) -> Iterator[Object]:
    """Yield the records of a step, and let go of the log then: Windows replaces no file that is open."""
    yield from past.records(step)
    past.close()
