"""Admission: what looks at an object between the request and the store.

`PLUGINS` maps each plugin's module to the resources it concerns (`*`: all), in the order of the real server
(pkg/kubeapiserver/options/plugins.go). A module has `mutate(a)`, which changes `a.obj` in place before the kind's own
validation, or `validate(a)`, which runs after it and sees deletions, too, or both; either refuses by raising
StatusError. `a` is the write's Attributes. A cluster whose settings enable or disable plugins has others.
"""

from __future__ import annotations

from ...machinery.modules import import_module
from ...releases.gates import enabled
from .attributes import Attributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...machinery.types import Release
    from ..settings import Settings

__all__ = ["PLUGINS", "Attributes", "mutate", "runs", "validate"]

PLUGINS: dict[str, tuple[str, ...]] = {
    "namespaceautoprovision": ("*",),
    "namespacelifecycle": ("*",),
    "limitranger": ("pods", "persistentvolumeclaims"),
    "serviceaccount": ("pods",),
    "taintnodesbycondition": ("nodes",),
    "alwayspullimages": ("pods",),
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
    "clustertrustbundleattest": ("clustertrustbundles.certificates.k8s.io",),
    "certificatesubjectrestriction": ("certificatesigningrequests.certificates.k8s.io",),
    "defaultingressclass": ("ingresses.networking.k8s.io",),
    "denyserviceexternalips": ("services",),
    "podtopologylabels": ("pods",),
    "mutatingadmissionpolicy": ("*",),
    "mutatingadmissionwebhook": ("*",),
    "validatingadmissionpolicy": ("*",),
    "validatingadmissionwebhook": ("*",),
    "resourcequota": ("*",),
    "alwaysdeny": ("*",),
}
# Those that have to be enabled (DefaultOffAdmissionPlugins).
OPTIONAL = frozenset({"namespaceautoprovision", "alwayspullimages", "denyserviceexternalips", "alwaysdeny"})
# Those behind a feature gate.
_GATES = {"mutatingadmissionpolicy": "MutatingAdmissionPolicy",
          "podtopologylabels": "PodTopologyLabelsAdmission",
          "validatingadmissionpolicy": "ValidatingAdmissionPolicy"}
# Those that are not even imported before there are objects of a kind: (step, resource).
_CONFIGURED = {
    "mutatingadmissionwebhook": ("mutate", "mutatingwebhookconfigurations.admissionregistration.k8s.io"),
    "validatingadmissionwebhook": ("validate", "validatingwebhookconfigurations.admissionregistration.k8s.io")}


_steps: dict[Any, list[Callable[[Attributes], None]]] = {}  # what it depends on -> the functions that take a step


def _functions(step: str, a: Attributes) -> list[Callable[[Attributes], None]]:
    settings, resource, release = a.ctx.client.server.settings, a.res.name, a.ctx.release
    gates = getattr(release, "gates", None)
    key = step, resource, settings, release, None if gates is None else tuple(sorted(gates.items()))
    found = _steps.get(key)
    if found is None:
        functions = [_function(step, name) for name, resources in PLUGINS.items()
                     if ("*" in resources or resource in resources) and runs(name, settings, release)]
        found = _steps[key] = [each for each in functions if each is not None]
    return found


def runs(name: str, settings: Settings | None, release: Release) -> bool:
    """Whether a plugin is on in a cluster of some settings and a release."""
    off = OPTIONAL if settings is None else (OPTIONAL - settings.on) | settings.off
    return name not in off and (name not in _GATES or enabled(_GATES[name], release))


def _function(step: str, name: str) -> Callable[[Attributes], None] | None:
    """Return a plugin's function for a step, None where it takes no part in that."""
    if name not in _CONFIGURED:
        found: Callable[[Attributes], None] | None = getattr(import_module(f"{__name__}.{name}"), step, None)
        return found
    taken, resource = _CONFIGURED[name]

    def run(a: Attributes) -> None:
        if a.ctx.client.server.store.has(resource):
            getattr(import_module(f"{__name__}.{name}"), step)(a)

    return run if taken == step else None


def mutate(a: Attributes) -> None:
    """Let the plugins complete a new or changed object, in place."""
    for function in _functions("mutate", a):
        function(a)
    if a.again is not None:
        for function in _functions("mutate", a):
            function(a)


def validate(a: Attributes) -> None:
    """Let the plugins refuse a write."""
    for function in _functions("validate", a):
        function(a)
