"""The groups of a container's processes: the pod's, and by the Merge policy those of the image's /etc/group."""

from __future__ import annotations

import json

import pytest

from kubesim_cli.kubelet.images import checking, image

IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.45"


@pytest.mark.parametrize(("context", "groups"), [
    ({"runAsUser": 1000, "runAsGroup": 3000, "supplementalGroups": [4000]}, "3000 4000 50000"),
    ({"runAsUser": 1000, "runAsGroup": 3000, "supplementalGroups": [4000], "supplementalGroupsPolicy": "Merge"},
     "3000 4000 50000"),
    ({"runAsUser": 1000, "runAsGroup": 3000, "supplementalGroups": [4000], "supplementalGroupsPolicy": "Strict"},
     "3000 4000"),
    ({"runAsUser": 1001, "runAsGroup": 3000, "fsGroup": 2000}, "3000 2000"),
])
def test_the_policy_decides_about_the_images_groups(terminal, context, groups):
    terminal.ok("kubectl sim kind create cluster --image kindest/node:v1.36.0")  # Docker knows no Strict
    spec = {"securityContext": context,
            "containers": [{"name": "c", "image": IMAGE, "command": ["sh", "-c", "sleep 1h"]}]}
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}, "spec": spec}
    terminal.ok("kubectl apply -f -", json.dumps(pod))
    terminal.advance("10s")
    assert sorted(terminal.ok("kubectl exec p -- id -G").split()) == sorted(groups.split())
    assert terminal.ok("kubectl exec p -- cat /etc/group").endswith(
        "nogroup:x:65534:\nuser-defined-in-image:x:1000:\ngroup-defined-in-image:x:50000:user-defined-in-image\n")


@pytest.mark.parametrize("groups", ["{a: 5}", "{a: []}", "{a: [b]}", "[1]"])
def test_groups_that_are_none_are_refused(groups):
    with pytest.raises(checking.Invalid, match="groups"):
        image.parse(f"names: [docker.io/me/mine]\ngroups: {groups}\n")
