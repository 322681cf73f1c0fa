import json

import pytest

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: '1'\n  b: '2'\n"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.27"}
"""


def _data(terminal):
    return json.loads(terminal.ok("kubectl get cm c -o jsonpath={.data}"))


def test_created_unchanged_configured(terminal):
    assert terminal.ok("kubectl apply -f -", CONFIG_MAP) == "configmap/c created\n"
    assert terminal.ok("kubectl apply -f -", CONFIG_MAP) == "configmap/c unchanged\n"
    terminal.ok("kubectl patch cm c --type=merge -p '{\"data\":{\"theirs\":\"x\"}}'")
    assert terminal.ok("kubectl apply -f -", CONFIG_MAP.replace("  b: '2'\n", "")) == "configmap/c configured\n"
    assert _data(terminal) == {"a": "1", "theirs": "x"}


def test_dry_runs_change_nothing(terminal):
    assert terminal.ok("kubectl apply -f - --dry-run=client", CONFIG_MAP) == "configmap/c created (dry run)\n"
    assert terminal.ok("kubectl apply -f - --dry-run=server", CONFIG_MAP) == "configmap/c created (server dry run)\n"
    assert terminal("kubectl get cm c").code == 1


def test_what_the_client_would_have_made_is_shown(newest):
    newest.ok("kubectl apply -f -", CONFIG_MAP)
    shown = newest.ok("kubectl apply -f - --dry-run=client -o jsonpath={.data}", CONFIG_MAP.replace("'1'", "'9'"))
    assert shown == '{"a":"9","b":"2"}'
    assert _data(newest)["a"] == "1"


def test_a_client_that_does_not_work_it_out_shows_the_live_object(terminal):
    terminal.ok("kubectl apply -f -", CONFIG_MAP)
    changed = CONFIG_MAP.replace("'1'", "'9'")
    assert terminal.ok("kubectl apply -f - --dry-run=client -o jsonpath={.data}", changed) == '{"a":"1","b":"2"}'
    assert terminal.ok("kubectl apply -f - --dry-run=client", CONFIG_MAP) == "configmap/c configured (dry run)\n"


def test_a_list_of_what_was_applied_is_in_the_order_of_its_type(terminal):
    shown = terminal.ok("kubectl apply -f - -o json", CONFIG_MAP + "---\n" + CONFIG_MAP.replace("name: c", "name: d"))
    assert list(json.loads(shown)) == ["kind", "apiVersion", "metadata", "items"]
    assert list(json.loads(shown)["items"][1]) == ["apiVersion", "data", "kind", "metadata"]


def test_objects_not_made_by_apply_are_warned_of(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    result = terminal("kubectl apply -f -", CONFIG_MAP)
    assert result.out == "configmap/c configured\n"
    assert result.err.startswith("Warning: resource configmaps/c is missing the kubectl.kubernetes.io/last-applied-")


def test_force_does_not_wait_without_a_timeout(newest):
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: nginx}]}\n"
    newest.ok("kubectl apply -f -", pod)
    newest.advance("10s")
    other = pod.replace("name: a", "name: b")
    assert newest("kubectl apply -f - --force", other).err.endswith(': context deadline exceeded\n')
    newest.advance("1m")
    newest.ok("kubectl apply -f -", pod)
    assert newest.ok("kubectl apply -f - --force --timeout=1m", other) == "pod/p configured\n"


def test_conflicts_without_overwrite(terminal):
    terminal.ok("kubectl apply -f -", DEPLOYMENT)
    terminal.ok("kubectl scale deploy web --replicas=5")
    result = terminal("kubectl apply -f - --overwrite=false", DEPLOYMENT.replace("replicas: 2", "replicas: 3"))
    assert result.code == 1
    assert "patch:\nmetadata:\n" in result.err
    assert "conflicts with changes made from original to current:\n" in result.err


def test_force_replaces_what_cannot_be_patched(terminal):
    terminal.ok("kubectl apply -f -", DEPLOYMENT)
    other = DEPLOYMENT.replace("app: web}", "app: other}")
    assert "field is immutable" in terminal("kubectl apply -f -", other).err
    assert terminal.ok("kubectl apply -f - --force", other) == "deployment.apps/web configured\n"


@pytest.mark.parametrize("flags, message", [
    ("", "must specify one of -f and -k"),
    ("-f x.yaml --force-conflicts", "--force-conflicts only works with --server-side"),
    ("-f x.yaml --server-side --dry-run=client",
     "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)"),
    ("-f x.yaml --server-side --force", "--force cannot be used with --server-side"),
    ("-f x.yaml --all -l a=b", "cannot set --all and --selector at the same time"),
    ("-f x.yaml --prune -l a=b --force", "--force cannot be used with --prune"),
    ("-f x.yaml --prune -l a=b --prune-allowlist=v1/Pod",
     "invalid GroupVersionKind format: v1/Pod, please follow <group/version/kind>"),
    ("-f x.yaml --prune -l a=b --server-side",
     "--prune is in alpha and doesn't currently work on objects created by server-side apply"),
    ("-f x.yaml", 'the path "x.yaml" does not exist'),
])
def test_wrong_calls(terminal, flags, message):
    assert terminal(f"kubectl apply {flags}") == (1, "", f"error: {message}\n")


def test_subresources_want_the_server_side(newest):
    assert newest("kubectl apply -f x.yaml --subresource=status") == (
        1, "", "error: --subresource can only be specified for --server-side\n")


def test_failures_name_the_file_and_the_rest_is_applied(terminal):
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name}\n---\n" + CONFIG_MAP
    result = terminal("kubectl apply -f -", text)
    assert result.out == "configmap/c created\n" and result.code == 1
    assert "Bad_Name" in result.err


def test_several_objects_are_printed_as_a_list(terminal):
    text = CONFIG_MAP + "---\n" + CONFIG_MAP.replace("name: c", "name: d")
    listing = json.loads(terminal.ok("kubectl apply -f - -o json", text))
    assert listing["kind"] == "List" and [item["metadata"]["name"] for item in listing["items"]] == ["c", "d"]


def test_prune(terminal):
    label = "metadata:\n  labels: {p: x}\n"
    one = CONFIG_MAP.replace("metadata:\n", label)
    two = one.replace("name: c", "name: d")
    terminal.ok("kubectl apply -f -", one + "---\n" + two)
    result = terminal("kubectl apply -f - --prune -l p=x", one)
    assert result.out == "configmap/c unchanged\nconfigmap/d pruned\n"
    assert "prune.go:71] Deprecated" in result.err
    assert terminal("kubectl get cm d").code == 1


def test_server_side_conflicts_are_explained(terminal):
    assert terminal.ok("kubectl apply --server-side -f -", CONFIG_MAP) == "configmap/c serverside-applied\n"
    changed = CONFIG_MAP.replace("'1'", "'9'")
    result = terminal("kubectl apply --server-side --field-manager=ops -f -", changed)
    assert result.err.startswith('error: Apply failed with 1 conflict: conflict with "kubectl": .data.a\nPlease review')
    terminal.ok("kubectl apply --server-side --field-manager=ops --force-conflicts -f -", changed)
    assert _data(terminal)["a"] == "9"


def test_from_client_side_to_server_side_apply(terminal):
    terminal.ok("kubectl apply -f -", CONFIG_MAP)
    terminal.ok("kubectl apply --server-side -f -", CONFIG_MAP.replace("  b: '2'\n", ""))
    assert _data(terminal) == {"a": "1"}
    managers = terminal.ok("kubectl get cm c -o jsonpath='{.metadata.managedFields[*].manager}'")
    assert sorted(managers.split()) == ["kubectl", "kubectl-last-applied"]


def test_last_applied_commands(terminal):
    terminal.ok("kubectl apply -f -", CONFIG_MAP)
    assert terminal.ok("kubectl apply view-last-applied cm c").startswith("apiVersion: v1\ndata:\n  a: \"1\"\n")
    assert terminal.ok("kubectl apply set-last-applied -f -", CONFIG_MAP.replace("'1'", "'5'")) == \
        "configmap/c configured\n"
    assert '"a": "5"' in terminal.ok("kubectl apply view-last-applied cm/c -o json")
    assert _data(terminal)["a"] == "1"
    assert terminal("kubectl apply view-last-applied cm c -o wide").err == (
        "error: Unexpected -o output mode: wide, the flag 'output' must be one of yaml|json\n"
        "See 'kubectl apply view-last-applied -h' for help and examples\n")
    terminal.environ["KUBE_EDITOR"] = "sed -i s/5/7/"
    assert terminal.ok("kubectl apply edit-last-applied cm c") == "configmap/c edited\n"
    assert '"a": "7"' in terminal.ok("kubectl apply view-last-applied cm/c -o json")


def test_set_last_applied_needs_the_annotation(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    assert "no last-applied-configuration annotation found on resource: c" in terminal(
        "kubectl apply set-last-applied -f -", CONFIG_MAP).err
    assert terminal("kubectl apply edit-last-applied cm c").err.startswith(
        "error: no last-applied-configuration annotation found on resources")
    assert terminal.ok("kubectl apply set-last-applied --create-annotation -f -", CONFIG_MAP)


def test_files_whose_objects_have_no_annotation(terminal):
    with open("c.yaml", "w", encoding="utf-8") as file:
        file.write(CONFIG_MAP)
    terminal.ok("kubectl create -f c.yaml")
    assert terminal("kubectl apply view-last-applied -f c.yaml").err == (
        'error: error when no last-applied-configuration annotation found on resource: c\n "c.yaml": <nil>\n')
    assert terminal("kubectl apply view-last-applied cm c") == (0, "", "")


def test_an_address_that_does_not_answer(terminal):
    assert terminal("kubectl apply -f http://127.0.0.1:1/x.yaml") == (
        1, "", "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n")


def test_what_a_server_side_apply_of_a_new_object_may_bring(terminal):
    new = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, %s}\n"
    refused = terminal("kubectl apply --server-side -f -", new % "uid: '5'")
    assert refused.code == 1 and refused.err.startswith(
        'error: Operation cannot be fulfilled on configmaps "c": uid mismatch: the provided object specified uid 5, '
        "and no existing object was found\n")
    assert terminal.ok("kubectl apply --server-side -f -", new % "resourceVersion: '5'") == \
        "configmap/c serverside-applied\n"


def test_a_put_for_another_object(terminal):
    terminal.ok("kubectl create configmap c")
    refused = terminal("kubectl replace -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, uid: x}\n")
    uid = terminal.ok("kubectl get cm c -o jsonpath={.metadata.uid}")
    assert refused.err.endswith(
        'Operation cannot be fulfilled on configmaps "c": StorageError: invalid object, Code: 4, Key: '
        "/registry/configmaps/default/c, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
        f"precondition: x, UID in object meta: {uid}\n")


@pytest.mark.parametrize("manager, told", [
    ("", "Required value: is required for apply patch"), ("x" * 129, "Too long: may not be more than 128 bytes")])
def test_managers_that_cannot_be(terminal, manager, told):
    refused = terminal(f"kubectl apply --server-side --field-manager={manager} -f -",
                       "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")
    assert refused.err == f'The PatchOptions "" is invalid: fieldManager: {told}\n'
