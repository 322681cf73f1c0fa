"""Shell text is taken apart without being run."""

from __future__ import annotations

import pytest

from kubesim_cli.sim.pages.commandline import Scan, is_complete, named_nodes, plain_words, split
from kubesim_cli.sim.pages.programs import why_not


@pytest.mark.parametrize(("text", "words"), [
    ("kubectl get pods # all of them", ["kubectl", "get", "pods"]),
    ("kubectl get 'a b' \"c d\" e\\ f", ["kubectl", "get", "a b", "c d", "e f"]),
    ("kubectl get \\\n  pods", ["kubectl", "get", "pods"]),
    ("kubectl patch x -p '{\"a\": $b}'", ["kubectl", "patch", "x", "-p", '{"a": $b}']),
    ("kubectl get -o=jsonpath={.x}", ["kubectl", "get", "-o=jsonpath={.x}"]),
])
def test_a_plain_call_needs_no_shell(text, words):
    assert plain_words(text) == words


@pytest.mark.parametrize("text", [
    "kubectl get $X", "kubectl get a | cat", "kubectl get a > b", "kubectl get *.yaml", "A=1 b", "kubectl get a; ls",
    "kubectl get `x`", "kubectl get a{1,2}", "f() { ls; }", "kubectl 'a"])
def test_other_text_does(text):
    assert plain_words(text) is None


@pytest.mark.parametrize(("text", "programs"), [
    ("for i in 0 1; do kubectl exec web-$i; done", ["kubectl"]),
    ("X=$(kubectl get a | awk '{print}')", ["kubectl", "awk"]),
    ("case $x in a) ls;; b) pwd ;; esac", ["ls", "pwd"]),
    ("while ! kubectl get x | grep -q y; do sleep 1; done", ["kubectl", "grep", "sleep"]),
    ("cat <<EOF | kubectl apply -f -\nrm -rf x\nEOF", ["cat", "kubectl"]),
    ("echo \"$(docker ps)\"", ["docker", "echo"]), ("kubectl a & kubectl b", ["kubectl", "kubectl"]),
    ("A='x y' B=\"z\" ls", ["ls"]),
    ("A=1 docker run", ["docker"]), ("if true; then sudo ls; fi", ["true", "sudo"]), ("(cd x && ls)", ["cd", "ls"]),
])
def test_programs_are_found_wherever_they_are_called(text, programs):
    assert [words[0] for words in Scan(text).commands] == programs


@pytest.mark.parametrize("text", ["a \\", "a |", "a &&", "cat <<EOF\nx", "for i in 1; do", "echo 'x", 'echo "x', "$(ls",
                                  "if true; then\n  ls"])
def test_what_goes_on_is_told(text):
    assert not is_complete(text)


@pytest.mark.parametrize(("text", "complete"), [
    ("kubectl delete pod <<pod_name>>", True), ("kubectl auth can-i <<create/delete>> <<pods>> --as x", True),
    ("kubectl logs <<POD>>", True), ("cat <<EOF>>out", False), ("cat <<EOF >> out", False), ("cat <<'eof'", False)])
def test_a_place_for_a_name_is_no_document(text, complete):
    assert is_complete(text) is complete
    if complete:
        assert why_not(text, ()).startswith("has the placeholder <<")


def test_targets_are_told():
    assert Scan("a > /etc/x 2>&1 >> y &> z").targets == ["/etc/x", "y", "z"]


def test_a_script_is_split_where_a_shell_would_run_it():
    text = "kubectl a\n\n# a word\nfor i in 1; do\n  x\ndone\ncat <<E\n1\nE\nls"
    assert split(text.split("\n")) == [
        ("kubectl a", 0), ("for i in 1; do\n  x\ndone", 3), ("cat <<E\n1\nE", 6), ("ls", 9)]


@pytest.mark.parametrize(("text", "names"), [
    ("kubectl label nodes a b x=y", ["a", "b"]), ("kubectl drain --force a", ["a"]),
    ("kubectl debug node/a -it", ["a"]), ("kubectl get nodes -o name", []),
    ("kubectl get pods", []), ("kubectl describe node $NODE", []), ("kubectl label node a x-", ["a"]),
    ("kubectl taint nodes a x-", ["a"])])
def test_nodes_that_are_named(text, names):
    assert named_nodes(text) == names


@pytest.mark.parametrize(("text", "placeholder"), [
    ("echo c3R...zE2 | base64 -d", "..."), ('echo "c3R…zE2"', "…"), ("kubectl create secret ...", "..."),
    ("ls ./...", ""), ("echo {1..3}", ""), ("echo wait...", "")])
def test_what_is_left_out_in_a_word_is_a_placeholder(text, placeholder):
    assert why_not(text, ()) == (f"has the placeholder {placeholder}" if placeholder else "")
