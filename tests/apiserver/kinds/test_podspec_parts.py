"""What a pod's containers, resources and updates may be."""

import pytest

from kubesim_cli.apiserver.kinds.core.podspec import resources, update
from kubesim_cli.apiserver.kinds.core.podspec.defaults import default_pod, default_pod_spec
from kubesim_cli.apiserver.kinds.core.podspec.spec import validate_pod_spec
from kubesim_cli.apiserver.kinds.core.podspec.status import validate_status
from kubesim_cli.machinery.objects import clone

NEW = (1, 36)
CONTAINER = {"name": "c", "image": "i"}
VOLUMES = [{"name": "e", "emptyDir": {}}, {"name": "p", "persistentVolumeClaim": {"claimName": "x"}},
           {"name": "q", "persistentVolumeClaim": {"claimName": "y"}}]
CLAIMS = [{"name": "g", "resourceClaimTemplateName": "t"}, {"name": "h", "resourceClaimTemplateName": "t"}]
RULE = {"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}
GATES = [{"name": "a/b"}]
MIRROR, APPARMOR = "kubernetes.io/config.mirror", "container.apparmor.security.beta.kubernetes.io/c"
UNCHANGED = "spec: Forbidden: only cpu and memory resources are mutable"
TERMS = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"


def errors(spec, release=NEW):
    default_pod_spec(spec, release)
    return [str(error) for error in validate_pod_spec(spec, "spec", release, {"name": "p"})]


def of_container(fields, release=NEW, **spec):
    found = errors({**spec, "containers": [{**CONTAINER, **fields}]}, release)
    return [text.removeprefix("spec.containers[0].") for text in found]


def mounted(**fields):
    return {"volumeMounts": [{"name": "e", "mountPath": "/a", **fields}]}


def devices(*found):
    return {"volumeDevices": [{"name": name, "devicePath": path} for name, path in found]}


@pytest.mark.parametrize("fields,expected", [
    ({"volumeMounts": mounted()["volumeMounts"] * 2},
     ['volumeMounts[1].mountPath: Invalid value: "/a": must be unique']),
    ({"volumeMounts": [{"name": "e"}]}, ["volumeMounts[0].mountPath: Required value"]),
    ({"volumeMounts": [{"mountPath": "/a"}]},
     ["volumeMounts[0].name: Required value", 'volumeMounts[0].name: Not found: ""']),
    (mounted(subPath="/x"), ['volumeMounts.subPath: Invalid value: "/x": must be a relative path']),
    (mounted(subPath="../x", subPathExpr="$(A)/.."),
     ['volumeMounts.subPath: Invalid value: "../x": must not contain \'..\'',
      'volumeMounts[0].subPathExpr: Invalid value: "$(A)/..": subPathExpr and subPath are mutually exclusive',
      'volumeMounts.subPathExpr: Invalid value: "$(A)/..": must not contain \'..\'']),
    (mounted(mountPropagation="Odd"),
     ['volumeMounts.mountPropagation: Unsupported value: "Odd": supported values: "Bidirectional", "HostToContainer", '
      '"None"']),
    (mounted(mountPropagation="Bidirectional"),
     ["volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged "
      "containers"]),
    ({**mounted(mountPropagation="Bidirectional"), "securityContext": {"privileged": True}}, []),
    (mounted(recursiveReadOnly="Enabled", mountPropagation="HostToContainer"),
     ["volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true",
      "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not "
      "specified"]),
    (mounted(recursiveReadOnly="IfPossible", readOnly=True), []),
    (mounted(recursiveReadOnly="Odd", readOnly=True),
     ['volumeMounts.recursiveReadOnly: Unsupported value: "Odd": supported values: "Disabled", "Enabled", '
      '"IfPossible"']),
    (devices(("p", "/dev/a"), ("q", "/dev/b")), []),
    (devices(("p", "/dev/a"), ("p", "/dev/a")),
     ['volumeDevices[1].name: Invalid value: "p": must be unique',
      'volumeDevices[1].devicePath: Invalid value: "/dev/a": must be unique']),
    (devices(("e", "/dev/a"), ("z", "/dev/../b"), ("q", "")),
     ['volumeDevices[0].name: Invalid value: "e": can only use volume source type of PersistentVolumeClaim or '
      "Ephemeral for block mode", 'volumeDevices[1].name: Not found: "z"',
      "volumeDevices[1].devicePath: Invalid value: \"/dev/../b\": can not contain backsteps ('..')",
      "volumeDevices[2].devicePath: Required value"]),
    (devices(("", "/dev/a")), ["volumeDevices[0].name: Required value", 'volumeDevices[0].name: Not found: ""']),
    ({**devices(("p", "/a")), "volumeMounts": [{"name": "p", "mountPath": "/a"}]},
     ['volumeMounts[0].name: Invalid value: "p": must not already exist in volumeDevices',
      'volumeMounts[0].mountPath: Invalid value: "/a": must not already exist as a path in volumeDevices',
      'volumeDevices[0].name: Invalid value: "p": must not already exist in volumeMounts',
      'volumeDevices[0].devicePath: Invalid value: "/a": must not already exist as a path in volumeMounts'])])
def test_mounts_and_devices(fields, expected):
    assert of_container(fields, volumes=VOLUMES) == expected


@pytest.mark.parametrize("fields,expected", [
    ({"terminationMessagePolicy": "Odd"},
     ['terminationMessagePolicy: Unsupported value: "Odd": supported values: "File", "FallbackToLogsOnError"']),
    ({"ports": [{"containerPort": 1, "hostPort": 70000}, {"containerPort": 2, "protocol": "ICMP"},
                {"name": "UPPER", "containerPort": 3}]},
     ["ports[0].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
      'ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      'ports[2].name: Invalid value: "UPPER": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'ports[2].name: Invalid value: "UPPER": must contain at least one letter (a-z)']),
    ({"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"},
                       {"resourceName": "cpu", "restartPolicy": "Odd"}, {"resourceName": "memory"}]},
     ['resizePolicy[1]: Duplicate value: "cpu"',
      'resizePolicy: Unsupported value: "Odd": supported values: "NotRequired", "RestartContainer"',
      "resizePolicy: Required value"]),
    ({"restartPolicy": "Odd"},
     ['restartPolicy: Unsupported value: "Odd": supported values: "Always", "Never", "OnFailure"']),
    ({"restartPolicy": "Never", "restartPolicyRules": [
        {"action": "Stop"}, {"action": "RestartAllContainers", "exitCodes": {"operator": "Is", "values": [1]}},
        {"action": "Restart", "exitCodes": {"operator": "In", "values": list(range(256))}}]},
     ['restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"',
      "restartPolicyRules[0].exitCodes: Required value: must be specified",
      'restartPolicyRules[1].exitCodes.operator: Unsupported value: "Is": supported values: "In", "NotIn"',
      "restartPolicyRules[2].exitCodes.values: Too many: 256: must have at most 255 items"]),
    ({"restartPolicy": "Never", "restartPolicyRules": [RULE] * 21},
     ["restartPolicyRules: Too many: 21: must have at most 20 items"])])
def test_policies_of_containers(fields, expected):
    assert of_container(fields) == expected


def test_containers_that_never_restart_are_not_restarted_to_be_resized():
    policy = {"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]}
    assert of_container(policy) == []
    assert of_container(policy, restartPolicy="Never") == [
        'resizePolicy: Invalid value: "RestartContainer": must be \'NotRequired\' when pod `restartPolicy` is '
        "'Never'"]


@pytest.mark.parametrize("release,fields,expected", [
    ((1, 30), {"restartPolicy": "Never"}, ['restartPolicy: Unsupported value: "Never": supported values: "Always"']),
    ((1, 30), {"restartPolicy": "Always"}, []),
    (NEW, {"restartPolicy": "Never"}, []),
    ((1, 35), {"restartPolicy": "Always", "restartPolicyRules": [RULE]},
     ["restartPolicyRules: Forbidden: restartPolicyRules are not allowed for init containers with restart policy "
      "Always"]),
    (NEW, {"name": ""}, ["name: Required value"]),
    (NEW, {"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]},
     ['resizePolicy[0].restartPolicy: Invalid value: "RestartContainer": must not be set to \'RestartContainer\' for '
      "non-sidecar initContainers"]),
    (NEW, {"restartPolicy": "Always", "lifecycle": {"preStop": {}}},
     ["lifecycle.preStop: Required value: must specify a handler type"]),
    (NEW, {"ports": [{"containerPort": 1, "hostPort": 1}] * 2}, ['ports[1].hostPort: Duplicate value: "TCP//1"'])])
def test_init_containers(release, fields, expected):
    found = errors({"containers": [dict(CONTAINER)], "initContainers": [{"name": "n", "image": "i", **fields}]},
                   release)
    assert found == [f"spec.initContainers[0].{text}" for text in expected]


@pytest.mark.parametrize("limits,requests,expected", [
    ({"requests.example.com/gpu": "1"}, {},
     ['.limits[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": doesn\'t follow extended '
      "resource name standard"]),
    ({"example.com/gpu": "2"}, {"example.com/gpu": "2"}, []),
    ({"example.com/gpu": "1500m"}, {}, ['.limits[example.com/gpu]: Invalid value: "1500m": must be an integer']),
    ({"example.com/gpu": "2"}, {"example.com/gpu": "1"},
     ['.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2']),
    ({"hugepages-2Mi": "4Mi", "cpu": "1"}, {}, []),
    ({"hugepages-2Mi": "3Mi", "cpu": "1"}, {},
     ['.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi']),
    ({"hugepages-odd": "4Mi", "cpu": "1"}, {},
     ['.limits[hugepages-odd]: Invalid value: "4Mi": 4Mi is not positive integer multiple of hugepages-odd']),
    ({"hugepages-2Mi": "4Mi"}, {"hugepages-2Mi": "4Mi"}, [": Forbidden: HugePages require cpu or memory"]),
    ({}, {"hugepages-2Mi": "3Mi", "cpu": "1"},
     [".limits: Required value: Limit must be set for non overcommitable resources",
      '.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi'])])
def test_resources(limits, requests, expected):
    found = of_container({"resources": {"limits": limits, "requests": requests}})
    assert found == [f"resources{text}" for text in expected]


@pytest.mark.parametrize("claims,expected", [
    ([{}], ["[0]: Required value"]),
    ([{"name": "g"}, {"name": "h"}], []),
    ([{"name": "g"}, {"name": "g"}], ['[1]: Duplicate value: "g"']),
    ([{"name": "g", "request": "a"}, {"name": "g", "request": "b"}], []),
    ([{"name": "g", "request": "a"}, {"name": "g", "request": "a"}], ['[1]: Duplicate value: "g/a"']),
    ([{"name": "g", "request": "a"}, {"name": "g"}], ['[1]: Duplicate value: "g"']),
    ([{"name": "g", "request": "A_"}], ['[0].request: Invalid value: "A_": a lowercase RFC 1123 label must...']),
    ([{"name": "x"}],
     ['[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims: g, h'])])
def test_resource_claims(fits, claims, expected):
    found = of_container({"resources": {"claims": claims}}, resourceClaims=CLAIMS)
    assert fits(found, [f"resources.claims{text}" for text in expected])


def test_a_claim_of_a_pod_without_any():
    assert of_container({"resources": {"claims": [{"name": "x"}]}}) == [
        'resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty']


@pytest.mark.parametrize("spec,limits,expected", [
    ({"resources": {"limits": {"cpu": "1"}}, "os": {"name": "windows"}}, {},
     [": Forbidden: may not be set for a windows pod"]),
    ({"resources": {"claims": [{"name": "g"}]}, "resourceClaims": CLAIMS}, {},
     [".claims: Forbidden: claims may not be set for Resources at pod-level"]),
    ({"resources": {"limits": {"example.com/a": "1"}}}, {},
     ['.limits[example.com/a]: Unsupported value: "example.com/a": supported values: "cpu", "hugepages-", "memory"']),
    ({"resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}}, {"cpu": "2"},
     ['.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
      '.containers[0][cpu].limits: Invalid value: "2": must be less than or equal to pod limits of 1']),
    ({"resources": {"limits": {"cpu": "1", "hugepages-2Mi": "2Mi"}}}, {"cpu": "1", "hugepages-2Mi": "4Mi"},
     ['.requests[hugepages-2Mi]: Invalid value: "2Mi": must be greater than or equal to aggregate container requests '
      "of 4Mi",
      '.limits[hugepages-2Mi]: Invalid value: "2Mi": must be greater than or equal to aggregate container limits of '
      "4Mi", '.containers[0][hugepages-2Mi].limits: Invalid value: "4Mi": must be less than or equal to pod limits of '
      "2Mi"])])
def test_pod_level_resources(spec, limits, expected):
    spec = {**clone(spec), "containers": [{**CONTAINER, "resources": {"limits": dict(limits)}}]}
    default_pod(spec, NEW)
    assert errors(spec) == [f"spec.resources{text}" for text in expected]


def test_a_pods_own_huge_pages_are_those_of_its_containers():
    spec = {"containers": [{**CONTAINER, "resources": {"limits": {"cpu": "1", "hugepages-2Mi": "4Mi"}}}],
            "resources": {"requests": {"cpu": "2"}}}
    default_pod(spec, NEW)
    assert spec["resources"] == {"requests": {"cpu": "2", "hugepages-2Mi": "4Mi"}, "limits": {"hugepages-2Mi": "4Mi"}}


@pytest.mark.parametrize("given,kept", [("1.0001", "1001m"), ("100u", "1m"), ("500m", "500m"), ("2", "2")])
def test_amounts_are_rounded_up(given, kept):
    amounts = {"cpu": given}
    resources.round_up(amounts)
    assert amounts == {"cpu": kept}


@pytest.mark.parametrize("own,release,expected", [
    ({"limits": {"cpu": "1", "memory": "1"}, "requests": {"cpu": "1", "memory": "1"}}, NEW, "Guaranteed"),
    ({"limits": {"cpu": "1", "memory": "1"}, "requests": {"cpu": "500m", "memory": "1"}}, NEW, "Burstable"),
    ({"limits": {"cpu": "1", "memory": "1"}, "requests": {"cpu": "1", "memory": "1"}}, (1, 30), "BestEffort"),
    ({"limits": {"cpu": "0"}}, NEW, "BestEffort")])
def test_quality_of_service_of_pods_with_their_own_resources(own, release, expected):
    assert resources.qos_class({"containers": [CONTAINER], "resources": own}, release) == expected


# Updates


@pytest.fixture
def pods(desk):
    return desk("", "Pod")


def stored(pods, **spec):
    return pods.new({"spec": {"containers": [dict(CONTAINER)], **spec}})


@pytest.mark.parametrize("image,expected", [
    ("", "Required value"), (" x ", 'Invalid value: " x ": must not have leading or trailing whitespace')])
def test_a_new_image_is_told_twice(pods, image, expected):
    old = stored(pods)
    found = pods.change(old, containers=[{**old["spec"]["containers"][0], "image": image}])
    assert found == [f"spec.containers[0].image: {expected}"] * 2


@pytest.mark.parametrize("before,after,expected", [
    (None, -1, ["-1: must be between 1 and 2147483647, inclusive", "-1: must be between 0 and 2147483647, inclusive"]),
    (5, 2**31, ["2147483648: must be between 1 and 2147483647, inclusive",
                "2147483648: must be between 0 and 2147483647, inclusive"]),
    (5, None, ["null: must not update from a positive integer to nil value"]), (None, 5, []), (5, 5, [])])
def test_deadlines(pods, before, after, expected):
    old = stored(pods, **({} if before is None else {"activeDeadlineSeconds": before}))
    assert pods.change(old, activeDeadlineSeconds=after) == [
        f"spec.activeDeadlineSeconds: Invalid value: {text}" for text in expected]


def test_a_negative_grace_period_may_become_one(pods):
    old = stored(pods)
    old["spec"]["terminationGracePeriodSeconds"] = -3
    assert pods.change(old, terminationGracePeriodSeconds=1) == []
    refused, = pods.change(old, terminationGracePeriodSeconds=2)
    assert refused.startswith("spec: Forbidden: pod updates may not change fields other than ")


def affinity(*terms):
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": key, "operator": "Exists"} for key in term]} if term else {}
        for term in terms]}}}


@pytest.mark.parametrize("before,after,expected", [
    (None, affinity("a"), []),
    (affinity("a"), affinity("ab"), []),
    (affinity("a"), affinity("a", "b"),
     [f"{TERMS}: Invalid value: " '[{"MatchExpressions":[{"Key":"a","Operator":"Exists","Values":null}],'
      '"MatchFields":null},{"MatchExpressions":[{"Key":"b","Operator":"Exists","Values":null}],"MatchFields":null}]: '
      "no additions/deletions to non-empty NodeSelectorTerms list are allowed"]),
    (affinity("a"), None, [f"{TERMS}: Invalid value: null: no additions/deletions to non-empty NodeSelectorTerms list "
                           "are allowed"]),
    (affinity("a"), affinity("b"),
     [f"{TERMS}[0]: Invalid value: " '{"MatchExpressions":[{"Key":"b","Operator":"Exists","Values":null}],'
      '"MatchFields":null}: only additions are allowed (no mutations or deletions)']),
    (affinity(""), affinity("a"),
     [f"{TERMS}[0]: Invalid value: " '{"MatchExpressions":[{"Key":"a","Operator":"Exists","Values":null}],'
      '"MatchFields":null}: only additions are allowed (no mutations or deletions)'])])
def test_the_affinity_of_a_gated_pod(pods, before, after, expected):
    old = stored(pods, schedulingGates=GATES, **({"affinity": before} if before else {}))
    assert pods.change(old, affinity=after) == expected


def test_annotations_that_stay_as_they_are(pods):
    old = stored(pods, nodeName="n")
    new = clone(old)
    new["metadata"]["annotations"] = {MIRROR: "x", APPARMOR: "runtime/default", "z": "1"}
    for obj, before, verb in ((new, old, "add"), (old, new, "remove or update")):
        assert [str(error) for error in update.validate(obj, before, "", NEW)] == [
            f"metadata.annotations[{APPARMOR}]: Forbidden: may not {verb} AppArmor annotations",
            f"metadata.annotations[{MIRROR}]: Forbidden: may not {verb} mirror pod annotation"]
    assert update.validate(new, new, "", NEW) == []
    assert pods.change(new, "resize") == [": Forbidden: static pods cannot be resized"]
    assert pods.change(new, "ephemeralcontainers") == [": Forbidden: static pods do not support ephemeral containers"]


def test_ephemeral_containers(pods):
    old = stored(pods, volumes=VOLUMES)
    assert pods.change(old, "ephemeralcontainers", ephemeralContainers=[
        {"name": "c", "image": " j ", "volumeMounts": [{"name": "e", "mountPath": "/a", "subPath": "x"}]}]) == [
            'spec.ephemeralContainers[0].image: Invalid value: " j ": must not have leading or trailing whitespace',
            'spec.ephemeralContainers[0].name: Duplicate value: "c"',
            "spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container"]
    old["spec"]["ephemeralContainers"] = [{"name": "d", "image": "i"}]
    refused, = pods.change(old, "ephemeralcontainers", ephemeralContainers=[{"name": "d", "image": "j"}])
    assert refused.startswith('spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be '
                              "changed\n")
    assert '- "Image": "i",\n+ "Image": "j",' in refused


@pytest.mark.parametrize("kind,what,change,expected", [
    ("containers", "c", {"name": "d"},
     ["spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize"]),
    ("containers", "c", {"resources": {"limits": {"ephemeral-storage": "1"}}}, [UNCHANGED]),
    ("containers", "c", {"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]}, [UNCHANGED]),
    ("containers", "c", {"image": "other"}, []),  # what a resize does not carry is left as it is
    ("initContainers", "n", {"resources": {"limits": {"ephemeral-storage": "1"}}},
     ["spec.initContainers[0]: Forbidden: only cpu and memory resources for init or sidecar containers are mutable"])])
def test_resizing_containers(pods, kind, what, change, expected):
    old = stored(pods, initContainers=[{"name": "n", "image": "i"}])
    container, = old["spec"][kind]
    assert container["name"] == what
    assert pods.change(old, "resize", **{kind: [{**container, **change}]}) == expected


def test_resizing_adds_no_container_and_no_windows(pods):
    old = stored(pods)
    container, = old["spec"]["containers"]
    assert pods.change(old, "resize", containers=[container, {**container, "name": "d"}]) == [
        "spec.containers: Forbidden: containers may not be added or removed on resize"]
    assert pods.change(stored(pods, os={"name": "windows"}), "resize") == [
        ": Forbidden: windows pods cannot be resized"]


@pytest.mark.parametrize("own,expected", [
    ({"requests": {"cpu": "1"}, "limits": {"cpu": "3"}}, []),
    (None, ['spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
            "spec.resources: Forbidden: pod-level resources cannot be removed"]),
    ({"requests": {"cpu": "1"}}, ["spec.resources.limits: Forbidden: pod-level resource limits cannot be removed"]),
    ({"requests": {"cpu": "1", "hugepages-2Mi": "2Mi"}, "limits": {"cpu": "2", "hugepages-2Mi": "2Mi"}},
     [f"{UNCHANGED} at pod-level"])])
def test_resizing_pods(pods, own, expected):
    old = stored(pods, resources={"requests": {"cpu": "1"}, "limits": {"cpu": "2"}})
    assert pods.change(old, "resize", resources=own) == expected


@pytest.mark.parametrize("status,expected", [
    ({"conditions": [{"type": "a b"}, {"type": "Ready"}, {"type": "example.com/lb"}]},
     ['status.conditions[0].Type: Invalid value: "a b": name part must consist of...']),
    ({"nominatedNodeName": "N_"}, ['status.nominatedNodeName: Invalid value: "N_": a lowercase RFC 1123 subdomain...']),
    ({"nominatedNodeName": "n"}, []),
    ({"podIPs": [{"ip": "x"}], "hostIP": "10.0.0.1", "hostIPs": [{"ip": "10.0.0.2"}, {"ip": "10.0.0.3"}]},
     ['status.podIPs[0]: Invalid value: "x": must be a valid IP address...',
      'status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`',
      'status.hostIPs: Invalid value: [{"IP":"10.0.0.2"},{"IP":"10.0.0.3"}]: may specify no more than one IP for each '
      "IP family"]),
    ({"observedGeneration": -1}, ["status.observedGeneration: Invalid value: -1: must be a non-negative integer"]),
    ({"qosClass": "Guaranteed"}, ['status.qosClass: Invalid value: "Guaranteed": field is immutable']), ({}, [])])
def test_status(pods, fits, status, expected):
    old = stored(pods)
    new = {**clone(old), "status": status}
    update.restrict(new, old, "status")
    assert fits([str(error) for error in validate_status(new, old, (1, 36))], expected)


def test_a_container_that_ended_stays_ended(pods):
    containers = [{"name": name, "image": "i"} for name in ("a", "b")]
    old = stored(pods, restartPolicy="OnFailure", containers=containers)
    old["status"] = {"qosClass": "BestEffort", "containerStatuses": [
        {"name": "a", "state": {"terminated": {"exitCode": 0}}},
        {"name": "b", "state": {"terminated": {"exitCode": 1}}}]}
    new = {**clone(old), "status": {"qosClass": "BestEffort", "containerStatuses": [
        {"name": "a", "state": {"running": {}}}, {"name": "b", "state": {"running": {}}}]}}
    assert [str(error) for error in validate_status(new, old, (1, 36))] == [
        "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"]


RULES = [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}]


@pytest.mark.parametrize("kind,container,policy,code,returns", [
    ("containers", {}, "Always", 0, True), ("containers", {}, "Never", 1, False),
    ("containers", {"restartPolicy": "Never", "restartPolicyRules": RULES}, "Always", 42, True),
    ("containers", {"restartPolicy": "Never", "restartPolicyRules": RULES}, "Always", 1, False),
    ("initContainers", {"restartPolicy": "Always"}, "Never", 0, True),
    ("initContainers", {}, "OnFailure", 0, False),
    ("ephemeralContainers", {}, "Always", 1, False)])
def test_which_containers_come_back(kind, container, policy, code, returns):
    key = {"containers": "containerStatuses", "initContainers": "initContainerStatuses",
           "ephemeralContainers": "ephemeralContainerStatuses"}[kind]
    spec = {"restartPolicy": policy, kind: [{"name": "a", **container}]}
    old = {"spec": spec, "status": {key: [{"name": "a", "state": {"terminated": {"exitCode": code}}}]}}
    new = {"spec": spec, "status": {key: [{"name": "a", "state": {"running": {}}}]}}
    assert [str(error) for error in validate_status(new, old, (1, 36))] == ([] if returns else [
        f"status.{key}[0].state: Forbidden: may not be transitioned to non-terminated state"])


def test_what_else_a_status_tells():
    spec = {"resourceClaims": [{"name": "gpu"}], "containers": [
        {"name": "a", "resources": {"requests": {"example.com/x": "1"}, "claims": [{"name": "gpu", "request": "r"}]}}]}

    def errors(status, **more):
        return [str(error) for error in validate_status({"spec": {**spec, **more}, "status": status},
                                                        {"spec": {**spec, **more}}, (1, 36))]

    claims = [{"name": "gpu", "resourceClaimName": "c"}, {"name": "gpu"}, {"name": "other", "resourceClaimName": "A"}]
    found = errors({"resourceClaimStatuses": claims, "conditions": [{"type": "Ready", "observedGeneration": -1}]})
    assert found[:3] == [
        "status.conditions[0].observedGeneration: Invalid value: -1: must be a non-negative integer",
        'status.resourceClaimStatuses[1].name: Duplicate value: "gpu"',
        'status.resourceClaimStatuses[2].name: Invalid value: "other": must match the name of an entry in '
        "`spec.resourceClaims`"]
    assert len(found) == 4 and found[3].startswith("status.resourceClaimStatuses[2].resourceClaimName: Invalid value")
    user = {"name": "a", "user": {"linux": {"uid": -1, "gid": 0, "supplementalGroups": [-2]}}}
    assert [text.partition(": must")[0] for text in errors({"containerStatuses": [user]})] == [
        "status.containerStatuses[0].user.linux.uid: Invalid value: -1",
        "status.containerStatuses[0].user.linux.supplementalGroups[0]: Invalid value: -2"]
    assert errors({"containerStatuses": [user]}, os={"name": "windows"}) == [
        "status.containerStatuses[0].user.linux: Forbidden: cannot be set for a windows pod"]
    at = "status.containerStatuses[0].allocatedResourcesStatus"
    health = [{"resourceID": "1", "health": "Odd"}, {"resourceID": "1", "health": "Healthy", "message": ""}]
    assert errors({"containerStatuses": [{"name": "a", "allocatedResourcesStatus": [
        {"name": "claim:gpu"}, {"name": "cpu"}, {"name": "claim:gpu/r"}, {"name": "example.com/x", "resources": health},
    ]}], "ephemeralContainerStatuses": [{"name": "e", "allocatedResourcesStatus": [{"name": "cpu"}]}]}) == [
        f"{at}[0].name: Invalid value: \"claim:gpu\": must match one of the container's resource claims in a format "
        "'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty",
        f"{at}[1].name: Invalid value: \"cpu\": must match one of the container's resource requests",
        f'{at}[3].resources[0].health: Unsupported value: "Odd": supported values: "Healthy", "Unhealthy", "Unknown"',
        f"{at}[3].resources[1].message: Required value: must be non-empty if specified",
        f'{at}[3].resources[1].resourceID: Duplicate value: "1"',
        "status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in container "
        "status"]
    at = "status.extendedResourceClaimStatus"
    mapping = {"containerName": "a", "resourceName": "example.com/x", "requestName": "r"}
    assert errors({"extendedResourceClaimStatus": {"requestMappings": [mapping], "resourceClaimName": "c"}}) == []
    assert errors({"extendedResourceClaimStatus": {"requestMappings": [
        mapping, mapping, {**mapping, "containerName": "b"}, {**mapping, "resourceName": "cpu"}]}}) == [
        *(f'{at}.requestMappings[1].{key}: Duplicate value: "{value}"' for key, value in mapping.items()),
        f'{at}.requestMappings[2].containerName: Invalid value: "b": must match the name of an entry in '
        "spec.initContainers.name or spec.containers.name",
        f'{at}.requestMappings[3].resourceName: Invalid value: "cpu": must match the extended resource name of an '
        "entry in spec.initContainers.resources.requests or spec.containers.resources.requests",
        f"{at}.resourceClaimName: Required value"]


def test_fields_of_features_that_are_off():
    from kubesim_cli.apiserver.kinds.core.podspec.defaults import default_pod_spec
    from kubesim_cli.releases.gates import GatedRelease

    def made(gates):
        hook = {"exec": {"command": ["x"]}}
        spec = {"os": {"name": "linux"}, "schedulingGroup": {"podGroupName": "g"}, "containers": [
            {"name": "a", "lifecycle": {"stopSignal": "SIGTERM"}},
            {"name": "b", "lifecycle": {"stopSignal": "SIGTERM", "preStop": dict(hook)}}],
            "volumes": [{"name": "v", "projected": {"sources": [{"clusterTrustBundle": {}}, {"podCertificate": {}}]}}]}
        default_pod_spec(spec, GatedRelease.of((1, 36), gates))
        return (spec.get("schedulingGroup"), [container.get("lifecycle") for container in spec["containers"]],
                spec["volumes"][0]["projected"]["sources"])

    hook = {"exec": {"command": ["x"]}}
    assert made({}) == (None, [None, {"preStop": hook}], [{}, {}])
    gates = ("GenericWorkload", "ContainerStopSignals", "ClusterTrustBundleProjection", "PodCertificateRequest")
    assert made(dict.fromkeys(gates, True)) == (
        {"podGroupName": "g"}, [{"stopSignal": "SIGTERM"}, {"stopSignal": "SIGTERM", "preStop": hook}],
        [{"clusterTrustBundle": {}}, {"podCertificate": {}}])


@pytest.mark.parametrize("target,why", [
    ("{}", "target.name: Required value"),
    ('{"kind": "Pod"}', '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", '
                    "target.name: Required value]")])
def test_bindings_to_nothing(terminal, target, why):
    terminal.ok("kubectl sim reset --nodes 0")
    terminal.ok("kubectl run p --image=nginx")
    with open("b.json", "w", encoding="utf-8") as file:
        file.write(f'{{"apiVersion": "v1", "kind": "Binding", "metadata": {{"name": "p"}}, "target": {target}}}')
    result = terminal("kubectl create --raw /api/v1/namespaces/default/pods/p/binding -f b.json")
    assert (result.code, result.err) == (1, f"Error from server: {why}\n")
