"""Markdown: CommonMark and GFM, with Hugo's shortcodes and the tabs and admonitions of MkDocs and MyST."""

from __future__ import annotations

import re

from ..blocks import Builder
from ..model import BadPage, Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_SHORTCODE = re.compile(r"\{\{[%<]\s*(?P<name>/?[\w-]+)(?P<rest>[^%>]*?)\s*/?[%>]\}\}")
_ARGUMENT = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|(\S+))""")
_INCLUDES = ("code_sample", "codenew", "code")  # Hugo shortcodes that show a file of the examples
_COMMENT = re.compile(r"<!--(.*?)-->", re.S)
_TITLE = re.compile(r"""(?:title|filename|file|name|caption)\s*=\s*["']([^"']+)["']""")
_TAB = re.compile(r"^(?:={3}\s*(?:!|\+)?\s*|:::+\s*\{tab-item\}\s*)\"?([^\"\n]+)\"?")
# Hugo's tab of code alone, which needs no fence.
_CODE_TAB = re.compile(r"^([ \t]*)\{\{[<%]\s*tab\s+name=(\"[^\"]*\")\s+codelang=\"([^\"]+)\"\s*[>%]\}\}[ \t]*"
                       r"(\n(?:.*\n)*?)[ \t]*\{\{[<%]\s*/tab\s*[>%]\}\}[ \t]*$", re.M)
# Tabs that tell of another system than a page is verified on.
_ELSEWHERE = re.compile(r"windows|powershell|macos|mac os|\bcmd\b|homebrew|\bpwsh\b", re.I)


def parse(name: str, text: str) -> Page:
    """Return the page of a Markdown text."""
    from markdown_it import MarkdownIt

    page = Page(name, text)
    body = text
    front = _FRONT.match(text)
    if front:
        _read_front(page, front.group(1) or "")
        body = "\n" * front.group().count("\n") + text[front.end():]
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(_unfenced(body))
    reader = _Reader(page, text.split("\n"))
    for token in tokens:
        reader.take(token)
    return page


def _read_front(page: Page, text: str) -> None:
    """Heed what front matter says to kubesim, and nothing else of it."""
    for offset, line in enumerate(text.split("\n")):
        key, colon, value = line.partition(":")
        value = value.strip().strip("\"'")
        if not colon or not key.startswith("kubesim"):
            if key in ("kubernetes_version", "kubernetes-version", "kubernetesVersion") and value:
                page.release = value
            continue
        if key == "kubesim-version":
            page.release = value
        elif key == "kubesim-level":
            page.level = value
        elif key == "kubesim-nodes" and value.isdecimal():
            page.nodes = int(value)
        elif key == "kubesim-start":
            page.start = value
        else:
            raise BadPage(page.path, offset + 2, f"kubesim knows no {key} in front matter")


def _unfenced(text: str) -> str:
    """Take the marks of MkDocs' and MyST's tabs and admonitions away: what they hold is Markdown like any other.

    MkDocs indents what belongs to a tab by four spaces, which would make it a code block. Line numbers stay.
    """
    lines = _CODE_TAB.sub(r"\1```\3 tab=\2\4\1```", text).split("\n")
    out: list[str] = []
    inside = 0
    for line in lines:
        if re.match(r"^\s*(===!?\+?|!!!|\?\?\?\+?)\s", line):
            inside = len(line) - len(line.lstrip()) + 4
            out.append(f"<!-- tab: {found.group(1)} -->" if (found := _TAB.match(line.strip())) else "")
            continue
        if inside and line.strip() and len(line) - len(line.lstrip()) < inside:
            inside = 0
            out.append(line)
            continue
        if re.match(r"^\s*:{3,}", line):
            out.append(f"<!-- tab: {found.group(1)} -->" if (found := _TAB.match(line.strip())) else "")
            continue
        out.append(line[inside:] if inside else line)
    return "\n".join(out)


class _Reader:
    def __init__(self, page: Page, lines: list[str]):
        self.page, self.lines = page, lines
        self.builder = Builder(page)
        self.tab = ""
        self.heading = False  # the next words are one

    def take(self, token: Token) -> None:
        """Hand a token of markdown-it on."""
        line = token.map[0] if token.map else 0
        if token.type == "inline":
            if self.heading:
                self.builder.heading(token.content)
                self.heading = False
            self._inline(token.content, line)
        elif token.type == "html_block":
            self._html(token.content, line)
        elif token.type == "fence":
            self._code(token.info.strip(), token.content, line + 2)
        elif token.type == "code_block":
            self._code("", token.content, line + 1)
        elif token.type == "heading_open":
            self.tab = "" if not token.level else self.tab
            self.heading = True

    def _html(self, text: str, line: int) -> None:
        for match in _COMMENT.finditer(text):
            comment = match.group(1).strip()
            if comment.startswith("tab: "):
                self.tab = comment[5:]
            else:
                self.builder.comment(comment, line + 1 + text[:match.start()].count("\n"))
        self._inline(_COMMENT.sub("", text), line)

    def _inline(self, text: str, line: int) -> None:
        for match in _SHORTCODE.finditer(text):
            name, rest = match.group("name"), match.group("rest")
            values = {found[0]: next(filter(None, found[1:]), "") for found in _ARGUMENT.findall(rest)}
            if name in _INCLUDES and "file" in values:
                path = values["file"].lstrip("/")
                self.builder.file(path.split("/")[-1], "", line + 1 + text[:match.start()].count("\n"), path)
            elif name == "tab":
                self.tab = values.get("name", "")
            elif name in ("/tab", "/tabs", "tabs"):
                self.tab = ""
        for match in _COMMENT.finditer(text):
            self.builder.comment(match.group(1), line + 1)
        self.builder.prose(_COMMENT.sub("", _SHORTCODE.sub("", text)))

    def _code(self, info: str, text: str, line: int) -> None:
        language = info.split()[0] if info and not info.startswith("{") else ""
        if info.startswith("{"):  # ```{code-block} bash, ```{.bash title=""}
            found = re.match(r"\{(?:code-block|code|sourcecode)\}\s*(\w+)?|\{\s*\.(\w+)", info)
            language = (found.group(1) or found.group(2) or "") if found else "-"
            while text.startswith(":") and (option := re.match(r":([\w-]+):[ \t]*(.*)\n", text)):
                info += f' title="{option.group(2)}"' if option.group(1) in ("caption", "name") else ""
                text, line = text[option.end():], line + 1
        language = language.split("{")[0].split(":")[0].split(",")[0]
        title = found.group(1) if (found := _TITLE.search(info)) else ""
        tab = found.group(1) if (found := re.search(r'\btab="([^"]*)"', info)) else self.tab
        if tab and _ELSEWHERE.search(tab):
            return
        first = self.lines[line - 1] if line <= len(self.lines) else ""
        content = text.split("\n")[0]
        indent = first[:len(first) - len(content)] if content and first.endswith(content) else ""
        self.builder.code(language, text, line, title, tab, indent)
