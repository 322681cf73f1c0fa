"""Security contexts of pods and containers, and the annotations that came before their fields."""

from __future__ import annotations

from .....machinery import field, names
from .... import internaltypes
from ...checks import said
from .rules import descending_path, visit_containers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .....machinery.types import FieldErrors, Object

SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"

_SYSCTL = r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_IPC_SYSCTLS = ("kernel.sem", "kernel.shm", "kernel.msg", "fs.mqueue.")
_MUST_MATCH = "type in annotation and field must match"


def pod_context(path: str, spec: Object) -> FieldErrors:
    """Errors of a pod's securityContext (validatePodSpecSecurityContext, validateFSGroupChangePolicy,
    validateSupplementalGroupsPolicy, validateSELinuxChangePolicy)."""
    found = spec.get("securityContext")
    errors: FieldErrors = []
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        errors.append(field.invalid(f"{path}.shareProcessNamespace", True,
                                    "ShareProcessNamespace and HostPID cannot both be enabled"))
    if not found:
        return errors
    for key in ("fsGroup", "runAsUser", "runAsGroup"):
        errors += _id(f"{path}.{key}", found.get(key))
    for i, group in enumerate(found.get("supplementalGroups") or ()):
        errors += _id(f"{path}.supplementalGroups[{i}]", group)
    errors += _sysctls(f"{path}.sysctls", found.get("sysctls") or (), spec)
    errors += _choice(f"{path}.fsGroupChangePolicy", found.get("fsGroupChangePolicy"), ("Always", "OnRootMismatch"))
    errors += _seccomp(f"{path}.seccompProfile", found.get("seccompProfile"))
    errors += _windows_options(f"{path}.windowsOptions", found.get("windowsOptions"))
    errors += apparmor_profile(f"{path}.appArmorProfile", found.get("appArmorProfile"))
    errors += _choice(f"{path}.supplementalGroupsPolicy", found.get("supplementalGroupsPolicy"), ("Merge", "Strict"))
    errors += _choice(f"{path}.seLinuxChangePolicy", found.get("seLinuxChangePolicy"), ("MountOption", "Recursive"))
    return errors


def _id(path: str, number: int | None) -> FieldErrors:
    return [] if number is None else said(path, number, names.user_id(number))


def _choice(path: str, value: str | None, allowed: tuple[str, ...]) -> FieldErrors:
    return [] if value is None or value in allowed else [field.not_supported(path, value, allowed)]


def _sysctls(path: str, found: Iterable[Object], spec: Object) -> FieldErrors:
    """validateSysctls, ValidateHostSysctl, IsValidSysctlName."""
    import re

    errors: FieldErrors = []
    seen: set[str] = set()
    for i, sysctl in enumerate(found):
        at, name = f"{path}[{i}].name", sysctl.get("name", "")
        if not name:
            errors.append(field.required(at))
        elif len(name) > 253 or not re.fullmatch(_SYSCTL, name):
            errors.append(field.invalid(at, name, f"must have at most 253 characters and match regex ^{_SYSCTL}$"))
        elif name in seen:
            errors.append(field.duplicate(at, name))
        dotted = name.replace("/", ".")
        if spec.get("hostNetwork") and dotted.startswith("net."):
            errors.append(field.invalid(at, name, "may not be specified when 'hostNetwork' is true"))
        elif spec.get("hostIPC") and dotted.startswith(_IPC_SYSCTLS):
            errors.append(field.invalid(at, name, "may not be specified when 'hostIPC' is true"))
        seen.add(name)
    return errors


def container_context(path: str, found: Object, host_users: bool) -> FieldErrors:
    """Errors of a container's securityContext (ValidateSecurityContext, ValidateProcMountType)."""
    errors = _id(f"{path}.runAsUser", found.get("runAsUser")) + _id(f"{path}.runAsGroup", found.get("runAsGroup"))
    proc_mount = found.get("procMount")
    if proc_mount is not None:
        errors += _choice(f"{path}.procMount", proc_mount, ("Default", "Unmasked"))
        if host_users and proc_mount == "Unmasked":
            errors.append(field.invalid(f"{path}.procMount", proc_mount,
                                        "`hostUsers` must be false to use `Unmasked`"))
    errors += _seccomp(f"{path}.seccompProfile", found.get("seccompProfile"))
    if found.get("allowPrivilegeEscalation") is False:
        added = (found.get("capabilities") or {}).get("add") or ()
        clashes = ["`privileged` to true"] * bool(found.get("privileged"))
        clashes += ["`capabilities.Add` CAP_SYS_ADMIN"] * added.count("CAP_SYS_ADMIN")
        errors += [field.invalid(path, internaltypes.internal(found, "SecurityContext"),
                                 f"cannot set `allowPrivilegeEscalation` to false and {clash}") for clash in clashes]
    errors += _windows_options(f"{path}.windowsOptions", found.get("windowsOptions"))
    return errors + apparmor_profile(f"{path}.appArmorProfile", found.get("appArmorProfile"))


def _seccomp(path: str, profile: Object | None) -> FieldErrors:
    """validateSeccompProfileField, validateSeccompProfileType."""
    if profile is None:
        return []
    kind, local = profile.get("type", ""), profile.get("localhostProfile")
    if not kind:
        errors = [field.required(f"{path}.type", "type is required when seccompProfile is set")]
    else:
        errors = _choice(f"{path}.type", kind, ("Localhost", "RuntimeDefault", "Unconfined"))
    at = f"{path}.localhostProfile"
    if kind != "Localhost":
        if local is not None:
            errors.append(field.invalid(at, internaltypes.internal(profile, "SeccompProfile"),
                                        "can only be set when seccomp type is Localhost"))
    elif local is None:
        errors.append(field.required(at, "must be set when seccomp type is Localhost"))
    else:
        errors += descending_path(at, local)
    return errors


def apparmor_profile(path: str, profile: Object | None) -> FieldErrors:
    """Errors of an appArmorProfile (ValidateAppArmorProfileField)."""
    if profile is None:
        return []
    kind, local, at = profile.get("type", ""), profile.get("localhostProfile"), f"{path}.localhostProfile"
    if not kind:
        return [field.required(f"{path}.type", "type is required when appArmorProfile is set")]
    if kind in ("RuntimeDefault", "Unconfined"):
        return [] if local is None else [field.invalid(at, local, "can only be set when AppArmor type is Localhost")]
    if kind != "Localhost":
        return _choice(f"{path}.type", kind, ("Localhost", "RuntimeDefault", "Unconfined"))
    errors = []
    if not local:
        errors.append(field.required(at, "must be set when AppArmor type is Localhost"))
    elif local.strip() != local:
        errors.append(field.invalid(at, local, "must not be padded with whitespace"))
    if len(local or "") > 4095:
        errors.append(field.too_long(at, 4095))
    return errors


def _windows_options(path: str, options: Object | None) -> FieldErrors:
    """validateWindowsSecurityContextOptions."""
    if not options:
        return []
    errors: FieldErrors = []
    name, text = options.get("gmsaCredentialSpecName"), options.get("gmsaCredentialSpec")
    if name is not None:
        errors += said(f"{path}.gmsaCredentialSpecName", name, names.dns1123_subdomain(name))
    if text is not None:
        at = f"{path}.gmsaCredentialSpec"
        if not text:
            errors.append(field.invalid(at, text, "gmsaCredentialSpec cannot be an empty string"))
        elif len(text) > 64 * 1024:
            errors.append(field.invalid(at, text, "gmsaCredentialSpec size must be under 64 KiB"))
    user = options.get("runAsUserName")
    return errors if user is None else errors + said(f"{path}.runAsUserName", user, _windows_user(user))


def _windows_user(text: str) -> list[str]:
    import re

    if not text:
        return ["runAsUserName cannot be an empty string"]
    if re.search("[\x00-\x1f\x7f]", text):
        return ["runAsUserName cannot contain control characters"]
    parts = text.split("\\")
    if len(parts) > 2:
        return ["runAsUserName cannot contain more than one backslash"]
    domain, user = (None, parts[0]) if len(parts) == 1 else parts
    messages = []
    if len(domain or "") >= 256:
        messages.append("runAsUserName's Domain length must be under 256 characters")
    label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    if domain is not None and not re.fullmatch(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}', domain) \
            and not re.fullmatch(rf"{label}(?:\.{label})*", domain):
        messages.append("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
    if not user:
        messages.append("runAsUserName's User cannot be empty")
    elif len(user) > 104:
        messages.append("runAsUserName's User length must not be longer than 104 characters")
    if re.fullmatch("[. ]+", user):
        messages.append("runAsUserName's User cannot contain only periods or spaces")
    if re.search(r'["/\\:;|=,+*?<>@\[\]]', user):
        messages.append("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]")
    return messages


def host_process(path: str, spec: Object) -> FieldErrors:
    """Errors of hostProcess, which all containers of a Windows pod share (validateWindowsHostProcessPod)."""
    errors: FieldErrors = []
    total = count = 0
    of_pod = ((spec.get("securityContext") or {}).get("windowsOptions") or {}).get("hostProcess")
    for at, container in visit_containers(spec, path):
        total += 1
        own = ((container.get("securityContext") or {}).get("windowsOptions") or {}).get("hostProcess")
        if of_pod is not None and own is not None and of_pod != own:
            errors.append(field.invalid(f"{at}.securityContext.windowsOptions.hostProcess", own, "pod hostProcess "
                                        f"value must be identical if both are specified, was {str(of_pod).lower()}"))
        count += bool(own if own is not None else of_pod)
    if count and count != total:
        errors.append(field.invalid(path, "", "If pod contains any hostProcess containers then all containers must be "
                                    "HostProcess containers"))
    if count and not spec.get("hostNetwork"):
        errors.append(field.invalid(f"{path}.hostNetwork", False,
                                    "hostNetwork must be true if pod contains any hostProcess containers"))
    return errors


_POD_LINUX_ONLY = (
    "securityContext.appArmorProfile", "securityContext.seLinuxOptions", "hostUsers", "hostPID", "hostIPC",
    "securityContext.seccompProfile", "securityContext.fsGroup", "securityContext.fsGroupChangePolicy",
    "securityContext.sysctls", "shareProcessNamespace", "securityContext.runAsUser", "securityContext.runAsGroup",
    "securityContext.supplementalGroups", "securityContext.supplementalGroupsPolicy",
    "securityContext.seLinuxChangePolicy")
_LINUX_ONLY = ("appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem",
               "privileged", "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup")


def operating_system(path: str, spec: Object) -> FieldErrors:
    """Errors of spec.os and of settings that its system does not know (validateOS, validateLinux, validateWindows)."""
    name = spec["os"].get("name", "")
    if not name:
        return [field.required(f"{path}.os.name")]
    if name not in ("linux", "windows"):
        return [field.not_supported(f"{path}.os", name, ["linux", "windows"])]
    own = spec.get("securityContext") or {}
    if name == "linux":
        unfit = [f"{path}.securityContext.windowsOptions"] if own.get("windowsOptions") is not None else []
        keys: tuple[str, ...] = ("windowsOptions",)
        what = "windows options cannot be set for a linux pod"
    else:
        unfit = []
        for key in _POD_LINUX_ONLY:
            inner = key.removeprefix("securityContext.")
            value = own.get(inner) if inner != key else spec.get(key)
            if value not in (None, []) and not (value is False and key in ("hostPID", "hostIPC")):
                unfit.append(f"{path}.{key}")
        keys, what = _LINUX_ONLY, "cannot be set for a windows pod"
    for at, container in visit_containers(spec, path):
        context = container.get("securityContext") or {}
        unfit += [f"{at}.securityContext.{key}" for key in keys if context.get(key) is not None]
    return [field.forbidden(at, what) for at in unfit]


def host_users(path: str, spec: Object) -> FieldErrors:
    """Errors of hostUsers: false together with other namespaces of the host (validateHostUsers)."""
    if spec.get("hostUsers") is not False:
        return []
    why = "when `hostUsers` is false"
    errors = [field.forbidden(f"{path}.{shown}", why) for key, shown in
              (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")) if spec.get(key)]
    return errors + [field.forbidden(f"{at}.volumeDevices", why) for at, container in visit_containers(spec, path)
                     if container.get("volumeDevices")]


def seccomp_annotations(path: str, annotations: Object) -> FieldErrors:
    """Errors of seccomp annotations (ValidateSeccompPodAnnotations, ValidateSeccompProfile)."""
    errors: FieldErrors = []
    for key, profile in sorted(annotations.items()):
        if key == SECCOMP_POD or key.startswith(SECCOMP_CONTAINER):
            if profile.startswith("localhost/"):
                errors += descending_path(f"{path}.{key}", profile.removeprefix("localhost/"))
            elif profile not in ("runtime/default", "docker/default", "unconfined"):
                errors.append(field.invalid(f"{path}.{key}", profile, "must be a valid seccomp profile"))
    return errors


def apparmor_annotations(path: str, annotations: Object, spec: Object) -> FieldErrors:
    """Errors of AppArmor annotations (ValidateAppArmorPodAnnotations, ValidateAppArmorProfileFormat,
    podSpecHasContainer)."""
    errors = []
    for key, profile in sorted(annotations.items()):
        if not key.startswith(APPARMOR):
            continue
        name = key.removeprefix(APPARMOR)
        if all(container.get("name", "") != name for _, container in visit_containers(spec, "")):
            errors.append(field.invalid(f"{path}[{key}]", name, "container not found"))
        if profile not in ("", "runtime/default", "unconfined") and not profile.startswith("localhost/"):
            errors.append(field.invalid(f"{path}[{key}]", profile, f'invalid AppArmor profile name: "{profile}"'))
    return errors


def annotations_match(path: str, annotations: Object, spec: Object) -> FieldErrors:
    """Errors where an annotation and the field that took its place say different things
    (validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate)."""
    own = spec.get("securityContext") or {}
    errors: FieldErrors = []
    if SECCOMP_POD in annotations:
        errors += _match(f"{path}.securityContext.seccompProfile", "seccomp", own.get("seccompProfile"),
                         annotations[SECCOMP_POD])
    containers = [(f"{at}.securityContext", container.get("name", ""), container.get("securityContext") or {})
                  for at, container in visit_containers(spec, path)]
    for at, name, context in containers:
        if SECCOMP_CONTAINER + name in annotations:
            errors += _match(f"{at}.seccompProfile", "seccomp", context.get("seccompProfile"),
                             annotations[SECCOMP_CONTAINER + name])
    if (spec.get("os") or {}).get("name") == "windows":
        return errors
    for at, name, context in containers:
        if APPARMOR + name in annotations:
            errors += _match(f"{at}.appArmorProfile", "apparmor",
                             context.get("appArmorProfile") or own.get("appArmorProfile"), annotations[APPARMOR + name])
    return errors


def _match(path: str, what: str, profile: Object | None, annotation: str) -> FieldErrors:
    """validateSeccompAnnotationsAndFieldsMatch."""
    kind = (profile or {}).get("type")
    if profile is None or kind not in ("Unconfined", "RuntimeDefault", "Localhost"):
        return []
    if kind == "Localhost" and annotation.startswith("localhost/"):
        if annotation.removeprefix("localhost/") == profile.get("localhostProfile"):
            return []
        return [field.forbidden(f"{path}.localhostProfile", f"{what} profile in annotation and field must match")]
    fitting = {"Unconfined": ("unconfined",), "RuntimeDefault": ("runtime/default",), "Localhost": ()}[kind]
    if what == "seccomp" and kind == "RuntimeDefault":
        fitting += ("docker/default",)
    return [] if annotation in fitting else [field.forbidden(f"{path}.type", f"{what} {_MUST_MATCH}")]


def apparmor_of_annotation(annotation: str) -> Object | None:
    """Return the appArmorProfile that an annotation stands for, None where it is not valid."""
    if annotation in ("unconfined", "runtime/default"):
        return {"type": "Unconfined" if annotation == "unconfined" else "RuntimeDefault"}
    local = annotation.removeprefix("localhost/")
    return {"type": "Localhost", "localhostProfile": local} if local and local != annotation else None
