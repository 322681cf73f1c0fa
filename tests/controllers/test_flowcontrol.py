"""Whether a FlowSchema's priority level exists."""

FLOWCONTROL = "flowcontrol.apiserver.k8s.io"


def test_flow_schemas_tell_whether_their_level_is_missing(world):
    w = world("flowcontrol")
    w.create(f"flowschemas.{FLOWCONTROL}", {
        "apiVersion": f"{FLOWCONTROL}/v1", "kind": "FlowSchema", "metadata": {"name": "f"},
        "spec": {"priorityLevelConfiguration": {"name": "level"}}})
    w.advance()
    assert condition(w) == (
        "True", "NotFound",
        'This FlowSchema references the PriorityLevelConfiguration object named "level" but there is no such object')
    w.create(f"prioritylevelconfigurations.{FLOWCONTROL}", {
        "apiVersion": f"{FLOWCONTROL}/v1", "kind": "PriorityLevelConfiguration", "metadata": {"name": "level"},
        "spec": {"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}}})
    w.advance()
    assert condition(w)[:2] == ("False", "Found")


def condition(w):
    [found] = w.api.find(f"flowschemas.{FLOWCONTROL}", "f")["status"]["conditions"]
    return found["status"], found["reason"], found["message"]
