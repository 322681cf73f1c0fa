from kubesim_cli.machinery import conditions

THEN, LATER = 1704067200, 1704067260


def test_the_transition_time_moves_with_the_status_only():
    found = []
    assert conditions.set_condition(found, {"type": "Ready", "status": "False", "reason": "Init"}, THEN)
    first = found[0]
    assert first["lastTransitionTime"] == "2024-01-01T00:00:00Z"
    assert conditions.set_condition(found, {"type": "Ready", "status": "False", "reason": "Other"}, LATER)
    assert found[0] == {"type": "Ready", "status": "False", "reason": "Other",
                        "lastTransitionTime": "2024-01-01T00:00:00Z"}
    assert first["reason"] == "Init"
    assert not conditions.set_condition(found, {"type": "Ready", "status": "False", "reason": "Other"}, LATER)
    assert conditions.set_condition(found, {"type": "Ready", "status": "True"}, LATER)
    assert found[0]["lastTransitionTime"] == "2024-01-01T00:01:00Z"


def test_looking_up():
    found = [{"type": "Ready", "status": "True"}]
    assert conditions.status_of(found, "Ready") == "True"
    assert conditions.status_of(found, "Other") is None
    assert conditions.find(None, "Ready") is None
