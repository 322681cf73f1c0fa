"""kubectl in containers reads and writes their files: kubeconfigs, kustomizations, templates, certificates."""

import shlex
import subprocess

import pytest

IMAGE = "alpine/k8s:1.31.3"  # which runs as root
ENDED = "command terminated with exit code 1\n"


@pytest.fixture
def inside(terminal):
    """Return a function that runs a script in a container with kubectl; it returns (what it says, its errors)."""
    terminal.ok("kubectl create clusterrolebinding x --clusterrole=cluster-admin --serviceaccount=default:default")
    terminal.ok(f"kubectl run a --image={IMAGE} -- sleep infinity")
    terminal.advance("5s")

    def run(script, stdin=""):
        done = terminal("kubectl exec -i a -- sh -c " + shlex.quote(script), stdin)
        return done.out, done.err.removesuffix(ENDED)

    return run


def test_a_kubeconfig_is_made_and_used(inside):
    """As jobs of CI do: with the token of their account, and another namespace."""
    said, errors = inside("""
        kubectl config current-context
        kubectl config view
        kubectl config set-cluster c --server=https://kubernetes.default
        kubectl config set-credentials u --token=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
        kubectl config set-context x --cluster=c --user=u --namespace=kube-system
        kubectl config use-context x
        kubectl config current-context
        stat -c %a ~/.kube/config
        kubectl get cm coredns -o name
        kubectl config get-contexts --no-headers
        kubectl config set-context --current --namespace=default
        kubectl config view --minify
        kubectl config delete-context x""")
    assert errors == ("error: current-context is not set\n"
                      'warning: this removed your active context, use "kubectl config use-context" to select a '
                      "different one\n")
    assert said == """\
apiVersion: v1
clusters: null
contexts: null
current-context: ""
kind: Config
preferences: {}
users: null
Cluster "c" set.
User "u" set.
Context "x" created.
Switched to context "x".
x
600
configmap/coredns
*     x     c     u     kube-system
Context "x" modified.
apiVersion: v1
clusters:
- cluster:
    server: https://kubernetes.default
  name: c
contexts:
- context:
    cluster: c
    namespace: default
    user: u
  name: x
current-context: x
kind: Config
preferences: {}
users:
- name: u
  user:
    token: REDACTED
deleted context x from /root/.kube/config
"""


def test_the_hosts_kubeconfig_is_not_touched(inside, terminal):
    before = {path: path.read_bytes() for path in terminal.home.glob("*") if path.is_file()}
    where = terminal.home / "config"
    said, errors = inside(f"kubectl config set-cluster c --server=https://x --kubeconfig={where}; cat {where}")
    assert said.startswith('Cluster "c" set.\napiVersion: v1\n')
    assert not errors
    assert {path: path.read_bytes() for path in terminal.home.glob("*") if path.is_file()} == before


def test_files_that_an_entry_names(inside):
    said, errors = inside("""
        mkdir -p /k/certs; echo ca > /k/certs/ca.pem; cd /k; export KUBECONFIG=/k/conf
        kubectl config set-cluster c --server=https://x --certificate-authority=certs/ca.pem
        grep authority conf
        kubectl config view --flatten | grep authority
        kubectl config set-cluster c --embed-certs --certificate-authority=no.pem
        kubectl config set-cluster d --kubeconfig=/etc/hostname/none/conf""")
    assert said == ('Cluster "c" set.\n    certificate-authority: certs/ca.pem\n'
                    "    certificate-authority-data: Y2EK\n")
    assert errors.splitlines() == ["error: could not stat certificate-authority file no.pem: stat no.pem: no such file "
                                   "or directory", "error: mkdir /etc/hostname/none: not a directory"]


def test_kustomizations(inside):
    said, errors = inside("""
        mkdir -p /k/base; cd /k
        printf 'resources: [base]\\nnamePrefix: p-\\n' > kustomization.yaml
        printf 'resources: [cm.yaml]\\n' > base/kustomization.yaml
        printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: made}\\n' > base/cm.yaml
        kubectl kustomize
        kubectl apply -k .
        kubectl get -k /k -o name
        kubectl kustomize . -o out; cat out
        kubectl delete -k base/..
        kubectl apply -k nope
        printf 'resources: [../../etc/hostname]\\n' > base/kustomization.yaml
        kubectl apply -k .""")
    built = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p-made\n"
    assert said == (f'{built}configmap/p-made created\nconfigmap/p-made\n{built}configmap "p-made" deleted\n')
    first, second = errors.splitlines()
    assert first == ("error: must build at directory: not a valid directory: evalsymlink failure on 'nope' : lstat "
                     "/k/nope: no such file or directory")
    assert "security; file '/etc/hostname' is not in or below '/k/base'" in second


def test_templates(inside):
    said, errors = inside("""
        cd /tmp; echo '{{.metadata.name}} ' > tpl; echo '{.metadata.name} ' > path
        printf 'NAME\\n.metadata.name\\n' > columns
        kubectl get ns default -o go-template-file=tpl
        kubectl get ns default -o templatefile --template=tpl
        kubectl get ns default -o jsonpath-file=path
        kubectl get ns default -o custom-columns-file=columns
        kubectl get ns default -o jsonpath-file=none""")
    assert said == "default \n" * 3 + "NAME\ndefault\n"
    assert errors == "error: error reading --template none, open none: no such file or directory\n"


def test_a_secret_of_a_certificate(inside, tmp_path):
    for name in ("tls", "other"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{tmp_path}/{name}.key",
                        "-out", f"{tmp_path}/{name}.crt", "-subj", "/CN=x"], check=True, capture_output=True)
    for name in ("tls.key", "tls.crt", "other.key"):
        inside(f"cat > /tmp/{name}", (tmp_path / name).read_text(encoding="ascii"))
    said, errors = inside("""
        cd /tmp; kubectl create secret tls s --cert=tls.crt --key=tls.key
        kubectl create secret tls t --cert=tls.crt --key=other.key
        kubectl create secret tls t --cert=no.crt --key=other.key""")
    assert said == "secret/s created\n"
    assert errors.splitlines() == ["error: tls: private key does not match public key",
                                   "error: Cannot read file no.crt, open no.crt: no such file or directory"]


def test_a_dump_of_the_cluster(inside):
    said, errors = inside("""
        kubectl cluster-info dump -o yaml --output-directory=/tmp/dump; ls /tmp/dump /tmp/dump/default/a
        kubectl cluster-info dump | grep -c 'START logs for container a of pod default/a'
        kubectl cluster-info dump --output-directory=/etc/hostname/x""")
    assert said == ("Cluster info dumped to /tmp/dump\n/tmp/dump:\ndefault\nkube-system\nnodes.yaml\n\n"
                    "/tmp/dump/default/a:\nlogs.txt\n1\n")
    assert errors == "error: mkdir /etc/hostname/x: not a directory\n"


def test_a_diff_by_the_programs_of_the_container(inside):
    said, errors = inside("""
        cd /tmp
        printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: x}\\ndata: {a: "1", b: "2"}\\n' > x.yaml
        kubectl apply -f x.yaml; kubectl diff -f x.yaml; echo $?
        sed -i 's/"2"/"3"/' x.yaml
        KUBECTL_EXTERNAL_DIFF='diff -U1' kubectl diff -f x.yaml | sed 's/[0-9]*\\/v1.*/N/'; echo $?
        kubectl diff -f x.yaml > /dev/null; echo $?
        ls; kubectl get cm x -o jsonpath={.data}; echo
        KUBECTL_EXTERNAL_DIFF=meld kubectl diff -f x.yaml; echo $?""")
    assert said == """\
configmap/x created
0
--- /tmp/LIVE-N
+++ /tmp/MERGED-N
@@ -3,3 +3,3 @@
   a: "1"
-  b: "2"
+  b: "3"
 kind: ConfigMap
0
1
x.yaml
{"a":"1","b":"2"}
2
"""
    assert errors == 'error: failed to run "meld": executable file not found in $PATH\n'


def test_an_editor_of_the_container(inside):
    said, errors = inside("""
        cd /tmp; kubectl create cm x --from-literal=a=b
        KUBE_EDITOR='sed -i s/b$/c/' kubectl edit cm x; ls; kubectl get cm x -o jsonpath={.data}; echo
        for editor in nosuch false true; do KUBE_EDITOR=$editor kubectl edit cm x; done""")
    assert said == 'configmap/x created\nconfigmap/x edited\n{"a":"c"}\n'
    assert errors.splitlines() == [
        'error: unable to launch the editor "nosuch"', 'error: there was a problem with the editor "false"',
        "Edit cancelled, no changes made."]


def test_an_editor_that_is_called_again(inside):
    """Each of its two turns waits, and leaves the file as the other finds it."""
    said, errors = inside("""
        cd /tmp; kubectl create cm x --from-literal=a=b
        cat > /turns <<'END'
#!/bin/sh
sleep 2
date +%s >> /at
if grep -q '^# .*was not valid' "$1"; then sed -i 's/a: .*/a: good/' "$1"; else sed -i 's/a: .*/a: [1]/' "$1"; fi
END
        chmod +x /turns; KUBE_EDITOR=/turns kubectl edit cm x
        kubectl get cm x -o jsonpath={.data}; echo; grep -c . /at""")
    assert errors == 'error: configmaps "x" is invalid\n'
    assert said.splitlines()[1:] == ["configmap/x edited", '{"a":"good"}', "2"]


def test_a_named_pipe_is_waited_for(inside):
    said = inside("mkfifo p; (sleep 1; kubectl create cm piped --dry-run=client -o yaml > p) & kubectl apply -f p")
    assert said == ("configmap/piped created\n", "")
