"""set selector: what it sends, shows and refuses."""

import json

import pytest

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {a: b}}\n" \
          "spec: {selector: {app: web}, ports: [{port: 80}]}\n"


@pytest.fixture
def web(newest):
    newest.ok("kubectl apply -f -", SERVICE)
    return newest


def selector(terminal, name="web"):
    return json.loads(terminal.ok(f"kubectl get svc {name} -o jsonpath={{.spec.selector}}"))


def test_a_selector_is_replaced_as_a_whole(web):
    assert web.ok("kubectl set selector svc web tier=x,env=y") == "service/web selector updated\n"
    assert selector(web) == {"tier": "x", "env": "y"}


@pytest.mark.parametrize(("flags", "told"), [
    ("--dry-run=client", "service/web selector updated (dry run)\n"),
    ("--dry-run=server", "service/web selector updated (server dry run)\n"),
])
def test_dry_runs(web, flags, told):
    assert web.ok(f"kubectl set selector svc web tier=x {flags}") == told
    assert selector(web) == {"app": "web"}


def test_a_file_alone(web):
    shown = web.ok("kubectl set selector --local -f - tier=x -o json", SERVICE.replace("web", "other"))
    assert json.loads(shown)["spec"]["selector"] == {"tier": "x"}
    assert web("kubectl get svc other").code == 1


def test_all_services(web):
    web.ok("kubectl create service clusterip other --tcp=80")
    assert web.ok("kubectl set selector svc --all tier=x").count("selector updated") == 3
    assert selector(web, "other") == {"tier": "x"} == selector(web)


def test_a_version_that_is_not_the_newest_is_refused(web):
    refused = web("kubectl set selector svc web tier=x --resource-version=1")
    assert refused.code == 1 and "the object has been modified" in refused.err
    version = web.ok("kubectl get svc web -o jsonpath={.metadata.resourceVersion}")
    web.ok(f"kubectl set selector svc web tier=x --resource-version={version}")
    assert selector(web) == {"tier": "x"}


def test_the_command_is_recorded_where_that_is_asked_for(web):
    web.ok("kubectl set selector svc web tier=x --record")
    assert web.ok("kubectl get svc web -o jsonpath={.metadata.annotations.kubernetes\\\\.io/change-cause}") == (
        "kubectl set selector svc web tier=x --record=true")


@pytest.mark.parametrize(("line", "told"), [
    ("", "error: one selector is required\n"),
    ("svc web 'a in (b,c),d'", "error: match expression [{a In [b c]} {d Exists []}] not supported on this object\n"),
    ("cm kube-root-ca.crt a=b", "error: setting a selector is only supported for Services\n"),
    ("svc none a=b", 'Error from server (NotFound): services "none" not found\n'),
])
def test_refusals(web, line, told):
    assert web(f"kubectl set selector {line}") == (1, "", told)
