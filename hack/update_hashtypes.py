"""Renew the Go types that names are hashed from (hashtypes.json): a pod template and all below it.

    python hack/update_hashtypes.py --kubernetes CHECKOUT

Kubernetes hashes what is printed of a pod template's Go value, with all fields that are not set. `structs` maps a type
as reflection names it (`v1.PodSpec`) to its fields in their order: `GO-NAME` to `JSON-NAME TYPE [since] [until]`; the
JSON name of an embedded struct is `-`. `named` maps other types to what they are. Both come from types.go of the
checkout, `since` and `until` from hack/inputs/releases.json; where a field that went had stood is not told there: it is
put in front of the first one that came in its place.
"""

from __future__ import annotations

import pathlib
import sys

import apisource
import datafile
from gotypes import Field, Package
from update_schema import GoTypes

START = ("k8s.io/api/core/v1", "PodTemplateSpec")
# Never more than their zero value in a template, or not told by exported fields: dump.py prints these itself.
OPAQUE = ("resource.Quantity", "v1.Time", "v1.FieldsV1")
Rows = dict[str, tuple[str, datafile.Data]]  # a field's name in Go -> its JSON name and type, since and until


class Reader:
    """Collects what is reachable from a struct."""

    def __init__(self, types: GoTypes, facts: datafile.Data, newest: int):
        self.types, self.facts, self.newest = types, facts, newest
        self.structs: dict[str, dict[str, str]] = {}
        self.named: dict[str, str] = {}
        self._embedders: dict[str, list[str]] = {}  # an embedded struct -> those whose OpenAPI holds its fields

    def read(self, package: Package, name: str) -> None:
        """Read a type, and all that its fields have."""
        printed = f"{package.name}.{name}"
        if printed in self.structs or printed in self.named or printed in OPAQUE:
            return
        if name in package.named:
            self.named[printed] = self.types.printed(package, package.named[name])
            self._follow(package, package.named[name])
            return
        rows: dict[str, tuple[str, datafile.Data]] = {}
        self.structs[printed] = {}
        for field in package.structs[name]:
            inline = field.embedded and not field.json
            if inline:
                self._embedders.setdefault(field.name, []).append(name)
            json = "-" if inline else field.json or field.name
            rows[field.name] = f"{json} {self.printed(package, field.type)}", self._fact(name, field)
            self._follow(package, field.type)
        self.structs[printed] = {go: " ".join(filter(None, (text, *self._span(facts))))
                                 for go, (text, facts) in self._with_gone(name, rows).items()}

    @staticmethod
    def _span(facts: datafile.Data) -> tuple[str, str]:
        until = str(facts.get("until", ""))
        return str(facts.get("since", until and "0")), until

    def printed(self, package: Package, type_: str) -> str:
        """Return a type as reflection prints it, pointers included."""
        at = type_.rpartition("]")[0] + "]" if "]" in type_ else ""
        stars = type_[len(at):].count("*")
        return self.types.printed(package, type_) if not stars else at + "*" * stars + self.types.printed(
            package, type_[len(at):])

    def _follow(self, package: Package, type_: str) -> None:
        bare = type_.rpartition("]")[2].lstrip("*")
        prefix, _, name = bare.rpartition(".")
        if prefix:
            path = package.imports[prefix]
            if path.startswith("k8s.io"):
                self.read(self.types.package(path), name)
        elif name in package.structs or name in package.named:
            self.read(package, name)

    def _fact(self, name: str, field: Field) -> datafile.Data:
        for owner in (name, *self._embedders.get(name, ())):
            for module in ("core_v1", "meta_v1"):
                found = self.facts["fields"].get(f"{module}.{owner}", {}).get(field.json)
                if found:
                    return {"since": found["since"]} if "since" in found else {}
        return {}

    def _with_gone(self, name: str, rows: Rows) -> Rows:
        there, gone = {text.split()[0] for text, _ in rows.values()}, {}
        for field, found in self.facts["fields"].get(f"core_v1.{name}", {}).items():
            if field not in there and found.get("until", 99) <= self.newest:
                gone[field] = found
        whole: Rows = {}
        for go, row in [*rows.items(), ("", ("", {"since": 99}))]:
            for field in [field for field, found in gone.items() if row[1].get("since", 0) >= found["until"]]:
                found = gone.pop(field)
                kind = found["type"].removeprefix("Optional[").removesuffix("]")
                whole[f"{field[0].upper()}{field[1:]}"] = f"{field} *v1.{kind}", found
            if go:
                whole[go] = row
        return whole


def make(root: pathlib.Path, facts: datafile.Data, newest: int) -> datafile.Data:
    """Return the content of hashtypes.json."""
    types = GoTypes(root)
    reader = Reader(types, facts, newest)
    package, name = START
    reader.read(types.package(package), name)
    return {"structs": dict(sorted(reader.structs.items())),
            "named": dict(sorted(reader.named.items()))}


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(
        __doc__, ("kubernetes", "checkout of kubernetes/kubernetes (or a fork that kept the API)")).parse_args(args)
    root = pathlib.Path(options.kubernetes)
    newest = apisource.minor_of(root)
    made = make(root, datafile.read(datafile.RELEASES), newest)
    text = datafile.dumps(f"Kubernetes 1.{newest}: types.go; hack/inputs/releases.json; hack/update_hashtypes.py", made)
    return datafile.finish(datafile.HASH_TYPES, text, options.check)


if __name__ == "__main__":
    sys.exit(main())
