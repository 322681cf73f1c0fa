"""ValidatingAdmissionWebhook: what nobody answers for is refused, see webhooks.py."""

from __future__ import annotations

from . import webhooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def validate(a: Attributes) -> None:
    """Call the validating webhooks that a write is about. Raises StatusError."""
    webhooks.dispatch("validatingwebhookconfigurations", a)
