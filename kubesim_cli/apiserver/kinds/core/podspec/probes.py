"""Probes, lifecycle hooks and the handlers that both run."""

from __future__ import annotations

from .....machinery import field, names
from ...checks import minimum, port_number_or_name, said
from .rules import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .....machinery.types import FieldErrors, Object

_LINUX_SIGNALS = frozenset((
    "SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGIO",
    "SIGIOT", "SIGKILL", "SIGPIPE", "SIGPOLL", "SIGPROF", "SIGPWR", "SIGQUIT", "SIGSEGV", "SIGSTKFLT", "SIGSTOP",
    "SIGSYS", "SIGTERM", "SIGTRAP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGUSR1", "SIGUSR2", "SIGVTALRM",
    "SIGWINCH", "SIGXCPU", "SIGXFSZ", "SIGRTMIN", "SIGRTMAX",
    *(f"SIGRTMIN+{n}" for n in range(1, 16)), *(f"SIGRTMAX-{n}" for n in range(1, 15))))
_WINDOWS_SIGNALS = frozenset(("SIGKILL", "SIGTERM"))


def probes(path: str, container: Object, scope: Scope) -> FieldErrors:
    """Errors of a container's three probes (validateLivenessProbe, validateReadinessProbe, validateStartupProbe)."""
    errors: FieldErrors = []
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(kind)
        if probe is None:
            continue
        at = f"{path}.{kind}"
        errors += _probe(at, probe, scope)
        if kind == "readinessProbe":
            if probe.get("terminationGracePeriodSeconds") is not None:
                errors.append(field.invalid(f"{at}.terminationGracePeriodSeconds",
                                            probe["terminationGracePeriodSeconds"],
                                            "must not be set for readinessProbes"))
        elif probe.get("successThreshold", 0) != 1:
            errors.append(field.invalid(f"{at}.successThreshold", probe.get("successThreshold", 0), "must be 1"))
    return errors


def _probe(path: str, probe: Object, scope: Scope) -> FieldErrors:
    """validateProbe, handlerFromProbe."""
    errors = _handler(path, probe, ("exec", "httpGet", "tcpSocket", "grpc"), scope)
    for key in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        errors += minimum(f"{path}.{key}", probe.get(key))
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        errors.append(field.invalid(f"{path}.terminationGracePeriodSeconds", grace, "must be greater than 0"))
    return errors


def lifecycle(path: str, found: Object, scope: Scope) -> FieldErrors:
    """Errors of a container's lifecycle (validateLifecycle, handlerFromLifecycle)."""
    errors: FieldErrors = []
    for hook in ("postStart", "preStop"):
        if found.get(hook) is not None:
            errors += _handler(f"{path}.{hook}", found[hook], ("exec", "httpGet", "tcpSocket", "sleep"), scope)
    if found.get("stopSignal") is not None:
        errors += _stop_signal(f"{path}.stopSignal", found["stopSignal"], scope.os)
    return errors


def _stop_signal(path: str, signal: str, os: str | None) -> FieldErrors:
    """validateStopSignal."""
    if os is None:
        return [field.forbidden(path, "may not be set for containers with empty `spec.os.name`")]
    allowed = {"windows": _WINDOWS_SIGNALS, "linux": _LINUX_SIGNALS}.get(os)
    return [] if allowed is None or signal in allowed else [field.not_supported(path, signal, sorted(allowed))]


def _handler(path: str, found: Object, kinds: tuple[str, ...], scope: Scope) -> FieldErrors:
    """validateHandler."""
    errors, first = [], True
    for kind in kinds:
        if found.get(kind) is None:
            continue
        if first:
            errors += _HANDLERS[kind](f"{path}.{kind}", found[kind], scope)
        else:
            errors.append(field.forbidden(f"{path}.{kind}", "may not specify more than 1 handler type"))
        first = False
    if first:
        errors.append(field.required(path, "must specify a handler type"))
    return errors


def _exec(path: str, action: Object, scope: Scope) -> FieldErrors:
    """validateExecAction."""
    return [] if action.get("command") else [field.required(f"{path}.command")]


def _http_get(path: str, action: Object, scope: Scope) -> FieldErrors:
    """validateHTTPGetAction."""
    errors = [] if action.get("path") else [field.required(f"{path}.path")]
    errors += port_number_or_name(f"{path}.port", action.get("port", 0))
    if action.get("scheme", "") not in ("HTTP", "HTTPS"):
        errors.append(field.not_supported(f"{path}.scheme", action.get("scheme", ""), ["HTTP", "HTTPS"]))
    for header in action.get("httpHeaders") or ():
        name = header.get("name", "")
        errors += said(f"{path}.httpHeaders", name, names.http_header_name(name))
    return errors


def _port(path: str, action: Object, scope: Scope) -> FieldErrors:
    """validateTCPSocketAction, validateGRPCAction."""
    return port_number_or_name(f"{path}.port", action.get("port", 0))


def _sleep(path: str, action: Object, scope: Scope) -> FieldErrors:
    """validateSleepAction."""
    seconds, grace = action.get("seconds", 0), scope.grace
    if scope.rules.has("PodLifecycleSleepActionAllowZero"):
        least, wanted = 0, f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
    else:
        least = 1
        wanted = (f"must be greater than 0 and less than terminationGracePeriodSeconds ({grace}). Enable "
                  "AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.")
    return [] if grace is None or least <= seconds <= grace else [field.invalid(path, seconds, wanted)]


_HANDLERS = {"exec": _exec, "httpGet": _http_get, "tcpSocket": _port, "grpc": _port, "sleep": _sleep}
