"""Commands that hold objects as Go types refuse custom resources, which have none."""

import pytest

WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n"
DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""
NO_WIDGET = 'no kind "Widget" is registered for version "example.com/v1" in scheme "pkg/scheme/scheme.go:28"\n'


@pytest.fixture
def widget(terminal):
    terminal.ok("kubectl create -f -", DEFINITION)
    terminal.advance("5s")
    terminal.ok("kubectl create -f -", WIDGET)
    return terminal


@pytest.mark.parametrize("line", [
    "rollout status widget/w", "rollout restart widget/w", "rollout history widget/w", "rollout undo widget/w",
    "set image widget/w a=b", "set env widget/w a=b", "set selector widget/w a=b", "expose widget/w --port=80",
    "logs widget/w", "exec widget/w -- ls", "create job j --from=widget/w",
])
def test_named(widget, line):
    assert widget(f"kubectl {line}") == (1, "", "error: " + NO_WIDGET)


def test_what_is_missing_is_missing(widget):
    assert widget("kubectl rollout status widget/x").err == (
        'Error from server (NotFound): widgets.example.com "x" not found\n')


def test_selected(widget):
    listed = NO_WIDGET.replace("Widget", "WidgetList")
    assert widget("kubectl rollout status widgets").err == "error: " + listed
    assert widget("kubectl rollout pause widgets").err == listed


def test_from_files(widget):
    assert widget("kubectl set image --local a=b -f -", WIDGET).err == 'error: unable to decode "STDIN": ' + NO_WIDGET
    assert widget("kubectl rollout restart -f -", WIDGET).err == 'unable to decode "STDIN": ' + NO_WIDGET
    assert widget.ok("kubectl label --local -f - a=b", WIDGET) == "widget.example.com/w labeled\n"


def test_other_commands_take_them(widget):
    assert widget.ok("kubectl label widget w a=b") == "widget.example.com/w labeled\n"
    assert widget.ok("kubectl patch widget w --type=merge -p '{}'") == "widget.example.com/w patched (no change)\n"
