"""What a kustomization changes in all its resources: namespace, names, labels, annotations, replicas and images.

Behaviour: api/filters and api/internal/builtins of kustomize.
"""

from __future__ import annotations

from functools import partial

from ...go.fmt import quote
from ..failures import Failure
from .fieldpaths import applies, split, visit
from .resources import Resource, ResourceSet, scalar_text, wrong_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ...machinery.types import Json, Object
    from .loader import Loader
    from .resources import Id

_NAMES_KEPT = (("", "CustomResourceDefinition"), ("apiregistration.k8s.io", "APIService"), ("", "Namespace"))


def _steps(res: Resource, spec: Object, prefix: str = "") -> list[str]:
    """Return the steps of a spec's path in a resource; raises Failure where the first one names no field."""
    path = spec.get("path", "")
    steps = split(path)
    if not steps[0]:
        raise Failure(f"{prefix}considering field '{path}' of object {res.id}: cannot set or create an empty field "
                      "name")
    return steps


def set_namespace(resources: ResourceSet, namespace: str, specs: Iterable[Object], subjects: str = "",
                  unset_only: bool = False) -> None:
    """Put every resource that has a namespace into this one; a Namespace gets its name, and so do fields of specs.

    `subjects` (defaultOnly, allServiceAccounts or none) tells which of a role binding's get it; with `unset_only` what
    has one keeps it.
    """
    if not namespace:
        return
    if subjects not in ("", "defaultOnly", "allServiceAccounts", "none"):
        raise Failure(f'invalid value {quote(subjects)} for setRoleBindingSubjects: must be one of "defaultOnly", '
                      '"none" or "allServiceAccounts"')
    field, wanted = ("kind", "ServiceAccount") if subjects == "allServiceAccounts" else ("name", "default")

    def change(value: Json) -> Json:
        return value if unset_only and value else namespace

    for res in resources:
        res.remember()
        if not res.id.cluster_scoped:
            res.set_namespace(change(res.namespace))
        binding = res.kind in ("RoleBinding", "ClusterRoleBinding")
        for subject in res.obj.get("subjects") or () if binding and subjects != "none" else ():
            if subject.get(field) == wanted:
                subject["namespace"] = change(subject.get("namespace"))
        for spec in specs:
            path = spec.get("path")
            if path == "metadata/namespace" or (path == "metadata/name" and res.obj.get("apiVersion") != "v1") or (
                    path == "subjects/namespace" and binding):
                continue
            if applies(spec, res.id):
                visit(res.obj, _steps(res, spec, "namespace transformation failed: "), change,
                      "" if spec.get("create") else None)
        same = [other for other in resources if other.id.same(res.id)]
        if len(same) != 1:
            told = " ".join(other.with_notes() for other in same)
            raise Failure(f"namespace transformation produces ID conflict: [{told}]")


def add_prefix(resources: ResourceSet, prefix: str, specs: Iterable[Object]) -> None:
    """Put a prefix before what stands at the paths of the specs."""
    for res in _renamed(resources, specs, lambda value: f"{prefix}{value}") if prefix else ():
        res.prefixes.append(prefix)


def add_suffix(resources: ResourceSet, suffix: str, specs: Iterable[Object]) -> None:
    """Put a suffix behind what stands at the paths of the specs."""
    for res in _renamed(resources, specs, lambda value: f"{value}{suffix}") if suffix else ():
        res.suffixes.append(suffix)


def _renamed(resources: ResourceSet, specs: Iterable[Object], change: Callable[[str], str]) -> Iterator[Resource]:
    """Change what stands at the paths of the specs; yield each resource whose name that is, before it is changed."""
    named = [(res, spec) for res in resources for spec in specs if applies(spec, res.original_id)
             and not any(res.original_id.is_selected(group, kind=kind) for group, kind in _NAMES_KEPT)]
    for res, spec in named:
        if spec.get("path") == "metadata/name":
            yield res
            res.remember()
        visit(res.obj, _steps(res, spec), change)


def add_labels(resources: ResourceSet, labels: Iterable[Json], common: Object) -> None:
    """Add `labels` (entries with pairs, includeSelectors, includeTemplates and fields) and commonLabels."""
    for entry in labels:
        wanted = list(entry.get("fields") or ())
        if entry.get("includeSelectors"):
            wanted += resources.specs["commonLabels"]
        else:
            wanted += resources.specs["templateLabels"] if entry.get("includeTemplates") else ()
            wanted.append({"path": "metadata/labels", "create": True})
        set_entries(resources, entry.get("pairs") or {}, wanted)
    set_entries(resources, common, resources.specs["commonLabels"])


def add_annotations(resources: ResourceSet, annotations: Object) -> None:
    set_entries(resources, annotations, resources.specs["commonAnnotations"])


def set_entries(resources: ResourceSet, entries: Object, wanted: Iterable[Object]) -> None:
    """Set entries in the maps at the wanted paths."""
    entries = {key: scalar_text(value) for key, value in sorted(entries.items())}
    for res in resources if entries else ():
        for spec in wanted:
            if applies(spec, res.id):
                visit(res.obj, _steps(res, spec), lambda value: {**_map(value), **entries},
                      {} if spec.get("create") else None)


def _map(value: Json) -> Object:
    if value is not None and not isinstance(value, dict):
        raise wrong_kind("MappingNode", value)
    return value or {}


def set_replicas(resources: ResourceSet, replicas: Iterable[Json], specs: list[Json]) -> None:
    for entry in replicas:
        name, count, found = entry.get("name"), entry.get("count", 0), False
        for spec in specs:
            for res in resources.by_any_id(partial(_is_named, name, spec)):
                found = True
                visit(res.obj, _steps(res, spec), partial(_constant, count), 0)
        if not found:
            kinds = " ".join(f"{spec['kind']}.[noVer].[noGrp]" for spec in specs)
            raise Failure(f"resource with name {entry.get('name', '')} does not match a config with the following GVK "
                          f"[{kinds}]")


def _is_named(name: Json, spec: Object, identity: Id) -> bool:
    return identity.name == name and applies(spec, identity)


def _constant(value: Json, _: Json) -> Json:
    return value


def add_value(resources: ResourceSet, config: Object, loader: Loader) -> None:
    """Put one value into many fields, or into the paths that stand there (ValueAddTransformer). Raises Failure."""
    import posixpath

    from ...go.yaml import load

    value = (config.get("value") or "").strip() or posixpath.basename(loader.root)
    targets = list(config.get("targets") or ())
    if config.get("targetFilePath"):
        targets += (load(loader.load(config["targetFilePath"]).decode()) or {}).get("targets") or ()
    if not targets:
        raise Failure("must specify at least one target")
    for target in targets:
        if not target.get("fieldPath"):
            raise Failure("fieldPath cannot be empty")
        at = target.get("filePathPosition") or 0
        if at < 0:
            raise Failure(f"value of FilePathPosition ({at}) cannot be negative")
        for res in resources.select(target["selector"]) if target.get("selector") else list(resources):
            if target["fieldPath"] != "metadata/namespace":
                visit(res.obj, split(target["fieldPath"]), partial(_with_part, value, at), "")
            elif not res.id.cluster_scoped:
                res.set_namespace(value)


def _with_part(value: str, position: int, path: Json) -> str:
    """The value, or with a position a path with the value as its part there (filesys.InsertPathPart)."""
    if not position or not path:
        return value
    text = scalar_text(path)
    parts = [part for part in text.strip("/").split("/") if part]
    parts.insert(position - 1, value)
    return ("/" if text.startswith("/") else "") + "/".join(parts)


def set_images(resources: ResourceSet, images: Iterable[Json], specs: Iterable[Object]) -> None:
    """Change images wherever there are containers, and once more where the specs say, which shows where a tag gets a
    suffix."""
    for image in images:
        for res in resources:
            if res.kind == "CustomResourceDefinition":
                continue
            _set_container_images(res.obj, image)
            for spec in specs:
                if applies(spec, res.id):
                    visit(res.obj, _steps(res, spec), partial(_image, image))


def _set_container_images(node: Json, image: Object) -> None:
    if isinstance(node, list):
        for item in node:
            _set_container_images(item, image)
    elif isinstance(node, dict):
        for key, value in node.items():
            _set_container_images(value, image)
            if key in ("containers", "initContainers") and isinstance(value, list):
                for container in value:
                    if isinstance(container, dict) and isinstance(container.get("image"), str):
                        container["image"] = _image(image, container["image"])


def _image(image: Object, text: str) -> str:
    import re

    name = image.get("name") or ""
    anywhere = name.startswith("*")  # to Go, `^*` is no start of the text
    match = re.search if anywhere else re.match
    try:
        if not match(f"{name[anywhere:]}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", str(text)):
            return text
    except re.error:
        return text
    name, tag, digest = _split_image(text)
    new_tag, new_digest = image.get("newTag"), image.get("digest")
    if new_tag or new_digest:
        tag, digest = scalar_text(new_tag), new_digest or ""
    elif image.get("tagSuffix"):
        tag, digest = tag + image["tagSuffix"], ""
    return (image.get("newName") or name) + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def _split_image(text: str) -> tuple[str, str, str]:
    """Return name, tag and digest; a registry's port is part of the name."""
    name, _, digest = text.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return head + slash + last, tag, digest
