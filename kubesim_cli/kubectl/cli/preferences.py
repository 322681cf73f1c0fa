"""The kuberc file: aliases and defaults for flags (pkg/kuberc). kubesim's own is KUBESIM_HOME/kuberc."""

from __future__ import annotations

import os

from ..failures import Failure
from ..kubeconfig import home
from .commands import find
from .flags import FlagError, Flags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...go.unmarshal import Types
    from ...machinery.types import Json, Object
    from ..context import Context


_KINDS = {"kubectl.config.k8s.io/v1beta1": "Preference", "kubectl.config.k8s.io/v1alpha1": "OldPreference"}


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
    """What the kuberc makes of one command line: `words` with an alias replaced, and defaults for flags.

    What is wrong but does not matter is told on stderr. Raises Failure.
    """

    def __init__(self, ctx: Context, words: list[str]):
        self.words, self._ctx = words, ctx
        self._options: list[tuple[str, str]] = []
        self._alias, self._what = "", ""  # the alias in use, if any, and what messages call the command
        try:
            preference = _load(ctx, words)
            if preference:
                self._apply(preference)
        except Failure as why:
            raise Failure(f"error occurred while applying preferences {why}", prefix="") from None

    def set_defaults(self, flags: Flags) -> None:
        """Set the flags that the kuberc has a value for and that were not given; raises Failure."""
        where, what = (f"alias {self._ctx.name}", "") if self._alias else (f"command {self._what}", "override ")
        for name, value in self._options:
            if name not in flags:
                told = f"alias flag {name} in {where}" if self._alias else f"flag {name} for {where}"
                raise Failure(f"error occurred while applying preferences invalid {told}", prefix="")
            if flags.changed(name):
                continue
            try:
                flags.set(name, value)
            except FlagError as why:
                raise Failure(f"error occurred while applying preferences could not apply {what}value {value} to flag "
                              f"{name} in {where} err: {why}", prefix="") from None

    def _apply(self, preference: Object) -> None:
        _validate(preference)
        if preference["policy"] or preference["allowlist"] is not None:
            self._check_policy(preference["policy"], preference["allowlist"])
        command, rest = find(self.words)
        if not command and rest:
            typed = next((word for word in self.words if not word.startswith("-")), "")
            if not self._replace_alias(preference["aliases"], typed):
                return
            command = self._alias
        for entry in preference["defaults"]:
            words = entry["command"].split()
            target, unknown = (self._alias, []) if words[:1] == [self._alias] else find(words)
            if not target and unknown:
                self._ctx.err(f'Warning: command "{entry["command"]}" not found to set kuberc override\n')
            elif target and target.rpartition(" ")[2] == command.rpartition(" ")[2]:  # the last name is all that counts
                if self._alias:
                    raise Failure(f"alias {self._alias} can not be overridden")
                self._what = entry["command"]
                self._options += _options(entry)

    def _replace_alias(self, aliases: list[Object], typed: str) -> bool:
        """Replace an alias by its command with its arguments; False where there is none of that name."""
        alias = next((alias for alias in aliases if alias["name"] == typed), None)
        if alias is None:
            return False
        target, unknown = find(alias["command"].split())
        if not target:
            raise Failure(f'command "{alias["command"]}" not found to set alias "{typed}": [{" ".join(unknown)}]')
        position = self.words.index(typed)
        self.words = [*self.words[:position], *target.split(), *(alias.get("prependArgs") or ()),
                      *self.words[position + 1:], *(alias.get("appendArgs") or ())]
        self._alias, self._options = typed, _options(alias)
        return True

    def _check_policy(self, policy: str, allowlist: list[Object] | None) -> None:
        """Refuse a policy for credential plugins that makes no sense (exec.ValidatePluginPolicy)."""
        from ...go.fmt import quote
        from ...releases.kubectl import does

        if not does("CredentialPluginPolicy", self._ctx.told_release):
            return
        misconfigured = "misconfigured credential plugin allowlist:"
        if policy in ("", "AllowAll", "DenyAll"):
            if allowlist is not None:
                raise Failure(f"{misconfigured} plugin policy is {quote(policy)} but allowlist is non-nil")
            return
        if policy != "Allowlist":
            raise Failure(f"unknown plugin policy: {quote(policy)}")
        if allowlist is None:
            raise Failure('credential plugin policy set to "Allowlist", but allowlist is unspecified')
        if not allowlist:
            raise Failure('credential plugin policy set to "Allowlist", but allowlist is empty; use "DenyAll" policy '
                          "instead")
        for number, entry in enumerate(allowlist, 1):
            path = entry.get("command") or entry.get("name") or ""  # as it was called in 1.35
            if not path:
                raise Failure(f"{misconfigured} empty allowlist entry #{number}")
            clean = os.path.normpath(path)
            if clean != path:
                raise Failure(f"non-normalized file path: {quote(path)} vs {quote(clean)}")


def _options(entry: Object) -> list[tuple[str, str]]:
    return [(option["name"], option["default"]) for option in entry["options"]]


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


def _load(ctx: Context, words: list[str]) -> Object | None:
    """Return the first preference in the file, in the shape of v1beta1 (DefaultGetPreferences).

    The lines that tell of it have no end, as kubectl's have none.
    """
    path, named = path_of(ctx.environ, _named(words))
    if not path:
        return None
    try:
        from ...go.yaml import text_of
        from ...machinery.files import contents
        preference, unknown = _first(text_of(contents(path)), path, _Log(ctx, words))
    except (OSError, ValueError) as why:
        text = f"open {path}: {os.strerror(why.errno or 0).lower()}" if isinstance(why, OSError) else str(why)
        if named:
            raise Failure(f"kuberc error kuberc: {text}") from None
        ctx.err(f"kuberc: no preferences loaded from {path}: {text}")
        return None
    if unknown:
        from ...machinery.decode import strict_message

        ctx.err(f"kuberc: ignoring strict decoding error in {path}: {strict_message(unknown)}")
    return preference


class _Log:
    """What -v=5 shows; flags are not parsed yet (GetLogVerbosity)."""

    def __init__(self, ctx: Context, words: list[str]):
        self._ctx, level = ctx, "0"
        for i, word in enumerate(words[:words.index("--")] if "--" in words else words):
            if word in ("-v", "--v") and i + 1 < len(words):
                level = words[i + 1]
                break
            name, _, value = word.partition("=")
            if name in ("-v", "--v") and value:
                level = value
                break
        self._on = level.isdecimal() and int(level) >= 5

    def tell(self, line: int, text: str) -> None:
        """Log a line of kuberc/marshal.go."""
        if self._on:
            from ..util import klog

            klog.tell(self._ctx, "I", f"marshal.go:{line}", f"kuberc: {text}")


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


def _first(text: str, path: str, log: _Log) -> tuple[Object | None, list[str]]:
    """Return the first document that is a preference, and its unknown fields (decodePreference).

    Those that are none, or do not fit its types, are passed over.
    """
    from ...go.unmarshal import Misfit
    from ..resource.manifests import values
    number = 0
    for number, document in enumerate(values(text, path), 1):
        where = f"entry {number} in {path}"
        try:
            found = _as_beta(document)
        except Misfit as why:
            log.tell(71, f"strict decoding error for {where}: {why}")
            continue
        log.tell(94, f"using entry {number} ({document['apiVersion']}) in {path}")
        return found
    if number:
        raise ValueError(f"no valid preferences found in {path}, use --v=5 to see details")
    log.tell(103, f"no preferences found in {path}")
    return None, []


def _as_beta(document: Json) -> tuple[Object, list[str]]:
    """Return a preference with the names of v1beta1, whichever version it has, and the fields that this does not know;
    raises Misfit."""
    from ...go.unmarshal import Misfit, version_and_kind
    version, kind = version_and_kind(document)
    for what, given in (("Kind", kind), ("apiVersion", version)):
        if not given:
            raise Misfit(f"Object '{what}' is missing")
    assert isinstance(document, dict)
    if kind != "Preference" or version not in _KINDS:
        raise Misfit(f'no kind "{kind}" is registered for version "{version}" in scheme '
                     '"k8s.io/kubectl/pkg/config/scheme/scheme.go:30"')
    types, kind = preference_types(), _KINDS[version]
    preference, unknown = types.fitted(document, kind), types.unknown(document, kind)
    if kind == "OldPreference":
        preference = {section: [{**entry, "options": entry.get("flags")} for entry in preference.get(name) or ()]
                      for section, name in (("aliases", "aliases"), ("defaults", "overrides"))}

    def full(entry: Object) -> Object:
        """An option without a name or value has none, as Go's zero is."""
        options = [{"name": "", "default": "", **option} for option in entry.get("options") or ()]
        return {"name": "", "command": "", **entry, "options": options}

    return {**{section: [full(entry) for entry in preference.get(section) or ()]
               for section in ("aliases", "defaults")},
            "policy": preference.get("credentialPluginPolicy") or "",
            "allowlist": preference.get("credentialPluginAllowlist")}, unknown


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
        "OldPreference": {"apiVersion": "string", "kind": "string", "overrides": "[]OldDefaults",
                          "aliases": "[]OldAlias"},
        "OldDefaults": old, "OldAlias": {**alias, **old}}, "v1beta1")
