"""What every `create KIND` does: one name, the shared flags, the request and the printing."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ..failures import Failure, Usage
from ..util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context


def name_from(flags: Flags, args: list[str]) -> str:
    """Return the one name among the arguments before `--` (NameFromCommandArgs)."""
    count = flags.dash if flags.dash >= 0 else len(args)
    if count != 1:
        raise Usage(f"exactly one NAME is required, got {count}")
    return args[0]


class Creation:
    """One call of a `create KIND`: its name, and `submit`. Checks the shared flags as it is made."""

    def __init__(self, ctx: Context):
        flags, args = ctx.flags, ctx.args
        self.ctx, self.flags = ctx, flags
        self.name = name_from(flags, args)
        self.command = args[1:]  # what follows the name, as in `create job NAME --image=I -- COMMAND`
        self.strategy = cmdutil.dry_run(ctx)
        self._print = cmdutil.printer(ctx, "created", self.strategy, typed=True)
        self._validation = cmdutil.validation(flags)

    def object(self, api_version: str, kind: str, namespaced: bool = True, **fields: Any) -> Object:
        """Return a new object of that name; its namespace is written only where -n was given."""
        metadata = {"name": self.name}
        if namespaced and self.ctx.namespace_given:
            metadata["namespace"] = self.ctx.namespace
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}

    def need_name(self) -> None:
        """Refuse the empty name."""
        if not self.name:
            raise Failure("name must be specified")

    def submit(self, resource: str, obj: Object, failed: str = "", namespaced: bool = True) -> None:
        """Create the object and print it. `failed` stands before what the server complains about, as in
        `failed to create job: `; without it the complaint is told as the server's."""
        if "save-config" in self.flags and resource != "services":  # create_service.go never looks at the flag
            cmdutil.save_typed_config(obj, self.flags["save-config"], self.ctx.release)
        if self.strategy != "client":
            try:
                obj = self.ctx.client.create(
                    resource, obj, self.ctx.namespace if namespaced else "", dry_run=self.strategy == "server",
                    field_manager=self.flags["field-manager"], field_validation=self._validation)
            except (StatusError, Failure) as error:
                if not failed:
                    raise
                raise Failure(f"{failed}{error.message if isinstance(error, StatusError) else error}") from None
        self._print(obj)
