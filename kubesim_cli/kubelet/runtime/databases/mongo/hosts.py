"""What scripts of the shell have in hand: databases, collections and cursors, `db`, `db.users`, `db.users.find()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .collection import Collection, Database
from .cursor import Cursor, Document, clean, document_of
from .jsvalues import UNDEFINED, Host, Native, Thrown, fault, text, truthy
from .paths import MISSING
from .values import MongoError

if TYPE_CHECKING:
    from .shell import Shell

class CollectionHost(Host):
    """`db.NAME`. One that is not there is empty, and is made by writing to it."""

    def __init__(self, shell: Shell, database: Database, name: str):
        self.shell, self.database, self.name = shell, database, name

    def data(self) -> Collection:
        """Return the collection itself."""
        return self.database.collection(self.name)

    def member(self, name: str) -> Any:
        """Return a method, or the collection whose name goes on with this."""
        does = getattr(self, f"do_{name}", None)
        if does is not None:
            return Native(name, does)
        return CollectionHost(self.shell, self.database, f"{self.name}.{name}")

    def called(self, *arguments: Any) -> Any:
        """Complain of a method that there is not."""
        raise fault(f"db.{self.name} is not a function")

    def _allow(self, command: str) -> Collection:
        self.shell.allow(command, self.database.name, self.name)
        if command in ("count", "distinct", "find", "aggregate", "listIndexes", "collStats"):
            self.shell.read()
        return self.data()

    # Reading

    def do_find(self, wanted: Any = UNDEFINED, fields: Any = None, *more: Any) -> Cursor:
        """find."""
        cursor = Cursor(self.shell, self, document_of(wanted), clean(fields))
        if more and isinstance(more[0], dict):
            for name, key in (("sort", "by"), ("limit", "limit"), ("skip", "skip"), ("projection", "fields")):
                if name in more[0]:
                    cursor._set(key, more[0][name])
        return cursor

    def do_findOne(self, wanted: Any = UNDEFINED, fields: Any = None, *more: Any) -> Any:
        """findOne."""
        found = self._allow("find").find(document_of(wanted), clean(fields), None, 0, 1)
        return found[0] if found else None

    def do_aggregate(self, *stages: Any) -> Cursor:
        """aggregate, of an array of stages or of stages."""
        given = (
            stages[0] if stages and isinstance(stages[0], list) else [each for each in stages if isinstance(each, dict)]
        )
        cursor = Cursor(self.shell, self, {}, None, clean(given))
        if given and isinstance(given[-1], dict) and ("$out" in given[-1] or "$merge" in given[-1]):
            self.shell.allow("insert", self.database.name, self.name)
            cursor.documents()
        return cursor

    def do_countDocuments(self, wanted: Any = UNDEFINED, *more: Any) -> int:
        """countDocuments."""
        return len(self._allow("aggregate").find(document_of(wanted)))

    def do_count(self, wanted: Any = UNDEFINED, *more: Any) -> int:
        """count, and estimatedDocumentCount."""
        return len(self._allow("count").find(document_of(wanted)))

    do_estimatedDocumentCount = do_count

    def do_distinct(self, path: Any, wanted: Any = UNDEFINED, *more: Any) -> list[Any]:
        """distinct."""
        return self._allow("distinct").distinct(text(path), document_of(wanted))

    def explained(self, wanted: Any) -> Document:
        """Return what explain says: which way a filter is looked for."""
        fields = list(wanted)
        index = next((each for each in self.data().indexes if next(iter(each["key"])) in fields), None)
        plan: Document = (
            {"stage": "COLLSCAN", "direction": "forward"}
            if index is None
            else {
                "stage": "FETCH",
                "inputStage": {"stage": "IXSCAN", "keyPattern": index["key"], "indexName": index["name"]},
            }
        )
        return {
            "explainVersion": "1",
            "queryPlanner": {
                "namespace": self.data().space,
                "parsedQuery": wanted,
                "winningPlan": plan,
                "rejectedPlans": [],
            },
            "ok": 1,
        }

    # Writing

    def do_insertOne(self, document: Any = UNDEFINED, *more: Any) -> Document:
        """insertOne."""
        made = document_of(document, "Collection.insertOne")
        return {"acknowledged": True, "insertedId": self._allow("insert").insert(made)}

    def _insert_all(self, documents: Any, more: tuple[Any, ...]) -> list[Any]:
        if not isinstance(documents, list):
            raise fault('Argument "docs" must be an array of documents', "MongoInvalidArgumentError")
        ordered = not (more and isinstance(more[0], dict) and more[0].get("ordered") is False)
        self._allow("insert")
        ids, errors = [], []
        for at, each in enumerate(documents):
            try:
                ids.append(self.data().insert(document_of(each, "Collection.insertMany"), at))
            except MongoError as error:
                errors.append(error)
                if ordered:
                    break
        if errors:
            raise Thrown(self.shell.bulk(errors[0], len(ids)))
        return ids

    def do_insertMany(self, documents: Any = UNDEFINED, *more: Any) -> Document:
        """insertMany."""
        ids = self._insert_all(documents, more)
        return {
            "acknowledged": True,
            "insertedIds": ids if self.shell.old else {str(at): each for at, each in enumerate(ids)},
        }

    def do_insert(self, documents: Any = UNDEFINED, *more: Any) -> Any:
        """insert, which both shells still have."""
        many = documents if isinstance(documents, list) else [documents]
        ids = self._insert_all(many, more)
        if self.shell.old:
            if isinstance(documents, list):
                return self.shell.result(
                    "BulkWriteResult",
                    {
                        "writeErrors": [],
                        "writeConcernErrors": [],
                        "nInserted": len(ids),
                        "nUpserted": 0,
                        "nMatched": 0,
                        "nModified": 0,
                        "nRemoved": 0,
                        "upserted": [],
                    },
                )
            return self.shell.result("WriteResult", {"nInserted": len(ids)})
        return {"acknowledged": True, "insertedIds": {str(at): each for at, each in enumerate(ids)}}

    def _update(self, wanted: Any, change: Any, options: Any, many: bool, whole: bool) -> Document:
        given = options if isinstance(options, dict) else {}
        if (
            not whole
            and not isinstance(change, list)
            and (not isinstance(change, dict) or not change or not next(iter(change)).startswith("$"))
        ):
            raise fault("Update document requires atomic operators", "MongoInvalidArgumentError")
        if whole and isinstance(change, dict) and change and next(iter(change)).startswith("$"):
            raise fault("Replacement document must not contain atomic operators", "MongoInvalidArgumentError")
        upserts = truthy(given.get("upsert"))
        return self._allow("update").update(document_of(wanted), clean(change), upserts, many, whole)

    def _told(self, result: Document) -> Document:
        upserted = result["upserted"] is not MISSING
        out: Document = {"acknowledged": True}
        if not self.shell.old:
            out["insertedId"] = result["upserted"] if upserted else None
        out.update(matchedCount=0 if upserted else result["n"], modifiedCount=result["modified"])
        if not self.shell.old:
            out["upsertedCount"] = int(upserted)
        elif upserted:
            out["upsertedId"] = result["upserted"]
        return out

    def do_updateOne(self, wanted: Any = UNDEFINED, change: Any = UNDEFINED, options: Any = None) -> Document:
        """updateOne."""
        return self._told(self._update(wanted, change, options, False, False))

    def do_updateMany(self, wanted: Any = UNDEFINED, change: Any = UNDEFINED, options: Any = None) -> Document:
        """updateMany."""
        return self._told(self._update(wanted, change, options, True, False))

    def do_replaceOne(self, wanted: Any = UNDEFINED, change: Any = UNDEFINED, options: Any = None) -> Document:
        """replaceOne."""
        return self._told(self._update(wanted, change, options, False, True))

    def do_update(self, wanted: Any = UNDEFINED, change: Any = UNDEFINED, options: Any = None) -> Any:
        """update, as it was before updateOne."""
        given = options if isinstance(options, dict) else {}
        whole = isinstance(change, dict) and not next(iter(change), "").startswith("$")
        result = self._update(wanted, change, given, truthy(given.get("multi")), whole)
        if not self.shell.old:
            return self._told(result)
        upserted = result["upserted"] is not MISSING
        return self.shell.result(
            "WriteResult",
            {
                "nMatched": 0 if upserted else result["n"],
                "nUpserted": int(upserted),
                "nModified": result["modified"],
                **({"_id": result["upserted"]} if upserted else {}),
            },
        )

    def do_save(self, document: Any) -> Any:
        """save: insert, or replace by _id."""
        made = document_of(document)
        return self.do_update({"_id": made["_id"]}, made, {"upsert": True}) if "_id" in made else self.do_insert(made)

    def do_deleteOne(self, wanted: Any = UNDEFINED, *more: Any) -> Document:
        """deleteOne."""
        gone = self._allow("delete").delete(document_of(wanted, "Collection.deleteOne"), False)
        return {"acknowledged": True, "deletedCount": len(gone)}

    def do_deleteMany(self, wanted: Any = UNDEFINED, *more: Any) -> Document:
        """deleteMany."""
        gone = self._allow("delete").delete(document_of(wanted, "Collection.deleteMany"), True)
        return {"acknowledged": True, "deletedCount": len(gone)}

    def do_remove(self, wanted: Any = UNDEFINED, one: Any = False) -> Any:
        """remove, as it was before deleteMany."""
        only = one.get("justOne") if isinstance(one, dict) else one
        gone = self._allow("delete").delete(document_of(wanted, "Collection.remove"), not truthy(only))
        return (
            self.shell.result("WriteResult", {"nRemoved": len(gone)})
            if self.shell.old
            else {"acknowledged": True, "deletedCount": len(gone)}
        )

    def _modify(self, wanted: Any, change: Any, options: Any, whole: bool) -> Any:
        given = options if isinstance(options, dict) else {}
        result = self._allow("findAndModify").update(
            document_of(wanted), clean(change), truthy(given.get("upsert")), False, whole, given.get("sort")
        )
        after = (
            given.get("returnDocument") == "after" or truthy(given.get("returnNewDocument")) or truthy(given.get("new"))
        )
        return result["after" if after else "before"]

    def do_findOneAndUpdate(self, wanted: Any, change: Any, options: Any = None) -> Any:
        """findOneAndUpdate."""
        return self._modify(wanted, change, options, False)

    def do_findOneAndReplace(self, wanted: Any, change: Any, options: Any = None) -> Any:
        """findOneAndReplace."""
        return self._modify(wanted, change, options, True)

    def do_findOneAndDelete(self, wanted: Any, options: Any = None) -> Any:
        """findOneAndDelete."""
        by = options.get("sort") if isinstance(options, dict) else None
        gone = self._allow("findAndModify").delete(document_of(wanted), False, by)
        return gone[0] if gone else None

    def do_findAndModify(self, given: Any) -> Any:
        """findAndModify, of one document that says all."""
        if truthy(given.get("remove")):
            return self.do_findOneAndDelete(given.get("query", {}), given)
        return self._modify(
            given.get("query", {}), given["update"], given, not next(iter(given["update"])).startswith("$")
        )

    def do_bulkWrite(self, writes: Any, *more: Any) -> Document:
        """bulkWrite."""
        out: Document = {
            "acknowledged": True,
            "insertedCount": 0,
            "insertedIds": {},
            "matchedCount": 0,
            "modifiedCount": 0,
            "deletedCount": 0,
            "upsertedCount": 0,
            "upsertedIds": {},
        }
        for at, each in enumerate(writes):
            ((name, how),) = each.items()
            if name == "insertOne":
                out["insertedIds"][str(at)] = self.do_insertOne(how["document"])["insertedId"]
                out["insertedCount"] += 1
            elif name in ("deleteOne", "deleteMany"):
                out["deletedCount"] += self.member(name).does(how["filter"])["deletedCount"]
            else:
                change = how.get("update", how.get("replacement"))
                result = self._update(how["filter"], change, how, name == "updateMany", name == "replaceOne")
                upserted = result["upserted"] is not MISSING
                out["matchedCount"] += 0 if upserted else result["n"]
                out["modifiedCount"] += result["modified"]
                out["upsertedCount"] += upserted
        return out

    # The collection itself

    def do_createIndex(self, key: Any, options: Any = None, *more: Any) -> Any:
        """createIndex."""
        given = clean(options) if isinstance(options, dict) else {}
        collection = self._allow("createIndexes")
        before, made = len(collection.indexes), not collection.documents and self.name not in self.database.collections
        name = collection.create_index(document_of(key), given)
        return (
            {
                "createdCollectionAutomatically": made,
                "numIndexesBefore": before + 1,
                "numIndexesAfter": len(collection.indexes) + 1,
                "ok": 1,
            }
            if self.shell.old
            else name
        )

    do_ensureIndex = do_createIndex

    def do_createIndexes(self, keys: Any, options: Any = None) -> Any:
        """createIndexes."""
        return [self.do_createIndex(each, options) for each in keys]

    def do_getIndexes(self) -> list[Document]:
        """getIndexes."""
        collection = self._allow("listIndexes")
        return (
            [{"v": 2, "key": {"_id": 1}, "name": "_id_"}, *collection.indexes]
            if collection.documents or (self.name in self.database.collections)
            else []
        )

    def do_dropIndex(self, which: Any) -> Document:
        """dropIndex."""
        collection = self._allow("dropIndexes")
        before = len(collection.indexes) + 1
        collection.drop_index(which)
        return {"nIndexesWas": before, "ok": 1}

    def do_dropIndexes(self, *which: Any) -> Document:
        """dropIndexes."""
        return self.do_dropIndex(which[0] if which else "*")

    def do_drop(self, *more: Any) -> bool:
        """drop."""
        self._allow("drop")
        found = self.database.drop(self.name)
        return found or not self.shell.old

    def do_renameCollection(self, name: Any, *more: Any) -> Document:
        """renameCollection."""
        collection = self._allow("renameCollection")
        if self.name not in self.database.collections:
            raise MongoError(26, "NamespaceNotFound", f"Source collection {collection.space} does not exist")
        if name in self.database.collections:
            raise MongoError(48, "NamespaceExists", "target namespace exists")
        self.database.drop(self.name)
        collection.name = text(name)
        collection.touched()
        return {"ok": 1}

    def do_stats(self, *more: Any) -> Document:
        """stats."""
        collection = self._allow("collStats")
        size, documents = collection.size(), len(collection.documents)
        return {
            "ns": collection.space,
            "size": size,
            "count": documents,
            **({"avgObjSize": size // documents} if documents else {}),
            "storageSize": 20480,
            "capped": False,
            "nindexes": len(collection.indexes) + 1,
            "totalIndexSize": 20480 * (len(collection.indexes) + 1),
            "ok": 1,
        }

    def do_getName(self) -> str:
        """getName."""
        return self.name

    def do_getFullName(self) -> str:
        """getFullName."""
        return self.data().space

    def do_exists(self) -> Any:
        """exists."""
        return {"name": self.name, "type": "collection"} if self.name in self.database.collections else None
