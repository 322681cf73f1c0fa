"""The documents in which an API server tells what it serves, from a Kubernetes checkout or a live cluster.

Both answer `get(path)` with the paths of a server: /api/v1 and /apis/apps/v1 (APIResourceList), /apis (APIGroupList),
/openapi/v3/apis/apps/v1 (OpenAPI 3). A checkout's documents come from a server with everything turned on (alpha, beta),
a live cluster's tell what that cluster serves.
"""

from __future__ import annotations

import json
import pathlib
import re
import shlex
import subprocess
from typing import Any

# Alpha and beta versions that a cluster of 1.28 or later has served, by default or when it is told to: the later
# version that has the same resources, and how the names of their kinds, and of what these consist of, begin.
_POLICIES = ("AuditAnnotation", "ExpressionWarning", "MatchCondition", "MatchResources", "NamedRuleWithOperations",
             "Param", "TypeChecking", "ValidatingAdmissionPolicy", "Validation", "Variable")
_MUTATING = ("ApplyConfiguration", "JSONPatch", "MutatingAdmissionPolicy", "Mutation")
_RANGES = ("IPAddress", "ParentReference", "ServiceCIDR")
BETAS = {("admissionregistration.k8s.io", "v1beta1"): ("v1", (*_POLICIES, *_MUTATING)),
         ("admissionregistration.k8s.io", "v1alpha1"): ("v1", (*_POLICIES, *_MUTATING)),
         ("authentication.k8s.io", "v1beta1"): ("v1", ("SelfSubjectReview", "UserInfo")),
         ("authentication.k8s.io", "v1alpha1"): ("v1", ("SelfSubjectReview", "UserInfo")),
         ("certificates.k8s.io", "v1beta1"): ("v1", ("ClusterTrustBundle", "PodCertificateRequest")),
         ("certificates.k8s.io", "v1alpha1"): ("v1", ("ClusterTrustBundle", "PodCertificateRequest")),
         ("flowcontrol.apiserver.k8s.io", "v1beta3"): ("v1", ""),
         ("flowcontrol.apiserver.k8s.io", "v1beta2"): ("v1", ""),
         ("networking.k8s.io", "v1beta1"): ("v1", _RANGES),
         ("networking.k8s.io", "v1alpha1"): ("v1", _RANGES),
         ("resource.k8s.io", "v1beta2"): ("v1", ""),
         ("storage.k8s.io", "v1beta1"): ("v1", "VolumeAttributesClass"),
         ("storage.k8s.io", "v1alpha1"): ("v1", "VolumeAttributesClass"),
         ("storagemigration.k8s.io", "v1beta1"): ("v1", ""),
         ("storagemigration.k8s.io", "v1alpha1"): ("v1", "")}
DEFAULT = ("flowcontrol.apiserver.k8s.io",)  # whose betas are served unless a cluster is told not to
# What the structure of such a version has that the later one has not: a definition's fields, instead of those of the
# later version where they are of the same name.
_CONDITION = "io.k8s.api.storagemigration.v1alpha1.MigrationCondition"
_TEXT = {"type": "string"}
ONLY_BETA: dict[str, dict[str, Any]] = {
    "io.k8s.api.storagemigration.v1alpha1.GroupVersionResource": {"group": _TEXT, "resource": _TEXT, "version": _TEXT},
    _CONDITION: {"type": {**_TEXT, "x-go-type": "v1alpha1.MigrationConditionType", "x-go-always": True},
                 "status": {**_TEXT, "x-go-type": "v1.ConditionStatus", "x-go-always": True},
                 "lastUpdateTime": {"$ref": "io.k8s.apimachinery.pkg.apis.meta.v1.Time"}, "reason": _TEXT,
                 "message": _TEXT},
    "io.k8s.api.storagemigration.v1alpha1.StorageVersionMigrationSpec": {
        "resource": {"$ref": "io.k8s.api.storagemigration.v1alpha1.GroupVersionResource", "default": {}},
        "continueToken": _TEXT},
    "io.k8s.api.storagemigration.v1alpha1.StorageVersionMigrationStatus": {
        "conditions": {"items": {"$ref": _CONDITION, "default": {}}, "type": "array",
                       "x-kubernetes-list-map-keys": ["type"], "x-kubernetes-list-type": "map",
                       "x-kubernetes-patch-merge-key": "type", "x-kubernetes-patch-strategy": "merge"},
        "resourceVersion": _TEXT}}


class Checkout:
    """The documents under api/ of a checkout of kubernetes/kubernetes."""

    def __init__(self, root: pathlib.Path):
        self.root = root

    def get(self, path: str) -> dict[str, Any]:
        """Return one document. Raises FileNotFoundError."""
        name = path.removeprefix("/openapi/v3").strip("/").replace("/", "__")
        if path.startswith("/openapi/v3"):
            file = self.root / "api" / "openapi-spec" / "v3" / f"{name}_openapi.json"
        else:
            file = self.root / "api" / "discovery" / f"{name}.json"
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return document


class Live:
    """A cluster, through any kubectl: `command` is what to run instead of `kubectl`."""

    def __init__(self, command: str = "kubectl"):
        self.command = shlex.split(command)

    def get(self, path: str) -> dict[str, Any]:
        """Return one document. Raises CalledProcessError."""
        done = subprocess.run([*self.command, "get", "--raw", path], capture_output=True, text=True, check=True)
        document: dict[str, Any] = json.loads(done.stdout)
        return document


def group_versions(source: Checkout | Live) -> list[tuple[str, str]]:
    """Return (group, version) of everything that a default cluster serves, the legacy group first, in the server's
    order: versions without alpha or beta, which new clusters have had turned off since 1.24."""
    found = [("", "v1")]
    for group in source.get("/apis")["groups"]:
        found += [(group["name"], entry["version"]) for entry in group["versions"]
                  if re.fullmatch(r"v\d+", entry["version"])]
    return found


def path_of(group: str, version: str) -> str:
    """Return the path at which a group's version is served."""
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


def minor_of(root: pathlib.Path) -> int:
    """Return the minor release that a checkout is of: the newest that it has a changelog for."""
    found = [int(path.stem.rpartition(".")[2]) for path in (root / "CHANGELOG").glob("CHANGELOG-1.*.md")]
    if not found:
        raise FileNotFoundError(f"no CHANGELOG/CHANGELOG-1.*.md in {root}")
    return max(found)


def vendored(root: pathlib.Path, module: str) -> str:
    """Return the module and version that a checkout carries in vendor/: `sigs.k8s.io/kustomize/api v0.21.1`."""
    found = re.search(rf"^# ({re.escape(module)} v\S+)", (root / "vendor" / "modules.txt").read_text(encoding="utf-8"),
                      re.M)
    if found is None:
        raise LookupError(f"{module} is not in {root}/vendor/modules.txt")
    return found[1]
