"""Renew the server's internal types (internaltypes.json), which some of its complaints quote field by field.

    python hack/update_internaltypes.py --kubernetes CHECKOUT

The fields come from types.go of the internal packages (pkg/apis/core, apps, batch, flowcontrol and apiextensions), the
names in the API from the external types of the same name. internaltypes.py explains the rows.
"""

from __future__ import annotations

import pathlib
import sys

import apisource
import datafile
import gotypes

_CORE, _META = "k8s.io/kubernetes/pkg/apis/core", "k8s.io/apimachinery/pkg/apis/meta/v1"
# Internal package -> the external one that the API shows.
EXTERNAL = {
    _CORE: "k8s.io/api/core/v1",
    "k8s.io/kubernetes/pkg/apis/apps": "k8s.io/api/apps/v1",
    "k8s.io/kubernetes/pkg/apis/batch": "k8s.io/api/batch/v1",
    "k8s.io/kubernetes/pkg/apis/flowcontrol": "k8s.io/api/flowcontrol/v1",
    "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions": "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1",
    _META: _META,
}
# What kubesim quotes; the types of their fields follow.
ROOTS = {
    _CORE: ("PodSpec", "PodTemplateSpec", "PersistentVolumeSource", "PersistentVolumeClaimSpec", "VolumeNodeAffinity",
            "ScopeSelector", "Taint"),
    "k8s.io/kubernetes/pkg/apis/apps": ("DeploymentStrategy", "StatefulSetUpdateStrategy", "DaemonSetUpdateStrategy"),
    "k8s.io/kubernetes/pkg/apis/batch": ("PodFailurePolicy", "SuccessPolicy"),
    "k8s.io/kubernetes/pkg/apis/flowcontrol": ("FlowSchemaSpec", "PriorityLevelConfigurationSpec"),
    "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions": ("JSONSchemaProps", "CustomResourceDefinitionVersion",
                                                              "ValidationRule"),
}
_SCALARS = {"string": "s", "bool": "b", "int": "n", "int32": "n", "int64": "n", "uint64": "n", "float64": "n",
            "interface{}": "z"}
_STRUCTS = {"v1.FieldsV1": "z", "resource.Quantity": "q", "v1.Time": "z", "intstr.IntOrString": "n"}


class Types:
    """The types found so far, as rows (see internaltypes.py), and where to read more."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        self.rows: dict[str, list[list[str]]] = {}
        self._packages: dict[str, gotypes.Package] = {}

    def package(self, path: str) -> gotypes.Package:
        """Return a package by its import path."""
        if path not in self._packages:
            folder = path.removeprefix("k8s.io/kubernetes/")
            self._packages[path] = gotypes.read_package(
                self.root / folder if folder != path else self.root / "staging" / "src" / path)
        return self._packages[path]

    def add(self, path: str, name: str) -> str:
        """Add a struct and the structs of its fields; returns the name that its rows are under."""
        known = f"metav1.{name}" if path == _META else name
        if known not in self.rows:
            self.rows[known] = rows = []
            rows += self._struct(path, name)
        return known

    def _struct(self, path: str, name: str) -> list[list[str]]:
        package = self.package(path)
        names = self._api_names(EXTERNAL[path], name)
        rows = []
        for field in package.structs[name]:
            if field.embedded:
                owner, bare = self._where(path, field.type)
                if bare != "TypeMeta":
                    rows += self._struct(owner, bare)
                continue
            api, shown = names.get(field.name, ""), field.json if path == _META else field.name
            row = [shown, self._type(path, field.type)]
            if api and api != shown[0].lower() + shown[1:]:
                row.append(api)
            rows.append(row)
        return rows

    def _api_names(self, path: str, name: str) -> dict[str, str]:
        """Return Go name -> name in the API of an external struct's fields."""
        found = {}
        for field in self.package(path).structs.get(name, ()):
            if field.embedded and not field.json:
                owner, bare = self._where(path, field.type)
                found.update(self._api_names(owner, bare))
            found[field.name] = field.json
        return found

    def _where(self, path: str, type_: str) -> tuple[str, str]:
        prefix, _, bare = type_.rpartition(".")
        return self.package(path).imports[prefix] if prefix else path, bare

    def _type(self, path: str, type_: str) -> str:
        if type_.startswith("*"):
            return "*" + self._type(path, type_[1:])
        if type_.startswith("[]"):
            return "[]" + self._type(path, type_[2:])
        if type_.startswith("map["):
            return "{}" + self._type(path, type_.partition("]")[2])
        if type_ in _SCALARS:
            return _SCALARS[type_]
        owner, bare = self._where(path, type_)
        package = self.package(owner)
        if f"{package.name}.{bare}" in _STRUCTS:
            return _STRUCTS[f"{package.name}.{bare}"]
        if bare in package.named:
            return self._type(owner, package.named[bare])
        return self.add(owner, bare)


def make(root: pathlib.Path) -> datafile.Data:
    """Return the content of internaltypes.json."""
    types = Types(root)
    for path, names in ROOTS.items():
        for name in names:
            types.add(path, name)
    return dict(sorted(types.rows.items()))


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(__doc__, ("kubernetes", "checkout of kubernetes/kubernetes")).parse_args(args)
    root = pathlib.Path(options.kubernetes)
    source = f"Kubernetes 1.{apisource.minor_of(root)}: internal types.go; hack/update_internaltypes.py"
    return datafile.finish(datafile.INTERNAL_TYPES, datafile.dumps(source, make(root)), options.check)


if __name__ == "__main__":
    sys.exit(main())
