"""kubectl certificate approve and deny."""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery import timestamps
from ..machinery.objects import clone
from .failures import Failure
from .resource import builder
from .util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .resource.info import Info

_CSRS = "certificatesigningrequests.certificates.k8s.io"


def approve(ctx: Context) -> None:
    """kubectl certificate approve (-f FILENAME | NAME)"""
    _decide(ctx, "Approved", "Denied", "approved", "KubectlApprove",
            "This CSR was approved by kubectl certificate approve.")


def deny(ctx: Context) -> None:
    """kubectl certificate deny (-f FILENAME | NAME)"""
    _decide(ctx, "Denied", "Approved", "denied", "KubectlDeny",
            "This CSR was denied by kubectl certificate deny.")


def _decide(ctx: Context, type_: str, opposite: str, done: str, reason: str, message: str) -> None:
    flags, args = ctx.flags, ctx.args
    print_obj = cmdutil.printer(ctx, done)
    if not args and not flags["filename"] and not flags["kustomize"]:
        raise Failure("one or more CSRs must be specified as <name> or -f <filename>")
    found = 0

    def decide(info: Info) -> None:
        nonlocal found
        if info.mapping.name != _CSRS:
            told = f"{info.mapping.kind}.{info.mapping.group}" if info.mapping.group else info.mapping.kind
            raise Failure(f"can only handle CertificateSigningRequest.certificates.k8s.io objects, got {told}")
        csr = clone(ctx.client.get(_CSRS, info.name))
        conditions = csr.setdefault("status", {}).setdefault("conditions", [])
        types = [condition["type"] for condition in conditions]
        if opposite in types:
            raise Failure(f"certificate signing request {quote(info.name)} is already {opposite}")
        if type_ not in types or flags["force"]:
            if type_ not in types:
                conditions.append({"type": type_, "status": "True", "reason": reason, "message": message,
                                   "lastUpdateTime": timestamps.format(ctx.now)})
            ctx.client.update(_CSRS, csr, subresource="approval")
        found += 1
        print_obj(info.obj)

    builder.from_flags(ctx, args, resource="certificatesigningrequests", latest=True).visit(decide)
    if not found:
        ctx.out("No resources found\n")
