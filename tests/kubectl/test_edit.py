import re

import pytest

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  text: hello\n"


@pytest.fixture
def edit(terminal):
    """`edit("s/a/b/")` edits config map c with a sed script; further words are flags."""
    terminal.ok("kubectl create -f -", CONFIG_MAP)

    def run(script, flags="cm c"):
        terminal.environ["KUBE_EDITOR"] = f"sed -i {script}"
        return terminal(f"kubectl edit {flags}")

    run.terminal = terminal
    return run


def test_edited(edit):
    assert edit("s/hello/bye/") == (0, "configmap/c edited\n", "")
    assert edit.terminal.ok("kubectl get cm c -o jsonpath={.data.text}") == "bye"


def test_nothing_changed(edit):
    assert edit("s/nothing/x/") == (0, "", "Edit cancelled, no changes made.\n")


def test_an_empty_file_cancels_where_nothing_is_validated(edit):
    assert edit("/^[^#]/d", "cm c --validate=false") == (0, "", "Edit cancelled, saved file was empty.\n")


@pytest.mark.parametrize("change", ["/^[^#]/d", "s/^[^#].*/[]/", "s/^kind.*/kind:/"])
def test_what_is_no_object_is_edited_again(edit, change):
    result = edit(change)
    assert result.code == 1
    assert result.err.startswith('error: configmaps "c" is invalid\nA copy of your changes has been stored to ')


def test_the_patch_is_shown(edit):
    assert edit("s/hello/bye/", "cm c --output-patch").out == (
        'Patch: {"data":{"text":"bye"}}\nconfigmap/c edited\n')


def test_json_has_no_header(edit, tmp_path):
    edit.terminal.environ["KUBE_EDITOR"] = f"cp -t {tmp_path}"
    edit.terminal("kubectl edit cm c -o json")
    [file] = tmp_path.glob("*-edit-*.json")
    assert file.read_text().startswith("{\n")


def test_what_the_server_refuses_is_edited_again_until_nothing_changes(edit):
    result = edit("s/name:.c/name:\\ c\\\\n\\ \\ labels:\\ {a:\\ -bad-}/")
    assert result.code == 1
    assert re.fullmatch(r'error: configmaps "c" is invalid\nA copy of your changes has been stored to "(.*\.yaml)"\n'
                        r"error: Edit cancelled, no valid changes were saved.\n", result.err)


def test_the_file_that_is_opened_again_tells_why(edit, tmp_path):
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\ncp $1 {tmp_path}/seen\nsed -i 's/text:.*/text: [1]/' $1\n")
    script.chmod(0o755)
    edit.terminal.environ["EDITOR"] = str(script)
    edit.terminal("kubectl edit cm c")
    assert '# configmaps "c" was not valid:\n# * patch: Invalid value: ' in (tmp_path / "seen").read_text()


def test_identity_cannot_be_edited(edit):
    result = edit("s/name:.c/name:\\ d/")
    assert result.code == 1
    assert result.err.endswith("error: At least one of apiVersion, kind and name was changed\n")


def test_the_annotation_is_kept_up_only_where_asked_for(edit):
    edit.terminal.ok("kubectl apply -f - --force-conflicts --server-side", CONFIG_MAP)
    edit.terminal.ok("kubectl apply -f -", CONFIG_MAP)
    edit("s/text:.hello/text:\\ bye/")
    assert '"text":"hello"' in edit.terminal.ok("kubectl get cm c -o yaml")
    edit("s/text:.bye/text:\\ again/", "cm c --save-config")
    annotation = edit.terminal.ok("kubectl apply view-last-applied cm c")
    assert "text: again" in annotation
    assert "managedFields:" in annotation  # an edited object has them, though they are not shown


def test_another_uid_is_another_object(edit):
    result = edit("s/uid:.*/uid:\\ x/")
    assert "error: no original object found for &unstructured.Unstructured{Object:map[string]interface {}{" \
        '"apiVersion":"v1", "data":map[string]interface {}{"text":"hello"}, "kind":"ConfigMap", ' in result.err


def test_subresources_of_old(edit):
    assert edit("", "cm c --subresource=scale").err == (
        'error: invalid subresource value: "scale". Must be one of [status]\n')


def test_editors_that_fail(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    for editor, message in (("false", 'there was a problem with the editor "false"'),
                            ("no-such-editor", 'unable to launch the editor "no-such-editor"')):
        terminal.environ["EDITOR"] = editor
        assert terminal("kubectl edit cm c") == (1, "", f"error: {message}\n")


def test_missing_objects(terminal):
    assert terminal("kubectl edit cm none").err == 'Error from server (NotFound): configmaps "none" not found\n'


def test_of_several_objects_only_the_last_ones_error_counts(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP + "---\n" + CONFIG_MAP.replace("name: c", "name: d"))
    terminal.environ["KUBE_EDITOR"] = "sed -i s/name:.c$/name:\\ x/"
    assert terminal("kubectl edit cm c d") == (0, "configmap/d skipped\n", "")
    terminal.environ["KUBE_EDITOR"] = "sed -i s/name:.d$/name:\\ x/"
    assert terminal("kubectl edit cm c d").code == 1


def test_edited_before_it_is_created(terminal):
    with open("c.yaml", "w", encoding="utf-8") as file:
        file.write(CONFIG_MAP)
    terminal.environ["KUBE_EDITOR"] = "sed -i s/hello/bye/"
    assert terminal("kubectl create --edit -f c.yaml -o name").err == (
        'error: unable to match a printer suitable for the output format "name", allowed formats are: json,yaml\n')
    assert terminal.ok("kubectl create --edit -f c.yaml") == "configmap/c created\n"
    assert terminal("kubectl create --edit -f c.yaml").err.endswith(
        'Error from server (AlreadyExists): configmaps "c" already exists\n')


def test_an_object_stays_in_its_namespace(edit):
    """Only what is namespaced is held to the namespace of the command."""
    edit.terminal.ok("kubectl create ns other")
    result = edit("s/namespace:.*/namespace:\\ other/")
    assert result.code == 1
    assert result.err.endswith(
        'error: the namespace from the provided object "other" does not match the namespace "default". You must pass '
        "'--namespace=other' to perform this operation.\n")
    assert edit("s/labels:/labels:\\\\n\\ \\ \\ \\ team:\\ blue/", "ns other") == (0, "namespace/other edited\n", "")
    assert edit.terminal.ok("kubectl get ns other -o jsonpath={.metadata.labels.team}") == "blue"


@pytest.mark.parametrize("element, told", [
    ("7", "list element types are not identical: [[map[port:80 protocol:TCP targetPort:80]] [7 map[port:80 "
     "protocol:TCP targetPort:80]]]"),
    ("{name: a}", "map: map[name:a] does not contain declared merge key: port")])
def test_lists_that_no_strategic_patch_can_hold(terminal, element, told):
    """CreateTwoWayMergePatch fails: what was written is kept, and nothing is sent."""
    terminal.ok("kubectl create service externalname s --external-name=example.com --tcp=80")
    terminal.ok("kubectl patch svc s --type=json -p '[{\"op\": \"remove\", \"path\": \"/spec/ports/0/name\"}]'")
    terminal.environ["KUBE_EDITOR"] = f"sed -i 's/ ports:/&\\n  - {element}/'"
    result = terminal("kubectl edit svc s")
    kept = re.search(r'stored to "(.*)"\n', result.err)
    assert (result.code, result.err) == (1, f"{kept[0] and 'A copy of your changes has been '}{kept[0]}error: {told}\n")
    with open(kept[1], encoding="utf-8") as file:
        assert element in file.read()
