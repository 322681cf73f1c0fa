"""What rows of listings show: which objects of the cluster they are, and the rows of watches."""

from __future__ import annotations

import os
import re
import shlex

from ...machinery import timestamps
from .commandline import VALUED, Scan
from .compare import FREE, Verdict
from .model import Listing
from .names import Names
from .tables import header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kubectl.kubeconfig import Kubeconfig
    from ...machinery.types import Object
    from .editing import Change
    from .session import Session

    State = tuple[tuple[str, ...], str]  # (cells, the line)

_ANY_NODE = re.compile(r"<(?:[a-z]+[-_ ])*node(?:[-_ ][a-z]+)*>", re.I)
_ANY_POD = re.compile(r"<(?:[a-z]+[-_ ])*pod(?:[-_ ]name)?>", re.I)
_VERBS = ("get", "describe", "edit")
_OF_SERVER = re.compile(r"^\s+(?:uid|namespace|resourceVersion|creationTimestamp|selfLink|generation):.*\n", re.M)
_PODS = ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Finder:
    """Finds the objects that the rows of a `kubectl get` stand for, and what a `kubectl edit` edits."""

    def __init__(self, session: Session, text: str):
        self.session = session
        self.namespace = "default"
        self.resource = self.name = ""
        for words in Scan(text).commands:
            verb = next((word for word in words[1:] if word in _VERBS), "")
            if words[0] == "kubectl" and verb:
                self._read(words, words.index(verb))

    def _read(self, words: list[str], verb: int) -> None:
        given = ""
        skip = False
        for place, word in enumerate(words[1:], 1):
            if skip:
                skip = False
                continue
            if word in ("-f", "--filename") and place + 1 < len(words):
                self.resource, self.name = _first_object(words[place + 1])
                skip = True
            elif word in ("-n", "--namespace") and place + 1 < len(words):
                given, skip = words[place + 1], True
            elif word.startswith(("--namespace=", "-n=")):
                given = word.partition("=")[2]
            elif word.startswith("-"):
                skip = word in VALUED
            elif place > verb and not self.resource:
                self.resource, _, self.name = word.partition("/")
                self.resource = self.resource.partition(",")[0]
            elif place > verb and not self.name:
                self.name = word
        self.namespace = given or _current(self.session)

    def made(self, row: dict[str, str]) -> float | None:
        """Return when the object of a row was made (seconds since 1970), None where that cannot be told."""
        found = self._object(row)
        return timestamps.parse(found["metadata"]["creationTimestamp"]) if found else None

    def current(self, row: dict[str, str]) -> str:
        """Return how many replicas the object of a row has, "" where that cannot be told."""
        found = self._object(row)
        return str(found.get("status", {}).get("replicas", 0)) if found else ""

    def _object(self, row: dict[str, str]) -> Object | None:
        name = row.get("NAME", "")
        resource, slash, rest = name.partition("/")
        if not slash:
            resource, rest = self.resource, name
        if not rest or not resource:
            return None
        return self.session.find(resource, rest, row.get("NAMESPACE") or self.namespace)


def _first_object(file: str) -> tuple[str, str]:
    """Return the kind and the name of the first object of a manifest, as far as they can be seen."""
    try:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
    except (OSError, UnicodeDecodeError):
        return "", ""
    kind = re.search(r"^kind:\s*[\"']?(\w+)", text, re.M)
    name = re.search(r"^\s+name:\s*[\"']?([\w.-]+)", text, re.M)
    return kind[1].lower() if kind else "", name[1] if name else ""


def edit(session: Session, text: str, saves: str, change: Change) -> str:
    """Return a `kubectl edit` whose editor saves the object that there is here, with what the page changes in it: it
    shows all of it, in the file `saves`, or tells the change."""
    found = Finder(session, text)
    obj = session.find(found.resource, found.name, found.namespace) if found.resource and found.name else None
    if obj is not None and change:
        import json

        from ...machinery.objects import clone

        obj, saves = clone(obj), "edited.json"
        change.apply(obj)
        with open(saves, "w", encoding="utf-8") as file:
            json.dump(obj, file, indent=2)
    elif obj is not None:
        with open(saves, encoding="utf-8") as file:
            saved = _OF_SERVER.sub("", file.read())
        own = "".join(f"\n\\1{key}: {obj['metadata'][key]}" for key in ("uid", "namespace") if key in obj["metadata"])
        saved = re.sub(r"^metadata:\n(\s+)", rf"metadata:{own}\n\1", saved, count=1, flags=re.M)
        with open(saves, "w", encoding="utf-8") as file:
            file.write(saved)
    return f"KUBE_EDITOR='cp {shlex.quote(os.path.abspath(saves))}' {text.strip()}"


def fill(session: Session, names: Names, text: str) -> str:
    """Return a command with a node or pod of the cluster for each placeholder that can mean nothing else."""
    if not _ANY_NODE.search(text) and not _ANY_POD.search(text):
        return text
    shown = [here for here in names.here.values() if here in names.nodes]
    node = next(iter(shown), "") or max(names.nodes)
    pods = session.cluster.client.list("pods", Finder(session, text).namespace)["items"]
    text = _ANY_NODE.sub(node, text)
    pods.sort(key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]))
    return _ANY_POD.sub(pods[-1]["metadata"]["name"], text) if pods else text


def _current(session: Session) -> str:
    """Return the namespace of the kubeconfig's context."""
    from ...kubectl.failures import Failure

    try:
        return _kubeconfig(session).namespace
    except Failure:  # the page has left the cluster's context
        return "default"


def _kubeconfig(session: Session) -> Kubeconfig:
    from ...kubectl.cli.commands import flags_of
    from ...kubectl.kubeconfig import load

    return load(session.environ, flags_of(""))


def bind_clusters(session: Session, names: Names, wanted: list[str]) -> None:
    """Have contexts, clusters and users that no kubeconfig has mean those of the cluster that there is; what is nearly
    the name of one that there is will be misspelt."""
    from difflib import get_close_matches

    from ...kubectl.failures import Failure

    try:
        found = _kubeconfig(session)
    except Failure:  # the page has a kubeconfig that cannot be read
        return
    there = {name for section in ("contexts", "clusters", "users") for name in found.config[section]}
    if len(found.config["contexts"]) > 1 or found.context_name in names.here.values():
        return  # the page has contexts of its own, or has called ours already
    for name in set(wanted) - there:
        if found.context_name in there and not get_close_matches(name, there, 1, 0.8) and name not in names.here:
            names.here[name] = found.context_name
            session.taken_for_granted[f"{name} means the cluster {found.context_name}"] = None


def nodes(session: Session) -> frozenset[str]:
    """Return the names of the cluster's nodes."""
    return frozenset(node["metadata"]["name"] for node in session.cluster.client.list("nodes")["items"])


def claims(session: Session, names: Names) -> dict[str, str]:
    """Return the UIDs that a page gives to claims, after which volumes are called: pvc/NAMESPACE/NAME -> UID."""
    wanted = {found.group(): _UID.search(page) for here, page in names.of_page.items() if (found := _UID.search(here))}
    out: dict[str, str] = {}
    if wanted:
        for claim in session.cluster.client.list("persistentvolumeclaims")["items"]:
            meta = claim["metadata"]
            page = wanted.get(meta["uid"])
            if page and page.group() != meta["uid"]:
                out[f"pvc/{meta['namespace']}/{meta['name']}"] = page.group()
    return out


def compare_watch(listing: Listing, printed: str, names: Names, undated: bool = False, level: str = "") -> Verdict:
    """Compare the rows of a watch: each object has to go through the states that the page shows, in their order.

    Ages and what else is free are, as are repeated rows; a page may end before the watch does. One that does not tell
    its release (`undated`) may call pods Terminating that have ended already, as servers have up to 1.30. Names are
    bound whether or not the whole is equal. At the level `exact` the page is the beginning of what is printed.
    """
    if level == "off":
        return Verdict(True, listing.lines, listing.lines)
    if level == "exact":
        lines = printed.rstrip("\n").split("\n")[:len(listing.lines)]
        return Verdict(lines == listing.lines, listing.lines, lines)
    columns = _columns(listing.lines) or _PODS
    here = _columns(printed.split("\n")) or _PODS
    if not set(columns) <= set(here):
        return Verdict(False, listing.lines, printed.rstrip("\n").split("\n"))
    shown = _states(listing.lines, columns, columns)
    real: dict[str, list[State]] = {}
    for name, states in _states(printed.split("\n"), here, columns).items():
        if undated and "STATUS" in columns:
            states = _as_terminating(states, _told(columns).index("STATUS"))
        real.setdefault(names.to_page(name), []).extend(states)
    missing: list[str] = []
    for name, states in shown.items():
        there = [name] if name in real else [each for each in real if each not in shown
                                            and names.copy().match(name, each, listing.similar)]
        tried = [(_missing(states, real[each], names), each) for each in there]
        least, other = min(tried, key=lambda one: len(one[0])) if tried else ([line for _, line in states], "")
        if other and other != name:
            names.match(name, other, listing.similar)
            real[name] = real.pop(other)
        missing += least
    return Verdict(not missing, listing.lines, listing.lines if not missing else printed.rstrip("\n").split("\n"))


def _missing(shown: list[State], printed: list[State], names: Names) -> list[str]:
    """Return the lines of the page that tell a state which an object has not gone through."""
    left = list(printed)
    missing: list[str] = []
    for place, (cells, line) in enumerate(shown):
        found = next((i for i, (other, _) in enumerate(left) if len(cells) == len(other)
                      and all(map(names.copy().match, cells, other))), None)
        if found is not None:
            left = left[found + 1:]
        elif place or len(shown) == 1:  # this watch may have begun after the first state
            missing.append(line)
    return missing


def _as_terminating(states: list[State], place: int) -> list[State]:
    """Return the states of a pod in which `place` is its status: Terminating from its deletion to its end."""
    out: list[State] = []
    going = False
    for cells, line in states:
        going = cells[place] == "Terminating" or (going and cells[place] in ("Completed", "Error"))
        changed = (*cells[:place], "Terminating", *cells[place + 1:]) if going else cells
        if not out or out[-1][0] != changed:
            out.append((changed, line))
    return out


def _columns(lines: list[str]) -> list[str]:
    """Return the columns of the first header, none where there is no header."""
    found = next((header(line) for line in lines if re.match(r"NAME\s{2,}", line)), None)
    return found[0] if found else []


def _told(columns: list[str]) -> list[str]:
    """Return which columns tell an object's state."""
    return [name for name in columns if name not in ("NAME", "AGE") and name not in FREE]


def _states(lines: list[str], columns: list[str], wanted: list[str]) -> dict[str, list[State]]:
    """Return the states of each object: (the cells of the wanted columns that tell its state; the line)."""
    out: dict[str, list[State]] = {}
    places = [columns.index(name) for name in _told(wanted)]
    for line in lines:
        if not line.strip() or re.match(r"NAME\s{2,}", line):
            continue
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) != len(columns):
            cells = line.split()
        if len(cells) < len(columns) - 1:
            continue
        entry = (tuple(cells[place].partition(" (")[0] for place in places if place < len(cells)), line)
        states = out.setdefault(cells[0], [])
        if not states or states[-1][0] != entry[0]:
            states.append(entry)
    return out
