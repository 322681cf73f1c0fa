"""MutatingWebhookConfiguration."""

from __future__ import annotations

from .webhooks import WebhookConfiguration

KIND = WebhookConfiguration()
