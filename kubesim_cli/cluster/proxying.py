"""The proxy subresources: requests that the API server hands on to services, pods and nodes.

Kubernetes: pkg/registry/core/{service,pod,node}, ResourceLocation; apimachinery's pkg/util/proxy (transport.go: links
in pages lead through the proxy). Here the requests come from the machine that the nodes run on.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from ..helpers.nodes import internal_ip, kubelet_runs
from ..machinery import errors
from ..releases.makers import maker_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..kubelet.runtime.bin.http import Message
    from ..machinery.types import Object
    from .cluster import Cluster

_PATH = re.compile(r"/api/v1/(?:namespaces/([^/]+)/(services|pods)|(nodes))/([^/]+)/proxy(/.*|$)")
_VERBS = {"GET": "get", "HEAD": "get", "OPTIONS": "get", "POST": "create", "PUT": "update", "PATCH": "patch",
          "DELETE": "delete"}
_KUBELET = "10250"
_REDIRECTS = 10  # that a client follows
_LINK = re.compile(r"""(<[a-zA-Z][^<>]*?\s(?:href|src|action|cite|longdesc|background|data|formaction|poster)=["'])"""
                   r"""(/[^"'<>]*)""")
_WHY = {28: "dial tcp {0}: i/o timeout", 35: "http: server gave HTTP response to HTTPS client", 52: "EOF"}
_REFUSED = "dial tcp {0}: connect: connection refused"


def serve(cluster: Cluster, client: Client, method: str, url: str, body: str | None) -> str | None:
    """Return what a proxied path answers `client`, None for a path that is no proxy's. Raises StatusError."""
    for _ in range(_REDIRECTS):
        path, question, query = url.partition("?")
        match = _PATH.fullmatch(path)
        if match is None:
            return None
        namespace, resource, name, rest = match[1] or "", match[2] or match[3], match[4], match[5]
        client.connect(resource, name, namespace, "proxy", _VERBS[method])
        prefix = path[:len(path) - len(rest)]
        answer = _asked(cluster, method, resource, namespace, name, (rest or "/") + question + query, body)
        code, location = int(answer.first[1]), answer.header("location")
        if location.startswith("/") and method in ("GET", "HEAD") and 301 <= code <= 308:
            url = prefix + location
            continue
        text = answer.body.decode("utf-8", "replace")
        if not 200 <= code < 300:
            raise _status(code, text)
        if answer.header("content-type").partition(";")[0].strip() == "text/html":
            text = _led_through(prefix, text)
        return text
    raise errors.internal(f'Get "{url}": stopped after {_REDIRECTS} redirects')


def _led_through(prefix: str, page: str) -> str:
    """Return a page whose links within its server lead through the proxy (rewriteHTML)."""
    return _LINK.sub(lambda link: link[1] + (link[2] if link[2].startswith(prefix) else prefix + link[2]), page)


def _status(code: int, text: str) -> errors.StatusError:
    """Return what client-go makes of an answer that is none: the Status in it, or one for its code."""
    from ..go.jsontext import loads

    try:
        found = loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and found.get("kind") == "Status":
        return errors.StatusError(int(found.get("code") or code), str(found.get("reason") or ""),
                                  str(found.get("message") or ""))
    return errors.generic(code, text.strip())


def _asked(cluster: Cluster, method: str, resource: str, namespace: str, name: str, path: str,
           body: str | None) -> Message:
    """Return the answer of whom `SCHEME:NAME:PORT` means, of which scheme and port may be left out."""
    parts = name.split(":")
    scheme, bare, port = ["", *parts, ""][:3] if len(parts) < 3 else parts[:3]
    if len(parts) > 3 or not bare or scheme not in ("", "http", "https"):
        raise errors.bad_request(f'invalid {resource[:-1]} request "{name}"')
    if resource == "nodes":
        address, port = _node(cluster, bare), port or _KUBELET
        if port == _KUBELET:
            return _of_kubelet(cluster, bare, method, path)
    else:
        address, port = (_service if resource == "services" else _pod)(cluster.client, namespace, bare, port, name)
    path = quote(path, safe="/?:@!$&'()*+,;=-._~%")
    return _fetched(cluster, method, f"{scheme or 'http'}://", f"[{address}]" if ":" in address else address,
                    port or ("443" if scheme == "https" else "80"), path, body)


def _of_kubelet(cluster: Cluster, node: str, method: str, path: str) -> Message:
    from ..kubelet.runtime.bin.http import Message
    from ..kubelet.server import answer
    from . import kubeletpaths

    found = kubeletpaths.answer(cluster, node, method, path)
    if found is None:
        return answer(cluster.client, cluster.client.get("nodes", node), method, path)
    body = found[1].encode("utf-8", "surrogateescape")
    return Message(("HTTP/1.1", str(found[0]), ""), [("Content-Type", "text/plain")], body, len(body))


def _node(cluster: Cluster, name: str) -> str:
    node = cluster.client.get("nodes", name)
    address = internal_ip(node)
    if not address:
        raise errors.StatusError(500, "", "no preferred addresses found; known addresses: []")
    if not kubelet_runs(node) or cluster.state.kubelet == "stub":
        why = "connection refused" if kubelet_runs(node) else "no route to host"
        raise _unreached(f"dial tcp {address}:{_KUBELET}: connect: {why}")
    return address


def _pod(api: Client, namespace: str, name: str, port: str, told: str) -> tuple[str, str]:
    pod = api.get("pods", name, namespace)
    ports = [each for container in pod["spec"]["containers"] for each in (container.get("ports") or ())[:1]]
    address = (pod.get("status") or {}).get("podIP")
    if not address:
        raise errors.bad_request("address not allowed")
    return address, port or (str(ports[0]["containerPort"]) if ports else "")


def _service(api: Client, namespace: str, name: str, port: str, told: str) -> tuple[str, str]:
    if port.isdecimal():
        found = [each for each in api.get("services", name, namespace)["spec"].get("ports") or ()
                 if each["port"] == int(port)]
        if not found:
            raise errors.StatusError(503, "ServiceUnavailable", f'no service port {port} found for service "{name}"')
        port = found[0].get("name") or ""
    subsets = api.get("endpoints", name, namespace).get("subsets") or []
    for subset in subsets:
        for each in subset.get("ports") or ():
            ready = [one["ip"] for one in subset.get("addresses") or () if _is_pods(api, namespace, one)]
            if (each.get("name") or "") == port and ready:
                return ready[api.server.entropy.number(len(ready))], str(each["port"])
    raise errors.StatusError(503, "ServiceUnavailable",
                             f'no endpoints available for service "{told if subsets else name}"')


def _is_pods(api: Client, namespace: str, address: Object) -> bool:
    """Whether an endpoint is what it says, a pod's of the same namespace (isValidAddress)."""
    target = address.get("targetRef") or {}
    pod = api.find("pods", target.get("name", ""), namespace) if target.get("namespace") == namespace else None
    return pod is not None and address["ip"] in [each["ip"] for each in (pod.get("status") or {}).get("podIPs") or ()]


def _unreached(why: str) -> errors.StatusError:
    return errors.StatusError(503, "ServiceUnavailable", f"error trying to reach service: {why}")


def _fetched(cluster: Cluster, method: str, scheme: str, host: str, port: str, path: str, body: str | None) -> Message:
    """Ask a server of the cluster's by HTTP; raises StatusError where there is no answer."""
    from ..kubelet.runtime.bin.http import parse
    from .outside import curl

    nodes = cluster.client.items("nodes")
    server = [f"{internal_ip(nodes[0])}:{maker_of(nodes).port}"] if nodes else []
    args = ["-s", "-i", "-k", "-X", method, *(["-I"] if method == "HEAD" else []),
            *(word for host in server for word in ("-H", f"Host: {host}")),  # as the client has asked the API server
            *(["-H", "Content-Type: application/json", "--data-raw", body] if body else [])]
    session = curl(cluster, [*args, f"{scheme}{host}:{port}{path}"])
    limit = cluster.now + 3600  # simulated seconds that an answer may take
    while session.code is None and session.proceed(limit):
        pass
    said, code = b"".join(data for stream, data in session.read() if stream == "stdout"), session.code
    session.close()
    found = parse(said, True)
    if found is None:
        raise _unreached(_WHY.get(28 if code is None else code, _REFUSED).format(f"{host}:{port}"))
    return found
