"""Names of images."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet.images import names


@pytest.mark.parametrize(("image", "whole"), [
    ("nginx", "docker.io/library/nginx"), ("nginx:1", "docker.io/library/nginx"), ("a/b", "docker.io/a/b"),
    ("docker.io/nginx", "docker.io/library/nginx"), ("index.docker.io/library/x:2", "docker.io/library/x"),
    ("index.docker.io/x", "docker.io/library/x"), ("k8s.gcr.io/pause:3", "registry.k8s.io/pause"),
    ("gcr.io/google-containers/x", "registry.k8s.io/x"), ("localhost/x", "localhost/x"),
    ("localhost:5000/x:1", "localhost:5000/x"), ("nginx@sha256:ab", "docker.io/library/nginx")])
def test_repository(image, whole):
    assert names.repository(image) == whole


@pytest.mark.parametrize(("image", "parts"), [
    ("a", ("a", "", "")), ("a:1", ("a", "1", "")), ("a:1@sha256:b", ("a", "1", "sha256:b")),
    ("h:5/a", ("h:5/a", "", ""))])
def test_split(image, parts):
    assert names.split(image) == parts


@pytest.mark.parametrize(("image", "words"), [
    ("nginx", ""), ("a-b_c.d/e:F.1", ""), ("h:5000/a", ""),
    ("Nginx", "invalid reference format: repository name (library/Nginx) must be lowercase"),
    ("a/B", "invalid reference format: repository name (a/B) must be lowercase"),
    ("a//b", "invalid reference format"), ("-a", "invalid reference format"), ("a:b c", "invalid reference format"),
    ("a:" + "x" * 129, "invalid reference format"), ("a b", "invalid reference format"),
    (":", "invalid reference format")])
def test_invalid(image, words):
    assert names.invalid(image) == words
