"""Where a command was left out, those that need what it would have made are left out with it; others fail."""

from __future__ import annotations

import os
import shutil

import pytest

from kubesim_cli.sim.pages import report as reporting

needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")


def told(report):
    return [(outcome.state, outcome.why) for outcome in report.outcomes]


def test_files_and_objects_of_commands_that_were_left_out(replayed):
    report = replayed("""\
```sh
openssl req -new -out server.crt -keyout server.key
kubectl create secret tls pair --cert server.crt --key server.key
```
```
$ kubectl get secret pair
NAME   TYPE                DATA   AGE
pair   kubernetes.io/tls   2      5s
$ kubectl get secret other
NAME    TYPE     DATA   AGE
other   Opaque   2      5s
```
""")
    assert [state for state, _ in told(report)] == ["left out", "left out", "left out", "differs"]
    assert told(report)[1][1].endswith("which the command in line 2 would have made")


def test_what_the_page_says_of_absence_is_compared(replayed):
    report = replayed("```sh\ndocker run web\n```\n```\n$ kubectl get pod web\n"
                      'Error from server (NotFound): pods "web" not found\n```\n')
    assert [state for state, _ in told(report)] == ["left out", "equal"]


@needs_bash
def test_variables_of_commands_that_were_left_out(replayed):
    report = replayed("```sh\nexport IP=$(gcloud ip)\necho $IP\nIP=5\necho $IP\n```\n")
    assert [state for state, _ in told(report)] == ["left out", "left out", "ran", "ran"]


@pytest.mark.parametrize("command", ["cat /etc/passwd", "grep x /var/log/syslog", "source /usr/share/x", "ls /proc/1"])
def test_files_of_the_machine_are_not_read(replayed, command):
    assert told(replayed(f"```sh\n{command}\n```\n"))[0][1] == f"reads {command.split()[-1]}"


@needs_bash
def test_what_asks_a_proxy_that_is_left_out_is_left_out(replayed):
    report = replayed("```sh\nkubectl proxy\n```\n```sh\ncurl http://127.0.0.1:8001/version\n"
                      "curl http://127.0.0.1:8002/\n```\n")
    assert [state for state, _ in told(report)] == ["left out", "left out", "failed"]


@needs_bash
def test_files_that_are_called_after_a_word_of_a_command_that_was_left_out(replayed):
    report = replayed("```sh\ncfssl genkey - | cfssljson -bare server\nkubectl create cm a --from-file=server.csr\n"
                      "kubectl create cm b --from-file=client.csr\n```\n")
    assert [state for state, _ in told(report)] == ["left out", "left out", "failed"]


@needs_bash
def test_files_that_a_command_which_was_left_out_says_it_has_made(replayed):
    report = replayed("""\
```sh
touch compose.yml
kompose convert
```
```
INFO Kubernetes file "web-service.yaml" created
```
```
$ ls
compose.yml  web-service.yaml
$ touch a
$ ls compose.yml
web-service.yaml
$ kubectl apply -f web-service.yaml
service/web created
$ kubectl apply -f db-service.yaml
service/db created
```
""")
    assert [state for state, _ in told(report)] == [
        "ran", "left out", "left out", "ran", "differs", "left out", "differs"]
    assert told(report)[2][1] == "lists what the command in line 3 would have made"


def test_what_nothing_on_the_page_makes_is_told(replayed, tmp_path):
    (tmp_path / "b.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n")
    page = ("```yaml\n# a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: made}\n```\n\n"
            "```console\n$ kubectl get pod author\nNAME     READY   STATUS    RESTARTS   AGE\n"
            "author   1/1     Running   0          5m\n$ kubectl delete cm made\n$ kubectl get cm made -o name\n"
            "configmap/made\n$ kubectl get deploy nosuch\n"
            'Error from server (NotFound): deployments.apps "nosuch" not found\n'
            "$ kubectl delete -f https://x.io/b.yaml\n$ kubectl get cm b -o name\nconfigmap/b\n"
            "$ kubectl run web --image=nginx\n$ kubectl wait pod/web --for=condition=Ready\n"
            "$ kubectl exec web -- curl -s localhost:8080\nhello\n```\n")
    report = replayed(page, infer=False, maps=(("https://x.io", str(tmp_path)),))
    assert [(one.state, one.lacks) for one in report.outcomes] == [
        ("differs", "author"), ("failed", ""), ("differs", ""), ("equal", ""), ("failed", ""),
        ("differs", ""), ("ran", ""), ("ran", ""), ("differs", "")]
    assert "  nothing on the page makes author" in [line for line, _ in reporting.lines(report)]
    assert reporting.summary(report)[0].endswith("; 1 differs for lack of what nothing on the page makes")
    assert [one.get("lacks") for one in reporting.as_object(report)["commands"]] == ["author"] + [None] * 8
