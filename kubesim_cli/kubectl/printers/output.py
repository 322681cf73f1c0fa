"""Choosing the printer for -o and --template."""

from __future__ import annotations

from ...releases import NEWEST
from ...releases.kubectl import does
from . import (
    COLUMN_FORMATS,
    FORMATS,
    JSON_PATH_FORMATS,
    TEMPLATE_FORMATS,
    Printer,
    PrinterError,
    read_file,
    without_managed_fields,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...machinery.files import Files
    from ...machinery.types import Object, Release
    from .json import Order


def for_output(output: str, *, template: str = "", allow_missing_template_keys: bool = True,
               show_managed_fields: bool = False, no_headers: bool = False, allowed: tuple[str, ...] = FORMATS,
               release: Release = NEWEST, order: Order = sorted, files: Files | None = None) -> Printer:
    """Return the printer for -o (`json`, `jsonpath={.kind}`) and --template; PrinterError where there is none.

    `allowed` are the formats the verb knows (`GET_FORMATS` for get, which prints tables itself: `wide` is only named
    in the error). `no_headers` is for custom columns, `order` is that of `json.dump`: `list` for objects in the shape
    of their Go types, `files` where those of templates are, if not on this machine.
    Source: cli-runtime/pkg/genericclioptions/*_flags.go.
    """
    allowed = tuple(f for f in allowed if f != "kyaml" or does("KYAML", release))
    wanted = output or ("go-template" if template else "")
    plain = wanted.lower()
    if plain in ("json", "yaml", "kyaml") and plain in allowed:
        return _Serializer(plain, show_managed_fields, order)
    if plain == "name" and plain in allowed:
        return _Names()
    format_, _, value = (wanted, "", template) if template else wanted.partition("=")
    if format_ in allowed:
        if format_ in JSON_PATH_FORMATS:
            from .jsonpath import JSONPathPrinter

            return JSONPathPrinter(_template(format_, value, files), allow_missing_template_keys,
                                   format_ == "jsonpath-as-json", typed=order is list)
        if format_ in TEMPLATE_FORMATS:
            from .gotemplate import GoTemplatePrinter

            return GoTemplatePrinter(_template(format_, value, files), allow_missing_template_keys,
                                     does("TemplatesRangeInts", release))
        if format_ in COLUMN_FORMATS:
            from .customcolumns import for_spec

            return for_spec(format_, value, no_headers, files)
    from ...go.fmt import quote

    raise PrinterError(f"unable to match a printer suitable for the output format {quote(output)}, "
                       f"allowed formats are: {','.join(sorted(allowed))}")


def _template(format_: str, value: str, files: Files | None) -> str:
    if not value:
        raise PrinterError("template format specified but no template given")
    return read_file(value, "error reading --template", files) if format_.endswith("file") else value


class _Serializer(Printer):
    KEPT = ("count",)

    def __init__(self, format_: str, show_managed_fields: bool, order: Order) -> None:
        self.format, self.show_managed_fields, self.order = format_, show_managed_fields, order
        self.count = 0

    def print_obj(self, obj: Object) -> str:
        return "".join(self.pieces(obj))

    def pieces(self, obj: Object) -> Iterator[str]:
        if not self.show_managed_fields:
            obj = without_managed_fields(obj)
        if self.format == "json":
            from . import json

            yield from json.pieces(obj, order=self.order)
            yield "\n"
        elif self.format == "kyaml":
            from . import kyaml

            yield kyaml.dump(obj, order=self.order)
        else:
            from . import yaml

            self.count += 1
            if self.count > 1:
                yield "---\n"
            yield from yaml.pieces(obj)


class _Names(Printer):
    def print_obj(self, obj: Object) -> str:
        from .name import name_of

        if type(obj.get("items")) is list:
            return "".join([name_of(item) + "\n" for item in obj["items"]])
        return name_of(obj) + "\n"
