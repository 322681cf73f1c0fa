"""`kubesim sim answer` and `kubesim sim fail request`: what does not happen as it would."""

from __future__ import annotations

import click

from ..cluster import stubs
from ..machinery.files import bounded
from .clock import Duration, Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from .settings import Settings

_TIMES = click.option("--times", type=click.IntRange(1), default=None, help="How often; always, without it.")


@click.command("answer", short_help="Answer command lines of kubectl instead of running them.")
@click.argument("pattern", required=False)
@click.option("--stdout", default="", help="What is printed; a line end is added where there is none.")
@click.option("--stdout-file", type=click.File("rb"), default=None, help="A file that is printed as it is.")
@click.option("--stderr", default="", help="What is printed to stderr, likewise.")
@click.option("--exit", "code", type=click.IntRange(0, 255), default=0, help="The exit code.")
@_TIMES
@click.option("--list", "listing", is_flag=True, help="Tell which answers there are.")
@click.option("--forget", is_flag=True, help="Forget the answers of this PATTERN, or all.")
@click.pass_obj
def answer(settings: Settings, pattern: str | None, stdout: str, stdout_file: BinaryIO | None, stderr: str, code: int,
           times: int | None, listing: bool, forget: bool) -> None:
    """Have command lines of kubectl answered instead of run: a database's client, say, that no container here plays.

    \b
    kubesim sim answer 'exec mongodb-* -- mongo*' --stdout '{ "ok": 1 }' --times 2
    kubesim sim answer 'exec deploy/api -- ./migrate' --stderr 'locked' --exit 3
    kubesim sim answer 'top nodes' --stdout-file nodes.txt

    PATTERN is what stands behind `kubectl`, with *, ? and [...] as in file names, with the flags or without those
    before `--`. The first answer that fits counts. It takes the place of every command that asks the cluster for
    something: config, kustomize and help do not. `sim reset` forgets all answers.
    """
    cluster = settings.cluster()
    if listing:
        for each in cluster.state.answers:
            click.echo(f"{each['pattern']}  exit {each['exit']}"
                       + (f"  times {each['times']}" if each["times"] is not None else ""))
        return
    if not forget and pattern is None:
        raise click.UsageError("a PATTERN has to be given")
    stdout = _line(stdout) if stdout_file is None else bounded(stdout_file).decode("utf-8", "surrogateescape")
    cluster.hold()
    try:
        if forget:
            cluster.state.answers = [each for each in cluster.state.answers if pattern not in (None, each["pattern"])]
        else:
            stubs.answer(cluster, pattern or "", stdout=stdout, stderr=_line(stderr), code=code, times=times)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    cluster.commit()
    cluster.close()


def _line(text: str) -> str:
    return text + "\n" if text and not text.endswith("\n") else text


@click.command("request")
@click.argument("pattern", required=False, metavar="'VERB RESOURCE[/NAME[/SUBRESOURCE]]'")
@click.option("--with", "error", type=click.Choice(stubs.ERRORS), default=None, help="What is answered.")
@click.option("--slow", type=Duration(), default=0.0, help="How long an answer takes: a frozen clock goes on by that.")
@_TIMES
@click.option("--rate", type=Number(0, 1, min_open=True), default=1.0, help="Which share of them, 0 to 1.")
@click.option("-n", "--namespace", default="*", help="Only in these namespaces.")
@click.option("--list", "listing", is_flag=True, help="Tell which faults there are.")
@click.option("--mend", is_flag=True, help="Let all requests be served again.")
@click.pass_obj
def request(settings: Settings, pattern: str | None, error: str | None, slow: float, times: int | None, rate: float,
            namespace: str, listing: bool, mend: bool) -> None:
    """Have requests of kubectl fail, or take long.

    \b
    kubesim sim fail request 'patch statefulsets/*' --with conflict --times 1
    kubesim sim fail request 'create pods/web/eviction' --with 500
    kubesim sim fail request '* *' --with refused
    kubesim sim fail request 'get deploy/web' --slow 2s --rate 0.1

    The verbs are get, list, create, update, patch, delete and deletecollection; exec, attach and port-forward create
    a subresource. *, ? and [...] mean what they do in file names. The first fault that fits counts; what controllers
    and kubelets ask is never held up. `sim reset` forgets all faults.
    """
    cluster = settings.cluster()
    if listing:
        for each in cluster.state.request_faults:
            click.echo(stubs.told(each))
        return
    if not mend and pattern is None:
        raise click.UsageError("what is to fail has to be given")
    cluster.hold()
    try:
        if mend:
            cluster.state.request_faults = []
        else:
            stubs.fault(cluster, pattern or "", error=error or "", slow=slow, times=times, rate=rate,
                        namespace=namespace)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None
    cluster.commit()
    cluster.close()


COMMANDS = [answer]
