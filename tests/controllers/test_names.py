"""Names that Kubernetes makes from hashes are those of a real cluster, in every release."""

from __future__ import annotations

import json
import pathlib

import pytest

RECORDED = pathlib.Path(__file__).parents[2] / "fixtures" / "hashes" / "templates-1.36.json"
CASES = json.loads(RECORDED.read_text(encoding="utf-8"))["cases"]
# What `kubectl create deployment nginx --image=nginx` and kubeadm's CoreDNS are called on public pages.
NGINX = {"1.28": "7854ff8877", "1.29": "7854ff8877", "1.30": "bf5d5cf98", "1.31": "676b6c5bbc", "1.32": "5869d7778c",
         "1.33": "5869d7778c", "1.34": "66686b6766"}
COREDNS = {"1.28": "5dd5756b68", "1.29": "76f75df574", "1.30": "55cb58b774", "1.31": "7c65d6cfc9", "1.32": "668d6bf9bc",
           "1.33": "674b8bbfcf", "1.34": "66bc5c9577", "1.35": "7d764666f9", "1.37": "559f6c778d"}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_hashes_of_templates(terminal, case):
    terminal.environ.update(KUBESIM_KUBERNETES_VERSION="1.36", KUBESIM_BARE="1")
    spec = {"selector": {"matchLabels": {"app": case["template"]["metadata"]["labels"]["app"]}},
            "template": case["template"]}
    kinds = {"Deployment": {}, "DaemonSet": {}, "StatefulSet": {"serviceName": "svc"}}
    terminal.ok("kubectl apply -f -", json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": case["name"]}, "spec": {**spec, **more}}
        for kind, more in kinds.items()]}))
    made = set(terminal.ok("kubectl get rs,controllerrevisions -o jsonpath='{.items[*].metadata.name}'").split())
    names = case["names"]
    assert made == {f"{case['name']}-{names['pod-template-hash']}", names["DaemonSet"], names["StatefulSet"]}


@pytest.mark.parametrize("release", COREDNS)
def test_hashes_of_releases(terminal, release):
    terminal.environ.update(KUBESIM_KUBERNETES_VERSION=release)
    terminal.ok("kubectl create deployment nginx --image=nginx")
    made = terminal.ok("kubectl get rs -A -o jsonpath='{.items[*].metadata.name}'").split()
    assert f"coredns-{COREDNS[release]}" in made
    assert release not in NGINX or f"nginx-{NGINX[release]}" in made
