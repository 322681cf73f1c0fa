"""What earlier releases of kubectl printed otherwise, in the words and columns of today.

Only what was worded or laid out otherwise: nothing is left out that would tell of another state.
"""

from __future__ import annotations

import re

from .tables import LATER_LABELS, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_EVENTS = re.compile(r"(\s*)First ?Seen\s+Last ?Seen\s+Count\s+From\s+Sub[Oo]bjectPath\s+Type\s+Reason\s+Message")
_EVENT = re.compile(r"(\s*)(\d+\w*)\s+\d+\w*\s+\d+\s+\{?([\w-]+)(?:[ ,][^}\t]*?)? ?\}?\s+(?:\S+\{\S+\}\s+)?"
                    r"(Normal|Warning)\s+(\S+)\s+(.*)")
_MAP = re.compile(r"map\[([^\]]*)\]")


def _as_json(found: re.Match[str]) -> str:
    """Return as JSON a map of strings that Go has printed."""
    pairs = (pair.partition(":") for pair in found[1].split(" "))
    return "{" + ",".join(f'"{key}":"{value}"' for key, _, value in pairs) + "}"


_WORDS = (
    (re.compile(r"(deployment|daemonset|statefulset)s \"([^\"]+)\"( revision \d+| with revision #\d+)?"),
     lambda found: f"{found[1]}.apps/{found[2]}" + (found[3] or "").replace(" revision ", " with revision #", not str(
         found[3]).startswith(" with"))),
    (re.compile(r"(deployment|daemonset|statefulset) \"([^\"]+)\" rolled back"), r"\1.apps/\2 rolled back"),
    (re.compile(r"(?:map\[[^\[\]]*:[^\[\]]*\] ?)+"), lambda found: _MAP.sub(_as_json, found[0])),  # until 1.16
    (re.compile(r"(The following )kubectl-(compatible plugins are available:)"), r"\1\2"),
    (re.compile(r"(.* identified as a )(plugin, but it is not executable)"), r"\1kubectl \2"),
    (re.compile(r"(\s*)---------(?:\s+-+){7}"), r"\1----  ------  ----  ----  -------"),
    (_EVENTS, r"\1Type  Reason  Age  From  Message"),
    (_EVENT, r"\1\4  \5  \2  \3  \6"),
)
_ANNOTATION = re.compile(r"(Annotations: +|\s{8,})([\w-]+(?:\.[\w-]+)*(?:/[\w.-]+)?)=(.*)")  # until 1.11
_MORE = (
    re.compile(r"(Scaled (?:up|down) replica set \S+ to \d+) from \d+$"),
    re.compile(r"(Unable to find \")[\w./]+, Resource="),
    re.compile(r"(Successfully assigned )[a-z0-9-]+/"),
    re.compile(r"( patched) \(no change\)$"),
    re.compile(r"(\S+ )un(?=labeled$)"),
    re.compile(r"(Waiting for) deployment \"[^\"]+\"(?= rollout to finish)"),
)
_EMPTY = re.compile(r"(?<=[ ,])[\w.-]+ \(0/0 replicas created\)(?:, )?")


_STRINGS = re.compile(r"map\[string\]string\{([^}]*)\}")  # of errors that tell a value


def _plain(found: re.Match[str]) -> str:
    return "{" + found[1].replace('", "', '","') + "}"


def without_later_labels(shown: str, printed: str) -> str:
    """Return a cell of labels without those that the control plane has got later, unless the page has the like."""
    later = tuple(prefix for prefix in LATER_LABELS if prefix not in shown)
    return ",".join(label for label in printed.split(",") if not label.startswith(later)) or "<none>"


def in_todays_words(lines: list[str]) -> list[str]:
    """Return lines of a page as the kubectl of today says the same."""
    for pattern, words in _WORDS:
        lines = [pattern.sub(words, line) if pattern.fullmatch(line) else line for line in lines]
    out: list[str] = []
    annotations = False
    for line in (_STRINGS.sub(_plain, line) for line in lines):
        annotations = line.startswith("Annotations:") or (annotations and line.startswith(" "))
        out.append(_ANNOTATION.sub(r"\1\2: \3", line) if annotations else line)
    return out


def with_less(shown: list[str], printed: list[str]) -> list[str]:
    """Return an output without what earlier releases left out, unless the page has it, too (see _MORE), and without the
    empty ReplicaSets of a Deployment's history, which `kubectl describe` has not always told."""
    if not any(_EMPTY.search(line) for line in shown):
        printed = [_none(_EMPTY.sub("", line)) if line.startswith("OldReplicaSets:") else line for line in printed]
    for pattern in _MORE:
        if not any(pattern.search(line) for line in shown):
            printed = [pattern.sub(r"\1", line) for line in printed]
    return printed


def _none(line: str) -> str:
    return re.sub(r":(\s*)$", r":\1<none>", line.rstrip(", ") + " ")


def in_common(ours: Table, theirs: Table, current: Callable[[dict[str, str]], str]) -> tuple[Table, Table]:
    """Return a page's table with DESIRED and one of today with READY (or COMPLETIONS) with the columns in which they
    can be compared: until 1.12, DESIRED and CURRENT were told apart, and what a Job has done was SUCCESSFUL.
    `current`: tells of a row how many there are, "" where nobody knows."""
    ratio = next((name for name in ("READY", "COMPLETIONS") if name in theirs.columns), "")
    if "DESIRED" not in ours.columns or "DESIRED" in theirs.columns or not ratio:
        return ours, theirs
    place = theirs.columns.index(ratio)
    extra = ["DESIRED", "SUCCESSFUL", "CURRENT"]
    rows = []
    for line, cells in theirs.rows:
        done, _, desired = cells[place].partition("/")
        rows.append((line, [*cells, desired, done, current(dict(zip(theirs.columns, cells)))]))
    if not all(cells[-1] for _, cells in rows):
        extra.pop()
    columns = [*theirs.columns, *extra]
    starts = [*theirs.starts, *(theirs.starts[-1] + 10 * (i + 1) for i in range(len(extra)))]
    theirs = Table(theirs.place, columns, starts, [(line, cells[:len(columns)]) for line, cells in rows])
    common = [name for name in ours.columns if name in columns]
    return ours.only(common) or ours, theirs.only(common) or theirs
