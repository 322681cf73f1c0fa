"""Plain-dict objects."""

from __future__ import annotations

from kubesim_cli.machinery.objects import clone


def test_a_clone_is_equal_and_shares_no_container():
    inner = {"b": [1, {"c": None}, [2.5]], "d": {}}
    value = {"z": inner, "a": "text", "list": [[], inner]}
    made = clone(value)
    assert made == value and list(made) == list(value)
    for here, there in ((made["z"], inner), (made["z"]["b"], inner["b"]), (made["z"]["b"][1], inner["b"][1]),
                        (made["z"]["b"][2], inner["b"][2]), (made["z"]["d"], inner["d"]),
                        (made["list"][0], value["list"][0]), (made["list"][1], inner)):
        assert here == there and here is not there
    made["z"]["b"].append(3)
    assert inner["b"] == [1, {"c": None}, [2.5]]
    assert clone("text") == "text" and clone([1]) == [1]
