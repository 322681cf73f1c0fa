"""What validation of a pod's spec depends on besides the spec, and small things that all its parts use."""

from __future__ import annotations

from .....machinery import field
from .....releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .....machinery.types import FieldErrors, Object, Release


class Rules:
    """The release, as in (1, 28), and whether the spec is that of a Pod rather than of a template."""

    __slots__ = ("is_pod", "release")

    def __init__(self, release: Release, is_pod: bool = False):
        self.release, self.is_pod = release, is_pod

    def has(self, behaviour: str) -> bool:
        """Whether a feature gate is on, or the release has a behaviour (releases.gates)."""
        return enabled(behaviour, self.release)


class Scope:
    """What a container's validation needs to know of its pod.

    `volumes`: name -> volume (valid ones); `claims`: names of resource claims; `grace`: seconds or None
    (gatherPodResourceClaimNames).
    """

    __slots__ = ("claims", "grace", "host_users", "os", "restart_policy", "rules", "volumes")

    def __init__(self, spec: Object, volumes: dict[str, Object], rules: Rules):
        self.volumes, self.rules = volumes, rules
        self.claims = {claim["name"] for claim in spec.get("resourceClaims") or () if claim.get("name")}
        self.grace = spec.get("terminationGracePeriodSeconds")
        self.os = (spec.get("os") or {}).get("name")
        self.restart_policy = spec.get("restartPolicy", "")
        self.host_users = spec.get("hostUsers") is not False


_LISTS = ("initContainers", "containers", "ephemeralContainers")


def visit_containers(spec: Object, path: str) -> Iterator[tuple[str, Object]]:
    """Yield (path, container) of all containers in the order of VisitContainersWithPath."""
    prefix = f"{path}." if path else ""
    for name in _LISTS:
        for i, container in enumerate(spec.get(name) or ()):
            yield f"{prefix}{name}[{i}]", container


def no_backsteps(path: str, value: str) -> FieldErrors:
    """A path must not lead upwards (validatePathNoBacksteps)."""
    return [field.invalid(path, value, "must not contain '..'")] if ".." in value.split("/") else []


def descending_path(path: str, value: str) -> FieldErrors:
    """A path must stay below where it starts (validateLocalDescendingPath)."""
    errors = [field.invalid(path, value, "must be a relative path")] if value.startswith("/") else []
    return errors + no_backsteps(path, value)


def unreserved_path(path: str, value: str) -> FieldErrors:
    """Names that start with two dots are the kubelet's own, too (ValidateLocalNonReservedPath)."""
    errors = descending_path(path, value)
    if value.startswith("..") and not value.startswith("../"):
        errors.append(field.invalid(path, value, "must not start with '..'"))
    return errors


def file_mode(path: str, mode: int | None) -> FieldErrors:
    """A file's mode, which may be absent."""
    if mode is None or 0 <= mode <= 0o777:
        return []
    return [field.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive")]


def key_paths(path: str, source: Object) -> FieldErrors:
    """Errors of the items of a Secret or ConfigMap (validateKeyToPath)."""
    errors: FieldErrors = []
    for i, item in enumerate(source.get("items") or ()):
        at, where = f"{path}[{i}]", item.get("path", "")
        errors += [field.required(f"{at}.{key}") for key in ("key", "path") if not item.get(key)]
        errors += unreserved_path(f"{at}.path", where) + file_mode(f"{at}.mode", item.get("mode"))
    return errors
