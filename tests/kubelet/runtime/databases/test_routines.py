"""Stored routines of MySQL through its clients: DELIMITER, what a procedure shows, dumps, what outlives a server."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlglot")

from kubesim_cli.kubelet.runtime.databases.sql import routinerun

from .halls import Hall

ROOT = ("-uroot", "-ppw")
SCRIPT = b"""CREATE DATABASE shop; USE shop;
CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE log (what VARCHAR(40));
DELIMITER //
CREATE TRIGGER added AFTER INSERT ON item FOR EACH ROW
BEGIN
  INSERT INTO log VALUES (CONCAT('added ', NEW.name));
END//
CREATE PROCEDURE both_of(IN n VARCHAR(20))
BEGIN
  INSERT INTO item (name) VALUES (n);
  SELECT name FROM item;
  SELECT what FROM log;
END //
CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC
RETURN n * 2//
DELIMITER ;
CALL both_of('saw');
SELECT twice(21);
"""


@pytest.fixture
def hall():
    found = Hall()
    found.start("my", "mysql:8.0", "mysqld", env={"MYSQL_ROOT_PASSWORD": "pw"}, volume="/var/lib/mysql", seconds=30)
    return found


def test_routines(hall):
    said, errors, code = hall.run("my", "mysql", *ROOT, stdin=SCRIPT)
    assert (said, code) == ("name\nsaw\nwhat\nadded saw\ntwice(21)\n42\n", 0), errors
    dump = hall.run("my", "mysqldump", *ROOT, "--routines", "shop")[0]
    assert dump.count("DELIMITER ;;\n") == 3
    hall.run("my", "mysql", *ROOT, stdin=b"DROP DATABASE shop; CREATE DATABASE copy;")
    said, errors, code = hall.run("my", "mysql", *ROOT, "copy", stdin=dump.encode())
    assert (said, code) == ("", 0), errors
    hall.store()
    ask = b"CALL both_of('rope'); SELECT twice(1); SHOW TRIGGERS"
    said = hall.run("my", "mysql", *ROOT, "copy", stdin=ask)[0]
    assert said.startswith("name\nsaw\nrope\nwhat\nadded saw\nadded rope\ntwice(1)\n2\nTrigger\tEvent")


@pytest.mark.parametrize(("asks", "says"), [
    ("CALL twice_of(1)", "PROCEDURE shop.twice_of does not exist"),
    ("CALL both_of()", "expected 1, got 0"), ("SELECT twice(1, 2)", "expected 1, got 2"),
    ("CREATE PROCEDURE p() BEGIN DECLARE x INT; SELECT 1 INTO x; WHILE TRUE DO SET x = x + 1; END WHILE", "1064"),
    ("DROP TABLE item; CREATE TABLE item (id INT); INSERT INTO item VALUES (1); SHOW TRIGGERS; SELEC", "SELEC")])
def test_what_is_refused(hall, asks, says):
    hall.run("my", "mysql", *ROOT, stdin=SCRIPT)
    assert says in hall.run("my", "mysql", *ROOT, "shop", "-e", asks)[1]


def test_a_loop_that_never_ends_is_ended(hall):
    script = b"DELIMITER //\nCREATE PROCEDURE p() BEGIN DECLARE x INT; l: LOOP SET x = 1; END LOOP; END//\nCALL p()//"
    hall.run("my", "mysql", *ROOT, stdin=SCRIPT)
    assert hall.run("my", "mysql", *ROOT, "shop", stdin=script)[2] != 0


@pytest.mark.parametrize(("body", "error"), [
    ("comment", "1064"), ("begin set @a = 1; declare x int; end", "1064"), ("begin until 1; end", "1064"),
    ("begin leave nowhere; end", "1308 (42000)"), ("begin several; end", "1064"),
    ("a: loop iterate b; end loop", "1308"),
])
def test_a_wrong_routine_is_refused_and_the_server_goes_on(hall, body, error):
    script = f"CREATE DATABASE d; USE d;\nDELIMITER //\nCREATE PROCEDURE p() {body}//\n".encode()
    said, errors, code = hall.run("my", "mysql", *ROOT, stdin=script)
    assert code == 1 and f"ERROR {error}" in said + errors
    assert hall.run("my", "mysql", *ROOT, "-e", "SELECT 1")[2] == 0


def test_a_loop_without_an_end_is_interrupted(hall, monkeypatch):
    monkeypatch.setattr(routinerun, "MOST_TURNS", 10)
    script = b"CREATE DATABASE d; USE d;\nDELIMITER //\nCREATE PROCEDURE p() loop set @a = 1; end loop//\nCALL p()//\n"
    said, errors, code = hall.run("my", "mysql", *ROOT, stdin=script)
    assert code == 1 and "ERROR 1317 (70100)" in said + errors
    assert hall.run("my", "mysql", *ROOT, "-e", "SELECT @@version")[2] == 0


@pytest.mark.parametrize(("setting", "told"), [
    ("NAMES utf8mb4; SELECT 1", "1"), ("GLOBAL max_connections = 7; SELECT @@global.max_connections", "7"),
    ("@@GLOBAL.max_connections = 8; SELECT @@max_connections", "8"), ("@a := 3, @b = 4; SELECT @a + @b", "7"),
    ("PASSWORD = 'new'; SELECT 2", "2"), ("TRANSACTION READ ONLY; SELECT 3", "3"),
    ("autocommit = OFF; SELECT @@autocommit", "0"), ("max_connections = 1", "ERROR 1229"),
    ("version = 1", "ERROR 1238"),
    ("nosuch = 1", "ERROR 1193"), ("max_connections", "ERROR 1064"),
])
def test_set(hall, setting, told):
    said, errors, _ = hall.run("my", "mysql", *ROOT, "-N", "-e", f"SET {setting}")
    assert told in said + errors
