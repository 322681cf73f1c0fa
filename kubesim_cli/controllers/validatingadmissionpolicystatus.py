"""Tells, in the status of ValidatingAdmissionPolicies, which expressions do not fit the types that they are about.

Kubernetes: pkg/controller/validatingadmissionpolicystatus, and typechecking.go of the admission plugin.
"""

from __future__ import annotations

from ..apiserver.cel import checker
from ..apiserver.cel.interpreter import escaped
from ..apiserver.kinds.admissionregistration.expressions import compile, environment
from ..helpers.controller import Controller
from ..machinery.objects import split_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.cel.checker import Type
    from ..apiserver.client import Client
    from ..machinery.discovery import Resource
    from ..machinery.schema import Schema
    from ..machinery.types import Object

_POLICIES = "validatingadmissionpolicies.admissionregistration.k8s.io"
_MAX_TYPES = 10  # per rule
_TYPES = {"string": checker.STRING, "integer": checker.INT, "number": checker.DOUBLE, "boolean": checker.BOOL,
          "bytes": checker.BYTES, "time": checker.TIMESTAMP, "microtime": checker.TIMESTAMP}


class ValidatingAdmissionPolicyStatus(Controller):
    name = "validatingadmissionpolicy-status"
    watches = {_POLICIES: lambda change: (change.object["metadata"]["name"],)}

    def sync(self, api: Client, key: str) -> None:
        policy = api.find(_POLICIES, split_key(key)[1])
        if policy is None:
            return
        generation = policy["metadata"].get("generation", 0)
        if generation <= (policy.get("status") or {}).get("observedGeneration", 0):
            return
        warnings = _warnings(policy["spec"], api)
        checked = {"expressionWarnings": warnings} if warnings else {}
        status = {**(policy.get("status") or {}), "observedGeneration": generation, "typeChecking": checked}
        api.update_status(_POLICIES, {**policy, "status": status})


def _warnings(spec: Object, api: Client) -> list[Object]:
    kinds = [(res, _type(api.server.schema(res))) for res in _resources(spec, api)]
    param = spec.get("paramKind")
    found = api.discovery.of_kind(param["apiVersion"], param["kind"]) if param else None
    params = checker.DYN if found is None else _type(api.server.schema(found))
    warnings = []
    for i, validation in enumerate(spec.get("validations") or ()):
        for field in ("expression", "messageExpression"):
            if not validation.get(field):
                continue
            told = []
            for res, type_ in kinds:
                types = {**environment(bool(param)), "object": type_, "oldObject": type_}
                problem = _problem(validation[field], {**types, "params": params} if param else types, spec, api)
                if problem:
                    group_version = res.api_version if res.group else f"/{res.version}"
                    told.append(f"{group_version}, Kind={res.kind}: {problem}\n")
            if told:
                warnings.append({"fieldRef": f"spec.validations[{i}].{field}", "warning": "\n".join(told)})
    return warnings


def _problem(text: str, types: dict[str, Type], spec: Object, api: Client) -> str:
    """Return what is wrong with an expression, "" if nothing; a variable that is wrong itself may be anything."""
    known = checker.Fields()
    types = {**types, "variables": ("object", known)}
    for variable in spec.get("variables") or ():
        try:
            known[variable["name"]] = compile(variable["expression"], types, api.server.release).type
        except ValueError:
            known[variable["name"]] = checker.DYN
    try:
        compile(text, types, api.server.release)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _resources(spec: Object, api: Client) -> list[Resource]:
    """Return the resources that the rules name, without those of wildcards, by group, version and kind."""
    found: dict[tuple[str, str, str], Resource] = {}
    for rule in (spec.get("matchConstraints") or {}).get("resourceRules") or ():
        groups, versions = rule["apiGroups"], rule["apiVersions"]
        if any("*" in each for each in (*groups, *versions)):
            continue
        named = [res for res in api.discovery.resources if res.group in groups and res.version in versions
                 and res.plural in rule["resources"]]
        named.sort(key=lambda res: (res.group, res.version, res.plural))
        found.update({(res.group, res.version, res.kind): res for res in named[:_MAX_TYPES]})
    return [found[key] for key in sorted(found)]


def _type(schema: Schema | None) -> Type:
    """Return the type of what a schema describes, which may refer to itself."""
    if schema is None:
        return checker.DYN
    if schema.kind == "object" and schema.fields:
        return ("object", _Fields(schema))
    if schema.kind == "array":
        return checker.list_of(_type(schema.items))
    if schema.kind == "map":
        return checker.map_of(checker.STRING, _type(schema.items))
    return _TYPES.get(schema.kind, checker.DYN)


class _Fields(checker.Fields):
    """The fields of a schema, each looked at when it is first asked for."""

    __slots__ = ("_names", "_schema")

    def __init__(self, schema: Schema):
        super().__init__()
        self._schema, self._names = schema, {escaped(name): name for name in schema.fields}

    def get(self, name: str) -> Type | None:
        found = super().get(name)
        if found is None and name in self._names:
            found = self[name] = _type(self._schema.field(self._names[name]))
        return found
