"""Shortcodes for versions mean those of the run's release."""

from __future__ import annotations

import pytest

from kubesim_cli.sim.pages.skew import filled


@pytest.mark.parametrize(("shortcode", "value"), [
    ("{{< skew currentVersion >}}", "1.31"), ("{{<skew latestVersion>}}", "1.31"),
    ('{{% skew "prevMinorVersion" %}}', "1.30"),
    ("{{< skew nextMinorVersion >}}", "1.32"), ("{{< skew currentPatchVersion >}}", "1.31.14"),
    ("{{< skew currentVersionAddMinor -2 >}}", "1.29"), ('{{< skew currentVersionAddMinor 1 "-" >}}', "1-32"),
    ('{{< param "version" >}}', "v1.31"), ("{{< param fullversion >}}", "v1.31.14"),
    ('{{< param "other" >}}', '{{< param "other" >}}'), ("{{< skew other >}}", "{{< skew other >}}"),
])
def test_values(shortcode, value):
    assert filled(f"v{shortcode}!", (1, 31)) == f"v{value}!"


def test_a_page_has_them_in_commands_listings_and_files(replayed):
    report = replayed("""\
```yaml
# a.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {version: "{{< skew currentVersion >}}"}
```
```
$ kubectl version | grep v{{< skew currentPatchVersion >}} | tail -1
Server Version: v{{< skew currentPatchVersion >}}
$ kubectl apply -f a.yaml
configmap/a created
$ kubectl get configmap a -o jsonpath='{.data.version}'
1.30
```
""", release="1.30")
    assert [outcome.state for outcome in report.outcomes] == ["equal"] * 3, report.bad
    assert not report.page.commands[0].listing.editable
