"""Which controllers run: kube-controller-manager's --controllers.

Names and aliases are cmd/kube-controller-manager/names. The scheduler and the kubelets, which are programs of their
own, can be left out by the same flag.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..helpers.controller import Loop

# A controller -> its alias, and the loops that are it; those without a loop have nothing to do here.
CONTROLLERS: dict[str, tuple[str, str]] = {
    "bootstrap-signer-controller": ("bootstrapsigner", ""),
    "certificatesigningrequest-approving-controller": ("csrapproving", ""),
    "certificatesigningrequest-cleaner-controller": ("csrcleaner", "csrcleaner"),
    "certificatesigningrequest-signing-controller": ("csrsigning", "csrsigning"),
    "clusterrole-aggregation-controller": ("clusterrole-aggregation", "clusterroleaggregation"),
    "cronjob-controller": ("cronjob", "cronjob"),
    "daemonset-controller": ("daemonset", "daemonset"),
    "deployment-controller": ("deployment", "deployment"),
    "device-taint-eviction-controller": ("", ""),
    "disruption-controller": ("disruption", "disruption"),
    "endpoints-controller": ("endpoint", "endpoints"),
    "endpointslice-controller": ("endpointslice", "endpointslice"),
    "endpointslice-mirroring-controller": ("endpointslicemirroring", "endpointslice-mirroring"),
    "ephemeral-volume-controller": ("ephemeral-volume", "ephemeral-volume"),
    "garbage-collector-controller": ("garbagecollector", "garbagecollector"),
    "horizontal-pod-autoscaler-controller": ("horizontalpodautoscaling", "horizontalpodautoscaler"),
    "job-controller": ("job", "job"),
    "legacy-serviceaccount-token-cleaner-controller": ("legacy-service-account-token-cleaner", ""),
    "namespace-controller": ("namespace", "namespace"),
    "node-ipam-controller": ("nodeipam", ""),
    "node-lifecycle-controller": ("nodelifecycle", "nodelifecycle"),
    "node-route-controller": ("route", ""),
    "persistentvolume-attach-detach-controller": ("attachdetach", ""),
    "persistentvolume-binder-controller": ("persistentvolume-binder",
                                           "persistentvolume-binder persistentvolumeclaim-binder"),
    "persistentvolume-expander-controller": ("persistentvolume-expander", "persistentvolumeclaim-expander"),
    "persistentvolume-protection-controller": ("pv-protection", "persistentvolume-protection"),
    "persistentvolumeclaim-protection-controller": ("pvc-protection", "persistentvolumeclaim-protection"),
    "pod-garbage-collector-controller": ("podgc", "podgc"),
    "replicaset-controller": ("replicaset", "replicaset"),
    "replicationcontroller-controller": ("replicationcontroller", "replicationcontroller"),
    "resourceclaim-controller": ("resource-claim-controller", "resourceclaim resourceclaim-release"),
    "resourcequota-controller": ("resourcequota", "resourcequota"),
    "root-ca-certificate-publisher-controller": ("root-ca-cert-publisher", "root-ca-cert-publisher"),
    "selinux-warning-controller": ("", ""),
    "service-cidr-controller": ("", "service-cidr-controller"),
    "service-lb-controller": ("service", "service-load-balancer"),
    "serviceaccount-controller": ("serviceaccount", "serviceaccount"),
    "serviceaccount-token-controller": ("serviceaccount-token", "serviceaccount-token"),
    "statefulset-controller": ("statefulset", "statefulset"),
    "storageversion-garbage-collector-controller": ("storage-version-gc", ""),
    "storage-version-migrator-controller": ("", "storage-version-migrator"),
    "taint-eviction-controller": ("", "tainteviction"),
    "token-cleaner-controller": ("tokencleaner", ""),
    "ttl-after-finished-controller": ("ttl-after-finished", "ttl-after-finished"),
    "ttl-controller": ("ttl", ""),
    "validatingadmissionpolicy-status-controller": ("", "validatingadmissionpolicy-status"),
    "volumeattributesclass-protection-controller": ("", ""),
}
PROGRAMS = ("scheduler", "kubelet")  # each is the loop of its name


def check(text: str) -> None:
    """Raise ValueError, in kube-controller-manager's words, for a name in --controllers that there is not."""
    known = {*CONTROLLERS, *PROGRAMS, *(alias for alias, _ in CONTROLLERS.values() if alias)}
    for name in _listed(text):
        if name != "*" and name.removeprefix("-") not in known:
            raise ValueError(f'"{name.removeprefix("-")}" is not in the list of known controllers')


def loops_that_run(text: str, loops: dict[str, Loop]) -> dict[str, Loop]:
    """Return those of the loops that --controllers lets run (IsControllerEnabled); what no name stands for runs."""
    asked = _listed(text)
    off = {program for program in PROGRAMS if f"-{program}" in asked}
    for name, (alias, its) in CONTROLLERS.items():
        names = (name, alias) if alias else (name,)
        if any(f"-{each}" in asked for each in names) or (
                "*" not in asked and not any(each in asked for each in names)):
            off.update(its.split())
    return {name: loop for name, loop in loops.items() if name not in off}


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
