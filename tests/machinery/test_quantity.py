import random
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.machinery import quantity

# As a real kubectl 1.32 writes them.
CANONICAL = {
    "0.5": "500m", "1024Mi": "1Gi", "1000m": "1", "1536Mi": "1536Mi", "1.5Gi": "1536Mi", "1.500": "1.500",
    "1.234k": "1.234k", "05": "05", "+5": "+5", "0.1": "100m", "1e3": "1e3", "1E3": "1E3", "1023": "1023",
    "1024Ki": "1Mi", "12345678901234567890": "12345678901234567890", "1.1Ki": "1126400m", "0.0001Ki": "102400u",
    "1000k": "1M", "3e-3": "3e-3", "0Gi": "0", "10Ei": "9223372036854775807", ".": "0", "-": "0", "Gi": "0",
    "1e20": "100e18", "123456789.123456789123": "123456789123456790n", "-1.5": "-1500m", "-1024Ki": "-1Mi",
    "0.5Ki": "512", "1.25Mi": "1280Ki", "08Gi": "8Gi", "09Gi": "09Gi", "e5": "0", "1000Ki": "1000Ki",
}
FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIX = "unable to parse quantity's suffix"
quantities = st.builds("{}{}{}".format, st.integers(-10**9, 10**9), st.sampled_from(["", ".5", ".001"]),
                       st.sampled_from(["", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3"]))


@pytest.mark.parametrize("text", CANONICAL)
def test_canonical(text):
    assert quantity.canonical(text) == CANONICAL[text]


@pytest.mark.parametrize("text,message", [("", FORMAT), ("abc", FORMAT), ("1gi", FORMAT), ("1.2.3", FORMAT),
                                          ("1K", SUFFIX), ("1e", SUFFIX), ("--5", SUFFIX), ("1m5", SUFFIX)])
def test_bad_quantities(text, message):
    with pytest.raises(ValueError) as raised:
        quantity.parse(text)
    assert str(raised.value) == message


def test_numbers_are_quantities_too():
    assert quantity.canonical(2) == "2"
    assert quantity.canonical(0.5) == "500m"
    with pytest.raises(ValueError):
        quantity.canonical(True)


def test_amounts():
    assert quantity.parse("1.5Gi") == Decimal(1610612736)
    assert (quantity.value("1500m"), quantity.milli("1500m"), quantity.milli("1n")) == (2, 1500, 1)
    assert (quantity.value("-1500m"), quantity.milli("-1")) == (-2, -1000)
    assert [quantity.style_of(t) for t in ("1", "1Gi", "1e3")] == ["DecimalSI", "BinarySI", "DecimalExponent"]


def test_sums_keep_the_style_of_the_left():
    assert quantity.add("1Gi", "1024") == "1048577Ki"
    assert quantity.add("500m", "1500m") == "2"
    assert quantity.add("0", "1Gi") == "1Gi"
    assert quantity.subtract("1Gi", "1Gi") == "0"


def test_format():
    assert quantity.format(2**30, "BinarySI") == "1Gi"
    assert quantity.format(1000, "BinarySI") == "1k"
    assert quantity.format(Decimal("0.25"), "DecimalSI") == "250m"
    assert quantity.format(2**30 + 1, "BinarySI") == "1073741825"


@given(quantities)
def test_the_canonical_text_means_the_same_and_is_stable(text):
    once = quantity.canonical(text)
    assert quantity.compare(once, text) == 0
    if quantity.style_of(once) == quantity.style_of(text):  # 812.5Ki is 832000, which by itself is 832k, as in Go
        assert quantity.canonical(once) == once


@given(quantities, quantities)
def test_addition_commutes_and_subtraction_undoes_it(a, b):
    assert quantity.compare(quantity.add(a, b), quantity.add(b, a)) == 0
    assert quantity.compare(quantity.subtract(quantity.add(a, b), b), a) == 0
    assert quantity.compare(a, b) == -quantity.compare(b, a)


def test_what_a_quantity_is_made_of():
    pattern = "([+-]?)0*([0-9]*)(?:[.]([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)"
    rng = random.Random(3)
    for _ in range(20000):
        text = "".join(rng.choice("+-.0159eEKi x\u0663") for _ in range(rng.randint(0, 7)))
        match = re.fullmatch(pattern, text)
        try:
            found = quantity._split(text)
        except ValueError:
            found = None
        expected = text and match and (match[1], match[2], match[3] or "", match[4])
        assert found == (expected or None), text
