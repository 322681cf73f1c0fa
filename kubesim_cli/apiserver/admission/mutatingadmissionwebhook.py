"""MutatingAdmissionWebhook: what nobody answers for is refused, see webhooks.py."""

from __future__ import annotations

from . import webhooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def mutate(a: Attributes) -> None:
    """Call the mutating webhooks that a write is about. Raises StatusError."""
    webhooks.dispatch("mutatingwebhookconfigurations", a)
