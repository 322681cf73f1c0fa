"""What the kinds that run pods have in common: columns, checks of counts, of rollouts and of status."""

from __future__ import annotations

from .base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import FieldErrors, Object, Release
    from .base import Cell, Context


def of_containers(template: Object | None, key: str) -> str:
    """Return one string of each container of a pod template, `name` or `image` (layoutContainerCells)."""
    found = ((template or {}).get("spec") or {}).get("containers") or ()
    return ",".join(container.get(key, "") for container in found)


def _selector_cell(obj: Object, ctx: Context) -> Cell:
    from ...machinery.selectors import format_selector

    return format_selector((obj.get("spec") or {}).get("selector"))


def _ready_cell(obj: Object, ctx: Context) -> Cell:
    return f"{(obj.get('status') or {}).get('readyReplicas', 0)}/{(obj.get('spec') or {}).get('replicas', 0)}"


READY = Column("Ready", _ready_cell)
CONTAINERS = Column("Containers", lambda obj, ctx: of_containers((obj.get("spec") or {}).get("template"), "name"), 1)
IMAGES = Column("Images", lambda obj, ctx: of_containers((obj.get("spec") or {}).get("template"), "image"), 1)
SELECTOR = Column("Selector", _selector_cell, 1)


class Replicated(Kind):
    """What a ReplicaSet and the ReplicationController that it came from share; `counted`: the numbers of a status."""

    columns = (NAME,
               Column("Desired", lambda obj, ctx: (obj.get("spec") or {}).get("replicas", 0)),
               Column("Current", lambda obj, ctx: (obj.get("status") or {}).get("replicas", 0)),
               Column("Ready", lambda obj, ctx: (obj.get("status") or {}).get("readyReplicas", 0)),
               AGE, CONTAINERS, IMAGES, SELECTOR)
    has_status = True
    has_generation = True
    counted: tuple[str, ...] = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas",
                                "observedGeneration")

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"replicas": 0}

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateReplicationControllerStatus, ValidateReplicationControllerStatusUpdate, ValidateReplicaSetStatus,
        ValidateReplicaSetStatusUpdate."""
        status = obj.get("status") or {}
        return (counts("status", status, self.counted)
                + replicas_within(status, ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")))

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        return template_warnings(obj, old, "spec.template", obj["spec"]["template"], ctx.release)

    def fields(self, obj: Object) -> dict[str, str]:
        return {"status.replicas": str((obj.get("status") or {}).get("replicas", 0))}


def counts(path: str, found: Object, keys: tuple[str, ...]) -> FieldErrors:
    """Return the FieldErrors of numbers that may be absent but not negative."""
    from .checks import minimum

    errors: FieldErrors = []
    for key in keys:
        errors += minimum(f"{path}.{key}", found.get(key))
    return errors


def replicas_within(status: Object, keys: tuple[str, ...], ready: str = "readyReplicas") -> FieldErrors:
    """Return the FieldErrors of a status that counts more replicas of some sort than there are; `ready`: the words for
    the number that available ones are held against."""
    from ...machinery import field

    total = status.get("replicas", 0)
    errors = [field.invalid(f"status.{key}", status.get(key, 0), "cannot be greater than status.replicas")
              for key in keys if status.get(key, 0) > total]
    if status.get("availableReplicas", 0) > status.get("readyReplicas", 0):
        errors.append(field.invalid("status.availableReplicas", status["availableReplicas"],
                                    f"cannot be greater than {ready}"))
    return errors


def not_decremented(status: Object, old: Object) -> FieldErrors:
    """Return the FieldErrors of a collisionCount that went back (IsDecremented)."""
    from ...machinery import field

    count = status.get("collisionCount") or 0
    before = (old.get("status") or {}).get("collisionCount")
    return [] if before is None or count >= before else [
        field.invalid("status.collisionCount", count, "cannot be decremented")]


def selector_and_template(spec: Object, kind: str, empty_for: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of spec.selector and spec.template of a controller that keeps pods running.

    `kind` is told where the template has an end, `empty_for` where the selector is empty
    (ValidatePodTemplateSpecForReplicaSet).
    """
    from ...machinery import field
    from .checks import selector_shown
    from .core.podspec.spec import validate_replicated_template

    errors = selector_errors(spec.get("selector"), empty_for)
    try:
        wanted = requirements(spec.get("selector"))
    except ValueError:
        return [*errors, field.invalid("spec.selector", selector_shown(spec["selector"]), "invalid label selector")]
    return errors + validate_replicated_template(spec.get("template") or {}, wanted, "spec.template", kind, release)


def selector_errors(selector: Object | None, empty_for: str) -> FieldErrors:
    """Return the FieldErrors of a selector that must be there and select something."""
    from ...machinery import field
    from .checks import label_selector

    if selector is None:
        return [field.required("spec.selector")]
    errors = label_selector("spec.selector", selector)
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        errors.append(field.invalid("spec.selector", selector, f"empty selector is invalid for {empty_for}"))
    return errors


def requirements(selector: Object | None) -> list[tuple[str, str, tuple[str, ...]]] | None:
    """Return the requirements of a selector (None matches nothing); ValueError where they are not valid."""
    from ...machinery.selectors import of_label_selector

    return of_label_selector(selector)


def template_warnings(obj: Object, old: Object | None, path: str, template: Object, release: Release,
                      name: bool = True) -> list[str]:
    """Return the warnings on a workload's template at `path`, told when it is new or its generation changed.

    `name`: also warn of a new object's name that makes bad host names.
    """
    if old is not None and obj["metadata"].get("generation") == old["metadata"].get("generation"):
        return []
    from .core.podspec import warnings

    found = warnings.of_name(obj) if name and old is None else []
    return found + warnings.of_template(template, path, release)
