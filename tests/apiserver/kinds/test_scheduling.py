"""What a pod says of where it wants to run: what is wrong, in the server's words and order."""

import pytest

from kubesim_cli.apiserver.kinds.core.podspec.defaults import default_pod_spec
from kubesim_cli.apiserver.kinds.core.podspec.spec import validate_pod_spec

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
SPREAD = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
          "labelSelector": {"matchLabels": {"a": "b"}}}


def errors(spec, prefix=""):
    """The errors of a spec that was taken through its defaults, without a path that they begin with."""
    spec = {"containers": [{"name": "c", "image": "i"}], **spec}
    default_pod_spec(spec, (1, 36))
    found = validate_pod_spec(spec, "spec", (1, 36), {"name": "p"})
    return [str(error).removeprefix(prefix) for error in found]


@pytest.mark.parametrize("spec,expected", [
    ({"tolerations": [{"key": "a b", "operator": "Exists"}, {"operator": "Equal", "value": "v"},
                      {"key": "k", "operator": "Exists", "value": "v"}, {"key": "k", "operator": "Is"},
                      {"key": "k", "value": "a b"}, {"key": "k", "effect": "Later"},
                      {"key": "k", "tolerationSeconds": 5, "effect": "NoSchedule"}]}, [
        'spec.tolerations[0].key: Invalid value: "a b": name part must consist...',
        'spec.tolerations[1].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which '
        'means "match all values and all keys"',
        'spec.tolerations[2].operator: Invalid value: "v": value must be empty when `operator` is \'Exists\'',
        'spec.tolerations[3].operator: Unsupported value: "Is": supported values: "Equal", "Exists"',
        'spec.tolerations[4].operator: Invalid value: "a b": a valid label must...',
        'spec.tolerations[5].effect: Unsupported value: "Later": supported values: "NoSchedule", "PreferNoSchedule", '
        '"NoExecute"',
        'spec.tolerations[6].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when '
        '`tolerationSeconds` is set']),
    ({"schedulingGates": [{"name": ""}, {"name": "a b"}, {"name": "g"}, {"name": "g"}]}, [
        'spec.schedulingGates[0]: Invalid value: "": name part must be non-empty',
        'spec.schedulingGates[0]: Invalid value: "": name part must consist...',
        'spec.schedulingGates[1]: Invalid value: "a b": name part must consist...',
        'spec.schedulingGates[3]: Duplicate value: "g"']),
    ({"nodeSelector": {"a b": "c d"}}, [
        'spec.nodeSelector: Invalid value: "a b": name part must consist...',
        'spec.nodeSelector: Invalid value: "c d": a valid label must...']),
])
def test_what_is_wrong(fits, spec, expected):
    found = errors(spec)
    assert fits(found, expected), found


@pytest.mark.parametrize("term,expected", [
    ({"matchExpressions": [{"key": "a b", "operator": "In", "values": []},
                           {"key": "k", "operator": "Exists", "values": ["v"]},
                           {"key": "k", "operator": "Gt", "values": ["1", "2"]},
                           {"key": "k", "operator": "Like"}]}, [
        "matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'matchExpressions[0].key: Invalid value: "a b": name part must consist...',
        "matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        "matchExpressions[2].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'",
        'matchExpressions[3].operator: Invalid value: "Like": not a valid selector operator']),
    ({"matchFields": [{"key": "metadata.uid", "operator": "In", "values": ["x"]},
                      {"key": "metadata.name", "operator": "Exists"},
                      {"key": "metadata.name", "operator": "In", "values": ["A"]},
                      {"key": "metadata.name", "operator": "NotIn", "values": ["a", "b"]}]}, [
        'matchFields[0].key: Invalid value: "metadata.uid": not a valid field selector key',
        'matchFields[1].operator: Invalid value: "Exists": not a valid selector operator',
        'matchFields[2].values[0]: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...',
        "matchFields[3].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node "
        "field selector"]),
])
def test_what_is_wrong_with_a_term_of_nodes(fits, term, expected):
    found = errors({"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [term]}}}},
                   f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0].")
    assert fits(found, expected), found


@pytest.mark.parametrize("term,expected", [
    ({}, [
        "topologyKey: Required value: can not be empty",
        'topologyKey: Invalid value: "": name part must be non-empty',
        'topologyKey: Invalid value: "": name part must consist...']),
    ({"topologyKey": "a b",
      "labelSelector": {"matchExpressions": [{"key": "k", "operator": "In"}]},
      "namespaces": ["A"]}, [
        "labelSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or "
        "'NotIn'",
        'namespace: Invalid value: "A": a lowercase RFC 1123 label must consist...',
        'topologyKey: Invalid value: "a b": name part must consist...']),
    ({"topologyKey": "zone",
      "labelSelector": {"matchLabels": {"a": "b"}},
      "matchLabelKeys": ["a", "a b"],
      "mismatchLabelKeys": ["c", "c"]}, [
        'matchLabelKeys[1]: Invalid value: "a b": name part must consist...']),
    ({"topologyKey": "zone", "matchLabelKeys": ["a"]}, [
        "matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"]),
])
def test_what_is_wrong_with_a_term_of_pods(fits, term, expected):
    found = errors({"affinity": {"podAffinity": {REQUIRED: [term]}}}, f"spec.affinity.podAffinity.{REQUIRED}[0].")
    assert fits(found, expected), found


def test_preferences_have_weights(fits):
    path = f"spec.affinity.nodeAffinity.{PREFERRED}[0].weight"
    for weight, expected in ((1, []), (100, []), (0, [f"{path}: Invalid value: 0: must be in the range 1-100"]),
                             (101, [f"{path}: Invalid value: 101: must be in the range 1-100"])):
        assert errors({"affinity": {"nodeAffinity": {PREFERRED: [{"weight": weight, "preference": {}}]}}}) == expected
    found = errors({"affinity": {"podAntiAffinity": {PREFERRED: [
        {"weight": 101, "podAffinityTerm": {"topologyKey": "zone"}}]}}}, "spec.affinity.podAntiAffinity.")
    assert found == [f"{PREFERRED}[0].weight: Invalid value: 101: must be in the range 1-100"]
    assert errors({"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": []}}}}) == [
        f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms: Required value: must have at least one node "
        "selector term"]


@pytest.mark.parametrize("fields,expected", [
    ({"maxSkew": 0, "topologyKey": "", "whenUnsatisfiable": "Maybe"}, [
        "maxSkew: Invalid value: 0: must be greater than zero",
        "topologyKey: Required value: can not be empty",
        'whenUnsatisfiable: Unsupported value: "Maybe": supported values: "DoNotSchedule", "ScheduleAnyway"']),
    ({"whenUnsatisfiable": "ScheduleAnyway", "minDomains": 0}, [
        "minDomains: Invalid value: 0: must be greater than zero",
        "minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
        "ScheduleAnyway"]),
    ({"whenUnsatisfiable": "ScheduleAnyway", "minDomains": 2}, [
        "minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
        "ScheduleAnyway"]),
    ({"nodeAffinityPolicy": "Odd", "nodeTaintsPolicy": "Odd"}, [
        'nodeAffinityPolicy: Unsupported value: "Odd": supported values: "Honor", "Ignore"',
        'nodeTaintsPolicy: Unsupported value: "Odd": supported values: "Honor", "Ignore"']),
    ({"matchLabelKeys": ["a", "a b"]}, ['matchLabelKeys[1]: Invalid value: "a b": name part must consist...']),
])
def test_what_is_wrong_with_a_spread(fits, fields, expected):
    found = errors({"topologySpreadConstraints": [{**SPREAD, **fields}]}, "spec.topologySpreadConstraints[0].")
    assert fits(found, expected), found


def test_spreads_are_told_apart():
    assert errors({"topologySpreadConstraints": [SPREAD, SPREAD]}) == [
        'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"']
