"""Topology spread: how nodes are counted, refused and scored (framework/plugins/podtopologyspread)."""

import pytest

from kubesim_cli.scheduler import spread
from kubesim_cli.scheduler.cache import Cache
from kubesim_cli.scheduler.nodeinfo import PodInfo

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
APP = {"matchLabels": {"app": "web"}}
ANY, SOFT = "DoNotSchedule", "ScheduleAnyway"


def constraint(key=ZONE, when=ANY, **more):
    return {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": when, "labelSelector": APP, **more}


@pytest.fixture
def place(node_world):
    """`place(zones, pods)` makes nodes n0, n1 ... in zones ("" is none) with so many pods `app: web` each; returns a
    function: the new pod's spec -> (PodInfo, Cache, nodes)."""

    def run(zones, pods, change=()):
        w = node_world(nodes=len(zones))
        names = [node["metadata"]["name"] for node in w.api.items("nodes")]
        for name, zone in zip(names, zones):
            w.node(name, lambda node, zone=zone: node["metadata"]["labels"].update({ZONE: zone} if zone else {}))
        for at, edit in dict(change).items():
            w.node(names[at], edit)
        for at, number in enumerate(pods):
            for each in range(number):
                w.pod(f"p{at}-{each}", labels={"app": "web", "v": "1"}, nodeName=names[at])
        cache = Cache(w.api)

        def of(labels=None, owner="", **spec):
            pod = w.pod("new", labels={"app": "web"} if labels is None else labels, **spec)
            info = PodInfo(pod, (1, 36))
            info.owner = owner
            return info, cache, list(cache.nodes.values())

        return of

    return run


def refusals(of, *constraints, **spec):
    info, cache, nodes = of(topologySpreadConstraints=list(constraints), **spec)
    state = spread.Spread(info, cache)
    return [{None: "", (spread.UNEVEN, True): "uneven", (spread.NO_LABEL, False): "label"}[state.check(node)]
            for node in nodes]


@pytest.mark.parametrize(("pods", "more", "told"), [
    ([1, 0, 0], {}, ["uneven", "uneven", ""]),   # zone a has one, b none
    ([1, 0, 1], {}, ["", "", ""]),
    ([2, 0, 0], {"maxSkew": 3}, ["", "", ""]),
    ([2, 0, 0], {"maxSkew": 2}, ["uneven", "uneven", ""]),
    ([1, 0, 1], {"minDomains": 3}, ["uneven", "uneven", "uneven"]),  # too few zones: the lowest is none
    ([1, 0, 1], {"minDomains": 2}, ["", "", ""]),
    ([1, 0, 0], {"labelSelector": {"matchLabels": {"app": "other"}}}, ["", "", ""]),
])
def test_hard_constraints(place, pods, more, told):
    assert refusals(place(["a", "a", "b"], pods), constraint(**more)) == told


def test_a_pod_that_its_own_selector_leaves_out_does_not_count_itself(place):
    assert refusals(place(["a", "b"], [1, 0]), constraint(), labels={"app": "other"}) == ["", ""]


def test_a_node_without_the_label(place):
    assert refusals(place(["a", ""], [0, 0]), constraint()) == ["", "label"]


def test_labels_whose_values_have_to_be_the_pods_own(place):
    of = place(["a", "b"], [1, 0])
    assert refusals(of, constraint(matchLabelKeys=["v"]), labels={"app": "web", "v": "2"}) == ["", ""]
    assert refusals(place(["a", "b"], [1, 0]), constraint(matchLabelKeys=["v", "no"]), labels={"app": "web", "v": "1"}
                    ) == ["uneven", ""]


TAINT = {1: lambda node: node["spec"].update(taints=[{"key": "k", "effect": "NoSchedule"}])}


@pytest.mark.parametrize(("more", "spec", "told"), [
    ({}, {}, ["uneven", ""]),  # taints do not matter: zone b is there, with none
    ({"nodeTaintsPolicy": "Honor"}, {}, ["", ""]),
    ({"nodeTaintsPolicy": "Honor"}, {"tolerations": [{"operator": "Exists"}]}, ["uneven", ""]),
    ({}, {"nodeSelector": {ZONE: "a"}}, ["", ""]),
    ({"nodeAffinityPolicy": "Ignore"}, {"nodeSelector": {ZONE: "a"}}, ["uneven", ""]),
])
def test_which_nodes_are_spread_over(place, more, spec, told):
    assert refusals(place(["a", "b"], [1, 0], TAINT), constraint(**more), **spec) == told


def scored(of, *constraints, **spec):
    if constraints:
        spec["topologySpreadConstraints"] = list(constraints)
    return spread.scores(*of(**spec))


@pytest.mark.parametrize(("zones", "pods", "constraints", "expected"), [
    (["a", "b"], [0, 0], [constraint(when=SOFT)], [100, 100]),
    (["a", "b"], [2, 0], [constraint(when=SOFT)], [0, 100]),
    (["a", "a", "b"], [2, 0, 1], [constraint(when=SOFT)], [33, 33, 100]),     # round(2 ln 4) = 3, round(ln 4) = 1
    (["a", "", "b"], [1, 0, 1], [constraint(when=SOFT)], [100, 0, 100]),      # a node without the label gets nothing
    (["a", "b"], [2, 0], [constraint(HOST, SOFT)], [0, 100]),
    (["a", "b"], [4, 1], [constraint(when=SOFT, maxSkew=5)], [50, 100]),      # round(4 ln 4 + 4), round(ln 4 + 4)
    (["a", "a", "b"], [1, 0, 0], [constraint(when=SOFT), constraint(HOST, SOFT)], [0, 66, 100]),
    (["a", ""], [0, 0], [constraint()], None),                                # hard ones are not scored
])
def test_soft_constraints(place, zones, pods, constraints, expected):
    assert scored(place(zones, pods), *constraints) == expected


def test_pods_on_nodes_that_lack_another_key_are_not_counted(place):
    change = {1: lambda node: node["metadata"]["labels"].pop(HOST)}
    constraints = [constraint(when=SOFT), constraint(HOST, SOFT)]
    assert scored(place(["a", "a", "b"], [0, 5, 0], change), *constraints) == [100, 0, 100]


def test_pods_of_a_controller_are_spread_without_asking(place):
    of = place(["a", "a", "b", ""], [0, 0, 0, 0])
    assert scored(of) is None  # a pod of nobody
    info, cache, nodes = place(["a", "a", "b", ""], [0, 0, 0, 0])(owner="o")
    nodes[0].owners["o"] = 2
    # By host 2 ln 6 + 2, 2, 2, 2; by zone 2 ln 5 + 4 twice, 4, nothing where there is no zone.
    raw = [13, 9, 6, 2]
    assert spread.scores(info, cache, nodes) == [100 * (13 + 2 - each) // 13 for each in raw]


def test_a_controllers_pods_on_nodes_that_the_pod_does_not_want_are_not_counted(place):
    info, cache, nodes = place(["a", "a"], [0, 0], {0: lambda node: node["metadata"]["labels"].update(x="1")})(
        owner="o", nodeSelector={"x": "1"})
    nodes[1].owners["o"] = 4
    assert spread.scores(info, cache, nodes[:1]) == [100 * 6 // 6]
    nodes[0].owners["o"] = 1
    # The other node's four are not in the zone's count: 1 ln 4 + 2 + 1 ln 3 + 4 and 4 ln 4 + 2 + 1 ln 3 + 4.
    assert spread.scores(info, cache, nodes) == [100, 100 * 8 // 13]
