"""Outputs are compared with listings at the level that a page asks for."""

from __future__ import annotations

import re

import pytest

from kubesim_cli.sim.pages.compare import Comparison
from kubesim_cli.sim.pages.model import Listing
from kubesim_cli.sim.pages.names import Names

PODS = """\
NAME                     READY   STATUS    RESTARTS   AGE
web-86dcfdf4c6-bcdfg     1/1     Running   0          2m5s
web-86dcfdf4c6-wxzz2     0/1     Pending   0          3s
"""


def judge(shown: str, printed: str, level: str = "same", similar: bool = False, made=lambda row: None, now=0.0,
          undated: bool = False, current=lambda row: "", **told):
    lines = shown.split("\n")
    return Comparison(Listing(lines, 1, similar=similar, **told), level, Names(), now, made, 0.0, undated,
                      current).judge(lines, printed)


def test_rows_are_found_by_what_they_say_and_not_by_their_place():
    page = """\
NAME                             READY   STATUS    RESTARTS   AGE
web-99999aaaa-aaaaa              0/1     Pending   0          3s
web-99999aaaa-zzzzz              1/1     Running   0          2m5s"""
    assert judge(page, PODS).equal


@pytest.mark.parametrize(("old", "new"), [("Pending", "Running"), ("0/1", "1/1"), ("RESTARTS", "RESTART"), ("3s", "4s"),
                                          ("0          3s", "1          3s"), ("web-86dcfdf4c6-wxzz2", "db-0")])
def test_a_difference_in_a_row_is_told(old, new):
    verdict = judge(PODS.replace(old, new), PODS)
    assert not verdict.equal
    assert any(new in line for line in verdict.diff if line.startswith("-"))


def test_a_row_too_many_or_too_few_is_told():
    lines = PODS.splitlines()
    assert judge("\n".join(lines[:2]), PODS).diff == [" " + lines[0], " " + lines[1], "+" + lines[2]] or not judge(
        "\n".join(lines[:2]), PODS).equal
    assert not judge(PODS, "\n".join(lines[:2])).equal


@pytest.mark.parametrize("note", ["# 連番で増加", "← this one", "↑ up", "<-- here"])
def test_notes_behind_rows_and_between_them_are_no_differences(note):
    lines = PODS.splitlines()
    assert judge("\n".join([lines[0], f"{lines[1]}  {note}", lines[2], "↑ a line of its own"]), PODS).equal


DESCRIBED = """\
Name:             a-86dcfdf4c6-bcdfg
Service Account:  default
Labels:           app=a
                  pod-template-hash=86dcfdf4c6
Annotations:      <none>"""


def test_what_stands_below_a_value_goes_with_it_where_another_release_has_longer_names_of_fields():
    older = "Name:         a-99999aaaa-zzzzz\nLabels:       app=a\n              pod-template-hash=99999aaaa\n" \
        "Annotations:  <none>"
    assert judge(older, DESCRIBED, undated=True).equal
    assert not judge(older.replace("template", "temple"), DESCRIBED, undated=True).equal
    assert not judge(older.replace("              pod", "    pod"), DESCRIBED, undated=True).equal
    assert not judge(older.replace("hash=99999aaaa", "hash=99999aaaa x"), DESCRIBED, undated=True).equal


def test_exec_without_dashes_warns_of_what_pages_do_not_show():
    warning = "kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use kubectl exec " \
        "[POD] -- [COMMAND] instead."
    assert judge("world", f"{warning}\nworld", undated=True).equal
    assert not judge("world", f"{warning}\nworld").equal and not judge(warning, "world", undated=True).equal


def test_exact_wants_every_byte():
    assert judge(PODS, PODS, "exact").equal
    assert not judge(PODS.replace("web-86dcfdf4c6-bcdfg", "web-86dcfdf4c6-zzzzz"), PODS, "exact").equal
    assert not judge(PODS.replace("STATUS ", "STATUS"), PODS, "exact").equal


def test_shape_leaves_ages_and_counters_free():
    other = PODS.replace("2m5s", "5d").replace("0          3s", "7          9s")
    assert judge(other, PODS, "shape").equal
    assert not judge(other.replace("Pending", "Running"), PODS, "shape").equal


def test_contains_wants_lines_in_their_order():
    printed = "a: 1\nb: 2\nc: 3\n"
    assert judge("a: 1\n...\nc: 3", printed, "contains").equal
    assert not judge("c: 3\na: 1", printed, "contains").equal
    assert judge("c: 4", printed, "contains").diff == ["@@ -1 +1,3 @@", "-c: 4", "+a: 1", "+b: 2", "+c: 3"]


@pytest.mark.parametrize("mark", ["...", "[...]", "…"])
def test_what_is_elided_may_be_anything(mark):
    assert judge(f"one\n{mark}\nfour", "one\ntwo\nthree\nfour").equal
    assert not judge(f"one\n{mark}\nfive", "one\ntwo\nthree\nfour").equal
    assert judge(f"the {mark} end", "the very end").equal


def test_progress_may_be_less_or_more_where_an_output_is_only_similar():
    printed = "Waiting for deployment\nWaiting for deployment\ndone\n"
    assert judge("Waiting for rollout\ndone", printed, similar=True).equal
    assert not judge("Waiting for rollout\ndone", printed).equal
    assert judge("Hit enter for command prompt\n... [ again and again ] ...", "Waiting for pod", undated=True).equal
    assert not judge("Hit enter for command prompt", "error: no", undated=True).equal


def test_ages_are_compared_with_the_making_of_objects():
    made = {"web-86dcfdf4c6-bcdfg": 100.0, "web-86dcfdf4c6-wxzz2": 222.0}
    verdict = judge(PODS, PODS, made=lambda row: made[row["NAME"]], now=225.0)
    assert verdict.equal
    assert sorted((age.made, age.age, age.line) for age in verdict.ages) == [(100.0, "2m5s", 2), (222.0, "3s", 3)]
    assert not judge(PODS, PODS.replace("2m5s", "2m15s"), made=lambda row: 90.0, now=225.0).equal


def test_a_minute_is_as_good_as_the_seconds_it_holds():
    assert judge(PODS.replace("2m5s", "2m"), PODS, made=lambda row: 100.0 if "b" in row["NAME"][-5:] else 222.0,
                 now=225.0).equal


@pytest.mark.parametrize(("shown", "printed"), [
    ("  Normal  Pulled  5s  kubelet  Pulled", "  Normal  Pulled  3m2s (x4 over 9m)  kubelet  Pulled"),
    ("NAME  AGE  LABELS\na     <some-time>  ...,b=c", "NAME  AGE  LABELS\na     5s   a=b,b=c"),
    ("NAME  RESTARTS\na     1", "NAME  RESTARTS\na     1 (5s ago)"),
])
def test_what_an_author_leaves_out_is_no_difference(shown, printed):
    assert judge(shown, printed).equal


def test_an_empty_cell_is_no_placeholder():
    assert not judge("NAME  NODE\na     <none>", "NAME  NODE\na     minikube").equal


WIDE = """\
NAME   READY   STATUS    RESTARTS   AGE   IP           NODE       NOMINATED NODE   READINESS GATES
a      1/1     Running   0          5s    10.244.0.3   minikube   <none>           <none>
"""


def test_a_page_without_a_release_may_be_of_an_older_one():
    page = ("NAME   READY   STATUS    RESTARTS   AGE   IP          NODE\n"
            "a      1/1     Running   0          5s    10.0.0.1    minikube")
    assert judge(page, WIDE, undated=True).equal
    assert not judge(page, WIDE).equal
    assert not judge(page.replace("Running", "Pending"), WIDE, undated=True).equal
    assert not judge(page.replace("RESTARTS   ", "").replace("0          5s", "5s"), WIDE, undated=True).equal
    warned = "Warning: 'vars' is deprecated\nkind: Pod"
    assert judge("kind: Pod", warned, undated=True).equal
    assert not judge("kind: Pod", warned).equal


def test_what_is_only_similar_may_lack_columns_and_rows_of_the_cluster_itself():
    page = "NAME   STATUS    AGE\na      Running   5s"
    assert judge(page, WIDE, similar=True).equal
    own = WIDE + "b      1/1     Running   0          5s    10.244.0.4   minikube   <none>           <none>\n"
    assert judge(page, own, similar=True, made=lambda row: 0.0 if row["NAME"] == "b" else 5.0, now=10.0).equal
    assert not judge(page, own, similar=True, made=lambda row: 5.0, now=10.0).equal


def test_kubectl_has_told_what_it_does_in_another_way():
    assert judge('secret "a" created', "secret/a created", similar=True).equal
    assert not judge('secret "a" created', "secret/a created").equal
    assert not judge('secret "a" created', "secret/b created", similar=True).equal


def test_a_long_line_may_be_broken():
    real = ('Error from server (Forbidden): error when creating "https://x/examples/a.yaml": pods "a" is forbidden: '
            'too large')
    page = 'Error from server (Forbidden): error when creating "examples/a.yaml":\npods "a" is forbidden: too large'
    assert judge(page, real).equal
    assert not judge(page.replace("too large", "too small"), real).equal


def test_json_may_be_laid_out_otherwise():
    assert judge('{ "a": [1, 2] }', '{"a":[1,2]}').equal
    assert not judge('{ "a": [1, 3] }', '{"a":[1,2]}').equal


def test_a_part_of_a_document_is_found_whatever_the_order_of_keys():
    real = "apiVersion: v1\ndata:\n  a: x\n  b: y\nkind: ConfigMap\nmetadata:\n  name: c\n  resourceVersion: \"5\"\n"
    page = "kind: ConfigMap\nmetadata:\n  name: c\n  resourceVersion: \"7\"\ndata:\n  ...\n  b: y"
    assert judge(page, real, "contains", document=True).equal
    assert judge("  b: y\n  a: x", real, "contains", document=True).equal
    assert not judge("metadata:\n  b: y", real, "contains", document=True).equal


def test_labels_that_are_elided():
    assert judge("NAME  LABELS\na     ...,x=y", "NAME  LABELS\na     k=v,x=y,z=1").equal
    assert not judge("NAME  LABELS\na     ...,x=z", "NAME  LABELS\na     k=v,x=y,z=1").equal


def test_lines_of_an_environment_come_in_any_order():
    assert judge("A=1\nB=2", "B=2\nA=1", anywhere=True).equal
    assert not judge("A=1\nB=2", "B=2\nA=1").equal


def test_fields_of_later_releases_may_be_missing_where_the_release_is_not_told():
    real = "Name:  a\nIP Families:  IPv4\nInternal Traffic Policy:  Cluster\nEvents:  <none>"
    page = "Name:  a\nIP Families:  IPv4\nEvents:  <none>"
    assert judge(page, real, undated=True).equal
    assert not judge(page, real).equal
    assert not judge(page.replace("IPv4", "IPv6"), real, undated=True).equal


def test_ls_prints_in_columns_on_a_terminal():
    assert judge("a.json  b.json", "a.json\nb.json\n").equal
    assert not judge("a.json  c.json", "a.json\nb.json\n").equal


def test_the_head_of_a_log_line_is_a_time():
    page = "I0911 09:19:26.677397       1 log.go:195] Started HTTP server on port 8080"
    assert judge(page, "I0101 00:00:22.000000       1 log.go:245] Started HTTP server on port 8080").equal
    assert not judge(page, "I0101 00:00:22.000000       1 log.go:245] Started HTTP server on port 8081").equal


def test_local_ports_are_drawn():
    page = "Kubernetes control plane is running at https://127.0.0.1:61350"
    assert judge(page, "Kubernetes control plane is running at https://127.0.0.1:8444").equal
    assert not judge(page, "Kubernetes control plane is running at https://10.0.0.1:8444").equal


def test_marks_before_lines_that_are_only_similar():
    assert judge("The addon is enabled", "* The addon is enabled", similar=True).equal
    assert not judge("The addon is enabled", "* The addon is enabled").equal
    assert not judge("The addon is enabled", "* The addon is disabled", similar=True).equal


@pytest.mark.parametrize(("earlier", "today"), [
    ("Annotations:  deployment.kubernetes.io/revision=2", "Annotations:  deployment.kubernetes.io/revision: 2"),
    ("Labels:   a=1\n          tier=2\nAnnotations:  a=1\n              revision=2",
     "Labels:   a=1\n          tier=2\nAnnotations:  a: 1\n              revision: 2"),
    ('deployments "web"', "deployment.apps/web"),
    ('daemonsets "web" revision 2', "daemonset.apps/web with revision #2"),
    ("Waiting for rollout to finish: 1 out of 3 new replicas have been updated...",
     'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...'),
    ("The following kubectl-compatible plugins are available:", "The following compatible plugins are available:"),
    ("  - warning: /a/kubectl-a identified as a plugin, but it is not executable",
     "  - warning: /a/kubectl-a identified as a kubectl plugin, but it is not executable"),
    ("pod/web labeled", "pod/web unlabeled"),
    ('* metadata.labels: Invalid value: map[string]string{"a":"b", "c":"d"}: does not match',
     '* metadata.labels: Invalid value: {"a":"b","c":"d"}: does not match'),
    ("OldReplicaSets:  <none>", "OldReplicaSets:  web-5f6d (0/0 replicas created)"),
    ("OldReplicaSets:  web-1f2d (3/3 replicas created)",
     "OldReplicaSets:  web-5f6d (0/0 replicas created), web-1f2d (3/3 replicas created)"),
    ("  Normal  ScalingReplicaSet  2m  deployment-controller  Scaled up replica set web-5f6d to 1",
     "  Normal  ScalingReplicaSet  5s  deployment-controller  Scaled up replica set web-5f6d to 1 from 0"),
    ("  Normal  Scheduled  2m  default-scheduler  Successfully assigned a to minikube",
     "  Normal  Scheduled  5s  default-scheduler  Successfully assigned default/a to minikube"),
    ("  FirstSeen LastSeen Count From SubObjectPath Type Reason Message",
     "  Type    Reason     Age   From   Message"),
    ("  22s  21s  1  {default-scheduler }    Normal  Scheduled  Successfully assigned a to b",
     "  Normal  Scheduled  20s  default-scheduler  Successfully assigned a to b"),
    ("  22s  21s  2  {kubelet node-1}  spec.containers{web}  Warning  BackOff  Back-off restarting",
     "  Warning  BackOff  3s (x2 over 9s)  kubelet  Back-off restarting"),
])
def test_earlier_releases_said_it_otherwise(earlier, today):
    assert judge(earlier, today, similar=True).equal
    assert not judge(earlier, today).equal
    word = max(re.findall(r"[A-Za-z]+", today), key=len)
    assert not judge(earlier, today.replace(word, "Other"), similar=True).equal


def test_deployments_and_jobs_had_other_columns():
    today = "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    2/3     3            2           9s\n"
    page = "NAME   DESIRED   CURRENT   UP-TO-DATE   AVAILABLE   AGE\nweb    3         4         3            2      9s"
    assert judge(page, today, similar=True).equal
    assert judge(page, today, similar=True, current=lambda row: "4" if row["NAME"] == "web" else "").equal
    assert not judge(page, today, similar=True, current=lambda row: "3").equal
    assert not judge(page.replace("web    3", "web    4"), today, similar=True).equal
    assert not judge(page, today).equal
    job = "NAME   STATUS     COMPLETIONS   DURATION   AGE\npi     Complete   1/1           5s         9s\n"
    assert judge("NAME  DESIRED  SUCCESSFUL  AGE\npi    1        1           9s", job, similar=True).equal
    assert not judge("NAME  DESIRED  SUCCESSFUL  AGE\npi    1        0           9s", job, similar=True).equal


def test_what_is_only_similar_may_lack_the_empty_replica_sets_of_a_history():
    today = "NAME   DESIRED   CURRENT   READY   AGE\nweb-5  3   3   3   9s\nweb-1  0   0   0   9m\n"
    assert judge("NAME   DESIRED   CURRENT   READY   AGE\nweb-5  3   3   3   9s", today, similar=True).equal
    assert not judge("NAME   DESIRED   CURRENT   READY   AGE\nweb-1  0   0   0   9m", today, similar=True).equal


def test_a_part_of_an_output_may_have_a_part_of_the_columns():
    today = "NAME   STATUS    VOLUME   CAPACITY\ndata   Pending\n"
    assert judge("NAME  STATUS\ndata  Pending", today, "contains").equal
    assert not judge("NAME  STATUS\ndata  Bound", today, "contains").equal


def test_an_error_may_be_broken_ended_and_bare():
    error = 'Error from server (Forbidden): error when creating "a.yaml": pods "a" is forbidden: maximum is 1, not 2'
    assert judge('Error from server (Forbidden): error when creating "a.yaml":\npods "a" is forbidden: maximum is 1, '
                 'not 2.', error, "contains").equal
    assert judge('Error from server (Forbidden): error when creating "a.yaml":\npods "a" is forbidden: maximum is 1, '
                 'not 2', error, "contains").equal
    assert judge('pods "a" is forbidden:\nmaximum is 1, not 2', error, "contains").equal
    assert not judge('pods "a" is forbidden:\nmaximum is 1, not 3', error, "contains").equal
    assert not judge('pods "a" is forbidden: maximum is 1, not 2', error).equal


def test_what_was_done_may_have_been_done_in_another_order():
    printed = 'service "web" deleted\ndeployment.apps "web" deleted\n'
    assert judge('deployment.apps "web" deleted\nservice "web" deleted', printed, undated=True).equal
    assert not judge('deployment.apps "web" deleted\nservice "web" deleted', printed).equal
    assert not judge('deployment.apps "web" deleted\nservice "db" deleted', printed, undated=True).equal


def test_how_a_cluster_was_made_is_free_where_a_list_of_nodes_is_only_similar():
    printed = "NAME   STATUS   OS-IMAGE      CONTAINER-RUNTIME\na      Ready    Ubuntu 22.04  docker://27.4.1\n"
    page = "NAME   STATUS   OS-IMAGE   CONTAINER-RUNTIME\na      Ready    Flatcar    containerd://1.4.1"
    assert judge(page, printed, similar=True).equal
    assert not judge(page, printed).equal
    assert not judge(page.replace("Ready", "NotReady"), printed, similar=True).equal


def test_maps_were_printed_as_go_does():
    assert judge("map[cpu:250m memory:120Mi]", '{"cpu":"250m","memory":"120Mi"}', undated=True).equal
    assert not judge("map[cpu:250m memory:120Mi]", '{"cpu":"250m","memory":"99Mi"}', undated=True).equal


def test_a_patch_that_changes_nothing_is_told_since_kubectl_1_9():
    assert judge("pod/a patched", "pod/a patched (no change)", similar=True).equal
    assert not judge("pod/a patched", "pod/a patched (no change)").equal


def test_a_resource_was_told_without_its_group():
    page = 'Unable to find "ingresses" that match field selector "a=b"'
    today = 'Unable to find "networking.k8s.io/v1, Resource=ingresses" that match field selector "a=b"'
    assert judge(page, today, undated=True).equal
    assert not judge(page, today.replace("ingresses", "services"), undated=True).equal


def test_columns_that_a_page_leaves_out_are_not_compared():
    page = "NAME                 ...  NODE\nweb-99999aaaa-aaaaa  ...  gke-node-1"
    printed = ("NAME                   READY   STATUS    RESTARTS   AGE   IP           NODE\n"
               "web-86dcfdf4c6-bcdfg   1/1     Running   0          9s    10.244.0.3   gke-node-1\n")
    assert judge(page, printed, similar=True).equal
    assert not judge(page.replace("node-1", "node-2"), printed, similar=True).equal


def test_endpoints_come_in_any_order():
    printed = "NAME   ENDPOINTS                   AGE\nweb    10.0.0.1:80,10.0.0.2:80     9s\n"
    for cell, equal in (("10.0.9.2:80,10.0.9.1:80", True), ("10.0.9.2:80,10.0.9.1:81", False), ("10.0.9.2:80", False)):
        names = Names()
        names.bind("10.0.9.1", "10.0.0.1")
        lines = ["NAME   ENDPOINTS                   AGE", f"web    {cell}     9s"]
        verdict = Comparison(Listing(lines, 1), "same", names, 0.0, lambda row: None).judge(lines, printed)
        assert verdict.equal == equal


def test_an_id_may_be_cut_off():
    assert judge("id: docker://c1d8abd1 ...", "id: docker://2bf808eda0f2fa40\n").equal
    assert not judge("id: docker://c1d8abd1 ...", "id: containerd://2bf808eda0f2fa40\n").equal


def test_dns_may_not_tell_the_names_of_addresses_where_a_page_is_old_or_similar():
    printed = "Name:      web-0.nginx\nAddress 1: 10.244.0.3 web-0.nginx.default.svc.cluster.local\n"
    for told in ({"similar": True}, {"undated": True}):
        assert judge("Name:      web-0.nginx\nAddress 1: 10.244.1.6", printed, **told).equal
    assert not judge("Name:      web-0.nginx\nAddress 1: 10.244.1.6", printed).equal
    assert not judge("Name:      web-0.nginx\nAddress 1: 10.244.1.6 a.b", printed, similar=True).equal
    printed = "LoadBalancer Ingress:     10.96.0.9 (VIP)\n"
    assert judge("LoadBalancer Ingress:  104.198.205.71", printed, similar=True).equal
    assert not judge("LoadBalancer Ingress:  104.198.205.71", printed).equal


def test_of_a_name_that_is_gone_another_may_take_the_place_where_a_listing_is_similar():
    names = Names()
    lines = ["NAME                 AGE", "web-99999aaaa-aaaaa  9m", "web-99999aaaa-zzzzz  8m"]
    printed = "NAME                  AGE\nweb-86dcfdf4c6-bcdfg  8m\nweb-86dcfdf4c6-wxzz2  9m\n"
    for page, here in (("aaaaa", "ccccc"), ("zzzzz", "wxzz2")):
        names.match(f"web-99999aaaa-{page}", f"web-86dcfdf4c6-{here}")
    comparison = Comparison(Listing(lines, 1, similar=True), "shape", names, 0.0, lambda row: None)
    assert comparison.judge(lines, printed).equal
    assert names.here["web-99999aaaa-zzzzz"] == "web-86dcfdf4c6-wxzz2"


def test_what_was_done_to_a_node_is_told_with_its_name_here_in_other_words():
    for shown, equal in (('node "gke-node-1" uncordoned', True), ('node "gke-node-2" uncordoned', False)):
        names = Names(frozenset({"minikube"}))
        names.bind("gke-node-1", "minikube")
        comparison = Comparison(Listing([shown], 1, similar=True), "same", names, 0.0, lambda row: None)
        assert comparison.judge([shown], "node/minikube uncordoned\n").equal == equal


EVENTS = """\
  Type    Reason   Age   From     Message
  ----    ------   ----  ----     -------
  Normal  Pulled   9s    kubelet  Successfully pulled image "nginx" in 1.5s. Image size: 3 bytes.
  Normal  Started  8s    kubelet  Started container a"""


@pytest.mark.parametrize(("pulled", "started", "equal"), [
    ("kubelet, n1  Successfully pulled image \"nginx\"", "kubelet, n1  Started container a", True),
    ("kubelet  Successfully pulled image \"nginx\" in 5m2s", "kubelet  Started container a", True),
    ("kubelet, n1  Successfully pulled image \"httpd\"", "kubelet, n1  Started container a", False),
    ("kubelet, n1  Successfully pulled image \"nginx\"", "kubelet, n1  Started container b", False)])
def test_events_of_older_releases(pulled, started, equal):
    page = f"Type    Reason   Age   From     Message\nNormal  Pulled   5s    {pulled}\nNormal  Started  5s    {started}"
    assert judge(page, EVENTS, "contains", undated=True).equal == equal
    assert not judge(page.replace("kubelet ", "kubelet, n1"), EVENTS, "contains").equal


def test_nothing_was_found_without_a_namespace_once():
    printed = "No resources found in default namespace."
    assert judge("No resources found.", printed, undated=True).equal
    assert not judge("No resources found.", printed).equal
    assert not judge("No resources found in other namespace.", printed, undated=True).equal


PROCESSES = """\
USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root           1  0.0  0.0   2576   901 ?        Ss   00:00   0:00 sleep 1h
root           7  0.0  0.0   2576   907 ?        R    00:00   0:00 ps aux"""


@pytest.mark.parametrize(("old", "new", "equal"), [
    ("  12 ", "  21 ", True), ("0.1", "99", True), ("20:36", "21:00", True),
    ("root         1", "nobody       1", False),
    ("sleep 1h", "sleep 2h", False), ("root         1", "root         2", False)])
def test_processes_are_known_by_their_commands(old, new, equal):
    page = """\
USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root        12  0.0  0.0  17500  2072 ?        R+   20:37   0:00 ps aux
root         1  0.1  0.1  33308  3828 ?        Ss   20:36   0:00 sleep 1h"""
    assert judge(page, PROCESSES).equal
    assert judge(page.replace(old, new), PROCESSES).equal == equal


def test_a_part_of_a_table_may_have_fewer_columns():
    assert judge("NAME\nweb-86dcfdf4c6-bcdfg", PODS, "contains").equal
    assert judge("NAME                   STATUS\nweb-86dcfdf4c6-wxzz2   Pending", PODS, "contains").equal
    assert not judge("NAME                   STATUS\nweb-86dcfdf4c6-wxzz2   Running", PODS, "contains").equal
    assert not judge("NAME\nweb-0", PODS, "contains").equal
    assert not judge("NAME\nweb-86dcfdf4c6-bcdfg\nweb-86dcfdf4c6-wxzz2", PODS).equal


def test_the_control_plane_has_given_fewer_labels():
    page = "NAME  STATUS  LABELS\na     Active  a=1\nb     Active  <none>"
    printed = ("NAME  STATUS  LABELS\na     Active  a=1,batch.kubernetes.io/job-name=a\n"
               "b     Active  kubernetes.io/metadata.name=b\n")
    assert judge(page, printed, undated=True).equal
    assert not judge(page, printed).equal
    assert not judge(page.replace("a=1", "a=1,batch.kubernetes.io/job-name=b"), printed, undated=True).equal
    assert not judge(page, printed.replace("a=1", "a=2"), undated=True).equal


def test_an_author_may_cut_the_ages_off():
    printed = "NAME   ENDPOINTS                  AGE\nweb    10.0.0.2:80,10.0.0.1:80    9s\n"
    page = "NAME   ENDPOINTS\nweb    10.1.0.1:80,10.1.0.2:80"
    assert judge(page, printed, undated=True).equal
    assert not judge(page.replace("ENDPOINTS", "PORTS"), printed, undated=True).equal
    assert not judge(page, printed).equal
    assert not judge("NAME\nweb", printed, undated=True).equal


def test_each_cluster_has_a_certificate_of_its_own():
    assert judge("ca.crt:         1338 bytes\nname:  5 bytes", "ca.crt:  579 bytes\nname:  5 bytes").equal
    assert not judge("name:  4 bytes", "name:  5 bytes").equal


@pytest.mark.parametrize(("cpu", "memory", "equal"), [
    ("974m", "<something>", True), ("1050m", "162856960", True), ("1", "<some>", True), ("800m", "155Mi", False),
    ("974m", "200Mi", False)])
def test_measurements_are_the_same_but_for_a_tenth(cpu, memory, equal):
    printed = "NAME   CPU(cores)   MEMORY(bytes)\na      1001m        151Mi"
    page = f"NAME   CPU(cores)   MEMORY(bytes)\na      {cpu}   {memory}"
    assert judge(page, printed, similar=True).equal == equal
    assert not judge(page, printed).equal


def test_progress_that_a_page_shows_is_compared_where_nothing_else_is_shown():
    page, printed = (f'Waiting for deployment "{name}" rollout to finish: 1 of 2' for name in "ab")
    assert not judge(page, printed, similar=True).equal
    assert not judge(page, printed, undated=True).equal
    assert judge("done", f"{printed}\ndone", undated=True).equal
    assert not judge(f"{page}\ndone", f"{printed}\ndone", undated=True).equal


@pytest.mark.parametrize(("shown", "similar", "equal"), [
    (" ✓ Preparing nodes 📦\nThanks for using kind! 😊", False, True),
    ("✓ Preparing nodes 📦\nThanks for using kind! 😊", True, True),
    ("✓ Preparing nodes 📦\nThanks for using kind! 😊", False, False),
    ("✓ Preparing node 📦\nThanks for using kind! 😊", True, False),
    (" ✓ Preparing nodes 📦\nThanks for using kubesim!", True, False)])
def test_what_kind_says_by_chance_and_before_its_marks(shown, similar, equal):
    assert judge(shown, " ✓ Preparing nodes 📦\nHave a nice day! 👋\n", similar=similar).equal is equal


def test_a_rollback_in_the_words_of_earlier_releases():
    assert judge('deployment "a" rolled back', "deployment.apps/a rolled back\n", undated=True).equal
    assert not judge('deployment "b" rolled back', "deployment.apps/a rolled back\n", undated=True).equal
    assert not judge('deployment "a" rolled back', "deployment.apps/a rolled back\n").equal
