"""What a variable may be beside a text: an array, or this."""

from __future__ import annotations


class Assoc(dict):  # type: ignore[type-arg]
    """An array with texts as keys."""
