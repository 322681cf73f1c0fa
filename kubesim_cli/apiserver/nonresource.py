"""The server's URL paths that are no resources: what there is, how it is, in which documents it describes itself
(k8s.io/apiserver/pkg/server: routes, healthz)."""

from __future__ import annotations

from ..machinery import errors
from ..releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.discovery import Discovery
    from ..machinery.types import Json, Object, Release

HEALTH = ("healthz", "livez", "readyz")
_HOOKS = (
    "start-apiserver-admission-initializer", "generic-apiserver-start-informers",
    "priority-and-fairness-config-consumer", "priority-and-fairness-filter", "storage-object-count-tracker-hook",
    "start-apiextensions-informers", "start-apiextensions-controllers", "crd-informer-synced",
    "start-system-namespaces-controller", "start-cluster-authentication-info-controller",
    "start-kube-apiserver-identity-lease-controller", "start-kube-apiserver-identity-lease-garbage-collector",
    "start-legacy-token-tracking-controller", "start-service-ip-repair-controllers", "rbac/bootstrap-roles",
    "scheduling/bootstrap-system-priority-classes", "priority-and-fairness-config-producer", "bootstrap-controller",
    "start-kubernetes-service-cidr-controller", "aggregator-reload-proxy-client-cert",
    "start-kube-aggregator-informers", "apiservice-status-local-available-controller",
    "apiservice-status-remote-available-controller", "apiservice-registration-controller",
    "apiservice-discovery-controller", "kube-apiserver-autoregistration", "apiservice-openapi-controller",
    "apiservice-openapiv3-controller")


def checks(which: str, release: Release) -> list[str]:
    """Return the names of the checks behind /healthz, /livez or /readyz, in their order."""
    hooks = [f"poststarthook/{name}" for name in _HOOKS if name != "start-kubernetes-service-cidr-controller"
             or enabled("MultiCIDRServiceAllocator", release)]
    hooks.insert(hooks.index("poststarthook/kube-apiserver-autoregistration") + 1, "autoregister-completion")
    ready = ["etcd-readiness", "informer-sync"] if which == "readyz" else []
    return ["ping", "log", "etcd", *ready, *hooks, *(["shutdown"] if which == "readyz" else [])]


def health(which: str, name: str, query: dict[str, list[str]], release: Release) -> str:
    """Serve /healthz, /livez or /readyz, or the check `name` below it; every check is right. Raises NotFound."""
    known = checks(which, release)
    if name:
        if name not in known:
            raise errors.no_resource()
        return "ok"
    if "verbose" not in query:
        return "ok"
    excluded = query.get("exclude", [])
    lines = [f"[+]{each} excluded: ok" if each in excluded else f"[+]{each} ok" for each in known]
    unknown = sorted(set(excluded) - set(known))
    if unknown:
        lines.append("warn: some health checks cannot be excluded: no matches for "
                     + ", ".join(f'"{each}"' for each in unknown))
    return "\n".join([*lines, f"{which} check passed\n"])


def check_method(parts: list[str]) -> None:
    """Raise MethodNotAllowed for a path that is but read; the others take any method (go-restful's services; the
    aggregator and the health checks do not ask)."""
    if parts in (["version"], [".well-known", "openid-configuration"], ["openid", "v1", "jwks"]) or parts[:1] == [
            "api"] or (parts[:1] == ["apis"] and len(parts) == 3):
        raise errors.method_not_allowed()


def serve(discovery: Discovery, release: Release, path: str) -> Json:
    """Serve / and /openapi/v3, the lists of paths and of documents; raises NotFound for all else."""
    if path == "/":
        return {"paths": sorted(_paths(discovery, release))}
    if path.rstrip("/") == "/openapi/v3":
        return {"paths": {name: {"serverRelativeURL": f"/openapi/v3/{name}?hash={_hash(name, release)}"}
                          for name in sorted(_documents(discovery))}}
    raise errors.no_resource()


def _groups(discovery: Discovery) -> list[str]:
    """`apis/GROUP` and `apis/GROUP/VERSION` of every group."""
    return [place for group in discovery.groups for place in (
        f"apis/{group['name']}", *(f"apis/{group['name']}/{version}" for version in group["versions"]))]


def _paths(discovery: Discovery, release: Release) -> set[str]:
    found = {"/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/apis/", "/metrics", "/metrics/slis",
             "/openapi/v2", "/openapi/v3", "/openapi/v3/", "/openid/v1/jwks", "/version"}
    if enabled("ComponentStatusz", release):
        found |= {"/flagz", "/statusz"}
    for which in HEALTH:
        found |= {f"/{which}", *(f"/{which}/{name}" for name in checks(which, release))}
    return found | {"/" + place for place in _groups(discovery)}


def _documents(discovery: Discovery) -> list[str]:
    return [".well-known/openid-configuration", "api", "api/v1", "apis", *_groups(discovery), "openid/v1/jwks",
            "version"]


def _hash(name: str, release: Release) -> str:
    """What stands for the digest of a document, which changes with its release."""
    from ..machinery.digest import sha256

    return "".join(sha256(f"{name} {release} {half}".encode()).hexdigest() for half in (0, 1)).upper()


def api_root(address: str) -> Object:
    """Return what /api answers: the versions of the core group, and where the server is."""
    return {"kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]}


def issuer_discovery(issuer: str, address: str) -> Object:
    """Return what there is to know of the issuer of service accounts' tokens (pkg/serviceaccount/openidmetadata.go)."""
    return {"issuer": issuer, "jwks_uri": f"https://{address}/openid/v1/jwks", "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]}
