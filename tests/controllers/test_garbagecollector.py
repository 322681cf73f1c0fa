from __future__ import annotations

import pytest


@pytest.fixture
def w(world):
    return world("garbagecollector")


def config_map(name, *owners, finalizers=()):
    meta = {"name": name}
    if owners:
        meta["ownerReferences"] = [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": o["metadata"]["name"], "uid": o["metadata"]["uid"],
             "blockOwnerDeletion": True} for o in owners]
    if finalizers:
        meta["finalizers"] = list(finalizers)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}


def family(w):
    parent = w.create("configmaps", config_map("parent"))
    child = w.create("configmaps", config_map("child", parent))
    w.create("configmaps", config_map("grandchild", child))
    w.advance()


def test_dependents_go_with_their_owner(w):
    family(w)
    w.delete("configmaps", "parent")
    w.advance()
    assert w.names("configmaps") == []


def test_orphans_stay(w):
    family(w)
    w.delete("configmaps", "parent", propagation="Orphan")
    assert w.names("configmaps") == ["child", "grandchild", "parent"]
    w.advance()
    assert w.names("configmaps") == ["child", "grandchild"]
    assert not w.get("configmaps", "child")["metadata"].get("ownerReferences")
    assert w.get("configmaps", "grandchild")["metadata"]["ownerReferences"]


def test_foreground_waits_for_what_blocks(w):
    parent = w.create("configmaps", config_map("parent"))
    w.create("configmaps", config_map("child", parent, finalizers=["example.com/hold"]))
    w.advance()
    w.delete("configmaps", "parent", propagation="Foreground")
    w.advance()
    assert w.get("configmaps", "parent")["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert "deletionTimestamp" in w.get("configmaps", "child")["metadata"]
    w.change("configmaps", "child", lambda obj: obj["metadata"].update(finalizers=[]))
    w.advance()
    assert w.names("configmaps") == []


def test_foreground_passes_down(w):
    family(w)
    w.change("configmaps", "grandchild", lambda obj: obj["metadata"].update(finalizers=["example.com/hold"]))
    w.delete("configmaps", "parent", propagation="Foreground")
    w.advance()
    assert w.names("configmaps") == ["child", "grandchild", "parent"]
    w.change("configmaps", "grandchild", lambda obj: obj["metadata"].update(finalizers=[]))
    w.advance()
    assert w.names("configmaps") == []


def test_an_owner_that_never_was(w):
    made = config_map("cousin", {"metadata": {"name": "nobody", "uid": "11111111-2222-3333-4444-555555555555"}})
    w.create("configmaps", made)
    w.advance()
    assert w.names("configmaps") == []


def test_one_owner_left_is_enough(w):
    a, b = w.create("configmaps", config_map("a")), w.create("configmaps", config_map("b"))
    w.create("configmaps", config_map("shared", a, b))
    w.delete("configmaps", "a")
    w.advance()
    assert w.names("configmaps") == ["b", "shared"]
    assert [ref["name"] for ref in w.get("configmaps", "shared")["metadata"]["ownerReferences"]] == ["b"]


def test_a_recreated_owner_is_another_one(w):
    family(w)
    w.delete("configmaps", "parent")
    w.create("configmaps", config_map("parent"))
    w.advance()
    assert w.names("configmaps") == ["parent"]


def test_a_circle_of_owners_can_be_deleted(w):
    a = w.create("configmaps", config_map("a"))
    b = w.create("configmaps", config_map("b", a))
    w.change("configmaps", "a", lambda obj: obj["metadata"].update(
        ownerReferences=config_map("a", b)["metadata"]["ownerReferences"]))
    w.advance()
    w.delete("configmaps", "a", propagation="Foreground")
    w.advance()
    assert w.names("configmaps") == []


def test_what_has_no_namespace_is_found_again_by_its_owner(w):
    """A volume that names a claim: nobody can tell the claim's namespace from the reference."""
    claim = w.create("configmaps", config_map("claim"))
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {
        "name": "v", "ownerReferences": config_map("", claim)["metadata"]["ownerReferences"]}, "spec": {}}
    w.put("persistentvolumes", volume)
    w.delete("configmaps", "claim", propagation="Foreground")
    w.advance()
    assert w.names("configmaps") == ["claim"]
    w.delete("persistentvolumes", "v", namespace="")
    w.advance()
    assert w.names("configmaps") == []


def test_what_has_no_namespace_may_be_orphaned(w):
    claim = w.create("configmaps", config_map("claim"))
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {
        "name": "v", "ownerReferences": config_map("", claim)["metadata"]["ownerReferences"]}, "spec": {}}
    w.put("persistentvolumes", volume)
    w.delete("configmaps", "claim", propagation="Orphan")
    w.advance()
    assert w.names("configmaps") == []
    assert "ownerReferences" not in w.get("persistentvolumes", "v", "")["metadata"]


@pytest.mark.parametrize("called", [
    {"name": "somebody"}, {"kind": "Secret"}, {"kind": "Nothing"}, {"apiVersion": "v2"}])
def test_foreground_waits_for_what_calls_it_by_another_name(w, called):
    parent = w.create("configmaps", config_map("parent"))
    child = config_map("child", parent, finalizers=["example.com/hold"])
    child["metadata"]["ownerReferences"][0].update(called)
    w.create("configmaps", child)
    w.delete("configmaps", "parent", propagation="Foreground")
    w.advance()
    assert w.names("configmaps") == ["child", "parent"]
    w.delete("configmaps", "child")
    w.change("configmaps", "child", lambda obj: obj["metadata"].update(finalizers=[]))
    w.advance()
    assert w.names("configmaps") == []
    assert not w.store.timers.notes
