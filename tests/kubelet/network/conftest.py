"""A cluster's network in one engine: objects in the store, and pods that run in the engine."""

import pytest
from worlds import NOW

from kubesim_cli.kubelet.network.podfiles import hosts, resolv_conf
from kubesim_cli.kubelet.network.routes import ClusterRoutes
from kubesim_cli.kubelet.runtime.engine import Engine, Spec
from kubesim_cli.machinery import timestamps


class Network:
    """`engine` plays pods by their names; `world` holds the objects."""

    def __init__(self, world):
        self.world, self.api = world, world.api
        self.engine = Engine(NOW)
        self.engine.connect(ClusterRoutes(self.api, self.engine.kernel, self.reach))
        self.service("kube-dns", {"k8s-app": "kube-dns"}, [{"name": "dns", "port": 53, "protocol": "UDP"}],
                     "kube-system", clusterIP="10.96.0.10")
        self.pod("coredns", "10.244.0.2", {"k8s-app": "kube-dns"}, "kube-system")
        self.service("kubernetes", None, [{"name": "https", "port": 443, "targetPort": 8443}], clusterIP="10.96.0.1")
        self.slice("kubernetes", "192.168.49.2", 8443, "https")

    def reach(self, pod):
        found = self.engine.containers.get(pod["metadata"]["name"])
        return found.space if found is not None and found.space.ended is None else None

    def service(self, name, selector, ports, namespace="default", **spec):
        """Create a service; without a clusterIP in `spec` it has 10.96.1.N."""
        number = len(self.api.items("services"))
        spec = {"clusterIP": f"10.96.1.{number}", "type": "ClusterIP", **spec, "ports": ports}
        if selector:
            spec["selector"] = selector
        self.world.create("services", {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
                                       "spec": spec, "status": {}}, namespace)
        self.world.advance()

    def slice(self, service, address, port, name=""):
        self.world.create("endpointslices.discovery.k8s.io", {
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {
                "name": f"{service}-x", "labels": {"kubernetes.io/service-name": service}},
            "addressType": "IPv4", "ports": [{"name": name, "port": port, "protocol": "TCP"}],
            "endpoints": [{"addresses": [address], "conditions": {"ready": True}}]})

    def pod(self, name, ip, labels=None, namespace="default", argv=(), ready=True,
            image="example.com/tools:alpine", files=(), **spec):
        """Create a pod and, with `argv`, run its one container; `files`: path -> text of it."""
        status = {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "hostIP": "192.168.49.2",
                  "startTime": timestamps.format(NOW), "conditions": [
                      {"type": "Ready", "status": "True" if ready else "False",
                       "lastTransitionTime": timestamps.format(self.world.server.now)}]}
        ports = spec.pop("ports", [])
        pod = self.world.create("pods", {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels or {}}, "status": status,
            "spec": {"nodeName": "minikube", "containers": [{"name": "main", "image": image, "ports": ports}], **spec}},
            namespace)
        self.world.advance()
        if argv:
            self.engine.start(name, Spec(image, list(argv), hostname=name, address=ip, seed=name,
                                         net=pod["metadata"]["uid"]))
            tree = self.engine.containers[name].space.tree
            tree.put("/etc/resolv.conf", resolv_conf(self.api, pod).encode(), now=NOW)
            tree.put("/etc/hosts", hosts(pod).encode(), now=NOW)
            for path, text in dict(files).items():
                tree.put(path, text.encode(), now=NOW)
        return pod

    def client(self, namespace="default", image="example.com/tools:alpine", **more):
        """Run a pod that does nothing, to be entered."""
        number = len(self.api.items("pods"))
        name = f"client-{number}"
        self.pod(name, f"10.244.0.{100 + number}", {"app": "client"}, namespace, ["sleep", "infinity"], image=image,
                 **more)
        return name

    def run(self, name, script, seconds=0.0):
        """Return (what a script says on both streams, its exit code) in a pod's container."""
        session = self.engine.execute(name, ["sh", "-c", script] if isinstance(script, str) else script)
        self.engine.advance(self.engine.kernel.now + seconds)
        return b"".join(data for _, _, data in session.said.new).decode(), session.code

    def log(self, name, stream=""):
        """Return what a pod's container has said."""
        return b"".join(data for _, which, data in self.engine.containers[name].said.new
                        if stream in ("", which)).decode()


@pytest.fixture
def net(node_world):
    return Network(node_world("endpointslice"))
