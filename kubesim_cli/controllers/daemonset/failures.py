"""How long a failed daemon pod stays: after each failure on a node the next one has to wait twice as long.

Kubernetes has this in the memory of the controller (failedPodsBackoff, a flowcontrol.Backoff); here it is the note of
the set's key.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

FIRST, LAST = 1.0, 900.0  # seconds
FORGOTTEN = 2 * LAST      # seconds after a failure on a node, when the next one is the first again


class Failures:
    """`nodes`: node name -> {"at": when a pod was replaced last, "wait": seconds until the next one may be}."""

    def __init__(self, nodes: Object, now: float):
        self.nodes = {name: each for name, each in nodes.items() if each["at"] + FORGOTTEN > now}
        self._now = now

    def due(self, node: str) -> float:
        """Return when a failed pod on a node may be replaced."""
        found = self.nodes.get(node)
        return found["at"] + found["wait"] if found else self._now

    def add(self, node: str) -> None:
        """Note that one is replaced now."""
        found = self.nodes.get(node)
        self.nodes[node] = {"at": self._now, "wait": min(found["wait"] * 2, LAST) if found else FIRST}
