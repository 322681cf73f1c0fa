"""The control loops. `CONTROLLERS` registers each: name -> (module below kubesim_cli, the resources it watches).

The resources are those of the class's `watches` (a test holds the two together): they stand here so that a command
imports only the controllers that its changes concern. `*` is every resource.
"""

from __future__ import annotations

CONTROLLERS: dict[str, tuple[str, str]] = {
    "event-ttl": ("controllers.eventttl", "events"),
    "endpoints": ("controllers.endpoints", "pods services"),
    "endpointslice": ("controllers.endpointslice", "endpointslices.discovery.k8s.io pods services"),
    "endpointslice-mirroring": ("controllers.endpointslicemirroring", "endpoints services"),
    "nodelifecycle": ("controllers.nodelifecycle", "nodes"),
    "podgc": ("controllers.podgc", "nodes pods"),
    "tainteviction": ("controllers.tainteviction", "nodes pods"),
    "ephemeral-volume": ("controllers.ephemeralvolume", "pods"),
    "persistentvolume-binder": ("controllers.persistentvolume", "persistentvolumeclaims persistentvolumes"),
    "persistentvolume-protection": ("controllers.pvprotection", "persistentvolumes"),
    "persistentvolumeclaim-binder": ("controllers.persistentvolume",
                                     "persistentvolumeclaims persistentvolumes storageclasses.storage.k8s.io"),
    "persistentvolumeclaim-expander": ("controllers.expand", "persistentvolumeclaims"),
    "persistentvolumeclaim-protection": ("controllers.pvcprotection", "persistentvolumeclaims pods"),
    "kubelet": ("kubelet.kubelet", "configmaps nodes pods secrets services"),
    "scheduler": ("scheduler.scheduler",
                  "nodes persistentvolumeclaims persistentvolumes pods storageclasses.storage.k8s.io"),
    "clusterroleaggregation": ("controllers.clusterroleaggregation", "clusterroles.rbac.authorization.k8s.io"),
    "crdregistration": ("controllers.crdregistration", "customresourcedefinitions.apiextensions.k8s.io"),
    "csrcleaner": ("controllers.certificates.cleaner", "certificatesigningrequests.certificates.k8s.io"),
    "csrsigning": ("controllers.certificates.signing", "certificatesigningrequests.certificates.k8s.io"),
    "cronjob": ("controllers.cronjob", "cronjobs.batch jobs.batch"),
    "customresourcedefinition": ("controllers.customresourcedefinition",
                                 "customresourcedefinitions.apiextensions.k8s.io"),
    "daemonset": ("controllers.daemonset", "daemonsets.apps nodes pods"),
    "deployment": ("controllers.deployment", "deployments.apps pods replicasets.apps"),
    "disruption": ("controllers.disruption", "poddisruptionbudgets.policy pods"),
    "flowcontrol": ("controllers.flowcontrol", "flowschemas.flowcontrol.apiserver.k8s.io "
                    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"),
    "garbagecollector": ("controllers.garbagecollector", "*"),
    "horizontalpodautoscaler": (
        "controllers.horizontalpodautoscaler", "deployments.apps horizontalpodautoscalers.autoscaling pods "
        "replicasets.apps replicationcontrollers statefulsets.apps"),
    "job": ("controllers.job", "jobs.batch pods"),
    "namespace": ("controllers.namespace", "namespaces"),
    "resourcequota": ("controllers.resourcequota", "*"),
    "replicaset": ("controllers.replicaset", "pods replicasets.apps"),
    "replicationcontroller": ("controllers.replicationcontroller", "pods replicationcontrollers"),
    "root-ca-cert-publisher": ("controllers.rootcacertpublisher", "configmaps namespaces"),
    "serviceaccount": ("controllers.serviceaccount", "namespaces serviceaccounts"),
    "service-load-balancer": ("controllers.serviceloadbalancer", "nodes services"),
    "ttl-after-finished": ("controllers.ttlafterfinished", "jobs.batch"),
    "statefulset": ("controllers.statefulset", "persistentvolumeclaims pods statefulsets.apps"),
}


def load(name: str):
    """Import a controller's module and return an instance of its Controller."""
    import importlib

    from ..helpers.controller import Controller

    module = importlib.import_module(f"kubesim_cli.{CONTROLLERS[name][0]}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Controller) and value.name == name:
            return value()
    raise LookupError(f"{module.__name__} has no Controller named {name}")
