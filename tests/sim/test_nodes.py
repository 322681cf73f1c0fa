"""`kubesim sim node` and `kubesim sim tunnel`."""

from __future__ import annotations


def test_a_tunnel_assigns_addresses_and_takes_them_back(terminal):
    terminal.ok("kubectl create service loadbalancer web --tcp=80:80")
    terminal.advance("1m")
    columns = ("kubectl get svc web --no-headers "
               "-o custom-columns=IP:.spec.clusterIP,LB:.status.loadBalancer.ingress[0].ip")
    assert terminal.ok(columns).split()[1] == "<none>"
    assert "<pending>" in terminal.ok("kubectl get svc web")
    terminal.ok("kubectl sim tunnel open")
    cluster_ip, external = terminal.ok(columns).split()
    assert external == cluster_ip
    terminal.ok("kubectl create service loadbalancer late --tcp=80:80")
    assert "<pending>" not in terminal.ok("kubectl get svc")
    terminal.ok("kubectl sim tunnel close")
    assert "<pending>" in terminal.ok("kubectl get svc web")


def test_a_stopped_node_is_lost_and_comes_back(terminal):
    terminal.ok("kubectl sim reset --nodes 2")
    terminal.ok("kubectl create deployment web --image=nginx --replicas=4")
    terminal.advance("5s")
    terminal.ok("kubectl sim node stop minikube-m02")
    terminal.advance("60s")
    assert "NotReady" in terminal.ok("kubectl get node minikube-m02")
    terminal.advance("10m")
    running = terminal.ok("kubectl get pods -o wide --field-selector=status.phase=Running --no-headers").splitlines()
    assert len([row for row in running if "Terminating" not in row and " minikube " in row]) == 4
    terminal.ok("kubectl sim node start minikube-m02")
    terminal.advance("10s")
    assert "NotReady" not in terminal.ok("kubectl get node minikube-m02")


def test_a_node_that_is_not_there_is_told(terminal):
    result = terminal("kubectl sim node stop nosuch")
    assert (result.code, result.err) == (1, 'Error: nodes "nosuch" not found\n')
