"""Which images there are, and what the index has of them."""

from __future__ import annotations

import importlib.util
import pathlib

import pytest

from kubesim_cli.go import plainyaml
from kubesim_cli.kubelet.images import catalogue, checking, image, names
from kubesim_cli.kubelet.images.catalogue import BUILT_IN, Catalogue

ROOT = pathlib.Path(__file__).parents[3]
FOLDER = pathlib.Path(image.__file__).parent
_spec = importlib.util.spec_from_file_location("images", ROOT / "hack" / "images.py")
hack = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hack)


def test_the_index_is_that_of_the_files():
    assert hack.INDEX.read_text(encoding="utf-8") == hack.index(), "python hack/images.py"
    assert hack.DESCRIPTIONS.read_text(encoding="utf-8") == hack.descriptions(), "python hack/images.py"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_descriptions_need_no_scanner_of_all_of_yaml(path):
    plainyaml.document(path.read_text(encoding="utf-8"))


def test_a_name_is_described_once():
    every = [name for each in hack.described().values() for name in each["names"]]
    assert len(every) == len(set(every))
    assert all(name == names.repository(name) for name in every)
    library = {name.removeprefix(names.LIBRARY) for name in every if name.startswith(names.LIBRARY)}
    assert library - set(catalogue.index()["official"]) == set()


@pytest.mark.parametrize("name", [
    "nginx", "nginx:1", "nginx:1.14.2", "nginx:1.27-alpine", "nginx:1.27.3-alpine3.20-slim", "nginx:stable-perl",
    "docker.io/nginx", "docker.io/library/nginx:1.29", "index.docker.io/library/nginx", "nginx:mainline-bookworm",
    "mysql:5.6", "mysql:8.0.36-debian", "mariadb:10.6-focal", "postgres:9.6.2-alpine", "postgres:19beta3-trixie",
    "redis:6.0.5", "redis:7-alpine3.20", "busybox:1.28", "busybox:1.36.1-musl", "ubuntu:22.04",
    "ubuntu:22.10", "ubuntu:jammy-20240111",
    "debian:bookworm-slim", "debian:12.5-slim", "alpine:3.19.1", "python:3.12-slim-bookworm", "python:3.9.0rc1-alpine",
    "node:20-alpine3.19", "node:lts-iron", "openjdk:8u342-jre-slim", "openjdk:17-jdk-slim", "perl:5.34.0",
    "wordpress:6.2.1-apache", "wordpress:php8.2-fpm-alpine", "mongo:4.4.6-bionic", "rabbitmq:3-management-alpine",
    "httpd:2.4.57-alpine", "cassandra:3.11.2", "golang:1.22-alpine", "tomcat:9.0-jdk17-temurin", "hello-world:linux",
    "registry.k8s.io/pause:3.9", "k8s.gcr.io/pause:3.1", "gcr.io/google_containers/echoserver:1.4",
    "registry.k8s.io/e2e-test-images/agnhost:2.40", "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10",
    "gcr.io/google-samples/hello-app:2.0", "gcr.io/google_samples/gb-frontend:v5",
    "gcr.io/google-samples/cassandra:v13",
    "registry.k8s.io/nginx-slim:0.21", "registry.k8s.io/hpa-example", "traefik/whoami:v1.10",
    "nginxdemos/hello:plain-text",
    "elasticsearch:8.11.1", "jenkins", "haproxy:2.9-alpine", "kibana:7.17.3", "eclipse-temurin:21-jre-alpine",
    "bitnami/nginx:sometag", "quay.io/prometheus/node-exporter:v1.7.0", "ghcr.io/someone/thing:main",
    "localhost:5000/app", "registry.example.com/app:v9", "nginx@sha256:" + "a" * 64])
def test_images_that_are_there(name):
    assert BUILT_IN.missing(name) == ""


@pytest.mark.parametrize(("name", "missing"), [
    ("ngnix", "repository"), ("ngnix:1.27", "repository"), ("docker.io/library/ngnix", "repository"),
    ("my-app:1.0", "repository"), ("doesnotexist", "repository"), ("doesnotexist/app:v1", "repository"),
    ("non-existing-repo/non-existing-image:example", "repository"), ("quay.io/x/nonexistent:1", "repository"),
    ("nginx:1.161", "tag"), ("nginx:1.91", "tag"), ("nginx:sometag", "tag"), ("nginx:doesnotexist", "tag"),
    ("nginx:2.0", "tag"), ("nginx:v1", "tag"), ("nginx:27", "tag"), ("nginx:1.27-apline", "tag"), ("mysql:10", "tag"),
    ("busybox:3", "tag"), ("ubuntu:25", "tag"), ("ubuntu:22.05", "tag"), ("redis:latst", "tag"), ("httpd:2.7", "tag"),
    ("registry.k8s.io/pause:99", "tag"), ("gcr.io/google-samples/hello-app:3.0", "tag"), ("elasticsearch:foo", "tag"),
    ("kibana:not-a-tag", "tag"), ("someone/app:doesnotexist", "tag")])
def test_images_that_are_not_there(name, missing):
    assert BUILT_IN.missing(name) == missing


def test_what_was_said_to_fail():
    known = Catalogue({}, ["docker.io/library/redis", "docker.io/library/nginx:1.27", "quay.io/a/b:latest"])
    assert known.missing("redis:7") == "repository" and known.missing("docker.io/redis") == "repository"
    assert known.missing("nginx:1.27") == "tag" and known.missing("nginx:1.28") == "" and known.missing("nginx") == ""
    assert known.missing("quay.io/a/b") == "tag" and known.missing("quay.io/a/b:1") == ""


def test_a_users_own_image():
    own = {"names": ["docker.io/library/shop"], "tags": {"versions": ["1.0-1.3"]}, "command": ["serve"], "runs": True,
           "programs": "serve", "size": 5_000_000, "from": "alpine"}
    known = Catalogue({"docker.io/library/shop": own}, [])
    assert known.missing("shop:1.2") == "" and known.missing("shop:2") == "tag" and known.size("shop:1.2") == 5_000_000
    facts = known.facts("shop:1.2")
    assert facts.command == ["serve"] and facts.runs
    inside = image.of(facts.key)  # the key alone tells what is in it, whatever becomes of the catalogue
    assert "serve" in inside.programs and "/sbin/apk" in inside.programs and inside.shell == "ash"


def test_variants_and_versions():
    assert image.of("nginx:1.27").shell == "dash" and image.of("nginx:1.27-alpine3.20").shell == "ash"
    assert image.of("nginx:1.27").env["NGINX_VERSION"] == "1.27.5"
    assert image.of("mysql:8.0").env["MYSQL_MAJOR"] == "8.0"
    assert image.of("ubuntu:22.04").files["/etc/os-release"].startswith('PRETTY_NAME="Ubuntu 22.04 LTS"')
    assert image.of("nginx:1.14.2-alpine").env["NGINX_VERSION"] == "1.14.2"
    assert image.of("nginx").env["NGINX_VERSION"] == image.of("nginx:stable").env["NGINX_VERSION"]
    assert "VERSION_ID=3." in image.of("redis:7-alpine").files["/etc/os-release"]
    assert BUILT_IN.facts("php:8-apache").command == ["apache2-foreground"]
    assert BUILT_IN.facts("example.com/x") is None and not image.of("example.com/x").is_known


def test_pulls_take_one_to_five_seconds():
    for each in hack.described().values():
        assert all(1 <= BUILT_IN.seconds(name) <= 5 for name in each["names"])
    assert BUILT_IN.seconds("mysql") > BUILT_IN.seconds("busybox")
    assert BUILT_IN.seconds("nginx:1.26") != BUILT_IN.seconds("nginx:1.27")


@pytest.mark.parametrize(("described", "words"), [
    ([], "by a mapping"), ({}, "names"), ({"names": [1]}, "names"), ({"names": ["a"], "x": 1}, 'unknown field "x"'),
    ({"names": ["a"], "command": "sh"}, "command has to be a list"), ({"names": ["a"], "size": "1"}, "size"),
    ({"names": ["a"], "shell": "zsh"}, "shell"), ({"names": ["a"], "env": []}, "env has to be a mapping"),
    ({"names": ["a"], "variants": {"slim": {"y": 1}}}, 'unknown field "y"'),
    ({"names": ["a"], "variants": {"slim": 1}}, 'variants "slim" has to be a mapping'),
    ({"names": ["a"], "tags": {"words": 5}}, "tags.words has to be a list"),
    ({"names": ["a"], "tags": {"versions": [[]]}}, r"tags.versions\[0\] has to be a string or a number"),
    ({"names": ["a"], "servers": {"x": {"signals": {"NO": 1}}}}, 'servers "x" .signals "NO" has to be HUP'),
    ({"names": ["a"], "servers": {"x": {"ports": [70000]}}}, 'servers "x" .ports'),
    ({"names": ["a"], "files": {"etc": ""}}, 'files "etc" has to be an absolute path'),
    ({"names": ["a"], "files": {"/a/../b": ""}}, "absolute path"), ({"names": ["a"], "user": "root"}, "UID"),
    ({"names": ["a"], "from": "official"}, "no description"), ({"names": ["a"], "from": "../x"}, "no description"),
    ({"names": ["a"], "folders": ["/a b"]}, "PATH UID MODE"), ({"names": ["a"], "usage": {"cpu": "x"}}, "quantity"),
    ({"names": ["a"], "size": -1}, "size has to be a number"), ({"names": ["a"], "runs": "yes"}, "runs has to be true"),
    ({"names": ["a"], "programs": "/usr/bin/"}, "no program"), ({"names": ["a"], "users": {"a": -1}}, "whole number")])
def test_what_is_no_description(described, words):
    with pytest.raises(checking.Invalid, match=words):
        checking.check(described)


def _changed(value, number):
    """Yield copies of a description, each with one value in it that is another."""
    odd = (None, [], {}, "", "x y", -1, 1e99, True, [[]], {"a": None}, "\ud800"[:0], ["/"], {"/": "/"})
    if isinstance(value, dict):
        for key, each in value.items():
            yield {**value, key: odd[number % len(odd)]}
            yield {name: other for name, other in value.items() if name != key}
            for changed in _changed(each, number + 1):
                yield {**value, key: changed}
    elif isinstance(value, list):
        for i, each in enumerate(value):
            for changed in _changed(each, number + 2):
                yield [*value[:i], changed, *value[i + 1:]]


@pytest.mark.parametrize("file", ["nginx", "postgres", "rabbitmq", "kubernetes-zookeeper"])
def test_what_is_taken_for_a_description_can_be_used(file):
    """Whatever is odd in it is refused, or does no harm."""
    accepted = 0
    for number in range(0, 13, 4):
        for described in _changed(image.read(file), number):
            try:
                checking.check(described)
            except checking.Invalid:
                continue
            accepted += 1
            known = Catalogue({"docker.io/library/x": described})
            for name in ("x", "x:1.2-alpine", "x:sometag"):
                known.missing(name), known.seconds(name), known.size(name), known.usage(name)
                inside = image.Image(name, described)
                assert isinstance(inside.env, dict) and inside.shell
    assert accepted
