"""What admission plugins see of a write (admission.Attributes)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.discovery import Resource
    from ...machinery.types import Object
    from ..kinds.base import Context


class Attributes:
    """One write: `operation` (CREATE, UPDATE or DELETE) on `res`, maybe through its `subresource`.

    `obj` is the new object, with DELETE the one that goes; `old` is what is stored, None with CREATE. `ctx` knows the
    time, the user and the rest of the request. `again`, where a policy has changed the object: the invocations of
    policies that want to see it once more, while the other plugins do.
    """

    __slots__ = ("again", "ctx", "obj", "old", "operation", "res", "subresource")

    def __init__(self, ctx: Context, operation: str, res: Resource, subresource: str, obj: Object, old: Object | None):
        self.ctx, self.operation, self.res, self.subresource = ctx, operation, res, subresource
        self.obj, self.old = obj, old
        self.again: frozenset[tuple[str, ...]] | None = None

    @property
    def namespace(self) -> str:
        """The namespace of the object, "" where it has none."""
        namespace: str = self.obj["metadata"].get("namespace") or ""
        return namespace
