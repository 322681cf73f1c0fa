"""The tables of `get` and `get --watch`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.discovery import Resource
    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..printers.table import TablePrinter


def table_printer(flags: Flags, mapping: Resource, with_kind: bool, with_namespace: bool) -> TablePrinter:
    """Return the TablePrinter for one resource."""
    from ..printers.table import TablePrinter

    prefix = ""
    if with_kind:
        prefix = f"{mapping.kind.lower()}.{mapping.group}" if mapping.group else mapping.kind.lower()
    return TablePrinter(
        wide=flags["output"] == "wide", no_headers=flags["no-headers"], show_labels=flags["show-labels"],
        label_columns=flags["label-columns"], with_namespace=with_namespace,
        kind_prefix=prefix)


def plain_table(objects: list[Object], now: float) -> Object:
    """The Table that kubectl makes itself with --server-print=false: names and ages."""
    from ...machinery import duration, timestamps

    rows = []
    for obj in objects:
        meta = obj.get("metadata") or {}
        created = meta.get("creationTimestamp")
        age = duration.human(now - timestamps.parse(created)) if created else "<unknown>"
        rows.append({"cells": [meta.get("name", ""), age], "object": obj})
    return {"columnDefinitions": [{"name": "Name", "type": "string", "format": "name"},
                                  {"name": "Age", "type": "string"}], "rows": rows}
