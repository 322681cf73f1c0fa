"""-f URL, with servers that behave and others; the messages are those of a real kubectl."""

from __future__ import annotations

import socket
import threading

import pytest

from kubesim_cli.kubectl.resource import download

MANIFEST = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(MANIFEST) + MANIFEST
REPORTED = 'error: unable to read URL "{url}", server reported'
UNABLE = "Unable to connect to the server: "


class Server:
    """A server on `address` that answers with `answers` in turn, the last one from then on; it keeps the requests."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.answers, self.requests = [OK], []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                request = b""
                while b"\r\n\r\n" not in request and not request.startswith(b"\x16"):  # that begins TLS
                    request += connection.recv(65536)
                self.requests.append(request.decode("latin-1"))
                connection.sendall(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    def url(self, path="/x"):
        return f"http://{self.address}{path}"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("urllib.request.getproxies", dict)
    made = Server()
    yield made
    made.socket.close()


def redirect(location):
    return b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location.encode() + b"\r\n\r\n"


def test_a_manifest_from_a_url(terminal, server):
    assert terminal.ok(f"kubectl create -f '{server.url('/a b')}'") == "configmap/x created\n"
    assert server.requests[0].startswith(f"GET /a%20b HTTP/1.1\r\nHost: {server.address}\r\n")


def test_user_and_password_of_a_url(server):
    assert download.read(f"http://me:pass%20word@{server.address}/") == MANIFEST
    assert "\r\nAuthorization: Basic bWU6cGFzcyB3b3Jk\r\n" in server.requests[0]


@pytest.mark.parametrize("trouble", [b"HTTP/1.1 503 Busy\r\n\r\n", b""])
def test_three_attempts(server, trouble):
    server.answers = [trouble, trouble, OK]
    assert download.read(server.url()) == MANIFEST
    server.answers = [trouble]
    with pytest.raises(download.Failure):
        download.read(server.url())
    assert len(server.requests) == 6


@pytest.mark.parametrize(("answer", "told", "attempts"), [
    (b"HTTP/1.1 404 Not Found\r\n\r\n", f"{REPORTED} 404 Not Found, status code=404", 1),
    (b"HTTP/1.1 201 Created\r\n\r\n", f"{REPORTED} 201 Created, status code=201", 1),
    (b"HTTP/1.1 500 No\r\n\r\n", f"{REPORTED} 500 No, status code=500", 3),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", "error: error parsing {url}: unexpected EOF", 1),
    (b"HELLO\r\n\r\n", f'{UNABLE}net/http: HTTP/1.x transport connection broken: malformed HTTP response "HELLO"', 3),
    (redirect("ftp://h/x"), f'{UNABLE}unsupported protocol scheme "ftp"', 3),
    (redirect("file:///etc/passwd"), f'{UNABLE}unsupported protocol scheme "file"', 3),
    (redirect("/x"), f"{UNABLE}stopped after 10 redirects", 30),
    (redirect("http://[::1"), f'{UNABLE}failed to parse Location header "http://[::1": parse "http://[::1": missing '
                              "']' in host", 3),
])
def test_what_servers_do_wrong(terminal, server, answer, told, attempts):
    server.answers = [answer]
    result = terminal(f"kubectl create -f {server.url()}")
    assert (result.code, result.err) == (1, told.replace("{url}", server.url()) + "\n")
    assert len(server.requests) == attempts


def test_a_redirect_is_followed(server):
    server.answers = [redirect("/y"), redirect(f"http://{server.address}/z"), OK]
    assert download.read(server.url()) == MANIFEST
    assert [request.split(" ")[1] for request in server.requests] == ["/x", "/y", "/z"]


@pytest.mark.parametrize(("url", "told"), [
    ("http://[::1", 'error: the URL passed to filename "http://[::1" is not valid: parse "http://[::1": missing '
                    "']' in host"),
    ("http:///x", f"{UNABLE}http: no Host in request URL"),
    ("http://127.0.0.1:99999/", f"{UNABLE}dial tcp: address 99999: invalid port"),
    ("http://u:p@127.0.0.1:1/", "The connection to the server 127.0.0.1:1 was refused - did you specify the right host "
                                "or port?"),
    ("http://" + "a" * 70 + "/", f"{UNABLE}dial tcp: lookup {'a' * 70}: no such host"),
    ("HTTP://h/x", 'error: the path "HTTP://h/x" does not exist'),
])
def test_urls_that_lead_nowhere(terminal, server, url, told):
    result = terminal(f"kubectl create -f '{url}'")
    assert (result.code, result.err) == (1, told + "\n")


def test_what_is_no_tls(server):
    server.answers = [b"HTTP/1.1 400 Bad Request\r\n\r\n"]
    with pytest.raises(download.Failure, match="http: server gave HTTP response to HTTPS client"):
        download.read(f"https://{server.address}/")


def test_through_a_proxy(server, monkeypatch):
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"http": server.address})
    assert download.read("http://example.invalid/x?y") == MANIFEST
    assert server.requests[0].startswith("GET http://example.invalid/x?y HTTP/1.1\r\nHost: example.invalid\r\n")
