"""What a user and a cluster of a kubeconfig lack for a client (client-go's tools/clientcmd/validation.go).

Only files that are named are looked for; what is in them is nobody's business here.
"""

from __future__ import annotations

from ..go.fmt import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.files import Files
    from ..machinery.types import Json, Object

_MODES = ("Never", "IfAvailable", "Always")


def of_user(name: str, user: Object, files: Files) -> Iterator[str]:
    """Yield what is wrong with a user's entry, the flags being merged into it (validateAuthInfo)."""
    methods = [method for method, fields in (("token", ("token",)), ("basicAuth", ("username", "password")))
               if any(user.get(field) for field in fields)]
    if user.get("client-certificate") or user.get("client-certificate-data"):
        yield from _certificate(name, user, files)
    if user.get("exec") is not None:
        yield from _plugin(name, user["exec"], "auth-provider" in user)
    if len(methods) > 1:
        yield f"more than one authentication method found for {name}; found [{' '.join(methods)}], only one is allowed"
    if any(user.get(field) for field in ("as-uid", "as-groups", "as-user-extra")) and not user.get("as"):
        yield f"requesting uid, groups or user-extra for {name} without impersonating a user"


def _certificate(name: str, user: Object, files: Files) -> Iterator[str]:
    if user.get("client-certificate") and user.get("client-certificate-data"):
        yield f"client-cert-data and client-cert are both specified for {name}. client-cert-data will override."
    if user.get("client-key") and user.get("client-key-data"):
        yield f"client-key-data and client-key are both specified for {name}; client-key-data will override"
    if not user.get("client-key") and not user.get("client-key-data"):
        yield (f"client-key-data or client-key must be specified for {name} to use the clientCert authentication "
               "method.")
    yield from _unreadable("client-cert", user.get("client-certificate"), name, files)
    yield from _unreadable("client-key", user.get("client-key"), name, files)


def _plugin(name: str, plugin: Object, has_provider: bool) -> Iterator[str]:
    use = f"must be specified for {name} to use exec authentication plugin"
    if has_provider:
        yield f"authProvider cannot be provided in combination with an exec plugin for {name}"
    if not plugin.get("command"):
        yield f"command {use}"
    if not plugin.get("apiVersion"):
        yield f"apiVersion {use}"
    yield from (f"env variable name {use}" for variable in plugin.get("env") or () if not variable.get("name"))
    mode = plugin.get("interactiveMode")
    if not mode and "beta" not in str(plugin.get("apiVersion")):  # which is given one by default
        yield f"interactiveMode {use}"
    elif mode and mode not in _MODES:
        yield f'invalid interactiveMode for {name}: "{mode}"'


def of_cluster(name: str, cluster: Object, files: Files) -> Iterator[str]:
    """Yield what is wrong with a cluster's entry, the flags being merged into it (validateClusterInfo)."""
    proxy = cluster.get("proxy-url")
    if proxy:
        scheme = _scheme(proxy)
        if scheme is None:
            yield f"invalid 'proxy-url' {quote(proxy)} for cluster {quote(name)}: could not parse: {proxy}"
        elif scheme not in ("http", "https", "socks5"):
            yield (f"invalid 'proxy-url' {quote(proxy)} for cluster {quote(name)}: unsupported scheme {quote(scheme)}, "
                   "must be http, https, or socks5")
    if cluster.get("certificate-authority") and cluster.get("certificate-authority-data"):
        yield (f"certificate-authority-data and certificate-authority are both specified for {name}. "
               "certificate-authority-data will override.")
    yield from _unreadable("certificate-authority", cluster.get("certificate-authority"), name, files)


def _scheme(url: str) -> str | None:
    """Return the scheme of a URL, None where it is no URL (net/url, getScheme)."""
    import re

    from ..go.url import URL

    match = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", url)
    if match is None:
        return None if re.match("[^/]*:|[^?#]*%(?![0-9a-fA-F]{2})", url) else ""
    try:
        URL(url)
    except ValueError:
        return None
    return match[1].lower()


def _unreadable(what: str, path: str | None, name: str, files: Files) -> Iterator[str]:
    try:
        if path:
            files.contents(path)
    except IsADirectoryError:
        pass
    except OSError as error:
        yield f"unable to read {what} {path} for {name} due to open {path}: {(error.strerror or '').lower()}"


def duplicate_names(struct: str, entry: str, items: list[Object], fields: Object) -> str:
    """Tell of a file's list that two of its items have one name (api/v1/conversion.go): all of it, as Go shows it.

    `struct` is the type of `entry` in each item, which has `fields`, as `go.unmarshal` names their types.
    """
    names = [item.get("name", "") for item in items]
    name = next(name for i, name in enumerate(names) if name in names[:i])

    def told(item: Object) -> str:
        values = item.get(entry) or {}
        inner = " ".join(_shown(values.get(field), kind) for field, kind in fields.items())
        return f"{{{item.get('name', '')} {{{inner}}}}}"

    shown = " ".join(map(told, items))
    return (f"error converting *[]Named{struct} into *map[string]*api.{struct}: duplicate name "
            f'"{name}" in list: [{shown}]')


def _shown(value: Json, kind: str) -> str:
    """Return a field's value as Go's %v shows it; a pointer's address is made up."""
    from ..go.fmt import sprint

    if kind == "bytes":
        from base64 import b64decode

        return "[" + " ".join(map(str, b64decode(value or ""))) + "]"
    if kind in ("AuthProviderConfig", "ExecConfig"):
        return "0xc000010000" if value is not None else "<nil>"
    if value is None:
        return {"string": "", "bool": "false"}.get(kind, "map[]" if kind.startswith("{}") else "[]")
    return sprint(value)
