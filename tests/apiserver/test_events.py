"""Events: counted when equal, named so that they sort by time, forgotten after an hour."""

from __future__ import annotations

import pytest
from worlds import Ready, World

from kubesim_cli.cluster.loops import LOOPS
from kubesim_cli.helpers.controller import Controller, itself
from kubesim_cli.store import table
from kubesim_cli.store.store import Store


def names(terminal) -> list[str]:
    return terminal.ok("kubectl get events -o jsonpath='{range .items[*]}{.reason}{\"\\n\"}{end}'").split()


def test_events_of_one_object_are_listed_in_their_order(terminal):
    terminal.ok("kubectl run web --image=nginx")
    terminal.advance("5s")
    assert names(terminal) == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]


@pytest.mark.parametrize("short", [8, -1])  # all names are read at first, or those about one object when it is met
def test_equal_events_are_counted(terminal, monkeypatch, short):
    monkeypatch.setattr(table, "SHORT", short)
    containers = '[{"name": "a", "image": "nginx:doesnotexist"}]'
    for name in ("web", "web.a"):
        terminal.ok(f"kubectl run {name} --image=x --overrides='{{\"spec\": {{\"containers\": {containers}}}}}'")
    for _ in range(4):
        terminal.advance("30s")
    rows = terminal.ok("kubectl get events --field-selector reason=Pulling "
                       "-o custom-columns=COUNT:.count --no-headers").split()
    assert len(rows) == 2 and all(int(row) > 2 for row in rows)


def test_the_schedulers_events_are_of_the_newer_kind(terminal):
    terminal.ok("kubectl run web --image=nginx")
    shown = terminal.ok("kubectl get events --field-selector reason=Scheduled "
                        "-o jsonpath='{.items[0].action} {.items[0].eventTime} {.items[0].source}'")
    assert shown == "Binding 2024-01-01T00:00:00.000000Z {}"
    assert "default-scheduler, default-scheduler-minikube" in terminal.ok("kubectl get events -o wide")


def test_every_event_can_be_labelled(terminal):
    """What components write is what the server would have let through."""
    terminal.ok("kubectl create deployment web --image=nginx --replicas=2")
    terminal.ok("kubectl run big --image=nginx --overrides='{\"spec\":{\"nodeSelector\":{\"a\":\"b\"}}}'")
    terminal.ok("kubectl run wrong --image=nginx:doesnotexist")
    terminal.ok("kubectl create job ends --image=busybox -- false")
    terminal.advance("30s")
    told = terminal.ok("kubectl label events --all seen=yes").splitlines()
    assert len(told) > 10 and all(line.endswith(" labeled") for line in told)


def test_events_are_forgotten_after_an_hour(terminal):
    terminal.ok("kubectl run web --image=nginx")
    terminal.advance("55m")
    assert len(names(terminal)) == 5
    terminal.advance("10m")
    assert names(terminal) == []


def test_many_that_differ_only_in_their_message_become_one(terminal):
    terminal.ok("kubectl create deployment web --image=nginx --replicas=30")
    shown = terminal.ok("kubectl get events --field-selector reason=SuccessfulCreate "
                        "-o custom-columns=COUNT:.count,MESSAGE:.message --no-headers").splitlines()
    assert len(shown) == 11
    assert [row.split()[0] for row in shown] == ["1"] * 10 + ["20"]
    assert "(combined from similar events): Created pod: web-" in shown[-1]


def test_the_events_about_one_object_are_found_without_a_look_at_the_others(terminal, monkeypatch):
    terminal.ok("kubectl run one --image=nginx")
    terminal.ok("kubectl run other --image=nginx")
    terminal.advance("5s")
    uid = terminal.ok("kubectl get pod one -o jsonpath='{.metadata.uid}'")
    by_name = terminal.ok("kubectl get events --field-selector involvedObject.name=one -o name")
    read = Store.list
    monkeypatch.setattr(Store, "list", lambda store, resource, *rest: (
        pytest.fail("all were listed") if resource == "events" else read(store, resource, *rest)))
    assert terminal.ok(f"kubectl get events --field-selector involvedObject.uid={uid} -o name") == by_name
    assert terminal.ok(f"kubectl get events -n kube-system --field-selector involvedObject.uid={uid} -o name") == ""
    other = f"--field-selector involvedObject.uid={uid},reason!=Started"
    assert len(terminal.ok(f"kubectl get events {other} -o name").split()) == 4


class Beat(Controller):
    """Tells of a pod every 20 minutes for five hours, and each time something else once."""

    name = "beat"
    watches = {"pods": itself}

    def sync(self, api, key):
        pod = api.find("pods", "web", "default")
        told = int(self.noted(key).get("told", 0))
        if told == 15:
            return None
        api.record(pod, "Normal", "Beat", "again", "beat")
        api.record(pod, "Normal", "Beat", f"time {told}", "beat")
        self.note(key, {"told": told + 1})
        return api.now + 1200


@pytest.mark.parametrize("minutes", [20, 55, 61, 130, 299, 335, 362])
def test_those_that_nobody_can_see_are_not_stored_and_are_counted_all_the_same(tmp_path, minutes):
    """A jump leaves the events that small steps leave."""
    found = []
    for steps in (minutes, 1):
        w = World(tmp_path / str(steps), (1, 36), {"beat": Ready(Beat(), "pods"), "event-ttl": LOOPS["event-ttl"]})
        pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "default", "uid": "u"}}
        w.server.write("ADDED", w.server.resolve("pods"), pod, None)
        for _ in range(steps):
            w.advance(minutes * 60 / steps)
        events = w.api.items("events")
        found.append([(e["metadata"]["name"], e["metadata"]["uid"], e["message"], e["count"], e["firstTimestamp"],
                       e["lastTimestamp"]) for e in events])
        found.append(w.store.revision)
        w.store.close()
    assert found[0] == found[2]
    assert found[3] < found[1] if minutes > 60 else found[3] == found[1]


def test_an_event_that_tells_of_long_ago_stays_an_hour_from_when_it_was_written(terminal):
    terminal.ok("kubectl create -f -", """\
apiVersion: v1
kind: Event
metadata: {name: old, namespace: default}
involvedObject: {kind: Pod, name: web, namespace: default}
reason: Old
lastTimestamp: "2020-01-01T00:05:00Z"
""")
    terminal.advance("55m")
    assert terminal.ok("kubectl get events -o name") == "event/old\n"
    terminal.advance("10m")
    assert terminal.ok("kubectl get events -o name") == ""
