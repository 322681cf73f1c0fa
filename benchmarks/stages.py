"""What is killed, loses power or fails: commands that each take a store from one state to another in a way of its own.

Clocks stand still and names come from seeds, so that a command ends in the same state whenever it is run, and anything
else than the state before and the state after is half a transaction.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
import tempfile
from typing import NamedTuple

import children
import places
from common import ROOT

Objects = dict[tuple[str, str], "str | None"]
MUCH = 1 << 40


def documents(*names: str, text: str = "new") -> str:
    """Return manifests of ConfigMaps."""
    return "\n".join(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name},
                                 "data": {"text": text}}) for name in names)


class Step(NamedTuple):
    words: str
    stdin: str = ""


class Stage(NamedTuple):
    """`before` makes the store ready for `step`; `settings` are constants of the store while `step` runs."""
    before: list[Step]
    step: Step
    settings: dict[str, int] = {}
    prepare: str = ""  # a store to begin with, or what else is done


_FROZEN = [Step("sim reset --seed a"), Step("sim clock freeze 2024-01-01T00:00:00Z"),
           Step("create -f -", documents("old1", "old2", "old3", text="old"))]
_THREE = Step("create -f -", documents("new1", "new2", "new3"))
_BIG = [Step("create -f -", documents("big", text="x" * 200_000)),
        *(Step("replace -f -", documents("big", text=letter * 200_000)) for letter in "yzu")]

STAGES = {
    "the first command": Stage([], _THREE),
    "a write": Stage(_FROZEN, _THREE),
    "a delete": Stage(_FROZEN, Step("delete configmap old1 old2 old3")),
    "a write that writes the index": Stage(_FROZEN, _THREE, {"log.SLACK": -MUCH}),
    "a write that compacts": Stage([*_FROZEN, *_BIG], Step("replace -f -", documents("old1", "old2", "old3")),
                                   {"store.GARBAGE": 0, "log.SLACK": -MUCH}),
    "a write that spills": Stage(_FROZEN, _THREE, {"store.SPILL": 200}),
    "a write over a torn tail": Stage(_FROZEN, _THREE, prepare="tail"),
    "the first write to a store of 0.1": Stage([], _THREE, prepare="store-0.1"),
    "time that passes": Stage([*_FROZEN, Step("create deployment web --image=nginx --replicas=3")],
                              Step("sim clock advance 10s")),
    "an exec that writes a file": Stage([*_FROZEN, Step("run a --image=busybox --command -- sleep infinity"),
                                         Step("sim clock advance 10s"), Step("exec a -- true")],
                                        Step("exec a -- dd if=/dev/urandom of=/f bs=1000 count=1")),
    "an undo": Stage([*_FROZEN, Step("delete configmap old1 old2")], Step("sim undo")),
    "an undo of what was compacted away": Stage(
        [*_FROZEN, Step("delete configmap old1 old2"), *_BIG, *_BIG[1:], *_BIG[1:]], Step("sim undo 11")),
    "a redo that compacts": Stage([*_FROZEN, *_BIG, Step("sim undo 3")], Step("sim redo 3"),
                                  {"store.GARBAGE": 0, "log.SLACK": -MUCH}),
    "a snapshot that is restored": Stage([*_FROZEN, Step("sim snapshot save a"), Step("delete configmap old1 old2")],
                                         Step("sim snapshot restore a")),
    "a reset": Stage(_FROZEN, Step("sim reset --seed b")),
}
AFTER = Step("create -f -", documents("after"))


def warm() -> None:
    """Import whatever the steps need."""
    steps = [*_FROZEN, Step("create deployment web --image=nginx"), Step("sim clock advance 1m"), _THREE, *_BIG,
             Step("run a --image=busybox --command -- sleep infinity"), Step("sim clock advance 10s"),
             Step("exec a -- dd if=/dev/zero of=/f bs=1000 count=1"),
             Step("sim undo"), Step("sim redo"), Step("sim snapshot save a"), Step("sim snapshot restore a"),
             Step("replace -f -", documents("old1")), Step("delete configmap old1 old2"), Step("get configmap -o json"),
             Step("delete configmap nothing"), Step("sim doctor"), Step("sim reset")]
    children.warm(*steps)


def folder(home: str) -> str:
    """Return where the store of a home is."""
    return os.path.join(home, "clusters", "minikube")


def objects(home: str) -> Objects:
    """Return the objects of a store, what its ConfigMaps hold, its parts, and lost blobs; raises StoreError."""
    from kubesim_cli.store.store import Store

    store = Store(folder(home))
    try:
        found = {(resource, key): str(obj["data"]) if obj.get("data") else None
                 for resource in store.resources() for key, obj in zip(store.keys(resource), store.list(resource))}
        for name, value in store.parts().items():
            found["part", name] = json.dumps(value)
        for name in store.lost_blobs():
            found["lost blob", name] = None
        return found
    finally:
        store.close()


class Scene:
    """A stage that is set: the store before and after, to be taken up any number of times."""

    def __init__(self, stage: Stage, scratch: str):
        self.stage = stage
        self._scratch = scratch
        self._known: dict[bytes, tuple[Objects | None, list[str]]] = {}  # stores that were looked at
        self._made = os.path.join(tempfile.mkdtemp(dir=scratch), "home")
        if stage.prepare == "store-0.1":
            shutil.copytree(ROOT / "fixtures" / "store-0.1", folder(self._made))
        for step in stage.before:
            done = children.run(self._made, *step.words.split(), stdin=step.stdin)
            assert not done.code, done
        if stage.prepare == "tail":
            with open(os.path.join(folder(self._made), "objects.jsonl"), "ab") as log:
                log.write(b'{"rv":999,"type":"ADDED","resource":"configmaps","key":"default/torn","object":{}}\n' * 50)
        self.before = objects(self._made)
        home = self.home()
        child = self.child(home)
        done = child.result()
        assert not done.code, done
        self.after = objects(home)
        assert self.before != self.after
        self.drop(home)

    def home(self) -> str:
        """Return a home of its own that holds the store as it was before the step."""
        home = os.path.join(tempfile.mkdtemp(dir=self._scratch), "home")
        if os.path.exists(self._made):
            shutil.copytree(self._made, home)
        return home

    def drop(self, home: str) -> None:
        shutil.rmtree(os.path.dirname(home))

    def child(self, home: str, step: Step | None = None, **how) -> children.Child:
        """Begin the step, or another one in its place; `how`: see children.Child."""
        step = step or self.stage.step
        return children.Child(home, *step.words.split(), stdin=step.stdin, settings=self.stage.settings, **how)

    def places(self, step: Step | None = None) -> list[places.Place]:
        """Return each system call of the step, as strace finds them, with its kind."""
        plain, marked = (self._recorded(step, marked) for marked in (False, True))
        assert [place[:2] for place in plain] == [place[:2] for place in marked], "a command's calls are never the same"
        return marked

    def _recorded(self, step: Step | None, marked: bool) -> list[places.Place]:
        home = self.home()
        trace = children.traced(self.child(home, step, held=True, marked=marked), "-y", "-s", "0")[1]
        self.drop(home)
        return places.parse(trace, home)

    def faults(self, home: str, right: list[Objects], done: children.Result | None = None) -> list[str]:
        """Tell what is wrong with a store after the step was disturbed; afterwards there is one object more.

        `right`: what may be in the store; `done`: how the step ended.
        """
        there, found = self._standing(home)
        if there is None:
            return found
        found = [*found]
        if there not in right and not ({} in right and _only_defaults(there)):
            what = "all of it" if there == self.after else "nothing" if there == self.before else "something"
            found.insert(0, f"{what} is there and should not: {sorted({*there} ^ {*right[0]})[:9]}")
        if done and "kubesim failed" in done.err + done.out:
            found.append("an internal error")
        return found

    def _standing(self, home: str) -> tuple[Objects | None, list[str]]:
        """Return what is in a store (None: it does not open), and what is wrong with it whatever ought to be in it.

        The same bytes are the same store, which is looked at once.
        """
        bytes_of = _digest(home)
        if bytes_of not in self._known:
            self._known[bytes_of] = _look(home)
        return self._known[bytes_of]


def _digest(home: str) -> bytes:
    """Return what tells the files of a home from others, but for random names and the process that has the lock."""
    found = hashlib.sha256()
    for path in sorted(pathlib.Path(home).rglob("*"), key=lambda path: places.named(str(path))):
        content = path.read_bytes() if path.is_file() and path.name != "lock" else b""
        found.update(f"{places.named(str(path.relative_to(home)))} {path.lstat().st_mode} {len(content)} ".encode())
        found.update(content)
    return found.digest()


def _look(home: str) -> tuple[Objects | None, list[str]]:
    """Return what is in a store and what is wrong with it, after a command, an undo and sim doctor."""
    from kubesim_cli.store.log import StoreError

    found = []
    try:
        there = objects(home)
    except (StoreError, OSError) as error:
        return None, [f"the store does not open: {error}"]
    after = children.run(home, *AFTER.words.split(), stdin=AFTER.stdin)
    if after.code or ("configmaps", "default/after") not in objects(home):
        found.append(f"the next command does not work: {after}")
    elif {*there} - {*objects(home)}:
        found.append("the next command loses objects")
    undone = children.run(home, "sim", "undo")
    if undone.code or objects(home) != there:
        found.append(f"undoing the next command does not lead back: {undone}")
    doctor = children.run(home, "sim", "doctor")
    if doctor.code:
        found.append(f"damaged: {doctor.out}")
    return there, found


def _only_defaults(there: Objects) -> bool:
    """Whether this is what a cluster has before anybody asks for anything: it may be made, or not, at any time."""
    return not any(resource == "configmaps" and not key.endswith("/kube-root-ca.crt") for resource, key in there)
