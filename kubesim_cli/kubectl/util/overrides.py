"""--overrides of `run` and `expose`: a patch of the generated object (pkg/cmd/util/override_options.go)."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.objects import clone
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context

_INVALID = {"merge": "Invalid JSON Patch", "strategic": "invalid JSON document",
            "json": "json: cannot unmarshal object into Go value of type jsonpatch.Patch"}


def overridden(ctx: Context, obj: Object) -> Object:
    """Return the object with --overrides laid over it in the way of --override-type. Raises Failure."""
    flags = ctx.flags
    if not flags["overrides"]:
        return obj
    from ...go.json import loads
    from ...machinery import jsonpatch, patch
    from ...machinery.schema import schema_of

    kind = flags["override-type"] or "merge"
    if kind not in _INVALID:
        raise Failure(f"invalid override type: {kind}")
    try:
        body = loads(flags["overrides"])
    except ValueError:
        raise Failure(_INVALID[kind]) from None
    if isinstance(body, list) != (kind == "json"):
        raise Failure(_INVALID[kind])
    try:
        if kind == "json":
            patched: Object = jsonpatch.apply(clone(obj), body)
            return patched
        return patch.apply(kind, clone(obj), body, schema_of(obj["apiVersion"], obj["kind"], ctx.release))
    except (StatusError, jsonpatch.PatchError) as error:
        raise Failure(str(error)) from None
