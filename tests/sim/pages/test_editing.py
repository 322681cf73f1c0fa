"""What `kubectl edit` changes, as pages tell it beside a whole manifest."""

from __future__ import annotations

import os
import shutil

import pytest

from kubesim_cli.sim.pages.editing import Change
from kubesim_cli.sim.pages.layout import appended

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
