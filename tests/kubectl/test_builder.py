"""Arguments, files and selectors to Infos, and what is said where they do not fit."""

import pytest

from kubesim_cli.kubectl.failures import Aggregate, Failure
from kubesim_cli.kubectl.resource import builder
from kubesim_cli.machinery.discovery import builtin
from kubesim_cli.machinery.errors import StatusError, bad_request, not_found
from kubesim_cli.machinery.files import HOST

DISCOVERY = builtin()


class FakeClient:
    """Has the objects `namespace/plural/name` it is given."""

    discovery = DISCOVERY

    def __init__(self, *paths):
        self.paths, self.listed = paths, []

    def get(self, resource, name, namespace="", subresource=""):
        plural = resource.partition(".")[0]
        if f"{namespace}/{plural}/{name}" not in self.paths:
            raise not_found(plural, name)
        return {"metadata": {"name": name, "namespace": namespace, "subresource": subresource}}

    def list(self, resource, namespace="", **options):
        if options["label_selector"] == "=":
            raise bad_request("found '='")
        self.listed.append((resource, namespace, options))
        plural = resource.partition(".")[0]
        items = [{"metadata": {"name": name, "namespace": where}} for where, what, name in
                 (path.split("/") for path in self.paths) if what == plural and namespace in ("", where)]
        return {"kind": "FakeList", "items": items, "metadata": {}}


class FakeKubeconfig:
    def store_path(self):
        return "clusters/nosuch"


class FakeContext:
    name = "kubectl"
    release = (1, 36)
    environ = {"KUBESIM_HOME": "nosuch"}  # where no discovery is remembered
    kubeconfig = FakeKubeconfig()
    files, remembers = HOST, True

    def __init__(self, *paths, namespace="default", given=False, stdin=""):
        self.client, self.namespace, self.namespace_given = FakeClient(*paths), namespace, given
        self.stdin = lambda: stdin
        self.about_to_wait = lambda: None


def names(ctx, *args, **options):
    return [f"{info.mapping.name}:{info.namespace}/{info.name}" for info in builder.build(ctx, args, **options).infos()]


@pytest.mark.parametrize(("args", "found"), [
    (["pod", "a"], ["pods:default/a"]),
    (["po", "a", "b"], ["pods:default/a", "pods:default/b"]),
    (["pods/a", "deploy/web"], ["pods:default/a", "deployments.apps:default/web"]),
    (["pods,deploy", "a"], ["pods:default/a", "deployments.apps:default/a"]),
    (["deployments.v1.apps", "web"], ["deployments.apps:default/web"]),
    (["Deployment.apps/web"], ["deployments.apps:default/web"]),
    (["node", "n"], ["nodes:/n"]),
])
def test_names(args, found):
    ctx = FakeContext("default/pods/a", "default/pods/b", "default/deployments/web", "default/deployments/a",
                      "/nodes/n")
    assert names(ctx, *args) == found


def test_selectors_and_categories():
    ctx = FakeContext("default/pods/a", "default/services/s", "other/pods/b")
    assert names(ctx, "pods", allow_empty_selector=True) == ["pods:default/a"]
    assert names(ctx, "pods", selector="app=web", all_namespaces=True) == ["pods:default/a", "pods:other/b"]
    assert names(ctx, "all", select_all=True) == ["pods:default/a", "services:default/s"]
    assert names(ctx, "po,pods,svc,po", select_all=True) == ["pods:default/a", "services:default/s"]


@pytest.mark.parametrize(("args", "options", "message"), [
    ([], {}, builder.MISSING_RESOURCE),
    (["nosuch"], {}, 'the server doesn\'t have a resource type "nosuch"'),
    (["deployments.nosuch.io", "x"], {}, 'the server doesn\'t have a resource type "deployments"'),
    (["pods"], {}, "resource(s) were provided, but no name was specified"),
    (["pod/"], {}, "arguments in resource/name form must have a single resource and name"),
    (["pod/a/b"], {}, "arguments in resource/name form may not have more than one slash"),
    (["pods", "a"], {"selector": "x=y"}, "name cannot be provided when a selector is specified"),
    (["pods/a"], {"selector": "x=y"},
     "selectors and the all flag cannot be used when passing resource/name arguments"),
    (["pods"], {"selector": "x=y", "select_all": True},
     "setting 'all' parameter but found a non empty selector. "),
    ([], {"selector": "x=y"}, "at least one resource must be specified to use a selector"),
    (["pods", "a"], {"all_namespaces": True}, "a resource cannot be retrieved by name across all namespaces"),
    (["pods"], {"select_all": True, "subresource": "status"},
     "subresource cannot be used when bulk resources are specified"),
    (["all", "x"], {}, "you must specify only one resource"),
    (["pods,svc"], {"select_all": True, "single_resource_type": True}, "you may only specify a single resource type"),
    (["x"], {"local": True}, builder.LOCAL_RESOURCE),
    ([], {"filenames": ["a.yaml"], "kustomize": "d"}, "only one of -f or -k can be specified"),
    ([], {"filenames": ["missing.yaml"]}, 'the path "missing.yaml" does not exist'),
    ([], {"filenames": ["-", "-"]}, "standard input cannot be used for multiple arguments"),
])
def test_refusals(args, options, message):
    with pytest.raises(Failure) as failure:
        builder.build(FakeContext(), args, **options)
    assert str(failure.value) == message


def test_mixed_forms_name_the_program():
    with pytest.raises(Failure, match=r"e.g. 'kubectl get resource/<resource_name>' instead of"):
        builder.build(FakeContext(), ["pods/a", "b"])


def test_errors_of_single_objects_come_together():
    ctx = FakeContext("default/pods/b")
    infos, error = builder.build(ctx, ["pods", "a", "b", "c"]).collect()
    assert [info.name for info in infos] == ["b"]
    assert [e.message for e in error.errors] == ['pods "a" not found', 'pods "c" not found']
    assert builder.without_not_found(error) is None
    with pytest.raises(StatusError, match='"a" not found'):
        builder.build(ctx, ["pods", "a", "b", "c"], continue_on_error=False).infos()


def test_a_missing_namespace_is_told_instead_of_what_is_missing_in_it():
    with pytest.raises(StatusError) as error:
        builder.build(FakeContext(namespace="nosuch"), ["pods", "a"]).infos()
    assert error.value.message == 'namespaces "nosuch" not found'


def test_wrong_selectors_say_what_was_looked_for():
    with pytest.raises(Aggregate) as error:
        builder.build(FakeContext(), ["pods"], selector="=").infos()
    assert str(error.value) == ('Unable to find "/v1, Resource=pods" that match label selector "=", '
                                   "field selector \"\": found '='")


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


def test_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.yaml").write_text(CONFIG % "one" + "---\n" + CONFIG % "two")
    (tmp_path / "dir" / "deep").mkdir(parents=True)
    (tmp_path / "dir" / "b.yml").write_text(CONFIG % "b")
    (tmp_path / "dir" / "a.json").write_text('{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1",'
                                             '"kind":"Namespace","metadata":{"name":"ns","namespace":"odd"}}]}')
    (tmp_path / "dir" / "notes.txt").write_text("no manifest")
    (tmp_path / "dir" / "deep" / "c.yaml").write_text(CONFIG % "c")
    ctx = FakeContext(stdin=CONFIG % "in")
    assert names(ctx, filenames=["one.yaml"]) == ["configmaps:default/one", "configmaps:default/two"]
    assert names(ctx, filenames=["dir"]) == ["namespaces:/ns", "configmaps:default/b"]
    assert names(ctx, filenames=["dir"], recursive=True) == ["namespaces:/ns", "configmaps:default/b",
                                                             "configmaps:default/c"]
    assert names(ctx, filenames=["-", "dir/*.yml"]) == ["configmaps:default/in", "configmaps:default/b"]
    info = builder.build(ctx, filenames=["dir/b.yml"]).infos()[0]
    assert (info.source, info.obj["metadata"]["namespace"]) == ("dir/b.yml", "default")
    assert builder.build(ctx, filenames=["one.yaml"]).single
    assert not builder.build(ctx, filenames=["dir"]).single
    (tmp_path / "empty").mkdir()
    with pytest.raises(Failure, match=r"error reading \[empty\]: recognized file extensions are \[.json .yaml .yml\]"):
        builder.build(ctx, filenames=["empty"])


def test_files_of_another_namespace_or_kind():
    other = FakeContext(namespace="mine", given=True, stdin="apiVersion: v1\nkind: Pod\n"
                                                            "metadata: {name: p, namespace: yours}\n")
    with pytest.raises(Failure, match='namespace from the provided object "yours" does not match the namespace "mine"'):
        builder.build(other, filenames=["-"]).infos()
    unknown = FakeContext(stdin="apiVersion: example.com/v1\nkind: Gizmo\nmetadata: {name: g}\n---\n" + CONFIG % "c")
    infos, error = builder.build(unknown, filenames=["-"]).collect()
    assert [info.name for info in infos] == ["c"]
    assert str(error) == ('resource mapping not found for name: "g" namespace: "" from "STDIN": no matches for kind '
                          '"Gizmo" in version "example.com/v1"\nensure CRDs are installed first')
    nokind = FakeContext(stdin="apiVersion: v1\nmetadata: {name: x}\n")
    with pytest.raises(Failure, match='error validating "STDIN": error validating data: kind not set; if you choose'):
        builder.build(nokind, filenames=["-"], validate=True).infos()


def test_files_selected_by_label():
    text = CONFIG % "one" + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two, labels: {a: b}}\n"
    assert names(FakeContext(stdin=text), filenames=["-"], selector="a=b") == ["configmaps:default/two"]


def test_aggregates():
    one, two = Failure("one"), Failure("two")
    assert builder.aggregate([]) is None
    assert builder.aggregate([one]) is one
    assert str(builder.aggregate([one, two, one])) == "[one, two]"
    assert isinstance(builder.aggregate([one, two]), Aggregate)


def test_a_setting_that_the_builder_does_not_have():
    with pytest.raises(TypeError, match="'selectors'"):
        builder.build(FakeContext(), ["pods"], selectors="a=b")


def test_a_list_in_a_list_is_none_to_kubectl(terminal):
    inner = '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "ConfigMap"}]}'
    wrapped = f'{{"apiVersion": "v1", "kind": "List", "items": [{inner}]}}'
    assert terminal("kubectl create --validate=false -f -", wrapped) == (
        1, "", "error: *unstructured.Unstructured is not a list: no Items field in this object\n")


@pytest.mark.parametrize("text", ["\ufeffapiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"])
def test_stdin_may_be_of_other_encodings(terminal, text):
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        raw = text.encode(encoding).decode("utf-8", "surrogateescape")
        assert terminal("kubectl create --dry-run=client -o name -f -", raw) == (0, "configmap/a\n", "")


def test_bytes_that_are_no_utf8_are_replaced(terminal):
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: \xff}\n".decode("utf-8", "surrogateescape")
    assert '"k":"\ufffd"' in terminal.ok("kubectl create -f - -o jsonpath={.data}", text)


def test_json_is_told_as_it_was_written(terminal):
    text = '{ "b": 1,\n\t"a": [ ] }'
    told = "error: unable to decode \"STDIN\": Object 'Kind' is missing in '"
    assert terminal("kubectl delete -f -", f" {text} \n") == (1, "", f"{told}{text}'\n")
    assert terminal("kubectl delete -f -", "b: 1\na: []\n") == (1, "", f"{told}{{\"a\":[],\"b\":1}}'\n")


def test_one_object_of_a_kustomization_is_shown_alone(terminal, tmp_path):
    """Only a directory of -f and stdin may always hold more (resource.Builder's singleItemImplied)."""
    (tmp_path / "work" / "kustomization.yaml").write_text(
        "configMapGenerator: [{name: one}]\ngeneratorOptions: {disableNameSuffixHash: true}\n", encoding="utf-8")
    assert terminal("kubectl get -k . -o yaml") == (
        1, "", 'Error from server (NotFound): configmaps "one" not found\n')
    terminal.ok("kubectl apply -k .")
    assert terminal.ok("kubectl get -k . -o jsonpath={.kind}") == "ConfigMap"


@pytest.mark.parametrize(("path", "told"), [
    ("dangling.yaml", 'the path "dangling.yaml" does not exist'), ("dang*", 'the path "dangling.yaml" does not exist'),
    ("no*", 'the path "no*" does not exist'), ("file/x", 'the path "file/x" cannot be accessed: stat file/x: not a '
                                               "directory"),
    ("[", 'pattern "[" is not valid: syntax error in pattern'), ("a[]", 'pattern "a[]" is not valid: syntax error in '
                                                                "pattern"),
    ("[^]", 'pattern "[^]" is not valid: syntax error in pattern'),
    ("[b-]", 'pattern "[b-]" is not valid: syntax error in pattern'), ("[a-c]x", 'the path "[a-c]x" does not exist'),
])
def test_paths_that_lead_nowhere(terminal, tmp_path, path, told):
    """The expectations are a real kubectl's, 1.32."""
    (tmp_path / "work" / "dangling.yaml").symlink_to("nosuch")
    (tmp_path / "work" / "file").write_text("", encoding="utf-8")
    assert terminal(f"kubectl get -f '{path}'") == (1, "", f"error: {told}\n")


def test_patterns_of_files_are_gos(terminal):
    for name in (".hidden.yaml", "b[1].yaml"):
        with open(name, "w", encoding="utf-8") as file:
            file.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-root-ca.crt}\n")
    told = "configmap/kube-root-ca.crt\n"
    assert terminal.ok("kubectl get -o name -f '*.yaml'") == told * 2
    assert terminal.ok(r"kubectl get -o name -f 'b\[1\].yaml'") == told
