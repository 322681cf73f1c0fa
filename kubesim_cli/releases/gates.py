"""What the control plane and the kubelet of a release do: feature gates, and behaviours that no gate guards."""

from __future__ import annotations

from . import Release, within

TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")


class Gate:
    """The life of a feature gate, as releases such as (1, 30); None: not up to the newest.

    `since`: the first that knows it. `on`: the first in which it is on by default. `locked`: the first in which it
    cannot be set any more. `until`: the first that knows it no more; the feature is then there to stay.
    """

    __slots__ = ("locked", "on", "since", "until")

    def __init__(self, since: Release, on: Release | None = None, locked: Release | None = None,
                 until: Release | None = None):
        self.since, self.on, self.locked, self.until = since, on, locked, until


# The gates that kubesim knows of, as pkg/features and apiextensions-apiserver's features name them.
GATES = {
    "AppArmorFields": Gate((1, 30), (1, 30), (1, 31), (1, 33)),
    "AuthorizePodWebsocketUpgradeCreatePermission": Gate((1, 35), (1, 35)),
    "CRDValidationRatcheting": Gate((1, 28), (1, 30), (1, 33)),
    "ClearingNominatedNodeNameAfterBinding": Gate((1, 34), (1, 35)),
    "ClusterTrustBundle": Gate((1, 27), (1, 37)),
    "ClusterTrustBundleProjection": Gate((1, 29)),
    "ComponentStatusz": Gate((1, 32), (1, 36)),
    "ContainerRestartRules": Gate((1, 34), (1, 35)),
    "ContainerStopSignals": Gate((1, 33)),
    "DeploymentReplicaSetTerminatingReplicas": Gate((1, 33), (1, 35)),
    "DynamicResourceAllocation": Gate((1, 26), (1, 34), (1, 35)),
    "EnvFiles": Gate((1, 34), (1, 35)),
    "GenericWorkload": Gate((1, 35)),
    "ImageVolume": Gate((1, 31), (1, 35), (1, 36)),
    "InPlacePodLevelResourcesVerticalScaling": Gate((1, 35), (1, 36)),
    "InPlacePodVerticalScaling": Gate((1, 27), (1, 33), (1, 35)),
    "InPlacePodVerticalScalingInitContainers": Gate((1, 36), (1, 36)),
    "JobManagedBy": Gate((1, 30), (1, 32), (1, 35)),
    "JobPodReplacementPolicy": Gate((1, 28), (1, 29), (1, 34)),
    "KubeletEnsureSecretPulledImages": Gate((1, 33), (1, 35)),
    "LoadBalancerIPMode": Gate((1, 29), (1, 30), (1, 32), (1, 35)),
    "MatchLabelKeysInPodAffinity": Gate((1, 29), (1, 31), (1, 33)),
    "MatchLabelKeysInPodTopologySpreadSelectorMerge": Gate((1, 34), (1, 34)),
    "MaxUnavailableStatefulSet": Gate((1, 24)),  # beta since 1.35, and still off
    "MultiCIDRServiceAllocator": Gate((1, 27), (1, 33), (1, 34)),
    "MutableCSINodeAllocatableCount": Gate((1, 33), (1, 35), (1, 36)),
    "MutablePodResourcesForSuspendedJobs": Gate((1, 35), (1, 36)),
    "MutatingAdmissionPolicy": Gate((1, 32), (1, 36)),
    "OrderedNamespaceDeletion": Gate((1, 30), (1, 33), (1, 34)),
    "PersistentVolumeLastPhaseTransitionTime": Gate((1, 28), (1, 29), (1, 31), (1, 33)),
    "PodCertificateRequest": Gate((1, 34)),
    "PodHostIPs": Gate((1, 28), (1, 29), (1, 30), (1, 32)),
    "PodLevelResources": Gate((1, 32), (1, 34)),
    "PodLifecycleSleepActionAllowZero": Gate((1, 32), (1, 33), (1, 34)),
    "PodObservedGenerationTracking": Gate((1, 33), (1, 34), (1, 35)),
    "PodReadyToStartContainersCondition": Gate((1, 28), (1, 29)),
    "PodTopologyLabelsAdmission": Gate((1, 33), (1, 35)),
    "PreferSameTrafficDistribution": Gate((1, 33), (1, 34), (1, 35)),
    "RecoverVolumeExpansionFailure": Gate((1, 23), (1, 32), (1, 34)),
    "RecursiveReadOnlyMounts": Gate((1, 30), (1, 31), (1, 33)),
    "RelaxedDNSSearchValidation": Gate((1, 32), (1, 33), (1, 34)),
    "RelaxedEnvironmentVariableValidation": Gate((1, 30), (1, 32), (1, 34)),
    "RelaxedServiceNameValidation": Gate((1, 34), (1, 36)),
    "RestartAllContainersOnContainerExits": Gate((1, 35), (1, 36)),
    "StorageVersionMigrator": Gate((1, 30), (1, 37)),
    "StrictIPCIDRValidation": Gate((1, 33), (1, 36)),
    "SupplementalGroupsPolicy": Gate((1, 31), (1, 33), (1, 35)),
    "ValidatingAdmissionPolicy": Gate((1, 26), (1, 30), (1, 30), (1, 32)),
    "VolumeAttributesClass": Gate((1, 29), (1, 34), (1, 36)),
}

# What no gate guards -> the release that brought it.
BEHAVIOURS = {
    # API server
    "AddressWarnings": (1, 33),              # an IPv6 address that is not written as usual gets a warning
    "AvailabilityOfSlices": (1, 33),         # that of an APIService's server is told from EndpointSlices
    "CELValuesTold": (1, 35),                # errors of a CRD's rules tell the value, they told its type before
    "CRDFormatWarnings": (1, 35),            # a CRD with a format nobody knows gets a warning
    "EnforceMountableSecretsDeprecated": (1, 32),
    "EndedPodsDoNotTerminate": (1, 31),      # a deleted pod that has ended is told so, and not as Terminating
    "ExternalIPsDeprecated": (1, 36),        # a Service with externalIPs gets a warning
    "GitRepoDisabled": (1, 33),              # what the warning of a gitRepo volume says
    "HPATargetGroupRequired": (1, 34),       # a target other than a ReplicationController is in a group
    "HPATargetsNamed": (1, 30),              # the name of the resource stands before its numbers
    "JobManualSelector": (1, 29),            # a Job's manualSelector is filled in
    "KubernetesNameFormats": (1, 34),        # a CRD's schema may ask for k8s-short-name and k8s-long-name
    "OmitZeroTimes": (1, 34),                # Go leaves an empty creationTimestamp out, it was written as null before
    "PodGeneration": (1, 33),                # pods have a metadata.generation
    "PodResizeSubresource": (1, 32),         # resources change through it alone, it was by an update of the pod
    "PortworxMigrated": (1, 31),             # CSINodes list it among the migrated plugins
    "PreferCloseDeprecated": (1, 34),        # a Service with this trafficDistribution gets a warning
    "ResourceObjectsMetric": (1, 34),        # apiserver_resource_objects takes the place of apiserver_storage_objects
    "ServiceIPErrorNamed": (1, 36),          # a Service that gets no address is named (kubernetes/kubernetes#135499)
    "StatefulSetHistoryLimitMutable": (1, 33),   # spec.revisionHistoryLimit may be updated
    "StatefulSetServiceNameChecked": (1, 34),    # spec.serviceName of a new one is a DNS label

    # Controllers
    "CronJobTellsCondition": (1, 31),        # `Saw completed job: a, condition: Complete`, it was `status:`
    "DelayedJobConditions": (1, 31),         # FailureTarget and SuccessCriteriaMet come before Failed and Complete
    "DeploymentTellsFromTo": (1, 32),        # `Scaled up replica set web from 1 to 3`, it was `... web to 3 from 1`
    "EndpointsManagedBy": (1, 33),           # Endpoints are labelled with their controller
    "LongNodeMonitorGracePeriod": (1, 32),   # --node-monitor-grace-period is 50s, it was 40s
    "PlainProvisionerWords": (1, 29),        # how waiting for an external provisioner is told
    "StatefulSetEventsCapitalized": (1, 35),  # `Create Pod web-0 ...`, it was `create Pod web-0 ...`
    "SuspendedJobRestartsClock": (1, 36),    # suspending takes status.startTime back
    "TaintEvictionController": (1, 29),      # its name as the source of events, it was taint-controller

    # Scheduler
    "DynamicResourcesTold": (1, 34),         # DynamicResources tells that it cannot help by preemption either
    "NoPreemptionForTooLarge": (1, 34),      # for a pod larger than the whole node preemption is not even tried
    "PreemptionInOnePeriod": (1, 30),        # its message ended in two
    "PreFilteredNodesTold": (1, 30),         # nodes that a PreFilter left out are told of
    "TaintsHidden": (1, 35),                 # the message does not tell which taint
    "VolumeConflictReworded": (1, 34),

    # Kubelet
    "BackOffTellsWhy": (1, 32),              # the message of a back-off tells the error before it
    "ContainerEventsColon": (1, 32),         # `Created container: nginx`,
    "PlainContainerEvents": (1, 35),         # and then `Container created`
    "PlainPullErrors": (1, 29),              # errors of pulls come without their gRPC code
    "PulledTellsSize": (1, 30),              # the event of a pull tells the image's size

    # kubeadm, and minikube's configuration of it
    "CoreDNSUncached": (1, 32),              # CoreDNS answers for the cluster's own names without its cache
    "EtcdFeatureGates": (1, 34),             # etcd is 3.6, and two of its flags are not experimental any more
    "EtcdFewerFlags": (1, 31),               # --proxy-refresh-interval is not set any more
    "EtcdLivez": (1, 31),                    # etcd's probes ask /livez and /readyz, it was /health
    "NamedProbePorts": (1, 34),              # probes of the control plane name their port
    "NoFlexVolumes": (1, 36),                # the controller manager mounts no folder for them
    "NoWebSocketsToKubelet": (1, 36),        # a feature gate of the control plane is set, as Docker needs it
    "SchedulerLivez": (1, 32),               # the scheduler's probes ask /livez and /readyz, it was /healthz
}


class GatedRelease(tuple[int, int]):
    """A release such as (1, 28) of a cluster whose feature gates or APIs were set; `gates` maps the names of gates to
    bool, `apis` the keys of --runtime-config (runtimeconfig.py)."""

    gates: dict[str, bool]
    apis: dict[str, bool]

    @classmethod
    def of(cls, release: Release, gates: dict[str, bool], apis: dict[str, bool] | None = None) -> GatedRelease:
        """Return `release` with some gates and APIs set."""
        made = cls(release)
        made.gates, made.apis = gates, apis or {}
        return made


def enabled(name: str, release: Release) -> bool:
    """Tell whether a gate is on in a release, by default or because the cluster was made so, or a behaviour there."""
    gate = GATES.get(name)
    if gate is None:
        return within(release, BEHAVIOURS[name])
    if isinstance(release, GatedRelease) and name in release.gates:
        return release.gates[name]
    return gate.on is not None and within(release, gate.on)


def parse(text: str, release: Release) -> dict[str, bool]:
    """Return the gates of `Name=true,Other=false` as a server of a release takes them.

    Raises ValueError for other forms, for gates that the release does not know, and for those it has locked.
    Source: component-base/featuregate (Set, SetFromMap).
    """
    gates: dict[str, bool] = {}
    for entry in filter(None, (each.strip() for each in text.split(","))):
        name, equals, value = (part.strip() for part in entry.partition("="))
        if not equals:
            raise ValueError(f"missing bool value for {name}")
        if value not in TRUE + FALSE:
            raise ValueError(f'invalid value of {name}={value}, err: strconv.ParseBool: parsing "{value}": '
                             "invalid syntax")
        gates[name] = value in TRUE
    for name, on in gates.items():
        gate = GATES.get(name)
        if gate is None or not within(release, gate.since, gate.until):
            raise ValueError(f"unrecognized feature gate: {name}")
        if gate.locked is not None and within(release, gate.locked) and not on:
            raise ValueError(f"cannot set feature gate {name} to false, feature is locked to true")
    return gates
