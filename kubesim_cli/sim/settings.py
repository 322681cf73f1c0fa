"""What every `kubesim sim` command needs: where the cluster is."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cached_property

from ..cluster.cluster import Cluster

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ..kubectl.kubeconfig import Kubeconfig

    Execute = Callable[..., int]  # main.execute


class Settings:
    """What every sim command needs: where the cluster is, before it is opened.

    `execute` runs a kubectl command line in this process; None where that is not to be had. `words`: the command line.
    `did`: what is done has been done beside the clusters that it opens: a file is written, say.
    """

    def __init__(self, environ: Mapping[str, str], execute: Execute | None = None, words: Sequence[str] = (),
                 context: str = ""):
        """`context`: that of the kubeconfig which is meant, "" for the current one."""
        from ..kubectl.kubeconfig import home

        self.environ, self.home, self.execute, self._context = environ, home(environ), execute, context
        self.words = " ".join(("kubesim sim", *words)) if words else ""
        self.did = False
        self._clusters: list[Cluster] = []

    @property
    def acted(self) -> bool:
        """Whether the command has done something that lasts."""
        return self.did or any(cluster.wrote for cluster in self._clusters)

    def of_context(self, name: str, environ: Mapping[str, str]) -> Settings:
        """Return the settings of another context's cluster, for the same command."""
        found = Settings(environ, context=name)
        found.words, found._clusters = self.words, self._clusters
        return found

    @cached_property
    def kubeconfig(self) -> Kubeconfig:
        """What the kubeconfig files say."""
        from ..kubectl.cli.commands import flags_of
        from ..kubectl.kubeconfig import load

        flags = flags_of("")
        flags.parse([f"--context={self._context}"] if self._context else [])
        return load(self.environ, flags)

    def write_kubeconfig(self) -> None:
        """Make sure that kubesim's own kubeconfig is there, for programs beside kubectl."""
        from ..kubectl.config.access import write_own

        write_own(self.environ)

    @property
    def folder(self) -> str:
        """The folder of the cluster's store."""
        return self.kubeconfig.store_path()

    def cluster(self) -> Cluster:
        """Open the cluster as it is, without letting it catch up with the time or making the default objects."""
        import time

        from ..kubectl.commandline import in_container
        from ..kubectl.context import wanted_bare, wanted_kubelet, wanted_release, wanted_seed

        sys.stderr.write(self.kubeconfig.note)
        cluster = Cluster(self.folder, wanted_release(self.environ), time.time, time.sleep,
                          bare=wanted_bare(self.environ), kubelet=wanted_kubelet(self.environ),
                          seed=wanted_seed(self.environ))
        cluster.stderr, cluster.command, cluster.server.kubectl = sys.stderr, self.words, in_container
        self._clusters.append(cluster)
        return cluster

    @contextmanager
    def opened(self, *refusals: type[Exception]) -> Iterator[Cluster]:
        """Open the cluster at its present time, and commit what is done, unless an exception ends it.

        `refusals`: exceptions whose text is told to the user.
        """
        import click

        cluster = self.cluster()
        try:
            cluster.catch_up()
            yield cluster
            cluster.commit()
        except refusals as why:
            raise click.ClickException(str(why)) from None
        finally:
            cluster.close()

    def forget_discovery(self) -> None:
        """Forget what kubectl has found out about the cluster's resources: it may be another cluster now."""
        import os
        from contextlib import suppress

        from ..kubectl.resource.discoverycache import path

        with suppress(OSError):
            os.remove(path(self.environ, self.folder))
