"""APIService (k8s.io/kube-aggregator)."""

from __future__ import annotations

from ....machinery import conditions
from ..base import AGE, METADATA, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _service_cell(obj: Object, ctx: Context) -> Cell:
    service = obj["spec"].get("service")
    return f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local"


class APIService(Kind):
    kube_finalizers = False
    columns = (NAME, Column("Service", _service_cell), Column("Available", lambda obj, ctx: _available(obj)), AGE)
    has_status = True
    status_keeps = METADATA
    name_rule = "path_segment_name"

    def default(self, obj: Object, ctx: Context) -> None:
        service = obj.setdefault("spec", {}).get("service")
        if service:
            service.setdefault("port", 443)

    def default_status(self, obj: Object, ctx: Context) -> None:
        """Those of the server itself are available at once (PrepareForCreate)."""
        from ...poststarthooks import local_available

        obj["status"] = {} if obj["spec"].get("service") else {"conditions": [local_available(ctx.now)]}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateAPIService, ValidateAPIServiceUpdate."""
        from ....machinery import field, names
        from ..checks import dns1123_subdomain, said

        spec = obj["spec"]
        group, version, service = spec.get("group", ""), spec.get("version", ""), spec.get("service")
        name = f"{spec.get('version', '')}.{spec.get('group', '')}"
        errors = []
        if obj["metadata"].get("name") != name:
            errors.append(field.invalid("metadata.name", obj["metadata"].get("name"),
                                        f'must be `spec.version+"."+spec.group`: "{name}"'))
        if not group and version != "v1":
            errors.append(field.required("spec.group", "only v1 may have an empty group and it better be legacy kube"))
        if group:
            errors += dns1123_subdomain("spec.group", group)
        errors += said("spec.version", version, names.dns1035_label(version))
        for key, most in (("groupPriorityMinimum", 20000), ("versionPriority", 1000)):
            if not 0 < spec.get(key, 0) <= most:
                errors.append(field.invalid(f"spec.{key}", spec.get(key, 0), f"must be positive and less than {most}"))
        return errors + (_local(spec) if service is None else _served(spec, service))

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateAPIServiceStatus, ValidateAPIServiceStatusUpdate."""
        from ..checks import one_of

        return [error for i, condition in enumerate((obj.get("status") or {}).get("conditions") or ())
                for error in one_of(f"status.conditions[{i}].status", condition.get("status", ""),
                                    ("True", "False", "Unknown"))]


def _local(spec: Object) -> FieldErrors:
    """What only an APIService of another server may say."""
    import base64

    from ....machinery import field

    errors = []
    if spec.get("caBundle"):
        errors.append(field.invalid("spec.caBundle", f"{len(base64.b64decode(spec['caBundle']))} bytes",
                                    "local APIServices may not have a caBundle"))
    if spec.get("insecureSkipTLSVerify"):
        errors.append(field.invalid("spec.insecureSkipTLSVerify", True,
                                    "local APIServices may not have insecureSkipTLSVerify"))
    return errors


def _served(spec: Object, service: Object) -> FieldErrors:
    """Where another server is, and how it is trusted."""
    from ....machinery import field

    errors = [field.required(f"spec.service.{key}") for key in ("namespace", "name") if not service.get(key)]
    if not 0 < service.get("port", 0) < 65536:
        errors.append(field.invalid("spec.service.port", service.get("port", 0),
                                    "port is not valid: must be between 1 and 65535, inclusive"))
    if spec.get("insecureSkipTLSVerify") and spec.get("caBundle"):
        errors.append(field.invalid("spec.insecureSkipTLSVerify", True, "may not be true if caBundle is present"))
    return errors


def _available(obj: Object) -> str:
    found = conditions.find((obj.get("status") or {}).get("conditions"), "Available")
    if found is None:
        return "Unknown"
    return "True" if found["status"] == "True" else f"{found['status']} ({found.get('reason', '')})"


KIND = APIService()
