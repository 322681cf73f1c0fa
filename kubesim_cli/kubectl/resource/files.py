"""Manifests named by -f, -R and -k: which files they are, and the Infos of the objects in them (resource.Visitor)."""

from __future__ import annotations

import os

from ...go.fmt import quote
from ...machinery.files import HOST
from ...releases.kubectl import does
from ..failures import Aggregate, Failure
from .info import Info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...machinery.files import Files
    from ...machinery.types import Json, Object, Release
    from ..context import Context

_NOT_THERE = "does not exist"
_NAMES = ("name", "namespace", "generateName")
_NO_VALIDATION = "if you choose to ignore these errors, turn validation off with --validate=false"


def sources(filenames: Sequence[str], kustomize: str, recursive: bool, errors: list[Exception],
            machine: Files = HOST) -> list[File]:
    """Return what -f, -k and -R name on a machine, in their order; what cannot be is appended to `errors`."""
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
            from . import download

            try:
                download.check(name)
            except Failure as error:
                errors.append(error)
            found.append(File(name, name))
        else:
            try:
                matches = _expand_pattern(name, machine)
            except Failure as error:
                errors.append(error)
                continue
            if not matches:
                errors.append(Failure(f"the path {quote(name)} {_NOT_THERE}"))
            for path in matches:
                problem = _missing(path, machine)
                if problem:
                    errors.append(Failure(f"the path {quote(path)} {problem}"))
                    continue
                files = [path] if not machine.is_folder(path) else _walk(path, recursive, machine)
                found += [File(file, file, of_many=len(files) > 1) for file in files]
            if matches and not found and not errors:
                errors.append(Failure(f"error reading [{' '.join(matches)}]: recognized file extensions are "
                                      "[.json .yaml .yml]"))
    return [*found, Kustomization(kustomize)] if kustomize else found


def _missing(path: str, machine: Files) -> str:
    """Tell why there is nothing at a path, "" where there is (Builder.Path)."""
    try:
        machine.stat(path)
    except FileNotFoundError:
        return _NOT_THERE
    except OSError as error:
        return f"cannot be accessed: stat {path}: {(error.strerror or '').lower()}"
    except ValueError:  # a name with a NUL, as a Go string may be
        return f"cannot be accessed: stat {path}: invalid argument"
    return ""


def _expand_pattern(name: str, machine: Files) -> list[str]:
    """Return the paths that -f means: itself, or where nothing is what it matches as a pattern; raises Failure."""
    if _missing(name, machine) != _NOT_THERE:
        return [name]
    from ...go.filepath import BadPattern

    try:
        return machine.matches(name)
    except BadPattern as why:
        raise Failure(f"pattern {quote(name)} is not valid: {why}") from None


def _walk(directory: str, recursive: bool, machine: Files) -> list[str]:
    """A directory's manifests in the order of filepath.Walk."""
    files = []
    for entry in machine.names(directory):
        path = os.path.normpath(os.path.join(directory, entry))
        if machine.is_folder(path):
            files += _walk(path, recursive, machine) if recursive else []
        elif path.endswith((".json", ".yaml", ".yml")):
            files.append(path)
    return files


def _strict(ctx: Context) -> bool:
    from ..util.cmdutil import validation

    return "validate" in ctx.flags and validation(ctx.flags) == "Strict"


class File:
    """A file, `-` or a URL. `source` is what messages call it; `of_many`: one of a directory's files or of a stream."""

    def __init__(self, path: str, source: str, of_many: bool = False):
        self.path, self.source, self.of_many = path, source, of_many

    def read(self, ctx: Context) -> str | bytes:
        """Return what it holds; raises Failure."""
        if self.path == "-" or not ctx.files.is_file(self.path):
            ctx.about_to_wait()  # a pipe, or a server
        if self.path.startswith(("http://", "https://")):
            from . import download

            return download.read(self.path)
        try:
            if self.path == "-":
                return ctx.stdin().encode("utf-8", "surrogateescape")
            return ctx.files.contents(self.path)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            if error.filename:
                raise Failure(f"open {self.path}: {why}") from None
            name = "/dev/stdin" if self.path == "-" else self.path
            raise Failure(f"error parsing {self.source}: read {name}: {why}") from None

    def infos(self, ctx: Context, local: bool, validate: bool, flatten: bool,
              scheme: str = "") -> Iterator[Info | Exception]:
        """Yield an Info for each object, or a Failure where one has no resource; raises Failure where the rest
        cannot be read. See `builder.build` for the switches."""
        from . import manifests

        mixed = does("MixedJSON", ctx.release)
        for value, text in manifests.documents(self.read(ctx), self.source, mixed=mixed):
            if validate:
                self._validate(ctx, value)
            try:
                obj = decode(value, text)
                yield from self._decoded(ctx, obj, local, flatten, scheme)
            except ValueError as problem:
                yield Failure(f"unable to decode {quote(self.source)}: {problem}")

    def _decoded(self, ctx: Context, obj: Object, local: bool, flatten: bool,
                 scheme: str) -> Iterator[Info | Exception]:
        if scheme:
            obj = _of_scheme(obj, scheme, ctx.release)
        if not flatten and not local and is_list(obj) and _maps_to_resource(ctx, obj):
            raise Failure("watch is only supported on individual resources and resource collections, but a list of "
                          "resources is found")
        if not flatten or not is_list(obj):
            yield self._info(ctx, obj, local)
            return
        problems = []
        for item in obj["items"] or ():
            for found in self._item(ctx, _typed(item, obj), local, scheme):
                if isinstance(found, Failure):
                    problems.append(found)
                else:
                    yield found
        if problems:
            yield Aggregate(problems)

    def _validate(self, ctx: Context, value: Json) -> None:
        """Refuse what has no apiVersion and kind (paramVerifyingSchema). Fields are the server's to check, but for
        those of a list's items."""
        listed = isinstance(value, dict) and value.get("kind") == "List"
        items = value.get("items") if listed else [value]
        problems = [problem for item in items for problem in kind_problems(item)] if isinstance(items, list) \
            else ["invalid object to validate"]
        if listed and not problems and _strict(ctx):
            from .listvalidation import problems as wrong_fields

            problems = [problem for item in items or () for problem in wrong_fields(item, ctx.client.release)]
        if problems:
            told = problems[0] if len(problems) == 1 else "[" + ", ".join(dict.fromkeys(problems)) + "]"
            raise Failure(f"error validating {quote(self.source)}: error validating data: {told}; {_NO_VALIDATION}")

    def _item(self, ctx: Context, obj: Object, local: bool, scheme: str) -> Iterator[Info | Failure]:
        """Yield the Infos of a list's item, or a Failure; raises ValueError as `decode` does."""
        missing = next((name for name in ("kind", "apiVersion") if not _text(obj.get(name))), "")
        if not scheme and isinstance(obj.get("items"), list):
            raise Failure("*unstructured.Unstructured is not a list: no Items field in this object")
        if is_list(obj):
            for item in decode(obj)["items"] or ():
                yield from self._item(ctx, item, local, scheme)
        elif missing:
            told = "'apiVersion' is missing in 'object has no apiVersion field'" if missing == "apiVersion" else (
                "'Kind' is missing in 'object has no kind field '")
            yield Failure(f'unable to get type info from the object "*unstructured.Unstructured": Object {told}')
        else:
            obj = decode(obj)
            yield self._info(ctx, _of_scheme(obj, scheme, ctx.release) if scheme else obj, local, in_list=True)

    def _info(self, ctx: Context, obj: Object, local: bool, in_list: bool = False) -> Info | Failure:
        if obj.get("metadata") is None:
            obj = {**obj, "metadata": {}}  # so that nobody else has to think of it
        meta = obj["metadata"]
        name, namespace = meta.get("name") or "", meta.get("namespace") or ""
        if local:
            return Info(None, namespace, name, obj, self.source)
        from .discoverycache import of_object

        version = obj.get("apiVersion") or ""
        mapping = of_object(ctx, version, obj["kind"])
        if mapping is None:
            problem = f"no matches for kind {quote(obj['kind'])} in version {quote(version)}"
            if in_list:
                return Failure(f"unable to recognize {problem}")
            return Failure(f"resource mapping not found for name: {quote(name)} namespace: {quote(namespace)} from "
                           f"{quote(self.source)}: {problem}\nensure CRDs are installed first")
        return Info(mapping, namespace, name, obj, self.source)


class Kustomization(File):
    """A directory that kustomize builds."""

    def __init__(self, directory: str):
        super().__init__(directory, directory)

    def read(self, ctx: Context) -> str:
        from .. import kustomize

        return kustomize.build(ctx, self.path)


def _maps_to_resource(ctx: Context, listed: Object) -> bool:
    """Whether a list's kind is one to the REST mapper: List, and what a kind that is served is listed as."""
    from .discoverycache import of_kind

    item = listed["kind"].removesuffix("List")
    return not item or of_kind(ctx, listed.get("apiVersion") or "", item) is not None


def is_list(obj: Object) -> bool:
    """Whether an object is a list of objects (`kind: List`, `kind: PodList`)."""
    return isinstance(obj.get("items", False), (list, type(None))) and _text(obj.get("kind")).endswith("List")


def _text(value: Json) -> str:
    """Return a string, "" for all else: what Unstructured's getters make of a field."""
    return value if isinstance(value, str) else ""


def decode(value: Json, text: str = "") -> Object:
    """Return a document's object; raises ValueError as `unstructured` does, and where its metadata does not fit its
    type (metadataValidatingDecoder). kubectl lets items of lists pass that do not fit, for the server to refuse."""
    obj = unstructured(value, text)
    version = obj.get("apiVersion")
    if not isinstance(version, str) or not _plain(obj.get("metadata")):
        from ...machinery import decode as server
        from ...machinery.schema import Schema, object_meta

        meta = object_meta()
        string = {"type": "string"}
        server.decode({key: obj[key] for key in ("apiVersion", "kind", "metadata") if key in obj}, Schema(
            {"type": "object", "properties": {"apiVersion": string, "kind": string, "metadata": meta.raw}},
            meta.definitions, go_type="metadataOnlyObject"))
    return obj


def unstructured(value: Json, text: str = "") -> Object:
    """Return an object of any shape; raises ValueError where it is none or has no kind (unstructuredJSONScheme).

    `text`: the JSON that it was read from, where it was.
    """
    from ...go.json import type_word

    if not isinstance(value, dict):
        raise ValueError(f"json: cannot unmarshal {type_word(value)} into Go value of type unstructured.detector")
    items = value.get("items")
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, (dict, type(None))):
            raise ValueError(f"json: cannot unmarshal {type_word(item)} into Go value of type "
                             "map[string]interface {}")
    if items is not None and not isinstance(items, list):
        raise ValueError(f"json: cannot unmarshal {type_word(items)} into Go struct field decodeList.items of type "
                         "[]json.RawMessage")
    version, kind = value.get("apiVersion"), value.get("kind")
    if not kind or not isinstance(kind, str) or (isinstance(version, str) and version.count("/") > 1):
        raise ValueError(f"Object 'Kind' is missing in '{text or _json(value)}'")
    return value


def _plain(meta: Json) -> bool:
    """Tell metadata that is surely well-formed: strings, and maps of strings."""
    return meta is None or (isinstance(meta, dict) and all(
        isinstance(value, str) if key in _NAMES else key in ("labels", "annotations") and isinstance(value, dict)
        and all(isinstance(text, str) for text in value.values()) for key, value in meta.items()))


def _typed(item: Object, listing: Object) -> Object:
    """Return a list's item with the kind that it has from the list (a PodList holds Pods)."""
    kind, item = listing["kind"].removesuffix("List"), item or {}
    if item.get("kind") or item.get("apiVersion") or not kind:
        return item
    return {"apiVersion": listing.get("apiVersion", ""), "kind": kind, **item}


def _of_scheme(obj: Object, scheme: str, release: Release) -> Object:
    """Return an object as its Go type holds it, lists as they are; raises ValueError where a scheme has no type of it
    or where it does not fit."""
    from .scheme import fitted, unregistered

    if problem := unregistered(obj.get("apiVersion") or "", obj["kind"], scheme, release):
        raise ValueError(problem)
    return obj if is_list(obj) else fitted(obj, release)


def kind_problems(value: Json) -> list[str]:
    """Tell what an object's apiVersion and kind lack (getObjectKind)."""
    if not isinstance(value, dict):
        return ["invalid object to validate"]
    problems = [f"{name} not set" if value.get(name) is None else f"{name} isn't string type"
                for name in ("apiVersion", "kind") if not isinstance(value.get(name), str)]
    version = value.get("apiVersion")
    if isinstance(version, str) and version.count("/") > 1:
        problems.insert(0, f"unexpected GroupVersion string: {version}")
    return problems


def _json(obj: Object) -> str:
    import json

    return json.dumps(obj, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
