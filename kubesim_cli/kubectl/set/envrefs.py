"""What the `valueFrom` of an environment variable refers to, in words and in value (pkg/cmd/set/env)."""

from __future__ import annotations

from ...go.fmt import quote
from ...machinery import names, quantity
from ...machinery.errors import StatusError
from ...machinery.objects import dig
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context


def describe(source: Object) -> str:
    """Return a valueFrom in words: `configmap flags, key mode`."""
    for field, word in (("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")):
        if source.get(field):
            return f"{word} {source[field].get('name', '')}, key {source[field].get('key', '')}"
    if source.get("fieldRef"):
        return f"field path {source['fieldRef']['fieldPath']}"
    if source.get("resourceFieldRef"):
        ref = source["resourceFieldRef"]
        container = f"{ref['containerName']}/" if ref.get("containerName") else ""
        return f"resource field {container}{ref['resource']}"
    return "invalid valueFrom"


class References:
    """Resolves references in the current namespace; each ConfigMap and Secret is read once."""

    def __init__(self, ctx: Context):
        self.ctx = ctx
        self._read: dict[tuple[str, str], Object] = {}

    def resolve(self, source: Object, obj: Object, container: Object) -> str:
        """Return the value of a valueFrom; raises Failure."""
        if source.get("secretKeyRef"):
            import base64

            value = self._key("secrets", source["secretKeyRef"], "secret")
            return base64.b64decode(value).decode("utf-8", "replace")
        if source.get("configMapKeyRef"):
            return self._key("configmaps", source["configMapKeyRef"], "config map")
        if source.get("fieldRef"):
            return _field(obj, source["fieldRef"]["fieldPath"])
        if source.get("resourceFieldRef"):
            return _resource_field(container, source["resourceFieldRef"])
        raise Failure("invalid valueFrom")

    def _key(self, resource: str, ref: Object, word: str) -> str:
        name, key = ref.get("name", ""), ref.get("key", "")
        if (resource, name) not in self._read:
            try:
                self._read[resource, name] = self.ctx.client.get(resource, name, self.ctx.namespace)
            except StatusError as error:
                raise Failure(error.message) from None
        data = self._read[resource, name].get("data") or {}
        if key not in data:
            raise Failure(f"key {key} not found in {word} {name}")
        value: str = data[key]
        return value


def _field(obj: Object, path: str) -> str:
    metadata = obj["metadata"]
    if path.endswith("']") and "['" in path:
        where, subscript = path[:-2].split("['", 1)
        if where not in ("metadata.annotations", "metadata.labels"):
            raise Failure(f"fieldPath {quote(path)} does not support subscript")
        key = subscript.lower() if where == "metadata.annotations" else subscript
        if problems := names.qualified_name(key):
            raise Failure(f"invalid key subscript in {path}: {';'.join(problems)}")
        value: str = (metadata.get(where.partition(".")[2]) or {}).get(subscript, "")
        return value
    if path in ("metadata.annotations", "metadata.labels"):
        values = metadata.get(path.partition(".")[2]) or {}
        return "\n".join(f"{key}={quote(values[key])}" for key in sorted(values))
    if path in ("metadata.name", "metadata.namespace", "metadata.uid"):
        told: str = metadata.get(path.partition(".")[2], "")
        return told
    raise Failure(f"unsupported fieldPath: {path}")


def _resource_field(container: Object, ref: Object) -> str:
    kind, _, name = ref["resource"].partition(".")
    if kind not in ("limits", "requests") or not (name in ("cpu", "memory", "ephemeral-storage")
                                                  or name.startswith("hugepages-")):
        raise Failure(f"Unsupported container resource : {ref['resource']}")
    amount = dig(container, "resources", kind, name, default="0")
    divisor = ref.get("divisor") or "1"
    if quantity.compare(divisor, "0") == 0:
        divisor = "1"
    measure = quantity.milli if name == "cpu" else quantity.value
    return str(-(-measure(amount) // measure(divisor)))
