import pytest

from kubesim_cli import releases
from kubesim_cli.releases import kubectl, server


def test_releases():
    assert releases.parse_release("1.28") == (1, 28)
    assert releases.parse_release("v1.30.1") == (1, 30)
    assert releases.release_text((1, 28)) == "1.28"
    assert not kubectl.does("DeletedFromNamespace", (1, 33)) and kubectl.does("DeletedFromNamespace", (1, 34))
    assert {releases.parse_release(patch) for patch in server.PATCH.values()} == set(server.PATCH)


@pytest.mark.parametrize("text", ["1.27", "1.38", "2.0", "1", "", "latest", "1.30.1.2"])
def test_unknown_releases(text):
    with pytest.raises(ValueError):
        releases.parse_release(text)


@pytest.mark.parametrize(("release", "bounds", "held"), [
    ((1, 28), {}, True), ((1, 30), {"since": (1, 30)}, True), ((1, 29), {"since": (1, 30)}, False),
    ((1, 30), {"until": (1, 30)}, False), ((1, 29), {"until": (1, 30)}, True),
    ((1, 31), {"since": (1, 30), "until": (1, 32)}, True), ((1, 32), {"since": (1, 30), "until": (1, 32)}, False)])
def test_facts_hold_from_since_up_to_until(release, bounds, held):
    assert releases.within(release, **bounds) == held
