"""The expressions of admission policies: which variables they have, and what they come to.

Source: k8s.io/apiserver/pkg/admission/plugin/cel.
"""

from __future__ import annotations

from ... import cel
from ...cel import checker
from ...cel.checker import BOOL, DYN, INT, STRING, TIMESTAMP, Fields, list_of, map_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object, Release
    from ...cel.checker import Type
    from ...cel.values import Value

MESSAGE_LIMIT = 5 * 1024  # bytes of what a messageExpression gives
_OBJECT, _JSON_PATCH = ("Object",), ("JSONPatch",)
# What expressions that mutate may make, and each patch type's field and what its expression has to come to.
PATCH_TYPES: dict[str, Type] = {"Object": ("type", _OBJECT), "JSONPatch": ("type", _JSON_PATCH)}
PATCHES: dict[str, tuple[str, Type]] = {"ApplyConfiguration": ("applyConfiguration", _OBJECT),
                                        "JSONPatch": ("jsonPatch", list_of(_JSON_PATCH))}
_LABELS = map_of(STRING, STRING)


def _object(**fields: Type) -> Type:
    return ("object", Fields(fields))


def _strings(*names: str, **more: Type) -> Type:
    return _object(**dict.fromkeys(names, STRING), **more)


_KIND, _RESOURCE = _strings("group", "version", "kind"), _strings("group", "version", "resource")
_REQUEST = _strings(
    "subResource", "requestSubResource", "name", "namespace", "operation", kind=_KIND, resource=_RESOURCE,
    requestKind=_KIND, requestResource=_RESOURCE, dryRun=BOOL, options=DYN,
    userInfo=_strings("username", "uid", groups=list_of(STRING), extra=map_of(STRING, list_of(STRING))))
_NAMESPACE = _object(
    metadata=_strings("name", "generateName", "namespace", "UID", "resourceVersion", labels=_LABELS,
                      annotations=_LABELS, creationTimestamp=TIMESTAMP, deletionTimestamp=TIMESTAMP,
                      deletionGracePeriodSeconds=INT, generation=INT, finalizers=list_of(STRING)),
    spec=_object(finalizers=list_of(STRING)),
    status=_strings("phase", conditions=list_of(_strings("status", "type", "message", "reason",
                                                         lastTransitionTime=TIMESTAMP))))


def environment(has_params: bool) -> dict[str, Type]:
    """Return the types of the variables that a policy's expressions may use."""
    types = {"object": DYN, "oldObject": DYN, "request": _REQUEST, "namespaceObject": _NAMESPACE}
    return {**types, "params": DYN} if has_params else types


def compile(text: str, types: dict[str, Type], release: Release, *wanted: Type) -> cel.Program:
    """Compile an expression that has to be of one of the types `wanted` (none: any). Raises ValueError."""
    try:
        program = cel.compile(text, types, release)
    except cel.CompileError as error:
        raise ValueError(f"compilation failed: {error}") from None
    if wanted and program.type not in wanted:
        shown = checker.shown(wanted[0]) if len(wanted) == 1 else f"[{' '.join(map(checker.shown, wanted))}]"
        word = "" if len(wanted) == 1 else "one of "
        raise ValueError(f"must evaluate to {word}{shown} but got {checker.shown(program.type)}")
    return program


class Variables(dict[str, "Value"]):
    """The values of a policy's variables, each found when it is first asked for."""

    def __init__(self, programs: dict[str, cel.Program], others: Object):
        super().__init__()
        self.programs, self.others = programs, others

    def get(self, name: str, default: Value = None) -> Value:
        if name not in self and name in self.programs:
            self[name] = self.programs[name].evaluate({**self.others, "variables": self})
        return super().get(name, default)


class Policy:
    """What the compiled specs of both sorts of policies have, a webhook with its match conditions, too.

    `types` are those of the variables in the rules.
    """

    def __init__(self, spec: Object, release: Release):
        self.spec = spec
        types = environment(bool(spec.get("paramKind")))
        self.conditions = [(condition["expression"], compile(condition["expression"], types, release, BOOL))
                           for condition in spec.get("matchConditions") or ()]
        self.variables: dict[str, cel.Program] = {}
        known = Fields()
        types = {**types, "variables": ("object", known)}
        for variable in spec.get("variables") or ():
            program = compile(variable["expression"], types, release)
            self.variables[variable["name"]] = program
            known[variable["name"]] = program.type
        self.types = types

    def scope(self, values: Object) -> Object:
        """Return the variables of the rules' expressions."""
        return {**values, "variables": Variables(self.variables, values)}

    def matches(self, values: Object) -> tuple[bool, str]:
        """Tell whether the match conditions hold, and what is wrong with them."""
        problems = []
        for text, program in self.conditions:
            try:
                if program.evaluate(values) is not True:
                    return False, ""
            except cel.EvaluationError as problem:
                problems.append(failed(text, problem))
        return True, problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]" if problems else ""


class MutatingPolicy(Policy):
    """The compiled expressions of a MutatingAdmissionPolicy's spec; `mutations` are (patch type, text, program)."""

    def __init__(self, spec: Object, release: Release):
        super().__init__(spec, release)
        types = {**self.types, **PATCH_TYPES}
        self.mutations: list[tuple[str, str, cel.Program]] = []
        for mutation in spec["mutations"]:
            field, wanted = PATCHES[mutation["patchType"]]
            text = mutation[field]["expression"]
            self.mutations.append((mutation["patchType"], text, compile(text, types, release, wanted)))


class ValidatingPolicy(Policy):
    """The compiled expressions of a ValidatingAdmissionPolicy's spec."""

    def __init__(self, spec: Object, release: Release):
        super().__init__(spec, release)
        types = self.types
        self.validations = [(validation, compile(validation["expression"], types, release, BOOL),
                             compile(validation["messageExpression"], types, release, STRING)
                             if validation.get("messageExpression") else None)
                            for validation in spec.get("validations") or ()]

    def failures(self, values: Object) -> list[tuple[str, str]]:
        """Return (reason, message) of what the request breaks; errors count where the policy says so."""
        strict = self.spec.get("failurePolicy") != "Ignore"
        matches, error = self.matches(values)
        if error:
            return [("", error)] if strict else []
        if not matches:
            return []
        values = self.scope(values)
        found = []
        for validation, program, message in self.validations:
            try:
                if program.evaluate(values) is not True:
                    found.append((validation.get("reason", ""), _message(validation, message, values)))
            except cel.EvaluationError as problem:
                if strict:
                    found.append(("", failed(validation["expression"], problem)))
        return found


def failed(text: str, problem: cel.EvaluationError) -> str:
    """Return the complaint about an expression that has no value."""
    return f"expression '{text}' resulted in error: {problem}"


def _message(validation: Object, program: cel.Program | None, values: Object) -> str:
    text = ""
    if program is not None:
        try:
            value = program.evaluate(values)
            text = value.strip() if isinstance(value, str) else ""
        except cel.EvaluationError:
            text = ""
    if not text or "\n" in text or len(text.encode()) > MESSAGE_LIMIT:
        text = validation.get("message", "").strip()
    return text or f"failed expression: {validation['expression'].strip()}"
