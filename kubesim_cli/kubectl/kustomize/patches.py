"""patches, patchesStrategicMerge and patchesJson6902.

Strategic merge is that of kyaml (kyaml/yaml/merge2), which is not quite the API server's: in lists merged by one key,
what the patch names comes first; in those merged by several, only what is new does.
"""

from __future__ import annotations

from ...go.fmt import quote
from ...machinery import jsonpatch
from ...machinery.objects import clone
from ..failures import Failure
from .resources import Resource, ResourceSet, node_kind, parse, shown, wrong_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.schema import Schema
    from ...machinery.types import Json, Object
    from .loader import Loader
    from .resources import Path

_DELETED = object()


def apply_strategic_merge(resources: ResourceSet, entries: Iterable[Json], loader: Loader, more: str = "") -> None:
    """Apply patchesStrategicMerge: files or patches in place; `more` is a text of patches."""
    loaded = parse(more, "patch") if more else []
    for entry in entries:
        try:
            loaded += parse(entry, "patch")
        except Failure:
            try:
                loaded += parse(loader.load(entry), entry)
            except Failure as error:
                raise misconfigured("PatchStrategicMergeTransformer", {"paths": list(entries)}, str(error)) from None
    for patch in loaded:
        _merge_into(resources, [resources.target_of(patch)], patch, {})


def apply_patches(resources: ResourceSet, entries: Iterable[Json], loader: Loader) -> None:
    """Apply `patches`: path or patch, target and options each."""
    for entry in map(_filled, entries):
        text, path = (entry.get("patch") or "").strip(), entry.get("path") or ""
        if not text and not path:
            raise _misconfigured(entry, f"must specify one of patch and path in\n{shown(entry)}")
        if text and path:
            raise _misconfigured(entry, f"patch and path can't be set at the same time\n{shown(entry)}")
        source = f'[path: "{path}"]' if path else f"[patch: {quote(text)}]"
        if path:
            try:
                text = loader.load(path).decode("utf-8", "replace")
            except Failure as error:
                raise _misconfigured(entry, f"failed to get the patch file from path({path}): {error}") from None
        _apply(resources, entry, text, source)


def _apply(resources: ResourceSet, entry: Object, text: str, source: str) -> None:
    target = entry.get("target")
    if not _holds_anything(text):
        return
    operations = _operations(text)
    if operations is not None:
        if target is None:
            raise Failure(f"must specify a target for JSON patch {source}")
        for res in resources.select(target):
            res.remember()
            _json_patch(res, operations)
        return
    try:
        loaded = parse(text, "patch")
    except Failure:
        raise _misconfigured(entry, f"unable to parse SM or JSON patch from {source}") from None
    options = entry.get("options") or {}
    if target is not None:
        if len(loaded) > 1:
            raise Failure("Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set "
                          f"`patches.target` field: {source}")
        for patch in loaded:
            _merge_into(resources, resources.select(target), patch, options)
        return
    for patch in loaded:
        try:
            found = resources.target_of(patch)
        except Failure as error:
            raise Failure(f"no resource matches strategic merge patch {quote(str(patch.original_id))}: {error}"
                          ) from None
        _merge_into(resources, [found], patch, options)


def apply_json(resources: ResourceSet, entries: Iterable[Json], loader: Loader) -> None:
    """Apply patchesJson6902: target, and path or patch each. Raises Failure."""
    for entry in entries:
        target = entry.get("target") or {}
        path, text = entry.get("path") or "", entry.get("patch") or ""
        try:
            operations = _loaded_operations(target, path, text, loader)
        except Failure as error:
            config = {"jsonOp": text, "path": path, "target": target}
            raise misconfigured("PatchJson6902Transformer", config, str(error)) from None
        for res in resources.select(target):
            _json_patch(res, operations)


def _loaded_operations(target: Object, path: str, text: str, loader: Loader) -> list[Json]:
    if not target.get("name"):
        raise Failure("must specify the target name")
    if not path and not text:
        raise Failure("empty file path and empty jsonOp")
    if path and text:
        raise Failure("must specify a file path or jsonOp, not both")
    if path:
        text = loader.load(path).decode("utf-8", "replace")
        if not text:
            raise Failure(f"patch file '{path}' empty seems to be empty")
    operations = _operations(text)
    if not operations:
        raise Failure(f"patch appears to be empty; file={path}, JsonOp={text}")
    return operations


def _operations(text: str) -> list[Json] | None:
    """Return JSON patch operations, None where the text is none."""
    from ...go.yaml import YamlError, load

    try:
        value = load(text)
    except YamlError:
        return None
    return value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else None


def _holds_anything(text: str) -> bool:
    """Tell a patch from an empty text or one of comments."""
    return any(line.strip() and line.lstrip()[0] != "#" and line.strip() != "---" for line in text.splitlines())


def _json_patch(res: Resource, operations: list[Json]) -> None:
    """Apply operations; as kustomize keeps notes in annotations, these are always there to be added to."""
    meta = {**res.meta, "annotations": res.meta.get("annotations") or {}}
    try:
        res.obj = jsonpatch.apply({**res.obj, "metadata": meta}, operations)
    except jsonpatch.PatchError as error:
        raise Failure(str(error)) from None
    res.drop_empty_annotations()


def _merge_into(resources: ResourceSet, targets: list[Resource], patch: Resource, options: Object) -> None:
    from ...machinery.schema import schema_of

    for res in targets:
        name, namespace, kind = res.name, res.namespace, res.kind
        if options.get("allowNameChange") or options.get("allowKindChange"):
            res.remember()
        schema = schema_of(res.api_version, kind) or schema_of(patch.api_version, patch.kind)
        change = {**clone(patch.obj), "apiVersion": res.obj.get("apiVersion")}
        while res.blanks:
            _drop_blank(res.obj, res.blanks.pop(), schema)
        merged = _merge(res.obj, change, schema)
        if merged is _DELETED or not merged:
            resources.remove(res)
            continue
        res.obj = merged
        if not options.get("allowKindChange"):
            res.obj["kind"] = kind
        if not options.get("allowNameChange"):
            res.set_name(name)
        res.set_namespace(namespace)


def _drop_blank(value: Json, path: Path, schema: Schema | None) -> None:
    """Take out a field that has no value, as a merge does wherever it comes along: not in lists that it leaves alone.

    Nothing is done where there is no such field any more.
    """
    for part in path[:-1]:
        if isinstance(value, list) and (schema is None or "merge" not in schema.strategies):
            return
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return
        schema = schema and (schema.items if isinstance(part, int) else schema.field(str(part)))
    if isinstance(value, dict) and value.get(path[-1], path) is None:
        del value[path[-1]]


def _merge(old: Json, new: Json, schema: Schema | None) -> Json:
    """Return what a patch's value makes of a value (None: there is none); `_DELETED` where it goes."""
    if old is not None and node_kind(old) != node_kind(new):
        raise wrong_kind(node_kind(old), new)
    if isinstance(new, dict):
        return _merge_objects(old, new, schema)
    if isinstance(new, list) and schema is not None and "merge" in schema.strategies:
        return _merge_lists(old, new, schema)
    return new


def _merge_objects(old: Object | None, new: Object, schema: Schema | None) -> Json:
    directive = new.get("$patch")
    _check_directives([directive])
    if directive == "delete":
        return _DELETED
    new = {key: value for key, value in new.items() if key != "$patch"}
    merged = {} if old is None or directive == "replace" else dict(old)
    for key, value in new.items():
        if value is None:
            merged.pop(key, None)
            continue
        result = _merge(merged.get(key), value, schema.field(key) if schema else None)
        if result is _DELETED:
            merged.pop(key, None)
        else:
            merged[key] = result
    return merged


def _check_directives(directives: Iterable[Json]) -> None:
    for directive in directives:
        if directive not in (None, "delete", "merge", "replace"):
            raise Failure(f"unknown patch strategy '{directive}'")


def _merge_lists(old: list[Json] | None, new: list[Json], schema: Schema) -> Json:
    directives = [item.get("$patch") for item in new if isinstance(item, dict) and set(item) == {"$patch"}]
    _check_directives(directives)
    new = [item for item in new if not (isinstance(item, dict) and set(item) == {"$patch"})]
    if "delete" in directives:
        return _DELETED
    rest = [] if old is None or "replace" in directives else list(old)
    merged = []
    keys = schema.map_keys or ([schema.merge_key] if schema.merge_key else [])
    keys = [key for key in keys if any(isinstance(item, dict) and key in item for item in (*rest, *new))]
    for item in new:
        at = _find(rest, item, keys)
        result = _merge(rest[at] if at >= 0 else None, item, schema.items)
        if at >= 0 and len(keys) > 1 and result is not _DELETED:
            rest[at] = result
            continue
        if at >= 0:
            del rest[at]
        if result is not _DELETED:
            merged.append(result)
    return merged + rest


def _find(items: list[Json], wanted: Json, keys: Iterable[str]) -> int:
    """Return where the element of the same keys is; a key that only one of the two has is not looked at."""
    for index, item in enumerate(items):
        if not isinstance(wanted, dict) or not isinstance(item, dict):
            if item == wanted:
                return index
            continue
        common = [key for key in keys if key in item and key in wanted]
        if common and all(str(item[key]) == str(wanted[key]) for key in common):
            return index
    return -1


def _misconfigured(entry: Object, why: str) -> Failure:
    return misconfigured("PatchTransformer", entry, why)


def misconfigured(plugin: str, config: Object, why: str) -> Failure:
    """Return the failure of a part of the kustomization that does not fit together."""
    return Failure(f"trouble configuring builtin {plugin} with config: `\n{shown(_filled(config))}`: {why}")


def _filled(config: Object) -> Object:
    return {key: value for key, value in config.items() if value not in ("", None)}
