"""`kubesim sim fail`: pods and storage. Requests: test_stubs.py."""

from __future__ import annotations

import pytest

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: nginx
    readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}
    livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 10, failureThreshold: 2}
  - {name: side, image: busybox, command: [sleep, infinity]}
"""


@pytest.fixture(params=["full", "stub"])
def web(request, terminal):
    """A terminal with a pod, on either kind of node."""
    terminal.ok(f"kubectl sim reset --seed a --bare --kubelet {request.param}")
    terminal.ok("kubectl apply -f -", POD)
    terminal.advance("30s")
    assert terminal.ok("kubectl get pod web --no-headers").split()[1] == "2/2"
    return terminal


def row(terminal) -> list[str]:
    return terminal.ok("kubectl get pod web --no-headers").split()


def test_a_pod_crashes_and_is_restarted(web):
    assert web.ok("kubectl sim fail pod/web --crash --exit 139 -c web") == "pod/web has crashed\n"
    assert row(web)[1:3] == ["1/2", "Error"]
    web.advance("10s")
    assert row(web)[1:4] == ["2/2", "Running", "1"]
    last = "kubectl get pod web -o 'jsonpath={.status.containerStatuses[?(@.name==\"web\")].lastState.terminated"
    assert web.ok(last + ".exitCode}'") == "139"
    assert web.ok(last + ".reason}'") == "Error"
    web.advance("10m")
    assert row(web)[3] == "1" and web.ok("kubectl sim fail list") == ""


def test_a_pod_runs_out_of_memory_again_and_again(web):
    web.ok("kubectl sim fail 'pod/w*' --oom --again -c web")
    assert row(web)[1:3] == ["1/2", "OOMKilled"]
    web.advance("20m")
    assert row(web)[1:3] == ["1/2", "CrashLoopBackOff"] and int(row(web)[3]) > 5
    assert "exitCode: 137" in web.ok("kubectl get pod web -o yaml")
    assert web.ok("kubectl sim fail list") == "pod/w* -n default -c web oom 5s after each start\n"
    assert web.ok("kubectl sim fail 'pod/w*' --mend") == "pod/w* mended\n"
    web.advance("6m")
    assert row(web)[1:3] == ["2/2", "Running"]


def test_readiness_probes_fail_until_they_are_mended(web):
    assert web.ok("kubectl sim fail pod/web --probe readiness") == "pod/web: probes fail\n"
    web.advance("20s")
    assert row(web)[1:4] == ["1/2", "Running", "0"]
    assert "Readiness probe failed: HTTP probe failed with statuscode: 500" in web.ok("kubectl describe pod web")
    web.ok("kubectl sim fail pod/web --mend")
    web.advance("5s")
    assert row(web)[1:4] == ["2/2", "Running", "0"]


def test_liveness_probes_that_fail_end_in_a_loop(web):
    web.ok("kubectl sim fail pod/web --probe")
    web.advance("1m")
    told = web.ok("kubectl describe pod web")
    assert "Liveness probe failed: dial tcp 10.244.0." in told and "connect: connection refused" in told
    assert "Container web failed liveness probe, will be restarted" in told
    web.advance("20m")
    assert int(row(web)[3]) > 3


def test_pods_to_come_start_slowly(web):
    web.ok("kubectl sim fail 'pod/late*' --slow 30s")
    web.ok("kubectl run late --image=nginx")
    web.ok("kubectl run early --image=nginx")
    web.advance("30s")
    assert "ContainerCreating" in web.ok("kubectl get pod late") and "Running" in web.ok("kubectl get pod early")
    web.advance("5s")
    assert "Running" in web.ok("kubectl get pod late")


def test_storage_fails_and_is_mended(terminal):
    claim = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
    terminal.ok("kubectl sim reset --seed a")
    assert terminal.ok("kubectl sim fail storage standard") == "storage class standard fails\n"
    terminal.ok("kubectl apply -f -", claim)
    terminal.advance("1m")
    assert terminal.ok("kubectl get pvc data --no-headers").split()[1] == "Pending"
    told = terminal.ok("kubectl describe pvc data")
    assert ('failed to provision volume with StorageClass "standard": mkdir /tmp/hostpath-provisioner/default/data: no '
            "space left on device") in told
    assert "(x3 over 60s)" in told
    terminal.advance("1h")
    events = "kubectl get events --field-selector=reason=ProvisioningFailed --no-headers -o custom-columns=:.count"
    assert 6 < int(terminal.ok(events)) < 12
    assert terminal.ok("kubectl sim fail list") == "storage standard\n"
    assert terminal.ok("kubectl sim fail storage standard --mend") == "storage class standard mended\n"
    terminal.advance("1s")
    assert terminal.ok("kubectl get pvc data --no-headers").split()[1] == "Bound"
    assert terminal("kubectl sim fail storage --mend").err == "Error: no storage class fails\n"
    assert terminal.ok("kubectl sim fail storage") == "storage fails\n"


@pytest.mark.parametrize("line, told", [
    ("pod/nosuch --crash", 'there is no pod "nosuch" in namespace "default"'),
    ("pod/web --crash -c nosuch", '"web" has no container "nosuch"'),
    ("pod/web --probe startup", '"web" has no startup probe'),
    ("pod/web --mend", 'nothing was said of "web"'),
    ("storage nosuch", 'there is no storage class "nosuch"'),
    ("pod/web", "one of --crash"),
    ("pod/web --crash --oom", "one of --crash"),
    ("pod/ --crash", 'there is no pod ""'),
    ("nosuch", "No such command 'nosuch'"),
    ("deploy/web --oom", "deploy/web: of objects only pods fail, as in pod/web-0 or 'pod/web-*'"),
])
def test_what_would_do_nothing_is_told(web, line, told):
    result = web(f"kubectl sim fail {line}")
    assert result.code in (1, 2) and told in result.err, result
