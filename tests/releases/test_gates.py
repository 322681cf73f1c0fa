"""Feature gates: which release knows, has and locks them, and how they are set."""

import pytest

from kubesim_cli.releases import NEWEST, OLDEST, gates


def test_a_gate_is_on_from_its_release_on_or_where_it_is_set():
    assert not gates.enabled("ImageVolume", (1, 34)) and gates.enabled("ImageVolume", (1, 35))
    assert gates.enabled("ImageVolume", gates.GatedRelease.of((1, 31), {"ImageVolume": True}))
    assert not gates.enabled("ImageVolume", gates.GatedRelease.of((1, 35), {"ImageVolume": False}))
    assert gates.enabled("EnvFiles", gates.GatedRelease.of((1, 35), {"ImageVolume": False}))


def test_what_no_gate_guards_goes_by_the_release():
    assert not gates.enabled("PodGeneration", (1, 32)) and gates.enabled("PodGeneration", (1, 33))


def test_an_alpha_gate_is_off_in_every_release():
    assert not gates.enabled("MaxUnavailableStatefulSet", OLDEST)
    assert not gates.enabled("MaxUnavailableStatefulSet", NEWEST)


@pytest.mark.parametrize("name", gates.GATES)
def test_the_life_of_a_gate_runs_one_way(name):
    gate = gates.GATES[name]
    ages = [age for age in (gate.since, gate.on, gate.locked, gate.until) if age is not None]
    assert ages == sorted(ages) and gate.since <= NEWEST


def test_gates_are_parsed_as_a_server_does():
    assert gates.parse("", (1, 30)) == {}
    assert gates.parse("ImageVolume=1", (1, 36)) == {"ImageVolume": True}  # locked, and to this
    assert gates.parse("PodLevelResources=true, JobManagedBy=F", (1, 33)) == {
        "PodLevelResources": True, "JobManagedBy": False}


@pytest.mark.parametrize(("text", "release", "problem"), [
    ("NoSuchGate=true", (1, 36), "unrecognized feature gate: NoSuchGate"),
    ("DeletedFromNamespace=true", (1, 36), "unrecognized feature gate: DeletedFromNamespace"),  # kubectl's behaviour
    ("PodGeneration=true", (1, 36), "unrecognized feature gate: PodGeneration"),  # the server's, but no gate
    ("EnvFiles=true", (1, 33), "unrecognized feature gate: EnvFiles"),            # too early
    ("PodHostIPs=true", (1, 32), "unrecognized feature gate: PodHostIPs"),        # too late
    ("EnvFiles", (1, 36), "missing bool value for EnvFiles"),
    ("EnvFiles=yes", (1, 36), 'invalid value of EnvFiles=yes, err: strconv.ParseBool: parsing "yes": invalid syntax'),
    ("ImageVolume=false", (1, 36), "cannot set feature gate ImageVolume to false, feature is locked to true")])
def test_gates_that_a_server_refuses(text, release, problem):
    with pytest.raises(ValueError) as raised:
        gates.parse(text, release)
    assert str(raised.value) == problem
