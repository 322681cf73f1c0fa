"""Containers of pods and of pod templates."""

from __future__ import annotations

import math

from ....go.fmt import quote
from ....machinery import quantity
from ....releases.kubectl import does
from .writer import Writer, boolean, go_list, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ....machinery.types import Json, Object


def describe_containers(title: str, containers: list[Object] | None, w: Writer, indent: str = "",
                        statuses: Iterable[Object] | None = (), pod: Object | None = None) -> None:
    """Write containers with their `statuses`. `pod` resolves what environment variables say of it; a template has
    none, and an `indent`."""
    by_name = {status["name"]: status for status in statuses or ()}
    w.write(0, f"{indent}{title}:{'' if containers else ' <none>'}\n")
    for container in containers or ():
        status = by_name.get(container["name"])
        w.write(1, f"{' ' if indent else ''}{container['name']}:\n")
        _basics(container, status, w)
        for title_, key in (("Command", "command"), ("Args", "args")):
            if container.get(key):
                w.write(2, f"{title_}:\n")
                for argument in container[key]:
                    for line in argument.split("\n"):
                        w.write(3, f"{line}\n")
        if status is not None:
            _state(status, w)
        describe_resources(container.get("resources"), w, 2)
        for name in ("Liveness", "Readiness", "Startup"):
            probe = container.get(f"{name.lower()}Probe")
            if probe is not None:
                w.line(2, name, describe_probe(probe))
        if container.get("envFrom"):
            _environment_sources(container["envFrom"], w)
        _environment(container, w, pod)
        _mounts(container, w)


def _basics(container: Object, status: Object | None, w: Writer) -> None:
    if status is not None:
        w.line(2, "Container ID", status.get("containerID", ""))
    w.line(2, "Image", container.get("image", ""))
    if status is not None:
        w.line(2, "Image ID", status.get("imageID", ""))
    for title, key in (("Port", "containerPort"), ("Host Port", "hostPort")):
        ports = []
        for port in container.get("ports") or ():
            named = f" ({port['name']})" if port.get("name") and does("PortNames", w.release) else ""
            ports.append(f"{port.get(key, 0)}/{port.get('protocol', '')}{named}")
        w.line(2, title + "s" if len(ports) > 1 else title, ", ".join(ports) or "<none>")
    profile = (container.get("securityContext") or {}).get("seccompProfile")
    if profile:
        w.line(2, "SeccompProfile", profile["type"])
        if profile["type"] == "Localhost":
            w.line(3, "LocalhostProfile", profile.get("localhostProfile", ""))


def _state(status: Object, w: Writer) -> None:
    _describe_state("State", status.get("state") or {}, w)
    if (status.get("lastState") or {}).get("terminated"):
        _describe_state("Last State", status["lastState"], w)
    w.line(2, "Ready", boolean(status.get("ready", False)))
    w.line(2, "Restart Count", status.get("restartCount", 0))


def _describe_state(title: str, state: Object, w: Writer) -> None:
    if state.get("running") is not None:
        w.line(2, title, "Running")
        w.line(3, "Started", time_text(state["running"].get("startedAt")))
    elif state.get("waiting") is not None or not state.get("terminated"):
        w.line(2, title, "Waiting")
        if (state.get("waiting") or {}).get("reason"):
            w.line(3, "Reason", state["waiting"]["reason"])
    else:
        terminated = state["terminated"]
        w.line(2, title, "Terminated")
        for label, key in (("Reason", "reason"), ("Message", "message")):
            if terminated.get(key):
                w.line(3, label, terminated[key])
        w.line(3, "Exit Code", terminated.get("exitCode", 0))
        if terminated.get("signal", 0) > 0:
            w.line(3, "Signal", terminated["signal"])
        w.line(3, "Started", time_text(terminated.get("startedAt")))
        w.line(3, "Finished", time_text(terminated.get("finishedAt")))


def describe_resources(resources: Object | None, w: Writer, level: int) -> None:
    """Write limits and requests."""
    for title, key in (("Limits", "limits"), ("Requests", "requests")):
        amounts = (resources or {}).get(key)
        if amounts:
            w.write(level, f"{title}:\n")
            for name in sorted(amounts):
                w.line(level + 1, name, quantity.canonical(amounts[name]))


def describe_probe(probe: Object) -> str:
    """Return a probe on one line."""
    attributes = (f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 0)}s "
                  f"period={probe.get('periodSeconds', 0)}s #success={probe.get('successThreshold', 0)} "
                  f"#failure={probe.get('failureThreshold', 0)}")
    if probe.get("exec") is not None:
        return f"exec {go_list(probe['exec'].get('command'))} {attributes}"
    if probe.get("httpGet") is not None:
        return f"http-get {_url(probe['httpGet'])} {attributes}"
    if probe.get("tcpSocket") is not None:
        return f"tcp-socket {probe['tcpSocket'].get('host', '')}:{probe['tcpSocket'].get('port', 0)} {attributes}"
    if probe.get("grpc") is not None:
        return f"grpc <pod>:{probe['grpc'].get('port', 0)} {probe['grpc'].get('service') or ''} {attributes}"
    return f"unknown {attributes}"


def _url(action: Object) -> str:
    from urllib.parse import quote as escape

    host = action.get("host", "")
    port = action.get("port", "")
    if port != "":
        host = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    path = escape(action.get("path", ""), safe="$&+,/:;=@")
    scheme = action.get("scheme", "").lower()
    slash = "/" if path and path[0] != "/" and host else ""
    return f"{scheme}{':' if scheme else ''}{'//' if host or (scheme and path) else ''}{host}{slash}{path}"


def _environment_sources(sources: list[Json], w: Writer) -> None:
    w.write(2, "Environment Variables from:\n")
    for source in sources:
        reference, kind = {}, ""
        if source.get("configMapRef") is not None:
            reference, kind = source["configMapRef"], "ConfigMap"
        elif source.get("secretRef") is not None:
            reference, kind = source["secretRef"], "Secret"
        prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
        w.write(3, f"{reference.get('name', '')}\t{kind}{prefix}\t{_optional(reference)}\n")


def _optional(reference: Object) -> str:
    return f"Optional: {'true' if reference.get('optional') else 'false'}"


def _environment(container: Object, w: Writer, pod: Object | None) -> None:
    variables = container.get("env") or ()
    w.write(2, f"Environment:{'' if variables else chr(9) + '<none>'}\n")
    for variable in variables:
        name, source = variable["name"], variable.get("valueFrom")
        if source is None:
            for i, line in enumerate(variable.get("value", "").split("\n")):
                w.write(3, f"{'' if i else name + ':'}\t{line}\n")
        elif source.get("fieldRef") is not None:
            path = source["fieldRef"]["fieldPath"]
            value = ""
            if pod is not None and path in ("metadata.name", "metadata.namespace"):  # kubectl resolves no others
                value = pod["metadata"].get(path.removeprefix("metadata."), "")
            w.line(3, name, f"{value} ({source['fieldRef'].get('apiVersion', '')}:{path})")
        elif source.get("resourceFieldRef") is not None:
            reference = source["resourceFieldRef"]
            value = _resource_value(reference, container)
            if value == "0" and reference["resource"] in ("limits.cpu", "limits.memory"):
                value = "node allocatable"
            w.line(3, name, f"{value} ({reference['resource']})")
        elif source.get("secretKeyRef") is not None:
            reference = source["secretKeyRef"]
            w.line(3, name, f"<set to the key '{reference['key']}' in secret '{reference.get('name', '')}'>\t"
                            f"{_optional(reference)}")
        elif source.get("configMapKeyRef") is not None:
            reference = source["configMapKeyRef"]
            w.line(3, name, f"<set to the key '{reference['key']}' of config map '{reference.get('name', '')}'>\t"
                            f"{_optional(reference)}")


def _resource_value(reference: Object, container: Object) -> str:
    """Return a container's limit or request in units of the divisor, "" for one that kubectl does not know."""
    side, _, name = reference["resource"].partition(".")
    if side not in ("limits", "requests") or not (
            name in ("cpu", "memory", "ephemeral-storage") or name.startswith("hugepages-")):
        return ""
    amount = ((container.get("resources") or {}).get(side) or {}).get(name, "0")
    divisor = reference.get("divisor") or "0"
    if quantity.compare(divisor, "0") == 0:
        divisor = "1"
    measure = quantity.milli if name == "cpu" else quantity.value
    return str(math.ceil(measure(amount) / measure(divisor)))


def _mounts(container: Object, w: Writer) -> None:
    mounts = sorted(container.get("volumeMounts") or (), key=lambda mount: mount["mountPath"])
    none = "" if mounts else "\t<none>"
    w.write(2, f"Mounts:{none}\n")
    for mount in mounts:
        how = "ro" if mount.get("readOnly") else "rw"
        if mount.get("subPath"):
            how += f",path={quote(mount['subPath'])}"
        w.write(3, f"{mount['mountPath']} from {mount['name']} ({how})\n")
    devices = container.get("volumeDevices")
    if devices:
        w.write(2, f"Devices:{none}\n")
        for device in sorted(devices, key=lambda device: device["devicePath"]):
            w.write(3, f"{device['devicePath']} from {device['name']}\n")
