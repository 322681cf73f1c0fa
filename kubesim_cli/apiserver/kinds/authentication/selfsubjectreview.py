"""SelfSubjectReview: who the server takes the user for."""

from __future__ import annotations

from ..base import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ..base import Context


class SelfSubjectReview(Kind):
    def serve_create(self, obj: Object, ctx: Context) -> Object:
        from ....machinery import timestamps

        user = ctx.user or {}
        info = {key: user[source] for key, source in
                (("username", "name"), ("uid", "uid"), ("groups", "groups"), ("extra", "extra")) if user.get(source)}
        return {"kind": obj["kind"], "apiVersion": obj["apiVersion"],
                "metadata": {"creationTimestamp": timestamps.format(ctx.now)}, "status": {"userInfo": info}}


KIND = SelfSubjectReview()
