"""python benchmarks/damage.py [--bytes N]: what a disk may do to a cluster's files behind kubesim's back.

N times for each file bytes are flipped, zeroed, put in, taken out or cut off. Reading gives the right answer or says
what is damaged; a write that is acknowledged is there afterwards; what is lost is only what stood in the damaged bytes,
and `sim doctor` tells of it and saves the rest. But for the log everything is mended without a word.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import shutil
import sys
from collections import Counter

import children
import stages
from common import scratch, tally

Objects = dict[str, dict]
NEW = json.loads(stages.documents("new"))


def _flip(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1:]


def _zero(data: bytes, at: int, rng: random.Random) -> bytes:
    length = min(rng.choice((1, 10, 512)), len(data) - at)
    return data[:at] + bytes(length) + data[at + length:]


def _insert(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at] + rng.choice((b"\n", b" ", b"x", rng.randbytes(20), data[at:at + 300])) + data[at:]


def _delete(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at] + data[at + rng.choice((1, 20, 4096)):]


def _truncate(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at]


KINDS = (_flip, _zero, _insert, _delete, _truncate)


def command(home: str, words: str, stdin: str = "") -> children.Result:
    """Run a command in this process."""
    from kubesim_cli.main import execute, told

    out, err = io.StringIO(), io.StringIO()
    try:
        code = execute(words.split(), {"KUBESIM_HOME": home}, (io.StringIO(stdin), out, err))
    except Exception as problem:
        code = 1
        err.write(f"error: {told(problem)}\n")
    return children.Result(code, out.getvalue(), err.getvalue())


def everything(folder: str) -> Objects:
    """Return the objects of a store that is right."""
    from kubesim_cli.store.store import Store

    store = Store(folder)
    found = {f"{resource} {key}": obj for resource in store.resources()
             for key, obj in zip(store.keys(resource), store.list(resource))}
    store.close()
    return found


def made(home: str) -> None:
    """Make a store of two generations whose index does not know the newest writes."""
    children.run(home, "sim", "reset", "--seed", "a")
    children.run(home, "sim", "clock", "freeze", "2024-01-01T00:00:00Z")
    children.run(home, "create", "deployment", "web", "--image=nginx", "--replicas=3")
    for number in range(12):
        names = (f"c{number % 5}", f"d{number}", "often")
        children.run(home, "apply", "-f", "-", stdin=stages.documents(*names, text=f"{number}" * 300),
                     settings={"store.GARBAGE": 0, "log.SLACK": -stages.MUCH} if number < 9 else {})
    children.run(home, "sim", "clock", "advance", "10s")
    children.run(home, "delete", "configmap", "d3", "d10")


class Damage:
    """One store, damaged again and again."""

    def __init__(self, home: str, scratch: str):
        self._home, self._folder = home, stages.folder(home)
        self._repaired = os.path.join(scratch, "repaired")
        self.pristine = {}
        for name in os.listdir(self._folder):
            with open(os.path.join(self._folder, name), "rb") as file:
                self.pristine[name] = file.read()
        self._right = everything(self._folder)
        self._listed = command(home, "get configmaps,pods,deployments -o json").out
        assert len(self._right) > 200 and "often" in self._listed

    def faults(self, name: str, data: bytes, found: Counter[str]) -> list[str]:
        """Put a damaged file into the store; return what goes wrong."""
        for each, content in {**self.pristine, name: data}.items():
            with open(os.path.join(self._folder, each), "wb") as file:
                file.write(content)
        for each in set(os.listdir(self._folder)) - set(self.pristine):
            os.unlink(os.path.join(self._folder, each))
        is_log = name == "objects.jsonl"
        faults = []
        read = command(self._home, "get configmaps,pods,deployments -o json")
        found["read"] += not read.code
        faults += self._told("reading", read, is_log)
        if not read.code and read.out != self._listed:
            faults.append("a silent wrong answer")
        write = command(self._home, "create -f -", json.dumps(NEW))
        found["written"] += not write.code
        faults += self._told("writing", write, is_log)
        again = command(self._home, "get configmap new -o json")
        if not write.code and (again.code or json.loads(again.out)["data"] != NEW["data"]):
            faults.append(f"an acknowledged write is not there: {again}")
        if write.code and not again.code:
            faults.append("a write was made and told as failed")
        return faults + self._saved(is_log, not write.code)

    def _told(self, what: str, done: children.Result, is_log: bool) -> list[str]:
        """Tell what is wrong with how a command ended."""
        if "kubesim failed" in done.err or done.code not in (0, 1) or (done.code and not done.err):
            return [f"{what} ends in {done}"]
        if done.code and not is_log:
            return [f"{what} fails though the log is right: {done}"]
        return []

    def _saved(self, is_log: bool, written: bool) -> list[str]:
        """Look at what the doctor says, and saves."""
        from kubesim_cli.store.doctor import Diagnosis

        found = Diagnosis(self._folder)
        if not is_log:
            return [f"damage where there is none: {found.wrong}"] if found.wrong else []
        if found.index is None:
            return [] if found.wrong else ["damage that nobody told of"]
        shutil.rmtree(self._repaired, ignore_errors=True)
        found.repair(self._repaired)
        saved = everything(self._repaired)
        told = " ".join(found.lost + found.doubtful)
        if "what was written last" in told or "a change, " in told:
            return []  # it could not be told whose it was
        gaps = [range(int(first), int(last) + 1) for first, last in re.findall(r"revisions (\d+) to (\d+)", told)]
        faults = []
        for key in sorted({*saved, *self._right} - {"configmaps default/new"}):
            right = self._right.get(key)  # where there is none, some lost change has deleted it
            revision = int((right or saved[key])["metadata"]["resourceVersion"])
            is_told = key in told or any(revision in gap if right else revision < gap.stop for gap in gaps)
            if saved.get(key) != right and not is_told:
                faults.append(f"{key} is lost or another one, and nobody told")
        if written and "configmaps default/new" not in saved:
            faults.append("an acknowledged write is not saved")
        return faults


def main(times: int, seed: int = 1) -> bool:
    stages.warm()
    rng = random.Random(seed)
    good = True
    with scratch() as folder:
        home = os.path.join(folder, "home")
        made(home)
        damage = Damage(home, folder)
        for name, data in sorted(damage.pristine.items()):
            found: Counter[str] = Counter()
            for number in range(times):
                kind = KINDS[number % len(KINDS)]
                at = rng.randrange(len(data))
                changed = kind(data, at, rng)
                found["damaged"] += changed != data
                for fault in damage.faults(name, changed, found):
                    found["faults"] += 1
                    print(f"     {name}, {kind.__name__[1:]} at {at} of {len(data)}: {fault}"[:600], flush=True)
            good &= tally(name, found)
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=1000)
    sys.exit(0 if main(parser.parse_args().bytes) else 1)
