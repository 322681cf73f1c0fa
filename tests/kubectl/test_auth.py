"""kubectl auth can-i and reconcile, and kubectl certificate."""

import pytest

READER = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules:
- {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}
- {apiGroups: [""], resources: [configmaps], resourceNames: [one], verbs: [update]}
"""


@pytest.fixture
def amy(terminal):
    """What the user amy may do: as the Role `reader` says."""
    terminal.ok("kubectl apply -f -", READER)
    terminal.ok("kubectl create rolebinding amy --role=reader --user=amy")
    return lambda line: terminal(f"kubectl auth can-i {line} --as amy")


@pytest.mark.parametrize(("line", "told"), [
    ("list pods", (0, "yes\n", "")),
    ("get pods --subresource=log", (0, "yes\n", "")),
    ("delete pods", (1, "no\n", "")),
    ("list pods -n kube-system", (1, "no\n", "")),
    ("list pods -A", (1, "no\n", "")),
    ("update cm/one", (0, "yes\n", "")),
    ("update CM/one", (0, "yes\n", "")),
    ("update cm/two", (1, "no\n", "")),
    ("list nodes", (1, "no\n", "Warning: resource 'nodes' is not namespace scoped\n\n")),
    ("list deployments.apps -q", (1, "", "")),
    ("get /version", (0, "yes\n", "")),
    ("get /metrics", (1, "no\n", "")),
    ("approve certificatesigningrequests", (
        1, "no\n", "Warning: resource 'certificatesigningrequests' is not namespace scoped in group "
                   "'certificates.k8s.io'\n\nWarning: verb 'approve' is not a known verb\n\n")),
    ("list nosuch", (1, "no\n", "Warning: the server doesn't have a resource type 'nosuch'\n\n")),
    ("list", (1, "", "error: you must specify two arguments: verb resource or verb resource/resourceName.\n"
                     "See 'kubectl auth can-i -h' for help and examples.\n")),
])
def test_can_i(amy, line, told):
    assert amy(line) == told


def test_can_i_list(amy):
    rows = [line.split() for line in amy("--list --no-headers").out.splitlines()]
    assert ["pods", "[]", "[]", "[get", "list]"] in rows
    assert ["configmaps", "[]", "[one]", "[update]"] in rows


def test_the_administrator(newest):
    assert newest("kubectl auth can-i '*' '*' -A") == (0, "yes\n", "")
    assert newest("kubectl auth can-i approve csr") == (
        0, "yes\n", "Warning: resource 'certificatesigningrequests' is not namespace scoped in group "
                    "'certificates.k8s.io'\n\n")


def test_reconcile(terminal):
    assert terminal("kubectl auth reconcile -f -", READER) == (
        0, "role.rbac.authorization.k8s.io/reader reconciled\n",
        "\treconciliation required create\n\tmissing rules added:\n"
        "\t\t{Verbs:[get list] APIGroups:[] Resources:[pods pods/log] ResourceNames:[] NonResourceURLs:[]}\n"
        "\t\t{Verbs:[update] APIGroups:[] Resources:[configmaps] ResourceNames:[one] NonResourceURLs:[]}\n")
    less = READER.replace(", pods/log", "")
    assert terminal("kubectl auth reconcile -f -", less).err == ""
    removed = terminal("kubectl auth reconcile --remove-extra-permissions -f -", less).err
    assert removed.startswith("\treconciliation required update\n\textra rules removed:\n"
                              "\t\t{Verbs:[get] APIGroups:[] Resources:[pods/log]")
    assert terminal("kubectl auth can-i get pods --subresource=log --as amy").code == 1
    assert terminal("kubectl auth reconcile -f -", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n") == (0, "", "")


REQUEST = """\
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: amy}
spec:
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
  request: %s
"""


def test_certificates(terminal):
    import base64

    key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
    assert terminal("kubectl certificate approve nosuch").err == (
        'Error from server (NotFound): certificatesigningrequests.certificates.k8s.io "nosuch" not found\n')
    assert terminal("kubectl certificate deny").err == (
        "error: one or more CSRs must be specified as <name> or -f <filename>\n")
    refused = terminal("kubectl apply -f -", REQUEST % base64.b64encode(key.encode()).decode())
    assert "PEM block type must be CERTIFICATE REQUEST" in refused.err


def test_who_may_not_read_a_namespace_is_told_of_the_object(terminal):
    """kubectl asks for the namespace of what is missing, but only to see whether it is missing, too."""
    terminal.ok("kubectl create ns team")
    terminal.ok("kubectl create role pods --verb=get,create --resource=pods -n team")
    terminal.ok("kubectl create rolebinding dave --role=pods --user=dave -n team")
    assert terminal("kubectl get pod web -o yaml -n team --as=dave").err == (
        'Error from server (NotFound): pods "web" not found\n')
    assert terminal("kubectl get pod web -n nosuch").err == (
        'Error from server (NotFound): namespaces "nosuch" not found\n')
