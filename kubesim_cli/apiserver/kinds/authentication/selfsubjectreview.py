"""SelfSubjectReview: who the server takes the user for."""

from __future__ import annotations

from ..base import Context, Kind


class SelfSubjectReview(Kind):
    def serve_create(self, obj: dict, ctx: Context) -> dict:
        from ....machinery import timestamps

        user = ctx.user or {}
        info = {key: user[source] for key, source in
                (("username", "name"), ("uid", "uid"), ("groups", "groups"), ("extra", "extra")) if user.get(source)}
        return {"kind": obj["kind"], "apiVersion": obj["apiVersion"],
                "metadata": {"creationTimestamp": timestamps.format(ctx.now)}, "status": {"userInfo": info}}


KIND = SelfSubjectReview()
