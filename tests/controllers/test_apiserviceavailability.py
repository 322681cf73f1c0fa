"""Whether an APIService is available. The expectations are Kubernetes' own, from remote_available_controller.go."""

import json

import pytest

from kubesim_cli.apiserver.tally import Tally
from kubesim_cli.cluster.loops import LOOPS
from kubesim_cli.store.store import Store

MANIFEST = """apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.stars.example}
spec:
  group: stars.example
  version: v1
  groupPriorityMinimum: 100
  versionPriority: 100
  service: {name: stars, namespace: default, port: 443}
"""


def condition(terminal):
    found = json.loads(terminal.ok("kubectl get apiservice v1.stars.example -o json"))["status"]["conditions"]
    assert len(found) == 1 and found[0]["type"] == "Available"
    return found[0]["status"], found[0]["reason"], found[0]["message"]


def cell(terminal):
    return " ".join(terminal.ok("kubectl get apiservice v1.stars.example --no-headers").split()[1:-1])


def test_a_server_becomes_available_and_is_lost(newest):
    newest.ok("kubectl apply -f -", MANIFEST)
    assert cell(newest) == "default/stars False (ServiceNotFound)"
    assert condition(newest)[2] == 'service/stars in "default" is not present'
    newest.ok("kubectl create service clusterip stars --tcp=444:8443")
    assert condition(newest) == ("False", "ServicePortError",
                                 'service/stars in "default" is not listening on port 443')
    newest.ok("kubectl delete service stars")
    assert condition(newest)[1] == "ServiceNotFound"
    newest.ok("kubectl create service clusterip stars --tcp=443:8443")
    assert condition(newest) == (
        "False", "MissingEndpoints",
        'endpointslices for service/stars in "default" have no addresses with port name "443-8443"')
    newest.ok("kubectl run stars --image=nginx --labels=app=stars")
    newest.ok("kubectl wait --for=condition=Available apiservice/v1.stars.example")
    assert condition(newest) == ("True", "Passed", "all checks passed")
    assert cell(newest) == "default/stars True"
    newest.ok("kubectl delete pod stars")
    assert condition(newest)[1] == "MissingEndpoints"


def test_old_releases_look_at_endpoints(terminal):
    terminal.ok("kubectl apply -f -", MANIFEST)
    terminal.ok("kubectl create service clusterip stars --tcp=443")
    assert condition(terminal) == (
        "False", "MissingEndpoints",
        'endpoints for service/stars in "default" have no addresses with port name "443"')


@pytest.mark.parametrize(("service", "host", "why"), [
    ("externalname stars --external-name=x.example", "x.example:443", "lookup x.example: no such host"),
    ("nodeport stars --tcp=443", "{ip}:443", "{ip}:443: connect: connection refused"),
])
def test_services_without_a_look_at_their_endpoints_are_asked(newest, service, host, why):
    newest.ok("kubectl create service " + service)
    newest.ok("kubectl apply -f -", MANIFEST)
    ip = newest.ok("kubectl get service stars -o jsonpath={.spec.clusterIP}")
    url = f"https://{host.format(ip=ip)}/apis/stars.example/v1"
    assert condition(newest) == ("False", "FailedDiscoveryCheck", (
        f'failing or missing response from {url}: Get "{url}": dial tcp {why.format(ip=ip)}'))


def test_those_of_the_server_itself_are_available(newest):
    """At once, and when they come back to it."""
    local = MANIFEST.replace("  service: {name: stars, namespace: default, port: 443}\n", "")
    available = ("True", "Local", "Local APIServices are always available")
    newest.ok("kubectl create -f -", local)
    assert condition(newest) == available
    newest.ok("kubectl replace -f -", MANIFEST)
    assert condition(newest)[1] == "ServiceNotFound"
    newest.ok("kubectl replace -f -", local)
    assert condition(newest) == available


def test_a_cluster_without_them_does_not_look():
    """The loop is loaded where another server stands behind an APIService."""
    loop = LOOPS["apiservice-availability"]
    tally = Tally()
    assert not loop.when(tally)
    tally.aggregated_apis = 1
    assert loop.when(tally)


def test_those_of_a_cluster_that_has_not_counted_them(newest):
    """An older kubesim made it, with an APIService that is made anew."""
    newest.ok("kubectl apply -f -", MANIFEST)
    store = Store(str(newest.home / "clusters" / "minikube"))
    store.begin()
    del store.meta["aggregatedAPIs"]
    store.commit()
    store.close()
    newest.ok("kubectl replace --force -f -", MANIFEST)
    newest.ok("kubectl create service clusterip stars --tcp=443:8443")
    assert condition(newest)[1] == "MissingEndpoints"
