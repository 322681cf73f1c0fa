"""openssl and htpasswd, as far as they are played: what OpenSSL 3.0 says."""

import json

import pytest

from kubesim_cli.kubelet.images import image as images
from kubesim_cli.kubelet.runtime.engine import Engine, Spec


def run(script, image="docker.io/library/nginx:1.27", guest=False):
    """Return (stdout, stderr, exit code) of a script."""
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec(image, ["sleep", "1000"], images.of(image).env, "web", "1", cwd="/tmp"))
    session = engine.execute("web", ["sh", "-c", script], guest=guest)
    engine.advance(1_800_000_100.0)
    return session.output().decode(), session.output("stderr").decode(), session.code


ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(("script", "said"), [
    ("printf abc > f; openssl dgst -sha256 f; openssl sha256 < f; openssl dgst -r f",
     f"SHA2-256(f)= {ABC}\nSHA2-256(stdin)= {ABC}\n{ABC} *f\n"),
    ("printf abc | openssl md5; printf abc | openssl dgst -sha512 -hmac key | cut -c1-40",
     "MD5(stdin)= 900150983cd24fb0d6963f7d28e17f72\nSHA2-512(stdin)= 3926a207c8c42b0c41792cb\n"),
    ("printf abc | openssl base64; printf 'YWJj\\n' | openssl base64 -d; printf YWJj | openssl base64 -A -d; "
     "head -c 60 /dev/zero | openssl enc -base64 | wc -lc", "YWJj\nabcabc      2      82\n"),
    ("openssl rand -hex 3 | wc -c; openssl rand -base64 48 | wc -lc; openssl rand 5 | wc -c; openssl rand -out o 7; "
     "wc -c < o; [ $(openssl rand -hex 8) = $(openssl rand -hex 8) ] || echo other",
     "7\n      1      65\n5\n7\nother\n"),
    ("openssl passwd -1 -salt 12345678 a b; echo pw | openssl passwd -stdin -apr1 -salt ab; "
     "openssl passwd -6 -salt ab pw | cut -c1-20; openssl passwd x | cut -c1-3",
     "$1$12345678$3Uz6TyHSiGZR0yDMOX3jO0\n$1$12345678$NeISCx9xMUkJrjkLb4Aa1/\n"
     "$apr1$ab$RieuZkC7MNZo71UI4mVva0\n$6$ab$td.Yv18i64fuHS\n$1$\n"),
    ("openssl req -x509 -newkey rsa:2048 -nodes -keyout k -out c -subj /CN=x; echo $?", "0\n"),
])
def test_openssl(script, said):
    assert run(script) == (said, "", 0)


@pytest.mark.parametrize(("script", "said", "code"), [
    ("openssl rand -hex x", 'rand: Can\'t parse "x" as a number\nrand: Use -help for summary.\n', 1),
    ("openssl rand -out /no/x 5", 'Can\'t open "/no/x" for writing, No such file or directory\n', 1),
    ("exec openssl rand 100000000000", "", 137), ("exec openssl rand 99999999999999999999", "", 137),
    ("yes | exec openssl base64 -A 2>/dev/null; exit $?", "Killed\n", 137),
    ("openssl sha256 nofile", "nofile: No such file or directory\n", 1),
    ("openssl dgst -nosuch /etc/passwd",
     "dgst: Unknown option or message digest: nosuch\ndgst: Use -help for summary.\n", 1)])
def test_what_is_wrong_is_said(script, said, code):
    assert run(script) == ("", said, code)


def test_who_asks_for_what_is_not_played_is_told():
    assert run("openssl x509 -in c", guest=True) == ("", "openssl: kubesim does not play this program\n", 126)


def test_htpasswd():
    httpd = "docker.io/library/httpd:2.4"
    out, err, code = run("htpasswd -nb foo bar | cut -c1-10; "
                         "htpasswd -nbs a b; htpasswd -cb f me x; htpasswd -b f me y;"
                         " htpasswd -cb /no/x me y; echo z | htpasswd -i f you; cut -d: -f1 f; "
                         "htpasswd -b nofile me x", httpd)
    assert out == "foo:$apr1$\n\na:{SHA}6dcfXufJLW3J6S/9rRe4vUlBj5g=\n\nme\nyou\n"
    assert err == ("Adding password for user me\nUpdating password for user me\nhtpasswd: cannot create file /no/x\n"
                   "Adding password for user you\n"
                   "htpasswd: cannot modify file nofile; use '-c' to create it\n") and code == 1


def test_what_is_not_played_ends_in_a_job_and_goes_on_elsewhere(terminal):
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
        "initContainers": [{"name": "i", "image": "nginx:1.27", "command": ["openssl", "genrsa", "-out", "/tmp/k"]}],
        "containers": [{"name": "c", "image": "nginx:1.27", "command": ["openssl", "s_server", "-port", "4433"]}]}}
    terminal.ok("kubectl apply -f -", json.dumps(pod))
    terminal.advance("1m")
    assert "1/1     Running   0 " in terminal.ok("kubectl get pod a")
