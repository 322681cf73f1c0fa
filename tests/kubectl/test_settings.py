"""version, api-resources, cluster-info, kuberc, completion: what is about kubectl itself."""

import io
import json
import os

import pytest

from kubesim_cli import __version__
from kubesim_cli.kubectl.cli.shells import SCRIPTS
from kubesim_cli.main import execute, main
from kubesim_cli.releases import RANGE


@pytest.mark.parametrize(("asked", "version", "kustomize"), [
    ("1.28", "v1.28.15", "v5.0.4-0.20230601165947-6ce0bf390ce3"), ("v1.32", "v1.32.13", "v5.5.0"),
    ("1.36", "v1.36.2", "v5.8.1")])
def test_version_of_the_client(terminal, asked, version, kustomize):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = asked
    assert terminal.ok("kubectl version --client") == f"Client Version: {version}\nKustomize Version: {kustomize}\n"


def test_version_as_json_and_of_the_server(terminal):
    told = json.loads(terminal.ok("kubectl version -o json"))
    assert list(told) == ["clientVersion", "kustomizeVersion", "serverVersion"]
    assert told["serverVersion"]["gitVersion"] == "v1.28.15"
    assert terminal.ok("kubectl version -o yaml").startswith("clientVersion:\n")
    assert terminal("kubectl version --short").err.startswith("error: unknown flag: --short\n")


def test_a_release_that_is_not_emulated(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.12"
    result = terminal("kubectl get pods")
    assert result.code == 1 and result.err.startswith("error: KUBESIM_KUBERNETES_VERSION: unsupported")


def test_api_resources(terminal):
    assert terminal.ok("kubectl api-resources --api-group=policy") == (
        "NAME                   SHORTNAMES   APIVERSION   NAMESPACED   KIND\n"
        "poddisruptionbudgets   pdb          policy/v1    true         PodDisruptionBudget\n")
    assert "pods\n" in terminal.ok("kubectl api-resources -o name --verbs=list,watch --namespaced=true")
    assert terminal.ok("kubectl api-versions").endswith("storage.k8s.io/v1\nv1\n")


def test_cluster_info(terminal):
    assert "control plane is running at https://" in terminal.ok("kubectl cluster-info")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_who_plays_the_cluster(terminal):
    """On a line of its own, and never in a pipe."""
    line = f"kubesim {__version__}: simulated, in {terminal.home / 'clusters' / 'minikube'}\n"
    for words, expected in (("version", line), ("version --client", line), ("cluster-info", line),
                            ("version -o yaml", "")):
        screen = Screen()
        assert execute(words.split(), terminal.environ, (io.StringIO(), screen, io.StringIO())) == 0
        assert screen.getvalue() == terminal.ok(f"kubectl {words}") + expected


def test_kubesim_tells_its_version_and_kubectl_knows_no_such_flag(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["/x/bin/kubesim"])
    assert (main(["--version"]), capsys.readouterr().out) == (0, f"kubesim {__version__}, Kubernetes {RANGE}\n")
    monkeypatch.setattr("sys.argv", ["kubectl"])
    assert main(["--version"]) == 1
    assert capsys.readouterr().err == "error: unknown flag: --version\nSee 'kubectl --help' for usage.\n"


def test_who_leaves_out_sim_is_told_where_the_command_is(terminal, monkeypatch, capsys):
    hint = "It is a command of kubesim's own: kubesim sim status\n"
    monkeypatch.setattr("sys.argv", ["/x/bin/kubesim"])
    assert main(["status"]) == 1
    assert capsys.readouterr().err == f'error: unknown command "status" for "kubectl"\n{hint}'
    assert main(["nosuch"]) == 1 and main(["run"]) == 1
    assert "kubesim sim" not in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["kubectl"])
    assert main(["status"]) == 1
    assert capsys.readouterr().err == 'error: unknown command "status" for "kubectl"\n'


def test_cluster_info_dump(terminal):
    assert terminal.ok("kubectl cluster-info dump").startswith(
        '{\n    "kind": "NodeList",\n    "apiVersion": "v1",\n    "metadata": {\n        "resourceVersion": ')
    terminal.ok("kubectl run web --image=nginx")
    assert terminal.ok("kubectl cluster-info dump --output-directory=dump -A -o yaml") == (
        "Cluster info dumped to dump\n")
    assert os.path.exists("dump/nodes.yaml") and os.path.exists("dump/kube-system/services.yaml")
    with open("dump/default/web/logs.txt", encoding="utf-8") as file:
        assert file.read().startswith("==== START logs for container web of pod default/web ====\n")
    with open("dump/nodes.yaml", encoding="utf-8") as file:
        assert file.read().startswith("apiVersion: v1\nitems:\n- metadata:\n")


def test_whoami(newest):
    assert newest.ok("kubectl auth whoami --as=jane --as-group=devs --as-uid=7 --as-user-extra=a=b") == (
        "ATTRIBUTE   VALUE\nUsername    jane\nUID         7\n"
        "Groups      [devs system:authenticated]\nExtra: a    [b]\n")
    assert newest.ok("kubectl auth whoami -o json").startswith('{\n    "kind": "SelfSubjectReview",\n')


def test_calls_are_told_with_v(newest):
    told = newest("kubectl get ns -l a=b -v=6").err
    assert '"Response" verb="GET" url="https://127.0.0.1:8443/api/v1/namespaces?labelSelector=a%3Db&limit=500" ' \
           'status="200 OK"' in told
    assert "\tAccept: application/json\n" in newest("kubectl get ns -ojson -v=7").err
    assert "\tAccept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;" \
           "g=meta.k8s.io,application/json\n" in newest("kubectl get ns -v=7").err


@pytest.mark.parametrize(("release", "lines"), [
    ("1.28", (553, 463, 469, 473, 574)), ("1.32", (560, 470, 476, 480, 581))])
def test_older_releases_tell_calls_in_plain_words(terminal, release, lines):
    terminal.environ["KUBESIM_KUBECTL_VERSION"] = release

    def told(line):
        return [text.split("round_trippers.go:")[1] for text in terminal(line).err.splitlines() if text[:1] == "I"]

    url = "GET https://127.0.0.1:8443/api/v1/namespaces/nosuch"
    assert told("kubectl get ns nosuch -v=6") == [f"{lines[0]}] {url} 404 Not Found in 0 milliseconds"]
    assert told("kubectl get ns nosuch -o json -v=7") == [
        f"{lines[1]}] {url}", f"{lines[2]}] Request Headers:", f"{lines[3]}]     Accept: application/json",
        f"{lines[3]}]     User-Agent: kubectl (kubesim)",
        f"{lines[4]}] Response Status: 404 Not Found in 0 milliseconds"]



def test_kuberc_gives_defaults_and_aliases(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    terminal.ok("kubectl kuberc set --section=defaults --command='api-resources' --option=output=name "
                "--option=sort-by=name")
    terminal.ok("kubectl kuberc set --section=aliases --name=pol --command=api-resources "
                "--prependarg=--api-group=policy --option=no-headers=true")
    assert terminal.ok("kubectl api-resources --api-group=policy") == "poddisruptionbudgets.policy\n"
    assert terminal.ok("kubectl api-resources --api-group=policy -owide").startswith("NAME ")
    assert terminal.ok("kubectl pol").startswith("poddisruptionbudgets ")
    assert terminal("kubectl kuberc set --section=aliases --name=pol --command=get").err == (
        'error: alias "pol" already exists, use --overwrite to replace\n')
    terminal.environ["KUBECTL_KUBERC"] = "false"
    assert terminal.ok("kubectl api-resources --api-group=policy").startswith("NAME ")


def test_kuberc_of_the_first_version_and_wrong_ones(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    with open("old.yaml", "w", encoding="utf-8") as file:
        file.write("kind: Preference\napiVersion: kubectl.config.k8s.io/v1alpha1\n"
                   "overrides:\n- {command: api-resources, flags: [{name: output, default: name}]}\n")
    assert terminal.ok("kubectl api-resources --api-group=policy --kuberc old.yaml") == "poddisruptionbudgets.policy\n"
    assert terminal("kubectl api-resources --kuberc=nosuch.yaml").err == (
        "error occurred while applying preferences kuberc error kuberc: open nosuch.yaml: no such file or directory\n")
    with open("bad.yaml", "w", encoding="utf-8") as file:
        file.write("kind: Preference\napiVersion: kubectl.config.k8s.io/v1beta1\naliases: [{name: a1, command: get}]\n")
    assert terminal("kubectl get pods --kuberc=bad.yaml").err == (
        "error occurred while applying preferences invalid alias name, can only include alphabetical characters\n")


def test_kuberc_view(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    assert terminal("kubectl kuberc view", stdin="y\n").code == 0
    assert "interactive" in terminal.ok("kubectl kuberc view")
    terminal.environ["KUBERC"] = "off"
    assert terminal("kubectl kuberc view").err == "error: KUBERC is disabled via KUBERC=off environment variable\n"


@pytest.mark.parametrize(("words", "expected"), [
    ("ro", ["rollout"]), ("rollout st", ["status"]), ("get namesp", ["namespaces"]),
    ("get namespaces kube-s", ["kube-system"]), ("get -n kube-s", ["kube-system"]),
    ("get --namespace=kube-s", ["kube-system"]), ("get ns/kube-s", ["ns/kube-system"]),
    ("get pods,nod", ["pods,nodes"]), ("describe nodes mini", ["minikube"]), ("get --show-l", ["--show-labels"]),
    ("drain m", ["minikube"]), ("logs depl", ["deployments/"]), ("config use-context m", ["minikube"]),
    ("get pods -o wi", ["wide"]), ("completion z", ["zsh"]), ("apply -f x", ["json", "yaml", "yml"]),
    ("rollout restart sta", ["statefulset"]), ("get nosuchkind x", []), ("get --nosuch x", []),
])
def test_completion(terminal, words, expected):
    lines = terminal.ok(f"kubectl __completeNoDesc {words}").splitlines()
    assert lines[:-1] == expected
    assert lines[-1][0] == ":" and lines[-1][1:].isdigit()


@pytest.mark.parametrize(("words", "expected"), [
    ("explain po", [":0"]), ("wait ''", [":0"]), ("certificate approve ''", [":0"]), ("alpha ''", [":0"]),
    ("run ''", ["--image", ":0"]), ("create deployment --", ["--image", ":4"]), ("run x --image=a --ima", [
        "--image-pull-policy", ":4"]),
    ("set image dae", ["daemonsets", ":4"]), ("set image deploy/web x", [":4"]), ("get --help=false --h", [":4"]),
    ("get --he", ["--help", ":4"]), ("get pods -o y", ["yaml", ":4"]), ("apply -o y", [":0"]),
    ("get --subresource ''", ["status", "scale", "resize", ":4"]), ("apply --dry-run ''", [":0"]),
    ("get -A namespaces kube-n", ["kube-node-lease", ":4"]), ("drain minikube ''", [":4"]),
    ("get po", ["pods", "podtemplates", "poddisruptionbudgets.policy", ":4"]),
    ("cp kube-n", ["kube-node-lease/", ":2"]), ("cp kube-system/etcd", ["kube-system/etcd-minikube:", ":2"]),
    ("cp ./x", [":2"]), ("port-forward svc/kubernetes ''", ["443:443", ":4"]),
    ("port-forward svc/kubernetes 8443", ["8443:443", ":4"]),
    ("logs -n kube-system etcd-minikube ''", ["etcd", ":4"]),
    ("exec -n kube-system etcd-minikube -c ''", ["etcd", ":4"]),
    ("port-forward -n kube-system deploy/coredns 9153:9", ["9153:9153", ":4"]),
    ("logs -n kube-system deploy/coredns c", ["coredns", ":4"]),
    ("create clusterrolebinding x --clusterrole system:nod", [
        "system:node", "system:node-bootstrapper", "system:node-problem-detector", "system:node-proxier", ":4"]),
    ("config set-context x --namespace def", ["default", ":4"]), ("help rollout st", ["status", ":4"]),
    ("completion", ["completion", ":4"]), ("opt", ["options", ":4"]), ("completion bash ''", [":0"]),
    ("help nosuch ''", [":4"]), ("help get nosuch ''", [":4"]), ("help rollout nosuch st", ["status", ":4"]),
    ("--help ''", [":4"]), ("get -h --o", [":4"]), ("get --help -o j", [":4"]), ("get pods -o=ya", ["yaml", ":4"]),
    ("get pods -wo=ya", ["yaml", ":4"]), ("apply -f=x", ["json", "yaml", "yml", ":8"]), ("get -n=kube-s", [
        "kube-system", ":4"]), ("config -- --nosuch=us", [":4"]), ("--h", ["--help", ":4"]),
])
def test_completion_is_that_of_each_command(terminal, words, expected):
    result = terminal(f"kubectl __completeNoDesc {words}")
    assert result.out.splitlines() == expected
    assert result.err.startswith("Completion ended with directive: ShellCompDirective")


def test_completion_tells_what_it_does_not_find(terminal):
    ended = "Completion ended with directive: ShellCompDirectiveDefault\n"
    assert terminal("kubectl __complete nope ''") == (
        0, ":0\n", "[Debug] Cleared global flags for plugin completion\n"
                   f"[Debug] [Error] unable to find a command for arguments: [nope]\n{ended}")
    assert terminal("kubectl __complete get pods --nope ''").err == (
        f"[Debug] [Error] Error while parsing flags from args [pods --nope]: unknown flag: --nope\n{ended}")
    assert terminal("kubectl __complete kuberc ''").err == terminal("kubectl __complete nope ''").err.replace(
        "nope", "kuberc")  # as long as the release does not have it
    for flag, told in (("--nope=us", "nope"), ("-wZ=us", "Z")):
        assert terminal(f"kubectl __complete config {flag}") == (
            0, ":0\n", f"[Debug] [Error] Subcommand 'config' does not support flag '{told}'\n{ended}")
    assert terminal("kubectl __complete").err == "error: requires at least 1 arg(s), only received 0\n"


def test_completion_tells_what_words_mean(terminal):
    assert terminal.ok("kubectl __complete rollout st") == (
        "status\tShow how far a rollout is, and wait until it is done\n:4\n")


@pytest.mark.parametrize("shell", sorted(SCRIPTS))
def test_completion_scripts_ask_the_program(terminal, shell):
    assert "__complete" in terminal.ok(f"kubectl completion {shell}")


def test_completion_of_no_shell(terminal):
    assert terminal("kubectl completion tcsh").err == (
        "error: Unsupported shell type \"tcsh\".\nSee 'kubectl completion -h' for help and examples\n")


@pytest.mark.skipif(not os.path.exists("/bin/bash"), reason="no bash")
def test_the_bash_script_completes(terminal, tmp_path):
    import subprocess
    import sys
    program = tmp_path / "kubectl"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m kubesim_cli "$@"\n')
    program.chmod(0o755)
    script = (f'{SCRIPTS["bash"]}\nCOMP_LINE="kubectl get nodes min"; COMP_POINT=${{#COMP_LINE}}; __start_kubectl\n'
              'echo "${COMPREPLY[@]}"')
    done = subprocess.run(["/bin/bash", "-c", script], capture_output=True, text=True, check=True,
                          env={**terminal.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert done.stdout == "minikube\n"


def test_lists_are_sent_without_the_kinds_of_their_items(terminal):
    terminal.ok("kubectl create cm a")
    listing = json.loads(terminal.ok("kubectl get --raw /api/v1/namespaces/default/configmaps"))
    assert listing["kind"] == "ConfigMapList"
    assert {"kind", "apiVersion"}.isdisjoint(listing["items"][0])
    assert json.loads(terminal.ok("kubectl get cm -o json"))["items"][0]["kind"] == "ConfigMap"


@pytest.mark.parametrize(("version", "command", "result"), [
    ("1.28", "kuberc view", (1, "", 'error: unknown command "kuberc" for "kubectl"\n')),
    ("1.35", "kuberc view", (1, "", 'error: unknown command "kuberc" for "kubectl"\n')),
    ("1.34", "alpha", (0, "", "No alpha commands are available in this version of kubectl\n")),
    ("1.34", "alpha kuberc view", (0, "", "No alpha commands are available in this version of kubectl\n")),
    ("1.36", "alpha --help", (0, "", "No alpha commands are available in this version of kubectl\n")),
    ("1.33", "get pods --kuberc=x.yaml -h",
     (1, "", "error: unknown flag: --kuberc\nSee 'kubectl get --help' for usage.\n")),
    ("1.30", "kustomize --helm-debug", (1, "", "error: unknown flag: --helm-debug\nSee 'kubectl kustomize --help' for "
                                               "usage.\n")),
    ("1.36", "replace --record -f x", (1, "", "error: unknown flag: --record\nSee 'kubectl replace --help' for "
                                              "usage.\n")),
])
def test_commands_and_flags_are_those_of_the_release(terminal, version, command, result):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = version
    with open("x.yaml", "w", encoding="utf-8") as file:
        file.write("kind: Preference\napiVersion: kubectl.config.k8s.io/v1beta1\n")
    assert terminal(f"kubectl {command}") == result


def test_alpha_shows_what_the_release_has(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.35"
    assert "Available Commands:\n  kuberc " in terminal.ok("kubectl alpha")
    assert terminal.ok("kubectl alpha --help").endswith(
        '\n\nUse "kubectl alpha <command> --help" for more information about a given command.\n')
    assert terminal("kubectl help kuberc").err.startswith("Unknown help topic [`kuberc`]\n")
    assert terminal.ok("kubectl alpha kuberc set --section=defaults --command=get --option=output=wide").startswith(
        "Updated ")
    assert terminal("kubectl alpha kuberc set --section=credentialplugin --command=get").err == (
        'error: --section must be "defaults" or "aliases", got: credentialplugin\n')
