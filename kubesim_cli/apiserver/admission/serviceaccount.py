"""ServiceAccount: every pod runs as one, and finds its token mounted."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.objects import dig
from ...machinery.wellknown import ENFORCE_MOUNTABLE_SECRETS_ANNOTATION, MIRROR_POD_ANNOTATION_KEY
from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ...machinery.types import Object
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
        mount_token(spec, a.ctx.names.suffix)
    if not spec.get("imagePullSecrets") and account.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": ref.get("name", "")} for ref in account["imagePullSecrets"]]


def mount_token(spec: Object, suffix: Callable[[], str]) -> None:
    """Mount the service account's token into the containers of a PodSpec, in place; `suffix` names the volume."""
    volumes = spec.get("volumes") or []
    name = next((volume["name"] for volume in volumes if volume.get("name", "").startswith(_PREFIX)), "")
    known, used = bool(name), False
    for container in [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]:
        mounts = container.get("volumeMounts") or []
        if any(mount.get("mountPath") == _PATH for mount in mounts):
            continue
        name = name or _PREFIX + suffix()
        container["volumeMounts"] = [*mounts, {"mountPath": _PATH, "name": name, "readOnly": True}]
        used = True
    if used and not known:
        spec["volumes"] = [*volumes, {"name": name, "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
            {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                                        "path": "namespace"}]}}]}}]


def validate(a: Attributes) -> None:
    spec, meta = a.obj["spec"], a.obj["metadata"]
    if a.operation == "UPDATE" and a.subresource == "ephemeralcontainers":
        account = _enforcing(a)
        if account is not None:
            _limit_ephemeral(a, account)
    if a.operation != "CREATE":
        return
    if MIRROR_POD_ANNOTATION_KEY in (meta.get("annotations") or {}):
        _limit_mirror(a, spec)
        return
    account = _enforcing(a)
    if account is not None:
        _limit_secrets(a, account)


def _enforcing(a: Attributes) -> Object | None:
    """Return the pod's account if it only lets its own secrets in."""
    account = a.ctx.client.find("serviceaccounts", a.obj["spec"].get("serviceAccountName", ""), a.namespace)
    enforced = account and dig(account, "metadata", "annotations", ENFORCE_MOUNTABLE_SECRETS_ANNOTATION)
    return account if enforced in ("true", "True", "TRUE", "1", "t", "T") else None


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
    why = _unlisted(account)
    for volume in a.obj["spec"].get("volumes") or ():
        secret = dig(volume, "secret", "secretName")
        if secret is not None and secret not in allowed:
            raise forbidden(a, f'volume with secret.secretName="{secret}" {why}')
    for key, what in (("initContainers", "init container"), ("containers", "container")):
        for use in _foreign_secrets(a.obj["spec"].get(key) or (), account):
            raise forbidden(a, f"{what} {use}")
    pull = {ref.get("name") for ref in account.get("imagePullSecrets") or ()}
    for i, ref in enumerate(a.obj["spec"].get("imagePullSecrets") or ()):
        if ref.get("name") not in pull:
            raise forbidden(a, f'imagePullSecrets[{i}].name="{ref.get("name")}" is not allowed because service '
                            f"account {account['metadata']['name']} does not reference that imagePullSecret")


def _limit_ephemeral(a: Attributes, account: Object) -> None:
    """The same for ephemeral containers, where Kubernetes answers with a bare error."""
    for use in _foreign_secrets(a.obj["spec"].get("ephemeralContainers") or (), account):
        raise StatusError(500, "", f"ephemeral container {use}")


def _foreign_secrets(containers: Iterable[Object], account: Object) -> Iterator[str]:
    """Yield which container uses a secret how that the account does not list, and what is wrong with it."""
    allowed = {ref.get("name") for ref in account.get("secrets") or ()}
    for container in containers:
        uses = [(dig(env, "valueFrom", "secretKeyRef", "name"), f"envVar {env['name']}")
                for env in container.get("env") or ()]
        uses += [(dig(source, "secretRef", "name"), "envFrom") for source in container.get("envFrom") or ()]
        for secret, how in uses:
            if secret is not None and secret not in allowed:
                yield (f'{container["name"]} with {how} referencing secret.secretName="{secret}" '
                       f"{_unlisted(account)}")


def _unlisted(account: Object) -> str:
    return f"is not allowed because service account {account['metadata']['name']} does not reference that secret"
