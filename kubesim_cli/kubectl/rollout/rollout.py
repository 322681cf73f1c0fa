"""kubectl rollout history, pause, restart, resume, status and undo."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.objects import clone
from ...machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION, REVISION_ANNOTATION
from ...releases.kubectl import does
from ..failures import Aggregate, Exit, Failure
from ..resource import builder
from ..resource.scheme import KUBECTL
from ..util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Object
    from ..context import Context
    from ..resource.info import Info
    from .revisions import Revisions

_RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


def _select(ctx: Context) -> builder.Result:
    flags, args = ctx.flags, ctx.args
    if not args and not flags["filename"] and not flags["kustomize"]:
        raise Failure("required resource not specified")
    return builder.from_flags(ctx, args, allow_empty_selector=True, latest=True, scheme=KUBECTL)


def history(ctx: Context) -> None:
    """kubectl rollout history (TYPE NAME | TYPE/NAME) [--revision=N]"""
    from . import revisions

    flags = ctx.flags
    number = flags["revision"]
    if number < 0:
        raise Failure(f"revision must be a positive integer: {number}")
    result = _select(ctx)
    print_obj = cmdutil.printer(ctx, "", typed=True) if flags.changed("output") else None

    def view(info: Info) -> None:
        found = revisions.of(ctx, info, "no history viewer has been implemented for")
        if number and (print_obj or found.by_number) and number not in found.by_number:
            raise Failure("unable to find the specified revision")
        if print_obj:
            for each in [number] if number else sorted(found.by_number):
                print_obj(found.object(each))
            return
        told = f"with revision #{number}" if number else ""
        cmdutil.printer(ctx, f"{told}\n{_history_text(found, number)}")(info.obj)

    result.visit(view)


def _history_text(found: Revisions, number: int) -> str:
    from ...go.tabwriter import align

    if not found.by_number:
        return "No rollout history found."
    if number:
        return found.describe(found.template(number))
    rows = [[str(each), found.cause(each) or "<none>"] for each in sorted(found.by_number)]
    return align([["REVISION", "CHANGE-CAUSE"], *rows], 0, 2)


def undo(ctx: Context) -> None:
    """kubectl rollout undo (TYPE NAME | TYPE/NAME) [--to-revision=N]"""
    from . import revisions

    strategy = cmdutil.dry_run(ctx)

    def roll_back(info: Info) -> None:
        if does("RollbackWarning", ctx.release) and \
                LAST_APPLIED_CONFIG_ANNOTATION in (info.obj["metadata"].get("annotations") or {}):
            ctx.err(f"Warning: resource {info.object_name} was previously managed with 'kubectl apply'. Rolling back "
                    f"will not update the {LAST_APPLIED_CONFIG_ANNOTATION} annotation, which may cause unexpected "
                    "behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous "
                    "configuration file instead.\n")
        found = revisions.of(ctx, info, "no rollbacker has been implemented for")
        done = found.rollback(ctx.flags["to-revision"], strategy)
        cmdutil.printer(ctx, done, strategy, typed=True)(info.obj)

    _select(ctx).visit(roll_back)


def pause(ctx: Context) -> None:
    """kubectl rollout pause (TYPE NAME | TYPE/NAME)"""
    def change(obj: Object) -> None:
        if obj["kind"] != "Deployment":
            raise Failure("pausing is not supported")
        if obj["spec"].get("paused"):
            raise Failure("is already paused")
        obj["spec"]["paused"] = True

    _change(ctx, change, "paused")


def resume(ctx: Context) -> None:
    """kubectl rollout resume (TYPE NAME | TYPE/NAME)"""
    def change(obj: Object) -> None:
        if obj["kind"] != "Deployment":
            raise Failure("resuming is not supported")
        if not obj["spec"].pop("paused", False):
            raise Failure("is not paused")

    _change(ctx, change, "resumed")


def restart(ctx: Context) -> None:
    """kubectl rollout restart (TYPE NAME | TYPE/NAME)"""
    from ...machinery import timestamps

    def change(obj: Object) -> None:
        if obj["kind"] not in ("Deployment", "DaemonSet", "StatefulSet") or not obj["apiVersion"].startswith("apps/"):
            raise Failure("restarting is not supported")
        if obj["spec"].get("paused"):
            raise Failure("can't restart paused deployment (run rollout resume first)")
        metadata = obj["spec"]["template"].setdefault("metadata", {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), _RESTARTED_AT: timestamps.format(ctx.now)}

    _change(ctx, change, "restarted")


def _change(ctx: Context, change: Callable[[Object], None], done: str) -> None:
    """Patch each object with what `change(obj)` does to a copy of it; what it raises is told with the object's name."""
    infos, error = _select(ctx).collect()
    errors: list[Exception] = [error] if error else []
    if not infos and not errors:
        cmdutil.tell_none(ctx)
    for info in infos:
        changed = clone(info.obj)
        try:
            change(changed)
        except Failure as failure:
            errors.append(Failure(f'error: {info.mapping.name} "{info.name}" {failure}'))
            continue
        if changed == info.obj:
            errors.append(Failure(f"failed to create patch for {info.name}: if restart has already been triggered "
                                  "within the past second, please wait before attempting to trigger another"))
            continue
        try:
            info.refresh(cmdutil.send_patch(ctx, info, changed, "strategic"))
        except StatusError as refused:
            errors.append(Failure(f"failed to patch: {refused.message}"))
            continue
        cmdutil.printer(ctx, done, typed=True)(info.obj)
    if errors:
        raise Aggregate(errors)


def status(ctx: Context) -> None:
    """kubectl rollout status (TYPE NAME | TYPE/NAME) [--watch=false] [--timeout=D] [--revision=N]"""
    flags = ctx.flags
    if flags["revision"] < 0:
        raise Failure(f"revision must be a positive integer: {flags['revision']}")
    found = False

    def follow(info: Info) -> None:
        nonlocal found
        found = True
        view = _viewer(info)
        _Follower(ctx, info, lambda obj: view(obj, flags["revision"]), flags["watch"]).run(flags["timeout"] or None)

    _select(ctx).visit(follow)
    if not found:
        cmdutil.tell_none(ctx)


class _Follower:
    """Prints an object's status now and after each change until it is done."""

    def __init__(self, ctx: Context, info: Info, view: Callable[[Object], tuple[str, bool]], watch: bool):
        self.ctx, self.info, self.view, self.watch = ctx, info, view, watch
        self.since: int | None = None

    def run(self, timeout: float | None) -> None:
        try:
            if not self.ctx.wait(self.look, timeout):
                raise Failure("timed out waiting for the condition")
        except KeyboardInterrupt:
            raise Exit(1) from None

    def look(self) -> bool:
        info = self.info
        selector = f"metadata.name={info.name}"
        if self.since is None:
            found = self.ctx.client.list(info.resource, info.namespace, field_selector=selector)
            self.since = int(found["metadata"]["resourceVersion"])
            self.ctx.client.watch(info.resource, info.namespace, since=self.since, field_selector=selector)
            events = [{"type": "ADDED", "object": obj} for obj in found["items"]]
        else:
            self.since, events = self.ctx.client.watch(info.resource, info.namespace, since=self.since,
                                                       field_selector=selector)
        for event in events:
            if event["type"] == "DELETED":
                raise Failure("object has been deleted")
            text, done = self.view(event["object"])
            self.ctx.out(text)
            if done or not self.watch:
                return True
        return False


def _viewer(info: Info) -> Callable[[Object, int], tuple[str, bool]]:
    group, kind = info.mapping.group, info.mapping.kind
    if group in ("apps", "extensions") and kind in _VIEWERS:
        return _VIEWERS[kind]
    raise Failure(f"no status viewer has been implemented for {kind}{'.' + group if group else ''}")


def _deployment_status(obj: Object, revision: int) -> tuple[str, bool]:

    name, spec, state = obj["metadata"]["name"], obj["spec"], obj.get("status") or {}
    if revision:
        running = int((obj["metadata"].get("annotations") or {}).get(REVISION_ANNOTATION, 0))
        if running != revision:
            raise Failure(f"desired revision ({revision}) is different from the running revision ({running})")
    if obj["metadata"].get("generation", 0) > state.get("observedGeneration", 0):
        return "Waiting for deployment spec update to be observed...\n", False
    for condition in state.get("conditions") or ():
        if condition["type"] == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            raise Failure(f'deployment "{name}" exceeded its progress deadline')
    wanted, total = spec.get("replicas", 0), state.get("replicas", 0)
    updated, available = state.get("updatedReplicas", 0), state.get("availableReplicas", 0)
    waiting = f'Waiting for deployment "{name}" rollout to finish: '
    if updated < wanted:
        return f"{waiting}{updated} out of {wanted} new replicas have been updated...\n", False
    if total > updated:
        return f"{waiting}{total - updated} old replicas are pending termination...\n", False
    if available < updated:
        return f"{waiting}{available} of {updated} updated replicas are available...\n", False
    return f'deployment "{name}" successfully rolled out\n', True


def _need_rolling_update(spec: Object) -> None:
    if (spec.get("updateStrategy") or {}).get("type") != "RollingUpdate":
        raise Failure("rollout status is only available for RollingUpdate strategy type")


def _daemonset_status(obj: Object, revision: int) -> tuple[str, bool]:
    name, state = obj["metadata"]["name"], obj.get("status") or {}
    _need_rolling_update(obj["spec"])
    if obj["metadata"].get("generation", 0) > state.get("observedGeneration", 0):
        return "Waiting for daemon set spec update to be observed...\n", False
    desired = state.get("desiredNumberScheduled", 0)
    updated, available = state.get("updatedNumberScheduled", 0), state.get("numberAvailable", 0)
    waiting = f'Waiting for daemon set "{name}" rollout to finish: '
    if updated < desired:
        return f"{waiting}{updated} out of {desired} new pods have been updated...\n", False
    if available < desired:
        return f"{waiting}{available} of {desired} updated pods are available...\n", False
    return f'daemon set "{name}" successfully rolled out\n', True


def _statefulset_status(obj: Object, revision: int) -> tuple[str, bool]:
    spec, state = obj["spec"], obj.get("status") or {}
    _need_rolling_update(spec)
    observed = state.get("observedGeneration", 0)
    if not observed or obj["metadata"].get("generation", 0) > observed:
        return "Waiting for statefulset spec update to be observed...\n", False
    wanted, ready, updated = spec.get("replicas", 0), state.get("readyReplicas", 0), state.get("updatedReplicas", 0)
    if ready < wanted:
        return f"Waiting for {wanted - ready} pods to be ready...\n", False
    rolling = spec["updateStrategy"].get("rollingUpdate")
    if rolling is not None:
        partition = rolling.get("partition")
        if partition is not None and updated < wanted - partition:
            return (f"Waiting for partitioned roll out to finish: {updated} out of {wanted - partition} new pods have "
                    "been updated...\n"), False
        return f"partitioned roll out complete: {updated} new pods have been updated...\n", True
    if state.get("updateRevision", "") != state.get("currentRevision", ""):
        return (f"waiting for statefulset rolling update to complete {updated} pods at revision "
                f"{state.get('updateRevision', '')}...\n"), False
    return (f"statefulset rolling update complete {state.get('currentReplicas', 0)} pods at revision "
            f"{state.get('currentRevision', '')}...\n"), True


_VIEWERS = {"Deployment": _deployment_status, "DaemonSet": _daemonset_status, "StatefulSet": _statefulset_status}
