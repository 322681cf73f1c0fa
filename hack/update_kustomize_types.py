"""Renew the types of a kustomization's fields (kustomize/types.json).

    python hack/update_kustomize_types.py --kubernetes CHECKOUT

They are the Go types that Kustomization leads to in sigs.k8s.io/kustomize/api/types and kyaml/resid, read in the
version that kubectl carries (the checkout's vendor/). fieldtypes.py explains how a type is written.
"""

from __future__ import annotations

import pathlib
import sys

import apisource
import datafile
import gotypes

_TYPES, _IDS = "sigs.k8s.io/kustomize/api/types", "sigs.k8s.io/kustomize/kyaml/resid"
_SCALARS = ("string", "bool", "int", "int64")


class Types:
    """The types found so far: name -> field -> type; embedded types stand under `+Name`."""

    def __init__(self, root: pathlib.Path):
        self.packages = {path: gotypes.read_package(root / "vendor" / path) for path in (_TYPES, _IDS)}
        self.found: dict[str, dict[str, str]] = {}

    def add(self, path: str, name: str) -> str:
        """Add a struct and those of its fields; returns its name."""
        if name not in self.found:
            self.found[name] = fields = {}
            for field in self.packages[path].structs[name]:
                if field.embedded and (not field.json or field.options & {"inline", "squash"}):
                    fields[f"+{field.name}"] = self.written(path, field.type)
                elif field.json and field.json != "-":
                    fields[field.json] = self.written(path, field.type)
        return name

    def written(self, path: str, type_: str) -> str:
        """Return how a Go type is written in types.json."""
        if type_.startswith("[]"):
            return f"[]{'*' if type_[2:3] == '*' else ''}{self.written(path, type_[2:].lstrip('*'))}"
        if type_.startswith("map["):
            return "{}" + self.written(path, type_.partition("]")[2])
        type_ = type_.lstrip("*")
        if type_ in _SCALARS:
            return type_
        if type_ in ("interface{}", "any"):
            return "any"
        prefix, _, name = type_.rpartition(".")
        owner = self.packages[path].imports[prefix] if prefix else path
        named = self.packages[owner].named.get(name)
        return f"{name}={named}" if named else self.add(owner, name)


def make(root: pathlib.Path) -> datafile.Data:
    """Return the content of types.json."""
    types = Types(root)
    types.add(_TYPES, "Kustomization")
    return dict(sorted(types.found.items()))


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(__doc__, ("kubernetes", "checkout of kubernetes/kubernetes")).parse_args(args)
    root = pathlib.Path(options.kubernetes)
    source = f"{apisource.vendored(root, 'sigs.k8s.io/kustomize/api')}; hack/update_kustomize_types.py"
    return datafile.finish(datafile.KUSTOMIZE_TYPES, datafile.dumps(source, make(root)), options.check)


if __name__ == "__main__":
    sys.exit(main())
