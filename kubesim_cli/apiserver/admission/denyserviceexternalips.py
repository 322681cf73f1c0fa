"""DenyServiceExternalIPs: no service gets external IPs that it did not have."""

from __future__ import annotations

from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def validate(a: Attributes) -> None:
    if a.operation == "DELETE" or a.subresource:
        return
    before = (a.old or {}).get("spec", {}).get("externalIPs") or ()
    if not set(a.obj["spec"].get("externalIPs") or ()) <= set(before):
        raise forbidden(a, "Use of external IPs is denied by admission control")
