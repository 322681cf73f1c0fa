import pytest

from kubesim_cli.machinery.errors import StatusError

RBAC = "rbac.authorization.k8s.io/v1"


def grant(api, role: str, user: str, namespace: str = "", rules=None):
    """Bind a user to a role, in a namespace or everywhere; with `rules` the role is made first."""
    kind = "Role" if rules and namespace else "ClusterRole"
    if rules:
        api.create(RBAC, kind, role, namespace, rules=rules)
    api.create(RBAC, "RoleBinding" if namespace else "ClusterRoleBinding", f"{role}-{user}", namespace,
               roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
               subjects=[{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}])


def test_without_a_role_nothing_is_allowed(api):
    jane = api.user("jane")
    assert api.refused(jane.list, "pods", "default") == (
        'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"')
    assert api.refused(jane.get, "nodes", "a") == (
        'nodes "a" is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope')
    assert api.refused(jane.list, "deployments.apps") == (
        'deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group "apps" at the '
        "cluster scope")


def test_a_role_allows_in_its_namespace_only(api):
    grant(api, "reader", "jane", "default", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}])
    jane = api.user("jane")
    assert jane.list("pods", "default")["items"] == []
    with pytest.raises(StatusError):
        jane.list("pods", "kube-system")
    with pytest.raises(StatusError):
        jane.list("pods")


def test_resource_names_and_subresources(api):
    grant(api, "one", "jane", "default", [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["mine"]},
        {"apiGroups": ["apps"], "resources": ["deployments/scale"], "verbs": ["*"]}])
    api.create("v1", "ConfigMap", "mine")
    api.create("v1", "ConfigMap", "other")
    jane = api.user("jane")
    assert jane.get("configmaps", "mine", "default")["metadata"]["name"] == "mine"
    for call in (lambda: jane.get("configmaps", "other", "default"), lambda: jane.list("configmaps", "default"),
                 lambda: jane.get("deployments.apps", "web", "default")):
        with pytest.raises(StatusError, match="is forbidden"):
            call()
    with pytest.raises(StatusError, match="not found"):
        jane.get("deployments.apps", "web", "default", subresource="scale")


def test_the_view_role_sees_pods_but_no_secrets(api):
    grant(api, "view", "jane")
    jane = api.user("jane")
    assert jane.list("pods", "kube-system")["kind"] == "PodList"
    with pytest.raises(StatusError):
        jane.list("secrets", "kube-system")


def review(api, client, **attributes):
    answer = client.create("selfsubjectaccessreviews.authorization.k8s.io", {
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes}})
    return answer["status"]


def test_reviews(api):
    grant(api, "view", "jane", "default")
    jane = api.user("jane")
    assert review(api, jane, verb="list", resource="pods", namespace="default") == {
        "allowed": True, "reason": 'RBAC: allowed by RoleBinding "view-jane/default" of ClusterRole "view" to User '
                                   '"jane"'}
    assert review(api, jane, verb="delete", resource="pods", namespace="default") == {"allowed": False}
    assert review(api, api.admin, verb="*", resource="*")["allowed"]
    answer = api.create("authorization.k8s.io/v1", "SubjectAccessReview", "", spec={
        "user": "jane", "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "default"}})
    assert answer["status"]["allowed"]


def test_nobody_may_grant_what_they_have_not(api):
    grant(api, "granter", "jane", "default", [
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["*"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
    jane = api.user("jane")
    api.create(RBAC, "Role", "fine", client=jane, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
    assert api.refused(api.create, RBAC, "Role", "more", client=jane, rules=[
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete", "get"]}]) == (
        'roles.rbac.authorization.k8s.io "more" is forbidden: user "jane" (groups=["system:authenticated"]) is '
        'attempting to grant RBAC permissions not currently held:\n'
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}')


def test_who_am_i(api):
    answer = api.create("authentication.k8s.io/v1", "SelfSubjectReview", "", client=api.user("jane", "devs"))
    assert answer["status"]["userInfo"]["username"] == "jane"
    assert answer["status"]["userInfo"]["groups"] == ["devs", "system:authenticated"]
