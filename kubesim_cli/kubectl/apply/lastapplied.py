"""kubectl apply view-last-applied, set-last-applied and edit-last-applied (pkg/cmd/apply)."""

from __future__ import annotations

from ...go.fmt import quote
from ...machinery.errors import StatusError
from ...machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION
from ..failures import Failure, Usage, add_source
from ..resource import builder
from ..util import cmdutil
from ..util.cmdutil import encode
from ..util.editor import Editor, infos_of
from .patcher import last_applied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context
    from ..resource.info import Info

_MANAGER = "kubectl-client-side-apply"


def view_last_applied(ctx: Context) -> None:
    """kubectl apply view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)"""
    flags = ctx.flags
    found = []

    def view(info: Info) -> None:
        text = last_applied(info.obj)
        if text is not None:
            found.append(text)
        elif info.source:  # without one, AddSourceToErr makes no error of none
            raise Failure("error when no last-applied-configuration annotation found on resource: "
                          f"{info.name}\n {quote(info.source)}: <nil>")

    builder.from_flags(ctx, ctx.args, latest=True, continue_on_error=False).visit(view)
    from ...go.json import JsonError, loads

    for text in found:
        if flags["output"] not in ("json", "yaml"):
            raise Usage(f"Unexpected -o output mode: {flags['output']}, the flag 'output' must be one of yaml|json")
        try:
            value = loads(text)
        except JsonError as wrong:
            raise Failure(str(wrong)) from None
        if flags["output"] == "json":
            from ..printers.json import dump as dump_json

            ctx.out(dump_json(value, 2) + ("\n" if text.endswith("\n") else ""))
        else:
            from ..printers.yaml import dump as dump_yaml

            ctx.out(dump_yaml(value))


def set_last_applied(ctx: Context) -> None:
    """kubectl apply set-last-applied -f FILENAME"""
    strategy = cmdutil.dry_run(ctx)
    print_obj = cmdutil.printer(ctx, "configured", strategy)
    changes = []

    def compare(info: Info) -> None:
        body = info.obj
        try:
            info.get(ctx.client)
        except (StatusError, Failure) as error:
            if isinstance(error, StatusError) and error.reason == "NotFound":
                raise
            raise add_source(error, f"retrieving current configuration of:\n{info.describe()}\nfrom server for:",
                             info.source) from None
        before = last_applied(info.obj)
        if before is None and not ctx.flags["create-annotation"]:
            raise Failure(f"no last-applied-configuration annotation found on resource: {info.name}, to create the "
                          "annotation, run the command with --create-annotation")
        if before == encode(body):
            ctx.out(f"set-last-applied {info.name}: no changes required.\n")
        else:
            changes.append((info, annotation_patch(body)))

    builder.from_flags(ctx, continue_on_error=False).visit(compare)
    for info, patch in changes:
        obj = info.obj
        if strategy != "client":
            obj = ctx.client.patch(info.resource, info.name, patch, "merge", info.namespace,
                                   dry_run=strategy == "server")
        print_obj(obj)


def annotation_patch(obj: Object) -> Object:
    """Return the merge patch that makes an object the last one applied (editor.GetApplyPatch)."""
    return {"metadata": {"annotations": {LAST_APPLIED_CONFIG_ANNOTATION: encode(obj)}}}


def edit_last_applied(ctx: Context) -> None:
    """kubectl apply edit-last-applied (RESOURCE/NAME | -f FILENAME)"""
    edited = []
    for info in builder.from_flags(ctx, ctx.args, latest=True).infos():
        text = last_applied(info.obj)
        if text is not None:
            edited.append(infos_of(ctx, text)[0])
    if not edited:
        raise Failure("no last-applied-configuration annotation found on resources, to create the annotation, use "
                      "command `kubectl apply set-last-applied --create-annotation`")
    LastAppliedEditor(ctx).edit(edited)


class LastAppliedEditor(Editor):
    """Edits what the annotation says; what is saved is the annotation, not the object."""

    header = ("# Please edit the 'last-applied-configuration' annotations below.\n"
              "# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.\n#\n")

    def save(self, before: Info, after: Info) -> None:
        self.ctx.client.patch(after.resource, after.name, annotation_patch(after.obj), "merge", self.ctx.namespace,
                              field_manager=self.flags["field-manager"] or _MANAGER, field_validation=self.validation)
        cmdutil.printer(self.ctx, "edited")(after.obj)
