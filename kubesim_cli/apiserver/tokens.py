"""Tokens of service accounts: what they say is right, who may trust them is only this simulator.

A real token is signed with the cluster's private key; here a digest stands in its place, so that a token can be told
from a forged one.
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


def _encode(claims: Object) -> str:
    head = _part({"alg": "RS256", "kid": "kubesim"})
    body = _part(claims)
    return f"{head}.{body}.{_signature(f'{head}.{body}')}"


def _part(value: Object) -> str:
    import json

    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    import base64

    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signature(text: str) -> str:
    from ..machinery.digest import shake_256

    return _base64(shake_256(b"kubesim " + text.encode()).digest(256))


def review(server: Server, token: str) -> tuple[Object | None, list[str], str]:
    """Return (user or None, audiences, what is wrong) of a token."""
    if server.settings is not None and token in server.settings.tokens:
        return dict(server.settings.tokens[token]), [ISSUER], ""
    import base64
    import binascii
    import json

    head, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    if not signature or signature != _signature(f"{head}.{body}"):
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
