"""What kubectl refuses before the server hears of it: manifests that do not decode, names that no URL path holds."""

import pytest

CONFIGMAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: "


@pytest.mark.parametrize(("manifest", "problem"), [
    (f"{CONFIGMAP}{{name: [q]}}",
     "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.name of type string"),
    (f"{CONFIGMAP}{{name: a, labels: {{b: 1}}}}",
     "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"),
    (f"{CONFIGMAP}{{name: a, finalizers: 1}}",
     "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.finalizers of type []string"),
    (f"{CONFIGMAP}text",
     "json: cannot unmarshal string into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"),
    ("apiVersion: 1\nkind: ConfigMap",
     "json: cannot unmarshal number into Go struct field metadataOnlyObject.apiVersion of type string"),
    ("apiVersion: v1\nkind: 1", 'Object \'Kind\' is missing in \'{"apiVersion":"v1","kind":1}\''),
    ("apiVersion: v1\nkind: List\nitems: [a]",
     "json: cannot unmarshal string into Go value of type map[string]interface {}"),
    ("apiVersion: v1\nkind: List\nitems: x",
     "json: cannot unmarshal string into Go struct field decodeList.items of type []json.RawMessage"),
    ("[]", "json: cannot unmarshal array into Go value of type unstructured.detector"),
])
def test_what_does_not_decode(terminal, manifest, problem):
    told = f'unable to decode "STDIN": {problem}\n'
    assert terminal("kubectl get -f -", manifest) == (1, "", told)
    assert terminal("kubectl create --validate=false -f -", manifest) == (1, "", f"error: {told}")


@pytest.mark.parametrize(("manifest", "problem"), [
    ("text", "invalid object to validate"),
    ("apiVersion: []\nkind: {}", "[apiVersion isn't string type, kind isn't string type]"),
    ("apiVersion: a/b/c\nkind: Foo", "unexpected GroupVersion string: a/b/c"),
    ("apiVersion: v1\nkind: List\nitems: {}", "invalid object to validate"),
    ("apiVersion: v1\nkind: List\nitems: [{kind: ConfigMap}]", "apiVersion not set"),
])
def test_what_does_not_validate(terminal, manifest, problem):
    assert terminal("kubectl apply -f -", manifest) == (
        1, "", f'error: error validating "STDIN": error validating data: {problem}; if you choose to ignore these '
               "errors, turn validation off with --validate=false\n")


def test_items_of_a_list_are_of_its_kind(terminal):
    listing = "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: z}}]"
    assert terminal.ok("kubectl create --validate=false -f -", listing) == "configmap/z created\n"
    mixed = "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Foo, metadata: {name: a}}," \
            " {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]"
    assert terminal("kubectl create -f -", mixed) == (
        1, "configmap/a created\n", 'unable to recognize no matches for kind "Foo" in version "v1"\n')


def test_a_document_that_does_not_decode_does_not_stop_the_others(terminal):
    result = terminal("kubectl create --validate=false -f -", f"{CONFIGMAP}{{name: 1}}\n---\n{CONFIGMAP}{{name: b}}")
    assert result.out == "configmap/b created\n"
    assert "cannot unmarshal number" in result.err and result.code == 1


@pytest.mark.parametrize(("line", "problem"), [
    ("get pod a%b", "error: invalid resource name \"a%b\": [may not contain '%']"),
    ("get pod ..", "error: invalid resource name \"..\": [may not be '..']"),
    ("get pods -n a/b", "invalid namespace \"a/b\": [may not contain '/']"),
    ("get pod x -n a/b", "error: invalid namespace \"a/b\": [may not contain '/']"),
    ("delete pods --all -n a%b", "error: invalid namespace \"a%b\": [may not contain '%']"),
    ("create cm a -n a/b", "error: failed to create configmap: invalid namespace \"a/b\": [may not contain '/']"),
    ("create token a/b", "error: failed to create token: invalid resource name \"a/b\": [may not contain '/']"),
    ("get pods ''", "error: resource name may not be empty"),
    ("get DEPLOY", 'error: the server doesn\'t have a resource type "DEPLOY"'),
    ("get pods.v1", 'error: the server doesn\'t have a resource type "pods"'),
])
def test_names(terminal, line, problem):
    assert terminal(f"kubectl {line}") == (1, "", problem + "\n")


def test_a_cluster_scoped_object_has_no_use_for_a_namespace(terminal):
    assert terminal.ok("kubectl get nodes -o name -n a/b") == "node/minikube\n"
    assert terminal.ok("kubectl get PODS") == "" and terminal.ok("kubectl get Deployment.V1.Apps") == ""


def test_an_object_without_a_name_is_not_deleted(terminal):
    assert terminal("kubectl delete -f -", "apiVersion: v1\nkind: ConfigMap") == (
        1, "", 'error: error when deleting "STDIN": resource name may not be empty\n')


def test_a_warning_of_kubectls_own_is_no_error(terminal):
    terminal.ok("kubectl create cm a")
    assert terminal("kubectl delete cm a --force --warnings-as-errors").code == 0


@pytest.mark.parametrize(("line", "told"), [
    ("get pods --vmodule=a", 'error: invalid argument "a" for "--vmodule" flag: syntax error: expect comma-separated '
                             "list of filename=N\nSee 'kubectl get --help' for usage.\n"),
    ("get pods --vmodule=a=-1", 'error: invalid argument "a=-1" for "--vmodule" flag: negative value for vmodule level'
                                "\nSee 'kubectl get --help' for usage.\n"),
    ("get pods --log-flush-frequency=x", 'error: invalid argument "x" for "--log-flush-frequency" flag: parse error\n'
                                         "See 'kubectl get --help' for usage.\n"),
    ("run --profile=x", "error: unknown profile 'x'\n"),
    ("get pods --token=x --username=y", "error: more than one authentication method found for minikube; found "
                                        "[token basicAuth], only one is allowed\n"),
    ("edit cm kube-root-ca.crt -o name",
     'error: unable to match a printer suitable for the output format "name", allowed formats are: json,yaml\n'),
    ("logs web --since-time=x", 'error: parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"\n'),
    ("set env --local deploy/web A=B", "error: You must provide one or more resources by argument or filename.\n"
     "Example resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n"
     "   '<resource> <name>'\n   '<resource>'\n"),
])
def test_flags(terminal, line, told):
    assert terminal(f"kubectl {line}") == (1, "", told)


def test_older_releases_look_for_a_command_below_create(terminal):
    assert terminal("kubectl create foo") == (1, "", "Error: must specify one of -f and -k\n\nerror: unknown command "
                                                     "\"foo\"\nSee 'kubectl create -h' for help and examples\n")


def test_an_object_of_a_file_without_a_name_is_shown_as_it_is(terminal):
    assert terminal("kubectl get -f -", "apiVersion: v1\nkind: Pod") == (0, "NAME   AGE\n       <unknown>\n", "")


UNREADABLE = ("Error from server (BadRequest): the object provided is unrecognized (must be of type Namespace): "
              "couldn't get version/kind; json parse error: ")


@pytest.mark.parametrize("body, told", [
    ("apiVersion: v1\nkind: Pod\nmetadata: {}\n", UNREADABLE + "invalid character 'a' looking for beginning of value "
     "(61706956657273696f6e3a2076310a6b696e643a20506f640a6d65746164 ...)\n"),
    ("\n", UNREADABLE + "unexpected end of JSON input (0a)\n"),
    ('{"a":', UNREADABLE + 'unexpected end of JSON input ({"a":)\n'),
    ('{"a":1}', 'Warning: unknown field "a"\nThe Namespace "" is invalid: metadata.name: Required value: name or '
     "generateName is required\n"),
    ('{"apiVersion":"v1","kind":"Pod"}', 'Error from server (BadRequest): Pod in version "v1" cannot be handled as a '
     "Namespace: converting (v1.Pod) to (core.Namespace): unknown conversion\n")])
def test_raw_bodies(terminal, body, told):
    refused = terminal("kubectl create --raw /api/v1/namespaces -f -", body)
    assert (refused.code, refused.err) == (1, told)


def test_a_user_of_the_kubeconfig_who_impersonates_nobody(terminal):
    terminal.ok("kubectl config set-context --current --user=odd")
    terminal.ok("kubectl config set users.odd.act-as-uid 5")
    refused = terminal("kubectl get pods")
    assert (refused.code, refused.err) == (
        1, "error: requesting uid, groups or user-extra for odd without impersonating a user\n")


def test_the_start_of_a_group_is_enough(terminal):
    for name in ("hpa.autoscal", "deployments.app", "ing.network"):
        assert terminal.ok(f"kubectl get {name}") == ""


def test_a_watch_of_events_ends(terminal):
    assert terminal("kubectl events -w --request-timeout=1").code == 0


@pytest.mark.parametrize("verb", ["create", "replace", "delete"])
def test_a_raw_path_is_looked_at_before_its_body(terminal, verb):
    assert terminal(f"kubectl {verb} --raw x -f nosuch") == (
        1, "", 'error: --raw must be a valid URL path: parse "x": invalid URI for request\n')


def test_a_dump_that_cannot_be_written(terminal):
    assert terminal("kubectl cluster-info dump --output-directory=/proc/nosuch") == (
        1, "", "error: mkdir /proc/nosuch: no such file or directory\n")


@pytest.mark.parametrize(("item", "told"), [
    ('{"a": 1}', "'Kind' is missing in 'object has no kind field '"),
    ('{"kind": "Pod"}', "'apiVersion' is missing in 'object has no apiVersion field'"),
])
def test_what_an_item_of_a_list_lacks(terminal, item, told):
    assert terminal("kubectl delete -f -", f'{{"kind": "List", "apiVersion": "v1", "items": [{item}]}}').err == (
        f'unable to get type info from the object "*unstructured.Unstructured": Object {told}\n')


def test_an_object_without_a_version_leads_nowhere(terminal):
    missing = "the server could not find the requested resource"
    manifest = "kind: ConfigMap\nmetadata: {name: a}"
    assert terminal("kubectl create --validate=false -f -", manifest) == (
        1, "", f'Error from server (NotFound): error when creating "STDIN": {missing} (post configmaps)\n')
    assert terminal("kubectl get -f -", manifest).err.startswith(f"Error from server (NotFound): {missing}")
    assert terminal.ok("kubectl create --validate=false --dry-run=client -f -", manifest) == (
        "configmap/a created (dry run)\n")
    assert terminal("kubectl get -f -", manifest.replace("ConfigMap", "Deployment")).err == (
        'resource mapping not found for name: "a" namespace: "" from "STDIN": no matches for kind "Deployment" in '
        'version ""\nensure CRDs are installed first\n')


def test_a_group_of_no_letters_is_the_core_group(terminal):
    manifest = "apiVersion: /v1\nkind: ConfigMap\nmetadata: {name: kube-root-ca.crt}"
    assert terminal.ok("kubectl label a=b -f -", manifest) == "configmap/kube-root-ca.crt labeled\n"
    assert terminal("kubectl replace --validate=false -f -", manifest).err == (
        'Error from server (BadRequest): error when replacing "STDIN": the API version in the data (/v1) does not '
        "match the expected API version (v1)\n")


def test_a_list_without_items_is_an_object_of_its_own(terminal):
    manifest = "apiVersion: apps/v1\nkind: List"
    assert terminal("kubectl apply --validate=false -f -", manifest) == (
        1, "", "error: error when retrieving current configuration of:\n"
               'Resource: "apps/v1, Resource=lists", GroupVersionKind: "apps/v1, Kind=List"\n'
               'Name: "", Namespace: ""\nfrom server for: "STDIN": resource name may not be empty\n')
    assert 'no matches for kind "List" in version "apps/v7"' in terminal(
        "kubectl get -f -", manifest.replace("v1", "v7")).err
