"""Secret."""

from __future__ import annotations

from ....machinery.wellknown import (
    SECRET_TYPE_DOCKER_CONFIG_JSON,
    SECRET_TYPE_SERVICE_ACCOUNT_TOKEN,
    SECRET_TYPE_TLS,
    SERVICE_ACCOUNT_NAME_KEY,
)
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class Secret(Kind):
    columns = (NAME, Column("Type"), Column("Data"), AGE)

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], obj.get("type", ""), len(obj.get("data") or ()), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        text = obj.pop("stringData", None)
        if text:
            import base64

            data = obj["data"] = dict(obj.get("data") or {})
            for key, value in text.items():
                data[key] = base64.b64encode((value or "").encode()).decode()
        if not obj.get("type"):
            obj["type"] = "Opaque"

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field, names
        from ..checks import said
        from .configmap import MAX_SIZE

        data = obj.get("data") or {}
        errors = []
        size = 0
        for key, value in data.items():
            errors += said(f"data[{key}]", key, names.config_map_key(key))
            size += len(value or "") * 3 // 4
        if size > MAX_SIZE:
            errors.append(field.too_long("data", MAX_SIZE))
        return errors + _of_type(obj, data)

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable
        from .configmap import frozen

        return (immutable("type", obj.get("type"), old.get("type")) + frozen(obj, old, ("data",))
                + self.validate(obj, ctx))

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        if obj.get("type") != SECRET_TYPE_TLS:
            return []
        for key, what in (("tls.crt", "certificate"), ("tls.key", "key")):
            if b"-----BEGIN " not in _decoded(obj, key):
                return [f"tls: failed to find any PEM data in {what} input"]
        return []

    def fields(self, obj: dict) -> dict[str, str]:
        return {"type": obj.get("type", "")}


def _decoded(obj: dict, key: str) -> bytes:
    import base64
    import binascii

    try:
        return base64.b64decode((obj.get("data") or {}).get(key) or "")
    except binascii.Error:
        return b""


def _of_type(obj: dict, data: dict) -> list:
    """What the well-known types of Secret must hold."""
    from ....machinery import field

    def missing(*keys: str) -> list:
        return [field.required(f"data[{key}]") for key in keys if key not in data]

    type_ = obj.get("type")
    if type_ == SECRET_TYPE_SERVICE_ACCOUNT_TOKEN:
        annotations = obj["metadata"].get("annotations") or {}
        return [] if annotations.get(SERVICE_ACCOUNT_NAME_KEY) else [
            field.required(f"metadata.annotations[{SERVICE_ACCOUNT_NAME_KEY}]")]
    if type_ in ("kubernetes.io/dockercfg", SECRET_TYPE_DOCKER_CONFIG_JSON):
        key = "." + type_.rpartition("/")[2]
        return missing(key) or _json_object(obj, key)
    if type_ == "kubernetes.io/basic-auth":
        errors = missing("username", "password")
        return errors if len(errors) == 2 else []
    if type_ == "kubernetes.io/ssh-auth":
        return [] if data.get("ssh-privatekey") else [field.required("data[ssh-privatekey]")]
    if type_ == SECRET_TYPE_TLS:
        return missing("tls.crt", "tls.key")
    return []


def _json_object(obj: dict, key: str) -> list:
    import json

    from ....machinery import field

    text = _decoded(obj, key).decode(errors="replace")
    try:
        if isinstance(json.loads(text), dict):
            return []
        why = "json: cannot unmarshal value into Go value of type map[string]interface {}"
    except json.JSONDecodeError as error:
        at = text[error.pos:error.pos + 1]
        why = (f"invalid character {at!r} looking for beginning of value" if at else "unexpected end of JSON input")
    return [field.invalid(f"data[{key}]", "<secret contents redacted>", why)]


KIND = Secret()
