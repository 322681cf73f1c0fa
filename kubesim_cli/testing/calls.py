"""Calls of kubectl in this process, on clusters that stay open from one to the next."""

from __future__ import annotations

import io
import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

from ..cluster.cluster import Cluster
from ..kubectl.commandline import in_container
from ..kubectl.context import Context
from ..main import execute, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..kubectl.cli.flags import Flags
    from ..kubectl.context import Streams


class Clusters:
    """The clusters that have been opened, by their folders."""

    def __init__(self) -> None:
        self._open: dict[str, Cluster] = {}

    def get(self, folder: str, make: Callable[[str], Cluster]) -> Cluster:
        """Return the cluster in a folder as it is now, whoever changed it; `make(folder)` opens it for the first time.

        Nothing in it has to outlast a loss of power.
        """
        cluster = self._open.get(folder)
        if cluster is None:
            cluster = self._open[folder] = make(folder)
            cluster.store.lasting = False
        cluster.refresh()
        return cluster

    def close(self) -> None:
        """Let go of all."""
        for cluster in self._open.values():
            cluster.close()
        self._open.clear()


class Call(Context):
    """One call of a command, on a cluster that outlives it."""

    clusters: Clusters

    def open_cluster(self, folder: str) -> Cluster:
        return self.clusters.get(folder, super().open_cluster)

    def close(self) -> None:
        if self._cluster is not None:
            self._cluster.let_go()


def opened(folder: str) -> Cluster:
    """Open the cluster in a folder that has one."""
    cluster = Cluster(folder, None, time.time, time.sleep)
    cluster.server.kubectl = in_container
    return cluster


def kubectl(clusters: Clusters, words: list[str], environ: Mapping[str, str], stdin: str) -> tuple[str, str, int]:
    """Run a kubectl command line (without the program's name); returns stdout, stderr and the exit code."""
    streams = io.StringIO(stdin), io.StringIO(), io.StringIO()

    def call(command: str, flags: Flags, environ: Mapping[str, str], streams: Streams) -> Call:
        made = Call(command, flags, environ, streams)
        made.clusters = clusters
        return made

    try:
        code = execute(words, environ, streams, call)
    except Exception as problem:
        if environ.get("KUBESIM_TRACEBACK"):
            raise
        streams[2].write(f"error: {told(problem)}\n")
        code = 1
    return streams[1].getvalue(), streams[2].getvalue(), code


def sim(words: list[str], environ: Mapping[str, str], stdin: str) -> tuple[str, str, int]:
    """Run `kubesim sim WORDS`, which has sys.stdin, sys.stdout and os.environ for itself meanwhile."""
    from ..sim.cli import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), mock.patch.object(sys, "stdin", io.StringIO(stdin)), \
            mock.patch.dict(os.environ, environ, clear=True):
        code = main(words, execute)
    return out.getvalue(), err.getvalue(), code
