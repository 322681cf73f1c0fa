"""Errors that the API server answers with: each carries a metav1.Status.

Words and reasons: k8s.io/apimachinery/pkg/api/errors/errors.go.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import FieldErrors, Object


class StatusError(Exception):
    """An API failure. `status` is a metav1.Status dict; `reason`, `code` and `message` are read from it."""

    def __init__(self, code: int, reason: str, message: str, details: Object | None = None) -> None:
        super().__init__(message)
        self.status: Object = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                             "message": message, "reason": reason}
        if details:
            self.status["details"] = details
        self.status["code"] = code

    code = property(lambda self: self.status["code"])
    reason = property(lambda self: self.status["reason"])
    message = property(lambda self: self.status["message"])


class NoAnswer(Exception):
    """A call that the server did not answer: `why` is what client-go says of the connection, `refused` or `timeout`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def qualified(plural: str, group: str) -> str:
    """Return a GroupResource's text: `pods`, `deployments.apps`."""
    return f"{plural}.{group}" if group else plural


def _details(resource: str, name: str, causes: list[Object] | None = None) -> Object:
    plural, _, group = resource.partition(".")
    details: Object = {"name": name} if name else {}
    if group:
        details["group"] = group
    details["kind"] = plural
    if causes:
        details["causes"] = causes
    return details


def _quoted(name: str) -> str:
    """Quote a name as %q does; fmt.py is imported only where that takes more than quotes."""
    if name.isascii() and name.isprintable() and '"' not in name and "\\" not in name:
        return f'"{name}"'
    from ..go.fmt import quote

    return quote(name)


def not_found(resource: str, name: str) -> StatusError:
    """404; `resource` as in `deployments.apps`."""
    return StatusError(404, "NotFound", f"{resource} {_quoted(name)} not found", _details(resource, name))


def already_exists(resource: str, name: str, deleting: bool = False) -> StatusError:
    """409; `deleting`: what is there is on its way out."""
    text = f"{resource} {_quoted(name)} already exists"
    return StatusError(409, "AlreadyExists", f"object is being deleted: {text}" if deleting else text,
                       _details(resource, name))


def conflict(resource: str, name: str, why: str) -> StatusError:
    return StatusError(409, "Conflict", f"Operation cannot be fulfilled on {resource} {_quoted(name)}: {why}",
                       _details(resource, name))


def modified(resource: str, name: str) -> StatusError:
    """The conflict of optimistic concurrency (registry OptimisticLockErrorMsg)."""
    return conflict(resource, name,
                    "the object has been modified; please apply your changes to the latest version and try again")


def precondition_failed(resource: str, meta: Object, field: str, wanted: str) -> StatusError:
    """The conflict of storage: `field` of the metadata, uid or resourceVersion, is not what was `wanted`
    (storage.Preconditions.Check)."""
    what = "UID" if field == "uid" else "ResourceVersion"
    place = "/".join(part for part in (resource.partition(".")[0], meta.get("namespace"), meta["name"]) if part)
    return conflict(resource, meta["name"],
                    f"StorageError: invalid object, Code: 4, Key: /registry/{place}, ResourceVersion: 0, "
                    f"AdditionalErrorMsg: Precondition failed: {what} in precondition: {wanted}, "
                    f"{what} in object meta: {meta[field]}")


def forbidden(resource: str, name: str, why: str) -> StatusError:
    what = f"{resource} {_quoted(name)} is forbidden" if name else f"{resource} is forbidden"
    return StatusError(403, "Forbidden", f"{what}: {why}", _details(resource, name))


def invalid(kind: str, group: str, name: str, errors: FieldErrors) -> StatusError:
    """422; the errors are told in their order, equal ones once (utilerrors.Aggregate)."""
    causes = [{"reason": e.type, "message": e.body, "field": e.path} for e in errors]
    text = str(errors[0]) if len(errors) == 1 else "[" + ", ".join(dict.fromkeys(map(str, errors))) + "]"
    details = {"name": name, "group": group, "kind": kind, "causes": causes}
    return StatusError(422, "Invalid", f"{qualified(kind, group)} {_quoted(name)} is invalid: {text}",
                       {k: v for k, v in details.items() if v})


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    return StatusError(401, "Unauthorized", "Unauthorized")


def timed_out(message: str) -> StatusError:
    """504: the server itself gave up."""
    return StatusError(504, "Timeout", f"Timeout: {message}")


def too_large_resource_version(wanted: int, current: int) -> StatusError:
    """504: a version is asked for that is yet to come (storage.NewTooLargeResourceVersionError)."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    return StatusError(504, "Timeout", f"Timeout: Too large resource version: {wanted}, current: {current}",
                       {"causes": causes, "retryAfterSeconds": 1})


def internal(message: str) -> StatusError:
    return StatusError(500, "InternalError", f"Internal error occurred: {message}", {"causes": [{"message": message}]})


def method_not_allowed() -> StatusError:
    """What a path is answered with that is known, but not with this method (go-restful's 405)."""
    return StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def method_not_supported(resource: str, verb: str) -> StatusError:
    return StatusError(405, "MethodNotAllowed", f"{verb} is not supported on resources of kind {_quoted(resource)}",
                       _details(resource, ""))


_OF_CODES = {
    400: ("BadRequest", "the server rejected our request for an unknown reason"),
    401: ("Unauthorized", "the server has asked for the client to provide credentials"),
    404: ("NotFound", "the server could not find the requested resource"),
    405: ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
    406: ("NotAcceptable", "the server was unable to respond with a content type that the client supports"),
    409: ("Conflict", "the server reported a conflict"),
    415: ("UnsupportedMediaType", "the server was unable to respond with a content type that the client supports"),
    422: ("Invalid", "the server rejected our request due to an error in our request"),
    429: ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: ("Timeout", "the server was unable to return a response in the time allotted, but may still be processing the "
                     "request")}


def generic(code: int, said: str) -> StatusError:
    """What client-go makes of an answer that is no Status; `said` is its text (NewGenericServerResponse)."""
    from ..go.fmt import quote

    if code == 403 or (code == 406 and said):
        return StatusError(code, "Forbidden" if code == 403 else "NotAcceptable", said)
    if code >= 500 and code not in _OF_CODES:
        return StatusError(code, "InternalError", f"an error on the server ({quote(said)}) has prevented the request "
                                                  "from succeeding")
    return StatusError(code, *_OF_CODES.get(code, (
        "Unknown", f"the server responded with the status code {code} but did not return more information")))


_METHODS = {"create": "post", "update": "put", "patch": "patch", "delete": "delete", "deletecollection": "delete"}


def no_resource(verb: str = "", resource: str = "", name: str = "") -> StatusError:
    """What an unknown path is answered with; client-go adds what was asked for where it knows
    (NewGenericServerResponse)."""
    asked = " ".join(filter(None, (_METHODS.get(verb, "get"), resource, name)))
    return StatusError(404, "NotFound", "the server could not find the requested resource" +
                       (f" ({asked})" if resource else ""))
