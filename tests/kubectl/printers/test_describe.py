import json
import pathlib
import re
import time

import pytest

from kubesim_cli.kubectl.printers import PrinterError
from kubesim_cli.kubectl.printers.describe import describe, describe_pod_template
from kubesim_cli.kubectl.printers.describe.generic import smart_label
from kubesim_cli.machinery import errors, selectors

# Objects of every kind, and how kubectl 1.32 described them at `now` (lines).
RECORDED = json.loads(pathlib.Path(__file__).with_name("describe_cases.json").read_text(encoding="utf-8"))
PLURALS = {"endpoints": "Endpoints", "endpointslices": "EndpointSlice", "events": "Event", "leases": "Lease",
           "limitranges": "LimitRange", "pods": "Pod", "replicasets": "ReplicaSet", "resourcequotas": "ResourceQuota",
           "resourceslices": "ResourceSlice", "secrets": "Secret", "services": "Service"}


class Client:
    """Reads a list of objects as `apiserver.client.Client` would."""

    def __init__(self, objects, release=(1, 32)):
        self.objects, self.release = objects, release

    def _of(self, resource):
        return [obj for obj in self.objects if obj["kind"] == PLURALS[resource.partition(".")[0]]]

    def get(self, resource, name, namespace=""):
        for obj in self._of(resource):
            if (obj["metadata"]["name"], obj["metadata"].get("namespace", "")) == (name, namespace):
                return obj
        raise errors.not_found(resource, name)

    def list(self, resource, namespace="", *, label_selector="", field_selector="", limit=0, continue_=""):
        labels = selectors.parse(label_selector)
        terms = selectors.parse_fields(field_selector) if field_selector else []
        found = [obj for obj in self._of(resource) if obj["metadata"].get("namespace", "") == (namespace or field(
            obj, "metadata.namespace"))]
        return {"metadata": {}, "items": [
            obj for obj in found if selectors.matches(labels, obj["metadata"].get("labels"))
            and selectors.fields_match(terms, {path: field(obj, path) for path, _, _ in terms})]}


def field(obj, path):
    for name in path.split("."):
        obj = obj.get(name, {})
    return obj or ""


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()


def find(name):
    return next(obj for obj in RECORDED["objects"] if f"{obj['kind']}/{obj['metadata']['name']}" == name)


def show(name, release=(1, 36), **options):
    return describe(find(name), Client(RECORDED["objects"], release), now=RECORDED["now"], **options)


@pytest.mark.parametrize("name", RECORDED["described"])
def test_as_recorded(name):
    assert show(name, (1, 32)).split("\n") == RECORDED["described"][name]


def test_events_can_be_left_out():
    assert "Events:" in show("Deployment/dep")
    assert "Events:" not in show("Deployment/dep", show_events=False)


# What later or earlier releases say that 1.32 does not: (object, release, there, not there), runs of spaces folded.
@pytest.mark.parametrize(("name", "release", "there", "gone"), [
    ("Pod/full", (1, 36), "Ports: 80/TCP (http), 443/TCP", "ConfigMapOptional"),
    ("Pod/full", (1, 36), "spec.containers{web}: Started container web", "<unknown>\n img"),
    ("Pod/full", (1, 28), "img:\n <unknown>", "Resources:"),
    ("ServiceAccount/sa", (1, 36), "Image pull secrets: reg1\n reg2\n", "Mountable secrets"),
    ("CronJob/cj", (1, 36), "Time Zone: Europe/Berlin\n", "Pod Ip"),
    ("DaemonSet/ds", (1, 36), "Namespace: default\nSelector:", "Kube-Proxy"),
    ("Service/svc", (1, 36), "Traffic Distribution: PreferClose\n", "\nIP: 9.9.9.9"),
    ("Service/svc", (1, 36), "AppProtocol: h2c\n", "TargetPort: 80/TCP"),
    ("Service/svc", (1, 28), "Endpoints: 10.244.0.1:8080,10.244.0.3:8080,1.1.1.1\n", "Internal Traffic Policy"),
    ("Service/svc", (1, 28), "\nIP: 9.9.9.9", "(VIP)"),
    ("Ingress/ing", (1, 28), 'gone:1 (<error: endpoints "gone" not found>)', "services"),
    ("Job/job", (1, 28), "Completion Mode: Indexed\nStart Time", "Backoff Limit"),
    ("ReplicaSet/rs1", (1, 28), "Volumes: <none>\n", "Tolerations"),
    ("ConfigMap/cm", (1, 28), "line2\n\n\nBinaryData", "line2\n\n\n\nBinaryData"),
    ("Node/n1", (1, 36), "Kubelet Version:", "Kube-Proxy Version"),
    ("Lease/l2", (1, 36), "Cluster I Ps:", "Pod Ip"), ("Lease/l2", (1, 35), "Pod I Ps:", "KubeAPIServer"),
])
def test_releases(name, release, there, gone):
    shown = re.sub(" +", " ", show(name, release))
    assert there in shown
    assert gone not in shown


@pytest.mark.parametrize(("field_name", "label"), [
    ("lastScaleTime", "Last Scale Time"), ("apiVersion", "API Version"), ("podIP", "Pod IP"), ("uid", "UID"),
    ("podCIDRBlock", "Pod CIDRBlock"), ("a_b", "a_b"), ("foo-bar", "Foo - Bar"), ("f:x", "f:x"), ("URLPath", "URLPath"),
])
def test_labels_of_fields(field_name, label):
    assert smart_label(field_name) == label


def test_times_are_local(monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("no tzset here")
    monkeypatch.setenv("TZ", "XYZ-05:30")
    time.tzset()
    assert "CreationTimestamp:      Wed, 01 Jan 2020 05:30:00 +0530" in show("Deployment/dep")


def test_unreadable_certificate_requests():
    csr = {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "metadata": {"name": "x"},
           "spec": {"request": "eHl6"}}
    with pytest.raises(PrinterError, match=r"^Error parsing CSR: PEM block type must be CERTIFICATE REQUEST$"):
        describe(csr, Client([]), now=0)


def test_pod_template_alone():
    template = {"metadata": {"labels": {"app": "x", "tier": "y"}},
                "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    assert describe_pod_template(template) == """\
Pod Template:
  Labels:\tapp=x
\ttier=y
  Containers:
   c:
    Image:\tnginx
    Port:\t<none>
    Host Port:\t<none>
    Environment:\t<none>
    Mounts:\t<none>
  Volumes:\t<none>
  Node-Selectors:\t<none>
  Tolerations:\t<none>
"""


# Kinds that the recording's cluster did not have, as pkg/describe/describe.go writes them.
LATER = [
    {"apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR", "metadata": {"name": "extra", "labels": {"a": "b"}},
     "spec": {"cidrs": ["10.1.0.0/16", "fd00:1::/64"]},
     "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "Free", "message": "may be used",
                                "lastTransitionTime": "2024-01-02T03:04:05Z"}]}},
    {"apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR", "metadata": {"name": "new"},
     "spec": {"cidrs": ["10.2.0.0/16"]}},
    {"apiVersion": "networking.k8s.io/v1", "kind": "IPAddress", "metadata": {"name": "10.1.0.5"},
     "spec": {"parentRef": {"group": "mygroup", "resource": "services", "namespace": "shop", "name": "web"}}},
    {"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttributesClass",
     "metadata": {"name": "gold", "annotations": {"note": "fast"}}, "driverName": "disk.example.com",
     "parameters": {"iops": "500", "burst": "yes"}},
]


@pytest.mark.parametrize(("name", "lines"), [
    ("extra", ["Name: extra", "Labels: a=b", "Annotations: <none>", "CIDRs: 10.1.0.0/16, fd00:1::/64", "Status:",
               "Conditions:", " Type Status LastTransitionTime Reason Message",
               " ---- ------ ------------------ ------ -------",
               " Ready True Tue, 02 Jan 2024 03:04:05 +0000 Free may be used", "Events: <none>"]),
    ("new", ["Name: new", "Labels: <none>", "Annotations: <none>", "CIDRs: 10.2.0.0/16", "Events: <none>"]),
    ("10.1.0.5", ["Name: 10.1.0.5", "Labels: <none>", "Annotations: <none>", "Parent Reference:", " Group: mygroup",
                  " Resource: services", " Namespace: shop", " Name: web", "Events: <none>"]),
    ("gold", ["Name: gold", "Annotations: note=fast", "DriverName: disk.example.com", "Parameters: burst=yes,iops=500",
              "Events: <none>"]),
])
def test_kinds_that_came_later(name, lines):
    obj = next(obj for obj in LATER if obj["metadata"]["name"] == name)
    shown = describe(obj, Client([], (1, 36)), now=RECORDED["now"])
    assert re.sub(" +", " ", shown).rstrip("\n").split("\n") == lines
