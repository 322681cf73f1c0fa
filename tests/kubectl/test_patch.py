import re

import pytest

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: '1'\n"


@pytest.fixture
def patch(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    return lambda flags: terminal(f"kubectl patch cm c {flags}")


@pytest.mark.parametrize("flags, done", [
    ("""-p '{"data":{"a":"2"}}'""", "patched"),
    ("""-p '{"data":{"a":"1"}}'""", "patched (no change)"),
    ("-p 'data: {b: x}'", "patched"),
    ("""--type=merge -p '{"data":null}'""", "patched"),
    ("""--type=json -p '[{"op":"replace","path":"/data/a","value":"3"}]'""", "patched"),
    ("""-p '{"data":{"a":"2"}}' --dry-run=client""", "patched"),
    ("""-p '{"kind":null,"apiVersion":null}'""", "patched (no change)"),
    ("-p null", "patched (no change)"),
    ("--type=json -p null", "patched (no change)"),
    ("""-p '{"metadata":{"resourceVersion":"0"}}'""", "patched (no change)"),
    ("""-p '{"kind":"Secret","apiVersion":"v2"}'""", "patched (no change)"),
])
def test_patched(patch, flags, done):
    assert patch(flags) == (0, f"configmap/c {done}\n", "")


@pytest.mark.parametrize("flags, message", [
    ("", "error: must specify --patch or --patch-file containing the contents of the patch"),
    ("-p x --patch-file y", "error: cannot specify --patch and --patch-file together"),
    ("-p x --local", "error: cannot specify --local and server resources"),
    ("-p x --type=no", 'error: --type must be one of [json merge strategic], not "no"'),
    ("--patch-file none.yaml", "error: unable to read patch file: open none.yaml: no such file or directory"),
    ("""-p '{"data":'""", "Error from server (BadRequest): unexpected end of JSON input"),
    ("""--type=merge -p '{"data":'""",
     "Error from server (BadRequest): error decoding patch: unexpected end of JSON input"),
    ("""--type=json -p '[{"op":"test","path":"/data/a","value":"9"}]'""",
     "The request is invalid: the server rejected our request due to an error in our request"),
    ("--type=merge -p null", "Error from server (BadRequest): Invalid JSON Patch"),
    ("--type=merge -p '[]' --dry-run=client",
     "error: json: cannot unmarshal array into Go value of type unstructured.detector"),
    ("""-p '{"$patch":"delete"}' --dry-run=client""", "error: Object 'Kind' is missing in '{}'"),
    ("""-p '{"metadata":null}'""", "Error from server (BadRequest): the name of the object (c based on URL) was "
     "undeterminable: name must be provided"),
    ("""-p '{"metadata":{"name":"d"}}'""",
     "Error from server (BadRequest): the name of the object (d) does not match the name on the URL (c)"),
    ("""-p '{"metadata":{"namespace":"d"}}'""", "Error from server (BadRequest): the namespace of the provided object "
     "does not match the namespace sent on the request"),
    ("""-p '{"metadata":{"resourceVersion":"x"}}'""",
     'Error from server: strconv.ParseUint: parsing "x": invalid syntax'),
    ("""--type=merge -p '{"kind":"Secret"}'""",
     'The request is invalid: patch: Invalid value: "{...}": converting (v1.Secret) to (core.ConfigMap): unknown '
     "conversion"),
    ("""--type=json -p '[{"op":"replace","path":"/apiVersion","value":"v2"}]'""",
     'The request is invalid: patch: Invalid value: "{...}": no kind "ConfigMap" is registered for version "v2" in '
     'scheme "kubernetes/pkg/api/legacyscheme/scheme.go:30"'),
    ("""-p '{"metadata":{"uid":"x"}}'""",
     'The ConfigMap "c" is invalid: metadata.uid: Invalid value: "x": field is immutable'),
    ("""-p '{"metadata":{"deletionTimestamp":"2024-01-01T00:00:00Z"}}'""", 'The ConfigMap "c" is invalid: '
     'metadata.deletionTimestamp: Invalid value: "2024-01-01T00:00:00Z": field is immutable'),
    ("""-p '{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Event","name":"e","uid":"1"}]}}'""",
     'The ConfigMap "c" is invalid: metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event",'
     '"name":"e","uid":"1"}: /v1, Kind=Event is disallowed from being an owner'),
    ("-p x --subresource=x", 'error: invalid subresource value: "x". Must be one of [status scale]'),
    ("""-p '{"data":{"a":1}}'""",
     'The request is invalid: patch: Invalid value: "map[data:map[a:1]]": cannot convert int64 to string'),
])
def test_refused(patch, flags, message):
    code, out, err = patch(flags)
    if "{...}" in message:  # the object after the patch
        err = re.sub(r'Invalid value: "\{.*\}":', 'Invalid value: "{...}":', err)
    assert (code, out, err) == (1, "", message + "\n")


def test_local(terminal):
    patch = """--local -o jsonpath='{.spec.containers[*].name}'"""
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a}]}\n"
    body = '{"spec":{"containers":[{"name":"b"}]}}'
    assert terminal.ok(f"kubectl patch -f - {patch} -p '{body}'", pod) == "b a"
    assert terminal.ok(f"kubectl patch -f - {patch} --type=merge -p '{body}'", pod) == "b"
    result = terminal("""kubectl patch -f - --local --type=json -p '[{"op":"replace","path":"/x/y"}]'""", pod)
    assert result.err == "error: replace operation does not apply: doc is missing path: /x/y: missing value\n"


def test_record(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    terminal.ok("""kubectl patch cm c --type=merge --record -p '{"data":{"a":"7"}}'""")
    cause = terminal.ok("kubectl get cm c -o jsonpath='{.metadata.annotations.kubernetes\\.io/change-cause}'")
    assert cause == """kubectl patch cm c --type=merge --record=true --patch={"data":{"a":"7"}}"""


def test_subresource(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    assert terminal.ok("""kubectl patch deploy web --subresource=scale -p '{"spec":{"replicas":3}}'""") == \
        "scale.autoscaling/web patched\n"
    assert terminal.ok("kubectl get deploy web -o jsonpath={.spec.replicas}") == "3"


def test_a_refused_patch_tells_its_numbers_as_go_does(terminal):
    """fmt.Sprint of a float64: 1e6 is 1e+06."""
    terminal.ok("kubectl create deployment s --image=nginx")
    patch = '{"spec":{"template":{"spec":{"containers":[{"image":"x","n":1e6}]}}}}'
    code, out, err = terminal(f"kubectl patch deploy s -p '{patch}'")
    assert (code, out) == (1, "")
    assert "map[image:x n:1e+06]" in err


def test_what_of_metadata_goes_with_a_status(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl create service clusterip svc --tcp=80")
    meta = '{"metadata":{"labels":{"x":"y"},"annotations":{"a":"b"}}}'
    for resource in ("deploy/web", "svc/svc"):
        terminal.ok(f"kubectl patch {resource} --subresource=status -p '{meta}'")
    shown = "-o jsonpath='{.metadata.labels.x} {.metadata.annotations.a}'"
    assert terminal.ok(f"kubectl get deploy web {shown}") == " b"
    assert terminal.ok(f"kubectl get svc svc {shown}") == "y b"


def test_a_system_priority_class_stays(terminal):
    refused = terminal("kubectl delete pc system-node-critical")
    assert refused.err == ('Error from server (Forbidden): priorityclasses.scheduling.k8s.io "system-node-critical" is '
                           "forbidden: this is a system priority class and cannot be deleted\n")


def test_an_address_that_somebody_gave_a_service_stays(terminal):
    terminal.ok("kubectl create service loadbalancer lb --tcp=80")
    status = '{"status":{"loadBalancer":{"ingress":[{"ip":"198.51.100.7"},{"hostname":"a.example.com"}]}}}'
    terminal.ok(f"kubectl patch svc lb --subresource=status -p '{status}'")
    assert terminal.ok("kubectl get svc lb --no-headers").split()[3] == "198.51.100.7,a.example.com"
    terminal.ok("""kubectl patch svc lb -p '{"spec":{"type":"ClusterIP"}}'""")
    assert terminal.ok("kubectl get svc lb -o jsonpath={.status}") == '{"loadBalancer":{}}'


def test_an_object_is_missed_before_a_patch_is_read(terminal):
    assert terminal("kubectl patch deploy nosuch -p '{'").err == (
        'Error from server (NotFound): deployments.apps "nosuch" not found\n')
    terminal.ok("kubectl create deploy web --image=nginx")
    assert terminal("kubectl patch deploy web -p '{'").err == (
        "Error from server (BadRequest): unexpected end of JSON input\n")
