"""Names are bound when they are first seen, and mean the same from then on."""

from __future__ import annotations

import pytest

from kubesim_cli.sim.pages.names import Names

UID, OTHER = "6dbe5870-6c5c-4761-b3e1-354437823255", "00000000-6c5c-4761-b3e1-354437823255"


@pytest.mark.parametrize(("page", "here"), [
    ("nginx-7854ff8877-4xpq2", "nginx-86dcfdf4c6-bcdfg"), (f"pvc-{UID}", f"pvc-{OTHER}"), ("10.0.0.10", "10.96.0.1"),
    ("80:31234/TCP", "80:30080/TCP"), ("app=a,pod-template-hash=7854ff8877", "app=a,pod-template-hash=86dcfdf4c6"),
    ("job-x7k2p", "job-bcdfg"), ("docker://b1c2d3e4f5a6", "docker://a1b2c3d4e5f6"), ("gke-pool-node-1", "minikube"),
    ("Created: Mon, 01 Jan 2024 00:00:00 +0000", "Created: Tue, 02 Jan 2024 00:00:00 +0000"),
    ("-rw-r--r-- 1 1000 2000 6 Jun  6 20:08 f", "-rw-r--r-- 1 1000 2000 6 Jan  1 00:00 f"),
    ("IP:  2001:db8::1", "IP:  fd00:10:244::4"), ("[fd00:1::a]:80", "[fd00:10:96::b]:80"),
    ('resourceVersion: "12"', 'resourceVersion: "345"'), ("a  b", "a b"), ("v1.31.0", "v1.31.14"),
])
def test_names_are_bound(page, here):
    assert Names(frozenset({"minikube"})).match(page, here)


@pytest.mark.parametrize(("page", "here"), [
    ("web-0", "web-1"), ("nginx", "httpd"), ("1/1", "0/1"), ("80", "8080"), ("10.0.0.10", "None"), ("my-app", "my-web"),
    ("80:80/TCP", "80:30080/TCP"), ("web-0", "web-bcdfg-0"), ("timeout 30s", "timeout 20s"), ("Running", "Pending"),
    ("minikube", "minikube-m02"), ("v1.30.1", "v1.31.1"), ("10.0.0.1", "fd00:10:244::4"), ("10:11::12", "10:11::13"),
])
def test_other_differences_are_differences(page, here):
    assert not Names(frozenset({"minikube"})).match(page, here)


def test_a_name_means_the_same_later_on():
    names = Names()
    assert names.match("nginx-7854ff8877-4xpq2", "nginx-86dcfdf4c6-bcdfg")
    assert not names.match("nginx-7854ff8877-4xpq2", "nginx-86dcfdf4c6-zzzzz")
    assert not names.match("nginx-7854ff8877-99999", "nginx-86dcfdf4c6-bcdfg")
    assert names.match("nginx-7854ff8877-99999", "nginx-86dcfdf4c6-bcdfg", loose=True)


@pytest.mark.parametrize(("page", "here", "other", "there"), [
    ("node-b", "node-b", "node-c", "node-b"), ("web-7854ff8877", "web-7854ff8877", "web-9854ff8877", "web-7854ff8877"),
    ("web-7854ff8877-4xpq2", "web-7854ff8877-bcdfg", "web-9854ff8877", "web-7854ff8877"),
    ("web-7854ff8877-4xpq2", "web-86dcfdf4c6-bcdfg", "web-9854ff8877", "web-86dcfdf4c6"),
])
def test_what_has_a_name_is_not_called_otherwise_later_on(page, here, other, there):
    names = Names(frozenset({"node-a", "node-b"}))
    assert names.match(page, here)
    assert not names.match(other, there)
    assert names.match(page, here)


def test_commands_and_outputs_are_translated():
    names = Names()
    names.match("nginx-7854ff8877-4xpq2", "nginx-86dcfdf4c6-bcdfg")
    assert names.to_here("kubectl delete pod/nginx-7854ff8877-4xpq2") == "kubectl delete pod/nginx-86dcfdf4c6-bcdfg"
    assert names.to_page('pod "nginx-86dcfdf4c6-bcdfg" deleted') == 'pod "nginx-7854ff8877-4xpq2" deleted'


def test_a_name_in_which_a_node_s_stands_is_bound_with_it():
    names = Names(frozenset({"minikube"}))
    assert not names.match("node-debugger-mynode-pdx84", "node-debugger-minikube-bcdfg")
    names.bind("mynode", "minikube")
    assert names.match("node-debugger-mynode-pdx84", "node-debugger-minikube-bcdfg")
    assert names.to_here("kubectl delete pod node-debugger-mynode-pdx84").endswith(" node-debugger-minikube-bcdfg")


def test_only_what_is_similar_may_be_of_another_container_runtime():
    page = "Image ID:  docker.io/library/nginx@sha256:5403af59a2b46ee5a23fb0ae4b1e077f"
    here = "Image ID:  docker-pullable://nginx@sha256:be1ecc7935f1dd85635d4feedaf66059"
    assert Names().match(page, here, loose=True)
    assert not Names().match(page, here)
    assert not Names().match(page.replace("nginx", "httpd"), here, loose=True)


def test_only_what_is_similar_may_have_other_measures():
    page, here = "UN  10.0.0.1  83.57 KiB  32  74.0%", "UN  10.0.0.1  88.01 KiB  32  100.0%"
    assert Names().match(page, here, loose=True)
    assert not Names().match(page, here)
    assert not Names().match(page.replace("32", "16"), here, loose=True)
