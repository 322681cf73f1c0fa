"""What a node registers with."""

from __future__ import annotations

from kubesim_cli.helpers import nodes


def test_the_node_that_registers():
    first, second = (nodes.node_object(i, (1, 36), 0.0) for i in (0, 1))
    assert first["metadata"]["name"] == "minikube" and second["metadata"]["name"] == "minikube-m02"
    assert first["status"]["capacity"] == {"cpu": "2", "memory": "8Gi", "ephemeral-storage": "100Gi", "pods": "110"}
    assert nodes.internal_ip(first) == "192.168.49.2" and nodes.internal_ip(second) == "192.168.49.3"
    assert "node-role.kubernetes.io/control-plane" in first["metadata"]["labels"]
    assert second["metadata"]["labels"]["minikube.k8s.io/primary"] == "false"
    assert first["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.2" and first["spec"] == {}
    assert nodes.address_of(nodes.pod_network(second)[0]) == "10.244.1.2"
