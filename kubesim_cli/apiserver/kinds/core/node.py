"""Node."""

from __future__ import annotations

from ....machinery.wellknown import LABEL_NODE_ROLE_PREFIX, NODE_LABEL_ROLE
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME

_NODE_INFO = ("architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion",
              "kubeletVersion", "machineID", "operatingSystem", "osImage", "systemUUID")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


class Node(Kind):
    columns = (NAME, Column("Status"), Column("Roles"), AGE, Column("Version"),
               *(Column(name, 1) for name in
                 ("Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime")))
    has_status = True
    keeps_status = True

    def cells(self, obj: dict, ctx: Context) -> list:
        status = obj.get("status") or {}
        info = status.get("nodeInfo") or {}
        kernel = info.get("kernelVersion") or "<unknown>"
        if info.get("architecture"):
            kernel += f" ({info['architecture']})"
        return [obj["metadata"]["name"], _condition(obj), ",".join(roles(obj)) or "<none>", age(obj, ctx.now),
                info.get("kubeletVersion", ""), _address(status, "InternalIP"), _address(status, "ExternalIP"),
                info.get("osImage") or "<unknown>", kernel, info.get("containerRuntimeVersion") or "<unknown>"]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("spec", {})
        status = obj.setdefault("status", {})
        status.setdefault("daemonEndpoints", {"kubeletEndpoint": {"Port": 0}})
        status.setdefault("nodeInfo", dict.fromkeys(_NODE_INFO, ""))
        if status.get("capacity") and status.get("allocatable") is None:
            status["allocatable"] = dict(status["capacity"])

    def validate(self, obj: dict, ctx: Context) -> list:
        from ..checks import cidr

        errors = _taints(obj)
        for i, value in enumerate(obj["spec"].get("podCIDRs") or ()):
            errors += cidr(f"spec.podCIDRs[{i}]", value)
        return errors

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ....machinery import field

        spec, before = obj["spec"], old["spec"]
        errors = []
        if before.get("podCIDRs") and before["podCIDRs"] != spec.get("podCIDRs"):
            errors.append(field.forbidden("spec.podCIDRs",
                                          'node updates may not change podCIDR except from "" to valid'))
        if before.get("providerID") and before["providerID"] != spec.get("providerID"):
            errors.append(field.forbidden("spec.providerID",
                                          'node updates may not change providerID except from "" to valid'))
        errors += _taints(obj)
        if before.get("externalID", "") != spec.get("externalID", ""):
            errors.append(field.forbidden("spec.externalID", "may not be updated"))
        return errors

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        found = []
        if obj["spec"].get("configSource") is not None:
            found.append("spec.configSource: the feature is removed")
        if obj["spec"].get("externalID"):
            found.append("spec.externalID: this field is deprecated, and is unused by Kubernetes")
        return found

    def fields(self, obj: dict) -> dict[str, str]:
        return {"spec.unschedulable": "true" if obj["spec"].get("unschedulable") else "false"}


def roles(node: dict) -> list[str]:
    """The roles that a node's labels tell, in order."""
    found = set()
    for key, value in (node["metadata"].get("labels") or {}).items():
        if key.startswith(LABEL_NODE_ROLE_PREFIX) and key != LABEL_NODE_ROLE_PREFIX:
            found.add(key[len(LABEL_NODE_ROLE_PREFIX):])
        elif key == NODE_LABEL_ROLE and value:
            found.add(value)
    return sorted(found)


def _condition(node: dict) -> str:
    text = "Unknown"
    for condition in (node.get("status") or {}).get("conditions") or ():
        if condition["type"] == "Ready":
            text = "Ready" if condition["status"] == "True" else "NotReady"
    return text + ",SchedulingDisabled" if node["spec"].get("unschedulable") else text


def _address(status: dict, type_: str) -> str:
    for address in status.get("addresses") or ():
        if address["type"] == type_:
            return address["address"]
    return "<none>"


def _taints(node: dict) -> list:
    """validateNodeTaints; the path is the one that Kubernetes tells, though taints are in spec."""
    from ....machinery import field, names
    from ..checks import qualified_name

    errors = []
    seen = set()
    for i, taint in enumerate(node["spec"].get("taints") or ()):
        path = f"metadata.taints[{i}]"
        key, value, effect = taint.get("key", ""), taint.get("value", ""), taint.get("effect", "")
        errors += qualified_name(f"{path}.key", key)
        wrong = names.label_value(value)
        if wrong:
            errors.append(field.invalid(f"{path}.value", value, ";".join(wrong)))
        if not effect:
            errors.append(field.required(f"{path}.effect"))
        elif effect not in EFFECTS:
            errors.append(field.not_supported(f"{path}.effect", effect, EFFECTS))
        if (key, effect) in seen:
            shown = {"Key": key, "Value": value, "Effect": effect, "TimeAdded": taint.get("timeAdded")}
            error = field.duplicate(path, shown)
            error.body += ": taints must be unique by key and effect pair"
            errors.append(error)
        seen.add((key, effect))
    return errors


KIND = Node()
