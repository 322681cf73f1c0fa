from kubesim_cli.go import tabwriter
from kubesim_cli.kubectl.printers.table import TablePrinter

COLUMNS = [{"name": "Name", "type": "string", "format": "name", "priority": 0},
           {"name": "Restarts", "type": "integer", "format": "", "priority": 0},
           {"name": "Age", "type": "string", "format": "", "priority": 0},
           {"name": "Node", "type": "string", "format": "", "priority": 1}]


def table(*rows, labels=None):
    return {"columnDefinitions": COLUMNS,
            "rows": [{"cells": list(cells), "object": {"metadata": {
                "name": cells[0], "namespace": "default", "labels": labels or {}}}} for cells in rows]}


def print_table(table, **options):
    return TablePrinter(**options).print(table)


def test_columns_are_three_wider_than_their_longest_cell():
    assert print_table(table(["web", 0, "5s", "n1"], ["database", 12, "10d", "n2"])) == (
        "NAME       RESTARTS   AGE\n"
        "web        0          5s\n"
        "database   12         10d\n")


def test_wide_shows_columns_of_a_priority():
    assert print_table(table(["web", 0, "5s", "n1"]), wide=True) == (
        "NAME   RESTARTS   AGE   NODE\n"
        "web    0          5s    n1\n")


def test_no_rows_no_header():
    assert print_table(table()) == ""


def test_an_empty_last_cell_leaves_its_predecessor_padded():
    assert print_table(table(["web", 0, "5s", ""]), label_columns=["env", "example.com/tier"]) == (
        "NAME   RESTARTS   AGE   ENV   TIER\n"
        "web    0          5s          \n")


def test_labels_kind_and_namespace():
    shown = print_table(table(["web", 0, "5s", ""], labels={"b": "2", "a": "1"}), show_labels=True,
                        kind_prefix="pod", with_namespace=True)
    assert shown == ("NAMESPACE   NAME      RESTARTS   AGE   LABELS\n"
                     "default     pod/web   0          5s    a=1,b=2\n")
    assert print_table(table(["web", 0, "5s", ""]), show_labels=True, no_headers=True) == "web   0     5s    <none>\n"


def test_cells_are_cut_at_line_ends_and_escaped():
    assert print_table(table(["web\nx", None, "\x1b[31m", ""]), no_headers=True) == "web...         ^[[31m\n"


def test_a_tab_in_a_cell_ends_it():
    assert print_table(table(["a\tb", 0, "5s", ""], ["c", 1, "6s", ""]), no_headers=True) == (
        "a     b     0     5s\n"
        "c     1     6s\n")


def test_watch_prints_headers_once_and_never_narrows_columns():
    printer = TablePrinter()
    assert printer.print(table(["a-long-name", 0, "5s", ""])) == ("NAME          RESTARTS   AGE\n"
                                                                  "a-long-name   0          5s\n")
    assert printer.print(table(["b", 0, "6s", ""])) == "b             0          6s\n"


def test_watch_events():
    assert TablePrinter(no_headers=True).print(table(["b", 0, "6s", ""]), "ADDED") == "ADDED      b     0     6s\n"


def test_a_line_with_fewer_cells_ends_the_columns_right_of_it():
    assert tabwriter.align_text("a\tb\tc\nlong one\nx\tlonger\tc\n", 0, 2) == "a  b  c\nlong one\nx  longer  c\n"
    assert tabwriter.align_text("a:\tb\n\tlong:\tc\n", 0, 2) == "a:  b\n    long:  c\n"
