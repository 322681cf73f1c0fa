"""Defaults and validation of PodSpecs; the words are those of a real server."""

import pytest

from kubesim_cli.apiserver.kinds.core.podspec import resources
from kubesim_cli.apiserver.kinds.core.podspec.defaults import default_pod, default_pod_spec, default_pod_template
from kubesim_cli.apiserver.kinds.core.podspec.spec import validate_pod_spec, validate_pod_template

NEW, OLD = (1, 36), (1, 28)


def errors(spec, release=NEW, pod=True):
    """The errors of a spec that is taken through its defaults; `containers` is filled in where it is missing."""
    spec.setdefault("containers", [{"name": "c", "image": "i"}])
    default_pod_spec(spec, release)
    return [str(e) for e in validate_pod_spec(spec, "spec", release, {"name": "p"} if pod else None)]


def of_container(release=NEW, spec=None, **fields):
    found = errors({**(spec or {}), "containers": [{"name": "c", "image": "i", **fields}]}, release)
    return [text.removeprefix("spec.containers[0].") for text in found]


def test_defaults():
    spec = {"containers": [{"name": "c", "image": "nginx", "ports": [{"containerPort": 80}],
                            "livenessProbe": {"httpGet": {"port": 80}}, "env": [
                                {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}],
            "volumes": [{"name": "a"}, {"name": "b", "secret": {"secretName": "s"}},
                        {"name": "h", "hostPath": {"path": "/"}}]}
    default_pod_spec(spec, NEW)
    assert spec == {
        "containers": [{"name": "c", "image": "nginx", "imagePullPolicy": "Always", "resources": {},
                        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                        "ports": [{"containerPort": 80, "protocol": "TCP"}],
                        "livenessProbe": {"httpGet": {"port": 80, "path": "/", "scheme": "HTTP"}, "timeoutSeconds": 1,
                                          "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
                        "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name",
                                                                         "apiVersion": "v1"}}}]}],
        "volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "secret": {"secretName": "s", "defaultMode": 420}},
                    {"name": "h", "hostPath": {"path": "/", "type": ""}}],
        "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
        "securityContext": {}, "terminationGracePeriodSeconds": 30}


@pytest.mark.parametrize("image,policy", [
    ("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1.27", "IfNotPresent"),
    ("r.example.com:5000/a/b", "Always"),
    ("r.example.com:5000/a/b:v1", "IfNotPresent"), ("nginx@sha256:" + "0" * 64, "IfNotPresent"), ("", "IfNotPresent"),
    ("NGINX", "IfNotPresent")])
def test_pull_policy(image, policy):
    spec = {"containers": [{"name": "c", "image": image}]}
    default_pod_spec(spec, NEW)
    assert spec["containers"][0]["imagePullPolicy"] == policy


@pytest.mark.parametrize("fields,expected", [
    ({"image": ""}, ["image: Required value"]),
    ({"name": ""}, ["name: Required value"]),
    ({"imagePullPolicy": "Maybe"},
     ['imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"']),
    ({"ports": [{"containerPort": 70000}, {"name": "http", "containerPort": 1}, {"name": "http", "containerPort": 2},
                {}]},
     ["ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
      'ports[2].name: Duplicate value: "http"', "ports[3].containerPort: Required value"]),
    ({"ports": [{"containerPort": 1, "hostPort": 5}, {"containerPort": 2, "hostPort": 5}]},
     ['ports[1].hostPort: Duplicate value: "TCP//5"']),
    ({"env": [{"name": "a=b"}, {"name": "B", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "spec.oops"}}}]},
     ['env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII '
      'characters '
      "other than '='",
      'env[1].valueFrom.fieldRef.fieldPath: Invalid value: "spec.oops": error converting fieldPath: field label not '
      "supported: spec.oops", 'env[1].valueFrom: Invalid value: "": may not be specified when `value` is not empty']),
    ({"env": [{"name": "A", "valueFrom": {}}]},
     ['env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, '
      "`secretKeyRef` or `fileKeyRef`"]),
    ({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}}}]},
     ['env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are '
      "supported with the cpu resource"]),
    ({"envFrom": [{}]}, ['envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`']),
    ({"volumeMounts": [{"name": "v", "mountPath": "/a"}]}, ['volumeMounts[0].name: Not found: "v"']),
    ({"resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "2", "memory": "-1"}}},
     ['resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      'resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0']),
    ({"resources": {"requests": {"nvidia.com/gpu": "1", "gpu": "1"}}},
     ['resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      "resources.limits: Required value: Limit must be set for non overcommitable resources"]),
    ({"livenessProbe": {"periodSeconds": -1, "successThreshold": 2}},
     ["livenessProbe: Required value: must specify a handler type",
      "livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
      "livenessProbe.successThreshold: Invalid value: 2: must be 1"]),
    ({"readinessProbe": {"httpGet": {"port": 0}, "tcpSocket": {"port": 80}}},
     ["readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
      "readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"]),
    ({"lifecycle": {"preStop": {"sleep": {"seconds": 60}}}},
     ["lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than terminationGracePeriodSeconds "
      "(30)"]),
    ({"securityContext": {"procMount": "Odd", "runAsUser": -1}},
     ["securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive",
      'securityContext.procMount: Unsupported value: "Odd": supported values: "Default", "Unmasked"']),
    ({"restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}]},
     ["restartPolicy: Required value: must specify restartPolicy when restart rules are used"]),
    ({"resizePolicy": [{"resourceName": "disk", "restartPolicy": "NotRequired"}]},
     ['resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"'])])
def test_containers(fields, expected):
    assert of_container(**fields) == expected


def test_a_security_context_is_shown_as_the_server_has_it():
    refused, = of_container(securityContext={"privileged": True, "allowPrivilegeEscalation": False})
    assert refused == (
        'securityContext: Invalid value: '
        '{"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,'
        '"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,'
        '"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: '
        "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")


def test_what_depends_on_the_release():
    assert of_container(OLD, env=[{"name": "1 A"}])[0].startswith(
        "env[0].name: Invalid value: \"1 A\": a valid environment variable name must consist of alphabetic "
        "characters, digits")
    assert of_container(OLD, restartPolicy="Always") == ["restartPolicy: Forbidden: may not be set for non-init "
                                                         "containers"]
    assert of_container(NEW, restartPolicy="Always") == []


def test_init_containers():
    found = errors({"initContainers": [
        {"name": "c", "image": "i", "readinessProbe": {"tcpSocket": {"port": 1}}},
        {"name": "s", "image": "i", "restartPolicy": "Always", "readinessProbe": {"tcpSocket": {"port": 1}}}]})
    assert found == [
        'spec.initContainers[0].name: Duplicate value: "c"',
        "spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without "
        "restartPolicy=Always"]


@pytest.mark.parametrize("volume,expected", [
    ({"configMap": {"name": "x"}, "secret": {"secretName": "s"}},
     ["configMap: Forbidden: may not specify more than 1 volume type"]),
    ({"configMap": {"items": [{"key": "k", "path": "/a", "mode": 600}]}},
     ["configMap.name: Required value", 'configMap.items[0].path: Invalid value: "/a": must be a relative path',
      "configMap.items[0].mode: Invalid value: 600: must be a number between 0 and 0777 (octal), both inclusive"]),
    ({"hostPath": {"path": "/a/../b", "type": "Any"}},
     ["hostPath.path: Invalid value: \"/a/../b\": must not contain '..'",
      'hostPath.type: Unsupported value: "Any": supported values: "", "BlockDevice", "CharDevice", "Directory", '
      '"DirectoryOrCreate", "File", "FileOrCreate", "Socket"']),
    ({"nfs": {"server": "s", "path": "a"}}, ['nfs.path: Invalid value: "a": must be an absolute path']),
    ({"persistentVolumeClaim": {}}, ["persistentVolumeClaim.claimName: Required value"]),
    ({"projected": {"sources": [{"secret": {"name": "a", "items": [{"key": "k", "path": "x"}]}},
                                {"configMap": {"name": "b", "items": [{"key": "k", "path": "x"}]}}]}},
     ['projected: Invalid value: "b": conflicting duplicate paths']),
    ({"downwardAPI": {"items": [{"path": "a"}]}}, ["downwardAPI: Required value: one of fieldRef and "
                                                   "resourceFieldRef is required"]),
    ({"csi": {}}, ["csi.driver: Required value"])])
def test_volumes(volume, expected):
    assert errors({"volumes": [{"name": "v", **volume}]}) == [f"spec.volumes[0].{text}" for text in expected]


def test_a_volume_that_is_not_valid_cannot_be_mounted():
    spec = {"volumes": [{"name": "v", "nfs": {}}],
            "containers": [{"name": "c", "image": "i", "volumeMounts": [{"name": "v", "mountPath": "/a"}]}]}
    assert errors(spec)[-1] == 'spec.containers[0].volumeMounts[0].name: Not found: "v"'


@pytest.mark.parametrize("spec,expected", [
    ({"containers": []}, ["containers: Required value"]),
    ({"restartPolicy": "Sometimes"},
     ['restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"']),
    ({"dnsPolicy": "None"}, ["dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"]),
    ({"nodeSelector": {"a b": "c"}}, [
        "nodeSelector: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', "
        "and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
        "used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"]),
    ({"activeDeadlineSeconds": 0}, ["activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, "
                                    "inclusive"]),
    ({"tolerations": [{"operator": "Equal", "value": "x"}, {"key": "a", "operator": "Exists", "value": "x",
                                                            "effect": "Never"}]},
     ['tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means '
      '"match all values and all keys"',
      "tolerations[1].operator: Invalid value: \"x\": value must be empty when `operator` is 'Exists'",
      'tolerations[1].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", '
      '"NoExecute"']),
    ({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "a", "operator": "In"}]}]}}}},
     ["affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]"
      ".values: Required value: must be specified when `operator` is 'In' or 'NotIn'"]),
    ({"topologySpreadConstraints": [{"maxSkew": 0, "whenUnsatisfiable": "Panic"}]},
     ["topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
      "topologySpreadConstraints[0].topologyKey: Required value: can not be empty",
      'topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Panic": supported values: "DoNotSchedule", '
      '"ScheduleAnyway"']),
    ({"os": {"name": "windows"}, "securityContext": {"runAsUser": 1}},
     ["securityContext.runAsUser: Forbidden: cannot be set for a windows pod"]),
    ({"hostUsers": False, "hostNetwork": True}, ["hostNetwork: Forbidden: when `hostUsers` is false"]),
    ({"priorityClassName": "A!"}, [
        "priorityClassName: Invalid value: \"A!\": a lowercase RFC 1123 subdomain must consist of lower case "
        "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
        "'example.com', regex used for "
        r"validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"])])
def test_the_rest_of_a_spec(spec, expected):
    assert errors(spec) == [f"spec.{text}" for text in expected]


def test_host_ports_follow_the_host_network():
    spec = {"hostNetwork": True, "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80}]}]}
    assert errors(dict(spec), pod=False) == []
    assert errors(dict(spec)) == ["spec.containers[0].ports[0].hostPort: Invalid value: 0: must match "
                                  "`containerPort` when `hostNetwork` is true"]


def test_templates():
    template = {"metadata": {"labels": {"a": "-"}, "annotations": {"controller.kubernetes.io/pod-deletion-cost": "x"}},
                "spec": {"containers": [{"name": "c", "image": " i "}], "ephemeralContainers": []}}
    default_pod_template(template, NEW)
    found = [str(e) for e in validate_pod_template(template, "spec.template", NEW)]
    assert [text.partition(":")[0] for text in found] == [
        "spec.template.labels", "spec.template.annotations[controller.kubernetes.io/pod-deletion-cost]"]


def test_what_containers_need_together():
    spec = {"containers": [{"name": "a", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}],
            "initContainers": [{"name": "s", "restartPolicy": "Always", "resources": {"requests": {"cpu": "500m"}}},
                               {"name": "i", "resources": {"requests": {"cpu": "3"}}}]}
    assert resources.aggregate(spec, "requests") == {"cpu": "3500m", "memory": "1Gi"}


def test_pod_level_resources():
    spec = {"containers": [{"name": "a", "image": "i", "resources": {"requests": {"cpu": "2"}}}],
            "resources": {"limits": {"cpu": "4", "memory": "1Gi"}}}
    default_pod(spec, NEW)
    assert spec["resources"]["requests"] == {"cpu": "2", "memory": "1Gi"}
    spec["resources"]["requests"]["cpu"] = "1"
    assert errors(spec) == ['spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to '
                            'aggregate '
                            "container requests of 2"]
