"""Fields that a transformer visits: paths such as `spec/template/spec/containers[]/image` (api/filters/fieldspec).

fieldspecs.json holds the paths of every transformer (api/internal/konfig/builtinpluginconsts).
hack/update_kustomize_fieldspecs.py renews it.
"""

from __future__ import annotations

from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Json, Object
    from .resources import Id

_specs: dict[str, list[Json]] = {}
_cluster_scoped: set[str] = set()


def defaults() -> dict[str, list[Json]]:
    """Return every transformer's field specs: path, group, version, kind ("" or missing is any) and create.

    Those of `nameReference` are group, version and kind of what is named, and `referrers` with paths.
    """
    if not _specs:
        import json
        import os

        with open(os.path.join(os.path.dirname(__file__), "fieldspecs.json"), encoding="utf-8") as file:
            _specs.update(json.load(file))
        del _specs["_source"]
        _cluster_scoped.update(_specs.pop("clusterScoped"))
        _specs.update((name, [{"path": "metadata/name"}]) for name in ("namePrefix", "nameSuffix"))
    return _specs


def cluster_scoped() -> set[str]:
    """Return `apiVersion kind` of what has no namespace, as far as kustomize knows."""
    defaults()
    return _cluster_scoped


def merged(specs: dict[str, list[Json]], more: dict[str, list[Json]]) -> dict[str, list[Json]]:
    """Return `specs` with what `more` has beyond them."""
    if specs is more:
        return specs
    return {name: [*known, *(spec for spec in more.get(name, ()) if spec not in known)]
            for name, known in specs.items()}


def preferred(specs: dict[str, list[Json]], more: dict[str, list[Json]]) -> dict[str, list[Json]]:
    """Return `more` with those of `specs` beyond it: one that is about a kind in `more`, too, and has the same path, is
    left out (TransformerConfig.Merge)."""
    found = merged(specs, more)
    for name, own in more.items():
        if name != "nameReference" and own:
            found[name] = [*own, *(spec for spec in specs.get(name, ()) if spec not in own
                                   and not any(_covers(spec, other) for other in own))]
    return found


def _covers(spec: Object, other: Object) -> bool:
    return spec.get("path") == other.get("path") and all(
        spec.get(field, "") in ("", other.get(field, "")) for field in ("group", "version", "kind"))


def configured(config: Object) -> dict[str, list[Json]]:
    """Return the specs in a file of `configurations` (TransformerConfig)."""
    found = {name: config.get(name) or [] for name in _specs if name != "nameReference"}
    found["nameReference"] = [
        {**{key: value for key, value in entry.items() if key != "fieldSpecs"},
         "referrers": [{**spec, "paths": [spec.get("path", "")]} for spec in entry.get("fieldSpecs") or ()]}
        for entry in config.get("nameReference") or ()]
    return found


def applies(spec: Object, identity: Id) -> bool:
    """Whether a spec is about resources such as this."""
    return identity.is_selected(spec.get("group", ""), spec.get("version", ""), spec.get("kind", ""))


def split(path: str) -> list[str]:
    """Split at slashes; `\\/` is a slash in a name. A slash at the start says nothing (utils.PathSplitter)."""
    return [part.replace("\0", "/") for part in path.replace("\\/", "\0").removeprefix("/").split("/")]


def visit(node: Json, path: list[str], change: Callable[[Json], Json], create: Json = None) -> None:
    """Call `change(value)` for the value at a path in every list on the way, and set what it returns.

    `create` is the value to begin with where the field is missing; None: a missing field is left alone. Raises Failure,
    also for one that `change` raises: its text tells of the lists that lead there (fieldspec.Filter).
    """
    if isinstance(node, list):
        for item in node:
            try:
                visit(item, path, change, create)
            except Failure as error:
                raise Failure(f"visit traversal on path: [{' '.join(path)}]: {error}") from None
        return
    if node is None:
        return
    if not isinstance(node, dict):
        raise Failure("expected sequence or mapping node")
    name = path[0].removesuffix("[]")
    of_list = name != path[0]
    value = node.get(name)
    if len(path) == 1:
        if value is None and create is not None and not of_list:
            value = type(create)(create)
        if value is not None:
            node[name] = change(value)
        return
    if value is None:
        if create is None or of_list:
            return
        value = node[name] = {}
    visit(value, path[1:], change, create)
