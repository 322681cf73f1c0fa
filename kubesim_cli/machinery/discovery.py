"""What the server serves: groups, versions, resources, and finding one by any name a user may give."""

from __future__ import annotations

import os

from ..go.jsontext import Entries, text_of, value_at
from ..releases import NEWEST, within_minors
from .errors import qualified

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..releases import Release
    from .types import Object


class Resource:
    """One resource in one version. `verbs` are of the resource itself, `subresources` maps a name such as `scale` to
    its APIResource dict (verbs, kind, maybe group and version), or is a function that returns that. `crd` is the
    definition's object for custom ones."""

    __slots__ = ("_subresources", "categories", "crd", "group", "kind", "namespaced", "plural", "short_names",
                 "singular", "verbs", "version")

    def __init__(self, group: str, version: str, plural: str, singular: str, kind: str, namespaced: bool,
                 verbs: Sequence[str], short_names: Sequence[str] = (), categories: Sequence[str] = (),
                 subresources: dict[str, Object] | Callable[[], dict[str, Object]] | None = None,
                 crd: Object | None = None) -> None:
        self.group, self.version, self.plural, self.singular, self.kind = group, version, plural, singular, kind
        self.namespaced, self.verbs = namespaced, verbs
        self.short_names, self.categories = short_names, categories
        self._subresources = subresources if subresources is not None else {}
        self.crd = crd

    @property
    def subresources(self) -> dict[str, Object]:
        if not isinstance(self._subresources, dict):
            self._subresources = self._subresources()
        return self._subresources

    def answers_to(self, word: str) -> bool:
        """Whether a word in lower case is one of its names: plural, singular, kind, a short name."""
        return word in (self.plural, self.singular, self.kind.lower(), *self.short_names)

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
    """All resources in the server's order: built-in ones of a release, and others."""

    def __init__(self, others: Sequence[Resource], builtin: _Builtin | None = None) -> None:
        self._others, self._builtin = others, builtin
        self._named: dict[str, list[Resource]] = {}
        self._plural: dict[str, list[Resource]] = {}
        self._kinds: dict[tuple[str, str], Resource | None] = {}
        self._resources: list[Resource] | None = None

    @property
    def resources(self) -> list[Resource]:
        """All of them."""
        if self._resources is None:
            self._resources = self._sorted([*(self._builtin.all() if self._builtin else ()), *self._others])
        return self._resources

    @property
    def groups(self) -> list[Object]:
        """The groups, dicts of name and versions, the preferred version first; the core group is not among them."""
        served = {(res.group, res.version) for res in self.resources}
        return [{"name": name, "versions": found} for name, versions in self._versions().items()
                if (found := [version for version in versions if (name, version) in served])]

    def _versions(self) -> dict[str, list[str]]:
        """Return the versions of each group, served or not, in the server's order."""
        groups = self._builtin.groups() if self._builtin else {}
        for res in sorted(self._others, key=lambda res: res.group):  # equal priorities: by name
            versions = groups.setdefault(res.group, [])
            if res.version not in versions:
                versions.append(res.version)
        return groups

    def _sorted(self, resources: list[Resource]) -> list[Resource]:
        if len(resources) > 1:
            rank = {(name, version): (i, j) for i, (name, versions) in enumerate(self._versions().items())
                    for j, version in enumerate(versions)}
            rank["", "v1"] = (-1, 0)
            resources.sort(key=lambda res: rank[res.group, res.version])
        return resources

    def _mentioning(self, word: str) -> list[Resource]:
        """Return at least those that have a word in lower case among their names or categories."""
        return [*(self._builtin.mentioning(word) if self._builtin else ()), *self._others]

    def _of_name(self, word: str) -> list[Resource]:
        """Return those that a word in lower case may mean, preferred ones first."""
        if word not in self._named:
            self._named[word] = self._sorted([res for res in self._mentioning(word) if word and res.answers_to(word)])
        return self._named[word]

    def by_plural(self, plural: str) -> list[Resource]:
        """Return all resources of that very plural name, preferred ones first."""
        found = self._plural.get(plural)
        if found is None:
            found = self._plural[plural] = [res for res in self._of_name(plural) if res.plural == plural]
        return found

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        """Find the resource of an object's apiVersion and kind; the kind may be in small letters (restmapper)."""
        key = api_version, kind
        if key not in self._kinds:
            self._kinds[key] = next((res for res in self._of_name(kind.lower())
                                     if kind in (res.kind, res.kind.lower()) and res.api_version == api_version), None)
        return self._kinds[key]

    def find(self, text: str) -> Resource | None:
        """Find by what a user may write: plural, singular, short name or kind, alone or followed by .group,
        .version.group or a start of the group; full names win over short names (meta.PriorityRESTMapper).

        A version counts only behind a full name: expanding a short name loses it (restmapper.shortcutExpander).
        Short names are lower-case, full names are found in any case.
        """
        short, text = text.partition(".")[0], text.lower()
        name, _, rest = text.partition(".")
        candidates = self._of_name(name)
        exact = [r for r in candidates if name not in r.short_names or name in (r.plural, r.singular, r.kind.lower())]
        candidates = candidates if short == name else exact
        found = self._pick(exact, rest, "." in text) or self._pick(candidates, rest, "." in text)
        if found and found not in exact:
            return next(r for r in candidates if r.name == found.name)
        return found

    def hidden_by_short_name(self, text: str) -> list[str]:
        """Return the `plural.group` of all that a short name, alone or followed by .group, could mean as well as the
        one that `find` takes; none for a full name (restmapper.shortcutExpander)."""
        name, _, group = text.partition(".")
        named = [res for res in self._of_name(name) if not group or res.group == group]
        if any(name in (res.plural, res.singular) for res in named):
            return []
        return [*dict.fromkeys(res.name for res in named if name in res.short_names)][1:]

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
            if res.group.startswith(rest):
                return res
        return None

    def category(self, name: str) -> list[Resource]:
        """Return the preferred resources of a category such as `all`."""
        return _once(self._sorted([res for res in self._mentioning(name.lower()) if name in res.categories]))

    def preferred(self) -> list[Resource]:
        """Return every resource once, in its preferred version."""
        return _once(self.resources)


def _once(resources: list[Resource]) -> list[Resource]:
    found: dict[str, Resource] = {}
    for res in resources:
        found.setdefault(res.name, res)
    return list(found.values())


def builtin_groups() -> set[str]:
    """Return the names of the groups that any release serves, without the core's, which has none."""
    return {*_Builtin((0, 0)).groups()}


class _Builtin:
    """What a release serves of resources.json (renewed by hack/update_resources.py), which has one a line.

    A command is about few of them, so a line is decoded when somebody asks for what stands in it.
    """

    def __init__(self, release: Release) -> None:
        self._text = text_of(os.path.join(os.path.dirname(__file__), "resources.json"))
        self._release = release
        self._lower = self._text.lower()
        self._found: dict[int, Resource | None] = {}

    def groups(self) -> dict[str, list[str]]:
        """Return the versions of each group that any release serves."""
        return {group["name"]: group["versions"] for group in Entries(self._text)["groups"]}

    def all(self) -> list[Resource]:
        """Return every resource."""
        return self._on('\n{"groupversion":')

    def mentioning(self, word: str) -> list[Resource]:
        """Return the resources in whose lines a word stands, in upper or lower case."""
        return self._on(f'"{word}"')

    def _on(self, text: str) -> list[Resource]:
        found = {}
        for place in _places(self._lower, text):
            line = self._text.rindex("\n", 0, place + 1) + 1
            if line not in self._found:
                self._found[line] = self._resource(line)
            found[line] = self._found[line]
        return [res for res in found.values() if res]

    def _entry(self, line: int) -> Object | None:
        """Return what the line that begins at a place says, None where the release does not have that."""
        if not self._text.startswith('{"groupVersion":', line):
            return None
        entry: Object = value_at(self._text, line)
        if not within_minors(self._release, entry.get("since"), entry.get("until")):
            return None
        if "gate" in entry:
            from ..releases.gates import enabled

            if not enabled(entry["gate"], self._release):
                return None
        if type(self._release) is tuple:
            return None if "optional" in entry else entry
        from ..releases.runtimeconfig import serves

        return entry if serves(entry, self._release) else None

    def _resource(self, line: int) -> Resource | None:
        entry = self._entry(line)
        if entry is None or "/" in entry["name"]:
            return None
        group, _, version = entry["groupVersion"].rpartition("/")
        return Resource(group, version, entry["name"], entry["singularName"], entry["kind"], entry["namespaced"],
                        entry["verbs"], tuple(entry.get("shortNames", ())), tuple(entry.get("categories", ())),
                        lambda: self._subresources(entry["groupVersion"], entry["name"]))

    def _subresources(self, group_version: str, plural: str) -> dict[str, Object]:
        places = _places(self._text, f'"name":"{plural}/')
        entries = [self._entry(self._text.rindex("\n", 0, place) + 1) for place in places]
        return {entry["name"].partition("/")[2]: entry for entry in entries
                if entry and entry["groupVersion"] == group_version}


def _places(text: str, part: str) -> list[int]:
    places, place = [], text.find(part)
    while place >= 0:
        places.append(place)
        place = text.find(part, place + 1)
    return places


def builtin(release: Release = NEWEST, custom: Sequence[Resource] = ()) -> Discovery:
    """Return what a release serves, and custom resources after it."""
    return Discovery(custom, _Builtin(release))
