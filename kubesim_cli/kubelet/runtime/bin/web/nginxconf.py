"""nginx's configuration: its files read into blocks of directives, and the servers and locations that these make."""

from __future__ import annotations

from ...kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kernel.process import Process

MAIN = "/etc/nginx/nginx.conf"
DEFAULT = """events {}
http {
    log_format main '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
                    '"$http_user_agent" "$http_x_forwarded_for"';
    access_log /var/log/nginx/access.log main;
    server {
        listen 80;
        server_name localhost;
        location / { root /usr/share/nginx/html; index index.html index.htm; }
    }
}
"""
_MOST_FILES = 100
_MOST_PARSED = 32
_KNOWN = frozenset((
    "absolute_redirect", "accept_mutex", "access_log", "add_header", "aio", "alias", "allow", "auth_basic",
    "auth_basic_user_file", "autoindex", "autoindex_exact_size", "autoindex_localtime", "break", "charset",
    "client_body_buffer_size", "client_body_temp_path", "client_body_timeout", "client_header_buffer_size",
    "client_header_timeout", "client_max_body_size", "daemon", "default_type", "deny", "directio", "env",
    "error_log", "error_log_format", "error_page", "etag", "events", "expires", "fastcgi_buffers", "fastcgi_index",
    "fastcgi_param", "fastcgi_pass", "fastcgi_read_timeout", "fastcgi_split_path_info", "fastcgi_temp_path", "geo",
    "gzip", "gzip_buffers", "gzip_comp_level", "gzip_disable", "gzip_http_version", "gzip_min_length",
    "gzip_proxied", "gzip_static", "gzip_types", "gzip_vary", "hash", "http", "http2", "if", "if_modified_since",
    "ignore_invalid_headers", "include", "index", "internal", "ip_hash", "keepalive", "keepalive_requests",
    "keepalive_timeout", "large_client_header_buffers", "least_conn", "limit_conn", "limit_conn_zone",
    "limit_except", "limit_req", "limit_req_zone", "listen", "load_module", "location", "log_format",
    "log_not_found", "map", "map_hash_bucket_size", "master_process", "merge_slashes", "multi_accept",
    "open_file_cache", "output_buffers", "pid", "port_in_redirect", "proxy_buffer_size", "proxy_buffering",
    "proxy_buffers", "proxy_cache", "proxy_cache_bypass", "proxy_cache_path", "proxy_cache_valid",
    "proxy_connect_timeout", "proxy_hide_header", "proxy_http_version", "proxy_intercept_errors",
    "proxy_next_upstream", "proxy_pass", "proxy_pass_header", "proxy_read_timeout", "proxy_redirect",
    "proxy_request_buffering", "proxy_send_timeout", "proxy_set_header", "proxy_ssl_name", "proxy_ssl_server_name",
    "proxy_ssl_verify", "proxy_temp_path", "real_ip_header", "real_ip_recursive", "reset_timedout_connection",
    "resolver", "resolver_timeout", "return", "rewrite", "root", "satisfy", "scgi_temp_path", "send_timeout",
    "sendfile", "server", "server_name", "server_name_in_redirect", "server_names_hash_bucket_size",
    "server_names_hash_max_size", "server_tokens", "set", "set_real_ip_from", "split_clients", "ssl",
    "ssl_certificate", "ssl_certificate_key", "ssl_ciphers", "ssl_client_certificate", "ssl_dhparam",
    "ssl_prefer_server_ciphers", "ssl_protocols", "ssl_session_cache", "ssl_session_tickets", "ssl_session_timeout",
    "ssl_stapling", "ssl_stapling_verify", "ssl_trusted_certificate", "ssl_verify_client", "stream", "stub_status",
    "sub_filter", "sub_filter_once", "sub_filter_types", "tcp_nodelay", "tcp_nopush", "try_files", "types",
    "types_hash_bucket_size", "types_hash_max_size", "underscores_in_headers", "upstream", "use", "user",
    "uwsgi_pass", "uwsgi_temp_path", "variables_hash_bucket_size", "variables_hash_max_size", "worker_connections",
    "worker_cpu_affinity", "worker_priority", "worker_processes", "worker_rlimit_nofile", "working_directory",
    "zone"))


class Wrong(Exception):
    """The configuration cannot be understood; the message as nginx says it, behind [emerg]."""


class Directive:
    """A directive: its name, arguments, and, where it is a block, the directives in it."""

    __slots__ = ("arguments", "block", "line", "name", "path")

    def __init__(self, name: str, arguments: list[str], block: list[Directive] | None, path: str, line: int):
        self.name, self.arguments, self.block, self.path, self.line = name, arguments, block, path, line


def _tokens(text: str, path: str) -> list[tuple[str, bool, int]]:
    """Return (token, whether it is quoted, line)."""
    found: list[tuple[str, bool, int]] = []
    at, line = 0, 1
    while at < len(text):
        char = text[at]
        if char == "\n":
            line += 1
            at += 1
        elif char.isspace():
            at += 1
        elif char == "#":
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
        elif char in ";{}":
            found.append((char, False, line))
            at += 1
        elif char in "\"'":
            end, word, begun = at + 1, [], line
            while end < len(text) and text[end] != char:
                if text[end] == "\\" and end + 1 < len(text):
                    end += 1
                    word.append({"n": "\n", "t": "\t", "r": "\r"}.get(text[end], text[end] if text[end] in "\"'\\"
                                                                         else "\\" + text[end]))
                else:
                    line += text[end] == "\n"
                    word.append(text[end])
                end += 1
            if end >= len(text):
                raise Wrong(f'unexpected end of file, expecting ";" or "}}" in {path}:{line}')
            found.append(("".join(word), True, begun))
            at = end + 1
        else:
            end = at
            while end < len(text) and not text[end].isspace() and text[end] not in ";{":
                if text[end] == "$" and text[end + 1:end + 2] == "{":
                    end = max(text.find("}", end), end)
                end += 1
            found.append((text[at:end], False, line))
            at = end
    return found


class _Reader:
    """Reads a file, and those that it includes, out of `texts`: the text of each path, the paths of each pattern."""

    def __init__(self, texts: dict[str, str]):
        self.texts = texts

    def read(self, path: str) -> list[Directive]:
        """Return a file's directives."""
        return self.parse(self.texts[path], path)

    def parse(self, text: str, path: str) -> list[Directive]:
        """Return the directives of a text."""
        tokens = _tokens(text, path)
        found, at = self._block(tokens, 0, path, True)
        if at < len(tokens):
            raise Wrong(f'unexpected "}}" in {path}:{tokens[at][2]}')
        return found

    def _block(self, tokens: list[tuple[str, bool, int]], at: int, path: str, top: bool,
               plain: bool = False) -> tuple[list[Directive], int]:
        found: list[Directive] = []
        words: list[str] = []
        line = 0
        while at < len(tokens):
            token, quoted, line_here = tokens[at]
            if quoted or token not in (";", "{", "}"):
                if not words:
                    line = line_here
                words.append(token)
                at += 1
                continue
            if token == "}":
                if words:
                    raise Wrong(f'unexpected "}}" in {path}:{line_here}')
                break
            if not words:
                raise Wrong(f'unexpected "{token}" in {path}:{line_here}')
            name, arguments = words[0], words[1:]
            if not plain and name not in _KNOWN:
                raise Wrong(f'unknown directive "{name}" in {path}:{line}')
            at += 1
            words = []
            if token == ";":
                if name == "include" and arguments:
                    found += self._included(arguments[0], path)
                else:
                    found.append(Directive(name, arguments, None, path, line))
                continue
            inner, at = self._block(tokens, at, path, False, name in ("types", "map", "geo", "split_clients"))
            if at >= len(tokens):
                raise Wrong(f'unexpected end of file, expecting "}}" in {path}:{tokens[-1][2]}')
            at += 1
            found.append(Directive(name, arguments, inner, path, line))
        if words:
            raise Wrong(f'unexpected end of file, expecting ";" or "}}" in {path}:{tokens[-1][2]}')
        return found, at

    def _included(self, pattern: str, path: str) -> list[Directive]:
        if not pattern.startswith("/"):
            pattern = f"{MAIN.rpartition('/')[0]}/{pattern}"
        if not _is_pattern(pattern):
            return self.read(pattern)
        return [each for found in self.texts[pattern].split("\n") if found for each in self.read(found)]


class _Gatherer(_Reader):
    """The same, out of a container's files, whose texts it keeps."""

    def __init__(self, process: Process):
        super().__init__({})
        self.process = process

    def read(self, path: str) -> list[Directive]:
        if len(self.texts) > _MOST_FILES:
            raise Wrong(f'too many files are included at "{path}"')
        try:
            self.texts[path] = self.process.read_file(path).decode("utf-8", "replace")
        except Errno as error:
            if error.name == "ENOENT" and path == MAIN:
                self.texts[path] = DEFAULT
            elif error.name == "ENOENT" and path.endswith("mime.types"):
                self.texts[path] = ""
            else:
                number = {"ENOENT": 2, "EACCES": 13, "EISDIR": 21}.get(error.name, 5)
                raise Wrong(f'open() "{path}" failed ({number}: {error.message})') from None
        return super().read(path)

    def _included(self, pattern: str, path: str) -> list[Directive]:
        if not pattern.startswith("/"):
            pattern = f"{MAIN.rpartition('/')[0]}/{pattern}"
        if _is_pattern(pattern):
            from fnmatch import fnmatchcase

            folder, _, name = pattern.rpartition("/")
            try:
                inode = self.process.space.tree.find(folder, "/", self.process.user).inode
            except Errno:
                inode = None
            self.texts[pattern] = "\n".join(
                f"{folder}/{entry}" for entry in sorted(inode.entries if inode is not None else ())
                if fnmatchcase(entry, name) and not entry.startswith("."))
        return super()._included(pattern, path)


def _is_pattern(path: str) -> bool:
    return any(char in path for char in "*?[")


class Scope:
    """A block with those around it: directives are looked up from the inside out."""

    __slots__ = ("arguments", "directives", "outer")

    def __init__(self, block: Directive, outer: Scope | None):
        self.arguments, self.directives, self.outer = block.arguments, block.block or [], outer

    def own(self, name: str) -> list[Directive]:
        """Return the directives of a name in the block itself."""
        return [each for each in self.directives if each.name == name]

    def all(self, name: str) -> list[Directive]:
        """Return the directives of a name, of the nearest block that has some."""
        scope: Scope | None = self
        while scope is not None:
            if found := scope.own(name):
                return found
            scope = scope.outer
        return []

    def first(self, name: str, default: str = "") -> str:
        """Return a directive's first argument."""
        found = self.all(name)
        return found[0].arguments[0] if found and found[0].arguments else default

    def inner(self, name: str) -> list[Scope]:
        """Return the blocks of a name in this one."""
        return [Scope(each, self) for each in self.own(name) if each.block is not None]


class Listen:
    """A `listen`: where, whether over TLS, and whether the server is the default one there."""

    __slots__ = ("default", "host", "port", "secure")

    def __init__(self, arguments: list[str]):
        where = arguments[0]
        host, colon, port = where.rpartition(":")
        if where.startswith("["):
            host, _, port = where.partition("]")
            port = port[1:] or "80"
        elif not colon:
            host, port = ("", where) if where.isdigit() else (where, "80")
        self.host = "0.0.0.0" if host in ("", "*", "[::", "[::0") else host.strip("[]")
        self.port = int(port) if port.isdigit() else 80
        self.secure, self.default = "ssl" in arguments[1:], "default_server" in arguments[1:]


_parsed: dict[tuple[str, ...], Scope] = {}  # the last few


def gather(process: Process, path: str) -> dict[str, str]:
    """Return the texts of a container's configuration, for `of`; raises Wrong. Without a file it is DEFAULT."""
    reader = _Gatherer(process)
    reader.read(path)
    return {"": path, **reader.texts}


def of(texts: dict[str, str]) -> Scope:
    """Return the http block of a configuration; raises Wrong."""
    key = tuple(each for item in texts.items() for each in item)
    if key not in _parsed:
        if len(_parsed) > _MOST_PARSED:
            _parsed.clear()
        path = texts[""]
        top = Scope(Directive("main", [], _Reader(texts).read(path), path, 1), None)
        blocks = top.inner("http")
        scope = blocks[0] if blocks else Scope(Directive("http", [], [], path, 1), top)
        for server in scope.inner("server"):
            _check(server)
        _parsed[key] = scope
    return _parsed[key]


def _check(scope: Scope) -> None:
    """Raise Wrong for the mistakes that are made most; a host that is not there is found by who loads."""
    for name in ("root", "listen", "return", "proxy_pass"):
        for each in scope.own(name):
            if not each.arguments:
                raise Wrong(f'invalid number of arguments in "{name}" directive in {each.path}:{each.line}')
    for location in scope.inner("location"):
        _check(location)


def listens(server: Scope) -> list[Listen]:
    """Return where a server listens; by default at port 80."""
    return [Listen(each.arguments) for each in server.own("listen")] or [Listen(["80"])]


def choose(http: Scope, port: int, host: str) -> Scope | None:
    """Return the server for a port and a host: by its exact name, a wildcard, or else the default one of the port."""
    there = [each for each in http.inner("server") if any(one.port == port for one in listens(each))]

    def names(server: Scope) -> list[str]:
        return [name for each in server.own("server_name") for name in each.arguments]

    for server in there:
        if host in names(server):
            return server
    for server in there:
        for name in names(server):
            if (name.startswith("*.") and host.endswith(name[1:])) or (
                    name.endswith(".*") and host.startswith(name[:-1])):
                return server
            if name.startswith("~"):
                import re

                if re.search(name[1:], host):
                    return server
    for server in there:
        if any(one.port == port and one.default for one in listens(server)):
            return server
    return there[0] if there else None


def locate(server: Scope, path: str) -> Scope:
    """Return the location for a path, or the server itself: an exact one, else the longest prefix, which a regular
    expression goes before unless the prefix has ^~."""
    import re

    best: tuple[int, bool, Scope] | None = None
    patterns: list[tuple[str, int, Scope]] = []
    for location in server.inner("location"):
        kind, where = location.arguments[0], location.arguments[-1]
        if len(location.arguments) == 1:
            kind = ""
        if kind == "=" and path == where:
            return location
        if kind in ("~", "~*"):
            patterns.append((where, re.IGNORECASE if kind == "~*" else 0, location))
        elif kind in ("", "^~") and path.startswith(where) and (best is None or len(where) > best[0]):
            best = len(where), kind == "^~", location
    inside = best[2] if best is not None else server
    if best is None or not best[1]:
        for pattern, flags, location in patterns:
            try:
                if re.search(pattern, path, flags):
                    return location
            except re.error:
                continue
    return locate(inside, path) if inside is not server and inside.own("location") else inside
