"""The Kind of a custom resource (apiextensions-apiserver/pkg/registry/customresource)."""

from __future__ import annotations

from ...machinery import conditions
from ...machinery.objects import dig
from ..kinds import base
from ..objectmeta import STANDARD_FINALIZERS
from .versions import version_of, version_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.discovery import Resource
    from ...machinery.jsonpath import JSONPath
    from ...machinery.schema import Schema
    from ...machinery.types import FieldErrors, Json, Object
    from .rules import Validator

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_MAX_INT32 = 2**31 - 1


class CustomResource(base.Kind):
    """What the server knows of one version: `raw` is its openAPIV3Schema, `structure` the Schema of it."""

    has_generation = True
    status_keeps = base.METADATA
    kube_finalizers = False
    unconditional_update = False

    def __init__(self, res: Resource, raw: Object, structure: Schema):
        version = version_of(res.definition, res.version)
        subresources = version.get("subresources") or {}
        self.raw, self.structure = raw, structure
        self.has_status = "status" in subresources
        self.scale = subresources.get("scale")
        if self.scale:
            selector = self.scale.get("labelSelectorPath")
            self.scale_paths: Object = {"spec": _steps(self.scale["specReplicasPath"]),
                                "status": _steps(self.scale["statusReplicasPath"]),
                                "selector": _steps(selector) if selector else ()}
        given = version.get("additionalPrinterColumns") or [
            {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}]
        self.columns = (base.NAME, *(_column(column) for column in given))
        self._fields = [(entry["jsonPath"].lstrip("."), _finder(entry["jsonPath"]))
                        for entry in version.get("selectableFields") or ()]
        found = (res.definition.get("status") or {}).get("conditions")
        self._ending = conditions.status_of(found, "Terminating") == "True"
        self._resource = res.name
        self.deprecation = _deprecation(res, version)
        self._validator: tuple[Validator | None] | None = None  # (rules.Validator or None,), once it was asked for
        self._stored = next(f"{res.group}/{other['name']}" for other in res.definition["spec"]["versions"]
                            if other["storage"])

    def fields(self, obj: Object) -> dict[str, str]:
        from ...go.fmt import sprint

        found = ((name, find(obj)) for name, find in self._fields)
        return {name: "" if value is None else sprint(value) for name, value in found}

    def default(self, obj: Object, ctx: base.Context) -> None:
        from ...machinery.decode import apply_defaults

        apply_defaults(obj, self.structure)

    def prepare_create(self, obj: Object, ctx: base.Context) -> None:
        if self._ending:
            from ...machinery import errors

            raise errors.forbidden(self._resource, obj["metadata"].get("name", ""),
                                   "create not allowed while custom resource definition is terminating")

    def prepare_update(self, obj: Object, old: Object, ctx: base.Context) -> None:
        """Without a status subresource the status is as much part of the whole as all else."""
        if not self.has_status and obj.get("status") != old.get("status"):
            obj["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1

    def validate(self, obj: Object, ctx: base.Context) -> FieldErrors:
        from . import values

        return self._complete(values.validate(obj, self.raw, ctx.release), obj, None, ctx)

    def validate_update(self, obj: Object, old: Object, ctx: base.Context) -> FieldErrors:
        from . import values

        old = {**old, "apiVersion": obj["apiVersion"]}
        return self._complete(values.validate(obj, self.raw, ctx.release, old), obj, old, ctx)

    def validate_status(self, obj: Object, old: Object, ctx: base.Context) -> FieldErrors:
        from . import lists, values

        status = self.raw.get("properties", {}).get("status")
        errors = []
        if status and "status" in obj:
            errors = values.validate(obj["status"], status, ctx.release, old.get("status"), "status")
        errors += self._status_replicas(obj)
        duplicates = lists.duplicates(obj, self.raw)
        if duplicates and not lists.duplicates(old, self.raw):
            errors += duplicates
        return errors + self._rules(errors, obj, old, ctx)

    def _complete(self, errors: FieldErrors, obj: Object, old: Object | None, ctx: base.Context) -> FieldErrors:
        """Add to what the schema's own values say all that is checked after them."""
        from . import embedded, lists

        errors += self._spec_replicas(obj) + self._status_replicas(obj)
        errors += embedded.validate(obj, self.raw)
        if old is None or not lists.duplicates(old, self.raw):
            errors += lists.duplicates(obj, self.raw)
        return errors + self._rules(errors, obj, old, ctx)

    def _rules(self, errors: FieldErrors, obj: Object, old: Object | None, ctx: base.Context) -> FieldErrors:
        from . import rules

        if self._validator is None:
            self._validator = (rules.validator_of(self.raw, ctx.release, root=True),)
        return rules.validate(self._validator[0], errors, obj, old, ctx)

    def _spec_replicas(self, obj: Object) -> FieldErrors:
        return _replicas(obj, self.scale["specReplicasPath"]) if self.scale else []

    def _status_replicas(self, obj: Object) -> FieldErrors:
        return _replicas(obj, self.scale["statusReplicasPath"]) if self.scale else []

    def warnings(self, obj: Object, old: Object | None, ctx: base.Context) -> list[str]:
        known = (old or {}).get("metadata", {}).get("finalizers") or ()
        added = {name for name in obj["metadata"].get("finalizers") or () if name not in known}
        return [text for name in sorted(added) for text in _finalizer_warnings(name)]

    def store_version(self, obj: Object) -> Object:
        return {**obj, "apiVersion": self._stored}


def _steps(path: str) -> tuple[str, ...]:
    """The keys of a simple path such as `.spec.replicas`."""
    return tuple(path.removeprefix(".").split("."))


def _finder(path: str) -> Callable[[Object], Json]:
    """Return a function object -> first value at a JSONPath, None where there is none."""
    if path.startswith(".") and _PLAIN.issuperset(path) and ".." not in path:
        steps = _steps(path)
        return lambda obj: dig(obj, *steps)
    template: list[JSONPath] = []  # parsed on first use

    def find(obj: Object) -> Json:
        from ...machinery.jsonpath import JSONPath, JSONPathError

        if not template:
            template.append(JSONPath("{" + path + "}"))
        try:
            results = template[0].find(obj)
        except JSONPathError:
            return None
        return results[0][0] if results and results[0] else None

    return find


def _column(given: Object) -> base.Column:
    """Return the Column of one of additionalPrinterColumns."""
    type_, find = given["type"], _finder(given["jsonPath"])
    return base.Column(given["name"], lambda obj, ctx: _cell(type_, find(obj), ctx.now), given.get("priority", 0),
                       type_, given.get("format", ""))


def _cell(type_: str, value: Json, now: float) -> base.Cell:
    """Return a value as the cell of a column of that type, None where it does not fit (cellForJSONValue)."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is None:
        return None
    if type_ == "string":
        return _text(value)
    if type_ == "integer":
        return int(value) if number else None
    if type_ == "number":
        return value if number else None
    if type_ == "boolean":
        return value if isinstance(value, bool) else None
    if type_ == "date" and isinstance(value, str):
        try:
            return base.since(value, now)
        except ValueError:
            return "<invalid>"
    return None


def _text(value: Json) -> str:
    if isinstance(value, (dict, list)):
        import json

        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _replicas(obj: Object, path: str) -> FieldErrors:
    """Return the FieldErrors of the number at a path of the scale subresource."""
    from ...machinery import field

    value = dig(obj, *_steps(path), default=0)
    if not isinstance(value, int):
        return []
    if value < 0:
        return [field.invalid(path, value, "should be a non-negative integer")]
    if value > _MAX_INT32:
        return [field.invalid(path, value, f"should be less than or equal to {_MAX_INT32}")]
    return []


def _finalizer_warnings(name: str) -> list[str]:
    from ...machinery import names

    where = f'metadata.finalizers: "{name}": '
    found = [where + text for text in names.qualified_name(name)]
    if "/" not in name and name not in STANDARD_FINALIZERS:
        path = " including a path (/)" if "." in name else ""
        found.append(f"{where}prefer a domain-qualified finalizer name{path} to avoid accidental conflicts with other "
                     "finalizer writers")
    return found


def _deprecation(res: Resource, version: Object) -> str:
    """Return the warning that every request for a deprecated version gets, "" for any other version."""
    if not version.get("deprecated"):
        return ""
    if version.get("deprecationWarning") is not None:
        return str(version["deprecationWarning"])
    text = f"{res.api_version} {res.kind} is deprecated"
    newer = [other["name"] for other in res.definition["spec"]["versions"] if other.get("served")
             and not other.get("deprecated") and version_order(other["name"]) < version_order(res.version)]
    if newer:
        text += f"; use {res.group}/{min(newer, key=version_order)} {res.kind}"
    return text
