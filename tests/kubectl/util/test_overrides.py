"""--overrides of run and expose: three sorts of patches of the object that would be made."""

import json

import pytest

RUN = "kubectl run web --image=nginx --dry-run=client -o json"


@pytest.mark.parametrize(("type_", "overrides", "image", "args"), [
    ("", '{"spec":{"containers":[{"name":"web","args":["x"]}]}}', None, ["x"]),  # a list is replaced
    ("merge", '{"spec":{"containers":[{"name":"web","args":["x"]}]}}', None, ["x"]),
    ("strategic", '{"spec":{"containers":[{"name":"web","args":["x"]}]}}', "nginx", ["x"]),
    ("json", '[{"op":"add","path":"/spec/containers/0/args","value":["x"]}]', "nginx", ["x"]),
])
def test_types(newest, type_, overrides, image, args):
    type_ = type_ and f"--override-type={type_}"
    [container] = json.loads(newest.ok(f"{RUN} {type_} --overrides='{overrides}'"))["spec"]["containers"]
    assert (container.get("image"), container["args"]) == (image, args)


def test_a_service_is_overridden(newest):
    newest.ok("kubectl run web --image=nginx --port=80")
    shown = newest.ok("""kubectl expose pod web --dry-run=client -o json --overrides='{"spec":{"type":"NodePort"}}'""")
    assert json.loads(shown)["spec"]["type"] == "NodePort"


@pytest.mark.parametrize(("flags", "told"), [
    ("--override-type=x --overrides='{}'", "error: invalid override type: x\n"),
    ("--overrides=x", "error: Invalid JSON Patch\n"),
    ("--overrides=[]", "error: Invalid JSON Patch\n"),
    ("--overrides=x --override-type=strategic", "error: invalid JSON document\n"),
    ("--overrides='{}' --override-type=json",
     "error: json: cannot unmarshal object into Go value of type jsonpatch.Patch\n"),
])
def test_refusals(newest, flags, told):
    assert newest(f"{RUN} {flags}") == (1, "", told)


def test_a_patch_that_does_not_apply(newest):
    refused = newest(f"""{RUN} --override-type=json --overrides='[{{"op":"test","path":"/kind","value":"x"}}]'""")
    assert refused == (1, "", "error: testing value /kind failed: test failed\n")
