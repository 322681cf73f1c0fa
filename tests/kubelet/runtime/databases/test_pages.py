"""Databases in a cluster, through kubectl, as tutorials use them."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("sqlglot")

CLAIM = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {
    "storage": "100Mi"}}}}


def stateful(name, spec):
    """Return a StatefulSet of one database, and its service."""
    labels = {"app": name}
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
         "spec": {"clusterIP": "None", "selector": labels, "ports": [{"port": 3306}]}},
        {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name},
         "spec": {"replicas": 1, "serviceName": name, "selector": {"matchLabels": labels},
                  "template": {"metadata": {"labels": labels}, "spec": spec}, "volumeClaimTemplates": [CLAIM]}}]})


@pytest.fixture
def cluster(terminal):
    terminal.ok("kubectl sim reset --seed test")
    terminal.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")
    return terminal


def test_a_table_outlives_its_pod(cluster):
    cluster.ok("kubectl apply -f -", stateful("sts-mariadb", {"containers": [{
        "name": "db", "image": "mariadb:11", "env": [{"name": "MARIADB_ROOT_PASSWORD", "value": "pw"}],
        "volumeMounts": [{"name": "data", "mountPath": "/var/lib/mysql"}]}]}))
    cluster.advance("30s")
    ask = "kubectl exec sts-mariadb-0 -- mariadb -uroot -ppw -Ne"
    cluster.ok(f"{ask} 'CREATE DATABASE d; CREATE TABLE d.t (a INT); INSERT INTO d.t VALUES (7)'")
    cluster.ok("kubectl delete pod sts-mariadb-0")
    cluster.advance("30s")
    assert cluster.ok(f"{ask} 'SELECT a FROM d.t'") == "7\n"
    cluster.ok("kubectl scale sts sts-mariadb --replicas 0")
    cluster.advance("60s")
    cluster.ok("kubectl scale sts sts-mariadb --replicas 1")
    cluster.advance("30s")
    assert cluster.ok(f"{ask} 'SELECT a FROM d.t'") == "7\n"


def test_a_server_has_what_its_init_container_has_written(cluster):
    """The configuration lies in a volume of the pod, the data in a claim."""
    cluster.ok("kubectl apply -f -", stateful("mysql", {
        "initContainers": [
            {"name": "init", "image": "mysql:5.7", "volumeMounts": [{"name": "conf", "mountPath": "/c"}],
             "command": ["bash", "-c", "printf '[mysqld]\\nserver-id=142\\n' > /c/id.cnf"]},
            {"name": "clone", "image": "mysql:5.7", "command": ["sh", "-c", "ls /var/lib/mysql"], "volumeMounts": [
                {"name": "data", "mountPath": "/var/lib/mysql"}, {"name": "conf", "mountPath": "/etc/mysql/conf.d"}]}],
        "containers": [{
            "name": "db", "image": "mysql:5.7", "env": [{"name": "MYSQL_ALLOW_EMPTY_PASSWORD", "value": "1"}],
            "volumeMounts": [{"name": "data", "mountPath": "/var/lib/mysql"},
                             {"name": "conf", "mountPath": "/etc/mysql/conf.d"}],
            "readinessProbe": {"exec": {"command": ["mysql", "-h", "127.0.0.1", "-e", "SELECT 1"]}}}],
        "volumes": [{"name": "conf", "emptyDir": {}}]}))
    cluster.advance("60s")
    assert "1/1     Running" in cluster.ok("kubectl get pods")
    run = "kubectl run client --image=mysql:5.7 -i --rm --restart=Never --"
    assert cluster.ok(f"{run} mysql -h mysql -Ne 'SELECT @@server_id'").startswith("142\n")


def test_documents_outlive_their_pod(cluster):
    cluster.ok("kubectl apply -f -", stateful("mongo", {"containers": [{
        "name": "db", "image": "mongo:7", "volumeMounts": [{"name": "data", "mountPath": "/data/db"}],
        "env": [{"name": "MONGO_INITDB_ROOT_USERNAME", "value": "root"},
                {"name": "MONGO_INITDB_ROOT_PASSWORD", "value": "pw"}],
        "readinessProbe": {"exec": {"command": ["mongosh", "--quiet", "--eval", "db.adminCommand('ping')"]}}}]}))
    cluster.advance("60s")
    assert "1/1     Running" in cluster.ok("kubectl get pods")
    ask = "kubectl exec mongo-0 -- mongosh --quiet -u root -p pw shop --authenticationDatabase admin --eval"
    assert cluster.ok(f"{ask} 'db.a.insertOne({{_id: 7}})'") == "{ acknowledged: true, insertedId: 7 }\n"
    cluster.ok("kubectl delete pod mongo-0")
    cluster.advance("60s")
    assert cluster.ok(f"{ask} 'db.a.find()'") == "[ { _id: 7 } ]\n"
    assert "MongoDB init process complete" not in cluster.ok("kubectl logs mongo-0")
    client = "kubectl run client --image=mongo:7 -i --rm --restart=Never --quiet --"
    said = cluster.ok(f"{client} mongosh --quiet 'mongodb://root:pw@mongo:27017/shop?authSource=admin'",
                      "db.a.countDocuments()\nexit\n")
    assert "1\n" in said
