"""Role."""

from __future__ import annotations

from .rules import Role

KIND = Role()
