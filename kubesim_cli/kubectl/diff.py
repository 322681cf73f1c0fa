"""kubectl diff: what apply would change, shown by an external diff program (pkg/cmd/diff)."""

from __future__ import annotations

from contextlib import contextmanager

from ..go.fmt import quote
from ..machinery.errors import StatusError
from ..machinery.objects import clone
from ..machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION
from .apply.patcher import Patcher
from .failures import Exit, Failure, Usage
from .resource import builder
from .resource.info import group_version
from .util import cmdutil, klog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.files import Files
    from ..machinery.types import Object
    from .cli.flags import Flags
    from .context import Context
    from .resource.info import Info

_MANAGER = "kubectl-client-side-apply"
_MASK = "***"
_ATTEMPTS = 4  # at an object that changes meanwhile; a conflict of server-side apply passes for that as well


def run(ctx: Context) -> None:
    """kubectl diff -f FILENAME"""
    flags, args = ctx.flags, ctx.args
    if args:
        raise Usage(f"Unexpected args: [{' '.join(args)}]")
    cmdutil.require_files(flags)
    server_side = flags["server-side"]
    manager = "kubectl" if server_side and not flags.changed("field-manager") else flags["field-manager"] or _MANAGER
    if flags["force-conflicts"] and not server_side:
        raise Failure("--force-conflicts only works with --server-side")
    pruner = _Pruner(ctx) if flags["prune"] else None
    result = builder.from_flags(ctx, continue_on_error=False)
    with _folder(ctx.files, "LIVE") as live_dir, _folder(ctx.files, "MERGED") as merged_dir:

        def warn_if_deleting(info: Info) -> None:
            if info.obj and info.obj["metadata"].get("deletionTimestamp"):
                ctx.err(f"Warning: Detected changes to resource {info.name} which is currently being deleted.\n")

        def compare(info: Info) -> None:
            body = info.obj
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    info.get(ctx.client)
                except StatusError as error:
                    if error.reason != "NotFound":
                        raise
                    info.obj = None
                if pruner is not None:
                    pruner.see(info)
                if attempt == _ATTEMPTS:
                    klog.tell(ctx, "W", "diff.go:723", f"Object ({group_version(info.mapping)}, "
                              f"Kind={info.mapping.kind}: {info.name}) keeps changing, diffing without lock")
                try:
                    merged = _merged(ctx, info, body, manager)
                    break
                except StatusError as error:
                    if error.reason != "Conflict" or attempt == _ATTEMPTS:
                        warn_if_deleting(info)
                        raise
            name = _file_name(merged, info.namespace, info.name)
            live, merged = _shown(flags, info.obj, merged)
            absent = "null\n" if _hides(flags, merged) else ""  # what hides makes null of nothing
            _write(ctx.files, live_dir, name, live, absent)
            _write(ctx.files, merged_dir, name, merged)
            warn_if_deleting(info)

        result.visit(compare)
        for obj in pruner.pruned() if pruner is not None else ():  # as they are: nothing is left out or hidden
            meta = obj["metadata"]
            name = _file_name(obj, meta.get("namespace", ""), meta["name"])
            _write(ctx.files, live_dir, name, obj)
        _compare_directories(ctx, live_dir, merged_dir)


@contextmanager
def _folder(files: Files, name: str) -> Iterator[str]:
    """A folder for a while; one of a command line that only waits, and is given again, stays."""
    path = files.make_temporary(name)
    try:
        yield path
    except (Exception, KeyboardInterrupt):
        files.remove(path)
        raise
    files.remove(path)


def _merged(ctx: Context, info: Info, body: Object, manager: str) -> Object:
    """Return what the server would make of an apply."""
    flags = ctx.flags
    if flags["server-side"]:
        return ctx.client.patch(info.resource, info.name, body, "apply", info.namespace, dry_run=True,
                                field_manager=manager, force=flags["force-conflicts"])
    if info.obj is None:
        body = clone(body)
        body.get("metadata", {}).pop("resourceVersion", None)
        return ctx.client.create(info.resource, body, info.namespace, dry_run=True, field_manager=manager)
    modified = clone(body)
    annotations = modified["metadata"].get("annotations") or {}
    modified["metadata"]["annotations"] = {key: value for key, value in annotations.items()
                                           if key != LAST_APPLIED_CONFIG_ANNOTATION}
    return Patcher(ctx, info, manager=manager, dry_run=True).patch(modified)[1]


def _shown(flags: Flags, live: Object | None, merged: Object) -> tuple[Object | None, Object]:
    """Leave out managed fields, and hide the data of secrets."""
    live, merged = clone(live), clone(merged)
    if not flags["show-managed-fields"]:
        for obj in (live, merged):
            if obj is not None:
                obj["metadata"].pop("managedFields", None)
    if _hides(flags, merged):
        _mask((live or {}).get("data") or {}, merged.get("data") or {})
    return live, merged


def _hides(flags: Flags, obj: Object) -> bool:
    """Whether what an object has in `data` is not to be seen."""
    return not flags["show-secrets"] and obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"


def _mask(before: Object, after: Object) -> None:
    for key in {**before, **after}:
        changed = key in before and key in after and before[key] != after[key]
        if key in before:
            before[key] = f"{_MASK} (before)" if changed else _MASK
        if key in after:
            after[key] = f"{_MASK} (after)" if changed else _MASK


def _file_name(obj: Object, namespace: str, name: str) -> str:
    """`apps.v1.Deployment.default.web`"""
    return f"{obj['apiVersion'].replace('/', '.')}.{obj['kind']}.{namespace}.{name}"


def _write(files: Files, directory: str, name: str, obj: Object | None, absent: str = "") -> None:
    """Write an object's file, or for one that is not there `absent`."""
    from .printers.yaml import dump

    files.write(files.paths.join(directory, name.replace(":", "_")), dump(obj) if obj is not None else absent)


def _compare_directories(ctx: Context, live: str, merged: str) -> None:
    """Run the diff program of KUBECTL_EXTERNAL_DIFF, or `diff -u -N`; exit code 1 where it finds differences."""
    import re

    program, arguments = "diff", ["-u", "-N", live, merged]
    external = ctx.environ.get("KUBECTL_EXTERNAL_DIFF", "")
    if external:
        program, *options = external.split(" ")
        arguments = [live, merged, *(option for option in options if re.fullmatch("[a-zA-Z0-9-=]+", option))]
    try:
        code = ctx.run_program(program, arguments)
    except OSError as error:  # k8s.io/utils/exec
        why = "executable file not found in $PATH" if isinstance(error, FileNotFoundError) or "/" in program else (
            f"exec: {quote(program)}: {(error.strerror or '').lower()}")
        raise Failure(f"failed to run {quote(program)}: {why}") from None
    if code > 1:
        raise Failure(f"failed to run {quote(program)}: exit status {code}")
    if code:
        raise Exit(1)


class _Pruner:
    """Finds what `apply --prune` would delete."""

    def __init__(self, ctx: Context):
        from .apply.prune import parse_allowlist

        flags = ctx.flags
        self.ctx, self.flags = ctx, flags
        self.allowlist = parse_allowlist(ctx, flags["prune-allowlist"])
        self.seen_uids: set[str] = set()
        self.namespaces: set[str] = set()

    def see(self, info: Info) -> None:
        if info.namespaced:
            self.namespaces.add(info.namespace)
        if info.obj is not None:
            self.seen_uids.add(info.obj["metadata"]["uid"])

    def pruned(self) -> list[Object]:
        from .apply.prune import prunable

        self.ctx.client.managed_fields = True
        return [obj for _, obj in prunable(self)]
