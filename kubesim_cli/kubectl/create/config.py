"""create configmap and create secret docker-registry|generic|tls: data from files, literals and env files."""

from __future__ import annotations

import os

from ...go.fmt import quote
from ...machinery import names
from ...machinery.wellknown import SECRET_TYPE_DOCKER_CONFIG_JSON, SECRET_TYPE_TLS
from ...releases.kubectl import does
from ..failures import Failure
from .creation import Creation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context

    Add = Callable[[str, bytes], None]  # takes a key and its value


def configmap(ctx: Context) -> None:
    """kubectl create configmap NAME --from-file=... --from-literal=... --from-env-file=..."""
    flags = ctx.flags
    creation = Creation(ctx)
    _check_sources(creation, flags)
    data: dict[str, str] = {}
    binary: dict[str, str] = {}

    def add(key: str, value: bytes) -> None:
        if problems := names.config_map_key(key):
            raise Failure(f"{quote(key)} is not a valid key name for a ConfigMap: {','.join(problems)}")
        for where, known in (("Data", data), ("BinaryData", binary)):
            if key in known:
                raise Failure(f"cannot add key {quote(key)}, another key by that name already exists in {where} for "
                              f"ConfigMap {quote(creation.name)}")
        try:
            data[key] = value.decode("utf-8")
        except UnicodeDecodeError:
            binary[key] = _base64(value)

    from_files(ctx, flags["from-file"], add)
    from_literals(flags["from-literal"], add)
    from_env_files(ctx, flags["from-env-file"], "config", add)
    obj = creation.object("v1", "ConfigMap", data=data, binaryData=binary)
    if flags["append-hash"]:
        hashed = {"kind": "ConfigMap", "name": creation.name, "data": data}
        obj["metadata"]["name"] += "-" + _hash({**hashed, "binaryData": binary} if binary else hashed)
    creation.submit("configmaps", obj, "failed to create configmap: ")


def generic(ctx: Context) -> None:
    """kubectl create secret generic NAME --from-file=... --from-literal=... --from-env-file=... --type=..."""
    flags = ctx.flags
    creation = Creation(ctx)
    _check_sources(creation, flags)
    data = _SecretData()
    from_literals(flags["from-literal"], data.add)
    from_files(ctx, flags["from-file"], data.add)
    from_env_files(ctx, flags["from-env-file"], "secret", data.add)
    _submit_secret(creation, flags, data, flags["type"])


def docker_registry(ctx: Context) -> None:
    """kubectl create secret docker-registry NAME --docker-username=... --docker-password=..."""
    flags = ctx.flags
    creation = Creation(ctx)
    creation.need_name()
    server, user, password = flags["docker-server"], flags["docker-username"], flags["docker-password"]
    files = flags["from-file"]
    if does("DockerConfigDefaultKey", ctx.release):
        files = [source if "=" in source else f".dockerconfigjson={source}" for source in files]
    if not files and not (user and password and server):
        raise Failure("either --from-file or the combination of --docker-username, --docker-password and "
                      "--docker-server is required")
    data = _SecretData()
    if files:
        from_files(ctx, files, data.add)
    else:
        import json

        entry = {"username": user, "password": password, "email": flags["docker-email"],
                 "auth": _base64(f"{user}:{password}".encode())}
        auths = {"auths": {server: {key: value for key, value in entry.items() if value}}}
        data.add(".dockerconfigjson", json.dumps(auths, separators=(",", ":"), ensure_ascii=False).encode())
    _submit_secret(creation, flags, data, SECRET_TYPE_DOCKER_CONFIG_JSON)


def tls(ctx: Context) -> None:
    """kubectl create secret tls NAME --cert=FILE --key=FILE; the two must belong together."""
    flags = ctx.flags
    creation = Creation(ctx)
    if not flags["key"] or not flags["cert"]:
        raise Failure("key and cert must be specified")
    cert, key = _read_pem(ctx, flags["cert"]), _read_pem(ctx, flags["key"])
    _check_key_pair(cert, key)
    data = _SecretData()
    data.add("tls.crt", cert)
    data.add("tls.key", key)
    _submit_secret(creation, flags, data, SECRET_TYPE_TLS)


class _SecretData(dict[str, str]):
    """Key -> base64."""

    def add(self, key: str, value: bytes) -> None:
        if problems := names.config_map_key(key):
            raise Failure(f"{quote(key)} is not valid key name for a Secret {';'.join(problems)}")
        if key in self:
            raise Failure(f"cannot add key {key}, another key by that name already exists")
        self[key] = _base64(value)


def _submit_secret(creation: Creation, flags: Flags, data: Object, type_: str) -> None:
    obj = creation.object("v1", "Secret", data=dict(data), type=type_)
    if flags["append-hash"]:
        obj["metadata"]["name"] += "-" + _hash({"kind": "Secret", "type": type_, "name": creation.name, "data": data})
    creation.submit("secrets", obj, "failed to create secret ")


def _check_sources(creation: Creation, flags: Flags) -> None:
    creation.need_name()
    if flags["from-env-file"] and (flags["from-file"] or flags["from-literal"]):
        raise Failure("from-env-file cannot be combined with from-file or from-literal")


def from_literals(sources: Iterable[str], add: Add) -> None:
    """Call `add(key, bytes)` for each `key=value` (util.ParseLiteralSource)."""
    for source in sources:
        key, equals, value = source.partition("=")
        if not equals or not key:
            raise Failure(f"invalid literal source {source}, expected key=value")
        add(key, value.encode("utf-8", "surrogateescape"))


def from_files(ctx: Context, sources: Iterable[str], add: Add) -> None:
    """Call `add(key, bytes)` for each `[key=]path`; a directory stands for the files in it (util.ParseFileSource)."""
    for source in sources:
        key, path = _file_source(source)
        _stat(ctx, path)
        if not ctx.files.is_folder(path):
            add(key, _read(ctx, path))
            continue
        if "=" in source:
            raise Failure("cannot give a key name for a directory path")
        for name in ctx.files.names(path):
            inside = os.path.join(path, name)
            if ctx.files.is_file(inside) and not ctx.files.is_link(inside):
                add(name, _read(ctx, inside))


def from_env_files(ctx: Context, paths: Iterable[str], what: str, add: Add) -> None:
    """Call `add(key, bytes)` for each line of env files; a key without `=` is looked up in the environment."""
    for path in paths:
        _stat(ctx, path)
        if ctx.files.is_folder(path):
            raise Failure(f"env {what} file cannot be a directory")
        for number, line in enumerate(_read(ctx, path).split(b"\n")):
            try:
                text = line.removesuffix(b"\r").decode("utf-8")
            except UnicodeDecodeError:
                raise Failure(f"env file {path} contains invalid utf8 bytes at line {number + 1}: "
                              f"[{' '.join(map(str, line))}]") from None
            text = (text.removeprefix("\ufeff") if number == 0 else text).lstrip()
            if not text or text.startswith("#"):
                continue
            key, equals, value = text.partition("=")
            if problems := names.env_var_name(key):
                raise Failure(f"{quote(key)} is not a valid key name: {';'.join(problems)}")
            add(key, (value if equals else ctx.environ.get(key, "")).encode())


def _file_source(source: str) -> tuple[str, str]:
    key, equals, path = source.partition("=")
    if not equals:
        return os.path.basename(source.rstrip("/")) or "/", source
    if "=" in path:
        raise Failure("key names or file paths cannot contain '='")
    if not key:
        raise Failure(f"key name for file path {path} missing")
    if not path:
        raise Failure(f"file path for key name {key} missing")
    return key, path


def _stat(ctx: Context, path: str) -> None:
    try:
        ctx.files.stat(path)
    except OSError as error:
        raise Failure(f"error reading {path}: {_reason(error)}") from None


def _read(ctx: Context, path: str) -> bytes:
    try:
        return ctx.files.contents(path)
    except OSError as error:
        raise Failure(f"open {path}: {_reason(error)}") from None


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _read_pem(ctx: Context, path: str) -> bytes:
    try:
        return _read(ctx, path)
    except Failure as failure:
        raise Failure(f"Cannot read file {path}, {failure}") from None


def _check_key_pair(cert: bytes, key: bytes) -> None:
    """Complain of a certificate and key that do not go together (crypto/tls X509KeyPair)."""
    _check_blocks(cert, "certificate", "CERTIFICATE", '"CERTIFICATE" PEM block')
    _check_blocks(key, "key", "PRIVATE KEY", 'PEM block with type ending in "PRIVATE KEY"')
    import os
    import ssl
    from tempfile import TemporaryDirectory

    try:
        with TemporaryDirectory() as folder:  # ssl reads files only, and these may be a container's
            paths = [os.path.join(folder, name) for name in ("cert", "key")]
            for path, pem in zip(paths, (cert, key)):
                with open(path, "wb") as file:
                    file.write(pem)
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*paths)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise Failure("tls: private key does not match public key") from None
        if error.reason == "KEY_TYPE_MISMATCH":
            raise Failure("tls: private key type does not match public key type") from None
        if error.library == "SSL":
            return  # a rule of this machine's OpenSSL, such as one against short keys
        raise Failure("x509: malformed certificate") from None


def _check_blocks(pem: bytes, what: str, ending: str, wanted: str) -> None:
    import re

    types = [kind.decode("latin-1") for kind in re.findall(rb"-----BEGIN ([^\n-]+)-----", pem)]
    if not types:
        raise Failure(f"tls: failed to find any PEM data in {what} input")
    if len(types) == 1 and ending == "CERTIFICATE" and types[0].endswith("PRIVATE KEY"):
        raise Failure("tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM "
                      "inputs may have been switched")
    if types == ["CERTIFICATE"] and ending == "PRIVATE KEY":
        raise Failure("tls: found a certificate rather than a key in the PEM for the private key")
    if not any(kind.endswith(ending) for kind in types):
        raise Failure(f"tls: failed to find {wanted} in {what} input after skipping PEM blocks of the following types: "
                      f"[{' '.join(types)}]")


def _base64(value: bytes) -> str:
    import base64

    return base64.b64encode(value).decode("ascii")


def _hash(obj: Object) -> str:
    """The suffix of --append-hash (kubectl/pkg/util/hash)."""
    from ...machinery.digest import sha256

    digest: str = sha256(names.canonical_json(obj)).hexdigest()[:10]
    return digest.translate(str.maketrans("013ae", "ghkmt"))
