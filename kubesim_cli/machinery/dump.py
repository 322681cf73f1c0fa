"""What Kubernetes prints of an object's Go value to hash it (k8s.io/utils/dump ForHash: spew's `%#v` with types).

All fields are printed, those that are not set too, so that the text hangs on the Go types of the release, which
hashtypes.json holds. Lists and maps without entries are nil: they come out of protobuf.
"""

from __future__ import annotations

import os

from ..go import jsontext
from ..releases import within_minors
from . import quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..releases import Release
    from .types import Object

_TIME = "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"  # a template was never created
_ZEROS = {"bool": "false", "string": ""}


_types: list[Object] = []  # of hashtypes.json, once it was read


def _read() -> Object:
    if not _types:
        _types.append(jsontext.loads(jsontext.text_of(os.path.join(os.path.dirname(__file__), "hashtypes.json"))))
    return _types[0]


def for_hash(type_: str, value: Object, release: Release) -> str:
    """Return the text of a struct, such as a `v1.PodTemplateSpec`, as the controllers of a release print it."""
    return f"({type_}){_Dump(release).value(type_, value)}"


class _Dump:
    def __init__(self, release: Release) -> None:
        self.release, self.named, self.structs = release, _read()["named"], _read()["structs"]

    def typed(self, type_: str, value: Any) -> str:
        """A field's value behind its type."""
        return f"({type_}){self.value(type_, value)}"

    def value(self, type_: str, value: Any) -> str:
        """A value without its type."""
        if type_[0] == "*":
            return "<nil>" if value is None else self.value(type_[1:], value)
        type_ = self.named.get(type_, type_)
        if type_[:2] == "[]":
            return f"[{' '.join([self.value(type_[2:], item) for item in value])}]" if value else "<nil>"
        if type_[:4] == "map[":
            of = type_[type_.index("]") + 1:]
            pairs = [f"{key}:{self.value(of, value[key])}" for key in sorted(value or ())]
            return f"map[{' '.join(pairs)}]" if pairs else "<nil>"
        if type_ in self.structs:
            return self._struct(type_, value or {})
        if type_ == "resource.Quantity":
            return _quantity(value or "0")
        if type_ == "v1.Time":
            return _TIME
        if type_ == "bool":
            return "true" if value else "false"
        return str(value if value is not None else _ZEROS.get(type_, 0))

    def _struct(self, type_: str, value: Any) -> str:
        if type_ == "intstr.IntOrString":
            number = isinstance(value, int)
            return f"{{Type:(intstr.Type){0 if number else 1} IntVal:(int32){value if number else 0} StrVal:(string)" \
                   f"{'' if number else value}}}"
        fields = []
        for name, text in self.structs[type_].items():
            key, of, *span = text.split()
            since, until = (int(part) or None for part in (*span, "0", "0")[:2])
            if within_minors(self.release, since, until):
                fields.append(f"{name}:{self.typed(of, value if key == '-' else value.get(key))}")
        return f"{{{' '.join(fields)}}}"


def _quantity(text: str) -> str:
    """A resource.Quantity, with its private fields."""
    number, scale, small, kept = quantity.fields(text)
    amount, dec = (number, scale), "<nil>"
    if not small:
        amount = (0, 0)
        dec = (f"{{unscaled:(big.Int){{neg:(bool){'true' if number < 0 else 'false'} abs:(big.nat)[{abs(number)}]}} "
               f"scale:(inf.Scale){-scale}}}")
    return (f"{{i:(resource.int64Amount){{value:(int64){amount[0]} scale:(resource.Scale){amount[1]}}} "
            f"d:(resource.infDecAmount){{Dec:(*inf.Dec){dec}}} s:(string){kept} "
            f"Format:(resource.Format){quantity.style_of(text)}}}")
