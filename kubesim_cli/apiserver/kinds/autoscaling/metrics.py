"""The metrics of a HorizontalPodAutoscaler: where each kind of them stands, and how a table tells them."""

from __future__ import annotations

from ....releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object, Release

SOURCES = {"Resource": "resource", "ContainerResource": "containerResource", "Pods": "pods", "Object": "object",
           "External": "external"}


def targets(metrics: list[Object], statuses: list[Object], release: Release) -> str:
    if not metrics:
        return "<none>"
    shown = []
    for i, metric in enumerate(metrics[:2]):
        key = SOURCES.get(metric.get("type", ""))
        if key is None:
            shown.append("<unknown type>")
            continue
        source = metric.get(key) or {}
        current = ((statuses[i].get(key) or {}).get("current") or {}) if i < len(statuses) else {}
        shown.append(_target(key, source, current, release))
    text = ", ".join(shown)
    return f"{text} + {len(metrics) - 2} more..." if len(metrics) > 2 else text


def _target(key: str, source: Object, current: Object, release: Release) -> str:
    target = source.get("target") or {}
    average = target.get("averageValue")
    if key in ("resource", "containerResource"):
        start = f"{source.get('name', '')}: " if enabled("HPATargetsNamed", release) else ""
        if average is not None:
            return f"{start}{current.get('averageValue', '<unknown>')}/{average}"
        now, wanted = current.get("averageUtilization"), target.get("averageUtilization")
        return (f"{start}{'<unknown>' if now is None else f'{now}%'}/{'<auto>' if wanted is None else f'{wanted}%'}")
    if key == "pods":
        return f"{current.get('averageValue', '<unknown>')}/{average}"
    if average is not None:
        return f"{current.get('averageValue', '<unknown>')}/{average} (avg)"
    return f"{current.get('value', '<unknown>')}/{target.get('value', '0')}"
