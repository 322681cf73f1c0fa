"""What a kubelet keeps in its head about a pod, and the API does not tell.

Kubernetes' kubelet has it in its process (pkg/util/flowcontrol, the pod cache) and forgets it when it restarts. Here no
process lives on between commands: it is the note that the kubelet leaves with the pod's timer.
"""

from __future__ import annotations

from ..machinery import timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object


class Memory:
    """`uid` is the pod's: what an earlier pod of the same name left behind is not its memory.

    `instants` are the moments of which the API tells only the second, `back_offs` how many seconds containers waited,
    or wait, for their last restart, `stops` how containers end that were told to (see stops.py), `failed_hooks` what is
    said of postStart hooks that fail, or have failed, in containers that have not ended yet.
    """

    def __init__(self, uid: str, note: Object):
        known = note if note.get("uid") == uid else {}
        self.uid = uid
        self.instants: dict[str, float] = dict(known.get("instants") or {})
        self.stops: dict[str, Object] = dict(known.get("stops") or {})
        self.failed_hooks: dict[str, str] = dict(known.get("failedHooks") or {})
        self.back_offs: dict[str, float] = dict(known.get("backOffs") or {})

    def instant(self, what: str, stamp: str, now: float) -> float:
        """Return when something happened of which the API tells `stamp`; what is not remembered is noticed now."""
        second = timestamps.parse(stamp)
        found = self.instants.get(what)
        if found is None or not second <= found < second + 1:
            found = self.instants[what] = now if second <= now < second + 1 else second
        return found

    def knows(self, what: str, stamp: str) -> bool:
        """Tell whether something was noticed before."""
        second = timestamps.parse(stamp)
        return second <= self.instants.get(what, 0.0) < second + 1

    def note(self) -> Object:
        """Return what to leave with the pod's timer."""
        note: Object = {"uid": self.uid}
        if self.instants:
            note["instants"] = self.instants
        if self.stops:
            note["stops"] = self.stops
        if self.failed_hooks:
            note["failedHooks"] = self.failed_hooks
        if self.back_offs:
            note["backOffs"] = self.back_offs
        return note
