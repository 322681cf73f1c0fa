"""Each controller is registered with the resources that its class watches."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import kubesim_cli
from kubesim_cli.cluster.loops import LOOPS
from kubesim_cli.helpers.controller import Controller


@pytest.mark.parametrize("name", LOOPS)
def test_the_table_tells_what_the_class_watches(name):
    assert sorted(LOOPS[name].resources) == sorted(LOOPS[name].load(name).watches)


def test_every_loop_is_registered():
    for package in ("controllers", "scheduler", "kubelet"):
        path = [f"{kubesim_cli.__path__[0]}/{package}"]
        for module in pkgutil.walk_packages(path, f"kubesim_cli.{package}."):
            importlib.import_module(module.name)

    def names(cls):
        for child in cls.__subclasses__():
            if child.name and child.__module__.startswith("kubesim_cli."):
                yield child.name
            yield from names(child)

    assert set(names(Controller)) == set(LOOPS)


@pytest.mark.parametrize("name", LOOPS)
def test_what_a_loop_is_of_it_watches(name):
    assert not LOOPS[name].of or "*" in LOOPS[name].resources or LOOPS[name].of in LOOPS[name].resources
