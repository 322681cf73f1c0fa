"""Names in other resources that have to follow when a resource's name changes (api/filters/nameref)."""

from __future__ import annotations

from ..failures import Failure
from .fieldpaths import applies, split, visit
from .resources import Resource, ResourceSet, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Json, Object


def update(resources: ResourceSet) -> None:
    """Rewrite every reference to a resource under a name it had before. Raises Failure where one is ambiguous."""
    for target in resources.specs["nameReference"]:
        for referrers in target["referrers"]:
            for res in resources:
                if applies(referrers, res.original_id):
                    for path in referrers["paths"]:
                        _Reference(res, _candidates(resources, res), target, path).update()


def _candidates(resources: ResourceSet, referrer: Resource) -> list[Resource]:
    """Return what a resource can refer to: what is in its namespace or in none."""
    if referrer.id.cluster_scoped:
        return list(resources)
    namespaces = {referrer.id.effective_namespace}
    if referrer.kind == "RoleBinding":
        for subject in referrer.obj.get("subjects") or ():
            if subject.get("kind") == "ServiceAccount" and "namespace" in subject:
                if not isinstance(subject["namespace"], str):
                    raise Failure(f'Invalid Input: namespace is blank for resource "{referrer.id}"\n')
                namespaces.add(subject["namespace"])
    return [res for res in resources
            if res.id.cluster_scoped or res.id.effective_namespace in namespaces or res.namespace in namespaces]


class _Reference:
    """One field of one resource that may name resources of the kind `target` (dict: group, version, kind)."""

    def __init__(self, referrer: Resource, candidates: list[Resource], target: Object, path: str) -> None:
        self.referrer, self.candidates, self.target, self.path = referrer, candidates, target, path

    def update(self) -> None:
        try:
            visit(self.referrer.obj, split(self.path), self._changed)
        except Failure as error:
            who = self.referrer.id
            raise Failure(f"updating name reference in '{self.path}' field of '{who}': considering field "
                          f"'{self.path}' of object {who}: {error}") from None

    def _changed(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self._changed(item) for item in value]
        if isinstance(value, dict):
            return self._changed_mapping(value)
        found = self._find(value, self.candidates, lambda res: res.name)
        return value if found is None else found.name

    def _changed_mapping(self, value: Object) -> Object:
        name = value.get("name")
        if name is None:
            raise Failure("path config error; no 'name' field in node")
        candidates = self.candidates
        namespace = value.get("namespace")
        if namespace is not None:
            before = [res for res in candidates if res.original_id.effective_namespace == namespace]
            candidates = before or [res for res in candidates if res.id.effective_namespace == namespace]
        found = self._find(name, candidates, lambda res: (res.name, res.namespace))
        if found is None or (found.name == name and not found.namespace):
            return value
        return {**value, "name": found.name, **({"namespace": found.namespace} if found.namespace else {})}

    def _find(self, name: Json, candidates: list[Resource], identity: Callable[[Resource], Json]) -> Resource | None:
        found = [res for res in candidates if any(i.name == name for i in res.earlier_ids)]
        found = [res for res in found if self._was(res, self.target)]
        if self.path.endswith("roleRef/name"):
            role = self.referrer.obj.get("roleRef") or {}
            if role.get("apiGroup") and role.get("kind"):
                found = [res for res in found if self._was(res, {"group": role["apiGroup"], "kind": role["kind"]})]
        found = [res for res in found if self._in_reach(res)]
        if len(found) == 1:
            return found[0]
        found = [res for res in found if self._same_affixes(res, True)]
        if len(found) > 1:
            found = [res for res in found if self._same_affixes(res, False)]
        if not found:
            return None
        if len({identity(res) for res in found}) > 1:
            raise Failure(f"found multiple possible referrals: {', '.join(str(res.id) for res in found)}\n"
                          + self._details(found))
        return found[0]

    def _details(self, found: list[Resource]) -> str:
        text = f"\n**** Too many possible referral targets to referrer:\n{shown(self.referrer.noted)}\n"
        return text + "".join(f"--- possible referral {number}:\n{shown(res.noted)}\n"
                              for number, res in enumerate(found))

    @staticmethod
    def _was(res: Resource, target: Object) -> bool:
        return any(applies(target, identity) for identity in res.earlier_ids)

    def _in_reach(self, res: Resource) -> bool:
        mine = self.referrer.id
        return (mine.cluster_scoped or res.id.cluster_scoped or res.kind == "ServiceAccount"
                or mine.effective_namespace == res.id.effective_namespace)

    def _same_affixes(self, res: Resource, allow_empty: bool) -> bool:
        """Whether both went through the same kustomizations, as far as their prefixes and suffixes tell."""
        pairs = ((res.prefixes, self.referrer.prefixes), (res.suffixes, self.referrer.suffixes))
        return all((allow_empty and not (a and b)) or _same_ending(a, b) for a, b in pairs)


def _same_ending(a: list[str], b: list[str]) -> bool:
    length = min(len(a), len(b))
    if not length:
        return len(a) == len(b)
    return a[len(a) - length:] == b[len(b) - length:]
