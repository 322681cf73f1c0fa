"""GET of a pod's log by its path."""

from __future__ import annotations

import json

import pytest

SPEC = {"restartPolicy": "Never", "containers": [
    {"name": name, "image": "busybox", "command": ["sh", "-c", f"for i in 1 2 3; do echo {name}$i; sleep 1; done"]}
    for name in "ab"]}
TWO = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "two"}, "spec": SPEC}
PATH = "/api/v1/namespaces/default/pods"


@pytest.fixture
def log(terminal):
    """`log("two/log?...")` reads a path below the pods of the default namespace."""
    terminal.ok("kubectl apply -f -", json.dumps(TWO))
    terminal.advance("10s")
    return lambda path: terminal(f"kubectl get --raw '{PATH}/{path}'")


@pytest.mark.parametrize("query, expected", [
    ("", "a1\na2\na3\n"), ("&tailLines=1", "a3\n"), ("&limitBytes=4", "a1\na"), ("&sinceSeconds=1", ""),
    ("&sinceTime=2024-01-01T00:00:00Z&tailLines=2&follow=true", "a2\na3\n")])
def test_what_a_log_says(log, query, expected):
    assert log(f"two/log?container=a{query}") == (0, expected, "")


def test_timestamps(log):
    (line,) = log("two/log?container=b&timestamps=1&tailLines=1").out.splitlines()
    assert line.startswith("2024-01-01T00:00:0") and line.endswith("Z b3")


@pytest.mark.parametrize("path, told", [
    ("nope/log", 'Error from server (NotFound): pods "nope" not found'),
    ("two/log", "Error from server (BadRequest): a container name must be specified for pod two, choose one of: [a b]"),
    ("two/log?container=c", "Error from server (BadRequest): container c is not valid for pod two"),
    ("two/log?container=a&previous=true",
     'Error from server (BadRequest): previous terminated container "a" in pod "two" not found'),
    ("two/log?container=a&tailLines=x",
     'Error from server (BadRequest): strconv.ParseInt: parsing "x": invalid syntax'),
    ("two/log?container=a&sinceTime=x", 'Error from server (BadRequest): parsing time "x" as '
     '"2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'),
    ("two/log?container=a&tailLines=-1&limitBytes=0&sinceSeconds=0", 'The PodLogOptions "two" is invalid: \n'
     "* tailLines: Invalid value: -1: must be greater than or equal to 0\n"
     "* limitBytes: Invalid value: 0: must be greater than 0\n"
     "* sinceSeconds: Invalid value: 0: must be greater than 0"),
    ("two/log?container=a&sinceSeconds=5&sinceTime=2024-01-01T00:00:00Z", 'The PodLogOptions "two" is invalid: : '
     "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified")])
def test_logs_that_are_refused(log, path, told):
    assert log(path) == (1, "", told + "\n")
