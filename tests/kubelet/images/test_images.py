"""Every image starts, says its lines, and ends at its signal with its code; and is pulled as it should be."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

from kubesim_cli.kubelet.images import catalogue, image
from kubesim_cli.kubelet.images.catalogue import BUILT_IN
from kubesim_cli.kubelet.images.checking import OFFICIAL
from kubesim_cli.kubelet.runtime.engine import Engine, Spec, StartError
from kubesim_cli.kubelet.runtime.kernel.files import ROOT, User
from kubesim_cli.kubelet.runtime.kernel.network import Routes

START = 1_800_000_000.0
# What an image's own command says, where it ends by itself its code, else that at its stop signal.
SAID = {
    **dict.fromkeys(("alpine-kubectl", "bitnami-kubectl", "kubectl"), ("localhost:8080 was refused", 1)),
    "alpine-k8s": ("", 0), "helm-kubectl": ("", 0),
    "agnhost": ("Paused", 2), "argocd": ("HOSTNAME=web-0", 0),
    "ingress-nginx-controller": ("NGINX Ingress controller", 0),
    "kube-webhook-certgen": ("cannot create Secret: no service account token", 1), "metallb-controller": ("", 0),
    "almalinux": ("", 0), "alpine": ("", 0), "amazonlinux": ("", 0), "bash": ("", 0),
    "busybox": ("", 0), "cassandra": ("Startup complete", 143),
    "kubernetes-cassandra": ("Startup complete", 143), "centos": ("", 0), "curl": ("curl", 2),
    "coredns": ("CoreDNS", 0), "etcd": ("ready to serve client requests", 0), "kindnetd": ("connected to apiserver", 2),
    "kube-apiserver": ("Serving securely", 0), "kube-controller-manager": ("Serving securely", 0),
    "kube-proxy": ("Caches are synced", 2), "kube-scheduler": ("Serving securely", 0),
    "metrics-server": ("Serving securely on [::]:10250", 0), "storage-provisioner": ("now starting service!", 2),
    "debian": ("", 0),
    "dnsutils": ("", 137), "echoserver": ("Starting nginx", 0), "fedora": ("", 0),
    "fluentd": ("worker is now running", 0),
    "golang": ("", 0), "grafana": ("HTTP Server Listen", 0), "guestbook-frontend": ("resuming normal operations", 0),
    "guestbook-redis": ("Ready to accept connections", 0), "hello-app": ("Server listening on port 8080", 2),
    "hello-world": ("\nHello from Docker!\n", 0), "hpa-example": ("resuming normal operations", 0),
    "http-echo": ("server is listening on :5678", 0), "httpbin": ("Listening at: http://0.0.0.0:80", 0),
    "httpd": ("AH00094: Command line: 'httpd -D FOREGROUND'", 0), "kubernetes-bootcamp": ("", 137),
    "kubernetes-zookeeper": ("binding to port 0.0.0.0/0.0.0.0:2181", 143), "mariadb": ("ready for connections", 0),
    "memcached": ("", 0), "mongo": ("Waiting for connections", 0), "mysql": ("ready for connections", 0),
    "netshoot": ("", 0), "node-hello": ("", 137),
    "nginx": ("ready for start up", 0), "nginx-slim": ("start worker processes", 0),
    "nginx-unprivileged": ("start worker processes", 0), "nginxdemos-hello": ("start worker processes", 0),
    "node": ("", 0), "openjdk": ("", 0), "pause": ("", 0), "perl": ("", 0), "php": ("", 0),
    "postgres": ("database system is ready to accept connections", 0),
    "prometheus": ("ready to receive web requests", 0),
    "python": ("", 0), "rabbitmq": ("Server startup complete", 0), "radial-busyboxplus": ("", 0), "redhat": ("", 0),
    "redis": ("Ready to accept connections", 0), "rockylinux": ("", 0), "ruby": ("", 0),
    "serve-hostname": ("Serving on port 9376", 2), "tomcat": ("Server startup in", 143), "ubi": ("", 0),
    "ubuntu": ("", 0), "whoami": ("Starting up on port 80", 2), "wordpress": ("Complete! WordPress has been", 0),
    "xtrabackup": ("", 0), "zookeeper": ("binding to port", 143),
}


def started(name, argv=None, env=(), hostname="web-0", user=None):
    """Return an engine with a container of an image, as its own command is 20 seconds after its start."""
    facts = BUILT_IN.facts(name)
    inside = image.of(facts.key)
    engine = Engine(START)
    argv = argv or [*facts.entrypoint, *facts.command]
    number = inside.user.partition(":")[0]
    user = user or (User(int(number), int(number)) if number.isdigit() else ROOT)
    engine.start("c", Spec(facts.key, argv, {**inside.env, **dict(env)}, hostname, user=user, cwd=inside.workdir))
    engine.advance(START + 20)
    return engine, engine.containers["c"]


def said(container):
    return b"".join(data for _, _, data in container.said.new).decode()


def test_every_image_is_tested():
    described = {path.stem for path in pathlib.Path(image.__file__).parent.glob("*.yaml")}
    assert set(SAID) == described - {"distroless", OFFICIAL}  # nothing runs in the one, and the other is none


@pytest.mark.parametrize("file", sorted(SAID))
def test_an_images_own_command(file):
    described = catalogue.index()[f"image {file}"]
    name = described["names"][0]
    engine, container = started(name, env=dict.fromkeys(described.get("needs", ())[:1], "x"))
    words, code = SAID[file]
    assert words in said(container)
    assert (container.main.status is None) == (bool(described.get("runs")) or file == "dnsutils")
    if container.main.status is None:
        engine.kill("c", described.get("stop", "TERM"))
        engine.advance(START + 21)
        if container.main.status is None:
            engine.kill("c")
    assert container.main.status == code
    assert not described.get("runs") or BUILT_IN.facts(name).code == code


@pytest.mark.parametrize(("name", "words"), [
    ("mysql", "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified"),
    ("mariadb", "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified"),
    ("postgres", "Error: Database is uninitialized and superuser password is not specified.")])
def test_settings_that_are_needed(name, words):
    _, container = started(name)
    assert container.main.status == 1 and words in said(container)


@pytest.mark.parametrize(("name", "argv", "code"), [
    ("registry.k8s.io/pause:3.9", ["sh"], 127), ("gcr.io/distroless/static", ["/bin/sh"], 127),
    ("busybox", ["curl"], 127), ("nginx", ["ping"], 127), ("alpine", ["bash"], 127), ("hello-world", ["tar"], 127)])
def test_what_is_not_in_an_image(name, argv, code):
    with pytest.raises(StartError) as refused:
        started(name, argv)
    assert refused.value.code == code


@pytest.mark.parametrize(("name", "script", "out"), [
    ("nginx", "cat /etc/os-release | head -1; ls /usr/share/nginx/html; command -v nginx",
     'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n50x.html\nindex.html\n/usr/sbin/nginx\n'),
    ("nginx:1.27-alpine", ". /etc/os-release; echo $ID", "alpine\n"),
    ("debian:12", "id; ls -ld /tmp; readlink /bin", "uid=0(root) gid=0(root) groups=0(root)\n"
     "drwxrwxrwt 2 root root 4096 Oct  9  2025 /tmp\nusr/bin\n"),
    ("postgres", "echo $PGDATA; ls -ld /var/lib/postgresql/data | cut -c1-30",
     "/var/lib/postgresql/data\ndrwxrwxrwt 2 postgres postgres\n")])
def test_what_is_in_an_image(name, script, out):
    _, container = started(name, ["sh", "-c", script])
    assert said(container) == out


def test_the_zookeeper_of_the_tutorial_writes_its_configuration():
    script = "start-zookeeper --servers=3 --data_dir=/data & sleep 1; cat /opt/zookeeper/conf/zoo.cfg /data/myid"
    _, container = started("registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10", ["bash", "-c", script], hostname="zk-1")
    assert "server.3=zk-2." in said(container) and said(container).count("\n2\n") == 1


def test_the_zookeeper_of_the_tutorial_belongs_to_its_user():
    script = "id -un; rm /opt/zookeeper/bin/zookeeper-ready && ls /opt/zookeeper/bin"
    _, container = started("registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10", ["bash", "-c", script],
                           user=User(1000, 1000))
    assert said(container).startswith("zookeeper\n")
    assert "start-zookeeper\n" in said(container) and "zookeeper-ready" not in said(container)


# Pulled by a node


@pytest.fixture
def w(node_world):
    return node_world("scheduler", "kubelet")


def state(w, pod="a", number=0):
    kind, details = next(iter(w.get("pods", pod)["status"]["containerStatuses"][number]["state"].items()))
    return kind, details.get("reason")


def test_a_pull_takes_its_time(w, pull_times):
    took = BUILT_IN.seconds("mysql")
    w.pod("a", containers=[{"name": "main", "image": "mysql", "env": [{"name": "MYSQL_ROOT_PASSWORD", "value": "x"}]}])
    w.advance(1.2 + took - 0.01)
    assert state(w) == ("waiting", "ContainerCreating") and w.events("Pulling") == ['Pulling image "mysql"']
    assert not w.events("Pulled")
    w.advance(0.02)
    assert state(w) == ("running", None)
    assert w.events("Pulled") == [f'Successfully pulled image "mysql" in {took:g}s ({took:g}s including waiting). '
                                  'Image size: 245000000 bytes.']
    w.pod("b", containers=[{"name": "main", "image": "mysql", "env": [{"name": "MYSQL_ROOT_PASSWORD", "value": "x"}]}])
    w.advance(1.21)
    assert state(w, "b") == ("running", None)


def test_containers_are_pulled_one_after_the_other(w, pull_times):
    w.pod("a", containers=[{"name": "one", "image": "nginx"}, {"name": "two", "image": "redis"}])
    w.advance(1.2 + BUILT_IN.seconds("nginx") + 0.01)
    assert state(w) == ("running", None) and state(w, number=1) == ("waiting", "ContainerCreating")
    w.advance(BUILT_IN.seconds("redis"))
    assert state(w, number=1) == ("running", None)


def test_no_image_is_long_in_coming(w, pull_times):
    for i, each in enumerate(image.read(file) for file in sorted(SAID)):
        if each.get("runs"):
            w.pod(f"p{i}", containers=[{"name": "main", "image": each["names"][0], "env": [
                {"name": name, "value": "x"} for name in each.get("needs", ())[:1]]}])
    w.advance(12)
    tags = {pod["metadata"]["name"]: pod["status"]["phase"] for pod in w.api.items("pods")}
    assert set(tags.values()) <= {"Running", "Pending"}
    waiting = [pod["spec"]["containers"][0]["image"] for pod in w.api.items("pods")
               if pod["status"]["phase"] == "Pending"]
    assert all(BUILT_IN.missing(name) == "tag" for name in waiting)  # those whose publisher has no latest


@pytest.mark.parametrize(("name", "words"), [
    ("ngnix", "pull access denied for ngnix, repository does not exist or may require 'docker login': denied: "
     "requested access to the resource is denied"),
    ("nginx:1.161", "manifest for nginx:1.161 not found: manifest unknown: manifest unknown")])
def test_the_registrys_words(w, name, words):
    w.pod("a", containers=[{"name": "main", "image": name}])
    w.advance(1.3)
    assert state(w) == ("waiting", "ErrImagePull") and words in w.events("Failed")[0]
    w.advance(2)
    assert state(w) == ("waiting", "ImagePullBackOff")


def test_an_image_that_comes_after_a_restart_counts_no_restarts(w):
    w.pod("a", containers=[{"name": "main", "image": "nginx"}])
    w.advance(5)
    changed = dict(w.get("pods", "a"))
    changed["spec"] = {**changed["spec"], "containers": [{"name": "main", "image": "nginx:1.161"}]}
    w.api.update("pods", changed, "default")
    w.advance(200)
    assert w.get("pods", "a")["status"]["containerStatuses"][0]["restartCount"] == 1


def test_starting_servers_needs_no_engine(tmp_path):
    """A thousand pods of nginx are told from the index alone."""
    script = """
import os, sys
from kubesim_cli.main import execute
from kubesim_cli.sim.cli import main as sim
sim(["clock", "freeze"])
execute(["create", "deployment", "web", "--image=nginx", "--replicas=20"], os.environ)
sim(["clock", "advance", "20s"])
execute(["get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}"], os.environ)
loaded = [name for name in sys.modules if name.startswith("kubesim_cli.kubelet.")]
print()
print([name for name in loaded if name.endswith(("engine", "kernel", "images.image", "rootfs"))])
"""
    environ = {"KUBESIM_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", script], env=environ, check=True, stdout=subprocess.PIPE, text=True)
    assert done.stdout.splitlines()[-2:] == ["20", "[]"]


def test_a_server_ends_that_is_told_to_before_its_objects_are_made():
    class Silent(Routes):
        def query(self, space, server, name, type_):
            return None

    engine = Engine(START)
    engine.connect(Silent())
    container = engine.start("c", Spec("quay.io/metallb/controller:v0.14.8", ["/controller"]))
    for name in ("token", "namespace"):
        container.space.tree.put(f"/var/run/secrets/kubernetes.io/serviceaccount/{name}", b"x")
    engine.advance(START + 2)
    assert container.main.status is None and container.main.memory["makes"]
    engine.kill("c", "TERM")
    engine.advance(START + 3)
    assert container.main.status == 0
