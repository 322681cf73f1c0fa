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


# openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=web
CERTIFICATE = b"""\
-----BEGIN CERTIFICATE-----
MIIBcTCCARegAwIBAgIUec+QSWOs1DNklgBLuzjp0/Liea4wCgYIKoZIzj0EAwIw
DjEMMAoGA1UEAwwDd2ViMB4XDTI2MTEzMDE4MzMzN1oXDTM2MTEyNzE4MzMzN1ow
DjEMMAoGA1UEAwwDd2ViMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+VNAkPAN
T2zppdZ1w/5VPlAU/Gq/T3qYdrtKdw7Tpr59+UzqRTDyj3VaVJwLpM6HLo2tHXok
O6WG0RJX6ZiZ0aNTMFEwHQYDVR0OBBYEFIqhY6PV/XMB38BwfFhIrkx1e7OiMB8G
A1UdIwQYMBaAFIqhY6PV/XMB38BwfFhIrkx1e7OiMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDSAAwRQIge5MjGDT/FG0hPizX/E40L1G4lvKr3veYNnRGd2By
vSQCIQCnrmaHShsePwnon9xzv434H6/EEtFFHfUGuC6CcML0/g==
-----END CERTIFICATE-----
"""


@pytest.mark.parametrize("pem", [CERTIFICATE, b"said before\n" + CERTIFICATE + b"and\n" + CERTIFICATE,
                                 CERTIFICATE.replace(b"\n", b"\r\n")])
def test_certificates(pem):
    x509.check_certificates(pem)


@pytest.mark.parametrize(("pem", "said"), [
    (b"a", "must contain at least one CERTIFICATE PEM block"),
    (b"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n", "must contain at least one CERTIFICATE PEM block"),
    pytest.param(b"-----BEGIN CERTIFICATE-----\n" * 50_000, "must contain at least one CERTIFICATE PEM block",
                 id="many beginnings, at once"),
    (b"-----BEGIN KEY-----\n" + PEM, 'only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"'),
    (PEM, 'only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"'),
    (CERTIFICATE + PEM, 'only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"'),
    (CERTIFICATE.replace(b"-----\n", b"-----\nProc-Type: 4,ENCRYPTED\n\n", 1), "no PEM block headers are permitted"),
    (b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
     "found CERTIFICATE PEM block containing 0 certificates"),
    (b"-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n", "x509: malformed certificate"),
    (PEM.replace(b"CERTIFICATE REQUEST", b"CERTIFICATE").replace(b"MIIB", b"AgIB"), "x509: malformed certificate")])
def test_what_is_no_certificate(pem, said):
    with pytest.raises(ValueError) as wrong:
        x509.check_certificates(pem)
    assert str(wrong.value) == said
