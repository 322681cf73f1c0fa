"""What a StatefulSet's spec has to be (ValidateStatefulSetSpec)."""

from __future__ import annotations

from ....machinery import field
from ....releases.gates import enabled
from ... import internaltypes
from ..checks import (
    dns1123_label,
    int_or_percent_value,
    not_more_than_100_percent,
    positive_int_or_percent,
    selector_shown,
)
from ..core import persistentvolumeclaim_validation
from ..core.podspec.spec import validate_replicated_template
from ..workloads import counts, requirements, selector_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release


def validate(spec: Object, release: Release, is_new: bool = True) -> FieldErrors:
    """Return the FieldErrors of a spec; what cannot change is not looked at again when it is not new
    (ValidateStatefulSet, ValidatePodTemplateSpecForStatefulSet, ValidatePersistentVolumeClaimRetentionPolicy,
    ValidatePersistentVolumeClaimRetentionPolicyType, validateVolumeClaimTemplates)."""
    policy, errors = spec.get("podManagementPolicy", ""), []
    if policy not in ("OrderedReady", "Parallel"):
        errors.append(field.invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'"))
    errors += _update_strategy(spec.get("updateStrategy") or {})
    for event in ("whenDeleted", "whenScaled"):
        what = (spec.get("persistentVolumeClaimRetentionPolicy") or {}).get(event, "")
        if what not in ("Retain", "Delete"):
            errors.append(field.not_supported(f"spec.persistentVolumeClaimRetentionPolicy.{event}", what,
                                              ["Retain", "Delete"]))
    for i, claim in enumerate(spec.get("volumeClaimTemplates") or () if is_new else ()):
        errors += persistentvolumeclaim_validation.validate(claim.get("spec") or {},
                                                            f"spec.volumeClaimTemplates[{i}].spec")
    errors += counts("spec", spec, ("replicas", "minReadySeconds"))
    errors += counts("spec.ordinals", spec.get("ordinals") or {}, ("start",))
    if is_new and spec.get("serviceName") and enabled("StatefulSetServiceNameChecked", release):
        errors += dns1123_label("spec.serviceName", spec["serviceName"])
    errors += selector_errors(spec.get("selector"), "statefulset")
    try:
        wanted = requirements(spec.get("selector"))
    except ValueError:
        return [*errors, field.invalid("spec.selector", selector_shown(spec["selector"]))]
    return errors + validate_replicated_template(_as_pods_have_it(spec), wanted, "spec.template", "StatefulSet",
                                                 release)


def _as_pods_have_it(spec: Object) -> Object:
    """The template with the volumes of its claims, and without the host names that the controller sets
    (volumesToAddForTemplates)."""
    template = spec.get("template") or {}
    own = {key: value for key, value in (template.get("spec") or {}).items() if key not in ("subdomain", "hostname")}
    claims = {(claim.get("metadata") or {}).get("name", "") for claim in spec.get("volumeClaimTemplates") or ()}
    if claims:
        own["volumes"] = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in sorted(claims)]
        own["volumes"] += [volume for volume in (template.get("spec") or {}).get("volumes") or ()
                           if volume.get("name", "") not in claims]
    return {**template, "spec": own}


def _update_strategy(strategy: Object) -> FieldErrors:
    """validateRollingUpdateStatefulSet."""
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    path = "spec.updateStrategy"
    if not kind:
        return [field.required(path)]
    if kind == "OnDelete":
        if rolling is None:
            return []
        shown = internaltypes.internal(rolling, "RollingUpdateStatefulSetStrategy")
        return [field.invalid(f"{path}.rollingUpdate", shown,
                              "only allowed for updateStrategy 'RollingUpdate'")]
    if kind != "RollingUpdate":
        return [field.invalid(path, internaltypes.internal(strategy, "StatefulSetUpdateStrategy"),
                              "must be 'RollingUpdate' or 'OnDelete'")]
    errors = counts(f"{path}.rollingUpdate", rolling or {}, ("partition",))
    unavailable = (rolling or {}).get("maxUnavailable")
    if unavailable is None:
        return errors
    at = f"{path}.rollingUpdate.maxUnavailable"
    errors += positive_int_or_percent(at, unavailable)
    if not int_or_percent_value(unavailable):
        errors.append(field.invalid(at, unavailable, "cannot be 0"))
    return errors + not_more_than_100_percent(at, unavailable)
