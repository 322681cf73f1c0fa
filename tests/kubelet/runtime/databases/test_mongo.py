"""mongod with mongosh and the old mongo: documents, errors, files, users, and a replica set."""

from __future__ import annotations

import json
import pathlib

import pytest

from .halls import START, Hall


class Mongos(Hall):
    def start(self, name, *argv, **how):
        super().start(name, "mongo:8.0", "docker-entrypoint.sh", *(argv or ("mongod",)), volume="/data/db", **how)

    def eval(self, name, script, *options):
        return self.run(name, "mongosh", "--quiet", *options, "--eval", script)


@pytest.fixture
def hall():
    return Mongos()


@pytest.fixture
def mongo(hall):
    hall.start("db")
    return hall


def shell(version="8.0.13", old=False):
    """Return what runs a line in a server of its own."""
    from kubesim_cli.kubelet.runtime.databases.mongo.collection import Store
    from kubesim_cli.kubelet.runtime.databases.mongo.server import Server
    from kubesim_cli.kubelet.runtime.databases.mongo.shell import Shell

    facts = {
        "version": version,
        "host": "h:27017",
        "address": "10.0.0.1",
        "pid": 1,
        "started": START,
        "auth": False,
        "set": "",
        "argv": [],
    }
    server = Server(Store(START, 7), facts, {"config": None, "members": {}, "optime": 0})
    state = {"db": "test", "user": None, "old": old}

    def run(line):
        nonlocal state
        answer = Shell(server, state, lambda steps: None).run(line)
        state = json.loads(json.dumps(state))  # what is kept between lines can be stored
        return answer

    return run


def test_lines():
    """A session of mongosh; behind a ! is how an error begins."""
    run = shell()
    text = (pathlib.Path(__file__).parent / "mongo" / "lines.txt").read_text(encoding="utf-8")
    for line, _, wanted in (each.partition("\n") for each in text.split(">>> ")[1:]):
        answer = run(line)
        if wanted[:1] == "!":
            assert answer["err"].startswith(wanted[1:].rstrip("\n")) and answer["out"] == "", line
        else:
            assert (answer["out"], answer["err"]) == (wanted, ""), line


def test_the_old_shell_shows_documents_in_its_own_way():
    run = shell("4.4.29", True)
    assert run("db.a.insert({_id: 1, x: {y: [1]}})")["out"] == 'WriteResult({ "nInserted" : 1 })\n'
    assert run("db.a.insertOne({_id: 2, x: 1.5})")["out"] == '{ "acknowledged" : true, "insertedId" : 2 }\n'
    assert run("db.a.find()")["out"] == '{ "_id" : 1, "x" : { "y" : [ 1 ] } }\n{ "_id" : 2, "x" : 1.5 }\n'
    assert run("db.a.find({_id: 2}).pretty()")["out"] == '{\n\t"_id" : 2,\n\t"x" : 1.5\n}\n'
    assert run("db.a.update({_id: 1}, {$set: {x: 2}})")["out"] == (
        'WriteResult({ "nMatched" : 1, "nUpserted" : 0, "nModified" : 1 })\n'
    )
    assert run("db.a.remove({})")["out"] == 'WriteResult({ "nRemoved" : 2 })\n'
    assert run("db.a.frob()")["err"] == "uncaught exception: TypeError: db.a.frob is not a function"


def test_more_than_a_screen_is_shown_by_it():
    run = shell()
    run("for (let i = 0; i < 25; i++) db.n.insertOne({_id: i})")
    first = run("db.n.find()")["out"]
    assert first.endswith(']\nType "it" for more\n') and first.count("_id") == 20
    assert run("it")["out"].count("_id") == 5 and run("it")["out"] == "no cursor\n"


def test_a_line_that_is_not_whole_goes_on():
    run = shell()
    for text in ("db.n.find({", "function f() {", "[1,", "`a", "if (1) {"):
        assert run(text)["more"], text


def test_a_loop_without_an_end_ends_its_shell(mongo):
    """The steps of a script are bounded; the server goes on."""
    assert mongo.eval("db", "print(1); while (true) {}") == ("1\n", "", 137)
    assert mongo.eval("db", "function f() { return f() } f()")[1].startswith("RangeError: Maximum call stack")
    assert mongo.run("db", "mongosh", "--quiet", "--eval", "sleep(5000); 1")[2] is None
    assert mongo.eval("db", "2")[0] == "2\n"


def test_documents_outlive_the_process(mongo):
    mongo.eval("db", "db.a.insertOne({_id: 1, x: [1, 2]}); db.a.createIndex({x: 1})")
    mongo.store()
    mongo.engine.kill("db", "TERM")
    mongo.wait()
    assert '"msg":"Shutting down","attr":{"exitCode":0}' in mongo.said("db")
    mongo.engine.remove("db")
    mongo.start("db")
    assert mongo.eval("db", "db.a.find()")[0] == "[ { _id: 1, x: [ 1, 2 ] } ]\n"
    assert mongo.eval("db", "db.a.getIndexes().length")[0] == "2\n"


def test_what_is_piped_in_is_run_line_by_line(mongo):
    said, _, code = mongo.run(
        "db", "mongosh", "--quiet", "shop", stdin=b"db.a.insertOne({\n_id: 1})\nlet q = 3\nq\nexit\n"
    )
    assert (said, code) == ("shop> ... { acknowledged: true, insertedId: 1 }\nshop> shop> 3\nshop> ", 0)
    said = mongo.run("db", "mongosh", stdin=b"db.version()\n")[0]
    assert said.startswith("Current Mongosh Log ID:\t") and "Using MongoDB:\t\t8.0.13\n" in said
    assert mongo.run("db", "mongo", "--quiet", "shop", stdin=b"db.a.find()\n")[0] == '{ "_id" : 1 }\nbye\n'


def test_a_prompt(mongo):
    session = mongo.engine.execute("db", ["mongosh", "--quiet"], terminal=True)
    mongo.wait(1)
    for line in ("db.a.insertOne({_id: 1})", "if (true) {", "print(2) }", "exit"):
        session.terminal.type(mongo.engine.kernel, line.encode() + b"\r")
        mongo.wait(1)
    shown = session.terminal.take().decode().replace("\r\n", "\n")
    assert (
        shown.endswith("insertedId: 1 }\ntest> if (true) {\n... print(2) }\n2\n\ntest> exit\n")
        or "... print(2) }\n2\n" in shown
    )
    assert session.code == 0


def test_nobody_answers(mongo):
    assert mongo.eval("db", "1", "--port", "99") == ("", "MongoNetworkError: connect ECONNREFUSED 127.0.0.1:99\n", 1)
    assert mongo.eval("db", "1", "--host", "none")[1] == "MongoNetworkError: getaddrinfo ENOTFOUND none\n"
    assert (
        mongo.run("db", "mongosh", "missing.js")[1] == "Error: ENOENT: no such file or directory, open 'missing.js'\n"
    )
    assert mongo.run("db", "mongo", "--port", "99")[2] == 1


def test_users(hall):
    """The entry point makes the first one, and no-one gets in without."""
    hall.start("db", env={"MONGO_INITDB_ROOT_USERNAME": "root", "MONGO_INITDB_ROOT_PASSWORD": "pw"}.items())
    assert "MongoDB init process complete; ready for start up.\n" in hall.said("db")
    assert hall.eval("db", "show dbs") == (
        "",
        "MongoServerError[Unauthorized]: Command listDatabases requires authentication\n",
        1,
    )
    root = ("-u", "root", "-p", "pw")
    assert hall.eval("db", "show dbs", *root)[0].startswith("admin  ")
    assert hall.eval("db", "1", "-u", "root", "-p", "no") == ("", "MongoServerError: Authentication failed.\n", 1)
    assert (
        hall.eval("db", "db.getSiblingDB('shop').createUser({user: 'clerk', pwd: 'ink', roles: ['read']})", *root)[2]
        == 0
    )
    clerk = ("mongodb://clerk:ink@localhost:27017/shop",)
    assert hall.eval("db", "db.a.find()", *clerk) == ("", "", 0)
    assert hall.eval("db", "db.a.insertOne({})", *clerk)[1].startswith(
        "MongoServerError[Unauthorized]: not authorized on shop"
    )
    assert hall.eval("db", "use shop", *root)[0] == "switched to db shop\n"
    assert (
        hall.run(
            "db",
            "mongosh",
            "--quiet",
            *root,
            stdin=b"use shop\ndb.getUser('clerk').roles\nuse admin\ndb.auth('root', 'pw')\ndb.logout()\n",
        )[0].count("ok: 1")
        == 2
    )


def test_a_replica_set(hall):
    for at in range(3):
        hall.start(f"mongo-{at}", "mongod", "--replSet", "rs0", "--bind_ip_all", address=f"10.0.0.{at + 1}")
    assert hall.eval("mongo-0", "rs.status()")[1] == (
        "MongoServerError[NotYetInitialized]: no replset config has been received\n"
    )
    members = ", ".join(f"{{_id: {at}, host: 'mongo-{at}.mongo:27017'}}" for at in range(3))
    assert hall.eval("mongo-0", f"rs.initiate({{_id: 'rs0', members: [{members}]}})")[0] == "{ ok: 1 }\n"
    hall.wait(15)
    states = "rs.status().members.map(m => m.stateStr)"
    assert hall.eval("mongo-0", states)[0] == "[ 'PRIMARY', 'SECONDARY', 'SECONDARY' ]\n"
    hall.eval("mongo-0", "db.a.insertOne({_id: 1})")
    assert hall.eval("mongo-1", "db.a.find()")[0] == "[ { _id: 1 } ]\n"
    assert hall.eval("mongo-1", "db.a.insertOne({})")[1] == "MongoServerError[NotWritablePrimary]: not primary\n"
    whole = "mongodb://mongo-1.mongo,mongo-0.mongo,mongo-2.mongo/test?replicaSet=rs0"
    assert hall.eval("mongo-2", "db.a.insertOne({_id: 2})", whole)[0] == "{ acknowledged: true, insertedId: 2 }\n"
    hall.store()
    hall.engine.kill("mongo-0", "KILL")
    hall.wait(20)
    hall.engine.remove("mongo-0")
    assert hall.eval("mongo-1", states)[0] == "[ '(not reachable/healthy)', 'PRIMARY', 'SECONDARY' ]\n"
    hall.eval("mongo-1", "db.a.insertOne({_id: 3})")
    hall.start("mongo-0", "mongod", "--replSet", "rs0", "--bind_ip_all", address="10.0.0.9", seconds=20)
    assert hall.eval("mongo-0", states)[0] == "[ 'SECONDARY', 'PRIMARY', 'SECONDARY' ]\n"
    assert hall.eval("mongo-0", "db.a.countDocuments()")[0] == "3\n"


def test_members_are_added_one_by_one(hall):
    for at in range(2):
        hall.start(f"mongo-{at}", "mongod", "--replSet", "rs0", "--bind_ip_all", address=f"10.0.0.{at + 1}")
    assert "me: 'mongo-0:27017'" in hall.eval("mongo-0", "rs.initiate()")[0]
    hall.eval("mongo-0", "db.a.insertOne({_id: 1})")
    assert hall.eval("mongo-0", "rs.add('mongo-1.mongo:27017').ok")[0] == "1\n"
    hall.wait(10)
    assert hall.eval("mongo-1", "[db.hello().primary, db.a.countDocuments()]")[0] == "[ 'mongo-0:27017', 1 ]\n"
    assert hall.run("mongo-1", "mongo", "--quiet", stdin=b"db.a.find()\nrs.secondaryOk()\ndb.a.find()\n")[
        0
    ].splitlines()[:2] == ["uncaught exception: Error: not master and slaveOk=false", '{ "_id" : 1 }']
