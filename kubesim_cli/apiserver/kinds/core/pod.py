"""Pod."""

from __future__ import annotations

from ....machinery import conditions
from ....machinery.pods import is_phase_terminal, is_terminal
from ..base import AGE, NAME, Column, Kind, since

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ....machinery.types import FieldErrors, Object, Release
    from ..base import Cell, Context

_AFFINITY_TERMS = ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution")


def _row(obj: Object, ctx: Context) -> tuple[str, str, int, str]:
    """The summary of the pod whose row is being told; three cells are made of it."""
    found: tuple[str, str, int, str] | None = ctx.row
    if found is None:
        found = ctx.row = summary(obj, ctx.release)
    return found


def _restarts_cell(obj: Object, ctx: Context) -> Cell:
    _, _, restarts, restarted = _row(obj, ctx)
    return f"{restarts} ({since(restarted, ctx.now)} ago)" if restarts and restarted else str(restarts)


def _ip_cell(obj: Object, ctx: Context) -> Cell:
    status = obj.get("status") or {}
    ips = status.get("podIPs")
    return (ips[0].get("ip") if ips else status.get("podIP")) or "<none>"


def _readiness_gates_cell(obj: Object, ctx: Context) -> Cell:
    wanted = (obj.get("spec") or {}).get("readinessGates")
    if not wanted:
        return "<none>"
    found = (obj.get("status") or {}).get("conditions")
    met = sum(conditions.status_of(found, gate.get("conditionType", "")) == "True" for gate in wanted)
    return f"{met}/{len(wanted)}"


class Pod(Kind):
    columns = (NAME,
               Column("Ready", lambda obj, ctx: _row(obj, ctx)[0]),
               Column("Status", lambda obj, ctx: _row(obj, ctx)[1]),
               Column("Restarts", _restarts_cell),
               AGE,
               Column("IP", _ip_cell, 1),
               Column("Node", lambda obj, ctx: (obj.get("spec") or {}).get("nodeName") or "<none>", 1),
               Column("Nominated Node",
                      lambda obj, ctx: (obj.get("status") or {}).get("nominatedNodeName") or "<none>", 1),
               Column("Readiness Gates", _readiness_gates_cell, 1))
    has_status = True
    status_keeps = ("ownerReferences", "deletionTimestamp")

    def default(self, obj: Object, ctx: Context) -> None:
        from .podspec.defaults import default_pod

        spec = obj.setdefault("spec", {})
        if (spec.get("terminationGracePeriodSeconds") or 0) < 0:  # of a pod only, not of a template (conversion.go)
            spec["terminationGracePeriodSeconds"] = 1
        default_pod(spec, ctx.release)

    def default_status(self, obj: Object, ctx: Context) -> None:
        from .podspec.resources import qos_class

        obj["status"] = {"phase": "Pending", "qosClass": qos_class(obj["spec"], ctx.release)}
        if obj["spec"].get("schedulingGates"):
            found: list[Object] = []
            obj["status"]["conditions"] = found
            conditions.set_condition(found, {
                "type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "lastProbeTime": None,
                "message": "Scheduling is blocked due to non-empty scheduling gates"}, ctx.now)

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        from ....releases.gates import enabled

        meta = obj["metadata"]
        if enabled("PodGeneration", ctx.release):
            meta["generation"] = 1
        _merge_label_keys(obj["spec"], meta.get("labels") or {}, ctx.release)
        if meta.get("annotations"):
            _apply_apparmor_annotations(obj, ctx)

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        from .podspec import update

        update.restrict(obj, old, ctx.subresource)
        if ctx.subresource != "status" and "generation" in old["metadata"] and obj["spec"] != old["spec"]:
            obj["metadata"]["generation"] = old["metadata"]["generation"] + 1

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from .podspec.spec import validate_new_pod

        return validate_new_pod(obj, ctx.release)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from .podspec import update

        return update.validate(obj, old, ctx.subresource, ctx.release)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from .podspec.status import validate_status

        return validate_status(obj, old, ctx.release)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        if old is not None:
            return []
        from .podspec import warnings

        return warnings.of_pod(obj, ctx.release)

    def fields(self, obj: Object) -> dict[str, str]:
        spec, status = obj.get("spec") or {}, obj.get("status") or {}
        ips = status.get("podIPs")
        return {"spec.nodeName": spec.get("nodeName", ""), "spec.restartPolicy": spec.get("restartPolicy", ""),
                "spec.schedulerName": spec.get("schedulerName", ""),
                "spec.serviceAccountName": spec.get("serviceAccountName", ""),
                "spec.hostNetwork": "true" if spec.get("hostNetwork") else "false",
                "status.phase": status.get("phase", ""),
                "status.nominatedNodeName": status.get("nominatedNodeName", ""),
                "status.podIP": ips[0].get("ip", "") if ips else status.get("podIP", "")}

    def grace_period(self, obj: Object, asked: int | None) -> int:
        spec = obj.get("spec") or {}
        if not spec.get("nodeName") or is_terminal(obj):
            return 0
        period = spec.get("terminationGracePeriodSeconds", 0) if asked is None else asked
        return 1 if period < 0 else period


KIND = Pod()


def summary(pod: Object, release: Release) -> tuple[str, str, int, str]:
    """Return the cells READY (`1/2`) and STATUS, the restarts and when the last of them was ("" where unknown).

    Source: printPod in pkg/printers/internalversion/printers.go.
    """
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    phase = status.get("phase", "")
    reason = status.get("reason") or phase
    found = status.get("conditions") or []
    if any(c.get("type") == "PodScheduled" and c.get("reason") == "SchedulingGated" for c in found):
        reason = "SchedulingGated"
    sidecars = {c.get("name") for c in spec.get("initContainers") or () if c.get("restartPolicy") == "Always"}
    total = len(spec.get("containers") or ()) + len(sidecars)
    failing, ready, restarts, last = _init_summary(spec, status, sidecars)
    if failing and conditions.status_of(found, "Initialized") != "True":
        reason = failing
    else:
        if failing:
            reason = failing
        statuses = status.get("initContainerStatuses") or ()
        own = [c for c in statuses if c.get("name") in sidecars]
        restarts, last = _restarts(own)
        reason, running = _summary(status, found, reason)
        ready += running
        more, later = _restarts(status.get("containerStatuses") or ())
        restarts, last = restarts + more, max(last, later)
    if pod["metadata"].get("deletionTimestamp"):
        from ....releases.gates import enabled

        if status.get("reason") == "NodeLost":
            reason = "Unknown"
        elif not is_phase_terminal(phase) or not enabled("EndedPodsDoNotTerminate", release):
            reason = "Terminating"
    return f"{ready}/{total}", reason, restarts, last


def _restarts(statuses: Iterable[Object]) -> tuple[int, str]:
    """Return how often containers were restarted, and when last (RFC 3339 in UTC, which sorts as text; "": unknown)."""
    count, last = 0, ""
    for container in statuses:
        count += container.get("restartCount", 0)
        ended = (container.get("lastState") or {}).get("terminated")
        if ended:
            last = max(last, ended.get("finishedAt") or "")
    return count, last


def _init_summary(spec: Object, status: Object, sidecars: set[str]) -> tuple[str, int, int, str]:
    """Return what the first unfinished init container says, the ready sidecars before it, and restarts up to it."""
    ready = 0
    statuses = status.get("initContainerStatuses") or ()
    for i, container in enumerate(statuses):
        state = container.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting") or {}
        if ended is not None and not ended.get("exitCode"):
            continue
        if container.get("name") in sidecars and container.get("started"):
            ready += bool(container.get("ready"))
            continue
        if ended is not None:
            reason = _end(ended)
        elif waiting.get("reason") and waiting["reason"] != "PodInitializing":
            reason = waiting["reason"]
        else:
            reason = f"{i}/{len(spec.get('initContainers') or ())}"
        return f"Init:{reason}", ready, *_restarts(statuses[:i + 1])
    return "", ready, *_restarts(statuses)


def _end(ended: Object) -> str:
    """Why a container ended."""
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def _summary(status: Object, found: list[Object], reason: str) -> tuple[str, int]:
    """Return what the containers say, the first of them last, and how many are ready."""
    ready, error = 0, ""
    for container in reversed(status.get("containerStatuses") or ()):
        state = container.get("state") or {}
        if (state.get("waiting") or {}).get("reason"):
            reason = state["waiting"]["reason"]
        elif state.get("terminated") is not None:
            reason = _end(state["terminated"])
            if state["terminated"].get("exitCode"):
                error = reason
        elif container.get("ready") and state.get("running") is not None:
            ready += 1
    if reason == "Completed":
        if ready and conditions.status_of(found, "Ready") == "True":
            reason = "Running"
        elif error or ready:
            reason = error or "NotReady"
    return reason, ready


def _merge_label_keys(spec: Object, labels: Object, release: Release) -> None:
    """Add what matchLabelKeys and mismatchLabelKeys mean for this pod to the selectors, in place."""
    from ....releases.gates import enabled

    if enabled("MatchLabelKeysInPodAffinity", release):
        for kind in ("podAffinity", "podAntiAffinity"):
            affinity = (spec.get("affinity") or {}).get(kind) or {}
            for terms in _AFFINITY_TERMS:
                for term in affinity.get(terms) or ():
                    _merge_keys(term.get("podAffinityTerm", term), labels)
    if enabled("MatchLabelKeysInPodTopologySpreadSelectorMerge", release):
        for constraint in spec.get("topologySpreadConstraints") or ():
            _merge_keys(constraint, labels)


def _merge_keys(term: Object, labels: Object) -> None:
    selector = term.get("labelSelector")
    if selector is None:
        return
    for keys, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
        for key in term.get(keys) or ():
            if key in labels:
                selector.setdefault("matchExpressions", []).append(
                    {"key": key, "operator": operator, "values": [labels[key]]})


def _apply_apparmor_annotations(obj: Object, ctx: Context) -> None:
    """Copy AppArmor annotations to the fields that took their place (applyAppArmorVersionSkew)."""
    from ....releases.gates import enabled
    from .podspec import security
    from .podspec.rules import visit_containers

    spec, annotations = obj["spec"], obj["metadata"]["annotations"]
    if not enabled("AppArmorFields", ctx.release) or (spec.get("os") or {}).get("name") == "windows":
        return
    of_pod = (spec.get("securityContext") or {}).get("appArmorProfile")
    for _, container in visit_containers(spec, ""):
        key = security.APPARMOR + container.get("name", "")
        if key not in annotations or (container.get("securityContext") or {}).get("appArmorProfile") is not None:
            continue
        profile = security.apparmor_of_annotation(annotations[key])
        if profile is not None and profile != of_pod:
            container.setdefault("securityContext", {})["appArmorProfile"] = profile
        if profile is None or profile != of_pod:
            ctx.warn(f'metadata.annotations[{key}]: deprecated since v1.30; use the "appArmorProfile" field instead')
