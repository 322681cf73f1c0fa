"""Where a pod's claims for devices can be met, of declared ResourceSlices (framework/plugins/dynamicresources and
k8s.io/dynamic-resource-allocation/structured)."""

from __future__ import annotations

from ..helpers import nodeaffinity
from ..helpers.resourceclaims import CLAIMS, CLASSES, FINALIZER, SLICES, names, reserved_for
from ..machinery.objects import clone, dig
from .nodeinfo import NodeInfo, PodInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..apiserver.client import Client
    from ..machinery.types import Object, Release

NO_DEVICES = "cannot allocate all claims"
ELSEWHERE = "resourceclaim not available on the node"


class PodClaims:
    """The claims of one pod (PreFilter state). `problem` is why no node will do, "" where some might; `gated`: claims
    are missing, and the pod waits for them without a word (PreEnqueue)."""

    def __init__(self, info: PodInfo, api: Client):
        self.api, self.pod, self.problem, self._error, self.gated = api, info.pod, "", "", False
        self.claims: list[Object] = []
        self._slices: list[Object] | None = None
        for _, name in names(info.pod):
            if name == "":
                continue
            claim = api.find(CLAIMS, name, info.namespace) if name else None
            if claim is None:
                self.gated = True
                return
            self.problem = self._objection(claim)
            if self.problem:
                return
            self.claims.append(claim)

    def _objection(self, claim: Object) -> str:
        if "deletionTimestamp" in claim["metadata"]:
            return f'resourceclaim "{claim["metadata"]["name"]}" is being deleted'
        for request in claim["spec"].get("devices", {}).get("requests") or ():
            for asked in _alternatives(request):
                if self.api.find(CLASSES, asked["deviceClassName"]) is None:
                    return f"request {asked['path']}: device class {asked['deviceClassName']} does not exist"
        return ""

    def check(self, node: NodeInfo) -> tuple[str, bool] | None:
        """Return (reason, whether preemption may help) where a node does not do."""
        for claim in self.claims:
            allocation = (claim.get("status") or {}).get("allocation")
            if allocation is not None and not _reaches(allocation.get("nodeSelector"), node):
                return ELSEWHERE, False
        found = self._plan(node)
        return None if found is not None else (self._error or NO_DEVICES, False)

    def reserve(self, node: NodeInfo) -> None:
        """Give the claims their devices on a node, and reserve them for the pod."""
        meta = self.pod["metadata"]
        plan = self._plan(node) or {}
        for claim in self.claims:
            new = clone(claim)
            status = new.setdefault("status", {})
            results = plan.get(claim["metadata"]["uid"])
            if results is not None:
                finalizers = claim["metadata"].get("finalizers") or []
                if FINALIZER not in finalizers:
                    new["metadata"]["finalizers"] = [*finalizers, FINALIZER]
                    new = clone(self.api.update(CLAIMS, new, meta["namespace"]))
                    status = new.setdefault("status", {})
                local = any(device["local"] for device in _devices(self._all_slices(), node)
                            if any(device["id"] == (each["driver"], each["pool"], each["device"]) for each in results))
                status["allocation"] = _allocation(claim, results, node if local else None)
            if not reserved_for(claim, self.pod):
                status["reservedFor"] = [*(status.get("reservedFor") or ()),
                                         {"resource": "pods", "name": meta["name"], "uid": meta["uid"]}]
            self.api.update_status(CLAIMS, new)

    def _plan(self, node: NodeInfo) -> dict[str, list[Object]] | None:
        """Return the results for each claim that has none yet, by its UID; None where that cannot be."""
        waiting = [claim for claim in self.claims if not (claim.get("status") or {}).get("allocation")]
        if not waiting:
            return {}
        search = _Search(self.api, _devices(self._all_slices(), node), _taken(self.api))
        plan: dict[str, list[Object]] = {}
        for claim in waiting:
            results = search.results(claim)
            if results is None:
                self._error = search.error
                return None
            plan[claim["metadata"]["uid"]] = results
        return plan

    def _all_slices(self) -> list[Object]:
        if self._slices is None:
            self._slices = self.api.items(SLICES)
        return self._slices


class _Search:
    """The devices that a node has, and which of them meet what claims ask for. `error`: what is wrong with an
    expression, so that no device could be tried."""

    def __init__(self, api: Client, devices: list[Object], taken: set[tuple[str, str, str]]):
        self.api, self.devices, self.taken, self.error = api, devices, taken, ""

    def results(self, claim: Object) -> list[Object] | None:
        """Return the allocation's results for a claim, whose devices are taken from now on; None where none is."""
        devices = claim["spec"].get("devices") or {}
        found = self._requests(claim, devices.get("requests") or [], devices.get("constraints") or [], [])
        if found is None:
            return None
        self.taken.update(device["id"] for _, device, shared in found if not shared)
        return [{"request": name, "driver": device["id"][0], "pool": device["id"][1], "device": device["id"][2],
                 **({"adminAccess": True} if shared else {})} for name, device, shared in found]

    def _requests(self, claim: Object, requests: list[Object], constraints: list[Object],
                  chosen: list[tuple[str, Object, bool]]) -> list[tuple[str, Object, bool]] | None:
        """Choose devices for the requests, one after the other, going back where a choice leads nowhere."""
        if not requests:
            return chosen
        for asked in _alternatives(requests[0]):
            shared = bool(asked.get("adminAccess"))
            fitting = [device for device in self.devices if self._fits(claim, asked, device)]
            if self.error:
                return None
            free = [device for device in fitting if shared or (device["id"] not in self.taken and not any(
                device["id"] == other["id"] for _, other, _ in chosen))]
            picks: Iterator[Sequence[Object]]
            if asked["allocationMode"] == "All":
                picks = iter([free] if fitting and len(free) == len(fitting) else [])
            else:
                picks = self._picks(free, asked["count"])
            for pick in picks:
                more = [*chosen, *((asked["path"], device, shared) for device in pick)]
                if all(_meets(constraint, more) for constraint in constraints):
                    found = self._requests(claim, requests[1:], constraints, more)
                    if found is not None:
                        return found
        return None

    @staticmethod
    def _picks(free: list[Object], count: int) -> Iterator[Sequence[Object]]:
        from itertools import combinations, islice

        return islice(combinations(free, count), _MOST_TRIES)

    def _fits(self, claim: Object, asked: Object, device: Object) -> bool:
        wanted = self.api.get(CLASSES, asked["deviceClassName"])
        for taint in device["spec"].get("taints") or ():
            if taint.get("effect") in ("NoSchedule", "NoExecute") and not any(
                    _tolerates(each, taint) for each in asked.get("tolerations") or ()):
                return False
        meta = claim["metadata"]
        for what, selectors in ((f"class {asked['deviceClassName']}", wanted["spec"].get("selectors")),
                                (f"claim {meta['namespace']}/{meta['name']}", asked.get("selectors"))):
            for i, selector in enumerate(selectors or ()):
                try:
                    if not _selected(selector["cel"]["expression"], device, self.api.release):
                        return False
                except ValueError as problem:
                    self.error = f"{what}: selector #{i}: CEL runtime error: {problem}"
                    return False
        return True


_MOST_TRIES = 1000  # of the ways to choose some devices of many


def _alternatives(request: Object) -> list[Object]:
    """What a request asks for, the most wanted first, with the name of its results as `path`."""
    if request.get("exactly") is not None:
        return [{**request["exactly"], "path": request["name"]}]
    return [{**each, "path": f"{request['name']}/{each['name']}"} for each in request.get("firstAvailable") or ()]


def _devices(slices: list[Object], node: NodeInfo) -> list[Object]:
    """The devices that can be used from a node: {"id": (driver, pool, name), "spec": the device, "local": whether it
    belongs to the node}, in order. Of each pool only the newest generation counts."""
    newest: dict[tuple[str, str], int] = {}
    for each in slices:
        spec = each["spec"]
        key = spec["driver"], spec["pool"]["name"]
        newest[key] = max(newest.get(key, 0), spec["pool"].get("generation", 0))
    found = []
    for each in slices:
        spec = each["spec"]
        key = spec["driver"], spec["pool"]["name"]
        if spec["pool"].get("generation", 0) < newest[key]:
            continue
        for device in spec.get("devices") or ():
            if _here(device if spec.get("perDeviceNodeSelection") else spec, node):
                local = spec.get("nodeName") or device.get("nodeName")
                found.append({"id": (*key, device["name"]), "spec": device, "local": bool(local)})
    return found


def _here(place: Object, node: NodeInfo) -> bool:
    if place.get("allNodes"):
        return True
    if place.get("nodeName"):
        return bool(place["nodeName"] == node.name)
    return place.get("nodeSelector") is not None and _reaches(place["nodeSelector"], node)


def _reaches(selector: Object | None, node: NodeInfo) -> bool:
    return nodeaffinity.selector_matches(selector, node.node)


def _taken(api: Client) -> set[tuple[str, str, str]]:
    """The devices that claims have already."""
    return {(each["driver"], each["pool"], each["device"]) for claim in api.items(CLAIMS)
            for each in dig(claim, "status", "allocation", "devices", "results", default=())
            if not each.get("adminAccess")}


def _allocation(claim: Object, results: list[Object], node: NodeInfo | None) -> Object:
    """An AllocationResult; `node`: where the devices are, None where every node reaches them."""
    config = [{"source": "FromClaim", **clone(each)} for each in dig(claim, "spec", "devices", "config", default=())]
    devices = {"results": results, **({"config": config} if config else {})}
    if node is None:
        return {"devices": devices}
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node.name]}]}
    return {"devices": devices, "nodeSelector": {"nodeSelectorTerms": [term]}}


def _meets(constraint: Object, chosen: list[tuple[str, Object, bool]]) -> bool:
    """Whether the devices chosen so far are alike in an attribute, or all different, as a constraint asks."""
    names_ = constraint.get("requests") or []
    attribute: str = constraint.get("matchAttribute") or constraint.get("distinctAttribute") or ""
    values = [_attribute(device, attribute) for name, device, _ in chosen
              if not names_ or name in names_ or name.partition("/")[0] in names_]
    if None in values:
        return False
    if constraint.get("matchAttribute"):
        return len(set(values)) <= 1
    return len(set(values)) == len(values)


def _attribute(device: Object, name: str) -> str | None:
    """The value of an attribute, as a text; its name may lack the driver's domain."""
    attributes = device["spec"].get("attributes") or {}
    domain, _, short = name.rpartition("/")
    value = attributes.get(name) or (attributes.get(short) if domain == device["id"][0] else None)
    return repr(value) if value is not None else None


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")


def _selected(text: str, device: Object, release: Release) -> bool:
    """Evaluate an expression for a device. Raises ValueError."""
    from ..apiserver import cel
    from ..apiserver.kinds.resource.devices import DEVICE, seen

    try:
        return cel.compile(text, DEVICE, release).evaluate({"device": seen(device["id"][0], device["spec"])}) is True
    except (cel.CompileError, cel.EvaluationError) as problem:
        raise ValueError(str(problem)) from None
