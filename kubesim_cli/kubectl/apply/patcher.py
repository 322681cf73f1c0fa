"""The three-way patch by which apply and diff bring a live object to what its manifest says (pkg/cmd/apply/patcher.go).
"""

from __future__ import annotations

from ...machinery import jsonpatch, strategic, strategicdiff
from ...machinery.errors import StatusError
from ...machinery.objects import clone
from ...machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION
from ...releases.kubectl import does
from ..failures import Failure, add_source
from ..util.cmdutil import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...machinery.schema import Schema
    from ...machinery.types import Object
    from ..context import Context
    from ..resource.info import Info

_RETRIES = 5
_BACK_OFF = 1.0  # seconds before each retry but the first


class Patcher:
    """Patches `info`, whose `obj` is the live object. `sent_text` is what was sent last, or "".

    `overwrite`: what others changed is no conflict. `force`: what cannot be patched is deleted (with `cascade`,
    `grace_period` in seconds and `timeout`) and created anew.
    """

    def __init__(self, ctx: Context, info: Info, *, manager: str, validation: str = "", dry_run: bool = False,
                 overwrite: bool = True, force: bool = False, cascade: str = "", grace_period: int = -1,
                 timeout: float = 0):
        self.ctx, self.info, self.overwrite, self.force = ctx, info, overwrite, force
        self.options: dict[str, Any] = {"field_manager": manager, "field_validation": validation}
        self.dry_run, self.cascade, self.grace_period, self.timeout = dry_run, cascade, grace_period, timeout
        self.sent_text = ""

    def patch(self, modified: Object) -> tuple[bool, Object]:
        """Send the patch; returns whether there was anything to change, and the object. Raises StatusError, Failure."""
        for attempt in range(_RETRIES + 1):
            try:
                return self._send(modified)
            except StatusError as error:
                if error.reason == "Conflict" and attempt < _RETRIES:
                    if attempt:
                        self.ctx.wait(lambda: False, _BACK_OFF)
                    self.info.get(self.ctx.client)
                    continue
                if error.reason in ("Conflict", "Invalid") and self.force:
                    return True, self._delete_and_create(modified)
                raise add_source(error, "patching", self.info.source) from None
            except Failure as error:
                raise add_source(error, "patching", self.info.source) from None
        raise AssertionError("the last attempt returns or raises")

    def _send(self, modified: Object) -> tuple[bool, Object]:
        patch_type, patch = self._make(modified)
        if not patch:
            return False, self.info.obj
        return True, self.ctx.client.patch(self.info.resource, self.info.name, patch, patch_type, self.info.namespace,
                                           dry_run=self.dry_run, **self.options)

    def patch_locally(self, modified: Object) -> tuple[bool, Object]:
        """The same without the server. Raises Failure."""
        patch_type, patch = self._make(modified)
        live = self.info.obj
        if not patch:
            return False, live
        try:
            if patch_type == "strategic":
                return True, strategic.merge(live, patch, self._schema())
        except strategic.MergeError as error:
            raise Failure(f"applying patch locally: {error}") from None
        return True, jsonpatch.merge(clone(live), clone(patch))

    def _schema(self) -> Schema | None:
        from ...machinery.schema import schema_of

        mapping = self.info.mapping
        return schema_of(mapping.api_version, mapping.kind, self.ctx.client.release)

    def _make(self, modified: Object) -> tuple[str, Object]:
        """Return the patch and its type. Raises Failure."""
        self.sent_text = ""
        live, text = self.info.obj, last_applied(self.info.obj)
        original = _parse(text)
        schema = self._schema()
        patch_type = "merge" if schema is None else "strategic"
        try:
            if original is None:
                raise strategic.MergeError("invalid JSON document" if schema else "Invalid JSON Document")
            if schema is None:
                patch = strategicdiff.three_way_json_merge(original, modified, live)
                _require_unchanged(patch)
            else:
                patch = strategicdiff.three_way(original, modified, live, schema, self.overwrite)
        except strategic.MergeError as error:
            problem = _tell(error)
            if schema is not None:
                self.ctx.err(f"warning: error calculating patch from openapi v3 spec: {problem}\n"
                             f"warning: error calculating patch from openapi spec: {problem}\n")
            raise Failure(f"creating patch with:\noriginal:\n{text or ''}\nmodified:\n{encode(modified)}\ncurrent:\n"
                          f"{encode(live)}\nfor: {problem}") from None
        self.sent_text = encode(patch).rstrip("\n")
        return patch_type, patch

    def _delete_and_create(self, modified: Object) -> Object:
        """--force: replace what cannot be patched."""
        info, client = self.info, self.ctx.client
        self.sent_text = encode(modified)
        live = info.obj
        client.delete(info.resource, info.name, info.namespace, propagation=self.cascade,
                      grace_period=self.grace_period if self.grace_period >= 0 else None)
        by_context = does("ForceByContext", self.ctx.release)
        if not self.ctx.wait(self._gone, self.timeout if self.timeout or by_context else None):
            raise Failure("context deadline exceeded" if by_context else "timed out waiting for the condition")
        try:
            return client.create(info.resource, _without_version(modified), info.namespace, **self.options)
        except StatusError as error:
            try:
                client.create(info.resource, _without_version(live), info.namespace, **self.options)
            except StatusError as again:
                raise Failure("An error occurred force-replacing the existing object with the newly provided one:\n\n"
                              f"{error.message}.\n\nAdditionally, an error occurred attempting to restore the original "
                              f"object:\n\n{again.message}") from None
            raise

    def _gone(self) -> bool:
        try:
            self.ctx.client.get(self.info.resource, self.info.name, self.info.namespace)
        except StatusError as error:
            return bool(error.reason == "NotFound")
        return False


def last_applied(obj: Object) -> str | None:
    """Return an object's last-applied annotation, None where it has none (GetOriginalConfiguration)."""
    return (obj.get("metadata", {}).get("annotations") or {}).get(LAST_APPLIED_CONFIG_ANNOTATION)


def _without_version(obj: Object) -> Object:
    obj = clone(obj)
    obj["metadata"].pop("resourceVersion", None)
    return obj


def _parse(text: str | None) -> Object | None:
    """Return the object of a last-applied annotation; None where it is none."""
    if not text:
        return {}
    from ...go.json import loads

    try:
        obj = loads(text)
    except ValueError:
        return None
    return obj if isinstance(obj, dict) else None


def _require_unchanged(patch: Object) -> None:
    if "apiVersion" in patch or "kind" in patch or "name" in (patch.get("metadata") or {}):
        raise strategic.MergeError("At least one of apiVersion, kind and name was changed")


def _tell(error: strategic.MergeError) -> str:
    if not isinstance(error, strategicdiff.Conflict):
        return str(error)
    from ..printers.yaml import dump

    return (f"patch:\n{dump(error.patch)}\nconflicts with changes made from original to current:\n"
            f"{dump(error.changes)}\n")
