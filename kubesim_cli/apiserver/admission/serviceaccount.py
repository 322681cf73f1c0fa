"""ServiceAccount: every pod runs as one, and finds its token mounted."""

from __future__ import annotations

from ...machinery.objects import dig
from ...machinery.wellknown import ENFORCE_MOUNTABLE_SECRETS_ANNOTATION, MIRROR_POD_ANNOTATION_KEY
from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...machinery.types import Object
    from ..kinds.base import Context
    from .attributes import Attributes

_PREFIX = "kube-api-access-"
_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"


def mutate(a: Attributes) -> None:
    """Complete a new pod, and refuse what `validate` does: that comes before the pod's own validation, too."""
    if a.operation == "CREATE" and MIRROR_POD_ANNOTATION_KEY not in (a.obj["metadata"].get("annotations") or {}):
        _complete(a)
    validate(a)


def _complete(a: Attributes) -> None:
    spec, namespace = a.obj["spec"], a.namespace
    name = spec.get("serviceAccountName") or "default"
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    account = a.ctx.client.find("serviceaccounts", name, namespace)
    if account is None:
        if name == "default":
            account = {}  # its controller makes it before anything can run
        else:
            raise forbidden(a, f"error looking up service account {namespace}/{name}: "
                            f'serviceaccount "{name}" not found', named=False)
    automount = spec.get("automountServiceAccountToken")
    if automount is None:
        automount = account.get("automountServiceAccountToken")
    if automount is not False:
        _mount_token(spec, a.ctx)
    if not spec.get("imagePullSecrets") and account.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": ref.get("name", "")} for ref in account["imagePullSecrets"]]


def _mount_token(spec: Object, ctx: Context) -> None:
    volumes = spec.get("volumes") or []
    name = next((volume["name"] for volume in volumes if volume.get("name", "").startswith(_PREFIX)), "")
    known, used = bool(name), False
    for container in [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]:
        mounts = container.get("volumeMounts") or []
        if any(mount.get("mountPath") == _PATH for mount in mounts):
            continue
        name = name or _PREFIX + ctx.names.suffix()
        container["volumeMounts"] = [*mounts, {"mountPath": _PATH, "name": name, "readOnly": True}]
        used = True
    if used and not known:
        spec["volumes"] = [*volumes, {"name": name, "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
            {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                                        "path": "namespace"}]}}]}}]


def validate(a: Attributes) -> None:
    if a.operation != "CREATE":
        return
    spec, meta = a.obj["spec"], a.obj["metadata"]
    if MIRROR_POD_ANNOTATION_KEY in (meta.get("annotations") or {}):
        _limit_mirror(a, spec)
        return
    account = a.ctx.client.find("serviceaccounts", spec.get("serviceAccountName", ""), meta.get("namespace", ""))
    enforced = account and dig(account, "metadata", "annotations", ENFORCE_MOUNTABLE_SECRETS_ANNOTATION)
    if account and enforced in ("true", "True", "TRUE", "1", "t", "T"):
        _limit_secrets(a, account)


def _limit_mirror(a: Attributes, spec: Object) -> None:
    if spec.get("serviceAccountName"):
        raise forbidden(a, "a mirror pod may not reference service accounts")
    if any(_secret_names(spec)):
        raise forbidden(a, "a mirror pod may not reference secrets")
    for source in _projected(spec):
        if "serviceAccountToken" in source:
            raise forbidden(a, "a mirror pod may not use ServiceAccountToken volume projections")


def _projected(spec: Object) -> list[Object]:
    return [source for volume in spec.get("volumes") or () for source in dig(volume, "projected", "sources") or ()]


def _secret_names(spec: Object) -> Iterator[str | None]:
    """Yield the names of all secrets that a pod refers to (VisitPodSecretNames), and None here and there."""
    yield from (ref.get("name") for ref in spec.get("imagePullSecrets") or ())
    for key in ("initContainers", "containers"):
        for container in spec.get(key) or ():
            yield from (dig(env, "valueFrom", "secretKeyRef", "name") for env in container.get("env") or ())
            yield from (dig(source, "secretRef", "name") for source in container.get("envFrom") or ())
    for volume in spec.get("volumes") or ():
        for source in volume.values():
            if isinstance(source, dict):
                yield source.get("secretName")
                yield dig(source, "secretRef", "name") or dig(source, "nodePublishSecretRef", "name")
    yield from (dig(source, "secret", "name") for source in _projected(spec))


def _limit_secrets(a: Attributes, account: Object) -> None:
    """Refuse secrets that the account does not list (limitSecretReferences)."""
    allowed = {ref.get("name") for ref in account.get("secrets") or ()}
    why = f"is not allowed because service account {account['metadata']['name']} does not reference that secret"

    def check(secret: str | None, what: str) -> None:
        if secret is not None and secret not in allowed:
            raise forbidden(a, f'{what}secret.secretName="{secret}" {why}')

    for volume in a.obj["spec"].get("volumes") or ():
        check(dig(volume, "secret", "secretName"), "volume with ")
    for key, what in (("initContainers", "init container"), ("containers", "container")):
        for container in a.obj["spec"].get(key) or ():
            for env in container.get("env") or ():
                check(dig(env, "valueFrom", "secretKeyRef", "name"),
                      f"{what} {container['name']} with envVar {env['name']} referencing ")
            for source in container.get("envFrom") or ():
                check(dig(source, "secretRef", "name"), f"{what} {container['name']} with envFrom referencing ")
    pull = {ref.get("name") for ref in account.get("imagePullSecrets") or ()}
    for i, ref in enumerate(a.obj["spec"].get("imagePullSecrets") or ()):
        if ref.get("name") not in pull:
            raise forbidden(a, f'imagePullSecrets[{i}].name="{ref.get("name")}" is not allowed because service '
                            f"account {account['metadata']['name']} does not reference that imagePullSecret")
