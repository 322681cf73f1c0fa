"""Namespaces, with their quotas and limits."""

from __future__ import annotations

from .events import list_all
from .limitrange import HEADERS, describe_limits
from .resourcequota import describe_scopes, used_and_hard
from .writer import Writer, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""


def describe(namespace: Object, w: Writer, ctx: Context) -> None:
    name, status = namespace["metadata"]["name"], namespace.get("status", {})
    quotas = list_all(ctx.client, "resourcequotas", name, chunk_size=ctx.chunk_size)
    limits = list_all(ctx.client, "limitranges", name, chunk_size=ctx.chunk_size)
    w.metadata(namespace, namespaced=False)
    w.line(0, "Status", status.get("phase", ""))
    if status.get("conditions"):
        w.write(0, "Conditions:\n")
        w.columns(1, "Type", "Status", "LastTransitionTime", "Reason", "Message")
        for c in status["conditions"]:
            w.write(1, f"{c['type']}\t{c['status']}\t{time_text(c.get('lastTransitionTime'))}\t{c.get('reason', '')}\t"
                       f"{c.get('message', '')}\n")
    w.write(0, "\n")
    _quotas(quotas, w)
    w.write(0, "\n")
    if not limits:
        w.write(0, "No LimitRange resource.\n")
        return
    w.write(0, "Resource Limits\n " + "\t".join(HEADERS) + "\n")
    w.write(0, " " + "\t".join(["-" * len(header) for header in HEADERS]) + "\n")
    for limit in limits:
        describe_limits(limit["spec"], w, " ")


def _quotas(quotas: list[Object], w: Writer) -> None:
    if not quotas:
        w.write(0, "No resource quota.\n")
        return
    w.write(0, "Resource Quotas\n")
    for quota in sorted(quotas, key=lambda quota: quota["metadata"]["name"]):
        w.line(1, "Name", quota["metadata"]["name"])
        describe_scopes(quota, w, 1, "* ")
        w.columns(1, "Resource", "Used", "Hard", widths=(8, 3, 3))
        for resource, used, hard in used_and_hard(quota):
            w.write(1, f"{resource}\t{used}\t{hard}\n")
