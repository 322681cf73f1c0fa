"""Admission: what looks at an object between the request and the store.

`PLUGINS` maps each plugin's module to the resources it concerns (`*`: all), in the order of the real server
(pkg/kubeapiserver/options/plugins.go). A module has `mutate(a)`, which changes `a.obj` in place before the kind's own
validation, or `validate(a)`, which runs after it and sees deletions, too, or both; either refuses by raising
StatusError. `a` is the write's Attributes.
"""

from __future__ import annotations

from ...machinery.modules import import_module
from .attributes import Attributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PLUGINS", "Attributes", "mutate", "validate"]

PLUGINS: dict[str, tuple[str, ...]] = {
    "namespacelifecycle": ("*",),
    "limitranger": ("pods", "persistentvolumeclaims"),
    "serviceaccount": ("pods",),
    "taintnodesbycondition": ("nodes",),
    "podsecurity": ("namespaces", "pods", "replicationcontrollers", "podtemplates", "replicasets.apps",
                    "deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch"),
    "priority": ("pods", "priorityclasses.scheduling.k8s.io"),
    "defaulttolerationseconds": ("pods",),
    "defaultstorageclass": ("persistentvolumeclaims",),
    "storageobjectinuseprotection": ("persistentvolumes", "persistentvolumeclaims",
                                     "volumeattributesclasses.storage.k8s.io"),
    "persistentvolumeclaimresize": ("persistentvolumeclaims",),
    "runtimeclass": ("pods",),
    "certificateapproval": ("certificatesigningrequests.certificates.k8s.io",),
    "certificatesigning": ("certificatesigningrequests.certificates.k8s.io",),
    "certificatesubjectrestriction": ("certificatesigningrequests.certificates.k8s.io",),
    "defaultingressclass": ("ingresses.networking.k8s.io",),
    "validatingadmissionpolicy": ("*",),
    "resourcequota": ("*",),
}


_steps: dict[tuple[str, str], list[Callable[[Attributes], None]]] = {}  # (step, resource) -> the functions that take it


def _functions(step: str, resource: str) -> list[Callable[[Attributes], None]]:
    found = _steps.get((step, resource))
    if found is None:
        modules = [import_module(f"{__name__}.{name}") for name, resources in PLUGINS.items()
                   if "*" in resources or resource in resources]
        found = _steps[step, resource] = [getattr(each, step) for each in modules if hasattr(each, step)]
    return found


def mutate(a: Attributes) -> None:
    """Let the plugins complete a new or changed object, in place."""
    for function in _functions("mutate", a.res.name):
        function(a)


def validate(a: Attributes) -> None:
    """Let the plugins refuse a write."""
    for function in _functions("validate", a.res.name):
        function(a)
