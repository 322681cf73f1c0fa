"""What rows of listings show: which objects of the cluster they are, and the rows of watches."""

from __future__ import annotations

import re

from ...machinery import timestamps
from .commandline import Scan
from .compare import Verdict
from .model import Listing
from .names import Names
from .tables import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .session import Session

_VALUED = {"-l", "--selector", "-o", "--output", "--sort-by", "--field-selector", "-f", "--filename", "--context",
           "--kubeconfig", "-L", "--label-columns", "--chunk-size", "-n", "--namespace"}
_PODS = "NAME      READY     STATUS    RESTARTS   AGE"
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Finder:
    """Finds the objects that the rows of a `kubectl get` stand for."""

    def __init__(self, session: Session, text: str):
        self.session = session
        self.namespace = "default"
        self.resource = ""
        for words in Scan(text).commands:
            if words[0] == "kubectl" and ("get" in words or "describe" in words):
                self._read(words)

    def _read(self, words: list[str]) -> None:
        verb = words.index("get") if "get" in words else words.index("describe")
        given = ""
        skip = False
        for place, word in enumerate(words[1:], 1):
            if skip:
                skip = False
                continue
            if word in ("-n", "--namespace") and place + 1 < len(words):
                given, skip = words[place + 1], True
            elif word.startswith(("--namespace=", "-n=")):
                given = word.partition("=")[2]
            elif word.startswith("-"):
                skip = word in _VALUED
            elif place > verb and not self.resource:
                self.resource = word.partition("/")[0].partition(",")[0]
        self.namespace = given or _current(self.session)

    def made(self, row: dict[str, str]) -> float | None:
        """Return when the object of a row was made (seconds since 1970), None where that cannot be told."""
        name = row.get("NAME", "")
        resource, slash, rest = name.partition("/")
        if not slash:
            resource, rest = self.resource, name
        if not rest or not resource:
            return None
        found = self.session.find(resource, rest, row.get("NAMESPACE") or self.namespace)
        return timestamps.parse(found["metadata"]["creationTimestamp"]) if found else None


def _current(session: Session) -> str:
    """Return the namespace of the kubeconfig's context."""
    from ...kubectl.cli.commands import flags_of
    from ...kubectl.failures import Failure
    from ...kubectl.kubeconfig import load

    try:
        return load(session.environ, flags_of("")).namespace
    except Failure:  # the page has left the cluster's context
        return "default"


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


def compare_watch(listing: Listing, printed: str, names: Names) -> Verdict:
    """Compare the rows of a watch: each object has to go through the states that the page shows, in their order.

    Ages are free, as are repeated rows; a page may end before the watch does.
    """
    shown = _states(listing.lines, names, ours=True)
    real = _states(printed.split("\n"), names, ours=False)
    missing: list[str] = []
    for name, states in shown.items():
        left = list(real.get(name, []))
        for cells, line in states:
            while left and left[0][0] != cells:
                left.pop(0)
            if not left:
                missing.append(line)
    return Verdict(not missing, listing.lines, listing.lines if not missing else printed.rstrip("\n").split("\n"))


def _states(lines: list[str], names: Names, ours: bool) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Return the states of each object: (cells without the age, the line)."""
    out: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    head = next((line for line in lines if re.match(r"NAME\s{2,}", line)), _PODS)
    body = [line for line in lines if line.strip() and not re.match(r"NAME\s{2,}", line)]
    count = len(tables([head])[0].columns)
    for line in body:
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) != count:
            cells = line.split()
        if len(cells) < count - 1:
            continue
        restarts = [cell.partition(" (")[0] for cell in cells[1:count - 1]]
        name = cells[0] if ours else names.to_page(cells[0])
        entry = (tuple(restarts), line)
        states = out.setdefault(name, [])
        if not states or states[-1][0] != entry[0]:
            states.append(entry)
    return out
