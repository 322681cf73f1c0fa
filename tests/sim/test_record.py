"""`kubesim sim record`: pages out of scripts and of what is typed."""

from __future__ import annotations

import io
import os
import pathlib
import sys

import pytest

from kubesim_cli.main import main

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"


@pytest.fixture
def record(tmp_path, monkeypatch, capsys):
    """Call `record(script, "--title", "T")` in a folder with the map a.yaml; returns (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path / "home"))
    pathlib.Path("a.yaml").write_text(MAP, encoding="utf-8")

    def call(script: str, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(script))
        code = main(["sim", "record", *words])
        return code, *capsys.readouterr()

    return call


SCRIPT = """\
#!/bin/sh
set -e
# Words,
# and more.
kubectl apply -f a.yaml

# A loop:
for n in b c; do
  kubectl create ns $n
done

X=b
kubectl get ns $X -o name
# End
"""
PAGE = f"""\
# T

Words,
and more.

<!-- kubesim: file a.yaml -->
```yaml
{MAP}```

```console
$ kubectl apply -f a.yaml
configmap/a created
```

A loop:

```console
$ for n in b c; do
  kubectl create ns $n
done
namespace/b created
namespace/c created
```

```console
$ X=b
```

```console
$ kubectl get ns $X -o name
namespace/b
```

End
"""


def test_a_script_becomes_a_page_that_comes_out_as_printed(record):
    assert record(SCRIPT, "--title", "T") == (
        0, PAGE, "left out: set -e: sets how the shell goes on\npage.md: as printed\n")


def test_what_fails_says_so_and_what_reaches_beyond_is_left_out(record):
    code, page, err = record("kubectl get cm nosuch\ndocker ps\nkubectl get pods -w\nkubectl edit cm x\n")
    assert code == 0 and "<!-- kubesim: fails 1 -->\n```console\n$ kubectl get cm nosuch\n" in page
    assert err.splitlines() == ["left out: docker ps: runs docker",
                                "left out: kubectl get pods -w: watches until it is stopped",
                                "left out: kubectl edit cm x: opens an editor", "page.md: as printed"]
    assert "docker" not in page


def test_the_cluster_is_what_is_asked_for(record):
    code, page, _ = record("kubectl get nodes -o name\n", "--nodes", "2", "--kubernetes-version", "1.30")
    assert code == 0
    assert page.startswith('---\nkubesim-version: "1.30"\nkubesim-nodes: 2\n---\n')
    assert "node/minikube-m02\n" in page


def test_outputs_that_look_like_pages_stay_outputs(record):
    code, page, err = record("printf '$ ls\\n'\nprintf '```\\nx\\n```\\n'\n")
    assert (code, err) == (0, "page.md: as printed\n")
    assert "````console\n$ printf '```" in page


def test_only_files_of_the_folder_are_brought_along(record, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_text("b\n", encoding="utf-8")
    (tmp_path / "bin.dat").write_bytes(b"\xff\xfe\0")
    _, page, _ = record("kubectl create cm s --from-file=sub --from-file=k=sub/b.txt\ncat /etc/hostname ../x bin.dat\n")
    assert "<!-- kubesim: file sub/b.txt -->" in page and page.count("kubesim: file") == 1
    assert "configmap/s created" in page


def test_a_page_that_is_there_is_kept_unless_told(record):
    code, out, _ = record("kubectl create ns a\n", "-o", "page.md")
    assert (code, out) == (0, "namespace/a created\n")
    before = pathlib.Path("page.md").read_text(encoding="utf-8")
    code, _, err = record("kubectl create ns b\n", "-o", "page.md")
    assert (code, err) == (1, "Error: page.md is there already; --force replaces it\n")
    assert pathlib.Path("page.md").read_text(encoding="utf-8") == before
    assert record("kubectl create ns b\n", "-o", "page.md", "--force")[0] == 0


def test_a_script_that_is_named_is_read(record):
    pathlib.Path("demo.sh").write_text("kubectl create ns a\n", encoding="utf-8")
    assert record("", "demo.sh")[:2] == (0, "```console\n$ kubectl create ns a\nnamespace/a created\n```\n")
    assert record("", "nosuch.sh")[0] == 2


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudoterminal")
def test_a_script_that_is_no_text_is_told(record, tmp_path):
    (tmp_path / "s").write_bytes(b"kubectl get ns\n\xff\n")
    assert record("", str(tmp_path / "s")) == (
        1, "", f"Error: {tmp_path / 's'} is no script: it is not text in UTF-8\n")


def test_what_somebody_types_becomes_a_page(tmp_path):
    import pty
    import select
    import signal

    environ = {**os.environ, "KUBESIM_HOME": str(tmp_path / "home"), "TERM": "dumb", "COLUMNS": "100"}
    pid, screen = pty.fork()
    if not pid:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs tests in a script's background has it ignored
        os.chdir(tmp_path)
        os.execve(sys.executable, [sys.executable, "-m", "kubesim_cli", "sim", "record", "-o", "page.md"], environ)
    seen = b""

    def until(text: bytes) -> None:
        nonlocal seen
        while text not in seen:
            if text == b"^C" and not select.select([screen], [], [], 3)[0]:
                os.write(screen, b"\x03")  # Python keeps a first that comes between its reading and its waiting
            assert select.select([screen], [], [], 60)[0], seen
            seen += os.read(screen, 65536)
        seen = seen[seen.index(text) + len(text):]

    for prompt, typed, answer in (
            (b" $ ", b"# Hello\n", b"Hello"), (b" $ ", b"kubectl create ns a\n", b"namespace/a created"),
            (b" $ ", b"for x in 1; do\n", b"do"), (b"> ", b"echo got$x; done\n", b"got1"), (b" $ ", b"oops", b"oop"),
            (b"s", b"\x03", b"^C"), (b" $ ", b"exit\n", b"page.md: as printed")):
        until(prompt)
        os.write(screen, typed)
        until(answer)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(screen)
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == (
        "Hello\n\n```console\n$ kubectl create ns a\nnamespace/a created\n```\n\n"
        "```console\n$ for x in 1; do\necho got$x; done\ngot1\n```\n")
