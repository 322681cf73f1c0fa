"""x-kubernetes-validations: rules in the Common Expression Language.

Source: apiextensions-apiserver/pkg/apiserver/schema/cel, k8s.io/apiserver/pkg/cel/common.
"""

from __future__ import annotations

from ...machinery import field
from ...releases.gates import enabled
from .. import cel
from ..cel import checker
from ..cel import values as cel_values
from ..cel.cost import PER_OBJECT, Meter
from ..cel.interpreter import escaped
from .values import correlate, map_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.field import FieldError
    from ...machinery.types import FieldErrors, Json, Object, Release
    from ..cel.checker import Type
    from ..cel.values import Timestamp
    from ..kinds.base import Context

_MISSING = object()
# Errors after which no rule is looked at.
_BLOCKING = ("FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany",
             "FieldValueTypeInvalid")
_STRING = {"type": "string"}
_META = {"apiVersion": _STRING, "kind": _STRING,
         "metadata": {"type": "object", "properties": {"name": _STRING, "generateName": _STRING}}}


def validate(validator: Validator | None, errors: FieldErrors, obj: Object, old: Object | None,
             ctx: Context) -> FieldErrors:
    """Return the FieldErrors of the rules that an object breaks; `errors` is what was wrong with it before."""
    if validator is None:
        return []
    if any(error.type in _BLOCKING for error in errors):
        return [field.invalid("<nil>", None, "some validation rules were not checked because the object was invalid; "
                                             "correct the existing errors to complete validation")]
    found: FieldErrors = []
    validator.check(obj, _MISSING if old is None else old, "", False, ctx, found, Meter(PER_OBJECT))
    return found


def validator_of(schema: Object, release: Release, root: bool = False) -> Validator | None:
    """Return what checks the rules in a schema and below, None where there are none. `root`: of a whole object."""
    validator = Validator(schema, release, root)
    return validator if validator.rules or validator.properties or validator.items or validator.others else None


class Validator:
    """The rules of one node of a schema, and those of the nodes below."""

    def __init__(self, schema: Object, release: Release, root: bool = False):
        self.schema = _with_meta(schema) if root else schema
        self.rules: list[_Rule] = []
        given = schema.get("x-kubernetes-validations") or ()
        if given:
            type_ = type_of(self.schema)
            self.rules = [_Rule(rule, type_, release) for rule in given]
        items, others = schema.get("items"), schema.get("additionalProperties")
        self.items = _below(items, release)
        self.others = _below(others, release)
        self.properties = {key: found for key, each in (schema.get("properties") or {}).items()
                           if (found := _below(each, release)) is not None}

    def check(self, value: Json, old: Json, path: str, ratchet: bool, ctx: Context, errors: FieldErrors,
              budget: Meter) -> None:
        """Add what is wrong to `errors`. `old`: the value before, if there is one that can be told to be the same
        thing; `ratchet`: whether what this is part of is as it was; `budget`: what the rules of the whole object may
        cost, of which nothing is checked any more once that is over."""
        if value is None or budget.spent > budget.limit:
            return
        if old is not _MISSING:
            ratchet = enabled("CRDValidationRatcheting", ctx.release) and value == old
        for rule in self.rules:
            error = rule.broken_by(value, None if old is _MISSING else old, self.schema, path, ctx, budget)
            if error is None:
                continue
            if budget.spent > budget.limit:
                errors.append(error)
                return
            if ratchet and not rule.uses_old:
                ctx.warn(str(error))
            else:
                errors.append(error)
        if isinstance(value, list) and self.items is not None:
            find = correlate(self.schema, old) if isinstance(old, list) else None
            for i, item in enumerate(value):
                before = find(item) if find else _MISSING
                self.items.check(item, before, f"{path}[{i}]", ratchet, ctx, errors, budget)
        elif isinstance(value, dict):
            before = old if isinstance(old, dict) else {}
            for key in map_order(value):
                validator, place = self.properties.get(key), f"{path}.{key}" if path else key
                if validator is None and self.others is not None:
                    validator, place = self.others, f"{path}[{key}]"
                if validator is not None:
                    validator.check(value[key], before.get(key, _MISSING), place, ratchet, ctx, errors, budget)


def _below(schema: Json, release: Release) -> Validator | None:
    if not isinstance(schema, dict):
        return None
    return validator_of(schema, release, bool(schema.get("x-kubernetes-embedded-resource")))


class _Rule:
    def __init__(self, rule: Object, type_: Type | None, release: Release):
        self.rule, self.problem = rule, ""
        self.program: cel.Program | None = None
        self.message: cel.Program | None = None
        try:
            self.program = _compile(rule["rule"], rule, type_, release)
            if rule.get("messageExpression"):
                self.message = _compile(rule["messageExpression"], rule, type_, release)
        except cel.CompileError as error:
            if self.program is None:
                self.problem = f"rule compile error: compilation failed: {error}"

    @property
    def uses_old(self) -> bool:
        return self.program is not None and "oldSelf" in self.program.names

    def broken_by(self, value: Json, old: Json, schema: Object, path: str, ctx: Context,
                  budget: Meter) -> FieldError | None:
        """Return the FieldError of a value for which the rule does not hold, else None.

        One that costs more than a call may, or than is left, uses `budget` up.
        """
        place, told = path or "<nil>", schema.get("type", "")
        if self.program is None:
            return field.invalid(place, told, self.problem)
        optional = bool(self.rule.get("optionalOldSelf"))
        if self.uses_old and old is None and not optional:
            return None
        variables = {"self": to_cel(value, schema)}
        if optional:
            variables["oldSelf"] = cel_values.NONE if old is None else cel_values.Optional(to_cel(old, schema))
        elif old is not None:
            variables["oldSelf"] = to_cel(old, schema)
        meter = Meter()
        try:
            holds = self.program.evaluate(variables, meter) is True
        except cel.EvaluationError as error:
            if meter.spent > meter.limit:
                budget.spent = budget.limit + 1
                return field.invalid(place, told, f"'{error}': no further validation rules will be run due to call "
                                                  f"cost exceeds limit for rule: {self._text()}")
            return field.invalid(place, told, self._failure(str(error)))
        budget.spent += meter.spent
        if budget.spent > budget.limit:
            return field.invalid(place, told, "validation failed due to running out of cost budget, no further "
                                              "validation rules will be run")
        if holds:
            return None
        if self.rule.get("fieldPath"):
            place = f"{path}{_normalized(self.rule['fieldPath'])}".removeprefix(".")
        return self._error(place, value, told, self._detail(variables), ctx.release)

    def _text(self) -> str:
        return str(self.rule.get("message") or self.rule["rule"]).strip()

    def _failure(self, error: str) -> str:
        if error.startswith("no such overload"):
            return (f"'{error}': call arguments did not match a supported operator, function or macro signature for "
                    f"rule: {self._text()}")
        return f"{error} evaluating rule: {self._text()}"

    def _detail(self, variables: Object) -> str:
        if self.message is not None:
            try:
                text = self.message.evaluate(variables)
            except cel.EvaluationError:
                text = ""
            text = text.strip() if isinstance(text, str) else ""
            if text and "\n" not in text and len(text.encode()) <= 5 * 1024:
                return text
        return self._text() if self.rule.get("message") else f"failed rule: {self._text()}"

    def _error(self, place: str, value: Json, type_: str, detail: str, release: Release) -> FieldError:
        reason = self.rule.get("reason")
        if reason == "FieldValueForbidden":
            return field.forbidden(place, detail)
        if reason == "FieldValueRequired":
            return field.required(place, detail)
        told = enabled("CELValuesTold", release)
        whole = told and type_ in ("object", "array")
        shown = value if told else type_
        if reason == "FieldValueDuplicate":
            return field.FieldError(reason, place, "Duplicate value") if whole else field.duplicate(place, shown)
        if whole:
            return field.FieldError("FieldValueInvalid", place, f"Invalid value: {detail}")
        return field.invalid(place, shown, detail)


def _compile(text: str, rule: Object, type_: Type | None, release: Release) -> cel.Program:
    self_type = type_ or checker.DYN
    old_type = ("optional_type", self_type) if rule.get("optionalOldSelf") else self_type
    return cel.compile(text, {"self": self_type, "oldSelf": old_type}, release)


def _normalized(path: str) -> str:
    """A rule's fieldPath as paths are told: `.a['b.c']` is `.a.b.c`."""
    import re

    return re.sub(r"\['((?:[^'\\]|\\.)*)'\]", lambda match: "." + match[1], path)


def compile_errors(node: Object, where: str, no_old: str, root: bool, ctx: Context) -> FieldErrors:
    """Return the FieldErrors of the expressions in a schema's rules; `no_old`: the place from which on down there is no
    old value, if any."""
    from .. import internaltypes

    type_ = type_of(_with_meta(node) if root or node.get("x-kubernetes-embedded-resource") else node)
    release = (ctx.release[0], ctx.release[1] - 1)  # what the release before knows as well, for a rollback
    errors = []
    for i, rule in enumerate(node["x-kubernetes-validations"]):
        at, shown = f"{where}.x-kubernetes-validations[{i}]", internaltypes.internal(rule, "ValidationRule")
        try:
            program = _compile(rule["rule"], rule, type_, release)
            if program.type != checker.BOOL:
                raise ValueError("cel expression must evaluate to a bool")
        except cel.CompileError as error:
            errors.append(field.invalid(f"{at}.rule", shown, f"compilation failed: {error}"))
            continue
        except ValueError as error:
            errors.append(field.invalid(f"{at}.rule", shown, str(error)))
            continue
        errors += _message_errors(rule, type_, release, f"{at}.messageExpression", shown)
        if "oldSelf" not in program.names:
            if rule.get("optionalOldSelf") is not None:
                errors.append(field.invalid(f"{at}.optionalOldSelf", rule["optionalOldSelf"],
                                            "may not be set if oldSelf is not used in rule"))
        elif no_old:
            errors.append(field.invalid(f"{at}.rule", rule["rule"], "oldSelf cannot be used on the uncorrelatable "
                                                                    f"portion of the schema within {no_old}"))
    return errors


def _message_errors(rule: Object, type_: Type | None, release: Release, at: str, shown: Object) -> FieldErrors:
    if not rule.get("messageExpression"):
        return []
    try:
        program = _compile(rule["messageExpression"], rule, type_, release)
    except cel.CompileError as error:
        return [field.invalid(at, shown, f"messageExpression compilation failed: {error}")]
    if program.type != checker.STRING:
        return [field.invalid(at, shown, "messageExpression must evaluate to a string")]
    return []


# Schemas and values as expressions see them


def _with_meta(schema: Object) -> Object:
    """The schema of a whole object: of its metadata, expressions see only the name."""
    return {**schema, "properties": {**(schema.get("properties") or {}), **_META}}


def type_of(schema: Object) -> Type | None:
    """Return the type of a schema (see cel.checker), None where it is unknown (model.SchemaDeclType)."""
    if schema.get("x-kubernetes-int-or-string"):
        return checker.DYN
    kind = schema.get("type")
    if kind == "array":
        item = type_of(schema.get("items") or {})
        return checker.list_of(item) if item else None
    if kind == "object":
        others = schema.get("additionalProperties")
        if isinstance(others, dict):
            value = type_of(others)
            return checker.map_of(checker.STRING, value) if value else None
        fields = ((escaped(name), _property_type(each)) for name, each in (schema.get("properties") or {}).items())
        return ("object", checker.Fields({name: type_ for name, type_ in fields if name and type_}))
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), (checker.STRING, None))[0]
    return {"boolean": checker.BOOL, "integer": checker.INT, "number": checker.DOUBLE}.get(kind or "")


def _property_type(schema: Object) -> Type | None:
    return type_of(_with_meta(schema) if schema.get("x-kubernetes-embedded-resource") else schema)


def to_cel(value: Json, schema: Object) -> Json:
    """Return a value in the form that expressions work with; fields that they do not know are left out."""
    if isinstance(value, list):
        items = schema.get("items") or {}
        converted = [to_cel(item, items) for item in value]
        kind = schema.get("x-kubernetes-list-type")
        if kind == "set":
            return cel_values.SetList(converted)
        return cel_values.MapList(converted, schema["x-kubernetes-list-map-keys"]) if kind == "map" else converted
    if isinstance(value, dict):
        others = schema.get("additionalProperties")
        if isinstance(others, dict):
            return {key: to_cel(item, others) for key, item in value.items()}
        if schema.get("x-kubernetes-embedded-resource"):
            schema = _with_meta(schema)
        properties = schema.get("properties") or {}
        return {key: to_cel(item, properties[key]) for key, item in value.items()
                if item is not None and key in properties}
    if isinstance(value, str) and schema.get("type") == "string":
        convert = _FORMATS.get(schema.get("format", ""), (None, None))[1]
        return convert(value) if convert else value
    if schema.get("type") == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _bytes(text: str) -> bytes:
    from base64 import b64decode

    return b64decode(text)


def _date(text: str) -> Timestamp:
    return cel_values.parse_timestamp(f"{text}T00:00:00Z")


_FORMATS = {"byte": (checker.BYTES, _bytes), "duration": (checker.DURATION, cel_values.parse_duration),
            "date": (checker.TIMESTAMP, _date), "date-time": (checker.TIMESTAMP, cel_values.parse_timestamp)}
