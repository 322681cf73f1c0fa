"""Golden files: what commands printed once, and have to print again."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cluster import Result


class Golden:
    """The golden files in a folder; `update`: write them."""

    def __init__(self, folder: str = "golden", update: bool | None = None):
        self.folder = folder
        self.update = bool(os.environ.get("KUBESIM_UPDATE")) if update is None else update

    def check(self, name: str, text: str) -> None:
        """Compare a text with NAME.txt, or write it there; raises AssertionError."""
        path = os.path.join(self.folder, f"{name}.txt")
        if self.update:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                file.write(text)
            return
        try:
            with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
                known = file.read().replace("\r\n", "\n")
        except FileNotFoundError:
            raise AssertionError(f"{path} is missing; pytest --kubesim-update or KUBESIM_UPDATE=1 writes it") from None
        if text != known:
            rows = difflib.unified_diff(known.splitlines(), text.splitlines(), path, "now", lineterm="")
            raise AssertionError("\n".join([f"{path} does not match", *rows]))


def transcript(ran: Iterable[tuple[str, Result]]) -> str:
    """Return commands and what came of them as one sees it on a terminal, with exit codes other than 0."""
    parts = []
    for command, result in ran:
        parts.append(f"$ {command}\n{result.stdout}{result.stderr}")
        if not parts[-1].endswith("\n"):
            parts.append("\n")
        if result.exit_code:
            parts.append(f"[exit code {result.exit_code}]\n")
    return "".join(parts)
