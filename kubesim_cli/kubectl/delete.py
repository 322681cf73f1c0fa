"""kubectl delete."""

from __future__ import annotations

from ..machinery.errors import StatusError
from ..releases.kubectl import does
from .cli.flags import FALSE, TRUE
from .failures import Failure, add_source
from .resource import builder
from .util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .cli.flags import Flags
    from .context import Context
    from .resource.info import Info

_POLICIES = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}
_IMMEDIATE = ("Immediate deletion does not wait for confirmation that the running resource has been terminated. The "
              "resource may continue to run on the cluster indefinitely.")


def run(ctx: Context) -> None:
    """kubectl delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])"""
    flags = ctx.flags
    propagation = cascade(ctx, flags["cascade"])
    by_selector = flags["all"] or flags["selector"] or flags["field-selector"]
    ignore_not_found = flags["ignore-not-found"] or bool(by_selector and not flags.changed("ignore-not-found"))
    grace_period = _grace_period(flags)
    strategy = cmdutil.dry_run(ctx)
    result = None if flags["raw"] else builder.from_flags(ctx, ctx.args, require_object=False)
    if flags["output"] not in ("", "name"):
        raise Failure(f"unexpected -o output mode: {flags['output']}. We only support '-o name'")
    if flags["force"] and grace_period == 0:
        ctx.warn(_IMMEDIATE)
    elif flags["force"] and grace_period > 0:
        raise Failure("--force and --grace-period greater than 0 cannot be specified together")
    if result is None:
        _raw(ctx)
        return
    wanted = None
    if flags["interactive"]:
        wanted = _confirmed(ctx, ignore_not_found)
        if wanted is None:
            return
    deletion = Deletion(ctx, strategy, propagation, grace_period, flags["output"] == "name")
    warn_scope = ctx.namespace_given and not flags["all-namespaces"]

    def delete(info: Info) -> None:
        nonlocal warn_scope
        if wanted is not None and _location(info) not in wanted:
            return
        if warn_scope and not info.mapping.namespaced:
            ctx.warn("deleting cluster-scoped resources, not scoped to the provided namespace")
            warn_scope = False
        deletion.delete(info)

    try:
        result.visit(delete)
    except (StatusError, Failure) as failure:
        error = builder.without_not_found(failure) if ignore_not_found else failure
        if error is not None:
            raise error from None
    if not deletion.count:
        ctx.out("No resources found\n")
    elif flags["wait"] and strategy == "none":
        deletion.wait(flags["timeout"] or None)
    return None


def cascade(ctx: Context, value: str) -> str:
    """Return the propagation policy that --cascade asks for (parseCascadingFlag); raises Failure."""
    if value in TRUE or value in FALSE:
        instead = "background" if value in TRUE else "orphan"
        ctx.err(f"warning: --cascade={value} is deprecated (boolean value) and can be replaced with "
                f"--cascade={instead}.\n")
        return _POLICIES[instead]
    if value not in _POLICIES:
        raise Failure(f'invalid cascade value ({value}). Must be "background", "foreground", or "orphan"')
    return _POLICIES[value]


class Deletion:
    """Deletes objects one by one and then waits for them to be gone. `count` is the number of those visited."""

    def __init__(self, ctx: Context, strategy: str, propagation: str, grace_period: int, names_only: bool = False,
                 quiet: bool = False):
        """`strategy` as of `cmdutil.dry_run`; `grace_period` in seconds, negative for the object's own; with
        `quiet` nothing is told."""
        self.ctx, self.strategy, self.propagation, self.grace_period = ctx, strategy, propagation, grace_period
        self.names_only, self.quiet, self.count = names_only, quiet, 0
        self._deleted: list[tuple[Info, str | None]] = []  # (info, uid of what was deleted)

    def delete(self, info: Info) -> None:
        """Delete one object and tell it. Raises StatusError."""
        self.count += 1
        if self.strategy != "client":
            try:
                answer = self.ctx.client.delete(
                    info.resource, info.name, info.namespace, propagation=self.propagation,
                    grace_period=self.grace_period if self.grace_period >= 0 else None,
                    dry_run=self.strategy == "server")
            except (StatusError, Failure) as error:
                raise add_source(error, "deleting", info.source) from None
            uid = answer.get("details", {}).get("uid") if answer.get("kind") == "Status" else answer["metadata"]["uid"]
            self._deleted.append((info, uid))
        self._tell(info)

    def _tell(self, info: Info) -> None:
        if self.quiet:
            return
        kind = info.mapping.kind.lower() + (f".{info.mapping.group}" if info.mapping.group else "")
        if self.names_only:
            self.ctx.out(f"{kind}/{info.name}\n")
            return
        done = "force deleted" if self.grace_period == 0 else "deleted"
        if info.namespaced and does("DeletedFromNamespace", self.ctx.release):
            done += f" from {info.namespace} namespace"
        self.ctx.out(f'{kind} "{info.name}" {done}{cmdutil.SUFFIX[self.strategy]}\n')

    def wait(self, timeout: float | None) -> None:
        """Wait until every deleted object is gone; raises Failure after `timeout` seconds (None: for long)."""
        start = self.ctx.now
        for info, uid in self._deleted:
            left = None if timeout is None else max(0.0, start + timeout - self.ctx.now)
            if not self._wait_for(info, uid, left):
                raise Failure(f"timed out waiting for the condition on {info.object_name}")

    def _wait_for(self, info: Info, uid: str | None, timeout: float | None) -> bool | None:
        return self.ctx.wait(lambda: self._gone(info, uid), timeout)

    def _gone(self, info: Info, uid: str | None) -> bool:
        try:
            obj = self.ctx.client.get(info.resource, info.name, info.namespace)
        except StatusError as error:
            return error.reason in ("NotFound", "Forbidden", "MethodNotAllowed")
        return uid is not None and obj["metadata"]["uid"] != uid


def _grace_period(flags: Flags) -> int:
    grace_period = flags["grace-period"]
    if flags["now"]:
        if grace_period != -1:
            raise Failure("--now and --grace-period cannot be specified together")
        grace_period = 1
    if grace_period == 0 and not flags["force"]:
        return 1  # an immediate deletion has to be asked for twice
    return 0 if flags["force"] and grace_period < 0 else grace_period


def _location(info: Info) -> tuple[str, str, str]:
    return info.mapping.name, info.namespace, info.name


def _confirmed(ctx: Context, ignore_not_found: bool) -> set[tuple[str, str, str]] | None:
    """Show what would be deleted and ask; returns the objects' locations, or None where nothing is to be done."""
    infos, error = builder.from_flags(ctx, ctx.args, require_object=False).collect(ignore_not_found)
    if error:
        raise error
    if not infos:
        ctx.out("No resources found\n")
        return None
    ctx.out(f"You are about to delete the following {len(infos)} resource(s):\n")
    for info in infos:
        group = f".{info.mapping.group}" if info.mapping.group else ""
        ctx.out(f"{info.mapping.kind.lower()}{group}/{info.name}\n")
    choices = "y/N" if does("InteractiveDeleteDefaultsToNo", ctx.release) else "y/n"
    ctx.out(f"Do you want to continue? ({choices}): ")
    ctx.pause()
    words = ctx.stdin().split("\n", 1)[0].split()
    if len(words) != 1 or words[0].lower() != "y":
        ctx.out("deletion is cancelled\n")
        return None
    return {_location(info) for info in infos}


def _raw(ctx: Context) -> None:
    from .util import rawhttp

    flags = ctx.flags
    if flags["interactive"]:
        raise Failure("--interactive can not be used with --raw")
    files = flags["filename"]
    if len(files) > 1:
        raise Failure("--raw can only use a single local file or stdin")
    if files and files[0].startswith(("http://", "https://")):
        raise Failure("--raw cannot read from a url")
    for name in ("recursive", "output"):
        if flags[name]:
            raise Failure(f"--raw and --{name} are mutually exclusive")
    ctx.out(rawhttp.request(ctx, "DELETE", flags["raw"], files[0] if files else ""))
