"""Events: counted when equal, named so that they sort by time, forgotten after an hour."""

from __future__ import annotations

import pytest

from kubesim_cli.store.store import Store


def names(terminal) -> list[str]:
    return terminal.ok("kubectl get events -o jsonpath='{range .items[*]}{.reason}{\"\\n\"}{end}'").split()


def test_events_of_one_object_are_listed_in_their_order(terminal):
    terminal.ok("kubectl run web --image=nginx")
    terminal.advance("5s")
    assert names(terminal) == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]


def test_equal_events_are_counted(terminal):
    terminal.ok("kubectl run web --image=nginx:doesnotexist")
    terminal.advance("2m")
    rows = terminal.ok("kubectl get events --field-selector reason=Pulling "
                       "-o custom-columns=COUNT:.count --no-headers").split()
    assert len(rows) == 1 and int(rows[0]) > 2


def test_the_schedulers_events_are_of_the_newer_kind(terminal):
    terminal.ok("kubectl run web --image=nginx")
    shown = terminal.ok("kubectl get events --field-selector reason=Scheduled "
                        "-o jsonpath='{.items[0].action} {.items[0].eventTime} {.items[0].source}'")
    assert shown == "Binding 2024-01-01T00:00:00.000000Z {}"


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
