"""The client as kubectl holds it: it refuses names that no URL path can hold, and tells of calls that nobody answers
(client-go's rest.Request).
"""

from __future__ import annotations

from ...apiserver.client import Client, Request
from ...machinery.errors import NoAnswer
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..kubeconfig import Kubeconfig

_OF_ONE = ("get", "update", "patch", "delete")


class RequestClient(Client):
    """A Client whose calls raise Failure for such names before the server hears of them, and Unreachable.

    `kubeconfig` is set by who makes it.
    """

    kubeconfig: Kubeconfig

    @property
    def timeout(self) -> float:
        return self.kubeconfig.request_timeout

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
        try:
            return super().send(request)
        except NoAnswer as problem:
            raise self._unreachable(request, problem.why) from None

    def send_watch(self, request: Request) -> tuple[int, list[Object]]:
        try:
            return super().send_watch(request)
        except NoAnswer as problem:
            raise self._unreachable(request, problem.why) from None

    def send_connect(self, request: Request) -> None:
        try:
            super().send_connect(request)
        except NoAnswer as problem:
            raise self._unreachable(request, problem.why) from None

    def _unreachable(self, request: Request, why: str) -> Failure:
        from .calllog import unreachable

        return unreachable(request, self.kubeconfig.server, self.timeout, why)


def _problem(name: str) -> str:
    """Tell what is wrong with a segment of a path (IsValidPathSegmentName)."""
    if name in (".", ".."):
        return f"may not be '{name}'"
    return " ".join(f"may not contain '{letter}'" for letter in "/%" if letter in name)
