"""StorageClasses."""

from __future__ import annotations

from ....machinery.storage import is_default_class
from .persistentvolume import describe_term
from .writer import Writer, boolean, format_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "storage.k8s.io"


def describe(sc: Object, w: Writer, ctx: Context) -> None:
    annotations = sc["metadata"].get("annotations") or {}
    w.line(0, "Name", sc["metadata"]["name"])
    w.line(0, "IsDefaultClass", "Yes" if is_default_class(sc) else "No")
    w.line(0, "Annotations", format_labels(annotations))
    w.line(0, "Provisioner", sc.get("provisioner", ""))
    w.line(0, "Parameters", format_labels(sc.get("parameters")))
    w.line(0, "AllowVolumeExpansion", boolean(sc.get("allowVolumeExpansion")))
    options = sc.get("mountOptions")
    w.write(0, "MountOptions:\n" if options else "MountOptions:\t<none>\n")
    for option in options or ():
        w.write(1, f"{option}\n")
    if sc.get("reclaimPolicy") is not None:
        w.line(0, "ReclaimPolicy", sc["reclaimPolicy"])
    if sc.get("volumeBindingMode") is not None:
        w.line(0, "VolumeBindingMode", sc["volumeBindingMode"])
    topologies = sc.get("allowedTopologies")
    if topologies is not None:
        w.write(0, "AllowedTopologies:\t")
        w.end_line("" if topologies else "<none>")
        for i, term in enumerate(topologies):
            expressions = [f"{requirement['key']} in [{', '.join(requirement.get('values') or ())}]"
                           for requirement in term.get("matchLabelExpressions") or ()]
            describe_term(f"Term {i}", expressions, 1, w)
    ctx.events(sc)
