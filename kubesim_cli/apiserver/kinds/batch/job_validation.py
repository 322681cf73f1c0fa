"""What a Job's spec has to be, and what of it may change (pkg/apis/batch/validation/validation.go)."""

from __future__ import annotations

from ....machinery import field, names, selectors
from ....machinery.objects import clone
from ....releases.gates import enabled
from ... import internaltypes
from ..checks import IMMUTABLE, dns1123_subdomain, immutable, label_selector, selector_shown
from ..core.podspec.spec import unmatched, validate_pod_template
from ..workloads import counts
from . import job_policies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release

_LIMITS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
           "backoffLimitPerIndex", "maxFailedIndexes")
_MANY = 100_000
_HIGH = f"when completions are above {_MANY} and used with backoff limit per index"


def validate(obj: Object, release: Release, require_prefixed: bool = True) -> FieldErrors:
    """Return the FieldErrors of a Job (ValidateJob); `require_prefixed`: demand the labels of batch.kubernetes.io."""
    spec, name = obj["spec"], obj["metadata"].get("name", "")
    errors = _generated_selector(obj, require_prefixed)
    errors += _whole_spec(spec, release)
    if spec.get("completionMode") == "Indexed" and (spec.get("completions") or 0) > 0:
        host = f"{name}-{spec['completions'] - 1}"
        if names.dns1123_label(host):
            errors.append(field.invalid("metadata.name", name,
                                        f"will not able to create pod with invalid DNS label: {host}"))
    return errors


def _generated_selector(obj: Object, require_prefixed: bool) -> FieldErrors:
    """validateGeneratedSelector."""
    meta, spec = obj["metadata"], obj["spec"]
    selector = spec.get("selector")
    if spec.get("manualSelector") or selector is None:
        return []
    labels = (spec["template"].get("metadata") or {}).get("labels") or {}
    expected = {"controller-uid": meta["uid"], "job-name": meta.get("name", "")}
    if require_prefixed:
        expected.update({f"batch.kubernetes.io/{key}": value for key, value in list(expected.items())})
    errors: FieldErrors = []
    for key, value in expected.items():
        path = f"spec.template.metadata.labels[{key}]"
        if key not in labels:
            errors.append(field.required(path, f"must be '{value}'"))
        elif labels[key] != value:
            errors.append(field.invalid(path, dict(sorted(labels.items())), f"must be '{value}'"))
    if _matches(selector, expected) is False:
        errors.append(field.invalid("spec.selector", selector_shown(selector), "`selector` not auto-generated"))
    return errors


def _matches(selector: Object | None, labels: Object | None) -> bool | None:
    """Whether a selector matches; None where it is not valid."""
    try:
        return selectors.matches(selectors.of_label_selector(selector), labels)
    except ValueError:
        return None


def _whole_spec(spec: Object, release: Release) -> FieldErrors:
    """ValidateJobSpec."""
    errors = validate_spec(spec, "spec", release)
    selector, template = spec.get("selector"), spec["template"]
    errors += [field.required("spec.selector")] if selector is None else label_selector("spec.selector", selector)
    if _matches(selector, (template.get("metadata") or {}).get("labels")) is False:
        errors.append(unmatched("spec.template", template))
    return errors


def validate_spec(spec: Object, path: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of a JobSpec at `path`, its selector aside (validateJobSpec)."""
    errors = counts(path, spec, _LIMITS)
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        errors.append(field.required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    if spec.get("managedBy") is not None:
        errors += _managed_by(f"{path}.managedBy", spec["managedBy"])
    mode = spec.get("completionMode")
    if mode not in (None, "NonIndexed", "Indexed"):
        errors.append(field.not_supported(f"{path}.completionMode", mode, ["NonIndexed", "Indexed"]))
    if mode == "Indexed":
        errors += _indexed(path, spec)
    elif mode in (None, "NonIndexed"):
        errors += [field.invalid(f"{path}.{key}", spec[key], "requires indexed completion mode")
                   for key in ("backoffLimitPerIndex", "maxFailedIndexes") if spec.get(key) is not None]
    if spec.get("podFailurePolicy") is not None:
        errors += job_policies.failure_policy(f"{path}.podFailurePolicy", spec)
    if spec.get("successPolicy") is not None:
        if mode == "Indexed":
            errors += job_policies.success_policy(f"{path}.successPolicy", spec)
        else:
            shown = internaltypes.internal(spec["successPolicy"], "SuccessPolicy")
            errors.append(field.invalid(f"{path}.successPolicy", shown, "requires indexed completion mode"))
    errors += _replacement_policy(f"{path}.podReplacementPolicy", spec)
    errors += validate_pod_template(spec.get("template") or {}, f"{path}.template", release)
    return errors + _restart_policy(f"{path}.template.spec.restartPolicy", spec)


def _managed_by(path: str, value: str) -> FieldErrors:
    """A path with a domain before it (IsDomainPrefixedPath)."""
    import re

    host, _, rest = value.partition("/")
    if not value:
        errors = [field.required(path)]
    elif not host or not rest:
        errors = [field.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    else:
        errors = dns1123_subdomain(path, host)
        allowed = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"
        if not re.fullmatch(allowed, rest):
            errors.append(field.invalid(path, rest, names.pattern("Invalid path", allowed)))
    return [*errors, field.too_long(path, 63)] if len(value) > 63 else errors


def _indexed(path: str, spec: Object) -> FieldErrors:
    completions, parallelism, failed = (spec.get(key) for key in ("completions", "parallelism", "maxFailedIndexes"))
    errors = []
    if completions is None:
        errors.append(field.required(f"{path}.completions", "when completion mode is Indexed"))
    if parallelism is not None and parallelism > _MANY:
        errors.append(field.invalid(f"{path}.parallelism", parallelism,
                                    f"must be less than or equal to {_MANY} when completion mode is Indexed"))
    if completions is not None and failed is not None and failed > completions:
        errors.append(field.invalid(f"{path}.maxFailedIndexes", failed, "must be less than or equal to completions"))
    if failed is not None and failed > _MANY:
        errors.append(field.invalid(f"{path}.maxFailedIndexes", failed, f"must be less than or equal to {_MANY}"))
    if completions is None or completions <= _MANY or spec.get("backoffLimitPerIndex") is None:
        return errors
    if failed is None:
        errors.append(field.required(f"{path}.maxFailedIndexes",
                                     f"must be specified when completions is above {_MANY}"))
    for key, value in (("parallelism", parallelism), ("maxFailedIndexes", failed)):
        if value is not None and value > 10_000:
            errors.append(field.invalid(f"{path}.{key}", value, f"must be less than or equal to 10000 {_HIGH}"))
    return errors


def _replacement_policy(path: str, spec: Object) -> FieldErrors:
    """validatePodReplacementPolicy."""
    policy = spec.get("podReplacementPolicy")
    allowed = ["Failed", "TerminatingOrFailed"] if spec.get("podFailurePolicy") is None else ["Failed"]
    return [] if policy is None or policy in allowed else [field.not_supported(path, policy, allowed)]


def _restart_policy(path: str, spec: Object) -> FieldErrors:
    policy = ((spec.get("template") or {}).get("spec") or {}).get("restartPolicy", "")
    if policy in ("", "Always"):
        return [field.required(path, 'valid values: "OnFailure", "Never"')]
    if policy not in ("OnFailure", "Never"):
        return [field.not_supported(path, policy, ["OnFailure", "Never"])]
    if spec.get("podFailurePolicy") is not None and policy != "Never":
        return [field.invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    return []


def validate_update(obj: Object, old: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a changed Job (ValidateJobUpdate, ValidateJobSpecUpdate)."""
    spec, before = obj["spec"], old["spec"]
    labels = (before["template"].get("metadata") or {}).get("labels") or {}
    prefixed = all(f"batch.kubernetes.io/{key}" in labels for key in ("job-name", "controller-uid"))
    errors = validate(obj, release, prefixed)
    errors += _completions(spec, before)
    errors += immutable("spec.selector", spec.get("selector"), before.get("selector"))
    errors += _template(spec["template"], old, release)
    errors += immutable("spec.completionMode", spec.get("completionMode"), before.get("completionMode"))
    for key, type_ in (("podFailurePolicy", "*PodFailurePolicy"), ("backoffLimitPerIndex", "*n"), ("managedBy", "*s"),
                       ("successPolicy", "*SuccessPolicy")):
        if spec.get(key) != before.get(key):
            errors.append(field.invalid(f"spec.{key}", internaltypes.internal(spec.get(key), type_), IMMUTABLE))
    return errors


def _completions(spec: Object, before: Object) -> FieldErrors:
    """validateCompletions."""
    new, path = spec.get("completions"), "spec.completions"
    if spec.get("completionMode") != "Indexed":
        return immutable(path, new, before.get("completions"))
    if new in (None, before.get("completions")) or new == spec.get("parallelism"):
        return []
    return [field.invalid(path, new, "can only be modified in tandem with spec.parallelism")]


def _template(template: Object, old: Object, release: Release) -> FieldErrors:
    """A template changes only while its job is suspended, and then only in where its pods go and what they need
    (validatePodTemplateUpdate, validatePodResourceUpdatesOnly)."""
    kept = clone(old["spec"]["template"])
    status = old.get("status") or {}
    suspended = bool(old["spec"].get("suspend"))
    free = suspended and not status.get("startTime")
    resources_too = enabled("MutablePodResourcesForSuspendedJobs", release)
    if resources_too:
        paused = any(c.get("type") == "Suspended" and c.get("status") == "True"
                     for c in status.get("conditions") or ())
        free = suspended and (free or paused) and not status.get("active")
    if free:
        _take_directives(template, kept)
    if not free or not resources_too:
        if template == kept:
            return []
        return [field.invalid("spec.template", internaltypes.internal(template, "PodTemplateSpec"), IMMUTABLE)]
    new, spec = template["spec"], kept["spec"]
    for kind in ("containers", "initContainers"):
        if len(new.get(kind) or ()) == len(spec.get(kind) or ()):
            for container, before in zip(new.get(kind) or (), spec.get(kind) or (), strict=True):
                if container.get("name") == before.get("name"):
                    before["resources"] = container.get("resources", {})
    if new == spec:
        return []
    return [field.invalid("spec.template.spec", internaltypes.internal(new, "PodSpec"), IMMUTABLE)]


def _take_directives(template: Object, kept: Object) -> None:
    """Put into `kept`, in place, what may change of where the pods go."""
    new, spec = template["spec"], kept["spec"]
    affinity = {key: value for key, value in (spec.get("affinity") or {}).items() if key != "nodeAffinity"}
    if (new.get("affinity") or {}).get("nodeAffinity") is not None:
        affinity["nodeAffinity"] = new["affinity"]["nodeAffinity"]
    if affinity or new.get("affinity") is not None:
        spec["affinity"] = affinity
    else:
        spec.pop("affinity", None)
    for source, target, keys in ((new, spec, ("nodeSelector", "tolerations", "schedulingGates")),
                                 (template.get("metadata") or {}, kept.setdefault("metadata", {}),
                                  ("annotations", "labels"))):
        for key in keys:
            if key in source:
                target[key] = source[key]
            else:
                target.pop(key, None)
