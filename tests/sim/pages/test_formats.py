"""Each format is read into the same model."""

from __future__ import annotations

import pathlib

import pytest
from pagesamples import ASCIIDOC, CRAM, RST, TXTAR

from kubesim_cli.sim.pages import formats
from kubesim_cli.sim.pages.model import BadPage, Command, Directive, Shown

FIXTURES = pathlib.Path(__file__).parents[3] / "fixtures"


def parse(text: str, name: str = "page.md"):
    return formats.parser_of(name)(name, text)


def told(page):
    """Commands with their first line of output, files with their names."""
    return [(item.text, item.listing and item.listing.lines[0]) if isinstance(item, Command) else item.name
            for item in page.items if isinstance(item, (Command, Shown))]


def test_output_in_the_same_block_or_in_the_next():
    page = parse("```\n$ kubectl get pods\nNAME\n$ kubectl get svc\nNONE\n```\n\ntext\n\n"
                 "```shell\nkubectl get sts\n```\n\nThe output is similar to:\n\n```\nSTS\n```\n")
    assert told(page) == [("kubectl get pods", "NAME"), ("kubectl get svc", "NONE"), ("kubectl get sts", "STS")]
    assert [command.line for command in page.commands] == [2, 4, 11]
    assert [command.listing.line for command in page.commands] == [3, 5, 17]
    assert [command.listing.similar for command in page.commands] == [False, False, True]


@pytest.mark.parametrize("prompt", ["$", "%", ">", "#", "PS>", "PS C:\\Users\\me>", "user@host:~$", "[me@host dir]$",
                                    "[node1 work]$", "My-Mac:~ me$", "host:/srv/a$", "~$", "~/work $", "➜  ~", "❯",
                                    "➜  work git:(main) ✗", "[The Bay]🚩 >", "(venv) me@host:~$", "(base) $"])
def test_prompts(prompt):
    page = parse(f"```console\n{prompt} kubectl get pods\nNAME   READY\n```\n")
    assert told(page) == [("kubectl get pods", "NAME   READY")]


def test_continuation_lines_and_here_documents():
    page = parse("```\n$ kubectl get \\\n>   pods\nNAME\n$ cat <<EOF\n> a\n> EOF\na\n```\n")
    assert told(page) == [("kubectl get \\\n  pods", "NAME"), ("cat <<EOF\na\nEOF", "a")]


def test_commands_of_one_block_share_its_listing():
    page = parse("```bash\n# first\nkubectl apply -f a\nkubectl get a\n```\n```\nA\n```\n")
    assert told(page) == [("kubectl apply -f a", None), ("kubectl get a", "A")]
    assert len({command.block for command in page.commands}) == 1


def test_a_command_of_the_text_has_the_listing_behind_it():
    page = parse("Run `kubectl get rs`. The output is similar to this:\n\n```\nNAME\n```\n")
    assert told(page) == [("kubectl get rs", "NAME")]


def test_what_one_sees_with_a_command_of_the_text_is_not_what_the_one_before_has_printed():
    run = "kubectl run a --image=busybox -- false"
    made = f"```\n{run}\n```\n\nYou can see using `kubectl describe pod a` that it fails:\n\n"
    listing = "```\nContainers:\n  a:\n    State:  Waiting\n```\n"
    assert told(parse(made + listing)) == [(run, None), ("kubectl describe pod a", "Containers:")]
    assert told(parse(made + "```\npod/a created\n```\n")) == [(run, "pod/a created")]
    assert told(parse(made.replace(run, "kubectl get pod a -o yaml") + listing))[0][1] is not None


MANIFEST = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n"


@pytest.mark.parametrize("page", [
    f"```yaml title=\"a.yaml\"\n{MANIFEST}```\n", f"```yaml\n# a.yaml: a pod\n{MANIFEST}```\n",
    f"Save this as `a.yaml`:\n\n```yaml\n{MANIFEST}```\n",
    f"```yaml\n{MANIFEST}```\n\n```\n$ kubectl create -f a.yaml\n```\n",
    f"<!-- kubesim: file a.yaml -->\n```\n{MANIFEST}```\n", f":::{{tip}}\n```{{code-block}} yaml\n:caption: a.yaml\n"
    f"{MANIFEST}```\n:::\n",
])
def test_a_manifest_is_called_by(page):
    assert [item.name for item in parse(page).items if isinstance(item, Shown)] == ["a.yaml"]


@pytest.mark.parametrize("shortcode", ['{{% code_sample file="pods/a.yaml" %}}', '{{< codenew file="pods/a.yaml" >}}'])
def test_shortcodes_of_hugo(shortcode):
    [shown] = parse(f"text\n\n{shortcode}\n").items
    assert (shown.name, shown.source) == ("a.yaml", "pods/a.yaml")


def test_what_is_for_another_system_is_left_out():
    page = parse('{{< tabs >}}\n{{% tab name="Windows" %}}\n```shell\nkubectl get a\n```\n{{% /tab %}}\n'
                 '{{% tab name="Linux" %}}\n```shell\nkubectl get b\n```\n{{% /tab %}}\n{{< /tabs >}}\n\n'
                 '=== "macOS"\n\n    ```shell\n    kubectl get c\n    ```\n\n'
                 '=== "Linux"\n\n    ```shell\n    kubectl get d\n    ```\n\n```powershell\nkubectl get e\n```\n')
    assert told(page) == [("kubectl get b", None), ("kubectl get d", None)]


def test_a_shell_in_a_container_is_typed_in():
    page = parse("```shell\nkubectl exec -it web -- /bin/bash\n```\n\nIn that shell:\n\n"
                 "```shell\nls /\n```\n```\nbin\n```\n```shell\nexit\nkubectl get pods\n```\n")
    assert [(command.text, command.inside) for command in page.commands] == [
        ("kubectl exec -it web -- /bin/bash", ""), ("ls /", "kubectl exec -it web -- /bin/bash"), ("exit", ""),
        ("kubectl get pods", "")]


def test_directives():
    page = parse("<!-- kubesim: nodes 3 -->\n<!-- kubesim: level shape -->\n<!-- kubesim: version 1.30 -->\n\n"
                 "<!-- kubesim: fails 1 -->\n```sh\nkubectl get a\n```\n<!-- kubesim: advance 2m -->\n\n"
                 "<!-- kubesim: skip -->\n```sh\nkubectl get b\n```\n<!-- kubesim: setup: kubectl get c -->\n"
                 "<!-- any other -->\n")
    assert (page.nodes, page.level, page.release) == (3, "shape", "1.30")
    assert [(item.text, item.exit, item.origin) if isinstance(item, Command) else item for item in page.items] == [
        ("kubectl get a", 1, ""), Directive("advance", "2m", 9), ("kubectl get c", None, "setup")]


@pytest.mark.parametrize(("text", "line"), [("skp", 3), ("advance 2 minutes", 3), ("level high", 3), ("nodes many", 3),
                                            ("skip it", 3), ("fails", 3)])
def test_a_directive_that_is_none_is_an_error_with_its_line(text, line):
    with pytest.raises(BadPage, match=rf"page\.md:{line}: "):
        parse(f"text\n\n<!-- kubesim: {text} -->\n")


def test_an_unknown_ending_is_an_error():
    with pytest.raises(BadPage, match=r"no page's name ends in '\.doc'"):
        formats.read("page.doc")


def test_the_tutorial_as_copied_from_a_browser():
    page = formats.read(str(FIXTURES / "pages" / "statefulset.txt"))
    assert [(command.line, len(command.listing.lines) if command.listing else 0) for command in page.commands] == [
        (76, 8), (90, 0), (91, 11), (107, 0), (108, 9), (124, 0), (125, 10), (143, 4)]
    [shown] = [item for item in page.items if isinstance(item, Shown)]
    manifest = (FIXTURES / "sts-mariadb.yml").read_text(encoding="utf-8")
    assert shown.name == "sts-mariadb.yml"
    assert shown.text.split() == manifest.split()


def test_cram():
    page = parse(CRAM, "page.t")
    assert [(command.text, command.line, command.listing.lines, command.listing.line, command.exit)
            for command in page.commands] == [
        ("kubectl run a \\\n  --image=nginx", 3, ["pod/a created"], 5, 0),
        ("kubectl get pod b", 6, ['Error from server (NotFound): pods "b" not found'], 7, 1),
        ("kubectl get pod a", 9, ["NAME * (glob)", "a .*Running.* (re)"], 10, 0)]


def test_txtar():
    page = parse(TXTAR, "page.txtar")
    assert [(item.name, item.line) for item in page.items if isinstance(item, Shown)] == [("a.yaml", 11), ("want", 15)]
    assert [(command.text, command.exit, command.listing and command.listing.lines, command.stderr and
             command.stderr.lines) for command in page.commands] == [
        ("mkdir -p d", None, None, None),
        ("kubectl apply -f a.yaml", 0, [".*(?:configmap/a (created|configured)).* (re)"], None),
        ("kubectl get configmap b", -1, None, [".*(?:NotFound).* (re)"]),
        ("kubectl get configmap a -o name", 0, ["configmap/a"], None)]


@pytest.mark.parametrize(("statement", "line"), [("mkChdir a", 1), ("[odd] skip", 1), ("\ncmp stdout nosuch", 2),
                                                 ("! stdout x", 1)])
def test_a_statement_that_is_not_understood_is_an_error(statement, line):
    with pytest.raises(BadPage, match=rf"page\.txtar:{line}: "):
        parse(f"{statement}\n", "page.txtar")


def test_a_document_right_behind_a_command_is_what_it_prints():
    page = parse("```console\n$ kubectl get --raw /version\n```\n```json\n{\"major\": \"1\"}\n```\n", "page.md")
    assert page.commands[0].listing.lines == ['{"major": "1"}']


def test_assignments_are_commands_where_a_command_is_substituted():
    page = parse("```\nPOD=$(kubectl get pod -o name)\n```\n```sh\nkubectl logs a\n```\n```\nURL=$(HOST):80\n```\n",
                 "page.md")
    assert [command.text for command in page.commands] == ["POD=$(kubectl get pod -o name)", "kubectl logs a"]
    assert page.commands[1].listing.lines == ["URL=$(HOST):80"]


def test_programs_by_their_path_are_commands():
    page = parse("Run:\n```bash\n$HOME_OF_IT/bin/start.sh\n```\n", "page.md")
    assert [command.text for command in page.commands] == ["$HOME_OF_IT/bin/start.sh"]


def test_restructured_text():
    pytest.importorskip("docutils")
    page = parse(RST, "page.rst")
    assert told(page) == ["a.yaml", ("kubectl apply -f a.yaml", "configmap/a created"),
                          ("kubectl get cm b", 'Error from server (NotFound): configmaps "b" not found')]
    assert [(command.line, command.exit, command.listing.line, command.listing.indent)
            for command in page.commands] == [
        (26, None, 27, " " * 9), (33, 1, 34, " " * 3)]


def test_asciidoc():
    page = parse(ASCIIDOC, "page.adoc")
    assert told(page) == ["a.yaml", ("kubectl get cm b", 'Error from server (NotFound): configmaps "b" not found'),
                          ("kubectl apply -f a.yaml", "configmap/a created"),
                          ("kubectl get cm a -o name", "configmap/a")]
    assert [(command.line, command.exit, command.listing.line) for command in page.commands] == [
        (17, 1, 18), (25, None, 29), (32, None, 33)]


def test_a_title_in_plain_text_ends_what_a_command_prints():
    page = parse("$ kubectl get ns\ndefault\n\nLogs of the pod:\n----------------\nkubectl logs web\n", "page.txt")
    assert told(page) == [("kubectl get ns", "default"), ("kubectl logs web", None)]


def test_asciidoc_is_read_as_it_is_shown():
    """Callouts, and what a block's `subs` replaces: macros, attributes that the page defines, marks of quotes."""
    page = parse("""\
= Page
:app: web

[source,bash,subs="+macros,+attributes"]
----
kubectl label node pass:[${NODE}] app={app} #<.>
kubectl scale deploy \\#<.>
  {app} --replicas={other} <1> <2>
kubectl get pods -l 'a=<1>,b' --field-selector pass:['status.phase!=Failed']
----

[source,bash,subs="+quotes"]
----
$ kubectl get pods
#web-0#   1/1     *Running*   0   a_b_c
----

[source,bash]
----
$ kubectl get nodes
#no# *mark* pass:[x]
----
""", "page.adoc")
    assert [command.text for command in page.commands] == [
        "kubectl label node ${NODE} app=web", "kubectl scale deploy \\\n  web --replicas={other}",
        "kubectl get pods -l 'a=<1>,b' --field-selector 'status.phase!=Failed'",
        "kubectl get pods", "kubectl get nodes"]
    assert [command.listing.lines for command in page.commands[3:]] == [
        ["web-0   1/1     Running   0   a_b_c"], ["#no# *mark* pass:[x]"]]


def test_a_block_that_begins_with_another_program_is_a_script_all_the_same():
    page = parse("Do:\n\n```\nopenssl rand -hex 8 >password\nkubectl create secret generic s --from-file=password\n"
                 "```\n\n```\nweb created\nPlease run\nkubectl get pods\n```\n", "page.md")
    assert [command.text for command in page.commands] == [
        "openssl rand -hex 8 >password", "kubectl create secret generic s --from-file=password"]


@pytest.mark.parametrize(("command", "shown", "level"), [
    ("kubectl get pod a -o yaml", "spec:\n  nodeName: b", "contains"),
    ("kubectl describe pod a", "Events: none", "contains"),
    ("kubectl describe pod a", "Name: a", ""), ("kubectl get pod a", "NAME", ""),
    ("kubectl get pod a -o yaml", "apiVersion: v1\nkind: Pod", ""),
])
def test_a_part_of_a_document_is_known_for_one(command, shown, level):
    [found] = parse(f"```sh\n{command}\n```\n\nThis comes:\n\n```\n{shown}\n```\n").commands
    assert found.listing.level == level


@pytest.mark.parametrize(("words", "level"), [("The output is similar to:", "contains"), ("It prints:", "")])
def test_a_log_that_is_only_similar_may_have_more_lines(words, level):
    [found] = parse(f"```sh\nkubectl logs a\n```\n\n{words}\n\n```\nline\n```\n").commands
    assert found.listing.level == level


@pytest.mark.parametrize("between", [
    "## Like another matter\n\n", "Give the server of `a.yaml` the following flag of `b.yaml`:\n\n",
    "A pod has a toleration:\n\n```yaml\ntolerations:\n- key: a\n```\n\n",
    "The request that is sent looks like this:\n\n"])
def test_a_block_of_another_matter_is_no_output(between):
    assert told(parse(f"```sh\nkubectl get pods\n```\n\n{between}```\n--authorization-mode=ABAC\n```\n")) == [
        ("kubectl get pods", None)]


@pytest.mark.parametrize("between", ["## Another matter\n\nThe output is:\n\n", "The output has its flags:\n\n"])
def test_a_block_that_is_called_output_is_output(between):
    assert told(parse(f"```sh\nkubectl get pods\n```\n\n{between}```\nNAME\n```\n")) == [("kubectl get pods", "NAME")]


def test_a_document_that_begins_with_a_files_name_is_that_file():
    page = parse("```sh\nkubectl get pod a -o yaml\n```\n\nThe output is similar to:\n\n```yaml\n# a.yaml\nkind: Pod\n"
                 "apiVersion: v1\nmetadata:\n  name: a\n```\n")
    assert told(page) == [("kubectl get pod a -o yaml", None), "a.yaml"]


def test_words_that_a_list_indents_too_far_are_no_output():
    assert told(parse("```sh\nkubectl get pods\n```\n\n- see one\n\n        Depending on your cluster there may be "
                      "more of them.\n")) == [("kubectl get pods", None)]


def test_a_document_without_what_the_server_adds_is_a_part():
    page = "```sh\nkubectl get pod a -o yaml\n```\n\n```yaml\napiVersion: v1\nkind: Pod\nmetadata:\n"
    page += "  name: a\n{}```\n"
    levels = [parse(page.format(more)).commands[0].listing.level for more in ("", "  uid: 91460ecb\n")]
    assert levels == ["contains", ""]


def test_a_comment_before_a_manifest_is_no_prompt():
    page = parse("```yaml\n# You need to change this\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n```\n"
                 "```sh\nkubectl get pods\n```\n")
    assert [type(item) for item in page.items] == [Shown, Command]


def test_calls_of_programs_stand_among_commands_and_their_output():
    page = parse("```sh\nkubectl get pod a -o yaml > a.yaml\nvi a.yaml\n# do some edit\n\nkubectl apply -f a.yaml\n"
                 "pod/a configured\n\nrm ./a.yaml\n```\n")
    assert told(page) == [("kubectl get pod a -o yaml > a.yaml", None), ("vi a.yaml", None),
                          ("kubectl apply -f a.yaml", "pod/a configured"), ("rm ./a.yaml", None)]


def test_an_output_that_may_be_none_is_not_expected():
    assert told(parse("```sh\nkubectl cluster-info\n```\n\nIf you see a message similar to this,\nit is not "
                      "configured.\n\n```\nThe connection was refused\n```\n")) == [("kubectl cluster-info", None)]
    assert told(parse("Errors such as this tell\nof a problem:\n\n```sh\nkubectl get pods\n```\n\n"
                      "```\nError\n```\n")) == [("kubectl get pods", None)]
    page = parse("Errors such as this tell\nof a problem:\n\n```sh\nkubectl get pods\n```\n```\nError\n```\n\nor\n\n"
                 "```sh\nkubectl get ns\n```\n```\nError\n```\n")
    assert told(page) == [("kubectl get pods", None), ("kubectl get ns", None)]


def test_an_output_that_comes_instead_is_as_true():
    page = parse("```sh\nkubectl get pods\n```\n\nThe output is:\n\n```\nNAME\n```\n\nWithout pods, this is printed "
                 "instead:\n\n```\nNo resources found\n```\n")
    assert page.commands[0].listing.alternatives == [["No resources found"]]


def test_a_tab_of_code_needs_no_fence():
    page = parse('{{< tabs name="t" >}}\n{{< tab name="x86-64" codelang="bash" >}}\nkubectl get pods\n{{< /tab >}}\n'
                 '{{< tab name="Windows" codelang="bash" >}}\nkubectl get nodes\n{{< /tab >}}\n{{< /tabs >}}\n')
    assert [(one.text, one.line, one.label) for one in page.commands] == [("kubectl get pods", 3, "x86-64")]


@pytest.mark.parametrize(("name", "text"), [
    ("page.adoc", "[source,sh]\n----\n$ kubectl get pods\n----\n\n== Like others\n\n----\n--a-flag\n----\n"),
    ("page.rst", "One\n===\n\n.. code-block:: console\n\n   $ kubectl get pods\n\nLike others\n===========\n\n::\n\n"
                 "   --a-flag\n"),
])
def test_headings_of_other_formats(name, text):
    if name.endswith(".rst"):
        pytest.importorskip("docutils")
    assert told(parse(text, name)) == [("kubectl get pods", None)]


@pytest.mark.parametrize(("heading", "shown"), [("## Another matter", None), ("## The output", "NAME"), ("", "NAME")])
def test_a_listing_is_not_of_a_command_in_another_section(heading, shown):
    page = parse(f"```\nkubectl get pods\n```\n\n{heading}\n\nIt is like this:\n\n```\nNAME   READY\n```\n")
    assert [command.listing and command.listing.lines[0][:4] for command in page.commands] == [shown]


def test_a_script_that_makes_manifests_is_none():
    page = parse("```yaml\n# two files\ncat <<EOF >a.yaml\napiVersion: v1\nkind: Pod\nEOF\n"
                 "cat <<EOF >b.yaml\na: b\nEOF\n```\n")
    assert [command.text.split("\n")[0] for command in page.commands] == ["cat <<EOF >a.yaml", "cat <<EOF >b.yaml"]


def test_a_comment_above_commands_in_a_container_is_no_output():
    page = parse("```shell\nkubectl exec -it a -- sh\n```\n```shell\nhostname\n```\nNow:\n```\n# inside\n"
                 "nslookup a\n```\n```\nServer: b\n```\n")
    assert told(page)[1:] == [("hostname", None), ("nslookup a", "Server: b")]


@pytest.mark.parametrize("words", ["The output will include", "Run it to see that", "In the output, you can see"])
def test_a_part_of_an_output_is_known_for_one(words):
    page = parse(f"```\nkubectl get pods\n```\n{words}:\n```\nNAME   READY\n```\n")
    assert page.commands[0].listing.level == "contains"


def test_a_block_of_commands_with_a_here_document_is_no_manifest():
    text = "```\nmkdir -p a\ncat <<EOF > a/b.yaml\napiVersion: v1\nkind: Pod\nEOF\n```\n"
    assert [command.text.split()[0] for command in parse(text).commands] == ["mkdir", "cat"]


def test_an_output_under_a_condition_that_may_not_hold_is_not_expected():
    block = "```sh\nkubectl get pdb\n```\n```\nNAME   AGE\na      5s\n```\n"
    assert told(parse(f"If there are matching pods (say, 3), then you would see this:\n\n{block}"))[0][1] is None
    assert told(parse(f"If everything went well, you would see this:\n\n{block}"))[0][1] is not None


def test_outputs_in_comments_are_those_of_the_commands_above_them():
    page = parse("```shell\nkubectl apply -f a.yaml\n# deployment.apps/a created\n\nkubectl get pods\n"
                 "#NAME   READY\n#a      1/1\n\n# look at the next one\nkubectl get nodes\n# there are two of them\n"
                 "kubectl get cm\n# a comment\n# NAME   DATA\n```\n")
    assert [(command.text, command.listing and [line for line in command.listing.lines if line])
            for command in page.commands] == [
        ("kubectl apply -f a.yaml", ["deployment.apps/a created"]),
        ("kubectl get pods", ["NAME   READY", "a      1/1"]), ("kubectl get nodes", None), ("kubectl get cm", None)]


@pytest.mark.parametrize("watched", ["watch kubectl get pods", "$ watch -n 1 'kubectl get pods'",
                                     "watch -d -- kubectl get pods"])
def test_a_table_behind_a_change_is_what_is_watched(watched):
    page = parse(f"```\n{watched}\n```\n```\nkubectl scale deployment/a --replicas=2\n```\nYou see:\n"
                 "```\nNAME   READY   STATUS\na-1    1/1     Running\n```\n")
    assert told(page) == [("kubectl get pods", None), ("kubectl scale deployment/a --replicas=2", None),
                          ("kubectl get pods", "NAME   READY   STATUS")]


def test_a_table_behind_a_change_is_its_own_where_nothing_is_watched():
    page = parse("```\nkubectl scale deployment/a --replicas=2\n```\n```\nNAME   READY   STATUS\n```\n")
    assert told(page) == [("kubectl scale deployment/a --replicas=2", "NAME   READY   STATUS")]


def test_variables_that_a_command_prints_are_no_commands():
    text = "```bash\nkubectl exec a -- cat /etc/os-release\n```\n```bash\nNAME=\"Alpine Linux\"\nID=alpine\n```\n"
    assert told(parse(text)) == [("kubectl exec a -- cat /etc/os-release", 'NAME="Alpine Linux"')]
    assert len(parse(text.replace("cat /etc/os-release", "ls")).commands) == 3
    assert len(parse(text.replace("kubectl exec a -- cat /etc/os-release", "cat <<E > a\nE")).commands) == 3
    assert len(parse(text.replace("ID=alpine", "ID=$(cat a)")).commands) == 3


@pytest.mark.parametrize(("name", "place"), [("common.adoc", "docs/common.adoc"), ("../a/b.adoc", "a/b.adoc"),
                                             ("partial$x.adoc", "partials/x.adoc"),
                                             ("partial$x.adoc", "docs/_partials/x.adoc")])
def test_asciidoc_that_a_page_includes(tmp_path, name, place):
    (tmp_path / ".git").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / place).parent.mkdir(exist_ok=True, parents=True)
    (tmp_path / place).write_text(":what: pods\n----\n$ kubectl get ns\n----\ninclude::none.adoc[]\n")
    page = parse(f"include::{name}[]\n[subs=attributes]\n----\n$ kubectl get {{what}}\nNAME\n----\n",
                 str(tmp_path / "docs" / "page.adoc"))
    assert [(command.text, command.line) for command in page.commands] == [("kubectl get ns", 1),
                                                                           ("kubectl get pods", 4)]


def test_asciidoc_includes_nothing_of_elsewhere_and_not_for_ever(tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "secret.adoc").write_text("----\n$ kubectl get secrets\n----\n")
    (tmp_path / "repo" / "link.adoc").symlink_to(tmp_path / "secret.adoc")
    itself = "----\n$ kubectl get ns\n----\ninclude::page.adoc[]\n"
    (tmp_path / "repo" / "page.adoc").write_text(itself)
    page = parse(f"include::../secret.adoc[]\ninclude::link.adoc[]\ninclude::{tmp_path}/secret.adoc[]\n{itself}",
                 str(tmp_path / "repo" / "page.adoc"))
    assert {command.text for command in page.commands} == {"kubectl get ns"}


@pytest.mark.parametrize(("command", "between", "shown"), [
    ("kubectl exec a -- cat b", "", "body"), ("kubectl exec a -- cat b", "A style:", None), ("vi a.css", "", None),
    ("cat > a.css", "", None)])
def test_a_block_of_any_language_right_behind_a_command_is_its_output(command, between, shown):
    page = parse(f"```bash\n{command}\n```\n{between}\n```css\nbody\n```\n")
    assert told(page) == [(command, shown)]


@pytest.mark.parametrize("line", ["[ERROR] > something failed", "➜ look at this", "» a note", "[a b] > c"])
def test_signs_that_are_no_prompts(line):
    assert told(parse(f"```\n$ kubectl logs a\n{line}\n```\n")) == [("kubectl logs a", line)]


def test_kubectl_by_its_usual_alias():
    text = "```\nk get pods\nNAME\n```\n```\n$ k apply -f a.yaml\n```\n```\nk9s\n```\n"
    assert [command.text for command in parse(text).commands] == ["kubectl get pods", "kubectl apply -f a.yaml"]
    own = parse("```sh\nalias k='kubectl -n a'\nk get pods\n```\n")
    assert [command.text for command in own.commands] == ["alias k='kubectl -n a'", "k get pods"]
