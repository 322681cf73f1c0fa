"""The kuberc file: aliases and defaults for flags (pkg/kuberc). kubesim's own is KUBESIM_HOME/kuberc."""

from __future__ import annotations

import os

from ..failures import Failure
from ..kubeconfig import home
from .commands import find, subcommands
from .flags import FlagError, Flags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...go.unmarshal import Types
    from ...machinery.types import Json, Object


def path_of(environ: Mapping[str, str], named: str = "") -> tuple[str, bool]:
    """Return the file to use, "" where KUBERC=off forbids it, and whether someone named it; raises Failure."""
    if environ.get("KUBERC") == "off":
        if named:
            raise Failure("disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive")
        return "", False
    if named or environ.get("KUBERC"):
        return named or environ["KUBERC"], True
    return os.path.join(home(environ), "kuberc"), False


class Preferences:
    """What the kuberc makes of one command line: `words` with an alias replaced, and defaults for flags."""

    def __init__(self, words: list[str], environ: Mapping[str, str], warn: Callable[[str], None]):
        """`warn(text)` is told what is wrong but does not matter. Raises Failure."""
        self.words = words
        self._options: list[tuple[str, str, str]] = []
        try:
            preference = _load(words, environ, warn)
            if preference:
                self._apply(preference, warn)
        except Failure as why:
            raise Failure(f"error occurred while applying preferences {why}", prefix="") from None

    def set_defaults(self, flags: Flags) -> None:
        """Set the flags that the kuberc has a value for and that were not given; raises Failure."""
        for name, value, what in self._options:
            if name not in flags:
                raise Failure(f"error occurred while applying preferences invalid flag {name} for command {what}",
                              prefix="")
            if flags.changed(name):
                continue
            try:
                flags.set(name, value)
            except FlagError as why:
                raise Failure("error occurred while applying preferences could not apply override value "
                              f"{value} to flag {name} in command {what} err: {why}", prefix="") from None

    def _apply(self, preference: Object, warn: Callable[[str], None]) -> None:
        aliases = preference["aliases"]
        _validate(preference)
        command, rest = find(self.words)
        typed = next((word for word in self.words if not word.startswith("-")), "")
        alias = next((alias for alias in aliases if alias["name"] == typed), None)
        if not command and rest and alias:
            target, unknown = find(alias["command"].split())
            if not target or unknown:
                raise Failure(f'command "{alias["command"]}" not found to set alias "{typed}": [{" ".join(unknown)}]')
            position = self.words.index(typed)
            self.words = [*self.words[:position], *target.split(), *(alias.get("prependArgs") or ()),
                          *self.words[position + 1:], *(alias.get("appendArgs") or ())]
            self._options = [(option["name"], option["default"], typed) for option in alias.get("options") or ()]
            return
        if alias and typed in subcommands(""):
            warn(f'Setting alias "{typed}" to a built-in command is not supported')
        for entry in preference["defaults"]:
            target, unknown = find(entry["command"].split())
            if not target or unknown:
                warn(f'command "{entry["command"]}" not found to set kuberc override')
            elif target == command:
                self._options += [(option["name"], option["default"], entry["command"])
                                  for option in entry.get("options") or ()]


def _validate(preference: Object) -> None:
    seen = set()
    for alias in preference["aliases"]:
        name = alias.get("name", "")
        if not (name.isascii() and name.isalpha()):
            raise Failure("invalid alias name, can only include alphabetical characters")
        if name in seen:
            raise Failure(f"duplicate alias name {name}")
        seen.add(name)
    for entry in (*preference["aliases"], *preference["defaults"]):
        for option in entry.get("options") or ():
            if option["name"].startswith("-"):
                raise Failure(f"flag name {option['name']} should be in long form without dashes")


def _load(words: list[str], environ: Mapping[str, str], warn: Callable[[str], None]) -> Object | None:
    """Return the first preference in the file, in the shape of v1beta1."""
    path, named = path_of(environ, _named(words))
    if not path:
        return None
    try:
        from ...go.yaml import text_of
        from ...machinery.files import contents
        return _first(text_of(contents(path)), path)
    except (OSError, ValueError) as why:
        text = f"open {path}: {os.strerror(why.errno or 0).lower()}" if isinstance(why, OSError) else str(why)
        if named:
            raise Failure(f"kuberc error kuberc: {text}") from None
        warn(f"kuberc: no preferences loaded from {path}: {text}")
        return None


def _named(words: list[str]) -> str:
    """Return the value of --kuberc: it counts before flags are parsed."""
    for position, word in enumerate(words):
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if name == "--kuberc":
            value = value if equals else "".join(words[position + 1:position + 2])
            if not value:
                raise Failure("kuberc file is not found")
            return value
    return ""


def _first(text: str, path: str) -> Object | None:
    """Return the first document that is a preference; those that are none, or do not fit its types, are passed over."""
    from ...go.unmarshal import Misfit
    from ..resource.manifests import values
    found = False
    for document in values(text, path):
        found = True
        try:
            return _as_beta(document)
        except Misfit:
            continue
    if found:
        raise ValueError(f"no valid preferences found in {path}, use --v=5 to see details")
    return None


def _as_beta(document: Json) -> Object:
    """Return a preference with the names of v1beta1, whichever version it has; raises Misfit."""
    from ...go.unmarshal import Misfit
    known = isinstance(document, dict) and document.get("kind") == "Preference" and document.get("apiVersion")
    if known == "kubectl.config.k8s.io/v1beta1":
        preference = preference_types().fitted(document, "Preference")
    elif known == "kubectl.config.k8s.io/v1alpha1":
        old = preference_types().fitted(document, "OldPreference")
        preference = {section: [{**entry, "options": entry.get("flags")} for entry in old.get(name) or ()]
                      for section, name in (("aliases", "aliases"), ("defaults", "overrides"))}
    else:
        raise Misfit("no preference")

    def full(entry: Object) -> Object:
        """An option without a name or value has none, as Go's zero is."""
        options = [{"name": "", "default": "", **option} for option in entry.get("options") or ()]
        return {"name": "", "command": "", **entry, "options": options}

    return {section: [full(entry) for entry in preference.get(section) or ()] for section in ("aliases", "defaults")}


def preference_types() -> Types:
    """The structs of kubectl/pkg/config/v1beta1, and under names with Old those of v1alpha1."""
    from ...go.unmarshal import Types
    entry = {"command": "string", "options": "[]CommandOptionDefault"}
    alias = {"name": "string", "prependArgs": "[]string", "appendArgs": "[]string"}
    old = {"command": "string", "flags": "[]CommandOptionDefault"}
    return Types({
        "Preference": {"apiVersion": "string", "kind": "string", "defaults": "[]CommandDefaults",
                       "aliases": "[]AliasOverride", "credentialPluginPolicy": "CredentialPluginPolicy=string",
                       "credentialPluginAllowlist": "[]AllowlistEntry"},
        "AllowlistEntry": {"name": "string", "command": "string"},
        "CommandDefaults": entry, "AliasOverride": {**alias, **entry},
        "CommandOptionDefault": {"name": "string", "default": "string"},
        "OldPreference": {"overrides": "[]OldDefaults", "aliases": "[]OldAlias"},
        "OldDefaults": old, "OldAlias": {**alias, **old}}, "v1beta1")
