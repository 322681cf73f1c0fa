"""What a page leaves unsaid: manifests that it shows and no command applies, and objects that are gone later on.

Such a manifest is applied just before the first command that needs one of its objects, and what a later listing of all
objects of a kind no longer shows is deleted from the same manifest before it.
"""

from __future__ import annotations

import os
import re
import shlex

from ...machinery.discovery import Discovery, builtin
from .commandline import Scan
from .model import Command, Item, Page, Shown
from .tables import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ALL_NODES = re.compile(r"\s*kubectl get (?:nodes?|no)(?: -o wide| --show-labels)?\s*$")
_MAKING = {"create", "apply", "run", "expose", "replace", "patch", "edit"}


class _Manifest:
    """A shown manifest that no command applies: its objects as (resource, name)."""

    def __init__(self, shown: Shown, objects: list[tuple[str, str]]):
        self.shown, self.objects = shown, objects
        self.alive = self.seen = self.gone = False

    def named_in(self, text: str) -> bool:
        """Whether a text speaks of one of the objects, or of a pod or claim called after it."""
        return any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.])", text) for _, name in self.objects)


def insert(page: Page, source: Callable[[Shown], str]) -> list[Command]:
    """Insert the commands that a page leaves unsaid; returns them. `source` returns the text of what a page shows."""
    discovery = builtin()
    page.nodes = max(page.nodes, _nodes(page))
    manifests = _manifests(page, source, discovery)
    added: list[Command] = []
    items: list[Item] = []
    for item in page.items:
        if isinstance(item, Command) and manifests and not item.inside and not item.left_out:
            for made in _before(item, [each for each in manifests if each.shown in items], discovery):
                added.append(made)
                items.append(made)
        items.append(item)
    page.items[:] = items
    return added


def _nodes(page: Page) -> int:
    """Return how many nodes the page's first list of all nodes shows."""
    for command in page.commands:
        if command.listing and _ALL_NODES.match(command.text):
            found = tables(command.listing.lines)
            return min(len(found[0].rows), 20) if found else 1
    return 1


def _manifests(page: Page, source: Callable[[Shown], str], discovery: Discovery) -> list[_Manifest]:
    commands = "\n".join(command.text for command in page.commands)
    made = _made_by_commands(page, discovery)
    found: list[_Manifest] = []
    for number, item in enumerate(page.items):
        if not isinstance(item, Shown) or item.source == "given":
            continue
        if item.name and re.search(rf"(?<![\w-]){re.escape(os.path.basename(item.name))}(?![\w-])", commands):
            continue
        objects = _objects(source(item), discovery)
        if not objects or any(each in made for each in objects):
            continue
        item.name = item.name or f"manifest-{number}.yaml"
        found.append(_Manifest(item, objects))
    return found


def _objects(text: str, discovery: Discovery) -> list[tuple[str, str]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    found: list[tuple[str, str]] = []
    try:
        documents = list(YAML(typ="safe", pure=True).load_all(text))
    except (YAMLError, ValueError):
        return []
    for document in documents:
        if not isinstance(document, dict):
            continue
        for each in document.get("items") or [document] if document.get("kind") == "List" else [document]:
            meta = each.get("metadata") if isinstance(each, dict) else None
            if not isinstance(meta, dict) or not isinstance(meta.get("name"), str) or not each.get("spec", True):
                return []
            resource = discovery.find(str(each.get("kind", "")).lower())
            found.append((resource.name if resource else str(each.get("kind")), meta["name"]))
    return found


def _made_by_commands(page: Page, discovery: Discovery) -> set[tuple[str, str]]:
    """Return the objects that commands such as `kubectl create deployment web` make."""
    found: set[tuple[str, str]] = set()
    for command in page.commands:
        for words in Scan(command.text).commands:
            if words[0] != "kubectl" or not _MAKING & set(words[1:3]):
                continue
            plain = [word for word in words[1:] if not word.startswith("-")]
            if plain[:1] == ["run"] and len(plain) > 1:
                found.add(("pods", plain[1]))
            elif plain[:1] in (["create"], ["expose"]) and len(plain) > 2:
                resource = discovery.find(plain[1])
                if resource:
                    found.add((resource.name, plain[2]))
    return found


def _before(command: Command, manifests: list[_Manifest], discovery: Discovery) -> list[Command]:
    """Return what has to be done before a command that the page does not tell."""
    made: list[Command] = []
    listed = "\n".join(command.listing.lines) if command.listing else ""
    for manifest in manifests:
        deletes = bool(re.search(r"\bkubectl\b.*\bdelete\b", command.text))
        needed = manifest.named_in(command.text) or (manifest.named_in(listed) and not deletes)
        if needed and not manifest.alive and not manifest.gone:
            made.append(_step(command, "apply", manifest))
            manifest.alive = True
        elif manifest.alive and manifest.seen and listed and _lists_all(command, manifest, discovery) \
                and not _is_listed(listed, manifest, command, discovery):
            made.append(_step(command, "delete", manifest))
            manifest.alive, manifest.gone = False, True
        if deletes and manifest.named_in(command.text):
            manifest.alive, manifest.gone = False, True
        manifest.seen = manifest.seen or manifest.named_in(listed)
    return made


def _step(command: Command, verb: str, manifest: _Manifest) -> Command:
    return Command(f"kubectl {verb} -f {shlex.quote(manifest.shown.name)}", command.line, -command.line,
                   origin="inferred")


def _kinds(command: Command, discovery: Discovery) -> list[str]:
    """Return the resources of which a command lists all objects; none where it names or selects some."""
    for words in Scan(command.text).commands:
        if words[0] != "kubectl" or "get" not in words:
            continue
        rest = words[words.index("get") + 1:]
        if any(word.startswith(("-l", "--selector", "--field-selector", "-f", "--filename", "-n", "--namespace"))
               for word in rest):
            return []
        plain = [word for word in rest if not word.startswith("-")]
        if len(plain) != 1 or "/" in plain[0]:
            return []
        found = [discovery.find(kind) for kind in plain[0].split(",")]
        return [resource.name for resource in found if resource]
    return []


def _lists_all(command: Command, manifest: _Manifest, discovery: Discovery) -> bool:
    kinds = _kinds(command, discovery)
    return any(resource in kinds for resource, _ in manifest.objects)


def _is_listed(listed: str, manifest: _Manifest, command: Command, discovery: Discovery) -> bool:
    """Whether a listing has a row for one of the objects of the kinds that it lists."""
    kinds = _kinds(command, discovery)
    names = [name for resource, name in manifest.objects if resource in kinds]
    kind = "[a-z.]+/" if len(kinds) > 1 else ""
    return any(re.search(rf"^{kind}{re.escape(name)}(?=\s|$)", listed, re.M) for name in names)
