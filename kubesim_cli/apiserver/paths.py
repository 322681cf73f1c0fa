"""The server's URL paths: requests as HTTP would bring them, for `--raw` and for a front on the same verbs."""

from __future__ import annotations

from ..machinery import errors
from ..machinery.objects import bare_items
from .nonresource import HEALTH, api_root, health, serve
from .request import Options, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.discovery import Resource
    from ..machinery.types import Json, Object
    from .client import Client

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
    if parts[:1] and parts[0] in HEALTH:
        return health(parts[0], "/".join(parts[1:]), _lists(query), client.release)
    if path == "/version":
        from ..releases.server import info

        return info(client.release, server=True)
    if not of_resource:
        if parts[:1] not in (["api"], ["apis"]):
            return serve(client.discovery, client.release, path)
        return _discover(client, parts)
    group, version_, rest = ("", parts[1], parts[2:]) if parts[0] == "api" else (parts[1], parts[2], parts[3:])
    return _serve(client, method, group, version_, rest, _query(query), body, content_type)


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


def _serve(client: Client, method: str, group: str, version_: str, rest: list[str], query: dict[str, str],
           body: Object | None, content_type: str) -> Json:
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    resource = f"{rest[0]}.{version_}.{group}"
    name, subresource = (*rest[1:3], "", "")[:2]
    if len(rest) > 3:
        raise errors.no_resource()
    client.server.resolve(resource)
    labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
    limit = _number(query, "limit")
    _number(query, "timeoutSeconds")
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
        raise errors.method_not_supported(resource, method.lower())
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
        return api_root("192.168.49.2:8443")
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
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version,
            "resources": sorted((entry for res in found for entry in api_resources(res)), key=lambda e: e["name"])}


def api_group(group: Object) -> Object:
    """Return a metav1.APIGroup of one of discovery's groups."""
    name = group["name"]
    versions = [{"groupVersion": f"{name}/{version_}", "version": version_} for version_ in group["versions"]]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def api_resources(res: Resource) -> Iterator[Object]:
    """Yield the metav1.APIResources of a resource and of its subresources."""
    entry = {"name": res.plural, "singularName": res.singular, "namespaced": res.namespaced, "kind": res.kind,
             "verbs": res.verbs}
    if res.short_names:
        entry["shortNames"] = list(res.short_names)
    if res.categories:
        entry["categories"] = list(res.categories)
    yield entry
    for name, sub in res.subresources.items():
        entry = {"name": f"{res.plural}/{name}", "singularName": "", "namespaced": res.namespaced,
                 **{key: sub[key] for key in ("group", "version") if key in sub}, "kind": sub["kind"],
                 "verbs": sub["verbs"]}
        yield entry
