"""Keys of YAML that are no strings become the strings that sigs.k8s.io/yaml makes of them."""

from __future__ import annotations

import pytest

from kubesim_cli.go import yaml


@pytest.mark.parametrize("key, text", [
    ("1.5", "1.5"), ("1e-7", "1e-07"), ("1e22", "1e+22"), ("0.1", "0.1"), ("-2.5e3", "-2500"), ("1e300", ".inf"),
    ("-1e300", "-.inf"), (".inf", ".inf"), ("-.inf", "-.inf"), (".nan", ".nan"), ("7", "7"), ("true", "true")])
def test_keys(key, text):
    assert yaml.load(f"{{{key}: a}}") == {text: "a"}
