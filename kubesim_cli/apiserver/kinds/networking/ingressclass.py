"""IngressClass."""

from __future__ import annotations

from ....machinery.wellknown import ANNOTATION_IS_DEFAULT_INGRESS_CLASS
from ..base import AGE, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

_MAX_CONTROLLER = 250


def _name_cell(obj: Object, ctx: Context) -> Cell:
    name = obj["metadata"]["name"]
    if (obj["metadata"].get("annotations") or {}).get(ANNOTATION_IS_DEFAULT_INGRESS_CLASS) == "true":
        name += " (default)"
    return name


def _parameters_cell(obj: Object, ctx: Context) -> Cell:
    spec = obj["spec"]
    parameters = spec.get("parameters")
    shown = "<none>"
    if parameters:
        group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") is not None else ""
        shown = f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"
    return shown


class IngressClass(Kind):
    columns = (Column("Name", _name_cell, format="name"),
               Column("Controller", lambda obj, ctx: obj["spec"].get("controller", "")),
               Column("Parameters", _parameters_cell),
               AGE)
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        parameters = obj.setdefault("spec", {}).get("parameters")
        if parameters:
            parameters["scope"] = parameters.get("scope") or "Cluster"

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateIngressClass, validateIngressClassSpec."""
        from ....machinery import field
        from ..checks import domain_prefixed_path

        controller = obj["spec"].get("controller", "")
        errors = []
        if len(controller) > _MAX_CONTROLLER:
            errors.append(field.too_long("spec.controller", _MAX_CONTROLLER))
        errors += domain_prefixed_path("spec.controller", controller)
        parameters = obj["spec"].get("parameters")
        return errors + (_parameters("spec.parameters", parameters) if parameters is not None else [])

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateIngressClassUpdate, validateIngressClassSpecUpdate."""
        from ..checks import immutable

        return (immutable("spec.controller", obj["spec"].get("controller"), old["spec"].get("controller"))
                + self.validate(obj, ctx))


def _parameters(path: str, parameters: Object) -> FieldErrors:
    """validateIngressClassParametersReference."""
    from ....machinery import field
    from ..checks import dns1123_label, one_of
    from .ingress_validation import typed_reference

    errors = typed_reference(path, parameters)
    scope, namespace = parameters.get("scope"), parameters.get("namespace")
    errors += one_of(f"{path}.scope", scope, ("Cluster", "Namespace"))
    if scope == "Namespace":
        errors += [field.required(f"{path}.namespace", "`parameters.scope` is set to 'Namespace'")] \
            if namespace is None else dns1123_label(f"{path}.namespace", namespace)
    elif scope == "Cluster" and namespace is not None:
        errors.append(field.forbidden(f"{path}.namespace", "`parameters.scope` is set to 'Cluster'"))
    return errors


KIND = IngressClass()
