"""From the JSON of a request to an object as the server stores it."""

from __future__ import annotations

from ..machinery import errors
from .reading import in_storage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.schema import Schema
    from ..machinery.types import Json, Object
    from .request import Request


def decode(request: Request, body: Json) -> Object:
    """Return a new object with known fields only, canonical values and the storage version's apiVersion.

    `body` is what a request brings, or what server-side apply made of it. The request's `field_validation`: Strict
    refuses unknown fields, Warn tells them through `client.on_warning`, Ignore drops them. Raises BadRequest for what
    cannot be decoded.
    """
    res = request.res
    return in_storage(request, _typed(request, body, res.group, res.version, res.kind, request.schema))


def decode_for(request: Request, subresource: Object) -> Object:
    """The same for the body of a subresource of another kind, such as a Scale; `subresource`: its APIResource."""
    from ..machinery.schema import schema_of

    res, kind = request.res, subresource["kind"]
    group, version = subresource.get("group", res.group), subresource.get("version", res.version)
    schema = schema_of(f"{group}/{version}" if group else version, kind, request.server.release)
    return _typed(request, request.body, group, version, kind, schema)


def _typed(request: Request, body: Json, group: str, version: str, kind: str, schema: Schema | None) -> Object:
    """Return a body as the Go type of a kind holds it; told as `decode` does."""
    warn, field_validation = request.client.on_warning, request.options.field_validation or "Warn"
    given, what = type_of(body)
    assert isinstance(body, dict)
    expected = f"{group}/{version}" if group else version
    if not what and (schema is None or schema.custom):
        import json

        raise errors.bad_request(f"Object 'Kind' is missing in '{json.dumps(body, separators=(',', ':'))}'")
    if not given or not what:  # a path says which type it is about
        given, what = given or expected, what or kind
        body = {**body, "apiVersion": given, "kind": what}
    if given != expected or what != kind:
        if given.rpartition("/")[0] == group and what == kind:
            raise errors.bad_request(f"the API version in the data ({body.get('apiVersion')}) does not match the "
                                     f"expected API version ({expected})")
        from ..machinery.scheme import misfit

        raise errors.bad_request(f'{what} in version "{given.rpartition("/")[2]}" cannot be handled as a {kind}: '
                                 + misfit(given, what, expected, kind, request.server.release))
    from ..machinery.decode import DecodeError, strict_message, unknown_message
    from ..machinery.decode import decode as as_typed

    where = f'{kind} in version "{version}" cannot be handled as a {kind}: '
    if schema is None:
        from ..machinery.objects import clone

        return clone(body)
    try:
        obj, unknown = as_typed(body, schema)
    except DecodeError as error:
        raise errors.bad_request(f"{where}{error}") from None
    if unknown and field_validation == "Strict":
        raise errors.bad_request(where + strict_message(unknown))
    if field_validation == "Warn" and warn is not None:
        for path in unknown:
            warn(unknown_message(path))
    return obj


def type_of(body: Json) -> tuple[str, str]:
    """Return the apiVersion and the kind of a body, "" where there is none; raises BadRequest where it is no object."""
    if not isinstance(body, dict):
        raise _unreadable(body, 'Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; '
                          'Kind string "json:\\"kind,omitempty\\"" }')
    for name in ("apiVersion", "kind"):
        if not isinstance(body.get(name), (str, type(None))):
            raise _unreadable(body[name], f"Go struct field .{name} of type string")
    return body.get("apiVersion") or "", body.get("kind") or ""


def _unreadable(value: Json, place: str) -> errors.StatusError:
    from ..go.json import type_word

    return errors.bad_request("couldn't get version/kind; json parse error: json: cannot unmarshal "
                              f"{type_word(value)} into {place}")
