"""What differs between the Kubernetes releases that kubesim emulates, 1.28 to 1.36."""

from __future__ import annotations

OLDEST, NEWEST = (1, 28), (1, 36)

# The patch release that each minor release is emulated as.
PATCH = {
    (1, 28): "v1.28.15", (1, 29): "v1.29.15", (1, 30): "v1.30.14", (1, 31): "v1.31.14", (1, 32): "v1.32.13",
    (1, 33): "v1.33.13", (1, 34): "v1.34.10", (1, 35): "v1.35.7", (1, 36): "v1.36.2",
}

# A behaviour's name -> the release that introduced it; a feature gate's name -> the release that turned it on.
INTRODUCED = {
    "ContainerRestartRules": (1, 35),
    "EnvFiles": (1, 35),
    "ImageVolume": (1, 35),
    "InPlacePodLevelResourcesVerticalScaling": (1, 36),
    "InPlacePodVerticalScalingInitContainers": (1, 36),
    "JobManagedBy": (1, 32),
    "JobManualSelector": (1, 29),      # a Job's manualSelector is filled in
    "JobPodReplacementPolicy": (1, 29),
    "MatchLabelKeysInPodAffinity": (1, 31),
    "MatchLabelKeysInPodTopologySpreadSelectorMerge": (1, 34),
    "MutablePodResourcesForSuspendedJobs": (1, 36),
    "MaxUnavailableStatefulSet": (99, 0),  # off by default in all releases
    "PodGeneration": (1, 33),          # pods have a metadata.generation
    "PodLevelResources": (1, 34),
    "PodLifecycleSleepActionAllowZero": (1, 33),
    "RelaxedDNSSearchValidation": (1, 33),
    "RelaxedEnvironmentVariableValidation": (1, 32),
    "RestartAllContainersOnContainerExits": (1, 36),
    "VolumeAttributesClass": (1, 29),  # the column VOLUMEATTRIBUTESCLASS of PVs and PVCs

    # kubectl
    "AppliedDryRun": (1, 36),                   # apply --dry-run=client works out what it would apply
    "ApplySetKinds": (1, 29),                   # the parent of an ApplySet tells kinds, it told resources before
    "AutoscaleV2": (1, 33),                     # autoscale makes autoscaling/v2 objects
    "BoundNodeTokens": (1, 31),                 # create token --bound-object-kind=Node
    "ContainerChoices": (1, 36),                # a wrong container name is answered with the names there are
    "CreateNeedsFile": (1, 31),                 # create without -f fails, where it showed its help
    "DefaultDurationOfTokens": (1, 30),         # create token --duration=0
    "DeletedFromNamespace": (1, 34),            # delete: `pod "a" deleted from default namespace`
    "DetailedLabelResult": (1, 36),             # label tells `modified`, and what was done
    "DockerConfigDefaultKey": (1, 31),          # create secret docker-registry --from-file names the key itself
    "DrainByContext": (1, 32),                  # drain --timeout ends with `context deadline exceeded`
    "ExecNeedsDash": (1, 31),                   # exec wants `--` in front of the command
    "ForceByContext": (1, 32),                  # apply --force waits no time at all unless --timeout says so
    "InteractiveDeleteDefaultsToNo": (1, 34),   # delete -i asks `(y/N)`
    "JobFromCronJobUnblocked": (1, 31),         # create job --from does not block the deletion of the CronJob
    "LogsTellNamespace": (1, 30),               # logs tells in which namespace it did not find the pod
    "MixedWatch": (1, 35),                      # get --watch shows the objects before it refuses several
    "MultipleWaits": (1, 36),                   # wait with several --for
    "PlainSort": (1, 31),                       # get --sort-by compares strings as such, not the numbers in them
    "NullsNotCreated": (1, 31),                 # apply leaves nulls out of what it creates
    "PodsThatDeclare": (1, 30),                 # drain: `cannot delete Pods that declare no controller`,
    "CannotDeleteOnce": (1, 36),                # whose first two words stood there twice
    "PrinterOfApiResources": (1, 34),           # api-resources -o is a common printer's
    "RollbackWarning": (1, 36),                 # rollout undo warns where `kubectl apply` manages the object
    "ScaleTellsWhy": (1, 32),                   # scale tells why it found nothing,
    "ScaleTellsOnlyWhy": (1, 35),               # and then nothing else
    "ScaleShowsReplicas": (1, 36),              # scale -o shows the new number
    "SignerVerbs": (1, 32),                     # auth can-i knows approve, sign, escalate and attest
    "SubresourcesOfAllNames": (1, 32),          # --subresource takes any name
    "WaitForCreate": (1, 31),                   # wait --for=create
    "WatchIgnoresNotFound": (1, 34),            # get --watch --ignore-not-found
    "WatchSortWarnings": (1, 31),               # get --sort-by has a warning for --watch and one for --watch-only
}


class Release(tuple):
    """A release such as (1, 28) whose feature gates were set otherwise; `gates` maps their names to bool."""

    gates: dict[str, bool]

    @classmethod
    def with_gates(cls, release: tuple[int, int], gates: dict[str, bool]) -> Release:
        """Return `release` with some gates set."""
        made = cls(release)
        made.gates = gates
        return made


def enabled(name: str, release: tuple[int, int]) -> bool:
    """Tell whether a behaviour of INTRODUCED is part of a release, by default or by its feature gates."""
    if isinstance(release, Release) and name in release.gates:
        return release.gates[name]
    return INTRODUCED[name] <= release


def within(release: tuple[int, int], since: tuple[int, int] | None = None,
           until: tuple[int, int] | None = None) -> bool:
    """Tell whether a fact of the releases from `since` up to but without `until` holds in `release`; None: unbounded.

    Facts in data (a column, a flag, a kind, a field) carry their `since` and `until`, and are asked here.
    """
    return (since is None or since <= release) and (until is None or release < until)


def parse_gates(text: str) -> dict[str, bool]:
    """Return the gates of `Name=true,Other=false`; ValueError for other forms and unknown names."""
    gates = {}
    for entry in filter(None, text.split(",")):
        name, _, value = entry.partition("=")
        if name not in INTRODUCED or value.lower() not in ("true", "false"):
            raise ValueError(f"{entry!r} is not NAME=true or NAME=false with a feature gate's name")
        gates[name] = value.lower() == "true"
    return gates


def parse_release(text: str) -> tuple[int, int]:
    """Return the release of a text such as `1.28` or `v1.30.1`; ValueError where kubesim does not emulate it."""
    parts = text.strip().removeprefix("v").split(".")
    if len(parts) in (2, 3) and all(part.isdecimal() for part in parts):
        release = (int(parts[0]), int(parts[1]))
        if OLDEST <= release <= NEWEST:
            return release
    raise ValueError(f"unsupported Kubernetes version {text!r}: use {release_text(OLDEST)} to {release_text(NEWEST)}")


def release_text(release: tuple[int, int]) -> str:
    """Return a release as people write it: `1.28`."""
    return f"{release[0]}.{release[1]}"
