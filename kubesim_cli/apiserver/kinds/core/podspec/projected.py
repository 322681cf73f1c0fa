"""Projected volumes, which put several sources into one directory (validateProjectionSources)."""

from __future__ import annotations

from .....machinery import field, names
from ...checks import label_selector, said
from .env import VOLUME_FIELDS, object_field, resource_field
from .rules import file_mode, key_paths, unreserved_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .....machinery.types import FieldErrors, Object

_KEY_TYPES = ("RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519")
_CONFLICT = "conflicting duplicate paths"


def downward_file(path: str, item: Object) -> FieldErrors:
    """Errors of one file of the downward API (validateDownwardAPIVolumeFile)."""
    errors = [] if item.get("path") else [field.required(f"{path}.path")]
    errors += unreserved_path(f"{path}.path", item.get("path", ""))
    if item.get("fieldRef") is not None:
        errors += object_field(f"{path}.fieldRef", item["fieldRef"], VOLUME_FIELDS)
        if item.get("resourceFieldRef") is not None:
            errors.append(field.invalid(path, "resource",
                                        "fieldRef and resourceFieldRef can not be specified simultaneously"))
    elif item.get("resourceFieldRef") is not None:
        errors += resource_field(f"{path}.resourceFieldRef", item["resourceFieldRef"], True)
    else:
        errors.append(field.required(path, "one of fieldRef and resourceFieldRef is required"))
    return errors + file_mode(f"{path}.mode", item.get("mode"))


class _Paths:
    """The files that a volume has so far."""

    def __init__(self, path: str):
        self.path = path
        self.taken: set[str] = set()

    def take(self, where: str, shown: str) -> FieldErrors:
        """Note a file; `shown` is what the complaint tells where it is taken."""
        if where in self.taken:
            return [field.invalid(self.path, shown, _CONFLICT)]
        self.taken.add(where)
        return []


def sources(path: str, volume: Object) -> FieldErrors:
    """Errors of the sources of a projected volume at `path`."""
    errors: FieldErrors = []
    paths = _Paths(path)
    for i, source in enumerate(volume.get("sources") or ()):
        at = f"{path}.sources[{i}]"
        for kind, check in _SOURCES.items():
            if source.get(kind) is not None:
                errors += check(f"{at}.{kind}", source[kind], paths)
        if sum(source.get(kind) is not None for kind in _SOURCES) > 1:
            errors.append(field.forbidden(at, "may not specify more than 1 volume type per source"))
    return errors


def _keys(path: str, source: Object, paths: _Paths) -> FieldErrors:
    errors = [] if source.get("name") else [field.required(f"{path}.name")]
    errors += key_paths(f"{path}.items", source)
    for item in source.get("items") or ():
        if item.get("path"):
            errors += paths.take(item["path"], source.get("name", ""))
    return errors


def _downward_api(path: str, source: Object, paths: _Paths) -> FieldErrors:
    errors: FieldErrors = []
    for item in source.get("items") or ():
        errors += downward_file(path, item)
        if item.get("path"):
            errors += paths.take(item["path"], item["path"])
    return errors


def _token(path: str, source: Object, paths: _Paths) -> FieldErrors:
    seconds, errors = source.get("expirationSeconds", 0), []
    if seconds < 600:
        errors.append(field.invalid(f"{path}.expirationSeconds", seconds,
                                    "may not specify a duration less than 10 minutes"))
    if seconds > 1 << 32:
        errors.append(field.invalid(f"{path}.expirationSeconds", seconds,
                                    "may not specify a duration larger than 2^32 seconds"))
    if not source.get("path"):
        return [*errors, field.required(f"{paths.path}.path")]
    return errors + unreserved_path(f"{paths.path}.path", source["path"])


def _trust_bundle(path: str, source: Object, paths: _Paths) -> FieldErrors:
    """ValidateClusterTrustBundleName, extractSignerNameFromClusterTrustBundleName."""
    name, signer, errors = source.get("name"), source.get("signerName"), []
    if name is not None and signer is not None:
        errors.append(field.invalid(path, source, "only one of name and signerName may be used"))
    elif name is not None:
        if not name:
            errors.append(field.required(f"{path}.name", "must be a valid object name"))
        errors += said(f"{path}.name", name, [f"not a valid clustertrustbundlename: {text}"
                                              for text in names.dns1123_subdomain(name.replace(":", "."))])
        if source.get("labelSelector") is not None:
            errors.append(field.invalid(f"{path}.labelSelector", source["labelSelector"],
                                        "labelSelector must be unset if name is specified"))
    elif signer is not None:
        if not signer:
            errors.append(field.required(f"{path}.signerName", "must be a valid signer name"))
        errors += label_selector(f"{path}.labelSelector", source.get("labelSelector"))
    else:
        errors.append(field.required(path, "either name or signerName must be specified"))
    where = source.get("path", "")
    if not where:
        errors.append(field.required(f"{path}.path"))
    return errors + unreserved_path(f"{path}.path", where) + paths.take(where, where)


def _certificate(path: str, source: Object, paths: _Paths) -> FieldErrors:
    kind, seconds, errors = source.get("keyType", ""), source.get("maxExpirationSeconds"), []
    if not source.get("signerName"):
        errors.append(field.required(f"{path}.signerName"))
    if kind not in _KEY_TYPES:
        errors.append(field.not_supported(f"{path}.keyType", kind, _KEY_TYPES))
    if seconds is not None:
        own = source.get("signerName", "").startswith("kubernetes.io/")
        most = 24 * 3600 if own else 91 * 24 * 3600
        if seconds < 3600:
            errors.append(field.invalid(f"{path}.maxExpirationSeconds", seconds,
                                        "if provided, maxExpirationSeconds must be >= 3600"))
        if seconds > most:
            errors.append(field.invalid(f"{path}.maxExpirationSeconds", seconds,
                                        f"if provided, maxExpirationSeconds must be <= {most}"))
    files = [key for key in ("credentialBundlePath", "keyPath", "certificateChainPath") if source.get(key)]
    for key in files:
        errors += unreserved_path(f"{path}.{key}", source[key]) + paths.take(source[key], source[key])
    if not files:
        errors.append(field.required(path, "specify at least one of credentialBundlePath, keyPath, and "
                                     "certificateChainPath"))
    return errors


_SOURCES = {"secret": _keys, "configMap": _keys, "downwardAPI": _downward_api, "serviceAccountToken": _token,
            "clusterTrustBundle": _trust_bundle, "podCertificate": _certificate}
