"""Containers, init containers and ephemeral containers."""

from __future__ import annotations

from .....machinery import field, names
from ...checks import dns1123_label, once, said
from . import env, resources, security
from .probes import lifecycle, probes
from .rules import Scope, descending_path, no_backsteps
from .volumes import pull_policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .....machinery.types import FieldErrors, Object

_RESTART_POLICIES = ("Always", "Never", "OnFailure")
_RESIZABLE = ("cpu", "memory")
_PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
# Fields that ephemeral containers must not have, in the order in which they are told.
_NOT_EPHEMERAL = ("ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules", "livenessProbe",
                  "readinessProbe", "startupProbe", "lifecycle")


def containers(path: str, found: list[Object], scope: Scope) -> FieldErrors:
    """Errors of the regular containers (validateContainers)."""
    if not found:
        return [field.required(path)]
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, container in enumerate(found):
        at, name = f"{path}[{i}]", container.get("name", "")
        errors += _common(at, container, scope)
        errors += once(f"{at}.name", name, seen)
        errors += _runtime(at, container, scope)
        if scope.rules.has("ContainerRestartRules"):
            errors += _restart_policy(at, container, scope)
        elif container.get("restartPolicy") is not None:
            errors.append(field.forbidden(f"{at}.restartPolicy", "may not be set for non-init containers"))
    return errors + _host_ports(path, found)


def init_containers(path: str, found: list[Object], regular: list[Object], scope: Scope) -> FieldErrors:
    """Errors of the init containers, sidecars among them (validateInitContainers)."""
    errors: FieldErrors = []
    seen = {container.get("name", "") for container in regular}
    for i, container in enumerate(found):
        at, name = f"{path}[{i}]", container.get("name", "")
        errors += _common(at, container, scope)
        errors += _init_restart_policy(at, container, scope)
        if name in seen:
            errors.append(field.duplicate(f"{at}.name", name))
        elif name:
            seen.add(name)
        errors += _host_ports(path, [container])
        if container.get("restartPolicy") == "Always":
            errors += _runtime(at, container, scope)
            continue
        errors += [field.forbidden(f"{at}.{key}", "may not be set for init containers without restartPolicy=Always")
                   for key in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
                   if container.get(key) is not None]
        errors += [field.invalid(f"{at}.resizePolicy[{j}].restartPolicy", "RestartContainer",
                                 "must not be set to 'RestartContainer' for non-sidecar initContainers")
                   for j, policy in enumerate(container.get("resizePolicy") or ())
                   if policy.get("restartPolicy") == "RestartContainer"]
    return errors


def ephemeral_containers(path: str, found: list[Object], spec: Object, scope: Scope) -> FieldErrors:
    """Errors of the ephemeral containers (validateEphemeralContainers, validateFieldAllowList)."""
    errors: FieldErrors = []
    others = {container.get("name", "") for kind in ("containers", "initContainers")
              for container in spec.get(kind) or ()}
    seen = set(others)
    for i, container in enumerate(found):
        at, name = f"{path}[{i}]", container.get("name", "")
        errors += _common(at, container, scope)
        errors += image_padding(at, container)
        errors += once(f"{at}.name", name, seen)
        target = container.get("targetContainerName", "")
        if target and target not in others:
            errors.append(field.not_found(f"{at}.targetContainerName", target))
        why = "cannot be set for an Ephemeral Container"
        errors += [field.forbidden(f"{at}.{key}", why) for key in _NOT_EPHEMERAL
                   if container.get(key) or (key != "resources" and container.get(key) is not None)]
        errors += [field.forbidden(f"{at}.volumeMounts[{j}].{key}", why)
                   for j, mount in enumerate(container.get("volumeMounts") or ())
                   for key in ("subPath", "subPathExpr") if mount.get(key)]
    return errors


def image_padding(path: str, container: Object) -> FieldErrors:
    """Errors of blanks around an image's name, which templates may have (validateContainerOnlyForPod,
    validateContainersOnlyForPod)."""
    image = container.get("image", "")
    if image == image.strip():
        return []
    return [field.invalid(f"{path}.image", image, "must not have leading or trailing whitespace")]


def _common(path: str, container: Object, scope: Scope) -> FieldErrors:
    """What holds for containers of all sorts (validateContainerCommon)."""
    name = container.get("name", "")
    errors = dns1123_label(f"{path}.name", name) if name else [field.required(f"{path}.name")]
    if not container.get("image"):
        errors.append(field.required(f"{path}.image"))
    policy = container.get("terminationMessagePolicy", "")
    if policy not in ("File", "FallbackToLogsOnError"):
        at = f"{path}.terminationMessagePolicy"
        errors.append(field.not_supported(at, policy, ["File", "FallbackToLogsOnError"]) if policy
                      else field.required(at))
    if "ports" in container:
        errors += _ports(f"{path}.ports", container["ports"])
    if "env" in container:
        errors += env.variables(f"{path}.env", container["env"], scope.rules)
    if "envFrom" in container:
        errors += env.sources(f"{path}.envFrom", container["envFrom"], scope.rules)
    if "volumeMounts" in container:
        errors += _mounts(f"{path}.volumeMounts", container, scope)
    if "volumeDevices" in container:
        errors += _devices(f"{path}.volumeDevices", container, scope)
    errors += pull_policy(f"{path}.imagePullPolicy", container.get("imagePullPolicy", ""))
    if container.get("resources"):
        errors += resources.container_requirements(f"{path}.resources", container["resources"], scope.claims)
    if "resizePolicy" in container:
        errors += _resize_policy(f"{path}.resizePolicy", container["resizePolicy"], scope)
    if container.get("securityContext"):
        errors += security.container_context(f"{path}.securityContext", container["securityContext"], scope.host_users)
    return errors


def _runtime(path: str, container: Object, scope: Scope) -> FieldErrors:
    errors = []
    if container.get("lifecycle") is not None:
        errors += lifecycle(f"{path}.lifecycle", container["lifecycle"], scope)
    return errors + probes(path, container, scope)


def _ports(path: str, found: list[Object]) -> FieldErrors:
    """validateContainerPorts."""
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, port in enumerate(found):
        at, name, number = f"{path}[{i}]", port.get("name", ""), port.get("containerPort", 0)
        if name:
            wrong = said(f"{at}.name", name, names.port_name(name))
            if not wrong and name in seen:
                wrong = [field.duplicate(f"{at}.name", name)]
            errors += wrong
            seen.add(name)
        errors += said(f"{at}.containerPort", number, names.port_number(number)) if number else [
            field.required(f"{at}.containerPort")]
        if port.get("hostPort"):
            errors += said(f"{at}.hostPort", port["hostPort"], names.port_number(port["hostPort"]))
        protocol = port.get("protocol", "")
        if not protocol:
            errors.append(field.required(f"{at}.protocol"))
        elif protocol not in ("TCP", "UDP", "SCTP"):
            errors.append(field.not_supported(f"{at}.protocol", protocol, ["SCTP", "TCP", "UDP"]))
    return errors


def _host_ports(path: str, found: list[Object]) -> FieldErrors:
    """AccumulateUniqueHostPorts, checkHostPortConflicts."""
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, container in enumerate(found):
        for j, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                text = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
                errors += once(f"{path}[{i}].ports[{j}].hostPort", text, seen)
    return errors


def _mounts(path: str, container: Object, scope: Scope) -> FieldErrors:
    """ValidateVolumeMounts, IsMatchedVolume, mountNameAlreadyExists, mountPathAlreadyExists, GetVolumeDeviceMap."""
    errors: FieldErrors = []
    seen: set[str] = set()
    devices = {device.get("name", ""): device.get("devicePath", "") for device in container.get("volumeDevices") or ()}
    for i, mount in enumerate(container["volumeMounts"]):
        at, name, where = f"{path}[{i}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            errors.append(field.required(f"{at}.name"))
        if name not in scope.volumes:
            errors.append(field.not_found(f"{at}.name", name))
        if not where:
            errors.append(field.required(f"{at}.mountPath"))
        if where in seen:
            errors.append(field.invalid(f"{at}.mountPath", where, "must be unique"))
        seen.add(where)
        if name in devices:
            errors.append(field.invalid(f"{at}.name", name, "must not already exist in volumeDevices"))
        if where in devices.values():
            errors.append(field.invalid(f"{at}.mountPath", where, "must not already exist as a path in volumeDevices"))
        sub, expression = mount.get("subPath", ""), mount.get("subPathExpr", "")
        if sub:
            errors += descending_path(f"{path}.subPath", sub)
        if expression:
            if sub:
                errors.append(field.invalid(f"{at}.subPathExpr", expression,
                                            "subPathExpr and subPath are mutually exclusive"))
            errors += descending_path(f"{path}.subPathExpr", expression)
        errors += _propagation(path, mount, container)
    return errors


def _propagation(path: str, mount: Object, container: Object) -> FieldErrors:
    """validateMountPropagation, validateMountRecursiveReadOnly."""
    errors: FieldErrors = []
    way, recursive = mount.get("mountPropagation"), mount.get("recursiveReadOnly")
    at = f"{path}.mountPropagation"
    if way not in (None, *_PROPAGATIONS):
        errors.append(field.not_supported(at, way, _PROPAGATIONS))
    if way == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
        errors.append(field.forbidden(at, "Bidirectional mount propagation is available only to privileged containers"))
    at = f"{path}.recursiveReadOnly"
    if recursive in ("Enabled", "IfPossible"):
        if not mount.get("readOnly"):
            errors.append(field.forbidden(at, "may only be specified when readOnly is true"))
        if way not in (None, "None"):
            errors.append(field.forbidden(at, "may only be specified when mountPropagation is None or not specified"))
    elif recursive not in (None, "Disabled"):
        errors.append(field.not_supported(at, recursive, ["Disabled", "Enabled", "IfPossible"]))
    return errors


def _devices(path: str, container: Object, scope: Scope) -> FieldErrors:
    """ValidateVolumeDevices, isMatchedDevice, deviceNameAlreadyExists, devicePathAlreadyExists, GetVolumeMountMap."""
    errors: FieldErrors = []
    seen_names: set[str] = set()
    seen_paths: set[str] = set()
    mounts = {mount.get("name", ""): mount.get("mountPath", "") for mount in container.get("volumeMounts") or ()}
    for i, device in enumerate(container["volumeDevices"]):
        at, name, where = f"{path}[{i}]", device.get("name", ""), device.get("devicePath", "")
        volume = scope.volumes.get(name)
        if not name:
            errors.append(field.required(f"{at}.name"))
        if name in seen_names:
            errors.append(field.invalid(f"{at}.name", name, "must be unique"))
        if volume is None:
            errors.append(field.not_found(f"{at}.name", name))
        elif "persistentVolumeClaim" not in volume and "ephemeral" not in volume:
            errors.append(field.invalid(f"{at}.name", name, "can only use volume source type of PersistentVolumeClaim "
                                        "or Ephemeral for block mode"))
        if not where:
            errors.append(field.required(f"{at}.devicePath"))
        if where in seen_paths:
            errors.append(field.invalid(f"{at}.devicePath", where, "must be unique"))
        if no_backsteps("", where):
            errors.append(field.invalid(f"{at}.devicePath", where, "can not contain backsteps ('..')"))
        else:
            seen_paths.add(where)
        if name in mounts:
            errors.append(field.invalid(f"{at}.name", name, "must not already exist in volumeMounts"))
        if where in mounts.values():
            errors.append(field.invalid(f"{at}.devicePath", where, "must not already exist as a path in volumeMounts"))
        if name:
            seen_names.add(name)
    return errors


def _resize_policy(path: str, found: list[Object], scope: Scope) -> FieldErrors:
    """validateResizePolicy."""
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, item in enumerate(found):
        name, policy = item.get("resourceName", ""), item.get("restartPolicy", "")
        errors += once(f"{path}[{i}]", name, seen)
        for value, allowed in ((name, _RESIZABLE), (policy, ("NotRequired", "RestartContainer"))):
            if not value:
                errors.append(field.required(path))
            elif value not in allowed:
                errors.append(field.not_supported(path, value, allowed))
        if scope.restart_policy == "Never" and policy != "NotRequired":
            errors.append(field.invalid(path, policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
    return errors


def _init_restart_policy(path: str, container: Object, scope: Scope) -> FieldErrors:
    """validateInitContainerRestartPolicy."""
    policy = container.get("restartPolicy")
    if policy is not None and not scope.rules.has("ContainerRestartRules"):
        return [] if policy == "Always" else [field.not_supported(f"{path}.restartPolicy", policy, ["Always"])]
    if policy == "Always" and not scope.rules.has("RestartAllContainersOnContainerExits"):
        return [field.forbidden(f"{path}.restartPolicyRules", "restartPolicyRules are not allowed for init containers "
                                "with restart policy Always")] if container.get("restartPolicyRules") else []
    return _restart_policy(path, container, scope)


def _restart_policy(path: str, container: Object, scope: Scope) -> FieldErrors:
    """validateContainerRestartPolicy."""
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules") or ()
    errors: FieldErrors = []
    at = f"{path}.restartPolicy"
    if policy is None:
        if not rules:
            return []
        errors.append(field.required(at, "must specify restartPolicy when restart rules are used"))
    elif policy not in _RESTART_POLICIES:
        errors.append(field.not_supported(at, policy, _RESTART_POLICIES))
    if len(rules) > 20:
        errors.append(field.too_many(f"{path}.restartPolicyRules", len(rules), 20))
    actions = ["Restart"]
    if scope.rules.has("RestartAllContainersOnContainerExits"):
        actions.append("RestartAllContainers")
    for i, rule in enumerate(rules):
        at = f"{path}.restartPolicyRules[{i}]"
        if rule.get("action", "") not in actions:
            errors.append(field.not_supported(f"{at}.action", rule.get("action", ""), actions))
        codes = rule.get("exitCodes")
        if codes is None:
            errors.append(field.required(f"{at}.exitCodes", "must be specified"))
            continue
        if codes.get("operator", "") not in ("In", "NotIn"):
            errors.append(field.not_supported(f"{at}.exitCodes.operator", codes.get("operator", ""), ["In", "NotIn"]))
        if len(codes.get("values") or ()) > 255:
            errors.append(field.too_many(f"{at}.exitCodes.values", len(codes["values"]), 255))
    return errors
