"""SelfSubjectAccessReview."""

from __future__ import annotations

from .reviews import SelfReview

KIND = SelfReview()
