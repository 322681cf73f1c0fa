"""PersistentVolumes."""

from __future__ import annotations

from ....machinery import quantity
from ....machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from .claims import access_modes
from .volumes import describe_source
from .writer import Writer, go_list, status_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""


def describe(pv: Object, w: Writer, ctx: Context) -> None:
    meta, spec, status = pv["metadata"], pv["spec"], pv.get("status", {})
    w.metadata(pv, namespaced=False)
    w.line(0, "Finalizers", go_list(meta.get("finalizers")))
    annotations = meta.get("annotations") or {}
    w.line(0, "StorageClass", annotations.get(BETA_STORAGE_CLASS_ANNOTATION,
                                              spec.get("storageClassName", "")))
    status_line(pv, status.get("phase", ""), w)
    claim = spec.get("claimRef")
    w.line(0, "Claim", f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "")
    w.line(0, "Reclaim Policy", spec.get("persistentVolumeReclaimPolicy", ""))
    w.line(0, "Access Modes", access_modes(spec.get("accessModes")))
    if spec.get("volumeMode") is not None:
        w.line(0, "VolumeMode", spec["volumeMode"])
    w.line(0, "Capacity", quantity.canonical((spec.get("capacity") or {}).get("storage", "0")))
    _node_affinity((spec.get("nodeAffinity") or {}).get("required"), w)
    w.line(0, "Message", status.get("message", ""))
    w.write(0, "Source:\n")
    describe_source(spec, w, persistent=True)
    ctx.events(pv)


def _node_affinity(required: Object | None, w: Writer) -> None:
    w.write(0, "Node Affinity:\t")
    if required is None:
        w.end_line("<none>")
        return
    w.end_line()
    w.write(1, "Required Terms:\t")
    terms = required.get("nodeSelectorTerms")
    w.end_line("" if terms else "<none>")
    for i, term in enumerate(terms or ()):
        expressions = []
        for requirement in term.get("matchExpressions") or ():
            values = requirement.get("values")
            expressions.append(f"{requirement['key']} {requirement['operator'].lower()}"
                               + (f" [{', '.join(values)}]" if values else ""))
        describe_term(f"Term {i}", expressions, 2, w)


def describe_term(title: str, expressions: list[str], level: int, w: Writer) -> None:
    """Write the expressions of a node or topology selector term."""
    w.write(level, f"{title}:\t")
    if not expressions:
        w.end_line("<none>")
    for i, expression in enumerate(expressions):
        if i:
            w.write(level, "\t")
        w.write(0, f"{expression}\n")
