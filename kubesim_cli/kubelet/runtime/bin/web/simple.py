"""Small servers that tell who they are and what they were asked: echoserver, hello-app, http-echo, whoami ..."""

from __future__ import annotations

from ...dates import strftime
from ...kernel.errors import Errno
from ..flavour import image
from . import serving
from .serving import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kernel.process import Process, Program
    from .serving import Log, Page, Request

PLAIN = "text/plain; charset=utf-8"
GO_TERMINATED = 2  # with what a Go program that handles no signal ends as process 1
_OLD_ECHO = ("1.0", "1.1", "1.2", "1.3", "1.4")


def option(process: Process, *names: str, default: str = "") -> str:
    """Return the value of an option as Go's flags are given: -name=value, --name value."""
    words = process.argv[1:]
    for number, word in enumerate(words):
        name, given, value = word.lstrip("-").partition("=")
        if word.startswith("-") and name in names:
            return value if given else words[number + 1] if number + 1 < len(words) else ""
    return default


def port_of(text: str, default: int) -> int:
    """Return the port of an address as :8080 or 0.0.0.0:8080."""
    number = text.rpartition(":")[2]
    return int(number) if number.isdigit() else default


def moment(process: Process) -> str:
    """Return the time as Go's log package writes it."""
    return strftime("%Y/%m/%d %H:%M:%S", process.kernel.now)


class Server:
    """A server: its `ports`, page and log, what it says on stderr at its start, and its exit code when
    it is told to end. `chosen`: the variable that says otherwise which port."""

    __slots__ = ("chosen", "lines", "log", "page", "ports", "terminated")

    def __init__(self, ports: list[int], page: Page, log: Log | None = None, lines: tuple[str, ...] = (),
                 terminated: int = GO_TERMINATED, chosen: str = ""):
        self.ports, self.page, self.log, self.lines, self.terminated = ports, page, log, lines, terminated
        self.chosen = chosen


def run(process: Process) -> int | None:
    """Play one of _SERVERS, by the name that it was started with."""
    server = _SERVERS[process.argv[0].rpartition("/")[2]]
    if process.memory is None:
        named = process.env.get(server.chosen, "")
        code = begin(process, [int(named)] if named.isdigit() else server.ports, server.lines)
        if code is not None:
            return code
    if process.pending:
        return server.terminated
    serving.serve(process, server.page, server.log)
    return None


def begin(process: Process, ports: list[int], lines: tuple[str, ...] = ()) -> int | None:
    """Listen, and say so on stderr; return the exit code where that cannot be."""
    try:
        serving.start(process, serving.everywhere(*ports))
    except Errno as error:
        process.write(f"{moment(process)} listen tcp :{ports[0]}: bind: {error.message.lower()}\n", 2)
        return 1
    for line in lines:
        process.write(line.format(time=moment(process), port=ports[0]) + "\n", 2)
    return None


# What they answer


def _hello(process: Process, request: Request) -> Answer:
    version = process.env.get("APP_VERSION") or (image(process).rpartition(":")[2] + ".0").removeprefix("v")
    return Answer(200, f"Hello, world!\nVersion: {version if version[:1].isdigit() else '1.0.0'}\n"
                  f"Hostname: {process.space.hostname}\n", type_=PLAIN)


def _hello_log(process: Process, request: Request, answer: Answer) -> None:
    process.write(f"{moment(process)} Serving request: {request.place}\n", 2)


def _name(process: Process, request: Request) -> Answer:
    return Answer(200, process.space.hostname, type_=PLAIN)


def _ok(process: Process, request: Request) -> Answer:
    return Answer(200, "OK!", [("Server", "Apache/2.4.10 (Debian)"), ("X-Powered-By", "PHP/5.6.14")], "text/html")


def common_log(process: Process, request: Request, answer: Answer) -> None:
    """Apache's access log with the agent."""
    stamp = strftime("%d/%b/%Y:%H:%M:%S +0000", process.kernel.now)
    process.write(f'{request.remote[0]} - - [{stamp}] "{request.method} {request.path} {request.message.first[2]}" '
                  f'{answer.code} {len(answer.body)} "{request.header("referer") or "-"}" '
                  f'"{request.header("user-agent") or "-"}"\n')


def _whoami(process: Process, request: Request) -> Answer:
    if request.place == "/health":
        return Answer(200)
    name = option(process, "name", default=process.env.get("WHOAMI_NAME", ""))
    lines = [f"Name: {name}"] if name else []
    lines += [f"Hostname: {process.space.hostname}", "IP: 127.0.0.1", "IP: ::1", f"IP: {process.space.net.address}",
              f"RemoteAddr: {request.remote[0]}:{request.remote[1]}",
              f"{request.method} {request.path} {request.message.first[2]}", f"Host: {request.header('host')}"]
    lines += [f"{key}: {value}" for key, value in sorted(_canonical(request)) if key != "Host"]
    if request.place == "/api":
        from json import dumps

        told = {"hostname": process.space.hostname, "ip": ["127.0.0.1", "::1", process.space.net.address],
                "headers": {key: [value] for key, value in sorted(_canonical(request)) if key != "Host"},
                "url": request.path, "host": request.header("host"), "method": request.method,
                "remoteAddr": f"{request.remote[0]}:{request.remote[1]}"}
        return Answer(200, dumps(told, separators=(",", ":")) + "\n", type_="application/json")
    return Answer(200, "\n".join(lines) + "\n\n", type_=PLAIN)


def _canonical(request: Request) -> list[tuple[str, str]]:
    """Headers with their names as Go writes them."""
    return [("-".join(part.capitalize() for part in key.split("-")), value) for key, value in request.message.headers]


def _echo_text(process: Process, request: Request) -> Answer:
    if request.place == "/health":
        return Answer(200, '{"status":"ok"}\n', type_="application/json; charset=utf-8")
    text = option(process, "text", default=process.env.get("ECHO_TEXT", "hello-world"))
    return Answer(200, text + "\n", [("X-App-Name", "http-echo"), ("X-App-Version", "1.0.0")], PLAIN)


def _echo_log(process: Process, request: Request, answer: Answer) -> None:
    process.write(f'{moment(process)} {request.header("host")} {request.remote[0]}:{request.remote[1]} '
                  f'"{request.method} {request.path} {request.message.first[2]}" {answer.code} {len(answer.body)} '
                  f'"{request.header("user-agent")}" 24.11µs\n')


def _http_echo(process: Process) -> int | None:
    if process.memory is None:
        if not option(process, "text", default=process.env.get("ECHO_TEXT", "hello-world")):
            process.write("Missing -text option!\n", 2)
            return 127
        port = port_of(option(process, "listen"), 5678)
        code = begin(process, [port], ("{time} [INFO] server is listening on :{port}",))
        if code is not None:
            return code
    if process.pending:
        process.write(f"{moment(process)} [INFO] received terminated, shutting down server...\n", 2)
        return 0
    serving.serve(process, _echo_text, _echo_log)
    return None


def _echoserver(process: Process, request: Request) -> Answer:
    headers = sorted((key.lower(), value) for key, value in request.message.headers)
    uri = f"{'https' if request.secure else 'http'}://{request.header('host').partition(':')[0]}:{request.local[1]}" \
        f"{request.path}"
    body = request.message.body.decode("utf-8", "replace") or "-no body in request-"
    if image(process).rpartition(":")[2] in _OLD_ECHO:
        lines = ["CLIENT VALUES:", f"client_address={request.remote[0]}", f"command={request.method}",
                 f"real path={request.path}", f"query={request.query or 'nil'}", "request_version=1.1",
                 f"request_uri={uri}", "", "SERVER VALUES:", "server_version=nginx: 1.10.0 - lua: 10001", "",
                 "HEADERS RECEIVED:", *(f"{key}={value}" for key, value in headers), "BODY:", body]
        return Answer(200, "\n".join(lines), [("Server", "nginx/1.10.0")], "text/plain")
    known = [(name, process.env[name]) for name in ("NODE_NAME", "POD_NAME", "POD_NAMESPACE", "POD_IP")
             if process.env.get(name)]
    words = {"NODE_NAME": "node name", "POD_NAME": "pod name", "POD_NAMESPACE": "pod namespace", "POD_IP": "pod IP"}
    pod = [f"\t{words[name]}:\t{value}" for name, value in known] or ["\t-no pod information available-"]
    lines = ["", "", f"Hostname: {process.space.hostname}", "", "Pod Information:", *pod, "", "Server values:",
             "\tserver_version=nginx: 1.13.3 - lua: 10008", "", "Request Information:",
             f"\tclient_address={request.remote[0]}", f"\tmethod={request.method}", f"\treal path={request.path}",
             f"\tquery={request.query}", "\trequest_version=1.1",
             f"\trequest_scheme={'https' if request.secure else 'http'}", f"\trequest_uri={uri}", "",
             "Request Headers:", *(f"\t{key}={value}" for key, value in headers), "", "Request Body:", f"\t{body}", ""]
    return Answer(200, "\n".join(lines) + "\n", [("Server", "echoserver")], "text/plain")


def _nginx_log(process: Process, request: Request, answer: Answer) -> None:
    stamp = strftime("%d/%b/%Y:%H:%M:%S +0000", process.kernel.now)
    process.write(f'{request.remote[0]} - - [{stamp}] "{request.method} {request.path} {request.message.first[2]}" '
                  f'{answer.code} {len(answer.body)} "-" "{request.header("user-agent") or "-"}"\n')


def _whoami_server(process: Process) -> int | None:
    if process.memory is None:
        port = int(option(process, "port", default=process.env.get("WHOAMI_PORT_NUMBER", "80")) or 80)
        code = begin(process, [port], ("{time} Starting up on port {port}",))
        if code is not None:
            return code
    if process.pending:
        return GO_TERMINATED
    serving.serve(process, _whoami)
    return None


_SERVERS = {
    "hello-app": Server([8080], _hello, _hello_log, ("{time} Server listening on port {port}",), chosen="PORT"),
    "serve_hostname": Server([9376], _name, None, ("{time} Serving on port {port}.",)),
    "hpa-example": Server([80], _ok, common_log, (), 0),
    "echoserver": Server([8080], _echoserver, _nginx_log, ("Generating self-signed cert", "Starting nginx"), 0, "PORT"),
}
PROGRAMS: dict[str, Program] = {**dict.fromkeys(_SERVERS, run), "whoami-server": _whoami_server,
                                "http-echo": _http_echo}
