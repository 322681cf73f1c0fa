"""What the server serves: groups, versions, resources, and finding one by any name a user may give."""

from __future__ import annotations

import os

from ..go import jsontext
from ..releases import NEWEST, within_minors
from ..releases.gates import enabled
from .errors import qualified

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .types import Object


class Resource:
    """One resource in one version. `verbs` are of the resource itself, `subresources` maps a name such as `scale` to
    its APIResource dict (verbs, kind, maybe group and version). `crd` is the definition's object for custom ones."""

    __slots__ = ("categories", "crd", "group", "kind", "namespaced", "plural", "short_names", "singular",
                 "subresources", "verbs", "version")

    def __init__(self, group: str, version: str, plural: str, singular: str, kind: str, namespaced: bool,
                 verbs: Sequence[str], short_names: Sequence[str] = (), categories: Sequence[str] = (),
                 subresources: dict[str, Object] | None = None, crd: Object | None = None) -> None:
        self.group, self.version, self.plural, self.singular, self.kind = group, version, plural, singular, kind
        self.namespaced, self.verbs = namespaced, verbs
        self.short_names, self.categories = short_names, categories
        self.subresources = subresources if subresources is not None else {}
        self.crd = crd

    @property
    def definition(self) -> Object:
        """The CustomResourceDefinition of a custom resource."""
        assert self.crd is not None
        return self.crd

    @property
    def name(self) -> str:
        """`plural.group`, the store's and the errors' word for it."""
        return qualified(self.plural, self.group)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def versioned(self) -> str:
        """`plural.version.group`, a resource string that names this very version."""
        return f"{self.plural}.{self.version}.{self.group}"


class Discovery:
    """All resources in the server's order. `groups` are dicts of name and versions, the preferred version first."""

    def __init__(self, resources: list[Resource], groups: list[Object]) -> None:
        self.resources, self.groups = resources, groups
        self._names: dict[str, list[Resource]] = {}
        self._kinds: dict[tuple[str, str], Resource] = {}
        for res in resources:
            for name in {res.plural, res.singular, res.kind.lower(), *res.short_names}:
                if name:
                    self._names.setdefault(name, []).append(res)
            self._kinds.setdefault((res.api_version, res.kind), res)

    def by_plural(self, plural: str) -> list[Resource]:
        """Return all resources of that very plural name, preferred ones first."""
        return [res for res in self._names.get(plural, ()) if res.plural == plural]

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        """Find the resource of an object's apiVersion and kind."""
        return self._kinds.get((api_version, kind))

    def find(self, text: str) -> Resource | None:
        """Find by what a user may write: plural, singular, short name or kind, alone or followed by .group,
        .version.group or a start of the group; full names win over short names (meta.PriorityRESTMapper).

        A version counts only behind a full name: expanding a short name loses it (restmapper.shortcutExpander).
        Short names are lower-case, full names are found in any case.
        """
        short, text = text.partition(".")[0], text.lower()
        name, _, rest = text.partition(".")
        candidates = self._names.get(name, ())
        exact = [r for r in candidates if name not in r.short_names or name in (r.plural, r.singular, r.kind.lower())]
        candidates = candidates if short == name else exact
        found = self._pick(exact, rest, "." in text) or self._pick(candidates, rest, "." in text)
        if found and found not in exact:
            return next(r for r in candidates if r.name == found.name)
        return found

    @staticmethod
    def _pick(candidates: Sequence[Resource], rest: str, dotted: bool) -> Resource | None:
        if not dotted:
            return candidates[0] if candidates else None
        version, dot, group = rest.partition(".")
        for res in candidates:
            if dot and res.version == version and res.group == group:
                return res
        for res in candidates:
            if res.group == rest:
                return res
        for res in candidates:
            if res.group.startswith(rest + "."):
                return res
        return None

    def category(self, name: str) -> list[Resource]:
        """Return the preferred resources of a category such as `all`."""
        seen, found = set(), []
        for res in self.resources:
            if name in res.categories and res.name not in seen:
                seen.add(res.name)
                found.append(res)
        return found

    def preferred(self) -> list[Resource]:
        """Return every resource once, in its preferred version."""
        seen, found = set(), []
        for res in self.resources:
            if res.name not in seen:
                seen.add(res.name)
                found.append(res)
        return found


def builtin(release: tuple[int, int] = NEWEST, custom: Sequence[Resource] = ()) -> Discovery:
    """Read the built-in resources that a release serves (resources.json, renewed by hack/update_resources.py) and add
    custom ones after them."""
    with open(os.path.join(os.path.dirname(__file__), "resources.json"), encoding="utf-8") as file:
        data = jsontext.loads(file.read())
    resources: dict[tuple[str, str], Resource] = {}
    subresources = []
    served = {"v1"}
    for entry in data["resources"]:
        if not within_minors(release, entry.get("since"), entry.get("until")) or (
                "gate" in entry and not enabled(entry["gate"], release)):
            continue
        group, _, version = entry["groupVersion"].rpartition("/")
        plural, _, sub = entry["name"].partition("/")
        if sub:
            subresources.append((entry["groupVersion"], plural, sub, entry))
            continue
        served.add(entry["groupVersion"])
        resources[entry["groupVersion"], plural] = Resource(
            group, version, plural, entry["singularName"], entry["kind"], entry["namespaced"], entry["verbs"],
            tuple(entry.get("shortNames", ())), tuple(entry.get("categories", ())))
    for group_version, plural, sub, entry in subresources:
        if (group_version, plural) in resources:
            resources[group_version, plural].subresources[sub] = entry
    groups = []
    for group in data["groups"]:
        versions = [version for version in group["versions"] if f"{group['name']}/{version}" in served]
        if versions:
            groups.append({"name": group["name"], "versions": versions})
    for res in custom:
        known = next((g for g in groups if g["name"] == res.group), None)
        if known is None:
            groups.append({"name": res.group, "versions": [res.version]})
        elif res.version not in known["versions"]:
            known["versions"].append(res.version)
    rank = {(group["name"], version): (i, j)
            for i, group in enumerate(groups) for j, version in enumerate(group["versions"])}
    rank["", "v1"] = (-1, 0)  # the core group is not listed
    order = sorted([*resources.values(), *custom], key=lambda res: rank[res.group, res.version])
    return Discovery(order, groups)
