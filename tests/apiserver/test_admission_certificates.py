"""Who may ask for, approve and issue certificates."""

import base64

import pytest

REQUESTS = "certificatesigningrequests.certificates.k8s.io"
CLIENT = "kubernetes.io/kube-apiserver-client"
# O=system:masters
MASTER = (
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIa01JR0tBZ0VBTUNneEZ6QVZCZ05WQkFvTURuTjVjM1JsYlRwdFlY"
    "TjBaWEp6TVEwd0N3WURWUVFEREFSbApkbWxzTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFWllmdGRXOWZBQUlwaEto"
    "cDBVeTNtWGUvCkhadU9pOWk1OEozOFdnZm9TWmV5UjhyNnVMUkxkbmplQ1RNdW4yVHdiejVTdnJKdEs2Wm8vRVhIRjRqRWk2QUEKTUFv"
    "R0NDcUdTTTQ5QkFNQ0Ewa0FNRVlDSVFDVitaOEluU0ZmRGs2SFduUlpnMitaTTlseDM3RnNiUlJtSjVoUQo4ZzZmNmdJaEFNY2NHd1Qx"
    "enU4YTZkd2N6bW5sdGdTVjl5U3pzODNYQUJrSFczTlRQYnJpCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=")
RBAC = "rbac.authorization.k8s.io"


def request(api, signer, pem=MASTER):
    return api.create("certificates.k8s.io/v1", "CertificateSigningRequest", "r", "", spec={
        "request": pem, "signerName": signer, "usages": ["client auth"]})


def allow(api, name, *rules):
    api.create(f"{RBAC}/v1", "ClusterRole", name, rules=list(rules))
    api.create(f"{RBAC}/v1", "ClusterRoleBinding", name,
               roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": name},
               subjects=[{"apiGroup": RBAC, "kind": "User", "name": "bob"}])


def rule(verb, resource, **names):
    return {"apiGroups": ["certificates.k8s.io"], "resources": [resource], "verbs": verb.split(), **names}


def test_nobody_asks_to_be_a_master(api):
    assert api.refused(request, api, CLIENT) == (
        f'certificatesigningrequests.certificates.k8s.io "r" is forbidden: use of {CLIENT} signer with system:masters '
        "group is not allowed")
    assert request(api, "example.com/own")


def test_a_damaged_request_asks_for_no_group(api):
    damaged = base64.b64encode(base64.b64decode(MASTER).replace(b"MIHkMIGKAgEA", b"MIHkMIHKAgEA"))
    assert damaged.decode() != MASTER
    assert request(api, CLIENT, damaged.decode())


@pytest.mark.parametrize("subresource,status,verb", [
    ("approval", {"conditions": [{"type": "Approved", "status": "True", "reason": "Test"}]}, "approve"),
    ("status", {"conditions": [{"type": "Failed", "status": "True", "reason": "Test"}]}, "sign"),
])
@pytest.mark.parametrize("name", ["example.com/own", "example.com/*"])
def test_acting_for_a_signer_needs_its_verb(api, subresource, status, verb, name):
    bob = api.user("bob")
    allow(api, "requests", rule("get patch", "certificatesigningrequests"),
          rule("get patch", f"certificatesigningrequests/{subresource}"))
    request(api, "example.com/own")

    def act():
        return api.change(REQUESTS, "r", {"status": status}, "", subresource, client=bob)

    assert api.refused(act) == (
        f'certificatesigningrequests.certificates.k8s.io "r" is forbidden: user not permitted to {verb} requests with '
        'signerName "example.com/own"')
    allow(api, "signers", rule(verb, "signers", resourceNames=[name]))
    assert act()["status"]["conditions"][0]["type"] == status["conditions"][0]["type"]
