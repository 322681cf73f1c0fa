"""What logs, exec, attach, cp, port-forward and debug say when there is nothing to work on."""

import pytest

TWO = """\
apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  restartPolicy: Never
  initContainers: [{name: setup, image: busybox, command: ["true"]}]
  containers: [{name: main, image: nginx}, {name: side, image: nginx:doesnotexist}]
"""
NAMES = "main, side, setup (init)"


@pytest.fixture
def two(newest):
    """A pod with two containers, one of which cannot pull its image."""
    newest.ok("kubectl apply -f -", TWO)
    newest.advance("10s")
    return newest


@pytest.mark.parametrize(("line", "error"), [
    ("logs", "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required "
             "argument for the logs command\nSee 'kubectl logs -h' for help and examples\n"),
    ("logs nosuch", 'error: error from server (NotFound): pods "nosuch" not found in namespace "default"\n'),
    ("logs two -c nosuch", f"error: container nosuch is not valid for pod two out of: {NAMES}\n"),
    ("logs two -c side", 'Error from server (BadRequest): container "side" in pod "two" is waiting to start: trying '
                         "and failing to pull image\n"),
    ("logs two -c main --previous", 'Error from server (BadRequest): previous terminated container "main" in pod "two" '
                                    "not found\n"),
    ("logs two --tail=-2", "error: --tail must be greater than or equal to -1\n"),
    ("logs two main -c side", "error: only one of -c or an inline [CONTAINER] arg is allowed\n"),
    ("logs cm/kube-root-ca.crt", "error: cannot get the logs from *v1.ConfigMap: selector for *v1.ConfigMap not "
                                 "implemented\n"),
    ("exec two", "error: you must specify at least one command for the container\n"),
    ("exec two ls", "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
                    "See 'kubectl exec -h' for help and examples\n"),
    ("exec nosuch -- ls", 'Error from server (NotFound): pods "nosuch" not found\n'),
    ("exec two -c nosuch -- ls", f"error: container nosuch is not valid for pod two out of: {NAMES}\n"),
    ("attach nosuch", 'Error from server (NotFound): pods "nosuch" not found\n'),
    ("attach two -c nosuch", "error: cannot attach to the container: "
                             f"container nosuch is not valid for pod two out of: {NAMES}\n"),
    ("cp a b", "error: one of src or dest must be a remote file specification\n"),
    ("port-forward two", "error: TYPE/NAME and list of ports are required for port-forward\n"
                         "See 'kubectl port-forward -h' for help and examples\n"),
    ("debug nosuch --image=busybox", 'Error from server (NotFound): pods "nosuch" not found\n'),
])
def test_refusals(two, line, error):
    assert two(f"kubectl {line}") == (1, "", error)


def test_older_releases(terminal):
    terminal.ok("kubectl apply -f -", TWO)
    terminal.advance("10s")
    assert terminal("kubectl logs nosuch").err == 'Error from server (NotFound): pods "nosuch" not found\n'
    assert terminal("kubectl logs two -c x").err == "error: container x is not valid for pod two\n"
    assert terminal("kubectl attach two -c x").err == (
        "error: cannot attach to the container: container x not found in pod two\n")
    assert terminal("kubectl exec two -c x -- ls").err == (
        "Error from server (BadRequest): container x is not valid for pod two\n")
    assert terminal("kubectl exec two ls -c main").err.startswith(
        "kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use kubectl exec [POD] -- "
        "[COMMAND] instead.\n")
