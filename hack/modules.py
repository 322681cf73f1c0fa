"""python hack/modules.py: writes docs/modules.md, a line on every module, which is the first of its docstring."""

from __future__ import annotations

import ast
import pathlib

ROOT = pathlib.Path(__file__).parents[1]
PAGE = ROOT / "docs" / "modules.md"
HEAD = """# Modules

Every module and what it is, as its docstring says it: `python hack/modules.py` writes this page, and a test compares
them. A name without a line has no code of its own.
"""


def first_line(path: pathlib.Path) -> str:
    """Return the first line of a module's docstring, without its last full stop."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.partition("\n\n")[0].split()).removesuffix(".")


def folders(top: pathlib.Path) -> list[pathlib.Path]:
    return sorted({path.parent for path in top.rglob("*.py")})


def page() -> str:
    """Return the text of docs/modules.md."""
    package = ROOT / "kubesim_cli"
    parts = [HEAD]
    for folder in folders(package):
        title = folder.relative_to(ROOT).as_posix() + "/"
        parts.append(f"## {title}\n")
        init = folder / "__init__.py"
        if init.exists() and first_line(init):
            parts.append(f"{first_line(init)}.\n")
        rows = [f"- `{path.name}`: {line}" for path in sorted(folder.glob("*.py"))
                if path.name != "__init__.py" and (line := first_line(path))]
        if rows:
            parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
