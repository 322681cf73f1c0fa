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
from .expressed import to_cel, type_of, with_meta
from .values import correlate, map_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.field import FieldError
    from ...machinery.types import FieldErrors, Json, Object, Release
    from ..cel.checker import Type
    from ..kinds.base import Context

_MISSING = object()
# Errors after which no rule is looked at.
_BLOCKING = ("FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany",
             "FieldValueTypeInvalid")


def validate(validator: Validator | None, errors: FieldErrors, obj: Object, old: Object | None,
             ctx: Context) -> FieldErrors:
    """Return the FieldErrors of the rules that an object breaks; `errors` is what was wrong with it before
    (NewValidator, WithRatcheting)."""
    if validator is None:
        return []
    if any(error.type in _BLOCKING for error in errors):
        return [field.invalid("<nil>", None, "some validation rules were not checked because the object was invalid; "
                                             "correct the existing errors to complete validation")]
    found: FieldErrors = []
    validator.check(obj, _MISSING if old is None else old, "", False, ctx, found, Meter(PER_OBJECT))
    return found


def validator_of(schema: Object, release: Release, root: bool = False) -> Validator | None:
    """Return what checks the rules in a schema and below, None where there are none. `root`: of a whole object
    (hasXValidations)."""
    validator = Validator(schema, release, root)
    return validator if validator.rules or validator.properties or validator.items or validator.others else None


class Validator:
    """The rules of one node of a schema, and those of the nodes below."""

    def __init__(self, schema: Object, release: Release, root: bool = False):
        self.schema = with_meta(schema) if root else schema
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
            self.program = compile_rule(rule["rule"], rule, type_, release)
            if rule.get("messageExpression"):
                self.message = compile_rule(rule["messageExpression"], rule, type_, release)
        except cel.CompileError as error:
            if self.program is None:
                self.problem = f"rule compile error: compilation failed: {error}"

    @property
    def uses_old(self) -> bool:
        return self.program is not None and "oldSelf" in self.program.names

    def broken_by(self, value: Json, old: Json, schema: Object, path: str, ctx: Context,
                  budget: Meter) -> FieldError | None:
        """Return the FieldError of a value for which the rule does not hold, else None.

        One that costs more than a call may, or than is left, uses `budget` up (validationActivationWithOldSelf,
        validationActivationWithoutOldSelf).
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
        """ruleMessageOrDefault."""
        return str(self.rule.get("message") or self.rule["rule"]).strip()

    def _failure(self, error: str) -> str:
        """What is said of a rule that could not be evaluated."""
        if error.startswith("no such overload"):
            return (f"'{error}': call arguments did not match a supported operator, function or macro signature for "
                    f"rule: {self._text()}")
        return f"{error} evaluating rule: {self._text()}"

    def _detail(self, variables: Object) -> str:
        """What is said of a rule that does not hold (evalMessageExpression, ruleErrorString)."""
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
        """fieldErrorForReason."""
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


def compile_rule(text: str, rule: Object, type_: Type | None, release: Release) -> cel.Program:
    """Compile a rule's expression or messageExpression for values of a type. Raises cel.CompileError."""
    self_type = type_ or checker.DYN
    old_type = ("optional_type", self_type) if rule.get("optionalOldSelf") else self_type
    return cel.compile(text, {"self": self_type, "oldSelf": old_type}, release)


def _normalized(path: str) -> str:
    """A rule's fieldPath as paths are told: `.a['b.c']` is `.a.b.c`."""
    import re

    return re.sub(r"\['((?:[^'\\]|\\.)*)'\]", lambda match: "." + match[1], path)
