"""curl, wget, nc and telnet against simulated servers: output, messages and exit codes."""

import pytest

PAGE = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!"
CONFIG = """events {}
http {
  server {
    listen 80;
    location / { root /www; index index.html; }
    location /old { return 301 /new; }
    location /new { return 200 "new\\n"; default_type text/plain; }
    location /fail { return 500; }
    location /json {
      default_type application/json;
      return 200 '{"method": "$request_method", "body": "$request_body"}';
    }
    location /head { default_type text/plain; return 200 "$http_host $http_user_agent $http_x_a $http_authorization"; }
  }
}
"""


@pytest.fixture
def web(net):
    net.service("web", {"app": "web"}, [{"port": 80}])
    net.pod("web-0", "10.244.0.10", {"app": "web"}, image="nginx", argv=["nginx", "-g", "daemon off;"],
            files={"/etc/nginx/nginx.conf": CONFIG, "/www/index.html": "hello\n", "/www/a.txt": "text\n"})
    clients = {}

    def run(script, image="tools", seconds=200):
        if image not in clients:
            clients[image] = net.client(image=image)
        return net.run(clients[image], script, seconds)

    run.net = net
    return run


def meter(*last):
    return ("  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
            "                                 Dload  Upload   Total   Spent    Left  Speed\n"
            "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0" + "".join(last))


SHUT = "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n"
EMPTY = "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"


NO_PORT = "Port number was not a decimal number between 0 and 65535"


@pytest.mark.parametrize(("script", "says", "code"), [
    ("curl -s web", "hello\n", 0), ("curl -sS http://web/a.txt", "text\n", 0),
    ("curl web", meter("\r100     6  100     6    0     0   6000      0 --:--:-- --:--:-- --:--:--  6000\n")
     + "hello\n", 0),
    ("curl web:81", meter(EMPTY) + SHUT, 7),
    ("curl nope", meter("curl: (6) Could not resolve host: nope\n"), 6), ("curl -s nope", "", 6),
    ("curl -sf web/fail; echo $?", "22\n", 0),
    ("curl -sSf web/none", "curl: (22) The requested URL returned error: 404\n", 22),
    ("curl -s web/old | grep -c 301", "2\n", 0), ("curl -sL web/old", "new\n", 0),
    ("curl -s -o /dev/null -w '%{http_code} %{redirect_url} %{size_download}\\n' web/old",
     "301 http://web/new 169\n", 0),
    ("curl -sL -o /dev/null -w '%{http_code} %{num_redirects} %{url_effective}' web/old", "200 1 http://web/new", 0),
    ("curl -s -w '%{http_code}\\n' nope", "000\n", 6),
    ("curl -sS -m 3 http://10.96.9.9", "curl: (28) Connection timed out after 3001 milliseconds\n", 28),
    ("curl -sS --connect-timeout 2 http://10.96.9.9",
     "curl: (28) Failed to connect to 10.96.9.9 port 80 after 2001 ms: Timeout was reached\n", 28),
    ("curl -sS http://10.244.0.77",
     "curl: (7) Failed to connect to 10.244.0.77 port 80 after 3062 ms: Couldn't connect to server\n", 7),
    ("curl -s -X PUT -d 'a=1' -d b=2 web/json", '{"method": "PUT", "body": "a=1&b=2"}', 0),
    ("echo '{}' > /b; curl -s --json @/b web/json", '{"method": "POST", "body": "{}\n"}', 0),
    ("curl -s -G -d x=1 -o /dev/null -w '%{url_effective}' http://web/a.txt", "http://web/a.txt?x=1", 0),
    ("curl -s -A me -H 'X-A: b' -H 'Host: other' -u user:pw web/head", "other me b Basic dXNlcjpwdw==", 0),
    ("curl -s -O web/a.txt && cat a.txt", "text\n", 0), ("curl -s web -o /out; cat /out", "hello\n", 0),
    ("curl -s web/a.txt web", "text\nhello\n", 0),
    ("curl -sI web | tr -d '\\r' | head -1", "HTTP/1.1 200 OK\n", 0),
    ("curl -si web/new | tr -d '\\r' | sed '2,3d'",
     "HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 4\nConnection: keep-alive\n\nnew\n", 0),
    ("curl --resolve x.y:80:10.244.0.10 -s http://x.y/a.txt", "text\n", 0),
    ("curl -sS https://web", "curl: (7) Failed to connect to web port 443 after 0 ms: Couldn't connect to server\n", 7),
    ("curl -sSk https://web:80", "curl: (35) OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number\n", 35),
    ("curl", "curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n", 2),
    ("curl --nope web", "curl: option --nope: is unknown\ncurl: try 'curl --help' for more information\n", 2),
    ("curl -s ftp://web", "", 1),
    ("curl -sS http://web:abc/", f"curl: (3) URL rejected: {NO_PORT}\n", 3), ("curl -s http://web:abc/", "", 3),
    ("curl -sS http://10.244.0.10:99999", f"curl: (3) URL rejected: {NO_PORT}\n", 3),
    ("curl -sS 'http://[::1]:x/'", f"curl: (3) URL rejected: {NO_PORT}\n", 3),
    ("curl -sS http:///a", "curl: (3) URL rejected: No host part in the URL\n", 3),
    ("curl -sS 'http://we b'", "curl: (3) URL rejected: Malformed input to a URL function\n", 3),
    ("curl -s http://web:/a.txt", "text\n", 0),
    ("curl -sS --retry 2 --retry-connrefused web:81",
     "Warning: Problem: connection refused. Will retry in 1 second. 2 retries left.\n"
     "Warning: Problem: connection refused. Will retry in 2 seconds. 1 retry left.\n"
     "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n", 7),
    ("http_proxy=nope:3128 curl -sS web", "curl: (5) Could not resolve proxy: nope\n", 5),
    ("HTTP_PROXY=nope curl -s web; https_proxy=nope curl -s web; all_proxy=nope curl -sx '' web", "hello\n" * 3, 0),
    ("export ALL_PROXY=http://web:81; curl -sS http://x.y",
     "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n", 7),
    ("export http_proxy=nope; no_proxy=b.c,web curl -s web; NO_PROXY='x .default' curl -s web.default; "
     "curl -s --noproxy '*' web; NO_PROXY=10.96.0.0/12 curl -s 10.96.1.2; NO_PROXY=eb curl -s web", "hello\n" * 4, 5),
    ("curl -s -x web:80 -A me http://other.org/head", "other.org me  ", 0),
    ("curl -sv -x u:p@web http://x.y 2>&1 | grep Failed; curl -sv -x http://u:p@web:80 http://x.y/a.txt 2>&1 | "
     "tr -d '\\r' | grep '^>'",
     "* Failed to connect to web port 1080 after 0 ms: Couldn't connect to server\n> GET http://x.y/a.txt HTTP/1.1\n"
     "> Host: x.y\n> Proxy-Authorization: Basic dTpw\n> User-Agent: curl/8.5.0\n> Accept: */*\n"
     "> Proxy-Connection: Keep-Alive\n> \n", 0),
    ("https_proxy=web:80 curl -sS https://x.y", "curl: (56) CONNECT tunnel failed, response 405\n", 56),
    ("curl -sv web/new 2>&1 | tr -d '\\r' | grep -v Date", """* Host web:80 was resolved.
* IPv6: (none)
* IPv4: 10.96.1.2
*   Trying 10.96.1.2:80...
* Connected to web (10.96.1.2) port 80
> GET /new HTTP/1.1
> Host: web
> User-Agent: curl/8.5.0
> Accept: */*
>\x20
< HTTP/1.1 200 OK
< Server: nginx/1.27.3
< Content-Type: text/plain
< Content-Length: 4
< Connection: keep-alive
<\x20
{ [4 bytes data]
* Connection #0 to host web left intact
new
""", 0),
])
def test_curl(web, script, says, code):
    assert web(script) == (says, code)


STAMP = "2027-01-15 08:00:00"


@pytest.mark.parametrize(("image", "script", "says", "code"), [
    ("busybox", "wget -q -O- web", "hello\n", 0), ("busybox", "wget -qO- http://web/a.txt", "text\n", 0),
    ("busybox", "wget -O- web/a.txt", "Connecting to web (10.96.1.2:80)\nwriting to stdout\ntext\n"
     f"\r{'-':<20} 100% |{'*' * 32}|     5  0:00:00 ETA\nwritten to stdout\n", 0),
    ("busybox", "wget web/a.txt 2>/dev/null; wget web/a.txt",
     "Connecting to web (10.96.1.2:80)\nwget: can't open 'a.txt': File exists\n", 1),
    ("busybox", "wget --spider web", "Connecting to web (10.96.1.2:80)\nremote file exists\n", 0),
    ("busybox", "wget -q web/none", "wget: server returned error: HTTP/1.1 404 Not Found\n", 1),
    ("busybox", "wget nope:8080", "wget: bad address 'nope:8080'\n", 1),
    ("busybox", "wget -q web:81", "wget: can't connect to remote host (10.96.1.2): Connection refused\n", 1),
    ("busybox", "wget -q http://10.244.0.10:x/", "wget: bad port spec '10.244.0.10:x'\n", 1),
    ("tools", "wget -q http://web:70000/a", "http://web:70000/a: Bad port number.\n", 1),
    ("busybox", "wget -q -T 2 http://10.96.9.9", "wget: download timed out\n", 1),
    ("busybox", "wget -qS -O /dev/null web/new 2>&1 | head -1", "  HTTP/1.1 200 OK\n", 0),
    ("busybox", "wget -q --header 'X-A: 1' -O- web/head", "web Wget 1 ", 0),
    ("busybox", "wget -q --post-data x=1 -O- web/json", '{"method": "POST", "body": "x=1"}', 0),
    ("tools", "wget -q -O- web/old", "new\n", 0),
    ("tools", "wget web/a.txt", f"""--{STAMP}--  http://web/a.txt
Resolving web (web)... 10.96.1.2
Connecting to web (web)|10.96.1.2|:80... connected.
HTTP request sent, awaiting response... 200 OK
Length: 5 [text/plain]
Saving to: 'a.txt'

     0K                                                    100%    5K=0s

{STAMP} (5 KB/s) - 'a.txt' saved [5/5]

""", 0),
    ("tools", "wget web:81", f"--{STAMP}--  http://web:81/\nResolving web (web)... 10.96.1.2\n"
     "Connecting to web (web)|10.96.1.2|:81... failed: Connection refused.\n", 4),
    ("tools", "wget nope", f"--{STAMP}--  http://nope/\nResolving nope (nope)... failed: Name or service not known.\n"
     "wget: unable to resolve host address 'nope'\n", 4),
    ("tools", "wget -q -T 2 -t 2 http://10.96.9.9", "", 4), ("tools", "wget -q web/none", "", 8),
    ("tools", "wget -nv -O- web/none", f"{STAMP} ERROR 404: Not Found.\n\n", 8),
])
def test_wget(web, image, script, says, code):
    assert web(script, image) == (says, code)


@pytest.mark.parametrize(("image", "script", "says", "code"), [
    ("busybox", "nc -zv web 80", "web (10.96.1.2:80) open\n", 0), ("busybox", "nc -z web 81", "", 1),
    ("busybox", "nc -zvv web 81", "nc: web (10.96.1.2:81): Connection refused\n", 1),
    ("busybox", "nc -zv -w 2 10.96.9.9 80", "nc: 10.96.9.9 (10.96.9.9:80): Connection timed out\n", 1),
    ("busybox", "nc nope 80", "nc: bad address 'nope'\n", 1),
    ("tools", "nc -zv web 80", "Connection to web (10.96.1.2) 80 port [tcp/http] succeeded!\n", 0),
    ("tools", "nc -zv web 79-80", "nc: connect to web (10.96.1.2) port 79 (tcp) failed: Connection refused\n"
     "Connection to web (10.96.1.2) 80 port [tcp/http] succeeded!\n", 0),
    ("tools", "nc -zv -w 2 10.96.9.9 80",
     "nc: connect to 10.96.9.9 port 80 (tcp) timed out: Operation now in progress\n", 1),
    ("tools", "nc -z nope 80", 'nc: getaddrinfo for host "nope" port 80: Name or service not known\n', 1),
    ("busybox", "printf 'GET /a.txt HTTP/1.0\\r\\n\\r\\n' | nc web 80 | tail -1", "text\n", 0),
    ("busybox", "telnet web 81", "telnet: can't connect to remote host (10.96.1.2): Connection refused\n", 1),
    ("tools", "printf 'GET /a.txt HTTP/1.0\\r\\n\\r\\n' | telnet web 80 | tail -2",
     "text\nConnection closed by foreign host.\n", 0),
    ("busybox", "nc -l -p 9000 > /got & sleep 1; echo hi | nc 127.0.0.1 9000; sleep 1; cat /got", "hi\n", 0),
    ("busybox", "nc -lk -p 9001 -e date -u +%Y & sleep 1; nc 127.0.0.1 9001; nc 127.0.0.1 9001", "2027\n2027\n", 0),
    ("tools", "nc -lv 9000 & sleep 1; echo x | nc -N 127.0.0.1 9000",
     "Listening on 0.0.0.0 9000\nConnection received on 127.0.0.1 32770\nx\n", 0),
])
def test_nc_and_telnet(web, image, script, says, code):
    assert web(script, image) == (says, code)


def test_what_is_listened_on(web):
    out, _ = web("nc -l 9000 & sleep 1; netstat -tlnp; ss -tln; ip -4 addr show eth0; ip -br a; ip route; hostname -I")
    address = "10.244.0.102"
    assert "tcp        0      0 0.0.0.0:9000            0.0.0.0:*               LISTEN" in out
    assert f"    inet {address}/24 brd 10.244.0.255 scope global eth0\n" in out
    assert f"eth0@if106       UP             {address}/24 \n" in out
    assert f"default via 10.244.0.1 dev eth0 \n10.244.0.0/24 dev eth0 proto kernel scope link src {address} \n" in out
