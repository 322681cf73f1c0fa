"""Security contexts and the annotations that came before them: what is wrong, in the server's words and order."""

import pytest

from kubesim_cli.apiserver.kinds.core.podspec import security
from kubesim_cli.apiserver.kinds.core.podspec.defaults import default_pod_spec
from kubesim_cli.apiserver.kinds.core.podspec.spec import validate_pod_spec

APPARMOR, SECCOMP_POD, SECCOMP = security.APPARMOR, security.SECCOMP_POD, security.SECCOMP_CONTAINER


@pytest.mark.parametrize("spec,expected", [
    ({"securityContext": {"runAsUser": -1, "runAsGroup": 2147483648, "fsGroup": -1, "supplementalGroups": [-1]}}, [
        "spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive",
        "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive",
        "spec.securityContext.runAsGroup: Invalid value: 2147483648: must be between 0 and 2147483647, inclusive",
        "spec.securityContext.supplementalGroups[0]: Invalid value: -1: must be between 0 and 2147483647, inclusive"]),
    ({"shareProcessNamespace": True, "hostPID": True, "securityContext": {"runAsUser": 1}}, [
        "spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot "
        "both be enabled"]),
    ({"securityContext": {"sysctls": [{"name": ""}, {"name": "A b"}, {"name": "net.a", "value": "1"},
                                      {"name": "net.a", "value": "1"}]}}, [
        "spec.securityContext.sysctls[0].name: Required value",
        'spec.securityContext.sysctls[1].name: Invalid value: "A b": must have at most 253 characters and match '
        'regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
        'spec.securityContext.sysctls[3].name: Duplicate value: "net.a"']),
    ({"hostNetwork": True,
      "hostIPC": True,
      "securityContext": {"sysctls": [{"name": "net/ipv4.x"}, {"name": "kernel.shmmax"}]}}, [
        'spec.securityContext.sysctls[0].name: Invalid value: "net/ipv4.x": may not be specified when '
        '\'hostNetwork\' is true',
        'spec.securityContext.sysctls[1].name: Invalid value: "kernel.shmmax": may not be specified when \'hostIPC\' '
        'is true']),
    ({"securityContext": {"fsGroupChangePolicy": "Never",
                          "supplementalGroupsPolicy": "Loose",
                          "seLinuxChangePolicy": "None"}}, [
        'spec.securityContext.fsGroupChangePolicy: Unsupported value: "Never": supported values: "Always", '
        '"OnRootMismatch"',
        'spec.securityContext.supplementalGroupsPolicy: Unsupported value: "Loose": supported values: "Merge", '
        '"Strict"',
        'spec.securityContext.seLinuxChangePolicy: Unsupported value: "None": supported values: "MountOption", '
        '"Recursive"']),
    ({"securityContext": {"seccompProfile": {"type": ""}}}, [
        "spec.securityContext.seccompProfile.type: Required value: type is required when seccompProfile is set"]),
    ({"securityContext": {"seccompProfile": {"type": "Other", "localhostProfile": "p"}}}, [
        'spec.securityContext.seccompProfile.type: Unsupported value: "Other": supported values: "Localhost", '
        '"RuntimeDefault", "Unconfined"',
        'spec.securityContext.seccompProfile.localhostProfile: Invalid value: '
        '{"Type":"Other","LocalhostProfile":"p"}: can only be set when seccomp type is Localhost']),
    ({"securityContext": {"seccompProfile": {"type": "Localhost"}}}, [
        "spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is "
        "Localhost"]),
    ({"securityContext": {"seccompProfile": {"type": "Localhost", "localhostProfile": "../p"}}}, [
        'spec.securityContext.seccompProfile.localhostProfile: Invalid value: "../p": must not contain \'..\'']),
    ({"securityContext": {"appArmorProfile": {}}}, [
        "spec.securityContext.appArmorProfile.type: Required value: type is required when appArmorProfile is set"]),
    ({"securityContext": {"appArmorProfile": {"type": "RuntimeDefault", "localhostProfile": "p"}}}, [
        'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: "p": can only be set when AppArmor '
        'type is Localhost']),
    ({"securityContext": {"appArmorProfile": {"type": "Other"}}}, [
        'spec.securityContext.appArmorProfile.type: Unsupported value: "Other": supported values: "Localhost", '
        '"RuntimeDefault", "Unconfined"']),
    ({"securityContext": {"appArmorProfile": {"type": "Localhost"}}}, [
        "spec.securityContext.appArmorProfile.localhostProfile: Required value: must be set when AppArmor type is "
        "Localhost"]),
    ({"securityContext": {"appArmorProfile": {"type": "Localhost", "localhostProfile": " p"}}}, [
        'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: " p": must not be padded with '
        'whitespace']),
    ({"securityContext": {"windowsOptions": {"gmsaCredentialSpecName": "A",
                                             "gmsaCredentialSpec": "",
                                             "runAsUserName": ""}}}, [
        'spec.securityContext.windowsOptions.gmsaCredentialSpecName: Invalid value: "A": a lowercase RFC 1123 '
        'subdomain must consist...',
        'spec.securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an '
        'empty string',
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "": runAsUserName cannot be an empty '
        'string']),
    ({"securityContext": {"windowsOptions": {"runAsUserName": "a\\b\\c"}}}, [
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot '
        'contain more than one backslash']),
    ({"securityContext": {"windowsOptions": {"runAsUserName": "..bad\\. ."}}}, [
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "..bad\\\\. .": runAsUserName\'s Domain '
        'doesn\'t match the NetBios nor the DNS format',
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "..bad\\\\. .": runAsUserName\'s User '
        'cannot contain only periods or spaces']),
    ({"securityContext": {"windowsOptions": {"runAsUserName": "a\x01"}}}, [
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\x01": runAsUserName cannot contain '
        'control characters']),
    ({"securityContext": {"windowsOptions": {"runAsUserName": "dom.org\\us;er"}}}, [
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "dom.org\\\\us;er": runAsUserName\'s User '
        'cannot contain the following characters: "/\\:;|=,+*?<>@[]']),
    ({"securityContext": {"windowsOptions": {"runAsUserName": "d\\"}}}, [
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "d\\\\": runAsUserName\'s User cannot be '
        'empty']),
    ({"securityContext": {"windowsOptions": {"hostProcess": True}},
      "containers": [{"name": "c",
                      "image": "i",
                      "securityContext": {"windowsOptions": {"hostProcess": False}}}]}, [
        "spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value "
        "must be identical if both are specified, was true"]),
    ({"os": {"name": "windows"},
      "hostNetwork": True,
      "containers": [{"name": "c", "image": "i", "securityContext": {"windowsOptions": {"hostProcess": True}}},
                     {"name": "d", "image": "i"}]}, [
        'spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess '
        'containers']),
    ({"os": {"name": ""}}, ["spec.os.name: Required value"]),
    ({"os": {"name": "beos"}}, ['spec.os: Unsupported value: "beos": supported values: "linux", "windows"']),
    ({"os": {"name": "linux"},
      "securityContext": {"windowsOptions": {}},
      "containers": [{"name": "c",
                      "image": "i",
                      "securityContext": {"windowsOptions": {"runAsUserName": "u"}}}]}, [
        "spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod",
        "spec.containers[0].securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod"]),
    ({"os": {"name": "windows"},
      "hostPID": True,
      "hostIPC": False,
      "securityContext": {"runAsUser": 1, "sysctls": []},
      "containers": [{"name": "c",
                      "image": "i",
                      "securityContext": {"privileged": True, "procMount": "Default"}}]}, [
        "spec.hostPID: Forbidden: cannot be set for a windows pod",
        "spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod",
        "spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod",
        "spec.containers[0].securityContext.procMount: Forbidden: cannot be set for a windows pod"]),
    ({"hostUsers": False, "hostNetwork": True, "hostPID": True, "hostIPC": True}, [
        "spec.hostNetwork: Forbidden: when `hostUsers` is false",
        "spec.HostPID: Forbidden: when `hostUsers` is false",
        "spec.HostIPC: Forbidden: when `hostUsers` is false"]),
    ({"containers": [{"name": "c", "image": "i", "securityContext": {"procMount": "Half"}}]}, [
        'spec.containers[0].securityContext.procMount: Unsupported value: "Half": supported values: "Default", '
        '"Unmasked"']),
    ({"containers": [{"name": "c", "image": "i", "securityContext": {"procMount": "Unmasked"}}]}, [
        'spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use '
        '`Unmasked`']),
    ({"containers": [{"name": "c",
                      "image": "i",
                      "securityContext": {"allowPrivilegeEscalation": False,
                                          "privileged": True,
                                          "capabilities": {"add": ["CAP_SYS_ADMIN"]}}}]}, [
        'spec.containers[0].securityContext: Invalid value: '
        '{"Capabilities":{"Add":["CAP_SYS_ADMIN"],"Drop":null},"Privileged":true,"SELinuxOptions":null,"WindowsOption'
        's":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilege'
        'Escalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set '
        '`allowPrivilegeEscalation` to false and `privileged` to true',
        'spec.containers[0].securityContext: Invalid value: '
        '{"Capabilities":{"Add":["CAP_SYS_ADMIN"],"Drop":null},"Privileged":true,"SELinuxOptions":null,"WindowsOption'
        's":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilege'
        'Escalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set '
        '`allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN']),
    ({"containers": [{"name": "c",
                      "image": "i",
                      "securityContext": {"runAsUser": -1, "seccompProfile": {"type": "Localhost"}}}]}, [
        "spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive",
        "spec.containers[0].securityContext.seccompProfile.localhostProfile: Required value: must be set when "
        "seccomp type is Localhost"]),
])
def test_what_is_wrong_with_a_context(fits, spec, expected):
    spec = {"containers": [{"name": "c", "image": "i"}], **spec}
    default_pod_spec(spec, (1, 36))
    found = [str(error) for error in validate_pod_spec(spec, "spec", (1, 36), {"name": "p"})]
    assert fits(found, expected), found


@pytest.mark.parametrize("annotations,spec,expected", [
    ({SECCOMP_POD: "localhost/../x",
      SECCOMP + "c": "odd"}, {}, [
        'metadata.annotations.container.seccomp.security.alpha.kubernetes.io/c: Invalid value: "odd": must be a '
        'valid seccomp profile',
        'metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "../x": must not contain '
        '\'..\'']),
    ({APPARMOR + "d": "unconfined",
      APPARMOR + "c": "odd"}, {}, [
        'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: Invalid value: "odd": invalid '
        'AppArmor profile name: "odd"',
        'metadata.annotations[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: "d": container not '
        'found']),
    ({SECCOMP_POD: "unconfined"},
     {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}, [
        "spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match"]),
    ({SECCOMP_POD: "docker/default",
      SECCOMP + "c": "localhost/a"},
     {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
      "containers": [{"name": "c",
                      "image": "i",
                      "securityContext": {"seccompProfile": {"type": "Localhost",
                                                             "localhostProfile": "b"}}}]}, [
        "spec.containers[0].securityContext.seccompProfile.localhostProfile: Forbidden: seccomp profile in "
        "annotation and field must match"]),
    ({APPARMOR + "c": "unconfined"}, {"containers": [{"name": "c",
                      "image": "i",
                      "securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}}}]}, [
        "spec.containers[0].securityContext.appArmorProfile.type: Forbidden: apparmor type in annotation and field "
        "must match"]),
    ({APPARMOR + "c": "localhost/a"},
     {"securityContext": {"appArmorProfile": {"type": "Localhost", "localhostProfile": "a"}}}, []),
    ({APPARMOR + "c": "unconfined"}, {"os": {"name": "windows"}}, []),
])
def test_what_is_wrong_with_annotations(desk, fits, annotations, spec, expected):
    spec = {"containers": [{"name": "c", "image": "i"}], **spec}
    found = desk("", "Pod").errors({"metadata": {"annotations": annotations}, "spec": spec})
    assert fits(found, expected), found


def test_a_windows_user_has_a_domain_of_its_own_form():
    def told(name):
        return security._windows_user(name)

    assert [told(name) for name in ("ContainerUser", "NT AUTHORITY\\Local Service", "a.example.org\\u")] == [[], [], []]
    assert told("." * 3) == ["runAsUserName's User cannot contain only periods or spaces"]
    assert told("u" * 105) == ["runAsUserName's User length must not be longer than 104 characters"]
    assert told("d" * 256 + "\\u")[0] == "runAsUserName's Domain length must be under 256 characters"


def test_the_profile_that_an_annotation_stands_for():
    found = [security.apparmor_of_annotation(text) for text in ("unconfined", "runtime/default", "localhost/p", "odd")]
    assert found == [
        {"type": "Unconfined"}, {"type": "RuntimeDefault"}, {"type": "Localhost", "localhostProfile": "p"}, None]
