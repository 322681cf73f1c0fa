import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kubesim_cli.machinery import strategic, strategicdiff
from kubesim_cli.machinery.schema import schema_of

DEPLOYMENT = schema_of("apps/v1", "Deployment")
POD = schema_of("v1", "Pod")


def _containers(*items):
    return {"spec": {"containers": list(items)}}


def _merge(original, patch, schema=POD):
    return strategic.merge(original, patch, schema)


def test_lists_merge_by_key():
    live = _containers({"name": "a", "image": "1"}, {"name": "b", "image": "2"})
    assert _merge(live, _containers({"name": "b", "image": "3"}, {"name": "c"})) == _containers(
        {"name": "a", "image": "1"}, {"name": "b", "image": "3"}, {"name": "c"})


def test_directives():
    live = _containers({"name": "a", "image": "1"}, {"name": "b"})
    assert _merge(live, _containers({"name": "a", "$patch": "delete"})) == _containers({"name": "b"})
    assert _merge(live, _containers({"$patch": "replace"}, {"name": "c"})) == _containers({"name": "c"})
    assert _merge(live, {"spec": {"$patch": "replace", "nodeName": "n"}}) == {"spec": {"nodeName": "n"}}
    finalizers = {"metadata": {"finalizers": ["a", "b"]}}
    assert _merge(finalizers, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}) == {
        "metadata": {"finalizers": ["b"]}}
    strategy = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    patch = {"spec": {"strategy": {"type": "Recreate", "$retainKeys": ["type"]}}}
    assert _merge(strategy, patch, DEPLOYMENT) == {"spec": {"strategy": {"type": "Recreate"}}}


def test_set_element_order():
    live = _containers({"name": "a"}, {"name": "mine"}, {"name": "b"})
    patch = {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}
    assert [c["name"] for c in _merge(live, patch)["spec"]["containers"]] == ["mine", "b", "a"]


@pytest.mark.parametrize("patch, message", [
    (_containers({"image": "x"}), "map: map[image:x] does not contain declared merge key: name"),
    (_containers({"name": "a", "$patch": "fly"}), "unknown patch type: fly in map: map[$patch:fly name:a]"),
])
def test_errors(patch, message):
    with pytest.raises(strategic.MergeError) as failure:
        _merge(_containers({"name": "a"}), patch)
    assert str(failure.value) == message


def test_three_way_keeps_what_others_set_and_drops_what_the_manifest_dropped():
    original = _containers({"name": "a", "env": [{"name": "MODE", "value": "1"}, {"name": "OLD", "value": "1"}]})
    modified = _containers({"name": "a", "env": [{"name": "MODE", "value": "1"}, {"name": "ZONE", "value": "1"}]})
    live = _containers({"name": "a", "imagePullPolicy": "Always", "env": [
        {"name": "MODE", "value": "1"}, {"name": "OLD", "value": "1"}, {"name": "EXTRA", "value": "1"}]})
    patch = strategicdiff.three_way(original, modified, live, POD)
    merged = _merge(live, patch)["spec"]["containers"][0]
    assert [env["name"] for env in merged["env"]] == ["MODE", "EXTRA", "ZONE"]
    assert merged["imagePullPolicy"] == "Always"


def test_conflicts():
    original, live, modified = ({"spec": {"replicas": n}} for n in (1, 2, 3))
    with pytest.raises(strategicdiff.Conflict) as failure:
        strategicdiff.three_way(original, modified, live, DEPLOYMENT, overwrite=False)
    assert failure.value.patch == {"spec": {"replicas": 3}}
    assert failure.value.changes == {"spec": {"replicas": 2}}
    assert strategicdiff.three_way(original, modified, live, DEPLOYMENT) == {"spec": {"replicas": 3}}


def test_three_way_json_merge():
    assert strategicdiff.three_way_json_merge({"a": 1, "b": 1}, {"b": 2, "c": {}}, {"a": 1, "b": 1, "d": 1}) == {
        "a": None, "b": 2, "c": {}}


_texts = st.sampled_from(["x", "y", "z"])
_labels = st.dictionaries(_texts, _texts, max_size=2)
_env = st.lists(st.fixed_dictionaries({"name": _texts}, optional={"value": _texts}), max_size=3,
                unique_by=lambda item: item["name"])
_container = st.fixed_dictionaries({"name": _texts}, optional={
    "image": _texts, "args": st.lists(_texts, max_size=2), "env": _env, "tty": st.booleans()})
_deployments = st.fixed_dictionaries({}, optional={
    "metadata": st.fixed_dictionaries({}, optional={
        "labels": _labels, "finalizers": st.lists(_texts, max_size=3, unique=True)}),
    "spec": st.fixed_dictionaries({}, optional={
        "replicas": st.integers(0, 2),
        "strategy": st.fixed_dictionaries({"type": _texts}, optional={
            "rollingUpdate": st.fixed_dictionaries({"maxSurge": st.integers(0, 2)})}),
        "template": st.fixed_dictionaries({"spec": st.fixed_dictionaries({
            "containers": st.lists(_container, max_size=3, unique_by=lambda item: item["name"])})})})})


@given(_deployments, _deployments)
def test_merging_a_difference_gives_the_target(original, modified):
    patch = strategicdiff.two_way(original, modified, DEPLOYMENT)
    assert strategic.merge(original, patch, DEPLOYMENT) == modified


@given(_deployments, _deployments, _deployments)
def test_applying_twice_changes_nothing(original, modified, live):
    applied = strategic.merge(live, strategicdiff.three_way(original, modified, live, DEPLOYMENT), DEPLOYMENT)
    assume("$retainKeys" not in str(applied))  # stays where there was nothing to merge with; decoding drops it
    again = strategicdiff.three_way(modified, modified, applied, DEPLOYMENT)
    assert strategic.merge(applied, again, DEPLOYMENT) == applied


@given(_deployments, _deployments)
def test_a_three_way_patch_of_untouched_objects_is_a_two_way_patch(original, modified):
    patch = strategicdiff.three_way(original, modified, original, DEPLOYMENT)
    assert strategic.merge(original, patch, DEPLOYMENT) == modified
