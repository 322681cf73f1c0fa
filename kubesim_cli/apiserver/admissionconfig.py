"""kube-apiserver's --admission-control-config-file: what of its AdmissionConfiguration is heeded.

Kubernetes: k8s.io/apiserver/pkg/admission/config.go, k8s.io/pod-security-admission/admission/api (defaults.go,
validation), plugin/resourcequota/apis. The settings keep it as JSON: plugin -> its configuration, with defaults.
"""

from __future__ import annotations

from ..go.unmarshal import Types
from ..machinery import field, names
from .admission.podsecurity import LEVELS, MODES, is_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import FieldErrors, Json, Object

_HEADS = {"PodSecurity": ("pod-security.admission.config.k8s.io/", "PodSecurityConfiguration"),
          "ResourceQuota": ("apiserver.config.k8s.io/", "ResourceQuotaConfiguration")}
_NOT_PLAYED = ("EventRateLimit", "ImagePolicyWebhook", "PodNodeSelector", "PodTolerationRestriction",
               "MutatingAdmissionWebhook", "ValidatingAdmissionWebhook", "MutatingAdmissionPolicy",
               "ValidatingAdmissionPolicy")
_STRINGS = dict.fromkeys(("usernames", "namespaces", "runtimeClasses"), "[]string")
_TYPES = Types({
    "AdmissionConfiguration": {"plugins": "[]AdmissionPluginConfiguration"},
    "AdmissionPluginConfiguration": {"name": "string", "path": "string", "configuration": "any"},
    "PodSecurityConfiguration": {"defaults": "PodSecurityDefaults", "exemptions": "PodSecurityExemptions"},
    "PodSecurityDefaults": {f"{mode}{more}": "string" for mode in MODES for more in ("", "-version")},
    "PodSecurityExemptions": _STRINGS,
    "ResourceQuotaConfiguration": {"limitedResources": "[]LimitedResource"},
    "LimitedResource": {"apiGroup": "string", "resource": "string", "matchContains": "[]string",
                        "matchScopes": "[]ScopedResourceSelectorRequirement"},
    "ScopedResourceSelectorRequirement": {"scopeName": "ResourceQuotaScope=string",
                                          "operator": "ScopeSelectorOperator=string", "values": "[]string"}}, "v1")


def compact(text: str, read: Callable[[str], str]) -> str:
    """Return what a file says, as settings keep it; `read` gives the text of a file that a plugin's `path` names.

    Raises ValueError where kube-apiserver would not start, and for plugins whose configuration is not played.
    """
    from json import dumps

    config = _decoded(_loaded(text), "apiserver.config.k8s.io/", "AdmissionConfiguration")
    found: dict[str, Object] = {}
    for plugin in config.get("plugins") or ():
        name = plugin.get("name", "")
        inner = plugin.get("configuration")
        if inner is None and plugin.get("path"):
            inner = _loaded(read(plugin["path"]))
        if name in found or inner is None:
            continue
        if name in _NOT_PLAYED:
            raise ValueError(f"kubesim does not play a configuration of the admission plugin {name}")
        if name in _HEADS:
            inner = _decoded(inner, *_HEADS[name])
            found[name] = _pod_security(inner) if name == "PodSecurity" else _resource_quota(inner)
    return dumps(found)


def _loaded(text: str) -> Json:
    from ..go.yaml import load

    return load(text)


def _decoded(value: Json, group: str, kind: str) -> Object:
    """Return what a document says, as the struct of its kind holds it; raises ValueError."""
    config = value if isinstance(value, dict) else {}
    version = config.get("apiVersion") or ""
    for what, value in (("Kind", config.get("kind")), ("apiVersion", version)):
        if not value:
            raise ValueError(f"Object '{what}' is missing in an admission configuration: a {kind} is wanted")
    if config["kind"] != kind or not str(version).startswith(group):
        raise ValueError(f'no kind "{config["kind"]}" is registered for version "{version}"')
    found: Object = _TYPES.fitted(config, kind)
    return found


def _pod_security(config: Object) -> Object:
    """SetDefaults_PodSecurityDefaults, ValidatePodSecurityConfiguration"""
    given, exempt = config.get("defaults") or {}, config.get("exemptions") or {}
    defaults = {mode: (given.get(mode) or "privileged", given.get(f"{mode}-version") or "latest") for mode in MODES}
    wrong: FieldErrors = []
    for mode in ("enforce", "warn", "audit"):
        level, version = defaults[mode]
        if level not in LEVELS:
            wrong.append(field.invalid(f"defaults.{mode}", level, f"must be one of {', '.join(LEVELS)}"))
        if not is_version(version):
            wrong.append(field.invalid(f"defaults.{mode}-version", version, 'must be "latest" or "v1.x"'))
    rules: dict[str, Callable[[str], list[str]]] = {
        "namespaces": names.dns1123_label, "runtimeClasses": names.dns1123_subdomain,
        "usernames": lambda name: [] if name else ["username must not be empty"]}
    for what, rule in rules.items():
        seen: set[str] = set()
        for i, name in enumerate(exempt.get(what) or ()):
            if bad := rule(name):
                wrong.append(field.invalid(f"exemptions.{what}[{i}]", name, ", ".join(bad)))
            elif name in seen:
                wrong.append(field.duplicate(f"exemptions.{what}[{i}]", name))
            seen.add(name)
    _refuse(wrong)
    return {"defaults": defaults, **{what: list(exempt.get(what) or ()) for what in rules}}


def _resource_quota(config: Object) -> Object:
    limited = config.get("limitedResources") or []
    _refuse([field.required(f"limitedResources[{i}].resource") for i, each in enumerate(limited)
             if not each.get("resource")])
    return {"limitedResources": limited}


def _refuse(wrong: FieldErrors) -> None:
    if wrong:
        told = [str(each) for each in wrong]
        raise ValueError(told[0] if len(told) == 1 else f"[{', '.join(told)}]")
