"""kubectl goes on believing in a custom resource for a while after its definition is gone."""

from __future__ import annotations

import pytest

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: books.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: books, singular: book, kind: Book, shortNames: [bk]}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""
GONE = ('Error from server (NotFound): Unable to list "example.com/v1, Resource=books": the server could not find the '
        "requested resource (get books.example.com)\n")
UNKNOWN = "error: the server doesn't have a resource type \"bk\"\n"


@pytest.fixture
def library(terminal):
    terminal.ok("kubectl apply -f -", CRD)
    terminal.ok("kubectl get bk")
    return terminal


def test_a_type_it_saw_is_asked_for(library):
    library.ok("kubectl delete crd books.example.com")
    assert library("kubectl get bk").err == GONE
    assert library("kubectl get books.v1.example.com").err == GONE


def test_a_type_it_never_asked_for_is_unknown(terminal):
    terminal.ok("kubectl apply -f -", CRD)
    terminal.ok("kubectl delete crd books.example.com")
    assert terminal("kubectl get bk").err == UNKNOWN


def test_memory_fades(library):
    library.ok("kubectl delete crd books.example.com")
    library.advance("7h")
    assert library("kubectl get bk").err == UNKNOWN


def test_a_name_it_does_not_know_makes_it_look_again(library):
    library.ok("kubectl delete crd books.example.com")
    assert library("kubectl get bk.example.com.x").code == 1
    assert library("kubectl get bk").err == UNKNOWN
