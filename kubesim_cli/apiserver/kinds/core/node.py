"""Node."""

from __future__ import annotations

from ....machinery.wellknown import LABEL_NODE_ROLE_PREFIX, NODE_LABEL_ROLE
from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

_NODE_INFO = ("architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion",
              "kubeletVersion", "machineID", "operatingSystem", "osImage", "systemUUID")


def _info(obj: Object) -> Object:
    return (obj.get("status") or {}).get("nodeInfo") or {}


def _kernel_cell(obj: Object, ctx: Context) -> Cell:
    info = _info(obj)
    kernel = info.get("kernelVersion") or "<unknown>"
    return f"{kernel} ({info['architecture']})" if info.get("architecture") else kernel


class Node(Kind):
    columns = (NAME,
               Column("Status", lambda obj, ctx: _condition(obj)),
               Column("Roles", lambda obj, ctx: ",".join(roles(obj)) or "<none>"),
               AGE,
               Column("Version", lambda obj, ctx: _info(obj).get("kubeletVersion", "")),
               Column("Internal-IP", lambda obj, ctx: _address(obj.get("status") or {}, "InternalIP"), 1),
               Column("External-IP", lambda obj, ctx: _address(obj.get("status") or {}, "ExternalIP"), 1),
               Column("OS-Image", lambda obj, ctx: _info(obj).get("osImage") or "<unknown>", 1),
               Column("Kernel-Version", _kernel_cell, 1),
               Column("Container-Runtime",
                      lambda obj, ctx: _info(obj).get("containerRuntimeVersion") or "<unknown>", 1))
    has_status = True
    keeps_status = True

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {})
        status = obj.setdefault("status", {})
        status.setdefault("daemonEndpoints", {"kubeletEndpoint": {"Port": 0}})
        status.setdefault("nodeInfo", dict.fromkeys(_NODE_INFO, ""))
        if status.get("capacity") and status.get("allocatable") is None:
            status["allocatable"] = dict(status["capacity"])

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from .node_validation import validate

        return validate(obj, ctx.release)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from .node_validation import validate_update

        return validate_update(obj, old)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        return self.validate_update(obj, old, ctx)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        from ..checks import cidr_warnings

        found = []
        if obj["spec"].get("configSource") is not None:
            found.append("spec.configSource: the feature is removed")
        if obj["spec"].get("externalID"):
            found.append("spec.externalID: this field is deprecated, and is unused by Kubernetes")
        return found + [each for i, value in enumerate(obj["spec"].get("podCIDRs") or ())
                        for each in cidr_warnings(f"spec.podCIDRs[{i}]", value, ctx.release)]

    def fields(self, obj: Object) -> dict[str, str]:
        return {"spec.unschedulable": "true" if obj["spec"].get("unschedulable") else "false"}


def roles(node: Object) -> list[str]:
    """The roles that a node's labels tell, in order."""
    found = set()
    for key, value in (node["metadata"].get("labels") or {}).items():
        if key.startswith(LABEL_NODE_ROLE_PREFIX) and key != LABEL_NODE_ROLE_PREFIX:
            found.add(key[len(LABEL_NODE_ROLE_PREFIX):])
        elif key == NODE_LABEL_ROLE and value:
            found.add(value)
    return sorted(found)


def _condition(node: Object) -> str:
    text = "Unknown"
    for condition in (node.get("status") or {}).get("conditions") or ():
        if condition["type"] == "Ready":
            text = "Ready" if condition["status"] == "True" else "NotReady"
    return text + ",SchedulingDisabled" if node["spec"].get("unschedulable") else text


def _address(status: Object, type_: str) -> str:
    for address in status.get("addresses") or ():
        if address["type"] == type_:
            return str(address["address"])
    return "<none>"


KIND = Node()
