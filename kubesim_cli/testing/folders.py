"""Where clusters of tests live: folders that are made in a millisecond, of what a new cluster was once stored as."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from functools import cache, lru_cache

from ..cluster.cluster import Cluster
from ..kubectl.kubeconfig import store_folder
from ..sim import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Release

MEMORY = "/dev/shm"    # a file system in memory, on Linux
_ROOM = 1 << 28        # bytes that have to be free there
_TRANSIENT = ("lock",)

Files = dict[str, bytes]  # what is in a folder, by path


@cache
def place() -> str:
    """Return the folder in which clusters are made: in memory where there is room, unless TMPDIR names another."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > _ROOM:
        return MEMORY
    return tempfile.gettempdir()


def make(files: Files) -> str:
    """Make a new folder with these files; returns its path."""
    home = tempfile.mkdtemp(prefix="kubesim-", dir=place())
    put(home, files)
    return home


def put(home: str, files: Files) -> None:
    """Write files into a folder that has none."""
    made = {home}
    for path, data in files.items():
        whole = os.path.join(home, path)
        folder = os.path.dirname(whole)
        if folder not in made:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            made.add(folder)
        with open(whole, "wb") as file:
            file.write(data)


def remove(home: str) -> None:
    """Remove a folder, whatever has become of it."""
    shutil.rmtree(home, ignore_errors=True)


@cache
def programs(frozen: bool) -> str:
    """Return a folder to put in front of PATH, which the programs of a test's clusters share; see sim.running.stage.

    It is not where the clusters are: nothing can be run out of some file systems in memory.
    """
    folder = tempfile.mkdtemp(prefix="kubesim-")
    atexit.register(remove, folder)
    return running.stage(folder, frozen)


def taken(home: str) -> Files:
    """Return what is in a folder."""
    found = {}
    for folder, _, names in os.walk(home):
        for name in names:
            if name not in _TRANSIENT:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, home)] = file.read()
    return found


def clear(home: str) -> None:
    """Remove what is in a folder."""
    for name in os.listdir(home):
        path = os.path.join(home, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


@lru_cache(maxsize=32)
def new(*, seed: str, nodes: int, release: Release | None, bare: bool | None, kubelet: str | None,
        gates: tuple[tuple[str, bool], ...], at: float | None, tick: float) -> Files:
    """Return the files of a new cluster, `minikube`.

    `at`: where its clock stands still, in seconds since 1970, None: it runs; `tick`: how far each command
    moves it. The others are those of Cluster.reset.
    """
    home = tempfile.mkdtemp(prefix="kubesim-", dir=place())
    try:
        cluster = Cluster(store_folder(home, "minikube"), release, time.time, time.sleep)
        cluster.store.lasting = False
        cluster.reset(seed=seed, nodes=nodes, release=release, bare=bare, kubelet=kubelet, feature_gates=dict(gates))
        if at is not None:
            cluster.set_clock(frozen=at, tick=tick)
        cluster.store.commit()
        cluster.store.release()
        cluster.catch_up()  # makes the default objects
        cluster.settle()
        cluster.store.commit()
        cluster.close()
        return taken(home)
    finally:
        remove(home)
