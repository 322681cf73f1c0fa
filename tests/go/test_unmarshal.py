"""Values into structs, as Go's JSON decoders do it."""

from __future__ import annotations

import pytest

from kubesim_cli.go.unmarshal import Misfit, Types

TYPES = {"Top": {"name": "string", "list": "[]In", "map": "{}[]string", "Mode": "Mode=string", "n": "int64",
                 "+Emb": "Emb", "any": "any", "data": "bytes", "ptrs": "[]*In"},
         "In": {"flag": "bool", "more": "In"}, "Emb": {"inner": "string"}}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("value", "told"), [
    ([], "array into Go value of type v1.Top"),
    ({"name": 5}, "number into Go struct field Top.name of type string"),
    ({"list": {}}, "object into Go struct field Top.list of type []v1.In"),
    ({"list": ["x"]}, "string into Go struct field Top.list of type v1.In"),
    ({"list": [{}, {"more": {"flag": "x"}}]}, "string into Go struct field In.list.more.flag of type bool"),
    ({"map": {"a": [True]}}, "bool into Go struct field Top.map of type string"),
    ({"map": {"a": "b"}}, "string into Go struct field Top.map of type []string"),
    ({"Mode": []}, "array into Go struct field Top.Mode of type other.Mode"),
    ({"n": 1.5}, "number 1.5 into Go struct field Top.n of type int64"),
    ({"n": True}, "bool into Go struct field Top.n of type int64"),
    ({"inner": 5}, "number into Go struct field Top.Emb.inner of type string"),
    ({"data": 5}, "number into Go struct field Top.data of type []uint8"),
    ({"ptrs": 5}, "number into Go struct field Top.ptrs of type []*v1.In"),
])
def test_what_does_not_fit(value, told, strict):
    with pytest.raises(Misfit) as why:
        Types(TYPES, "v1", {"Mode": "other"}, strict=strict).fitted(value, "Top")
    assert str(why.value) == f"json: cannot unmarshal {told}"


def test_nulls_are_zeros_where_there_is_a_place_for_them():
    value = {"name": None, "list": [None, {"flag": None}], "map": {"a": ["x", None]}, "ptrs": [None],
             "any": {"x": None}}
    assert Types(TYPES, "v1").fitted(value, "Top") == {
        "list": [{}, {}], "map": {"a": ["x", ""]}, "ptrs": [None], "any": {"x": None}}


def test_unknown_fields_and_case():
    assert Types(TYPES, "v1").fitted({"x": 5, "NAME": "n", "mode": "m"}, "Top") == {}
    strict = Types(TYPES, "v1", strict=True)
    assert strict.fitted({"NAME": "n", "mode": "m"}, "Top") == {"name": "n", "Mode": "m"}
    with pytest.raises(Misfit, match='json: unknown field "x"'):
        strict.fitted({"x": 5}, "Top")
