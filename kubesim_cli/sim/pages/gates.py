"""Feature gates that a page is about: they are on in its cluster, where its release knows them and has them off."""

from __future__ import annotations

import re

from ...releases import OLDEST, Release, parse_release, within
from ...releases.gates import GATES, enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Page

_STATE = re.compile(r"\bfeature_gate_name=[\"']?(\w+)")
_FLAG = re.compile(r"\b(\w+)=true\b")  # of --feature-gates
_SETTING = re.compile(r"^\s*[\"']?(\w+)[\"']?: *true\b", re.M)  # in a configuration's featureGates
_NAME = re.compile(r"\b[A-Z][a-z]+[A-Z]\w+")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n\s*[*-]\s")
_ON = re.compile(r"\benabl(?:e|ed|ing)\b|\bturn(?:ed)? on\b|\bmust be (?:set|on)\b|\bhas the\b", re.I)
_OFF = re.compile(r"\bdisabl|\bturn(?:ed)? off\b|\bby default\b|=false\b|\bif the\b", re.I)


def turn_on(page: Page, release: str) -> None:
    """Turn the gates on that a page is about; they are told among what is inferred. `release`: that of the run, "" for
    the oldest."""
    known = parse_release(release) if release else OLDEST
    page.gates = [name for name in named(page.text) if _is_off(name, known)]
    page.inferred += [f"the feature gate {name} is on" for name in page.gates]


def named(text: str) -> list[str]:
    """Return the gates that a page says are on: by Hugo's feature-state, in a flag or a configuration, or in words."""
    found = set(_STATE.findall(text))
    if re.search(r"--feature-gates|featureGates:", text):
        found.update(_FLAG.findall(text), _SETTING.findall(text))
    for sentence in _SENTENCE.split(text):
        if re.search(r"\bfeature(?:\s+|-)gates?\b", sentence) and _ON.search(sentence) and not _OFF.search(sentence):
            found.update(_NAME.findall(sentence))
    return sorted(found & GATES.keys())


def _is_off(name: str, release: Release) -> bool:
    gate = GATES[name]
    return within(release, gate.since, gate.until) and not enabled(name, release)
