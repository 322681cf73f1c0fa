"""The Pod Security Standards: what `baseline` and `restricted` forbid (k8s.io/pod-security-admission/policy).

A check takes a pod's metadata and spec and the policy's version, and returns None or (reason, detail).
"""

from __future__ import annotations

from ...releases import within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from ...machinery.types import Object, Release

    Problem: TypeAlias = tuple[str, str]

_WINDOWS_EXEMPT_SINCE = (1, 25)
_USER_NAMESPACES_SINCE = (1, 35)
_CAPABILITIES = {"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
                 "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"}
_SELINUX_TYPES = {"", "container_t", "container_init_t", "container_kvm_t"}
_SYSCTLS = (
    ((1, 0), ("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
              "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start")),
    ((1, 27), ("net.ipv4.ip_local_reserved_ports",)),
    ((1, 29), ("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
               "net.ipv4.tcp_keepalive_probes")),
    ((1, 32), ("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")),
)
_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
            "secret"}
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def violations(level: str, version: Release, meta: Object, spec: Object) -> list[tuple[str, str]]:
    """Return (reason, detail) of all that a policy forbids of a pod, in the order in which they are told."""
    found = []
    for since, until, check in _BASELINE if level == "baseline" else _RESTRICTED:
        if within(version, since, until):
            problem = check(meta, spec, version)
            if problem is not None:
                found.append(problem)
    return found


def _containers(spec: Object) -> list[Object]:
    return [container for key in ("initContainers", "containers", "ephemeralContainers")
            for container in spec.get(key) or ()]


def _context(owner: Object) -> Object:
    return owner.get("securityContext") or {}


def _quoted(items: Iterable[str]) -> str:
    return ", ".join(f'"{item}"' for item in items)


def _named(names: list[str], word: str = "container") -> str:
    return f"{word if len(names) == 1 else word + 's'} {_quoted(names)}"


def _setters(pod: bool, names: list[str]) -> str:
    return " and ".join([*(["pod"] if pod else []), *([_named(names)] if names else [])])


def _where(spec: Object, test: Callable[[Object], bool]) -> list[str]:
    """Return the names of the containers whose security context a test holds for."""
    return [container["name"] for container in _containers(spec) if test(_context(container))]


def _windows(spec: Object, version: Release) -> bool:
    return within(version, _WINDOWS_EXEMPT_SINCE) and (spec.get("os") or {}).get("name") == "windows"


def _own_users(spec: Object, version: Release) -> bool:
    return within(version, _USER_NAMESPACES_SINCE) and spec.get("hostUsers") is False


# baseline


def _app_armor(meta: Object, spec: Object, version: Release) -> Problem | None:
    def bad(context: Object) -> bool:
        profile = context.get("appArmorProfile")
        return profile is not None and profile.get("type") not in ("RuntimeDefault", "Localhost")

    names = _where(spec, bad)
    contexts = [_context(spec), *map(_context, _containers(spec))]
    values = sorted({context["appArmorProfile"].get("type", "") for context in contexts if bad(context)})
    setters = [text for text in [_setters(bad(_context(spec)), names)] if text]
    annotations = sorted(f'{key}="{value}"' for key, value in (meta.get("annotations") or {}).items()
                         if key.startswith(_APPARMOR) and value not in ("", "runtime/default")
                         and not value.startswith("localhost/"))
    if annotations:
        values += annotations
        setters.append("annotation" if len(annotations) == 1 else "annotations")
    if not setters:
        return None
    reason = "forbidden AppArmor profile" if len(values) == 1 else "forbidden AppArmor profiles"
    return reason, f"{' and '.join(setters)} must not set AppArmor profile type to {_quoted(values)}"


def _added_capabilities(spec: Object, allowed: set[str]) -> tuple[list[str], list[str]]:
    names, added = [], set()
    for container in _containers(spec):
        wrong = [name for name in (_context(container).get("capabilities") or {}).get("add") or ()
                 if name not in allowed]
        if wrong:
            names.append(container["name"])
            added.update(wrong)
    return names, sorted(added)


def _capabilities_baseline(meta: Object, spec: Object, version: Release) -> Problem | None:
    names, added = _added_capabilities(spec, _CAPABILITIES)
    if not names:
        return None
    return "non-default capabilities", (f"{_named(names)} must not include {_quoted(added)} in "
                                        "securityContext.capabilities.add")


def _host_namespaces(meta: Object, spec: Object, version: Release) -> Problem | None:
    used = [f"{key}=true" for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
    return ("host namespaces", ", ".join(used)) if used else None


def _host_path(meta: Object, spec: Object, version: Release) -> Problem | None:
    names = [volume["name"] for volume in spec.get("volumes") or () if volume.get("hostPath") is not None]
    return ("hostPath volumes", _named(names, "volume")) if names else None


def _host_ports(meta: Object, spec: Object, version: Release) -> Problem | None:
    names, ports = [], set()
    for container in _containers(spec):
        used = {str(port["hostPort"]) for port in container.get("ports") or () if port.get("hostPort")}
        if used:
            names.append(container["name"])
            ports |= used
    if not names:
        return None
    return "hostPort", (f"{_named(names)} {'uses' if len(names) == 1 else 'use'} "
                        f"{'hostPort' if len(ports) == 1 else 'hostPorts'} {', '.join(sorted(ports))}")


def _hosts(container: Object) -> set[str]:
    lifecycle = container.get("lifecycle") or {}
    handlers = [container.get(key) for key in ("livenessProbe", "readinessProbe", "startupProbe")]
    handlers += [lifecycle.get("postStart"), lifecycle.get("preStop")]
    return {host for handler in handlers if handler for key in ("httpGet", "tcpSocket")
            if (host := (handler.get(key) or {}).get("host"))}


def _probe_hosts(meta: Object, spec: Object, version: Release) -> Problem | None:
    bad = {container["name"]: found for container in _containers(spec) if (found := _hosts(container))}
    if not bad:
        return None
    names, hosts = sorted(bad), sorted({host for found in bad.values() for host in found})
    return "probe or lifecycle host", (f"{_named(names)} {'uses' if len(names) == 1 else 'use'} "
                                       f"{_named(hosts, 'probe or lifecycle host')}")


def _privileged(meta: Object, spec: Object, version: Release) -> Problem | None:
    names = _where(spec, lambda context: bool(context.get("privileged")))
    return ("privileged", f"{_named(names)} must not set securityContext.privileged=true") if names else None


def _proc_mount(meta: Object, spec: Object, version: Release) -> Problem | None:
    def bad(context: Object) -> bool:
        return context.get("procMount") not in (None, "Default")

    names = _where(spec, bad)
    values = sorted({_context(container)["procMount"] for container in _containers(spec) if bad(_context(container))})
    if not names:
        return None
    return "procMount", f"{_named(names)} must not set securityContext.procMount to {_quoted(values)}"


def _proc_mount_baseline(meta: Object, spec: Object, version: Release) -> Problem | None:
    return None if _own_users(spec, version) else _proc_mount(meta, spec, version)


def _se_linux(meta: Object, spec: Object, version: Release) -> Problem | None:
    allowed = _SELINUX_TYPES | ({"container_engine_t"} if within(version, (1, 31)) else set())
    types, told = set(), {"user": False, "role": False}

    def bad(context: Object) -> bool:
        options = context.get("seLinuxOptions")
        if options is None:
            return False
        wrong = options.get("type", "") not in allowed
        if wrong:
            types.add(options["type"])
        for key in told:
            told[key] = told[key] or bool(options.get(key))
            wrong = wrong or bool(options.get(key))
        return wrong

    setters = _setters(bad(_context(spec)), _where(spec, bad))
    if not setters:
        return None
    data = [_named(sorted(types), "type")] if types else []
    data += [f"{key} may not be set" for key, is_set in told.items() if is_set]
    return "seLinuxOptions", f"{setters} set forbidden securityContext.seLinuxOptions: {'; '.join(data)}"


def _seccomp_type(context: Object) -> str | None:
    profile = context.get("seccompProfile")
    return None if profile is None else profile.get("type", "")


def _seccomp_bad(context: Object) -> bool:
    return _seccomp_type(context) not in (None, "RuntimeDefault", "Localhost")


def _seccomp_baseline(meta: Object, spec: Object, version: Release) -> Problem | None:
    setters = _setters(_seccomp_bad(_context(spec)), _where(spec, _seccomp_bad))
    if not setters:
        return None
    contexts = [_context(spec), *map(_context, _containers(spec))]
    values = sorted({_seccomp_type(context) or "" for context in contexts if _seccomp_bad(context)})
    return "seccompProfile", f"{setters} must not set securityContext.seccompProfile.type to {_quoted(values)}"


def _sysctls(meta: Object, spec: Object, version: Release) -> Problem | None:
    allowed = {name for since, names in _SYSCTLS if within(version, since) for name in names}
    used = [sysctl["name"] for sysctl in _context(spec).get("sysctls") or () if sysctl["name"] not in allowed]
    return ("forbidden sysctls", ", ".join(used)) if used else None


def _host_process(meta: Object, spec: Object, version: Release) -> Problem | None:
    def bad(context: Object) -> bool:
        return bool((context.get("windowsOptions") or {}).get("hostProcess"))

    setters = _setters(bad(_context(spec)), _where(spec, bad))
    if not setters:
        return None
    return "hostProcess", f"{setters} must not set securityContext.windowsOptions.hostProcess=true"


# restricted


def _privilege_escalation(meta: Object, spec: Object, version: Release) -> Problem | None:
    names = _where(spec, lambda context: context.get("allowPrivilegeEscalation") is not False)
    if not names or _windows(spec, version):
        return None
    return "allowPrivilegeEscalation != false", (f"{_named(names)} must set "
                                                 "securityContext.allowPrivilegeEscalation=false")


def _capabilities_restricted(meta: Object, spec: Object, version: Release) -> Problem | None:
    if _windows(spec, version):
        return None
    keeping = _where(spec, lambda context: "ALL" not in ((context.get("capabilities") or {}).get("drop") or ()))
    names, added = _added_capabilities(spec, {"NET_BIND_SERVICE"})
    details = [f'{_named(keeping)} must set securityContext.capabilities.drop=["ALL"]'] if keeping else []
    if names:
        details.append(f"{_named(names)} must not include {_quoted(added)} in securityContext.capabilities.add")
    return ("unrestricted capabilities", "; ".join(details)) if details else None


def _restricted_volumes(meta: Object, spec: Object, version: Release) -> Problem | None:
    names, types = [], set()
    for volume in spec.get("volumes") or ():
        sources = [key for key, value in volume.items() if key != "name" and value is not None]
        if not _VOLUMES.intersection(sources):
            names.append(volume["name"])
            types.add(sources[0] if sources else "unknown")
    if not names:
        return None
    return "restricted volume types", (f"{_named(names, 'volume')} {'uses' if len(names) == 1 else 'use'} "
                                       f"{_named(sorted(types), 'restricted volume type')}")


def _non_root(meta: Object, spec: Object, version: Release) -> Problem | None:
    if _own_users(spec, version):
        return None
    pod, reason = _context(spec).get("runAsNonRoot"), "runAsNonRoot != true"
    setters = _setters(pod is False, _where(spec, lambda context: context.get("runAsNonRoot") is False))
    if setters:
        return reason, f"{setters} must not set securityContext.runAsNonRoot=false"
    names = [] if pod else _where(spec, lambda context: context.get("runAsNonRoot") is None)
    return (reason, f"pod or {_named(names)} must set securityContext.runAsNonRoot=true") if names else None


def _root_user(meta: Object, spec: Object, version: Release) -> Problem | None:
    if _own_users(spec, version):
        return None

    def bad(context: Object) -> bool:
        return context.get("runAsUser") == 0

    setters = _setters(bad(_context(spec)), _where(spec, bad))
    return ("runAsUser=0", f"{setters} must not set runAsUser=0") if setters else None


def _seccomp_restricted(meta: Object, spec: Object, version: Release) -> Problem | None:
    if _windows(spec, version):
        return None
    problem = _seccomp_baseline(meta, spec, version)
    if problem is not None:
        return problem
    names = [] if _seccomp_type(_context(spec)) else _where(spec, lambda context: _seccomp_type(context) is None)
    if not names:
        return None
    return "seccompProfile", (f"pod or {_named(names)} must set securityContext.seccompProfile.type to "
                              '"RuntimeDefault" or "Localhost"')


_EVER = _ON = None  # no first version, no last
# (first version, first version without it, check), baseline first, each level in the order of the checks' names.
_COMMON = (
    (_EVER, _ON, _app_armor), (_EVER, _ON, _host_namespaces), (_EVER, _ON, _host_ports),
    ((1, 34), _ON, _probe_hosts), (_EVER, _ON, _privileged),
)
_COMMON_TAIL = ((_EVER, _ON, _sysctls), (_EVER, _ON, _host_process))
_BASELINE = (
    _COMMON[0], (_EVER, _ON, _capabilities_baseline), _COMMON[1], (_EVER, _ON, _host_path), *_COMMON[2:],
    (_EVER, _ON, _proc_mount_baseline), (_EVER, _ON, _se_linux), ((1, 19), _ON, _seccomp_baseline), *_COMMON_TAIL,
)
_RESTRICTED = (
    _COMMON[0], (_EVER, (1, 22), _capabilities_baseline), *_COMMON[1:], (_EVER, _USER_NAMESPACES_SINCE, _proc_mount),
    (_EVER, _ON, _se_linux), *_COMMON_TAIL,
    ((1, 8), _ON, _privilege_escalation), ((1, 22), _ON, _capabilities_restricted),
    (_USER_NAMESPACES_SINCE, _ON, _proc_mount), (_EVER, _ON, _restricted_volumes), (_EVER, _ON, _non_root),
    ((1, 23), _ON, _root_user), ((1, 19), _ON, _seccomp_restricted),
)
