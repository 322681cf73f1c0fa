"""kubectl kuberc: showing and changing the file of aliases and defaults (pkg/cmd/kuberc)."""

from __future__ import annotations

import os

from ...machinery.files import contents
from ..failures import Aggregate, Failure
from .preferences import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context
    from .flags import Flags

_HEAD = {"kind": "Preference", "apiVersion": "kubectl.config.k8s.io/v1beta1"}
_SECTIONS = ("defaults", "aliases", "credentialplugin")
_POLICIES = ("AllowAll", "DenyAll", "Allowlist")
_RECOMMENDED = [{"command": "apply", "options": [{"name": "server-side", "default": "true"}]},
                {"command": "delete", "options": [{"name": "interactive", "default": "true"}]}]


def view(ctx: Context) -> None:
    path, named = _path(ctx)
    preference = _read(path)
    if preference is None:
        if named:
            raise Failure(f"kuberc file not found at {path}")
        ctx.out(f"kuberc file not found at {path}\n"
                "Would you like to generate a default kuberc file with recommended options? (y/N): ")
        ctx.flush()
        if ctx.stdin().strip().lower() == "y":
            _save(ctx, path, {**_HEAD, "defaults": _RECOMMENDED, "aliases": None})
        return
    shown = {**_HEAD, **preference, "aliases": preference.get("aliases") or [],
             "defaults": [{"options": None, **entry} for entry in preference.get("defaults") or ()]}
    from ..util.cmdutil import output_printer
    output_printer(ctx)(shown)


def set_(ctx: Context) -> None:
    flags = ctx.flags
    path, _ = _path(ctx)
    section, name = flags["section"], flags["name"]
    _validate(flags, section, name)
    preference = {"defaults": None, "aliases": None, **(_read(path) or _HEAD)}
    options = [_option(text) for text in flags["option"]] or None
    if section == "defaults":
        _put(preference, "defaults", "command", {"command": flags["command"], "options": options}, flags["overwrite"],
             f'defaults for command "{flags["command"]}" already exist, use --overwrite to replace')
    elif section == "aliases":
        _put(preference, "aliases", "name",
             {"name": name, "command": flags["command"], "prependArgs": flags["prependarg"],
              "appendArgs": flags["appendarg"], "options": options}, flags["overwrite"],
             f'alias "{name}" already exists, use --overwrite to replace')
    else:
        if flags["policy"] == "Allowlist":
            preference["credentialPluginAllowlist"] = _allowlist(flags["allowlist-entry"])
        preference["credentialPluginPolicy"] = flags["policy"]
    _save(ctx, path, preference)


def _validate(flags: Flags, section: str, name: str) -> None:
    if "policy" not in flags and section not in _SECTIONS[:2]:  # as long as the command was alpha
        raise Failure(f'--section must be "defaults" or "aliases", got: {section}')
    if section not in _SECTIONS:
        raise Failure(f'--section must be "defaults", "aliases", or "credentialplugin", got: {section}')
    if section == "aliases" and not name:
        raise Failure("--name is required when --section=aliases")
    if section == "defaults" and name:
        raise Failure("--name should not be specified when --section=defaults")
    if section == "defaults" and (flags["prependarg"] or flags["appendarg"]):
        raise Failure("--prependarg and --appendarg are only valid for --section=aliases")
    if section != "credentialplugin":
        if not flags["command"]:
            raise Failure("--command is required when --section=aliases or --section=defaults")
        return
    policy, entries = flags["policy"], flags["allowlist-entry"]
    if not policy:
        raise Failure("--policy is required when --section=credentialplugin")
    if policy not in _POLICIES:
        raise Failure(f' --policy must be  "AllowAll", "DenyAll", or "Allowlist", got: {policy}')
    if policy != "Allowlist" and entries:
        raise Failure("--allowlist-entry may only be used when --section=credentialplugin and --policy=Allowlist")
    if policy == "Allowlist" and not entries:
        raise Failure("--allowlist-entry is required when --section=credentialplugin and --policy=Allowlist")


def _option(text: str) -> Object:
    name, equals, value = text.partition("=")
    if not equals:
        raise Failure(f'invalid option format "{text}", expected flag=value')
    return {"name": name.lstrip("-"), "default": value}


def _put(preference: Object, section: str, key: str, entry: Object, overwrite: bool, refusal: str) -> None:
    """Add an entry, or replace the one with the same key, which keeps what the new one leaves out."""
    entries = list(preference.get(section) or ())
    for position, old in enumerate(entries):
        if old.get(key) == entry[key]:
            if not overwrite:
                raise Failure(refusal)
            entries[position] = {**old, **{field: value for field, value in entry.items() if value}}
            break
    else:
        entries.append({field: value for field, value in entry.items()
                        if value or (section, field) == ("defaults", "options")})
    preference[section] = entries


def _allowlist(texts: list[str]) -> list[Object]:
    found, errors = [], []
    for text in ",".join(texts).split(","):
        field, equals, value = text.partition("=")
        if not equals:
            errors.append(f'improperly formatted allowlist entry: "{text}"')
        elif field == "name":
            errors.append('allowlist entry field "name" is deprecated, use "command" instead')
        elif field != "command":
            errors.append(f'unrecognized allowlist entry field: "{field}"')
        elif not value.strip():
            errors.append(f'empty value in allowlist entry for field "{field}"')
        else:
            found.append({"command": value})
    if errors:
        raise Aggregate([Failure(error) for error in errors])
    return found


def _path(ctx: Context) -> tuple[str, bool]:
    path, named = path_of(ctx.environ, ctx.flags["kuberc"])
    if not path:
        raise Failure("KUBERC is disabled via KUBERC=off environment variable")
    return path, named


def _read(path: str) -> Object | None:
    from ...go.unmarshal import Misfit
    from ...go.yaml import YamlError, load, text_of
    from .preferences import preference_types
    try:
        value = load(text_of(contents(path)))
        preference = None if value is None else preference_types().fitted(value, "Preference") or None
    except FileNotFoundError:
        return None
    except Misfit as why:
        raise Failure(f"error parsing kuberc file: error unmarshaling JSON: while decoding JSON: {why}") from None
    except YamlError as why:
        raise Failure(f"error parsing kuberc file: error converting YAML to JSON: {why}") from None
    for entry in (preference or {}).get("defaults") or ():
        entry.setdefault("options", None)  # has no omitempty
    return preference


def _save(ctx: Context, path: str, preference: Object) -> None:
    from ..printers.yaml import dump
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(dump(preference))
    ctx.out(f"Updated {path}\n")
