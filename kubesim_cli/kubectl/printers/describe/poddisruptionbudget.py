"""PodDisruptionBudgets."""

from __future__ import annotations

from ....machinery import selectors
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "policy"


def describe(pdb: Object, w: Writer, ctx: Context) -> None:
    spec, status = pdb["spec"], pdb.get("status", {})
    w.line(0, "Name", pdb["metadata"]["name"])
    w.line(0, "Namespace", pdb["metadata"].get("namespace", ""))
    if spec.get("minAvailable") is not None:
        w.line(0, "Min available", spec["minAvailable"])
    elif spec.get("maxUnavailable") is not None:
        w.line(0, "Max unavailable", spec["maxUnavailable"])
    selector = spec.get("selector")
    w.line(0, "Selector", "<unset>" if selector is None else selectors.format_selector(selector))
    w.write(0, "Status:\n")
    for label, key in (("Allowed disruptions", "disruptionsAllowed"), ("Current", "currentHealthy"),
                       ("Desired", "desiredHealthy"), ("Total", "expectedPods")):
        w.line(2, label, status.get(key, 0))
    ctx.events(pdb)
