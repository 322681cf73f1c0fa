"""kubectl patch."""

from __future__ import annotations

from ..go.fmt import quote
from ..go.json import type_word
from ..machinery import errors, jsonpatch, strategic
from ..machinery.errors import StatusError
from ..machinery.objects import clone
from .failures import Failure
from .resource import builder
from .resource.files import unstructured
from .util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Json, Object
    from .context import Context
    from .resource.info import Info

_TYPES = {"json": "application/json-patch+json", "merge": "application/merge-patch+json",
          "strategic": "application/strategic-merge-patch+json"}


def run(ctx: Context) -> None:
    """kubectl patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]"""
    flags = ctx.flags
    strategy = cmdutil.dry_run(ctx)
    patch_type = _check(ctx, strategy)
    text = flags["patch"]
    if flags["patch-file"]:
        text = _read(ctx, flags["patch-file"])
    local = flags["local"]
    wrong, body = None, None
    try:
        body = _parse(text, flags["patch"], patch_type, local or strategy == "client")
    except errors.StatusError as refusal:  # the server's, which is asked for the object before
        wrong = refusal
    count = 0

    def patch(info: Info) -> None:
        nonlocal count
        count += 1
        if wrong is not None:
            raise wrong
        if local or strategy == "client":
            obj = _patched_locally(ctx, info, body, patch_type)
        else:
            obj = _send(ctx, info, body, patch_type, strategy)
        operation = "patched" if _differs(obj, info.obj) else "patched (no change)"
        if not local and strategy != "client":
            obj = _record(ctx, info, obj, strategy)
        cmdutil.printer(ctx, operation)(obj)

    builder.from_flags(ctx, ctx.args).visit(patch)
    if not count:
        raise Failure("no objects passed to patch")


def _differs(obj: Object, before: Object) -> bool:
    """Whether a patch has changed something; managed fields count where they were read (Client.managed_fields)."""
    if obj != before and "managedFields" not in before.get("metadata", {}):
        from .printers import without_managed_fields

        obj = without_managed_fields(obj)
    return obj != before


def _check(ctx: Context, strategy: str) -> str:
    """Refuse flags that do not go together; returns the patch type."""
    flags = ctx.flags
    if flags["patch"] and flags["patch-file"]:
        raise Failure("cannot specify --patch and --patch-file together")
    if not flags["patch"] and not flags["patch-file"]:
        raise Failure("must specify --patch or --patch-file containing the contents of the patch")
    if flags["local"] and ctx.args:
        raise Failure("cannot specify --local and server resources")
    if flags["local"] and strategy == "server":
        raise Failure("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
    patch_type = flags["type"].lower() or "strategic"
    if patch_type not in _TYPES:
        raise Failure(f"--type must be one of [{' '.join(_TYPES)}], not {quote(flags['type'])}")
    cmdutil.check_subresource(ctx, flags["subresource"])
    return patch_type


def _read(ctx: Context, path: str) -> str:
    try:
        return ctx.files.contents(path).decode("utf-8", "surrogateescape")
    except OSError as error:
        what = "read" if isinstance(error, IsADirectoryError) else "open"
        raise Failure(f"unable to read patch file: {what} {path}: {(error.strerror or '').lower()}") from None


def _parse(text: str, told: str, patch_type: str, local: bool) -> Json:
    """Return a patch's value. What begins with a brace is sent as it is, so it is the server that finds it wrong."""
    if text.lstrip()[:1] == "{":
        from ..go.json import JsonError, loads

        try:
            return loads(text)
        except JsonError as wrong:
            if local:
                raise Failure(_wrong_locally(str(wrong), patch_type)) from None
            raise errors.bad_request(str(wrong) if patch_type == "strategic" else f"error decoding patch: {wrong}"
                                     ) from None
    from ..go.yaml import YamlError, load

    try:
        return load(text)
    except YamlError as wrong:
        raise Failure(f"unable to parse {quote(told)}: {wrong}") from None


def _wrong_locally(problem: str, patch_type: str) -> str:
    return {"merge": "Invalid JSON Patch", "strategic": "invalid JSON document"}.get(patch_type, problem)


def _send(ctx: Context, info: Info, body: Json, patch_type: str, strategy: str) -> Object:
    flags = ctx.flags
    try:
        return ctx.client.patch(info.resource, info.name, body, patch_type, info.namespace,
                                subresource=flags["subresource"], dry_run=strategy == "server",
                                field_manager=flags["field-manager"])
    except StatusError as error:
        if error.reason != "UnsupportedMediaType":
            raise
        kind = f"{info.mapping.api_version}, Kind={info.mapping.kind}"
        if "/" not in kind:
            kind = "/" + kind
        raise Failure(f"{_TYPES[patch_type]} is not supported by {kind}: {error.message}") from None


def _record(ctx: Context, info: Info, obj: Object, strategy: str) -> Object:
    """Write the change cause that --record asks for."""
    changed = clone(obj)
    cmdutil.record(ctx, changed)
    if changed == obj:
        return obj
    return ctx.client.patch(info.resource, info.name, cmdutil.difference(ctx, obj, changed, "merge"), "merge",
                            info.namespace, dry_run=strategy == "server", field_manager=ctx.flags["field-manager"])


def _patched_locally(ctx: Context, info: Info, body: Json, patch_type: str) -> Object:
    """Return the object after a patch, without a server. Raises Failure."""
    obj: Object = clone(info.obj)
    if patch_type == "json":
        obj = _json_patched(obj, body)
    elif isinstance(body, list) and patch_type == "merge":
        raise Failure("json: cannot unmarshal array into Go value of type unstructured.detector")
    elif not isinstance(body, dict) and (patch_type == "merge" or body is not None):
        raise Failure(_wrong_locally("", patch_type))
    elif patch_type == "merge":
        obj = jsonpatch.merge(obj, body)
    else:
        obj = _merged(ctx, obj, body or {})
    try:
        return unstructured(obj)
    except ValueError as wrong:
        raise Failure(str(wrong)) from None


def _merged(ctx: Context, obj: Object, body: Object) -> Object:
    from ..machinery.schema import schema_of

    api_version, kind = obj.get("apiVersion") or "", obj["kind"]
    schema = schema_of(api_version, kind, ctx.release)
    if schema is None:
        gvk = f"{api_version if '/' in api_version else '/' + api_version}, Kind={kind}"
        raise Failure(f"strategic merge patch is not supported for {gvk} locally, try --type merge")
    try:
        return strategic.merge(obj, body, schema)
    except strategic.MergeError as wrong:
        raise Failure(str(wrong)) from None


def _json_patched(obj: Object, body: Json) -> Object:
    if body is None:
        return obj
    if not isinstance(body, list):
        raise Failure(f"json: cannot unmarshal {type_word(body)} into Go value of type jsonpatch.Patch")
    try:
        patched: Object = jsonpatch.apply(obj, body)
        return patched
    except jsonpatch.PatchError as wrong:
        _, missing, key = str(wrong).partition("doc is missing key: ")
        raise Failure(f"Object to be patched is missing field ({key})" if missing else str(wrong)) from None
