"""The versions of what kubeadm and minikube run beside Kubernetes' own programs.

kubeadm: cmd/kubeadm/app/constants/constants.go of each release; minikube lists them by patch release in
pkg/minikube/constants/constants_kubeadm_images.go. Its own are those of the newest minikube, whatever the release;
so are kind's (pkg/build/nodeimage).
"""

from __future__ import annotations

from . import Release
from .server import PATCH

_VERSIONS = {  # of CoreDNS, etcd and pause
    (1, 28): ("v1.10.1", "3.5.15-0", "3.9"), (1, 29): ("v1.11.1", "3.5.16-0", "3.9"),
    (1, 30): ("v1.11.3", "3.5.15-0", "3.9"), (1, 31): ("v1.11.3", "3.5.24-0", "3.10"),
    (1, 32): ("v1.11.3", "3.5.24-0", "3.10"), (1, 33): ("v1.12.0", "3.5.24-0", "3.10"),
    (1, 34): ("v1.12.1", "3.6.5-0", "3.10.1"), (1, 35): ("v1.13.1", "3.6.6-0", "3.10.1"),
    (1, 36): ("v1.14.2", "3.6.8-0", "3.10.2"), (1, 37): ("v1.14.6", "3.7.0-0", "3.10.2"),
}
_REGISTRY = "registry.k8s.io"
KINDNET_IMAGE = "docker.io/kindest/kindnetd:v20260820-69b56db7"
LOCAL_PATH_PROVISIONER_IMAGE = "docker.io/kindest/local-path-provisioner:v20260820-69b56db7"
STORAGE_PROVISIONER_IMAGE = "gcr.io/k8s-minikube/storage-provisioner:v5"


def image(program: str, release: Release) -> str:
    """Return the image of one of Kubernetes' own programs, of coredns, etcd or pause."""
    coredns, etcd, pause = _VERSIONS[release]
    if program == "coredns":
        return f"{_REGISTRY}/coredns/coredns:{coredns}"
    tag = {"etcd": etcd, "pause": pause}.get(program, PATCH[release])
    return f"{_REGISTRY}/{program}:{tag}"
