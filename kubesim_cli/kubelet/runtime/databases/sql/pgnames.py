"""A new database of PostgreSQL, and names as statements write them."""

from __future__ import annotations

from .data import Data
from .words import Words


def new_data() -> Data:
    """Return a new database."""
    data = Data(False)
    data.catalog.schemas = ["public"]
    return data


def name_of(words: Words) -> str:
    """Return the next word as an identifier: in lower case, unless it is quoted."""
    quoted = words.at < len(words.tokens) and words.tokens[words.at].quoted
    name = words.name()
    return name if quoted else name.lower()
