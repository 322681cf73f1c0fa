"""The addresses that the nodes' networks give to pods."""

from __future__ import annotations

from ..helpers.nodes import address_of, number_of, pod_networks
from ..machinery.objects import key_of
from ..machinery.pods import is_phase_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object


def _addresses(pod: Object | None) -> list[int]:
    """Return the addresses that a pod holds, as numbers: one that has ended holds none, nor does one of the host."""
    status = (pod or {}).get("status") or {}
    ip = status.get("podIP")
    if not ip or is_phase_terminal(status.get("phase")) or pod["spec"].get("hostNetwork"):  # type: ignore[index]
        return []
    return [number_of(each["ip"]) for each in status.get("podIPs") or ({"ip": ip},)]


class Addresses:
    """Which pod has which address: read from the API once, kept current from changes."""

    def __init__(self, api: Client):
        self._held: dict[int, str] = {}
        for pod in api.items("pods"):
            self.changed(None, pod)

    def changed(self, old: Object | None, new: Object | None) -> None:
        """Take in a change of a pod."""
        before, after = _addresses(old), _addresses(new)
        if before == after:
            return
        for each in before:
            if self._held.get(each) == key_of(old):  # type: ignore[arg-type]
                del self._held[each]
        for each in after:
            self._held[each] = key_of(new)  # type: ignore[arg-type]

    def allocate(self, node: Object, pod: Object) -> list[str]:
        """Return the first free address of each of a node's networks and hold it for a pod; none where all are taken.
        """
        found = []
        for first, last in pod_networks(node):
            number = first
            while number in self._held:
                number += 1
            if number > last:
                return []
            found.append(number)
        for number in found:
            self._held[number] = key_of(pod)
        return [address_of(number) for number in found]
