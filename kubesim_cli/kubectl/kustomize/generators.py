"""configMapGenerator and secretGenerator, and the hash at the end of their names (api/internal/generators, api/kv)."""

from __future__ import annotations

from ..failures import Failure
from .resources import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Object
    from .loader import Loader

_LINE = 70  # columns of base64 in a secret


def generate(kustomization: Object, loader: Loader) -> list[Resource]:
    """Return the resources that a kustomization's generators make. Raises Failure."""
    common = kustomization.get("generatorOptions") or {}
    found = []
    for kind, field in (("ConfigMap", "configMapGenerator"), ("Secret", "secretGenerator")):
        for args in kustomization.get(field) or ():
            found.append(_make(kind, args, _options(args.get("options"), common), loader))
    return found


def _options(own: Object | None, common: Object) -> Object:
    """A generator's options on top of the kustomization's."""
    own = own or {}
    options: Object = {}
    for field in ("labels", "annotations"):
        options[field] = {**(common.get(field) or {}), **(own.get(field) or {})}
    for field in ("disableNameSuffixHash", "immutable"):
        options[field] = bool(common.get(field) or own.get(field))
    return options


def _make(kind: str, args: Object, options: Object, loader: Loader) -> Resource:
    name = args.get("name") or ""
    if not name:
        raise Failure("a configmap must have a name")
    meta: Object = {"name": name}
    if args.get("namespace"):
        meta["namespace"] = args["namespace"]
    for field in ("labels", "annotations"):
        if options[field]:
            meta[field] = dict(sorted(options[field].items()))
    obj: Object = {"apiVersion": "v1", "kind": kind, "metadata": meta}
    if kind == "Secret":
        obj["type"] = args.get("type") or "Opaque"
    values = _values(name, args, loader)
    if kind == "Secret":
        data = {key: _base64(value) for key, value in values.items()}
    else:
        data = {key: value.decode() for key, value in values.items() if _is_text(value)}
        binary = {key: _base64(value) for key, value in values.items() if not _is_text(value)}
        if binary:
            obj["binaryData"] = binary
    if data or kind == "Secret":
        obj["data"] = data
    if options["immutable"]:
        obj["immutable"] = True
    return Resource(obj, args.get("behavior") or "", needs_hash=not options["disableNameSuffixHash"])


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _base64(value: bytes) -> str:
    """Base64, in lines where it is long."""
    from base64 import b64encode

    text = b64encode(value).decode()
    if len(text) < _LINE:
        return text
    return "".join(text[at:at + _LINE] + "\n" for at in range(0, len(text), _LINE))


def _values(name: str, args: Object, loader: Loader) -> dict[str, bytes]:
    """Return key -> value of what `envs`, `literals` and `files` name, by key. Raises Failure."""
    pairs: list[tuple[str, bytes]] = []
    envs = [*(args.get("envs") or ()), *([args["env"]] if args.get("env") else ())]
    for sources, read, what in ((envs, _env_file, "env source files:"),
                                (args.get("literals") or (), _literal, "literal sources"),
                                (args.get("files") or (), _file, "file sources:")):
        try:
            for source in sources:
                pairs += read(source, loader)
        except Failure as error:
            raise Failure(f"loading KV pairs: {what} [{' '.join(sources)}]: {error}") from None
    values: dict[str, bytes] = {}
    for key, value in pairs:
        if key in values:
            raise Failure(f"configmap {name} illegally repeats the key `{key}`")
        values[key] = value
    return dict(sorted(values.items()))


def _literal(source: str, loader: Loader) -> list[tuple[str, bytes]]:
    key, equals, value = source.partition("=")
    if not equals or not key:
        raise Failure(f"invalid literal source {source}, expected key=value")
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return [(key, value.encode())]


def _file(source: str, loader: Loader) -> list[tuple[str, bytes]]:
    import posixpath

    key, equals, path = source.partition("=")
    if "=" in path:
        raise Failure(f'source "{source}" key name or file path contains \'=\'')
    if not equals:
        return [(posixpath.basename(source), loader.load(source))]
    if not key:
        raise Failure(f'missing key name for file path "{path}" in source "{source}"')
    if not path:
        raise Failure(f'missing file path for key name "{key}" in source "{source}"')
    return [(key, loader.load(path))]


def _env_file(source: str, loader: Loader) -> list[tuple[str, bytes]]:
    found = []
    for number, line in enumerate(loader.load(source).splitlines()):
        if number == 0:
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            text = line.decode().lstrip()
        except UnicodeDecodeError:
            raise Failure(f"line {number} has invalid utf8 bytes : {line.decode('utf-8', 'replace')}") from None
        if text and not text.startswith("#"):
            key, _, value = text.partition("=")
            found.append((key, value.encode()))
    return found


def cloud_account(config: Object) -> Resource:
    """Return the service account that stands for one of a cloud's (IAMPolicyGenerator). Raises Failure."""
    cloud, service = config.get("cloud") or "", config.get("kubernetesService") or {}
    if cloud != "gke":
        raise Failure(f"cloud provider {cloud} not supported yet")
    whose = config.get("serviceAccount") or {}
    account = f"{whose.get('name', '')}@{whose.get('projectId', '')}"
    meta: Object = {"annotations": {"iam.gke.io/gcp-service-account": f"{account}.iam.gserviceaccount.com"},
                    "name": service.get("name", "")}
    if service.get("namespace"):
        meta["namespace"] = service["namespace"]
    return Resource({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta})


def add_hashes(resources: Iterable[Resource]) -> None:
    """Put the hash of their content behind the names of generated resources."""
    for res in resources:
        if res.needs_hash:
            res.remember()
            res.set_name(f"{res.name}-{hash_of(res.obj)}")


def hash_of(obj: Object) -> str:
    """Return the ten characters that tell a config map's or secret's content, whatever its name (api/hasher)."""
    from ...machinery.digest import sha256
    from ..printers.json import dump

    told = {"kind": obj["kind"], "name": "", "data": obj.get("data", "")}
    if obj["kind"] == "Secret":
        told["type"] = obj.get("type", "")
        extra = "stringData"
    else:
        extra = "binaryData"
    if isinstance(obj.get(extra), dict):
        told[extra] = obj[extra]
    digest: str = sha256(dump(told, 0).encode()).hexdigest()[:10]
    return digest.translate(str.maketrans("013ae", "ghkmt"))
