"""PodSecurity: pods have to keep to the standard that the labels of their namespace ask for.

Kubernetes: plugin/pkg/admission/security/podsecurity, k8s.io/pod-security-admission/admission.
"""

from __future__ import annotations

from ...machinery import errors, field
from ...machinery.objects import controller_of, dig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.field import FieldError
    from ...machinery.types import FieldErrors, Object
    from ..kinds.base import Context
    from ..server import Server
    from .attributes import Attributes

_PREFIX = "pod-security.kubernetes.io/"
LEVELS = ("privileged", "baseline", "restricted")
_IGNORED = ("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status")
MODES = ("enforce", "audit", "warn")
_MAX_PODS = 3000  # in a namespace whose level changes, no more are looked at
_TEMPLATES = {"podtemplates": ("template",), "cronjobs.batch": ("spec", "jobTemplate", "spec", "template")}
_Level = tuple[str, str]  # (level, version as in `latest` or `v1.28`)
_PRIVILEGED = ("privileged", "latest")


def validate(a: Attributes) -> None:
    """Refuse or warn of what the namespace's policy forbids."""
    if a.operation == "DELETE":
        return
    config = _config(a.ctx.client.server)
    if a.res.name == "namespaces":
        if not a.subresource:
            _namespace(a, config)
        return
    if a.subresource in _IGNORED or (a.subresource and a.res.name != "pods"):
        return
    namespace = a.ctx.client.find("namespaces", a.obj["metadata"]["namespace"])
    labels = (namespace or {"metadata": {}})["metadata"].get("labels") or {}
    if not config and not any(key.startswith(_PREFIX) for key in labels):
        return
    if config and (a.obj["metadata"]["namespace"] in config["namespaces"]
                   or (a.ctx.user or {}).get("name") in config["usernames"]):
        return
    policy, _ = _policy(labels, config)
    if a.res.name == "pods":
        exempt = a.obj["spec"].get("runtimeClassName") in config.get("runtimeClasses", ())
        if not exempt and (a.old is None or _significant(a.obj["spec"], a.old["spec"])):
            _pod(a, policy)
    else:
        template = dig(a.obj, *_TEMPLATES.get(a.res.name, ("spec", "template")))
        spec = (template or {}).get("spec") or {}
        if template is not None and spec.get("runtimeClassName") not in config.get("runtimeClasses", ()):
            _warn(a.ctx, policy["warn"], template.get("metadata") or {}, spec)


def _config(server: Server) -> Object:
    """Return the plugin's configuration (admissionconfig.py), empty where it has none: then everything is allowed."""
    return server.settings.plugins.get("PodSecurity", {}) if server.settings is not None else {}


def _pod(a: Attributes, policy: dict[str, _Level]) -> None:
    meta, spec = a.obj["metadata"], a.obj["spec"]
    found = _violations(a.ctx, policy["enforce"], meta, spec)
    if found:
        raise errors.forbidden(a.res.name, meta["name"],
                               f'violates PodSecurity "{_shown(policy["enforce"])}": {_detail(found)}')
    _warn(a.ctx, policy["warn"], meta, spec)


def _warn(ctx: Context, level: _Level, meta: Object, spec: Object) -> None:
    found = _violations(ctx, level, meta, spec)
    if found:
        ctx.warn(f'would violate PodSecurity "{_shown(level)}": {_detail(found)}')


def _violations(ctx: Context, level: _Level, meta: Object, spec: Object) -> list[tuple[str, str]]:
    if level[0] == "privileged":
        return []
    from .podsecurity_checks import violations

    version = ctx.release if level[1] == "latest" else min(ctx.release, (1, int(level[1].removeprefix("v1."))))
    return violations(level[0], version, meta, spec)


def _shown(level: _Level) -> str:
    return ":".join(level)


def _detail(found: list[tuple[str, str]]) -> str:
    return ", ".join(f"{reason} ({detail})" if detail else reason for reason, detail in found)


def _policy(labels: Object, config: Object) -> tuple[dict[str, _Level], FieldErrors]:
    """Return (mode -> level, FieldErrors of the labels); a mode whose label is wrong is as strict as can be, or for
    `audit` and `warn` allows all (api.PolicyToEvaluate)."""
    defaults = {mode: tuple(config["defaults"][mode]) if config else _PRIVILEGED for mode in MODES}
    policy: dict[str, _Level] = {}
    wrong: FieldErrors = []
    for mode in MODES:
        level, version = labels.get(_PREFIX + mode), labels.get(f"{_PREFIX}{mode}-version")
        if level is not None and level not in LEVELS:
            wrong.append(_invalid(mode, level, f"must be one of {', '.join(LEVELS)}"))
        if version is not None and not is_version(version):
            wrong.append(_invalid(f"{mode}-version", version, 'must be "latest" or "v1.x"'))
        fallback = defaults[mode][0] if level is None else "privileged" if mode != "enforce" else "restricted"
        policy[mode] = (level if level in LEVELS else fallback,
                        defaults[mode][1] if version is None else version if is_version(version) else "latest")
    enforce = policy["enforce"]
    if _PREFIX + "warn" not in labels and labels.get(_PREFIX + "enforce") == enforce[0] and (
            LEVELS.index(enforce[0]) > LEVELS.index(policy["warn"][0])):
        has_version = f"{_PREFIX}warn-version" in labels
        policy["warn"] = (enforce[0], policy["warn"][1] if has_version else enforce[1])
    return policy, wrong


def _invalid(label: str, value: str, text: str) -> FieldError:
    return field.invalid(f"metadata.labels[{_PREFIX}{label}]", value, text)


def is_version(text: str) -> bool:
    number = text.removeprefix("v1.")
    return text == "latest" or (text.startswith("v1.") and number.isdecimal() and str(int(number)) == number)


def _significant(spec: Object, old: Object) -> bool:
    """Whether a pod's change is one that the policy may care about: other images or other containers."""
    for key in ("containers", "initContainers"):
        before, after = old.get(key) or [], spec.get(key) or []
        if len(before) != len(after) or any(a.get("image") != b.get("image")
                                            for a, b in zip(after, before, strict=True)):
            return True
    known = {container["name"]: container for container in old.get("ephemeralContainers") or ()}
    return any(container["name"] not in known or known[container["name"]].get("image") != container.get("image")
               for container in spec.get("ephemeralContainers") or ())


def _namespace(a: Attributes, config: Object) -> None:
    """The labels have to be right, and pods that are there already are told where they break a new policy."""
    res, obj, old = a.res, a.obj, a.old
    labels = obj["metadata"].get("labels") or {}
    policy, wrong = _policy(labels, config)
    exempt = config and obj["metadata"]["name"] in config["namespaces"]
    if old is None:
        if wrong:
            raise errors.invalid(res.kind, res.group, obj["metadata"]["name"], wrong)
        if exempt:
            _tell_exempt(a, policy, labels, config)
        return
    before, before_wrong = _policy(old["metadata"].get("labels") or {}, config)
    if wrong and list(map(str, wrong)) != list(map(str, before_wrong)):
        raise errors.invalid(res.kind, res.group, obj["metadata"]["name"], wrong)
    enforce, was = policy["enforce"], before["enforce"]
    if enforce == was or enforce[0] == "privileged":
        return
    if enforce[1] == was[1] and LEVELS.index(enforce[0]) < LEVELS.index(was[0]):
        return
    if exempt:
        _tell_exempt(a, policy, labels, config)
        return
    for text in _existing(a.ctx, obj["metadata"]["name"], enforce, config):
        a.ctx.warn(text)


def _tell_exempt(a: Attributes, policy: dict[str, _Level], labels: Object, config: Object) -> None:
    """exemptNamespaceWarning: only of what the labels ask for."""
    if all(level[0] == "privileged" for level in policy.values()) or policy == _policy({}, config)[0]:
        return
    told = ", ".join(f"{mode}={_shown(policy[mode])}" for mode in MODES
                     if policy[mode][0] != "privileged" and {_PREFIX + mode, f"{_PREFIX}{mode}-version"} & {*labels})
    a.ctx.warn(f'namespace "{a.obj["metadata"]["name"]}" is exempt from Pod Security, and the policy ({told}) will be '
               "ignored")


def _existing(ctx: Context, namespace: str, level: _Level, config: Object) -> list[str]:
    """Return warnings of the namespace's pods: those of one controller count as alike, so one of each comes first."""
    first: list[Object] = []
    rest: list[Object] = []
    seen: set[str] = set()
    for pod in ctx.client.items("pods", namespace):
        if pod["spec"].get("runtimeClassName") in config.get("runtimeClasses", ()):
            continue
        owner = controller_of(pod)
        (rest if owner and owner["uid"] in seen else first).append(pod)
        if owner:
            seen.add(owner["uid"])
    pods = first + rest
    names: dict[str, list[str]] = {}
    for pod in pods[:_MAX_PODS]:
        found = _violations(ctx, level, pod["metadata"], pod["spec"])
        if found:
            names.setdefault(", ".join(reason for reason, _ in found), []).append(pod["metadata"]["name"])
    texts = []
    if len(pods) > _MAX_PODS:
        texts.append(f"new PodSecurity enforce level only checked against the first {_MAX_PODS} of {len(pods)} "
                     "existing pods")
    if names:
        texts.append(f'existing pods in namespace "{namespace}" violate the new PodSecurity enforce level '
                     f'"{_shown(level)}"')
    for reasons, found_names in names.items():
        others = len(found_names) - 1
        more = f" (and {others} other pod{'s' if others > 1 else ''})" if others else ""
        names[reasons] = [f"{min(found_names)}{more}: {reasons}"]
    return texts + sorted(text for told in names.values() for text in told)
