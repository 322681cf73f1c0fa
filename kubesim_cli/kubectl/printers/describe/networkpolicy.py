"""NetworkPolicies."""

from __future__ import annotations

from ....machinery import selectors
from ....releases.kubectl import does
from .writer import Writer, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object
    from . import Context

GROUP = "networking.k8s.io"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_INDENT = "    "


def describe(policy: Object, w: Writer, ctx: Context) -> None:
    meta, spec = policy["metadata"], policy["spec"]
    w.line(0, "Name", meta["name"])
    w.line(0, "Namespace", meta.get("namespace", ""))
    w.line(0, "Created on", _time(meta.get("creationTimestamp")))
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    w.write(0, "Spec:\n")
    selector, types = spec.get("podSelector") or {}, spec.get("policyTypes") or ()
    w.write(1, "PodSelector: ")
    if selector.get("matchLabels") or selector.get("matchExpressions"):
        w.write(2, f"{selectors.format_selector(selector)}\n")
    else:
        w.write(2, "<none> (Allowing the specific traffic to all pods in this namespace)\n")
    for type_, key in (("Ingress", "ingress"), ("Egress", "egress")):
        if type_ in types:
            w.write(1, f"Allowing {key} traffic:\n")
            _rules(spec.get(key), key, w)
        else:
            w.write(1, f"Not affecting {key} traffic\n")
    w.write(1, f"Policy Types: {', '.join(types) or '<none>'}\n")


def _time(timestamp: str | None) -> str:
    """Return a time as Go prints it: `2024-01-01 00:00:00 +0000 UTC`."""
    import time

    from ....machinery import timestamps

    _, day, month, year, clock, offset = time_text(timestamp).split()
    zone = time.localtime(timestamps.parse(timestamp)).tm_zone if timestamp else "UTC"
    return f"{year}-{_MONTHS.index(month) + 1:02}-{day} {clock} {offset} {zone}"


def _rules(rules: list[Json] | None, key: str, w: Writer) -> None:
    """Write ingress or egress rules."""
    word, peers, end = ("From", "from", "source") if key == "ingress" else ("To", "to", "destination")
    if not rules:
        w.write(0, f"{_INDENT}<none> (Selected pods are isolated for {key} connectivity)\n")
    for i, rule in enumerate(rules or ()):
        if i:
            w.write(0, f"{_INDENT}----------\n")
        if not rule.get("ports"):
            w.write(0, f"{_INDENT}To Port: <any> (traffic allowed to all ports)\n")
        for port in rule.get("ports") or ():
            number = "<nil>" if port.get("port") is None else port["port"]
            ranged = port.get("endPort") is not None and does("PortRanges", w.release)
            numbers = f" Range: {number}-{port['endPort']}" if ranged else f": {number}"
            w.write(0, f"{_INDENT}To Port{numbers}/{port.get('protocol') or 'TCP'}\n")
        if not rule.get(peers):
            w.write(0, f"{_INDENT}{word}: <any> (traffic not restricted by {end})\n")
        for peer in rule.get(peers) or ():
            w.write(0, f"{_INDENT}{word}:\n")
            _peer(peer, w)


def _peer(peer: Object, w: Writer) -> None:
    pods, namespaces = peer.get("podSelector"), peer.get("namespaceSelector")
    if namespaces is not None:
        w.write(1, f"{_INDENT}NamespaceSelector: {selectors.format_selector(namespaces)}\n")
    if pods is not None:
        w.write(1, f"{_INDENT}PodSelector: {selectors.format_selector(pods)}\n")
    if pods is None and namespaces is None and peer.get("ipBlock") is not None:
        w.write(1, f"{_INDENT}IPBlock:\n")
        w.write(2, f"{_INDENT}CIDR: {peer['ipBlock'].get('cidr', '')}\n")
        w.write(2, f"{_INDENT}Except: {', '.join(peer['ipBlock'].get('except') or ())}\n")
