"""The documents of OpenAPI: /openapi/v3/GROUP-AND-VERSION, and /openapi/v2 with everything in one.

kube-openapi: pkg/builder, pkg/builder3; apiserver: pkg/endpoints/installer.go (operations),
apiextensions-apiserver: pkg/controller/openapi/builder (custom resources). They tell structures, paths and operations,
and describe nothing.
"""

from __future__ import annotations

from ..machinery import schema
from ..releases import within_minors
from ..releases.server import info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..machinery.discovery import Discovery, Resource
    from ..machinery.types import Json, Object, Release

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_REFERENCES = {2: "#/definitions/", 3: "#/components/schemas/"}
# Verb -> (HTTP's method, what is done as told by x-kubernetes-action, how the operation is called).
_ON_COLLECTION = {"list": ("get", "list", "list"), "create": ("post", "post", "create"),
                  "deletecollection": ("delete", "deletecollection", "delete")}
_ON_OBJECT = {"get": ("get", "get", "read"), "update": ("put", "put", "replace"),
              "delete": ("delete", "delete", "delete"), "patch": ("patch", "patch", "patch")}
_CONNECTED = ("AttachOptions", "ExecOptions", "PortForwardOptions", "ProxyOptions")  # kinds of streams and proxies
_WITH_BODY = ("post", "put", "patch")
_STRING = {"type": "string"}


class Document:
    """One document of a `version` of OpenAPI, 2 or 3: which definitions it needs is known once its paths are made."""

    def __init__(self, discovery: Discovery, release: Release, version: int) -> None:
        self.discovery, self.release, self.version = discovery, release, version
        self.schemas: Object = {}

    def of(self, resources: Iterable[Resource]) -> Object:
        """Return the document of resources."""
        paths: Object = {}
        for res in resources:
            self._add(paths, res)
        head = {"title": "Kubernetes", "version": info(self.release, server=True)["gitVersion"]}
        schemas, token = dict(sorted(self.schemas.items())), {"type": "apiKey", "in": "header", "name": "authorization"}
        paths = dict(sorted(paths.items()))
        if self.version == 2:
            return {"swagger": "2.0", "info": head, "paths": paths, "definitions": schemas,
                    "securityDefinitions": {"BearerToken": token}, "security": [{"BearerToken": []}]}
        return {"openapi": "3.0.0", "info": head, "paths": paths,
                "components": {"schemas": schemas, "securitySchemes": {"BearerToken": token}}}

    # Paths

    def _add(self, paths: Object, res: Resource) -> None:
        root = f"/apis/{res.api_version}" if res.group else f"/api/{res.version}"
        within = f"{root}/namespaces/{{namespace}}/{res.plural}" if res.namespaced else f"{root}/{res.plural}"
        given = ["namespace"] if res.namespaced else []
        self._operations(paths, within, res, res.verbs, _ON_COLLECTION, given)
        self._operations(paths, f"{within}/{{name}}", res, res.verbs, _ON_OBJECT, ["name", *given])
        if res.namespaced and "list" in res.verbs:
            self._operations(paths, f"{root}/{res.plural}", res, ["list"], _ON_COLLECTION, [], "ForAllNamespaces")
        for name, sub in res.subresources.items():
            verbs = {"create": ("post", "post", "create"), **_ON_OBJECT}
            self._operations(paths, f"{within}/{{name}}/{name}", res, sub["verbs"], verbs, ["name", *given],
                             name.capitalize(), sub)

    def _operations(self, paths: Object, path: str, res: Resource, verbs: Iterable[str],
                    known: dict[str, tuple[str, str, str]], given: list[str], suffix: str = "",
                    sub: Object | None = None) -> None:
        """Add what the known ones among `verbs` do at a path, whose parameters are `given`."""
        item: Object = {}
        for verb in known:
            if verb not in verbs:
                continue
            method, action, called = known[verb]
            of = {"group": res.group, "version": res.version, "kind": res.kind}
            if sub is not None:
                of = {"group": sub.get("group", res.group), "version": sub.get("version", res.version),
                      "kind": sub["kind"]}
            if of["kind"].endswith(_CONNECTED):
                action = called = "connect"
            group = _camel(res.group)
            told = group[:1].upper() + group[1:] + res.version.capitalize()
            told += method.capitalize() if action == "connect" else ""
            told += "Collection" if action == "deletecollection" else ""
            told += "Namespaced" if "namespace" in given else ""
            item[method] = {
                "tags": [f"{group}_{res.version}"], "operationId": f"{called}{told}{res.kind}{suffix}",
                **self._body(method, action, of, res),
                "responses": {"200": self._answer(self._answered(action, of, res)),
                              "401": {"description": "Unauthorized"}},
                "x-kubernetes-action": action, "x-kubernetes-group-version-kind": of}
        if item:
            paths[path] = {**item, **({"parameters": [self._parameter(name) for name in given]} if given else {})}

    def _answered(self, action: str, of: dict[str, str], res: Resource) -> Object:
        if action == "connect":
            return dict(_STRING)
        if action in ("delete", "deletecollection"):
            return self._reference(_META + "Status")
        return self._named(of["group"], of["version"], _list_kind(res) if action == "list" else of["kind"], res)

    def _parameter(self, name: str) -> Object:
        typed = {"type": "string"} if self.version == 2 else {"schema": dict(_STRING)}
        return {"name": name, "in": "path", "required": True, **typed}

    def _body(self, method: str, action: str, of: dict[str, str], res: Resource) -> Object:
        """What a request brings."""
        if action == "connect" or (method not in _WITH_BODY and method != "delete"):
            return {}
        found = (self._reference(_META + "Patch") if method == "patch" else self._reference(_META + "DeleteOptions")
                 if method == "delete" else self._named(of["group"], of["version"], of["kind"], res))
        if self.version == 2:
            return {"parameters": [{"name": "body", "in": "body", "required": method != "delete", "schema": found}]}
        return {"requestBody": {"content": {"*/*": {"schema": found}}}}

    def _answer(self, found: Object) -> Object:
        return {"description": "OK", **({"schema": found} if self.version == 2 else {
            "content": {"application/json": {"schema": found}}})}

    # Structures

    def _named(self, group: str, version: str, kind: str, res: Resource) -> Object:
        """Return a reference to a kind, be it built in or custom, and see to its definition."""
        name = schema.definition_name(f"{group}/{version}" if group else version, kind)
        if name:
            found = self._reference(name)
            self.schemas[name].setdefault("x-kubernetes-group-version-kind", [
                {"group": group, "version": version, "kind": kind}])
            return found
        if res.crd is None:
            return {"type": "object"}
        name = ".".join([*reversed(group.split(".")), version, kind])
        if name not in self.schemas:
            self.schemas[name] = {}  # it may refer to itself
            self.schemas[name] = {**self._custom(res, kind), "x-kubernetes-group-version-kind": [
                {"group": group, "version": version, "kind": kind}]}
        return {"$ref": _REFERENCES[self.version] + name}

    def _custom(self, res: Resource, kind: str) -> Object:
        if kind != res.kind:
            return self._structure({"type": "object", "required": ["items"], "properties": {
                "apiVersion": _STRING, "kind": _STRING, "metadata": {"$ref": _META + "ListMeta"},
                "items": {"type": "array", "items": self._named(res.group, res.version, res.kind, res)}}})
        served = next(each for each in res.definition["spec"]["versions"] if each["name"] == res.version)
        raw = dict((served.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"})
        return {**raw, "properties": {**(raw.get("properties") or {}), **self._structure({"properties": {
            "apiVersion": _STRING, "kind": _STRING, "metadata": {"$ref": _META + "ObjectMeta"}}})["properties"]}}

    def _reference(self, name: str) -> Object:
        """Return a reference to a definition, which is taken into the document with those that it needs."""
        if name not in self.schemas:
            self.schemas[name] = {}  # it may refer to itself
            self.schemas[name] = self._structure(schema.definition(name))
        return {"$ref": _REFERENCES[self.version] + name}

    def _structure(self, raw: Object) -> Object:
        """Return a definition, or a part of one, without what is kubesim's own."""
        found: Object = {}
        reference = raw.get("$ref")
        for key, value in raw.items():
            if key == "properties":
                found[key] = {name: self._structure(each) for name, each in value.items() if within_minors(
                    self.release, each.get("x-since"), each.get("x-until"))}
            elif key in ("items", "additionalProperties"):
                found[key] = self._structure(value) if isinstance(value, dict) else value
            elif key == "oneOf" and self.version == 2:
                found["type"] = "string"
            elif key != "$ref" and not key.startswith(("x-go-", "x-since", "x-until")):
                found[key] = value
        if reference is None:
            return found
        to: Json = reference if reference.startswith("#") else self._reference(reference)["$ref"]
        if self.version == 2 or not found:
            return {"$ref": to, **{key: value for key, value in found.items() if key != "default"}}
        return {**found, "allOf": [{"$ref": to}]}


def _camel(group: str) -> str:
    """Return a group as operations and tags have it, `rbacAuthorization`."""
    first, *more = (group.removesuffix(".k8s.io") or "core").split(".")
    return first + "".join(part.capitalize() for part in more)


def _list_kind(res: Resource) -> str:
    named = (res.definition["spec"]["names"] if res.crd is not None else {}).get("listKind")
    return str(named or f"{res.kind}List")


def document(discovery: Discovery, release: Release, path: str) -> Object | None:
    """Return the document at a path below /openapi, None for a path without one that tells of resources."""
    parts = path.strip("/").split("/")
    if parts == ["openapi", "v2"]:
        return Document(discovery, release, 2).of(discovery.resources)
    if parts[:2] != ["openapi", "v3"]:
        return None
    wanted = "/".join(parts[3:]) if parts[2:3] in (["api"], ["apis"]) else ""
    found = [res for res in discovery.resources
             if res.api_version == wanted and (parts[2] == "apis") == bool(res.group)]
    return Document(discovery, release, 3).of(found) if found else None
