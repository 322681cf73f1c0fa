"""What --profile makes of a debugging pod and its container (pkg/cmd/debug/profiles.go)."""

from __future__ import annotations

from ...releases.kubectl import does
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from ...machinery.types import Object, Release
    from ..cli.flags import Flags

    Step: TypeAlias = "Callable[[Subject], None]"

LEGACY = "legacy"
_KINDS = ("initContainers", "containers", "ephemeralContainers")
_PROBES = {"liveness": "livenessProbe", "readiness": "readinessProbe", "startup": "startupProbe"}


class Subject:
    """What a profile changes, in place: `pod` and its first container called `name`, of whatever kind."""

    def __init__(self, pod: Object, name: str, flags: Flags, release: Release):
        self.pod, self.flags, self.release = pod, flags, release
        self.spec: Object = pod["spec"]
        self.container: Object = next(container for kind in _KINDS for container in self.spec.get(kind) or ()
                                      if container["name"] == name)

    @property
    def security(self) -> Object:
        """The container's security context, made where it has none."""
        found: Object = self.container.setdefault("securityContext", {})
        return found

    def add_capabilities(self, *names: str) -> None:
        """Grant capabilities, whether the container has them or not."""
        self.security.setdefault("capabilities", {}).setdefault("add", []).extend(names)


def check(profile: str, release: Release) -> None:
    """Raise Failure for a profile that the release does not have."""
    if profile not in _PROFILES or (profile == "sysadmin" and not does("DebugSysadmin", release)):
        raise Failure(f"unknown profile: {profile}")


def apply(profile: str, style: str, subject: Subject) -> None:
    """Change the subject as a profile wants it for a `style` of debugging: ephemeral, copy or node."""
    for step in _PROFILES[profile].get(style, ()):
        step(subject)


def _mount_root(subject: Subject) -> None:
    subject.spec.setdefault("volumes", []).append({"name": "host-root", "hostPath": {"path": "/"}})
    subject.container.setdefault("volumeMounts", []).append({"name": "host-root", "mountPath": "/host"})


def _use_host(subject: Subject) -> None:
    subject.spec.update(hostNetwork=True, hostPID=True, hostIPC=True)


def _share(subject: Subject) -> None:
    if subject.spec.get("shareProcessNamespace") is None:
        subject.spec["shareProcessNamespace"] = True


def _clear(subject: Subject) -> None:
    subject.container.pop("securityContext", None)


def _trace(subject: Subject) -> None:
    subject.add_capabilities("SYS_PTRACE")


def _privilege(subject: Subject) -> None:
    subject.security["privileged"] = True


def _restrict(subject: Subject) -> None:
    subject.container["securityContext"] = {
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"}}


def _drop_labels(subject: Subject) -> None:
    subject.pod["metadata"].pop("labels", None)


def _trim(subject: Subject) -> None:
    """Take away what no --keep flag wants; before there were any, that was labels and probes."""
    flags, meta, spec = subject.flags, subject.pod["metadata"], subject.spec
    keeps = does("DebugKeeps", subject.release)
    if keeps:
        for field in ("labels", "annotations"):
            if not flags[f"keep-{field}"]:
                meta.pop(field, None)
        if not flags["keep-init-containers"]:
            spec.pop("initContainers", None)
    for container in spec["containers"]:
        for name, field in _PROBES.items():
            if not (keeps and flags[f"keep-{name}"]):
                container.pop(field, None)


def _trim_as_flags_say(subject: Subject) -> None:
    """The same, for profiles that took nothing away before there were those flags."""
    if does("DebugKeeps", subject.release):
        _trim(subject)


def _administer_network(subject: Subject) -> None:
    subject.add_capabilities("NET_ADMIN")
    if does("DebugNetadmin", subject.release):
        subject.add_capabilities("NET_RAW")


def _administer_network_of_node(subject: Subject) -> None:
    _administer_network(subject)
    _use_host(subject)
    if not does("DebugNetadmin", subject.release):
        _privilege(subject)


def _administer_network_of_copy(subject: Subject) -> None:
    _administer_network(subject)
    _trim_as_flags_say(subject)
    if does("DebugNetadmin", subject.release):
        _share(subject)


# Profile -> style -> what is done, in this order.
_PROFILES: dict[str, dict[str, tuple[Step, ...]]] = {
    LEGACY: {"node": (_mount_root, _use_host), "copy": (_drop_labels,)},
    "general": {"node": (_mount_root, _clear, _use_host), "copy": (_trim, _trace, _share), "ephemeral": (_trace,)},
    "baseline": {"node": (_clear,), "copy": (_clear, _trim, _share), "ephemeral": (_clear,)},
    "restricted": {"node": (_restrict,), "copy": (_restrict, _trim_as_flags_say, _share), "ephemeral": (_restrict,)},
    "netadmin": {"node": (_administer_network_of_node,), "copy": (_administer_network_of_copy,),
                 "ephemeral": (_administer_network,)},
    "sysadmin": {"node": (_privilege, _use_host, _mount_root), "copy": (_privilege, _trim_as_flags_say, _share),
                 "ephemeral": (_privilege,)},
}
