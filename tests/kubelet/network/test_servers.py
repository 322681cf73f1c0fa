"""What the servers of well-known images answer, log, and end with."""

import json

import pytest


@pytest.fixture
def serve(net):
    client = net.client(image="tools")

    def run(argv, image="tools", files=None, url="http://10.244.0.10:8080/", options="-s"):
        if "server" not in net.engine.containers:
            net.pod("server", "10.244.0.10", {"app": "server"}, argv=argv, image=image, files=files or {})
            net.engine.advance(net.engine.kernel.now)
        return net.run(client, f"curl {options} '{url}'", 30)[0]

    run.net = net
    return run


def end(net, signal="TERM"):
    net.engine.kill("server", signal)
    return [(each.code, each.reason) for each in net.engine.advance(net.engine.kernel.now + 1)]


def test_whoami(serve):
    out = serve(["whoami-server", "--port", "8080", "--name", "me"], url="http://10.244.0.10:8080/x?y=1")
    assert out == ("Name: me\nHostname: server\nIP: 127.0.0.1\nIP: ::1\nIP: 10.244.0.10\n"
                   "RemoteAddr: 10.244.0.101:32770\nGET /x?y=1 HTTP/1.1\nHost: 10.244.0.10:8080\n"
                   "Accept: */*\nUser-Agent: curl/8.5.0\n\n")
    assert end(serve.net) == [(2, "Error")]


def test_hello_app(serve):
    out = serve(["/hello-app"], "gcr.io/google-samples/hello-app:2.0", url="http://10.244.0.10:8080/a")
    assert out == "Hello, world!\nVersion: 2.0.0\nHostname: server\n"
    assert serve.net.log("server").endswith("Server listening on port 8080\n2027/01/15 08:00:00 Serving request: /a\n")


def test_http_echo(serve):
    assert serve(["http-echo", "-text=hi there", "-listen=:8080"]) == "hi there\n"
    assert serve.net.log("server").splitlines()[0] == "2027/01/15 08:00:00 [INFO] server is listening on :8080"
    assert end(serve.net) == [(0, "Completed")]


def test_echoserver(serve):
    out = serve(["echoserver"], url="http://10.244.0.10:8080/a?b=c", options="-s -d hello")
    assert "\n\nHostname: server\n\nPod Information:\n\t-no pod information available-\n" in out
    assert "\tclient_address=10.244.0.101\n\tmethod=POST\n\treal path=/a?b=c\n\tquery=b=c\n" in out
    assert out.endswith("Request Body:\n\thello\n\n")


@pytest.mark.parametrize(("path", "options", "wanted"), [
    ("/get?a=1&a=2", "-s", {"args": {"a": ["1", "2"]}, "origin": "10.244.0.101"}),
    ("/post", "-s -d x=1", {"form": {"x": "1"}, "data": ""}), ("/ip", "-s", {"origin": "10.244.0.101"}),
    ("/anything/b", "-s -X PATCH --json {}", {"method": "PATCH", "json": {}}),
    ("/user-agent", "-s -A me", {"user-agent": "me"}), ("/basic-auth/u/p", "-s -u u:p", {"authenticated": True}),
    ("/redirect/2", "-sL", {"url": "http://10.244.0.10/get"}), ("/delay/3", "-s", {"args": {}})])
def test_httpbin(serve, path, options, wanted):
    out = json.loads(serve(["httpbin", "-b", "0.0.0.0:80", "httpbin:app"], url=f"http://10.244.0.10{path}",
                           options=options))
    assert {key: out[key] for key in wanted} == wanted


def test_httpbin_tells_a_status(serve):
    assert serve(["httpbin"], url="http://10.244.0.10/status/503", options="-s -w '%{http_code}'") == "503"
    assert "teapot" in serve([], url="http://10.244.0.10/status/418")


@pytest.mark.parametrize(("argv", "path", "says"), [
    (["agnhost", "netexec"], "/hostname", "server"), (["agnhost", "netexec"], "/clientip", "10.244.0.101:32770"),
    (["agnhost", "netexec"], "/echo?msg=hi", "hi"), (["agnhost", "serve-hostname", "--port=8080"], "/", "server"),
    (["agnhost", "netexec"], "/dial?host=10.244.0.10&port=8080&request=hostname", "server"),
    (["agnhost", "liveness"], "/healthz", "ok"), (["agnhost", "nope"], "/", "")])
def test_agnhost(serve, argv, path, says):
    assert serve(argv, url=f"http://10.244.0.10:8080{path}") == says


def test_agnhost_gets_sick_and_exits(serve):
    serve(["agnhost", "liveness"])
    serve.net.engine.advance(serve.net.engine.kernel.now + 11)
    assert serve([], url="http://10.244.0.10:8080/healthz", options="-s -w ' %{http_code}'") == "error: 41 500"


def test_agnhost_is_told_to_exit(serve):
    serve(["agnhost", "netexec"], url="http://10.244.0.10:8080/exit?code=7")
    assert serve.net.engine.containers["server"].space.init.status == 7


def test_apache(serve):
    assert serve(["httpd-foreground"], url="http://10.244.0.10/") == (
        "<html><body><h1>It works!</h1></body></html>\n")
    assert "<h1>Not Found</h1>" in serve([], url="http://10.244.0.10/nope")
    assert serve.net.log("server", "stdout").splitlines() == [
        '10.244.0.101 - - [15/Jan/2027:08:00:00 +0000] "GET / HTTP/1.1" 200 45',
        '10.244.0.101 - - [15/Jan/2027:08:00:30 +0000] "GET /nope HTTP/1.1" 404 196']
    assert end(serve.net, "WINCH") == [(0, "Completed")]


def test_python(serve):
    files = {"/www/a.txt": "text\n"}
    assert serve(["python3", "-m", "http.server", "8080", "-d", "/www"], files=files,
                 url="http://10.244.0.10:8080/a.txt") == "text\n"
    assert '<li><a href="a.txt">a.txt</a></li>' in serve([])
    assert "Error code: 404" in serve([], url="http://10.244.0.10:8080/nope")
    assert serve.net.log("server").splitlines() == [
        "Serving HTTP on 0.0.0.0 port 8080 (http://0.0.0.0:8080/) ...",
        '10.244.0.101 - - [15/Jan/2027 08:00:00] "GET /a.txt HTTP/1.1" 200 -',
        '10.244.0.101 - - [15/Jan/2027 08:00:30] "GET / HTTP/1.1" 200 -',
        "10.244.0.101 - - [15/Jan/2027 08:01:00] code 404, message File not found",
        '10.244.0.101 - - [15/Jan/2027 08:01:00] "GET /nope HTTP/1.1" 404 -']


def test_busybox(serve):
    argv = ["sh", "-c", "echo page > /www/index.html; httpd -p 8080 -h /www; sleep 60"]
    assert serve(argv, "busybox", {"/www/x": ""}) == "page\n"
    assert "<H1>404 Not Found</H1>" in serve([], url="http://10.244.0.10:8080/no")


# nginx


def nginx(http):
    return {"/etc/nginx/nginx.conf": f"events {{}}\nhttp {{\n{http}\n}}\n"}


@pytest.mark.parametrize(("http", "url", "says"), [
    ("server { listen 80; server_name a; return 200 A; } server { listen 80; server_name b *.c; return 200 B; }",
     "-H 'Host: b' http://10.244.0.10/", "B"),
    ("server { listen 80; server_name a; return 200 A; } server { listen 80; server_name b *.c; return 200 B; }",
     "-H 'Host: x.c' http://10.244.0.10/", "B"),
    ("server { listen 80; server_name a; return 200 A; } server { listen 80 default_server; return 200 D; }",
     "http://10.244.0.10/", "D"),
    ("server { location = /x { return 200 exact; } location /x { return 200 prefix; } "
     "location ~ \\.php$ { return 200 re; } location ^~ /static/ { return 200 static; } }",
     "http://10.244.0.10/x http://10.244.0.10/xy http://10.244.0.10/x.php http://10.244.0.10/static/a.php",
     "exactprefixrestatic"),
    ("server { root /www; location / { try_files $uri $uri/ /index.html; } }", "http://10.244.0.10/none", "index"),
    ("server { root /www; location /f/ { alias /www/sub/; } }", "http://10.244.0.10/f/x.txt", "x"),
    ("server { root /www; rewrite ^/old/(.*)$ /sub/$1 last; }", "http://10.244.0.10/old/x.txt", "x"),
    ("server { root /www; error_page 404 /sub/x.txt; }", "http://10.244.0.10/none", "x"),
    ("server { return 200 \"$host $uri $args $hostname ${request_method}-\"; }", "'http://10.244.0.10/p?q=1'",
     "10.244.0.10 /p q=1 server GET-"),
    ("map $http_x $y { default d; } upstream back { server 10.244.0.10:81; } server { listen 81; return 200 "
     "\"back $uri $http_x_real_ip\"; } server { listen 80; location /api/ { proxy_pass http://back/; "
     "proxy_set_header X-Real-IP $remote_addr; } }", "http://10.244.0.10/api/v1", "back /v1 10.244.0.101"),
    ("server { location / { proxy_pass http://10.244.0.10:82; } }",
     "-w '%{http_code}' -o /dev/null http://10.244.0.10/", "502"),
    ("server { location / { deny all; } }", "-w '%{http_code}' -o /dev/null http://10.244.0.10/", "403"),
    ("server { root /www; location / { autoindex on; } index none; }", "http://10.244.0.10/sub/ | grep -c x.txt",
     "1\n"),
    ("server { listen 80; root /www; add_header X-Y z; }", "-I http://10.244.0.10/ | grep -c 'X-Y: z'", "1\n"),
])
def test_nginx_serves_by_its_configuration(serve, http, url, says):
    files = {**nginx(http), "/www/index.html": "index", "/www/sub/x.txt": "x"}
    serve(["nginx", "-g", "daemon off;"], "nginx", files, url="http://10.244.0.10/")
    client = next(name for name in serve.net.engine.containers if name.startswith("client"))
    assert serve.net.run(client, f"curl -s {url}", 5)[0] == says


def test_nginx_logs(serve):
    http = ("log_format short '$remote_addr $status'; access_log /var/log/nginx/access.log short; "
            "server { root /www; location /file { access_log /tmp/a.log; } location /off { access_log off; } }")
    files = {**nginx(http), "/www/index.html": "index", "/tmp/x": ""}
    for path in ("/", "/none", "/file", "/off"):
        serve(["nginx"], "nginx", files, url=f"http://10.244.0.10{path}")
    assert serve.net.log("server", "stdout") == "10.244.0.101 200\n10.244.0.101 404\n"
    assert '"GET /file HTTP/1.1" 404 153 "-" "curl/8.5.0"' in serve.net.run("server", "cat /tmp/a.log")[0]
    assert ('[error] 1#1: *1 open() "/www/none" failed (2: No such file or directory), client: 10.244.0.101, server: , '
            'request: "GET /none HTTP/1.1", host: "10.244.0.10"') in serve.net.log("server", "stderr")


@pytest.mark.parametrize(("http", "why"), [
    ("server { lisen 80; }", 'unknown directive "lisen" in /etc/nginx/nginx.conf:3'),
    ("server { listen 80 }", 'unexpected "}" in /etc/nginx/nginx.conf:3'),
    ("server { location / { proxy_pass http://nohost; } }", 'host not found in upstream "nohost" in '
     "/etc/nginx/nginx.conf:3"),
    ("include /none.conf;", 'open() "/none.conf" failed (2: No such file or directory)'),
])
def test_nginx_does_not_start_with_a_wrong_configuration(serve, http, why):
    serve(["nginx"], "nginx", nginx(http), url="http://10.244.0.10/")
    assert serve.net.engine.containers["server"].space.init.status == 1
    assert serve.net.log("server").endswith(f"nginx: [emerg] {why}\n")


def test_nginx_speaks_tls_and_reloads(serve):
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    files = {**nginx("server { listen 443 ssl; ssl_certificate /tls.crt; return 200 tls; } include /more/*.conf;"),
             "/tls.crt": pem, "/more/a.conf": "server { listen 80; return 200 one; }"}
    assert serve(["nginx"], "nginx", files, url="https://10.244.0.10/", options="-sk") == "tls"
    client = next(name for name in serve.net.engine.containers if name.startswith("client"))
    assert serve.net.run(client, "curl -sS https://10.244.0.10/ 2>&1 | head -1")[0].startswith("curl: (60)")
    serve.net.engine.containers[client].space.tree.put("/ca", pem.encode())
    assert serve.net.run(client, "curl -sS --cacert /ca https://10.244.0.10/")[0] == "tls"
    serve.net.run("server", "echo 'server { listen 80; return 200 two; }' > /more/a.conf")
    assert serve([], url="http://10.244.0.10/") == "one"
    serve.net.run("server", "nginx -s reload", 1)
    assert serve([], url="http://10.244.0.10/") == "two"


@pytest.mark.parametrize(("program", "says"), [
    ("var http = require('http');\nvar f = function(req, res) {\n  res.writeHead(200);\n  res.end('Hello!');\n};\n"
     "http.createServer(f).listen(8080);\n", "Hello!"),
    ("const port = process.env.PORT || 8080;\nrequire('express')();\napp.get('/', (req, res) => {\n"
     "  res.write(\"on \" + process.env.HOSTNAME);\n  res.end(\" | v=1\\n\");\n});\napp.listen(port);\n",
     "on server | v=1\n")])
def test_node(serve, program, says):
    assert serve(["node", "/server.js"], files={"/server.js": program}) == says
