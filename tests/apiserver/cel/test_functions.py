"""What CEL's functions give, and what they refuse with cel-go's words. One expression a line, of one library each."""

import pytest

from kubesim_cli.apiserver import cel
from kubesim_cli.apiserver.cel import checker

SELF = ("object", checker.Fields(labels=checker.map_of(checker.STRING, checker.STRING), x__dash__y=checker.BOOL,
                                 any=checker.DYN))


def value(text):
    program = cel.compile(text, {"self": SELF}, (1, 36))
    return program.evaluate({"self": {"labels": {"k": "v"}, "x-y": True, "any": 80}})


@pytest.mark.parametrize("text", [
    "7 / -2 == -3 && -7 / -2 == 3 && 0 / 5 == 0 && 7 % -2 == 1",
    "b'ab' + b'c' == b'abc' && [1] + [2] == [1, 2]",
    "duration('1h') + duration('30m') == duration('90m')",
    "timestamp('2024-01-01T00:00:00Z') + duration('1h') == timestamp('2024-01-01T01:00:00Z')",
    "timestamp('2024-01-02T00:00:00Z') - timestamp('2024-01-01T00:00:00Z') == duration('24h')",
    "timestamp('2024-01-02T00:00:00Z') - duration('24h') == timestamp('2024-01-01T00:00:00Z')",
    "1.0 / 0.0 > 1e308 && -1.0 / 0.0 < -1e308 && 0.0 / 0.0 != 0.0 / 0.0 && 1.0 / 4.0 == 0.25",
    "5u - 3u == 2u && 2u * 3u == 6u && 7u % 4u == 3u && -(-1) == 1 && -(1.5) == -1.5",
    "int(duration('1s')) == 1000000000 || int('1') == 1",
    "int(timestamp('1970-01-01T00:01:00Z')) == 60 && int(2.9) == 2 && int(3u) == 3",
    "uint('7') == 7u && uint(7) == 7u && uint(7.9) == 7u",
    "double('1.5') == 1.5 && double(2u) == 2.0 && bool('f') == false && bool(true)",
    "timestamp(60) == timestamp('1970-01-01T00:01:00Z') && duration(1000) == duration('1us')",
    "timestamp(timestamp('2024-01-01T00:00:00Z')) == timestamp('2024-01-01T00:00:00Z')",
    "string(1.5) == '1.5' && string(1e3) == '1000' && string(b'ab') == 'ab' && string(true) == 'true' && "
    "string(2u) == '2'",
    "string(duration('90s')) == '90s' && string(duration('-1500ms')) == '-1.5s' && "
    "string(timestamp('2024-01-01T00:00:00Z')) == '2024-01-01T00:00:00Z'",
    "bytes('ab') == b'ab' && bytes(b'ab').size() == 2 && dyn(1) == 1",
    "timestamp('2024-02-03T04:05:06Z').getFullYear() == 2024 && timestamp('2024-02-03T04:05:06Z').getDayOfYear() == 33",
    "timestamp('2024-02-03T04:05:06Z').getDayOfMonth() == 2 && timestamp('2024-02-03T04:05:06Z').getDate() == 3",
    "timestamp('2024-02-04T04:05:06Z').getDayOfWeek() == 0 && timestamp('2024-02-03T04:05:06Z').getHours() == 4",
    "timestamp('2024-02-03T04:05:06Z').getMilliseconds() == 0 && timestamp('2024-02-03T04:05:06Z').getSeconds() == 6",
    "timestamp('2024-02-03T23:30:00Z').getHours('+01:30') == 1 && "
    "timestamp('2024-02-03T00:30:00Z').getHours('-01:00') == 23",
    "timestamp('2024-07-01T12:00:00Z').getHours('Europe/Berlin') == 14",
    "duration('25h').getHours() == 25 && duration('-90s').getMinutes() == -1 && "
    "duration('1s').getMilliseconds() == 1000",
    "'abc'.charAt(1) == 'b' && 'abc'.charAt(3) == '' && 'ÄB'.lowerAscii() == 'Äb' && ' a '.trim() == 'a'",
    "'abcabc'.indexOf('c', 3) == 5 && 'abc'.lastIndexOf('c') == 2 && 'abcabc'.lastIndexOf('b', 3) == 1",
    "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(5) == -1 && [1].lastIndexOf(5) == -1",
    "'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'a,b'.split(',', 0) == [] && 'a,b'.split(',', 1) == ['a,b']",
    "'abc'.split('') == ['a', 'b', 'c'] && 'abc'.split('', 2) == ['a', 'bc'] && 'aaa'.replace('a', 'b', 2) == 'bba'",
    "'abc'.substring(1) == 'bc' && ['a', 'b'].join() == 'ab' && 'a-b'.endsWith('b') && 'abc'.contains('bc')",
    "[1.5, 2.5].sum() == 4.0 && [duration('1s'), duration('2s')].sum() == duration('3s') && [3, 1].max() == 3",
    "[1, 2, 1].distinct() == [1, 2] && [1, 2, 3].slice(1, 3) == [2, 3] && [1, 2].reverse() == [2, 1]",
    "lists.range(3) == [0, 1, 2] && ['b', 'a'].sort() == ['a', 'b'] && ![2, 1].isSorted()",
    "sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2]) && !sets.contains([1], [2])",
    "optional.ofNonZeroValue('') == optional.none() && optional.ofNonZeroValue('a').value() == 'a'",
    "optional.none().or(optional.of(2)).value() == 2 && optional.of(1).or(optional.of(2)).value() == 1",
    "optional.of({'a': 1}).?a.value() == 1 && optional.of([1])[0].value() == 1 && !optional.of([1])[?3].hasValue()",
    "optional.of(1).optMap(x, x + 1).value() == 2 && !optional.none().optMap(x, x).hasValue()",
    "optional.of(1).optFlatMap(x, optional.of(x)).hasValue() && [?optional.none(), ?optional.of(1)] == [1]",
    "{?'a': optional.none(), 'b': 1} == {'b': 1} && {'a': 1}[?'a'].value() == 1",
    "[1, 2].transformList(i, v, i + v) == [1, 3] && {'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
    "string(timestamp('2024-01-01T00:30:00.120+02:00')) == '2024-01-01T00:30:00.12+02:00' && "
    "timestamp('2024-01-01T00:30:00+02:00') == timestamp('2023-12-31T22:30:00Z')",
    "string(timestamp('2024-01-01T00:00:00-03:30') + duration('1h1ns')) == '2024-01-01T01:00:00.000000001-03:30'",
    "string(timestamp('2024-01-01T00:00:00-03:30') - duration('1s')) == '2023-12-31T23:59:59-03:30'",
    "string(timestamp('2024-01-01T00:00:00+02:00') - timestamp('2024-01-01T00:00:00Z')) == '-7200s'",
    "timestamp('2024-01-01T00:30:00+02:00').getHours() == 22",
    "[1, 2].transformMapEntry(i, v, {v: i}) == {1: 0, 2: 1} && {'a': 'b'}.transformMapEntry(k, v, {v: k})['b'] == 'a'",
    "{'a': 1, 'b': 2}.transformMapEntry(k, v, v > 1, {v: k}) == {2: 'b'} && [1].transformMapEntry(i, v, {}) == {}",
    "[3, 1, 2].sortBy(e, -e) == [3, 2, 1] && [{'n': 'b'}, {'n': 'a'}].sortBy(e, e.n)[0].n == 'a'",
    "dyn([2, 1]).sortBy(e, e) == [1, 2] && ([1] + [0]).sortBy(e, string(e)).map(e, e + 1) == [1, 2]",
    "[1, 2].existsOne(i, v, v == 2) && {'a': 1}.exists(k, v, v == 1) && [1, 2].transformList(i, v, v > 1, v) == [2]",
    "type('a') == string && type(1u) == uint && type(null) == null_type && type([1]) == list && type(1.0) == double",
    "type(b'') == bytes && type({}) == map && type(type(1)) == type(type(2))",
    "'%s %s %d %.2f %e %x %X %b %o %%'.format([dyn('a'), [dyn(1), 'b'], 5, 1.0, 1.5, 255, 'hi', 5, 8]) == 'a "
    '[1, "b"] 5 1.00 1.500000e+00 ff 6869 101 10 %\'',
    '\'%s\'.format([{\'b\': dyn(1), \'a\': null}]) == \'{"a":null, "b":1}\' && '
    '\'%s\'.format([[dyn(duration(\'1s\')), timestamp(\'2024-01-01T00:00:00Z\')]]) == \'[duration("1s"), '
    'timestamp("2024-01-01T00:00:00Z")]\'',
    'strings.quote(\'a"b\\n\') == \'"a\\\\"b\\\\n"\'',
    "quantity('1').sub(2).sign() == -1 && quantity('0').sign() == 0 && isQuantity('1Gi') && !isQuantity('1Gx')",
    "quantity('9223372036854775807').isInteger() && !quantity('9223372036854775808').isInteger() && "
    "!quantity('1500m').isInteger()",
    "quantity('1').isLessThan(quantity('2')) && quantity('1').add(1).asInteger() == 2 && "
    "quantity('1500m').asApproximateFloat() == 1.5",
    "url('https://u@a.b:80/c%20d?x=1&x=2').getHost() == 'a.b:80' && url('https://a.b/c').getEscapedPath() == '/c'",
    "url('https://a.b/c?x=1&x=2').getQuery() == {'x': ['1', '2']} && url('https://a.b').getScheme() == 'https' && "
    "url('https://[::1]:8/').getHostname() == '::1'",
    "ip.isCanonical('::1') && !ip.isCanonical('0:0::1') && ip('127.0.0.1').isLoopback() && "
    "ip('0.0.0.0').isUnspecified()",
    "ip('169.254.0.1').isLinkLocalUnicast() && ip('224.0.0.1').isLinkLocalMulticast() && "
    "ip('1.1.1.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()",
    "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.0.0.0/8').prefixLength() == 8 && "
    "cidr('10.0.0.1/8').ip() == ip('10.0.0.1')",
    "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.0.0.0/8').containsCIDR(cidr('fd00::/8')) && "
    "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0')",
    "string(ip('10.0.0.1')) == '10.0.0.1' && string(cidr('10.0.0.0/8')) == '10.0.0.0/8' && "
    "!isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0')",
    "format.named('dns1123Label').value().validate('A').hasValue() && !format.named('odd').hasValue() && "
    "format.date().validate('x').value() == ['invalid date']",
    "format.dns1123LabelPrefix().validate('a-') == optional.none() && format.uuid().validate('x').hasValue() && "
    "format.labelValue().validate('a b').hasValue()",
    "semver('1.2.3-rc.1').isLessThan(semver('1.2.3')) && semver('v1.2', true).patch() == 0 && "
    "semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2",
    "isSemver('1.2.3') && !isSemver('1.2') && isSemver('v01.2', true) && "
    "semver('1.0.0-alpha').compareTo(semver('1.0.0-1')) == 1",
    "dyn(1) in [1u, 2u] && 'a' in {'a': 1} && !(3 in [1]) && dyn(1) == 1.0 && dyn(1u) == 1 && 'a' < 'b' && "
    "false < true && b'a' < b'b'",
    "[[1]] == [[1]] && {'a': [1]} == {'a': [1]} && [1] != [2] && {'a': 1} != {'b': 1} && null == null && "
    "dyn(1) != dyn('1')",
    "'abcd'.findAll('[a-z]', 2) == ['a', 'b'] && 'x'.find('y') == '' && 'a.b'.matches('a\\\\.b')",
    '\'\\x41\\u0042\\U00000043\\101\' == \'ABCA\' && "\\n\\t".size() == 2 && b\'\\x41\' == b\'A\' && '
    "1e3 == 1000.0 && .5 == 0.5 && 5 % 3 == 2",
    "-9223372036854775808 < 0 && --1 == 1 && !!true && - 1 == -1",
    "has(self.x__dash__y) && self.labels.`k` == 'v'",
])
def test_what_holds(text):
    assert value(text) is True


@pytest.mark.parametrize("text,message", [
    ("1u - 2u == 0u", "unsigned integer overflow"),
    ("18446744073709551615u + 1u > 0u", "unsigned integer overflow"),
    ("-9223372036854775807 - 2 < 0", "integer overflow"),
    ("dyn(1) + dyn(1u) == 2", "no such overload"),
    ("dyn(true) - dyn(1) == 2", "no such overload"),
    ("!dyn(1)", "no such overload"),
    ("size(dyn(1)) == 1", "no such overload"),
    ("uint('x') == 1u", 'strconv.ParseUint: parsing "x": invalid syntax'),
    ("double('x') == 1.0", 'strconv.ParseFloat: parsing "x": invalid syntax'),
    ("bool('maybe')", 'strconv.ParseBool: parsing "maybe": invalid syntax'),
    ("int('9223372036854775808') == 1", 'strconv.ParseInt: parsing "9223372036854775808": invalid syntax'),
    ("uint(-1) == 1u", "unsigned integer overflow"),
    ("int(dyn(null)) == 1", "no such overload"),
    ("dyn(duration('1s')).getFullYear() == 1", "no such overload"),
    ("timestamp('2024-01-01T00:00:00Z').getHours('Mars/Base') == 1", "unknown time zone Mars/Base"),
    ("timestamp('yesterday') == timestamp('2024-01-01T00:00:00Z')",
     'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'),
    ("['a', 'a'].transformMapEntry(i, v, {v: i}).size() == 1", "insert failed: key a already exists"),
    ("[dyn(1), dyn('a')].sortBy(e, e).size() == 1", "list elements must have the same type"),
    ("'abc'.charAt(4) == ''", "index out of range: 4"),
    ("'abc'.indexOf('c', 4) == 1", "index out of range: 4"),
    ("'abc'.lastIndexOf('c', 4) == 1", "index out of range: 4"),
    ("'abc'.substring(4) == ''", "index out of range: 4"),
    ("'abc'.substring(2, 1) == ''", "invalid substring range. start: 2, end: 1"),
    ("'abc'.substring(1, 4) == ''", "index out of range: 4"),
    ("[1, 2].slice(2, 1) == []", "cannot slice(2, 1), start index must be less than or equal to end index"),
    ("[1, 2].slice(0, 3) == []", "cannot slice(0, 3), list is length 2"),
    ("[].max() == 1", "max called on empty list"),
    ("'a'.matches('[')", "error parsing regexp: missing closing ]: `[`"),
    ("'%d'.format([]) == ''", "index 0 out of range"),
    ("quantity('x').sign() == 0",
     "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
    ("quantity('9223372036854775808').asInteger() > 0", "cannot convert value to integer"),
    ("quantity('1500m').asInteger() > 0", "cannot convert value to integer"),
    ("url('not a url').getHost() == ''",
     'URL parse error during conversion from string: parse "not a url": invalid URI for request'),
    ("ip('x').family() == 4",
     'IP Address "x" parse error during conversion from string: ParseAddr("x"): unable to parse IP'),
    ("ip('fe80::1%eth0').family() == 6", 'IP address "fe80::1%eth0" with zone value is not allowed'),
    ("ip('::ffff:1.2.3.4').family() == 4", 'IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed'),
    ("cidr('x').prefixLength() == 1",
     'network address parse error during conversion from string: netip.ParsePrefix("x"): no \'/\''),
    ("cidr('1.2.3.4/99').prefixLength() == 1",
     'network address parse error during conversion from string: netip.ParsePrefix("1.2.3.4/99"): bad '
     "bits after slash"),
    ("semver('1.2').major() == 1", "No Major.Minor.Patch elements found"),
    ("self.any.field == 1", "no such overload"),
    ("[1].all(x, x / 0 == 1)", "division by zero"),
    ("[1].exists(x, 1 / 0 == 1)", "division by zero"),
    ("dyn(1).map(x, x) == []", "no such overload"),
    ("dyn(null) && true", "no such overload"),
    ("(dyn(1) ? true : false)", "no such overload"),
    ("1 in dyn(1)", "no such overload"),
    ("dyn([1])['a'] == 1", "no such overload"),
])
def test_what_has_no_value(text, message):
    with pytest.raises(cel.EvaluationError) as caught:
        value(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("number,fits", [
    (2**63 - 1, True), (2**63, False), (-(2**63) + 1, True), (2**64 - 1, False)])
def test_a_quantity_is_an_integer_in_64_bits(number, fits):
    assert value(f"quantity('{number}').isInteger()") is fits
    if fits:
        assert value(f"quantity('{number}').asInteger() == {number}") is True
