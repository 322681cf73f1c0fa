"""Package managers, and programs that find others."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec
from kubesim_cli.kubelet.runtime.kernel.files import User

START = 1_800_000_000.0


def ran(image, script, user=0, seconds=60):
    engine = Engine(START)
    engine.start("c", Spec(image, ["sh", "-c", script], user=User(user, user)))
    engine.advance(START + seconds)
    container = engine.containers["c"]
    return b"".join(data for _, _, data in container.said.new).decode(), container.main.status


@pytest.mark.parametrize(("image", "script", "words"), [
    ("nginx", "apt-get update && apt-get install -y procps && ps aux", "1 newly installed"),
    ("debian", "apt-get -qq update; apt-get -y -qq install --no-install-recommends curl=8.1 dnsutils; which curl dig",
     "/usr/bin/curl\n/usr/bin/dig\n"),
    ("alpine", "apk add --no-cache bash bind-tools; bash -c 'echo $BASH_VERSION' && which dig",
     "(2/2) Installing bind-tools"),
    ("oraclelinux", "microdnf install -y procps-ng; which ps", "Complete!\n/usr/bin/ps\n"),
    ("debian", "apt update; apt install sl; sl; true", "Setting up sl"),
    ("debian", "apt-get update; apt-get install -y curl; apt-get install -y curl | tail -1", "0 newly installed")])
def test_what_is_installed_is_there(image, script, words):
    out, code = ran(image, script)
    assert words in out and code == 0


@pytest.mark.parametrize(("image", "script", "user", "code", "words"), [
    ("debian", "apt-get install -y curl", 0, 100, "E: Unable to locate package curl"),
    ("debian", "apt-get update", 5, 100, "are you root?"), ("alpine", "apk add curl", 5, 99, "Permission denied"),
    ("oraclelinux", "dnf install x", 5, 1, "superuser")])
def test_what_is_refused(image, script, user, code, words):
    out, status = ran(image, script, user)
    assert status == code and words in out


@pytest.mark.parametrize(("script", "out", "code"), [
    ("which sh nosuch cat", "/usr/bin/sh\n/usr/bin/cat\n", 1),
    ("sleep 50 & sleep 60 & sleep 1; pgrep -a sleep | cut -d ' ' -f 2-; pkill -f 'sleep 50'; sleep 1; "
     "pgrep sleep | wc -l", "sleep 50\nsleep 60\n1\n", 0),
    ("pgrep nosuch", "", 1),
    ("sleep 9 & sleep 1; killall -9 sleep; wait $!; echo $?; killall sleep",
     "Killed\n137\nsleep: no process found\n", 1)])  # it had ended before the shell waited for it
def test_finding(script, out, code):
    assert ran("example.com/tools:alpine", script) == (out, code)
