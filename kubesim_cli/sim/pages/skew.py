"""Hugo's shortcodes for versions of Kubernetes, as kubernetes.io has them: they mean those of the run's release."""

from __future__ import annotations

import re
from dataclasses import replace

from ...releases import OLDEST, Release, parse_release, release_text
from ...releases.server import PATCH
from .model import Command, Shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Listing, Page

_SHORTCODE = re.compile(r"\{\{[<%]\s*(?:skew\s+\"?(?P<name>\w+)\"?(?:\s+(?P<minor>-?\d+)(?:\s+\"(?P<dot>[^\"]*)\")?)?"
                        r"|param\s+\"?(?P<param>version|fullversion)\"?)\s*[>%]\}\}")
_MINORS = {"currentVersion": 0, "latestVersion": 0, "prevMinorVersion": -1, "nextMinorVersion": 1,
           "oldestMinorVersion": -3}


def fill(page: Page, release: str) -> None:
    """Put the values of shortcodes into a page's commands, listings and files. `release`: that of the run, "" for the
    oldest."""
    if not _SHORTCODE.search(page.text):
        return
    known = parse_release(release) if release else OLDEST
    for item in page.items:
        if isinstance(item, Command):
            item.text = filled(item.text, known)
            item.listing = item.listing and _listing(item.listing, known)
        elif isinstance(item, Shown):
            item.text = filled(item.text, known)


def filled(text: str, release: Release) -> str:
    """Return a text with what its shortcodes mean in a release; those that mean no version stay."""
    return _SHORTCODE.sub(lambda found: _value(found, release), text)


def _value(found: re.Match[str], release: Release) -> str:
    name, parameter = found["name"], found["param"]
    if name == "currentPatchVersion" or parameter == "fullversion":
        return PATCH[release].removeprefix("v" if name else "")
    if parameter:
        return f"v{release_text(release)}"
    if name == "currentVersionAddMinor":
        return f"{release[0]}{'.' if found['dot'] is None else found['dot']}{release[1] + int(found['minor'] or 0)}"
    return release_text((release[0], release[1] + _MINORS[name])) if name in _MINORS else found.group()


def _listing(listing: Listing, release: Release) -> Listing:
    lines = [filled(line, release) for line in listing.lines]
    alternatives = [[filled(line, release) for line in each] for each in listing.alternatives]
    if lines == listing.lines and alternatives == listing.alternatives:
        return listing
    return replace(listing, lines=lines, alternatives=alternatives, editable=False)  # the shortcodes would be lost
