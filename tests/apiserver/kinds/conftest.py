"""Kinds by themselves: objects written as YAML, and what a kind's hooks make of them."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver.kinds import base
from kubesim_cli.machinery.objects import clone
from kubesim_cli.releases import within

NOW = 1_704_067_200.0  # 2024-01-01T00:00:00Z


class Desk:
    """One kind at one release: takes objects through the hooks in the server's order."""

    def __init__(self, group: str, kind: str, release=(1, 36)):
        self.kind = base.load(group, kind)
        self.warned: list[str] = []
        self.ctx = base.Context(NOW, release, None, None, None, warn=self.warned.append)

    def new(self, obj: dict) -> dict:
        """Return the object as it would be stored."""
        obj = clone(obj)
        meta = obj.setdefault("metadata", {})
        meta.setdefault("name", "web")
        meta.update(namespace="default", uid="3f0b", creationTimestamp="2023-12-31T23:58:00Z")
        self.kind.default(obj, self.ctx)
        self.kind.prepare_create(obj, self.ctx)
        if self.kind.has_status and "status" not in obj:
            self.kind.default_status(obj, self.ctx)
        if self.kind.has_generation:
            meta["generation"] = 1
        return obj

    def errors(self, obj: dict) -> list[str]:
        return [str(error) for error in self.kind.validate(self.new(obj), self.ctx)]

    def change(self, old: dict, subresource: str = "", **spec) -> list[str]:
        """Return the errors of an update of a stored object; `spec`: fields to set, None drops one."""
        obj = clone(old)
        for key, value in spec.items():
            if value is None:
                obj["spec"].pop(key, None)
            else:
                obj["spec"][key] = value
        ctx = base.Context(NOW, self.ctx.release, None, None, None, subresource)
        self.kind.default(obj, ctx)
        self.kind.prepare_update(obj, old, ctx)
        return [str(error) for error in self.kind.validate_update(obj, old, ctx)]

    def row(self, obj: dict) -> list:
        """Return the cells of the columns that the release has."""
        self.ctx.row = None
        return [column.cell(obj, self.ctx) for column in self.kind.columns
                if within(self.ctx.release, column.since, column.until)]

    def warnings(self, obj: dict) -> list[str]:
        return self.kind.warnings(self.new(obj), None, self.ctx)


@pytest.fixture
def desk():
    return Desk


@pytest.fixture
def fits():
    """Whether messages are the expected ones, of which some are told only up to `...`."""
    def test(found: list[str], expected: list[str]) -> bool:
        return len(found) == len(expected) and all(
            text.startswith(words[:-3]) if words.endswith("...") else text == words
            for text, words in zip(found, expected, strict=True))

    return test


@pytest.fixture
def container():
    return {"name": "c", "image": "nginx:1.27"}


@pytest.fixture
def template(container):
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
