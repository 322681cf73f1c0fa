"""Where resources come from and what has changed them: buildMetadata's originAnnotations and transformerAnnotations.

An origin is a dict with `path`, or with `configuredIn` and `configuredBy`; paths are as seen from the directory that is
built (api/resource/origin.go). Nothing is noted unless the kustomization that is built has any buildMetadata.
"""

from __future__ import annotations

import posixpath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Object
    from .resources import Resource, ResourceSet

_ORIGIN, _TRANSFORMATIONS = "config.kubernetes.io/origin", "alpha.config.kubernetes.io/transformations"


def below(place: str | None, path: str) -> str | None:
    """Return a path that is told from the directory at `place`; None where nothing is noted."""
    return None if place is None else posixpath.normpath(posixpath.join(place, path))


def of_file(resources: Iterable[Resource], place: str | None, path: str) -> None:
    """Note the file that resources come from."""
    if place is not None:
        for res in resources:
            res.origin = {"path": below(place, path)}


def builtin(place: str | None, file: str, kind: str) -> Object | None:
    """Return the origin of what a field of a kustomization file stands for."""
    if place is None:
        return None
    return {"configuredIn": below(place, file), "configuredBy": {"apiVersion": "builtin", "kind": kind}}


def plugin(res: Resource) -> Object | None:
    """Return the origin of what a resource that configures a plugin does."""
    if res.origin is None:
        return None
    by = {"apiVersion": res.api_version, "kind": res.kind, "name": res.name, "namespace": res.namespace}
    return {"configuredIn": res.origin["path"], "configuredBy": {key: value for key, value in by.items() if value}}


def made(resources: Iterable[Resource], by: Object | None) -> None:
    """Note which generator made resources."""
    for res in resources:
        res.origin = res.origin or by


def changed(resources: ResourceSet, by: Object | None) -> None:
    """Note a transformer that has gone over all resources; those of no origin are its own."""
    for res in resources if by is not None else ():
        if res.origin is None:
            res.origin = by
        elif by is not None:
            res.transformations.append(by)


def annotate(resources: ResourceSet, wanted: Iterable[str]) -> None:
    """Write what was noted into annotations, as buildMetadata asks."""
    for res in resources:
        notes = {}
        if "transformerAnnotations" in wanted and res.transformations:
            notes[_TRANSFORMATIONS] = "".join(map(_item, res.transformations))
        if "originAnnotations" in wanted and res.origin:
            notes[_ORIGIN] = _text(res.origin)
        if notes:
            res.meta["annotations"] = dict(sorted({**(res.meta.get("annotations") or {}), **notes}.items()))


def _text(origin: Object) -> str:
    """An origin as YAML, its fields in the order of their type."""
    from ..printers.yaml import dump

    return "".join(dump({key: value}) for key, value in origin.items())


def _item(origin: Object) -> str:
    return "- " + _text(origin).rstrip("\n").replace("\n", "\n  ") + "\n"
