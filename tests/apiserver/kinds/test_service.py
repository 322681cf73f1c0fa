import pytest

from kubesim_cli.apiserver.settings import Settings

PORT = [{"port": 80}]


def service(api, name="web", **spec):
    return api.create("v1", "Service", name, spec={"ports": PORT, **spec})["spec"]


def test_what_a_service_gets(api):
    spec = service(api, selector={"app": "web"})
    assert spec["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert {key: spec[key] for key in ("type", "sessionAffinity", "internalTrafficPolicy", "ipFamilies",
                                       "ipFamilyPolicy")} == {
        "type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack"}
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert spec["clusterIP"].startswith(("10.96.", "10.97.", "10.98.", "10.99.", "10.10", "10.11"))


def test_addresses_differ_and_may_be_asked_for(api):
    addresses = {service(api, f"s{i}")["clusterIP"] for i in range(20)}
    assert len(addresses) == 20
    assert service(api, "mine", clusterIP="10.96.50.50")["clusterIP"] == "10.96.50.50"
    assert api.refused(service, api, "again", clusterIP="10.96.50.50") == (
        'Service "again" is invalid: spec.clusterIPs: Invalid value: ["10.96.50.50"]: failed to allocate IP '
        '10.96.50.50: '
        "provided IP is already allocated")
    assert api.refused(service, api, "far", clusterIP="10.0.0.1") == (
        'Service "far" is invalid: spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: the '
        "provided network does not match the current range")


def test_an_address_is_the_same_however_it_is_written(api):
    api.server.settings = Settings({"service-cluster-ip-range": "fd00:10:96::/112"})
    assert service(api, "a", clusterIP="fd00:10:96:0:0:0:0:bb")["ipFamilies"] == ["IPv6"]
    assert "failed to allocate IP fd00:10:96::bb: provided IP is already allocated" in api.refused(
        service, api, "b", clusterIP="fd00:10:96::bb")


def test_who_looks_for_an_address_or_a_port_reads_no_other_service(api, monkeypatch):
    for i in range(40):
        service(api, f"s{i}", type="NodePort")
    taken = api.server.find("services", "default", "s0")["spec"]

    def listed(resource, namespace=""):
        assert resource != "services"
        return type(api.server.store).list(api.server.store, resource, namespace)

    monkeypatch.setattr(api.server.store, "list", listed)
    spec = service(api, "one-more", type="NodePort")
    held = [taken["clusterIP"], taken["ports"][0]["nodePort"]]
    assert spec["clusterIP"] != held[0] and spec["ports"][0]["nodePort"] != held[1]
    assert "already allocated" in api.refused(service, api, "a", clusterIP=held[0])
    assert "already allocated" in api.refused(service, api, "b", type="NodePort", ports=[
        {"port": 80, "nodePort": held[1]}])


def test_what_a_deleted_service_held_is_free(api):
    service(api, "a", type="NodePort", clusterIP="10.96.7.7", ports=[{"port": 80, "nodePort": 30777}])
    api.admin.delete("services", "a", "default")
    spec = service(api, "b", type="NodePort", clusterIP="10.96.7.7", ports=[{"port": 80, "nodePort": 30777}])
    assert (spec["clusterIP"], spec["ports"][0]["nodePort"]) == ("10.96.7.7", 30777)


def test_node_ports(api):
    spec = service(api, type="NodePort")
    assert 30000 <= spec["ports"][0]["nodePort"] <= 32767
    assert spec["externalTrafficPolicy"] == "Cluster"
    taken = spec["ports"][0]["nodePort"]
    assert api.refused(service, api, "b", type="NodePort", ports=[{"port": 80, "nodePort": taken}]) == (
        f'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: {taken}: provided port is already allocated')
    assert api.refused(service, api, "c", type="NodePort", ports=[{"port": 80, "nodePort": 80}]) == (
        'Service "c" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. '
        'The '
        "range of valid ports is 30000-32767")
    assert service(api, "lb", type="LoadBalancer")["allocateLoadBalancerNodePorts"] is True


def test_headless_and_external_names(api):
    spec = service(api, clusterIP="None", selector={"a": "b"})
    assert (spec["clusterIP"], spec["clusterIPs"]) == ("None", ["None"])
    spec = service(api, "db", type="ExternalName", externalName="db.example.com")
    assert "clusterIP" not in spec
    assert spec["externalName"] == "db.example.com"


def test_what_changes_with_the_type(api):
    before = service(api, type="NodePort")
    after = api.change("services", "web", {"spec": {"type": "ClusterIP", "externalTrafficPolicy": None, "ports": [
        {"port": 80}]}})["spec"]
    assert "nodePort" not in after["ports"][0]
    assert after["clusterIP"] == before["clusterIP"]
    other = {"clusterIP": "10.96.1.1", "clusterIPs": ["10.96.1.1"]}
    assert api.refused(api.change, "services", "web", {"spec": other}) == (
        'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.1.1"]: may not change once set')


@pytest.mark.parametrize("spec,error", [
    ({"ports": []}, "spec.ports: Required value"),
    ({"ports": [{"port": 0}]}, "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"),
    ({"ports": [{"port": 80, "name": "a"}, {"port": 81}]}, "spec.ports[1].name: Required value"),
    ({"ports": [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}]},
     'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,'
     '"NodePort":0}'),
    ({"type": "Internal"}, 'spec.type: Unsupported value: "Internal": supported values: "ClusterIP", "ExternalName", '
                           '"LoadBalancer", "NodePort"'),
    ({"sessionAffinity": "IP"}, 'spec.sessionAffinity: Unsupported value: "IP": supported values: "ClientIP", "None"'),
    ({"type": "ExternalName", "ports": []}, "spec.externalName: Required value"),
    ({"selector": {"a b": "c"}}, "spec.selector"),
])
def test_what_is_wrong(api, spec, error):
    assert error in api.refused(service, api, **spec)


@pytest.mark.parametrize("spec,row", [
    ({"clusterIP": "10.96.0.9", "type": "ClusterIP"},
     ["web", "ClusterIP", "10.96.0.9", "<none>", "80/TCP", "2m", "<none>"]),
    ({"clusterIP": "10.96.0.9", "type": "NodePort", "ports": [{"port": 80, "nodePort": 30080, "protocol": "UDP"}],
      "selector": {"b": "1", "a": "2"}}, ["web", "NodePort", "10.96.0.9", "<none>", "80:30080/UDP", "2m", "a=2,b=1"]),
    ({"type": "ExternalName", "externalName": "x.org", "ports": []},
     ["web", "ExternalName", "<none>", "x.org", "<none>", "2m", "<none>"]),
    ({"clusterIP": "10.96.0.9", "type": "LoadBalancer"},
     ["web", "LoadBalancer", "10.96.0.9", "<pending>", "80/TCP", "2m", "<none>"]),
])
def test_rows(desk, spec, row):
    services = desk("", "Service")
    obj = {"metadata": {"name": "web", "creationTimestamp": "2023-12-31T23:58:00Z"}, "status": {},
           "spec": {"ports": [{"port": 80, "protocol": "TCP"}], **spec}}
    if "clusterIP" in spec:
        obj["spec"]["clusterIPs"] = [spec["clusterIP"]]
    assert services.row(obj) == row
