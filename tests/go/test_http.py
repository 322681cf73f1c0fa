"""Answers of servers that keep to no rule; the messages are those of a real kubectl."""

from __future__ import annotations

import gzip
import io
import time

import pytest

from kubesim_cli.go import http

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN = "net/http: HTTP/1.x transport connection broken: "


def body(answer):
    return http.Answer(io.BytesIO(answer)).body()


@pytest.mark.parametrize("answer", [
    OK + b"Content-Length: 3\r\n\r\nabcdef", OK + b"\r\nabc", b"HTTP/1.0 200\n\nabc",
    CHUNKED + b"3\r\nabc\r\n0\r\n\r\n",
    CHUNKED + b"1;x=y\r\na\r\n2\r\nbc\r\n0\r\nT: x\r\n\r\n", OK + b"X: y\r\n" * 1000 + b"content-length: 3\r\n\r\nabc",
    OK + b"X: " + b"y" * 100_000 + b"\r\n\r\nabc", b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\nabc",
    OK + b"Transfer-Encoding:\r\n chunked\r\nContent-Length: x\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"abc", mtime=0)])
def test_bodies(answer):
    assert body(answer) == b"abc"


def test_some_answers_have_none():
    assert body(b"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc") == b""


@pytest.mark.parametrize(("answer", "problem"), [
    (b"", "EOF"), (b"HTTP/1.1 200 OK\r\n", f"{BROKEN}unexpected EOF"), (b"HTTP/1.1 200", f"{BROKEN}unexpected EOF"),
    (b"HELLO\r\n\r\n", f'{BROKEN}malformed HTTP response "HELLO"'),
    (b"HTTP/1.1 abc OK\r\n\r\n", f'{BROKEN}malformed HTTP status code "abc"'),
    (b"HTTP/1.1 2000 OK\r\n\r\n", f'{BROKEN}malformed HTTP status code "2000"'),
    (b"HTTP/9.9.9 200 OK\r\n\r\n", f'{BROKEN}malformed HTTP version "HTTP/9.9.9"'),
    (OK + b"no colon\r\n\r\n", f'{BROKEN}malformed MIME header: missing colon: "no colon"'),
    (OK + b"Content-Length: -5\r\n\r\n", f'{BROKEN}bad Content-Length "-5"'),
    (OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
     f'{BROKEN}http: message cannot contain multiple Content-Length headers; got ["5" "6"]'),
    (OK + b"Transfer-Encoding: foo\r\n\r\n", f'{BROKEN}unsupported transfer encoding: "foo"'),
    (OK + b"Content-Length: 9\r\n\r\nabc", "unexpected EOF"), (CHUNKED + b"9\r\nabc", "unexpected EOF"),
    (CHUNKED + b"3\r\nabcX", "unexpected EOF"), (CHUNKED + b"3\r\nabcXY", "malformed chunked encoding"),
    (CHUNKED + b"zz\r\n", "invalid byte in chunk length"), (CHUNKED + b"\r\n", "empty hex number for chunk length"),
    (CHUNKED + b"f" * 17 + b"\r\n", "http chunk length too large"), (CHUNKED + b"f" * 5000, "header line too long"),
    (OK + b"Content-Encoding: gzip\r\n\r\nabc", "gzip: invalid header"),
    (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"abc", mtime=0)[:-9], "unexpected EOF"),
])
def test_what_is_wrong_with_an_answer(answer, problem):
    with pytest.raises(ValueError) as failed:
        body(answer)
    assert str(failed.value) == problem


@pytest.mark.parametrize("head", [OK, OK + b"Content-Length: 11\r\n", OK + b"Content-Encoding: gzip\r\n"])
def test_bodies_are_bounded(head, monkeypatch):
    monkeypatch.setattr(http, "MOST_OF_BODY", 10)
    text = gzip.compress(b"x" * 11) if b"gzip" in head else b"x" * 11
    with pytest.raises(ValueError, match="the answer is longer than 10 bytes"):
        body(head + b"\r\n" + text)
    with pytest.raises(ValueError, match="the answer is longer than 10 bytes"):
        body(CHUNKED + b"b\r\nxxxxxxxxxxx\r\n0\r\n\r\n")


@pytest.mark.parametrize("header", [b"X: y\r\n" * 20, b"X: " + b"y" * 120])
def test_heads_are_bounded(header, monkeypatch):
    monkeypatch.setattr(http, "MOST_OF_HEAD", 100)
    with pytest.raises(ValueError) as failed:
        body(OK + header + b"\r\n\r\n")
    assert str(failed.value) == f"{BROKEN}net/http: server response headers exceeded 100 bytes; aborted"


@pytest.mark.parametrize("start, row", [
    (b"", b"a:\n"), (b"Location: a\r\n", b" b\r\n")])
def test_many_headers_are_soon_read(start, row, monkeypatch):
    monkeypatch.setattr(http, "MOST_OF_HEAD", 1 << 20)
    endless = io.BytesIO(b"HTTP/1.1 200 OK\r\n" + start + row * (http.MOST_OF_HEAD // len(row) + 1))
    before = time.process_time()
    with pytest.raises(ValueError, match="headers exceeded 1048576 bytes"):
        http.Answer(endless)
    assert time.process_time() - before < 3  # a tenth of that


def test_a_value_may_go_on_on_the_next_lines():
    found = http.Answer(io.BytesIO(b"HTTP/1.1 200 OK\r\nLocation: a\r\n b\r\n \r\n\tc\r\nX: y\r\n z\r\n"
                                   b"Location:\r\n d\r\n\r\n"))
    assert found.headers == {"location": ["a b c", "d"]}
