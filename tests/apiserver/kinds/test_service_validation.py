"""What the server says of Services that were allocated, changed or given a status; and of an Ingress's status."""

import pytest

from kubesim_cli.apiserver.kinds.core import service_validation

PORT = {"port": 80, "protocol": "TCP", "targetPort": 80}
BOTH = {"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9", "fd00::9"], "ipFamilies": ["IPv4", "IPv6"],
        "ipFamilyPolicy": "RequireDualStack"}
ONE = {"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"], "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}
NO_IP = {"clusterIP": "None", "clusterIPs": ["None"]}
LOCAL = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": 31000}
BALANCER = {"type": "LoadBalancer", "externalTrafficPolicy": "Cluster"}
ONLY = "may only be used when `type` is 'LoadBalancer'"
IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


def service(**spec):
    """A Service as it is after defaults and allocation; a field that is None is left out."""
    spec = {"type": "ClusterIP", "ports": [PORT], "sessionAffinity": "None", "internalTrafficPolicy": "Cluster", **spec}
    return {"metadata": {"name": "web"}, "spec": {key: value for key, value in spec.items() if value is not None}}


def external(**spec):
    return {"type": "ExternalName", "externalName": "a.org", "ports": None, "internalTrafficPolicy": None, **spec}


@pytest.mark.parametrize("spec,expected", [
    (BOTH, []),
    ({**NO_IP, "ports": None}, []),
    ({"ports": None}, ["spec.ports: Required value"]),
    ({**NO_IP, **BALANCER}, ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for LoadBalancer '
                             'services']),
    ({**NO_IP, "type": "NodePort", "externalTrafficPolicy": "Cluster"}, [
        'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services']),
    (external(externalName="a.org."), []),
    (external(externalName="A_b"), ['spec.externalName: Invalid value: "A_b": a lowercase RFC 1123 subdomain...']),
    (external(**ONE), [f"spec.{key}: Forbidden: may not be set for ExternalName services"
                       for key in ("clusterIPs", "ipFamilies", "ipFamilyPolicy")]),
    ({"ports": [{**PORT, "name": "a"}, {**PORT, "port": 81, "name": "a"}]}, [
        'spec.ports[1].name: Duplicate value: "a"']),
    ({"ports": [{**PORT, "appProtocol": "a b"}]}, [
        'spec.ports[0].appProtocol: Invalid value: "a b": name part must consist...']),
    ({"ports": [{**PORT, "nodePort": 30080}]}, [
        "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]),
    ({"type": "NodePort", "externalTrafficPolicy": "Cluster",
      "ports": [{**PORT, "name": "a", "nodePort": 30080}, {**PORT, "port": 81, "name": "b", "nodePort": 30080},
                {**PORT, "port": 81, "name": "c", "nodePort": 30080, "protocol": "UDP"}]}, [
        "spec.ports[1].nodePort: Duplicate value: 30080"]),
    ({"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86400}}}, []),
    ({"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86401}}}, [
        "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less "
        "than 86400"]),
    ({"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 0}}}, [
        "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than "
        "86400"]),
    ({"externalIPs": ["x", "127.0.0.1", "8.8.8.8"], "externalTrafficPolicy": "Cluster"}, [
        f'spec.externalIPs[0]: Invalid value: "x": {IP}',
        'spec.externalIPs[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']),
    ({"internalTrafficPolicy": None}, ["spec.internalTrafficPolicy: Required value"]),
    ({"internalTrafficPolicy": "Near"}, [
        'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"']),
    ({"trafficDistribution": "PreferSameZone"}, []),
    ({"trafficDistribution": "Near"}, [
        'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameZone", '
        '"PreferSameNode"']),
])
def test_what_is_wrong(fits, spec, expected):
    found = [str(error) for error in service_validation.validate(service(**spec), {}, (1, 36))]
    assert fits(found, expected), found


def test_fewer_distributions_were_known():
    found = service_validation.validate(service(trafficDistribution="PreferSameZone"), {}, (1, 30))
    assert [str(error) for error in found] == [
        'spec.trafficDistribution: Unsupported value: "PreferSameZone": supported values: "PreferClose"']


@pytest.mark.parametrize("spec,expected", [
    ({"clusterIP": "10.96.0.9"}, ["spec.clusterIPs: Required value"]),
    ({**ONE, "clusterIP": "10.96.0.8"}, [
        'spec.clusterIPs: Invalid value: ["10.96.0.9"]: first value must match `clusterIP`']),
    ({**ONE, "clusterIP": ""}, [
        'spec.clusterIPs: Invalid value: ["10.96.0.9"]: must be empty when `clusterIP` is not specified']),
    ({"ipFamilies": ["IPv4", "IPv4"]}, ['spec.ipFamilies[1]: Duplicate value: "IPv4"']),
    ({"ipFamilies": ["IPv5"]}, ['spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"']),
    ({"ipFamilyPolicy": "Dual"}, ['spec.ipFamilyPolicy: Unsupported value: "Dual": supported values: '
                                  '"PreferDualStack", "RequireDualStack", "SingleStack"']),
    ({"clusterIP": "None", "clusterIPs": ["None", "fd00::9"]}, [
        'spec.clusterIPs: Invalid value: ["None","fd00::9"]: \'None\' must be the first and only value']),
    ({"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9", "None"]}, [
        f'spec.clusterIPs[1]: Invalid value: "None": {IP}']),
    ({"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9", "10.96.0.8"]}, [
        'spec.clusterIPs: Invalid value: ["10.96.0.9","10.96.0.8"]: may specify no more than one IP for each IP '
        'family']),
    ({"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9", "fd00::9", "x"]}, [
        f'spec.clusterIPs[2]: Invalid value: "x": {IP}',
        'spec.clusterIPs: Invalid value: ["10.96.0.9","fd00::9","x"]: may only hold up to 2 values']),
    ({**BOTH, "ipFamilies": ["IPv6", "IPv4"]}, [
        'spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`',
        'spec.clusterIPs[1]: Invalid value: "fd00::9": expected an IPv4 value as indicated by `ipFamilies[1]`']),
])
def test_addresses_and_families(fits, spec, expected):
    found = [str(error) for error in service_validation.validate(service(**spec), {}, (1, 36))]
    assert fits(found, expected), found


@pytest.mark.parametrize("spec,expected", [
    (LOCAL, []),
    ({**BALANCER, "loadBalancerSourceRanges": [" 10.0.0.0/8 "], "loadBalancerClass": "a.org/b"}, []),
    ({**BALANCER, "loadBalancerSourceRanges": ["10.0.0.0"]}, [
        'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value...']),
    ({**BALANCER, "loadBalancerClass": "a b"}, [
        'spec.loadBalancerClass: Invalid value: "a b": name part must consist...']),
    ({"loadBalancerSourceRanges": ["10.0.0.0/8"], "allocateLoadBalancerNodePorts": False, "loadBalancerClass": "b"}, [
        f"spec.LoadBalancerSourceRanges: Forbidden: {ONLY}",
        f"spec.allocateLoadBalancerNodePorts: Forbidden: {ONLY}",
        f"spec.loadBalancerClass: Forbidden: {ONLY}"]),
    ({"externalTrafficPolicy": "Local"}, [
        'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services']),
    ({"type": "NodePort"}, ["spec.externalTrafficPolicy: Required value"]),
    ({**BALANCER, "externalTrafficPolicy": "Near"}, [
        'spec.externalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"']),
    ({**LOCAL, "healthCheckNodePort": None}, ["spec.healthCheckNodePort: Required value"]),
    ({**BALANCER, "healthCheckNodePort": 31000}, [
        "spec.healthCheckNodePort: Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and "
        "`externalTrafficPolicy` is 'Local'"]),
])
def test_load_balancers(fits, spec, expected):
    found = [str(error) for error in service_validation.validate(service(**spec), {}, (1, 36))]
    assert fits(found, expected), found


@pytest.mark.parametrize("old,new,expected", [
    (ONE, BOTH, []),
    (NO_IP, NO_IP, []),
    (BOTH, ONE, []),
    (ONE, external(), []),
    (BOTH, {**BOTH, "clusterIPs": ["10.96.0.9"], "ipFamilyPolicy": "PreferDualStack"}, [
        'spec.ipFamilyPolicy: Invalid value: "PreferDualStack": must be set to \'SingleStack\' when releasing the '
        'secondary clusterIP']),
    (ONE, {**ONE, "clusterIP": None, "clusterIPs": None}, [
        "spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset"]),
    (ONE, {**BOTH, "clusterIP": "10.96.0.8", "clusterIPs": ["10.96.0.8", "fd00::9"]}, [
        'spec.clusterIPs[0]: Invalid value: ["10.96.0.8","fd00::9"]: may not change once set']),
    (BOTH, {**BOTH, "clusterIPs": ["10.96.0.9", "fd00::8"]}, [
        'spec.clusterIPs[1]: Invalid value: ["10.96.0.9","fd00::8"]: may not change once set']),
    ({"ipFamilies": ["IPv4"]}, {"ipFamilies": ["IPv6"]}, [
        'spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set']),
    (ONE, {**ONE, "ipFamilies": ["IPv6", "IPv4"]}, [
        'spec.ipFamilies[0]: Invalid value: ["10.96.0.9"]: may not change once set',
        'spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`']),
    ({**BALANCER, "loadBalancerClass": "a"}, {**BALANCER, "loadBalancerClass": "b"}, [
        'spec.loadBalancerClass: Invalid value: "b": may not change once set']),
    ({}, {**BALANCER, "loadBalancerClass": "b"}, []),
    (LOCAL, {**LOCAL, "healthCheckNodePort": 31001}, ["spec.healthCheckNodePort: Forbidden: field is immutable"]),
    ({**BALANCER, "loadBalancerSourceRanges": ["010.0.0.0/8"]}, {**BALANCER, "loadBalancerSourceRanges": [
        "010.0.0.0/8 "]}, []),
])
def test_what_may_not_change(old, new, expected):
    found = service_validation.validate_update(service(**new), service(**old), (1, 36))
    assert [str(error) for error in found] == expected


@pytest.mark.parametrize("group,kind,spec,refused", [
    ("", "Service", {"type": "LoadBalancer"}, []),
    ("", "Service", {"type": "ClusterIP"}, [
        "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"]),
    ("networking.k8s.io", "Ingress", {}, []),
])
def test_statuses(desk, fits, group, kind, spec, refused):
    kinds = desk(group, kind)
    obj = {"spec": spec, "status": {"loadBalancer": {"ingress": [
        {"ip": "10.0.0.1"}, {"hostname": "a.org"}, {"ip": "10.0.0"}, {"hostname": "A_b"}, {"hostname": "10.0.0.1"}]}}}
    kinds.kind.default(obj, kinds.ctx)
    found = [str(error) for error in kinds.kind.validate_status(obj, {"spec": spec}, kinds.ctx)]
    assert fits(found, refused or [
        f'status.loadBalancer.ingress[2].ip: Invalid value: "10.0.0": {IP}',
        'status.loadBalancer.ingress[3].hostname: Invalid value: "A_b": a lowercase RFC 1123 subdomain...',
        'status.loadBalancer.ingress[4].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ]), found
    assert kinds.kind.validate_status({"spec": spec}, obj, kinds.ctx) == []


@pytest.mark.parametrize("entry,expected", [
    ({"ip": "10.0.0.1"}, ["Required value: must be specified when `ip` is set"]),
    ({"hostname": "a", "ipMode": "VIP"}, ["Forbidden: may not be specified when `ip` is not set"]),
    ({"ip": "10.0.0.1", "ipMode": "X"}, ['Unsupported value: "X": supported values: "Proxy", "VIP"'])])
def test_modes_of_addresses(entry, expected):
    obj = {"spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {"ingress": [entry]}}}
    found = service_validation.validate_status(obj, {}, (1, 36))
    assert [str(error) for error in found] == [f"status.loadBalancer.ingress[0].ipMode: {text}" for text in expected]


CLASS = "kubernetes.io/ingress.class"


@pytest.mark.parametrize("name,errors,warnings", [
    ("nginx", [], []),
    ("other", [f'annotations.{CLASS}: Invalid value: "nginx": must match `ingressClassName` when both are specified'],
     []),
    (None, [], [f'annotation "{CLASS}" is deprecated, please use \'spec.ingressClassName\' instead']),
])
def test_two_classes_of_an_ingress(desk, name, errors, warnings):
    ingresses = desk("networking.k8s.io", "Ingress")
    spec = {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}
    obj = {"metadata": {"annotations": {CLASS: "nginx"}}, "spec": {**spec, "ingressClassName": name} if name else spec}
    assert ingresses.errors(obj) == errors
    assert ingresses.warnings(obj) == warnings
    assert ingresses.change(ingresses.new(obj)) == []


@pytest.mark.parametrize("hosts,shown", [
    ([], "*"),
    ([""], "*"),
    (["a", "b"], "a,b"),
    (["a", "b", "c", "d", "e"], "a,b,c + 2 more..."),
])
def test_rows_of_an_ingress(desk, hosts, shown):
    ingresses = desk("networking.k8s.io", "Ingress")
    obj = ingresses.new({"spec": {"rules": [{"host": host} if host else {} for host in hosts], "tls": [{}]}})
    assert ingresses.row(obj) == ["web", "<none>", shown, "", "80, 443", "2m"]
