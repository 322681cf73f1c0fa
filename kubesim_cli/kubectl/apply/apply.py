"""kubectl apply: client-side with the last-applied annotation, or server-side (pkg/cmd/apply)."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.objects import clone
from ...machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION
from ...releases.kubectl import does
from ..failures import Failure, Usage, add_source
from ..resource import builder
from ..util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.discovery import Resource
    from ...machinery.types import Json, Object
    from ..context import Context
    from ..resource.info import Info
    from .applyset import ApplySet

_MANAGER = "kubectl-client-side-apply"
_CONFLICT_HELP = """
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts"""
_MISSING_ANNOTATION = (
    "Warning: resource {object} is missing the {annotation} annotation which is required by {name} apply. {name} apply "
    "should only be used on resources created declaratively by either {name} create --save-config or {name} apply. The "
    "missing annotation will be patched automatically.\n")


def run(ctx: Context) -> None:
    """kubectl apply (-f FILENAME | -k DIRECTORY)"""
    args = ctx.args
    if args:
        raise Usage(f"Unexpected args: [{' '.join(args)}]")
    Applier(ctx).run()


class Applier:
    """One `kubectl apply`. `seen_uids` and `namespaces` are what pruning has to spare and to look through."""

    def __init__(self, ctx: Context):
        flags = ctx.flags
        self.ctx, self.flags = ctx, flags
        self.strategy = cmdutil.dry_run(ctx)
        self.cascade = self._cascade()
        cmdutil.require_files(flags)
        self.validation = cmdutil.validation(flags)
        self.server_side = flags["server-side"]
        self.manager = self._manager()
        self.set = self._set()
        self.allowlist = self._allowlist()
        self._check()
        self.prints_objects = flags["output"] not in ("", "name") or bool(flags["template"])
        self.seen_uids: set[str] = set()
        self.namespaces: set[str] = {ctx.namespace} if ctx.namespace_given else set()

    def _cascade(self) -> str:
        from ..delete import cascade

        return cascade(self.ctx, self.flags["cascade"])

    def _manager(self) -> str:
        if self.server_side and not self.flags.changed("field-manager"):
            return "kubectl"
        return self.flags["field-manager"] or ("" if self.server_side else _MANAGER)

    def _set(self) -> ApplySet | None:
        if "applyset" not in self.flags or not self.flags["applyset"]:
            return None
        from .applyset import ApplySet

        return ApplySet(self.ctx, self.flags["applyset"], self.strategy, self.validation)

    def _allowlist(self) -> list[Resource]:
        if not self.flags["prune"]:
            return []
        from .prune import parse_allowlist

        return parse_allowlist(self.ctx, [*self.flags["prune-allowlist"], *self.flags["prune-whitelist"]])

    def _check(self) -> None:
        """Refuse flags that do not go together."""
        flags, force = self.flags, self.flags["force"]
        if flags["force-conflicts"] and not self.server_side:
            raise Failure("--force-conflicts only works with --server-side")
        if self.strategy == "client" and self.server_side:
            raise Failure("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
        if self.server_side and force:
            raise Failure("--force cannot be used with --server-side")
        if self.strategy == "server" and force:
            raise Failure("--dry-run=server cannot be used with --force")
        if flags["all"] and flags["selector"]:
            raise Failure("cannot set --all and --selector at the same time")
        if self.set is not None:
            if not flags["prune"]:
                raise Failure("--applyset requires --prune")
            self.set.validate()
        if flags["prune"]:
            self._check_prune(force)
        if flags["subresource"] and not self.server_side:
            raise Failure("--subresource can only be specified for --server-side")

    def _check_prune(self, force: bool) -> None:
        if force:
            raise Failure("--force cannot be used with --prune")
        if self.set is not None:
            for name in ("all", "selector", "prune-allowlist"):
                if self.flags[name]:
                    raise Failure(f"--{name} is incompatible with --applyset")
            return
        if not self.flags["all"] and not self.flags["selector"]:
            raise Failure("all resources selected for prune without explicitly passing --all. To prune all resources, "
                          "pass the --all flag. If you did not mean to prune all resources, specify a label selector")
        if self.server_side:
            raise Failure("--prune is in alpha and doesn't currently work on objects created by server-side apply")

    def run(self) -> None:
        """Apply everything; then print what -o asks for, and prune. Raises what failed, after all were tried."""
        infos, unread = builder.from_flags(self.ctx, select_all=False, subresource="",
                                           validate=self.validation != "Ignore").collect()
        if not infos and not unread:
            raise Failure("no objects passed to apply")
        failed = [unread] if unread else []
        if self.set is not None:
            self.set.label(infos)
            self.set.begin(infos)
        for info in infos:
            try:
                self.apply(info)
            except (StatusError, Failure) as error:
                failed.append(error)
        builder.raise_all(failed)
        if self.prints_objects:
            self._print_objects(infos)
        if self.set is not None:
            self.set.prune(self)
        elif self.flags["prune"]:
            from .prune import prune

            prune(self)

    def apply(self, info: Info) -> None:
        """Apply one object and tell it. Raises StatusError or Failure."""
        if info.namespaced:
            self.namespaces.add(info.namespace)
        cmdutil.record(self.ctx, info.obj)
        if not info.name and info.obj.get("metadata", {}).get("generateName"):
            raise Failure(f"from {info.obj['metadata']['generateName']}: cannot use generate name with apply")
        if self.server_side:
            self._apply_server_side(info)
        else:
            self._apply_client_side(info)

    # Client-side apply

    def _apply_client_side(self, info: Info) -> None:
        body = info.obj
        modified = with_last_applied(body)
        try:
            if not info.name:
                raise Failure("resource name may not be empty")
            info.get(self.ctx.client)
        except (StatusError, Failure) as error:
            if not isinstance(error, StatusError) or error.reason != "NotFound" or info.name == "":
                raise add_source(error, f"retrieving current configuration of:\n{info.describe()}\nfrom server for:",
                                 info.source) from None
            self._create(info, modified)
            return
        self._see(info.obj)
        if self.strategy == "client" and not does("AppliedDryRun", self.ctx.release):
            self.tell(info.obj, "configured")
            return
        if LAST_APPLIED_CONFIG_ANNOTATION not in (info.obj["metadata"].get("annotations") or {}):
            self.ctx.err(_MISSING_ANNOTATION.format(object=info.object_name, annotation=LAST_APPLIED_CONFIG_ANNOTATION,
                                                    name=self.ctx.name))
        from .patcher import Patcher

        flags = self.flags
        patcher = Patcher(self.ctx, info, manager=self.manager, validation=self.validation,
                          dry_run=self.strategy == "server", overwrite=flags["overwrite"], force=flags["force"],
                          cascade=self.cascade, grace_period=flags["grace-period"], timeout=flags["timeout"])
        try:
            if self.strategy == "client":
                changed, obj = patcher.patch_locally(modified)
            else:
                changed, obj = patcher.patch(modified)
        except (StatusError, Failure) as error:
            doing = f"applying patch:\n{patcher.sent_text}\nto:\n{info.describe()}\nfor:"
            raise add_source(error, doing, info.source) from None
        info.refresh(obj)
        self.warn_if_deleting(obj)
        self.tell(obj, "configured" if changed else "unchanged")

    def _create(self, info: Info, body: Object) -> None:
        if does("NullsNotCreated", self.ctx.release):
            from ...machinery.jsonpatch import without_nulls

            body = without_nulls(body)
        info.obj = body
        if self.strategy != "client":
            body["metadata"].pop("resourceVersion", None)
            try:
                obj = self.ctx.client.create(info.resource, body, info.namespace, dry_run=self.strategy == "server",
                                             field_manager=self.manager, field_validation=self.validation)
            except (StatusError, Failure) as error:
                raise add_source(error, "creating", info.source) from None
            info.refresh(obj)
        self._see(info.obj)
        self.tell(info.obj, "created")

    # Server-side apply

    def _apply_server_side(self, info: Info) -> None:
        body = info.obj
        try:
            info.refresh(self.send_apply(info, body, self.flags["subresource"]))
        except StatusError as error:
            if error.code == 415:
                raise Failure(f"Server-side apply not available on the server: ({error.message})") from None
            if error.reason == "Conflict":
                raise Failure(error.message + _CONFLICT_HELP) from None
            raise
        from .ssaupgrade import upgrade

        upgrade(self, info, body)
        self.warn_if_deleting(info.obj)
        self._see(info.obj)
        self.tell(info.obj, "serverside-applied")

    def send_apply(self, info: Info, body: Object, subresource: str = "", manager: str = "") -> Object:
        """Send a server-side apply; returns the object. Raises StatusError."""
        return self.ctx.client.patch(info.resource, info.name, body, "apply", info.namespace, subresource=subresource,
                                     dry_run=self.strategy == "server", field_manager=manager or self.manager,
                                     field_validation=self.validation, force=self.flags["force-conflicts"])

    # Telling

    def _see(self, obj: Object) -> None:
        self.seen_uids.add(obj.get("metadata", {}).get("uid", ""))

    def warn_if_deleting(self, obj: Object) -> None:
        if obj["metadata"].get("deletionTimestamp"):
            self.ctx.err(f"Warning: Detected changes to resource {obj['metadata']['name']} which is currently being "
                         "deleted.\n")

    def tell(self, obj: Object, operation: str) -> None:
        """Print `kind/name operation`, or the name alone; whole objects are printed at the end."""
        if not self.prints_objects:
            cmdutil.printer(self.ctx, operation, self.strategy)(obj)

    def _print_objects(self, infos: list[Info]) -> None:
        if len(infos) == 1:
            cmdutil.output_printer(self.ctx)(infos[0].obj)
        elif infos:  # in a struct of Go's, whose fields have an order of their own
            listing = {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": [_sorted(i.obj) for i in infos]}
            cmdutil.output_printer(self.ctx, order=list)(listing)


def _sorted(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def with_last_applied(obj: Object) -> Object:
    """Return a new object with the annotation that tells all of it but the annotation (GetModifiedConfiguration)."""
    obj = clone(obj)
    cmdutil.save_config(obj, create=True)
    return obj
