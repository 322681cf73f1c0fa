"""MutatingAdmissionPolicy: changes in CEL that users bind to requests.

Kubernetes: k8s.io/apiserver/pkg/admission/plugin/policy/mutating (dispatcher.go, patch/).
"""

from __future__ import annotations

from ...machinery import errors
from . import policies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.schema import Schema
    from ...machinery.types import Object
    from ..cel.values import Value
    from .attributes import Attributes


class _Failure(Exception):
    """A mutation that cannot be made."""


def mutate(a: Attributes) -> None:
    """Change an object as the policies bound to the request say.

    Called again because of `a.again` it does so for the invocations in that only. Raises StatusError.
    """
    refused: list[tuple[str, str]] = []  # (reason, message)
    invocations = []
    for policy, binding in policies.bound("mutatingadmissionpolicies", "mutatingadmissionpolicybindings", a):
        try:
            invocations += [(policy, binding, params) for params in policies.params(policy, binding, a)]
        except policies.ConfigurationError as error:
            refused += _refusals(policy, binding, "", [f"failed to configure binding: {error}"])
    again, changed = set(), False
    for policy, binding, params in invocations:
        meta = params["metadata"] if params else {}
        key = (policy["metadata"]["name"], binding["metadata"]["name"], meta.get("namespace", ""), meta.get("name", ""))
        made, problems = _invoke(policy, params, a, a.again is None or key in a.again)
        refused += _refusals(policy, binding, "Invalid", problems)
        changed = changed or bool(made)
        if made is not None and policy["spec"].get("reinvocationPolicy") == "IfNeeded":
            again.add(key)
    if refused:
        raise _refusal(a, refused)
    if changed and a.again is None:
        a.again = frozenset(again)


def _refusals(policy: Object, binding: Object, reason: str, problems: list[str]) -> list[tuple[str, str]]:
    if policy["spec"].get("failurePolicy") == "Ignore":
        return []
    names = f"policy '{policy['metadata']['name']}' with binding '{binding['metadata']['name']}'"
    return [(reason, f"{names} denied request: {problem}") for problem in problems]


def _refusal(a: Attributes, refused: list[tuple[str, str]]) -> errors.StatusError:
    """The first one's words and reason, with the code of Forbidden, as the real dispatcher has it."""
    error = errors.forbidden(a.res.name, a.obj["metadata"].get("name", ""), refused[0][1])
    error.status["message"] = refused[0][1]
    error.status["reason"] = refused[0][0] or "Forbidden"
    error.status.setdefault("details", {})["causes"] = [{"message": message} for _, message in refused]
    return error


def _invoke(policy: Object, params: Object | None, a: Attributes, wanted: bool) -> tuple[int | None, list[str]]:
    """Return how many mutations were made, None where the conditions do not hold or it is not `wanted`, and what went
    wrong; a mutation that cannot be made does not keep the next from being tried."""
    from ..cel import EvaluationError
    from ..kinds.admissionregistration.expressions import MutatingPolicy, failed

    try:
        compiled: MutatingPolicy = policies.compiled(policy, MutatingPolicy, a.ctx.release)
    except ValueError as error:
        return None, [str(error)]
    values = {**policies.values(a), "params": params}
    matches, problem = compiled.matches(values)
    if problem:
        return None, [problem]
    if not matches or not wanted:
        return None, []
    made, problems = 0, []
    for patch_type, text, program in compiled.mutations:
        try:
            found = program.evaluate(compiled.scope(values))
        except EvaluationError as error:
            problems.append(failed(text, error))
            continue
        try:
            _replace(a, (_patched if patch_type == "JSONPatch" else _applied)(a, found))
            made += 1
        except _Failure as failure:
            problems.append(str(failure))
    return made, problems


def _replace(a: Attributes, obj: Object) -> None:
    """Put the contents of `obj`, with defaults, in the place of the object's, which others hold as well."""
    a.ctx.client.server.kind(a.res).default(obj, a.ctx)
    meta = a.obj["metadata"]
    metadata = obj.get("metadata") or {}
    meta.clear()
    meta.update(metadata)
    a.obj.clear()
    a.obj.update({**obj, "metadata": meta})


def _schema(a: Attributes) -> Schema | None:
    """The schema of the object's own version, which may be another than the request's."""
    client = a.ctx.client
    return client.server.schema(client.discovery.of_kind(a.obj["apiVersion"], a.obj["kind"]) or a.res)


def _named_well(value: Value, path: str) -> None:
    from ..cel.messages import misnamed

    wrong = misnamed(value, path)
    if wrong:
        raise _Failure("type mismatch: " + "\n".join(wrong))


def _patched(a: Attributes, patches: Value) -> Object:
    """Return a new object: the request's after a JSON Patch. One whose test fails changes nothing."""
    from ...machinery import jsonpatch
    from ...machinery.decode import DecodeError, decode, strict_message
    from ...machinery.objects import clone
    from ..cel.errors import EvaluationError
    from ..cel.messages import native
    from ..cel.values import Message

    operations = []
    for patch in patches:
        operation = {"op": patch.get("op", ""), "path": patch.get("path", "")}
        if patch.get("from"):
            operation["from"] = patch["from"]
        if "value" in patch:
            value = patch["value"]
            if isinstance(value, Message):
                _named_well(value, value.type)
            try:
                operation["value"] = native(value)
            except EvaluationError as error:
                raise _Failure("JSONPath valueExpression evaluated to a type that could not marshal to JSON: "
                               f"{error}") from None
        operations.append(operation)
    try:
        body: Object = jsonpatch.apply(clone(a.obj), operations)
    except jsonpatch.TestFailed:
        return clone(a.obj)
    except jsonpatch.PatchError as error:
        raise _Failure(f"JSON Patch: {error}") from None
    schema = _schema(a)
    if schema is None or schema.custom:
        return body
    try:
        obj, unknown = decode(body, schema)
    except DecodeError as error:
        raise errors.internal(str(error)) from None
    if unknown:
        raise errors.internal(strict_message(unknown))
    return obj


def _applied(a: Attributes, configuration: Value) -> Object:
    """Return a new object: the request's with an apply configuration merged into it, which nobody will own."""
    from ...machinery import typed
    from ...machinery.decode import DecodeError
    from ..apply import read_merged
    from ..cel.messages import native

    _named_well(configuration, "Object")
    patch = {**native(configuration), "apiVersion": a.obj["apiVersion"], "kind": a.obj["kind"]}
    schema, doing = _schema(a), "failed to convert patch object to typed object"
    try:
        typed.check(patch, schema)
        atomics = typed.atomics(patch, schema)
        if atomics:
            raise _Failure("error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or "
                           f"structs: {', '.join(atomics)}")
        doing = "failed to merge patch"
        return read_merged(typed.merge(a.obj, patch, schema), schema)
    except typed.TypedError as error:
        raise _Failure(f"error applying patch: {doing}: {error}") from None
    except DecodeError as error:
        raise _Failure(str(error)) from None
