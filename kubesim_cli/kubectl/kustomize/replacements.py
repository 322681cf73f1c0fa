"""replacements: values copied from one resource into others (api/filters/replacement)."""

from __future__ import annotations

from ...machinery.objects import clone
from ..failures import Failure
from .patches import misconfigured
from .resources import Id, Resource, ResourceSet, matches, matches_gvk, matches_selectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ...machinery.types import Json, Object
    from .loader import Loader


def replace(resources: ResourceSet, entries: Iterable[Json], loader: Loader) -> None:
    """Carry out replacements, each with source (or sourceValue) and targets, or the path of a file of such."""
    loaded = []
    for entry in entries:
        try:
            loaded.append(_loaded(entry, loader))
        except Failure as error:
            raise misconfigured("ReplacementTransformer", {"Replacements": list(entries)}, str(error)) from None
    for found in loaded:
        for replacement in found:
            source, value = replacement.get("source"), replacement.get("sourceValue")
            if (source is None and value is None) or not replacement.get("targets"):
                raise Failure("replacements must specify a source and at least one target")
            if source is not None and value is not None:
                raise Failure("value and resource selectors are mutually exclusive")
            if source is not None:
                value = _source_value(resources, source)
            for target in replacement["targets"]:
                _set_in_targets(resources, value, target or {})


def _loaded(entry: Object, loader: Loader) -> list[Object]:
    if not entry.get("path"):
        return [entry]
    if entry.get("source") or entry.get("targets"):
        raise Failure("cannot specify both path and inline replacement")
    from ...go.yaml import YamlError, load

    try:
        content = load(loader.load(entry["path"]).decode("utf-8", "replace"))
    except YamlError as error:
        raise Failure(f"error converting YAML to JSON: {error}") from None
    return content if isinstance(content, list) else [content]


def _source_value(resources: ResourceSet, source: Object) -> Json:
    found = [res for res in resources if any(_is(identity, source) for identity in res.all_ids)]
    if len(found) > 1:
        raise Failure(f"multiple matches for selector {_told(source)}")
    if not found:
        raise Failure(f"nothing selected by {_told(source)}")
    path = source.get("fieldPath") or "metadata.name"
    value = _lookup(found[0].obj, [step.strip() for step in split(path) if step.strip()])  # cleanPath
    if value is None or value in ({}, []):
        raise Failure(f"fieldPath `{path}` is missing for replacement source {_source_id(source)}")
    return _part(value, source.get("options") or {})


def _lookup(node: Json, path: list[str]) -> Json:
    """Return the one value at a path of a source, None where there is none (PathGetter)."""
    if "*" in path:
        raise Failure("error looking up replacement source: wildcard is not supported in PathGetter")
    try:
        places = _places(node, path, None, lambda value, wanted: _text(value) == wanted)
    except IndexError:
        return None
    return places[0][0][places[0][1]] if places else None


def _is(identity: Id, selector: Object) -> bool:
    namespace = selector.get("namespace") or ""
    wanted = Id("", identity.kind, "", namespace)
    wanted.group = identity.group
    return (selector.get("name") in (None, "", identity.name)
            and (not namespace or wanted.effective_namespace == identity.effective_namespace)
            and identity.is_selected(selector.get("group") or "", selector.get("version") or "",
                                     selector.get("kind") or ""))


def _source_id(source: Object) -> Id:
    version = source.get("version") or ""
    group = source.get("group") or ""
    return Id(f"{group}/{version}" if group else version, source.get("kind") or "", source.get("name") or "",
              source.get("namespace") or "")


def _told(source: Object) -> str:
    path = source.get("fieldPath")
    return f"{_source_id(source)}:{path}" if path else str(_source_id(source))


def _part(value: Json, options: Object) -> Json:
    delimiter = options.get("delimiter")
    if not delimiter:
        return value
    if isinstance(value, (dict, list)):
        raise Failure("delimiter option can only be used with scalar nodes")
    parts = str(value).split(delimiter)
    index = options.get("index", 0)
    if not 0 <= index < len(parts):
        raise Failure(f"options.index {index} is out of bounds for value {value}")
    return parts[index]


def _set_in_targets(resources: ResourceSet, value: Json, target: Object) -> None:
    selector = target.get("select")
    if selector is None:
        raise Failure("target must specify resources to select")
    for res in resources:
        if _targeted(res, selector, target.get("reject") or ()):
            for path in target.get("fieldPaths") or ("metadata.name",):
                _set(res, path, value, target.get("options") or {})


def _targeted(res: Resource, selector: Object, rejects: Iterable[Json]) -> bool:
    if not matches_selectors(selector, res.obj):
        return False
    for reject in rejects:
        if (reject.get("labelSelector") or reject.get("annotationSelector")) and matches_selectors(reject, res.obj):
            return False
        named = any(reject.get(field) for field in ("group", "version", "kind", "name", "namespace"))
        if named and any(_matches(reject, identity) for identity in res.all_ids):
            return False
    return any(_matches(selector, identity) for identity in res.all_ids)


def _matches(selector: Object, identity: Id) -> bool:
    return (matches_gvk(selector, identity) and matches(selector, "name", identity.name)
            and matches(selector, "namespace", identity.namespace))


def _set(res: Resource, path: str, value: Json, options: Object) -> None:
    from ...go import regexp

    if _set_inside_text(res.obj, split(path), value):
        return
    create = None
    if options.get("create"):
        create = clone(value) if isinstance(value, (dict, list)) else _New()
    what = "find or create" if create is not None else "find"
    try:
        places = _places(res.obj, split(path), create,
                         lambda value, pattern: regexp.compile(pattern).matches(_text(value)))
    except (IndexError, ValueError) as error:
        raise Failure(f'unable to {what} field "{path}" in replacement target: {error}') from None
    if not places:
        raise Failure(f'unable to {what} field "{path}" in replacement target')
    for holder, key in places:
        holder[key] = _replaced(holder[key], value, options)


class _New(str):
    """A scalar that was made for a replacement: it has no type yet, and what it gets is read as if it were plain."""


def _set_inside_text(obj: Object, path: list[str], value: Json) -> bool:
    """Set what a path leads to inside a text of JSON or YAML; False where it leads into none."""
    from ...go.yaml import YamlError, load
    from ..printers.json import dump
    from .resources import shown

    holder: Json = obj
    for at, step in enumerate(path[:-1]):
        if not isinstance(holder, dict) or step not in holder:
            return False
        text = holder[step]
        if not isinstance(text, str):
            holder = text
            continue
        try:
            inner = load(text)
        except YamlError:
            return False
        try:
            places = _places(inner, path[at + 1:], None, lambda item, wanted: _text(item) == wanted)
        except IndexError:
            return False
        for owner, key in places:
            owner[key] = _like(owner[key], clone(value))
        if not places:
            return False
        if text.lstrip()[:1] in ("{", "["):
            pretty = "\n" in text and "  " in text
            holder[step] = dump(inner, 2 if pretty else 0).rstrip("\n")
        else:
            holder[step] = shown(inner).strip()
        return True
    return False


def _replaced(old: Json, value: Json, options: Object) -> Json:
    delimiter = options.get("delimiter")
    if isinstance(old, _New):
        return _plain(_joined("", value, options) if delimiter else value)
    if not delimiter:
        return _like(old, clone(value))
    return _joined(old, value, options)


def _plain(value: Json) -> Json:
    """What a text is that stands in YAML without quotes."""
    from ...go.yaml import YamlError, load

    try:
        found = load(value) if isinstance(value, str) else value
    except YamlError:
        return value
    return value if isinstance(found, (dict, list)) or found is None else found


def _joined(old: Json, value: Json, options: Object) -> str:
    delimiter = options["delimiter"]
    if isinstance(old, (dict, list)):
        raise Failure("delimiter option can only be used with scalar nodes")
    parts = str(old).split(delimiter)
    index = options.get("index", 0)
    if index < 0:
        parts.insert(0, str(value))
    elif index >= len(parts):
        parts.append(str(value))
    else:
        parts[index] = str(value)
    return str(delimiter.join(parts))


def _like(old: Json, value: Json) -> Json:
    """A scalar keeps the type of the one it replaces, where it can."""
    if isinstance(value, (dict, list)) or isinstance(old, (dict, list)) or old is None:
        return value
    if isinstance(old, str):
        return _text(value)
    if isinstance(value, str) and isinstance(old, (bool, int, float)):
        from ...go.yaml import YamlError, load

        try:
            return load(value)
        except YamlError:
            return value
    return value


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def split(path: str) -> list[str]:
    """Split at dots that are not in brackets or escaped: `a.[name=x.y].b` (utils.SmarterPathSplitter). Brackets
    around a mere name are taken away, and so is a dot at the start."""
    steps, step, depth, escaped = [], "", 0, False
    for char in path:
        if escaped:
            step += char if char in ".\\" else "\\" + char
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "." and not depth:
            steps.append(step)
            step = ""
        else:
            depth += (char == "[") - (char == "]")
            step += char
    steps.append(step)
    if len(steps) > 1 and not steps[0]:
        del steps[0]
    return [part[1:-1] if part[:1] == "[" and part[-1:] == "]" and "=" not in part else part for part in steps]


def _places(node: Json, path: list[str], create: Json, same: Callable[[Json, str], bool]) -> list[tuple[Json, Json]]:
    """Return (holder, key) of every value at a path; raises IndexError for an element that a list does not have.

    `create` is what a missing field at the path's end begins with, None where it is not made; `same(value, wanted)`
    compares elements with what brackets say.
    """
    step, rest = path[0], path[1:]
    keys: list[Json]
    if isinstance(node, list):
        if create is not None and step == str(len(node)):
            node.append(_begin(create, rest))
        keys = _indexes(node, step, same)
        if not keys and create is not None and step.startswith("["):
            name, _, value = step[1:-1].partition("=")
            node.append({name: value} if name else value)
            keys = [len(node) - 1]
    elif isinstance(node, dict):
        if step == "*":
            keys = list(node)
        else:
            if step not in node and create is not None:
                node[step] = _begin(create, rest)
            keys = [step] if step in node else []
    else:
        return []
    if not rest:
        return [(node, key) for key in keys]
    return [place for key in keys for place in _places(node[key], rest, create, same)]


def _begin(create: Json, rest: list[str]) -> Json:
    if not rest:
        return create
    return [] if rest[0].startswith("[") or rest[0].isdecimal() or rest[0] == "-" else {}


def _indexes(items: list[Json], step: str, same: Callable[[Json, str], bool]) -> list[int]:
    if step == "*":
        return list(range(len(items)))
    if step == "-":
        return [len(items) - 1] if items else []
    if step.isdecimal():
        if int(step) >= len(items):
            raise IndexError(f"index {step} specified but only {len(items)} elements found")
        return [int(step)]
    name, equals, wanted = step[1:-1].partition("=")
    if not equals or step[0] + step[-1] != "[]":
        return []
    if not name:
        return [index for index, item in enumerate(items) if same(item, wanted)]
    return [index for index, item in enumerate(items)
            if isinstance(item, dict) and name in item and same(item[name], wanted)]
