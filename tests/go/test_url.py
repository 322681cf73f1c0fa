"""URLs as net/url reads them; the messages are those of a real kubectl."""

from __future__ import annotations

import pytest

from kubesim_cli.go.url import URL, joined


@pytest.mark.parametrize(("text", "host", "target"), [
    ("http://h", "h", "/"), ("http://h/a/b?c=d&e", "h", "/a/b?c=d&e"), ("http://h:81?q", "h:81", "/?q"),
    ("http://h/sp ace", "h", "/sp%20ace"), ("http://h/sp%20x", "h", "/sp%20x"), ("http://h/é", "h", "/%C3%A9"),
    ("http://h/a?b c", "h", "/a?b c"), ("http://h/a#b", "h", "/a"), ("https://u:p%40@h:1/a@b", "h:1", "/a@b"),
    ("http://[::1]:8/a", "[::1]:8", "/a"), ("http://[::1%25lo]/", "[::1%lo]", "/"), ("http://", "", "/"),
])
def test_what_is_asked_for_of_whom(text, host, target):
    url = URL(text)
    assert (url.host, url.target) == (host, target)


@pytest.mark.parametrize(("text", "problem"), [
    ("http://[::1", "missing ']' in host"), ("http://h:ab/x", 'invalid port ":ab" after host'),
    ("http://[::1]x/", 'invalid port "x" after host'), ("http://a b/x", 'invalid character " " in host name'),
    ("http://h/%zz", 'invalid URL escape "%zz"'), ("http://h/%4", 'invalid URL escape "%4"'),
    ("http://a%zzb/", 'invalid URL escape "%zz"'), ("http://a%41/", 'invalid URL escape "%41"'),
    ("http://h#%zz", 'invalid URL escape "%zz"'), ("http://u ser@h/", "net/url: invalid userinfo"),
    ("http://h/\x01", "net/url: invalid control character in URL"),
])
def test_what_is_no_url(text, problem):
    with pytest.raises(ValueError) as failed:
        URL(text)
    assert str(failed.value).endswith(problem) and str(failed.value).startswith('parse "http://')


def test_the_parts_of_a_host():
    url = URL("http://me:pass%20word@[::1]:99999/")
    assert (url.user, url.password, url.name, url.port) == ("me", "pass word", "::1", 99999)
    assert (URL("http://h:/").port, URL("http://h/").port, URL("http://h/").user) == (None, None, None)


@pytest.mark.parametrize(("location", "leads_to"), [
    ("/b", "http://u:p@h:1/b"), ("b?c", "http://u:p@h:1/x/b?c"), ("//other/b", "http://other/b"),
    ("https://other", "https://other")])
def test_where_redirects_lead(location, leads_to):
    assert joined(URL("http://u:p@h:1/x/y"), location) == leads_to
