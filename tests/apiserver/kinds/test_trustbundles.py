"""ClusterTrustBundles: names, certificates, and who may attest."""

import pytest

from kubesim_cli.apiserver.bootstrap import ROOT_CA
from kubesim_cli.machinery.x509 import blocks, is_authority

BUNDLE = "clustertrustbundles.certificates.k8s.io"


def bundle(api, name="a", text=ROOT_CA, signer="", client=None):
    spec = {"trustBundle": text, **({"signerName": signer} if signer else {})}
    return api.create("certificates.k8s.io/v1", "ClusterTrustBundle", name, client=client, spec=spec)


@pytest.fixture
def newest(start):
    return start((1, 37))


def leaf() -> str:
    import base64

    (_, _, der), = blocks(ROOT_CA.encode())
    at = der.index(bytes.fromhex("0603551d13"))  # basicConstraints
    end = der.index(bytes.fromhex("0101ff"), at + 8)  # critical comes first
    changed = der[:end] + bytes.fromhex("010100") + der[end + 3:]
    text = base64.encodebytes(changed).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"


def test_what_is_an_authority():
    (_, _, der), = blocks(ROOT_CA.encode())
    assert is_authority(der) and not is_authority(next(blocks(leaf().encode()))[2])
    with pytest.raises(ValueError, match="malformed"):
        is_authority(b"\x30\x03abc")


@pytest.mark.parametrize(("name", "signer", "wrong"), [
    ("a", "", ""), ("a:b", "", 'metadata.name: Invalid value: "a:b": ClusterTrustBundle without signer name must not '
     'have ":" in its name'), ("A", "", "a lowercase RFC 1123 subdomain"),
    ("example.com:s:v1", "example.com/s", ""),
    ("v1", "example.com/s", 'metadata.name: Invalid value: "v1": ClusterTrustBundle for signerName example.com/s must '
     "be named with prefix example.com:s:"),
    ("s:v1", "s", "spec.signerName: Invalid value: \"s\": must be a fully qualified domain and path")])
def test_names_follow_signers(newest, name, signer, wrong):
    if not wrong:
        assert bundle(newest, name, signer=signer)["metadata"]["name"] == name
    else:
        assert wrong in newest.refused(bundle, newest, name, signer=signer)


@pytest.mark.parametrize(("text", "wrong"), [
    ("", "at least one trust anchor must be provided"), ("text", "at least one trust anchor must be provided"),
    (ROOT_CA + ROOT_CA, "duplicate trust anchor (indices [0 1])"),
    (ROOT_CA.replace("CERTIFICATE", "KEY"), "entry 0 has bad block type: KEY"),
    (ROOT_CA + ROOT_CA.replace("-----\nM", "-----\nA: b\n\nM", 1), "entry 1 has PEM block headers"),
    ("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n", "entry 0 does not parse as X.509"),
    (leaf(), "entry 0 does not have the CA bit set")])
def test_what_is_no_bundle(newest, text, wrong):
    assert newest.refused(bundle, newest, text=text) == (
        f'ClusterTrustBundle.certificates.k8s.io "a" is invalid: spec.trustBundle: Invalid value: "<value omitted>": '
        f"{wrong}")


def test_a_signer_stays_and_is_attested_by_who_may(newest):
    bundle(newest, "example.com:s:v1", signer="example.com/s")
    assert "spec.signerName: Invalid value: \"example.com/t\": field is immutable" in newest.refused(
        newest.change, BUNDLE, "example.com:s:v1", {"spec": {"signerName": "example.com/t"}})
    newest.create("rbac.authorization.k8s.io/v1", "ClusterRole", "bundles", rules=[
        {"verbs": ["create"], "apiGroups": ["certificates.k8s.io"], "resources": ["clustertrustbundles"]}])
    newest.create("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "bundles", roleRef={
        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "bundles"}, subjects=[
            {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "bob"}])
    bob = newest.user("bob")
    bundle(newest, "own", client=bob)
    assert 'is forbidden: user not permitted to attest for signerName "example.com/s"' in newest.refused(
        bundle, newest, "example.com:s:v2", signer="example.com/s", client=bob)
    table = newest.admin.table(BUNDLE)
    assert [row["cells"] for row in table["rows"]] == [["example.com:s:v1", "example.com/s"], ["own", "<none>"]]
