"""`kubesim sim status` and `sim watch`."""

from __future__ import annotations

import os
import sys

import pytest

CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: NAME}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  nodeName: minikube
  containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}]
  volumes: [{name: v, persistentVolumeClaim: {claimName: used}}, {name: w, persistentVolumeClaim: {claimName: lost}}]
"""


def lines(text: str) -> list[str]:
    return [line.lstrip("│├└─ ") for line in text.splitlines()]


def test_pods_stand_below_their_workloads_and_nodes(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl create deployment none --image=nginx --replicas=0")
    terminal.ok("kubectl run bad --image=ngnix")
    terminal.ok("""kubectl run far --image=nginx --overrides='{"spec": {"nodeSelector": {"a": "b"}}}'""")
    terminal.ok("kubectl create cronjob tick --image=busybox --schedule='* * * * *' -- true")
    terminal.advance("70s")
    shown = lines(terminal.ok("kubectl sim status"))
    pod = terminal.ok("kubectl get pods -l app=web -o name").strip()
    assert shown[0] == "2024-01-01T00:01:10Z, frozen  Kubernetes v1.28.15"
    assert shown[1:4] == ["node/minikube  Ready", "pod/bad  0/1 ImagePullBackOff  70s  default",
                          "cronjob/tick  * * * * *  default"]
    assert shown[5:] == ["deployment/web  1/1  default", f"{pod}  1/1 Running  70s", "on no node",
                         "pod/far  0/1 Pending  70s  default", "without pods", "deployment/none  0/0  default"]


def test_claims_stand_below_pods_and_volumes_below_claims(terminal):
    terminal.ok("kubectl apply -f -", "---".join([CLAIM.replace("NAME", "used"), CLAIM.replace("NAME", "loose"), POD]))
    terminal.advance("1m")
    shown = lines(terminal.ok("kubectl sim status"))
    volume = {name: terminal.ok(f"kubectl get pvc {name} -o jsonpath='{{.spec.volumeName}}'")
              for name in ("used", "loose")}
    assert shown[1] == "node/minikube  Ready" and shown[2].startswith("pod/db ")
    assert shown[3:] == [
        "claim/used  Bound", f"volume/{volume['used']}  Bound  1Gi standard", "claim/lost  not there", "not mounted",
        "claim/loose  Bound",
        f"volume/{volume['loose']}  Bound  1Gi standard"]


def test_the_system_is_shown_to_who_asks(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    assert "coredns" not in terminal.ok("kubectl sim status")
    assert "deployment/coredns" in terminal.ok("kubectl sim status -A")
    only = terminal.ok("kubectl sim status -n kube-system")
    assert "deployment/coredns" in only and "web" not in only


@pytest.mark.parametrize(("flag", "environ", "colored"), [
    ("", {}, False), ("--color always", {}, True), ("", {"KUBESIM_COLOR": "always"}, True),
    ("--color never", {"KUBESIM_COLOR": "always"}, False), ("", {"KUBESIM_COLOR": "always", "NO_COLOR": "1"}, False)])
def test_colours_are_those_that_are_asked_for(terminal, flag, environ, colored):
    terminal.environ |= environ
    assert ("\033[" in terminal.ok(f"kubectl sim status {flag}")) == colored


def test_watch_without_a_terminal_shows_once(terminal):
    assert terminal.ok("kubectl sim watch") == terminal.ok("kubectl sim status")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudoterminal")
@pytest.mark.parametrize(("words", "typed", "code"), [([], b"q", 0), ([], b"\x03", 0), (["--for", "0.1"], b"", 0)])
def test_watch_goes_on_until_it_is_told_to_end(tmp_path, words, typed, code):
    """It shows what another command does meanwhile, and brings the terminal back to what it was."""
    import pty
    import select
    import signal
    import termios

    environ = {**os.environ, "KUBESIM_HOME": str(tmp_path), "TERM": "xterm", "KUBESIM_BARE": "1", "COLUMNS": "100"}
    pid, screen = pty.fork()
    if not pid:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs tests in a script's background has it ignored
        os.execve(sys.executable, [sys.executable, "-m", "kubesim_cli", "sim", "watch", *words], environ)
    seen = b""
    before = termios.tcgetattr(screen)
    while b"node/" not in seen:
        assert select.select([screen], [], [], 30)[0]
        seen += os.read(screen, 65536)
    if typed:
        assert termios.tcgetattr(screen) != before
        os.write(screen, typed)
    try:
        while chunk := os.read(screen, 65536):
            seen += chunk
    except OSError:  # the other side is closed
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == code
    assert seen.rstrip().endswith(b"Ready\x1b[0m")  # what was shown last stays
    os.close(screen)
