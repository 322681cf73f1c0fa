"""-o jsonpath."""


def test_large_numbers_of_typed_objects_are_floats(terminal):
    path = "-o jsonpath='{.spec.activeDeadlineSeconds}'"
    overrides = """--overrides='{"spec":{"activeDeadlineSeconds":20000010}}'"""
    assert terminal.ok(f"kubectl run big --image=nginx {overrides} {path}") == "2.000001e+07"
    assert terminal.ok(f"kubectl get pod big {path}") == "20000010"
