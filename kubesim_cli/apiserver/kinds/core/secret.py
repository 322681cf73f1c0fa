"""Secret."""

from __future__ import annotations

from ....machinery.wellknown import (
    SECRET_TYPE_DOCKER_CONFIG_JSON,
    SECRET_TYPE_SERVICE_ACCOUNT_TOKEN,
    SECRET_TYPE_TLS,
    SERVICE_ACCOUNT_NAME_KEY,
)
from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class Secret(Kind):
    columns = (NAME,
               Column("Type", lambda obj, ctx: obj.get("type", "")),
               Column("Data", lambda obj, ctx: len(obj.get("data") or ())),
               AGE)

    def default(self, obj: Object, ctx: Context) -> None:
        text = obj.pop("stringData", None)
        if text:
            import base64

            data = obj["data"] = dict(obj.get("data") or {})
            for key, value in text.items():
                data[key] = base64.b64encode((value or "").encode()).decode()
        if not obj.get("type"):
            obj["type"] = "Opaque"

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateSecret."""
        from ....machinery import field, names
        from ..checks import said
        from .configmap import MAX_SIZE, decoded_size

        data = obj.get("data") or {}
        errors = []
        size = 0
        for key, value in data.items():
            errors += said(f"data[{key}]", key, names.config_map_key(key))
            size += decoded_size(value or "")
        if size > MAX_SIZE:
            errors.append(field.too_long("data", MAX_SIZE))
        return errors + _of_type(obj, data)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateSecretUpdate."""
        from ..checks import immutable
        from .configmap import frozen

        return (immutable("type", obj.get("type"), old.get("type")) + frozen(obj, old, ("data",))
                + self.validate(obj, ctx))

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        if obj.get("type") != SECRET_TYPE_TLS:
            return []
        for key, what in (("tls.crt", "certificate"), ("tls.key", "key")):
            if b"-----BEGIN " not in _decoded(obj, key):
                return [f"tls: failed to find any PEM data in {what} input"]
        return []

    def fields(self, obj: Object) -> dict[str, str]:
        return {"type": obj.get("type", "")}


def _decoded(obj: Object, key: str) -> bytes:
    import base64
    import binascii

    try:
        return base64.b64decode((obj.get("data") or {}).get(key) or "")
    except binascii.Error:
        return b""


def _of_type(obj: Object, data: Object) -> FieldErrors:
    """What the well-known types of Secret must hold."""
    from ....machinery import field

    def missing(*keys: str) -> FieldErrors:
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


def _json_object(obj: Object, key: str) -> FieldErrors:
    from ....go.json import loads, type_word
    from ....machinery import field

    text = _decoded(obj, key).decode(errors="replace")
    try:
        value = loads(text)
        if value is None or isinstance(value, dict):
            return []
        why = f"json: cannot unmarshal {type_word(value)} into Go value of type map[string]interface {{}}"
    except ValueError as error:
        why = str(error)
    return [field.invalid(f"data[{key}]", "<secret contents redacted>", why)]


KIND = Secret()
