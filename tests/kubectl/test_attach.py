"""kubectl attach, run --attach and debug --attach: what is seen, with which code they end, what they say after it."""

from __future__ import annotations

import json

from .typist import Typist

RECORDED = ("All commands and output from this session will be recorded in container logs, including credentials and "
            "sensitive information passed through the command prompt.\n")
HINT = "If you don't see a command prompt, try pressing enter.\n"
NO_TTY = "Unable to use a TTY - input is not a terminal or the right kind of file\n"


def made(terminal, name, stdin=True, tty=False, *command):
    terminal.ok("kubectl create -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"containers": [{"name": "main", "image": "busybox", "stdin": stdin, "tty": tty,
                                 "command": list(command) or ["sh"]}]}}))
    terminal.advance("10s")


def test_what_is_typed_and_said(newest):
    made(newest, "a")
    assert newest("kubectl attach -i a", "echo $((1+1))\necho out >&2\nexit 3\n") == (
        0, "2\n", RECORDED + HINT + "out\n")
    assert newest("kubectl attach -it a").err.startswith(
        "error: Unable to use a TTY - container main did not allocate one\n" + RECORDED)
    assert newest("kubectl attach a -q -c nosuch").err == (
        "error: cannot attach to the container: container nosuch is not valid for pod a out of: main\n")


def test_a_terminal(newest):
    made(newest, "a", True, True)
    assert newest("kubectl attach -it a").err.startswith(NO_TTY)
    typist = Typist(newest, "kubectl attach -it a")
    typist.type("\r")
    typist.until("/ # ")
    typist.type("echo x\r")
    typist.until("x\r\n/ # ")
    typist.type("\x10\x11")
    assert typist.end().endswith("Session ended, resume using 'kubectl attach a -c main -n default -i -t' command\r\n")
    assert (typist.code, typist.errors.getvalue()) == (0, RECORDED + HINT)


def test_keys_that_lead_away(newest):
    made(newest, "a", True, True)
    assert newest("kubectl attach -it a --detach-keys=ctrl-1").err.startswith(NO_TTY)
    typist = Typist(newest, "kubectl attach -it a -q --detach-keys=ctrl-1")
    typist.end()
    assert typist.errors.getvalue() == "error: could not bind detach keys: Unknown character: 'ctrl-1'\n"
    typist = Typist(newest, "kubectl attach -it a -q --detach-keys=x,y,z")
    typist.type("\r")
    typist.until("/ # ")
    typist.type("echo xy\r")
    typist.until("xy\r\nxy\r\n/ # ")
    typist.type("xyz")
    typist.end()
    assert typist.code == 0


def test_who_may(newest):
    made(newest, "a")
    newest.ok("kubectl create role looker --verb=get,list --resource=pods")
    newest.ok("kubectl create rolebinding looker --role=looker --user=amy")
    for line, told, part in (("attach -q a --as=amy", "Error from server (Forbidden)", "attach"),
                             ("exec a --as=amy -- ls", "Error from server (Forbidden)", "exec"),
                             ("port-forward a :80 --as=amy", "error: error upgrading connection", "portforward")):
        assert newest(f"kubectl {line}").err == (
            f'{told}: pods "a" is forbidden: User "amy" cannot create resource "pods/{part}" in API group "" in the '
            'namespace "default"\n')
    assert newest("kubectl logs a --as=amy").err == (
        'Error from server (Forbidden): pods "a" is forbidden: User "amy" cannot get resource "pods/log" in API group '
        '"" in the namespace "default"\n')
    newest.ok("kubectl create role entrant --verb=get --resource=pods/exec")
    newest.ok("kubectl create rolebinding entrant --role=entrant --user=amy")
    assert newest("kubectl exec a --as=amy -- echo x").code == 1  # a GET alone is not enough since 1.35
    newest.ok("kubectl create role enterer --verb=create --resource=pods/exec")
    newest.ok("kubectl create rolebinding enterer --role=enterer --user=amy")
    assert newest("kubectl exec a --as=amy -- echo x") == (0, "x\n", "")


def test_a_get_was_enough_before(terminal):
    for release, code in (("1.30", 1), ("1.34", 0), ("1.35", 1)):
        terminal.environ["KUBESIM_KUBERNETES_VERSION"] = release
        terminal.ok("kubectl sim reset --seed test")
        made(terminal, "a")
        terminal.ok("kubectl create role entrant --verb=get --resource=pods,pods/exec")
        terminal.ok("kubectl create rolebinding entrant --role=entrant --user=amy")
        assert terminal("kubectl exec a --as=amy -- echo x").code == code


# run

def test_run_ends_as_its_pod(newest):
    assert newest("kubectl run a --image=busybox -i --rm -q --restart=Never -- sh -c 'echo x; exit 3'") == (
        3, "x\n", "pod default/a terminated (Error)\n")
    assert newest("kubectl run a --image=busybox -i --rm --restart=Never -- echo x") == (
        0, 'x\npod "a" deleted from default namespace\n', RECORDED + HINT)
    assert newest("kubectl run b --image=busybox --attach -q --restart=Never -- sh -c 'sleep 3; echo x; false'") == (
        1, "x\n", "pod default/b terminated (Error)\n")
    assert newest.ok("kubectl get pods -o name") == "pod/b\n"


def test_run_hands_on_what_is_piped_in(newest):
    done = newest("kubectl run a --image=busybox -i --rm --restart=Never -- cat", "one\ntwo\n")
    assert done == (0, 'one\ntwo\npod "a" deleted from default namespace\n', RECORDED + HINT)


def test_run_with_a_terminal(newest):
    typist = Typist(newest, "kubectl run -it a --image=busybox --rm --restart=Never -- sh")
    typist.type("\r")
    typist.until("/ # ")
    typist.type("exit 4\r")
    shown = typist.end()
    assert shown.endswith("exit 4\r\nSession ended, resume using 'kubectl attach a -c a -n default -i -t' command\r\n"
                          'pod "a" deleted from default namespace\r\n')
    assert (typist.code, typist.errors.getvalue()) == (4, RECORDED + HINT + "pod default/a terminated (Error)\n")


def test_run_waits_for_a_pod_that_can_be_attached_to(newest):
    done = newest("kubectl run a --image=nosuch.example/doesnotexist -i --rm --pod-running-timeout=20s")
    assert done == (1, 'pod "a" deleted from default namespace\n', "error: timed out waiting for the condition\n")
