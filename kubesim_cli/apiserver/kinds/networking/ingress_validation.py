"""What an Ingress has to be (ValidateIngressSpec)."""

from __future__ import annotations

from ....machinery import field, names
from ....releases.gates import enabled
from ..checks import dns1123_subdomain, path_segment, port_number, said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release

_BAD_PARTS = ("//", "/./", "/../", "%2f", "%2F")
_BAD_ENDS = ("/..", "/.")
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")


def validate(spec: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of an Ingress's spec (validateIngressTLS, validateTLSSecretName, validateIngressRules,
    validateIngressRuleValue, validateHTTPIngressRuleValue)."""
    rules = spec.get("rules") or []
    errors: FieldErrors = []
    if not rules and spec.get("defaultBackend") is None:
        errors.append(field.invalid("spec", None, "either `defaultBackend` or `rules` must be specified"))
    if spec.get("defaultBackend") is not None:
        errors += _backend("spec.defaultBackend", spec["defaultBackend"], release)
    for i, rule in enumerate(rules):
        path = f"spec.rules[{i}]"
        if rule.get("host"):
            errors += _host(f"{path}.host", rule["host"])
        http = rule.get("http")
        if http is not None:
            if not http.get("paths"):
                errors.append(field.required(f"{path}.http.paths"))
            for j, each in enumerate(http.get("paths") or ()):
                errors += _path(f"{path}.http.paths[{j}]", each, release)
    for i, tls in enumerate(spec.get("tls") or ()):
        for j, host in enumerate(tls.get("hosts") or ()):
            path = f"spec.tls[{i}].hosts[{j}]"
            errors += said(path, host, names.wildcard_dns1123_subdomain(host)) if "*" in host \
                else dns1123_subdomain(path, host)
        if tls.get("secretName"):
            errors += dns1123_subdomain(f"spec.tls[{i}].secretName", tls["secretName"])
    if spec.get("ingressClassName") is not None:
        errors += dns1123_subdomain("spec.ingressClassName", spec["ingressClassName"])
    return errors


def _host(path: str, host: str) -> FieldErrors:
    errors = []
    if not names.ip(host):
        errors.append(field.invalid(path, host, "must be a DNS name, not an IP address"))
    if "*" in host:
        return errors + said(path, host, names.wildcard_dns1123_subdomain(host))
    return errors + dns1123_subdomain(path, host)


def _path(path: str, each: Object, release: Release) -> FieldErrors:
    """validateHTTPIngressPath."""
    type_, text = each.get("pathType"), each.get("path", "")
    if type_ is None:
        return [field.required(f"{path}.pathType", "pathType must be specified")]
    errors = []
    at = f"{path}.path"
    if type_ in ("Exact", "Prefix"):
        if not text.startswith("/"):
            errors.append(field.invalid(at, text, "must be an absolute path"))
        errors += [field.invalid(at, text, f"must not contain '{part}'") for part in _BAD_PARTS if part in text]
        errors += [field.invalid(at, text, f"cannot end with '{end}'") for end in _BAD_ENDS if text.endswith(end)]
    elif type_ == "ImplementationSpecific":
        if text and not text.startswith("/"):
            errors.append(field.invalid(at, text, "must be an absolute path"))
    else:
        errors.append(field.not_supported(f"{path}.pathType", type_, _PATH_TYPES))
    return errors + _backend(f"{path}.backend", each.get("backend") or {}, release)


def _backend(path: str, backend: Object, release: Release) -> FieldErrors:
    """validateIngressBackend."""
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        return [field.invalid(path, "", "cannot set both resource and service backends")]
    if resource is not None:
        return typed_reference(f"{path}.resource", resource)
    if service is None:
        return [field.invalid(path, "", "resource or service backend is required")]
    errors: FieldErrors = []
    name = service.get("name", "")
    rule = names.dns1123_label if enabled("RelaxedServiceNameValidation", release) else names.dns1035_label
    errors += said(f"{path}.service.name", name, rule(name)) if name else [field.required(f"{path}.service.name")]
    port = service.get("port") or {}
    if port.get("name") and port.get("number"):
        errors.append(field.invalid(path, "", "cannot set both port name & port number"))
    elif port.get("name"):
        errors += said(f"{path}.service.port.name", port["name"], names.port_name(port["name"]))
    elif port.get("number"):
        errors += port_number(f"{path}.service.port.number", port["number"])
    else:
        errors.append(field.required(path, "port name or number is required"))
    return errors


def typed_reference(path: str, ref: Object) -> FieldErrors:
    """Errors of a reference with apiGroup, kind and name (validateIngressTypedLocalObjectReference)."""
    errors = []
    if ref.get("apiGroup") is not None:
        errors += dns1123_subdomain(f"{path}.apiGroup", ref["apiGroup"])
    for key in ("kind", "name"):
        errors += path_segment(f"{path}.{key}", ref[key]) if ref.get(key) else [field.required(f"{path}.{key}")]
    return errors
