"""What a cluster is told to do otherwise than it would: requests that fail, command lines that are answered."""

from __future__ import annotations

from ..apiserver import faults

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cluster import Cluster

ERRORS = faults.ERRORS


def fault(cluster: Cluster, pattern: str, *, error: str = "", slow: float = 0.0, times: int | None = None,
          rate: float = 1.0, namespace: str = "*") -> Object:
    """Have the users' requests that fit a pattern fail with `error`, one of ERRORS, or take `slow` seconds.

    `pattern`: `VERB RESOURCE[/NAME[/SUBRESOURCE]]`, each with the wildcards of file names: `patch statefulsets/*`.
    `times`: how often, None for always; `rate`: which share of them, 0 to 1. Belongs to the running transaction.
    Returns it as apiserver.faults has it; raises ValueError for what cannot be meant.
    """
    if error and error not in ERRORS:
        raise ValueError(f'"{error}" is none of {", ".join(ERRORS)}')
    if not error and not slow:
        raise ValueError("neither an error nor a delay is given: nothing would happen")
    if (times is not None and times < 1) or not 0 < rate <= 1 or slow < 0:
        raise ValueError("times is at least 1, rate above 0 and up to 1, and time only moves forward")
    verb, _, target = pattern.strip().partition(" ")
    resource, *rest = target.strip().split("/")
    if not resource or len(rest) > 2 or not all(rest):
        raise ValueError(f'"{pattern}" is not of the form VERB RESOURCE[/NAME[/SUBRESOURCE]]')
    if not _is_glob(verb) and verb not in faults.VERBS:
        raise ValueError(f'"{verb}" is none of the verbs {", ".join(faults.VERBS)}')
    made = {"verb": verb, "resource": _resource(cluster, resource), "name": rest[0] if rest else "*",
            "subresource": rest[1] if len(rest) == 2 else "*" if not rest else "", "namespace": namespace,
            "with": error, "slow": slow, "times": times, "rate": rate}
    cluster.state.request_faults = [*cluster.state.request_faults, made]
    return made


def _resource(cluster: Cluster, word: str) -> str:
    """Return a resource's whole name; a wildcard, or the name of one that may come, stays as it is."""
    if _is_glob(word):
        return word
    found = cluster.client.discovery.find(word)
    if found is None and "." not in word:
        raise ValueError(f'there is no resource "{word}"')
    return found.name if found else word


def _is_glob(word: str) -> bool:
    return any(letter in word for letter in "*?[")


def told(fault: Object) -> str:
    """Tell a fault in a line."""
    target = "/".join([fault["resource"], fault["name"], *([fault["subresource"]] if fault["subresource"] else [])])
    words = [fault["verb"], target, *(["-n", fault["namespace"]] if fault["namespace"] != "*" else [])]
    if fault["with"]:
        words.append(f"with {fault['with']}")
    if fault["slow"]:
        words.append(f"slow {fault['slow']:g}s")
    if fault["rate"] < 1:
        words.append(f"rate {fault['rate']:g}")
    if fault["times"] is not None:
        words.append(f"times {fault['times']}")
    return " ".join(words)


def answer(cluster: Cluster, pattern: str, *, stdout: str = "", stderr: str = "", code: int = 0,
           times: int | None = None) -> None:
    """Have kubectl command lines that fit a pattern not run, but print these texts and end with that exit code.

    `pattern`: as behind `kubectl`, with the wildcards of file names: `exec mongodb-* -- mongo*`. It is held against the
    line as it was typed, and without the flags before `--`. `times` as in `fault`. Belongs to the running transaction.
    Raises ValueError for what cannot be meant.
    """
    pattern = " ".join(pattern.split()).removeprefix("kubectl ")
    if not pattern:
        raise ValueError("the pattern is empty")
    if (times is not None and times < 1) or not 0 <= code <= 255:
        raise ValueError("times is at least 1, and an exit code 0 to 255")
    cluster.state.answers = [*cluster.state.answers, {"pattern": pattern, "stdout": stdout, "stderr": stderr,
                                                      "exit": code, "times": times}]
