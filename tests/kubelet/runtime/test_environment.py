"""What the kubelet puts into a container's environment."""

import json

import pytest

from kubesim_cli.kubelet.runtime import environment


class Api:
    """A cluster with one ConfigMap and one Secret."""

    release = (1, 31)

    def find(self, resource, name, namespace=None):
        return {("configmaps", "c"): {"kind": "ConfigMap", "data": {"a": "1"}, "binaryData": {"b": "Mg=="}},
                ("secrets", "s"): {"kind": "Secret", "data": {"p": "Mw=="}}}.get((resource, name))


POD = {"metadata": {"name": "a", "namespace": "n", "labels": {"x": "y"}, "annotations": {"k": "v"}},
       "status": {"podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}], "hostIP": "1.2.3.4"},
       "spec": {"containers": [{"name": "c", "resources": {"limits": {"memory": "64Mi"},
       "requests": {"cpu": "250m"}}}]}}


def env_of(*env, sources=()):
    return environment.environment(Api(), POD, {**POD["spec"]["containers"][0], "env": list(env),
        "envFrom": list(sources)})


@pytest.mark.parametrize(("source", "value"), [
    ({"fieldRef": {"fieldPath": "metadata.name"}}, "a"), ({"fieldRef": {"fieldPath": "metadata.labels['x']"}}, "y"),
    ({"fieldRef": {"fieldPath": "metadata.annotations"}}, 'k="v"'),
    ({"fieldRef": {"fieldPath": "status.podIPs"}}, "10.0.0.1,fd00::1"),
    ({"fieldRef": {"fieldPath": "status.hostIP"}}, "1.2.3.4"),
    ({"resourceFieldRef": {"resource": "limits.memory"}}, "67108864"),
    ({"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}, "64"),
    ({"resourceFieldRef": {"resource": "requests.cpu", "containerName": "c"}}, "1"),
    ({"resourceFieldRef": {"resource": "requests.cpu", "divisor": "1m"}}, "250"),
    ({"resourceFieldRef": {"resource": "limits.cpu"}}, "2"), ({"resourceFieldRef": {"resource": "requests.memory"}},
    "0"),
    ({"configMapKeyRef": {"name": "c", "key": "b"}}, "2"), ({"secretKeyRef": {"name": "s", "key": "p"}}, "3"),
    ({"configMapKeyRef": {"name": "no", "key": "b", "optional": True}}, None),
    ({"secretKeyRef": {"name": "s", "key": "no", "optional": True}}, None), ({"fileKeyRef": {}}, None),
])
def test_where_a_variable_comes_from(source, value):
    assert env_of({"name": "V", "valueFrom": source}) == ({} if value is None else {"V": value}, "")


@pytest.mark.parametrize(("source", "problem"), [
    ({"configMapKeyRef": {"name": "no", "key": "b"}}, 'configmap "no" not found'),
    ({"secretKeyRef": {"name": "s", "key": "no"}}, "couldn't find key no in Secret n/s")])
def test_why_there_is_none(source, problem):
    assert env_of({"name": "V", "valueFrom": source})[1] == problem


def test_whole_sources_and_references():
    env, problem = env_of({"name": "V", "value": "$(P_a) $$(P_a) $(no)"}, sources=[
        {"configMapRef": {"name": "c"}, "prefix": "P_"}, {"secretRef": {"name": "no", "optional": True}}])
    assert (env, problem) == ({"P_a": "1", "P_b": "2", "V": "1 $(P_a) $(no)"}, "")
    assert env_of(sources=[{"secretRef": {"name": "no"}}])[1] == 'secret "no" not found'


@pytest.mark.parametrize(("release", "prefix", "set_", "told"), [
    ("1.31", "", ["good=c"], "Keys [1bad, 2bad] from the EnvFrom configMap default/a were skipped since they are "
                             "considered invalid environment variable names."),
    ("1.31", "X_", ["X_1bad=a", "X_2bad=b", "X_good=c"], ""), ("1.32", "", ["1bad=a", "2bad=b", "good=c"], "")])
def test_keys_that_are_no_names_of_variables_are_skipped_and_told(terminal, release, prefix, set_, told):
    terminal.ok(f"kubectl sim reset --bare --kubernetes-version {release}")
    terminal.ok("kubectl create configmap a --from-literal=2bad=b --from-literal=1bad=a --from-literal=good=c")
    source = {"prefix": prefix, "configMapRef": {"name": "a"}}
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}, "spec": {"containers": [
        {"name": "c", "image": "busybox", "command": ["env"], "envFrom": [source]}], "restartPolicy": "Never"}}
    terminal.ok("kubectl apply -f -", json.dumps(pod))
    terminal.advance("5s")
    said = terminal.ok("kubectl logs p").splitlines()
    assert sorted(line for line in said if line.partition("=")[0].endswith(("bad", "good"))) == set_
    warnings = "kubectl get events --field-selector reason=InvalidEnvironmentVariableNames -o jsonpath={..message}"
    assert terminal.ok(warnings) == told
