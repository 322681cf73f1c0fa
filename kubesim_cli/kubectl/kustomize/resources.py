"""Resources and sets of them: what they are and were called, and how one set joins another (api/resource, api/resmap).
"""

from __future__ import annotations

from ...machinery.objects import clone
from ..failures import Failure
from .fieldpaths import cluster_scoped, defaults, merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from ...machinery.types import Json, Object

    Path: TypeAlias = tuple[str | int, ...]

# Kustomize keeps its notes in annotations, which it reads as texts, whatever YAML takes them for.
_ANNOTATIONS = (("metadata", "annotations"), ("items", "metadata", "annotations"))
_BLANK = object()  # a value that is not written, which a patch takes out; one that is written `null` stays
_NOT_NAMESPACED = "_non_namespaceable_"


def scalar_text(value: Json) -> str:
    """Return the text of a YAML scalar, "" of anything else (kyaml's RNode.GetString and its kin)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, dict | list) else str(value)


def node_kind(value: Json) -> str:
    """Return what kyaml calls a node with such a value."""
    return "MappingNode" if isinstance(value, dict) else "SequenceNode" if isinstance(value, list) else "ScalarNode"


def wrong_kind(wanted: str, value: Json) -> Failure:
    """Return the failure for a value of another kind of node than the wanted one (kyaml's ErrorIfInvalid)."""
    return Failure(f"wrong node kind: expected {wanted} but got {node_kind(value)}: node contents:\n{shown(value)}")


def shown(value: Json) -> str:
    """Return a value as messages show it, which is as YAML."""
    from ..printers.yaml import dump

    return dump(value)


class Id:
    """What identifies a resource: group, version, kind, name and namespace."""

    __slots__ = ("group", "kind", "name", "namespace", "version")

    def __init__(self, api_version: str, kind: str, name: str, namespace: str) -> None:
        self.group, _, self.version = api_version.rpartition("/")
        self.kind, self.name, self.namespace = kind, name, namespace

    @property
    def cluster_scoped(self) -> bool:
        """Whether kustomize knows its kind, in this version, to have no namespace."""
        version = f"{self.group}/{self.version}" if self.group else self.version
        return f"{version} {self.kind}" in cluster_scoped()

    @property
    def effective_namespace(self) -> str:
        return _NOT_NAMESPACED if self.cluster_scoped else self.namespace or "default"

    @property
    def gvk(self) -> tuple[str, str, str]:
        return self.group, self.version, self.kind

    def same(self, other: Id) -> bool:
        """Whether both name one resource."""
        return self.gvk == other.gvk and self.name == other.name and \
            self.effective_namespace == other.effective_namespace

    def is_selected(self, group: str = "", version: str = "", kind: str = "") -> bool:
        """Whether it is of a group, version and kind; "" is any."""
        return group in ("", self.group) and version in ("", self.version) and kind in ("", self.kind)

    def __str__(self) -> str:
        return (f"{self.kind or '[noKind]'}.{self.version or '[noVer]'}.{self.group or '[noGrp]'}/"
                f"{self.name or '[noName]'}.{self.namespace or '[noNs]'}")


class Resource:
    """One object on its way through a build. `earlier` are the (namespace, name, kind) it had, oldest first; `behavior`
    (create, merge or replace) and `needs_hash` are of generated ones. `origin` and `transformations` tell where it
    comes from and what changed it (see origins.py), where the kustomization asks for that; `blanks` are the paths of
    fields without a value."""

    def __init__(self, obj: Object, behavior: str = "", needs_hash: bool = False, blanks: Iterable[Path] = ()) -> None:
        self.blanks = list(blanks)
        self.obj, self.behavior, self.needs_hash = obj, behavior, needs_hash
        self.earlier: list[tuple[str, str, str]] = []
        self.prefixes: list[str] = []
        self.suffixes: list[str] = []
        self.origin: Object | None = None
        self.transformations: list[Object] = []

    @property
    def meta(self) -> Object:
        meta: Object = self.obj.setdefault("metadata", {})
        return meta

    name = property(lambda self: scalar_text(self.meta.get("name")))
    namespace = property(lambda self: scalar_text(self.meta.get("namespace")))
    kind = property(lambda self: scalar_text(self.obj.get("kind")))
    api_version = property(lambda self: scalar_text(self.obj.get("apiVersion")))

    @property
    def id(self) -> Id:
        return Id(self.api_version, self.kind, self.name, self.namespace)

    @property
    def earlier_ids(self) -> list[Id]:
        return [Id(self.api_version, kind, name, namespace) for namespace, name, kind in self.earlier]

    @property
    def original_id(self) -> Id:
        return self.earlier_ids[0] if self.earlier else self.id

    @property
    def all_ids(self) -> list[Id]:
        return [*self.earlier_ids, self.id]

    @property
    def file_name(self) -> str:
        """Its file in an output directory."""
        group = self.id.group
        parts = [self.namespace, *([group] if group else []), self.id.version, self.kind, self.name]
        return "_".join(part for part in parts if part).lower() + ".yaml"

    def remember(self) -> None:
        """Note what it is called now, before that changes."""
        identity = self.id
        self.earlier.append((identity.effective_namespace, identity.name, identity.kind))

    @property
    def noted(self) -> Object:
        """The object with the annotations that kustomize notes earlier names in."""
        notes = {f"internal.config.kubernetes.io/previous{field}": ",".join(earlier[place] for earlier in self.earlier)
                 for field, place in (("Kinds", 2), ("Names", 1), ("Namespaces", 0))}
        meta = {**self.meta, "annotations": {**(self.meta.get("annotations") or {}), **notes}}
        return {**self.obj, "metadata": meta}

    def with_notes(self) -> str:
        """What `noted` is, as JSON."""
        import json

        return json.dumps(self.noted, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def tidy_annotations(self) -> None:
        """Kustomize writes annotations anew once its notes are out: all of them are texts, and an empty map goes."""
        self.drop_empty_annotations()
        found = self.meta.get("annotations")
        if isinstance(found, dict):
            self.meta["annotations"] = {key: scalar_text(value) for key, value in found.items()}

    def drop_empty_annotations(self) -> None:
        """Kustomize keeps notes in annotations; taking them out again leaves no empty map behind."""
        if "annotations" in self.meta and not self.meta["annotations"]:
            del self.meta["annotations"]

    def set_name(self, name: str) -> None:
        self.meta["name"] = name

    def set_namespace(self, namespace: str) -> None:
        if namespace:
            self.meta["namespace"] = namespace
        else:
            self.meta.pop("namespace", None)


class ResourceSet(list[Resource]):
    """Resources in their order, no two with one id. `specs` are the fields that transformers visit (see fieldpaths)."""

    def __init__(self) -> None:
        super().__init__()
        self.specs = defaults()

    def add(self, res: Resource) -> None:
        identity = res.id
        if any(other.id.same(identity) for other in self):
            raise Failure(f"may not add resource with an already registered id: {identity}")
        self.append(res)

    def add_all(self, others: Iterable[Resource]) -> None:
        if isinstance(others, ResourceSet):
            self.specs = merged(self.specs, others.specs)
        for res in others:
            self.add(res)

    def by_any_id(self, matches: Callable[[Id], bool]) -> list[Resource]:
        """Return those that `matches(id)` under any name they have or had."""
        return [res for res in self if any(map(matches, res.all_ids))]

    def absorb(self, res: Resource) -> None:
        """Take a generated resource in, which may merge with or replace one that is there."""
        identity = res.id
        found = self.by_any_id(identity.same)
        if not found:
            if res.behavior in ("merge", "replace"):
                raise Failure(f"id {_go(identity)} does not exist; cannot merge or replace")
            self.add(res)
            return
        if len(found) > 1:
            raise Failure(f"found multiple objects {[str(r.id) for r in found]} that could accept merge of {identity}")
        old = found[0]
        if res.behavior not in ("merge", "replace"):
            raise Failure(f"id {_go(identity)} exists; can not use behavior: '{res.behavior or 'unspecified'}', "
                          "behavior must be merge or replace")
        origin = old.origin if res.behavior == "merge" else None
        _inherit(res, old)
        res.origin = origin or res.origin
        if res.behavior == "merge":
            for field in ("data", "binaryData"):
                merged = {**(old.obj.get(field) or {}), **(res.obj.get(field) or {})}
                if merged:
                    res.obj[field] = dict(sorted(merged.items()))
        self[self.index(old)] = res

    def target_of(self, patch: Resource) -> Resource:
        """Return the one resource that a patch names. Raises Failure."""
        identity = patch.original_id
        found = self.by_any_id(identity.same)
        if len(found) != 1:
            why = "multiple" if found else "no"
            raise Failure(f"{why} matches for Id {identity}; failed to find unique target for patch {identity}")
        return found[0]

    def select(self, selector: Object) -> list[Resource]:
        """Return what a selector of patches picks: regular expressions for group, version, kind, name and namespace,
        labelSelector and annotationSelector."""
        try:
            return [res for res in self if self._selected(res, selector)]
        except Failure as error:
            group, version = selector.get("group") or "", selector.get("version") or ""
            told = Id(f"{group}/{version}" if group else version, selector.get("kind") or "",
                      selector.get("name") or "", selector.get("namespace") or "")
            told_fully = f"{told}:a={selector.get('annotationSelector', '')}:l={selector.get('labelSelector', '')}"
            raise Failure(f'unable to find patch target "{told_fully}" in `resources`: {error}') from None

    def _selected(self, res: Resource, selector: Object) -> bool:
        now, first = res.id, res.original_id
        return (
            any(matches(selector, "namespace", i.effective_namespace) for i in (first, now))
            and any(matches(selector, "name", i.name) for i in (first, now))
            and matches_gvk(selector, now) and matches_selectors(selector, res.obj))


def matches(selector: Object, field: str, text: str) -> bool:
    """Whether a selector's regular expression for a field, if there is one, is that of all of `text`."""
    import re

    pattern = selector.get(field)
    if not pattern:
        return True
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error as error:
        raise Failure(f"error parsing regexp: {error}") from None


def matches_gvk(selector: Object, identity: Id) -> bool:
    return matches(selector, "group", identity.group) and matches(selector, "version", identity.version) and \
        matches(selector, "kind", identity.kind)


def matches_selectors(selector: Object, obj: Object) -> bool:
    """Whether an object's labels and annotations are those that labelSelector and annotationSelector ask for."""
    from ...machinery import selectors

    meta = obj.get("metadata") or {}
    for field, values in (("labelSelector", meta.get("labels")), ("annotationSelector", meta.get("annotations"))):
        text = selector.get(field)
        try:
            if text and not selectors.matches(selectors.parse(text), values or {}):
                return False
        except ValueError as error:
            raise Failure(str(error)) from None
    return True


def _go(identity: Id) -> str:
    """An id as Go's %#v prints it."""
    scoped = "true" if identity.cluster_scoped else "false"
    return (f'resid.ResId{{Gvk:resid.Gvk{{Group:"{identity.group}", Version:"{identity.version}", '
            f'Kind:"{identity.kind}", isClusterScoped:{scoped}}}, Name:"{identity.name}", '
            f'Namespace:"{identity.namespace}"}}')


def _inherit(res: Resource, old: Resource) -> None:
    """Give a resource that takes another's place its name, and its labels and annotations where it has no own."""
    for field in ("labels", "annotations"):
        merged = {**(old.meta.get(field) or {}), **(res.meta.get(field) or {})}
        if merged:
            res.meta[field] = merged
    res.set_name(old.name)
    res.set_namespace(old.namespace)
    res.earlier, res.prefixes, res.suffixes = list(old.earlier), list(old.prefixes), list(old.suffixes)
    res.transformations = res.transformations or list(old.transformations)
    res.needs_hash = res.needs_hash and old.needs_hash


class Malformed(Failure):
    """A file that is no YAML."""


class RepeatedKey(Exception):
    """A mapping with a key twice, which kustomize sees only when it writes the object."""


def parse(data: bytes | str, what: str) -> list[Resource]:
    """Return the resources in a text of YAML documents, lists taken apart; `what` is the file's name. Raises Failure.
    """
    from ..resource.manifests import values

    try:
        objects = list(values(data, what, version3=True, texts=_ANNOTATIONS, blank=_BLANK))
    except Failure as error:
        _, converting, problem = str(error).partition("error converting YAML to JSON: ")
        if problem.startswith("yaml: unmarshal errors:"):
            raise RepeatedKey(problem) from None
        if not converting:
            raise
        raise Malformed(f"MalformedYAMLError: {problem} in File: {what}") from None
    found = []
    for read in objects:
        obj, blanks = _filled(read)
        if not obj:
            continue
        _check(obj)
        if scalar_text(obj.get("kind")).endswith("List") and "items" in obj:
            for item in obj["items"] or ():
                _check(item)
                found.append(Resource(clone(item)))
        else:
            found.append(Resource(obj, blanks=blanks))
    return found


def _filled(read: Json) -> tuple[Json, list[Path]]:
    """Return a value with null where nothing is written, and the paths of these."""
    blanks: list[Path] = []

    def fill(value: Json, path: Path) -> Json:
        if isinstance(value, dict):
            return {key: fill(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [fill(item, (*path, at)) for at, item in enumerate(value)]
        if value is _BLANK:
            blanks.append(path)
            return None
        return value

    return fill(read, ()), blanks


def _check(obj: Json) -> None:
    if not isinstance(obj, dict):
        raise Failure("missing Resource metadata")
    meta = obj.get("metadata")
    kind, api_version = scalar_text(obj.get("kind")), scalar_text(obj.get("apiVersion"))
    if kind.endswith("List"):
        return
    name = scalar_text(meta.get("name")) if isinstance(meta, dict) else ""
    shown = f"{{{{{api_version} {kind}}} {{{{{name or ''} }} map[] map[]}}}}"
    if not kind:
        raise Failure(f"missing kind in object {shown}" if name else "missing Resource metadata")
    if not name:
        raise Failure(f"missing metadata.name in object {shown}")
