"""Which ports kubectl port-forward finds, and what it refuses."""

import pytest

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: main
    image: nginx
    ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}, {containerPort: 443},
            {name: both, containerPort: 443, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: lost}
spec: {nodeName: nowhere, containers: [{name: main, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 8080, targetPort: http}, {name: dns, port: 53, protocol: UDP},
          {name: lost, port: 81, targetPort: nosuch}, {name: plain, port: 82}]
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: lost, port: 81, targetPort: nosuch}]}
---
apiVersion: v1
kind: Service
metadata: {name: empty}
spec: {ports: [{port: 80}]}
"""
FORWARDED = "error: kubesim does not run processes in containers yet, so it cannot forward ports to one\n"
NO_NAMED_PORT = "error: Pod 'web' does not have a named port 'nosuch'\n"


@pytest.fixture
def pods(newest):
    newest.ok("kubectl apply -f -", PODS)
    newest.advance("10s")
    return newest


@pytest.mark.parametrize(("line", "told"), [
    ("web 80", FORWARDED), ("web 8080:http", FORWARDED), ("web :80 9000:443", FORWARDED), ("web both", FORWARDED),
    ("web nosuch", NO_NAMED_PORT), ("web 80 1:nosuch", NO_NAMED_PORT),
    ("web 80:", "error: remote port cannot be empty\n"),
    ("web dns", "error: UDP protocol is not supported for dns\n"),
    ("web 5000:53", "error: UDP protocol is not supported for 53\n"),
    ("svc/web 8080", FORWARDED), ("svc/web http", FORWARDED), ("svc/web 1:plain", FORWARDED),
    ("svc/web 80", "error: Service web does not have a service port 80\n"),
    ("svc/web nosuch", "error: Service 'web' does not have a named port 'nosuch'\n"),
    ("svc/web dns", "error: UDP protocol is not supported for dns\n"),
    ("svc/web 53", "error: UDP protocol is not supported for 53\n"),
    ("svc/web lost", NO_NAMED_PORT), ("svc/web 81", NO_NAMED_PORT), ("svc/headless 81", FORWARDED),
    ("svc/empty 80", "error: cannot attach to *v1.Service: invalid service 'empty': Service is defined without a "
                     "selector\n"),
    ("lost 80", "error: unable to forward port because pod is not running. Current status=Pending\n"),
    ("web 80 --pod-running-timeout=0s", "error: --pod-running-timeout must be higher than zero\n"
                                        "See 'kubectl port-forward -h' for help and examples\n"),
])
def test_which_ports_there_are(pods, line, told):
    assert pods(f"kubectl port-forward {line}") == (1, "", told)
