"""What the server serves is decoded piece by piece."""

from __future__ import annotations

import pytest

from kubesim_cli.machinery.discovery import Resource, builtin
from kubesim_cli.releases import NEWEST, OLDEST

CUSTOM = [Resource("example.com", "v1", "pods", "pod", "Pod", True, ["get"], ("po",), ("all",)),
          Resource("example.com", "v2", "pods", "pod", "Pod", True, ["get"], ("po",), ("all",))]


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
@pytest.mark.parametrize("custom", [[], CUSTOM], ids=["builtin", "custom"])
def test_asking_for_one_finds_what_is_among_all(release, custom):
    every = builtin(release, custom)
    for res in every.resources:
        for word in {res.plural, res.singular, res.kind, *res.short_names} - {""}:
            alone, among = builtin(release, custom).find(word), every.find(word)
            same = next(each for each in every.resources if word.lower() in {
                each.plural, each.singular, each.kind.lower(), *each.short_names})
            assert alone.versioned == among.versioned == same.versioned
            assert alone.subresources == among.subresources
        found = builtin(release, custom).of_kind(res.api_version, res.kind)
        assert found.versioned == res.versioned and found.verbs == res.verbs
        assert res.versioned in [each.versioned for each in builtin(release, custom).by_plural(res.plural)]
    for name in {name for res in every.resources for name in res.categories}:
        names = [res.name for res in every.preferred() if name in res.categories]
        assert [res.name for res in builtin(release, custom).category(name)] == names


def test_only_what_is_asked_for_is_decoded(monkeypatch):
    served = builtin()
    assert served.find("sts").kind == "StatefulSet"
    assert len(served._builtin._found) == 1


@pytest.mark.parametrize("word", ["", "list", "namespaced", "resources", '"', "\n", "pods/log", "groupVersion", "v1"])
def test_words_of_the_file_that_name_nothing_find_nothing(word):
    served = builtin()
    assert served.find(word) is None
    assert served.by_plural(word) == [] == served.category(word)
    assert served.of_kind("v1", word) is None
