"""Pages are replayed as one session, with their times and names, and what they leave unsaid."""

from __future__ import annotations

import os
import pathlib
import shutil

import pytest
from pagesamples import ASCIIDOC, CRAM, RST, TXTAR

from kubesim_cli.main import execute
from kubesim_cli.sim.pages import checking
from kubesim_cli.sim.pages.onlooker import REPEATABLE
from kubesim_cli.sim.pages.outcome import Options

FIXTURES = pathlib.Path(__file__).parents[3] / "fixtures"
needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")


POD = """\
```yaml
# {name}.yaml
apiVersion: v1
kind: Pod
metadata: {name: {name}}
spec: {restartPolicy: Never, containers: [{name: a, image: {image}}]}
```
"""


def states(report):
    return [outcome.state for outcome in report.outcomes]


def test_the_tutorial_is_true_to_the_second_and_the_name(monkeypatch, tmp_path):
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path))
    report = checking.check(str(FIXTURES / "pages" / "statefulset.txt"), execute, Options(level="exact"))
    compared = [outcome for outcome in report.outcomes if outcome.verdict]
    assert [outcome.state for outcome in compared] == ["equal"] * 5
    assert "pvc-6dbe5870-6c5c-4761-b3e1-354437823255" in compared[0].output  # not only bound: it is called so
    assert [outcome.command.text for outcome in report.outcomes if outcome.command.origin] == [
        "kubectl apply -f sts-mariadb.yml", "kubectl delete -f sts-mariadb.yml"]
    assert report.contradictions == []


PAGE = """\
```yaml
# web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
```

```console
$ kubectl get pods
NAME                   READY   STATUS    RESTARTS   AGE
web-7854ff8877-4xpq2   1/1     Running   0          3m12s
web-7854ff8877-zz7kl   1/1     Running   0          3m12s
$ kubectl delete pod web-7854ff8877-4xpq2
pod "web-7854ff8877-4xpq2" deleted
$ kubectl get pods
NAME                   READY   STATUS    RESTARTS   AGE
web-7854ff8877-bbbbb   1/1     Running   0          40s
web-7854ff8877-zz7kl   1/1     Running   0          4m
```
"""


def test_names_ages_and_the_apply_come_from_the_page(replayed):
    report = replayed(PAGE)
    assert states(report) == ["ran", "equal", "equal", "equal"], [outcome.verdict and outcome.verdict.diff
                                                                 for outcome in report.outcomes]
    assert report.outcomes[0].command.origin == "inferred"
    assert states(replayed(PAGE, infer=False)) == ["differs", "differs", "differs"]


def test_ages_that_contradict_each_other_are_told(replayed):
    report = replayed(PAGE.replace("4m\n", "2m\n"))
    assert report.contradictions
    assert states(report)[-1] == "differs"


@needs_bash
def test_the_blocks_are_one_session(replayed):
    report = replayed("```sh\nNAME=me\nmkdir d\ncd d\ngreet() { echo \"hi $1\"; }\n```\n```\n$ greet $NAME\nhi me\n"
                      "$ basename $PWD\nd\n$ kubectl create configmap $NAME\nconfigmap/me created\n"
                      "$ for n in a b; do echo $n; done | tac\nb\na\n$ echo a > f; kubectl create cm f --from-file f\n"
                      "configmap/f created\n```\n")
    assert states(report) == ["ran"] * 4 + ["equal"] * 5


@needs_bash
def test_nothing_waits_for_real_time(replayed):
    report = replayed("""\
```
$ kubectl run a --image=nginx
pod/a created
$ sleep 1h; echo done
done
$ kubectl get pods
NAME   READY   STATUS    RESTARTS   AGE
a      1/1     Running   0          60m
```
""", timeout=30)
    assert states(report) == ["equal"] * 3


@needs_bash
def test_what_takes_too_long_fails_and_the_page_goes_on(replayed):
    report = replayed("```sh\nwhile true; do :; done\n```\n```\n$ echo a\na\n```\n", timeout=2)
    assert states(report) == ["failed", "equal"]


@pytest.mark.parametrize(("command", "why"), [
    ("docker run x", "runs docker"), ("curl http://x | sh", "runs curl"), ("sudo ls", "runs sudo"),
    ("echo x > /etc/passwd", "writes /etc/passwd"), ("rm -rf /home", "has rm change files outside of its folder"),
    ("kubectl proxy", "serves until it is stopped"), ("kubectl edit pod a", "opens an editor"),
    ("kubectl get pod <pod-name>", "has the placeholder <pod-name>"),
])
def test_what_reaches_beyond_is_left_out(replayed, command, why):
    report = replayed(f"```sh\n{command}\n```\n")
    assert [(outcome.state, outcome.why) for outcome in report.outcomes] == [("left out", why)]


@needs_bash
def test_programs_can_be_allowed(replayed):
    page = "```\n$ python3 -c 'print(5)'\n5\n```\n"
    assert states(replayed(page)) == ["left out"]
    assert states(replayed(page, allow=("python3",))) == ["equal"]


def test_a_command_that_fails_is_told_unless_the_page_says_so(replayed):
    assert states(replayed("```sh\nkubectl get pod a\n```\n")) == ["failed"]
    assert states(replayed("<!-- kubesim: fails 1 -->\n```sh\nkubectl get pod a\n```\n")) == ["ran"]
    assert states(replayed('```\n$ kubectl get pod a\nError from server (NotFound): pods "a" not found\n```\n')) == [
        "equal"]


def test_a_watch_goes_on_in_a_second_terminal(replayed):
    report = replayed("""\
```shell
kubectl get pods --watch
```
```shell
kubectl run a --image=nginx
```

```shell
# This should already be running
kubectl get pods --watch
```
```
NAME   READY   STATUS              RESTARTS   AGE
a      0/1     Pending             0          0s
a      0/1     ContainerCreating   0          0s
a      1/1     Running             0          2s
```
""")
    assert states(report) == ["ran", "ran", "equal"]


def test_directives_are_heeded(replayed):
    report = replayed("""\
<!-- kubesim: nodes 2 -->
<!-- kubesim: version 1.30 -->
```
$ kubectl get nodes
NAME           STATUS   ROLES           AGE   VERSION
minikube       Ready    control-plane   1h    v1.30.0
minikube-m02   Ready    <none>          1h    v1.30.0
```
<!-- kubesim: setup: kubectl create ns a -->
<!-- kubesim: reset -->
```
$ kubectl get ns a
Error from server (NotFound): namespaces "a" not found
```
""")
    assert states(report) == ["equal", "ran", "equal"]


def test_a_page_of_another_release(replayed):
    page = "```\n$ kubectl version\nClient Version: v1.31.0\nKustomize Version: v5.4.2\nServer Version: v1.31.0\n```\n"
    assert states(replayed(page, release="1.31")) == ["equal"]
    assert states(replayed(page)) == ["differs"]


@pytest.mark.parametrize(("name", "text"), [("page.t", CRAM), ("page.txtar", TXTAR), ("page.adoc", ASCIIDOC),
                                            ("page.rst", RST)], ids=["cram", "txtar", "asciidoc", "rst"])
def test_pages_of_other_formats_are_true(replayed, name, text):
    if name.endswith(".rst"):
        pytest.importorskip("docutils")
    report = replayed(text, name)
    assert not {"differs", "failed", "left out"} & set(states(report)), [
        (outcome.command.text, outcome.why, outcome.verdict and outcome.verdict.diff) for outcome in report.bad]


JOB = """\
```console
$ kubectl create job a --image=busybox -- sleep 30
job.batch/a created
$ kubectl get jobs
NAME   STATUS     COMPLETIONS   DURATION   AGE
a      Complete   1/1           33s        3m
```
"""


def test_a_state_that_takes_its_time_is_waited_for(replayed):
    assert states(replayed(JOB, release="1.31")) == ["equal", "equal"]
    assert states(replayed(JOB.replace("3m", "10s"), release="1.31")) == ["equal", "differs"]
    report = replayed(JOB.replace("Complete  ", "Failed    ") + "```\n$ kubectl get job a -o name\njob.batch/a\n```\n",
                      release="1.31")
    assert states(report) == ["equal", "differs", "equal"]


def test_a_pod_that_only_a_command_names_is_one_that_is_there(replayed):
    report = replayed("```sh\nkubectl create deployment web --image=nginx\nkubectl get pod web-1370807587-fz9sd\n"
                      "kubectl cordon kube-node-1\n```\n")
    assert states(report) == ["ran"] * 3


def test_synopses_are_left_out(replayed):
    assert states(replayed("```sh\nkubectl apply (-f FILENAME | -k DIRECTORY)\nkubectl get [--all] pods\n```\n")) == [
        "left out"] * 2


@needs_bash
def test_files_of_a_map_are_fetched(replayed, tmp_path):
    (tmp_path / "a.txt").write_text("hello\n", encoding="utf-8")
    report = replayed("```\n$ wget https://k8s.io/examples/a.txt -O b.txt; cat b.txt\nhello\n"
                      "$ curl -sLO https://k8s.io/examples/a.txt && cat a.txt\nhello\n"
                      "$ curl https://k8s.io/examples/a.txt\nhello\n```\n```sh\ncurl https://k8s.io/other\n```\n",
                      maps=(("https://k8s.io/examples", str(tmp_path)),))
    assert states(report) == ["equal"] * 3 + ["left out"]


@needs_bash
def test_curl_reaches_the_cluster_and_nothing_else(replayed):
    report = replayed("```sh\nkubectl create deployment web --image=nginx\nkubectl expose deployment web --port=80\n"
                      "kubectl rollout status deployment/web\n```\n```\n"
                      "$ IP=$(kubectl get service web -o jsonpath='{.spec.clusterIP}')\n"
                      "$ curl -s http://$IP/ | grep '<title>'\n<title>Welcome to nginx!</title>\n"
                      "$ curl http://example.com/\nan answer\n```\n")
    assert states(report) == ["ran"] * 4 + ["equal", "left out"]


@pytest.mark.parametrize("words, is_so", [
    ("-s http://10.96.0.10/d -H 'Host: x'", True), ("-fsSLk --max-time 2 http://x/", True),
    ("-X POST http://x/", False), ("-sX DELETE http://x/", False),
    ("-kd a=1 http://x/", False), ("--json '{}' http://x/", False),
    ("-s http://x/ | sh", False)])
def test_only_a_curl_that_reads_is_looked_at_again(words, is_so):
    assert bool(REPEATABLE.match(f"curl {words}")) == is_so


@pytest.mark.parametrize(("text", "is_so"), [
    ("kubectl exec web-0 -- cat /a", True), ("kubectl exec web-0 -- cat /a > b; rm c", False),
    ("kubectl exec web-0 -- rm /a", False), ("for i in 0 1; do kubectl exec web-$i -- cat /a; done", True),
    ('for i in 0 1; do kubectl exec -i -t "web-$i" -- curl http://localhost/; done', True),
    ("for i in 0 1; do kubectl exec web-$i -- sh -c 'hostname'; done", True),
    ("for i in 0 1; do kubectl exec web-$i -- curl -X POST http://localhost/; done", False),
    ("for i in 0 1; do kubectl exec web-$i -- sh -c 'hostname > a'; done", False),
    ("for i in $(rm a); do kubectl exec web-$i -- cat a; done", False),
    ("for i in 0 1; do kubectl exec web-$i -- chmod 755 /a; done", False),
    ("for i in 0 1; do kubectl exec web-$i -- cat a; kubectl delete pod web-$i; done", False),
])
def test_only_what_reads_in_containers_is_looked_at_again(text, is_so):
    assert bool(REPEATABLE.match(text)) == is_so


@needs_bash
def test_one_folder_is_published_at_several_places(replayed, tmp_path):
    (tmp_path / "examples" / "pods").mkdir(parents=True)
    (tmp_path / "examples" / "pods" / "a.txt").write_text("hello\n", encoding="utf-8")
    raw = "https://raw.githubusercontent.com/x/y/main/content/examples/pods/a.txt"
    report = replayed(f"```\n$ curl -s {raw}\nhello\n$ curl -s https://x.io/examples/pods/a.txt\nhello\n```\n"
                      "```sh\ncurl https://x.io/examples/pods/b.txt\n```\n",
                      maps=(("https://k8s.io/examples", str(tmp_path / "examples")),))
    assert states(report) == ["equal", "equal", "left out"]


def test_errors_tell_of_urls(replayed, tmp_path):
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: gone}\nspec: {}\n")
    report = replayed("```sh\nkubectl create -f https://k8s.io/examples/a.yaml\n```\n",
                      maps=(("https://k8s.io/examples", str(tmp_path)),))
    assert 'when creating "https://k8s.io/examples/a.yaml"' in report.outcomes[0].output


@needs_bash
def test_differences_are_no_failure(replayed):
    report = replayed("```sh\nkubectl create configmap a -o yaml --dry-run=client > a.yaml\n"
                      "kubectl diff -f a.yaml\n```\n")
    assert states(report) == ["ran", "ran"]


SCRIPT = """\
[!exec:cat] skip
[windows] exec nosuch
env NAME=b
stdin hello.txt
exec cat
stdout hello
! stdout goodbye
cp stdout got
cmp got hello.txt
! cmp got other.txt
exec cat hello.txt
stdin stdout
exec grep hello
stdout ^hello
exists got
! exists $NAME
grep h.llo got
! grep z got
symlink link -> got
exec cat link
cmp stdout hello.txt
stop enough
exec nosuch
-- hello.txt --
hello
-- other.txt --
goodbye
"""


@needs_bash
def test_statements_of_testscript(replayed):
    report = replayed(SCRIPT, "page.txtar")
    assert not {"differs", "failed", "left out"} & set(states(report)), [
        (outcome.command.text, outcome.why, outcome.verdict and outcome.verdict.diff) for outcome in report.bad]
    assert len(report.outcomes) == 12
    assert states(replayed("exec echo hello\n! stdout h\n", "page.txtar")) == ["differs"]


WAYS = """\
```console
$ kubectl create deployment web --image=nginx
deployment.apps/web created
$ kubectl rollout status deployment/web
deployment "web" successfully rolled out
```

```console
$ kubectl set image deployment/web nginx=nginx:1.16.1
deployment.apps/web image updated
```

{words}

```console
$ kubectl set image deployment web nginx=nginx:1.16.1
deployment.apps/web image updated
```
"""


def test_another_way_is_gone_where_the_first_has_not_been(replayed):
    for words in ("Alternatively, name its kind:", "or", "Say its kind. Or this:"):
        assert states(replayed(WAYS.format(words=words))) == ["equal"] * 4
    assert states(replayed(WAYS.format(words="Then, say its kind:"))) == ["equal"] * 3 + ["differs"]


def test_a_way_that_is_left_out_takes_nothing_back(replayed):
    page = WAYS.format(words="Or edit it:\n\n```sh\nkubectl edit deployment/web\n```\n\nAnd then:")
    assert states(replayed(page)) == ["equal"] * 3 + ["left out", "differs"]


def test_a_rollout_is_not_waited_for_where_the_page_does_not_show_its_end(replayed):
    page = """\
```console
$ kubectl create deployment web --image=nginx:doesnotexist
deployment.apps/web created
$ kubectl rollout status deployment/web
Waiting for deployment "web" rollout to finish: 0 of 1 updated replicas are available...
$ kubectl get deployment
NAME   READY   UP-TO-DATE   AVAILABLE   AGE
web    0/1     1            0           25s
```
"""
    assert states(replayed(page)) == ["equal"] * 3


@needs_bash
def test_a_variable_that_nothing_sets_is_a_placeholder(replayed):
    report = replayed("```sh\nkubectl cordon $NODENAME\nNODE=minikube\nkubectl cordon $NODE\n"
                      "kubectl run a --image=nginx -- sh -c 'echo $OTHER'\necho ${MORE:-1} $HOME\n```\n")
    assert states(report) == ["left out", "ran", "ran", "ran", "ran"]
    assert report.outcomes[0].why == "has the placeholder $NODENAME"


def test_what_is_yet_to_start_is_looked_at_soon(replayed):
    report = replayed("```sh\nkubectl create deployment web --image=nginx\n```\n\n```sh\nkubectl describe rs\n```\n\n"
                      "The output is similar to:\n\n```\nReplicas:       1 current / 1 desired\n"
                      "Pods Status:    0 Running / 1 Waiting / 0 Succeeded / 0 Failed\n```\n")
    assert states(report) == ["ran", "equal"]


@pytest.mark.parametrize("ready", ["1/3     3            1   ", "3/3     3            3   "])
def test_what_changes_the_cluster_comes_as_soon_as_a_listing_needs_it(replayed, ready):
    blocks = "".join(f"```sh\nkubectl {each}\n```\n\n" for each in (
        "create deployment web --image=nginx", "scale deployment web --replicas=3", "get deployments"))
    report = replayed(f"{blocks}```\nNAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    {ready}        5s\n```\n")
    assert states(report) == ["ran", "ran", "equal"]


OUT_OF_MEMORY = """\
```yaml
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - {name: a, image: polinux/stress, command: [stress], args: [--vm, "1", --vm-bytes, 250M],
     resources: {limits: {memory: 100Mi}}}
```
```shell
kubectl get pod a
```
The output is similar to:
```
NAME   READY   STATUS      RESTARTS   AGE
a      0/1     OOMKilled   1          40s
```
"""


def test_a_state_that_passes_quickly_is_seen_at_whatever_age(replayed):
    assert states(replayed(OUT_OF_MEMORY)) == ["ran", "equal"]
    assert states(replayed(OUT_OF_MEMORY.replace("OOMKilled   1", "OOMKilled   7"))) == ["ran", "differs"]
    assert states(replayed(OUT_OF_MEMORY.replace("similar to", "this"))) == ["ran", "differs"]


IN_ORDER = """\
```yaml
# a.yaml
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: a}
spec:
  replicas: 2
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      containers:
      - {name: a, image: nginx, readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 30}}
```
```shell
kubectl apply -f a.yaml
kubectl get pods
```
The response should be similar to:
```
NAME   READY   STATUS              RESTARTS   AGE
a-0    1/1     Running             0          1m
a-1    0/1     ContainerCreating   0          8s
```
"""


def test_a_state_that_passes_between_two_looks_is_seen_when_it_comes(replayed):
    """No moment fits the ages: the second pod's image is there, so that it is made in a second."""
    assert states(replayed(IN_ORDER)) == ["ran", "equal"]
    assert states(replayed(IN_ORDER.replace("ContainerCreating", "ErrImagePull     "))) == ["ran", "differs"]


LOOP = """\
```shell
kubectl run a --image=busybox:1.36 -i -t --rm --restart=Never -- sh -c "while sleep 1; do echo one; echo two; done"
```
You see:
```
two
one
```
```shell
kubectl get pods
```
```
No resources found in default namespace.
```
"""


def test_a_loop_is_interrupted_when_it_has_said_what_the_page_shows(replayed):
    assert states(replayed(LOOP, timeout=5)) == ["equal", "equal"]
    assert states(replayed(LOOP.replace("two\n", "three\n"), timeout=5)) == ["differs", "equal"]


def test_a_loop_goes_on_where_the_page_speaks_of_its_pod_later(replayed):
    """It runs in another terminal, whose prompt a page's next command does not wait for."""
    goes_on = LOOP.replace("kubectl get pods", "kubectl delete pod a --now").replace(
        "No resources found in default namespace.", 'pod "a" deleted')
    assert states(replayed(goes_on, timeout=5)) == ["equal", "equal"]
    assert states(replayed(LOOP.partition("You")[0] * 2, timeout=5)) == ["ran", "ran", "ran"]  # deleted in between
    assert states(replayed(LOOP.replace("sleep 1;", "sleep 0.5;"), timeout=5)) == ["equal", "equal"]


def test_what_a_pod_says_is_not_what_its_creation_prints(replayed):
    page = POD.replace("{name}", "a").replace("{image}", "busybox:1.36, command: [echo, hello]") + """\
```shell
kubectl create -f a.yaml
```
%s
```
hello
```
"""
    report = replayed(page % "When the pod runs, its command produces the output below:")
    assert [(one.state, one.command.text) for one in report.outcomes] == [
        ("ran", "kubectl create -f a.yaml"), ("equal", "kubectl logs $(kubectl get -f a.yaml -o name)")]
    assert states(replayed(page % "There will be a file that follows:")) == ["ran"]


@needs_bash
def test_what_is_written_to_a_file_is_read_there(replayed):
    page = "```\nkubectl create cm a --from-literal=b=c --dry-run=client -o yaml > a.yaml\n```\n%s:\n```yaml\n%s```\n"
    report = replayed(page % ("In it you see", "data:\n  b: c\n"))
    assert states(report) == ["ran", "equal"] and report.outcomes[1].command.text == "cat a.yaml"
    assert states(replayed(page % ("In it you see", "data:\n  b: d\n"))) == ["ran", "differs"]


def test_a_pod_that_nothing_has_shown_is_the_one_that_says_what_the_page_does(replayed):
    page = """\
```yaml
# job.yaml
apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  completions: 3
  parallelism: 3
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      containers: [{name: a, image: busybox:1.36, command: [sh, -c, "echo I am $JOB_COMPLETION_INDEX"]}]
```
```
kubectl apply -f job.yaml
kubectl wait --for=condition=complete job/a
kubectl logs a-fdhq5
```
The output is:
```
I am 2
```
"""
    assert states(replayed(page)) == ["ran", "ran", "equal"]
    assert states(replayed(page.replace("I am 2", "I am 3"))) == ["ran", "ran", "differs"]


@pytest.mark.parametrize("command", [
    "kubectl delete", "kubectl autoscale", "kubectl run -it -- sh -c 'while sleep 1; do :; done'"])
def test_commands_that_lack_their_words_fail_by_themselves(replayed, command):
    assert states(replayed(f"## Clean up\n```sh\n{command}\n```\n", timeout=20)) == ["failed"]


def test_a_deployments_replicas_of_old_listings_are_its_own(replayed):
    listing = ("```console\n$ kubectl create deployment web --image=nginx --replicas=2\ndeployment \"web\" created\n"
               "$ kubectl get deployments\nNAME  DESIRED  CURRENT  UP-TO-DATE  AVAILABLE  AGE\n"
               "web  2  {}  2  2  20s\n```\n")
    assert [outcome.state for outcome in replayed(listing.format(2)).outcomes][1:] == ["equal"]
    assert [outcome.state for outcome in replayed(listing.format(3)).outcomes][1:] == ["differs"]
