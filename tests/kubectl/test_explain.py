"""kubectl explain: how kinds and fields are named, and where their schemas come from."""

from __future__ import annotations

import pytest

from kubesim_cli.kubectl.printers.explain import descriptions

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shirts.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: shirts, singular: shirt, kind: Shirt}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        description: A shirt.
        properties:
          spec:
            type: object
            description: What it is made of.
            required: [color]
            properties:
              color: {type: string, description: Its color., enum: [blue, red]}
              size: {type: integer}
"""
POD = "KIND:       Pod\nVERSION:    v1\n\n"


@pytest.fixture(autouse=True)
def no_library(monkeypatch):
    monkeypatch.setattr(descriptions, "installed", lambda: None)


@pytest.mark.parametrize(("args", "head"), [
    ("pods", "KIND:       Pod\nVERSION:    v1\n\nDESCRIPTION:\n"),
    ("Pod.spec.dnsPolicy", f"{POD}FIELD: dnsPolicy <string>\n"),
    ("po.spec.containers.", f"{POD}FIELD: containers <[]Container>\n"),
    ("deploy", "GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n\n"),
    ("deployments.apps.spec.replicas", "GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n\nFIELD: repl"),
    ("hpa", "GROUP:      autoscaling\nKIND:       HorizontalPodAutoscaler\nVERSION:    v2\n\n"),
    ("hpa --api-version=autoscaling/v1",
     "GROUP:      autoscaling\nKIND:       HorizontalPodAutoscaler\nVERSION:    v1\n\n"),
    ("pods.spec --output=plaintext-openapiv2", "KIND:     Pod\nVERSION:  v1\n\nRESOURCE: spec <Object>\n"),
])
def test_names(terminal, args, head):
    assert terminal.ok(f"kubectl explain {args}").startswith(head)


@pytest.mark.parametrize(("args", "err"), [
    ("", 'error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of '
         "supported resources.\n"),
    ("pods spec", "error: We accept only this format: explain RESOURCE\n"),
    ("nosuch.spec", 'the server doesn\'t have a resource type "nosuch"\n'),
    ("pods[0]", "error: invalid jsonpath syntax, first node must be field node\n"),
    ("pods.spec[0]", "error: invalid jsonpath syntax, first node must be field node\n"),
    ("pods.spec[0] --api-version=v1", "error: invalid jsonpath syntax, all nodes must be field nodes\n"),
    ("pods}{.a", "error: must pass in 1 jsonpath string\n"),
    ("pods.*", "error: unrecognized character in action: U+002A '*'\n"),
    ("pods --api-version=a/b/c", "error: unexpected GroupVersion string: a/b/c\n"),
    ("pods --api-version=foo/v9", 'error: couldn\'t find resource for "foo/v9, Resource=pods"\n'),
    ("pods --api-version=apps/v1", "error: GVR (apps/v1, Resource=pods) not found in OpenAPI schema\n"),
    ("pods --api-version=apps/v1 --output=plaintext-openapiv2",
     'error: couldn\'t find resource for "apps/v1, Kind=Pod"\n'),
    ("pods --output=json", "error: unrecognized format: json\n"),
])
def test_errors(terminal, args, err):
    assert terminal(f"kubectl explain {args}") == (1, "", err)


def test_missing_field(terminal):
    result = terminal("kubectl explain pods.spec.no.such")
    assert (result.code, result.out) == (1, POD)
    assert result.err.endswith('\nerror: field "such" does not exist\n')


def test_the_library_is_asked_for(terminal):
    result = terminal("kubectl explain pods.spec")
    assert result.code == 0 and "kubernetes-validate" in result.err
    assert "containers\t<[]Container> -required-\n    <no description>\n" in result.out


def test_custom_resources(terminal):
    terminal.ok("kubectl create -f -", CRD)
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.28"
    assert terminal("kubectl explain shirt.spec") == (0, """\
GROUP:      stable.example.com
KIND:       Shirt
VERSION:    v1

FIELD: spec <Object>

DESCRIPTION:
    What it is made of.
    \nFIELDS:
  color	<string> -required-
    Its color.

  size	<integer>
    <no description>


""", "")
    assert "metadata\t<ObjectMeta>" in terminal.ok("kubectl explain shirts.stable.example.com")


@pytest.mark.parametrize("output", ["", "-o plaintext-openapiv2"])
def test_fields_down_to_a_depth(terminal, output):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.37"
    fields = terminal.ok(f"kubectl explain services.spec --recursive --max-depth=2 {output}").partition("FIELDS:")[2]
    whole = terminal.ok(f"kubectl explain services.spec --recursive {output}").partition("FIELDS:")[2]
    step = 3 if output else 2
    depths = {(len(line) - len(line.lstrip())) // step for line in fields.splitlines() if "\t" in line}
    assert depths == {1, 2}
    assert {(len(line) - len(line.lstrip())) // step for line in whole.splitlines() if "\t" in line} == {1, 2, 3}


@pytest.mark.parametrize(("flags", "err"), [
    ("--max-depth=2", "error: --max-depth requires --recursive\n"),
    ("--recursive --max-depth=-1", "error: --max-depth must be non-negative\n")])
def test_depths_that_are_refused(terminal, flags, err):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.37"
    assert terminal(f"kubectl explain pods {flags}").err == err


def test_recursive(terminal):
    lines = terminal.ok("kubectl explain services.spec --recursive").splitlines()
    at = lines.index("  ports\t<[]ServicePort>")
    assert lines[at + 1].startswith("    appProtocol\t<string>")
