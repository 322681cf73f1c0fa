"""SubjectAccessReview."""

from __future__ import annotations

from .reviews import SubjectReview

KIND = SubjectReview()
