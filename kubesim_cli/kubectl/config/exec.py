"""The parts of a user that `config set-credentials` builds of many flags: auth providers and exec plugins."""

from __future__ import annotations

from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..cli.flags import Flags


def check_pairs(flags: Flags) -> None:
    """Refuse what is neither `key=value` nor `key-` in --auth-provider-arg and --exec-env; raises Failure."""
    for flag in ("auth-provider-arg", "exec-env"):
        _pairs(flags[flag], flag)


def set_auth_provider(entry: Object, flags: Flags) -> None:
    """Change a user's `auth-provider`, in place, as --auth-provider and --auth-provider-arg say."""
    provider = entry.get("auth-provider")
    if flags.changed("auth-provider") and (provider is None or provider.get("name") != flags["auth-provider"]):
        provider = entry["auth-provider"] = {"name": flags["auth-provider"], "config": {}}
    if provider is None:
        return
    new, removed = _pairs(flags["auth-provider-arg"], "auth-provider-arg")
    provider["config"] = {**{k: v for k, v in (provider.get("config") or {}).items() if k not in removed}, **new}


def set_exec(entry: Object, flags: Flags) -> None:
    """Change a user's `exec`, in place, as the --exec-* flags say; without --exec-command only one that is there."""
    if flags.changed("exec-command"):
        plugin = entry.setdefault("exec", {"command": "", "args": None, "env": None, "provideClusterInfo": False})
        plugin["command"], plugin["args"] = flags["exec-command"], None
    plugin = entry.get("exec")
    if plugin is None:
        return
    for flag, field in (("exec-api-version", "apiVersion"), ("exec-interactive-mode", "interactiveMode"),
                        ("exec-provide-cluster-info", "provideClusterInfo"), ("exec-arg", "args")):
        if flags.changed(flag):
            plugin[field] = flags[flag]
    if flags["exec-env"]:
        new, removed = _pairs(flags["exec-env"], "exec-env")
        there = [(item.get("name", ""), item.get("value", "")) for item in plugin.get("env") or ()]
        kept = {name: value for name, value in there if name not in removed}
        plugin["env"] = [{"name": name, "value": value} for name, value in {**kept, **new}.items()]


def _pairs(words: list[str], what: str) -> tuple[dict[str, str], list[str]]:
    """Split `key=value` from `key-` (cmdutil.ParsePairs); raises Failure."""
    new, removed, bad = {}, [], []
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key:
            new[key] = value
        elif word.endswith("-") and word != "-":
            removed.append(word[:-1])
        else:
            bad.append(word)
    if bad:
        raise Failure(f"invalid {what} format: {', '.join(bad)}")
    return new, removed
