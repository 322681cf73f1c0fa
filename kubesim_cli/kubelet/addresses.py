"""The addresses that the nodes' networks give to pods."""

from __future__ import annotations

from itertools import chain

from ..helpers.nodes import address_of, number_of, pod_networks
from ..machinery.objects import key_of
from ..machinery.pods import is_phase_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..helpers.controller import Controller
    from ..machinery.types import Object

TURN = "+"  # keys `+name`: the node of that name, whose note tells the addresses that it gave last


def _addresses(pod: Object | None) -> list[int]:
    """Return the addresses that a pod holds, as numbers: one that has ended holds none, nor does one of the host."""
    status = (pod or {}).get("status") or {}
    ip = status.get("podIP")
    if not ip or is_phase_terminal(status.get("phase")) or pod["spec"].get("hostNetwork"):  # type: ignore[index]
        return []
    return [number_of(each["ip"]) for each in status.get("podIPs") or ({"ip": ip},)]


class Addresses:
    """Which pod has which address: read from the API once, kept current from changes.

    The networks of nodes that run containers (host-local of the CNI plugins) give each its turn, so that a pod that
    takes another's place has another address; kwok's nodes give the first that is free.
    """

    def __init__(self, api: Client, notes: Controller | None = None):
        """`notes` is the loop that keeps whose turn it is; without one it is the first's that is free."""
        self._notes = notes
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
        """Return a free address of each of a node's networks and hold it for a pod; none where all are taken."""
        networks, key = pod_networks(node), TURN + node["metadata"]["name"]
        before = [number_of(each) for each in self._notes.noted(key).get("last", ())] if self._notes else []
        found = []
        for at, (first, last) in enumerate(networks):
            turn = before[at] + 1 if at < len(before) and first <= before[at] < last else first
            number = next((each for each in chain(range(turn, last + 1), range(first, turn)) if each not in self._held),
                          None)
            if number is None:
                return []
            found.append(number)
        for number in found:
            self._held[number] = key_of(pod)
        given = [address_of(number) for number in found]
        if self._notes:
            self._notes.keep(key, {"last": given})
        return given
