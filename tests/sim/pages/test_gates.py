"""Feature gates that a page is about are on in its cluster."""

from __future__ import annotations

import pytest

from kubesim_cli.sim.pages.gates import named
from kubesim_cli.sim.pages.report import summary


@pytest.mark.parametrize("text", [
    '{{< feature-state feature_gate_name="MaxUnavailableStatefulSet" >}}',
    "kube-apiserver --feature-gates=Other=false,MaxUnavailableStatefulSet=true",
    "kind: ClusterConfiguration\nfeatureGates:\n  MaxUnavailableStatefulSet: true\n",
    "- You need to enable the `MaxUnavailableStatefulSet` [feature\n  gate](/docs/gates/) for it.",
    "The `MaxUnavailableStatefulSet` feature gate must be enabled for your control plane.",
])
def test_a_page_says_that_a_gate_is_on(text):
    assert named(text) == ["MaxUnavailableStatefulSet"]


@pytest.mark.parametrize("text", [
    "The `MaxUnavailableStatefulSet` feature gate is not enabled by default.",
    "Disable the `MaxUnavailableStatefulSet` feature gate, or enable another.",
    "If the `MaxUnavailableStatefulSet` feature gate is enabled, more may be gone.",
    "The feature `MaxUnavailableStatefulSet` is enabled.\n\nThere is a feature gate.",
    "You need to enable the `NoSuchThing` feature gate.",
    "--feature-gates=MaxUnavailableStatefulSet=false",
])
def test_other_words_say_nothing_of_a_gate(text):
    assert named(text) == []


PAGE = """\
You have to enable the `MaxUnavailableStatefulSet` feature gate, and `PodHostIPs` with the other feature gate.
```yaml
# web.yaml
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  selector: {matchLabels: {app: web}}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
```
```
$ kubectl apply -f web.yaml
statefulset.apps/web created
$ kubectl get sts web -o jsonpath='{.spec.updateStrategy.rollingUpdate.maxUnavailable}'
2
```
"""


def test_the_cluster_of_a_page_has_its_gates_on(replayed):
    report = replayed(PAGE, release="1.31")
    assert [outcome.state for outcome in report.outcomes] == ["equal", "equal"], report.bad
    assert "inferred: the feature gate MaxUnavailableStatefulSet is on" in summary(report)
    assert len(summary(report)) == 3  # PodHostIPs is on anyway
    report = replayed(PAGE, release="1.31", infer=False)
    assert [outcome.state for outcome in report.outcomes] == ["equal", "differs"]
