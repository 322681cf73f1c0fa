"""The pods that a kubelet runs from files on its node: the control plane, as kubeadm writes it for minikube or kind.

What the API shows of them are mirror pods, which the kubelet makes, and makes anew when they are deleted; their
containers know nothing of that. Kubernetes: cmd/kubeadm/app/phases/controlplane, phases/etcd/local.go,
util/staticpod/utils.go, pkg/kubelet/pod/mirror_client.go.
"""

from __future__ import annotations

from ..helpers.nodes import internal_ip
from ..machinery import timestamps
from ..machinery.digest import sha256
from ..machinery.wellknown import MIRROR_POD_ANNOTATION_KEY
from ..releases.gates import enabled
from ..releases.makers import maker_of
from ..releases.system import image

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Json, Object, Release
    from ..releases.makers import Maker

NAMESPACE = "kube-system"
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"  # label of the nodes that have these files
_FLEX = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec"
_CA_CERTS = {"ca-certs": "/etc/ssl/certs", "etc-ca-certificates": "/etc/ca-certificates",
             "usr-local-share-ca-certificates": "/usr/local/share/ca-certificates",
             "usr-share-ca-certificates": "/usr/share/ca-certificates"}


def mirror_pods(node: Object, release: Release, services: str, pods: str) -> list[Object]:
    """Return the mirror pods of a node, without UID and status; none where it is not of the control plane.

    `services`, `pods`: the ranges of Services' and pods' addresses, which the pods' commands tell.
    """
    if CONTROL_PLANE not in (node["metadata"].get("labels") or {}):
        return []
    ip, maker = internal_ip(node), maker_of([node])
    return [_mirror(node, pod, release) for pod in (
        _etcd(node["metadata"]["name"], ip, release, maker), _api_server(ip, release, services, maker),
        _controller_manager(release, services, pods, maker), _scheduler(release, maker))]


def _mirror(node: Object, pod: Object, release: Release) -> Object:
    """Make of a pod in a file what the API is told of it (SetDefaults_Pod, applyDefaults of pkg/kubelet/config)."""
    meta, name = pod["metadata"], node["metadata"]["name"]
    hash_ = sha256(f"{name}/{meta['name']}/{release}".encode()).hexdigest()[:32]
    source = "kubernetes.io/config."
    annotations = {**meta.get("annotations", {}), source + "hash": hash_, MIRROR_POD_ANNOTATION_KEY: hash_,
                   source + "seen": timestamps.format_micro(timestamps.parse(node["metadata"]["creationTimestamp"]))
                   .replace("Z", "000Z"), source + "source": "file"}
    owner = {"apiVersion": "v1", "controller": True, "kind": "Node", "name": name, "uid": node["metadata"]["uid"]}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": {
        **meta, "name": f"{meta['name']}-{name}", "namespace": NAMESPACE, "annotations": annotations,
        "ownerReferences": [owner]}, "spec": {**pod["spec"], "nodeName": name}}


def _pod(name: str, container: Object, volumes: dict[str, tuple[str, str]], annotations: Object) -> Object:
    """Return a component's pod (ComponentPod), with the defaults of its fields; `volumes`: name -> (path, type)."""
    component = {"image": "", "imagePullPolicy": "IfNotPresent", "name": name, "resources": {},
                 "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", **container}
    meta: Object = {"name": name, "labels": {"component": name, "tier": "control-plane"}}
    if annotations:
        meta["annotations"] = annotations
    return {"metadata": meta, "spec": {
        "containers": [component], "dnsPolicy": "ClusterFirst", "enableServiceLinks": True, "hostNetwork": True,
        "preemptionPolicy": "PreemptLowerPriority", "priority": 2000001000,
        "priorityClassName": "system-node-critical", "restartPolicy": "Always", "schedulerName": "default-scheduler",
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}, "terminationGracePeriodSeconds": 30,
        "tolerations": [{"effect": "NoExecute", "operator": "Exists"}],
        "volumes": [{"hostPath": {"path": path, "type": type_}, "name": volume}
                    for volume, (path, type_) in sorted(volumes.items())]}}


def _command(program: str, **flags: str) -> list[str]:
    """Return a command line with its flags in order."""
    return [program, *sorted(f"--{name.replace('_', '-')}={value}" for name, value in flags.items())]


def _gates(release: Release, maker: Maker) -> dict[str, str]:
    """Return the flag with the feature gates that minikube sets."""
    if not maker.kind and enabled("NoWebSocketsToKubelet", release):
        return {"feature_gates": "ExtendWebSocketsToKubelet=false"}
    return {}


def _mounts(volumes: dict[str, tuple[str, str]], writable: tuple[str, ...] = ()) -> list[Object]:
    return [{"mountPath": path, "name": name, **({} if name in writable else {"readOnly": True})}
            for name, (path, _) in sorted(volumes.items())]


def _ca_certs(maker: Maker) -> dict[str, tuple[str, str]]:
    return _folders({**_CA_CERTS, "k8s-certs": maker.certs})


def _folders(paths: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (path, "DirectoryOrCreate") for name, path in paths.items()}


def _probes(release: Release, host: str, port: int, scheme: str, paths: dict[str, str]) -> Object:
    """Return the probes of a component and the port they ask; `paths`: liveness, readiness, startup -> path."""
    named = enabled("NamedProbePorts", release)
    timing = {"liveness": (8, 10, 10), "readiness": (3, 0, 1), "startup": (24, 10, 10)}
    found: dict[str, Json] = {}
    for kind, path in paths.items():
        failures, delay, period = timing[kind]
        probe: Object = {"failureThreshold": failures, "httpGet": {
            "host": host, "path": path, "port": "probe-port" if named else port, "scheme": scheme}}
        if delay:
            probe["initialDelaySeconds"] = delay
        found[f"{kind}Probe"] = {**probe, "periodSeconds": period, "successThreshold": 1, "timeoutSeconds": 15}
    if named:
        found["ports"] = [{"containerPort": port, "hostPort": port, "name": "probe-port", "protocol": "TCP"}]
    return found


def _etcd(node: str, ip: str, release: Release, maker: Maker) -> Object:
    client, peer, certs = f"https://{ip}:2379", f"https://{ip}:2380", f"{maker.certs}/etcd"
    newer = {"feature_gates": "InitialCorruptCheck=true", "watch_progress_notify_interval": "5s"}
    older = {"experimental_initial_corrupt_check": "true", "experimental_watch_progress_notify_interval": "5s"}
    command = _command(
        "etcd", advertise_client_urls=client, cert_file=f"{certs}/server.crt", client_cert_auth="true",
        data_dir=maker.etcd, initial_advertise_peer_urls=peer, initial_cluster=f"{node}={peer}",
        key_file=f"{certs}/server.key", listen_client_urls=f"https://127.0.0.1:2379,{client}",
        listen_metrics_urls="http://127.0.0.1:2381", listen_peer_urls=peer, name=node,
        peer_cert_file=f"{certs}/peer.crt", peer_client_cert_auth="true", peer_key_file=f"{certs}/peer.key",
        peer_trusted_ca_file=f"{certs}/ca.crt", snapshot_count="10000", trusted_ca_file=f"{certs}/ca.crt",
        **{} if maker.kind or enabled("EtcdFewerFlags", release) else {"proxy_refresh_interval": "70000"},
        **newer if enabled("EtcdFeatureGates", release) else older)
    if enabled("EtcdLivez", release):
        paths = {"liveness": "/livez", "readiness": "/readyz", "startup": "/readyz"}
    else:
        paths = {"liveness": "/health?exclude=NOSPACE&serializable=true", "startup": "/health?serializable=false"}
    volumes = _folders({"etcd-certs": certs, "etcd-data": maker.etcd})
    return _pod("etcd", {
        "command": command, "image": image("etcd", release),
        **_probes(release, "127.0.0.1", 2381, "HTTP", paths),
        "resources": {"requests": {"cpu": "100m", "memory": "100Mi"}},
        "volumeMounts": sorted(_mounts(volumes, tuple(volumes)), key=lambda mount: mount["name"], reverse=True)},
        volumes, {"kubeadm.kubernetes.io/etcd.advertise-client-urls": client})


def _api_server(ip: str, release: Release, services: str, maker: Maker) -> Object:
    certs = maker.certs
    command = _command(
        "kube-apiserver", advertise_address=ip, allow_privileged="true", authorization_mode="Node,RBAC",
        client_ca_file=f"{certs}/ca.crt", enable_admission_plugins=maker.admission,
        enable_bootstrap_token_auth="true",
        etcd_cafile=f"{certs}/etcd/ca.crt", etcd_certfile=f"{certs}/apiserver-etcd-client.crt",
        etcd_keyfile=f"{certs}/apiserver-etcd-client.key", etcd_servers="https://127.0.0.1:2379",
        kubelet_client_certificate=f"{certs}/apiserver-kubelet-client.crt",
        kubelet_client_key=f"{certs}/apiserver-kubelet-client.key",
        kubelet_preferred_address_types="InternalIP,ExternalIP,Hostname",
        proxy_client_cert_file=f"{certs}/front-proxy-client.crt",
        proxy_client_key_file=f"{certs}/front-proxy-client.key",
        requestheader_allowed_names="front-proxy-client", requestheader_client_ca_file=f"{certs}/front-proxy-ca.crt",
        requestheader_extra_headers_prefix="X-Remote-Extra-", requestheader_group_headers="X-Remote-Group",
        requestheader_username_headers="X-Remote-User", secure_port=str(maker.port),
        service_account_issuer="https://kubernetes.default.svc.cluster.local",
        service_account_key_file=f"{certs}/sa.pub", service_account_signing_key_file=f"{certs}/sa.key",
        service_cluster_ip_range=services, tls_cert_file=f"{certs}/apiserver.crt",
        tls_private_key_file=f"{certs}/apiserver.key", **_gates(release, maker),
        **{"runtime_config": ""} if maker.kind else {})
    volumes = _ca_certs(maker)
    probes = _probes(release, ip, maker.port, "HTTPS",
                     {"liveness": "/livez", "readiness": "/readyz", "startup": "/livez"})
    return _pod("kube-apiserver", {
        "command": command, "image": image("kube-apiserver", release), **probes,
        "resources": {"requests": {"cpu": "250m"}}, "volumeMounts": _mounts(volumes)},
        volumes, {"kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": f"{ip}:{maker.port}"})


def _controller_manager(release: Release, services: str, pods: str, maker: Maker) -> Object:
    config, ca = "/etc/kubernetes/controller-manager.conf", f"{maker.certs}/ca.crt"
    command = _command(
        "kube-controller-manager", allocate_node_cidrs="true", authentication_kubeconfig=config,
        authorization_kubeconfig=config, bind_address="127.0.0.1", client_ca_file=ca, cluster_cidr=pods,
        cluster_name=maker.cluster_name, cluster_signing_cert_file=ca, cluster_signing_key_file=f"{maker.certs}/ca.key",
        controllers="*,bootstrapsigner,tokencleaner", kubeconfig=config, leader_elect=maker.leader_elect,
        requestheader_client_ca_file=f"{maker.certs}/front-proxy-ca.crt", root_ca_file=ca,
        service_account_private_key_file=f"{maker.certs}/sa.key", service_cluster_ip_range=services,
        use_service_account_credentials="true", **_gates(release, maker),
        **{"enable_hostpath_provisioner": "true"} if maker.kind else {})
    volumes = {**_ca_certs(maker), "kubeconfig": (config, "FileOrCreate")}
    if not enabled("NoFlexVolumes", release):
        volumes["flexvolume-dir"] = (_FLEX, "DirectoryOrCreate")
    return _pod("kube-controller-manager", {
        "command": command, "image": image("kube-controller-manager", release),
        **_probes(release, "127.0.0.1", 10257, "HTTPS", {"liveness": "/healthz", "startup": "/healthz"}),
        "resources": {"requests": {"cpu": "200m"}}, "volumeMounts": _mounts(volumes, ("flexvolume-dir",))},
        volumes, {})


def _scheduler(release: Release, maker: Maker) -> Object:
    config = "/etc/kubernetes/scheduler.conf"
    command = _command("kube-scheduler", authentication_kubeconfig=config, authorization_kubeconfig=config,
                       bind_address="127.0.0.1", kubeconfig=config, leader_elect=maker.leader_elect,
                       **_gates(release, maker))
    if enabled("SchedulerLivez", release):
        paths = {"liveness": "/livez", "readiness": "/readyz", "startup": "/livez"}
    else:
        paths = {"liveness": "/healthz", "startup": "/healthz"}
    volumes = {"kubeconfig": (config, "FileOrCreate")}
    return _pod("kube-scheduler", {
        "command": command, "image": image("kube-scheduler", release),
        **_probes(release, "127.0.0.1", 10259, "HTTPS", paths),
        "resources": {"requests": {"cpu": "100m"}}, "volumeMounts": _mounts(volumes)}, volumes, {})
