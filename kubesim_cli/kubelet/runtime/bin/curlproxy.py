"""Which proxy curl goes through: -x, --noproxy, and the variables that stand for them (curl's lib/url.c, noproxy.c)."""

from __future__ import annotations

from . import http

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .curlargs import Options

PORT = 1080


def proxy_of(given: Options, env: Mapping[str, str], scheme: str, host: str) -> str:
    """Return the URL of the proxy that a host is asked through, "" for none."""
    if "proxy" in given.values:
        proxy = given.last("proxy")
    else:
        proxy = _from(env, f"{scheme}_proxy", scheme != "http") or _from(env, "all_proxy", True)
    spared = given.last("noproxy") if "noproxy" in given.values else _from(env, "no_proxy", True)
    return "" if not proxy or spares(spared, host) else proxy


def _from(env: Mapping[str, str], name: str, any_case: bool) -> str:
    """HTTP_PROXY in capitals is what a CGI script gets from who asks it: that does not count."""
    return env.get(name, "") or (env.get(name.upper(), "") if any_case else "")


def place_of(proxy: str) -> tuple[str, int]:
    """Return a proxy's host and port."""
    host, port = http.place_of(proxy)
    return host.strip("[]"), int(port) if port.isdigit() else PORT


def spares(listed: str, host: str) -> bool:
    """Tell whether a list such as that of NO_PROXY has a host: by its name, a domain that it is in, or a block."""
    if listed.strip() == "*":
        return True
    name = host.lower().rstrip(".").strip("[]")
    for entry in listed.lower().replace(",", " ").split():
        if _is_address(name):
            if entry.strip("[]") == name or ("/" in entry and _is_in(name, entry)):
                return True
            continue
        entry = entry.strip(".")
        if entry and (name == entry or name.endswith(f".{entry}")):
            return True
    return False


def _is_address(host: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_in(address: str, block: str) -> bool:
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(address) in ip_network(block, strict=False)
    except ValueError:
        return False


def authorization(proxy: str, user: str) -> list[tuple[str, str]]:
    """Return the header that tells a proxy who asks: -U's user, or that of its URL."""
    authority = proxy.partition("://")[2] if "://" in proxy else proxy
    user = user or authority.rpartition("@")[0]
    if not user:
        return []
    from base64 import b64encode
    from urllib.parse import unquote

    return [("Proxy-Authorization", "Basic " + b64encode(unquote(user).encode()).decode())]
