"""SelfSubjectRulesReview."""

from __future__ import annotations

from .reviews import RulesReview

KIND = RulesReview()
