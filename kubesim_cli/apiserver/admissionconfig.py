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
_HEAD = {"apiVersion": "string", "kind": "string"}
_TYPES = Types({
    "AdmissionConfiguration": {**_HEAD, "plugins": "[]AdmissionPluginConfiguration"},
    "AdmissionPluginConfiguration": {"name": "string", "path": "string", "configuration": "any"},
    "PodSecurityConfiguration": {**_HEAD, "defaults": "PodSecurityDefaults", "exemptions": "PodSecurityExemptions"},
    "PodSecurityDefaults": {key: "string" for mode in MODES for key in (mode, f"{mode}-version")},
    "PodSecurityExemptions": {"usernames": "[]string", "namespaces": "[]string", "runtimeClasses": "[]string"},
    "ResourceQuotaConfiguration": {**_HEAD, "limitedResources": "[]LimitedResource"},
    "LimitedResource": {"apiGroup": "string", "resource": "string", "matchContains": "[]string",
                        "matchScopes": "[]ScopedResourceSelectorRequirement"},
    "ScopedResourceSelectorRequirement": {"scopeName": "string", "operator": "string", "values": "[]string"}}, "v1")


def compact(text: str, read: Callable[[str], str]) -> str:
    """Return what a file says, as settings keep it; `read` gives the text of a file that a plugin's `path` names.

    Raises ValueError where kube-apiserver would not start, and for plugins whose configuration is not played.
    """
    from json import dumps

    from ..go.yaml import load

    config = _decoded(load(text), "apiserver.config.k8s.io/", "AdmissionConfiguration")
    found: dict[str, Object] = {}
    for plugin in config.get("plugins") or ():
        name = plugin.get("name", "")
        inner = plugin.get("configuration")
        if inner is None and plugin.get("path"):
            inner = load(read(plugin["path"]))
        if name in found or inner is None:
            continue
        if name in _NOT_PLAYED:
            raise ValueError(f"kubesim does not play a configuration of the admission plugin {name}")
        if name in _HEADS:
            inner = _decoded(inner, *_HEADS[name])
            found[name] = _pod_security(inner) if name == "PodSecurity" else _resource_quota(inner)
    return dumps(found)


def _decoded(value: Json, group: str, kind: str) -> Object:
    """Return an object of a kind as its Go type holds it; raises ValueError, in the decoder's words."""
    config = value if isinstance(value, dict) else {}
    version, its_kind = config.get("apiVersion"), config.get("kind")
    for what, given in (("Kind", its_kind), ("apiVersion", version)):
        if not given:
            raise ValueError(f"Object '{what}' is missing in an admission configuration: a {kind} is wanted")
    if its_kind != kind or not str(version).startswith(group):
        raise ValueError(f'no kind "{its_kind}" is registered for version "{version}"')
    decoded: Object = _TYPES.fitted(config, kind)
    return decoded


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
