"""kubectl remembers for hours which custom resources a server had (client-go's discovery/cached/disk).

A type it does not know makes it ask again; one it remembers is believed, and the server's 404 is told when it is gone.
"""

from __future__ import annotations

from ...machinery.discovery import Discovery, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..context import Context

LIFE = 6 * 3600.0
_FIELDS = ("group", "version", "plural", "singular", "kind", "namespaced", "verbs", "short_names", "categories")


def find(ctx: Context, text: str) -> Resource | None:
    """Return the resource that a user calls `text`, served now or remembered."""

    def look(known: Discovery) -> Resource | None:
        # kubectl reads `a.b.c` as resource, version and group first; where it does not know that, it asks the server.
        found, rest = known.find(text), text.partition(".")[2]
        return None if found and "." in rest and rest != f"{found.version}.{found.group}" else found

    return _recall(ctx, ctx.client.discovery.find(text), look)


def of_kind(ctx: Context, api_version: str, kind: str) -> Resource | None:
    """Return the resource of an apiVersion and kind, served now or remembered."""
    return _recall(ctx, ctx.client.discovery.of_kind(api_version, kind), lambda known: known.of_kind(api_version, kind))


def of_object(ctx: Context, api_version: str, kind: str) -> Resource | None:
    """Return what the REST mapper makes of an object's apiVersion and kind, which may be no more than odd.

    `/v1` is `v1`. Without a version the kind's preferred resource is found, but what is then asked of the server goes
    to a path without one, where nothing is. A List that has no items is a resource `lists` in every version
    (restmapper.NewDiscoveryRESTMapper).
    """
    group, slash, version = api_version.rpartition("/")
    if slash and not group:
        api_version = version
    if not version:
        found = next((res for res in ctx.client.discovery.preferred() if res.kind == kind and res.group == group), None)
        return found and Resource(group, "", found.plural, found.singular, kind, found.namespaced, found.verbs)
    if kind == "List" and any(res.api_version == api_version for res in ctx.client.discovery.resources):
        return Resource(group, version, "lists", "list", kind, False, ())
    return of_kind(ctx, api_version, kind)


def _recall(ctx: Context, found: Resource | None,
            look: Callable[[Discovery], Resource | None]) -> Resource | None:
    if (found is not None and found.crd is None) or not ctx.remembers:
        return found
    known = _read(ctx)
    remembered = look(known) if known is not None else None
    if remembered is None and (found is not None or known is not None):
        _write(ctx)
    return found or remembered


def path(environ: Mapping[str, str], cluster_folder: str) -> str:
    """Return the file for the cluster whose store is in `cluster_folder`."""
    import os

    from ..kubeconfig import home

    return os.path.join(home(environ), "cache", "discovery", os.path.basename(cluster_folder) + ".json")


def _read(ctx: Context) -> Discovery | None:
    from ...go.jsontext import loads

    try:
        with open(path(ctx.environ, ctx.kubeconfig.store_path()), encoding="utf-8") as file:
            data = loads(file.read())
        if not 0 <= ctx.now - data["fetched"] < LIFE:
            return None
        return Discovery([Resource(*(entry[field] for field in _FIELDS)) for entry in data["resources"]])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(ctx: Context) -> None:
    import os

    from ...go.jsontext import encode
    from ...machinery.files import private_folder
    from ..config.access import replace_file

    target = path(ctx.environ, ctx.kubeconfig.store_path())
    private_folder(os.path.dirname(target))
    entries = [{field: getattr(res, field) for field in _FIELDS} for res in ctx.client.discovery.resources
               if res.crd is not None]
    replace_file(target, encode({"fetched": ctx.now, "resources": entries}))
