"""Renew the structure of every kind (schema.json): OpenAPI, what only the Go types tell, and since when.

    python hack/update_schema.py --kubernetes CHECKOUT [--kubectl COMMAND]

OpenAPI 3 comes from the checkout (api/openapi-spec/v3, its enums from pkg/generated/openapi), or with --kubectl from
a live cluster of a default set-up: both give the same file. From the checkout's types.go come the fields' order and the
extensions x-go-* (explained in schema.py), from hack/inputs/releases.json x-since and x-until.

Which of it stands for no release but the newest: enums and defaults of older releases, and the Go facts of fields that
went before the checkout (a pointer to a scalar is not told from a scalar there).
"""

from __future__ import annotations

import pathlib
import re
import sys
from typing import Any

import apisource
import datafile
import gotypes

META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_DROPPED = ("description", "x-kubernetes-group-version-kind", "x-kubernetes-unions")
_SCALARS = {"string": {"type": "string"}, "bool": {"type": "boolean"}, "int32": {"format": "int32", "type": "integer"},
            "int64": {"format": "int64", "type": "integer"}}
_PRINTED = {"string": "string", "boolean": "bool", "number": "float64"}
_OPAQUE = {"io.k8s.apimachinery.pkg.api.resource.Quantity": "resource.Quantity",
           "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intstr.IntOrString",
           META + "Time": "v1.Time", META + "MicroTime": "v1.MicroTime"}


def plain(node: Any, names: bool = False) -> Any:
    """Return an OpenAPI 3 node without descriptions, references by bare name. `names`: the keys are names of fields."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if isinstance(node, str):
        return node.removeprefix("#/components/schemas/")
    if not isinstance(node, dict):
        return node
    if "allOf" in node and not names:
        node = {**node["allOf"][0], **{key: value for key, value in node.items() if key != "allOf"}}
    return {key: plain(value, key == "properties" and not names) for key, value in sorted(node.items())
            if names or key not in _DROPPED}


def openapi(source: apisource.Checkout | apisource.Live) -> tuple[datafile.Data, datafile.Data]:
    """Return the definitions by name, and which of them `apiVersion/kind` is."""
    definitions, kinds = {}, {}
    paths = []
    for group, version in apisource.group_versions(source):
        paths += [apisource.path_of(group, version)] + ([f"/apis/{group}"] if group else [])
    for path in paths:
        for name, raw in source.get(f"/openapi/v3{path}").get("components", {}).get("schemas", {}).items():
            definitions[name] = plain(raw)
            # Those of all groups (DeleteOptions, WatchEvent) are told once, as meta.k8s.io tells them: v1.
            for kind in raw.get("x-kubernetes-group-version-kind", ()):
                if not name.startswith(META) or not kind["group"]:
                    if name.startswith(META) and kind["version"] != "v1":
                        continue
                    kinds["/".join(filter(None, (kind["group"], kind["version"], kind["kind"])))] = name
    return dict(sorted(definitions.items())), dict(sorted(kinds.items()))


def enums(root: pathlib.Path) -> dict[tuple[str, str], list[str]]:
    """Return (name of the definition's function, field) -> values: the documents of a checkout leave them out."""
    found = {}
    function = field = ""
    path = root / "pkg" / "generated" / "openapi" / "zz_generated.openapi.go"
    for line in path.read_text(encoding="utf-8").splitlines():
        declared = re.match(r"func schema_(\w+)\(", line)
        if declared:
            function = declared[1]
        named = re.match(r'\t{5}"([\w$-]+)": \{$', line)
        if named:
            field = named[1]
        values = re.match(r"\t+Enum:\s+\[\]interface\{\}\{(.*)\},$", line)
        if values:
            found[function, field] = re.findall(r'"([^"]*)"', values[1])
    return found


def add_enums(definitions: datafile.Data, found: dict[tuple[str, str], list[str]]) -> None:
    """Put the enums of a checkout where a live server shows them: at the string itself, inside a list or map."""
    for name, definition in definitions.items():
        parts = name.replace("io.k8s.", "k8sio.", 1).split(".")
        function = re.sub(r"[^\w]", "", "_".join([*parts[:-1][-4:], parts[-1]]))
        for field, node in definition.get("properties", {}).items():
            values = found.get((function, field))
            if values is not None:
                at = node.get("items") or node.get("additionalProperties") or node
                at["enum"] = values
                for key in sorted(at):
                    at[key] = at.pop(key)


class GoTypes:
    """The Go types behind definitions, from staging/src of a checkout."""

    def __init__(self, root: pathlib.Path):
        self.root = root / "staging" / "src"
        self._packages: dict[str, gotypes.Package] = {}

    def package(self, path: str) -> gotypes.Package:
        """Return a package by its import path. Raises FileNotFoundError."""
        if path not in self._packages:
            self._packages[path] = gotypes.read_package(self.root / path)
        return self._packages[path]

    def behind(self, definition: str) -> tuple[gotypes.Package, str]:
        """Return the package and the name of a definition's Go type."""
        path, _, name = definition.rpartition(".")
        return self.package("k8s.io/" + path.removeprefix("io.k8s.").replace(".", "/")), name

    def fields(self, package: gotypes.Package, name: str,
               inline: str = "") -> list[tuple[gotypes.Package, gotypes.Field, str]]:
        """Return (package, field, embedded structs it came through) of a struct, in the order of JSON."""
        found = []
        for field in package.structs[name]:
            if field.embedded and not field.json:
                prefix, _, bare = field.type.lstrip("*").rpartition(".")
                owner = self.package(package.imports[prefix]) if prefix else package
                through = f"{inline}.{field.name}" if inline else field.name
                found += self.fields(owner, bare, through)
            elif field.json and field.json != "-":
                found.append((package, field, inline))
        return found

    def printed(self, package: gotypes.Package, type_: str) -> str:
        """Return a type as reflection prints it: `v1.ResourceList`, `map[string]v1.ExtraValue`, `[]types.UID`."""
        if type_.startswith("*"):
            return self.printed(package, type_[1:])
        if type_.startswith("[]"):
            return "[]" + self.printed(package, type_[2:])
        if type_.startswith("map["):
            key, _, value = type_[4:].partition("]")
            return f"map[{self.printed(package, key)}]{self.printed(package, value)}"
        if type_ == "byte":
            return "uint8"
        prefix, _, bare = type_.rpartition(".")
        if prefix:
            package = self.package(package.imports[prefix]) if package.imports[prefix].startswith("k8s.io") else package
            return f"{package.name}.{bare}"
        return f"{package.name}.{bare}" if bare in package.named or bare in package.structs else bare


def derived(definitions: datafile.Data, node: datafile.Data) -> str:
    """Return the Go type that schema.py works out from a node alone."""
    ref = node.get("$ref", "")
    if ref:
        return _OPAQUE.get(ref) or ".".join(ref.split(".")[-2:])
    if node.get("format") == "byte":
        return "[]uint8"
    type_ = node.get("type", "")
    if type_ == "array":
        return "[]" + derived(definitions, node["items"])
    if type_ == "object":
        return "map[string]" + derived(definitions, node["additionalProperties"]) \
            if "additionalProperties" in node else ""
    return str(node.get("format", "int64")) if type_ == "integer" else _PRINTED.get(type_, "")


def with_go_facts(definitions: datafile.Data, name: str, types: GoTypes) -> datafile.Data:
    """Return a definition with its properties in the order of the Go type and the extensions x-go-*."""
    definition: datafile.Data = definitions[name]
    if "properties" not in definition:
        return definition
    package, kind = types.behind(name)
    properties = {}
    for owner, field, inline in types.fields(package, kind):
        node = dict(definition["properties"].get(field.json) or _SCALARS[field.type.lstrip("*")])
        pointer, struct = field.type.startswith("*"), node.get("default") == {} and "$ref" in node
        if not pointer and node.get("default") in ("", 0):
            del node["default"]  # Go's zero, told of every field that is always written
        if inline and inline != "TypeMeta":  # kind and apiVersion are read before the struct is
            node["x-go-inline"] = inline
        printed = types.printed(owner, field.type)
        if printed != derived(definitions, node):
            node["x-go-type"] = printed
        if pointer and ("$ref" not in node or "properties" not in definitions[node["$ref"]]):
            node["x-go-pointer"] = True
        if "omitzero" in field.options:
            node["x-go-omitzero"] = True
        elif not struct and "omitempty" not in field.options:
            node["x-go-always"] = True
        properties[field.json] = node
    return {**definition, "properties": properties}


def facts_of(definitions: datafile.Data, name: str, types: GoTypes) -> datafile.Data:
    """Return what with_go_facts does; of what the checkout has no more, or by another name, with the facts of the later
    version."""
    if name in apisource.ONLY_BETA:
        return dict(definitions[name])
    try:
        return with_go_facts(definitions, name, types)
    except (FileNotFoundError, KeyError):
        for (group, beta), (later, _) in apisource.BETAS.items():
            ours, theirs = (f"io.k8s.api.{group.partition('.')[0]}.{version}." for version in (beta, later))
            if name.startswith(ours):
                later_one = with_go_facts(definitions, name.replace(ours, theirs), types)
                return dict(rename(later_one, theirs, ours))
        raise


def add_betas(definitions: datafile.Data, kinds: datafile.Data) -> None:
    """Add the definitions of apisource.BETAS: those of the later version, with what only the beta has."""
    for (group, beta), (later, first) in apisource.BETAS.items():
        package = f"io.k8s.api.{group.partition('.')[0]}."
        begins = tuple(f"{package}{later}.{word}" for word in ([first] if isinstance(first, str) else first))
        for name in [name for name in definitions if name.startswith(begins)]:
            raw = rename(definitions[name], f"{package}{later}.", f"{package}{beta}.")
            definitions[name.replace(f"{package}{later}.", f"{package}{beta}.")] = raw
        for kind, name in list(kinds.items()):
            if name.startswith(begins) and kind.startswith(f"{group}/{later}/"):
                kinds[kind.replace(f"/{later}/", f"/{beta}/")] = name.replace(f".{later}.", f".{beta}.")
    for name, properties in apisource.ONLY_BETA.items():
        definitions[name] = {"properties": properties, "type": "object"}


def rename(node: Any, before: str, after: str) -> Any:
    """Return an OpenAPI node whose references begin with `after` instead of `before`."""
    if isinstance(node, dict):
        return {key: rename(value, before, after) for key, value in node.items()}
    if isinstance(node, list):
        return [rename(item, before, after) for item in node]
    return node.replace(before, after) if isinstance(node, str) else node


def add_releases(definitions: datafile.Data, facts: datafile.Data, newest: int) -> None:
    """Add x-since and x-until, and the fields and definitions that went before the newest release."""
    for name in list(definitions):
        prefix, _, kind = name.rpartition(".")
        module = "meta_v1" if name.startswith(META) else "_".join(prefix.split(".")[-2:])
        properties = definitions[name].get("properties", {})
        for field, found in facts["fields"].get(f"{module}.{kind}", {}).items():
            if field in properties:
                if "since" in found:
                    properties[field]["x-since"] = found["since"]
            elif found.get("until", 99) <= newest:
                properties[field] = older(found["type"], prefix)
                properties[field].update({f"x-{key}": found[key] for key in ("since", "until") if key in found})
    for name, fields in facts["definitions"].items():
        module, _, kind = name.partition(".")
        if any(found.get("until", 99) <= newest and f"[{kind}]" in found.get("type", "")
               for owner, fields_ in facts["fields"].items() if owner.startswith(module) for found in fields_.values()):
            prefix = f"io.k8s.api.{module.replace('_', '.')}"
            definitions[f"{prefix}.{kind}"] = {
                "properties": {field: older(type_, prefix) for field, type_ in fields.items()}, "type": "object"}


def older(type_: str, prefix: str) -> datafile.Data:
    """Return the node of a field that is known by its type in lightkube-models only."""
    bare = type_.removeprefix("Optional[").removesuffix("]") if type_.startswith("Optional[") else type_
    always = {} if bare != type_ else {"x-go-always": True}
    if bare.startswith("List["):
        return {"items": older(f"Optional[{bare[5:-1]}]", prefix), "type": "array", **always}
    if bare == "dict":  # of what, lightkube-models does not tell
        return {"additionalProperties": {}, "type": "object", **always}
    scalar = _SCALARS.get({"str": "string", "int": "int64"}.get(bare, bare))
    return {**scalar, **always} if scalar else {"$ref": f"{prefix}.{bare}"}


def make(root: pathlib.Path, source: apisource.Checkout | apisource.Live, facts: datafile.Data,
         newest: int) -> datafile.Data:
    """Return the content of schema.json."""
    definitions, kinds = openapi(source)
    if isinstance(source, apisource.Checkout):
        add_enums(definitions, enums(root))
    types = GoTypes(root)
    add_betas(definitions, kinds)
    definitions = {name: facts_of(definitions, name, types) for name in definitions}
    add_releases(definitions, facts, newest)
    return {"definitions": dict(sorted(definitions.items())), "kinds": dict(sorted(kinds.items()))}


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(
        __doc__, ("kubernetes", "checkout of kubernetes/kubernetes (or a fork that kept the API)"),
        ("kubectl", "read OpenAPI from the cluster behind this kubectl instead")).parse_args(args)
    root = pathlib.Path(options.kubernetes)
    source = apisource.Live(options.kubectl) if options.kubectl else apisource.Checkout(root)
    newest = apisource.minor_of(root)
    made = make(root, source, datafile.read(datafile.RELEASES), newest)
    text = datafile.dumps(f"Kubernetes 1.{newest}: OpenAPI 3 of what a default cluster serves, types.go; "
                          "hack/inputs/releases.json; hack/update_schema.py", made)
    return datafile.finish(datafile.SCHEMA, text, options.check)


if __name__ == "__main__":
    sys.exit(main())
