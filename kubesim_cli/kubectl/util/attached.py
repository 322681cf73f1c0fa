"""kubectl run --attach: the user and the pod that was made, until that has ended (pkg/cmd/run)."""

from __future__ import annotations

from ...machinery.errors import StatusError, not_found
from ...machinery.pods import is_phase_terminal
from ...releases.kubectl import does
from ..attach import attach_or_log, show_log
from ..delete import Deletion
from ..failures import Failure
from ..resource.info import Info
from ..resource.mapper import resource_for
from . import podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Object
    from ..context import Context


class Attached:
    """A pod that `run` has made; `made`: all that it has, as (resource, object)."""

    def __init__(self, ctx: Context, pod: Object, made: list[tuple[str, Object]]):
        self.ctx, self.made = ctx, made
        meta = pod["metadata"]
        self.name, self.namespace = meta["name"], meta["namespace"]

    def run(self) -> None:
        """Attach to the pod, and raise Failure with the code it has ended with, where that is not 0.

        With --rm what was made is deleted after it, however it went.
        """
        try:
            self._attach()
            restart = self.ctx.flags["restart"]
            if restart in ("Never", "OnFailure") and not self.ctx.flags["leave-stdin-open"]:
                self._end(restart)
        finally:
            if self.ctx.flags["rm"]:
                self._remove()

    def _attach(self) -> None:
        ctx = self.ctx
        pod = self._wait(_has_begun)
        name = podcmd.container_of(ctx, pod, "", ctx.flags["quiet"])["name"]
        if is_phase_terminal(pod["status"]["phase"]):
            show_log(ctx, pod, name)
            return
        shown = does("RunShowsEarlierLogs", ctx.release)
        if shown:
            show_log(ctx, pod, name)
        container = podcmd.find(pod, name)
        assert container is not None
        keys = ctx.flags["detach-keys"] if does("DetachKeys", ctx.release) else ""
        attach_or_log(ctx, pod, container, keys, shown)

    def _wait(self, check: Callable[[Object], bool]) -> Object:
        """Return the pod as soon as it is so; raises NotFound when it goes, or Failure when it takes too long."""
        client = self.ctx.client

        def found() -> Object | None:
            pods = client.list("pods", self.namespace, field_selector=f"metadata.name={self.name}")["items"]
            if not pods:
                raise not_found("pods", "")
            return pods[0] if check(pods[0]) else None

        pod = self.ctx.wait(found, self.ctx.flags["pod-running-timeout"])
        if pod is None:
            raise Failure("timed out waiting for the condition")
        return pod

    def _end(self, restart: str) -> None:
        """Wait for the end of the pod, of its success where it begins again after a failure."""
        phases = ("Succeeded",) if restart == "OnFailure" else ("Succeeded", "Failed")
        pod = self._wait(lambda pod: (pod.get("status") or {}).get("phase") in phases)
        status, told = pod["status"], f"pod {self.namespace}/{self.name}"
        if status["phase"] == "Succeeded":
            return
        state = (status.get("containerStatuses") or [{}])[0].get("state") or {}
        ended = state.get("terminated") or {}
        if not ended.get("exitCode"):
            raise Failure(f"{told} failed with unknown exit code")
        raise Failure(f"{told} terminated ({ended.get('reason', '')})\n{ended.get('message', '')}".rstrip("\n"),
                      ended["exitCode"], prefix="")

    def _remove(self) -> None:
        """Delete what was made; what goes wrong with that is not told."""
        deletion = Deletion(self.ctx, "none", "Background", -1, quiet=self.ctx.flags["quiet"])
        for resource, obj in self.made:
            mapping = resource_for(self.ctx, resource.partition(".")[0])
            try:
                deletion.delete(Info(mapping, self.namespace, obj["metadata"]["name"], obj))
            except (StatusError, Failure):
                return


def _has_begun(pod: Object) -> bool:
    """Tell whether a pod is ready, or has ended already (podRunningAndReady)."""
    status = pod.get("status") or {}
    if is_phase_terminal(status.get("phase")):
        return True
    return status.get("phase") == "Running" and any(
        each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions") or ())
