"""A cluster of three nodes with a user who does what dice say, and the checks of what must always be true."""

from __future__ import annotations

import os
import pathlib
from random import Random

from model import invariants
from model.journal import Journal
from model.operations import OPERATIONS

from kubesim_cli.apiserver.client import Client
from kubesim_cli.cluster.cluster import Cluster
from kubesim_cli.machinery.errors import StatusError

START = 1_704_067_200.0
OFTEN, SELDOM, RARELY = 5, 50, 1000  # operations between two looks: at the counts, at the rest, at the log


class Broken(Exception):
    """Something is not true that must be."""


class World:
    """`client` is an administrator's. The same seed gives the same operations, UIDs and times."""

    def __init__(self, folder: str, seed: int, release: tuple[int, int]):
        self.dice = Random(seed)
        self.folder = os.path.join(folder, "cluster")
        pathlib.Path(self.folder).mkdir()
        self.cluster = Cluster(self.folder, release, lambda: START, lambda seconds: None)
        self.cluster.reset(seed=str(seed), nodes=3)
        self.cluster.commit()
        self.cluster.begin()
        self.cluster.set_clock(frozen=START)
        self.cluster.commit()
        user = {"name": "admin", "groups": ["system:masters", "system:authenticated"]}
        self.client = Client(self.cluster.server, user=user)
        self.journal = Journal(self)
        self.done = 0
        self.refused = 0
        self.problems: list[str] = []

    def expect(self, true: object, otherwise: str) -> None:
        """Note what is not true."""
        if not true:
            self.problems.append(otherwise)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.cluster.set_clock(frozen=self.cluster.now + seconds)

    def step(self) -> str:
        """Do the next operation and look what became of it; returns its name. Raises Broken."""
        operate = self.dice.choices([each for _, each in OPERATIONS], [weight for weight, _ in OPERATIONS])[0]
        try:
            self.cluster.begin()
            try:
                operate(self)
            except StatusError:
                self.refused += 1
            self.cluster.commit()
        except Exception as problem:
            raise Broken(f"{operate.__name__}: {type(problem).__name__}: {problem}") from problem
        self.done += 1
        self.journal.read()
        if self.done % OFTEN == 0:
            invariants.check_counts(self)
        if self.done % SELDOM == 0:
            invariants.check_objects(self)
        if self.done % RARELY == 0:
            invariants.check_log(self)
        if self.problems:
            raise Broken(f"{operate.__name__}: " + "\n  ".join(self.problems))
        return operate.__name__
