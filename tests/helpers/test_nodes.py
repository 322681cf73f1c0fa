"""What a node registers with."""

from __future__ import annotations

from kubesim_cli.helpers import nodenetworks, nodes


def test_the_node_that_registers():
    first, second = (nodes.node_object(i, (1, 36), 0.0) for i in (0, 1))
    assert first["metadata"]["name"] == "minikube" and second["metadata"]["name"] == "minikube-m02"
    assert first["status"]["capacity"] == {"cpu": "2", "memory": "8Gi", "ephemeral-storage": "100Gi", "pods": "110"}
    assert nodes.internal_ip(first) == "192.168.49.2" and nodes.internal_ip(second) == "192.168.49.3"
    assert "node-role.kubernetes.io/control-plane" in first["metadata"]["labels"]
    assert second["metadata"]["labels"]["minikube.k8s.io/primary"] == "false"
    assert first["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.2" and first["spec"] == {}
    assert nodes.address_of(nodes.pod_networks(second)[0][0]) == "10.244.1.2"


def test_networks_of_both_families():
    cidrs = "10.1.0.0/16,fd00:10:244::/56"
    assert nodenetworks.subnets(cidrs, 3) == ["10.1.3.0/24", "fd00:10:244:3::/64"]
    node = nodenetworks.minikube_node(1, (1, 36), 0.0, cidrs)
    assert nodes.internal_ips(node) == ["192.168.49.3", "fd00:192:168:49::3"]
    assert [nodes.address_of(first) for first, _ in nodes.pod_networks(node)] == ["10.1.1.2", "fd00:10:244:1::2"]
    assert nodenetworks.minikube_node(1, (1, 36), 0.0, "")["spec"] == {}
    assert nodes.number_of("::1") != nodes.number_of("0.0.0.1") and nodes.address_of(nodes.number_of("::1")) == "::1"
