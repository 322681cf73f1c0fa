"""Tokens of service accounts, signed with a key that all clusters share and that is no secret: whoever checks them by
/openid/v1/jwks finds them right, and nobody but this simulator may trust them.
"""

from __future__ import annotations

from ..machinery import errors, field, timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .server import Server

ISSUER = "https://kubernetes.default.svc.cluster.local"
_LEGACY, _LEGACY_ISSUER = "kubernetes.io/serviceaccount", "kubernetes/serviceaccount"
_YEAR = 31_536_000
_MIN_SECONDS, _MAX_SECONDS = 600, 1 << 32


def issue(server: Server, account: Object, body: Object) -> Object:
    """Return the TokenRequest `body`, answered, for a service account; raises Invalid or NotFound
    (ValidateTokenRequest)."""
    meta, spec = account["metadata"], dict(body.get("spec") or {})
    seconds = spec.get("expirationSeconds")
    seconds = 3600 if seconds is None else seconds
    path = "spec.expirationSeconds"
    bad = []
    if seconds < _MIN_SECONDS:
        bad.append(field.invalid(path, seconds, "may not specify a duration less than 10 minutes"))
    if seconds > _MAX_SECONDS:
        bad.append(field.invalid(path, seconds, "may not specify a duration larger than 2^32 seconds"))
    if bad:
        raise errors.invalid("TokenRequest", "authentication.k8s.io", "", bad)
    spec["expirationSeconds"], spec["audiences"] = seconds, spec.get("audiences") or [ISSUER]
    spec.setdefault("boundObjectRef", None)
    claims = {
        "aud": spec["audiences"], "exp": int(server.now) + seconds, "iat": int(server.now), "iss": ISSUER,
        "jti": server.entropy.uid(),
        "kubernetes.io": {"namespace": meta["namespace"], **_bound(server, meta, spec["boundObjectRef"]),
                          "serviceaccount": {"name": meta["name"], "uid": meta["uid"]}},
        "nbf": int(server.now), "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}"}
    return {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
            "metadata": {"name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"],
                         "creationTimestamp": timestamps.format(server.now)},
            "spec": spec, "status": {"token": _encode(claims),
                                     "expirationTimestamp": timestamps.format(server.now + seconds)}}


def mounted(account: Object, pod: Object, audience: str | None, since: float) -> str:
    """Return the token that a pod finds in its files, issued when it was started.

    The kubelet renews it long before it ends; here it is one, that lasts for a year.
    """
    from ..machinery.digest import sha256

    meta, own = account["metadata"], pod["metadata"]
    name = sha256(f"token of {own['uid']}".encode()).hexdigest()
    return _encode({
        "aud": [audience or ISSUER], "exp": int(since) + _YEAR, "iat": int(since), "iss": ISSUER,
        "jti": f"{name[:8]}-{name[8:12]}-4{name[13:16]}-8{name[17:20]}-{name[20:32]}",
        "kubernetes.io": {"namespace": meta["namespace"], "pod": {"name": own["name"], "uid": own["uid"]},
                          "serviceaccount": {"name": meta["name"], "uid": meta["uid"]}},
        "nbf": int(since), "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}"})


def lasting(account: Object, secret: Object) -> str:
    """Return the token that a Secret of a service account holds, which has no end (pkg/serviceaccount/legacy.go)."""
    meta = account["metadata"]
    return _encode({
        "iss": _LEGACY_ISSUER, f"{_LEGACY}/namespace": meta["namespace"],
        f"{_LEGACY}/secret.name": secret["metadata"]["name"], f"{_LEGACY}/service-account.name": meta["name"],
        f"{_LEGACY}/service-account.uid": meta["uid"],
        "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}"})


def _bound(server: Server, meta: Object, ref: Object | None) -> Object:
    """The claim about the object that the token lives and dies with."""
    if not ref:
        return {}
    resources = {"Pod": "pods", "Secret": "secrets", "Node": "nodes"}
    kind, name = ref.get("kind", ""), ref.get("name", "")
    if kind not in resources:
        raise errors.bad_request(f"cannot bind token to object of type {ref.get('apiVersion', '')}, Kind={kind}")
    found = server.find(resources[kind], "" if kind == "Node" else meta["namespace"], name)
    if found is None:
        raise errors.not_found(resources[kind], name)
    if ref.get("uid") and ref["uid"] != found["metadata"]["uid"]:
        raise errors.conflict(kind, name, f"the UID in the bound object reference ({ref['uid']}) does not match the "
                              "UID in record. The object might have been deleted and then recreated")
    if kind == "Pod" and found["spec"].get("serviceAccountName") != meta["name"]:
        raise errors.bad_request(f'cannot bind token for serviceaccount "{meta["name"]}" to pod running with different '
                                 "serviceaccount name.")
    return {kind.lower(): {"name": name, "uid": found["metadata"]["uid"]}}


_made: dict[str, str] = {}  # claims -> token, of the last: a pod's is asked for again and again
_KEPT = 64


def _encode(claims: Object) -> str:
    from ..machinery import rs256

    body = _part(claims)
    if body not in _made:
        if len(_made) >= _KEPT:
            _made.clear()
        text = f"{_part({'alg': 'RS256', 'kid': rs256.key_id()})}.{body}"
        _made[body] = f"{text}.{rs256.base64url(rs256.sign(text.encode()))}"
    return _made[body]


def _part(value: Object) -> str:
    import json

    from ..machinery.rs256 import base64url

    return base64url(json.dumps(value, separators=(",", ":")).encode())


def _is_right(text: str, signature: str) -> bool:
    """Tell whether a signature is that of the text before it, or a digest as versions up to 0.2 have made it."""
    from base64 import urlsafe_b64decode

    from ..machinery import rs256
    from ..machinery.digest import shake_256

    if not (text.isascii() and signature.isascii()):
        return False
    try:
        found = urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except ValueError:
        return False
    return rs256.base64url(found) == signature and (  # b64decode passes over what is no digit
        rs256.is_signed(text.encode(), found) or found == shake_256(b"kubesim " + text.encode()).digest(256))


def review(server: Server, token: str) -> tuple[Object | None, list[str], str]:
    """Return (user or None, audiences, what is wrong) of a token."""
    if server.settings is not None and token in server.settings.tokens:
        return dict(server.settings.tokens[token]), [ISSUER], ""
    import base64
    import binascii
    import json

    head, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    if not _is_right(f"{head}.{body}", signature):
        return None, [], "invalid bearer token"
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        return None, [], "invalid bearer token"
    if claims["iss"] == _LEGACY_ISSUER:
        uid, namespace = claims[f"{_LEGACY}/service-account.uid"], claims[f"{_LEGACY}/namespace"]
    elif claims["exp"] < server.now:
        return None, [], "[invalid bearer token, service account token has expired]"
    else:
        uid, namespace = claims["kubernetes.io"]["serviceaccount"]["uid"], claims["kubernetes.io"]["namespace"]
    user = {"name": claims["sub"], "uid": uid,
            "groups": ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]}
    return user, claims.get("aud") or [ISSUER], ""
