"""kubectl create: objects from files, and (in the modules beside) single objects from flags."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...releases.kubectl import does
from ..failures import Failure, Usage, add_source
from ..resource import builder
from ..util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..context import Context
    from ..resource.info import Info


def run(ctx: Context) -> int | None:
    """kubectl create -f FILENAME"""

    flags, args = ctx.flags, ctx.args
    without_file = not flags["filename"] and not flags["kustomize"]
    if without_file and not does("CreateNeedsFile", ctx.release):
        return _help(ctx, args)
    if args:
        raise Usage(f"Unexpected args: [{' '.join(args)}]")
    strategy = cmdutil.dry_run(ctx)
    validation = cmdutil.validation(flags)
    print_obj = cmdutil.printer(ctx, "created", strategy)
    cmdutil.require_files(flags)
    if flags["raw"]:
        _raw(ctx)
        return None
    if flags["edit"]:
        _edit(ctx)
        return None
    result = builder.from_flags(ctx, validate=validation != "Ignore")
    count = 0

    def create(info: Info) -> None:
        nonlocal count
        cmdutil.save_config(info.obj, flags["save-config"])
        cmdutil.record(ctx, info.obj)
        if strategy != "client":
            info.obj.get("metadata", {}).pop("resourceVersion", None)
            try:
                info.refresh(ctx.client.create(
                    info.resource, info.obj, info.namespace, dry_run=strategy == "server",
                    field_manager=flags["field-manager"], field_validation=validation))
            except (StatusError, Failure) as error:
                raise add_source(error, "creating", info.source) from None
        count += 1
        print_obj(info.obj)

    result.visit(create)
    if not count:
        raise Failure("no objects passed to create")
    return None


def _help(ctx: Context, args: list[str]) -> int:
    from ..cli.help import text_of

    ctx.err(f"Error: {cmdutil.NO_FILES}\n\n")
    if args:
        raise Usage(f'unknown command "{" ".join(args)}"')
    ctx.err(text_of("create", ctx.release))
    return 1


def _edit(ctx: Context) -> None:
    """Let the user edit each object before it is created."""
    from ..util.editor import Editor

    class CreateEditor(Editor):
        def save_edited(self, infos: list[Info], after: Info) -> None:
            after.refresh(ctx.client.create(after.resource, after.obj, after.namespace, field_manager="kubectl-create",
                                            field_validation=self.validation))
            cmdutil.printer(ctx, "created")(after.obj)

    builder.from_flags(ctx, validate=True).visit(lambda info: CreateEditor(ctx).edit([info]))


def _raw(ctx: Context) -> None:
    from ..util import rawhttp

    flags = ctx.flags
    if flags["edit"]:
        raise Failure("--raw and --edit are mutually exclusive")
    if len(flags["filename"]) != 1:
        raise Failure("--raw can only use a single local file or stdin")
    if flags["filename"][0].startswith(("http://", "https://")):
        raise Failure("--raw cannot read from a url")
    for given, name in ((flags["recursive"], "--recursive"), (flags["selector"], "--selector (-l)"),
                        (flags["output"], "--output")):
        if given:
            raise Failure(f"--raw and {name} are mutually exclusive")
    ctx.out(rawhttp.request(ctx, "POST", flags["raw"], flags["filename"][0]))
