"""AlwaysDeny: no write passes."""

from __future__ import annotations

from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def validate(a: Attributes) -> None:
    raise forbidden(a, "admission control is denying all modifications")
