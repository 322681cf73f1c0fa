"""kubectl explain: kinds and their fields."""

from __future__ import annotations

from .failures import Failure
from .resource.mapper import resources_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..machinery.discovery import Resource
    from .context import Context

_NO_DESCRIPTIONS = ("Descriptions of built-in kinds are missing: they come with the library kubernetes-validate "
                    "(pip install 'kubesim-cli[explain]').\n")


def run(ctx: Context) -> None:
    """kubectl explain TYPE[.FIELD...] [--recursive [--max-depth=N]] [--api-version=VERSION] (pkg/cmd/explain)."""
    flags, args = ctx.flags, ctx.args
    if not args:
        raise Failure('You must specify the type of resource to explain. Use "kubectl api-resources" for a complete '
                      "list of supported resources.\n")
    if len(args) > 1:
        raise Failure("We accept only this format: explain RESOURCE\n")
    deepest: int = flags["max-depth"]
    if deepest > 0 and not flags["recursive"]:
        raise Failure("--max-depth requires --recursive")
    if deepest < 0:
        raise Failure("--max-depth must be non-negative")
    asked = flags["api-version"]
    resource, path = _resource_and_path(ctx, args[0], bool(asked))
    group, version = _group_and_version(asked) if asked else (resource.group, resource.version)
    served = [res for res in ctx.client.discovery.resources if (res.group, res.version) == (group, version)]
    if flags["output"] == "plaintext-openapiv2":
        from .printers.explain.openapiv2 import render

        found = next((res for res in served if res.kind == resource.kind), None)
        missing = f'couldn\'t find resource for "{group}/{version}, Kind={resource.kind}"'
    else:
        from .printers.explain.plaintext import render

        name = f"{group}/{version}, Resource={resource.plural}"
        if not served:
            raise Failure(f'couldn\'t find resource for "{name}"')
        if flags["output"] != "plaintext":
            raise Failure(f"unrecognized format: {flags['output']}")
        found = next((res for res in served if res.plural == resource.plural), None)
        missing = f"error: GVR ({name}) not found in OpenAPI schema"
    if found is None:
        raise Failure(missing)
    _show(ctx, found, path, flags["recursive"], deepest, render)


def _group_and_version(text: str) -> tuple[str, str]:
    """Split `apps/v1` (schema.ParseGroupVersion)."""
    if text.count("/") > 1:
        raise Failure(f"unexpected GroupVersion string: {text}")
    group, _, version = text.rpartition("/")
    return group, version


def _resource_and_path(ctx: Context, text: str, plain: bool) -> tuple[Resource, list[Any]]:
    """Return (discovery.Resource, names of fields) of `pods.spec` or, unless `plain`, `deployments.apps.spec`."""
    type_, *path = _fields(text, "first node must be field node", 1)
    resources = resources_for(ctx, type_)
    whose = "all nodes must be field nodes" if plain else "first node must be field node"
    if not plain:
        for resource in resources:
            if text.startswith(resource.name):
                rest = text[len(resource.name):]
                return resource, _fields(rest, whose)[1:] if rest else []
    if None in path:
        raise Failure(f"invalid jsonpath syntax, {whose}")
    return resources[0], path


def _fields(text: str, complaint: str, checked: int | None = None) -> list[Any]:
    """Return the steps of a path; the first `checked` (or all but the first) have to be fields."""
    from ..machinery.jsonpath import JSONPathError, field_names

    try:
        names = field_names(text.removesuffix("."))
    except JSONPathError as error:
        raise Failure(str(error)) from None
    if None in (names[:checked] if checked else names[1:]):
        raise Failure(f"invalid jsonpath syntax, {complaint}")
    return names


def _show(ctx: Context, resource: Resource, path: list[str], recursive: bool, deepest: int, render: Any) -> None:
    from ..machinery.schema import object_meta, schema_of
    from .printers import PrinterError
    from .printers.explain import Document
    from .printers.explain.descriptions import Descriptions, installed

    folder, served = installed(), ctx.client.release
    definitions = object_meta(served).definitions.raw
    document = Document(definitions, served, Descriptions(folder, served, definitions), ctx.release)
    if resource.crd:
        version = next(v for v in resource.definition["spec"]["versions"] if v["name"] == resource.version)
        schema = document.custom((version.get("schema") or {}).get("openAPIV3Schema"))
    else:
        if folder is None:
            ctx.err(_NO_DESCRIPTIONS)
        known = schema_of(resource.api_version, resource.kind, served)
        if known is None:
            raise Failure(f"error: GVR ({resource.group}/{resource.version}, Resource={resource.plural}) not found in "
                          "OpenAPI schema")
        schema = {"$ref": known.ref}
    try:
        ctx.out(render(document, document.resolve(schema), resource.group, resource.version, resource.kind, path,
                       recursive, deepest))
    except PrinterError as error:
        ctx.out(error.output)
        raise Failure(str(error)) from None
