"""--color and KUBESIM_COLOR: the text stays what it is, and gets kubecolor's colours."""

from __future__ import annotations

import io
import re

import pytest

from kubesim_cli.kubectl.printers.colors import of_status, painted, painter, taken
from kubesim_cli.main import execute


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def bare(text: str) -> str:
    return re.sub(r"\033\[[\d;]*m", "", text)


@pytest.mark.parametrize("words", [
    "get nodes,svc -A", "get pods -A -o wide", "get pods -A --no-headers", "get node minikube -o yaml",
    "get node minikube -o json", "describe node minikube", "describe pods -n kube-system", "top nodes", "api-resources",
    "config view", "config get-contexts", "get cm -A -o custom-columns=N:.metadata.name", "explain pod", "version",
    "get cm kube-root-ca.crt -o yaml", "events -A", "get pods -A -o name", "create cm x --dry-run=client"])
def test_what_is_painted_says_the_same(terminal, words):
    plain = terminal(f"kubectl {words}")
    colored = terminal(f"kubectl {words} --color=always")
    assert (colored.code, bare(colored.out), colored.err) == (plain.code, plain.out, plain.err)


def test_tables_have_bold_heads_and_columns_that_alternate_and_statuses_that_tell(terminal):
    paint = painter("get", "")
    assert paint("NAME   READY   STATUS\n") == (
        f"{painted('NAME', '1')}   {painted('READY', '1')}   {painted('STATUS', '1')}\n")
    assert paint("web    0/1     CrashLoopBackOff\n") == (
        f"{painted('web', '37')}    {painted('0/1', '33')}     {painted('CrashLoopBackOff', '31')}\n")
    assert paint("db     1/1     Running\n\n") == (
        f"{painted('db', '37')}     {painted('1/1', '36')}     {painted('Running', '32')}\n\n")
    assert paint("LAST SEEN   TYPE\n") == f"{painted('LAST SEEN', '1')}   {painted('TYPE', '1')}\n"


@pytest.mark.parametrize(("status", "sgr"), [
    ("Running", "32"), ("Init:0/1", "33"), ("Init:CrashLoopBackOff", "31"), ("Ready,SchedulingDisabled", "33"),
    ("NotReady", "33"), ("Bound", "32"), ("ErrImagePull", "31"), ("2/2", ""), ("1/2", "33"),
    ("0/0", "3;90"), ("web", "")])
def test_a_status_has_its_colour(status, sgr):
    assert of_status(status) == sgr


@pytest.mark.parametrize(("output", "line", "expected"), [
    ("yaml", "  replicas: 3", f"  {painted('replicas', '36')}: {painted('3', '35')}"),
    ("yaml", "- name: a", f"- {painted('name', '36')}: {painted('a', '93')}"),
    ("yaml", "a: null", f"{painted('a', '96')}: {painted('null', '3;90')}"),
    ("json", '    "a": true,', f"    {painted(chr(34) + 'a' + chr(34), '96')}: {painted('true', '32')},"),
    ("json", "        false", f"        {painted('false', '31')}"), ("json", "}", "}")])
def test_data_has_colours_by_its_types(output, line, expected):
    assert painter("get", output)(line) == expected


def test_what_was_done_has_a_colour_and_what_programs_print_has_none(terminal):
    assert terminal.ok("kubectl create configmap a --color=always") == painted("configmap/a created", "32") + "\n"
    assert terminal.ok("kubectl delete configmap a --color=always") == (
        painted('configmap "a" deleted', "31") + "\n")
    assert terminal.ok("kubectl completion bash --color=always") == terminal.ok("kubectl completion bash")


@pytest.mark.parametrize(("flag", "environ", "on_screen", "colored"), [
    ("", {}, True, False), ("", {"KUBESIM_COLOR": "auto"}, True, True), ("", {"KUBESIM_COLOR": "auto"}, False, False),
    ("--color", {}, True, True), ("--color=auto", {}, False, False), ("--color=always", {}, False, True),
    ("--color", {"NO_COLOR": "1"}, True, False), ("", {"KUBESIM_COLOR": "always", "NO_COLOR": "1"}, True, False),
    ("--color=always", {"NO_COLOR": "1"}, False, True), ("--color=never", {"KUBESIM_COLOR": "always"}, True, False),
    ("--color", {"TERM": "dumb"}, True, False)])
def test_when_there_are_colours(terminal, flag, environ, on_screen, colored):
    screen = Screen() if on_screen else io.StringIO()
    words = ["get", "nodes", *flag.split()]
    assert execute(words, {"TERM": "xterm", **terminal.environ, **environ},
                   (io.StringIO(), screen, io.StringIO())) == 0
    assert ("\033[" in screen.getvalue()) == colored


def test_a_flag_behind_the_dashes_is_the_programs():
    assert taken(["exec", "a", "--", "ls", "--color"], {}) == (["exec", "a", "--", "ls", "--color"], "never")
    assert taken(["--color=always", "get", "pods"], {}) == (["get", "pods"], "always")


def test_a_wrong_word_is_told(terminal):
    assert terminal("kubectl get pods --color=yes").err == (
        'error: invalid argument "yes" for "--color" flag: must be always, auto or never\n')
    terminal.environ["KUBESIM_COLOR"] = "on"
    assert terminal("kubectl get pods").err == (
        'error: invalid argument "on" for KUBESIM_COLOR: must be always, auto or never\n')
