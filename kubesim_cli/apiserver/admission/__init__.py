"""Admission: what looks at an object between the request and the store.

`PLUGINS` maps each plugin's module to the resources it concerns (`*`: all), in the order of the real server
(pkg/kubeapiserver/options/plugins.go). A module has `mutate(ctx, verb, res, subresource, obj, old)`, which changes
`obj` in place before the kind's own validation, or `validate(...)` of the same form, which runs after it, or both;
either refuses by raising StatusError. `verb`: create, update or delete (then `obj` is None). `ctx`: kinds.base.Context.
"""

from __future__ import annotations

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


_steps: dict[tuple[str, str], list] = {}  # (step, resource) -> the functions that take it


def _functions(step: str, resource: str) -> list:
    found = _steps.get((step, resource))
    if found is None:
        from importlib import import_module

        modules = [import_module(f"{__name__}.{name}") for name, resources in PLUGINS.items()
                   if "*" in resources or resource in resources]
        found = _steps[step, resource] = [getattr(module, step) for module in modules if hasattr(module, step)]
    return found


def mutate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    """Let the plugins complete a new or changed object, in place."""
    for function in _functions("mutate", res.name):
        function(ctx, verb, res, subresource, obj, old)


def validate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    """Let the plugins refuse a write."""
    for function in _functions("validate", res.name):
        function(ctx, verb, res, subresource, obj, old)
