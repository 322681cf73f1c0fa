"""What the names mean that a command uses and no listing has shown: pods, nodes and clusters that are there."""

from __future__ import annotations

import re

from . import rows
from .commandline import Scan, named_clusters, named_nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .names import Names
    from .session import Session

_DRAWN = re.compile(r"-[a-z0-9]{5}$")


def bind(session: Session, names: Names, text: str) -> dict[str, list[str]]:
    """Bind the names that a command is the first to use to ones that are there.

    Returns for each pod among them what else it can mean.
    """
    meant: dict[str, list[str]] = {}
    words = [word.rpartition("/")[2] for words in Scan(text).commands if words[0] == "kubectl" for word in words]
    drawn = [word for word in words if _DRAWN.search(word) and word not in names.here]
    if drawn:
        pods = [pod["metadata"]["name"] for pod in session.cluster.client.list("pods")["items"]]
        for word in drawn:
            if word not in pods and (found := names.candidates(word, pods)):
                names.bind(word, found[0])
                meant[word] = found[1:]
    for node in named_nodes(text):
        if node not in names.nodes and node not in names.here:
            free = [name for name in sorted(names.nodes, reverse=True) if name not in names.of_page]
            if free:
                names.bind(node, free[0])
            else:
                names.here[node] = max(names.nodes)
    if wanted := named_clusters(text):
        rows.bind_clusters(session, names, wanted)
    return meant
