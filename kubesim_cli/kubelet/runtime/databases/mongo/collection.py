"""Collections of documents and databases of collections: what is written into them, and what is found."""

from __future__ import annotations

from typing import Any

from . import pipeline
from .expressions import evaluate
from .match import is_operators, matches
from .paths import MISSING, found, get, put
from .update import replaced, sort, updated
from .values import MongoError, ObjectId, copied, decode, encode, number, order, same, told

Document = dict[str, Any]


class Collection:
    """Documents in the order in which they came. `indexes`: those beside the one of _id, as getIndexes shows them."""

    def __init__(self, database: Database, name: str):
        self.database, self.name = database, name
        self.documents: list[Document] = []
        self.indexes: list[Document] = []
        self.ids: dict[str, int] = {}  # where a document is that has an _id

    @property
    def space(self) -> str:
        """Return its name with that of its database."""
        return f"{self.database.name}.{self.name}"

    def index(self) -> None:
        """Work out anew where documents are."""
        self.ids = {repr(order(each["_id"])): at for at, each in enumerate(self.documents)}

    # Reading

    def _hits(self, wanted: Document) -> list[Document]:
        ident = wanted.get("_id", MISSING) if isinstance(wanted, dict) else MISSING
        if ident is not MISSING and ident is not None and not is_operators(ident):
            at = self.ids.get(repr(order(ident)))
            some = [] if at is None else [self.documents[at]]
            return [each for each in some if matches(each, wanted, evaluate)]
        return [each for each in self.documents if matches(each, wanted, evaluate)]

    def find(
        self, wanted: Document, fields: Any = None, by: Any = None, skip: int = 0, limit: int = 0
    ) -> list[Document]:
        """Return copies of the documents that a filter finds."""
        hits = self._hits(wanted)
        if by:
            sort(hits, by)
        hits = hits[skip : skip + abs(limit) if limit else None]
        return [copied(pipeline.projected(each, fields)) for each in hits]

    def aggregate(self, stages: Any) -> list[Document]:
        """Return what a pipeline makes of the documents; $out and $merge write it to a collection."""
        stages = stages if isinstance(stages, list) else [stages]
        last = stages[-1] if stages and isinstance(stages[-1], dict) else {}
        into = last.get("$out") or last.get("$merge")
        made: list[Document] = copied(pipeline.run(self.documents, stages[:-1] if into else stages, self.database.read))
        if not into:
            return made
        where = str(into.get("into", into.get("coll")) if isinstance(into, dict) else into)
        target = self.database.collection(where)
        if "$out" in last:
            target.documents, target.ids = [], {}
        for each in made:
            if "$out" in last or "_id" not in each:
                target.insert(each)
            else:
                target.update({"_id": each["_id"]}, {"$set": each}, True)
        target.touched()
        return []

    def distinct(self, path: str, wanted: Document) -> list[Any]:
        """Return the different values of a field, sorted."""
        out: list[Any] = []
        for each in self._hits(wanted):
            for value in found(each, path):
                for item in value if isinstance(value, list) else [value]:
                    if item is not MISSING and not any(same(item, other) for other in out):
                        out.append(item)
        return sorted(out, key=order)

    # Writing

    def touched(self) -> None:
        """Note that its file has to be written; a collection that was not there is now."""
        self.database.collections[self.name] = self
        self.database.store.changed.add((self.database.name, self.name))

    def insert(self, document: Document, place: int | None = None) -> Any:
        """Insert a document; return its _id. `place`: in a batch, for the error."""
        if self.name.startswith("system.") or not self.name:
            raise MongoError(73, "InvalidNamespace", f"Invalid system namespace: {self.space}")
        made: Document = copied(document)
        if "_id" not in made:
            made = {"_id": self.database.store.object_id(), **made}
        elif isinstance(made["_id"], list):
            raise MongoError(53, "InvalidIdField", "The '_id' value cannot be of type array", place)
        self._unique(made, None, place)
        self.ids[repr(order(made["_id"]))] = len(self.documents)
        self.documents.append(made)
        self.touched()
        return made["_id"]

    def _unique(self, made: Document, old: Document | None, place: int | None = None) -> None:
        if old is None and repr(order(made["_id"])) in self.ids:
            raise self._duplicate("_id_", {"_id": made["_id"]}, place)
        for index in self.indexes:
            if not index.get("unique"):
                continue
            key = {name: None if (value := get(made, name)) is MISSING else value for name in index["key"]}
            if index.get("sparse") and all(value is None for value in key.values()):
                continue
            for other in self.documents:
                if other is not old and all(
                    same(None if (value := get(other, name)) is MISSING else value, key[name]) for name in key
                ):
                    raise self._duplicate(index["name"], key, place)

    def _duplicate(self, index: str, key: Document, place: int | None) -> MongoError:
        return MongoError(
            11000,
            "DuplicateKey",
            f"E11000 duplicate key error collection: {self.space} index: {index} dup key: {told(key)}",
            place,
        )

    def update(
        self,
        wanted: Document,
        change: Any,
        upsert: bool = False,
        many: bool = False,
        whole: bool = False,
        by: Any = None,
    ) -> Document:
        """Update the documents that a filter finds; return {n, modified, upserted (an _id or MISSING), before, after}.

        `whole`: `change` stands in the document's place; `by`: a sort that says which is the first.
        """
        hits = self._hits(wanted)
        if by:
            sort(hits, by)
        result: Document = {"n": 0, "modified": 0, "upserted": MISSING, "before": None, "after": None}
        for each in hits if many else hits[:1]:
            after = self._changed(each, change, wanted, whole)
            result["n"] += 1
            result.update(before=copied(each), after=after)
            if after != each or list(after) != list(each):
                self._unique(after, each)
                self.documents[self.ids[repr(order(each["_id"]))]] = after
                result["modified"] += 1
                self.touched()
        if not hits and upsert:
            start: Document = {}
            _from_filter(start, wanted)
            after = self._changed(start, change, wanted, whole, True)
            if "_id" not in after and "_id" in start:
                after = {"_id": start["_id"], **after}
            result.update(upserted=self.insert(after), n=1)
            result["after"] = self.documents[-1]
        return result

    def _changed(self, each: Document, change: Any, wanted: Document, whole: bool, inserted: bool = False) -> Document:
        if isinstance(change, list):
            return pipeline.run([each], change, self.database.read)[0]
        if whole:
            return replaced(each, change)
        return updated(each, change, wanted, self.database.store.now, inserted)

    def delete(self, wanted: Document, many: bool, by: Any = None) -> list[Document]:
        """Remove the documents that a filter finds, or the first of them; return them."""
        hits = self._hits(wanted)
        if by:
            sort(hits, by)
        gone = hits if many else hits[:1]
        if gone:
            ids = {id(each) for each in gone}
            self.documents = [each for each in self.documents if id(each) not in ids]
            self.index()
            self.touched()
        return gone

    # Indexes

    def create_index(self, key: Document, options: Document) -> str:
        """Make an index; return its name."""
        name = options.get("name") or "_".join(f"{path}_{told(value).strip(chr(34))}" for path, value in key.items())
        known = next((each for each in self.indexes if each["name"] == name), None)
        if known is None and list(key) != ["_id"]:
            made = {
                "v": 2,
                "key": key,
                "name": name,
                **{each: value for each, value in options.items() if each != "name"},
            }
            if options.get("unique"):
                seen: list[Document] = []
                for each in self.documents:
                    values = {path: None if (value := get(each, path)) is MISSING else value for path in key}
                    if any(same(values, other) for other in seen):
                        raise self._duplicate(name, values, None)
                    seen.append(values)
            self.indexes.append(made)
        self.touched()
        return name if list(key) != ["_id"] else "_id_"

    def drop_index(self, which: Any) -> None:
        """Remove an index by its name or its key."""
        kept = [each for each in self.indexes if each["name"] != which and each["key"] != which]
        if which == "*":
            kept = []
        elif len(kept) == len(self.indexes):
            raise MongoError(
                27,
                "IndexNotFound",
                f"index not found with name [{which}]"
                if isinstance(which, str)
                else f"can't find index with key: {told(which)}",
            )
        self.indexes = kept
        self.touched()

    def size(self) -> int:
        """Return about how many bytes its documents are."""
        return sum(len(told(each)) + 12 for each in self.documents)


def _from_filter(start: Document, wanted: Document) -> None:
    """Put in what an upsert takes from its filter: what is to be equal."""
    for name, condition in wanted.items():
        if name == "$and":
            for each in condition:
                _from_filter(start, each)
        elif not name.startswith("$"):
            if not is_operators(condition):
                put(start, name, copied(condition))
            elif "$eq" in condition:
                put(start, name, copied(condition["$eq"]))


class Database:
    """Collections by their names."""

    def __init__(self, store: Store, name: str):
        self.store, self.name = store, name
        self.collections: dict[str, Collection] = {}

    def collection(self, name: str) -> Collection:
        """Return a collection; one that is not there is not made by that, but when something is written to it."""
        return self.collections.get(name) or Collection(self, name)

    def read(self, name: str) -> list[Document]:
        """Return the documents of a collection."""
        return self.collection(name).documents

    def drop(self, name: str) -> bool:
        """Remove a collection; return whether it was there."""
        gone = self.collections.pop(name, None)
        self.store.changed.add((self.name, name))
        return gone is not None


class Store:
    """A server's databases. `changed`: the (database, collection) whose files are to be written.

    `now`: seconds since 1970; `chance`: draws the ids of documents; `made`: how many there were.
    """

    def __init__(self, now: float, bits: int):
        self.databases: dict[str, Database] = {}
        self.changed: set[tuple[str, str]] = set()
        self.now, self.bits, self.made = now, bits, 0

    def database(self, name: str) -> Database:
        """Return a database, made where it is not there; one without collections is not shown."""
        if name not in self.databases:
            self.databases[name] = Database(self, name)
        return self.databases[name]

    def kept(self, database: str, name: str) -> Document | None:
        """Return a collection as JSON holds it, None where there is none."""
        collection = self.database(database).collections.get(name)
        if collection is None:
            return None
        return {"documents": encode(collection.documents), "indexes": encode(collection.indexes)}

    def fill(self, database: str, name: str, kept: Document | None) -> None:
        """Let a collection be what `kept` gave."""
        if kept is None:
            self.database(database).drop(name)
            return
        collection = self.database(database).collection(name)
        collection.documents, collection.indexes = decode(kept["documents"]), decode(kept["indexes"])
        collection.index()
        collection.touched()

    def object_id(self) -> ObjectId:
        """Return the id of a new document: seconds, five bytes of the machine and process, a counter."""
        self.made += 1
        counter = (self.bits >> 40) + self.made & 0xFFFFFF
        return ObjectId(f"{int(self.now):08x}{self.bits & (1 << 40) - 1:010x}{counter:06x}")

    def shown(self) -> list[Database]:
        """Return the databases that there are, by name."""
        return [each for _, each in sorted(self.databases.items()) if each.collections]


def count(value: Any) -> int:
    """Return a number of documents, as limit() and skip() take it."""
    return int(number(value))
