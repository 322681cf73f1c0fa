"""What of a pod may change, and through which subresource (ValidatePodUpdate and its kin)."""

from __future__ import annotations

from .....machinery import field, names
from .....machinery.objects import clone, copy_field
from .....machinery.wellknown import MIRROR_POD_ANNOTATION_KEY
from .....releases.gates import enabled
from .... import internaltypes
from . import resources, scheduling
from .security import APPARMOR
from .spec import validate_pod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .....machinery.types import FieldErrors, Object, Release

_MAX_INT32 = 2**31 - 1
_UPDATABLE = ("pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
              "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
              "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)")
_RESOURCES = ",`spec.containers[*].resources` (for CPU/memory only)"
_ONLY_CPU_AND_MEMORY = "only cpu and memory resources are mutable"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def restrict(obj: Object, old: Object, subresource: str) -> None:
    """Take back, in place, what a subresource does not change."""
    if subresource == "status":
        if not (obj.get("status") or {}).get("qosClass") and (old.get("status") or {}).get("qosClass"):
            obj.setdefault("status", {})["qosClass"] = old["status"]["qosClass"]
        return
    if subresource not in ("ephemeralcontainers", "resize"):
        return
    spec = clone(old["spec"])
    if subresource == "ephemeralcontainers":
        copy_field("ephemeralContainers", obj["spec"], spec)
    else:
        for kind in ("containers", "initContainers"):
            new, before = obj["spec"].get(kind) or [], spec.get(kind) or []
            if [c.get("name") for c in new] != [c.get("name") for c in before]:
                return
            for container, kept in zip(new, before, strict=True):
                copy_field("resources", container, kept)
                copy_field("resizePolicy", container, kept)
        copy_field("resources", obj["spec"], spec)
    obj["spec"] = spec
    for key in ("labels", "annotations", "finalizers", "ownerReferences"):
        copy_field(key, old["metadata"], obj["metadata"])


def validate(obj: Object, old: Object, subresource: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of a changed pod, metadata aside."""
    errors = validate_pod(obj, release)
    if subresource == "resize":
        return _resize(obj, old, errors, release)
    errors += _annotations(obj["metadata"].get("annotations") or {}, old["metadata"].get("annotations") or {})
    if subresource == "ephemeralcontainers":
        return _ephemeral(obj, old, errors)
    resizable = enabled("InPlacePodVerticalScaling", release) and not enabled("PodResizeSubresource", release)
    if resizable:
        qos = resources.qos_class(obj["spec"], release)
        if qos != resources.qos_class(old["spec"], release):
            errors.append(field.invalid("metadata", qos, "Pod QoS is immutable"))
    return errors + _spec(obj["spec"], old["spec"], resizable)


def _annotations(new: Object, old: Object) -> FieldErrors:
    """ValidatePodSpecificAnnotationUpdates."""
    errors = []
    for key in sorted({*new, *old}):
        if new.get(key) == old.get(key) or not (key == MIRROR_POD_ANNOTATION_KEY or key.startswith(APPARMOR)):
            continue
        what = "mirror pod annotation" if key == MIRROR_POD_ANNOTATION_KEY else "AppArmor annotations"
        verb = "remove or update" if key in old else "add"
        errors.append(field.forbidden(f"metadata.annotations[{key}]", f"may not {verb} {what}"))
    return errors


def _spec(new: Object, old: Object, resizable: bool) -> FieldErrors:
    """ValidateContainerUpdates. `resizable`: cpu and memory of containers may change, too."""
    errors: FieldErrors = []
    for kind in ("containers", "initContainers"):
        found = new.get(kind) or []
        if len(found) != len(old.get(kind) or []):
            return [*errors, field.forbidden(f"spec.{kind}", "pod updates may not add or remove containers")]
        for i, container in enumerate(found):
            at, image = f"spec.{kind}[{i}].image", container.get("image", "")
            if not image:
                errors.append(field.required(at))
            elif image != image.strip():
                errors.append(field.invalid(at, image, "must not have leading or trailing whitespace"))
    deadline, before = new.get("activeDeadlineSeconds"), old.get("activeDeadlineSeconds")
    at = "spec.activeDeadlineSeconds"
    if deadline is not None:
        if not 0 <= deadline <= _MAX_INT32:
            return [*errors, field.invalid(at, deadline, names.in_range(0, _MAX_INT32))]
        if before is not None and before < deadline:
            return [*errors, field.invalid(at, deadline, "must be less than or equal to previous value")]
    elif before is not None:
        errors.append(field.invalid(at, None, "must not update from a positive integer to nil value"))
    errors += _tolerations(new.get("tolerations") or [], old.get("tolerations") or [])
    known = {gate.get("name", "") for gate in old.get("schedulingGates") or ()}
    for i, gate in enumerate(new.get("schedulingGates") or ()):
        if gate.get("name", "") not in known:
            errors.append(field.forbidden(f"spec.schedulingGates[{i}].name", "only deletion is allowed, but found new "
                                          f"scheduling gate '{gate.get('name', '')}'"))
    return errors if new == old else errors + _rest(clone(new), old, resizable)


def _tolerations(new: list[Object], old: list[Object]) -> FieldErrors:
    """validateOnlyAddedTolerations."""
    kept = [{**toleration, "tolerationSeconds": None} for toleration in new]
    if any({**toleration, "tolerationSeconds": None} not in kept for toleration in old):
        return [field.forbidden("spec.tolerations",
                                "existing toleration can not be modified except its tolerationSeconds")]
    return scheduling.tolerations("spec.tolerations", new)


def _rest(munged: Object, old: Object, resizable: bool) -> FieldErrors:
    """Put back what may change, in place; anything else that still differs is refused, with a diff."""
    errors: FieldErrors = []
    for kind in ("containers", "initContainers"):
        for container, before in zip(munged.get(kind) or (), old.get(kind) or (), strict=True):
            copy_field("image", before, container)
            if resizable and kind == "containers":
                _put_back_cpu_and_memory(container, before)
    for key in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        copy_field(key, old, munged)
    if old.get("terminationGracePeriodSeconds", 0) < 0 and munged.get("terminationGracePeriodSeconds") == 1:
        copy_field("terminationGracePeriodSeconds", old, munged)
    if old.get("schedulingGates"):
        errors += _gated(munged, old)
    if munged != old:
        may = _UPDATABLE + _RESOURCES * resizable
        errors.append(field.forbidden("spec", f"{may}\n{internaltypes.diff(old, munged, 'PodSpec')}"))
    return errors


def _put_back_cpu_and_memory(container: Object, before: Object) -> None:
    """mungeCpuMemResources, in place; claims may go as well."""
    own, kept = container.get("resources") or {}, before.get("resources") or {}
    munged = {}
    for kind in ("limits", "requests"):
        if kept.get(kind):
            others = {name: amount for name, amount in (own.get(kind) or {}).items() if name not in ("cpu", "memory")}
            munged[kind] = {**others, **{name: kept[kind][name] for name in ("cpu", "memory") if name in kept[kind]}}
    container["resources"] = munged


def _gated(munged: Object, old: Object) -> FieldErrors:
    """A pod that waits for its gates may get more node selectors and more terms of node affinity
    (validateOnlyDeletedSchedulingGates, validateNodeSelectorMutation, getMaskNodeSelectorLabelChangeEqualities)."""
    errors: FieldErrors = []
    new, before = munged.get("nodeSelector") or {}, old.get("nodeSelector") or {}
    if new != before:
        if any(new.get(key) != value for key, value in before.items()):
            errors.append(field.invalid("spec.nodeSelector", new or None, "only additions to spec.nodeSelector are "
                                        "allowed (no mutations or deletions)"))
        copy_field("nodeSelector", old, munged)
    own = (munged.get("affinity") or {}).get("nodeAffinity")
    kept = (old.get("affinity") or {}).get("nodeAffinity")
    if own == kept:
        return errors
    errors += _node_affinity(own or {}, kept or {})
    affinity = dict(munged.get("affinity") or {})
    if kept is not None:
        affinity["nodeAffinity"] = kept
    else:
        affinity.pop("nodeAffinity", None)
    if affinity or "affinity" in old:
        munged["affinity"] = affinity
    else:
        munged.pop("affinity", None)
    return errors


def _node_affinity(new: Object, old: Object) -> FieldErrors:
    """validateNodeAffinityMutation."""
    before = (old.get(_REQUIRED) or {}).get("nodeSelectorTerms") or []
    after = (new.get(_REQUIRED) or {}).get("nodeSelectorTerms") or []
    path = f"spec.affinity.nodeAffinity.{_REQUIRED}.nodeSelectorTerms"
    if not before:
        return []
    if len(before) != len(after):
        shown = internaltypes.internal(after or None, "[]NodeSelectorTerm")
        return [field.invalid(path, shown, "no additions/deletions to non-empty NodeSelectorTerms list are allowed")]
    return [field.invalid(f"{path}[{i}]", internaltypes.internal(term, "NodeSelectorTerm"),
                          "only additions are allowed (no mutations or deletions)")
            for i, (term, kept) in enumerate(zip(after, before, strict=True)) if not _only_adds(term, kept)]


def _only_adds(new: Object, old: Object) -> bool:
    """validateNodeSelectorTermHasOnlyAdditions."""
    if not old.get("matchExpressions") and not old.get("matchFields"):
        return not new.get("matchExpressions") and not new.get("matchFields")
    return all((new.get(key) or [])[:len(old.get(key) or [])] == (old.get(key) or [])
               for key in ("matchExpressions", "matchFields"))


def _ephemeral(obj: Object, old: Object, errors: FieldErrors) -> FieldErrors:
    """ValidatePodEphemeralContainersUpdate."""
    if MIRROR_POD_ANNOTATION_KEY in (old["metadata"].get("annotations") or ()):
        return [field.forbidden("", "static pods do not support ephemeral containers")]
    new = {container.get("name"): container for container in obj["spec"].get("ephemeralContainers") or ()}
    path = "spec.ephemeralContainers"
    for container in old["spec"].get("ephemeralContainers") or ():
        name = container.get("name", "")
        if name not in new:
            errors.append(field.forbidden(path, f'existing ephemeral containers "{name}" may not be removed\n'))
        elif new[name] != container:
            difference = internaltypes.diff(container, new[name], "EphemeralContainer")
            errors.append(field.forbidden(path, f'existing ephemeral containers "{name}" may not be changed\n'
                                          f"{difference}"))
    return errors


def _resize(obj: Object, old: Object, errors: FieldErrors, release: Release) -> FieldErrors:
    """ValidatePodResize: of the containers, only cpu and memory may change (isPodResizeRequestSupported,
    validatePodResizeContainerOrdering)."""
    spec, before = obj["spec"], old["spec"]
    if MIRROR_POD_ANNOTATION_KEY in (old["metadata"].get("annotations") or ()):
        return [field.forbidden("", "static pods cannot be resized")]
    if (before.get("os") or {}).get("name") == "windows":
        return [field.forbidden("", "windows pods cannot be resized")]
    qos = (old.get("status") or {}).get("qosClass", "")
    if qos != resources.qos_class(spec, release):
        errors.append(field.invalid("spec", qos, "Pod QOS Class may not change as a result of resizing"))
    errors += _resized_pod(spec.get("resources"), before.get("resources"))
    moved = [field.forbidden(f"spec.{kind}{place}", f"{kind} may not be {what} on resize")
             for kind in ("containers", "initContainers")
             for place, what in _moved(spec.get(kind) or [], before.get(kind) or [])]
    if moved:
        return errors + moved
    for kind in ("initContainers", "containers"):
        for i, (container, kept) in enumerate(zip(spec.get(kind) or (), before.get(kind) or (), strict=True)):
            errors += _resized(f"spec.{kind}[{i}].resources", container.get("resources") or {},
                               kept.get("resources") or {}, "resource ")
    for kind in ("containers", "initContainers"):
        for i, (container, kept) in enumerate(zip(spec.get(kind) or (), before.get(kind) or (), strict=True)):
            if not _same_but_cpu_and_memory(container, kept):
                errors.append(field.forbidden("spec", _ONLY_CPU_AND_MEMORY) if kind == "containers" else
                              field.forbidden(f"spec.{kind}[{i}]", "only cpu and memory resources for init or sidecar "
                                              "containers are mutable"))
    return errors


def _resized_pod(new: Object | None, old: Object | None) -> FieldErrors:
    """validatePodLevelResourcesResize."""
    if not new and not old:
        return []
    if old and new is None:
        return [field.forbidden("spec.resources", "pod-level resources cannot be removed")]
    errors = _resized("spec.resources", new or {}, old or {}, "pod-level resource ")
    if not _same_but_cpu_and_memory({"resources": new or {}}, {"resources": old or {}}):
        errors.append(field.forbidden("spec", f"{_ONLY_CPU_AND_MEMORY} at pod-level"))
    return errors


def _moved(new: list[Object], old: list[Object]) -> list[tuple[str, str]]:
    if len(new) != len(old):
        return [("", "added or removed")]
    return [(f"[{i}].name", "renamed or reordered") for i, (container, kept) in enumerate(zip(new, old, strict=True))
            if container.get("name") != kept.get("name")]


def _resized(path: str, new: Object, old: Object, what: str) -> FieldErrors:
    """validateContainerResize, resourcesRemoved."""
    return [field.forbidden(f"{path}.{kind}", f"{what}{kind} cannot be removed") for kind in ("requests", "limits")
            if any(name not in (new.get(kind) or {}) for name in old.get(kind) or ())]


def _same_but_cpu_and_memory(new: Object, old: Object) -> bool:
    """dropCPUMemoryUpdates, dropCPUMemoryResourcesFromContainer, dropCPUMemoryResourceRequirementsUpdates."""
    def rest(container: Object) -> Object:
        own = container.get("resources") or {}
        shown = {kind: {name: amount for name, amount in (own.get(kind) or {}).items() if name not in ("cpu", "memory")}
                 for kind in ("limits", "requests")}
        return {**container, "resources": {**shown, "claims": own.get("claims") or []}}

    return rest(new) == rest(old)
