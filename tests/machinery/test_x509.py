from __future__ import annotations

import pytest

from kubesim_cli.machinery import x509

# openssl req -new -subj "/O=devs/O=ops/CN=web/serialNumber=7" -addext "subjectAltName=DNS:web.example.com,DNS:web,
#   IP:10.0.0.1,IP:fd00::1,email:a@b.c,URI:spiffe://x/y"
PEM = b"""\
-----BEGIN CERTIFICATE REQUEST-----
MIIBUTCB+AIBADA3MQ0wCwYDVQQKDARkZXZzMQwwCgYDVQQKDANvcHMxDDAKBgNV
BAMMA3dlYjEKMAgGA1UEBRMBNzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEoI
tlbZI36JRVVw+4ppoAhmG7DiwJflL6njnR8i/L1bY4grsC3fDbAZgVQQrmU2TQLB
Frn+zfvs01furRuGUlCgXzBdBgkqhkiG9w0BCQ4xUDBOMEwGA1UdEQRFMEOCD3dl
Yi5leGFtcGxlLmNvbYIDd2VihwQKAAABhxD9AAAAAAAAAAAAAAAAAAABgQVhQGIu
Y4YMc3BpZmZlOi8veC95MAoGCCqGSM49BAMCA0gAMEUCIQCUmVZ5/iOZS7yhN5pQ
k3V0AVz98xzG+z74s59e5qR1uQIgFEwhgfAOgTHcQopzHoNjg4wxWm8Z5irMy/JP
XcRR2W8=
-----END CERTIFICATE REQUEST-----
"""


def test_a_request_tells_who_it_is_about():
    request = x509.parse_request(PEM)
    assert request.subject == [(x509.ORGANIZATION, "devs"), (x509.ORGANIZATION, "ops"), (x509.COMMON_NAME, "web"),
                               ("2.5.4.5", "7")]
    assert request.alternative_names == [
        (x509.DNS, "web.example.com"), (x509.DNS, "web"), (x509.IP, "10.0.0.1"), (x509.IP, "fd00::1"),
        (x509.EMAIL, "a@b.c"), (x509.URI, "spiffe://x/y")]


def test_its_parts_are_whole_elements():
    request = x509.parse_request(PEM)
    assert request.subject_der[:2] == b"\x30\x37" and request.public_key_der[:2] == b"\x30\x59"
    assert request.subject_der + request.public_key_der in request.der


@pytest.mark.parametrize("pem, wrong", [
    (b"", "PEM block type must be CERTIFICATE REQUEST"),
    (PEM.replace(b"REQUEST", b""), "PEM block type must be CERTIFICATE REQUEST"),
    (PEM.partition(b"-----END")[0], "PEM block type must be CERTIFICATE REQUEST"),
    (PEM.replace(b"MIIB", b"MIIC"), "x509: malformed certificate request"),
    (b"-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----",
     "x509: malformed certificate request"),
    (b"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----",
     "x509: malformed certificate request"),
])
def test_what_is_no_request(pem, wrong):
    with pytest.raises(ValueError) as caught:
        x509.parse_request(pem)
    assert str(caught.value) == wrong
