"""Draw which room imports from which into docs/architecture.md, between its two `imports` markers.

    python hack/imports.py [--check]

`--check` writes nothing and fails when what stands there is not what the package has. An import counts wherever it
stands, in a function too; so does the module that a `Loop("controllers.job", ...)` names. Imports for annotations only
(`if TYPE_CHECKING:`) are arrows between rooms like any other, but make no circle: nothing runs them.
"""

from __future__ import annotations

import argparse
import ast
import pathlib
import sys
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "kubesim_cli"
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- imports:begin -->\n", "<!-- imports:end -->\n"
Graph = dict[str, set[str]]


def modules(package: pathlib.Path = PACKAGE) -> dict[str, pathlib.Path]:
    """Return the file of each module of a package, by its name below the package: `go.fmt`, `kubectl.get`, `main`."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: pathlib.Path, package: pathlib.Path = PACKAGE, annotations: bool = True) -> Iterator[str]:
    """Yield the modules of the package that a file imports, by their names below it ("" is the package itself).

    `annotations`: also those for annotations only.
    """
    where = path.relative_to(package).parts[:-1]
    for node in _nodes(ast.parse(path.read_text(encoding="utf-8")), annotations):
        if isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [package.name, *where][:len(where) + 2 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names = [(module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Loop":
            loop = node.args[0]
            assert isinstance(loop, ast.Constant), f"{path}: a Loop's module is a string"
            names = [(f"{package.name}.{loop.value!s}", "")]
        else:
            continue
        for module, name in names:
            if module.split(".")[0] == package.name:
                below = module.split(".")[1:]
                inner = [*below, name] if name and _is_module(package.joinpath(*below, name)) else below
                yield ".".join(inner)


def _nodes(node: ast.AST, annotations: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if annotations or not (isinstance(child, ast.If) and isinstance(child.test, ast.Name)
                               and child.test.id == "TYPE_CHECKING"):
            yield child
            yield from _nodes(child, annotations)


def _is_module(path: pathlib.Path) -> bool:
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def graph(package: pathlib.Path = PACKAGE, annotations: bool = True) -> Graph:
    """Return the modules that each module imports, itself left out."""
    known = modules(package)
    return {name: {target for target in imports(path, package, annotations) if target in known} - {name, ""}
            for name, path in known.items()}


def rooms(arrows: Graph) -> Graph:
    """Return the rooms that each room imports from."""
    found: Graph = {}
    for module, targets in arrows.items():
        room = module.partition(".")[0]
        found.setdefault(room, set()).update({target.partition(".")[0] for target in targets} - {room})
    return {room: targets for room, targets in found.items() if room not in ("", "__main__")}


def circles(arrows: Graph) -> list[list[str]]:
    """Return the sets of modules that import each other, directly or not (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for target in sorted(arrows[module]):
            if target not in order:
                visit(target)
            if target in stack:
                lowest[module] = min(lowest[module], lowest[target])
        if lowest[module] == order[module]:
            at = stack.index(module)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for module in sorted(arrows):
        if module not in order:
            visit(module)
    return sorted(found)


def floors(arrows: Graph) -> list[str]:
    """Return the rooms from the top one down: each above all that it imports from. Raises ValueError for a circle."""
    left = dict(arrows)
    found: list[str] = []
    while left:
        free = [room for room, targets in sorted(left.items()) if not targets & set(left)]
        if not free:
            raise ValueError(f"rooms import each other: {', '.join(circles(left)[0])}")
        found[:0] = free
        for room in free:
            del left[room]
    return found


def render(package: pathlib.Path = PACKAGE) -> str:
    """Return the table, the picture and the list of circles in Markdown."""
    arrows = rooms(graph(package))
    order = floors(arrows)
    lines = ["| room | imports from |", "| --- | --- |"]
    for room in order:
        lines.append(f"| {room} | {', '.join(sorted(arrows[room], key=order.index)) or 'nothing'} |")
    lines += ["", "The picture leaves out an arrow where others lead to the same room.", "", "```mermaid",
              "flowchart TD"]
    reach: Graph = {}
    for room in reversed(order):
        reach[room] = set().union(*(reach[target] | {target} for target in arrows[room]))
    for room in order:
        direct = {target for target in arrows[room] if not any(target in reach[other] for other in arrows[room])}
        lines += [f"    {room} --> {target}" for target in sorted(direct, key=order.index)]
    lines += ["```", ""]
    around = circles(graph(package, annotations=False))
    lines.append("Modules that import each other:" if around else "No modules import each other.")
    lines += ["", *(f"- {', '.join(circle)}" for circle in around)] if around else []
    return "\n".join(lines) + "\n"


def page(text: str, drawn: str) -> str:
    """Return a page's text with `drawn` between the markers. Raises ValueError where one is missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN.strip()} and {END.strip()}")
    return f"{before}{begin}{drawn}{end}{after}"


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code: with --check 1 where the page is not current."""
    parser = argparse.ArgumentParser(description="Draw which room imports from which into docs/architecture.md.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail where the page is not current")
    options = parser.parse_args(argv)
    text = PAGE.read_text(encoding="utf-8")
    new = page(text, render())
    if options.check:
        if new != text:
            print(f"{PAGE}: not current; run python hack/imports.py", file=sys.stderr)
        return int(new != text)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
