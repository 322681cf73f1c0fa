from __future__ import annotations

import base64
import ssl

import pytest

REQUESTS = "certificatesigningrequests.certificates.k8s.io"
JANE = ("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWE1IOENBUUF3SFRFTU1Bb0dBMVVFQ2d3RFpHVjJNUTB3Q3dZ"
        "RFZRUUREQVJxWVc1bE1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVaaHBKam1Ic2RING5UQm0xTUM0czJHcDg0"
        "MjEvZ1lQQlkzRG5xL2RnCmw0WkIxYmprTFQ2L2NkNG5CTnAySmc5MmE1MkVBN2Y5WnNTdWdBc2xqUlVXQktBQU1Bb0dDQ3FHU000"
        "OUJBTUMKQTBnQU1FVUNJUUNrMll0MUdOdkpoOHNXYlhCUWQ0VWVJQ24vdTdXSkJsNU42a3ppQ1MzMDVnSWdFdVdZSXVWWgpMdjkr"
        "RTl1YmtEem5MV1Q2SE14d0d2dm1tQTFXeXFDRkRvUT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==")


@pytest.fixture
def w(world):
    made = world("csrsigning", "csrcleaner")
    made.put(REQUESTS, {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
                        "metadata": {"name": "jane"}, "status": {}, "spec": {
                            "request": JANE, "signerName": "kubernetes.io/kube-apiserver-client",
                            "expirationSeconds": 86400, "usages": ["client auth", "digital signature"]}})
    return made


def decide(w, type_):
    old = w.api.find(REQUESTS, "jane")
    condition = {"type": type_, "status": "True", "reason": "Test", "lastUpdateTime": "2027-01-15T08:00:00Z"}
    w.api.update_status(REQUESTS, {**old, "status": {"conditions": [condition]}})
    w.advance()
    return w.api.find(REQUESTS, "jane")["status"]


def test_what_is_approved_gets_a_certificate(w):
    pem = base64.b64decode(decide(w, "Approved")["certificate"]).decode()
    der = ssl.PEM_cert_to_DER_cert(pem)
    assert b"minikubeCA" in der and b"jane" in der and b"270115075500Z" in der and b"270116075500Z" in der


def test_what_is_denied_gets_none(w):
    assert "certificate" not in decide(w, "Denied")


def test_a_damaged_request_fails(w):
    old = w.api.find(REQUESTS, "jane")
    damaged = base64.b64encode(b"-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----").decode()
    new = {**old, "spec": {**old["spec"], "request": damaged}}
    w.server.write("MODIFIED", w.server.resolve(REQUESTS), {**new, "metadata": dict(old["metadata"])}, old)
    conditions = decide(w, "Approved")["conditions"]
    assert [c["type"] for c in conditions] == ["Approved", "Failed"]
    assert conditions[1]["message"] == "unable to parse csr: x509: malformed certificate request"


def test_requests_are_cleaned_up(w):
    w.advance(1800)
    decide(w, "Approved")
    w.advance(1799)
    assert w.names(REQUESTS) == ["jane"]
    w.advance(1)
    assert w.names(REQUESTS) == []
