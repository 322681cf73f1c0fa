"""kubectl rollout."""

import json

import pytest


@pytest.fixture
def twice(terminal):
    """A deployment in its second revision."""
    terminal.ok("kubectl create deployment web --image=nginx:1.26")
    terminal.ok("kubectl rollout status deploy/web")
    terminal.ok("kubectl set image deploy/web nginx=nginx:1.27 --record")
    terminal.ok("kubectl rollout status deploy/web")
    return terminal


def image(terminal) -> str:
    return terminal.ok("kubectl get deploy web -o jsonpath='{.spec.template.spec.containers[0].image}'")


def test_status(terminal):
    terminal.ok("kubectl create deployment web --image=nginx --replicas=2")
    assert terminal.ok("kubectl rollout status deploy/web").splitlines()[-1] == (
        'deployment "web" successfully rolled out')
    terminal.ok("kubectl set image deploy/web nginx=nginx:doesnotexist")
    failed = terminal("kubectl rollout status deploy/web --timeout=20s")
    assert failed.code == 1 and failed.err == "error: timed out waiting for the condition\n"
    assert failed.out.startswith('Waiting for deployment "web" rollout to finish: 1 out of 2 new replicas')
    assert terminal("kubectl rollout status cm/kube-root-ca.crt").err == (
        "error: no status viewer has been implemented for ConfigMap\n")


def test_history(twice):
    assert twice.ok("kubectl rollout history deploy web") == (
        "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n"
        "2         kubectl set image deploy/web nginx=nginx:1.27 --record=true\n\n")
    shown = twice.ok("kubectl rollout history deploy web --revision=1")
    assert shown.startswith("deployment.apps/web with revision #1\nPod Template:\n"
                            "  Labels:\tapp=web\n\tpod-template-hash=")
    assert "    Image:\tnginx:1.26\n" in shown
    assert twice("kubectl rollout history deploy web --revision=7") == (
        1, "", "error: unable to find the specified revision\n")


def test_undo(twice):
    before = twice.ok("kubectl rollout undo deploy web --dry-run=client")
    assert "    Image:\tnginx:1.26\n" in before and image(twice) == "nginx:1.27"
    assert twice.ok("kubectl rollout undo deploy web") == "deployment.apps/web rolled back\n"
    twice.advance("5s")
    assert image(twice) == "nginx:1.26"
    assert "1 " not in twice.ok("kubectl rollout history deploy web")
    assert twice.ok("kubectl rollout undo deploy web --to-revision=3") == (
        "deployment.apps/web skipped rollback (current template already matches revision 3)\n")
    assert twice("kubectl rollout undo deploy web --to-revision=9").err == (
        "error: unable to find specified revision 9 in history\n")


def test_pause_and_resume(twice):
    assert twice.ok("kubectl rollout pause deploy/web") == "deployment.apps/web paused\n"
    assert twice("kubectl rollout pause deploy/web").err == (
        "error: deployments.apps \"web\" is already paused\n")
    assert twice("kubectl rollout restart deploy/web").code == 1
    assert twice("kubectl rollout undo deploy/web").err == (
        "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again\n")
    assert twice.ok("kubectl rollout resume deploy/web") == "deployment.apps/web resumed\n"
    assert twice("kubectl rollout resume deploy/web").err == (
        "error: deployments.apps \"web\" is not paused\n")


def test_restart(twice):
    assert twice.ok("kubectl rollout restart deploy") == "deployment.apps/web restarted\n"
    template = json.loads(twice.ok("kubectl get deploy web -o json"))["spec"]["template"]
    restarted = template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"]
    assert restarted.startswith("2024-01-01T00:00:") and restarted.endswith("Z")
    assert twice("kubectl rollout restart cm/kube-root-ca.crt").err == (
        'error: configmaps "kube-root-ca.crt" restarting is not supported\n')


SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "redis:6"}]}
"""


def test_statefulsets(terminal):
    terminal.ok("kubectl apply -f -", SET)
    terminal.ok("kubectl rollout status sts/db")
    terminal.ok("kubectl apply -f -", SET.replace("redis:6", "redis:7"))
    assert terminal.ok("kubectl rollout status sts/db").splitlines()[-1] == (
        "partitioned roll out complete: 1 new pods have been updated...")
    assert terminal.ok("kubectl rollout undo sts/db --to-revision=1") == "statefulset.apps/db rolled back\n"
    terminal.ok("kubectl rollout status sts/db")
    assert terminal.ok("kubectl get pod db-0 -o jsonpath={.spec.containers[0].image}") == "redis:6"
    assert "    Image:\tredis:7\n" in terminal.ok("kubectl rollout history sts/db --revision=2")


def test_a_rollback_of_what_apply_manages(newest):
    newest.ok("kubectl apply -f -", SET)
    newest.ok("kubectl apply -f -", SET.replace("redis:6", "redis:7"))
    assert newest("kubectl rollout undo sts/db").err.startswith(
        "Warning: resource statefulsets/db was previously managed with 'kubectl apply'. Rolling back will not update "
        "the kubectl.kubernetes.io/last-applied-configuration annotation")
