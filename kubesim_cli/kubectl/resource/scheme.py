"""Objects of built-in kinds in the shape of their Go types, which is how kubectl itself holds and prints some of them.

Commands that work with typed clients (create deployment, run, set image ...) print what Go writes of a struct: empty
ones such as `resources: {}` are there. Commands that work with unstructured objects print what they got.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.schema import Schema
    from ...machinery.types import Json, Object, Release

KUBECTL = "pkg/scheme/scheme.go:28"  # how the errors call kubectl's own scheme
CLIENT_GO = "k8s.io/client-go/kubernetes/scheme/register.go:83"
# Versions that no release here serves, but that kubectl has types of and a word about (`auth reconcile`).
_OLD = ("rbac.authorization.k8s.io/v1alpha1", "rbac.authorization.k8s.io/v1beta1")


def typed(obj: Object, release: Release) -> Object:
    """Return a new object as Go writes its type; a custom resource comes back as it is. Raises Failure."""
    from ..failures import Failure

    try:
        return fitted(obj, release)
    except ValueError as error:
        raise Failure(str(error)) from None


def fitted(obj: Object, release: Release) -> Object:
    """The same; raises ValueError where the object does not fit its type."""
    from ...machinery.decode import decode
    from ...machinery.schema import schema_of

    schema = schema_of(obj.get("apiVersion", ""), obj.get("kind", ""), release)
    return obj if schema is None else in_order(decode(obj, schema)[0], schema)


def unregistered(api_version: str, kind: str, scheme: str, release: tuple[int, int]) -> str:
    """Tell that a scheme has no Go type for a kind, as for all custom ones; "" where it has (NotRegisteredError)."""
    from ...machinery.schema import schema_of

    if kind == "List" or api_version in _OLD or schema_of(api_version, kind, release) is not None:
        return ""
    return f'no kind "{kind}" is registered for version "{api_version}" in scheme "{scheme}"'


def typed_list(listing: Object, release: tuple[int, int]) -> Object:
    """Return a new list as Go writes its type: the items do not tell their kind."""
    from ...machinery.objects import bare_items

    head = {key: listing[key] for key in ("kind", "apiVersion", "metadata")}
    return bare_items({**head, "items": [typed(item, release) for item in listing["items"]]})


def in_order(value: Json, schema: Schema) -> Json:
    """Return a value with the fields of its structs in the order of the Go types; maps stay sorted."""
    if isinstance(value, list):
        return [in_order(item, schema.items) for item in value] if schema.kind == "array" else value
    if not isinstance(value, dict):
        return value
    if schema.kind == "map":
        return {key: in_order(value[key], schema.items) for key in sorted(value)}
    if schema.kind != "object":
        return value
    fields = schema.fields
    return {key: in_order(value[key], fields[key]) for key in fields if key in value}
