"""Requests of users that are made to fail or to take long; the control plane's own are none of them, nor are watches.

A fault is {"verb", "resource", "name", "namespace", "subresource": PATTERN, "with": ERROR, "slow": SECONDS, "times": N,
"rate": SHARE}. Patterns are those of file names; `resource` is a stored name such as deployments.apps. `with` is one of
ERRORS or ""; `times` says how many are left, None for no end; `rate`, 0 to 1, what share of them it hits.
"""

from __future__ import annotations

from ..machinery import errors
from ..machinery.errors import NoAnswer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..machinery.types import Object
    from .request import Request

ERRORS = ("forbidden", "conflict", "timeout", "refused", "unauthorized", "500")
VERBS = ("get", "list", "create", "update", "patch", "delete", "deletecollection")
_FINE = 1 << 32  # how fine a share is told from another


def strike(request: Request) -> None:
    """Do to a request what was declared: let time pass, raise StatusError or NoAnswer."""
    fault = next((each for each in request.server.tally.request_faults if _fits(each, request)), None)
    if fault is None:
        return
    server = request.server
    if fault["times"] is not None or fault["rate"] < 1:
        server.begin()
        known = [*server.tally.request_faults]
        if fault not in known:  # another process has counted it meanwhile
            return strike(request)
        if server.entropy.number(_FINE) >= fault["rate"] * _FINE:
            return
        if fault["times"] is not None:
            place, left = known.index(fault), fault["times"] - 1
            known[place:place + 1] = [{**fault, "times": left}] if left else []
            server.tally.request_faults = known
    if fault["slow"]:
        timeout = request.client.timeout
        if timeout and fault["slow"] >= timeout:
            server.linger(timeout)
            raise NoAnswer("timeout")
        server.linger(fault["slow"])
    if fault["with"]:
        raise _error(fault["with"], request)


def _fits(fault: Object, request: Request) -> bool:
    from fnmatch import fnmatchcase

    told: Mapping[str, str] = {"verb": request.api_verb, "resource": request.res.name, "name": _name(request),
                               "namespace": request.namespace, "subresource": request.subresource}
    return all(fnmatchcase(value, fault[key]) for key, value in told.items())


def _name(request: Request) -> str:
    """The name of what a request is about; who creates has it in the body."""
    if request.name or not isinstance(request.body, dict):
        return request.name
    meta = request.body.get("metadata")
    name = meta.get("name") if isinstance(meta, dict) else ""
    return name if isinstance(name, str) else ""


def _error(kind: str, request: Request) -> Exception:
    res, name = request.res.name, request.name
    if kind == "forbidden":
        from .authorization import denial

        return errors.forbidden(res, name, denial(request))
    if kind == "conflict":
        return errors.modified(res, _name(request))
    if kind == "timeout":
        return errors.timed_out("request did not complete within the allotted timeout")
    if kind == "unauthorized":
        return errors.unauthorized()
    if kind == "refused":
        return NoAnswer("refused")
    return errors.internal("etcdserver: request timed out")
