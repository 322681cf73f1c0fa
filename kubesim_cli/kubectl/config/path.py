"""Dotted names such as `contexts.dev.namespace` in a kubeconfig: for `config set` and `config unset`.

Follows navigation_step_parser.go and set.go of pkg/cmd/config in kubectl.
"""

from __future__ import annotations

from ..cli.flags import parse_bool
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...machinery.types import Object

# What a name may lead to: str, bytes (base64 in the file), bool, list, or a struct's fields; Map holds named structs.


class Map:
    """A map from names to structs."""

    def __init__(self, fields: Object):
        self.fields = fields


_POINTER = "pointer"  # to a struct whose fields no name leads to
_IN_FILES = {"act-as": "as", "act-as-uid": "as-uid"}  # fields that files call otherwise
_CONFIG: Object = {
    "kind": str, "apiVersion": str, "current-context": str,
    "preferences": {"colors": bool},
    "clusters": Map({"server": str, "tls-server-name": str, "insecure-skip-tls-verify": bool,
                     "certificate-authority": str, "certificate-authority-data": bytes, "proxy-url": str,
                     "disable-compression": bool}),
    "users": Map({"client-certificate": str, "client-certificate-data": bytes, "client-key": str,
                  "client-key-data": bytes, "token": str, "tokenFile": str, "act-as": str, "act-as-uid": str,
                  "act-as-groups": list, "act-as-user-extra": Map({}), "username": str, "password": str,
                  "auth-provider": _POINTER, "exec": _POINTER}),
    "contexts": Map({"cluster": str, "user": str, "namespace": str}),
}


def steps_of(path: str) -> list[tuple[str, Any]]:
    """Split a dotted name into its steps, (name, what it leads to); raises Failure for a name that leads nowhere."""
    parts = path.split(".")
    kind = _CONFIG
    steps: list[tuple[str, Any]] = []
    while parts:
        if isinstance(kind, Map):
            if not kind.fields:
                raise Failure("string is not of type struct")
            # A map's key may hold dots: it goes on until a word that is a field of what the map holds.
            end = next((i for i, part in enumerate(parts) if i and part in kind.fields), len(parts))
            name, kind = ".".join(parts[:end]), kind.fields
        elif isinstance(kind, dict):
            end, name = 1, parts[0]
            if name not in kind:
                shown = " ".join("{" + step + " " + _go_type(led_to) + "}" for step, led_to in steps)
                raise Failure(f"unable to parse {path} after [{shown}] at {_struct_name(steps)}")
            kind = kind[name]
        else:
            raise Failure(f"unable to parse one or more field values of {path}")
        steps.append((name, kind))
        parts = parts[end:]
    return steps


def _struct_name(steps: list[tuple[str, Any]]) -> str:
    if not steps:
        return "api.Config"
    return {"clusters": "*api.Cluster", "users": "*api.AuthInfo", "contexts": "*api.Context",
            "preferences": "api.Preferences"}[steps[0][0]]


def _go_type(kind: Any) -> str:
    return "0x0" if isinstance(kind, (dict, Map)) else {str: "string", bool: "bool", bytes: "[]uint8"}.get(kind, "[]")


def set_value(config: Object, path: str, text: str, raw_bytes: bool) -> None:
    """Set, in place, what `path` leads to; `raw_bytes`: bytes are given as they are, not in base64. Raises Failure."""
    target, name, kind = _walk(config, path, create=True)
    if isinstance(kind, (Map, dict)):
        raise Failure("can't set a map to a value: map[]")
    if kind is _POINTER:
        raise Failure(f"unrecognized type: {name}")
    if kind is list:
        raise Failure("unrecognized slice type. string")
    if kind is bool:
        try:
            target[name] = parse_bool(text)
        except ValueError as why:
            raise Failure(str(why)) from None
    else:
        target[name] = text if kind is str else _base64(text, raw_bytes)


def unset_value(config: Object, path: str) -> None:
    """Take away, in place, what `path` leads to; raises Failure."""
    target, name, kind = _walk(config, path, create=False)
    if target is config and isinstance(kind, Map):
        config[name] = {}
    elif target is config and kind is str:
        config[name] = ""
    else:
        target.pop(name, None)


def _walk(config: Object, path: str, create: bool) -> tuple[Object, str, Any]:
    """Return the dict that holds the last step, the step's name and what it leads to."""
    steps = steps_of(path)
    target = config
    for position, (name, _) in enumerate(steps[:-1]):
        if name not in target:
            if not create and isinstance(steps[position - 1][1] if position else None, Map):
                raise Failure(f"current map key `{name}` is invalid")
            if not create:
                return {}, steps[-1][0], steps[-1][1]
            target[name] = {}
        target = target[name]
    name, kind = steps[-1]
    return target, _IN_FILES.get(name, name), kind


def _base64(text: str, raw_bytes: bool) -> str:
    import base64
    import binascii
    import string
    if raw_bytes:
        return base64.b64encode(text.encode()).decode()
    try:
        return base64.b64encode(base64.b64decode(text.translate({10: None, 13: None}), validate=True)).decode()
    except binascii.Error:
        letters = len(text) - len(text.lstrip(string.ascii_letters + string.digits + "+/\r\n"))
        bad = letters if letters < len(text) else letters // 4 * 4
        raise Failure(f"error decoding input value: illegal base64 data at input byte {bad}") from None
