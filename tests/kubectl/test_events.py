"""kubectl events: the table, what is chosen, other outputs."""

from __future__ import annotations

import pytest

EVENT = """\
apiVersion: v1
kind: Event
metadata: {{name: {name}, namespace: {namespace}}}
involvedObject: {{apiVersion: {version}, kind: {kind}, name: web, namespace: {namespace}}}
type: {type}
reason: {reason}
message: "{message}"
{times}
"""


def record(terminal, name, times, *, kind="Pod", version="v1", type_="Normal", reason="Started", message="it is done",
           namespace="default"):
    terminal.ok("kubectl create -f -", EVENT.format(name=name, kind=kind, version=version, type=type_, reason=reason,
                                                    message=message, times=times, namespace=namespace))


@pytest.fixture
def events(terminal):
    terminal.advance("10m")
    record(terminal, "c", "firstTimestamp: 2024-01-01T00:03:00Z\nlastTimestamp: 2024-01-01T00:09:00Z\ncount: 4",
           type_="Warning", reason="BackOff", message="  fell over\\n")
    record(terminal, "b", "eventTime: 2024-01-01T00:02:00.000000Z\n"
                          "reportingComponent: test\nreportingInstance: test-1\naction: Act\n"
                          "series: {count: 7, lastObservedTime: 2024-01-01T00:08:00.000000Z}",
           kind="Deployment", version="apps/v1")
    record(terminal, "a", "firstTimestamp: 2024-01-01T00:05:00Z\nlastTimestamp: 2024-01-01T00:05:00Z\ncount: 1",
           message="ready\\x1b[0m")
    return terminal


def test_in_the_order_of_time(events):
    assert events.ok("kubectl events") == """\
LAST SEEN          TYPE      REASON    OBJECT           MESSAGE
5m                 Normal    Started   Pod/web          ready^[[0m
2m (x7 over 8m)    Normal    Started   Deployment/web   it is done
60s (x4 over 7m)   Warning   BackOff   Pod/web          fell over
"""


@pytest.mark.parametrize(("args", "reasons"), [
    ("--types=Warning", ["BackOff"]), ("--types=warning,NORMAL", ["Started", "Started", "BackOff"]),
    ("--for pod/web --types Normal", ["Started"]), ("--for deploy/web", ["Started"]),
    ("--for deployments.v1.apps/web", ["Started"]), ("--for pod/", ["Started", "Started", "BackOff"]),
])
def test_choosing(events, args, reasons):
    lines = events.ok(f"kubectl events --no-headers {args}").splitlines()
    assert [reason for line in lines for reason in line.split() if reason in ("Started", "BackOff")] == reasons


def test_kinds_of_other_groups(terminal):
    record(terminal, "other", "", kind="Pod", version="example.com/v1")
    asked = "kubectl events --for pod/web -o jsonpath='{.items[*].metadata.name}'"
    assert terminal.ok(asked) == "other"
    terminal.ok("kubectl sim reset --seed test --kubernetes-version 1.29")
    record(terminal, "other", "", kind="Pod", version="example.com/v1")
    assert terminal(asked) == (0, "", "No events found in default namespace.\n")


def test_all_namespaces(events):
    record(events, "d", "", namespace="kube-public", message="elsewhere")
    lines = events.ok("kubectl events -A").splitlines()
    assert lines[0].split() == ["NAMESPACE", "LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert "kube-public   <unknown>          Normal    Started   Pod/web          elsewhere" in lines


@pytest.mark.parametrize(("args", "code", "err"), [
    ("--types=Odd", 1, "error: valid --types are Normal or Warning\n"),
    ("--for picky", 1, "error: --for must be in resource/name form\n"),
    ("--for /x", 1, "error: a resource must be present, got: /, Resource=\n"),
    ("--for a/b/c", 1, "error: arguments in resource/name form may not have more than one slash\n"),
    ("--for nosuch/x --types=Odd", 1, 'the server doesn\'t have a resource type "nosuch"\n'),
    ("--for Pods.nosuch.io/x", 1, 'the server doesn\'t have a resource type "pods" in group "nosuch.io"\n'),
    ("-o odd --types=Odd", 1, 'error: unable to match a printer suitable for the output format "odd", allowed formats '
                              "are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,"
                              "template,templatefile,yaml\n"),
    ("-n empty", 0, "No events found in empty namespace.\n"), ("-A --for pod/none", 0, "No events found.\n"),
])
def test_nothing_to_show(terminal, args, code, err):
    assert terminal(f"kubectl events {args}") == (code, "", err)


def test_objects_are_those_of_go_types(events):
    shown = events.ok("kubectl events --for pod/web --types=Normal -o json")
    assert shown.startswith('{\n    "kind": "EventList",\n    "apiVersion": "v1",\n    "metadata": {},\n    "items": [')
    assert '"source": {},\n' in shown and '"eventTime": null,\n' in shown


def test_templates_are_set_in_columns(events):
    template = "{range .items[*]}{.metadata.name}{'\\t'}{.type}{'\\t'}{.reason}{'\\n'}{end}"
    assert events.ok(f'kubectl events -o jsonpath="{template}"') == """\
a     Normal    Started
b     Normal    Started
c     Warning   BackOff
"""
    assert events.ok('kubectl events -o jsonpath="{.items[0].metadata.name}"') == "a"


def test_failing_templates_do_not_fail_the_command(events):
    result = events('kubectl events -o go-template="{{len .items}}{{index .items 9}}"')
    assert (result.code, result.err) == (0, "") and result.out.startswith("3Error executing template: ")


def test_watching(terminal):
    terminal.ok("kubectl run web --image=nginx")
    result = terminal("kubectl events --watch --types=Normal")
    lines = result.out.splitlines()
    assert lines[0].split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert [line.split()[2] for line in lines[1:]] == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
    columns = [line.index("Pod/web") for line in lines[1:]]
    assert columns == sorted(columns)


def test_a_list_has_no_name(events):
    """The name printer refuses a typed list, and kubectl does not tell."""
    assert events("kubectl events -o name") == (0, "", "")
