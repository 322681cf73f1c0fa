"""What a PATCH request makes of an object (k8s.io/apiserver/pkg/endpoints/handlers/patch.go).

The kinds of patch stand in jsonpatch.py and strategic.py; here is how the server talks about them.
"""

from __future__ import annotations

from ..go.fmt import sprint
from ..go.json import type_word
from ..go.jsontext import encode_sorted
from . import errors, field, jsonpatch, strategic
from .decode import DecodeError, convert, decode, strict_message, unknown_message
from .objects import clone
from .schema import Schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .types import Json, Object

_REJECTED = "the server rejected our request due to an error in our request"
_MAX_OPERATIONS = 10000


def patched(current: Object, body: Json, patch_type: str, schema: Schema | None, field_validation: str = "Warn",
            warn: Callable[[str], None] | None = None) -> Object:
    """Return a new object: `current` after a patch, decoded.

    `patch_type` is json (`body`: list of operations), merge or strategic (`body`: dict); `schema` is None for what is
    not described. Unknown fields are told, dropped or refused as `field_validation` says (Warn, Ignore, Strict);
    `warn(text)` gets the warnings. Raises StatusError.
    """
    result = apply(patch_type, clone(current), body, schema)
    if (schema is None or schema.custom) and not result.get("kind"):
        text = encode_sorted(result)
        raise errors.invalid("", "", "", [field.invalid("patch", text, f"Object 'Kind' is missing in '{text}'")])
    if schema is None:
        return result
    quoted = f"{sprint(body)}" if patch_type == "strategic" else encode_sorted(result)
    for key in ("apiVersion", "kind"):
        if patch_type == "strategic" or not result.get(key):  # the type is known without, and what it is stays
            result[key] = current.get(key)
    given, wanted = ((str(each.get("apiVersion")), str(each.get("kind"))) for each in (result, current))
    if given != wanted:
        from .scheme import misfit

        wrong_type = misfit(given[0], given[1], wanted[0], wanted[1], schema.definitions.release)
        raise errors.invalid("", "", "", [field.invalid("patch", quoted, wrong_type)])
    try:
        read = convert if patch_type == "strategic" else decode
        obj, unknown = read(result, schema)
    except DecodeError as wrong:
        raise errors.invalid("", "", "", [field.invalid("patch", quoted, str(wrong))]) from None
    if unknown and field_validation == "Strict":
        raise errors.invalid("", "", "", [field.invalid("patch", quoted, strict_message(unknown))])
    if field_validation == "Warn" and warn is not None:
        for path in unknown:
            warn(unknown_message(path))
    return obj


def apply(patch_type: str, obj: Object, body: Json, schema: Schema | None) -> Object:
    """Return `obj` (changed in place) after a patch, not decoded. Raises StatusError."""
    if patch_type == "json":
        return _json(obj, body)
    if body is None and patch_type == "merge":
        raise errors.bad_request("Invalid JSON Patch")
    if body is None:
        body = {}
    if not isinstance(body, dict):
        cannot = f"json: cannot unmarshal {type_word(body)} into Go value of type map[string]interface {{}}"
        raise errors.bad_request(f"error decoding patch: {cannot}" if patch_type == "merge" else cannot)
    if patch_type == "merge":
        merged: Object = jsonpatch.merge(obj, body)
        return merged
    if schema is None or schema.custom:
        raise errors.StatusError(415, "UnsupportedMediaType", "the body of the request was in an unknown format - "
                                 "accepted media types include: application/json-patch+json, "
                                 "application/merge-patch+json, application/apply-patch+yaml")
    try:
        return strategic.merge(obj, body, schema)
    except strategic.MergeError as wrong:
        raise _refused(wrong) from None


def _refused(wrong: strategic.MergeError) -> errors.StatusError:
    if wrong.code == 400:
        return errors.bad_request(str(wrong))
    if wrong.code == 422:
        return errors.StatusError(422, "Invalid", _REJECTED)
    return errors.StatusError(500, "", str(wrong))


def _json(obj: Object, body: Json) -> Object:
    if body is None:
        return obj
    if not isinstance(body, list):
        what = type_word(body)
        raise errors.bad_request(f"error decoding patch: json: cannot unmarshal {what} into Go value of type "
                                 "[]handlers.jsonPatchOp")
    for operation in body:
        if not isinstance(operation, dict):
            what = type_word(operation)
            raise errors.bad_request(f"error decoding patch: json: cannot unmarshal {what} into Go value of type "
                                     "handlers.jsonPatchOp")
    if len(body) > _MAX_OPERATIONS:
        raise errors.StatusError(413, "RequestEntityTooLarge", "The allowed maximum operations in a JSON patch is "
                                 f"{_MAX_OPERATIONS}, got {len(body)}")
    try:
        changed: Object = jsonpatch.apply(obj, body)
    except jsonpatch.PatchError:
        raise errors.StatusError(422, "Invalid", _REJECTED) from None
    return changed


