"""kuberc set and view: what they write, keep and refuse."""

import pytest

HEAD = "apiVersion: kubectl.config.k8s.io/v1beta1\n"
TAIL = "kind: Preference\n"
ALIAS = "--section=aliases --name=p --command=get"
PLUGIN = "--section=credentialplugin"


@pytest.fixture
def kuberc(newest):
    """`kuberc(flags)` runs `kuberc set` and returns the Result; `kuberc.text()` is what its file holds."""
    file = newest.home / "kuberc"

    def run(flags):
        return newest(f"kubectl kuberc set {flags}")

    run.text, run.file, run.terminal = file.read_text, file, newest
    return run


def test_defaults(kuberc):
    assert kuberc("--section=defaults --command=get --option=--output=wide --option=a=b=c") == (
        0, f"Updated {kuberc.file}\n", "")
    text = (f"aliases: null\n{HEAD}defaults:\n- command: get\n  options:\n  - default: wide\n    name: output\n"
            f"  - default: b=c\n    name: a\n{TAIL}")
    assert kuberc.text() == text
    assert kuberc("--section=defaults --command=get --option=output=name").err == (
        'error: defaults for command "get" already exist, use --overwrite to replace\n')
    assert kuberc.text() == text
    assert kuberc("--section=defaults --command=get --overwrite").code == 0
    assert kuberc.text() == text
    assert kuberc("--section=defaults --command=get --option=output=name --overwrite").code == 0
    assert "- command: get\n  options:\n  - default: name\n    name: output\nkind" in kuberc.text()


def test_defaults_of_no_options_and_of_a_second_command(kuberc):
    kuberc("--section=defaults --command=get")
    kuberc("--section=defaults --command='set env' --option=output=yaml")
    assert kuberc.text() == (f"aliases: null\n{HEAD}defaults:\n- command: get\n  options: null\n- command: set env\n"
                             f"  options:\n  - default: yaml\n    name: output\n{TAIL}")


def test_an_alias_keeps_what_is_not_given_anew(kuberc):
    kuberc(f"{ALIAS} --prependarg=nodes --appendarg=-- --appendarg=x --option=output=wide")
    assert kuberc.text() == (f"aliases:\n- appendArgs:\n  - --\n  - x\n  command: get\n  name: p\n  options:\n"
                             f"  - default: wide\n    name: output\n  prependArgs:\n  - nodes\n{HEAD}defaults: null\n"
                             f"{TAIL}")
    assert kuberc(f"{ALIAS} --prependarg=pods --overwrite").code == 0
    assert "prependArgs:\n  - pods\n" in kuberc.text() and "default: wide\n" in kuberc.text()
    kuberc("--section=aliases --name=q --command=describe")
    assert kuberc.text().startswith("aliases:\n- appendArgs:") and "- command: describe\n  name: q\n" in kuberc.text()


@pytest.mark.parametrize("policy", ["AllowAll", "DenyAll"])
def test_policies_for_credential_plugins(kuberc, policy):
    kuberc(f"{PLUGIN} --policy={policy}")
    assert kuberc.text() == f"aliases: null\n{HEAD}credentialPluginPolicy: {policy}\ndefaults: null\n{TAIL}"


def test_a_list_of_credential_plugins(kuberc):
    kuberc(f"{PLUGIN} --policy=Allowlist --allowlist-entry=command=a,command=b --allowlist-entry=command=c")
    assert ("credentialPluginAllowlist:\n- command: a\n- command: b\n- command: c\ncredentialPluginPolicy: Allowlist\n"
            in kuberc.text())


@pytest.mark.parametrize(("flags", "problem"), [
    ("--section=other", '--section must be "defaults", "aliases", or "credentialplugin", got: other'),
    ("--section=aliases --command=get", "--name is required when --section=aliases"),
    ("--section=defaults --name=p", "--name should not be specified when --section=defaults"),
    ("--section=defaults --command=get --prependarg=a",
     "--prependarg and --appendarg are only valid for --section=aliases"),
    ("--section=defaults --command=get --appendarg=a",
     "--prependarg and --appendarg are only valid for --section=aliases"),
    ("--section=defaults", "--command is required when --section=aliases or --section=defaults"),
    ("--section=defaults --command=get --option=output", 'invalid option format "output", expected flag=value'),
    (PLUGIN, "--policy is required when --section=credentialplugin"),
    (f"{PLUGIN} --policy=x", ' --policy must be  "AllowAll", "DenyAll", or "Allowlist", got: x'),
    (f"{PLUGIN} --policy=DenyAll --allowlist-entry=command=a",
     "--allowlist-entry may only be used when --section=credentialplugin and --policy=Allowlist"),
    (f"{PLUGIN} --policy=Allowlist",
     "--allowlist-entry is required when --section=credentialplugin and --policy=Allowlist"),
    (f"{PLUGIN} --policy=Allowlist --allowlist-entry=a", 'improperly formatted allowlist entry: "a"'),
    (f"{PLUGIN} --policy=Allowlist --allowlist-entry=name=a",
     'allowlist entry field "name" is deprecated, use "command" instead'),
    (f"{PLUGIN} --policy=Allowlist --allowlist-entry=x=a", 'unrecognized allowlist entry field: "x"'),
    (f"{PLUGIN} --policy=Allowlist --allowlist-entry='command= '",
     'empty value in allowlist entry for field "command"'),
])
def test_what_is_refused(kuberc, flags, problem):
    assert kuberc(flags) == (1, "", f"error: {problem}\n")
    assert not kuberc.file.exists()


def test_all_wrong_entries_are_told(kuberc):
    assert kuberc(f"{PLUGIN} --policy=Allowlist --allowlist-entry=a,command=b,x=c") == (
        1, "", 'improperly formatted allowlist entry: "a"\nunrecognized allowlist entry field: "x"\n')


def test_what_a_file_has_not_is_null(kuberc):
    kuberc.file.write_text(f"{HEAD}{TAIL}")
    kuberc(f"{PLUGIN} --policy=DenyAll")
    assert kuberc.text() == f"aliases: null\n{HEAD}credentialPluginPolicy: DenyAll\ndefaults: null\n{TAIL}"


def test_what_is_viewed(kuberc):
    kuberc.file.write_text(f"{HEAD}{TAIL}defaults: [{{command: get}}]\n")
    assert kuberc.terminal.ok("kubectl kuberc view") == (
        f"aliases: []\n{HEAD}defaults:\n- command: get\n  options: null\n{TAIL}")
    assert kuberc.terminal.ok("kubectl kuberc view -o jsonpath={.defaults[0].command}") == "get"


def test_a_file_that_is_not_there_is_offered_only_where_nobody_named_it(kuberc):
    kuberc.terminal.environ["KUBECTL_KUBERC"] = "false"  # or no command would come to run
    assert kuberc.terminal("kubectl kuberc view --kuberc=no").err == "error: kuberc file not found at no\n"
    asked = kuberc.terminal("kubectl kuberc view", stdin="n\n")
    assert asked.code == 0 and asked.out.endswith("with recommended options? (y/N): ")
    assert kuberc.terminal("kubectl kuberc view", stdin="n\n").out == asked.out
    made = kuberc.terminal("kubectl kuberc view", stdin="Y\n").out
    assert made.startswith(asked.out + "Updated ")
    assert kuberc.terminal.ok("kubectl kuberc view") == (
        f"aliases: []\n{HEAD}defaults:\n- command: apply\n  options:\n  - default: \"true\"\n    name: server-side\n"
        f"- command: delete\n  options:\n  - default: \"true\"\n    name: interactive\n{TAIL}")


def test_a_file_that_is_no_yaml(kuberc):
    kuberc.file.write_text("a: [\n")
    kuberc.terminal.environ["KUBECTL_KUBERC"] = "false"  # or no command would come to run
    told = kuberc("--section=defaults --command=get")
    assert told.code == 1 and told.err.startswith(
        "error: error parsing kuberc file: error converting YAML to JSON: yaml: ")


@pytest.mark.parametrize("text", [
    "defaults: 5", "aliases: x", "defaults: [5]", "defaults: [{command: 5}]", "defaults: [{command: get, options: x}]",
    "aliases: [{name: p, command: [get]}]", "aliases: [{name: p, command: get, options: [output]}]",
    "defaults: [{command: get, options: [{name: output, default: {x: y}}]}]"])
def test_a_kuberc_that_does_not_fit_its_types_is_passed_over(kuberc, text):
    kuberc.file.write_text(f"{HEAD}{TAIL}{text}\n")
    told = f"no valid preferences found in {kuberc.file}, use --v=5 to see details"
    result = kuberc.terminal("kubectl get ns default -o name")
    assert (result.code, result.out) == (0, "namespace/default\n")
    assert result.err == f"kuberc: no preferences loaded from {kuberc.file}: {told}"
    named = kuberc.terminal(f"kubectl get ns --kuberc={kuberc.file}")
    assert named == (1, "", f"error occurred while applying preferences kuberc error kuberc: {told}\n")
    changed = kuberc("--section=defaults --command=get")
    assert changed.code == 1
    assert ("error: error parsing kuberc file: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
            in changed.err)


def test_what_is_missing_in_a_kuberc_is_empty(kuberc):
    kuberc.file.write_text(f"{HEAD}{TAIL}aliases: [null, {{command: get}}]\n")
    assert "invalid alias name" in kuberc.terminal("kubectl get ns").err
    kuberc.file.write_text(f"{HEAD}{TAIL}defaults: [{{command: get, options: [{{default: x}}]}}]\n")
    assert kuberc.terminal("kubectl get ns").err == (
        "error occurred while applying preferences invalid flag  for command get\n")


def test_unknown_fields_of_a_kuberc_are_told(kuberc):
    """Only a document whose known fields fit is used, and what it has besides is told."""
    kuberc.file.write_text(f"""apiVersion: kubectl.config.k8s.io/v9
kind: Preference
---
{HEAD}{TAIL}
color: red
defaults: [{{command: get, options: [{{name: output, default: name, since: x}}]}}]
""")
    result = kuberc.terminal("kubectl get ns default")
    assert (result.code, result.out) == (0, "namespace/default\n")
    assert result.err == (f'kuberc: ignoring strict decoding error in {kuberc.file}: strict decoding error: unknown '
                          'field "color", unknown field "defaults[0].options[0].since"')


@pytest.mark.parametrize("line", ["get ns -v=5", "-v 5 get ns", "get ns --v=6", "get --v 5 ns"])
def test_what_becomes_of_a_kuberc_is_logged(kuberc, line):
    kuberc.file.write_text("")
    assert f"] kuberc: no preferences found in {kuberc.file}\n" in kuberc.terminal(f"kubectl {line}").err
    kuberc.file.write_text(f"kind: Other\napiVersion: v1\n---\n{HEAD}{TAIL}")
    told = kuberc.terminal(f"kubectl {line}").err
    assert f'] kuberc: strict decoding error for entry 1 in {kuberc.file}: no kind "Other" is registered' in told
    assert f"] kuberc: using entry 2 (kubectl.config.k8s.io/v1beta1) in {kuberc.file}\n" in told
    assert "] kuberc: " not in kuberc.terminal("kubectl get ns -v=4").err


@pytest.mark.parametrize("text, told", [
    ("x", "couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct {"),
    ("kind: Preference\napiVersion: [a]", "couldn't get version/kind; json parse error: json: cannot unmarshal array "
     "into Go struct field .apiVersion of type string"),
    ("foo: 1", "Object 'Kind' is missing"), ("kind: Preference", "Object 'apiVersion' is missing")])
def test_what_is_no_object_of_a_kind_is_logged(kuberc, text, told):
    kuberc.file.write_text(text)
    assert f"] kuberc: strict decoding error for entry 1 in {kuberc.file}: {told}" in kuberc.terminal(
        "kubectl get ns -v=5").err


def with_file(kuberc, text, command):
    """Run a command with a kuberc of this text behind its head."""
    kuberc.file.write_text(HEAD + TAIL + text)
    return kuberc.terminal(command)


WRONG = "error occurred while applying preferences "


@pytest.mark.parametrize(("text", "told"), [
    ("credentialPluginPolicy: Foo", 'unknown plugin policy: "Foo"'),
    ("credentialPluginPolicy: Allowlist",
     'credential plugin policy set to "Allowlist", but allowlist is unspecified'),
    ("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []",
     'credential plugin policy set to "Allowlist", but allowlist is empty; use "DenyAll" policy instead'),
    ("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: a}, {}]",
     "misconfigured credential plugin allowlist: empty allowlist entry #2"),
    ("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: a//b}]",
     'non-normalized file path: "a//b" vs "a/b"'),
    ("credentialPluginPolicy: DenyAll\ncredentialPluginAllowlist: []",
     'misconfigured credential plugin allowlist: plugin policy is "DenyAll" but allowlist is non-nil')])
def test_a_policy_that_makes_no_sense_is_refused(kuberc, text, told):
    assert with_file(kuberc, text, "kubectl get namespaces -o name") == (1, "", f"{WRONG}{told}\n")
    kuberc.terminal.environ["KUBESIM_KUBECTL_VERSION"] = "1.34"
    assert kuberc.terminal("kubectl get namespaces -o name").code == 0


def test_an_alias_of_a_built_in_name_is_never_looked_at(kuberc):
    assert with_file(kuberc, "aliases: [{name: get, command: describe}]", "kubectl get namespaces -o name").err == ""


def test_defaults_go_by_the_last_name_of_a_command(kuberc):
    text = ("defaults: [{command: get pods, options: [{name: output, default: name}]}, {command: ''}, "
            "{command: config nope}, {command: nope x}]")
    assert with_file(kuberc, text, "kubectl get namespaces default") == (
        0, "namespace/default\n", 'Warning: command "nope x" not found to set kuberc override\n')
    text = "defaults: [{command: kuberc view, options: [{name: output, default: 'jsonpath={.kind}'}]}]"
    assert with_file(kuberc, text, "kubectl config view").out == "Config"


def test_an_alias_is_no_command_to_have_defaults(kuberc):
    text = "aliases: [{name: g, command: get pods, prependArgs: [ns]}]\ndefaults: [{command: %s}]"
    assert with_file(kuberc, text % "g", "kubectl g") == (1, "", f"{WRONG}alias g can not be overridden\n")
    assert with_file(kuberc, text % "g", "kubectl get ns default -o name") == (
        0, "namespace/default\n", 'Warning: command "g" not found to set kuberc override\n')
    assert with_file(kuberc, text % "nope", "kubectl g -o name default").err == (
        'Warning: command "nope" not found to set kuberc override\n')
    assert with_file(kuberc, text % "g", "kubectl nope").err.startswith('error: unknown command "nope"')


@pytest.mark.parametrize(("option", "told"), [
    ("name: nope", "invalid alias flag nope in alias kubectl"),
    ("name: chunk-size, default: x", "could not apply value x to flag chunk-size in alias kubectl err: ")])
def test_a_wrong_flag_of_an_alias(kuberc, option, told):
    text = f"aliases: [{{name: g, command: get, options: [{{{option}}}]}}]"
    assert with_file(kuberc, text, "kubectl g ns").err.startswith(WRONG + told)
