"""LocalSubjectAccessReview."""

from __future__ import annotations

from .reviews import LocalReview

KIND = LocalReview()
