"""From the JSON of a request to an object as the server stores it."""

from __future__ import annotations

from ..go.json import type_word
from ..machinery import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Json, Object
    from .request import Request


def decode(request: Request, body: Json) -> Object:
    """Return a new object with known fields only, canonical values and the storage version's apiVersion.

    `body` is what a request brings, or what server-side apply made of it. The request's `field_validation`: Strict
    refuses unknown fields, Warn tells them through `client.on_warning`, Ignore drops them. Raises BadRequest for what
    cannot be decoded.
    """
    res, warn, field_validation = request.res, request.client.on_warning, request.options.field_validation or "Warn"
    if not isinstance(body, dict):
        raise errors.bad_request("couldn't get version/kind; json parse error: json: cannot unmarshal "
                                 f"{type_word(body)} into Go value of type struct "
                                 '{ APIVersion string "json:\\"apiVersion,omitempty\\""; '
                                 'Kind string "json:\\"kind,omitempty\\"" }')
    if not body.get("kind"):
        import json

        raise errors.bad_request(f"Object 'Kind' is missing in '{json.dumps(body, separators=(',', ':'))}'")
    if body.get("apiVersion") != res.api_version or body["kind"] != res.kind:
        given_group = (body.get("apiVersion") or "").rpartition("/")[0]
        if given_group == res.group and body["kind"] == res.kind:
            raise errors.bad_request(f"the API version in the data ({body.get('apiVersion')}) does not match the "
                                     f"expected API version ({res.api_version})")
        version, what = (body.get("apiVersion") or "").rpartition("/")[2], body["kind"]
        raise errors.bad_request(f'{what} in version "{version}" cannot be handled as a {res.kind}: no kind "{what}" '
                                 f'is registered for version "{body.get("apiVersion")}" in scheme '
                                 '"pkg/api/legacyscheme/scheme.go:30"')
    from ..machinery.decode import DecodeError, strict_message, unknown_message
    from ..machinery.decode import decode as as_typed

    where = f'{res.kind} in version "{res.version}" cannot be handled as a {res.kind}: '
    node = request.schema
    if node is None:
        from ..machinery.objects import clone

        return clone(body)
    try:
        obj, unknown = as_typed(body, node)
    except DecodeError as error:
        raise errors.bad_request(f"{where}{error}") from None
    if unknown and field_validation == "Strict":
        raise errors.bad_request(where + strict_message(unknown))
    if field_validation == "Warn" and warn is not None:
        for path in unknown:
            warn(unknown_message(path))
    return request.kind.store_version(obj)


