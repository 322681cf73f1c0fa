"""What differs between the Kubernetes releases that kubesim emulates, 1.28 to 1.37.

gates.py: what the server's side does, kubectl.py: what kubectl does, server.py: what both say of their version. A fact
in data carries `since` and `until`, and is asked through `within`. Nowhere else are releases compared.
"""

from __future__ import annotations

Release = tuple[int, int]  # a minor release, as in (1, 28)

OLDEST: Release = (1, 28)  # what is emulated where nothing is said
NEWEST: Release = (1, 37)


def within(release: Release, since: Release | None = None, until: Release | None = None) -> bool:
    """Tell whether a fact of the releases from `since` up to but without `until` holds in `release`; None: unbounded.

    Facts in data (a column, a flag, a kind, a field) carry their `since` and `until`, and are asked here.
    """
    return (since is None or since <= release) and (until is None or release < until)


def within_minors(release: Release, since: int | None, until: int | None) -> bool:
    """Tell what `within` does of a fact in a JSON file, where `since` and `until` are minor releases."""
    return (since is None or since <= release[1]) and (until is None or release[1] < until)


def parse_release(text: str) -> Release:
    """Return the release of a text such as `1.28` or `v1.30.1`; ValueError where kubesim does not emulate it."""
    parts = text.strip().removeprefix("v").split(".")
    if len(parts) in (2, 3) and all(part.isdecimal() for part in parts):
        release = (int(parts[0]), int(parts[1]))
        if OLDEST <= release <= NEWEST:
            return release
    raise ValueError(f"unsupported Kubernetes version {text!r}: use {RANGE}")


def release_text(release: Release) -> str:
    """Return a release as people write it: `1.28`."""
    return f"{release[0]}.{release[1]}"


RANGE = f"{release_text(OLDEST)} to {release_text(NEWEST)}"  # what is emulated, as people are told
