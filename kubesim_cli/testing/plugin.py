"""The pytest plugin: a cluster for a test as a fixture. It imports nothing of kubesim's before a test asks for one."""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from . import Cluster

_MARKS = ("kubesim(**arguments): the fixtures' cluster is made with these arguments of kubesim_cli.testing.Cluster",
          "kubesim_nodes(count): how many nodes it has",
          "kubesim_version(release): which Kubernetes it is, as in 1.30",
          "kubesim_fail(pattern, error, **more): requests that fail or take long from the start (Cluster.fail)",
          "kubesim_answer(pattern, stdout, **more): command lines that are answered and not run (Cluster.answer)")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flags."""
    parser.getgroup("kubesim").addoption("--kubesim-update", action="store_true",
                                         help="write the golden files of kubesim.assert_matches_golden")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known."""
    for mark in _MARKS:
        config.addinivalue_line("markers", mark)


@pytest.fixture
def kubesim(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A new cluster for this test (kubesim_cli.testing.Cluster)."""
    yield from _made(request)


@pytest.fixture(scope="module")
def kubesim_cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A new cluster for the tests of this module together; marks of the module (`pytestmark`) count."""
    yield from _made(request)


def _made(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    from . import Cluster
    from .golden import Golden

    arguments: dict[str, Any] = {}
    for mark in reversed([*request.node.iter_markers("kubesim")]):  # the nearest comes last, and wins
        arguments.update(mark.kwargs)
    for name, argument in (("kubesim_nodes", "nodes"), ("kubesim_version", "kubernetes_version")):
        nearest = request.node.get_closest_marker(name)
        if nearest is not None:
            arguments[argument] = nearest.args[0]
    with Cluster(**arguments) as cluster:
        update = request.config.getoption("--kubesim-update")
        cluster.golden = Golden(str(request.path.parent / "golden"), update or None)
        for mark in request.node.iter_markers("kubesim_fail"):
            cluster.fail(*mark.args, **mark.kwargs)
        for mark in request.node.iter_markers("kubesim_answer"):
            cluster.answer(*mark.args, **mark.kwargs)
        yield cluster
