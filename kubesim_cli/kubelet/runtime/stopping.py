"""How a container ends that is told to, and what becomes of its lifecycle hooks.

Kubernetes: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer), pkg/kubelet/lifecycle.
"""

from __future__ import annotations

from ..images import catalogue
from . import bounds, environment
from .entry import EXEC
from .process import seconds, serves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client
    from ...machinery.types import Object
    from .play import Course, Play

MINIMUM = 2.0    # seconds that a container always has between its signal and SIGKILL
HOOK = 3600.0    # seconds that a postStart hook is waited for
STEPS = 200_000  # that are played of it, and of an end; `PAST`: of what was before
PAST = 10_000_000


class Stop:
    """`ends`: seconds after it was told to, `code`: with which exit code; `signalled`: seconds until its process 1 gets
    its signal; `failed`: when its preStop hook failed, None where it did not."""

    __slots__ = ("code", "ends", "failed", "signalled")

    def __init__(self, ends: float = 0.0, code: int = 0, signalled: float = 0.0, failed: float | None = None):
        self.ends, self.code, self.signalled, self.failed = ends, code, signalled, failed


def hook_of(container: Object, kind: str) -> Object:
    """Return a container's preStop or postStart hook, empty where it has none."""
    found: Object = (container.get("lifecycle") or {}).get(kind) or {}
    return found


def leaves_traces(pod: Object, container: Object) -> bool:
    """Tell whether somebody may see what a container does at its end, by its hook, whose request may be logged, and by
    the words of its command: what its trap says is only looked at where the pod goes on."""
    hook = hook_of(container, "preStop")
    if "httpGet" in hook:
        return True
    if "exec" in hook:
        from .probing import writes

        if writes(" ".join(hook["exec"]["command"])):
            return True
    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    return "deletionTimestamp" not in pod["metadata"] and any("trap " in word for word in words)


def stop(api: Client, pod: Object, container: Object, start: float, at: float, grace: float) -> Stop:
    """Return how a container ends that was started at `start`, and is told to at `at`, with `grace` seconds for it."""
    hook = hook_of(container, "preStop") if grace > 0 else {}
    if "exec" not in hook and "httpGet" not in hook:
        env, _ = environment.environment(api, pod, container)
        took, facts = _slept(hook, grace), catalogue.of(api).facts(container["image"])
        argv, failed = environment.arguments(api, container, env), _failed(hook)
        if not argv or (facts is not None and serves(container, facts, env)):  # it knows its signal
            code = 0 if facts is None else facts.code
            return Stop(took + (_left(grace, took) if code == bounds.KILLED else 0.0), code, took, failed)
        if argv[0].rpartition("/")[2] == "sleep" and len(argv) == 2:
            return _sleeper(seconds(argv[1]), start, at, took, _left(grace, took), failed)
    return bounds.guarded(lambda: _played(api, pod, container, start, at, grace),
                          lambda trouble: Stop(0.0, bounds.KILLED))


def _slept(hook: Object, grace: float) -> float:
    return min(float((hook.get("sleep") or {}).get("seconds") or 0), grace)


def _failed(hook: Object) -> float | None:
    """Return when a hook has failed that needs nothing of the container: no kubelet runs one of tcpSocket."""
    return 0.0 if "tcpSocket" in hook else None


def _left(grace: float, took: float) -> float:
    return max(grace - int(took), MINIMUM)


def _sleeper(span: float | None, start: float, at: float, took: float, left: float, failed: float | None) -> Stop:
    """sleep knows no signal: as process 1 it sleeps on until it is killed."""
    rest = max(start + (span or 0.0) - at, 0.0)
    ends = rest <= took + left
    return Stop(rest if ends else took + left, 0 if ends else bounds.KILLED, took, failed)


def _played(api: Client, pod: Object, container: Object, start: float, at: float, grace: float) -> Stop:
    from ...machinery.streaming import StartError
    from .play import Play

    try:
        play = Play(api, pod, container, start)
    except StartError as error:
        return Stop(0.0, error.code)
    play.live_to(at, PAST)
    if play.main.status is not None:
        return Stop(max(play.kernel.now - at, 0.0), play.main.status)
    return told(play, container, grace, signal_of(api, container))


def signal_of(api: Client, container: Object) -> str:
    """Return the signal that ends a container: that of its image."""
    facts = catalogue.of(api).facts(container["image"])
    return facts.stop if facts is not None else "TERM"


def told(course: Course, container: Object, grace: float, signal: str) -> Stop:
    """Return how a container ends that is told to now, where it is played on."""
    from .unknown import is_unknown

    if course.inside.probers:
        from .probing import leave

        leave(course.inside)
    kernel, main = course.kernel, course.main
    at, hook, failed = kernel.now, hook_of(container, "preStop") if grace > 0 else {}, None
    if "exec" in hook:
        code, _ = course.run(hook["exec"]["command"], grace)
        took = min(kernel.now - at, grace) if code is not None else grace
        failed = took if code else None
    elif "httpGet" in hook:
        why = _answered(course, hook, grace)
        took = min(kernel.now - at, grace)
        failed = took if why else None
    else:
        took, failed = _slept(hook, grace), _failed(hook)
    course.live_to(at + took, STEPS)
    if main.status is None:
        if is_unknown(main):
            return Stop(took, 0, took, failed)
        kernel.kill(main, signal)
        course.live_to(at + took + _left(grace, took), STEPS)
    if main.status is None:
        return Stop(took + _left(grace, took), bounds.KILLED, took, failed)
    return Stop(max(kernel.now - at, 0.0), main.status, took, failed)


def _answered(course: Course, hook: Object, limit: float) -> str:
    """Return why a hook's request is not answered, "" where it is, whatever the answer."""
    from ..network.probes import check

    good, why = check(course.kernel, course.inside.space, course.container, {**hook, "timeoutSeconds": limit})
    return "" if good or why.startswith("HTTP probe failed with statuscode") else why


def begun(api: Client, pod: Object, container: Object, start: float) -> tuple[float, str]:
    """Return how many seconds the postStart hook of a container that is started takes, and what is said where it fails.
    """
    hook = hook_of(container, "postStart")
    if "tcpSocket" in hook:
        return 0.0, f"Cannot run handler: invalid handler: {_told_tcp(hook['tcpSocket'])}"
    if "exec" not in hook and "httpGet" not in hook:
        return float((hook.get("sleep") or {}).get("seconds") or 0), ""
    took, why = bounds.guarded(lambda: _begun(api, pod, container, start), lambda trouble: (0.0, ""))
    if not why:
        return took, ""
    meta = pod["metadata"]
    what = f"Exec lifecycle hook ([{' '.join(hook['exec']['command'])}])" if "exec" in hook else (
        f"HTTP lifecycle hook ({hook['httpGet'].get('path') or ''})")
    who = f'{meta["name"]}_{meta["namespace"]}({meta["uid"]})'
    return took, f'{what} for Container "{container["name"]}" in Pod "{who}" failed - error: {why}'


def _told_tcp(action: Object) -> str:
    """Return a hook of tcpSocket as Go prints its struct (String of core/v1's generated.pb.go)."""
    port = action.get("port")
    shown = f"{{0 {port} }}" if isinstance(port, int) else f"{{1 0 {port}}}"
    return (f"&LifecycleHandler{{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{{Port:{shown},"
            f"Host:{action.get('host') or ''},}},Sleep:nil,}}")


def _begun(api: Client, pod: Object, container: Object, start: float) -> tuple[float, str]:
    from ...go.fmt import quote
    from ...machinery.streaming import StartError
    from .play import Play

    try:
        play: Play = Play(api, pod, container, start)
    except StartError:
        return 0.0, ""  # it ends at once, whatever its hook
    if "httpGet" in hook_of(container, "postStart"):
        play.kernel.run(start)
        why = _answered(play, hook_of(container, "postStart"), HOOK)
        return play.seconds, why
    hook = play.sandbox.hooks[container["name"]]
    command = " ".join(hook_of(container, "postStart")["exec"]["command"])
    if isinstance(hook, StartError):  # Docker says why as if the command had
        said = EXEC + hook.message + "\r\n"
        return 0.0, f"command '{command}' exited with {hook.code}: , message: {quote(said)}"
    while hook.code is None and play.seconds < HOOK and play.live():
        pass
    if not hook.code:
        return play.seconds, ""
    out, err = (hook.output(stream).decode("utf-8", "replace") for stream in ("stdout", "stderr"))
    return play.seconds, f"command '{command}' exited with {hook.code}: {err}, message: {quote(out + err)}"
