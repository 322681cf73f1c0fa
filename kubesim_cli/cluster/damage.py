"""A cluster's store that cannot be used as it is on disk: what is wrong with it, and out of the way with it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..store.doctor import Diagnosis


def diagnose(folder: str) -> Diagnosis:
    """Find out what is wrong with the store in a folder; nothing is changed."""
    from ..store.doctor import Diagnosis

    return Diagnosis(folder)


def move_aside(folder: str, tell: Callable[[str], object]) -> str:
    """Move a store that cannot be used out of the way, once nobody writes to it; returns where it is now."""
    from ..store.lock import Lock
    from ..store.rewriting import aside_of

    aside = aside_of(folder, "unusable")
    if os.path.isdir(folder):
        try:
            lock = Lock(os.path.join(folder, "lock"), tell=tell)
            lock.acquire()
            lock.release()
        except OSError:
            pass
    os.rename(folder, aside)
    return aside
