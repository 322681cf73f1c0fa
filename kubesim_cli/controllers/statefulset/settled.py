"""The pods of a StatefulSet about which nothing has to be done: they are not looked at again until they change."""

from __future__ import annotations

from . import identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object


class Settled:
    """The pods of one set, at one generation of it, that are ready, available and in range, with the right identity.

    An object out of the store never changes: what a look at it has found holds for as long as the store gives the very
    same one. So a set of a thousand pods, one of which changed, costs a look at one.

    `by_ordinal`: ordinal -> (pod, revision); `revisions`: revision -> how many of them.
    """

    def __init__(self, generation: int):
        self.generation = generation
        self.by_ordinal: dict[int, tuple[Object, str]] = {}
        self.revisions: dict[str, int] = {}
        self._ordinals: dict[int, int] = {}  # by the pod's id(): as long as it is kept here nothing else gets that

    @property
    def pods(self) -> list[Object]:
        """The settled pods."""
        return [pod for pod, _ in self.by_ordinal.values()]

    def sift(self, pods: list[Object]) -> list[Object]:
        """Forget the pods that are not among `pods` any more; return those of them that are not settled."""
        there = dict(zip(map(id, pods), range(len(pods))))
        for gone in self._ordinals.keys() - there.keys():
            revision = self.by_ordinal.pop(self._ordinals.pop(gone))[1]
            self.revisions[revision] -= 1
            if not self.revisions[revision]:
                del self.revisions[revision]
        return [pods[at] for at in sorted(there[new] for new in there.keys() - self._ordinals.keys())]

    def add(self, pod: Object) -> bool:
        """Take a pod in; False where another one has its ordinal."""
        number, revision = identity.ordinal(pod), identity.revision_of(pod)
        if number in self.by_ordinal:
            return False
        self.by_ordinal[number] = pod, revision
        self._ordinals[id(pod)] = number
        self.revisions[revision] = self.revisions.get(revision, 0) + 1
        return True
