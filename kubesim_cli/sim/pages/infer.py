"""What a page leaves unsaid: manifests that it shows and no command applies, and objects that are gone later on.

Such a manifest is applied just before the first command that needs one of its objects, and what a later listing of all
objects of a kind no longer shows is deleted from the same manifest before it. What is made anew without a word about
the one that was there is deleted, too (see remade.py); a load balancer is there when a listing shows its addresses.
"""

from __future__ import annotations

import os
import re
import shlex

from ...helpers.nodes import node_name
from ...machinery.discovery import Discovery, builtin
from ...machinery.wellknown import LABEL_TOPOLOGY_ZONE
from .commandline import Scan, arguments, named_nodes
from .model import Command, Item, Page, Shown
from .remade import Made
from .tables import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ALL_NODES = re.compile(r"\s*kubectl get (?:nodes?|no)(?: -o wide| --show-labels)?\s*$")
_MAKING = {"create", "apply", "run", "expose", "replace", "patch", "edit"}
_DELETES = re.compile(r"(?!.*--(?:wait|force|now))\s*kubectl\b[^\n|;&]*\bdelete\b[^\n|;&]*")
_ROLLOUT = re.compile(r"(?!.*--(?:watch|timeout))\s*kubectl\b[^\n|;&#]*\brollout status\b[^\n|;&#]*")
_DRAINS = re.compile(r"^\s*kubectl\b[^|;&\n]*\sdrain\s", re.M)
_WATCHES = re.compile(r"\s(?:-w|--watch)\b")
_BALANCED = re.compile(r"\sLoadBalancer\s+\S+\s+\d+\.\d+\.\d+\.\d+\s|LoadBalancer Ingress: +\d")
# Of a container, or a node; versions of Docker and containerd.
_CONTAINERD, CONTAINERD = re.compile(r"\bcontainerd://[0-9a-f]{12}"), "containerd://1.7.18"
_CLUSTERS = re.compile(r"\b(?:kind\s+create|minikube\s+start)\b")
_RUNTIME = re.compile(r"\b(?:docker|containerd)://\d+\.\d+[\w.+~-]*")
_ZONE = re.compile(r"\s+\"?zone\"?: \"?([a-z]+-[a-z0-9-]+)\"?,?")  # of an endpoint
_COUNTED = re.compile(
    r"\bcluster\s+(?:with|of|that\s+has|has)\s+(?:at\s+least\s+)?(two|three|four|five|\d)\s+nodes\b", re.I)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5}
_REMAKES = re.compile(r"\s*kubectl\b[^\n]*\b(?:delete|apply|run|create (?!token))\b")
_GIVEN = re.compile(r"(?!default$|kube-)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")  # namespaces that not every cluster has
_READS_FILE = re.compile(r"\bkubectl\b[^|;&]*\s(?:-f|--filename)[ =]?([\w./-]+\.(?:ya?ml|json))(?=\s|$)")
_READS_FOLDER = re.compile(r"\s(?:-[fk]|--filename|--kustomize)[ =]?\./?(?:\s|$)")
_READ = {"uid", "resourceVersion", "selfLink"}  # what only a server writes


class _Manifest:
    """A shown manifest that no command applies: its objects as (resource, name)."""

    def __init__(self, shown: Shown, objects: list[tuple[str, str]], text: str):
        self.shown, self.objects, self.text = shown, objects, text
        self.alive = self.seen = self.gone = False

    def named_in(self, text: str) -> bool:
        """Whether a text speaks of one of the objects, or of a pod or claim called after it."""
        return any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.])", text) for _, name in self.objects)


def insert(page: Page, source: Callable[[Shown], str], opened: Callable[[str], str]) -> list[Command]:
    """Insert the commands that a page leaves unsaid; returns them. `source` returns the text of what a page shows,
    `opened` that of the file behind a mapped URL, "" where there is none."""
    discovery = builtin()
    page.nodes = max(page.nodes, _nodes(page))
    _edits(page, source, discovery)
    _cleans_up(page)
    _ends_later(page)
    _interrupts(page)
    _renews(page, source, discovery)
    manifests = _manifests(page, source, discovery, opened)
    added: list[Command] = []
    items: list[Item] = []
    balanced = False
    replicas = _dns_servers(page)
    zone, runtime = _zone(page), _runtime(page)
    given = _namespaces(page, source, discovery, opened)
    made = Made(lambda text: objects_of(text, discovery), discovery, opened)
    for item in page.items:
        if isinstance(item, Shown):
            made.shown(item.name, source(item))
        elif isinstance(item, Command) and not item.inside and not item.left_out:
            steps = [_command(item, f"kubectl -n kube-system scale deployment coredns --replicas={replicas}")] \
                if replicas > 1 and not added else []
            replicas = 1
            steps += [_command(item, f"kubectl create namespace {name}") for name in given.pop(id(item), ())]
            if zone:
                steps.append(_command(item, f"kubectl label nodes --all {LABEL_TOPOLOGY_ZONE}={zone}"))
                zone = ""
            if runtime:
                steps.append(_command(item, runtime))
                runtime = ""
            steps += _before(item, [each for each in manifests if each.shown in items], discovery)
            if item.listing and not balanced and _BALANCED.search("\n".join(item.listing.lines)):
                balanced = True
                steps.insert(0, _command(item, "kubectl sim tunnel open"))
            for step in [*steps, item]:
                for each in made.before(step):
                    added.append(_command(item, each))
                    items.append(added[-1])
                if step is not item:
                    added.append(step)
                    items.append(step)
        items.append(item)
    page.items[:] = items
    return added


def _edits(page: Page, source: Callable[[Shown], str], discovery: Discovery) -> None:
    """Have a `kubectl edit` save the manifest that the page shows behind it, if that is the object's."""
    editing: Command | None = None
    for number, item in enumerate(list(page.items)):
        if isinstance(item, Command):
            edits = re.match(r"\s*kubectl\s+(?:-\S+\s+\S+\s+)?edit\s", item.text) and not item.change
            editing = item if edits else None
        elif isinstance(item, Shown) and editing is not None and not editing.saves:
            objects = objects_of(source(item), discovery, read=True)
            if len(objects) == 1 and re.search(rf"[\s/]{re.escape(objects[0][1])}(?:\s|$)", editing.text):
                if editing.change.show_metadata(source(item)):
                    page.items.remove(item)
                    continue
                item.name = editing.saves = item.name or f"edited-{number}.yaml"
                page.items.remove(item)
                page.items.insert(page.items.index(editing), item)


def _renews(page: Page, source: Callable[[Shown], str], discovery: Discovery) -> None:
    """Have a manifest without a name be the file of the same objects that the page has shown before, where the next
    command that reads a file reads that one."""
    files: dict[str, list[tuple[str, str]]] = {}
    unnamed: list[tuple[Shown, list[tuple[str, str]]]] = []
    for item in page.items:
        if isinstance(item, Shown):
            objects = objects_of(source(item), discovery)
            if item.name:
                files[item.name] = objects
            elif objects:
                unnamed.append((item, objects))
        elif isinstance(item, Command) and (found := _READS_FILE.search(item.text)):
            name = found[1].removeprefix("./")
            for shown, objects in unnamed:
                if objects == files.get(name) and "delete" not in item.text.split():
                    shown.name = name
                    page.inferred.append(f"{name} is what line {shown.line} shows")
            unnamed.clear()


def _ends_later(page: Page) -> None:
    """Have a `kubectl delete` not wait for the end of what the page shows Terminating behind it."""
    commands = [command for command in page.commands if not command.left_out]
    for place, command in enumerate(commands):
        if not _DELETES.fullmatch(command.text):
            continue
        for later in commands[place + 1:place + 4]:
            lines = later.listing.lines if later.listing and not _WATCHES.search(later.text) else []
            rows = [line.split()[0] for line in lines if re.match(r"\S.*\sTerminating\s", line)]
            if any(re.search(rf"[\s/]{re.escape(name)}(?:\s|$)", command.text) for name in rows):
                command.adds = " --wait=false"
                break


def _interrupts(page: Page) -> None:
    """Have a `kubectl rollout status` not wait for an end that the page does not show."""
    for command in page.commands:
        listing = command.listing
        if _ROLLOUT.fullmatch(command.text) and listing and not listing.alternatives and all(
                line.startswith("Waiting for") for line in listing.lines if line.strip()):
            command.adds = " --watch=false"


def _cleans_up(page: Page) -> None:
    """Leave out a `kubectl delete` that only cleans up, where the page goes on with what it would delete."""
    commands = page.commands
    for place, command in enumerate(commands):
        if not command.cleanup or not _DELETES.fullmatch(command.text):
            continue
        words = arguments(Scan(command.text).commands[0])[2:] or [""]
        for name in words if "/" in words[0] else words[1:]:
            name = rf"(?<![\w.-]){re.escape(name.rpartition('/')[2])}(?![\w.-])"
            later = next((each for each in commands[place + 1:]
                          if not each.cleanup and re.search(name, each.text)), None)
            if later and not _REMAKES.match(later.text):
                command.left_out = f"cleans up what line {later.line} goes on with"


def _nodes(page: Page) -> int:
    """Return how many nodes the page's cluster has: as its first list of all nodes shows, or else as it names or
    says."""
    named: set[str] = set()
    for command in page.commands:
        found = tables(command.listing.lines) if command.listing else []
        if found and _ALL_NODES.match(command.text):
            return min(len(found[0].rows), 20)
        named.update(named_nodes(command.text))
        for table in found:
            if "NODE" in table.columns:
                named.update(cells[table.columns.index("NODE")] for _, cells in table.rows)
    least = 2 if any(_DRAINS.search(command.text) for command in page.commands) else 1  # pods have to go somewhere
    said = [_NUMBERS.get(number.lower()) or int(number) for number in _COUNTED.findall(page.text)]
    return max(min(max([len(named - {"<none>", ""}), *said]), 20), least)


def _dns_servers(page: Page) -> int:
    """Return how many replicas CoreDNS has in the page's cluster by its lists: kubeadm makes two, minikube one."""
    most = 1
    for command in page.commands:
        for table in tables(command.listing.lines) if command.listing else ():
            rows = [dict(zip(table.columns, cells)) for _, cells in table.rows]
            most = max(most, sum(row.get("NAME", "").startswith("coredns-") and "STATUS" in row for row in rows))
            for row in rows:
                wanted = row.get("READY", "").rpartition("/")[2]
                if row.get("NAME") == "coredns" and wanted.isdecimal():
                    most = max(most, int(wanted))
    return min(most, 9)


def _zone(page: Page) -> str:
    """Return the zone in which the page's nodes are, "" where its listings tell none, or several."""
    shown = {found for command in page.commands if command.listing for line in command.listing.lines
             for found in _ZONE.findall(line)}
    return shown.pop() if len(shown) == 1 else ""


def _runtime(page: Page) -> str:
    """Return the command that gives nodes the container runtime that a listing shows, "" where none shows any but
    Docker's ids, or the page makes clusters of its own."""
    if any(_CLUSTERS.search(command.text) for command in page.commands):
        return ""
    text = "\n".join("\n".join(command.listing.lines) for command in page.commands if command.listing)
    found = _RUNTIME.search(text)
    runtime = found[0] if found else CONTAINERD if _CONTAINERD.search(text) else ""
    nodes = " ".join(map(node_name, range(page.nodes)))
    change = f'{{"status":{{"nodeInfo":{{"containerRuntimeVersion":"{runtime}"}}}}}}'
    return f"kubectl patch nodes {nodes} --subresource=status -p '{change}'" if runtime else ""


def _namespaces(page: Page, source: Callable[[Shown], str], discovery: Discovery,
                opened: Callable[[str], str]) -> dict[int, list[str]]:
    """Return the namespaces that a page takes as given: id of the first command that makes something in one, or goes
    there -> names. Where the page makes one, the others that it uses may be misspelt."""
    made = {name for resource, name in _made_by_commands(page, discovery, opened) if resource == "namespaces"}
    made |= {name for item in page.items if isinstance(item, Shown)
             for resource, name in objects_of(source(item), discovery) if resource == "namespaces"}
    listed = "\n".join("\n".join(command.listing.lines) for command in page.commands if command.listing)
    found: dict[str, int] = {}
    for command in page.commands if not made else ():
        for words in Scan(command.text).commands:
            if words[0] == "kubectl" and (_MAKING & set(words[1:3]) or (
                    words[1:3] == ["config", "set-context"] and "--current" in words)):
                for word, following in zip(words, [*words[1:], ""]):
                    flag, sign, value = word.partition("=")
                    name = value if sign else following
                    if flag in ("-n", "--namespace") and _GIVEN.fullmatch(name) and name not in found \
                            and f'namespaces "{name}" not found' not in listed:
                        found[name] = id(command)
    given: dict[int, list[str]] = {}
    for name, place in found.items():
        given.setdefault(place, []).append(name)
    return given


def _manifests(page: Page, source: Callable[[Shown], str], discovery: Discovery,
               opened: Callable[[str], str]) -> list[_Manifest]:
    commands = "\n".join(command.text for command in page.commands)
    made = _made_by_commands(page, discovery, opened)
    saved = {command.saves for command in page.commands if command.saves}
    found: list[_Manifest] = []
    for number, item in enumerate(page.items):
        if not isinstance(item, Shown) or item.source == "given":
            continue
        if item.name and (_READS_FOLDER.search(commands) or re.search(
                rf"(?<![\w-]){re.escape(os.path.basename(item.name))}(?![\w-])", commands)):
            continue
        objects = objects_of(source(item), discovery)
        if not objects or any(each in made for each in objects) or item.name in saved:
            continue
        item.name = item.name or f"manifest-{number}.yaml"
        found.append(_Manifest(item, objects, source(item)))
    return found


def objects_of(text: str, discovery: Discovery, read: bool = False) -> list[tuple[str, str]]:
    """Return the objects of a manifest as (resource, name); none where it is not one that can be applied, or, unless
    `read`, one that was read from a server."""
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
            if not isinstance(meta, dict) or not isinstance(meta.get("name"), str) or not each.get("spec", True) \
                    or "<" in meta["name"] or (not read and _READ & set(meta)):
                return []
            resource = discovery.find(str(each.get("kind", "")).lower())
            found.append((resource.name if resource else str(each.get("kind")), meta["name"]))
    return found


def _made_by_commands(page: Page, discovery: Discovery, opened: Callable[[str], str]) -> set[tuple[str, str]]:
    """Return the objects that commands such as `kubectl create deployment web` and `kubectl apply -f URL` make."""
    found: set[tuple[str, str]] = set()
    for command in page.commands:
        for words in Scan(command.text).commands:
            if words[0] != "kubectl" or not _MAKING & set(words[1:3]):
                continue
            plain = [word for word in words[1:] if not word.startswith("-")]
            for url in (word for word in plain if "://" in word):
                found.update(objects_of(opened(url), discovery))
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
    for number, manifest in enumerate(manifests):
        deletes = bool(re.search(r"\bkubectl\b.*\bdelete\b", command.text))
        needed = manifest.named_in(command.text) or (manifest.named_in(listed) and not deletes)
        if any(set(manifest.objects) & set(later.objects) for later in manifests[number + 1:]):
            continue  # the page has gone on to another version of it
        if needed and not manifest.alive and not manifest.gone:
            for other in manifests[:number]:  # what it speaks of
                if not other.alive and not other.gone and other.named_in(manifest.text) \
                        and not set(other.objects) & set(manifest.objects):
                    made.append(_step(command, "apply", other))
                    other.alive = True
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
    return _command(command, f"kubectl {verb} -f {shlex.quote(manifest.shown.name)}")


def _command(before: Command, text: str) -> Command:
    return Command(text, before.line, -before.line, origin="inferred")


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
