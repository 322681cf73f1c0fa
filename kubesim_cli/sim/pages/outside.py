"""What a command would do outside of the namespace that was made for a page on a real cluster."""

from __future__ import annotations

import os
import re

from .commandline import Scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# Verbs that only read, wherever they look.
_READERS = frozenset(("get", "describe", "logs", "top", "events", "explain", "api-resources", "api-versions", "version",
                      "cluster-info", "wait", "diff", "auth", "kustomize", "help", "options", "completion"))
_OF_THE_CLUSTER = frozenset(("drain", "cordon", "uncordon", "taint", "certificate", "config", "proxy", "kuberc"))
_ELSEWHERE = ("--context", "--cluster", "--server", "-s", "--kubeconfig", "--user", "--token", "--as")
_SUBJECTS = (("--user", "create"), ("--user", "set"))  # whom a binding is for
_PLACES = ("-n", "--namespace", "-A", "--all-namespaces")
_FILES = ("-f", "--filename", "-k", "--kustomize")
_RUNNERS = frozenset(("sh", "bash", "eval", "source", ".", "env", "timeout", "xargs", "command", "find"))
_KIND = re.compile(r"\bkind[\"']?:\s*[\"']?(\w+)")
_NAMESPACE = re.compile(r"\bnamespace[\"']?:\s*[\"']?\w")


def why_outside(text: str) -> str:
    """Return why a command may not run in a namespace of its own, "" where it may. Files are those of the working
    directory, which is the page's."""
    if "<<" in text and (why := _of_manifests(text)):
        return why
    for words in Scan(text).commands:
        if "kubectl" in words:
            place = words.index("kubectl")
            why = _of_kubectl(words[place + 1:], more="xargs" in words[:place])
            if why:
                return why
        elif words[0] in ("minikube", "kind"):
            return f"is for {words[0]}"
        elif words[0] in _RUNNERS or "/" in words[0]:
            return "runs what is not seen"
    return ""


def _of_kubectl(words: list[str], more: bool) -> str:
    """`more`: whether words are added that nobody sees here."""
    words = words[:words.index("--")] if "--" in words else words
    flags = [word.partition("=")[0] for word in words if word.startswith("-")]
    plain, files = _sorted(words)
    verb = plain[0] if plain else ""
    if any(flag in _ELSEWHERE and (flag, verb) not in _SUBJECTS for flag in flags):
        return "is for another cluster or user"
    if verb in _OF_THE_CLUSTER:
        return f"{verb} is about the whole cluster"
    if verb in _READERS or not verb:
        return ""
    if any(flag in _PLACES or re.fullmatch("-n.+", flag) for flag in flags):
        return "changes another namespace"
    if more and len(plain) < 2:
        return "changes what is not seen"
    for file in files:
        if why := _of_file(file):
            return why
    types = plain[2:3] if verb == "set" or (verb == "rollout") else plain[1:]
    if verb in ("exec", "cp", "attach", "run", "port-forward", "debug"):
        types = [word for word in types if word.startswith(("node/", "no/", "nodes/"))]
    for word in types:
        for kind in word.partition("/")[0].split(","):
            if "$" in kind and "/" not in word and word is plain[1]:
                return "changes what is not seen"
            if _cluster_scoped(kind):
                return f"changes {kind}, which no namespace has"
    return ""


def _sorted(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the words of a kubectl command that are neither flags nor behind one that takes a value, and its files."""
    plain: list[str] = []
    files: list[str] = []
    rest = iter(words)
    for word in rest:
        name, sign, value = word.partition("=")
        if name in _FILES:
            files.append(value if sign else next(rest, ""))
        elif word[:2] in ("-f", "-k") and word[2:]:
            files.append(word[2:])
        elif not word.startswith("-"):
            plain.append(word)
    return plain, files


def _of_file(name: str) -> str:
    if name == "-":
        return ""  # the here-document is a part of the text
    if "://" in name or "$" in name:
        return "applies what is not seen"
    if not os.path.exists(name):
        return ""  # kubectl will say so
    for path in _below(name):
        with open(path, encoding="utf-8", errors="replace") as file:
            if why := _of_manifests(file.read()):
                return why
    return ""


def _below(name: str) -> Iterator[str]:
    if not os.path.isdir(name):
        yield name
    for top, _, files in os.walk(name):
        yield from (os.path.join(top, file) for file in files)


def _of_manifests(text: str) -> str:
    for kind in _KIND.findall(text):
        if _cluster_scoped(kind.lower()):
            return f"changes {kind}, which no namespace has"
    return "changes another namespace" if _NAMESPACE.search(text) else ""


def _cluster_scoped(word: str) -> bool:
    """Whether a word is a kind or a resource that belongs to no namespace."""
    from ...machinery.discovery import builtin

    found = builtin().find(word.rstrip("/").lower())
    return found is not None and not found.namespaced
