"""kubectl edit."""

from __future__ import annotations

from ..machinery.errors import StatusError
from .failures import Failure
from .resource import builder
from .util import cmdutil
from .util.editor import Editor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.discovery import Resource
    from ..machinery.schema import Schema
    from .context import Context
    from .resource.info import Info


def run(ctx: Context) -> None:
    """kubectl edit (RESOURCE/NAME | -f FILENAME)"""
    cmdutil.check_subresource(ctx, ctx.flags["subresource"], ("status",))
    infos = builder.from_flags(ctx, ctx.args, allow_empty_selector=True, latest=True).infos()
    if not infos:
        raise Failure("edit cancelled, no objects found")
    LiveEditor(ctx).edit(infos)


class LiveEditor(Editor):
    """Edits objects as they are on the server, and patches them with what changed."""

    def save(self, before: Info, after: Info) -> None:
        schema = self._schema(after.mapping)
        if schema is None:
            patch_type, patch = "merge", cmdutil.difference(self.ctx, before.obj, after.obj, "merge")
        else:
            patch_type, patch = "strategic", cmdutil.difference(self.ctx, before.obj, after.obj, "strategic")
        if "apiVersion" in patch or "kind" in patch or "name" in (patch.get("metadata") or {}):
            raise Failure("At least one of apiVersion, kind and name was changed")
        if self.flags["output-patch"]:
            self.ctx.out(f"Patch: {cmdutil.encode(patch)}")
        try:
            obj = self.ctx.client.patch(
                after.resource, after.name, patch, patch_type, after.namespace, subresource=self.flags["subresource"],
                field_manager=self.flags["field-manager"], field_validation=self.validation)
        except StatusError as error:
            self.note(error, after)
            return
        after.refresh(obj)
        cmdutil.printer(self.ctx, "edited")(obj)

    def _schema(self, mapping: Resource) -> Schema | None:
        from ..machinery.schema import schema_of

        return schema_of(mapping.api_version, mapping.kind, self.ctx.release)
