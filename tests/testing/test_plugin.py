"""The pytest plugin, as its users have it: by its entry point."""

from __future__ import annotations

import subprocess
import sys

import pytest

SUITE = '''
import pytest

pytestmark = pytest.mark.kubesim(kubelet="stub", bare=True)
seen = []


@pytest.mark.kubesim_nodes(2)
@pytest.mark.kubesim_version("1.31")
@pytest.mark.kubesim_fail("create configmaps", "forbidden", times=1)
@pytest.mark.kubesim_answer("top nodes", "hot", times=1)
def test_marks(kubesim):
    assert len(kubesim.objects("nodes")) == 2
    assert "v1.31" in kubesim.kubectl("get nodes").stdout
    assert kubesim.kubectl("top nodes").stdout == "hot"
    assert [kubesim.kubectl("create configmap a").exit_code for _ in range(2)] == [1, 0]


@pytest.mark.kubesim(seed=5)
@pytest.mark.parametrize("round", range(2))
def test_each_has_its_own(kubesim, round):
    assert kubesim.kubectl("create configmap a").exit_code == 0
    assert kubesim.objects("pods", "") == []
    seen.append(kubesim.get("cm/a")["metadata"]["uid"])
    assert len(set(seen)) == 1


@pytest.mark.parametrize("code", (0, 1))
def test_a_module_shares_one(kubesim_cluster, code):
    assert kubesim_cluster.kubectl("create configmap a").exit_code == code


def test_golden(kubesim):
    kubesim.kubectl("get ns")
    kubesim.assert_matches_golden("spaces")
'''


@pytest.fixture
def suite(tmp_path):
    """Run pytest in a folder with the suite; returns its exit code and what it printed."""
    (tmp_path / "test_it.py").write_text(SUITE)

    def run(*words):
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "--strict-markers", *words], cwd=tmp_path,
                              text=True, capture_output=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def test_fixtures_marks_and_golden_files(suite, tmp_path):
    code, told = suite()
    assert code == 1 and "1 failed, 5 passed" in told and "spaces.txt is missing" in told, told
    code, told = suite("--kubesim-update", "-n", "2", "--dist", "loadfile")
    assert code == 0 and "6 passed" in told, told
    assert (tmp_path / "golden" / "spaces.txt").read_text().startswith("$ kubectl get ns\nNAME ")
    assert suite("-n", "2", "--dist", "loadfile")[0] == 0


def test_it_costs_who_does_not_use_it_next_to_nothing(tmp_path):
    (tmp_path / "test_none.py").write_text(
        "import sys\n\ndef test_nothing():\n"
        "    assert 'kubesim_cli.testing.plugin' in sys.modules\n"
        "    assert [m for m in sys.modules if m.startswith('kubesim_cli.')] == [\n"
        "        'kubesim_cli.testing', 'kubesim_cli.testing.plugin']\n")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, text=True, capture_output=True,
                          check=False)
    assert done.returncode == 0, done.stdout


def test_the_package_has_what_it_says():
    from kubesim_cli import testing

    assert all(getattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError):
        testing.Nothing  # noqa: B018
