"""Ingress."""

from __future__ import annotations

from ....machinery.wellknown import ANNOTATION_INGRESS_CLASS
from ..base import AGE, NAME, Column, Kind
from ..columns import load_balancer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class Ingress(Kind):
    columns = (NAME,
               Column("Class", lambda obj, ctx: obj["spec"].get("ingressClassName") or "<none>"),
               Column("Hosts", lambda obj, ctx: _hosts(obj["spec"].get("rules") or ())),
               Column("Address", lambda obj, ctx: load_balancer(obj.get("status") or {})),
               Column("Ports", lambda obj, ctx: "80, 443" if obj["spec"].get("tls") else "80"),
               AGE)
    has_status = True
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {})

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"loadBalancer": {}}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateIngressCreate, validateIngress."""
        from ....machinery import field
        from .ingress_validation import validate

        errors = validate(obj["spec"], ctx.release)
        old_class = (obj["metadata"].get("annotations") or {}).get(ANNOTATION_INGRESS_CLASS)
        name = obj["spec"].get("ingressClassName")
        if old_class is not None and name is not None and old_class != name:
            errors.append(field.invalid(f"annotations.{ANNOTATION_INGRESS_CLASS}", old_class,
                                        "must match `ingressClassName` when both are specified"))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateIngressUpdate."""
        from .ingress_validation import validate

        return validate(obj["spec"], ctx.release)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateIngressStatusUpdate, ValidateIngressLoadBalancerStatus."""
        from ....machinery.objects import dig
        from ..checks import ip_address, load_balancer_host

        now, before = (dig(each, "status", "loadBalancer", "ingress") or () for each in (obj, old))
        errors, known = [], [entry.get("ip") for entry in before]
        for i, entry in enumerate(now):
            path = f"status.loadBalancer.ingress[{i}]"
            if entry.get("ip"):
                errors += ip_address(f"{path}.ip", entry["ip"], ctx.release, known)
            errors += load_balancer_host(f"{path}.hostname", entry.get("hostname", ""))
        return errors

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        if old is None and ANNOTATION_INGRESS_CLASS in (obj["metadata"].get("annotations") or {}) \
                and obj["spec"].get("ingressClassName") is None:
            return [f'annotation "{ANNOTATION_INGRESS_CLASS}" is deprecated, '
                    "please use 'spec.ingressClassName' instead"]
        return []


def _hosts(rules: Sequence[Object]) -> str:
    shown = [rule["host"] for rule in rules[:3] if rule.get("host")]
    if not shown:
        return "*"
    text = ",".join(shown)
    return f"{text} + {len(rules) - 3} more..." if len(rules) > 3 else text


KIND = Ingress()
