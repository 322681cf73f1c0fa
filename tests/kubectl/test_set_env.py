"""What `set env --list` makes of variables that refer to something, with and without --resolve."""

from __future__ import annotations

import pytest

POD = """apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web, tier: front}, annotations: {Team: blue, note: 'a "b"'}}
spec:
  containers:
  - name: main
    image: nginx
    resources: {limits: {cpu: 1500m, memory: 64Mi}, requests: {cpu: 250m}}
    env: [{name: X, valueFrom: {%s}}]
"""


@pytest.fixture
def listed(terminal):
    """`listed(valueFrom, flags)` lists the variable X of a pod; returns (the line after the header, stderr)."""
    terminal.ok("kubectl create cm flags --from-literal=mode=fast")
    terminal.ok("kubectl create secret generic keys --from-literal=token=s3cret")

    def call(source, flags=""):
        result = terminal(f"kubectl set env --list {flags} -f - --local", POD % source)
        assert result.code == 0
        header, _, line = result.out.partition("\n")
        assert header == "# Pod web, container main"
        return line.rstrip("\n"), result.err

    return call


@pytest.mark.parametrize(("source", "told"), [
    ("configMapKeyRef: {name: flags, key: mode}", "# X from configmap flags, key mode"),
    ("secretKeyRef: {name: keys, key: token}", "# X from secret keys, key token"),
    ("fieldRef: {fieldPath: metadata.name}", "# X from field path metadata.name"),
    ("resourceFieldRef: {resource: limits.cpu}", "# X from resource field limits.cpu"),
    ("resourceFieldRef: {containerName: main, resource: limits.cpu}", "# X from resource field main/limits.cpu"),
    ("", "# X from invalid valueFrom"),
])
def test_references_in_words(listed, source, told):
    assert listed(source) == (told, "")


@pytest.mark.parametrize(("source", "value"), [
    ("configMapKeyRef: {name: flags, key: mode}", "fast"), ("secretKeyRef: {name: keys, key: token}", "s3cret"),
    ("fieldRef: {fieldPath: metadata.name}", "web"),
    ("fieldRef: {fieldPath: \"metadata.labels['tier']\"}", "front"),
    ("fieldRef: {fieldPath: \"metadata.annotations['Team']\"}", "blue"),
    ("fieldRef: {fieldPath: \"metadata.labels['none']\"}", ""),
    ("fieldRef: {fieldPath: metadata.labels}", 'app="web"\ntier="front"'),
    ("fieldRef: {fieldPath: metadata.annotations}", 'Team="blue"\nnote="a \\"b\\""'),
    ("resourceFieldRef: {resource: limits.cpu}", "2"),
    ("resourceFieldRef: {resource: limits.cpu, divisor: 1m}", "1500"),
    ("resourceFieldRef: {resource: requests.cpu, divisor: '0'}", "1"),
    ("resourceFieldRef: {resource: limits.memory, divisor: 1Mi}", "64"),
    ("resourceFieldRef: {resource: requests.memory}", "0"),
])
def test_references_resolved(listed, source, value):
    assert listed(source, "--resolve") == (f"X={value}", "")


@pytest.mark.parametrize(("source", "problem"), [
    ("configMapKeyRef: {name: flags, key: nosuch}", "key nosuch not found in config map flags"),
    ("configMapKeyRef: {name: nosuch, key: a}", 'configmaps "nosuch" not found'),
    ("secretKeyRef: {name: keys, key: nosuch}", "key nosuch not found in secret keys"),
    ("fieldRef: {fieldPath: status.podIP}", "unsupported fieldPath: status.podIP"),
    ("fieldRef: {fieldPath: \"metadata.name['a']\"}", "fieldPath \"metadata.name['a']\" does not support subscript"),
    ("resourceFieldRef: {resource: limits.gpu}", "Unsupported container resource : limits.gpu"),
    ("resourceFieldRef: {resource: cpu}", "Unsupported container resource : cpu"),
    ("", "invalid valueFrom"),
])
def test_references_that_lead_nowhere(listed, source, problem):
    line, err = listed(source, "--resolve")
    assert line.startswith("# X from ")
    assert err == f"error retrieving reference for X: {problem}\n"


@pytest.mark.parametrize("line", ["set env -f - -", "set env -f - --local -e -", "set env -f - --from=cm/c -"])
def test_standard_input_is_read_once(terminal, line):
    """As the file of resources or of variables (Builder.StdinInUse)."""
    assert terminal(f"kubectl {line}", "A=b") == (
        1, "", "error: standard input cannot be used for multiple arguments\n")
