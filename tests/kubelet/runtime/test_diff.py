"""diff in containers beside the diff of this machine, where that is GNU's."""

import random
import re
import shutil
import subprocess
import time

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec


def run(script, image="debian:12"):
    engine = Engine(1_704_067_200.0)
    container = engine.start("c", Spec(image, ["bash" if "debian" in image else "sh", "-c", f"cd /tmp; {script}"]))
    engine.advance(1_704_067_260.0)
    return b"".join(data for _, _, data in container.said.new).decode()


FILES = ("printf 'a\\nb\\nc\\n' > x; printf 'a\\nB\\nc\\nd' > y; mkdir p q p/s q/s; cp x p/f; cp y q/f; cp x q/g; "
         "cp x p/s/h; cp x q/s/h; printf 'a\\0' > bin; printf ' A\\n\\nb \\nc\\n' > z; ")


def is_gnu():
    found = shutil.which("diff")
    return found is not None and "GNU" in subprocess.run([found, "--version"], capture_output=True, text=True,
                                                         check=False).stdout


@pytest.mark.skipif(not is_gnu(), reason="there is no diff of GNU's")
@pytest.mark.parametrize("words", [
    "x y", "-u x y", "-U0 x y", "-U 1 x y", "-q x y", "-s x x", "x x", "-ur p q", "-N p q", "-uN p q", "-rq p q", "p q",
    "-rNs p q", "x q/f", "x p", "x none", "-N x none", "-uN none x", "bin x", "-i x z", "-w x z", "-B x z", "-ibB x z",
    "x", "x y z", "-Q x y", "--nope x y", "--unified=1 --label L --label=M x y", "- y < x", "<(cat x) y",
    "-u <(cat x) - < x", "--brief --recursive --new-file p q", "-b x z"])
def test_it_says_what_gnus_says(words, tmp_path):
    script = f"{FILES}diff {words} 2>&1; echo $?"
    real = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    times = re.compile(r"\t\d{4}-.*")
    trimmed = [[times.sub("", re.sub("/dev/fd/[0-9]+", "/dev/fd/N", line)) for line in text.splitlines()
                if "--help" not in line] for text in (run(script), real)]
    assert trimmed[0] == trimmed[1]


@pytest.mark.skipif(not is_gnu(), reason="there is no diff of GNU's")
def test_its_changes_lead_from_one_file_to_the_other(tmp_path):
    """Which lines of several ways to say it are told may differ: patch understands either."""
    chance = random.Random(1)
    for _ in range(30):
        old, new = ("".join(chance.choice("abcd") + "\\n" for _ in range(chance.randrange(20))) for _ in "xy")
        (tmp_path / "x").write_text(old.replace("\\n", "\n"))
        said = run(f"printf '{old}' > x; printf '{new}' > y; diff -u x y")
        done = subprocess.run(["patch", "-s", "x"], cwd=tmp_path, input=said, capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, done
        assert (tmp_path / "x").read_text() == new.replace("\\n", "\n")


def test_busyboxs_has_one_form_and_no_times():
    said = run(f"{FILES}diff x y; diff -q x y; diff x none; diff p q; echo $?", "busybox")
    hunk = "@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n\\ No newline at end of file\n"
    assert said == (f"--- x\n+++ y\n{hunk}Files x and y differ\ndiff: can't open 'none': No such file or directory\n"
                    f"--- p/f\n+++ q/f\n{hunk}Only in q: g\nCommon subdirectories: p/s and q/s\n1\n")


def test_folders_that_hold_themselves_are_told():
    assert run("mkdir a b; ln -s . a/x; ln -s . a/y; ln -s . b/x; ln -s . b/y; diff -r a b 2>&1; echo $?") == (
        "diff: a/x: recursive directory loop\ndiff: a/y: recursive directory loop\n2\n")


def test_an_option_that_is_not_played_is_no_wrong_one():
    assert "invalid option" not in run("exec 2>&1; diff -c /etc/passwd /etc/group; diff --side-by-side / /")


def test_many_equal_lines_take_no_more_than_a_process_may():
    began = time.process_time()
    run("yes a | head -n 20000 > p; (echo b; yes a | head -n 19000; echo c) > q; diff p q")
    assert time.process_time() - began < 5.0
