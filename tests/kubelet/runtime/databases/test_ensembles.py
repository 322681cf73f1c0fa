"""Servers that are more than one: ZooKeeper's ensemble and Cassandra's ring."""

from __future__ import annotations

import json

import pytest

from kubesim_cli.kubelet.images import image as images
from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec

from .halls import START, Between


class Hall:
    def __init__(self):
        self.engine = Engine(START)
        self.engine.connect(Between(self.engine))

    def start(self, name, image, argv, env, address, seconds=3):
        self.engine.start(
            name,
            Spec(
                image,
                argv,
                {**images.of(image).env, **env},
                name,
                f"seed-{name}",
                address=address,
                mounts=(Mount("/var/lib/zookeeper", f"claim-{name}"),),
            ),
        )
        self.wait(seconds)

    def wait(self, seconds=3):
        return self.engine.advance(self.engine.kernel.now + seconds)

    def run(self, name, *argv):
        session = self.engine.execute(name, list(argv))
        self.wait(2)
        return session.output().decode(), session.output("stderr").decode(), session.code

    def store(self):
        records, blobs = self.engine.freeze()
        self.engine = Engine.thaw(json.loads(json.dumps(records)), blobs)
        self.engine.connect(Between(self.engine))


@pytest.fixture
def ensemble():
    hall = Hall()
    config = "clientPort=2181\\ndataDir=/var/lib/zookeeper/data\\n" + "".join(
        f"server.{at + 1}=zk-{at}.zk-hs.default.svc.cluster.local:2888:3888\\n" for at in range(3))
    for at in range(3):
        script = (f"mkdir -p /var/lib/zookeeper/data; printf '{config}' > /opt/zookeeper/conf/zoo.cfg; "
                  f"echo {at + 1} > /var/lib/zookeeper/data/myid; exec zkServer.sh start-foreground")
        hall.start(
            f"zk-{at}",
            "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10",
            ["bash", "-c", script],
            {},
            f"10.0.0.{at + 1}",
        )
    hall.wait(10)
    return hall


def test_what_is_written_to_one_is_read_from_another(ensemble):
    assert ensemble.run("zk-0", "zkCli.sh", "create", "/hello", "world")[0] == (
        "Connecting to localhost:2181\n\nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null\n"
        "Created /hello\n"
    )
    ensemble.store()
    said = ensemble.run("zk-1", "zkCli.sh", "get", "/hello")[0].partition("path:null\n")[2]
    assert said.startswith("world\ncZxid = 0x100000002\nctime = Fri Jan 15 08:00:") and said.endswith(
        "dataLength = 5\nnumChildren = 0\n"
    )
    assert ensemble.run("zk-2", "zkCli.sh", "create", "/hello", "x")[0].endswith("Node already exists: /hello\n")
    assert ensemble.run("zk-2", "zkCli.sh", "ls", "/")[0].endswith("[hello, zookeeper]\n")


def test_it_is_there_after_a_restart(ensemble):
    ensemble.run("zk-2", "zkCli.sh", "create", "/kept", "1")
    for at in range(3):
        ensemble.engine.kill(f"zk-{at}", "KILL")
        ensemble.wait()
        ensemble.engine.remove(f"zk-{at}")
    hall = ensemble
    hall.start(
        "zk-0",
        "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10",
        ["bash", "-c", "printf 'dataDir=/var/lib/zookeeper/data\\n' > /opt/zookeeper/conf/zoo.cfg; exec zkServer.sh"],
        {},
        "10.0.0.1",
    )
    assert "\n1\ncZxid" in hall.run("zk-0", "zkCli.sh", "get", "/kept")[0]


def test_the_four_letter_words(ensemble):
    assert ensemble.run("zk-0", "sh", "-c", "echo ruok | nc 127.0.0.1 2181")[0] == "imok"
    ask = {word: ensemble.run("zk-0", "sh", "-c", f"echo {word} | nc 127.0.0.1 2181")[0]
           for word in ("mntr", "conf", "isro")}
    assert "zk_server_state\tfollower\n" in ask["mntr"] and "clientPort=2181\n" in ask["conf"] and ask["isro"] == "rw"
    assert ensemble.run("zk-0", "zkServer.sh", "frob")[2] == 1
    assert {ensemble.run(f"zk-{at}", "zkServer.sh", "status")[0] for at in range(3)} == {
        f"ZooKeeper JMX enabled by default\nUsing config: /usr/bin/../etc/zookeeper/zoo.cfg\nMode: {mode}\n"
        for mode in ("follower", "leader")}
    modes = [ensemble.run(f"zk-{at}", "sh", "-c", "echo stat | nc 127.0.0.1 2181 | grep Mode")[0] for at in range(3)]
    assert modes == ["Mode: follower\n", "Mode: follower\n", "Mode: leader\n"]


def test_without_a_quorum_nothing_is_served(ensemble):
    for at in (1, 2):
        ensemble.engine.kill(f"zk-{at}", "KILL")
        ensemble.wait()
        ensemble.engine.remove(f"zk-{at}")
    ensemble.wait(10)
    assert ensemble.run("zk-0", "sh", "-c", "echo stat | nc 127.0.0.1 2181")[0] == (
        "This ZooKeeper instance is not currently serving requests\n")
    assert ensemble.run("zk-0", "zkCli.sh", "get", "/hello")[2] == 1


def test_a_ring_of_cassandra():
    hall = Hall()
    env = {"CASSANDRA_SEEDS": "cassandra-0.cassandra", "CASSANDRA_DC": "DC1-K8Demo", "CASSANDRA_RACK": "Rack1-K8Demo"}
    for at in range(3):
        hall.start(
            f"cassandra-{at}", "gcr.io/google-samples/cassandra:v13", ["cassandra", "-f"], env, f"10.0.0.{at + 1}", 10
        )
    hall.wait(12)
    said = hall.run("cassandra-0", "nodetool", "status")[0]
    up = [line.split()[1] for line in said.splitlines() if line.startswith("UN")]
    assert up == ["10.0.0.1"]  # the others wait for the ring
    hall.wait(30)
    hall.store()
    said = hall.run("cassandra-1", "nodetool", "status")[0]
    assert said.startswith("Datacenter: DC1-K8Demo\n======================\n")
    assert [line.split()[4] for line in said.splitlines()[5:8]] == ["32"] * 3
    assert [line.split()[:2] for line in said.splitlines()[5:8]] == [["UN", f"10.0.0.{at}"] for at in (1, 2, 3)]
    hall.engine.kill("cassandra-2", "KILL")
    hall.wait(20)
    assert "DN  10.0.0.3" in hall.run("cassandra-0", "nodetool", "status")[0]
    assert hall.run("cassandra-0", "nodetool", "-h", "10.0.0.3", "status")[2] == 1
