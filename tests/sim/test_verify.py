"""`kubesim sim verify`: pages come out as printed, and what does not is told."""

from __future__ import annotations

import json
import pathlib
from xml.etree import ElementTree

import pytest

from kubesim_cli.main import main

FIXTURES = pathlib.Path(__file__).parents[2] / "fixtures"
WRONG = "# A page\r\n\r\n```console\r\n$ kubectl create ns a\r\nnamespace/b created\r\n```\r\n\r\nThe end\r\n"


@pytest.fixture
def verify(tmp_path, monkeypatch, capsys):
    """Call `verify("page.md", "--json")` in an empty folder; returns (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str) -> tuple[int, str, str]:
        code = main(["sim", "verify", *words])
        return code, *capsys.readouterr()

    return call


def write(name: str, text: str) -> None:
    pathlib.Path(name).write_bytes(text.encode("utf-8"))


def test_the_statefulset_tutorial_is_as_printed(verify):
    code, out, _ = verify(str(FIXTURES / "statefulset.yaml"))
    assert (code, out.splitlines()[-1]) == (0, "statefulset.yaml: as printed")


def test_a_listing_that_differs_is_told_with_its_place(verify):
    write("page.md", WRONG)
    code, out, _ = verify("page.md")
    assert code == 1
    assert out.splitlines() == [
        "page.md:4: kubectl create ns a", "  @@ -1 +1 @@", "  -namespace/b created", "  +namespace/a created",
        "page.md: 1 compared; 0 ran without a listing", "page.md: 1 step differs"]


def test_what_looks_like_an_emoji_is_told_as_it_is(verify):
    write("page.md", "```\n$ kubectl create ns a -o name\nroot:x:0\n```\n")
    assert "  -root:x:0" in verify("page.md")[1].splitlines()


def test_update_rewrites_the_listing_and_nothing_else(verify):
    write("page.md", WRONG)
    code, out, _ = verify("page.md", "--update")
    assert (code, out.splitlines()[-1]) == (1, "page.md: 1 step differs; rewritten as it is now")
    assert pathlib.Path("page.md").read_bytes().decode() == WRONG.replace("namespace/b", "namespace/a")
    assert verify("page.md")[0] == 0


@pytest.mark.parametrize(("name", "text"), [
    ("list.md", "1. One\n\n   ```console\n   $ kubectl create ns a\n   namespace/b created\n   ```\n\n\ttabs  \n"),
    ("end.md", "```\n$ kubectl create ns a\nnamespace/b created\n```"),
    ("two.md", "```sh\nkubectl create ns a\n```\n\nIt shows:\n\n~~~\nnamespace/b created\n~~~\n\u00a0\n"),
    ("page.txt", "Words.\n\nPS> kubectl create ns a\nnamespace/b created\n\nMore words.\n"),
    ("page.adoc", "= T\n\n[source,console]\n----\n$ kubectl create ns a\nnamespace/b created\n----\n\nEnd"),
    ("page.t", "Words:\n\n  $ kubectl create ns a\n  namespace/b created\n"),
])
def test_update_keeps_every_other_byte(verify, name, text):
    write(name, text)
    assert verify(name, "--update")[0] == 1
    assert pathlib.Path(name).read_bytes().decode() == text.replace("namespace/b", "namespace/a")
    assert verify(name)[0] == 0


def test_what_takes_too_long_is_told(verify):
    write("page.md", "```sh\nwhile :; do :; done\n```\n")
    code, out, _ = verify("page.md", "--timeout", "0.3")
    assert code == 1
    assert "took longer than 0.3 s" in out


def test_programs_of_the_host_are_left_out_and_counted(verify):
    write("page.md", "```sh\nsudo ls\ndocker ps\nkubectl get ns\n```\n")
    code, out, _ = verify("page.md")
    assert (code, out.splitlines()[0]) == (
        0, "page.md: 0 compared; 1 ran without a listing; 2 left out (1 runs sudo, 1 runs docker)")


def test_results_for_machines(verify):
    write("page.md", WRONG)
    write("other.md", "```sh\ndocker ps\nkubectl get pods\n```\n")
    code, out, _ = verify("page.md", "other.md", "--json", "--junit", "out.xml")
    assert code == 1
    found = json.loads(out)
    assert [(page["page"], page["equal"], [one["state"] for one in page["commands"]]) for page in found] == [
        ("page.md", False, ["differs"]), ("other.md", True, ["left out", "ran"])]
    suites = ElementTree.parse("out.xml").getroot()
    assert [[suite.get(name) for name in ("name", "tests", "failures", "skipped")] for suite in suites] == [
        ["page.md", "1", "1", "0"], ["other.md", "2", "0", "1"]]
    assert "+namespace/a created" in suites[0][0][0].text


def test_several_pages_at_a_time(verify):
    for name in ("a.md", "b.md", "c.md"):
        write(name, WRONG if name == "b.md" else WRONG.replace("namespace/b", "namespace/a"))
    code, out, _ = verify("-q", "-j", "2", "a.md", "b.md", "c.md")
    assert (code, out.splitlines()) == (1, ["a.md: as printed", "b.md: 1 step differs", "c.md: as printed"])


@pytest.mark.parametrize(("text", "told"), [
    ("only words\n", "page.md: has no commands that could be compared"),
    ("<!-- kubesim: skp -->\n", "page.md:1: 'skp' is no directive"),
    ("---\nkubesim-levle: same\n---\n", "page.md:2: kubesim knows no kubesim-levle"),
])
def test_a_page_that_cannot_be_read_is_2(verify, text, told):
    write("page.md", text)
    code, _, err = verify("page.md")
    assert code == 2
    assert err.startswith(f"Error: {told}")


def test_the_release_that_fits_best_is_found(verify):
    write("page.md", "```\n$ kubectl version --client\nClient Version: v1.29.0\n"
                     "Kustomize Version: v5.0.4-0.20230601165947-6ce0bf390ce3\n```\n")
    code, out, _ = verify("--find-version", "page.md")
    assert (code, out.splitlines()[-1]) == (0, "1.29 fits best")


def test_releases_that_fit_equally_well_are_all_told(verify):
    write("page.md", "```\n$ kubectl create namespace a\nnamespace/a created\n```\n")
    told = verify("--find-version", "page.md")[1].splitlines()[-1]
    assert told.startswith("1.28, 1.29, ") and told.endswith(" fit equally well")


def test_the_root_of_the_machine_is_not_read(verify):
    write("page.md", "```\n$ kubectl create namespace a\nnamespace/a created\n$ ls /\n```\n")
    assert "1 left out (1 reads /)" in verify("page.md")[1]


def test_urls_are_taken_from_a_folder(verify):
    pathlib.Path("examples/pods").mkdir(parents=True)
    write("examples/pods/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    write("page.md", "```\n$ kubectl apply -f https://k8s.io/examples/pods/a.yaml\nconfigmap/a created\n```\n")
    assert verify("page.md", "--map", "https://k8s.io/examples=examples")[0] == 0
    assert verify("page.md", "--map", "https://k8s.io/examples=nosuch")[0] == 2
