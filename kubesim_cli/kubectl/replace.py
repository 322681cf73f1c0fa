"""kubectl replace."""

from __future__ import annotations

from ..machinery.errors import StatusError
from .delete import Deletion, cascade
from .failures import Failure, add_source
from .resource import builder
from .util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Object
    from .cli.flags import Flags
    from .context import Context
    from .resource.info import Info

_TIMEOUT = 300.0  # seconds for --force to see the old objects gone


def run(ctx: Context) -> None:
    """kubectl replace -f FILENAME"""
    flags = ctx.flags
    validation = cmdutil.validation(flags)
    strategy = cmdutil.dry_run(ctx)
    print_obj = cmdutil.printer(ctx, "replaced", strategy)
    propagation = cascade(ctx, flags["cascade"])
    cmdutil.require_files(flags)
    _check(ctx, strategy)
    if flags["raw"]:
        from .util import rawhttp

        ctx.out(rawhttp.request(ctx, "PUT", flags["raw"], flags["filename"][0]))
        return
    if flags["force"]:
        _replace_by_force(ctx, validation, propagation, print_obj)
        return

    def replace(info: Info) -> None:
        cmdutil.save_config(info.obj, create=flags["save-config"])
        if strategy != "client":
            try:
                info.refresh(_update(ctx, info, validation, strategy))
            except (StatusError, Failure) as error:
                raise add_source(error, "replacing", info.source) from None
        print_obj(info.obj)

    builder.from_flags(ctx, validate=validation != "Ignore").visit(replace)


def _check(ctx: Context, strategy: str) -> None:
    """Refuse flags that do not go together."""
    flags = ctx.flags
    if _grace_period(flags) >= 0 and not flags["force"]:
        raise Failure("--grace-period must have --force specified")
    if flags["timeout"] and not flags["force"]:
        raise Failure("--timeout must have --force specified")
    if flags["force"] and strategy != "none":
        raise Failure("--dry-run can not be used when --force is set")
    if flags["raw"]:
        files = flags["filename"]
        if len(files) != 1:
            raise Failure("--raw can only use a single local file or stdin")
        if files[0].startswith(("http://", "https://")):
            raise Failure("--raw cannot read from a url")
        for name in ("recursive", "output"):
            if flags[name]:
                raise Failure(f"--raw and --{name} are mutually exclusive")
    cmdutil.check_subresource(ctx, flags["subresource"])


def _grace_period(flags: Flags) -> int:
    return 1 if flags["grace-period"] == 0 else flags["grace-period"]


def _update(ctx: Context, info: Info, validation: str, strategy: str) -> Object:
    """Send an object; without a resourceVersion in it, it overwrites what is there (Helper.Replace)."""
    flags = ctx.flags
    if not info.name:
        raise Failure("resource name may not be empty")
    if not info.obj["metadata"].get("resourceVersion"):
        try:
            live = ctx.client.get(info.resource, info.name, info.namespace, subresource=flags["subresource"])
            info.obj["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
        except StatusError:
            pass  # some kinds are created by what follows
    return ctx.client.update(info.resource, info.obj, info.namespace, subresource=flags["subresource"],
                             dry_run=strategy == "server", field_manager=flags["field-manager"],
                             field_validation=validation)


def _replace_by_force(ctx: Context, validation: str, propagation: str,
                      print_obj: Callable[[Object], None]) -> None:
    """Delete the objects, wait until they are gone, and create them anew."""
    flags = ctx.flags
    infos, unread = builder.from_flags(ctx, ctx.args, require_object=False).collect()
    deletion = Deletion(ctx, "none", propagation, _grace_period(flags), flags["output"] == "name")
    for info in infos:
        try:
            deletion.delete(info)
        except StatusError as error:
            if error.reason != "NotFound":
                raise
    if unread:
        raise unread
    deletion.wait(flags["timeout"] or _TIMEOUT)
    for info in infos:
        obj = info.obj or {}
        cmdutil.save_config(obj, create=flags["save-config"])
        obj["metadata"].pop("resourceVersion", None)
        print_obj(ctx.client.create(info.resource, obj, info.namespace, field_manager=flags["field-manager"],
                                    field_validation=validation))
    if not infos:
        raise Failure("no objects passed to replace")
