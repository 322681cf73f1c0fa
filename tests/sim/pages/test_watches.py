"""Watches in a second terminal: when they begin, and which listings are theirs."""

from __future__ import annotations

import os
import shutil

import pytest

needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")


def states(report):
    return [outcome.state for outcome in report.outcomes if not outcome.command.origin]


def test_rows_behind_a_command_that_prints_none_are_those_of_the_watch(replayed):
    report = replayed("""\
```shell
kubectl create deployment a --image=nginx
```
In another terminal, watch them.
```shell
kubectl get pods -w -l app=a
```
Stop the server.
```shell
kubectl exec deploy/a -- kill 1
```
It is started anew.
```
NAME                READY   STATUS      RESTARTS   AGE
a-7854ff8877-4xpq2  1/1     Running     0          20s
NAME                READY   STATUS      RESTARTS   AGE
a-7854ff8877-4xpq2  0/1     Completed   0          21s
a-7854ff8877-4xpq2  1/1     Running     1          23s
```
""")
    assert states(report) == ["ran", "ran", "ran", "equal"]


def test_a_watch_in_the_other_terminal_was_there_before_the_change_that_it_shows(replayed):
    report = replayed("""\
```
$ kubectl create deployment a --image=nginx
deployment.apps/a created
```
Scale it.
```shell
kubectl scale deployment a --replicas=0
```
In another terminal, watch it:
```shell
kubectl get pods -w
```
```
NAME                READY   STATUS        RESTARTS   AGE
a-7854ff8877-4xpq2  1/1     Running       0          20s
a-7854ff8877-4xpq2  1/1     Terminating   0          20s
```
""")
    assert states(report) == ["equal", "ran", "equal"]


def test_a_watch_of_what_is_gone_was_there_before_that(replayed):
    report = replayed("""\
```shell
kubectl run a --image=nginx
kubectl wait --for=condition=Ready pod/a
kubectl delete pod a
```
In another terminal, watch it:
```shell
kubectl get pod a --watch
```
```
NAME   READY   STATUS        RESTARTS   AGE
a      1/1     Running       0          5s
a      1/1     Terminating   0          25s
```
""")
    assert states(report)[-2:] == ["ran", "equal"]


def test_a_watch_that_never_shows_what_the_page_does_differs(replayed):
    report = replayed("""\
```shell
kubectl create deployment a --image=nginx
```
```
$ kubectl get pods -w
NAME                READY   STATUS        RESTARTS   AGE
a-7854ff8877-4xpq2  1/1     Running       0          20s
a-7854ff8877-4xpq2  1/1     Terminating   0          20s
```
""")
    assert states(report) == ["ran", "differs"]


def test_a_watch_that_nothing_comes_back_to_does_not_keep_one_from_looking_again(replayed):
    report = replayed("""\
```shell
kubectl get pods -w
kubectl run b --image=busybox --restart=Never -- sleep 70
```
```
$ kubectl get pod b -o jsonpath='{.status.phase}'
Succeeded
```
""")
    assert states(report) == ["ran", "ran", "equal"], report.bad


def test_an_exec_that_only_reads_is_repeated_until_it_shows_what_the_page_does(replayed):
    report = replayed("""\
```shell
kubectl run a --image=busybox -- sh -c 'sleep 50; echo x > /tmp/b; sleep 1d'
```
```
$ kubectl exec a -- ls /tmp
b
$ kubectl exec a -- rm /tmp/c
done
```
""")
    assert states(report) == ["ran", "equal", "differs"], report.bad


@needs_bash
def test_curl_is_repeated_until_it_is_answered(replayed):
    report = replayed("""\
```yaml
# web.yaml
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - {name: web, image: nginx, readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 50}}
```
```shell
kubectl apply -f web.yaml
kubectl create service nodeport web --tcp=80 --node-port=30080
```
```
$ curl -s -o page.html -w '%{http_code}' 192.168.49.2:30080
200
$ curl -s -o page.html -w '%{http_code}' 192.168.49.2:30081
200
```
""")
    assert states(report) == ["ran", "ran", "equal", "differs"], report.bad


def test_a_watch_that_cannot_begin_earlier_begins_at_its_own_place(replayed):
    report = replayed("""\
```shell
kubectl create service loadbalancer web --tcp=80
```
```shell
kubectl get service web --watch
```
```
NAME   TYPE           CLUSTER-IP      EXTERNAL-IP   PORT(S)        AGE
web    LoadBalancer   10.51.252.116   <never>       80:30080/TCP   10s
```
""")
    assert states(report) == ["ran", "differs"]
    assert "NotFound" not in report.outcomes[1].output


@pytest.mark.parametrize(("level", "age", "state"), [("exact", "1s", "equal"), ("exact", "2s", "differs"),
                                                     ("same", "2s", "equal"), ("off", "2s", "equal")])
def test_a_watch_is_compared_at_the_level_of_the_page(replayed, level, age, state):
    text = f"""\
<!-- kubesim: level {level} -->
```console
$ kubectl create deployment a --image=nginx
```
```console
$ kubectl get deployment a -w
NAME   READY   UP-TO-DATE   AVAILABLE   AGE
a      0/1     1            0           {age}
```
"""
    assert states(replayed(text))[-1] == state


@needs_bash
@pytest.mark.parametrize("behind", ["", "```shell\nkubectl get pods -w\n```\n"])
def test_a_watch_at_which_nobody_looks_any_more_is_none_to_wait_for(replayed, behind):
    report = replayed("""\
```shell
kubectl get pods -w
```
In another terminal, make some.
```shell
kubectl create deployment a --image=nginx
```
When all of the pods run, ask one:
```shell
for i in a; do kubectl exec deploy/$i -- printenv HOME; done
```
```
/root
```
""" + behind)
    assert states(report)[:3] == ["ran", "ran", "equal"]


def test_what_is_said_instead_of_a_watch_is_compared(replayed):
    page = """\
```console
$ kubectl get nosuch --watch
error: the server doesn't have a resource type "nosuch"
$ kubectl get pod nope --watch
Error from server (NotFound): pods "nope" not found
```
"""
    assert states(replayed(page)) == ["equal", "equal"]
    assert states(replayed(page.replace('"nope"', '"other"'))) == ["equal", "failed"]


@pytest.mark.parametrize(("line", "state"), [("0 of 1 updated replicas are available...", "equal"),
                                             ("1 of 1 updated replicas are available...", "differs")])
def test_a_rollout_that_somebody_waits_for_is_looked_at_soon(replayed, line, state):
    assert states(replayed(f"""\
```console
$ kubectl create deployment web --image=nginx
deployment.apps/web created
$ kubectl rollout status deployment/web
Waiting for deployment "web" rollout to finish: {line}
deployment "web" successfully rolled out
```
""")) == ["equal", state]
