"""Custom objects in another of their versions, where a webhook has to convert them (conversion/webhook_converter.go).

What answers is taken to convert as the strategy None does: only the apiVersion changes.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from .. import webhookclient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..request import Request

_SECONDS = 30


def require(request: Request, given: str, wanted: str, kind: str) -> None:
    """Refuse to convert an object of the apiVersion `given`, or a list of such ones, to the apiVersion `wanted`
    where the converter cannot be reached; `kind`: what is told. Raises StatusError."""
    conversion = request.res.definition["spec"].get("conversion") or {}
    if given == wanted or conversion.get("strategy") != "Webhook":
        return
    config = conversion["webhook"]["clientConfig"]
    why = webhookclient.unreachable(config, request.server.trusted)
    if why:
        raise StatusError(500, "", f"conversion webhook for {given}, Kind={kind} failed: Post "
                          f'"{webhookclient.address(config, _SECONDS)}": {why}')
