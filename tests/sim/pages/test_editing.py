"""What `kubectl edit` changes, as pages tell it beside a whole manifest."""

from __future__ import annotations

import os
import shutil

import pytest

from kubesim_cli.sim.pages.editing import Change
from kubesim_cli.sim.pages.layout import appended
from kubesim_cli.sim.pages.report import summary

needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")


def changed(obj, *words, part=""):
    change = Change()
    for each in words:
        change.say(each)
    if part:
        change.show(part)
    change.apply(obj)
    return obj


def test_words_tell_values_and_replicas():
    assert changed({"spec": {"type": "NodePort"}, "status": {"a": "NodePort"}},
                   "Change the type from `NodePort` to\n`LoadBalancer`:") == {
        "spec": {"type": "LoadBalancer"}, "status": {"a": "NodePort"}}
    assert changed({"spec": {"replicas": 3}, "status": {"replicas": 3}}, "Set the number of replicas to 5.") == {
        "spec": {"replicas": 5}, "status": {"replicas": 3}}
    assert not Change()


def test_a_part_is_merged_where_its_key_is_nearest_to_the_root():
    spec = {"template": {"spec": {"volumes": [{"name": "a", "configMap": {"name": "old", "defaultMode": 420}},
                                              {"name": "b", "emptyDir": {}}]}}}
    after = changed({"metadata": {"annotations": {"volumes": "x"}}, "spec": spec},
                    part="volumes:\n- configMap:\n    name: new\n  name: a\n")
    assert after["spec"]["template"]["spec"]["volumes"] == [
        {"name": "a", "configMap": {"name": "new", "defaultMode": 420}}, {"name": "b", "emptyDir": {}}]
    assert after["metadata"] == {"annotations": {"volumes": "x"}}


def test_a_whole_object_is_no_part():
    change = Change()
    change.show("apiVersion: v1\nkind: Pod\n")
    change.show("- a\n")
    change.show("a: [\n")
    assert not change


@needs_bash
def test_an_edit_told_in_words_is_done(replayed):
    report = replayed("""\
```shell
kubectl create deployment web --image=nginx
kubectl edit deployment web
```
Change the number of replicas to 2, and save.
```
$ kubectl get deployment web -o jsonpath='{.spec.replicas}'
2
```
""")
    assert [outcome.state for outcome in report.outcomes] == ["ran", "ran", "equal"], report.bad


@needs_bash
def test_an_edit_saves_the_object_as_it_is_when_it_is_opened(replayed):
    """Its status changes in the seconds before."""
    report = replayed("""\
```shell
kubectl create deployment web --image=nginx:1.14.2
```
Change the image from `nginx:1.14.2` to `nginx:1.16.1`:
```shell
kubectl edit deployment web
```
The output is:
```
deployment.apps/web edited
```
""")
    assert [outcome.state for outcome in report.outcomes] == ["ran", "equal"], report.bad


@needs_bash
def test_an_edit_instead_of_another_command_finds_the_cluster_as_it_was(replayed):
    report = replayed("""\
```shell
kubectl create deployment web --image=nginx:1.14.2
```
Give it another image:
```shell
kubectl set image deployment/web nginx=nginx:1.16.1
```
Alternatively, edit it, and change the image from `nginx:1.14.2` to `nginx:1.16.1`:
```shell
kubectl edit deployment web
```
The output is:
```
deployment.apps/web edited
```
""")
    assert [outcome.state for outcome in report.outcomes] == ["ran", "ran", "equal"], report.bad


@needs_bash
def test_lines_that_are_to_be_added_are_added_to_the_file(replayed):
    report = replayed("""\
```yaml
# web.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  a: "1"
```
```shell
kubectl apply -f web.yaml
```
Add the following line to `web.yaml` at the end:
```yaml
  b: "2"
```
```
$ kubectl apply -f web.yaml
configmap/web configured
$ kubectl get configmap web -o jsonpath='{.data}'
{"a":"1","b":"2"}
```
""")
    assert [outcome.state for outcome in report.outcomes] == ["ran", "equal", "equal"], report.bad


def test_an_added_element_is_indented_as_those_before():
    assert appended("a:\n  b:\n    - path: /\n      x: 1\n", "- path: /v2\n  x: 2\n") == (
        "a:\n  b:\n    - path: /\n      x: 1\n    - path: /v2\n      x: 2\n")


MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {key: "%s"}
"""
MADE = "```\n$ kubectl create configmap a --from-literal=key=old --dry-run=client -o yaml > a.yaml\n```\n"
USED = """
```
$ kubectl apply -f a.yaml
configmap/a created
$ kubectl get configmap a -o jsonpath='{.data.key}'
%s
```
"""


@needs_bash
@pytest.mark.parametrize("words", [
    f"Edit the file, and change its key:\n```yaml\n{MANIFEST % 'new'}```\n",
    f"The final file should look like this:\n```yaml\n{MANIFEST % 'new'}```\n",
    f"Change the key.\n```\n$ cat a.yaml\n{MANIFEST % 'new'}```\n",
    f"```shell\nvi a.yaml\n```\n```yaml\n{MANIFEST % 'new'}```\n",
])
def test_a_file_that_is_edited_is_what_the_page_shows_then(replayed, words):
    report = replayed(MADE + words + USED % "new")
    assert [outcome.state for outcome in report.outcomes if outcome.state in ("equal", "differs", "failed")] == [
        "equal", "equal"], report.bad


@needs_bash
def test_an_edit_that_is_inferred_is_told(replayed):
    report = replayed(f"{MADE}Change the key.\n```\n$ cat a.yaml\n{MANIFEST % 'new'}```\n")
    line = 2 + (MADE + "Change the key.\n").count("\n")
    assert f"inferred: a.yaml is edited by hand to what is shown after line {line}" in summary(report)


@needs_bash
@pytest.mark.parametrize("words", ["", "See its address, and additional keys:\n", "Finally, look at it:\n"])
def test_a_file_that_nobody_edits_is_compared(replayed, words):
    report = replayed(MADE + f"{words}```\n$ cat a.yaml\n{MANIFEST % 'new'}```\n" + USED % "old")
    assert [outcome.state for outcome in report.outcomes] == ["ran", "differs", "equal", "equal"], report.bad


@needs_bash
def test_an_edit_of_which_the_metadata_is_shown_changes_that(replayed):
    report = replayed("""\
```
$ kubectl run a --image=nginx
pod/a created
$ kubectl edit pod a
```
```yaml
apiVersion: v1
kind: Pod
metadata:
  annotations: {commit: 2d3mg3}
  creationTimestamp: 2017-05-31T12:56:35Z
  uid: 9423255b-4600-11e7-af6a-28d2447dc82b
  name: a
...
```
```
$ kubectl get pod a -o jsonpath='{.metadata.annotations.commit} {.metadata.labels.run} {.spec.containers[0].image}'
2d3mg3 a nginx
```
""")
    assert [outcome.state for outcome in report.outcomes] == ["equal", "ran", "equal"], report.bad


def test_a_time_in_what_is_edited_is_a_text(replayed):
    report = replayed("""\
```shell
kubectl create deployment web --image=nginx
kubectl edit deployment web
```
Change it:
```yaml
metadata:
  annotations:
    on: 2013-12-11T03:56:00Z
spec:
  replicas: 3
```
```console
$ kubectl get deployment web -o jsonpath='{.spec.replicas}'
3
```
""")
    assert [outcome.state for outcome in report.outcomes] == ["ran", "ran", "equal"]
