"""Every example that help shows works, or fails as it is documented to."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kubesim_cli.kubectl.cli.commands import subcommands
from kubesim_cli.kubectl.cli.help import words
from kubesim_cli.kubectl.util.forwarding import Forwarder
from tests.conftest import Terminal

EXAMPLES = [(command, line) for command, texts in words()["commands"].items() for _, line in texts.get("examples", ())]
RELEASE = {"KUBESIM_KUBERNETES_VERSION": "1.36"}  # whose flags help shows
SCENARIOS = Path(__file__).parents[2] / "fixtures" / "scenarios"


def _pod(name: str, containers=("app", "shell"), **spec) -> dict:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": "web"}},
            "spec": {"containers": [{"name": container, "image": "nginx"} for container in containers], **spec}}


def _workload(kind: str, name: str, replicas: int, image: str = "nginx") -> dict:
    version, labels = ("v1", {"app": name}) if kind == "ReplicationController" else ("apps/v1", {"app": name})
    spec = {"replicas": replicas, "selector": labels if version == "v1" else {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "nginx", "image": image}]}}}
    if kind == "DaemonSet":
        del spec["replicas"]
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": labels}, "spec": spec}


CONFIGMAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings-of-web", "labels": {"app": "web"}}}
OVERLAY = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "from-overlay"}}
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
        "metadata": {"name": "one", "namespace": "default"},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
FILES = {
    "deployment.yaml": _workload("Deployment", "web", 2), "pod.yaml": _pod("from-yaml"), "pod.json": _pod("from-json"),
    "rc.yaml": _workload("ReplicationController", "one", 1), "rbac.yaml": ROLE, "manifests/settings.yaml": CONFIGMAP,
    "overlays/dev/settings.yaml": OVERLAY, "overlays/dev/kustomization.yaml": {"resources": ["settings.yaml"]},
    "kustomization.yaml": {"resources": ["overlays/dev"]}}
TEXTS = {"conf/index.html": "<html>", "settings.env": "COLOR=blue\nSIZE=7\n", "id_rsa": "key", "site/index.html": "x",
         "admin.key": "key"}
STATE = [
    "apply -f deployment.yaml -f pod.yaml -f pod.json -f rc.yaml -f rbac.yaml -f manifests", "apply -k overlays/dev",
    *(f"set image deployment/web nginx=nginx:1.{minor}" for minor in (24, 25, 26)),
    "create service clusterip web --tcp=80", "create namespace shop", "create serviceaccount robot",
    "create serviceaccount robot -n shop",
    "create rolebinding view -n shop --clusterrole=view --serviceaccount=shop:robot",
    "create rolebinding viewers --clusterrole=view --user=bob", "create secret generic login --from-literal=user=ann",
    "create clusterrolebinding admins --clusterrole=cluster-admin --user=bob",
    "create cronjob nightly --image=busybox --schedule='0 3 * * *' -- date",
    "config set-context lab --cluster=minikube --namespace=x", "config set-credentials admin --username=a --password=b"]

# What has to be done before an example, because it makes what the state has already, or needs more.
BEFORE = {
    "create deployment": ["delete deployment web"], "create service": ["delete service web"],
    "create namespace": ["delete namespace shop"], "create serviceaccount": ["delete sa robot"],
    "create secret generic": ["delete secret login"], "create clusterrolebinding": ["delete clusterrolebinding admins"],
    "create": ["delete -f pod.yaml -f pod.json --now"], "expose deployment": ["delete service web"],
    "run": ["delete pod web --now", "delete service web"], "uncordon": ["cordon minikube"],
    "drain minikube --ignore-daemonsets": ["delete pod web web-0 web-1 from-yaml from-json --now",
                                            "delete pod web-0 -n shop --now",
                                            "delete pod storage-provisioner -n kube-system"],
    "label pods web unhealthy-": ["label pods web unhealthy=true"],
    "taint nodes minikube dedicated:NoSchedule-": ["taint nodes minikube dedicated=x:NoSchedule"],
    "taint nodes minikube dedicated-": ["taint nodes minikube dedicated=x:NoSchedule"],
    "rollout resume": ["rollout pause deployment/web"], "wait --for=delete": ["delete pod web-0 --wait=false"],
    "apply --prune": ["apply -f manifests"], "apply --server-side": ["delete deployment web"],
    "config rename-context": ["config delete-context lab"],
    "cp shop/web-0:/var/log/app.log": ["exec web-0 -n shop -c app -- touch /var/log/app.log"]}
# What may fail, and with which words.
FAILURES = {**dict.fromkeys(("logs", "proxy"), "kubesim .* yet"),
            "logs -p": "previous terminated container .* not found",
            "diff": ""}  # whose exit code tells of differences


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """The folder of a home and a working directory that the examples find, made once."""
    folder = tmp_path_factory.mktemp("examples")
    with pytest.MonkeyPatch.context() as monkeypatch:
        work = folder / "work"
        for name, content in {**FILES, **TEXTS}.items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        for name, text in _scenario("cluster-secrets")["files"].items():
            if name.startswith("tls."):
                (work / name).write_text(text)
        monkeypatch.chdir(work)
        terminal = Terminal(folder / "home", monkeypatch)
        terminal.environ.update(RELEASE)
        terminal.ok("kubectl sim reset --seed examples")
        terminal.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")
        for line in STATE:
            terminal.ok(f"kubectl {line}")
        for workload in (_workload("DaemonSet", "agent", 1), _workload("ReplicationController", "two", 1),
                         _workload("StatefulSet", "db", 1), _pod("web", ("web",)),
                         _pod("web-0", serviceAccountName="robot"), _pod("web-1")):
            terminal.ok("kubectl create -f -", json.dumps(workload))
        terminal.ok("kubectl create -n shop -f -", json.dumps(_pod("web-0")))
        terminal.ok("kubectl annotate pod web-0 kubesim.io/usage-cpu=250m kubesim.io/usage-memory=64Mi")
        request = re.search(r"request: (\S+)", (SCENARIOS / "cluster-csr-leases-versions.yaml").read_text())[1]
        terminal.ok("kubectl create -f -", json.dumps({
            "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
            "metadata": {"name": "csr-sqgzp"}, "spec": {"request": request, "usages": ["client auth"],
                                                        "signerName": "kubernetes.io/kube-apiserver-client"}}))
        terminal.advance("1m")
    return folder


def _scenario(name: str) -> dict:
    return YAML(typ="safe").load((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def shell(state, tmp_path, monkeypatch):
    """Run a line of an example in a copy of the state; knows `cat FILE |`, `> FILE`, `source <(...)` and NAME=value."""
    shutil.copytree(state, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path / "work")
    terminal = Terminal(tmp_path / "home", monkeypatch)
    monkeypatch.setattr(Forwarder, "run", lambda forwarder: None)  # it ends when it is interrupted
    plugin = tmp_path / "bin" / "kubectl-hello"
    plugin.parent.mkdir()
    plugin.touch()
    plugin.chmod(0o755)
    path = f"{plugin.parent}{os.pathsep}{os.environ['PATH']}"
    terminal.environ.update(RELEASE, PATH=path, KUBE_EDITOR="true" if os.name != "nt" else "cmd /c rem")

    def run(line: str):
        stdin, line = "", line.partition(" > ")[0]
        if match := re.fullmatch(r"cat (\S+) \| (.*)", line):
            stdin, line = Path(match[1]).read_text(), match[2]
        if match := re.fullmatch(r"source <\((.*)\)", line):
            line = match[1]
        return terminal(re.sub(r'^KUBE_EDITOR="nano" ', "", line), stdin)

    return run


@pytest.mark.parametrize(("command", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_example(shell, command, line):
    for start, preparations in BEFORE.items():
        if line.partition("kubectl ")[2].startswith(start) and (start != "create" or command == "create"):
            for preparation in preparations:
                assert shell(f"kubectl {preparation}").code == 0
    result = shell(line)
    words_ = [told for start, told in FAILURES.items() if line.partition("kubectl ")[2].startswith(start)]
    if words_ and result.code:
        assert re.search("|".join(words_), result.err), result
    else:
        assert result.code == 0, result


def test_every_command_has_an_example():
    texts = words()["commands"]
    commands = [""]
    for command in commands:
        commands += [f"{command} {name}".lstrip() for name in subcommands(command)]
    assert [name for name in commands if not subcommands(name) and not texts[name].get("examples")] == []


def test_examples_are_of_their_command():
    assert [line for command, line in EXAMPLES if f"kubectl {command.partition(' ')[0]} " not in f"{line} "] == []
