"""How RabbitMQ's tools show lists, and what they complain of."""

from __future__ import annotations

import json
from typing import Any

Object = dict[str, Any]


class Usage(Exception):
    """A command that there is not, or that lacks arguments."""


def table(options: Object, heads: list[str], rows: list[list[str]]) -> str:
    """Return a table as the formatter that was asked for has it."""
    if options.get("formatter") == "json":
        items = [json.dumps(dict(zip(heads, row)), separators=(",", ":")) for row in rows]
        return "[" + "\n,".join(items) + "\n]\n" if rows else "[]\n"
    if options.get("formatter") == "pretty_table":
        return framed(heads, rows, "┌┬┐├┼┤└┴┘─│")
    shown = "".join("\t".join(row) + "\n" for row in rows)
    bare = "silent" in options or "no-table-headers" in options
    return shown if bare or not rows else "\t".join(heads) + "\n" + shown


def framed(heads: list[str], rows: list[list[str]], marks: str, center: bool = False) -> str:
    """Return a table in frames; `marks`: the corners and crossings by lines, then the lines themselves."""
    sizes = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]

    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join(marks[9] * (size + 2) for size in sizes) + right + "\n"

    def line(row: list[str], middle: bool = False) -> str:
        cells = [each.center(size) if middle else each.ljust(size) for each, size in zip(row, sizes)]
        return marks[10] + marks[10].join(f" {each} " for each in cells) + marks[10] + "\n"

    body = [line(row) for row in rows]
    between = "" if center else rule(*marks[3:6])
    return (
        rule(*marks[:3])
        + line(heads, center)
        + rule(*marks[3:6])
        + between.join(body)
        + (rule(*marks[6:9]) if rows else "")
    )


def arguments(words: list[str], least: int) -> list[str]:
    """Return a command's arguments; raise Usage where they are fewer than `least`."""
    if len(words) - 1 < least:
        raise Usage(f"Error (argument validation): not enough arguments.\nArguments given:\n\t{' '.join(words)}\n")
    return words[1:]


def of_queue(name: str, queue: Object, column: str, found: Object) -> str:
    """Return what a column shows of a queue; `found`: what the node has told."""
    ready, unacked = len(queue["messages"]), found["unacked"].get(name, 0)
    shown = {
        "name": name,
        "messages": ready + unacked,
        "messages_ready": ready,
        "messages_unacknowledged": unacked,
        "durable": str(queue["durable"]).lower(),
        "auto_delete": str(queue["auto_delete"]).lower(),
        "consumers": sum(each == name for _, each in found["consumers"]),
        "type": queue["type"],
        "state": "running",
        "arguments": "[]",
        "policy": "",
        "memory": 14000 + 100 * ready,
        "pid": "<rabbit.1.0>",
        "vhost": "/",
    }
    if column not in shown:
        raise Usage(f"Error (argument validation): Info key `{column}` not supported\n")
    return str(shown[column])
