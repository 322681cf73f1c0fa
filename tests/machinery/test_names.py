import random
import re

import pytest

from kubesim_cli.machinery import names

LABEL = ("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
         "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
         "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')")


@pytest.mark.parametrize("check,value,expected", [
    (names.dns1123_label, "web-0", []), (names.dns1123_label, "Web", [LABEL]), (names.dns1123_label, "web\n", [LABEL]),
    (names.dns1123_label, "a.b", ["must not contain dots"]),
    (names.dns1123_label, "a" * 64, ["must be no more than 63 characters"]),
    (names.dns1123_subdomain, "a.b", []),
    (names.qualified_name, "example.com/app", []), (names.qualified_name, "a" * 64,
                                                    ["name part must be no more than 63 bytes"]),
    (names.label_value, "", []), (names.label_value, "a_b.C", []),
    (names.port_name, "http", []),
    (names.port_name, "-1--2-", ["must contain at least one letter (a-z)", "must not contain consecutive hyphens",
                                 "must not begin or end with a hyphen"]),
    (names.port_number, 0, ["must be between 1 and 65535, inclusive"]),
    (names.relaxed_env_var_name, "1 A!", []),
    (names.config_map_key, "..x", ["must not start with '..'"]),
    (names.path_segment_name, "a/b%", ["may not contain '/'", "may not contain '%'"]),
    (names.path_segment_name, "system:node", []),
    (names.ip, "10.0.0.1", []), (names.ip, "010.0.0.1", ["must not have leading 0s"]),
    (names.ip, "10.0.0", ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]),
    (names.cidr, "10.0.0.0/8", []), (names.cidr, "10.0.0.1/8", ["must not have bits set beyond the prefix length"]),
    (names.cidr, "010.0.0.0/8", ["must not have leading 0s in IP or prefix length"]),
    (names.cidr, "fe80::%eth0/64", ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]),
    (names.interface_address, "fe80::1%eth0/64", ["must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or "
                                                  "2001:db8::1/64)"]),
    (names.interface_address, "10.9.08.7/024", ['must be in canonical form ("10.9.8.7/24")']),
    (names.percent, "5%", [])])
def test_checks(check, value, expected):
    assert check(value) == expected


def test_several_problems_are_told_together():
    problems = names.qualified_name("/-")
    assert [p.split(" must")[0] for p in problems] == ["prefix part", "name part"]
    assert names.qualified_name("a/b/c")[0].startswith("a valid label key must consist of")


def test_generated_suffixes():
    assert names.random_suffix(0, 5) == "bbbbb"
    assert names.random_suffix(b"\x01\x02\x03\x04", 5) == names.random_suffix(0x01020304, 5)
    assert names.safe_encode("0123456789") == "456789bcdf"


def test_hashes():
    assert names.fnv32a(b"foobar") == 0xBF9CF968
    assert names.fnv32(b"foobar") == 0x31F0B262
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {}}
    assert names.template_hash(template, (1, 28)) == names.template_hash(dict(reversed(template.items())), (1, 28))
    assert len({names.template_hash(template, (1, 28), count) for count in (None, 0, 1, 2)}) == 4
    assert names.revision_hash({"spec": 1}) != names.revision_hash({"spec": 1}, 0)
    assert set(names.template_hash(template, (1, 28))) <= set("456789bcdf")


def test_canonical_json_is_gos():
    assert names.canonical_json({"b": "<&é>", "a": [1, None]}) == '{"a":[1,null],"b":"\\u003c\\u0026é\\u003e"}'.encode()


def test_rules_are_the_regular_expressions_that_messages_tell():
    rng = random.Random(2)
    for regex, matches in names._MATCHES.items():
        for _ in range(3000):
            text = "".join(rng.choice("ab1A-_.*%\u0661 \n") for _ in range(rng.randint(0, 6)))
            assert matches(text) == bool(re.fullmatch(regex, text)), (regex, text)
