"""TokenReview: whose token it is."""

from __future__ import annotations

from ..base import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ..base import Context


class TokenReview(Kind):
    def serve_create(self, obj: Object, ctx: Context) -> Object:
        from ....machinery import errors
        from ... import tokens

        spec = obj.get("spec") or {}
        if not spec.get("token"):
            raise errors.bad_request("token is required for TokenReview in authentication")
        user, audiences, wrong = tokens.review(ctx.client.server, spec["token"])
        status: Object = {"user": {}}
        if user:
            status = {"authenticated": True, "user": {"username": user["name"], "uid": user["uid"],
                                                      "groups": user["groups"]}, "audiences": audiences}
        elif wrong:
            status["error"] = wrong
        return {**obj, "status": status}


KIND = TokenReview()
