"""Completion indexes: of pods, and as status writes sets of them (`0,2-5`).

Kubernetes: pkg/controller/job/indexed_job_utils.go.
"""

from __future__ import annotations

from .. import pods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count"
_ENV = {"name": "JOB_COMPLETION_INDEX",
        "valueFrom": {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}}}


def parse(text: str, completions: int) -> set[int]:
    """Read a set of indexes, those of `completions` and above left out."""
    found: set[int] = set()
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            found.update(range(int(first), min(int(last or first) + 1, completions)))
    return found


def text_of(indexes: set[int]) -> str:
    """Write a set of indexes: two in a row as `3,4`, more as `3-5`."""
    parts: list[str] = []
    ordered = sorted(indexes)
    start = 0
    for i in range(1, len(ordered) + 1):
        if i < len(ordered) and ordered[i] == ordered[i - 1] + 1:
            continue
        first, last = ordered[start], ordered[i - 1]
        parts.append(str(first) if first == last else f"{first}{',' if last == first + 1 else '-'}{last}")
        start = i
    return ",".join(parts)


def index_of(pod: Object) -> int:
    """Return a pod's completion index, -1 where it has none."""
    return _number(pod, INDEX, -1)


def _number(pod: Object, annotation: str, default: int = 0) -> int:
    text = (pod["metadata"].get("annotations") or {}).get(annotation, "")
    return int(text) if text.isascii() and text.isdecimal() and int(text) < 2**31 else default


def failures(pod: Object) -> int:
    """Return how often the pod's index had failed before it."""
    return _number(pod, FAILURES)


def all_failures(pod: Object) -> int:
    """Return the same, with the failures that a podFailurePolicy ignored."""
    return _number(pod, FAILURES) + _number(pod, IGNORED)


def prepare(pod: Object, job_name: str, index: int) -> None:
    """Make a new pod, in place, the one with that index."""
    meta, spec = pod["metadata"], pod["spec"]
    meta.setdefault("annotations", {})[INDEX] = str(index)
    meta.setdefault("labels", {})[INDEX] = str(index)
    end = f"-{index}-"
    meta["generateName"] = job_name[:58 - len(end)] + end
    spec["hostname"] = f"{job_name}-{index}"
    for container in (spec.get("initContainers") or []) + spec["containers"]:
        env = container.setdefault("env", [])
        if all(entry["name"] != _ENV["name"] for entry in env):
            env.append(_ENV)


def note_failures(pod: Object, replaced: Object | None, counted: bool) -> None:
    """Note on a new pod, in place, how often its index has failed; `replaced` is the last one, `counted` or ignored."""
    failed = failures(replaced) + counted if replaced is not None else 0
    ignored = all_failures(replaced) - failures(replaced) + (not counted) if replaced is not None else 0
    pod["metadata"]["annotations"][FAILURES] = str(failed)
    if ignored:
        pod["metadata"]["annotations"][IGNORED] = str(ignored)


def first_pending(count: int, completions: int, taken: set[int]) -> list[int]:
    """Return the lowest `count` indexes that are not in `taken`."""
    found: list[int] = []
    for index in range(completions):
        if len(found) == count:
            break
        if index not in taken:
            found.append(index)
    return found


def duplicates(active: list[Object], completions: int) -> tuple[list[Object], list[Object]]:
    """Return (pods too many: with no index, a wrong one, or one that another has; the others)."""
    surplus: list[Object] = []
    kept: dict[int, Object] = {}
    for pod in sorted(active, key=lambda p: (pods.is_ready(p), p["metadata"]["creationTimestamp"]), reverse=True):
        index = index_of(pod)
        if 0 <= index < completions and index not in kept:
            kept[index] = pod
        else:
            surplus.append(pod)
    return surplus, list(kept.values())
