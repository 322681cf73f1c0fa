from __future__ import annotations

import pytest

from kubesim_cli.go import asn1


def test_numbers_names_and_lengths():
    assert asn1.integer(0) == b"\x02\x01\x00" and asn1.integer(128) == b"\x02\x02\x00\x80"
    assert asn1.identifier("2.5.29.37") == bytes.fromhex("0603551d25")
    assert asn1.element(4, bytes(200))[:3] == b"\x04\x81\xc8"


@pytest.mark.parametrize("text", ["2.5.4.3", "1.2.840.113549.1.9.14", "1.3.6.1.4.1.311"])
def test_an_identifier_is_read_as_it_was_written(text):
    [element] = asn1.elements(asn1.identifier(text))
    assert element.tag == asn1.OID and asn1.oid(element.body) == text


def test_elements_follow_one_another():
    der = asn1.element(asn1.SEQUENCE, bytes(300)) + asn1.integer(7)
    first, second = asn1.elements(der)
    assert (first.tag, len(first.body), first.der + second.der) == (asn1.SEQUENCE, 300, der)
    assert (second.tag, second.body) == (asn1.INTEGER, b"\x07")
    assert asn1.elements(b"") == []


@pytest.mark.parametrize("der", [b"\x30", b"\x30\x02\x00", b"\x30\x82\x01", b"\x02\x01\x00\x04\x05abc"])
def test_what_is_cut_off_is_no_element(der):
    with pytest.raises(ValueError, match="truncated"):
        asn1.elements(der)


def test_an_empty_identifier_is_none():
    with pytest.raises(ValueError):
        asn1.oid(b"")
