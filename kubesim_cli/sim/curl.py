"""`kubesim sim curl`: the cluster's servers from outside of it."""

from __future__ import annotations

import re
import sys

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..cluster.cluster import Cluster
    from .settings import Settings

PATIENCE = 3600.0  # simulated seconds that an answer may take


@click.command("curl", short_help="Run curl as on the host of the simulated nodes.",
               context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def curl(ctx: click.Context, args: tuple[str, ...]) -> None:
    """Run curl on the machine that the simulated nodes run on.

    It reaches node ports, the addresses of load balancers and Ingresses, those of pods and Services, and the API server
    where the kubeconfig has it, by curl's own options and with its exit code. Nothing leaves this process: what is not
    in the cluster is not there, and files are neither read nor written.

    \b
    kubesim sim curl http://192.168.49.2:30080/
    kubesim sim curl --resolve hello.example:80:192.168.49.2 http://hello.example/
    """
    from ..cluster import outside
    from ..machinery.streaming import StartError

    settings: Settings = ctx.obj
    with settings.opened(StartError) as cluster:
        session = outside.curl(cluster, _aimed(settings, cluster, args))
        limit = cluster.now + PATIENCE
        while session.code is None and session.proceed(limit):
            pass
        said, code = session.read(), session.code
        session.close()
    for stream, data in said:
        out = sys.stderr if stream == "stderr" else sys.stdout
        raw = getattr(out, "buffer", None)
        click.echo(data if raw is not None else data.decode("utf-8", "replace"), nl=False, err=stream == "stderr")
    ctx.exit(28 if code is None else code)


def _aimed(settings: Settings, cluster: Cluster, args: tuple[str, ...]) -> list[str]:
    """Return curl's arguments with the Service of the API server for the address that the kubeconfig has of it."""
    from ..kubectl.cli.commands import flags_of
    from ..kubectl.kubeconfig import load

    server = load(settings.environ, flags_of("")).named_server
    if not server or not any(word.startswith(server) for word in args):
        return list(args)
    inside = "https://" + cluster.client.get("services", "kubernetes", "default")["spec"]["clusterIP"]
    return [inside + word[len(server):] if re.match(rf"{re.escape(server)}(?:/|$)", word) else word for word in args]


COMMANDS = [curl]
