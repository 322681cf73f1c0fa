"""`kubesim sim reset`: start over with an empty cluster."""

from __future__ import annotations

import sys
from functools import partial

import click

from .. import releases
from ..cluster.cluster import StoreError
from ..cluster.damage import move_aside
from ..kubectl.context import wanted_bare, wanted_kubelet, wanted_release
from ..machinery.files import told
from ..releases import gates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from .settings import Settings


# How opening a cluster fails that is not as it was written: a log that is damaged or newer, a state of other fields, a
# file in the place of a folder. A disk or a folder that refuses is another matter.
_UNUSABLE = (StoreError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, NotADirectoryError,
             IsADirectoryError, FileExistsError)


@click.command("reset")
@click.option("--nodes", type=click.IntRange(0, 5000), default=1, show_default=True,
              help="How many nodes the cluster has: minikube, minikube-m02, minikube-m03 ... Without any "
                   "kube-system is empty.")
@click.option("--seed", default=None, help="Where UIDs and name suffixes come from: the same seed gives the same ones.")
@click.option("--kubernetes-version", default=None, metavar="VERSION",
              help=f"The release to emulate, {releases.RANGE}; otherwise KUBESIM_KUBERNETES_VERSION, or "
                   f"{releases.release_text(releases.OLDEST)}.")
@click.option("--bare/--no-bare", default=None,
              help="Without what kubeadm and minikube put into a cluster: kube-system is empty. Otherwise KUBESIM_BARE "
                   "decides, or it is a whole minikube.")
@click.option("--kubelet", type=click.Choice(("full", "stub")), default=None,
              help="stub: nodes that run no processes, whose pods are ready at once and end as their commands say. "
                   "Otherwise KUBESIM_KUBELET, or full.")
@click.option("--feature-gates", default="", metavar="NAME=BOOL,...",
              help="Feature gates to set otherwise than the release does, as in MaxUnavailableStatefulSet=true.")
@click.option("--controllers", default=None, metavar="LIST",
              help="Which controllers run, as in '*,-deployment': * is all, -NAME leaves one out, as well as the "
                   "scheduler and the kubelet.")
@click.option("--disable-admission-plugins", default=None, metavar="LIST", help="Admission plugins that do not run.")
@click.option("--enable-admission-plugins", default=None, metavar="LIST",
              help="Admission plugins that run besides the default ones.")
@click.option("--admission-control-config-file", default=None, type=click.File(encoding="utf-8"), metavar="FILE",
              help="Configuration of admission plugins: PodSecurity's defaults, what ResourceQuota limits.")
@click.option("--authorization-mode", default=None, metavar="LIST",
              help="Who may do what: RBAC (the default), Node, AlwaysAllow, AlwaysDeny.")
@click.option("--runtime-config", default=None, metavar="KEY=BOOL,...",
              help="Versions of APIs that are served, as in networking.k8s.io/v1beta1=true, api/alpha=true.")
@click.option("--service-cluster-ip-range", default=None, metavar="CIDR[,CIDR]",
              help="Where services' addresses come from; otherwise 10.96.0.0/12. One of each family: dual-stack.")
@click.option("--cluster-cidr", default=None, metavar="CIDR[,CIDR]",
              help="Where pods' addresses come from; otherwise 10.244.0.0/16.")
@click.option("--service-node-port-range", default=None, metavar="LOW-HIGH",
              help="Where node ports come from; otherwise 30000-32767.")
@click.option("--token-auth-file", default=None, type=click.File(encoding="utf-8"), metavar="FILE",
              help='Users with tokens of their own, one a line: TOKEN,NAME,UID,"GROUP,GROUP".')
@click.pass_obj
def reset(settings: Settings, nodes: int, seed: str | None, kubernetes_version: str | None, bare: bool | None,
          kubelet: str | None, feature_gates: str, **flags: Any) -> None:
    """Throw the cluster away and start over. The clock goes on as it is, and snapshots stay.

    Settings of the control plane are named as kube-apiserver and kube-controller-manager name them.
    """
    chosen = _settings(flags, nodes)
    try:
        release = releases.parse_release(kubernetes_version) if kubernetes_version else wanted_release(settings.environ)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if feature_gates and release is None:
        release = releases.OLDEST  # which gates there are depends on it
    try:
        set_gates = gates.parse(feature_gates, release) if release else {}
    except ValueError as error:
        raise click.ClickException(f'invalid argument "{feature_gates}" for "--feature-gates" flag: {error}') from None
    if not nodes:
        bare = True
    if bare is None:
        bare = wanted_bare(settings.environ)
    if kubelet is None:
        kubelet = wanted_kubelet(settings.environ)

    def start_over() -> None:
        cluster = settings.cluster()
        try:
            cluster.reset(seed=seed or "", nodes=nodes, release=release, bare=bare, kubelet=kubelet,
                          feature_gates=set_gates, settings=chosen)
        finally:
            cluster.close()

    try:
        start_over()
    except _UNUSABLE as problem:
        aside = move_aside(settings.folder, sys.stderr.write)
        click.echo(f"the old cluster is kept in {aside}, as it cannot be read: {problem}", err=True)
        start_over()
    settings.forget_discovery()


def _read(opened: TextIO, path: str) -> str:
    """Return what is in the file that was given, or in one beside it."""
    try:
        if path == opened.name:
            return opened.read()
        with open(path, encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8") from None


def _settings(flags: dict[str, Any], nodes: int) -> dict[str, str]:
    """Return the flags that were given, by their names; of files what is in them. Raises ClickException."""
    given = {name.replace("_", "-"): value for name, value in flags.items() if value is not None}
    if not given:
        return {}
    from ..apiserver import settings
    from ..cluster import enabled

    try:
        for name in settings.FILES:
            if name in given:
                given[name] = settings.kept(name, given[name].name, partial(_read, given[name]))
        settings.check(given)
        settings.check_nodes(given, nodes)
        enabled.check(given.get("controllers", ""))
    except (ValueError, OSError) as error:
        raise click.ClickException(told(error)) from None
    return given


COMMANDS = [reset]
