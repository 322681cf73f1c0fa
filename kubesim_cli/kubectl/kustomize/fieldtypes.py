"""The types of a kustomization's fields: types.json (renewed by hack/update_kustomize_types.py), a table as
go/unmarshal.py tells."""

from __future__ import annotations

from ...go.unmarshal import Misfit, Types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json

__all__ = ["Misfit", "fitted"]


# A file of `configurations` (api/internal/plugins/builtinconfig).
_CONFIGURATIONS = {
    "TransformerConfig": {**dict.fromkeys((
        "namePrefix", "nameSuffix", "namespace", "commonLabels", "templateLabels", "commonAnnotations", "varReference",
        "images", "replicas"), "[]FieldSpec"), "nameReference": "[]NameBackReferences"},
    "NameBackReferences": {"+Gvk": "Gvk", "fieldSpecs": "[]FieldSpec"}}


def fitted(value: Json, type_: str = "Kustomization") -> Json:
    """Return a kustomization, or a TransformerConfig, as its type holds it: names of fields, which are found in any
    case, as the type writes them. Raises Misfit for the first value of another type and the first unknown field."""
    return _types().fitted(value, type_)


_cache: list[Types] = []


def _types() -> Types:
    import json
    import os

    if not _cache:
        with open(os.path.join(os.path.dirname(__file__), "types.json"), encoding="utf-8") as file:
            _cache.append(Types({**json.load(file), **_CONFIGURATIONS}, "types", {
                "Gvk": "resid", "ResId": "resid", "TransformerConfig": "builtinconfig",
                "NameBackReferences": "builtinconfig"}, strict=True))
    return _cache[0]
