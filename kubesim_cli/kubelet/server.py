"""The kubelet's own server at port 10250, as far as the API server's node proxy is asked for it.

Kubernetes: pkg/kubelet/server (server.go, stats/handler.go), pkg/kubelet/metrics/collectors/resource_metrics.go,
staging/src/k8s.io/kubelet/pkg/apis/stats. What containers use is what their images and loads say (usage.py), of CPU as
if it had been so since they started; what is not simulated (networks' and disks' traffic) is left out.
"""

from __future__ import annotations

from ..machinery import quantity, timestamps
from ..machinery.prometheus import CONTENT_TYPE, metric
from . import usage
from .runtime.bin.http import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..apiserver.client import Client
    from ..machinery.types import Json, Object

_HEALTH = ("/healthz", "/healthz/ping", "/healthz/log", "/healthz/syncloop")
_TEXT, _JSON = "text/plain; charset=utf-8", "application/json"
_LOGS = ("containers", "pods")  # folders of a node's /var/log
_PAGES: dict[str, Callable[[Client, Object], tuple[str, str]]]


def answer(api: Client, node: Object, method: str, path: str) -> Message:
    """Return what a node's kubelet answers to a request for a path with its query; `api`: a trusted client."""
    bare = path.partition("?")[0]
    if bare in _HEALTH:
        code, type_, text = 200, _TEXT, "ok"
    elif (page := _PAGES.get(bare.rstrip("/"))) is None:
        code, type_, text = 404, _TEXT, "404 page not found\n"
    elif method not in ("GET", "HEAD"):
        code, type_, text = 405, _TEXT, "405: Method Not Allowed"
    else:
        code, (type_, text) = 200, page(api, node)
    body = text.encode()
    return Message(("HTTP/1.1", str(code), ""), [("Content-Type", type_)], b"" if method == "HEAD" else body, len(body))


def _dumped(value: Json, indent: int | None = None) -> str:
    from json import dumps

    return dumps(value, indent=indent, separators=(",", ":" if indent is None else ": "), ensure_ascii=False)


def _pods_of(api: Client, node: Object) -> list[Object]:
    return [pod for pod in api.items("pods") if pod["spec"].get("nodeName") == node["metadata"]["name"]]


def _running(api: Client, node: Object) -> list[tuple[Object, Object, str, dict[str, int]]]:
    """Return (pod, container's status, since when it runs, its use of cpu in millicores and of memory in bytes)."""
    found = []
    for pod in _pods_of(api, node):
        used = usage.of(api, pod)
        for status in (pod.get("status") or {}).get("containerStatuses") or ():
            if "running" in (status.get("state") or {}):
                amount = used.get(status["name"], {"cpu": "0", "memory": "0"})
                found.append((pod, status, status["state"]["running"]["startedAt"], {
                    "cpu": quantity.milli(amount["cpu"]), "memory": quantity.value(amount["memory"])}))
    return found


def _pods(api: Client, node: Object) -> tuple[str, str]:
    from ..apiserver.authorization import MASTERS
    from ..apiserver.client import Client
    from ..machinery.objects import bare_items

    name = node["metadata"]["name"]
    kubelet = Client(api.server, {"username": f"system:node:{name}", "groups": [MASTERS]})  # trusted ones see records
    kubelet.managed_fields = True
    found = kubelet.list("pods", field_selector=f"spec.nodeName={name}")
    return _JSON, _dumped({**bare_items(found), "metadata": {}}) + "\n"


def _configz(api: Client, node: Object) -> tuple[str, str]:
    """The configuration that kubeadm has left for all kubelets."""
    from ..go.yaml import load

    stored = api.find("configmaps", "kubelet-config", "kube-system")
    config = load(stored["data"].get("kubelet", "")) if stored is not None else {}
    return _JSON, _dumped({"kubeletconfig": {"enableServer": True, "port": 10250, "maxPods": quantity.value(
        node["status"]["capacity"]["pods"]), **{key: value for key, value in (config or {}).items() if key not in (
            "kind", "apiVersion")}}})


def _logs(api: Client, node: Object) -> tuple[str, str]:
    """The folders of its logs, which hold nothing that can be looked at (net/http's FileServer)."""
    links = "".join(f'<a href="{name}/">{name}/</a>\n' for name in _LOGS)
    return "text/html; charset=utf-8", ('<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n'
                                        f"{links}</pre>\n")


# What is used, as JSON.


def _summary(api: Client, node: Object) -> tuple[str, str]:
    now, running = api.now, _running(api, node)
    capacity = node["status"]["capacity"]
    cpu, memory = (sum(used[resource] for *_, used in running) for resource in ("cpu", "memory"))
    since = timestamps.parse(node["metadata"]["creationTimestamp"])
    disk = quantity.value(capacity.get("ephemeral-storage", "0"))
    pods: dict[str, Object] = {}
    for pod, status, started, used in running:
        meta = pod["metadata"]
        entry = pods.setdefault(meta["uid"], {
            "podRef": {"name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"]},
            "startTime": pod["status"]["startTime"], "containers": []})
        entry["containers"].append({"name": status["name"], "startTime": started,
                                    **_used(now, timestamps.parse(started), used["cpu"], used["memory"])})
    for entry in pods.values():
        amounts = [used for pod, _, _, used in running if pod["metadata"]["uid"] == entry["podRef"]["uid"]]
        entry.update(_used(now, timestamps.parse(entry["startTime"]), sum(each["cpu"] for each in amounts),
                           sum(each["memory"] for each in amounts)))
    told = {"nodeName": node["metadata"]["name"], "startTime": node["metadata"]["creationTimestamp"],
            **_used(now, since, cpu, memory, quantity.value(capacity["memory"])),
            "fs": {"time": timestamps.format(now), "availableBytes": disk, "capacityBytes": disk, "usedBytes": 0}}
    return _JSON, _dumped({"node": told, "pods": list(pods.values())}, 1)


def _used(now: float, since: float, cpu: int, memory: int, capacity: int | None = None) -> Object:
    stamp = timestamps.format(now)
    available = {} if capacity is None else {"availableBytes": max(capacity - memory, 0)}
    return {"cpu": {"time": stamp, "usageNanoCores": cpu * 1000000,
                    "usageCoreNanoSeconds": int(max(now - since, 0) * cpu * 1000000)},
            "memory": {"time": stamp, **available, "usageBytes": memory, "workingSetBytes": memory, "rssBytes": memory}}


# What is used, in Prometheus' format.


def _resource(api: Client, node: Object) -> tuple[str, str]:
    now, running = api.now, _running(api, node)
    started = [(_of(pod, status), timestamps.parse(since), used) for pod, status, since, used in running]
    pods: dict[tuple[str, str], list[float]] = {}
    for labels, since, used in started:
        total = pods.setdefault((labels["namespace"], labels["pod"]), [0.0, 0.0])
        total[0] += used["cpu"] / 1000 * (now - since)
        total[1] += used["memory"]
    of_pods = [({"namespace": namespace, "pod": name}, total) for (namespace, name), total in sorted(pods.items())]
    return CONTENT_TYPE, "".join((
        metric("container_cpu_usage_seconds_total", "counter",
               "[STABLE] Cumulative cpu time consumed by the container in core-seconds",
               [(labels, used["cpu"] / 1000 * (now - since)) for labels, since, used in started], now),
        metric("container_memory_working_set_bytes", "gauge",
               "[STABLE] Current working set of the container in bytes",
               [(labels, used["memory"]) for labels, _, used in started], now),
        metric("container_start_time_seconds", "gauge",
               "[STABLE] Start time of the container since unix epoch in seconds",
               [(labels, since) for labels, since, _ in started]),
        metric("node_cpu_usage_seconds_total", "counter",
               "[STABLE] Cumulative cpu time consumed by the node in core-seconds",
               [({}, sum(total[0] for total in pods.values()))], now),
        metric("node_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the node in bytes",
               [({}, sum(total[1] for total in pods.values()))], now),
        metric("pod_cpu_usage_seconds_total", "counter",
               "[STABLE] Cumulative cpu time consumed by the pod in core-seconds",
               [(labels, total[0]) for labels, total in of_pods], now),
        metric("pod_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the pod in bytes",
               [(labels, total[1]) for labels, total in of_pods], now),
        metric("resource_scrape_error", "gauge",
               "[STABLE] 1 if there was an error while getting container metrics, 0 otherwise", [({}, 0)])))


def _of(pod: Object, status: Object) -> dict[str, str]:
    meta = pod["metadata"]
    return {"container": status["name"], "namespace": meta["namespace"], "pod": meta["name"]}


def _cadvisor(api: Client, node: Object) -> tuple[str, str]:
    now, samples = api.now, []
    for pod, status, since, used in _running(api, node):
        labels = {**_of(pod, status), "id": f"/kubepods/pod{pod['metadata']['uid']}/"
                  f"{status.get('containerID', '').partition('://')[2]}", "image": status["image"],
                  "name": status.get("containerID", "").partition("://")[2]}
        samples.append((labels, timestamps.parse(since), used))
    capacity = node["status"]["capacity"]
    return CONTENT_TYPE, "".join((
        metric("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds.",
               [({**labels, "cpu": "total"}, used["cpu"] / 1000 * (now - since))
                for labels, since, used in samples], now),
        metric("container_memory_usage_bytes", "gauge",
               "Current memory usage in bytes, including all memory regardless of when it was accessed",
               [(labels, used["memory"]) for labels, _, used in samples], now),
        metric("container_memory_working_set_bytes", "gauge", "Current working set in bytes.",
               [(labels, used["memory"]) for labels, _, used in samples], now),
        metric("container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds.",
               [(labels, since) for labels, since, _ in samples], now),
        metric("machine_cpu_cores", "gauge", "Number of logical CPU cores.",
               [({}, quantity.value(capacity["cpu"]))]),
        metric("machine_memory_bytes", "gauge", "Amount of memory installed on the machine.",
               [({}, quantity.value(capacity["memory"]))])))


def _metrics(api: Client, node: Object) -> tuple[str, str]:
    running = _running(api, node)
    return CONTENT_TYPE, "".join((
        metric("kubelet_node_name", "gauge", "[ALPHA] The node's name. The count is always 1.",
               [({"node": node["metadata"]["name"]}, 1)]),
        metric("kubelet_running_containers", "gauge", "[ALPHA] Number of containers currently running",
               [({"container_state": "running"}, len(running))]),
        metric("kubelet_running_pods", "gauge", "[ALPHA] Number of pods that have a running pod sandbox",
               [({}, len({pod["metadata"]["uid"] for pod, *_ in running}))])))


_PAGES = {"/pods": _pods, "/configz": _configz, "/logs": _logs, "/stats/summary": _summary,
          "/metrics": _metrics, "/metrics/resource": _resource, "/metrics/cadvisor": _cadvisor}
