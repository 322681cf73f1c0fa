"""metadata: what the server sets itself and what it demands of it.

Source of the rules: k8s.io/apimachinery/pkg/api/validation/objectmeta.go.
"""

from __future__ import annotations

from ..machinery import field, names, timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..machinery.entropy import Entropy
    from ..machinery.types import FieldErrors, Json, Object


def _any(name: str) -> list[str]:
    """The kind itself looks at the name."""
    return []


STANDARD_FINALIZERS = ("orphan", "foregroundDeletion", "kubernetes")
NAME_RULES = {  # what a kind's name_rule may be
    "dns1035_label": names.dns1035_label, "dns1123_label": names.dns1123_label,
    "dns1123_subdomain": names.dns1123_subdomain, "ip_address": names.canonical_ip,
    "path_segment_name": names.path_segment_name, "any": _any}
_MAX_ANNOTATIONS = 256 * 1024


def stamp_new(meta: Object, resource: str, key: str, now: float, entropy: Entropy) -> None:
    """Set in place what only the server gives a new object (rest.FillObjectMetaSystemFields)."""
    for name in ("resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
        meta.pop(name, None)
    meta["creationTimestamp"] = timestamps.format(now)
    meta["uid"] = entropy.uid(resource, key)


def keep_system_fields(meta: Object, old: Object) -> None:
    """Carry over in place what no update may change or drop (rest.BeforeUpdate). Another uid and the beginning of a
    deletion are not passed over but refused, by validate_update."""
    for name in ("creationTimestamp", "generation"):
        if name in old:
            meta[name] = old[name]
        else:
            meta.pop(name, None)
    if "deletionTimestamp" in old:
        meta["deletionTimestamp"] = old["deletionTimestamp"]
    for name in ("uid", "generateName", "deletionGracePeriodSeconds"):
        if name in old:
            meta.setdefault(name, old[name])


def validate(meta: Object, namespaced: bool, name_rule: str, path: str = "metadata") -> FieldErrors:
    """Return the FieldErrors of a new object's metadata (ValidateObjectMeta). `name_rule`: one of NAME_RULES
    (ValidateObjectMetaAccessor, validateObjectMetaAccessorWithOptsCommon)."""
    errors = []
    rule = NAME_RULES[name_rule]
    if meta.get("generateName"):
        prefix = meta["generateName"]
        for text in rule(prefix[:-1] + "a" if prefix.endswith(("-", ".")) else prefix):
            errors.append(field.invalid(f"{path}.generateName", prefix, text))
    if not meta.get("name"):
        errors.append(field.required(f"{path}.name", "name or generateName is required"))
    else:
        errors += [field.invalid(f"{path}.name", meta["name"], text) for text in rule(meta["name"])]
    if namespaced:
        if not meta.get("namespace"):
            errors.append(field.required(f"{path}.namespace"))
        else:
            errors += [field.invalid(f"{path}.namespace", meta["namespace"], text)
                       for text in names.dns1123_label(meta["namespace"])]
    elif meta.get("namespace"):
        errors.append(field.forbidden(f"{path}.namespace", "not allowed on this type"))
    return errors + _validate_rest(meta, path)


def validate_update(meta: Object, old: Object, path: str = "metadata") -> FieldErrors:
    """Return the FieldErrors of changed metadata (ValidateObjectMetaUpdate, ValidateNoNewFinalizers,
    ValidateObjectMetaAccessorUpdate)."""
    errors = _validate_rest(meta, path)
    if old.get("deletionTimestamp"):
        added = [name for name in meta.get("finalizers") or () if name not in (old.get("finalizers") or ())]
        if added:
            shown = "[]string{" + ", ".join(f'"{name}"' for name in added) + "}"
            errors.append(field.forbidden(
                f"{path}.finalizers",
                f"no new finalizers can be added if the object is being deleted, found new finalizers {shown}"))
    for name in ("name", "namespace", "uid"):
        if meta.get(name, "") != old.get(name, ""):
            errors.append(field.invalid(f"{path}.{name}", meta.get(name, ""), "field is immutable"))
    for name in ("deletionTimestamp", "deletionGracePeriodSeconds"):
        if meta.get(name) != old.get(name):
            errors.append(field.invalid(f"{path}.{name}", meta.get(name), "field is immutable"))
    return errors


def _validate_rest(meta: Object, path: str) -> FieldErrors:
    """ValidateFinalizers, ValidateFinalizerName."""
    errors = validate_labels(meta.get("labels"), f"{path}.labels")
    errors += validate_annotations(meta.get("annotations"), f"{path}.annotations")
    errors += _validate_owners(meta.get("ownerReferences") or (), f"{path}.ownerReferences")
    finalizers = meta.get("finalizers") or ()
    for name in finalizers:
        errors += [field.invalid(f"{path}.finalizers", name, text) for text in names.qualified_name(name)]
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        errors.append(field.invalid(f"{path}.finalizers", finalizers,
                                    "finalizer orphan and foregroundDeletion cannot be both set"))
    return errors


def validate_kube_finalizers(meta: Object) -> FieldErrors:
    """Return the FieldErrors of the names of finalizers that are neither standard nor have a domain
    (validateKubeFinalizerName of pkg/apis/core/validation)."""
    return [field.invalid(f"metadata.finalizers[{i}]", name,
                          "name is neither a standard finalizer name nor is it fully qualified")
            for i, name in enumerate(meta.get("finalizers") or ())
            if "/" not in name and name not in STANDARD_FINALIZERS]


def validate_labels(labels: Object | None, path: str) -> FieldErrors:
    """Return the FieldErrors of a map of labels (v1validation.ValidateLabels)."""
    errors = []
    for key, value in sorted((labels or {}).items()):
        errors += [field.invalid(path, key, text) for text in names.qualified_name(key)]
        errors += [field.invalid(path, value, text) for text in names.label_value(value)]
    return errors


def validate_annotations(annotations: Object | None, path: str) -> FieldErrors:
    """Return the FieldErrors of a map of annotations (ValidateAnnotations, ValidateAnnotationsSize)."""
    errors, size = [], 0
    for key, value in sorted((annotations or {}).items()):
        errors += [field.invalid(path, key, text) for text in names.qualified_name(key.lower())]
        size += len(key.encode()) + len(value.encode("utf-8", "surrogatepass"))
    if size > _MAX_ANNOTATIONS:
        errors.append(field.too_long(path, _MAX_ANNOTATIONS))
    return errors


def _validate_owners(owners: Sequence[Object], path: str) -> FieldErrors:
    """ValidateOwnerReferences, validateOwnerReference."""
    errors, controller = [], ""
    for ref in owners:
        if not ref.get("apiVersion", "").rpartition("/")[2]:
            errors.append(field.invalid(f"{path}.apiVersion", ref.get("apiVersion", ""), "version must not be empty"))
        errors += [field.invalid(f"{path}.{name}", "", "must not be empty") for name in ("kind", "name", "uid")
                   if not ref.get(name)]
        if (ref.get("apiVersion"), ref.get("kind")) == ("v1", "Event"):
            errors.append(field.invalid(path, _shown(ref), "/v1, Kind=Event is disallowed from being an owner"))
        if ref.get("controller"):
            named = f"{ref.get('kind', '')}/{ref.get('name', '')}"
            if controller:
                errors.append(field.invalid(path, [_shown(owner) for owner in owners],
                                            'Only one reference can have Controller set to true. Found "true" in '
                                            f"references for {controller} and {named}"))
            else:
                controller = named
    return errors


def _shown(owner: Object) -> Json:
    """An ownerReference as complaints quote it: in the order of its Go struct."""
    from .internaltypes import internal

    return internal(owner, "metav1.OwnerReference")
