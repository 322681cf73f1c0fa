"""What a page may mean where its commands do not come out is tried."""

from __future__ import annotations

from kubesim_cli.sim.pages.report import summary

BUDGET = """\
```yaml
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: zk
spec:
  %s
  selector: {matchLabels: {app: zk}}
```
Or:
"""
COUNTER = """\
```yaml
# %s.yaml
apiVersion: v1
kind: Pod
metadata: {name: counter}
spec:
  containers:
  - {name: %s, image: busybox, args: [sh, -c, "echo from %s; sleep 1d"]}
```
"""


def states(report):
    return [outcome.state for outcome in report.outcomes if not outcome.command.origin]


def inferred(report):
    return [outcome.command.text for outcome in report.outcomes if outcome.command.origin]


def budgets(listed: str) -> str:
    return BUDGET % "minAvailable: 2" + BUDGET % "maxUnavailable: 1" + f"""\
```shell
kubectl apply -f mypdb.yaml
```
```
$ kubectl get pdb
NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE
{listed}
```
"""


def test_of_several_manifests_the_listing_tells_which_is_the_file(replayed):
    for listed, line in (("zk     2               N/A               0                     7s", 2),
                         ("zk     N/A             1                 0                     7s", 12)):
        report = replayed(budgets(listed))
        assert states(report) == ["ran", "equal"], report.bad
        assert inferred(report) == []
        assert f"inferred: mypdb.yaml is what line {line} shows" in summary(report)
    assert states(replayed(budgets("zk  3  N/A  0  7s"))) == ["ran", "differs"]


def test_a_manifest_takes_the_place_of_another_before_the_command_that_needs_it(replayed, tmp_path):
    (tmp_path / "one.yaml").write_text((COUNTER % (("one",) * 3)).strip("`yaml\n") + "\n")
    page = """\
```shell
kubectl apply -f https://example.com/one.yaml
```
```
$ kubectl logs counter one
from one
```
""" + COUNTER % (("two",) * 3) + """\
```
$ kubectl get pod counter -o name
pod/counter
$ kubectl logs counter two
from two
```
"""
    maps = (("https://example.com", str(tmp_path)),)
    report = replayed(page, maps=maps)
    assert states(report) == ["ran", "equal", "equal", "equal"], report.bad
    assert inferred(report) == ["kubectl replace --force -f two.yaml"]
    assert report.outcomes[-2].command.origin
    assert states(replayed(page, maps=maps, infer=False)) == ["ran", "equal", "equal", "differs"]


def test_what_a_file_has_deleted_is_made_again_for_who_needs_it(replayed):
    page = """\
```yaml
# a.yaml
apiVersion: v1
kind: Namespace
metadata: {name: shop}
```
```
$ kubectl create -f a.yaml
namespace/shop created
$ kubectl delete -f a.yaml
namespace "shop" deleted
$ kubectl create configmap a -n shop
%s
```
"""
    report = replayed(page % "configmap/a created")
    assert states(report) == ["equal", "equal", "equal"], report.bad
    assert inferred(report) == ["kubectl apply -f a.yaml"]
    error = 'error: failed to create configmap: namespaces "shop" not found'
    assert inferred(replayed(page % error)) == []


def test_what_is_gone_is_not_listed_right_behind_its_deletion(replayed):
    page = """\
```yaml
# a.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
```
```
$ kubectl create -f a.yaml
configmap/shop created
$ kubectl delete -f a.yaml
configmap "shop" deleted
%s$ kubectl get configmap shop -o name
configmap/shop
```
"""
    assert states(replayed(page % "")) == ["equal", "equal", "differs"]
    assert states(replayed(page % "```\nLater:\n```\n")) == ["equal", "equal", "equal"]
