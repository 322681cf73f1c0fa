"""The client as kubectl holds it: it refuses names that no URL path can hold (client-go's rest.Request)."""

from __future__ import annotations

from ...apiserver.client import Client, Request
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

_OF_ONE = ("get", "update", "patch", "delete")


class RequestClient(Client):
    """A Client whose calls raise Failure for such names before the server hears of them."""

    def send(self, request: Request) -> Object:
        namespace, name = request.namespace, request.name
        if "/" in namespace or "%" in namespace or namespace in (".", ".."):
            found = self.discovery.find(request.resource)
            if found and found.namespaced:
                raise Failure(f'invalid namespace "{namespace}": [{_problem(namespace)}]',
                              prefix="" if request.verb == "table" and not name else "error: ")
        if not name and request.verb in _OF_ONE:
            raise Failure("resource name may not be empty")
        if "/" in name or "%" in name or name in (".", ".."):
            raise Failure(f'invalid resource name "{name}": [{_problem(name)}]')
        return super().send(request)


def _problem(name: str) -> str:
    """Tell what is wrong with a segment of a path (IsValidPathSegmentName)."""
    if name in (".", ".."):
        return f"may not be '{name}'"
    return " ".join(f"may not contain '{letter}'" for letter in "/%" if letter in name)
