"""python benchmarks/histories.py [--processes N] [--commands N]: many processes at once on few objects, and watchers.

64 processes run 5,000 commands on 10 ConfigMaps of one store while `get -w` follows: create, patch, replace (of the
resourceVersion that was read last), apply, delete, get, list. For each object what they got can be explained by some
order of the commands that contradicts no clock (linearize.py), and every watcher saw every change once and in order.
The log is compacted now and then meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from typing import Any

import children
import stages
from common import scratch, tally
from linearize import Operation, linearizable

NAMES = [f"o{number}" for number in range(10)]
PADDING = "x" * 3000  # so that the log fills up
WATCHERS = 4


def _manifest(name: str, value: str, revision: int = 0) -> str:
    found = json.loads(stages.documents(name, text=value))
    found["data"]["padding"] = PADDING
    if revision:
        found["metadata"]["resourceVersion"] = str(revision)
    return json.dumps(found)


def _state(obj: dict) -> tuple[int, str]:
    return int(obj["metadata"]["resourceVersion"]), obj["data"]["text"]


def step(state: tuple[int, str], operation: Operation) -> Any:
    """The model of one object: (the revision that it had last, its value or "" where it is not there)."""
    name, asked, got = operation.name, operation.asked, operation.got
    revision, exists = state[0], bool(state[1])
    if name == "get" or isinstance(got, str):
        same = {"AlreadyExists": name == "create" and exists,
                "NotFound": name in ("patch", "replace", "delete") and not exists,
                "Conflict": name == "replace" and exists and revision != asked}.get(
                    got, got == (state if exists else None))
        return state if same else NotImplemented
    fits = {"create": not exists, "apply": True, "replace": exists and revision == asked}.get(name, exists)
    if got is None:
        return (revision, "") if name == "delete" and exists else NotImplemented
    return got if fits and got[0] > revision else NotImplemented


def _one(home: str, rng: random.Random, known: dict[str, int], value: str) -> tuple[dict[str, list], str]:
    """Run one command; return name of object -> [operation, asked, got], and what is wrong with how it ended.

    `known`: the name and the revision that the command before has seen.
    """
    name = rng.choice(NAMES)
    what = rng.choice(("create", "patch", "apply", "delete", "get", "get", "get", "list"))
    if known and rng.random() < 0.5:
        what, [name] = "replace", known
    words, stdin = {
        "create": ("create -f - -o json", _manifest(name, value)),
        "patch": (f"patch configmap {name} --type=merge -o json -p", ""),
        "replace": ("replace -f - -o json", _manifest(name, value, known.get(name, 0))),
        "apply": ("apply --server-side --force-conflicts -f - -o json", _manifest(name, value)),
        "delete": (f"delete configmap {name}", ""),
        "get": (f"get configmap {name} -o json", ""),
        "list": ("get configmaps -o json", "")}[what]
    patch = [json.dumps({"data": {"text": value}})] if what == "patch" else []
    done = children.run(home, *words.split(), *patch, stdin=stdin)
    got: Any = None
    if what == "list" and not done.code:
        there = {obj["metadata"]["name"]: _state(obj) for obj in json.loads(done.out)["items"]
                 if obj["metadata"]["name"] in NAMES}
        return {each: ["get", None, there.get(each)] for each in NAMES}, ""
    if not done.code:
        got = None if what == "delete" else _state(json.loads(done.out))
    else:
        got = next((word for word in ("AlreadyExists", "NotFound", "Conflict") if f"({word})" in done.err), "")
        if not got:
            return {}, f"{what} {name}: {done}"
        if what == "get":
            got = None
    asked = known.get(name) if what == "replace" else None
    known.clear()
    if isinstance(got, tuple):
        known[name] = got[0]
    return {name: [what, asked, got]}, ""


def _worker(home: str, number: int, commands: int, path: str) -> None:
    """What one process does: commands one after the other, each a process of its own; it keeps a record of them."""
    rng, known = random.Random(number), {}
    with open(path, "w") as record:
        for count in range(commands):
            start = time.monotonic()
            found, wrong = _one(home, rng, known, f"{number}-{count}")
            end = time.monotonic()
            record.write(json.dumps([start, end, found, wrong]) + "\n")


def _events(text: str) -> list[tuple[str, int, str]]:
    """Return (type, revision, name) of what a watcher printed of our objects."""
    found, decoder, at = [], json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        event, at = decoder.raw_decode(text, at)
        at += 1
        meta = event["object"]["metadata"]
        if meta["name"] in NAMES:
            found.append((event["type"], int(meta["resourceVersion"]), meta["name"]))
    return found


def _watched(events: list[tuple[str, int, str]], histories: dict[str, list[Operation]]) -> list[str]:
    """Tell what is wrong with what one watcher saw."""
    faults = []
    revisions = [revision for _, revision, _ in events]
    if revisions != sorted(set(revisions)):
        faults.append("a watcher saw a change twice, or out of order")
    for name, history in histories.items():
        made = {operation.got[0] for operation in history
                if operation.name != "get" and isinstance(operation.got, tuple)}
        seen = {revision for type_, revision, each in events if each == name and type_ != "DELETED"}
        if made - seen:
            faults.append(f"a watcher missed {len(made - seen)} changes of {name}")
        if seen - made:
            faults.append(f"a watcher saw {len(seen - made)} changes of {name} that nobody made")
        deleted = sum(operation.name == "delete" and operation.got is None for operation in history)
        told = sum(type_ == "DELETED" and each == name for type_, _, each in events)
        if deleted != told:
            faults.append(f"a watcher saw {told} of {deleted} deletions of {name}")
    return faults


def main(processes: int, commands: int) -> bool:
    children.warm(("create -f - -o json", _manifest("o0", "a")), ("patch configmap o0 --type=merge -p {} -o json", ""),
                  ("replace -f - -o json", _manifest("o0", "b")), ("get configmap o0 -o json", ""),
                  ("get configmaps -o json -w --output-watch-events --request-timeout=1s", ""),
                  ("apply --server-side --force-conflicts -f - -o json", _manifest("o0", "c")),
                  ("replace -f - -o json", _manifest("o0", "b", 1)), ("delete configmap o0", ""),
                  ("get configmap o0 -o json", ""))
    found: Counter[str] = Counter()
    faults: list[str] = []
    with scratch() as folder:
        home = os.path.join(folder, "home")
        children.run(home, "create", "configmap", "first")
        watchers = [children.Child(home, "get", "configmaps", "-w", "-o", "json", "--output-watch-events")
                    for _ in range(WATCHERS)]
        time.sleep(1)
        start = time.monotonic()
        records, workers = [], []
        for number in range(processes):
            records.append(os.path.join(folder, f"record{number}"))
            pid = os.fork()
            if not pid:
                code = 1
                try:
                    _worker(home, number, commands // processes + (number < commands % processes), records[-1])
                    code = 0
                finally:
                    os._exit(code)
            workers.append(pid)
        for pid in workers:
            assert not os.waitpid(pid, 0)[1], "a worker failed"
        found["seconds"] = int(time.monotonic() - start)
        time.sleep(3)
        for watcher in watchers:
            watcher.kill(signal.SIGINT)
        seen = [_events(watcher.result().out) for watcher in watchers]
        histories: dict[str, list[Operation]] = {name: [] for name in NAMES}
        for path in records:
            with open(path) as record:
                for row in record:
                    begin, end, each, wrong = json.loads(row)
                    found["commands"] += 1
                    faults += [wrong] if wrong else []
                    for name, (what, asked, got) in each.items():
                        histories[name].append(Operation(begin, end, what, asked, tuple(got) if isinstance(got, list)
                                                         else got))
                        found[got if isinstance(got, str) else what] += 1
        with open(os.path.join(stages.folder(home), "objects.jsonl")) as log:
            found["compactions"] = json.loads(log.readline())["generation"]
    for name, history in histories.items():
        if not linearizable(history, step, (0, "")):
            faults.append(f"the history of {name} is not linearizable")
    for events in seen:
        found["events"] += len(events)
        faults += _watched(events, histories)
    found["faults"] = len(faults)
    for fault in faults[:40]:
        print(f"     {fault}"[:400])
    return tally(f"{processes} processes, {WATCHERS} watchers", found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--commands", type=int, default=5000)
    asked = parser.parse_args()
    sys.exit(0 if main(asked.processes, asked.commands) else 1)
