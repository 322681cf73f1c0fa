"""IngressClass."""

from __future__ import annotations

from ....machinery.wellknown import ANNOTATION_IS_DEFAULT_INGRESS_CLASS
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME

_MAX_CONTROLLER = 250


class IngressClass(Kind):
    columns = (NAME, Column("Controller"), Column("Parameters"), AGE)
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        name, spec = obj["metadata"]["name"], obj["spec"]
        if (obj["metadata"].get("annotations") or {}).get(ANNOTATION_IS_DEFAULT_INGRESS_CLASS) == "true":
            name += " (default)"
        parameters, shown = spec.get("parameters"), "<none>"
        if parameters:
            group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") is not None else ""
            shown = f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"
        return [name, spec.get("controller", ""), shown, age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        parameters = obj.setdefault("spec", {}).get("parameters")
        if parameters:
            parameters["scope"] = parameters.get("scope") or "Cluster"

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import domain_prefixed_path

        controller = obj["spec"].get("controller", "")
        errors = []
        if len(controller) > _MAX_CONTROLLER:
            errors.append(field.too_long("spec.controller", _MAX_CONTROLLER))
        errors += domain_prefixed_path("spec.controller", controller)
        parameters = obj["spec"].get("parameters")
        return errors + (_parameters("spec.parameters", parameters) if parameters is not None else [])

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        return (immutable("spec.controller", obj["spec"].get("controller"), old["spec"].get("controller"))
                + self.validate(obj, ctx))


def _parameters(path: str, parameters: dict) -> list:
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
