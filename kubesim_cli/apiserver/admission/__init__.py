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
    "defaultingressclass": ("ingresses.networking.k8s.io",),
    "resourcequota": ("*",),
}


def _run(step: str, ctx, verb: str, res, subresource: str, obj, old) -> None:
    from importlib import import_module

    for name, resources in PLUGINS.items():
        if "*" in resources or res.name in resources:
            function = getattr(import_module(f"{__name__}.{name}"), step, None)
            if function is not None:
                function(ctx, verb, res, subresource, obj, old)


def mutate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    """Let the plugins complete a new or changed object, in place."""
    _run("mutate", ctx, verb, res, subresource, obj, old)


def validate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    """Let the plugins refuse a write."""
    _run("validate", ctx, verb, res, subresource, obj, old)
