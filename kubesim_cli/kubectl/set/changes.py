"""What the `set` commands share: choosing objects, changing copies of them and sending the difference."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.objects import clone
from ..failures import Failure
from ..resource import builder
from ..resource.info import Info
from ..resource.scheme import KUBECTL
from ..util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context

NO_RESOURCES = "one or more resources must be specified as <resource> <name> or <resource>/<name>"
ALL_AND_SELECTOR = "cannot set --all and --selector at the same time"
LOCAL_ON_SERVER = "cannot specify --local and --dry-run=server - did you mean --dry-run=client?"
_TEMPLATED = ("ReplicationController", "Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "Job")


def select(ctx: Context, args: list[str]) -> list[Info]:
    """Return the objects that the arguments, files and selectors name."""
    flags = ctx.flags
    if flags["local"]:
        return builder.from_flags(ctx, args, selector="", select_all=False, scheme=KUBECTL).infos()
    return builder.from_flags(ctx, args, select_all=False, allow_empty_selector=flags["all"],
                              latest=True, scheme=KUBECTL).infos()


def check_local(flags: Flags, strategy: str) -> None:
    """Refuse --local with a server-side dry run."""
    if flags["local"] and strategy == "server":
        raise Failure(LOCAL_ON_SERVER)


def pod_spec(obj: Object) -> Object:
    """Return the pod spec in an object of our own, to be changed in place (UpdatePodSpecForObject); raises Failure."""
    kind = obj["kind"]
    spec: Object = obj.setdefault("spec", {})
    if kind == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    if kind == "ReplicationController":  # the only one whose template may be missing
        spec = spec.setdefault("template", {}).setdefault("spec", {})
    elif kind == "CronJob" or kind in _TEMPLATED:
        spec = spec["template"]["spec"]
    elif kind != "Pod":
        version = obj["apiVersion"].rpartition("/")[2]
        raise Failure(f"the object is not a pod or does not have a pod template: *{version}.{kind}")
    return spec


def containers(spec: Object, pattern: str = "*") -> list[Object]:
    """Return the containers of a pod spec whose names match a pattern with `*`, init containers last."""
    from fnmatch import fnmatchcase

    every = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    pattern = pattern.replace("[", "[[]").replace("?", "[?]")
    return [container for container in every if fnmatchcase(container["name"], pattern)]


class Change:
    """Changes objects and sends what differs; complaints are collected and raised by `finish`."""

    def __init__(self, ctx: Context, strategy: str, done: str, failed: str):
        """`done` is told of each object, as in `image updated`; `failed` stands before the server's complaints."""
        self.ctx, self.flags, self.strategy, self.failed = ctx, ctx.flags, strategy, failed
        self._print = cmdutil.printer(ctx, done, strategy, typed=True)
        self.errors: list[Exception] = []

    def apply(self, infos: list[Info], mutate: Callable[[Object], None], even_unchanged: bool = False) -> None:
        """Call `mutate(obj)` with a copy of each object and then send the differences; nothing is sent or told where
        there is none, unless `even_unchanged`."""
        changed = []
        for info in infos:
            obj = clone(info.obj)
            refused = None
            try:
                mutate(obj)
            except Failure as failure:
                refused = Failure(f"error: {info.object_name} {failure}\n")
            else:
                if obj != info.obj:
                    cmdutil.record(self.ctx, obj)
            changed.append((info, obj, refused))
        for info, obj, refused in changed:
            if refused:
                self.errors.append(refused)
            elif obj != info.obj or even_unchanged:
                self._send(info, obj)

    def _send(self, info: Info, obj: Object) -> None:
        if not self.flags["local"] and self.strategy != "client":
            try:
                obj = cmdutil.send_patch(self.ctx, info, obj, "strategic", self.strategy)
            except StatusError as error:
                self.errors.append(Failure(f"{self.failed}{error.message}"))
                return
        self._print(obj)

    def finish(self) -> None:
        """Raise what went wrong."""
        builder.raise_all(self.errors)
