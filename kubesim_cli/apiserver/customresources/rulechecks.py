"""The rules of a CustomResourceDefinition's schema: whether they can be compiled, and what they may cost.

Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
"""

from __future__ import annotations

from ...machinery import field
from .. import cel
from ..cel import checker
from .expressed import type_of
from .rules import compile_rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import FieldErrors, Object, Release
    from ..cel.checker import Type
    from ..kinds.base import Context
    from .budget import Budget


def compile_errors(node: Object, where: str, no_old: str, often: int | None, budget: Budget,
                   ctx: Context) -> FieldErrors:
    """Return the FieldErrors of the expressions in a schema's rules.

    `no_old`: the place from which on down there is no old value, if any; `often`: how many values of the schema an
    object may have, None where nothing limits that; `budget` counts what they may cost.
    """
    from .. import internaltypes

    type_ = type_of(node)
    release = (ctx.release[0], ctx.release[1] - 1)  # what the release before knows as well, for a rollback
    errors = []
    for i, rule in enumerate(node["x-kubernetes-validations"]):
        at, shown = f"{where}.x-kubernetes-validations[{i}]", internaltypes.internal(rule, "ValidationRule")
        try:
            program = compile_rule(rule["rule"], rule, type_, release)
            if program.type != checker.BOOL:
                raise ValueError("cel expression must evaluate to a bool")
        except cel.CompileError as error:
            errors.append(field.invalid(f"{at}.rule", shown, f"compilation failed: {error}"))
            continue
        except ValueError as error:
            errors.append(field.invalid(f"{at}.rule", shown, str(error)))
            continue
        errors += budget.rule(program, node, often, f"{at}.rule")
        if rule.get("messageExpression"):
            place = f"{at}.messageExpression"
            try:
                errors += budget.message(_message(rule, type_, release), node, place)
            except ValueError as error:
                errors.append(field.invalid(place, shown, str(error)))
        if "oldSelf" not in program.names:
            if rule.get("optionalOldSelf") is not None:
                errors.append(field.invalid(f"{at}.optionalOldSelf", rule["optionalOldSelf"],
                                            "may not be set if oldSelf is not used in rule"))
        elif no_old:
            errors.append(field.invalid(f"{at}.rule", rule["rule"], "oldSelf cannot be used on the uncorrelatable "
                                                                    f"portion of the schema within {no_old}"))
    return errors


def _message(rule: Object, type_: Type | None, release: Release) -> cel.Program:
    """Compile a messageExpression. Raises ValueError."""
    try:
        program = compile_rule(rule["messageExpression"], rule, type_, release)
    except cel.CompileError as error:
        raise ValueError(f"messageExpression compilation failed: {error}") from None
    if program.type != checker.STRING:
        raise ValueError("messageExpression must evaluate to a string")
    return program
