"""One Stage (kwok.x-k8s.io/v1alpha1): which objects it is about, after how long, and what becomes of them then."""

from __future__ import annotations

from ...go import duration
from ...machinery import timestamps
from . import expression, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...machinery.types import Json, Object

API_VERSION, KIND, RESOURCE = "kwok.x-k8s.io/v1alpha1", "Stage", "stages.kwok.x-k8s.io"
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_FIELDS = {
    "spec": ("resourceRef", "selector", "weight", "weightFrom", "delay", "next", "steps", "immediateNextStage"),
    "resourceRef": ("apiGroup", "kind"), "selector": ("matchLabels", "matchAnnotations", "matchExpressions"),
    "delay": ("durationMilliseconds", "durationFrom", "jitterDurationMilliseconds", "jitterDurationFrom"),
    "next": ("event", "finalizers", "delete", "patches", "statusTemplate", "statusSubresource", "statusPatchAs"),
    "step": ("patch", "event", "finalizers", "delete", "apply"), "event": ("type", "reason", "message"),
    "patch": ("subresource", "root", "template", "type", "impersonation"),
    "apply": ("subresource", "template", "type", "impersonation"), "finalizers": ("add", "remove", "empty")}
_TYPES = {"patch": ("json", "merge", "strategic"), "apply": ("apply", "merge", "strategic")}


class Invalid(ValueError):
    """The document is no Stage, or none that can be played here."""


class Write:
    """A patch of the object itself, or of another one (`applies`), as a step has it.

    `type_`: json, merge, strategic or apply; "" for what is usual for the kind.
    """

    def __init__(self, given: Json, applies: bool = False):
        what = "apply" if applies else "patch"
        _known(given, what)
        if not isinstance(given.get("template"), str):
            raise Invalid(f"a {what} has no template")
        self.applies, self.template = applies, template.parse(given["template"])
        self.subresource, self.root = str(given.get("subresource") or ""), str(given.get("root") or "")
        self.type_ = str(given.get("type") or "")
        if self.type_ and self.type_ not in _TYPES[what]:
            raise Invalid(f"a {what} is of type {', '.join(_TYPES[what])}, and not {self.type_}")


class Stage:
    """A Stage; raises Invalid for what it cannot be.

    `steps` are what it does, in order: each {"event": {}}, {"finalizers": {}}, {"delete": True} or {"write": Write}.
    """

    def __init__(self, document: Object):
        if (document.get("apiVersion"), document.get("kind")) != (API_VERSION, KIND):
            raise Invalid(f"it is no {KIND} of {API_VERSION}")
        meta, spec = document.get("metadata"), document.get("spec")
        if not isinstance(meta, dict) or not isinstance(meta.get("name"), str) or not isinstance(spec, dict):
            raise Invalid("it has no metadata.name or no spec")
        self.name: str = meta["name"]
        _known(spec, "spec")
        ref = _map(spec, "resourceRef")
        _known(ref, "resourceRef")
        if not isinstance(ref.get("kind"), str):
            raise Invalid("spec.resourceRef.kind is missing")
        self.api_version, self.kind = str(ref.get("apiGroup") or "v1"), str(ref["kind"])
        if "selector" not in spec:
            raise Invalid("spec.selector is missing: it would be about nothing")
        selector, delay = _map(spec, "selector"), _map(spec, "delay")
        _known(selector, "selector")
        _known(delay, "delay")
        self.labels: Object = _map(selector, "matchLabels")
        self.annotations: Object = _map(selector, "matchAnnotations")
        self._conditions = [_condition(each) for each in _list(selector, "matchExpressions")]
        self._weight, self._weight_from = _number(spec, "weight", 0), _from(spec, "weightFrom")
        self._delay = _number(delay, "durationMilliseconds", 0) / 1000
        self._jitter = _number(delay, "jitterDurationMilliseconds", -1) / 1000
        self._delay_from = _from(delay, "durationFrom")
        self._jitter_from = _from(delay, "jitterDurationFrom")
        given = _list(spec, "steps") or _steps_of(_map(spec, "next"))
        self.steps = [step for each in given for step in _steps(each)]
        if self.kind == "Event" and any("event" in step for step in self.steps):
            raise Invalid("an event about each Event has no end")

    def matches(self, obj: Object) -> bool:
        """Tell whether an object is at this stage."""
        meta = obj["metadata"]
        for wanted, field in ((self.labels, "labels"), (self.annotations, "annotations")):
            there = meta.get(field) or {}
            if any(there.get(key) != value for key, value in wanted.items()):
                return False
        return all(fits(obj) for fits in self._conditions)

    def weight(self, obj: Object) -> int:
        """Return how much speaks for it where an object is at several."""
        found = self._weight_from(obj) if self._weight_from is not None else []
        try:
            return max(0, int(found[0]))
        except (IndexError, TypeError, ValueError):
            return self._weight

    def delay(self, obj: Object, now: float, chance: Callable[[], float]) -> float:
        """Return after how many seconds it is played; `chance()` gives a number from 0 to 1."""
        wait = _asked(self._delay_from, obj, now)
        wait = self._delay if wait is None else wait
        jitter = _asked(self._jitter_from, obj, now)
        jitter = jitter if jitter is not None else self._jitter if self._jitter >= 0 else None
        if jitter is None:
            return max(0.0, wait)
        return max(0.0, jitter if jitter < wait else wait + chance() * (jitter - wait))


def _known(there: Json, what: str) -> None:
    """Raise Invalid where something has a field that is not known here: it would be passed over."""
    if not isinstance(there, dict):
        raise Invalid(f"{what} is no map")
    for field in there:
        if field not in _FIELDS[what]:
            raise Invalid(f"{what}.{field} is not known here")


def _steps_of(given: Object) -> list[Json]:
    """Return as steps what `next` says, which was there before them."""
    _known(given, "next")
    steps: list[Json] = [{field: given[field]} for field in ("event", "finalizers", "delete") if given.get(field)]
    steps += [{"patch": each} for each in _list(given, "patches")]
    if given.get("statusTemplate"):
        steps.append({"patch": {"root": "status", "template": given["statusTemplate"],
                                "subresource": given.get("statusSubresource", "status")}})
    return steps


def _steps(given: Json) -> Iterator[Object]:
    """Yield what a step does."""
    _known(given, "step")
    for field in ("event", "finalizers"):
        if given.get(field):
            _known(given[field], field)
            for each in (*_list(given[field], "add"), *_list(given[field], "remove")):  # which events have not
                if not isinstance(each, dict) or not isinstance(each.get("value"), str):
                    raise Invalid("a finalizer has no value")
            yield {field: given[field]}
    for field in ("patch", "apply"):
        if given.get(field):
            yield {"write": Write(given[field], field == "apply")}
    if given.get("delete"):
        yield {"delete": True}


def _map(there: Object, field: str) -> Object:
    found = there.get(field)
    if found is not None and not isinstance(found, dict):
        raise Invalid(f"{field} is no map")
    return found or {}


def _list(there: Object, field: str) -> list[Json]:
    found = there.get(field)
    if found is not None and not isinstance(found, list):
        raise Invalid(f"{field} is no list")
    return found or []


def _number(there: Object, field: str, default: int) -> int:
    found = there.get(field, default)
    if not isinstance(found, int) or isinstance(found, bool):
        raise Invalid(f"{field} is no whole number")
    return found


def _from(delay: Object, field: str) -> expression.Filter | None:
    """Return where an object tells a duration."""
    text = _map(delay, field).get("expressionFrom")
    return _expression(text) if text is not None else None


def _expression(text: Json) -> expression.Filter:
    if not isinstance(text, str):
        raise Invalid(f"{text} is no expression")
    try:
        return expression.parse(text)
    except expression.Invalid as error:
        raise Invalid(str(error)) from None


def _asked(where: expression.Filter | None, obj: Object, now: float) -> float | None:
    """Return the seconds that an object tells of: a duration, or the time up to a moment."""
    found = where(obj) if where is not None else []
    if not found or not isinstance(found[0], str):
        return None
    try:
        return timestamps.parse(found[0]) - now
    except ValueError:
        pass
    try:
        return duration.parse(found[0])
    except ValueError:
        return None


def _condition(given: Json) -> Callable[[Object], bool]:
    """Return the function of one of selector.matchExpressions."""
    if not isinstance(given, dict) or given.get("operator") not in _OPERATORS:
        raise Invalid(f"the operator of a matchExpression is one of {', '.join(_OPERATORS)}")
    find, operator = _expression(given.get("key")), given["operator"]
    values = [_text(value) for value in _list(given, "values")]
    if operator in ("In", "NotIn") and not values:
        raise Invalid(f"{operator} needs values")

    def fits(obj: Object) -> bool:
        found = [value for value in find(obj) if value is not None]
        if operator in ("Exists", "DoesNotExist"):
            return bool(found) == (operator == "Exists")
        return any(_text(value) in values for value in found) == (operator == "In")

    return fits


def _text(value: Json) -> str:
    from ...go import jsontext

    return value if isinstance(value, str) else jsontext.encode(value)
