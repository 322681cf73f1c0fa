"""kubectl wait."""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery.errors import StatusError
from ..releases.kubectl import does
from .failures import Failure
from .resource import builder
from .util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Object, Release
    from .context import Context
    from .resource.info import Info

    Select = Callable[[], builder.Result]  # makes the selection anew

_TIMED_OUT = "timed out waiting for the condition"


def run(ctx: Context) -> None:
    """kubectl wait ([-f FILENAME] | TYPE NAME) --for=create|delete|condition=NAME[=VALUE]|jsonpath=PATH[=VALUE]"""
    flags = ctx.flags
    print_obj = cmdutil.printer(ctx, "condition met")
    select = _selection(ctx)
    several = does("MultipleWaits", ctx.release)
    texts = flags["for"] if several else flags["for"][-1:]
    waits = [_parse(text, ctx.release) for text in texts]
    if not waits:
        raise Failure("unrecognized condition: []" if several else 'unrecognized condition: ""')
    words = [text.lower() for text in texts]
    timeout = flags["timeout"] if flags["timeout"] >= 0 else None
    waiter = _Waiter(ctx, timeout)
    if "create" in words:
        waiter.until_found(select)
    count = 0

    def wait(info: Info) -> None:
        nonlocal count
        count += 1
        for condition in waits:
            print_obj(condition.wait(waiter, info))

    try:
        select().visit(wait)
    except (StatusError, Failure) as failure:
        error = builder.without_not_found(failure) if "delete" in words else failure
        if error is not None:
            raise error from None
    if not count and "delete" not in words:
        raise Failure("no matching resources found")


def _selection(ctx: Context) -> Select:
    """Return a function that makes the builder's Result anew; flags that do not fit together fail here."""
    flags, args = ctx.flags, ctx.args
    if flags["local"]:
        def select() -> builder.Result:
            return builder.from_flags(ctx, args, selector="", field_selector="", select_all=False)
    else:
        def select() -> builder.Result:
            return builder.from_flags(ctx, args, latest=True, select_all=False,
                                      allow_empty_selector=flags["all"])
    return select


class _Waiter:
    """The time that is left for all objects together. `timeout` in seconds; None waits for long, 0 looks once."""

    def __init__(self, ctx: Context, timeout: float | None):
        self.ctx, self.timeout, self._start = ctx, timeout, ctx.now

    def left(self) -> float | None:
        return None if self.timeout is None else max(0.0, self._start + self.timeout - self.ctx.now)

    @property
    def expired(self) -> bool:
        return bool(self.timeout) and self.left() == 0

    def until(self, info: Info, check: Callable[[], bool]) -> None:
        """Wait until `check()` is true. Raises Failure, and whatever `check` raises."""
        if self.timeout == 0:
            if not check():
                raise Failure(f"condition not met for {info.object_name}")
        elif self.expired or not self.ctx.wait(check, self.left()):
            raise Failure(f"{_TIMED_OUT} on {info.object_name}")

    def until_found(self, select: Select) -> None:
        """Wait until the selection finds all that it names, and an object; older releases do not wait for what a
        selector finds."""
        names_suffice = not does("WaitForCreateBySelector", self.ctx.release)

        def found() -> bool:
            infos, error = select().collect()
            if error and builder.without_not_found(error) is not None:
                raise error
            return error is None and (names_suffice or bool(infos))

        if not self.ctx.wait(found, self.left()):
            raise Failure(_TIMED_OUT)


class _Created:
    """--for=create: the objects are there by the time they are visited."""

    def wait(self, waiter: _Waiter, info: Info) -> Object:
        obj: Object = info.obj
        return obj


class _Deleted:
    """--for=delete"""

    def wait(self, waiter: _Waiter, info: Info) -> Object:
        if waiter.expired:
            raise Failure("client rate limiter Wait returned an error: context deadline exceeded")
        uid = _uid(waiter.ctx, info)
        if uid:
            waiter.until(info, lambda: _uid(waiter.ctx, info) != uid)
        obj: Object = info.obj
        return obj


def _uid(ctx: Context, info: Info) -> str:
    """Return the object's uid, "" where it is not there."""
    try:
        uid: str = ctx.client.get(info.resource, info.name, info.namespace)["metadata"]["uid"]
        return uid
    except StatusError as error:
        if error.reason != "NotFound":
            raise
        return ""


class _Met:
    """What is true of an object's content: subclasses say so in `met`."""

    def met(self, obj: Object) -> bool:
        raise NotImplementedError

    def wait(self, waiter: _Waiter, info: Info) -> Object:
        found: Object = {}
        seen = False

        def check() -> bool:
            nonlocal found, seen
            try:
                obj = waiter.ctx.client.get(info.resource, info.name, info.namespace)
            except StatusError as error:
                if error.reason == "NotFound" and seen:
                    return False  # deleted meanwhile; it may come back
                raise
            seen, found = True, obj
            return self.met(obj)

        waiter.until(info, check)
        return found


class _Condition(_Met):
    """--for=condition=NAME[=VALUE]; names and values are compared case-insensitively."""

    def __init__(self, text: str):
        name, equals, value = text.partition("=")
        self.name, self.value = name.casefold(), (value if equals else "true").casefold()

    def met(self, obj: Object) -> bool:
        status = obj.get("status") or {}
        for condition in status.get("conditions") or ():
            if condition.get("type", "").casefold() != self.name or "status" not in condition:
                continue
            generation = obj["metadata"].get("generation")
            observed = condition.get("observedGeneration", status.get("observedGeneration"))
            if generation is not None and observed is not None and observed < generation:
                return False
            return bool(condition["status"].casefold() == self.value)
        return False


class _Path(_Met):
    """--for=jsonpath=EXPRESSION[=VALUE]"""

    def __init__(self, text: str):
        from ..machinery.jsonpath import JSONPath, JSONPathError, relaxed

        parts = _split(text)
        if len(parts) > 2:
            raise Failure("jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
                          "--for=jsonpath='{.status.readyReplicas}'")
        try:
            expression = relaxed(parts[0])
            self.value = parts[1].strip("'\"") if len(parts) == 2 else None
            if self.value == "":
                raise Failure("jsonpath wait has to have a value after equal sign, like "
                              "--for=jsonpath='{.status.readyReplicas}'=3")
            if not expression:
                raise Failure("jsonpath expression cannot be empty")
            self.path = JSONPath(expression)
        except JSONPathError as error:
            raise Failure(str(error)) from None

    def met(self, obj: Object) -> bool:
        from ..go.fmt import sprint
        from ..machinery.jsonpath import JSONPathError

        try:
            found = self.path.find(obj)
        except JSONPathError as error:
            raise Failure(str(error)) from None
        if not found or not found[0]:
            return False
        if len(found) > 1:
            raise Failure("given jsonpath expression matches more than one list")
        if len(found[0]) > 1:
            raise Failure("given jsonpath expression matches more than one value")
        if self.value is None:
            return True
        if isinstance(found[0][0], (dict, list)):
            raise Failure("jsonpath leads to a nested object or list which is not supported")
        return sprint(found[0][0]).strip() == self.value.strip()


def _split(text: str) -> list[str]:
    """Split at `=` but not at `==`, which belongs to a filter."""
    return [part.replace("\0", "==") for part in text.replace("==", "\0").split("=")]


def _parse(text: str, release: Release) -> _Created | _Deleted | _Met:
    if text.lower() == "delete":
        return _Deleted()
    if text.lower() == "create" and does("WaitForCreate", release):
        return _Created()
    kind, equals, rest = text.partition("=")
    if equals and kind == "condition":
        return _Condition(rest)
    if equals and kind == "jsonpath":
        return _Path(rest)
    raise Failure(f"unrecognized condition: {quote(text)}")
