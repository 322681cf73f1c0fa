"""KUBESIM_HOME: where everything is."""

from __future__ import annotations

import os

import pytest

from kubesim_cli.kubectl.kubeconfig import home


@pytest.mark.parametrize(("value", "folder"), [("", "~/.kubesim"), ("~/x", "~/x"), ("~", "~"), ("/a/~/b", "/a/~/b"),
                                               ("rel", "rel")])
def test_a_tilde_that_the_shell_left_is_the_users_home(value, folder):
    assert home({"KUBESIM_HOME": value}) == os.path.expanduser(folder)
