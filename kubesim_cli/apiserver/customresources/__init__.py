"""Custom resources: what a CustomResourceDefinition adds to the server.

Source: apiextensions-apiserver/pkg/apiserver (customresource_discovery_controller.go, customresource_handler.go).
"""

from __future__ import annotations

from ...machinery import conditions
from ...machinery.discovery import Resource
from .versions import version_of, version_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.schema import Schema
    from ...machinery.types import Object
    from .kind import CustomResource

_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]

# (UID of the definition, version) -> (definition, Kind, Schema), for as long as the definition stays as it is.
_known: dict[tuple[str, str], tuple[Object, CustomResource, Schema]] = {}


def resources_of(crd: Object) -> list[Resource]:
    """Return what an established definition serves, one Resource per version, the preferred one first."""
    found = crd.get("status", {}).get("conditions")
    if conditions.status_of(found, "Established") != "True":
        return []
    spec, names = crd["spec"], crd["status"]["acceptedNames"]
    served = [version for version in spec["versions"] if version.get("served")]
    return [_resource(crd, spec, names, version)
            for version in sorted(served, key=lambda version: version_order(version["name"]))]


def _resource(crd: Object, spec: Object, names: Object, version: Object) -> Resource:
    subresources = {}
    given = version.get("subresources") or {}
    namespaced = spec["scope"] == "Namespaced"
    entry = {"singularName": "", "namespaced": namespaced, "verbs": ["get", "patch", "update"]}
    if "status" in given:
        subresources["status"] = {"name": f"{names['plural']}/status", **entry, "kind": names["kind"]}
    if "scale" in given:
        subresources["scale"] = {"name": f"{names['plural']}/scale", **entry, "group": "autoscaling", "version": "v1",
                                 "kind": "Scale"}
    return Resource(spec["group"], version["name"], names["plural"], names.get("singular", ""), names["kind"],
                    namespaced, _VERBS, tuple(names.get("shortNames") or ()), tuple(names.get("categories") or ()),
                    subresources, crd)


def kind_of(res: Resource) -> CustomResource:
    """Return the Kind of a custom resource in its version."""
    return _load(res)[1]


def schema_of(res: Resource) -> Schema:
    """Return the Schema (schema.structural) of a custom resource in its version."""
    return _load(res)[2]


def _load(res: Resource) -> tuple[Object, CustomResource, Schema]:
    crd = res.definition
    key = (crd["metadata"]["uid"], res.version)
    known = _known.get(key)
    if known is None or known[0] is not crd:
        from ...machinery import schema
        from .kind import CustomResource

        raw = (version_of(crd, res.version).get("schema") or {}).get("openAPIV3Schema") or {}
        structure = schema.structural(raw)
        known = _known[key] = (crd, CustomResource(res, raw, structure), structure)
    return known
