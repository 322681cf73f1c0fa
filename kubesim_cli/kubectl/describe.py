"""kubectl describe: objects and what belongs to them, in prose."""

from __future__ import annotations

from ..machinery.errors import StatusError
from ..releases.kubectl import does
from .failures import Failure
from .resource import builder
from .util.cmdutil import tell_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .resource.info import Info


def run(ctx: Context) -> None:
    """kubectl describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) (pkg/cmd/describe)."""
    flags, args = ctx.flags, ctx.args
    if not args and not flags["filename"] and not flags["kustomize"]:
        raise Failure('You must specify the type of resource to describe. Use "kubectl api-resources" for a complete '
                      "list of supported resources.\n")
    infos, error = builder.from_flags(ctx, args, allow_empty_selector=True,
                                      chunk_size=flags["chunk-size"]).collect()
    show_events = flags["show-events"]
    if (error or len(infos) > 1) and does("DescribeSeveralShort", ctx.release) and not flags.changed("show-events"):
        show_events = False
    if isinstance(error, StatusError) and error.reason == "NotFound" and len(args) == 2:
        _describe_matching(ctx, args[0], args[1], error, show_events)
        return
    errors = [error] if error else []
    told: set[str] = set()
    written = False
    for info in infos:
        try:
            text = _description(ctx, info, show_events)
        except (StatusError, Failure) as failure:
            if str(failure) not in told:
                told.add(str(failure))
                errors.append(failure)
            continue
        ctx.out(f"\n\n{text}" if written else text)
        written = True
    if not infos and not errors:
        tell_none(ctx, flags["all-namespaces"])
    failures = [each for error in errors for each in builder.flatten(error)]
    if len(failures) == 1 and type(failures[0]) is Failure:  # an aggregate to kubectl, told without `error: `
        raise Failure(str(failures[0]), prefix="")
    builder.raise_all(errors)


def _describe_matching(ctx: Context, resource: str, prefix: str, not_found: StatusError, show_events: bool) -> None:
    """Describe the objects whose names begin with what is no whole name."""
    infos = builder.build(ctx, [resource], allow_empty_selector=True, single_resource_type=True,
                          chunk_size=ctx.flags["chunk-size"], continue_on_error=False).infos()
    matching = [info for info in infos if info.name.startswith(prefix)]
    if not matching:
        raise not_found
    for info in matching:
        ctx.out(_description(ctx, info, show_events) + "\n")


def _description(ctx: Context, info: Info, show_events: bool) -> str:
    from .printers import PrinterError
    from .printers.describe import describe

    obj = ctx.client.get(info.resource, info.name, info.namespace)
    try:
        return describe(obj, ctx.client, now=ctx.now, release=ctx.release, show_events=show_events,
                        chunk_size=ctx.flags["chunk-size"])
    except PrinterError as error:
        raise Failure(str(error)) from None
