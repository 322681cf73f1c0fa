"""What a page types into shells and programs that ask for lines."""

from __future__ import annotations

import os
import shutil

import pytest

needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")


def states(report):
    return [outcome.state for outcome in report.outcomes]


def test_a_page_has_a_terminal(replayed):
    report = replayed("```sh\nkubectl run a --image=busybox --command -- sleep 3600\n```\n```\n"
                      "$ kubectl exec -it a -- echo hello\nhello\n```\n")
    assert states(report) == ["ran", "equal"]


@needs_bash
def test_programs_that_ask_for_lines_are_typed_in(replayed):
    report = replayed("""\
```shell
kubectl run redis --image=redis:7
kubectl wait --for=condition=Ready pod/redis
kubectl exec -it redis -- redis-cli
```
Check the limit:
```shell
127.0.0.1:6379> CONFIG GET maxmemory
```
It shows:
```
1) "maxmemory"
2) "0"
```
```
127.0.0.1:6379> SELECT 1
OK
127.0.0.1:6379> GET a
(nil)
```
""")
    assert states(report) == ["ran"] * 3 + ["equal"] * 3, [one.verdict and one.verdict.diff for one in report.bad]


@needs_bash
def test_a_shell_goes_on_in_one_listing(replayed):
    report = replayed("""\
```shell
kubectl run -i -t --rm a --image=busybox:1.36 --restart=Never -- sh
```
```
If you don't see a command prompt, try pressing enter.
```
```shell
echo one
```
The output is:
```
one

echo two
two
```
""")
    assert states(report) == ["equal"] * 3, [one.verdict and one.verdict.diff for one in report.bad]


@needs_bash
def test_a_program_that_asks_for_lines_is_opened_in_a_pods_shell(replayed):
    report = replayed("""\
```shell
kubectl run db --image=redis:7
kubectl expose pod db --port=6379
kubectl run -i --tty client --image redis:7 --command "/bin/sh"
```
```shell
redis-cli -h db
```
```console
redis:6379> rpush a one
(integer) 1
redis:6379> lrange a 0 -1
1) "one"
```
""")
    assert states(report)[3:] == ["ran", "equal", "equal"], [one.verdict and one.verdict.diff for one in report.bad]


@needs_bash
def test_a_list_of_processes_has_the_shell_in_which_it_is_typed(replayed):
    report = replayed("""\
```shell
kubectl run a --image=busybox:1.36 -- sleep 1h
kubectl wait --for=condition=Ready pod/a
kubectl exec -it a -- sh
```
```shell
cd /tmp
ps
```
The output is:
```
PID   USER     TIME  COMMAND
    1 root      0:00 sleep 1h
    9 root      0:00 sh
   10 root      0:00 ps
```
""")
    assert states(report)[-1] == "equal", report.outcomes[-1].verdict.diff
