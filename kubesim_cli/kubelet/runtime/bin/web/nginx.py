"""nginx: it serves files, redirects, texts and other servers as its configuration tells, and logs in its format."""

from __future__ import annotations

from ...chance import Chance
from ...dates import strftime
from ...kernel import shown
from ...kernel.errors import Errno
from .. import http
from . import nginxconf, serving
from .files import Missing, file_at
from .nginxconf import Scope, Wrong
from .nginxvars import expand, host_of, version_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kernel.process import Process
    from .serving import Answer, Request

ROOT = "/usr/share/nginx/html"
WELCOME = (b"<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n"
           b"<h1>Welcome to nginx!</h1>\n</body>\n</html>\n")
SIGNALS = {"TERM": 15, "QUIT": 3, "INT": 2}
ERROR_LOG, ACCESS_LOG = "/var/log/nginx/error.log", "/var/log/nginx/access.log"
TYPES = {"html": "text/html", "htm": "text/html", "txt": "text/plain", "json": "application/json", "css": "text/css",
         "js": "application/javascript", "xml": "text/xml", "png": "image/png", "jpg": "image/jpeg",
         "jpeg": "image/jpeg", "gif": "image/gif", "svg": "image/svg+xml", "pdf": "application/pdf"}
COMBINED = ('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
            '"$http_user_agent"')
_TITLES = {302: "302 Found", 413: "413 Request Entity Too Large", 503: "503 Service Temporarily Unavailable",
           504: "504 Gateway Time-out"}
_MOST_TURNS = 10


def _nginx(process: Process) -> int | None:
    if process.memory is None:
        code = _begin(process)
        if code is not None:
            return code
    if process.pending:
        if "HUP" in process.pending:
            process.pending.remove("HUP")
            _reload(process)
        else:
            signal = process.pending[0]
            graceful = "gracefully shutting down" if signal == "QUIT" else "exiting"
            _note(process, "notice", f"signal {SIGNALS[signal]} (SIG{signal}) received, {graceful}")
            _note(process, "notice", "exit")
            return 0
    settings = nginxconf.of(process.memory["texts"])
    serving.serve(process, lambda own, request: _page(own, settings, request),
                  lambda own, request, answer: _log(own, settings, request, answer))
    return None


def _reload(process: Process) -> None:
    """Take in the configuration anew; what was holds on where it is wrong."""
    _note(process, "notice", "signal 1 (SIGHUP) received from 1, reconfiguring")
    try:
        texts = nginxconf.gather(process, process.memory["texts"][""])
        nginxconf.of(texts)
    except Wrong as error:
        _note(process, "emerg", str(error))
        return
    _note(process, "notice", "reconfiguring")
    process.memory["texts"] = texts
    shown.renew(process)


def _begin(process: Process) -> int | None:
    """Read the configuration and listen; return an exit code where that is all, or cannot be."""
    words = process.argv[1:]
    path = words[words.index("-c") + 1] if "-c" in words[:-1] else nginxconf.MAIN
    if "-v" in words or "-V" in words:
        process.write(f"nginx version: nginx/{version_of(process)}\n", 2)
        return 0
    if "-s" in words[:-1]:
        return _signal(process, words[words.index("-s") + 1])
    testing = "-t" in words or "-T" in words
    try:
        texts = nginxconf.gather(process, path)
        settings = nginxconf.of(texts)
        ports, secure = _ports(process, settings)
        _check_hosts(process, settings)
    except Wrong as error:
        _emergency(process, str(error), testing)
        if testing:
            process.write(f"nginx: configuration file {path} test failed\n", 2)
        return 1
    if testing:
        process.write(f"nginx: the configuration file {path} syntax is ok\n"
                      f"nginx: configuration file {path} test is successful\n", 2)
        return 0
    try:
        serving.start(process, ports, secure, ("TERM", "QUIT", "INT", "HUP"))
    except Errno as error:
        number = {"EADDRINUSE": 98, "EACCES": 13}.get(error.name, 99)
        at = next((each for each in ports if each[1] in process.space.net.ports or each[1] < 1024), ports[0])
        _emergency(process, f"bind() to {at[0]}:{at[1]} failed ({number}: {error.message})")
        return 1
    process.memory["texts"] = texts
    for line in ('using the "epoll" event method', f"nginx/{version_of(process)}", "start worker processes",
                 f"start worker process {process.pid + 28}"):
        _note(process, "notice", line)
    return None


def _signal(process: Process, name: str) -> int:
    """nginx -s: tell the one that runs."""
    signal = {"stop": "TERM", "quit": "QUIT", "reload": "HUP"}.get(name)
    init = process.space.init
    if signal is None or init is None or "nginx" not in init.argv[0]:
        _emergency(process, 'invalid PID number "" in "/run/nginx.pid"' if signal else f'invalid option: "-s {name}"')
        return 1
    process.kernel.kill(init, signal)
    return 0


def _ports(process: Process, settings: Scope) -> tuple[list[tuple[str, int]], dict[int, str]]:
    ports: list[tuple[str, int]] = []
    secure: dict[int, str] = {}
    for server in settings.inner("server"):
        for each in nginxconf.listens(server):
            if (each.host, each.port) not in ports and ("0.0.0.0", each.port) not in ports:
                ports.append((each.host, each.port))
            if each.secure or server.first("ssl") == "on":
                path = server.first("ssl_certificate")
                if not path:
                    raise Wrong('no "ssl_certificate" is defined for the "listen ... ssl" directive in '
                                f"{server.directives[0].path}:{server.directives[0].line}")
                try:
                    secure[each.port] = process.read_file(path).decode("utf-8", "replace")
                except Errno as error:
                    raise Wrong(f'cannot load certificate "{path}": BIO_new_file() failed (SSL: error:80000002:system '
                                f"library::{error.message}:calling fopen({path}, r) error:10000080:BIO "
                                "routines::no such file)") from None
    return ports, secure


def _check_hosts(process: Process, settings: Scope) -> None:
    """nginx looks up the hosts that it hands requests to when it starts, and does not start without one."""
    from .. import resolver

    known = {each.arguments[0] for each in settings.inner("upstream")}
    hosts = [(each.arguments[0], each) for block in settings.inner("upstream") for each in block.own("server")]
    waiting = settings.inner("server")
    while waiting:
        scope = waiting.pop(0)
        waiting += scope.inner("location")
        hosts += [(http.split(each.arguments[0])[1], each) for each in scope.own("proxy_pass")
                  if "$" not in each.arguments[0] and http.split(each.arguments[0])[1] not in known]
    for host, each in hosts:
        name = host.partition(":")[0]
        if name and not name.startswith("unix") and not resolver.addresses(process, name):
            raise Wrong(f'host not found in upstream "{host}" in {each.path}:{each.line}')


# The log


def _stamp(process: Process) -> str:
    return strftime("%Y/%m/%d %H:%M:%S", process.kernel.now)


def _emergency(process: Process, text: str, plain: bool = False) -> None:
    stamped = "" if plain else f"{_stamp(process)} [emerg] {process.pid}#{process.pid}: {text}\n"
    process.write(stamped + f"nginx: [emerg] {text}\n", 2)


def _note(process: Process, level: str, text: str, path: str = ERROR_LOG) -> None:
    _append(process, path, f"{_stamp(process)} [{level}] {process.pid}#{process.pid}: {text}\n", 2)


def _append(process: Process, path: str, text: str, fd: int) -> None:
    """Write to a log; those that the image links to its output go there, whether they are there or not."""
    if path in ("/dev/stdout", "/dev/stderr"):
        process.write(text, 1 if path.endswith("out") else 2)
        return
    try:
        if path in (ACCESS_LOG, ERROR_LOG):
            inode = process.space.tree.lookup(path, "/", process.user, False).inode
            if inode is None or inode.kind == "l":
                process.write(text, fd)
                return
        process.open(path, "a").write(process.kernel, text.encode("utf-8", "surrogateescape"))
    except Errno:
        process.write(text, fd)


def _log(process: Process, settings: Scope, request: Request, answer: Answer) -> None:
    server = nginxconf.choose(settings, request.local[1], host_of(request))
    scope = nginxconf.locate(server, request.place) if server is not None else settings
    if answer.notes.get("error"):
        _note(process, "error", f"*{process.space.net.opened + 1} {answer.notes['error']}, client: "
              f"{request.remote[0]}, server: {server.first('server_name') if server is not None else ''}, request: "
              f'"{request.method} {request.path} {request.message.first[2]}", host: "{request.header("host")}"',
              scope.first("error_log", ERROR_LOG).replace("stderr", "/dev/stderr"))
    wanted = scope.all("access_log")
    if wanted and wanted[0].arguments[:1] == ["off"]:
        return
    formats = {each.arguments[0]: "".join(word for word in each.arguments[1:] if not word.startswith("escape="))
               for each in settings.all("log_format")}
    for each in wanted or [nginxconf.Directive("access_log", [ACCESS_LOG], None, "", 0)]:
        name = each.arguments[1] if len(each.arguments) > 1 else "combined"
        text = expand(process, formats.get(name, COMBINED), request, scope, answer, "-")
        _append(process, each.arguments[0], text + "\n", 1)


# Pages


def _standard(process: Process, scope: Scope) -> list[tuple[str, str]]:
    server = "nginx" if scope.first("server_tokens") == "off" else f"nginx/{version_of(process)}"
    return [("Server", server), ("Date", strftime("%a, %d %b %Y %T GMT", process.kernel.now))]


def _page(process: Process, settings: Scope, request: Request) -> Answer:
    server = nginxconf.choose(settings, request.local[1], host_of(request))
    if server is None:
        return serving.Answer(404)
    place, notes = request.place, ""
    answer: Answer | None = None
    scope = server
    for _ in range(_MOST_TURNS):
        scope = nginxconf.locate(server, place)
        step = _step(process, server, scope, request, place)
        if isinstance(step, str):
            place = step
            continue
        answer, notes = step
        break
    if answer is None:
        answer, notes = serving.Answer(500), "rewrite or internal redirection cycle"
    if answer.code >= 300 and not answer.body and answer.code not in (304,) and answer.upstream is None:
        answer = _error_page(process, server, scope, request, answer)
    answer.headers = _standard(process, scope) + answer.headers + [
        (each.arguments[0], expand(process, each.arguments[1], request, scope)) for each in scope.all("add_header")
        if len(each.arguments) > 1 and (answer.code in (200, 201, 204, 206, 301, 302, 303, 304, 307, 308)
                                        or "always" in each.arguments[2:])]
    if notes:
        answer.notes["error"] = notes
    return answer


def _step(process: Process, server: Scope, scope: Scope, request: Request, place: str) -> tuple[Answer, str] | str:
    """Return (answer, what the error log says), or another place to look at."""
    for each in [*(server.own("rewrite") if scope is not server and place == request.place else []),
                 *scope.own("rewrite")]:
        found = _rewritten(process, each.arguments, request, scope, place)
        if found is not None:
            return found
    for where in (scope, server):
        for each in where.own("return"):
            return _returned(process, each.arguments, request, scope), ""
    for each in scope.all("deny"):
        if each.arguments[0] in ("all", request.remote[0]) and not any(
                one.arguments[0] == request.remote[0] for one in scope.all("allow")):
            return serving.Answer(403), "access forbidden by rule"
    if scope.own("proxy_pass"):
        return _proxied(process, scope, request, place), ""
    if scope.own("fastcgi_pass"):
        return serving.Answer(502), "connect() failed (111: Connection refused) while connecting to upstream"
    if scope.own("stub_status"):
        count = process.space.net.opened + 1
        return serving.Answer(200, "Active connections: 1 \nserver accepts handled requests\n"
                              f" {count} {count} {count} \nReading: 0 Writing: 1 Waiting: 0 \n", type_="text/plain"), ""
    if request.method not in ("GET", "HEAD"):
        return serving.Answer(405), ""
    return _from_files(process, scope, request, place)


def _rewritten(process: Process, arguments: list[str], request: Request, scope: Scope,
               place: str) -> tuple[Answer, str] | str | None:
    import re

    if len(arguments) < 2:
        return None
    try:
        match = re.search(arguments[0], place)
    except re.error:
        return None
    if match is None:
        return None
    target = re.sub(r"\$(\d)", lambda each: match.group(int(each[1])) or "" if int(each[1]) <= len(match.groups())
                    else "", arguments[1])
    target = expand(process, target, request, scope)
    flag = arguments[2] if len(arguments) > 2 else ""
    if flag in ("redirect", "permanent") or target.startswith(("http://", "https://")):
        return _redirect(scope, request, 301 if flag == "permanent" else 302, target), ""
    target = target.partition("?")[0]
    if flag == "break" or target == place:
        return None if target == place else _from_files(process, scope, request, target)
    return target


def _returned(process: Process, arguments: list[str], request: Request, scope: Scope) -> Answer:
    code = int(arguments[0]) if arguments[0].isdigit() else 302
    text = expand(process, arguments[-1], request, scope) if len(arguments) > 1 or not arguments[0].isdigit() else ""
    if code in (301, 302, 303, 307, 308):
        return _redirect(scope, request, code, text)
    if code == 444:
        return serving.Answer(400)
    return serving.Answer(code, text, type_=scope.first("default_type", "text/plain")
                          if "." not in request.place.rpartition("/")[2]
                          else _type(scope, request.place)) if text or code == 200 else serving.Answer(code)


def _redirect(scope: Scope, request: Request, code: int, target: str) -> Answer:
    if target.startswith("/") and scope.first("absolute_redirect") != "off":
        port = request.local[1]
        shown = "" if port == (443 if request.secure else 80) else f":{port}"
        target = f"{'https' if request.secure else 'http'}://{host_of(request) or request.local[0]}{shown}{target}"
    return serving.Answer(code, headers=[("Location", target)])


def _proxied(process: Process, scope: Scope, request: Request, place: str) -> Answer:
    """Hand a request over to another server."""
    target = expand(process, scope.first("proxy_pass"), request, scope)
    scheme, host, port, path = http.split(target)
    has_path = "/" in target.partition("://")[2]
    for block in scope.outer.inner("upstream") if scope.outer is not None else ():
        host, port = _balanced(process, block, request, host, port)
    if scope.outer is not None and scope.outer.outer is not None:
        for block in scope.outer.outer.inner("upstream"):
            host, port = _balanced(process, block, request, host, port)
    if has_path and scope.arguments and "$" not in scope.first("proxy_pass"):
        sent = path + place[len(scope.arguments[-1]):] + (f"?{request.query}" if request.query else "")
    elif has_path:
        sent = path
    else:
        sent = request.path
    shown = target.partition("://")[2].partition("/")[0]
    headers = {"host": ("Host", shown), "connection": ("Connection", "close")}
    for key, value in request.message.headers:
        if key.lower() not in headers:
            headers[key.lower()] = key, value
    for each in scope.all("proxy_set_header"):
        if len(each.arguments) > 1:
            value = expand(process, each.arguments[1], request, scope)
            headers[each.arguments[0].lower()] = each.arguments[0], value
    headers["connection"] = "Connection", "close"
    raw = http.request(request.method, sent, [each for each in headers.values() if each[1]], request.message.body,
                       "1.0")
    answer = serving.Answer(502, _error_text(process, scope, 502), type_="text/html", upstream=(host, port, raw))
    answer.notes["scheme"] = scheme
    return answer


def _balanced(process: Process, block: Scope, request: Request, host: str, port: int) -> tuple[str, int]:
    """Return a server of an upstream block of a name, chosen by chance; the same where the block is another's."""
    servers = block.own("server")
    if block.arguments[:1] != [host] or not servers:
        return host, port
    chosen = Chance(f"{process.space.net.name}/{process.space.net.opened}/{request.remote}").choice(servers)
    name, _, number = chosen.arguments[0].partition(":")
    return name, int(number) if number.isdigit() else 80


def _type(scope: Scope, path: str) -> str:
    ending = path.rpartition(".")[2] if "." in path.rpartition("/")[2] else ""
    for block in scope.all("types"):
        for each in block.block or ():
            if ending in each.arguments:
                return each.name
    return TYPES.get(ending) or scope.first("default_type", "text/plain")


def _from_files(process: Process, scope: Scope, request: Request, place: str) -> tuple[Answer, str] | str:
    alias, root = scope.own("alias"), scope.first("root", "/etc/nginx/html")
    root = expand(process, root, request, scope)

    def path_of(uri: str) -> str:
        if alias:
            return alias[0].arguments[0] + uri[len(scope.arguments[-1]):]
        return root + uri

    tries = scope.all("try_files")
    if tries:
        for each in tries[0].arguments[:-1]:
            uri = expand(process, each, request, scope).replace("//", "/")
            if _is_there(process, path_of(uri)) == ("d" if uri.endswith("/") else "f"):
                place = uri
                break
        else:
            last = expand(process, tries[0].arguments[-1], request, scope)
            if last.startswith("="):
                return serving.Answer(int(last[1:]) if last[1:].isdigit() else 404), ""
            if last.partition("?")[0] != place:
                return last.partition("?")[0]
    path = path_of(place)
    if path.endswith("/"):
        for name in (scope.all("index") or [nginxconf.Directive("index", ["index.html"], None, "", 0)])[0].arguments:
            if _is_there(process, path + name) == "f":
                path += name
                break
        else:
            if scope.first("autoindex") == "on" and _is_there(process, path) == "d":
                return serving.Answer(200, _listing(process, path, place), type_="text/html"), ""
            if _is_there(process, path) == "d":
                return serving.Answer(403), f'directory index of "{path}" is forbidden'
            return serving.Answer(404), f'"{path}index.html" is not found (2: No such file or directory)'
    try:
        body, modified = file_at(process, path)
    except Missing as error:
        if error.name == "EISDIR":
            return _redirect(scope, request, 301, place + "/"), ""
        if error.name == "EACCES":
            return serving.Answer(403), f'open() "{path}" failed (13: Permission denied)'
        return serving.Answer(404), f'open() "{path}" failed (2: No such file or directory)'
    tag = f'"{int(modified):x}-{len(body):x}"'
    stamp = strftime("%a, %d %b %Y %T GMT", modified)
    headers = [("Last-Modified", stamp), ("ETag", tag), ("Accept-Ranges", "bytes")]
    if request.header("if-none-match") == tag or request.header("if-modified-since") == stamp:
        return serving.Answer(304, headers=headers), ""
    return serving.Answer(200, body, headers, _type(scope, path)), ""


def _is_there(process: Process, path: str) -> str:
    try:
        inode = process.space.tree.find(path, "/", process.user).inode
    except Errno:
        return ""
    return inode.kind if inode is not None else ""


def _listing(process: Process, path: str, place: str) -> str:
    inode = process.space.tree.find(path, "/", process.user).inode
    lines = [f"<html>\r\n<head><title>Index of {place}</title></head>\r\n<body>\r\n<h1>Index of {place}</h1><hr><pre>"
             '<a href="../">../</a>\r\n']
    for name, each in sorted(inode.entries.items() if inode is not None else (), key=lambda item: item[0]):
        shown = name + ("/" if each.kind == "d" else "")
        stamp, size = strftime("%d-%b-%Y %H:%M", each.mtime), "-" if each.kind == "d" else str(each.size)
        lines.append(f'<a href="{shown}">{shown}</a>{" " * max(51 - len(shown), 1)}{stamp}{size:>20}\r\n')
    return "".join(lines) + "</pre><hr></body>\r\n</html>\r\n"


def _error_page(process: Process, server: Scope, scope: Scope, request: Request, answer: Answer) -> Answer:
    """Return the page that the configuration has for a status, or nginx's own."""
    for each in scope.all("error_page"):
        codes = [int(word) for word in each.arguments[:-1] if word.isdigit()]
        if answer.code in codes and each.arguments[-1].startswith("/"):
            target = each.arguments[-1]
            found = _step(process, server, nginxconf.locate(server, target), request, target)
            if not isinstance(found, str) and found[0].code == 200:
                code = next((int(word[1:] or 200) for word in each.arguments[:-1] if word.startswith("=")), answer.code)
                return serving.Answer(code, found[0].body, found[0].headers)
    return serving.Answer(answer.code, _error_text(process, scope, answer.code),
                          [("Content-Type", "text/html"), *answer.headers])


def _error_text(process: Process, scope: Scope, code: int) -> str:
    title = _TITLES.get(code) or f"{code} {http.REASONS.get(code, '')}"
    name = "nginx" if scope.first("server_tokens") == "off" else f"nginx/{version_of(process)}"
    return (f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
            f"<hr><center>{name}</center>\r\n</body>\r\n</html>\r\n")


PROGRAMS = {"nginx": _nginx}
