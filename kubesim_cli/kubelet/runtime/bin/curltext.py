"""What curl prints besides answers: why it failed, its meter, -v and -w."""

from __future__ import annotations

from . import exchange, http

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

METER = ("  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
         "                                 Dload  Upload   Total   Spent    Left  Speed\n"
         "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0")
_TAKES = 1000  # the share of a second, a millisecond, that an answer is taken to need
_DISTRUSTED = """SSL certificate problem: unable to get local issuer certificate
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above."""


def failure_of(done: dict[str, Any]) -> tuple[int, str]:
    """Return the exit code and the message of an exchange that has failed."""
    host, port, failed = done["host"], done["port"], done["failed"]
    if done.get("proxy"):
        if failed in (exchange.UNKNOWN, exchange.UNANSWERED):
            return 5, f"Could not resolve proxy: {done['proxy'][0]}"
        if failed == exchange.NO_TUNNEL:
            return 56, f"CONNECT tunnel failed, response {done['message']}"
        if failed in (exchange.REFUSED, exchange.UNREACHABLE, exchange.TIMEOUT):
            host, port = done["proxy"]
    if failed in (exchange.UNKNOWN, exchange.UNANSWERED):
        return 6, f"Could not resolve host: {host}"
    if failed in (exchange.REFUSED, exchange.UNREACHABLE):
        took = 3062 if done["message"] == "No route to host" else 0
        return 7, f"Failed to connect to {host} port {port} after {took} ms: Couldn't connect to server"
    if failed == exchange.TIMEOUT:
        limits = [each for each in (done["limit"], done["connect"]) if each is not None]
        if done.get("cut") and done["limit"] is not None and done["limit"] == min(limits):
            return 28, f"Connection timed out after {int(done['limit'] * 1000) + 1} milliseconds"
        if done.get("cut"):
            return 28, (f"Failed to connect to {host} port {port} after {int(done['connect'] * 1000) + 1} ms: "
                        "Timeout was reached")
        return 28, f"Failed to connect to {host} port {port} after 130271 ms: Couldn't connect to server"
    if failed == exchange.SLOW:
        return 28, (f"Operation timed out after {int(done['limit'] * 1000) + 1} milliseconds with "
                    f"{_received(done)} bytes received")
    return {exchange.NO_TLS: (35, "OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number"),
            exchange.DISTRUSTED: (60, _DISTRUSTED),
            exchange.MISNAMED: (60, "SSL: no alternative certificate subject name matches target host name "
                                f"'{host}'\nMore details here: https://curl.se/docs/sslcerts.html"),
            exchange.EMPTY: (52, "Empty reply from server"),
            "hops": (47, "Maximum (50) redirects followed")}.get(
                failed, (56, "Recv failure: Connection reset by peer"))


def _received(done: dict[str, Any]) -> int:
    return len(bytes(done["got"]).partition(b"\r\n\r\n")[2])


def metered(done: dict[str, Any], message: http.Message | None, status: int) -> str:
    """Return the meter's last state."""
    if done["failed"] in (exchange.UNKNOWN, exchange.UNANSWERED):
        return ""
    size = len(message.body) if message is not None else 0
    total = size
    if message is not None and (done["method"] == "HEAD" or status):
        total, size = int(message.header("content-length") or 0), 0
    if not size:
        return f"\r  0 {_short(total):>5}    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"
    speed = _short(size * _TAKES)
    return (f"\r100 {_short(size):>5}  100 {_short(size):>5}    0     0 {speed:>6}      0 --:--:-- --:--:-- "
            f"--:--:-- {speed:>5}\n")


def _short(number: int) -> str:
    """A number as the meter has it, in five characters."""
    for unit in "", "k", "M", "G":
        if number < 100_000 or unit == "G":
            return f"{number}{unit}"
        number //= 1024
    return ""


def transcript(done: dict[str, Any], message: http.Message | None) -> str:
    """Return what -v tells of an exchange."""
    host, port = done.get("proxy") or (done["host"], done["port"])
    address = done["address"]
    if done["failed"] in (exchange.UNKNOWN, exchange.UNANSWERED):
        return f"* {failure_of(done)[1]}\n* Closing connection\n"
    lines = [] if address == host else [f"* Host {host}:{port} was resolved.", "* IPv6: (none)", f"* IPv4: {address}"]
    lines.append(f"*   Trying {address}:{port}...")
    if done["failed"] in (exchange.REFUSED, exchange.UNREACHABLE, exchange.TIMEOUT):
        if done["failed"] != exchange.TIMEOUT:
            lines.append(f"* connect to {address} port {port} failed: {done['message']}")
        lines.append(f"* {failure_of(done)[1]}")
        return "\n".join([*lines, "* Closing connection", ""])
    lines.append(f"* Connected to {host} ({address}) port {port}")
    if done["scheme"] == "https":
        lines += ["* ALPN: curl offers h2,http/1.1", "* TLSv1.3 (OUT), TLS handshake, Client hello (1):",
                  "* TLSv1.3 (IN), TLS handshake, Server hello (2):"]
        if done["failed"] in (exchange.NO_TLS, exchange.DISTRUSTED, exchange.MISNAMED):
            return "\n".join([*lines, "* Closing connection", ""])
        lines.append("* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256")
    head, _, body = done["request"].partition(b"\r\n\r\n")
    text = "\n".join(lines) + "\n" + "".join(f"> {line}\r\n" for line in head.decode("utf-8", "replace").split("\r\n"))
    text += "> \r\n" + (f"}} [{len(body)} bytes data]\n" if body else "")
    if message is None:
        return f"{text}* {failure_of(done)[1]}\n* Closing connection\n"
    if message.first[0] == "HTTP/1.0":
        text += "* HTTP 1.0, assume close after body\n"
    answered = bytes(done["got"]).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    text += "".join(f"< {line}\r\n" for line in answered) + "< \r\n"
    if message.body:
        text += f"{{ [{len(message.body)} bytes data]\n"
    left = f"* Connection #0 to host {host} left intact" if message.keeps_alive else "* Closing connection"
    return f"{text}{left}\n"


def filled(process: Process, form: str, done: dict[str, Any], message: http.Message | None, code: int, hops: int,
           size: int) -> str:
    """Return the text of -w."""
    import re

    if form.startswith("@"):
        form = process.read_file(form[1:]).decode("utf-8", "replace").rstrip("\n")
    spent = process.kernel.now - done["began"]
    took = f"{spent + 0.001:.6f}"
    values = {
        "http_code": f"{code:03}", "response_code": f"{code:03}", "size_download": size, "url": done["url"],
        "remote_ip": done["address"] if not done["failed"] or code else "", "remote_port": done["port"] if code else 0,
        "local_ip": done["local"][0], "local_port": done["local"][1], "num_redirects": hops, "method": done["method"],
        "url_effective": done["url"] if "://" in done["url"] else f"http://{done['url']}/", "scheme": done["scheme"],
        "content_type": message.header("content-type") if message is not None else "", "num_connects": int(bool(code)),
        "http_version": message.first[0].removeprefix("HTTP/") if message is not None else "0",
        "redirect_url": message.header("location") if message is not None else "",
        "size_header": len(bytes(done["got"]).partition(b"\r\n\r\n")[0]) + 4 if code else 0,
        "size_request": len(done["request"]), "size_upload": 0, "speed_download": size * _TAKES, "exitcode":
        failure_of(done)[0] if done["failed"] else 0, "errormsg": failure_of(done)[1] if done["failed"] else "",
        "time_total": took, "time_connect": "0.000300", "time_namelookup": "0.000200", "time_starttransfer": took,
        "time_pretransfer": "0.000350", "time_appconnect": "0.000000", "time_redirect": "0.000000",
        "ssl_verify_result": 0}
    text = re.sub(r"%\{(\w+)\}", lambda match: str(values.get(match[1], "")), form)
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("%%", "%")


