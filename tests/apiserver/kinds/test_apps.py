import pytest

SELECTOR = {"matchLabels": {"app": "web"}}


def spec_of(template, **more):
    return {"spec": {"selector": SELECTOR, "template": template, **more}}


@pytest.mark.parametrize("kind,expected", [
    ("Deployment", {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, "strategy": {
        "type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}}),
    ("ReplicaSet", {"replicas": 1}),
    ("StatefulSet", {"replicas": 1, "revisionHistoryLimit": 10, "podManagementPolicy": "OrderedReady",
                     "updateStrategy": {
        "type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"}}),
    ("DaemonSet", {"revisionHistoryLimit": 10, "updateStrategy": {
        "type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}})])
def test_defaults(desk, template, kind, expected):
    new = desk("apps", kind).new(spec_of(template))
    own = {key: value for key, value in new["spec"].items() if key not in ("selector", "template")}
    assert own == expected
    assert new["spec"]["template"]["spec"]["restartPolicy"] == "Always"
    assert desk("apps", kind).errors(spec_of(template)) == []


@pytest.mark.parametrize("kind,empty", [("Deployment", "deployment"), ("ReplicaSet", "deployment"),
                                        ("StatefulSet", "statefulset")])
def test_selectors_must_fit(desk, template, kind, empty):
    made = desk("apps", kind)
    unfit = 'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'
    assert made.errors({"spec": {"template": template}}) == ["spec.selector: Required value", unfit]
    assert made.errors({"spec": {"template": template, "selector": {}}}) == [
        f"spec.selector: Invalid value: {{}}: empty selector is invalid for {empty}"]
    assert made.errors({"spec": {"template": template, "selector": {"matchLabels": {"app": "x"}}}}) == [unfit]


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet"])
def test_the_selector_stays(desk, template, kind):
    made = desk("apps", kind)
    old = made.new(spec_of(template))
    assert made.change(old, selector={"matchLabels": {"app": "other"}}) == [
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
        'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable']


@pytest.mark.parametrize("strategy,expected", [
    ({"type": "Recreate", "rollingUpdate": {}},
     "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"),
    ({"type": "BlueGreen"}, 'spec.strategy: Unsupported value: {"Type":"BlueGreen","RollingUpdate":null}: supported '
                            'values: "Recreate", "RollingUpdate"'),
    ({"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 0}},
     "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"),
    ({"rollingUpdate": {"maxUnavailable": "half"}},
     "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"half\": a valid percent string must be a numeric "
     "string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"),
    ({"rollingUpdate": {"maxUnavailable": "101%"}},
     'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%')])
def test_deployment_strategies(desk, template, strategy, expected):
    assert desk("apps", "Deployment").errors(spec_of(template, strategy=strategy)) == [expected]


def test_deployments(desk, template):
    made = desk("apps", "Deployment")
    assert made.errors(spec_of(template, replicas=-1, progressDeadlineSeconds=5, minReadySeconds=5)) == [
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds"]
    new = made.new(spec_of(template, replicas=3))
    new["status"] = {"readyReplicas": 2, "updatedReplicas": 3, "availableReplicas": 1}
    assert made.row(new) == ["web", "2/3", 3, 1, "2m", "c", "nginx:1.27", "app=web"]


def test_a_deployments_generation_counts_annotations(desk, template):
    from kubesim_cli.machinery.objects import clone

    made = desk("apps", "Deployment")
    old = made.new(spec_of(template))
    changed = clone(old)
    changed["metadata"]["annotations"] = {"a": "b"}
    made.kind.prepare_update(changed, old, made.ctx)
    assert changed["metadata"]["generation"] == 2


def test_a_controller_of_running_pods_wants_them_to_stay(desk, template):
    template["spec"].update(restartPolicy="Never", activeDeadlineSeconds=5)
    for kind in ("Deployment", "StatefulSet", "DaemonSet"):
        named = "ReplicaSet" if kind == "Deployment" else kind
        assert desk("apps", kind).errors(spec_of(template)) == [
            'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
            f"spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in {named} is not Supported"]


def test_stateful_sets(desk, template):
    made = desk("apps", "StatefulSet")
    template["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/d"}]
    claim = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
                                                    "resources": {"requests": {"storage": "1Gi"}}}}
    new = made.new(spec_of(template, volumeClaimTemplates=[claim]))
    assert new["spec"]["volumeClaimTemplates"][0] == {
        **claim, "apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"},
        "spec": {**claim["spec"], "volumeMode": "Filesystem"}}
    assert made.errors(spec_of(template, volumeClaimTemplates=[claim])) == []
    forbidden = ("spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                 "'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                 "'minReadySeconds' are forbidden")
    assert made.change(new, serviceName="other") == [forbidden]
    assert made.change(new, replicas=5, revisionHistoryLimit=3) == []
    assert desk("apps", "StatefulSet", (1, 28)).change(new, revisionHistoryLimit=3) == [
        forbidden.replace(" 'revisionHistoryLimit',", "")]
    assert made.row({**new, "status": {"readyReplicas": 1}}) == ["web", "1/1", "2m", "c", "nginx:1.27"]


@pytest.mark.parametrize("more,expected", [
    ({"podManagementPolicy": "Odd"}, "spec.podManagementPolicy: Invalid value: \"Odd\": must be 'OrderedReady' or "
                                     "'Parallel'"),
    ({"updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 1}}},
     'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for '
     "updateStrategy 'RollingUpdate'"),
    ({"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Never"}},
     'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Never": supported values: "Retain", '
     '"Delete"'),
    ({"ordinals": {"start": -1}}, "spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0"),
    ({"volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]},
     "spec.volumeClaimTemplates[0].spec.resources[storage]: Required value")])
def test_stateful_set_fields(desk, template, more, expected):
    assert desk("apps", "StatefulSet").errors(spec_of(template, **more)) == [expected]


def test_daemon_sets(desk, template):
    from kubesim_cli.machinery.objects import clone

    made = desk("apps", "DaemonSet")
    old = made.new(spec_of(template))
    generation = "deprecated.daemonset.template.generation"
    assert old["metadata"]["annotations"] == {generation: "1"}
    changed = clone(old)
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:2"
    made.kind.prepare_update(changed, old, made.ctx)
    assert changed["metadata"]["annotations"] == {generation: "2"}
    assert made.errors(spec_of(template, updateStrategy={"rollingUpdate": {"maxSurge": 1}})) == [
        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero"]
    assert made.errors(spec_of(template, updateStrategy={"type": "Now"})) == [
        'spec.updateStrategy: Unsupported value: {"Type":"Now","RollingUpdate":null}: supported values: '
        '"RollingUpdate", "OnDelete"']
    old["status"] = {"desiredNumberScheduled": 2, "currentNumberScheduled": 2, "numberReady": 1}
    assert made.row(old) == ["web", 2, 2, 1, 0, 0, "<none>", "2m", "c", "nginx:1.27", "app=web"]


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_status_counts(desk, template, kind):
    made = desk("apps", kind)
    old = made.new(spec_of(template))
    bad = {**old, "status": {"replicas": 1, "readyReplicas": 2, "observedGeneration": -1}}
    assert [str(e) for e in made.kind.validate_status(bad, old, made.ctx)] == [
        "status.observedGeneration: Invalid value: -1: must be greater than or equal to 0",
        "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"]


def test_controller_revisions(desk):
    made = desk("apps", "ControllerRevision")
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "uid": "1", "controller": True}
    new = made.new({"metadata": {"name": "agent-1", "ownerReferences": [owner]}, "data": {"spec": {}}, "revision": 3})
    assert made.row(new) == ["agent-1", "daemonset.apps/agent", 3, "2m"]
    assert made.errors({"revision": -1}) == ["revision: Invalid value: -1: must be greater than or equal to 0",
                                            "data: Required value: data is mandatory"]
    changed = {**new, "data": {"spec": {"a": 1}}}
    assert [str(e) for e in made.kind.validate_update(changed, new, made.ctx)] == [
        'data: Invalid value: {"spec":{"a":1}}: field is immutable']


def test_replication_controllers_and_templates(desk, template):
    made = desk("", "ReplicationController")
    new = made.new({"spec": {"template": template}})
    assert new["spec"]["selector"] == new["metadata"]["labels"] == {"app": "web"}
    assert made.row({**new, "status": {"replicas": 1}}) == ["web", 1, 1, 0, "2m", "c", "nginx:1.27", "app=web"]
    assert made.errors({"spec": {"selector": {"app": "x"}}}) == ["spec.template: Required value"]
    templates = desk("", "PodTemplate")
    assert templates.row(templates.new({"template": template})) == ["web", "c", "nginx:1.27", "app=web"]
    assert templates.errors({"template": {}}) == ["template.spec.containers: Required value"]


def test_warnings(desk, template):
    template["spec"]["nodeSelector"] = {"beta.kubernetes.io/os": "linux"}
    deprecated = ('spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use '
                  '"kubernetes.io/os" '
                  "instead")
    for kind in ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"):
        assert desk("apps", kind).warnings(spec_of(template)) == [deprecated]
    made = desk("apps", "Deployment")
    new = made.new(spec_of(template))
    assert made.kind.warnings(new, new, made.ctx) == []
