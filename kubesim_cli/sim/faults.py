"""`kubesim sim fail`: what does not go well, because it is to be tried out what happens then."""

from __future__ import annotations

import click

from ..cluster import faults
from . import stubs
from .clock import Duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .settings import Settings

_KINDS = ("pod", "pods", "po")


class _Group(click.Group):
    """A group that takes pod/NAME for `pod NAME`."""

    def resolve_command(self, ctx: click.Context,
                        args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        kind, slash, name = args[0].partition("/")
        if slash and kind not in _KINDS:
            raise click.UsageError(f"{args[0]}: of objects only pods fail, as in pod/{name}-0 or 'pod/{name}-*'", ctx)
        return super().resolve_command(ctx, ["pod", name, *args[1:]] if slash else args)


@click.group("fail", short_help="Let pods, storage and requests fail.", cls=_Group)
def fail() -> None:
    """Have something fail that would go well: pods, storage, requests. (Images: `sim image fail`; nodes: `sim node`.)

    \b
    kubesim sim fail pod/web-0 --crash                # its containers end now, and are restarted
    kubesim sim fail 'pod/web-*' --probe readiness    # until --mend
    kubesim sim fail storage standard                 # claims stay Pending
    kubesim sim fail list
    """


@fail.command("pod")
@click.argument("name")
@click.option("--crash", is_flag=True, help="Its containers end, with --exit.")
@click.option("--oom", is_flag=True, help="Its containers are killed for want of memory.")
@click.option("--probe", type=click.Choice(("all", *faults.PROBES)), is_flag=False, flag_value="all", default=None,
              help="Its probes fail, all or those of a kind.")
@click.option("--slow", type=Duration(), default=None, metavar="DURATION",
              help="It starts so much later, the next time that it is made.")
@click.option("--again", type=Duration(), is_flag=False, flag_value=5.0, default=None, metavar="[DURATION]",
              help="With --crash and --oom: so long (5s) after each start to come, too.")
@click.option("--exit", "code", type=click.IntRange(0, 255), default=1, show_default=True, help="The exit code.")
@click.option("-c", "--container", default="", help="Only this container.")
@click.option("-n", "--namespace", default="default", show_default=True, help="The pod's namespace.")
@click.option("--mend", is_flag=True, help="Let the pod live as others do.")
@click.pass_obj
def pod(settings: Settings, name: str, crash: bool, oom: bool, probe: str | None, slow: float | None,
        again: float | None, code: int, container: str, namespace: str, mend: bool) -> None:
    """Have a pod crash, run out of memory, fail its probes or start slowly; NAME may have *, ? and [...].

    A crash happens once, now; with --again the pod ends in CrashLoopBackOff. What lasts is there until --mend of the
    same NAME, and is true of pods to come whose names fit.

    \b
    kubesim sim fail pod/web-0 --crash --exit 139
    kubesim sim fail 'pod/web-*' --oom --again 30s
    kubesim sim fail pod/db-0 --probe
    kubesim sim fail 'pod/web-*' --slow 30s
    kubesim sim fail 'pod/web-*' --mend
    """
    if sum((crash, oom, probe is not None, slow is not None, mend)) != 1:
        raise click.UsageError("one of --crash, --oom, --probe, --slow and --mend has to be given")
    with settings.opened(faults.Invalid) as cluster:
        if crash or oom:
            for each in faults.crash(cluster, namespace, name, container=container, code=code, again=again, memory=oom):
                click.echo(f"pod/{each} {'is out of memory' if oom else 'has crashed'}")
        elif probe is not None:
            faults.fail_probes(cluster, namespace, name, faults.PROBES if probe == "all" else (probe,), container)
            click.echo(f"pod/{name}: probes fail")
        elif slow is not None:
            faults.slow_down(cluster, namespace, name, slow)
            click.echo(f"pod/{name} will start slowly")
        elif faults.mend(cluster, namespace, name):
            click.echo(f"pod/{name} mended")
        else:
            raise click.ClickException(f'nothing was said of "{name}" in namespace "{namespace}"')


@fail.command("storage")
@click.argument("name", metavar="[CLASS]", default=faults.ALL)
@click.option("--mend", is_flag=True, help="Let it provision again; claims that wait get their volumes at once.")
@click.pass_obj
def storage(settings: Settings, name: str, mend: bool) -> None:
    """Let a storage class provision nothing, or all of them: claims stay Pending, and events tell why."""
    with settings.opened(faults.Invalid) as cluster:
        if not mend:
            faults.fail_storage(cluster, name)
        elif not faults.mend_storage(cluster, name):
            raise click.ClickException("no storage class fails" if name == faults.ALL else
                                       f'storage class "{name}" does not fail')
    what = "storage" if name == faults.ALL else f"storage class {name}"
    click.echo(f"{what} {'mended' if mend else 'fails'}")


@fail.command("list")
@click.pass_obj
def list_(settings: Settings) -> None:
    """Tell what fails."""
    from ..cluster import stubs as requests

    cluster = settings.cluster()
    for fault in cluster.state.pod_faults:
        click.echo(faults.told(fault))
    for name in cluster.state.failing_classes:
        click.echo(f"storage {name}")
    for fault in cluster.state.request_faults:
        click.echo(f"request {requests.told(fault)}")
    for name in cluster.state.failing_images:
        click.echo(f"image {name}")


fail.add_command(stubs.request)

COMMANDS = [fail]
