"""kubectl auth whoami: as whom the server sees the user (pkg/cmd/auth/whoami.go)."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..context import Context

_REVIEW = {"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1", "metadata": {}}


def run(ctx: Context) -> None:
    from ..util.cmdutil import wanted_printer
    printer = wanted_printer(ctx, order=list)
    try:
        review = ctx.client.create("selfsubjectreviews.authentication.k8s.io", _REVIEW)
    except StatusError as error:
        if error.reason == "Forbidden":
            raise Failure("the selfsubjectreviews API is not enabled in the cluster or you do not have permission to "
                          "call it") from None
        raise
    if printer:
        from ..resource.scheme import typed
        printer(typed(review, ctx.release))
        return
    from ...go.tabwriter import align
    user = review["status"]["userInfo"]
    rows = [["ATTRIBUTE", "VALUE"]]
    rows += [[label, user[field]] for label, field in (("Username", "username"), ("UID", "uid")) if user.get(field)]
    if user.get("groups"):
        rows.append(["Groups", f"[{' '.join(user['groups'])}]"])
    rows += [[f"Extra: {key}", f"[{' '.join(values)}]"] for key, values in sorted((user.get("extra") or {}).items())]
    ctx.out(align(rows))
