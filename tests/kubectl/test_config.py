"""kubectl config, the kubeconfig behind every command, and who the user is."""

import base64
import json
import os
import pathlib
import subprocess
import sys

import pytest

from kubesim_cli.go.yaml import load as load_yaml
from kubesim_cli.kubectl.cli.commands import flags_of
from kubesim_cli.kubectl.config.access import ConfigAccess, replace_file, write_own
from kubesim_cli.kubectl.failures import Failure
from kubesim_cli.kubectl.kubeconfig import builtin_file, impersonated, load, parse

LAB = """apiVersion: v1
kind: Config
clusters:
- {name: east, cluster: {server: "https://east:6443", certificate-authority: ca.crt}}
users:
- {name: ann, user: {token: abc123}}
contexts:
- {name: ann@east, context: {cluster: east, user: ann, namespace: shop}}
current-context: ann@east
"""


@pytest.fixture
def lab(terminal):
    """A terminal with the kubeconfig lab.conf in its working directory, and the certificate that it names."""
    for name, text in (("lab.conf", LAB), ("ca.crt", "certificate")):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    return terminal


def read(path: str) -> dict:
    with open(path, encoding="utf-8") as file:
        return load_yaml(file.read())


def resolve(environ, *words):
    flags = flags_of("get")
    flags.parse(list(words))
    return load(environ, flags)


def test_the_builtin_cluster_needs_no_file(terminal):
    assert terminal.ok("kubectl config current-context") == "minikube\n"
    assert not os.path.exists(terminal.home / "config")
    config = resolve(terminal.environ)
    assert (config.namespace, config.namespace_given) == ("default", False)
    assert config.store_path() == str(terminal.home / "clusters" / "minikube")
    assert config.identity(None)["groups"] == ["system:masters", "system:authenticated"]


def test_a_change_makes_the_file_as_json_for_its_owner(terminal):
    terminal.ok("kubectl config set-context --current --namespace=shop")
    path = terminal.home / "config"
    assert json.loads(path.read_text())["contexts"][0]["context"]["namespace"] == "shop"
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    assert resolve(terminal.environ).namespace == "shop"
    assert resolve(terminal.environ, "-n", "x").namespace == "x"


def test_a_file_edited_by_hand_may_be_yaml(terminal):
    (terminal.home / "config").write_text(LAB)
    assert terminal.ok("kubectl config current-context") == "ann@east\n"
    terminal.ok("kubectl config unset contexts.ann@east.namespace")
    assert "namespace" not in terminal.ok("kubectl config view")


def test_contexts_of_one_cluster_share_its_store(terminal):
    terminal.ok("kubectl config set-context dev --cluster=minikube --user=minikube --namespace=dev")
    assert resolve(terminal.environ, "--context=dev").store_path() == resolve(terminal.environ).store_path()
    assert resolve(terminal.environ, "--context=dev").namespace == "dev"


def test_the_file_that_kubeconfig_names_is_changed_as_kubectl_does(lab):
    lab.environ["KUBECONFIG"] = "lab.conf"
    assert lab("kubectl config set-context dev --cluster=east") == (0, 'Context "dev" created.\n', "")
    assert [entry["name"] for entry in read("lab.conf")["contexts"]] == ["ann@east", "dev"]
    lab.environ["KUBECONFIG"] = "new.conf"
    lab.ok("kubectl config set-context dev --cluster=east")
    lab.ok("kubectl config set-context dev --namespace=shop")
    assert read("new.conf")["contexts"][0]["context"]["namespace"] == "shop"


NOTE = ("kubesim: the KUBECONFIG is for https://east:6443, which is not simulated; using {own} instead "
        "(KUBESIM_KUBECONFIG=1 simulates the KUBECONFIG's clusters)\n")


def test_a_kubeconfig_of_another_cluster_is_not_played(lab):
    """Whoever has exported production's KUBECONFIG is told that this is not production, once a command."""
    lab.ok("kubectl create configmap here")
    lab.environ["KUBECONFIG"] = "lab.conf"
    note = NOTE.format(own=lab.home / "config")
    shown = lab("kubectl get configmap -o name")
    assert shown == (0, "configmap/here\nconfigmap/kube-root-ca.crt\n", note)
    assert lab("kubectl create configmap there").err == note
    assert lab.sim(["clock", "show"]).err == note
    assert lab("kubectl get pods --context=ann@east").err == (
        f"{note}Error in configuration: context was not found for specified context: ann@east\n")
    assert os.listdir(lab.home / "clusters") == ["minikube"]
    for words in ("config current-context", "config get-contexts", "config view --minify", "get --help",
                  "version --client", "completion bash", "kustomize nosuch"):
        assert "kubesim:" not in lab(f"kubectl {words}").err


@pytest.mark.parametrize(("variable", "flag"), [("1", ""), ("true", ""), ("", "--kubeconfig=lab.conf")])
def test_who_says_so_has_it_played(lab, variable, flag):
    lab.environ |= {"KUBECONFIG": "lab.conf", "KUBESIM_KUBECONFIG": variable}
    lab.environ["KUBESIM_BARE"] = "1"
    assert lab(f"kubectl get configmap nosuch -n default {flag}").err == (
        'Error from server (NotFound): configmaps "nosuch" not found\n')
    assert "east" in os.listdir(lab.home / "clusters")


def test_a_simulated_clusters_server_is_known_wherever_it_stands(lab):
    """Also in a file beside ours: tools copy a kubeconfig, and pages write one."""
    text = lab.ok("kubectl config view --raw")
    with open("copy.conf", "w", encoding="utf-8") as file:
        file.write(text.replace("namespace: default", "namespace: shop"))
    lab.environ["KUBECONFIG"] = "copy.conf"
    assert lab("kubectl get configmaps") == (0, "", "No resources found in shop namespace.\n")
    lab.environ["KUBECONFIG"] = os.pathsep.join(["copy.conf", "lab.conf"])
    assert lab("kubectl get configmaps").err == "No resources found in shop namespace.\n"
    assert lab("kubectl get pods --context=ann@east").err.startswith("kubesim: the KUBECONFIG is for https://east")


def test_a_wrong_switch_is_told(lab):
    lab.environ |= {"KUBECONFIG": "lab.conf", "KUBESIM_KUBECONFIG": "maybe"}
    assert lab("kubectl get pods") == (1, "", 'error: KUBESIM_KUBECONFIG: "maybe" is neither 1 nor 0\n')


@pytest.mark.parametrize("change", [
    {}, {"users": None}, {"contexts": []}, {"current-context": ""}, {"current-context": None}, {"clusters": {}},
    {"clusters": [{"name": "a", "cluster": {"server": "x", "insecure-skip-tls-verify": True}}]},
    {"clusters": [{"name": "a", "cluster": None}]}, {"clusters": [{"name": "a"}]}, {"users": [3]}, {"users": 3},
    {"users": [{"name": 3, "user": {}}]}, {"users": [{"name": "a", "user": {"token": 3}}]},
    {"users": [{"name": "a", "user": {"nosuch": "x"}}]}, {"preferences": {"colors": True}}, {"nosuch": 1},
    {"kind": "Pod"}, {"apiVersion": "v2"}, {"contexts": [{"name": "a", "context": {"namespace": "b"}, "x": 1}]}])
def test_the_quick_way_of_reading_finds_what_the_thorough_one_does(change):
    """Blanks before the first bracket lead the other way."""
    def read(text: bytes):
        try:
            return parse(text)
        except ValueError as problem:
            return str(problem)

    text = json.dumps({**builtin_file(), **change}).encode()
    assert read(text) == read(b" " + text)


def test_kubesims_own_file_is_read_without_what_takes_time(terminal):
    """A stage names it in KUBECONFIG, so each command reads it."""
    terminal.ok("kubectl config set-context --current --namespace=shop")
    root = str(pathlib.Path(__file__).parents[2])
    script = (f"import sys, os; sys.path.insert(0, {root!r}); "
              "from kubesim_cli.kubectl.kubeconfig import read_file, own_path; "
              "assert read_file(own_path(os.environ), os.environ)['contexts']['minikube']['namespace'] == 'shop'; "
              "print(*sorted({'re', 'json', 'kubesim_cli.go.unmarshal', 'kubesim_cli.go.json'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-S", "-c", script], env={"KUBESIM_HOME": str(terminal.home)}, text=True,
                          capture_output=True, check=True)
    assert done.stdout == "\n"


def test_the_own_file_is_there_for_other_programs(terminal):
    write_own(terminal.environ)
    path = terminal.home / "config"
    assert load_yaml(open(path, encoding="utf-8").read()) == builtin_file()
    assert terminal.ok("kubectl config get-contexts -o name") == "minikube\n"
    terminal.ok("kubectl config set-context --current --namespace=shop")
    write_own(terminal.environ)
    assert resolve(terminal.environ).namespace == "shop"
    if os.name != "nt":
        assert os.stat(path).st_mode & 0o777 == 0o600


def test_files_are_merged_and_each_keeps_its_entries(lab):
    with open("more.conf", "w", encoding="utf-8") as file:
        file.write("contexts:\n- {name: two, context: {cluster: east, user: bob}}\n"
                   "- {name: ann@east, context: {cluster: x, user: z}}\ncurrent-context: two\n")
    lab.environ["KUBECONFIG"] = os.pathsep.join(["nosuch.conf", "lab.conf", "more.conf"])
    assert lab.ok("kubectl config current-context") == "ann@east\n"
    assert lab.ok("kubectl config get-contexts -o name") == "ann@east\ntwo\n"
    lab.ok("kubectl config set-context two --namespace=n")
    lab.ok("kubectl config set-cluster new --server=https://new")
    lab.ok("kubectl config delete-context ann@east")
    first, second = (read(name) for name in ("lab.conf", "more.conf"))
    assert [c["name"] for c in first["clusters"]] == ["east", "new"]
    assert first["contexts"] is None
    assert second["contexts"] == [{"name": "ann@east", "context": {"cluster": "x", "user": "z"}},
                                  {"name": "two", "context": {"cluster": "east", "user": "bob", "namespace": "n"}}]
    assert not os.path.exists("nosuch.conf")


def test_a_cluster_is_insecure_as_long_as_every_change_says_so(lab):
    lab.ok("kubectl config set-cluster new --server=https://new --insecure-skip-tls-verify")
    shown = "kubectl config view -o jsonpath='{.clusters[?(@.name==\"new\")].cluster}'"
    assert '"insecure-skip-tls-verify":true' in lab.ok(shown)
    lab.ok("kubectl config set-cluster new --proxy-url=http://p")
    assert lab.ok(shown) == '{"proxy-url":"http://p","server":"https://new"}'


@pytest.mark.parametrize(("words", "text"), [
    (["--context=nosuch"], "context was not found for specified context: nosuch"),
    (["--cluster=nosuch"], 'no server found for cluster "nosuch"'),
    (["--as-group=a"], "requesting uid, groups or user-extra for minikube without impersonating a user"),
])
def test_what_makes_a_context_useless(terminal, words, text):
    with pytest.raises(Failure) as refused:
        _ = resolve(terminal.environ, *words).namespace
    assert str(refused.value) == text


@pytest.mark.parametrize(("words", "text"), [
    (["--user=nosuch"], 'auth info "nosuch" does not exist'),
    (["--context=nosuch", "-n", "x"], 'context "nosuch" does not exist'),
    (["--request-timeout=abc"], "Invalid timeout value. Timeout must be a single integer in seconds, or an integer "
                                "followed by a corresponding time unit (e.g. 1s | 2m | 3h)"),
])
def test_what_lets_no_client_be_made(terminal, words, text):
    with pytest.raises(Failure) as refused:
        resolve(terminal.environ, *words).check()
    assert str(refused.value) == text


def test_without_a_context_nobody_answers(lab):
    lab.ok("kubectl config unset current-context --kubeconfig=lab.conf")
    assert lab("kubectl get pods --kubeconfig=lab.conf").err == (
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n")
    assert lab("kubectl get pods --kubeconfig=nosuch.conf").err == (
        "error: stat nosuch.conf: no such file or directory\n")


def test_dotted_names(lab):
    lab.environ["KUBECONFIG"] = "lab.conf"
    lab.ok("kubectl config set clusters.10.0.0.1.server https://10.0.0.1")
    lab.ok("kubectl config set clusters.east.certificate-authority-data Y2E=")
    lab.ok("kubectl config set users.ann.client-key-data key --set-raw-bytes=true")
    lab.ok("kubectl config set clusters.east.insecure-skip-tls-verify true")
    config = read("lab.conf")
    assert config["clusters"][0] == {"name": "10.0.0.1", "cluster": {"server": "https://10.0.0.1"}}
    assert config["clusters"][1]["cluster"]["insecure-skip-tls-verify"] is True
    assert config["users"][0]["user"]["client-key-data"] == base64.b64encode(b"key").decode()
    for line, problem in (
            ("set nosuch.thing x", "unable to parse nosuch.thing after [] at api.Config"),
            ("set current-context.x y", "unable to parse one or more field values of current-context.x"),
            ("set clusters.east.insecure-skip-tls-verify maybe",
             'strconv.ParseBool: parsing "maybe": invalid syntax'),
            ("set clusters.east.certificate-authority-data !",
             "error decoding input value: illegal base64 data at input byte 0"),
            ("set users.ann.exec.command x", "unable to parse one or more field values of users.ann.exec.command"),
            ("set users.ann.as-groups x", "can't set a map to a value: map[]"),  # a user's name, dot and all
            ("set users.ann.act-as-groups x", "unrecognized slice type. string"),
            ("set users.ann.act-as-user-extra.k x", "string is not of type struct"),
            ("unset contexts.nosuch.namespace", "current map key `nosuch` is invalid")):
        assert lab(f"kubectl config {line}").err == f"error: {problem}\n"


def test_credentials(lab):
    lab.environ["KUBECONFIG"] = "lab.conf"
    with open("key.pem", "w", encoding="utf-8") as file:
        file.write("KEY")
    lab.ok("kubectl config set-credentials ann --client-key=key.pem")
    lab.ok("kubectl config set-credentials bob --client-key=key.pem --embed-certs")
    lab.ok("kubectl config set-credentials ann --username=a --password=b")
    lab.ok("kubectl config set-credentials eve --exec-command=login --exec-api-version=v1 --exec-arg=a,b "
           "--exec-env=X=1 --exec-env=Y=2")
    lab.ok("kubectl config set-credentials eve --exec-env=X-")
    users = {u["name"]: u["user"] for u in read("lab.conf")["users"]}
    assert users["ann"] == {"client-key": "key.pem", "username": "a", "password": "b"}
    assert users["bob"] == {"client-key-data": base64.b64encode(b"KEY").decode()}
    assert users["eve"]["exec"] == {"command": "login", "apiVersion": "v1", "args": ["a", "b"],
                                    "env": [{"name": "Y", "value": "2"}], "provideClusterInfo": False}


def test_view_flattens(lab):
    with open("ca.crt", "w", encoding="utf-8") as file:
        file.write("CA")
    shown = load_yaml(lab.ok("kubectl config view --flatten --kubeconfig=lab.conf"))
    assert shown["clusters"][0]["cluster"]["certificate-authority-data"] == base64.b64encode(b"CA").decode()
    assert shown["users"][0]["user"]["token"] == "abc123"


def test_old_kubectls_show_preferences(terminal):
    assert "preferences: {}\n" in terminal.ok("kubectl config view")
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    assert "preferences" not in terminal.ok("kubectl config view")


def test_a_preference_that_is_false_is_none(terminal):
    terminal.ok("kubectl config set preferences.colors false --kubeconfig=new.conf")
    assert not os.path.exists("new.conf")
    terminal.ok("kubectl config set preferences.colors true --kubeconfig=new.conf")
    assert read("new.conf")["preferences"] == {"colors": True}
    terminal.ok("kubectl config set preferences.colors false --kubeconfig=new.conf")
    assert read("new.conf")["preferences"] == {}


def test_old_kubectls_write_preferences(terminal):
    terminal.ok("kubectl config set-credentials a --kubeconfig=new.conf")
    assert read("new.conf")["preferences"] == {}
    terminal.environ["KUBESIM_KUBECTL_VERSION"] = "1.34"
    terminal.ok("kubectl config set-credentials b --kubeconfig=new.conf")
    assert "preferences" not in read("new.conf")


def test_who_a_user_acts_as_is_called_otherwise_in_names(lab):
    lab.ok("kubectl config set users.ann.act-as joe --kubeconfig=lab.conf")
    assert read("lab.conf")["users"][0]["user"]["as"] == "joe"
    lab.ok("kubectl config unset users.ann.act-as --kubeconfig=lab.conf")
    assert "as" not in read("lab.conf")["users"][0]["user"]


def test_maps_that_were_emptied_stay(lab):
    for words in ("--auth-provider=x", "--auth-provider-arg=a=b", "--auth-provider-arg=a-"):
        lab.ok(f"kubectl config set-credentials z {words} --kubeconfig=lab.conf")
    user = next(user for user in read("lab.conf")["users"] if user["name"] == "z")["user"]
    assert user == {"auth-provider": {"config": {}, "name": "x"}}


def test_pairs_that_are_none_get_the_help(lab):
    for flag in ("auth-provider-arg", "exec-env"):
        shown = lab(f"kubectl config set-credentials z --{flag}=x")
        assert "\nUsage:\n" in shown.out and shown.err == f"error: invalid {flag} format: x\n"


def test_configs_in_kyaml_have_the_order_of_their_types(newest):
    shown = newest.ok("kubectl config view -o kyaml")
    assert shown.index("kind:") < shown.index("apiVersion:") < shown.index("clusters:") < shown.index("users:")


@pytest.mark.parametrize(("section", "told"), [
    ("clusters: [{name: a}, {name: a, cluster: {server: x, certificate-authority-data: YWI=}}]",
     'error converting *[]NamedCluster into *map[string]*api.Cluster: duplicate name "a" in list: '
     "[{a {  false  []  false []}} {a {x  false  [97 98]  false []}}]"),
    ("contexts: [{name: a, context: {user: u}}, {name: a}]",
     'error converting *[]NamedContext into *map[string]*api.Context: duplicate name "a" in list: '
     "[{a { u  []}} {a {   []}}]"),
    ("users: [{name: a, user: {username: u, as-groups: [x, z], as-user-extra: {k: [v]}}}, {name: b}, {name: b}]",
     'error converting *[]NamedAuthInfo into *map[string]*api.AuthInfo: duplicate name "b" in list: '
     "[{a { []  []     [x z] map[k:[v]] u  <nil> <nil> []}} {b { []  []     [] map[]   <nil> <nil> []}} "
     "{b { []  []     [] map[]   <nil> <nil> []}}]")])
def test_a_name_is_given_once(terminal, section, told):
    with open("twice", "w", encoding="utf-8") as file:
        file.write(f"apiVersion: v1\nkind: Config\n{section}\n")
    assert terminal("kubectl config view --kubeconfig=twice").err == (
        f'error: error loading config file "twice": {told}\n')


def test_a_stale_lock_is_told(lab, monkeypatch):
    monkeypatch.setattr("kubesim_cli.kubectl.config.access._LOCK_PATIENCE", 0.0)
    with open("lab.conf.lock", "w", encoding="utf-8"):
        pass
    result = lab("kubectl config unset current-context --kubeconfig=lab.conf")
    assert result == (1, "", "error: open lab.conf.lock: file exists\n")


def test_who_a_token_stands_for(terminal):
    terminal.ok("kubectl create serviceaccount robot")
    token = terminal.ok("kubectl create token robot").strip()
    assert terminal.ok(f"kubectl auth whoami -o jsonpath='{{.status.userInfo.username}}' --token={token}") == (
        "system:serviceaccount:default:robot")
    refused = (1, "", "error: You must be logged in to the server (Unauthorized)\n")
    assert terminal("kubectl get pods --token=abc123") == refused
    assert terminal(f"kubectl get pods --token={token}x") == refused
    terminal.ok(f"kubectl config set-credentials robot --token={token}")
    assert "Forbidden" in terminal("kubectl get pods --user=robot").err
    terminal.ok("kubectl config set-credentials ann --token=abc123")
    assert terminal("kubectl get pods --user=ann") == refused
    with open("ann.pem", "w", encoding="utf-8") as file:
        file.write("certificate")
    terminal.ok("kubectl config set-credentials ann --client-certificate=ann.pem --client-key=ann.pem")
    assert terminal("kubectl get pods --user=ann").code == 0


@pytest.mark.parametrize(("name", "groups", "expected"), [
    ("jane", [], ["system:authenticated"]),
    ("jane", ["devs"], ["devs", "system:authenticated"]),
    ("system:anonymous", [], ["system:unauthenticated"]),
    ("system:serviceaccount:a:b", [], ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"]),
    ("system:serviceaccount:a:b", ["x"], ["x", "system:authenticated"]),
])
def test_impersonation(name, groups, expected):
    assert impersonated(name, groups, "", {})["groups"] == expected


@pytest.mark.parametrize(("text", "told"), [  # as kubectl 1.32 tells them
    ("users: 5", "json: cannot unmarshal number into Go struct field Config.users of type []v1.NamedAuthInfo"),
    ("contexts: {a: b}",
     "json: cannot unmarshal object into Go struct field Config.contexts of type []v1.NamedContext"),
    ("clusters: [5]", "json: cannot unmarshal number into Go struct field Config.clusters of type v1.NamedCluster"),
    ("clusters: [{name: 5}]",
     "json: cannot unmarshal number into Go struct field NamedCluster.clusters.name of type string"),
    ("clusters: [{cluster: {server: 5}}]",
     "json: cannot unmarshal number into Go struct field Cluster.clusters.cluster.server of type string"),
    ("users: [{user: {as-user-extra: {a: 5}}}]",
     "json: cannot unmarshal number into Go struct field AuthInfo.users.user.as-user-extra of type []string"),
    ("users: [{user: {exec: {interactiveMode: 5}}}]", "json: cannot unmarshal number into Go struct field "
     "ExecConfig.users.user.exec.interactiveMode of type v1.ExecInteractiveMode"),
    ("[]", "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { "
     'APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'),
    ("kind: 5", "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind "
     "of type string"),
    ("apiVersion: v2", 'no kind "Config" is registered for version "v2" in scheme '
     '"k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"'),
    ('{"a":', "yaml: line 1: did not find expected node content"),
    ("[" * 20_000, "yaml: exceeded max depth of 10000"), ('{"a":' * 20_000, "yaml: exceeded max depth of 10000"),
    (b"\xff\xfe\x00", "yaml: incomplete UTF-16 character"), (b"\x80", "yaml: invalid leading UTF-8 octet"),
])
def test_a_kubeconfig_that_does_not_fit_its_types(terminal, text, told):
    with open("k", "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    for words in ("config view", "config set-context x", "get pods"):
        assert terminal(f"kubectl --kubeconfig=k {words}") == (
            1, "", f'error: error loading config file "k": {told}\n')


def test_what_is_null_in_a_kubeconfig_is_not_there(terminal):
    with open("k", "w", encoding="utf-8") as file:
        file.write("clusters: [null]\nusers: [{name: null, user: null}]\ncontexts: null\nx: 5\n")
    shown = load_yaml(terminal.ok("kubectl --kubeconfig=k config view"))
    assert shown["clusters"] == [{"name": "", "cluster": {"server": ""}}]
    assert shown["users"] == [{"name": "", "user": {}}]
    assert "x" not in shown


def test_writers_that_read_the_same_file_lose_nothing(terminal):
    """Each has read before the other has written, as parallel commands do."""
    accesses = [ConfigAccess(terminal.environ, "both.conf") for _ in range(3)]
    for number, access in enumerate(accesses):
        contexts = {**access.config["contexts"], f"c{number}": {"cluster": "x", "user": ""}}
        access.write({**access.config, "contexts": contexts})
    assert terminal.ok("kubectl --kubeconfig=both.conf config get-contexts -o name") == "c0\nc1\nc2\n"
    gone = ConfigAccess(terminal.environ, "both.conf")
    terminal.ok("kubectl --kubeconfig=both.conf config set-context c3")
    gone.write({**gone.config, "contexts": {"c1": gone.config["contexts"]["c1"]}})
    assert terminal.ok("kubectl --kubeconfig=both.conf config get-contexts -o name") == "c1\nc3\n"


def test_all_of_many_parallel_commands_are_there(terminal):
    words = [sys.executable, "-m", "kubesim_cli", "config", "set-context"]
    environ = {**os.environ, **terminal.environ}
    running = [subprocess.Popen([*words, f"c{n}"], env=environ, stdout=subprocess.DEVNULL) for n in range(6)]
    made = {f"c{n}" for n, process in enumerate(running) if process.wait() == 0}
    assert made <= set(terminal.ok("kubectl config get-contexts -o name").split())
    assert len(made) > 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a Unix")
def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path):
    """As a device does: /dev/null is a common --kubeconfig, and root may replace it."""
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    replace_file(str(tmp_path / "pipe"), "text")
    assert os.read(reader, 10) == b"text"
    os.close(reader)
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.skipif(os.name == "nt", reason="needs modes")
def test_the_home_that_config_makes_is_for_its_owner(terminal, tmp_path):
    terminal.environ["KUBESIM_HOME"] = str(tmp_path / "new")
    before = os.umask(0)
    try:
        terminal.ok("kubectl config set-context x")
    finally:
        os.umask(before)
    assert os.stat(tmp_path / "new").st_mode & 0o777 == 0o700


def test_embedded_data_may_be_broken_into_lines(terminal):
    text = base64.b64encode(bytes(100)).decode()
    name = "clusters.c.certificate-authority-data"
    terminal.ok(f"kubectl config set {name} '{text[:76]}\n{text[76:]}\n'")
    assert terminal.ok("kubectl config view --raw -o jsonpath='{.clusters[?(@.name==\"c\")]"
                       ".cluster.certificate-authority-data}'") == text
    assert terminal(f"kubectl config set {name} 'AAA\n='").err == ""
    assert terminal(f"kubectl config set {name} 'AA\n*='").err == (
        "error: error decoding input value: illegal base64 data at input byte 3\n")


def test_what_stands_in_an_entry_is_written_as_its_go_struct(terminal, tmp_path):
    """Its fields in their order, with those that are always there."""
    path = tmp_path / "config"
    path.write_text("""apiVersion: v1
kind: Config
users:
- {name: a, user: {exec: {installHint: hint, apiVersion: client.authentication.k8s.io/v1, command: x}}}
- {name: b, user: {auth-provider: {config: {z: a, b: c}, name: gcp}}}
- {name: c, user: {auth-provider: {name: gcp}}}
""", encoding="utf-8")
    shown = json.loads(terminal.ok(f"kubectl config view --raw -o json --kubeconfig {path}"))["users"]
    assert [json.dumps(each["user"]) for each in shown] == [
        '{"exec": {"command": "x", "args": null, "env": null, "apiVersion": "client.authentication.k8s.io/v1", '
        '"installHint": "hint", "provideClusterInfo": false}}',
        '{"auth-provider": {"name": "gcp", "config": {"b": "c", "z": "a"}}}',
        '{"auth-provider": {"name": "gcp", "config": null}}']


CA = "LS0tLS1CRUdJTg=="


@pytest.mark.parametrize(("cluster", "user", "flags", "told"), [  # expectations: kubectl 1.32
    ({"certificate-authority": "no.crt"}, {}, "",
     ["unable to read certificate-authority {dir}/no.crt for k due to open {dir}/no.crt: no such file or directory"]),
    ({"certificate-authority": "no.crt"}, {}, "--insecure-skip-tls-verify", []),
    ({}, {}, "--certificate-authority=no", ["unable to read certificate-authority no for k due to open no: no such "
                                            "file or directory"]),
    ({"certificate-authority": "config", "certificate-authority-data": CA}, {}, "",
     ["certificate-authority-data and certificate-authority are both specified for k. certificate-authority-data will "
      "override."]),
    ({"proxy-url": "foo"}, {}, "", ['invalid \'proxy-url\' "foo" for cluster "k": unsupported scheme "", must be http, '
                                    "https, or socks5"]),
    ({"proxy-url": "HTTP://p"}, {}, "", []),
    ({"proxy-url": "http://a b"}, {}, "",
     ['invalid \'proxy-url\' "http://a b" for cluster "k": could not parse: http://a b']),
    ({"proxy-url": "://p"}, {}, "", ['invalid \'proxy-url\' "://p" for cluster "k": could not parse: ://p']),
    ({}, {"exec": {}}, "", [f"{field} must be specified for u to use exec authentication plugin" for field in (
        "command", "apiVersion", "interactiveMode")]),
    ({}, {"client-certificate": "config", "client-key": "config"}, "", []),
    ({}, {"client-certificate": "a/no.crt", "client-key": "/no.key"}, "",
     ["unable to read client-cert {dir}/a/no.crt for u due to open {dir}/a/no.crt: no such file or directory",
      "unable to read client-key /no.key for u due to open /no.key: no such file or directory"]),
    ({}, {"client-certificate-data": CA}, "", ["client-key-data or client-key must be specified for u to use the "
                                               "clientCert authentication method."]),
    ({}, {"client-certificate-data": CA, "client-key-data": CA}, "--client-key=no",
     ["unable to read client-key no for u due to open no: no such file or directory"]),
    ({}, {"client-certificate-data": CA, "client-certificate": "config", "client-key": "config", "client-key-data": CA},
     "", ["client-cert-data and client-cert are both specified for u. client-cert-data will override.",
          "client-key-data and client-key are both specified for u; client-key-data will override"]),
    ({}, {"client-key": "no"}, "", []),
    ({}, {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": ""}}, "",
     ["command must be specified for u to use exec authentication plugin",
      "interactiveMode must be specified for u to use exec authentication plugin"]),
    ({}, {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "c", "interactiveMode": "Foo",
                   "env": [{"name": "", "value": "x"}]}}, "",
     ["env variable name must be specified for u to use exec authentication plugin",
      'invalid interactiveMode for u: "Foo"']),
    ({}, {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "c"}}, "", []),
    ({}, {"tokenFile": "no"}, "", ["open {dir}/no: no such file or directory"]),
    ({"certificate-authority": "no"}, {"token": "a", "username": "b"}, "",
     ["more than one authentication method found for u; found [token basicAuth], only one is allowed",
      "unable to read certificate-authority {dir}/no for k due to open {dir}/no: no such file or directory"]),
])
def test_what_a_client_cannot_be_made_of(terminal, tmp_path, cluster, user, flags, told):
    (tmp_path / "conf").mkdir()
    folder = tmp_path / "conf"
    (folder / "config").write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}], "users": [{"name": "u", "user": user}],
        "clusters": [{"name": "k", "cluster": {"server": "https://127.0.0.1:1", **cluster}}]}), encoding="utf-8")
    result = terminal(f"kubectl --kubeconfig {folder}/config get pods {flags}")
    if not told:
        assert result == (0, "", "No resources found in default namespace.\n")
    elif len(told) == 1:
        assert result == (1, "", f"error: {told[0].format(dir=folder)}\n")
    else:
        assert result == (1, "", "Error in configuration: \n" + "".join(
            f"* {problem.format(dir=folder)}\n" for problem in told))


def test_a_context_whose_cluster_is_not_there(terminal):
    terminal.ok("kubectl config set-context --current --cluster=nosuch")
    assert terminal("kubectl get pods") == (
        1, "", "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n")
