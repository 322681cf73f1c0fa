"""reStructuredText, with Sphinx's directives: read by docutils, which the extra `pages` brings along."""

from __future__ import annotations

import os
import re

from ..blocks import Builder
from ..model import BadPage, Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ROLE = re.compile(r":[A-Za-z][\w:.+-]*:(?=`)")
_CODE = ("code-block", "sourcecode", "code", "highlight-block", "prompt", "parsed-literal", "console")
_HOLDING = ("tabs", "tab", "tab-set", "tab-item", "group-tab", "code-tab", "seealso", "versionadded", "versionchanged",
            "deprecated", "dropdown", "details", "rubric", "only", "toctree", "collapse", "todo", "index", "contents",
            "cssclass", "grid", "card", "youtube", "image", "figure", "mermaid", "highlight", "currentmodule", "meta")
_ELSEWHERE = re.compile(r"windows|powershell|macos|mac os|homebrew", re.I)


def parse(name: str, text: str) -> Page:
    """Return the page of a reStructuredText; raises BadPage where docutils is not installed."""
    try:
        from docutils import core, nodes
    except ImportError:
        raise BadPage(name, 0, "reStructuredText needs docutils: pip install 'kubesim-cli[pages]'") from None
    _register()
    settings = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "raw_enabled": False,
                "input_encoding": "unicode", "_disable_config": True}
    tree = core.publish_doctree(_ROLE.sub("", text), settings_overrides=settings)
    page = Page(name, text)
    reader = _Reader(Builder(page), name, text.split("\n"))
    for node in tree.findall():
        if isinstance(node, nodes.comment):
            reader.comment(node.astext())
        elif isinstance(node, nodes.literal_block):
            reader.code(node)
        elif isinstance(node, (nodes.paragraph, nodes.title)):
            if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
                reader.builder.heading()
            reader.builder.prose(re.sub(r"\s+", " ", node.rawsource or node.astext()).replace("``", "`"))
        elif isinstance(node, nodes.container) and node.get("include"):
            reader.include(node["include"])
        if isinstance(node, nodes.container) and "tab" in node:
            reader.tab = node["tab"]
    return page


class _Reader:
    def __init__(self, builder: Builder, page: str, lines: list[str]):
        self.builder, self.page, self.lines = builder, page, lines
        self.place = 0  # the line up to which the source has been read
        self.tab = ""

    def _find(self, text: str) -> int:
        """Return the index of the next line of the source that holds a line of a node."""
        for place in range(self.place, len(self.lines)):
            if self.lines[place].strip() == text.strip():
                return place
        return self.place

    def comment(self, text: str) -> None:
        """Hand a comment on."""
        if text.strip().startswith("kubesim:"):
            self.builder.comment(text, next((place + 1 for place in range(self.place, len(self.lines))
                                             if text.strip().split("\n")[0] in self.lines[place]), self.place + 1))

    def code(self, node: Any) -> None:
        """Hand a literal block on."""
        text = node.astext()
        block = text.split("\n")
        first = self._find(next((line for line in block if line.strip()), ""))
        self.place = first + 1
        if self.tab and _ELSEWHERE.search(self.tab):
            return
        classes = [each for each in node.get("classes", []) if each != "code"]
        indent = self.lines[first][:len(self.lines[first]) - len(block[0].lstrip())] if block[0].strip() else ""
        self.builder.code(classes[0] if classes else "", text, first + 1, node.get("caption", ""), self.tab,
                          indent[:len(indent) - (len(block[0]) - len(block[0].lstrip()))])

    def include(self, path: str) -> None:
        """Show a file that stands beside the page, if it is there."""
        try:
            with open(os.path.join(os.path.dirname(self.page), path), encoding="utf-8") as file:
                self.builder.file(os.path.basename(path), file.read(), self.place + 1)
        except (OSError, UnicodeDecodeError):
            pass


def _register() -> None:
    """Have docutils know Sphinx's directives, as far as pages need them."""
    from docutils import nodes
    from docutils.parsers.rst import Directive, directives

    class Options(dict):  # type: ignore[type-arg]
        """Takes every option there is."""

        def __missing__(self, key: str) -> Any:
            return directives.unchanged

        def __contains__(self, key: object) -> bool:
            return True

        def __bool__(self) -> bool:
            return True

    class Code(Directive):
        has_content = True
        optional_arguments, final_argument_whitespace = 1, True
        option_spec = Options()

        def run(self) -> list[Any]:
            block = nodes.literal_block("\n".join(self.content), "\n".join(self.content))
            block["classes"] = self.arguments[:1] or [self.name] * (self.name == "console")
            block["caption"] = self.options.get("caption", "")
            return [block] if self.content else []

    class Holding(Directive):
        has_content = True
        optional_arguments, final_argument_whitespace = 1, True
        option_spec = Options()

        def run(self) -> list[Any]:
            node = nodes.container()
            if "tab" in self.name:
                node["tab"] = self.arguments[0] if self.arguments else ""
            if self.name == "code-tab":
                return [node, *Code.run(self)]
            if self.name not in ("toctree", "index", "contents", "meta", "image", "figure", "mermaid"):
                self.state.nested_parse(self.content, self.content_offset, node)
            return [node]

    class Include(Directive):
        has_content = True
        required_arguments, final_argument_whitespace = 1, True
        option_spec = Options()

        def run(self) -> list[Any]:
            node = nodes.container()
            node["include"] = self.arguments[0]
            return [node]

    for name in _CODE:
        directives.register_directive(name, Code)
    for name in _HOLDING:
        directives.register_directive(name, Holding)
    directives.register_directive("literalinclude", Include)
