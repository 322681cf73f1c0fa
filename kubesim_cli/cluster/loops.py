"""The loops of a cluster: those of kube-controller-manager, the scheduler and the kubelets.

`LOOPS` names for each its module, below kubesim_cli, and the resources it watches. These are those of the class's
`watches` (a test holds the two together): they stand here so that a command imports only the loops that its changes
concern. `*` is every resource. A change is told to the loops that it concerns in their order here.
"""

from __future__ import annotations

from ..helpers.controller import Loop

# Only forget what is old: nobody waits for them.
HOUSEKEEPING = ("event-ttl",)

LOOPS: dict[str, Loop] = {
    "event-ttl": Loop("controllers.eventttl", "events"),
    "endpoints": Loop("controllers.endpoints", "pods services"),
    "endpointslice": Loop("controllers.endpointslice", "endpointslices.discovery.k8s.io pods services"),
    "endpointslice-mirroring": Loop("controllers.endpointslicemirroring", "endpoints services"),
    "nodelifecycle": Loop("controllers.nodelifecycle", "nodes"),
    "podgc": Loop("controllers.podgc", "nodes pods"),
    "tainteviction": Loop("controllers.tainteviction", "nodes pods"),
    "ephemeral-volume": Loop("controllers.ephemeralvolume", "pods"),
    "persistentvolume-binder": Loop("controllers.persistentvolume", "persistentvolumeclaims persistentvolumes"),
    "persistentvolume-protection": Loop("controllers.pvprotection", "persistentvolumes"),
    "persistentvolumeclaim-binder": Loop("controllers.persistentvolume",
                                         "persistentvolumeclaims persistentvolumes storageclasses.storage.k8s.io"),
    "persistentvolumeclaim-expander": Loop("controllers.expand", "persistentvolumeclaims"),
    "persistentvolumeclaim-protection": Loop("controllers.pvcprotection", "persistentvolumeclaims pods"),
    "kubelet": Loop("kubelet.kubelet", "configmaps endpointslices.discovery.k8s.io namespaces "
                    "networkpolicies.networking.k8s.io nodes persistentvolumes pods secrets services"),
    "scheduler": Loop("scheduler.scheduler",
                      "deviceclasses.resource.k8s.io nodes persistentvolumeclaims persistentvolumes pods "
                      "resourceclaims.resource.k8s.io resourceslices.resource.k8s.io storageclasses.storage.k8s.io"),
    "apiservice-availability": Loop(
        "controllers.apiserviceavailability",
        "apiservices.apiregistration.k8s.io endpointslices.discovery.k8s.io services",
        of="apiservices.apiregistration.k8s.io", when=lambda tally: tally.aggregated_apis),
    "clusterroleaggregation": Loop("controllers.clusterroleaggregation", "clusterroles.rbac.authorization.k8s.io"),
    "crdregistration": Loop("controllers.crdregistration", "customresourcedefinitions.apiextensions.k8s.io"),
    "csrcleaner": Loop("controllers.certificates.cleaner", "certificatesigningrequests.certificates.k8s.io"),
    "csrsigning": Loop("controllers.certificates.signing", "certificatesigningrequests.certificates.k8s.io"),
    "cronjob": Loop("controllers.cronjob", "cronjobs.batch jobs.batch", of="cronjobs.batch"),
    "customresourcedefinition": Loop("controllers.customresourcedefinition",
                                     "customresourcedefinitions.apiextensions.k8s.io"),
    "daemonset": Loop("controllers.daemonset", "daemonsets.apps nodes pods", of="daemonsets.apps"),
    "deployment": Loop("controllers.deployment", "deployments.apps pods replicasets.apps"),
    "disruption": Loop("controllers.disruption", "poddisruptionbudgets.policy pods", of="poddisruptionbudgets.policy"),
    "flowcontrol": Loop("controllers.flowcontrol", "flowschemas.flowcontrol.apiserver.k8s.io "
                        "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"),
    "garbagecollector": Loop("controllers.garbagecollector", "*"),
    "horizontalpodautoscaler": Loop(
        "controllers.horizontalpodautoscaler", "deployments.apps horizontalpodautoscalers.autoscaling pods "
        "replicasets.apps replicationcontrollers statefulsets.apps", of="horizontalpodautoscalers.autoscaling"),
    "ingress-nginx": Loop("controllers.ingressnginx",
                          "ingressclasses.networking.k8s.io ingresses.networking.k8s.io"),
    "job": Loop("controllers.job", "jobs.batch pods"),
    "leases": Loop("controllers.leases", "leases.coordination.k8s.io"),
    "namespace": Loop("controllers.namespace", "namespaces"),
    "resourceclaim": Loop("controllers.resourceclaim", "pods resourceclaimtemplates.resource.k8s.io",
                          of="resourceclaimtemplates.resource.k8s.io"),
    "resourceclaim-release": Loop("controllers.resourceclaim", "pods resourceclaims.resource.k8s.io",
                                  of="resourceclaims.resource.k8s.io"),
    "resourcequota": Loop("controllers.resourcequota", "*", of="resourcequotas"),
    "replicaset": Loop("controllers.replicaset", "pods replicasets.apps"),
    "replicationcontroller": Loop("controllers.replicationcontroller", "pods replicationcontrollers",
                                  of="replicationcontrollers"),
    "root-ca-cert-publisher": Loop("controllers.rootcacertpublisher", "configmaps namespaces"),
    "serviceaccount": Loop("controllers.serviceaccount", "namespaces serviceaccounts"),
    "serviceaccount-token": Loop("controllers.serviceaccounttoken", "secrets serviceaccounts"),
    "ipallocator-repair": Loop("controllers.ipallocatorrepair", "services"),
    "service-cidr-controller": Loop("controllers.servicecidr",
                                    "ipaddresses.networking.k8s.io servicecidrs.networking.k8s.io"),
    "service-load-balancer": Loop("controllers.serviceloadbalancer", "nodes services"),
    "stages": Loop("kubelet.stages.controller", "*", of="stages.kwok.x-k8s.io", everywhere=True),
    "storage-version-migrator": Loop("controllers.storageversionmigrator",
                                     "storageversionmigrations.storagemigration.k8s.io"),
    "ttl-after-finished": Loop("controllers.ttlafterfinished", "jobs.batch"),
    "validatingadmissionpolicy-status": Loop("controllers.validatingadmissionpolicystatus",
                                             "validatingadmissionpolicies.admissionregistration.k8s.io"),
    "statefulset": Loop("controllers.statefulset", "persistentvolumeclaims pods statefulsets.apps",
                        of="statefulsets.apps"),
}
