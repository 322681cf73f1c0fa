"""Names for what is handed around most. For annotations only: import it under TYPE_CHECKING.

Objects stay plain dicts in the shape of the API; their values are the only thing whose type is left open.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from ..releases import Release as Release
from .field import FieldError

Object: TypeAlias = dict[str, Any]
"""An API object, or any struct or map inside one."""
Json: TypeAlias = Any
"""Any JSON value: what stands somewhere inside an object, before its kind is known."""
FieldErrors: TypeAlias = list[FieldError]
"""What a validation found wrong; empty where all is well."""
Key: TypeAlias = str
"""`namespace/name`, or `name` of a cluster-scoped object (client-go's convention)."""
