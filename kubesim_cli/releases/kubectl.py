"""What the kubectl of a release does and how it words it, whatever the server it talks to."""

from __future__ import annotations

from . import Release, within

# A behaviour -> the release that brought it.
BEHAVIOURS = {
    "AppliedDryRun": (1, 36),                   # apply --dry-run=client works out what it would apply
    "ApplySetKinds": (1, 29),                   # the parent of an ApplySet tells kinds, it told resources before
    "AttachTellsOfLogs": (1, 34),               # attach warns that all of the session is recorded
    "AutoscaleV2": (1, 33),                     # autoscale makes autoscaling/v2 objects
    "BoundNodeTokens": (1, 31),                 # create token --bound-object-kind=Node
    "CannotDeleteOnce": (1, 36),                # drain: the first two words of its refusal stood there twice
    "ContainerChoices": (1, 36),                # a wrong container name is answered with the names there are
    "CreateNeedsFile": (1, 31),                 # create without -f fails, where it showed its help
    "CredentialPluginPolicy": (1, 35),          # a policy in the kuberc that makes no sense is refused
    "DefaultDurationOfTokens": (1, 30),         # create token --duration=0
    "DeletedFromNamespace": (1, 34),            # delete: `pod "a" deleted from default namespace`
    "DetachKeys": (1, 36),                      # attach, run and debug know keys that lead away from a session
    "DetailedLabelResult": (1, 36),             # label tells `modified`, and what was done
    "DockerConfigDefaultKey": (1, 31),          # create secret docker-registry --from-file names the key itself
    "DrainByContext": (1, 32),                  # drain --timeout ends with `context deadline exceeded`
    "EventsByVersion": (1, 29),                 # events --for asks for the kind of one API version, not of any group
    "ExecNeedsDash": (1, 31),                   # exec wants `--` in front of the command
    "ForceByContext": (1, 32),                  # apply --force waits no time at all unless --timeout says so
    "GoOf2026": (1, 36),                        # lines of Go's own log package, which the log names, have other numbers
    "InteractiveDeleteDefaultsToNo": (1, 34),   # delete -i asks `(y/N)`
    "JobFromCronJobUnblocked": (1, 31),         # create job --from does not block the deletion of the CronJob
    "KYAML": (1, 34),                           # -o kyaml
    "LogsTellNamespace": (1, 30),               # logs tells in which namespace it did not find the pod
    "MixedJSON": (1, 33),                       # what begins like JSON in a file may turn out as YAML
    "MixedWatch": (1, 35),                      # get --watch shows the objects before it refuses several
    "MultipleWaits": (1, 36),                   # wait with several --for
    "NoPreferences": (1, 34),                   # a kubeconfig is written without `preferences: {}`
    "NullsNotCreated": (1, 31),                 # apply leaves nulls out of what it creates
    "PlainSort": (1, 31),                       # get --sort-by compares strings as such, not the numbers in them
    "PodsThatDeclare": (1, 30),                 # drain: `cannot delete Pods that declare no controller`
    "PolicyChoices": (1, 37),                    # run answers a wrong restart or pull policy with those there are
    "PrinterOfApiResources": (1, 34),           # api-resources -o is a common printer's
    "RollbackWarning": (1, 36),                 # rollout undo warns where `kubectl apply` manages the object
    "ScaleShowsReplicas": (1, 36),              # scale -o shows the new number
    "ScaleTellsOnlyWhy": (1, 35),               # scale tells why it found nothing, and nothing else;
    "ScaleTellsWhy": (1, 32),                   # before, it told so besides
    "SignerVerbs": (1, 32),                     # auth can-i knows approve, sign, escalate and attest
    "RunShowsEarlierLogs": (1, 36),             # run shows what was said before it could attach
    "SkewIsWarning": (1, 34),                   # of version: `Warning:`, it was `WARNING:` whatever the flags
    "SpaceBeforeError": (1, 31),                # between `(<error:` or `due to error:` and what stands beside it
    "StreamsOverWebSockets": (1, 31),           # exec, attach, port-forward
    "StructuredCallLogs": (1, 33),              # -v tells calls as key="value", one a line
    "StructuredErrors": (1, 31),                # errors that nobody handles are logged as `"Unhandled Error" err="..."`
    "SubresourcesOfAllNames": (1, 32),          # --subresource takes any name
    "TemplatesRangeInts": (1, 33),              # go-template's range takes a number (since Go 1.24)
    "UsageInBrackets": (1, 32),                 # top's columns CPU(%) and MEMORY(%) were CPU% and MEMORY%
    "WaitForCreate": (1, 31),                   # wait --for=create
    "WaitForCreateBySelector": (1, 33),         # wait --for=create -l waits until something has the labels
    "WatchIgnoresNotFound": (1, 34),            # get --watch --ignore-not-found
    "WatchSortWarnings": (1, 31),               # get --sort-by has a warning for --watch and one for --watch-only

    # debug
    "DebugKeeps": (1, 31),                      # --keep-labels and the like; labels are copied at all
    "DebugLabelsNodePods": (1, 34),             # pods on nodes tell that kubectl-debug made them
    "DebugLegacyEnds": (1, 36),                 # --profile=legacy is told to go in 1.39, and no longer the default
    "DebugLegacyWarning": (1, 32),              # there is a word about it
    "DebugNetadmin": (1, 29),                   # grants NET_RAW, shares the copy's processes, does not privilege
    "DebugSysadmin": (1, 30),                   # --profile=sysadmin
    "DebugTellsNonRoot": (1, 33),               # warns where the pod's user may not do what the profile grants

    # explain
    "ExplainEnums": (1, 30),
    "ExplainExternalDocs": (1, 36),

    # describe
    "BlankBehindData": (1, 31),                 # between the entries of a ConfigMap
    "ClaimsUsedByOwners": (1, 29),              # Used By of a claim tells the pod that owns it as well
    "DescribeSeveralShort": (1, 36),            # several objects come without their events, unless these are asked for
    "DesiredLoadBalancerIP": (1, 31),           # the label of spec.loadBalancerIP, it was IP
    "EndedPodsDoNotTerminate": (1, 31),         # the Status of a pod that has ended is its phase
    "EndpointsOfSlices": (1, 31),               # endpoints are told from EndpointSlices,
    "EndpointsReady": (1, 32),                  # and then the ready ones only
    "EventsTellField": (1, 35),                 # messages begin with the event's fieldPath
    "ImageVolumes": (1, 32),                    # image volumes are known
    "LabelsCapitalized": (1, 35),               # labels that are made of field names: a word is `Foo`, not `FOo`,
    "LabelsJoinAcronyms": (1, 36),              # and then an acronym stays with the word behind it
    "LoadBalancerIPModes": (1, 31),             # the ipMode behind an ingress address
    "NoTokensOfAccounts": (1, 35),              # a ServiceAccount's mountable secrets and tokens are gone
    "NodeResourceSlices": (1, 36),              # a node's devices
    "PodRequestsOverall": (1, 36),              # a pod's own requests and limits take the place of its containers'
    "PodResources": (1, 32),                    # a pod's own requests and limits are shown
    "PortNames": (1, 34),                       # the names of containers' ports
    "PortRanges": (1, 31),                      # a NetworkPolicy's endPort
    "ProjectedOptional": (1, 33),               # Optional of projected volumes, which was printed as a pointer
    "SchedulingGroups": (1, 36),                # the pod group a pod is scheduled with
    "TemplateNodeSelectors": (1, 30),           # node selectors and tolerations of a pod template
}


def does(name: str, release: Release) -> bool:
    """Tell whether the kubectl of a release has a behaviour."""
    return within(release, BEHAVIOURS[name])
