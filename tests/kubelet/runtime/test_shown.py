"""What lists of processes show of servers, and of the containers of a pod that share their processes."""

from __future__ import annotations

import json

import pytest

PAGE = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "shared"}, "spec": {
    "shareProcessNamespace": True, "containers": [
        {"name": "nginx", "image": "nginx:1.27"},
        {"name": "shell", "image": "busybox:1.36", "command": ["sleep", "3600"]}]}}


def listed(terminal, pod, container=""):
    """Return (pid, user, command) of what ps of busybox lists."""
    which = f"-c {container} " if container else ""
    rows = terminal.ok(f"kubectl exec {pod} {which}-- ps").splitlines()[1:]
    return [(int(pid), user, command.rstrip()) for pid, user, _, command in (row.split(None, 3) for row in rows)]


@pytest.mark.parametrize(("image", "env", "shown"), [
    ("nginx:1.27-alpine", "", [(1, "root", "nginx: master process nginx -g daemon off;"),
                               (29, "nginx", "nginx: worker process")]),
    ("redis:7-alpine", "", [(1, "redis", "redis-server *:6379")]),
    ("httpd:2.4-alpine", "", [(1, "root", "httpd -DFOREGROUND"), *((pid, "www-data", "httpd -DFOREGROUND")
                                                                  for pid in (8, 9, 10))]),
    ("postgres:16-alpine", "--env=POSTGRES_PASSWORD=x", [
        (1, "postgres", "postgres"), (26, "postgres", "postgres: checkpointer"),
        (27, "postgres", "postgres: background writer"), (28, "postgres", "postgres: walwriter"),
        (29, "postgres", "postgres: autovacuum launcher"), (30, "postgres", "postgres: logical replication launcher")]),
])
def test_servers_show_as_they_call_themselves(terminal, image, env, shown):
    terminal.ok(f"kubectl run p --image={image} {env}")
    terminal.advance("30s")
    found = listed(terminal, "p")
    assert found[:len(shown)] == shown and [command for _, _, command in found[len(shown):]] == ["ps"]
    assert terminal.ok("kubectl exec p -- sh -c \"tr '\\0' ' ' < /proc/1/cmdline\"").rstrip() == shown[0][2].rstrip()


def test_who_runs_as_somebody_else_shows_as_that(terminal):
    terminal.ok("kubectl run p --image=redis:7-alpine --overrides "
                '\'{"spec":{"securityContext":{"runAsUser":1234}}}\'')
    terminal.advance("10s")
    assert listed(terminal, "p")[0] == (1, "1234", "redis-server *:6379")


def test_children_end_with_their_parent(terminal):
    """One that a shell has started and stopped again leaves none behind."""
    terminal.ok("kubectl run p --image=nginx:1.27-alpine --command -- sleep 1d")
    terminal.advance("10s")
    terminal.ok("kubectl exec p -- sh -c 'nginx -g \"daemon off;\" & sleep 1; kill $!; sleep 1'")
    assert not any("nginx" in command for _, _, command in listed(terminal, "p"))


@pytest.fixture
def shared(terminal):
    terminal.ok("kubectl apply -f -", json.dumps(PAGE))
    terminal.advance("10s")
    return terminal


def test_containers_that_share_see_each_other_and_the_sandbox(shared):
    assert [(user, command) for _, user, command in listed(shared, "shared", "shell")] == [
        ("root", "/pause"), ("root", "nginx: master process nginx -g daemon off;"),
        ("101", "nginx: worker process"), ("root", "sleep 3600"), ("root", "ps")]
    pids = [pid for pid, _, _ in listed(shared, "shared", "shell")]
    assert pids[0] == 1 and sorted(set(pids)) == pids
    assert shared.ok(f"kubectl exec shared -c nginx -- cat /proc/{pids[3]}/comm") == "sleep\n"


def test_they_signal_each_other(shared):
    before = {command: pid for pid, _, command in listed(shared, "shared", "shell")}
    master = before["nginx: master process nginx -g daemon off;"]
    shared.ok(f"kubectl exec shared -c shell -- kill -HUP {master}")
    after = {command: pid for pid, _, command in listed(shared, "shared", "shell")}
    assert after["nginx: master process nginx -g daemon off;"] == master
    assert after["nginx: worker process"] > before["nginx: worker process"]
    assert "reconfiguring" in shared.ok("kubectl logs shared -c nginx")
    shared.ok("kubectl exec shared -c shell -- sh -c 'kill -9 1'")  # which the sandbox does not heed
    shared.ok(f"kubectl exec shared -c shell -- kill -9 {master}")
    shared.advance("10s")
    status = json.loads(shared.ok("kubectl get pod shared -o json"))["status"]["containerStatuses"]
    assert {each["name"]: each["restartCount"] for each in status} == {"nginx": 1, "shell": 0}
    commands = [command for _, _, command in listed(shared, "shared", "shell")]
    assert commands.count("nginx: worker process") == 1


def test_they_reach_each_others_files(shared):
    master = next(pid for pid, _, command in listed(shared, "shared", "shell") if "master" in command)
    shown = shared.ok(f"kubectl exec shared -c shell -- head -3 /proc/{master}/root/etc/nginx/nginx.conf")
    assert shown == shared.ok("kubectl exec shared -c nginx -- head -3 /etc/nginx/nginx.conf") != ""
    assert shared.ok("kubectl exec shared -c shell -- sh -c 'ls /proc/1/root | wc -l'").strip() == "0"


def lists(terminal, image, *calls):
    """Return what calls of ps say in a container that runs a shell and a child."""
    terminal.ok(f"kubectl run p --image={image} --command -- sh -c 'sleep 1d; true'")
    terminal.advance("95s")
    return [terminal.ok(f"kubectl exec p -- ps {call}") for call in calls]


def test_procps_has_the_columns_that_are_asked_for(terminal):
    """The headers and cells are those of procps 4 with seven digits for a number (Debian 12 and later)."""
    full, both, users, chosen, bare, bsd, age = lists(
        terminal, "ubuntu", "-ef", "-elf", "aux", "-o pid,ppid,cmd,user=WHO -p 1", "-o comm= -p 1", "ax",
        "-o etime= -p 1")
    assert full.splitlines()[:3] == [
        "UID          PID    PPID  C STIME TTY          TIME CMD",
        "root           1       0  0 00:00 ?        00:00:00 sh -c sleep 1d; true",
        "root           2       1  0 00:00 ?        00:00:00 sleep 1d"]
    assert both.splitlines()[:2] == [
        "F S UID          PID    PPID  C PRI  NI ADDR SZ WCHAN  STIME TTY          TIME CMD",
        "4 S root           1       0  0  80   0 -   901 -      00:00 ?        00:00:00 sh -c sleep 1d; true"]
    assert users.splitlines()[:2] == [
        "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND",
        "root           1  0.0  0.0   2576   901 ?        Ss   00:00   0:00 sh -c sleep 1d; true"]
    assert chosen.splitlines() == ["    PID    PPID CMD                         WHO",
                                   "      1       0 sh -c sleep 1d; true        root"]
    assert bare == "sh\n" and bsd.splitlines()[0] == "    PID TTY      STAT   TIME COMMAND"
    assert bsd.splitlines()[2] == "      2 ?        S      0:00 sleep 1d" and age.strip().startswith("01:3")


def test_busybox_lists_all_whatever_it_is_asked_and_knows_o(terminal):
    plain, full, chosen = lists(terminal, "busybox", "", "-ef", "-o pid,args,comm")
    assert plain.splitlines()[:2] == ["PID   USER     TIME  COMMAND", "    1 root      0:00 sh -c sleep 1d; true"]
    assert full.splitlines()[:2] == plain.splitlines()[:2]
    assert chosen.splitlines()[0].split() == ["PID", "COMMAND", "COMMAND"]
    assert terminal("kubectl exec p -- ps -w").err.startswith("ps: invalid option -- 'w'\n")
    said = terminal("kubectl exec p -- ps -o cpu").err
    assert said.startswith("ps: bad -o argument 'cpu', supported arguments: pid,")


def test_a_column_that_ps_does_not_know(terminal):
    terminal.ok("kubectl run p --image=ubuntu -- sleep 1d")
    terminal.advance("10s")
    found = terminal("kubectl exec p -- ps -o bad")
    assert found.code == 1 and found.err.startswith('error: unknown user-defined format specifier "bad"\n')


@pytest.mark.parametrize(("image", "call", "wanted"), [
    ("busybox", "ps", "    1 root      0:00 sh -c sleep 1d true"),
    ("busybox", "top -b -n 1", "    1     0 root     S     1604   0%   1   0% sh -c sleep 1d true"),
    ("ubuntu", "ps -o args= -p 1", "sh -c sleep 1d?true")])
def test_a_process_has_one_line(terminal, image, call, wanted):
    terminal.ok(f"kubectl run p --image={image} --command -- sh -c 'sleep 1d\ntrue'")
    terminal.advance("10s")
    assert wanted in terminal.ok(f"kubectl exec p -- {call}").splitlines()
