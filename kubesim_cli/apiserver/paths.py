"""The server's URL paths: requests as HTTP would bring them, for `--raw` and for a front on the same verbs."""

from __future__ import annotations

from ..machinery import errors
from ..machinery.objects import bare_items
from ..releases.makers import maker_of
from .nonresource import HEALTH, api_root, check_method, health, issuer_discovery, serve
from .request import Options, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..machinery.discovery import Discovery, Resource
    from ..machinery.types import Json, Object
    from .client import Client

_VERSION_OPTIONS = {"resourceVersion", "resourceVersionMatch", "sendInitialEvents"}
# What is not stored in the preferred version: group and version (pkg/kubeapiserver/default_storage_factory_builder.go).
_STORED_IN = {"events.events.k8s.io": ("", "v1"), **{
    f"{plural}.admissionregistration.k8s.io": ("admissionregistration.k8s.io", "v1beta1")
    for plural in ("mutatingadmissionpolicies", "mutatingadmissionpolicybindings")}}
_PATCHES = {"application/json-patch+json": "json", "application/merge-patch+json": "merge",
            "application/strategic-merge-patch+json": "strategic", "application/apply-patch+yaml": "apply"}
_SUMMARY = 30  # bytes of a body that a refusal tells


def request(client: Client, method: str, url: str, body: Object | None = None, content_type: str = "") -> Json:
    """Serve `method` on a URL path with its query; returns a JSON value, or text for paths that are not JSON.

    `content_type`: the body's, which tells what kind of patch it is. Raises errors.StatusError; an unknown path is
    NotFound.
    """
    path, _, query = url.partition("?")
    parts = [part for part in path.split("/") if part]
    of_resource = _of_resource(parts)
    if not of_resource:
        from .authorization import authorize_path

        authorize_path(client, method.lower(), path)
        if method not in ("GET", "HEAD"):
            check_method(parts)
    if parts[:1] and parts[0] in HEALTH:
        return health(parts[0], "/".join(parts[1:]), _lists(query), client.release)
    if parts == ["version"]:
        from ..releases.server import info

        return info(client.release, server=True)
    if path == "/metrics" and method == "DELETE":
        return "metrics reset\n"  # nothing of what it tells is a count of what was
    if path in ("/metrics", "/metrics/slis"):
        from . import ownmetrics

        return (ownmetrics.metrics if path == "/metrics" else ownmetrics.slis)(client.server)
    if parts == [".well-known", "openid-configuration"]:
        from .tokens import ISSUER

        return issuer_discovery(ISSUER, _server_address(client))
    if parts == ["openid", "v1", "jwks"]:
        from ..machinery.rs256 import key_set

        return key_set()
    if parts[:2] == ["debug", "api_priority_and_fairness"]:
        from . import flowcontroldump

        return flowcontroldump.dump(client, path, _lists(query))
    if parts[:1] == ["openapi"]:
        from . import openapi

        found = openapi.document(client.discovery, client.release, path)
        if found is not None:
            return found
    if not of_resource:
        if parts[:1] not in (["api"], ["apis"]):
            return serve(client.discovery, client.release, path)
        return _discover(client, parts)
    return _serve(client, method, parts, _query(query), body, content_type)


def _of_resource(parts: list[str]) -> bool:
    return (parts[:1] == ["api"] and len(parts) > 2) or (parts[:1] == ["apis"] and len(parts) > 3)


def unreadable(client: Client, url: str, data: bytes, problem: str) -> errors.StatusError:
    """Return the refusal of a body that is no JSON (transformDecodeError, summarizeData); a path that is none of a
    resource is refused before that."""
    parts = [part for part in url.partition("?")[0].split("/") if part]
    if not _of_resource(parts):
        return errors.no_resource()
    group, version_, rest = ("", parts[1], parts[2:]) if parts[0] == "api" else (parts[1], parts[2], parts[3:])
    if rest[0] == "namespaces" and len(rest) > 2:
        rest = rest[2:]
    res = client.server.resolve(f"{rest[0]}.{version_}.{group}")
    kind = res.subresources.get(rest[2], {}).get("kind", res.kind) if len(rest) > 2 else res.kind
    more = " ..." if len(data) > _SUMMARY else ""
    shown = data[:_SUMMARY].decode(errors="replace") if data[:1] == b"{" else data[:_SUMMARY].hex()
    return errors.bad_request(f"the object provided is unrecognized (must be of type {kind}): couldn't get "
                              f"version/kind; json parse error: {problem} ({shown + more if data else '<empty>'})")


def _lists(query: str) -> dict[str, list[str]]:
    if not query:
        return {}
    from urllib.parse import parse_qs

    return parse_qs(query, keep_blank_values=True)


def _query(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in _lists(query).items() if values[-1]}


def _number(query: dict[str, str], name: str) -> int | None:
    """Return a parameter's number, None where it is not given (Convert_Slice_string_To_int64); raises BadRequest."""
    text = query.get(name)
    if text is None:
        return None
    from ..go.fmt import quote

    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits.isascii() or not digits.isdigit():
        raise errors.bad_request(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax")
    if len(digits) > 19 or not -(2**63) <= int(text) < 2**63:
        raise errors.bad_request(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return int(text)


def _place(client: Client, parts: list[str]) -> tuple[str, str, str, str]:
    """Return (resource, namespace, name, subresource) of a path of a resource; raises NotFound."""
    group, version_, rest = ("", parts[1], parts[2:]) if parts[0] == "api" else (parts[1], parts[2], parts[3:])
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    resource = f"{rest[0]}.{version_}.{group}"
    name, subresource = (*rest[1:3], "", "")[:2]
    if len(rest) > 3:
        raise errors.no_resource()
    namespaced = client.server.resolve(resource).namespaced
    if (namespace and not namespaced) or (name and namespaced and not namespace):
        raise errors.no_resource()
    return resource, namespace, name, subresource


class _Watch:
    """A watch that a URL asks for, of one object or of all. `timeout`: seconds after which it ends, None where the URL
    does not say."""

    def __init__(self, client: Client, resource: str, namespace: str, name: str, query: dict[str, str]):
        from .listoptions import version_of

        self._client, self._resource, self._namespace = client, resource, namespace
        self._labels = query.get("labelSelector", "")
        self._fields = f"metadata.name={name}" if name else query.get("fieldSelector", "")
        self._since = version_of(query.get("resourceVersion", ""))
        self._begun = False
        self.timeout = _number(query, "timeoutSeconds") or None

    def look(self) -> list[Object]:
        """Return the events since the last look; the first tells what there is or, where a version is given, what came
        since. After an event ERROR there is no more."""
        told: list[Object] = []
        if self._since and not self._begun:
            options = Options(label_selector=self._labels, field_selector=self._fields, resource_version=self._since)
            try:
                told = self._client.server.watch_from(
                    Request(self._client, "watch", self._resource, self._namespace, options=options))
            except errors.StatusError as error:
                if error.reason != "Expired":
                    raise
                return [{"type": "ERROR", "object": error.status}]
            self._since = max(self._since, self._client.server.store.revision)
        elif not self._since:
            listed = self._client.list(self._resource, self._namespace, label_selector=self._labels,
                                       field_selector=self._fields)
            self._since = int(listed["metadata"]["resourceVersion"])
            told = [{"type": "ADDED", "object": obj} for obj in listed["items"]]
        self._begun = True
        self._since, events = self._client.watch(self._resource, self._namespace, since=self._since,
                                                 label_selector=self._labels, field_selector=self._fields)
        return told + events


def watch(client: Client, url: str) -> tuple[Callable[[], list[Object]], float | None] | None:
    """Return what looks for the events of the watch that a URL asks for, by its query or by `watch` in its path as
    older clients do, and after how many seconds it ends (None: the URL does not say); None for any other URL.

    Raises StatusError.
    """
    path, _, query = url.partition("?")
    parts, found = [part for part in path.split("/") if part], _query(query)
    by_path = _of_resource(parts) and parts[2 if parts[0] == "api" else 3] == "watch"
    if by_path:
        parts.remove("watch")
    if not _of_resource(parts) or not (by_path or found.get("watch", "0") not in ("0", "false")):
        return None
    resource, namespace, name, subresource = _place(client, parts)
    if not by_path and name:
        return None  # a GET of one object, which knows of no watch
    res = client.server.resolve(resource)
    if subresource or (by_path and "watch" not in res.verbs):
        raise errors.no_resource()
    if "watch" not in res.verbs and "list" in res.verbs:
        raise errors.method_not_supported(res.name, "watch")
    wanted = _Watch(client, resource, namespace, name, found)
    return wanted.look, wanted.timeout


def _serve(client: Client, method: str, parts: list[str], query: dict[str, str], body: Object | None,
           content_type: str) -> Json:
    resource, namespace, name, subresource = _place(client, parts)
    if not namespace and method != "GET" and client.server.resolve(resource).namespaced:
        raise errors.method_not_allowed()
    labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
    limit = _number(query, "limit")
    _number(query, "timeoutSeconds")
    if method == "GET" and not _VERSION_OPTIONS.isdisjoint(query):
        from . import listoptions

        listoptions.check(query, client.server.store.revision, not name)
    if method == "GET" and not name:
        found = client.list(resource, namespace, label_selector=labels, field_selector=fields,
                            limit=limit or 0, continue_=query.get("continue", ""))
        return found if client.server.resolve(resource).crd else bare_items(found)
    if method == "GET":
        return client.get(resource, name, namespace, subresource=subresource)
    if method == "DELETE":
        from . import deleteoptions

        sent = deleteoptions.checked(_delete_options(query)) if body is None else deleteoptions.of_body(
            body, client.release)
        options = Options(label_selector=labels, field_selector=fields, grace_period=sent.get("gracePeriodSeconds"),
                          propagation=deleteoptions.propagation(sent), preconditions=sent.get("preconditions"),
                          dry_run=bool(sent.get("dryRun")))
        verb = "delete" if name else "deletecollection"
        return client.send(Request(client, verb, resource, namespace, name, options=options))
    options = Options(dry_run=query.get("dryRun") == "All", field_manager=query.get("fieldManager", ""),
                      field_validation=query.get("fieldValidation", ""))
    written = {"POST": "create", "PUT": "update", "PATCH": "patch"}.get(method)
    if written is None:
        raise errors.method_not_allowed()
    from . import writeoptions

    writeoptions.check(written, options, [query["dryRun"]] if "dryRun" in query else [])
    if body is None:
        raise errors.bad_request("the body of the request is empty")
    if method == "PATCH":
        options.patch_type = _patch_type(content_type, client.server.resolve(resource).crd is not None)
        options.force = query.get("force") in ("true", "1")
        return client.send(Request(client, "patch", resource, namespace, name, body, subresource, options))
    if method == "POST":
        return client.send(Request(client, "create", resource, namespace, name, body, subresource, options))
    return client.send(Request(client, "update", resource, namespace, name, body, subresource, options))


def _patch_type(content_type: str, custom: bool) -> str:
    """Return the kind of patch that a media type means (endpoints/handlers, PatchResource)."""
    accepted = {media: kind for media, kind in _PATCHES.items() if not custom or kind != "strategic"}
    found = accepted.get(content_type.partition(";")[0].strip())
    if found is None:
        raise errors.StatusError(415, "UnsupportedMediaType", "the body of the request was in an unknown format - "
                                 f"accepted media types include: {', '.join(accepted)}")
    return found


def _delete_options(query: dict[str, str]) -> Object:
    found: Object = {"gracePeriodSeconds": _number(query, "gracePeriodSeconds")}
    if "orphanDependents" in query:
        found["orphanDependents"] = query["orphanDependents"].lower() not in ("false", "0")
    if "propagationPolicy" in query:
        found["propagationPolicy"] = query["propagationPolicy"]
    if "dryRun" in query:
        found["dryRun"] = [query["dryRun"]]
    return found


def _discover(client: Client, parts: list[str]) -> Object:
    """Serve /api, /apis and what is right below them (endpoints/discovery)."""
    discovery = client.discovery
    if parts == ["api"]:
        return api_root(_server_address(client))
    if parts == ["apis"]:
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [api_group(group) for group in discovery.groups]}
    if parts[0] == "apis" and len(parts) == 2:
        for group in discovery.groups:
            if group["name"] == parts[1]:
                return {"kind": "APIGroup", "apiVersion": "v1", **api_group(group)}
        raise errors.no_resource()
    group_version = "/".join(parts[1:])
    found = [res for res in discovery.resources if res.api_version == group_version]
    if not found:
        raise errors.no_resource()
    entries = [entry for res in found for entry in api_resources(discovery, res)]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version,
            "resources": sorted(entries, key=lambda entry: entry["name"])}


def _server_address(client: Client) -> str:
    """Return where the server listens, as it says itself: on the first node."""
    nodes = client.server.trusted.items("nodes")
    addresses = ((nodes[0].get("status") or {}).get("addresses") or []) if nodes else []
    address = addresses[0]["address"] if addresses else "192.168.49.2"
    return f"{address}:{maker_of(nodes).port}"


def api_group(group: Object) -> Object:
    """Return a metav1.APIGroup of one of discovery's groups."""
    name = group["name"]
    versions = [{"groupVersion": f"{name}/{version_}", "version": version_} for version_ in group["versions"]]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def api_resources(discovery: Discovery, res: Resource) -> Iterator[Object]:
    """Yield the metav1.APIResources of a resource and of its subresources."""
    entry = {"name": res.plural, "singularName": res.singular, "namespaced": res.namespaced, "kind": res.kind,
             "verbs": res.verbs}
    if res.short_names:
        entry["shortNames"] = list(res.short_names)
    if res.categories:
        entry["categories"] = list(res.categories)
    if "create" in res.verbs and "list" in res.verbs:
        entry["storageVersionHash"] = _storage_version_hash(*_storage_version(discovery, res), res.kind)
    yield entry
    for name, sub in res.subresources.items():
        entry = {"name": f"{res.plural}/{name}", "singularName": "", "namespaced": res.namespaced,
                 **{key: sub[key] for key in ("group", "version") if key in sub}, "kind": sub["kind"],
                 "verbs": sub["verbs"]}
        yield entry


def _storage_version(discovery: Discovery, res: Resource) -> tuple[str, str]:
    """Return the group and version that a resource's objects are stored in."""
    if res.crd is not None:
        return res.group, next(each["name"] for each in res.crd["spec"]["versions"] if each["storage"])
    preferred = next(each.version for each in discovery.by_plural(res.plural) if each.group == res.group)
    return _STORED_IN.get(res.name, (res.group, preferred))


def _storage_version_hash(group: str, version: str, kind: str) -> str:
    """Tell a storage version by eight bytes of its digest (endpoints/discovery StorageVersionHash)."""
    from base64 import b64encode

    from ..machinery.digest import sha256

    return b64encode(sha256(f"{group}/{version}/{kind}".encode()).digest()[:8]).decode()
