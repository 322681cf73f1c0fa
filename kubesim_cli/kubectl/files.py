"""Manifests named by -f, -R and -k: which files they are, and the Infos of the objects in them (resource.Visitor)."""

from __future__ import annotations

import os

from ..apiserver.field import show as quote
from .context import Failure
from .info import Info

_NO_VALIDATION = "if you choose to ignore these errors, turn validation off with --validate=false"


def sources(filenames, kustomize: str, recursive: bool, errors: list) -> list[File]:
    """Return what -f, -k and -R name, in their order; what cannot be is appended to `errors`."""
    if kustomize and filenames:
        errors.append(Failure("only one of -f or -k can be specified"))
    if kustomize and recursive:
        errors.append(Failure("the -k flag can't be used with -f or -R"))
    if errors:
        return []
    found: list[File] = []
    for name in filenames:
        if name == "-":
            if any(file.path == "-" for file in found):
                errors.append(Failure("standard input cannot be used for multiple arguments"))
            found.append(File("-", "STDIN", of_many=True))
        elif name.startswith(("http://", "https://")):
            found.append(File(name, name))
        else:
            matches = _expand_pattern(name)
            if not matches:
                errors.append(Failure(f"the path {quote(name)} does not exist"))
            for path in matches:
                files = [path] if not os.path.isdir(path) else _walk(path, recursive)
                found += [File(file, file, of_many=len(files) > 1) for file in files]
            if matches and not found and not errors:
                errors.append(Failure(f"error reading [{' '.join(matches)}]: recognized file extensions are "
                                      "[.json .yaml .yml]"))
    return [*found, Kustomization(kustomize)] if kustomize else found


def _expand_pattern(name: str) -> list[str]:
    if os.path.lexists(name):
        return [name]
    import glob

    return sorted(glob.glob(name))


def _walk(directory: str, recursive: bool) -> list[str]:
    """A directory's manifests in the order of filepath.Walk."""
    files = []
    for entry in sorted(os.listdir(directory)):
        path = os.path.normpath(os.path.join(directory, entry))
        if os.path.isdir(path):
            files += _walk(path, recursive) if recursive else []
        elif path.endswith((".json", ".yaml", ".yml")):
            files.append(path)
    return files


class File:
    """A file, `-` or a URL. `source` is what messages call it; `of_many`: one of a directory's files or of a stream."""

    def __init__(self, path: str, source: str, of_many: bool = False):
        self.path, self.source, self.of_many = path, source, of_many

    def read(self, ctx) -> str | bytes:
        if self.path == "-":
            return ctx.stdin()
        if self.path.startswith(("http://", "https://")):
            return _download(self.path)
        with open(self.path, "rb") as file:
            return file.read()

    def infos(self, ctx, local: bool, validate: bool, flatten: bool):
        """Yield an Info for each object, or a Failure where one has no resource; raises Failure where the rest
        cannot be read. See `builder.build` for the switches."""
        from . import manifests

        source = self.source
        for obj in manifests.read(self.read(ctx), source):
            missing = [f"{name} not set" for name in ("apiVersion", "kind") if not obj.get(name)]
            if validate and missing:
                told = missing[0] if len(missing) == 1 else "[" + ", ".join(missing) + "]"
                raise Failure(f"error validating {quote(source)}: error validating data: {told}; {_NO_VALIDATION}")
            if not obj.get("kind"):
                yield Failure(f"unable to decode {quote(source)}: Object 'Kind' is missing in '{_json(obj)}'")
            elif flatten and is_list(obj):
                yield from self._items(ctx, obj, local)
            else:
                yield self._info(ctx, obj, local)

    def _items(self, ctx, listing: dict, local: bool):
        for obj in listing["items"] or ():
            if is_list(obj):
                yield from self._items(ctx, obj, local)
            elif not obj.get("kind"):
                yield Failure(f"unable to decode {quote(self.source)}: Object 'Kind' is missing in "
                              f"'{_json(obj)}'")
            else:
                yield self._info(ctx, obj, local, in_list=True)

    def _info(self, ctx, obj: dict, local: bool, in_list: bool = False):
        meta = obj.get("metadata") or {}
        name, namespace = meta.get("name") or "", meta.get("namespace") or ""
        if local:
            return Info(None, namespace, name, obj, self.source)
        from .discoverycache import of_kind

        mapping = of_kind(ctx, obj.get("apiVersion", ""), obj["kind"])
        if mapping is None:
            problem = f"no matches for kind {quote(obj['kind'])} in version {quote(obj.get('apiVersion', ''))}"
            if in_list:
                return Failure(f"unable to recognize {problem}")
            return Failure(f"resource mapping not found for name: {quote(name)} namespace: {quote(namespace)} from "
                           f"{quote(self.source)}: {problem}\nensure CRDs are installed first")
        return Info(mapping, namespace, name, obj, self.source)


class Kustomization(File):
    """A directory that kustomize builds."""

    def __init__(self, directory: str):
        super().__init__(directory, directory, of_many=True)

    def read(self, ctx) -> str:
        from . import kustomize

        return kustomize.build(self.path, ctx.err)


def is_list(obj: dict) -> bool:
    """Whether an object is a list of objects (`kind: List`, `kind: PodList`)."""
    return isinstance(obj.get("items"), list) and obj.get("kind", "").endswith("List")


def _download(url: str) -> bytes:
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise Failure(f"unable to read URL {quote(url)}, server reported {error.code} {error.reason}, "
                      f"status code={error.code}") from None
    except OSError as error:
        raise Failure(f"Get {quote(url)}: {error}") from None


def _json(obj: dict) -> str:
    import json

    return json.dumps(obj, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
