"""The objects of an owner, and the orphans of a namespace, once somebody has asked for them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..machinery.types import Key, Object
    from .log import Entry

    Family = tuple[str, str]  # a resource, and the UID of an owner or what `orphans_of` gives


def uids_of(obj: Object) -> list[str]:
    """Return the UIDs that an object's entry has: of its owners, of an event that of what it is about."""
    owners = obj["metadata"].get("ownerReferences")
    if owners:
        if len(owners) == 1:
            return [owners[0]["uid"]] if owners[0].get("controller") else ["", owners[0]["uid"]]
        controllers = [owner["uid"] for owner in owners if owner.get("controller")]
        return [controllers[0] if controllers else "", *(o["uid"] for o in owners if o["uid"] not in controllers[:1])]
    about = obj.get("involvedObject")
    uid = about.get("uid") if about else None
    return ["", uid] if uid else []


def orphans_of(namespace: str) -> str:
    """Return the name of the family of a namespace's objects without a controller."""
    return namespace + "/"


def is_orphan(entry: Entry) -> bool:
    """Tell whether an object has no controller, by its entry in the index."""
    return len(entry) < 5 or not entry[4]


class Families:
    """Families by name. They are kept up with every change, so that asking again costs no search."""

    def __init__(self) -> None:
        self._members: dict[Family, dict[Key, Object]] = {}
        self._unordered: set[Family] = set()

    def get(self, family: Family) -> list[Object] | None:
        """Return the objects of a family in the order of their keys, None where nobody has asked for it yet."""
        members = self._members.get(family)
        if members is None:
            return None
        if family in self._unordered:
            self._unordered.discard(family)
            members = self._members[family] = dict(sorted(members.items()))
        return [*members.values()]

    def keep(self, family: Family, members: Iterable[tuple[Key, Object]]) -> list[Object]:
        """Remember the keys and objects of a family, which come in order; returns the objects."""
        self._members[family] = kept = dict(members)
        return [*kept.values()]

    def change(self, resource: str, key: Key, before: Entry, after: Entry, obj: Object) -> None:
        """Take in a change of one object; `before` and `after`: its entries, empty where it was not or is not."""
        if not self._members:
            return
        home = orphans_of(key.rpartition("/")[0])
        now = {*after[4:], home if after and is_orphan(after) else ""}
        for name in {*before[4:], *now, home}:
            members = self._members.get((resource, name))
            if members is None:
                continue
            if name not in now:
                members.pop(key, None)
            else:
                if key not in members and members and key < next(reversed(members)):
                    self._unordered.add((resource, name))
                members[key] = obj
