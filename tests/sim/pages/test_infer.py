"""What a page leaves unsaid is done for it, and told."""

from __future__ import annotations

import os
import shutil

import pytest

needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")

POD = """\
```yaml
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec: {{containers: [{{name: a, image: {image}}}]}}
```
"""


def inferred(report):
    return [outcome.command.text for outcome in report.outcomes if outcome.command.origin == "inferred"]


def states(report):
    return [outcome.state for outcome in report.outcomes if not outcome.command.origin]


def differences(report):
    return [(outcome.command.text, outcome.why or (outcome.verdict and outcome.verdict.diff)) for outcome in report.bad]


def test_the_last_of_several_versions_is_applied(replayed):
    page = POD.format(name="a", image="nginx") + POD.format(name="a", image="httpd")
    report = replayed(page + "```\n$ kubectl get pod a -o jsonpath='{..image}'\nhttpd\n```\n")
    assert len(inferred(report)) == 1
    assert "httpd" in report.outcomes[-1].output


def test_what_a_manifest_speaks_of_is_applied_before_it(replayed):
    page = ("```yaml\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: kata}\nhandler: kata\n```\n"
            + POD.format(name="a", image="nginx").replace("spec: {", "spec: {runtimeClassName: kata, "))
    report = replayed(page + "```sh\nkubectl get pod a\n```\n")
    assert len(inferred(report)) == 2
    assert not report.bad


def test_a_document_that_was_read_is_no_manifest(replayed):
    uid = "91460ecb-e917-11e8-98f2-025000000001"
    page = POD.format(name="a", image="nginx").replace("{name: a}", f"{{name: a, uid: {uid}}}")
    assert inferred(replayed(page + "```sh\nkubectl get pods\nkubectl get pod a\n```\n")) == []


def test_what_is_made_anew_is_deleted_before(replayed):
    report = replayed("```sh\nkubectl create configmap a --from-literal=x=1\n```\n```\n"
                      "$ kubectl create configmap a --from-literal=x=2\nconfigmap/a created\n"
                      "$ kubectl create configmap a\n"
                      'error: failed to create configmap: configmaps "a" already exists\n```\n')
    assert states(report) == ["ran", "equal", "equal"], differences(report)
    assert inferred(report) == ["kubectl delete configmaps a --ignore-not-found --now"]


def test_another_pod_of_a_name_takes_the_place_of_the_first(replayed, tmp_path):
    for name, image in (("one", "nginx"), ("two", "httpd")):
        (tmp_path / f"{name}.yaml").write_text("\n".join(POD.format(name="a", image=image).split("\n")[1:-2]))
    report = replayed("".join(f"```sh\nkubectl apply -f https://k8s.io/examples/{name}.yaml\n```\n"
                              for name in ("one", "one", "two")), maps=(("https://k8s.io/examples", str(tmp_path)),))
    assert states(report) == ["ran"] * 3, differences(report)
    assert inferred(report) == ["kubectl delete pods a --ignore-not-found --now"]


@needs_bash
def test_an_editor_saves_what_the_page_shows(replayed):
    report = replayed("""\
```sh
kubectl create configmap sport --from-literal=sport=football
kubectl edit configmap sport
```
It could look like this then:
```yaml
apiVersion: v1
data:
  sport: cricket
kind: ConfigMap
metadata:
  name: sport
  resourceVersion: "1743935"
  uid: 024ee001-fe72-487e-872e-34d6464a8a23
```
You should see:
```
configmap/sport edited
```
```
$ kubectl get configmap sport -o jsonpath='{.data.sport}'
cricket
```
""")
    assert states(report) == ["ran", "equal", "equal"], differences(report)


@needs_bash
def test_addresses_of_load_balancers_are_there_when_the_page_shows_them(replayed):
    report = replayed("""\
```
$ kubectl create service loadbalancer a --tcp=80
service/a created
$ kubectl get service a
NAME   TYPE           CLUSTER-IP    EXTERNAL-IP   PORT(S)        AGE
a      LoadBalancer   10.96.1.5     <pending>     80:31234/TCP   5s
$ kubectl get service a
NAME   TYPE           CLUSTER-IP    EXTERNAL-IP     PORT(S)        AGE
a      LoadBalancer   10.96.1.5     203.0.113.140   80:31234/TCP   50s
```
""")
    assert states(report) == ["equal"] * 3, differences(report)
    assert inferred(report) == ["kubectl sim tunnel open"]


def test_a_deletion_that_the_page_looks_at_is_not_waited_for(replayed):
    report = replayed("""\
```sh
kubectl run a --image=busybox --command -- sleep 3600
kubectl wait --for=condition=Ready pod/a
kubectl delete pod a
```
```
$ kubectl get pods
NAME   READY   STATUS        RESTARTS   AGE
a      1/1     Terminating   0          20s
```
""")
    assert states(report) == ["ran", "ran", "ran", "equal"], differences(report)


@needs_bash
def test_placeholders_that_mean_a_node_or_pod_are_filled(replayed):
    report = replayed("```sh\nkubectl run a --image=nginx\nkubectl label node <your-node-name> x=y\n"
                      "kubectl describe pod <pod-name>\nkubectl get configmap <name>\n```\n")
    assert states(report) == ["ran"] * 3 + ["left out"], differences(report)


@needs_bash
def test_a_page_has_as_many_nodes_as_it_names(replayed):
    report = replayed("```sh\nkubectl label node worker-1 x=y\nkubectl cordon worker-2\n```\n"
                      "```\n$ kubectl get nodes -o name | wc -l\n2\n```\n")
    assert states(report) == ["ran", "ran", "equal"], differences(report)


@needs_bash
def test_what_a_kustomization_makes_is_asked_for(replayed):
    report = replayed("""\
```sh
cat <<EOF >./kustomization.yaml
configMapGenerator:
- name: a
  literals: [x=1]
EOF
```
The generated ConfigMap is:
```yaml
apiVersion: v1
data:
  x: "1"
kind: ConfigMap
metadata:
  name: a-m2b78gf4tk
```
""")
    assert [outcome.command.text for outcome in report.outcomes][1:] == ["kubectl kustomize ./"]
    assert states(report) == ["ran", "equal"], differences(report)


def test_what_is_told_to_be_created_or_deleted_is_so(replayed):
    file = "```yaml\n# a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {app: a}}\n```\n"
    report = replayed(file + """
```console
$ kubectl apply -f a.yaml
configmap/a created
$ kubectl apply -f a.yaml
configmap/a created
$ kubectl delete -f a.yaml
configmap "a" deleted
$ kubectl delete configmap/a
configmap "a" deleted
$ kubectl delete cm -l app=a
configmap "a" deleted
$ kubectl delete configmap a
Error from server (NotFound): configmaps "a" not found
$ kubectl delete services,configmap -l app=a
No resources found
```
""")
    assert states(report) == ["equal"] * 7, differences(report)
    assert inferred(report) == ["kubectl delete configmaps a --ignore-not-found --now", "kubectl apply -f a.yaml",
                                "kubectl apply -f a.yaml"]


def test_a_custom_object_that_is_told_to_be_created_is_made_anew(replayed):
    crd = """\
```yaml
# crd.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: tabs.a.io}
spec:
  group: a.io
  names: {plural: tabs, singular: tab, kind: CronTab}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
```
```yaml
# tab.yaml
apiVersion: a.io/v1
kind: CronTab
metadata: {name: t}
```
"""
    made = "$ kubectl apply -f tab.yaml\ncrontab.a.io/t created\n"
    report = replayed(f"{crd}```console\n$ kubectl apply -f crd.yaml\n{made}{made}```\n")
    assert states(report) == ["ran", "equal", "equal"], differences(report)
    assert inferred(report) == ["kubectl delete CronTab t --ignore-not-found --now"]


def test_what_a_command_of_the_block_has_deleted_is_not_made_again_for_its_listing(replayed):
    file = "```yaml\n# %s.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n```\n"
    report = replayed(file % ("a", "a") + file % ("b", "b") + """
```shell
kubectl apply -f a.yaml -f b.yaml
```
```shell
kubectl delete configmap a
kubectl delete configmap b
```
```
configmap "a" deleted
configmap "b" deleted
```
""")
    assert states(report) == ["ran", "ran", "equal"], differences(report)
    assert inferred(report) == []


def test_a_node_that_is_drained_is_not_the_only_one(replayed):
    report = replayed("```sh\nkubectl drain <node-to-drain> --ignore-daemonsets\n```\n\n"
                      "The output is similar to:\n\n```\nnode/worker-1 cordoned\nnode/worker-1 drained\n```\n")
    assert states(report) == ["equal"], differences(report)


def test_ages_of_what_a_file_names_tell_the_time(replayed):
    report = replayed(POD.format(name="a", image="nginx").replace("```yaml\n", "```yaml\n# a.yaml\n") + """
```console
$ kubectl apply -f a.yaml
pod/a created
$ kubectl get -f a.yaml
NAME   READY   STATUS    RESTARTS   AGE
a      1/1     Running   0          6m
```
""")
    assert states(report) == ["equal"] * 2, differences(report)


def test_coredns_has_as_many_replicas_as_the_page_lists(replayed):
    report = replayed("""\
```console
$ kubectl get deployment -n kube-system
NAME      READY   UP-TO-DATE   AVAILABLE   AGE
coredns   2/2     2            2           3m
```
""")
    assert states(report) == ["equal"], differences(report)


def test_a_cluster_has_as_many_nodes_as_the_page_says(replayed):
    report = replayed("This needs a cluster with at least\nfour nodes.\n```sh\nkubectl get nodes -o name\n```\n")
    assert len(report.outcomes[-1].output.split()) == 4


def test_nodes_are_in_the_zone_that_the_page_shows(replayed):
    report = replayed("""\
```sh
kubectl create deployment a --image=nginx
kubectl expose deployment a --port=80
kubectl get endpointslices -o json
```
The output is similar to this:
```
        {
            "conditions": {
                "ready": true,
                "serving": true,
                "terminating": false
            },
            "zone": "us-central1-c"
```
""")
    assert inferred(report) == ["kubectl label nodes --all topology.kubernetes.io/zone=us-central1-c"]
    assert states(report) == ["ran", "ran", "equal"], differences(report)


RUNTIME = """\
```sh
kubectl get nodes -o wide
```
```
NAME  STATUS ROLES         AGE VERSION INTERNAL-IP EXTERNAL-IP OS-IMAGE           KERNEL-VERSION CONTAINER-RUNTIME
node1 Ready  control-plane 9d  v1.31.5 10.0.0.4    <none>      Ubuntu 22.04.5 LTS 5.15.0 (amd64) {}
```
"""

PATCH = ("kubectl patch nodes minikube --subresource=status -p "
         """'{"status":{"nodeInfo":{"containerRuntimeVersion":"%s"}}}'""")


@pytest.mark.parametrize(("runtime", "given"), [
    ("containerd://1.5.9", "containerd://1.5.9"), ("docker://19.3.8", "docker://19.3.8"), ("cri-o://1.31.0", "")])
def test_nodes_have_the_container_runtime_that_the_page_shows(replayed, runtime, given):
    report = replayed(RUNTIME.format(runtime))
    assert inferred(report) == ([PATCH % given] if given else [])
    assert (runtime in report.outcomes[-1].output) == bool(given)


def test_ids_of_containers_tell_of_containerd(replayed):
    page = """\
```sh
kubectl run a --image=busybox:1.36 -- sleep 1d
kubectl describe pod a
```
You see, among others:
```
    Container ID:  {}://5403af59a2b46ee5a23fb0ae4b1e077f7ca5c5fb7af16e1ab21c00e0e616462a
    Image ID:      docker.io/library/busybox@sha256:2834dc507516af02784808c5f48b7cbe38b8ed5d0f4837f16e78d00deb7e7767
```
"""
    report = replayed(page.format("containerd"))
    assert inferred(report) == [PATCH % "containerd://1.7.18"] and states(report)[-1] == "equal", differences(report)
    assert inferred(replayed(page.format("docker"))) == []
    made = "```sh\nminikube start\n```\n" + page.format("containerd")
    assert inferred(replayed(made)) == []


def test_what_a_url_makes_is_not_made_of_a_manifest_of_that_name(replayed, tmp_path):
    (tmp_path / "pods").mkdir()
    text = "\n".join(POD.format(name="a", image="nginx").splitlines()[1:-1])
    (tmp_path / "pods" / "a.yaml").write_text(text)
    report = replayed(POD.format(name="a", image="httpd") + "```\nkubectl create -f https://x.io/pods/a.yaml\n"
                      "kubectl get pod a -o jsonpath='{..image}'\n```\n", maps=(("https://x.io", str(tmp_path)),))
    assert not inferred(report) and not report.bad
    assert report.outcomes[-1].output.startswith("nginx")


CLEANED = """\
```
kubectl create sa robot
```
## {heading}
```
kubectl delete {robot}
```
## Going on
```
{later}
```
"""


@pytest.mark.parametrize(("heading", "later", "state"), [
    ("Clean up", "kubectl create token robot", "left out"), ("Cleaning up", "kubectl describe sa robot", "left out"),
    ("Delete", "kubectl get sa", "ran"), ("Cleanup", "kubectl create sa robot", "ran"),
    ("Cleanup", "kubectl get sa robots", "ran")])
@pytest.mark.parametrize("robot", ["serviceaccount/robot", "sa robot"])
def test_what_the_page_goes_on_with_is_not_cleaned_up(replayed, robot, heading, later, state):
    report = replayed(CLEANED.format(robot=robot, heading=heading, later=later))
    assert states(report)[1] == state
    assert report.outcomes[1].why == ("cleans up what line 10 goes on with" if state == "left out" else "")


def test_an_autoscaler_is_made_anew(replayed, tmp_path):
    (tmp_path / "a.yaml").write_text("""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}""")
    report = replayed("```\nkubectl create deployment web --image=nginx\nkubectl autoscale deployment web --max=2\n"
                      "kubectl create -f https://x.io/a.yaml\n```\n", maps=(("https://x.io", str(tmp_path)),))
    assert states(report) == ["ran"] * 3
    assert inferred(report) == ["kubectl delete horizontalpodautoscalers.autoscaling web --ignore-not-found --now"]


def test_a_manifest_of_the_same_object_is_the_file_that_is_applied_again(replayed):
    page = ("Write `a.yaml`:\n" + POD.format(name="a", image="nginx")
            + "```\n$ kubectl apply -f a.yaml\npod/a created\n```\n" + "Change its image:\n"
            + POD.format(name="a", image="httpd")
            + "```\n$ kubectl apply -f a.yaml\npod/a configured\n```\n"
            + "```\n$ kubectl get pod a -o jsonpath='{.spec.containers[0].image}'\nhttpd\n```\n")
    report = replayed(page)
    assert states(report) == ["equal"] * 3, differences(report)
    assert any(each.startswith("a.yaml is what line") for each in report.page.inferred)


def test_a_manifest_of_another_object_is_no_new_version_of_a_file(replayed):
    report = replayed("Write `a.yaml`:\n" + POD.format(name="a", image="nginx")
                      + "```\n$ kubectl apply -f a.yaml\npod/a created\n```\n" + POD.format(name="b", image="nginx")
                      + "```\n$ kubectl apply -f a.yaml\npod/b created\n```\n")
    assert states(report) == ["equal", "differs"]


def test_a_namespace_that_a_page_takes_as_given_is_there(replayed):
    report = replayed("```\n$ kubectl create configmap a -n dev\nconfigmap/a created\n"
                      "$ kubectl config set-context --current --namespace=dev\nContext \"minikube\" modified.\n"
                      "$ kubectl get cm a -o name\nconfigmap/a\n```\n")
    assert inferred(report) == ["kubectl create namespace dev"]
    assert states(report) == ["equal"] * 3, differences(report)


@pytest.mark.parametrize("page", [
    "$ kubectl create ns dve\nnamespace/dve created\n$ kubectl create configmap a -n dev\nconfigmap/a created\n",
    "$ kubectl get cm -n dev\nNAME   DATA   AGE\na      1      5s\n",
    '$ kubectl create configmap a -n dev\nerror: failed to create configmap: namespaces "dev" not found\n'])
def test_a_namespace_is_not_made_where_the_page_makes_its_own_or_only_reads(replayed, page):
    assert inferred(replayed(f"```\n{page}```\n")) == []
