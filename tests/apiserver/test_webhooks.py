"""Admission webhooks: whom they are about, and the refusal where nothing answers."""

import pytest

from kubesim_cli.controllers.customresourcedefinition import CustomResourceDefinitionController

GROUP = "admissionregistration.k8s.io/v1"
SERVICE = {"service": {"name": "hook", "namespace": "default", "path": "/check"}}
PREFIX = ('Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post '
          '"https://hook.default.svc:443/check?timeout=10s": ')


def configure(api, kind="Validating", config=None, resource="configmaps", **fields):
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "DELETE"], "resources": [resource]}]
    hook = {"name": "check.example.com", "clientConfig": config or SERVICE, "sideEffects": "None",
            "admissionReviewVersions": ["v1"], "rules": rules, **fields}
    return api.create(GROUP, f"{kind}WebhookConfiguration", "w", webhooks=[hook])


def make(api, name="c", namespace="default", **labels):
    return api.create("v1", "ConfigMap", name, namespace, labels=labels)


def service(api, port=443, **spec):
    return api.create("v1", "Service", "hook", spec={"ports": [{"port": port}], **spec})


@pytest.mark.parametrize("release", [(1, 28), (1, 36)])
@pytest.mark.parametrize("kind", ["Validating", "Mutating"])
def test_nothing_answers(start, kind, release):
    api = start(release)
    make(api, "before")
    configure(api, kind)
    assert api.refused(make, api) == PREFIX + 'service "hook" not found'
    if kind == "Validating":
        assert api.refused(api.admin.delete, "configmaps", "before", "default").startswith(PREFIX)
    address = service(api)["spec"]["clusterIP"]
    assert api.refused(make, api) == PREFIX + f"dial tcp {address}:443: connect: connection refused"
    api.create("v1", "Endpoints", "hook", subsets=[{"addresses": [{"ip": "10.244.0.9"}], "ports": [{"port": 443}]}])
    make(api)


@pytest.mark.parametrize("spec,why", [
    ({"clusterIP": "None"}, 'cannot route to service with ClusterIP "None"'),
    ({"port": 80}, 'no service port 443 found for service "hook"'),
    ({"type": "ExternalName", "externalName": "hook.example.com"}, "dial tcp: lookup hook.example.com: no such host"),
])
def test_services_that_cannot_be_used(api, spec, why):
    service(api, **spec)
    configure(api)
    assert api.refused(make, api) == PREFIX + why


@pytest.mark.parametrize("url,shown,why", [
    ("https://127.0.0.1:9443/a", "https://127.0.0.1:9443/a", "dial tcp 127.0.0.1:9443: connect: connection refused"),
    ("https://hook.example.com", "https://hook.example.com/", "dial tcp: lookup hook.example.com: no such host"),
])
def test_urls(api, url, shown, why):
    configure(api, config={"url": url}, timeoutSeconds=5)
    assert api.refused(make, api).endswith(f'Post "{shown}?timeout=5s": {why}')


def test_whom_it_is_about(api):
    api.create("v1", "Namespace", "free", labels={"free": "yes"})
    configure(api, namespaceSelector={"matchExpressions": [{"key": "free", "operator": "DoesNotExist"}]},
              objectSelector={"matchLabels": {"checked": "yes"}},
              matchConditions=[{"name": "named", "expression": "object.metadata.name != 'known'"}])
    make(api)
    make(api, namespace="free", checked="yes")
    make(api, "known", checked="yes")
    api.create("v1", "Secret", "c", labels={"checked": "yes"})
    assert api.refused(make, api, "d", checked="yes").startswith(PREFIX)


def test_failure_policy(api):
    configure(api, failurePolicy="Ignore", matchConditions=[{"name": "odd", "expression": "object.none == 1"}])
    make(api)


def test_conditions_without_a_value(api):
    configure(api, matchConditions=[{"name": "odd", "expression": "object.none == 1"}])
    assert api.refused(make, api) == (
        "configmaps \"c\" is forbidden: expression 'object.none == 1' resulted in error: no such key: none")


def test_its_own_configuration_is_not_about_itself(api):
    configure(api, resource="*/*", rules=[{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"],
                                           "resources": ["*/*"]}])
    api.admin.delete("validatingwebhookconfigurations.admissionregistration.k8s.io", "w")
    make(api)


def test_conditions_that_are_wrong(api):
    assert "webhooks[0].matchConditions[0].expression: Invalid value: \"1\": must evaluate to bool but got int" in (
        api.refused(configure, api, matchConditions=[{"name": "odd", "expression": "1"}]))


def test_versions_that_a_webhook_converts(api):
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [{"name": name, "served": True, "storage": name == "v1", "schema": schema} for name in ("v1", "v2")]
    api.create("apiextensions.k8s.io/v1", "CustomResourceDefinition", "foos.a.b", None, spec={
        "group": "a.b", "scope": "Namespaced", "names": {"plural": "foos", "kind": "Foo"}, "versions": versions,
        "conversion": {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": {
            "service": {"name": "hook", "namespace": "default", "path": "/convert"}}}}})
    CustomResourceDefinitionController().sync(api.trusted, "foos.a.b")
    api.create("a.b/v1", "Foo", "one")

    def told(version, kind):
        return (f'conversion webhook for a.b/{version}, Kind={kind} failed: Post '
                '"https://hook.default.svc:443/convert?timeout=30s": service "hook" not found')

    admin = api.admin
    assert admin.get("foos.v1.a.b", "one", "default")["apiVersion"] == "a.b/v1"
    assert api.refused(admin.get, "foos.v2.a.b", "one", "default") == told("v1", "Foo")
    assert api.refused(admin.list, "foos.v2.a.b", "default") == told("v1", "FooList")
    assert api.refused(api.create, "a.b/v2", "Foo", "two") == told("v2", "Foo")
    assert api.refused(admin.delete, "foos.v2.a.b", "one", "default") == told("v1", "Foo")
    assert admin.get("foos.v1.a.b", "one", "default")["metadata"]["name"] == "one"
    service(api)
    api.create("v1", "Endpoints", "hook", subsets=[{"addresses": [{"ip": "10.244.0.9"}], "ports": [{"port": 443}]}])
    api.create("a.b/v2", "Foo", "two")
    assert [foo["apiVersion"] for foo in admin.list("foos.v2.a.b", "default")["items"]] == ["a.b/v2", "a.b/v2"]
