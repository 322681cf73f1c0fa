"""`kubesim sim verify --against`: a page on two clusters. The real one is played by another kubesim behind a script."""

from __future__ import annotations

import io
import os
import pathlib
import shlex
import shutil
import sys

import pytest

from kubesim_cli.main import main
from kubesim_cli.sim.launchers import shim
from kubesim_cli.sim.pages.against import RealCluster, Unusable, real_kubectl
from kubesim_cli.sim.pages.confined import version
from kubesim_cli.sim.pages.outside import why_outside
from kubesim_cli.sim.stage import settings

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="programs of sh")

PAGE = """\
<!-- kubesim: file web.yaml -->
```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
```

```console
$ kubectl apply -f web.yaml
configmap/web created
```

```console
$ kubectl run web --image=nginx
pod/web created
```

```console
$ kubectl get pods
NAME   READY   STATUS    RESTARTS   AGE
web    1/1     Running   0          25s
```

```console
$ kubectl create namespace other
namespace/other created
```

```console
$ kubectl get cm -o name
configmap/kube-root-ca.crt
configmap/web
```

```console
$ for n in a b; do kubectl create cm $n; done
configmap/a created
configmap/b created
```
"""


@pytest.fixture
def real(tmp_path, monkeypatch):
    """A real cluster: the folder of its kubectl, which logs its calls and plays another home. `real.spoil(SED)` has it
    print something else."""
    folder = tmp_path / "real"
    folder.mkdir()
    kept = folder / ".kube" / "cache"  # where kubectl may write
    kept.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    log, home = kept / "calls", kept / "home"
    program = folder / "kubectl"

    (folder / "real.py").write_text("from kubesim_cli.start import start\nstart()\n", encoding="utf-8")

    def spoil(script: str) -> None:
        program.write_text(
            f'#!/bin/bash\necho "$KUBECONFIG $HOME $*" >>{shlex.quote(str(log))}\n'
            f"export KUBESIM_HOME={shlex.quote(str(home))} KUBESIM_KUBECONFIG=1\n"
            f'set -o pipefail; {shlex.quote(sys.executable)} {folder}/real.py "$@" | sed {shlex.quote(script)}\n',
            encoding="utf-8")
        program.chmod(0o755)

    spoil("")
    config = folder / "config"
    config.write_text("apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: https://real:6443}}]\n"
                      "users: [{name: u, user: {token: secret}}]\n"
                      "contexts: [{name: prod, context: {cluster: c, user: u}}]\n"
                      "current-context: prod\n", encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(config))
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{shim(str(tmp_path / 'home'))}{os.pathsep}{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("kubesim_cli.sim.pages.against.PATIENCE", 20.0)
    monkeypatch.setattr("kubesim_cli.sim.pages.against._LOOK", 0.1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    spoil.log, spoil.folder = log, folder
    return spoil


def verify(capsys, *words: str) -> tuple[int, list[str]]:
    code = main(["sim", "verify", "--quiet", "page.md", "--against", "prod", *words])
    out, err = capsys.readouterr()
    return code, (out + err).splitlines()


def test_a_page_runs_on_both_clusters_and_leaves_nothing_behind(real, capsys):
    code, told = verify(capsys, "--yes")
    assert (code, told) == (0, [
        "page.md: as printed",
        "page.md:25: not on a real cluster: changes namespace, which no namespace has",
        f"The commands run on the real cluster https://real:6443 (context prod) by {real.folder}/kubectl, each page's "
        "in a new namespace, which is deleted afterwards.",
        "page.md: 5 the same on both clusters, 0 differ, 1 not run there"])
    calls = real.log.read_text().splitlines()
    made = [call for call in calls if " create namespace " in call]
    assert len(made) == 1 and " create namespace kubesim-" in made[0]
    name = made[0].split(" create namespace ")[1].split()[0]
    assert f" delete namespace {name} --wait=false --context=prod" in calls[-1]
    inner = [call for call in calls if call.split(" ")[2:3] in (["apply"], ["run"], ["get"], ["create"])][1:]
    assert inner and all(call.split(" ")[0] != os.environ["KUBECONFIG"] for call in inner)  # the page's own namespace
    assert all(call.split(" ")[1] == os.environ["HOME"] for call in calls)  # where credentials are


def test_what_differs_is_told(real, capsys):
    real("s/Running/Flying/")
    code, told = verify(capsys, "--yes", "--timeout", "5")
    assert code == 1
    assert told[3:] == ["page.md:19: kubectl get pods", "  @@ -1,2 +1,2 @@",
                        "   NAME   READY   STATUS    RESTARTS   AGE", told[6], told[7],
                        "page.md: 4 the same on both clusters, 1 differ, 1 not run there"]
    assert told[6].startswith("  -web    1/1     Running") and told[7].startswith("  +web") and "Flying" in told[7]


def test_a_page_has_its_own_tmp_there_too(real, capsys):
    (real.folder.parent / "page.md").write_text("""\
```console
$ echo a=b > /tmp/env; cp /tmp/env /usr/local/bin/env; ls /tmp
env
$ kubectl create cm a --from-env-file=/tmp/env
configmap/a created
```
""", encoding="utf-8")
    assert verify(capsys, "--yes")[1][-1] == "page.md: 2 the same on both clusters, 0 differ, 0 not run there"


def test_it_asks_first(real, capsys, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stdin, told in ((Terminal("n\n"), "Error: nothing was run on the real cluster"),
                        (io.StringIO("y\n"), "nothing was run on the real cluster; without a terminal, --yes says that "
                                             "it may")):
        monkeypatch.setattr(sys, "stdin", stdin)
        code, lines = verify(capsys)
        assert code == 1 and lines[-1].endswith(told)
        assert not any("create" in call for call in real.log.read_text().splitlines())
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert verify(capsys)[0] == 0


def test_kubesims_own_kubectl_is_not_taken_for_a_real_one(real, tmp_path, capsys, monkeypatch):
    assert real_kubectl(os.environ) == f"{real.folder}/kubectl"
    with pytest.raises(Unusable, match="no kubectl in PATH but kubesim's own"):
        real_kubectl({"PATH": f"{shim(str(tmp_path / 'home'))}:.::"})
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "nosuch"))
    code, told = verify(capsys, "--yes")
    assert code == 1 and told[-1].startswith("Error: --against prod: ")


def test_in_a_stage_the_context_is_one_of_the_kubeconfig_before_it(real, tmp_path):
    staged = settings({**os.environ}, str(tmp_path / "home"), shim(str(tmp_path / "home")))
    assert RealCluster("prod", {**os.environ, **staged}).server == "https://real:6443"


@pytest.mark.skipif(not version(), reason="needs Linux with Landlock")
def test_a_page_changes_no_file_of_the_user_there(real, capsys, foreign):
    (real.folder.parent / "page.md").write_text(f"```sh\nX={foreign}; echo new > $X/kept; rm $X/kept\n```\n",
                                                encoding="utf-8")
    assert verify(capsys, "--yes")[1][-1].endswith("0 not run there")


def test_programs_that_give_credentials_keep_these(real):
    cluster = RealCluster("prod", os.environ)
    assert cluster.writable() == [f"{real.folder}/.kube/cache"]
    cluster.config["users"][0]["user"] = {"exec": {"command": "login"}}
    assert f"{real.folder}/.kube" in cluster.writable() and f"{real.folder}/.aws" in cluster.writable()


@pytest.mark.parametrize(("text", "why"), [
    ("kubectl get pods -A", ""), ("kubectl get nodes", ""), ("kubectl describe node a", ""),
    ("kubectl apply -f a.yaml", ""), ("kubectl create rolebinding a --role=b --user=c", ""),
    ("kubectl delete pod web", ""), ("kubectl exec web -- ls -s -n", ""), ("kubectl scale --replicas 3 deploy/web", ""),
    ("kubectl rollout restart deploy/web", ""), ("kubectl set image deploy/web a=b", ""), ("echo hello | cat", ""),
    ("kubectl create deployment web --image=nginx -n other", "changes another namespace"),
    ("kubectl delete pods --all -nother", "changes another namespace"),
    ("kubectl delete pods --all --all-namespaces", "changes another namespace"),
    ("kubectl delete node a", "changes node, which no namespace has"),
    ("kubectl delete pod,pv --all", "changes pv, which no namespace has"),
    ("kubectl label nodes/a x=y", "changes nodes, which no namespace has"),
    ("kubectl create clusterrolebinding a --user=c", "changes clusterrolebinding, which no namespace has"),
    ("kubectl drain a", "drain is about the whole cluster"),
    ("kubectl config use-context x", "config is about the whole cluster"),
    ("kubectl get pods --context prod", "is for another cluster or user"),
    ("kubectl --kubeconfig=x delete pod a", "is for another cluster or user"),
    ("kubectl apply -f cluster.yaml", "changes Namespace, which no namespace has"),
    ("kubectl apply -k dir", "changes another namespace"),
    ("kubectl apply -f https://x/y.yaml", "applies what is not seen"),
    ("kubectl apply -f $FILE", "applies what is not seen"),
    ("kubectl delete $KIND web", "changes what is not seen"),
    ("kubectl apply -f - <<X\nkind: ClusterRole\nX", "changes ClusterRole, which no namespace has"),
    ("kubectl get ns -o name | xargs kubectl delete ns", "changes ns, which no namespace has"),
    ("kubectl get nodes -o name | xargs kubectl delete", "changes what is not seen"),
    ("bash run.sh", "runs what is not seen"), ("./run.sh", "runs what is not seen"),
    ("minikube delete", "is for minikube"),
    ("for i in 1 2; do kubectl cordon a; done", "cordon is about the whole cluster"),
    ("X=$(kubectl delete node a)", "changes node, which no namespace has"),
])
def test_what_stays_in_a_namespace_of_its_own(tmp_path, monkeypatch, text, why):
    monkeypatch.chdir(tmp_path)
    pathlib.Path("a.yaml").write_text("kind: ConfigMap\nmetadata: {name: a}\n")
    pathlib.Path("cluster.yaml").write_text('{"kind": "List", "items": [{"kind": "Namespace"}]}')
    pathlib.Path("dir").mkdir()
    pathlib.Path("dir/b.yaml").write_text("kind: ConfigMap\nmetadata:\n  name: b\n  namespace: kube-system\n")
    assert why_outside(text) == why
