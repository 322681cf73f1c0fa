"""Paths of stages."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet.stages import expression

OBJ = {"metadata": {"name": "a", "annotations": {"x.y/z": "5s"},
                    "ownerReferences": [{"kind": "Job"}, {"kind": "Node"}]},
       "status": {"phase": "Running", "ready": False, "conditions": [{"type": "Ready", "status": "False"},
                                                                    {"type": "Initialized", "status": "True"}]}}


@pytest.mark.parametrize("text, found", [
    (".", [OBJ]), (".metadata.name", ["a"]), (".metadata.nothing", []), (".metadata.nothing.more", []),
    ('.metadata.annotations["x.y/z"]', ["5s"]), ('.metadata.annotations."x.y/z"', ["5s"]),
    ('.metadata["annotations"]["x.y/z"]', ["5s"]), (".metadata.ownerReferences.[].kind", ["Job", "Node"]),
    (".metadata.ownerReferences[].kind", ["Job", "Node"]), (".metadata.ownerReferences[0].kind", ["Job"]),
    (".metadata.ownerReferences[-1].kind", ["Node"]), (".metadata.ownerReferences[7].kind", []),
    ('.status.conditions.[] | select( .type == "Ready" ) | .status', ["False"]),
    ('.status.conditions.[] | select(.type != "Ready") | .type', ["Initialized"]),
    ('.status.conditions[] | select(.type == "a | b") | .status', []), (".status.ready", [False]),
    (".metadata.name.deeper", []), (".metadata.name[0]", []), (".metadata.name[]", []),
])
def test_paths_find_what_jq_would(text, found):
    assert expression.parse(text)(OBJ) == found


@pytest.mark.parametrize("text", ["", "metadata", ".a |", "..", ".a +1", ".a | length", "select(.a == b)", "[", '."a'])
def test_what_is_no_path_is_refused(text):
    with pytest.raises(expression.Invalid):
        expression.parse(text)
