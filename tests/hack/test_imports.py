"""The picture of the imports in docs/architecture.md: how it is drawn, and that it is current."""

import imports
import pytest

FILES = {
    "__init__.py": "", "main.py": "def run():\n    from .top import a\n",
    "top/__init__.py": "from ..low import *\n", "top/a.py": "from . import b\nfrom .. import low\nimport json\n",
    "top/b.py": "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from .a import A\n",
    "top/loops.py": 'ALL = (Loop("mid.one", "pods"),)\n',
    "mid/__init__.py": "", "mid/one.py": "import house.low.ground\nfrom .two import x\n",
    "mid/two.py": "from .one import y\n", "low/__init__.py": "", "low/ground.py": "",
}


@pytest.fixture
def house(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "house"


def test_imports_wherever_they_stand(house):
    assert imports.graph(house) == {
        "": set(), "main": {"top.a"}, "top": {"low"}, "top.a": {"top.b", "low"}, "top.b": {"top.a"},
        "top.loops": {"mid.one"}, "mid": set(), "mid.one": {"low.ground", "mid.two"}, "mid.two": {"mid.one"},
        "low": set(), "low.ground": set()}


def test_circles_are_what_runs(house):
    assert imports.circles(imports.graph(house)) == [["mid.one", "mid.two"], ["top.a", "top.b"]]
    assert imports.circles(imports.graph(house, annotations=False)) == [["mid.one", "mid.two"]]


def test_table_and_picture(house):
    assert imports.render(house).splitlines() == [
        "| room | imports from |", "| --- | --- |", "| main | top |", "| top | mid, low |",
        "| mid | low |", "| low | nothing |", "",
        "The picture leaves out an arrow where others lead to the same room.", "", "```mermaid", "flowchart TD",
        "    main --> top", "    top --> mid", "    mid --> low", "```", "", "Modules that import each other:", "",
        "- mid.one, mid.two"]


def test_rooms_that_import_each_other(house):
    (house / "low" / "ground.py").write_text("from ..mid import one")
    with pytest.raises(ValueError, match="rooms import each other: low, mid"):
        imports.render(house)


def test_page_without_markers():
    around = "a\n" + imports.BEGIN, imports.END + "b\n"
    assert imports.page("old\n".join(around), "new\n") == "new\n".join(around)
    with pytest.raises(ValueError, match="no <!-- imports:begin -->"):
        imports.page("a\n", "new\n")


def test_the_page_is_current(capsys):
    assert imports.main(["--check"]) == 0, capsys.readouterr().err
