"""What a pod's status must be that somebody sets from outside (ValidatePodStatusUpdate)."""

from __future__ import annotations

from .....machinery import field, names
from .....releases.gates import enabled
from ...checks import dns1123_label, dns1123_subdomain, immutable, ip_address, once, qualified_name, said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .....machinery.types import FieldErrors, Object, Release

_SYSTEM_CONDITIONS = ("PodScheduled", "Ready", "Initialized")
_HEALTH = ("Healthy", "Unhealthy", "Unknown")
_MAX_HEALTH_MESSAGE = 1024
_STATUSES = {"containerStatuses": "containers", "initContainerStatuses": "initContainers",
             "ephemeralContainerStatuses": "ephemeralContainers"}


def validate_status(obj: Object, old: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a pod whose status is changed."""
    spec, status, before = obj["spec"], obj.get("status") or {}, old.get("status") or {}
    errors = _conditions(status.get("conditions") or ())
    nominated = status.get("nominatedNodeName", "")
    if nominated and nominated != before.get("nominatedNodeName", ""):
        errors += dns1123_subdomain("status.nominatedNodeName", nominated)
        if old["spec"].get("nodeName") and enabled("ClearingNominatedNodeNameAfterBinding", release):
            errors.append(field.forbidden("status.nominatedNodeName",
                                          "may not be set on pods that are already bound to a node"))
    if status.get("observedGeneration", 0) < 0:
        errors.append(field.invalid("status.observedGeneration", status["observedGeneration"],
                                    "must be a non-negative integer"))
    errors += immutable("status.qosClass", status.get("qosClass", ""), before.get("qosClass", ""))
    errors += _container_states(old["spec"], status, before)
    errors += _resource_claims(status.get("resourceClaimStatuses") or (), spec.get("resourceClaims") or ())
    if status.get("extendedResourceClaimStatus") is not None:
        errors += _extended_resources("status.extendedResourceClaimStatus", status["extendedResourceClaimStatus"], spec)
    errors += _addresses("podIPs", status, before, release)
    if status.get("hostIPs") and status["hostIPs"][0].get("ip", "") != status.get("hostIP", ""):
        errors.append(field.invalid("status.hostIPs[0].ip", status["hostIPs"][0].get("ip", ""),
                                    "must be equal to `hostIP`"))
    errors += _addresses("hostIPs", status, before, release)
    for check in (_user, _allocated):
        for key, kind in _STATUSES.items():
            for i, container in enumerate(status.get(key) or ()):
                errors += check(f"status.{key}[{i}]", container, kind, spec)
    return errors


def _conditions(found: Iterable[Object]) -> FieldErrors:
    """validatePodConditions."""
    errors: FieldErrors = []
    for i, condition in enumerate(found):
        generation, type_ = condition.get("observedGeneration", 0), condition.get("type", "")
        if generation < 0:
            errors.append(field.invalid(f"status.conditions[{i}].observedGeneration", generation,
                                        "must be a non-negative integer"))
        if type_ not in _SYSTEM_CONDITIONS:
            errors += qualified_name(f"status.conditions[{i}].Type", type_)
    return errors


def _container_states(spec: Object, status: Object, before: Object) -> FieldErrors:
    """A container that ended for good does not come back (ValidateContainerStateTransition,
    ValidateInitContainerStateTransition, ValidateEphemeralContainerStateTransition)."""
    if _all_could_restart(spec):
        kinds: Iterable[str] = ("ephemeralContainerStatuses",)
    else:
        kinds = _STATUSES
    errors = []
    for key in kinds:
        found = {container.get("name"): container for container in spec.get(_STATUSES[key]) or ()}
        for i, was in enumerate(before.get(key) or ()):
            ended, name = (was.get("state") or {}).get("terminated"), was.get("name")
            if ended is None or (key != "ephemeralContainerStatuses" and name in found
                                 and _restarts(found[name], spec, ended.get("exitCode", 0))):
                continue
            errors += [field.forbidden(f"status.{key}[{i}].state", "may not be transitioned to non-terminated state")
                       for each in status.get(key) or () if each.get("name") == name
                       and (each.get("state") or {}).get("terminated") is None]
    return errors


def _all_could_restart(spec: Object) -> bool:
    return any(rule.get("action") == "RestartAllContainers" for kind in ("containers", "initContainers")
               for container in spec.get(kind) or () for rule in container.get("restartPolicyRules") or ())


def _restarts(container: Object, spec: Object, code: int) -> bool:
    """Whether a container that ended so is started again (podutil.ContainerShouldRestart,
    isRestartableInitContainer)."""
    own = container.get("restartPolicy")
    for rule in container.get("restartPolicyRules") or () if own is not None else ():
        exits = rule.get("exitCodes") or {}
        if (code in (exits.get("values") or ())) == (exits.get("operator") == "In"):
            return True
    policy = spec.get("restartPolicy") if own is None else own
    return policy == "Always" or (policy == "OnFailure" and code != 0)


def _resource_claims(statuses: Iterable[Object], claims: Iterable[Object]) -> FieldErrors:
    """validatePodResourceClaimStatuses (havePodClaim)."""
    errors: FieldErrors = []
    known = {claim.get("name") for claim in claims}
    seen: set[str] = set()
    for i, status in enumerate(statuses):
        at, name = f"status.resourceClaimStatuses[{i}]", status.get("name", "")
        if name not in known:
            errors.append(field.invalid(f"{at}.name", name, "must match the name of an entry in `spec.resourceClaims`"))
        errors += once(f"{at}.name", name, seen)
        if status.get("resourceClaimName") is not None:
            errors += dns1123_subdomain(f"{at}.resourceClaimName", status["resourceClaimName"])
    return errors


def _extended_resources(path: str, status: Object, spec: Object) -> FieldErrors:
    """validatePodExtendedResourceClaimStatus."""
    mappings = status.get("requestMappings") or ()
    errors = [] if mappings else [field.required(f"{path}.requestMappings", "at least one request mapping is required")]
    containers = {each.get("name"): each for kind in ("initContainers", "containers") for each in spec.get(kind) or ()}
    seen = set()
    for i, mapping in enumerate(mappings):
        at = f"{path}.requestMappings[{i}]"
        name, resource, request = (mapping.get(key, "") for key in ("containerName", "resourceName", "requestName"))
        if name not in containers:
            errors.append(field.invalid(f"{at}.containerName", name, "must match the name of an entry in "
                                        "spec.initContainers.name or spec.containers.name"))
        elif resource not in ((containers[name].get("resources") or {}).get("requests") or ()):
            errors.append(field.invalid(f"{at}.resourceName", resource, "must match the extended resource name of an "
                                        "entry in spec.initContainers.resources.requests or "
                                        "spec.containers.resources.requests"))
        errors += dns1123_label(f"{path}.requestName", request)
        if (name, resource, request) in seen:
            errors += [field.duplicate(f"{at}.{key}", mapping.get(key, ""))
                       for key in ("containerName", "resourceName", "requestName")]
        seen.add((name, resource, request))
    claim = status.get("resourceClaimName")
    at = f"{path}.resourceClaimName"
    return errors + (dns1123_subdomain(at, claim) if claim else [field.required(at)])


def _addresses(key: str, status: Object, before: Object, release: Release) -> FieldErrors:
    """The addresses of a pod or its host: valid ones, at most one of each family; what was there before may stay
    (validatePodIPs, validateHostIPs)."""
    path, found = f"status.{key}", [each.get("ip", "") for each in status.get(key) or ()]
    known: Sequence[str] = [each.get("ip", "") for each in before.get(key) or ()]
    errors: FieldErrors = []
    for i, ip in enumerate(found):
        errors += ip_address(f"{path}[{i}]", ip, release, known)
    if len(found) > 2 or (len(found) == 2 and len({":" in ip for ip in found}) == 1):
        shown = [{"IP": ip} for ip in found]
        errors.append(field.invalid(path, shown, "may specify no more than one IP for each IP family"))
    return errors


def _user(path: str, status: Object, kind: str, spec: Object) -> FieldErrors:
    """The user that a container's first process runs as (validateContainerStatusUsers, validateLinuxContainerUser)."""
    linux = (status.get("user") or {}).get("linux")
    if linux is None:
        return []
    at, os = f"{path}.user.linux", (spec.get("os") or {}).get("name", "linux")
    if os == "windows":
        return [field.forbidden(at, "cannot be set for a windows pod")]
    if os != "linux":
        return []
    errors = [error for key in ("uid", "gid")
              for error in said(f"{at}.{key}", linux.get(key, 0), names.user_id(linux.get(key, 0)))]
    return errors + [error for i, group in enumerate(linux.get("supplementalGroups") or ())
                     for error in said(f"{at}.supplementalGroups[{i}]", group, names.user_id(group))]


def _allocated(path: str, status: Object, kind: str, spec: Object) -> FieldErrors:
    """The health of what a container was given (validateContainerStatusAllocatedResourcesStatus,
    validateContainerStatusNoAllocatedResourcesStatus)."""
    found = status.get("allocatedResourcesStatus") or ()
    at = f"{path}.allocatedResourcesStatus"
    if kind == "ephemeralContainers":
        return [field.forbidden(at, "must not be specified in container status")] if found else []
    container = next((each for each in spec.get(kind) or () if each.get("name") == status.get("name")), None)
    errors: FieldErrors = []
    for j, allocated in enumerate(found):
        name, wrong = allocated.get("name", ""), ""
        resources = (container or {}).get("resources") or {}
        if name.startswith("claim:"):
            claims = [f"claim:{claim.get('name', '')}" + (f"/{claim['request']}" if claim.get("request") else "")
                      for claim in resources.get("claims") or ()]
            if name not in claims:
                wrong = ("must match one of the container's resource claims in a format 'claim:<claimName>/<request>' "
                         "or 'claim:<claimName>' if request is empty")
        elif name not in (resources.get("requests") or ()):
            wrong = "must match one of the container's resource requests"
        if wrong and container is not None:
            errors.append(field.invalid(f"{at}[{j}].name", name, wrong))
        errors += _health(f"{at}[{j}].resources", allocated.get("resources") or ())
    return errors


def _health(path: str, found: Iterable[Object]) -> FieldErrors:
    errors: FieldErrors = []
    seen: set[str] = set()
    for k, resource in enumerate(found):
        at, message = f"{path}[{k}]", resource.get("message")
        health, name = resource.get("health", ""), resource.get("resourceID", "")
        if health not in _HEALTH:
            errors.append(field.not_supported(f"{at}.health", health, _HEALTH))
        if message == "":
            errors.append(field.required(f"{at}.message", "must be non-empty if specified"))
        elif message is not None and len(message) > _MAX_HEALTH_MESSAGE:
            errors.append(field.too_long(f"{at}.message", _MAX_HEALTH_MESSAGE))
        errors += once(f"{at}.resourceID", name, seen)
    return errors
