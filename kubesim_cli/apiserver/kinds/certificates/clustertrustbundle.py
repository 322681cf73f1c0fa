"""ClusterTrustBundle."""

from __future__ import annotations

from ..base import NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context

_MOST = 1 << 20  # bytes
_HIDDEN = "<value omitted>"


class ClusterTrustBundle(Kind):
    columns = (NAME, Column("SignerName", lambda obj, ctx: obj["spec"].get("signerName") or "<none>"))
    name_rule = "any"
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {}).setdefault("trustBundle", "")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateClusterTrustBundle."""
        return _rest(obj) + _bundle(obj["spec"]["trustBundle"])

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateClusterTrustBundleUpdate: what has not changed is not read again."""
        from ..checks import immutable

        bundle, signers = obj["spec"]["trustBundle"], [each["spec"].get("signerName", "") for each in (obj, old)]
        errors = _rest(obj) + (_bundle(bundle) if bundle != old["spec"]["trustBundle"] else [])
        return errors + immutable("spec.signerName", *signers)

    def fields(self, obj: Object) -> dict[str, str]:
        return {"spec.signerName": obj["spec"].get("signerName", "")}


def _rest(obj: Object) -> FieldErrors:
    from ....machinery import field
    from .certificatesigningrequest_validation import signer_name

    name, signer = obj["metadata"].get("name", ""), obj["spec"].get("signerName", "")
    errors = [field.invalid("metadata.name", name, text) for text in (_name(name, signer) if name else ())]
    return errors + (signer_name("spec.signerName", signer) if signer else [])


def _name(name: str, signer: str) -> list[str]:
    """ValidateClusterTrustBundleName."""
    from ....machinery import names

    if not signer:
        return ['ClusterTrustBundle without signer name must not have ":" in its name'] if ":" in name else (
            names.dns1123_subdomain(name))
    prefix = signer.replace("/", ":") + ":"
    if not name.startswith(prefix):
        return [f"ClusterTrustBundle for signerName {signer} must be named with prefix {prefix}"]
    return names.dns1123_subdomain(name.removeprefix(prefix))


def _bundle(text: str) -> FieldErrors:
    """validateTrustBundle."""
    from ....machinery import field, x509

    path = "spec.trustBundle"
    if len(text.encode("utf-8", "surrogatepass")) > _MOST:
        return [field.too_long(path, _MOST)]
    wrong: list[str] = []
    places: dict[bytes, list[int]] = {}
    for i, (type_, headers, der) in enumerate(x509.blocks(text.encode("utf-8", "surrogatepass"))):
        if type_ != b"CERTIFICATE":
            wrong.append(f"entry {i} has bad block type: {type_.decode('utf-8', 'replace')}")
        elif headers:
            wrong.append(f"entry {i} has PEM block headers")
        else:
            try:
                if not x509.is_authority(der):
                    wrong.append(f"entry {i} does not have the CA bit set")
            except ValueError:
                wrong.append(f"entry {i} does not parse as X.509")
            places.setdefault(der, []).append(i)
    if not wrong and not places:
        wrong.append("at least one trust anchor must be provided")
    elif not wrong:
        wrong += [f"duplicate trust anchor (indices [{' '.join(map(str, found))}])" for found in places.values()
                  if len(found) > 1]
    return [field.invalid(path, _HIDDEN, text) for text in wrong]


KIND = ClusterTrustBundle()
