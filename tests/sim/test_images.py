"""`kubesim sim image`."""

from __future__ import annotations

import pytest

DESCRIBED = """names: [shop, registry.example.com/shop]
tags: {versions: [1.0-1.3]}
from: alpine
command: [shop]
runs: true
programs: shop
servers: {shop: {ports: [80], lines: ["shop is up on {hostname}"], signals: {TERM: 0}}}
"""


def status(terminal, pod):
    return terminal.ok(f"kubectl get pod {pod} --no-headers").split()[2]


def test_the_list_has_every_name_of_a_described_image(terminal):
    listed = [line.split() for line in terminal.ok("kubectl sim image list").splitlines()]
    assert {("nginx", "built-in"), ("registry.k8s.io/busybox", "built-in")} <= {(row[0], row[1]) for row in listed}


def test_images_fail_and_are_mended(terminal):
    assert terminal.ok("kubectl sim image fail redis:7") == "image redis:7 fails\n"
    assert any(line.split() == ["redis:7", "failing"] for line in
               terminal.ok("kubectl sim image list").splitlines())
    terminal.ok("kubectl run a --image=redis:7")
    terminal.ok("kubectl run b --image=redis:6")
    terminal.advance("15s")
    assert (status(terminal, "a"), status(terminal, "b")) == ("ImagePullBackOff", "Running")
    assert terminal.ok("kubectl sim image mend redis:7") == "image redis:7 mended\n"
    terminal.advance("6s")
    assert status(terminal, "a") == "Running"
    result = terminal("kubectl sim image mend redis:7")
    assert (result.code, result.err) == (1, 'Error: image "redis:7" does not fail\n')


def test_an_image_of_ones_own(terminal, tmp_path):
    terminal.ok("kubectl run early --image=shop:1.2")
    terminal.advance("15s")
    assert status(terminal, "early") == "ImagePullBackOff"
    file = tmp_path / "shop.yaml"
    file.write_text(DESCRIBED, encoding="utf-8")
    assert terminal.ok(f"kubectl sim image add -f {file}") == (
        "image shop added\nimage registry.example.com/shop added\n")
    terminal.ok("kubectl run bad --image=shop:2")
    terminal.advance("15s")
    assert (status(terminal, "early"), status(terminal, "bad")) == ("Running", "ImagePullBackOff")
    assert terminal.ok("kubectl logs early") == "shop is up on early\n"
    told = terminal.ok("kubectl sim image show shop:1.1")
    assert "Command:           shop\n" in told and "Shell:             ash\n" in told
    assert terminal.ok("kubectl sim image remove shop") == "image shop removed\n"
    assert terminal("kubectl sim image remove shop").code == 1


def test_a_name_alone(terminal):
    assert "no such repository" in terminal.ok("kubectl sim image show my-app:1")
    terminal.ok("kubectl sim image add my-app")
    assert "fails" not in terminal.ok("kubectl sim image show my-app:1")


@pytest.mark.parametrize(("command", "words"), [
    ("add", "either a NAME or -f FILE"), ("add a:b", "a tag in a name"), ("add Nginx", "must be lowercase"),
    ("fail A", "must be lowercase"), ("show A", "must be lowercase"), ("remove nosuch", "no image"),
    ("add -f /nosuch", "No such file")])
def test_what_is_refused(terminal, command, words):
    result = terminal(f"kubectl sim image {command}")
    assert result.code and words in result.err


@pytest.mark.parametrize(("text", "words"), [
    ("[", "yaml: "), ("names: [a]\nx: 1\n", 'unknown field "x"'),
    ("names: [a]\nfrom: nosuch\n", 'names no description'),
    ("names: [a]\nfiles: {/etc/passwd/x: y}\n", "its files cannot be put in their places: Not a directory"),
    ("names: [a]\nlinks: {/x: y, /y: x}\nfolders: [/x/z]\n", "Too many levels of symbolic links"),
    ("", "by a mapping"), ("names: a\n", "names has to be a list")])
def test_what_is_no_description(terminal, tmp_path, text, words):
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    result = terminal(f"kubectl sim image add -f {file}")
    assert result.code == 1 and words in result.err
