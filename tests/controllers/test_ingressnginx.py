"""Ingresses of a class of ingress-nginx get the address at which they are served."""

from __future__ import annotations

import pytest

CLASS = """
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
"""
CREATE = "kubectl create ingress web --class=%s --rule=hello.example/*=web:80"


def address(terminal):
    return terminal.ok("kubectl get ingress web -o jsonpath={.status.loadBalancer.ingress[*].ip}")


def test_the_address_comes_and_leads_there(newest):
    newest.ok("kubectl apply -f -", CLASS)
    newest.ok("kubectl create deployment web --image=nginx")
    newest.ok("kubectl expose deployment web --port=80")
    newest.advance("20s")
    newest.ok(CREATE % "nginx")
    newest.advance("30s")
    assert address(newest) == ""
    newest.advance("11s")
    assert newest.ok("kubectl get ingress").splitlines()[1].split() == [
        "web", "nginx", "hello.example", "192.168.49.2", "80", "41s"]
    assert newest.ok("kubectl get events --field-selector reason=Sync -o jsonpath={.items[*].count}") == "2"
    assert "Welcome to nginx!" in newest.ok(
        "kubectl sim curl -s --resolve hello.example:80:192.168.49.2 http://hello.example/")
    newest.ok("kubectl patch ingress web --type=merge -p '{\"spec\": {\"rules\": [{\"host\": \"other.example\"}]}}'")
    newest.advance("61s")
    assert address(newest) == "192.168.49.2"


def test_a_class_that_comes_later(newest):
    newest.ok(CREATE % "nginx")
    newest.advance("2m")
    newest.ok("kubectl apply -f -", CLASS)
    newest.advance("61s")
    assert address(newest) == "192.168.49.2"


@pytest.mark.parametrize("controller, kubelet", [("example.com/other", "full"), ("k8s.io/ingress-nginx", "stub")])
def test_who_is_not_served(newest, controller, kubelet):
    newest.ok(f"kubectl sim reset --kubelet {kubelet}")
    newest.ok("kubectl apply -f -", CLASS.replace("k8s.io/ingress-nginx", controller))
    newest.ok(CREATE % "nginx")
    newest.advance("3m")
    assert address(newest) == ""
