"""What FlowSchemas and PriorityLevelConfigurations have to be."""

from __future__ import annotations

import json

import pytest

GROUP = "flowcontrol.apiserver.k8s.io"
ALL = {"subjects": [{"kind": "User", "user": {"name": "*"}}],
       "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}]}
RULE = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "namespaces": ["*"]}
LEVEL = {"priorityLevelConfiguration": {"name": "l"}}


def rules(**parts):
    return {**LEVEL, "rules": [{**ALL, **parts}]}


@pytest.mark.parametrize("spec,expected", [
    ({**LEVEL, "matchingPrecedence": 1}, [
        "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"]),
    ({"matchingPrecedence": 10001, "distinguisherMethod": {"type": "Odd"},
      "priorityLevelConfiguration": {"name": "A"}}, [
        "spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000",
        'spec.distinguisherMethod.type: Unsupported value: {"Type":"Odd"}: supported values: "ByNamespace", "ByUser"',
        'spec.priorityLevelConfiguration.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...']),
    ({**LEVEL, "rules": [{}]}, [
        "spec.rules[0].subjects: Required value: subjects must contain at least one value",
        "spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty"]),
    (rules(subjects=[{"kind": "Odd"}, {"kind": "User"}, {"kind": "Group", "group": {}, "user": {"name": "u"}},
                     {"kind": "ServiceAccount", "serviceAccount": {"name": "A"}}]), [
        'spec.rules[0].subjects[0].kind: Unsupported value: "Odd": supported values: "Group", "ServiceAccount", "User"',
        "spec.rules[0].subjects[1].user: Required value: user is required when subject kind is 'User'",
        "spec.rules[0].subjects[2].group.name: Required value",
        "spec.rules[0].subjects[2].user: Forbidden: user is forbidden when subject kind is not 'User'",
        'spec.rules[0].subjects[3].serviceAccount.name: Invalid value: "A": a lowercase RFC 1123 subdomain must...',
        "spec.rules[0].subjects[3].serviceAccount.namespace: Required value: must specify namespace for service "
        "account"]),
    (rules(nonResourceRules=[{}, {"verbs": ["*", "get"], "nonResourceURLs": ["*", "/"]}, {
        "verbs": ["odd"], "nonResourceURLs": ["", "/", "a", "/a b", "//", "/*/a", "/a/*", "/a*"]}]), [
        "spec.rules[0].nonResourceRules[0].verbs: Required value: verbs must contain at least one value",
        "spec.rules[0].nonResourceRules[0].nonResourceURLs: Required value: nonResourceURLs must contain at least one "
        "value",
        'spec.rules[0].nonResourceRules[1].verbs: Invalid value: ["*","get"]: if \'*\' is present, must not specify '
        "other verbs",
        'spec.rules[0].nonResourceRules[1].nonResourceURLs: Invalid value: ["*","/"]: if \'*\' is present, must not '
        "specify other non-resource URLs",
        'spec.rules[0].nonResourceRules[2].verbs: Unsupported value: ["odd"]: supported values: "create", "delete"...',
        *(f'spec.rules[0].nonResourceRules[2].nonResourceURLs[{i}]: Invalid value: "{url}": {why}' for i, url, why in (
            (0, "", "must not be empty"), (2, "a", "must start with slash"),
            (3, "/a b", "must not contain white-space"), (4, "//", "must not contain double slash"),
            (5, "/*/a", "wildcard can only do suffix matching"),
            (7, "/a*", "wildcard can only do suffix matching")))]),
    (rules(resourceRules=[{}, {**RULE, "apiGroups": ["*", "a"], "namespaces": ["A"]}]), [
        "spec.rules[0].resourceRules[0].verbs: Required value: verbs must contain at least one value",
        "spec.rules[0].resourceRules[0].apiGroups: Required value: resource rules must supply at least one api group",
        "spec.rules[0].resourceRules[0].resources: Required value: resource rules must supply at least one resource",
        "spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must "
        "supply at least one namespace",
        'spec.rules[0].resourceRules[1].apiGroups: Invalid value: ["*","a"]: if \'*\' is present, must not specify '
        "other api groups",
        'spec.rules[0].resourceRules[1].namespaces[0]: Invalid value: "A": each member of this list must be \'*\' or a '
        "DNS-1123 label; a lowercase RFC 1123 label must consist..."]),
    (rules(resourceRules=[RULE, {**RULE, "namespaces": None, "clusterScope": True}]), []),
])
def test_what_is_wrong_with_a_schema(desk, fits, spec, expected):
    found = desk(GROUP, "FlowSchema").errors({"spec": spec})
    assert fits(found, expected), found


QUEUE = {"type": "Queue", "queuing": {"queues": 64, "handSize": 8, "queueLengthLimit": 50}}


def limited(**parts):
    return {"type": "Limited", "limited": {"limitResponse": QUEUE, **parts}}


@pytest.mark.parametrize("spec,expected", [
    ({"type": "Exempt", "limited": {"limitResponse": QUEUE}}, [
        "spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'",
        "spec.limited: Forbidden: must be nil if the type is not Limited"]),
    ({"type": "Limited", "exempt": {}}, [
        "spec.exempt: Forbidden: must be nil if the type is Limited",
        "spec.limited: Required value: must not be empty when type is Limited"]),
    (limited(nominalConcurrencyShares=-1, lendablePercent=101, borrowingLimitPercent=-1), [
        "spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer",
        "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive",
        "spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer"]),
    (limited(limitResponse={"type": "Reject", "queuing": {}}), [
        "spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited"]),
    (limited(limitResponse={"type": "Queue"}), [
        "spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is "
        "Limited"]),
    (limited(limitResponse={}), [
        'spec.limited.limitResponse.type: Unsupported value: "": supported values: "Queue", "Reject"']),
    (limited(limitResponse={"type": "Queue", "queuing": {"queues": 2, "handSize": 3, "queueLengthLimit": -1}}), [
        "spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive",
        "spec.limited.limitResponse.queuing.handSize: Invalid value: 3: should not be greater than queues (2)"]),
    (limited(limitResponse={"type": "Queue", "queuing": {"queues": 512, "handSize": 7}}), [
        "spec.limited.limitResponse.queuing.handSize: Invalid value: 7: required entropy bits of deckSize 512 and "
        "handSize 7 should not be greater than 60"]),
    (limited(limitResponse={"type": "Reject"}), []), (limited(), []),
])
def test_what_is_wrong_with_a_level(desk, spec, expected):
    assert desk(GROUP, "PriorityLevelConfiguration").errors({"spec": spec}) == expected


def test_the_exempt_level(desk):
    at = desk(GROUP, "PriorityLevelConfiguration")
    assert at.errors({"metadata": {"name": "exempt"}, "spec": {"type": "Exempt"}}) == []
    assert at.errors({"metadata": {"name": "exempt"},
                      "spec": {"type": "Exempt", "exempt": {"lendablePercent": -1}}}) == [
        "spec.exempt.lendablePercent: Invalid value: -1: must be between 0 and 100, inclusive"]
    old = at.new({"metadata": {"name": "exempt"}, "spec": {"type": "Exempt"}})
    status = {"conditions": [{"type": "A"}, {"type": "A"}, {}]}
    for kind in (at.kind, desk(GROUP, "FlowSchema").kind):
        assert [str(error) for error in kind.validate_status({**old, "status": status}, old, at.ctx)] == [
            'status.conditions[1].type: Duplicate value: "A"', "status.conditions[2].type: Required value"]


@pytest.mark.parametrize(("kind", "name", "patch", "said"), [
    ("prioritylevelconfiguration", "catch-all", {"limited": {"nominalConcurrencyShares": 6}},
     'spec: Invalid value: {"Type":"Limited","Limited":{"NominalConcurrencyShares":6,"LimitResponse":{"Type":"Reject",'
     '"Queuing":null},"LendablePercent":0,"BorrowingLimitPercent":null},"Exempt":null}: spec of \'catch-all\' must '
     "equal the fixed value"),
    ("prioritylevelconfiguration", "exempt", {"exempt": {"lendablePercent": 50}}, ""),
    ("prioritylevelconfiguration", "system", {"limited": {"nominalConcurrencyShares": 6}}, ""),
    ("flowschema", "catch-all", {"matchingPrecedence": 9999},
     'spec: Invalid value: {"PriorityLevelConfiguration":{"Name":"catch-all"},"MatchingPrecedence":9999,'
     '"DistinguisherMethod":{"Type":"ByUser"},"Rules":[{"Subjects":[{"Kind":"Group","User":null,"Group":{"Name":'),
    ("flowschema", "exempt", {"distinguisherMethod": {"type": "ByUser"}},
     "spec of 'exempt' must equal the fixed value"),
    ("flowschema", "probes", {"matchingPrecedence": 9999}, "")])
def test_what_has_to_be_there_stays_as_it_is(terminal, kind, name, patch, said):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    terminal.ok("kubectl sim reset")
    terminal.ok(f"kubectl label {kind} {name} a=b")
    done = terminal(f"kubectl patch {kind} {name} --type=merge -p '{json.dumps({'spec': patch})}'")
    assert done.code == bool(said) and said in done.err, done
