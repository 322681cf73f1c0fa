"""What API priority and fairness tells of itself: /debug/api_priority_and_fairness/dump_*.

Kubernetes: k8s.io/apiserver's util/flowcontrol (apf_controller_debug.go, rule.go). Nobody waits here and no request is
counted, so that the only one that is dispatched is the one that asks.
"""

from __future__ import annotations

from zlib import crc32

from ..go.tabwriter import align
from ..machinery import errors, timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..machinery.types import Object
    from .client import Client

PATH = "/debug/api_priority_and_fairness/"
_FLOW_SCHEMAS = "flowschemas.flowcontrol.apiserver.k8s.io"
_LEVELS = "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"
_SERVICE_ACCOUNT = "system:serviceaccount:"
_IDLE = "0.00000000ss"


def dump(client: Client, path: str, query: dict[str, list[str]]) -> str:
    """Return what one of the three paths answers a client; raises NotFound for another one."""
    level, schema, flow = _classified(client, path)
    levels = {obj["metadata"]["name"]: _queues(obj) for obj in client.server.trusted.items(_LEVELS)}
    at = crc32(f"{schema}/{flow}".encode()) % levels[level] if levels.get(level) else -1
    which = path.removeprefix(PATH)
    if which == "dump_priority_levels":
        return _aligned([
            ("PriorityLevelName", "ActiveQueues", "IsIdle", "IsQuiescing", "WaitingRequests", "ExecutingRequests",
             "DispatchedRequests", "RejectedRequests", "TimedoutRequests", "CancelledRequests"),
            *((name, "0", "false" if name == level else "true", "false", "0", *(["1" if name == level else "0"] * 2),
               "0", "0", "0") for name in sorted(levels))])
    if which == "dump_queues":
        return _aligned([
            ("PriorityLevelName", "Index", "PendingRequests", "ExecutingRequests", "SeatsInUse", "NextDispatchR",
             "InitialSeatsSum", "MaxSeatsSum", "TotalWorkSum"),
            *((name, str(i), "0", *(["1" if (name, i) == (level, at) else "0"] * 2), _IDLE, "0", "0", _IDLE)
              for name in sorted(levels) for i in range(levels[name]))])
    if which != "dump_requests":
        raise errors.no_resource()
    stamp = timestamps.format(client.now)[:-1] + f"{client.now % 1:.9f}".lstrip("0").rstrip("0").rstrip(".") + "Z"
    head = ["PriorityLevelName", "FlowSchemaName", "QueueIndex", "RequestIndexInQueue", "FlowDistingsher", "ArriveTime",
            "InitialSeats", "FinalSeats", "AdditionalLatency", "StartTime"]
    row = [level, schema, str(at), "-1", flow, stamp, "1", "0", "0s", stamp]
    if query.get("includeRequestDetails", [""])[0]:
        head += ["UserName", "Verb", "APIPath", "Namespace", "Name", "APIVersion", "Resource", "SubResource"]
        row += [(client.user or {}).get("name", ""), "get", path, "", "", "", "", ""]
    return _aligned([head, row])


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    return align([[*(f"{cell}," for cell in row[:-1]), row[-1]] for row in rows], 8, 1)


def _queues(level: Object) -> int:
    """How many queues a priority level has: none where it is exempt, or rejects."""
    response = (level["spec"].get("limited") or {}).get("limitResponse") or {}
    if response.get("type") != "Queue":
        return 0
    found: int = (response.get("queuing") or {}).get("queues") or 64
    return found


def _classified(client: Client, path: str) -> tuple[str, str, str]:
    """Return the priority level, the flow schema and the flow of a client that reads a path that is no resource's: the
    first schema that fits, by precedence and name."""
    user = client.user or {"name": "system:apiserver", "groups": ["system:masters"]}
    for schema in sorted(client.server.trusted.items(_FLOW_SCHEMAS), key=lambda obj: (
            obj["spec"]["matchingPrecedence"], obj["metadata"]["name"])):
        spec = schema["spec"]
        if any(_fits(rule, user, path) for rule in spec.get("rules") or ()):
            by_user = (spec.get("distinguisherMethod") or {}).get("type") == "ByUser"
            return spec["priorityLevelConfiguration"]["name"], schema["metadata"]["name"], user["name"] * by_user
    return "catch-all", "catch-all", user["name"]


def _fits(rule: Object, user: Object, path: str) -> bool:
    """matchesPolicyRule, of a request that is none of a resource."""
    return (any(_is_meant(subject, user) for subject in rule.get("subjects") or ())
            and any({"*", "get"} & {*wanted["verbs"]} and any(_covers(text, path) for text in wanted["nonResourceURLs"])
                    for wanted in rule.get("nonResourceRules") or ()))


def _covers(text: str, path: str) -> bool:
    return text in ("*", path) or (text.endswith("*") and path.startswith(text[:-1]))


def _is_meant(subject: Object, user: Object) -> bool:
    """matchesSubject."""
    kind = subject["kind"]
    if kind == "ServiceAccount":
        account = subject["serviceAccount"]
        namespace, _, name = user["name"].removeprefix(_SERVICE_ACCOUNT).partition(":")
        return (user["name"].startswith(_SERVICE_ACCOUNT) and account["namespace"] == namespace
                and account["name"] in ("*", name))
    if kind == "Group":
        return subject["group"]["name"] == "*" or subject["group"]["name"] in (user.get("groups") or ())
    return subject["user"]["name"] in ("*", user["name"])
