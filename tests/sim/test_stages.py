"""`kubesim sim stage`."""

from __future__ import annotations

import pytest

FAILS = """
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-fails}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchLabels: {role: doomed}
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: DoesNotExist}
    - {key: .status.phase, operator: In, values: [Running]}
  delay: {durationMilliseconds: 30000}
  next:
    event: {type: Warning, reason: Doomed, message: it had to be}
    statusTemplate: |
      {{ $now := Now }}
      phase: Failed
      reason: Doomed
      containerStatuses:
      {{ range .spec.containers }}
      - name: {{ .name | Quote }}
        state:
          terminated: {exitCode: 3, reason: Doomed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}
      {{ end }}
"""
READY = """
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: DoesNotExist}
    - {key: .status.podIP, operator: DoesNotExist}
  delay:
    durationMilliseconds: 1000
    durationFrom: {expressionFrom: '.metadata.annotations["delay"]'}
  next:
    statusTemplate: |
      {{ $now := Now }}
      conditions:
      - {lastTransitionTime: {{ $now | Quote }}, status: "True", type: Initialized}
      - {lastTransitionTime: {{ $now | Quote }}, status: "True", type: Ready}
      - {lastTransitionTime: {{ $now | Quote }}, status: "True", type: ContainersReady}
      containerStatuses:
      {{ range .spec.containers }}
      - image: {{ .image | Quote }}
        name: {{ .name | Quote }}
        ready: true
        restartCount: 0
        state: {running: {startedAt: {{ $now | Quote }}}}
      {{ end }}
      hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
      podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) | Quote }}
      phase: Running
      startTime: {{ $now | Quote }}
"""


@pytest.fixture
def stubs(terminal):
    """A terminal whose nodes run no processes."""
    terminal.ok("kubectl sim reset --seed a --bare --kubelet stub")
    return terminal


def apply(terminal, text, tmp_path):
    (tmp_path / "stage.yaml").write_text(text)
    return terminal(f"kubectl sim stage apply {tmp_path / 'stage.yaml'}")


def test_a_stage_is_played_after_its_delay_and_others_live_on(stubs, tmp_path):
    stubs.ok("kubectl run a --image=nginx -l role=doomed")
    stubs.ok("kubectl run b --image=nginx")
    stubs.advance("5s")
    assert apply(stubs, FAILS, tmp_path).out == "stage pod-fails applied\n"
    stubs.advance("29s")
    assert stubs.ok("kubectl get pod a --no-headers").split()[2] == "Running"
    stubs.advance("1s")
    assert stubs.ok("kubectl get pod a --no-headers").split()[2] == "Doomed"
    assert "exitCode: 3" in stubs.ok("kubectl get pod a -o yaml")
    assert "it had to be" in stubs.ok("kubectl describe pod a")
    stubs.advance("1h")
    assert stubs.ok("kubectl get pod b --no-headers").split()[2] == "Running"
    stubs.ok("kubectl delete pod a")
    assert stubs.ok("kubectl sim stage list").split("\n")[1].split() == ["pod-fails", "Pod", "30s",
                                                                         "event,statusTemplate"]
    assert stubs.ok("kubectl get stages -o name") == "stage.kwok.x-k8s.io/pod-fails\n"
    assert stubs.ok("kubectl sim stage delete pod-fails") == "stage pod-fails deleted\n"
    stubs.ok("kubectl run a --image=nginx -l role=doomed")
    stubs.advance("1h")
    assert stubs.ok("kubectl get pod a --no-headers").split()[2] == "Running"


def test_pods_start_as_their_stage_says_with_a_delay_of_their_own(stubs, tmp_path):
    assert apply(stubs, READY, tmp_path).code == 0
    stubs.ok("kubectl run slow --image=nginx --annotations=delay=20s")
    stubs.ok("kubectl run quick --image=nginx")
    stubs.advance("2s")
    quick = stubs.ok("kubectl get pod quick -o wide --no-headers").split()
    assert quick[1:3] == ["1/1", "Running"] and quick[5].startswith("10.244.0.")
    assert stubs.ok("kubectl get pod slow --no-headers").split()[1:3] == ["0/1", "Pending"]
    stubs.advance("19s")
    slow = stubs.ok("kubectl get pod slow -o wide --no-headers").split()
    assert slow[1:3] == ["1/1", "Running"] and slow[5] != quick[5]
    stubs.advance("1h")
    stubs.ok("kubectl delete pod slow quick")
    assert stubs("kubectl get pods").out == ""


def test_custom_resources_have_stages_finalizers_and_an_end(stubs, tmp_path):
    stubs.ok("kubectl apply -f -", """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.a.example}
spec:
  group: a.example
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions: [{name: v1, served: true, storage: true, subresources: {status: {}},
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
""")
    head = "apiVersion: kwok.x-k8s.io/v1alpha1\nkind: Stage\nmetadata: {name: %s}\nspec:\n"
    ref = "  resourceRef: {apiGroup: a.example/v1, kind: Thing}\n"
    text = "---\n".join((
        head % "begin" + ref + "  selector: {matchExpressions: [{key: .status.phase, operator: DoesNotExist}]}\n"
        "  next: {finalizers: {add: [{value: a.example/hold}]}, statusTemplate: 'phase: Begun'}\n",
        head % "end" + ref + "  selector: {matchExpressions: [{key: .metadata.deletionTimestamp, operator: Exists}]}\n"
        "  delay: {durationMilliseconds: 5000}\n  next: {finalizers: {empty: true}}\n",
        head % "vanish" + ref + "  selector: {matchAnnotations: {vanish: now}}\n  next: {delete: true}\n"))
    assert apply(stubs, text, tmp_path).code == 0
    for name in ("one", "two"):
        stubs.ok("kubectl apply -f -", f"apiVersion: a.example/v1\nkind: Thing\nmetadata: {{name: {name}}}\n")
    assert stubs.ok("kubectl get thing one -o jsonpath='{.status.phase} {.metadata.finalizers}'") == (
        'Begun ["a.example/hold"]')
    stubs.ok("kubectl delete thing one --wait=false")
    stubs.advance("4s")
    assert stubs("kubectl get thing one").code == 0
    stubs.advance("1s")
    assert stubs("kubectl get thing one").code == 1
    stubs.ok("kubectl patch thing two --type=merge -p '{\"metadata\":{\"finalizers\":[]}}'")
    stubs.ok("kubectl annotate thing two vanish=now")
    assert stubs("kubectl get thing two").code == 1


def test_stages_that_follow_each_other_without_delay_end(stubs, tmp_path):
    text = "---\n".join(f"""
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {{name: to-{to}}}
spec:
  resourceRef: {{kind: ConfigMap}}
  selector: {{matchLabels: {{at: {at}}}}}
  next: {{patches: [{{template: 'metadata: {{labels: {{at: {to}}}}}'}}]}}
""" for at, to in (("a", "b"), ("b", "a")))
    assert apply(stubs, text, tmp_path).code == 0
    stubs.ok("kubectl create configmap c")
    stubs.ok("kubectl label configmap c at=a")
    stubs.advance("10s")
    assert stubs.ok("kubectl get configmap c --show-labels --no-headers").split()[3] in ("at=a", "at=b")


def test_stages_are_chosen_by_weight_and_the_same_seed_chooses_the_same(stubs, tmp_path):
    text = "---\n".join(f"""
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {{name: {name}}}
spec:
  resourceRef: {{kind: ConfigMap}}
  selector: {{matchLabels: {{at: start}}}}
  weight: {weight}
  delay: {{durationMilliseconds: 1000, jitterDurationMilliseconds: 9000}}
  next: {{patches: [{{template: 'metadata: {{labels: {{at: {name}}}}}'}}]}}
""" for name, weight in (("often", 9), ("seldom", 1)))
    seen = []
    for _ in range(2):
        stubs.ok("kubectl sim reset --seed a --bare --kubelet stub")
        assert apply(stubs, text, tmp_path).code == 0
        for number in range(20):
            stubs.ok(f"kubectl create configmap c{number}")
        stubs.ok("kubectl label configmap --all at=start")
        stubs.advance("5s")
        halfway = stubs.ok("kubectl get configmap --show-labels")
        stubs.advance("5s")
        seen.append((halfway, stubs.ok("kubectl get configmap --show-labels")))
    assert seen[0] == seen[1] and "at=start" in seen[0][0] and "at=start" not in seen[0][1]
    assert seen[0][1].count("at=often") > 12 > seen[0][1].count("at=seldom") > 0


@pytest.mark.parametrize("old, new, told", [
    ("kind: Stage", "kind: Stadium", "it is no Stage of kwok.x-k8s.io/v1alpha1"),
    (".status.phase", "status.phase", 'is not understood from "status.phase" on'),
    ("operator: In", "operator: Within", "the operator of a matchExpression is one of"),
    ("{{ end }}", "", "a template cannot be read: "),
    ("durationMilliseconds: 30000", "durationMilliseconds: soon", "durationMilliseconds is no whole number"),
    ("  next:", "  after: {}\n  next:", "spec.after is not known here"),
    ("  next:", "  steps: 5\n  next:", "steps is no list"),
    ("  next:", "  next:\n    patches: 5", "patches is no list"),
    ("  next:", "  next:\n    finalizers: {add: 5}", "add is no list"),
    ("  next:", "  next:\n    finalizers: {remove: [{}]}", "a finalizer has no value"),
    ("values: [Running]", "values: 5", "values is no list"),
    ("kind: Pod", "kind: Event", "an event about each Event has no end"),
])
def test_what_is_no_stage_is_told(stubs, tmp_path, old, new, told):
    result = apply(stubs, FAILS.replace(old, new), tmp_path)
    assert result.code == 1 and told in result.err and not result.out
    assert stubs("kubectl sim stage list").err == "No stages found.\n"
    assert stubs("kubectl sim stage delete nosuch") == (1, "", 'Error: there is no stage "nosuch"\n')


def test_steps_come_in_their_order_and_may_apply_others(stubs, tmp_path):
    text = """
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: steps}
spec:
  resourceRef: {kind: ConfigMap}
  selector: {matchAnnotations: {at: start}}
  weightFrom: {expressionFrom: '.metadata.annotations["weight"]'}
  steps:
  - event: {type: Normal, reason: Began, message: it has begun}
  - patch:
      type: merge
      template: |
        metadata: {annotations: {at: end}}
        data: {number: {{ Quote 5 }}, text: {{ Quote "a b" }}, name: {{ NodeName }}, ip: {{ NodeIP }}}
  - apply:
      template: |
        apiVersion: v1
        kind: Secret
        metadata: {name: made, namespace: default}
        stringData: {{ YAML (dict "a" "b") 1 }}
"""
    assert apply(stubs, text, tmp_path).code == 0
    stubs.ok("kubectl create configmap c")
    stubs.ok("kubectl annotate configmap c at=start weight=3")
    stubs.advance("1s")
    assert stubs.ok("kubectl get configmap c -o jsonpath={.data}") == (
        '{"ip":"192.168.49.2","name":"c","number":"5","text":"a b"}')
    assert stubs.ok("kubectl get secret made -o jsonpath={.data.a}") == "Yg=="
    assert "it has begun" in stubs.ok("kubectl get events")
