"""Environment variables, and fields of the pod that they and volumes refer to."""

from __future__ import annotations

from .....machinery import field, names, quantity
from ...checks import dns1123_label, dns1123_subdomain, qualified_name, said
from .rules import Rules, no_backsteps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .....machinery.types import FieldErrors, Json, Object

_ENV_FIELDS = ("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
               "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs")
VOLUME_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
_KNOWN_FIELDS = frozenset((*_ENV_FIELDS, *VOLUME_FIELDS, "spec.restartPolicy", "spec.schedulerName", "status.phase",
                           "spec.host"))
_RESOURCES = ("limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
              "requests.memory")
_HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
_CPU_DIVISORS = ("1m", "1")
_DIVISORS = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef")


def variables(path: str, found: list[Object], rules: Rules) -> FieldErrors:
    """Errors of a container's env (ValidateEnv)."""
    errors: FieldErrors = []
    for i, variable in enumerate(found):
        at = f"{path}[{i}]"
        name = variable.get("name", "")
        if not name:
            errors.append(field.required(f"{at}.name"))
        else:
            errors += _name(f"{at}.name", name, rules)
        if variable.get("valueFrom") is not None:
            errors += _value_from(f"{at}.valueFrom", variable["valueFrom"], variable.get("value", ""), rules)
    return errors


def _name(path: str, name: str, rules: Rules) -> FieldErrors:
    relaxed = rules.has("RelaxedEnvironmentVariableValidation")
    return said(path, name, (names.relaxed_env_var_name if relaxed else names.env_var_name)(name))


def _value_from(path: str, source: Object, value: str, rules: Rules) -> FieldErrors:
    """validateEnvVarValueFrom."""
    errors: FieldErrors = []
    if "fieldRef" in source:
        errors += object_field(f"{path}.fieldRef", source["fieldRef"], _ENV_FIELDS)
    if "resourceFieldRef" in source:
        errors += resource_field(f"{path}.resourceFieldRef", source["resourceFieldRef"], False)
    for kind in ("configMapKeyRef", "secretKeyRef"):
        if kind in source:
            errors += _key_ref(f"{path}.{kind}", source[kind])
    if "fileKeyRef" in source:
        errors += _file_key_ref(f"{path}.fileKeyRef", source["fileKeyRef"])
    count = sum(kind in source for kind in (*_SOURCES, "fileKeyRef"))
    if not count:
        *first, last = (*_SOURCES, "fileKeyRef") if rules.has("EnvFiles") else _SOURCES
        choice = ", ".join(f"`{kind}`" for kind in first)
        errors.append(field.invalid(path, "", f"must specify one of: {choice} or `{last}`"))
    elif value:
        errors.append(field.invalid(path, "", "may not be specified when `value` is not empty"))
    elif count > 1:
        errors.append(field.invalid(path, "", "may not have more than one field specified at a time"))
    return errors


def _key_ref(path: str, ref: Object) -> FieldErrors:
    """validateConfigMapKeySelector, validateSecretKeySelector."""
    errors = dns1123_subdomain(f"{path}.name", ref.get("name", ""))
    key = ref.get("key", "")
    return errors + (said(f"{path}.key", key, names.config_map_key(key)) if key else [field.required(f"{path}.key")])


def _file_key_ref(path: str, ref: Object) -> FieldErrors:
    """validateFileKeySelector."""
    errors: FieldErrors = []
    for key, rule in (("key", lambda at, text: said(at, text, names.relaxed_env_var_name(text))),
                      ("volumeName", dns1123_label), ("path", no_backsteps)):
        value = ref.get(key, "")
        errors += rule(f"{path}.{key}", value) if value else [field.required(f"{path}.{key}")]
    return errors


def split_subscript(text: str) -> tuple[str, str | None]:
    """Split `metadata.labels['a']` into path and subscript, None where there is none (SplitMaybeSubscriptedPath)."""
    head, bracket, rest = text.partition("['")
    return (head, rest[:-2]) if head and bracket and rest.endswith("']") else (text, None)


def object_field(path: str, ref: Object, allowed: tuple[str, ...]) -> FieldErrors:
    """Errors of a fieldRef; `allowed`: the fields it may name (validateObjectFieldSelector)."""
    version, name = ref.get("apiVersion", ""), ref.get("fieldPath", "")
    if not version:
        return [field.required(f"{path}.apiVersion")]
    if not name:
        return [field.required(f"{path}.fieldPath")]
    head, subscript = split_subscript(name)
    wrong = ""
    if version != "v1":
        wrong = f"unsupported pod version: {version}"
    elif subscript is not None and head not in ("metadata.annotations", "metadata.labels"):
        wrong = f"field label does not support subscript: {name}"
    elif subscript is None and name not in _KNOWN_FIELDS:
        wrong = f"field label not supported: {name}"
    if wrong:
        return [field.invalid(f"{path}.fieldPath", name, f"error converting fieldPath: {wrong}")]
    if subscript is not None:
        return qualified_name(path, subscript.lower() if head == "metadata.annotations" else subscript)
    if name == "spec.host":
        name = "spec.nodeName"
    return [] if name in allowed else [field.not_supported(f"{path}.fieldPath", name, allowed)]


def resource_field(path: str, ref: Object, in_volume: bool) -> FieldErrors:
    """Errors of a resourceFieldRef (validateContainerResourceFieldSelector)."""
    name, errors = ref.get("resource", ""), []
    if in_volume and not ref.get("containerName"):
        errors.append(field.required(f"{path}.containerName"))
    elif not name:
        errors.append(field.required(f"{path}.resource"))
    elif name not in _RESOURCES and not name.startswith(_HUGE_PAGES):
        errors.append(field.not_supported(f"{path}.resource", name, _RESOURCES))
    return errors + _divisor(f"{path}.divisor", name, ref.get("divisor", "0"))


def _divisor(path: str, name: str, divisor: Json) -> FieldErrors:
    """validateContainerResourceDivisor."""
    if not quantity.compare(divisor, 0):
        return []
    what = name.partition(".")[2]
    if what == "cpu":
        return [] if divisor in _CPU_DIVISORS else [
            field.invalid(path, name, "only divisor's values 1m and 1 are supported with the cpu resource")]
    shown = {"memory": "memory", "ephemeral-storage": "local ephemeral storage"}.get(what)
    if what.startswith("hugepages-"):
        shown = "hugepages"
    if shown is None or divisor in _DIVISORS:
        return []
    return [field.invalid(path, name, f"only divisor's values {', '.join(_DIVISORS)} are supported with the {shown} "
                          "resource")]


def sources(path: str, found: list[Object], rules: Rules) -> FieldErrors:
    """Errors of a container's envFrom (ValidateEnvFrom)."""
    errors: FieldErrors = []
    for i, source in enumerate(found):
        at = f"{path}[{i}]"
        if source.get("prefix"):
            errors += _name(f"{at}.prefix", source["prefix"], rules)
        count = 0
        for kind in ("configMapRef", "secretRef"):
            if kind in source:
                count += 1
                name = source[kind].get("name", "")
                errors += _referred(f"{at}.{kind}.name", name) if name else [field.required(f"{at}.{kind}.name")]
        if not count:
            errors.append(field.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        elif count > 1:
            errors.append(field.invalid(path, "", "may not have more than one field specified at a time"))
    return errors


def _referred(path: str, name: str) -> FieldErrors:
    """validateConfigMapEnvSource, validateSecretEnvSource."""
    return said(path, name, names.dns1123_subdomain(names.mask_trailing_dash(name)))


def file_volumes(path: str, env: list[Object], volumes: dict[str, Object]) -> FieldErrors:
    """Errors of variables that are read from a file: its volume must be an emptyDir (validateFileKeyRefVolumes)."""
    errors = []
    for i, variable in enumerate(env):
        ref = (variable.get("valueFrom") or {}).get("fileKeyRef")
        if ref is None:
            continue
        at, name = f"{path}[{i}].valueFrom.fileKeyRef.volumeName", ref.get("volumeName", "")
        if name not in volumes:
            errors.append(field.not_found(at, name))
        elif "emptyDir" not in volumes[name]:
            errors.append(field.invalid(at, name, "referenced volume must be of type emptyDir"))
    return errors
