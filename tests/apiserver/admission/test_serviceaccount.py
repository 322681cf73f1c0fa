"""ServiceAccount admission: tokens, pull secrets, and the secrets that an account may keep its pods to."""

import pytest

TOKENS = "/var/run/secrets/kubernetes.io/serviceaccount"
ENFORCED = {"kubernetes.io/enforce-mountable-secrets": "true"}
MIRROR = {"kubernetes.io/config.mirror": "x"}


def account(api, **fields):
    return api.create("v1", "ServiceAccount", "sa", **fields)


def test_the_pods_wish_for_a_token_comes_before_the_accounts(api):
    account(api, automountServiceAccountToken=False)
    assert "volumes" not in api.pod("a", serviceAccountName="sa")["spec"]
    spec = api.pod("b", serviceAccountName="sa", automountServiceAccountToken=True)["spec"]
    assert spec["volumes"][0]["name"].startswith("kube-api-access-")


def test_every_container_gets_the_token_once(api):
    own = {"name": "own", "image": "i", "volumeMounts": [{"name": "v", "mountPath": TOKENS}]}
    spec = api.pod("a", volumes=[{"name": "v", "emptyDir": {}}], initContainers=[own, {"name": "init", "image": "i"}])[
        "spec"]
    [token] = [volume["name"] for volume in spec["volumes"] if "projected" in volume]
    mounts = {container["name"]: [mount["name"] for mount in container["volumeMounts"]]
              for container in spec["initContainers"] + spec["containers"]}
    assert mounts == {"own": ["v"], "init": [token], "c": [token]}


def test_a_volume_for_the_token_that_is_there_is_taken(api):
    spec = api.pod("a", volumes=[{"name": "kube-api-access-mine", "emptyDir": {}}])["spec"]
    assert [volume["name"] for volume in spec["volumes"]] == ["kube-api-access-mine"]
    assert spec["containers"][0]["volumeMounts"][0]["name"] == "kube-api-access-mine"


def test_no_volume_where_no_container_needs_it(api):
    own = {"volumeMounts": [{"name": "v", "mountPath": TOKENS}]}
    spec = api.pod("a", container=own, volumes=[{"name": "v", "emptyDir": {}}])["spec"]
    assert [volume["name"] for volume in spec["volumes"]] == ["v"]


def test_pull_secrets_of_the_account(api):
    account(api, imagePullSecrets=[{"name": "hub"}])
    assert api.pod("a", serviceAccountName="sa")["spec"]["imagePullSecrets"] == [{"name": "hub"}]
    own = api.pod("b", serviceAccountName="sa", imagePullSecrets=[{"name": "mine"}])["spec"]
    assert own["imagePullSecrets"] == [{"name": "mine"}]


WHY = "is not allowed because service account sa does not reference that secret"
ENV = {"env": [{"name": "E", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}
ENV_FROM = {"envFrom": [{"secretRef": {"name": "s"}}]}


@pytest.mark.parametrize(("container", "spec", "told"), [
    ({}, {"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}, f'volume with secret.secretName="s" {WHY}'),
    (ENV, {}, f'container c with envVar E referencing secret.secretName="s" {WHY}'),
    (ENV_FROM, {}, f'container c with envFrom referencing secret.secretName="s" {WHY}'),
    ({}, {"initContainers": [{"name": "i", "image": "i", **ENV}]},
     f'init container i with envVar E referencing secret.secretName="s" {WHY}'),
    ({}, {"initContainers": [{"name": "i", "image": "i", **ENV_FROM}]},
     f'init container i with envFrom referencing secret.secretName="s" {WHY}'),
])
def test_an_account_keeps_its_pods_to_its_secrets(api, container, spec, told):
    api.create("v1", "ServiceAccount", "sa", annotations=ENFORCED, secrets=[{"name": "other"}])
    refused = api.refused(api.pod, "a", container=container, serviceAccountName="sa", **spec)
    assert refused == f'pods "a" is forbidden: {told}'
    api.change("serviceaccounts", "sa", {"secrets": [{"name": "s"}]})
    api.pod("a", container=container, serviceAccountName="sa", **spec)


@pytest.mark.parametrize(("container", "how"), [(ENV, "envVar E"), (ENV_FROM, "envFrom")])
def test_an_account_keeps_ephemeral_containers_to_its_secrets(api, container, how):
    api.create("v1", "ServiceAccount", "sa", annotations=ENFORCED)
    api.pod("a", serviceAccountName="sa")
    body = {"spec": {"ephemeralContainers": [{"name": "e", "image": "i", **container}]}}

    def debug():
        return api.admin.patch("pods", "a", body, "strategic", "default", subresource="ephemeralcontainers")

    assert api.refused(debug) == f'ephemeral container e with {how} referencing secret.secretName="s" {WHY}'
    api.change("serviceaccounts", "sa", {"secrets": [{"name": "s"}]})
    debug()


def test_an_account_keeps_its_pods_to_its_pull_secrets(api):
    api.create("v1", "ServiceAccount", "sa", annotations=ENFORCED, imagePullSecrets=[{"name": "hub"}])
    own = {"serviceAccountName": "sa", "imagePullSecrets": [{"name": "hub"}, {"name": "mine"}]}
    assert api.refused(api.pod, "a", **own) == (
        'pods "a" is forbidden: imagePullSecrets[1].name="mine" is not allowed because service account sa does not '
        "reference that imagePullSecret")
    api.pod("b", serviceAccountName="sa")


@pytest.mark.parametrize(("value", "enforced"), [("true", True), ("T", True), ("false", False), ("yes", False)])
def test_which_annotations_ask_for_that(api, value, enforced):
    api.create("v1", "ServiceAccount", "sa", annotations={"kubernetes.io/enforce-mountable-secrets": value})
    spec = {"serviceAccountName": "sa", "volumes": [{"name": "v", "secret": {"secretName": "s"}}]}
    if enforced:
        assert WHY in api.refused(api.pod, "a", **spec)
    else:
        api.pod("a", **spec)


def _mirror(api, **spec):
    spec = {"nodeName": "minikube", "containers": [{"name": "c", "image": "i"}], **spec}
    return api.create("v1", "Pod", "m", annotations=MIRROR, spec=spec)


def test_mirror_pods_have_no_account_and_no_token(api):
    spec = _mirror(api)["spec"]
    assert "serviceAccountName" not in spec and "volumes" not in spec


@pytest.mark.parametrize(("spec", "told"), [
    ({"serviceAccountName": "default"}, "service accounts"),
    ({"imagePullSecrets": [{"name": "s"}]}, "secrets"),
    ({"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}, "secrets"),
    ({"volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": "s"}}]}}]}, "secrets"),
    ({"volumes": [{"name": "v", "csi": {"driver": "d", "nodePublishSecretRef": {"name": "s"}}}]}, "secrets"),
    ({"volumes": [{"name": "v", "iscsi": {"secretRef": {"name": "s"}}}]}, "secrets"),
    ({"containers": [{"name": "c", "image": "i", **ENV}]}, "secrets"),
    ({"initContainers": [{"name": "c2", "image": "i", **ENV_FROM}]}, "secrets"),
])
def test_mirror_pods_refer_to_nothing_secret(api, spec, told):
    assert api.refused(_mirror, api, **spec) == f'pods "m" is forbidden: a mirror pod may not reference {told}'


def test_mirror_pods_get_no_token_projected(api):
    projected = {"sources": [{"serviceAccountToken": {"path": "t"}}]}
    assert api.refused(_mirror, api, volumes=[{"name": "v", "projected": projected}]) == (
        'pods "m" is forbidden: a mirror pod may not use ServiceAccountToken volume projections')
