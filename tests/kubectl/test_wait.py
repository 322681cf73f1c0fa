"""kubectl wait."""

import pytest

SLOW = """\
apiVersion: v1
kind: Pod
metadata: {name: picky}
spec:
  nodeSelector: {disk: none}
  containers: [{name: main, image: nginx}]
"""


def test_a_condition(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    assert terminal("kubectl wait deploy/web --for=condition=available --timeout=0") == (
        1, "", "error: condition not met for deployments/web\n")
    assert terminal("kubectl wait deploy web --for condition=Available=TRUE --timeout=60s") == (
        0, "deployment.apps/web condition met\n", "")
    assert terminal.ok("kubectl wait pods --all --for=condition=ready").endswith(" condition met\n")
    assert terminal("kubectl wait deploy web --for=condition=Available=false --timeout=5s") == (
        1, "", "error: timed out waiting for the condition on deployments/web\n")


def test_a_path(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    assert terminal("kubectl wait deploy/web --for=jsonpath='{.status.readyReplicas}'=1") == (
        0, "deployment.apps/web condition met\n", "")
    assert terminal("kubectl wait deploy/web --for=jsonpath=.spec.replicas").code == 0
    available = '{.status.conditions[?(@.type=="Available")].status}=True'
    assert terminal(f"kubectl wait deploy/web --for=jsonpath='{available}'").code == 0
    assert terminal("kubectl wait deploy/web --for=jsonpath='{.metadata.labels}'=1").err == (
        "error: jsonpath leads to a nested object or list which is not supported\n")


@pytest.mark.parametrize(("condition", "error"), [
    ("ready", 'error: unrecognized condition: "ready"\n'),
    ("create", 'error: unrecognized condition: "create"\n'),
    ("jsonpath={.a}={.b}=c", "error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
                             "--for=jsonpath='{.status.readyReplicas}'\n"),
    ("jsonpath={.a}=", "error: jsonpath wait has to have a value after equal sign, like "
                       "--for=jsonpath='{.status.readyReplicas}'=3\n"),
])
def test_what_cannot_be_waited_for(terminal, condition, error):
    assert terminal(f"kubectl wait pod/x --for='{condition}'") == (1, "", error)


def test_deletion(terminal):
    terminal.ok("kubectl apply -f -", SLOW)
    assert terminal("kubectl wait pod/picky --for=delete --timeout=3s") == (
        1, "", "error: timed out waiting for the condition on pods/picky\n")
    terminal.ok("kubectl delete pod picky --wait=false")
    assert terminal("kubectl wait pod/picky --for=delete").code == 0
    assert terminal("kubectl wait pod/nosuch --for=delete") == (0, "", "")
    assert terminal("kubectl wait pod/nosuch --for=condition=Ready") == (
        1, "", 'Error from server (NotFound): pods "nosuch" not found\n')


def test_nothing_there(terminal):
    assert terminal("kubectl wait pods -l a=b --for=condition=Ready") == (1, "", "error: no matching resources found\n")
    assert terminal("kubectl wait pods -l a=b --for=delete") == (0, "", "")


def test_creation_and_more(newest):
    newest.ok("kubectl create deployment web --image=nginx")
    assert newest("kubectl wait pods -l app=web --for=create --for=condition=Ready").out.count("condition met\n") == 2
    assert newest("kubectl wait secret/later --for=create --timeout=2s") == (
        1, "", "error: timed out waiting for the condition\n")


def test_creation_is_of_all_that_is_named(newest):
    timed_out = (1, "", "error: timed out waiting for the condition\n")
    newest.ok("kubectl create cm a")
    assert newest("kubectl wait secret/later cm/a --for=create --timeout=2s") == timed_out
    assert newest("kubectl wait pods -l app=web --for=create --timeout=2s") == timed_out
    newest.environ["KUBESIM_KUBECTL_VERSION"] = "1.32"
    assert newest("kubectl wait secret/later cm/a --for=create --timeout=2s") == timed_out
    assert newest("kubectl wait pods -l app=web --for=create --timeout=2s") == (
        1, "", "error: no matching resources found\n")
    assert newest("kubectl wait nopes/x --for=create --timeout=2s").err.startswith("error: the server doesn't have a")


def test_of_several_conditions_older_releases_take_the_last(terminal):
    terminal.ok("kubectl create cm a")
    assert terminal("kubectl wait cm/a --for=nonsense --for=jsonpath='{.metadata.name}'=a").code == 0
