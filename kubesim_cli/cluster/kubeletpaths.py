"""What of a kubelet's server is about containers that live: containerLogs, run and runningpods.

Kubernetes: pkg/kubelet/server/server.go (getContainerLogs, getRun, getRunningPods). kubelet/server.py has the rest.
"""

from __future__ import annotations

from ..go.fmt import quote
from ..kubelet.containerlog import ContainerLog
from ..machinery import timestamps
from ..machinery.pods import FIELDS, STATUSES, why_no_log
from ..machinery.streaming import NotRunning, Refused, StartError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cluster import Cluster

Answer = tuple[int, str]  # an HTTP status and a text
_LOST = "kubesim cannot tell what the container has said: {0}"


def answer(cluster: Cluster, node: str, method: str, path: str) -> Answer | None:
    """Return what the kubelet of a node answers to a request for a path with its query, None for other paths."""
    bare, _, query = path.partition("?")
    root, *place = bare.strip("/").split("/")
    if root == "runningpods" and not place:
        return _only("GET", method) or (200, _running_pods(cluster, node))
    served = {"containerLogs": ("GET", 3, _logs), "run": ("POST", 3, _run)}.get(root)
    if served is None or len(place) != served[1]:
        return None
    from urllib.parse import parse_qs

    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    return _only(served[0], method) or served[2](cluster, node, place, asked)


def _only(served: str, method: str) -> Answer | None:
    return None if method == served else (405, "405: Method Not Allowed")


def _pod(cluster: Cluster, node: str, place: list[str]) -> Object | None:
    pod = cluster.client.find("pods", place[1], place[0])
    return pod if pod is not None and pod["spec"].get("nodeName") == node else None


def _logs(cluster: Cluster, node: str, place: list[str], asked: dict[str, str]) -> Answer:
    pod = _pod(cluster, node, place)
    try:
        tail, limit, since = (_int64(asked[name]) if name in asked else None for name in (
            "tailLines", "limitBytes", "sinceSeconds"))
        begin = timestamps.parse(asked["sinceTime"]) if "sinceTime" in asked else 0.0
    except ValueError:
        return 400, '{"message": "Unable to decode query."}'
    if (tail or 0) < 0 or (limit or 1) < 1 or limit == 0 or (since is not None and since < 1):
        return 422, '{"message": "Invalid request."}'
    if pod is None:
        return 404, f"pod {quote(place[1])} does not exist"
    container = next((each for key in FIELDS for each in pod["spec"].get(key) or () if each["name"] == place[2]), None)
    if container is None:
        return 404, f"container {quote(place[2])} not found in pod {quote(place[1])}"
    previous = asked.get("previous") == "true"
    if why := why_no_log(pod, place[2], previous):
        return 400, why
    log = cluster.log(pod, container, previous)
    lines = log.lines(cluster.now)
    if lines is None:
        return 500, _LOST.format(log.why)
    if since is not None:
        begin = cluster.now - since
    stamps = asked.get("timestamps") == "true"
    said = b"".join(ContainerLog.stamped(*each) if stamps else each[1]
                    for each in log.chosen(lines, -1 if tail is None else tail, begin))
    return 200, said[:limit].decode("utf-8", "surrogateescape")


def _int64(text: str) -> int:
    """Return an int64 as strconv.ParseInt reads it; raises ValueError."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdecimal()) or len(digits.lstrip("0")) > 19 or int(digits[-19:]) >> 63:
        raise ValueError(text)
    return int(text)


def _run(cluster: Cluster, node: str, place: list[str], asked: dict[str, str]) -> Answer:
    pod = _pod(cluster, node, place)
    if pod is None:
        return 404, "pod does not exist"
    try:
        session = cluster.exec(pod, place[2], asked.get("cmd", "").split(" "))
    except (StartError, Refused, NotRunning) as problem:
        return 500, str(problem)
    limit = cluster.now + 3600  # simulated seconds that a program may take
    while session.code is None and session.proceed(limit):
        pass
    said, code = session.read(), session.code
    session.close()
    out, err = (b"".join(data for stream, data in said if stream == wanted).decode("utf-8", "surrogateescape")
                for wanted in ("stdout", "stderr"))
    return (500, f"command '{asked.get('cmd', '')}' exited with {code}: {err}") if code else (200, out + err)


def _running_pods(cluster: Cluster, node: str) -> str:
    """The pods that the runtime has, with no more than it knows of them (kubecontainer.Pod.ToAPIPod)."""
    from json import dumps

    found = []
    for pod in cluster.client.items("pods"):
        names = {each["name"] for key in STATUSES for each in (pod.get("status") or {}).get(key) or ()
                 if "running" in (each.get("state") or {})}
        if pod["spec"].get("nodeName") == node and names:
            meta = pod["metadata"]
            found.append({"metadata": {"name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"],
                                       "creationTimestamp": None},
                          "spec": {"containers": [{"name": each["name"], "image": each["image"], "resources": {}}
                                                  for key in FIELDS for each in pod["spec"].get(key) or ()
                                                  if each["name"] in names]}, "status": {}})
    return dumps({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": found},
                 separators=(",", ":"), ensure_ascii=False) + "\n"
