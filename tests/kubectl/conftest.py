"""What the tests of kubectl share."""

from __future__ import annotations

import pytest


@pytest.fixture
def newest(terminal):
    """A terminal whose cluster is of the newest release; that of `terminal` is of the oldest."""
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    terminal.ok("kubectl sim reset --seed test")
    terminal.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")
    return terminal
