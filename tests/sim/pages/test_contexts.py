"""Pages that change to another context or cluster."""

from __future__ import annotations

import os
import shutil

import pytest

from kubesim_cli.sim.pages.report import summary

needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")


def states(report):
    return [outcome.state for outcome in report.outcomes]


@needs_bash
def test_time_goes_on_in_the_cluster_that_a_page_changes_to(replayed):
    report = replayed("""\
```sh
kubectl run a --image=nginx
kind create cluster --name other
kubectl run b --image=nginx
```
```
$ kubectl get pods
NAME   READY   STATUS    RESTARTS   AGE
b      1/1     Running   0          45s
```
""")
    assert states(report) == ["ran"] * 3 + ["equal"], [one.verdict and one.verdict.diff for one in report.bad]


def test_a_page_may_call_its_context_otherwise(replayed):
    report = replayed("```console\n$ kubectl config current-context\ngke_my-project_cluster-1\n"
                      "$ kubectl config set-context dev --cluster=gke_my-project_cluster-1 "
                      "--user=gke_my-project_cluster-1 --namespace=kube-system\nContext \"dev\" created.\n"
                      "$ kubectl config use-context dev\nSwitched to context \"dev\".\n"
                      "$ kubectl get pods -l component=etcd -o name\npod/etcd-minikube\n```\n")
    assert states(report) == ["equal"] * 4, [one.output for one in report.outcomes]


def test_a_page_may_leave_its_cluster(replayed):
    report = replayed("```console\n$ kubectl config set-context none --namespace=a && kubectl config use-context none\n"
                      "Context \"none\" created.\nSwitched to context \"none\".\n$ kubectl get pods\n"
                      "The connection to the server localhost:8080 was refused - did you specify the right host or "
                      "port?\n```\n")
    assert states(report) == ["equal"] * 2, [one.output for one in report.outcomes]


def test_a_context_that_a_page_has_not_made_beside_its_own_is_none(replayed):
    report = replayed("```console\n$ kubectl config set-context dev --cluster=minikube --user=minikube\n"
                      "Context \"dev\" created.\n$ kubectl config use-context prod\n"
                      "Switched to context \"prod\".\n```\n")
    assert states(report) == ["equal", "differs"]


def test_a_kubeconfig_that_cannot_be_read_ends_no_page(replayed):
    report = replayed("```sh\necho '{' > config\nexport KUBECONFIG=$PWD/config\nkubectl config use-context x\n```\n")
    assert states(report)[-1] == "failed"


def test_a_context_that_is_misspelt_means_none(replayed):
    report = replayed("```console\n$ kubectl config use-context minikub\nSwitched to context \"minikub\".\n```\n")
    assert [outcome.state for outcome in report.outcomes] == ["differs"]
    report = replayed("```console\n$ kubectl config use-context prod\nSwitched to context \"prod\".\n```\n")
    assert [outcome.state for outcome in report.outcomes] == ["equal"]
    assert summary(report)[0] == "inferred: prod means the cluster minikube"
