"""Stored routines of MySQL through its clients: DELIMITER, what a procedure shows, dumps, what outlives a server."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlglot")

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
