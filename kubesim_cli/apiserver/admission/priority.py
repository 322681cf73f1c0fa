"""Priority: pods get the number that their PriorityClass stands for."""

from __future__ import annotations

from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..client import Client
    from .attributes import Attributes


def mutate(a: Attributes) -> None:
    if a.res.plural != "pods" or a.subresource:
        return
    spec = a.obj["spec"]
    if a.operation == "UPDATE":
        for key in ("priority", "preemptionPolicy"):
            if a.old and spec.get(key) is None and a.old["spec"].get(key) is not None:
                spec[key] = a.old["spec"][key]
        return
    name = spec.get("priorityClassName")
    if name:
        found = a.ctx.client.find("priorityclasses.scheduling.k8s.io", name)
        if found is None:
            raise forbidden(a, f"no PriorityClass with name {name} was found", named=False)
    else:
        found = default_class(a.ctx.client)
        if found is not None:
            spec["priorityClassName"] = found["metadata"]["name"]
    priority = found["value"] if found else 0
    policy = (found or {}).get("preemptionPolicy") or "PreemptLowerPriority"
    computed = "priority admission controller computed {} from the given PriorityClass name"
    if spec.get("priority") is not None and spec["priority"] != priority:
        raise forbidden(a, f"the integer value of priority ({spec['priority']}) must not be provided in pod "
                        f"spec; {computed.format(priority)}", named=False)
    spec["priority"] = priority
    if spec.get("preemptionPolicy") is not None and spec["preemptionPolicy"] != policy:
        raise forbidden(a, f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) must not be "
                        f"provided in pod spec; {computed.format(policy)}", named=False)
    spec["preemptionPolicy"] = policy


def default_class(client: Client) -> Object | None:
    """Return the PriorityClass with globalDefault, the lowest of several."""
    defaults = [c for c in client.items("priorityclasses.scheduling.k8s.io") if c.get("globalDefault")]
    return min(defaults, key=lambda c: c["value"], default=None)


def validate(a: Attributes) -> None:
    if a.res.plural != "priorityclasses" or a.operation == "DELETE" or not a.obj.get("globalDefault"):
        return
    known = default_class(a.ctx.client)
    if known and (a.operation == "CREATE" or known["metadata"]["name"] != a.obj["metadata"]["name"]):
        raise forbidden(a, f"PriorityClass {known['metadata']['name']} is already marked as default. "
                        "Only one default can exist")
