"""The addresses that the nodes' networks give to pods."""

from __future__ import annotations

from ..helpers.nodes import address_of, number_of, pod_network
from ..machinery.objects import key_of
from ..machinery.pods import is_phase_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object


def _address(pod: Object | None) -> int | None:
    """Return the address that a pod holds, as a number: one that has ended holds none, nor does one of the host."""
    status = (pod or {}).get("status") or {}
    ip = status.get("podIP")
    if not ip or ":" in ip or is_phase_terminal(status.get("phase")) or pod["spec"].get("hostNetwork"):  # type: ignore[index]
        return None
    return number_of(ip)


class Addresses:
    """Which pod has which address: read from the API once, kept current from changes."""

    def __init__(self, api: Client):
        self._held: dict[int, str] = {}
        for pod in api.items("pods"):
            self.changed(None, pod)

    def changed(self, old: Object | None, new: Object | None) -> None:
        """Take in a change of a pod."""
        before, after = _address(old), _address(new)
        if before == after:
            return
        if before is not None and self._held.get(before) == key_of(old):  # type: ignore[arg-type]
            del self._held[before]
        if after is not None:
            self._held[after] = key_of(new)  # type: ignore[arg-type]

    def allocate(self, node: Object, pod: Object) -> str | None:
        """Return the first free address of a node's network and hold it for a pod; None where all are taken."""
        first, last = pod_network(node)
        for number in range(first, last + 1):
            if number not in self._held:
                self._held[number] = key_of(pod)
                return address_of(number)
        return None
