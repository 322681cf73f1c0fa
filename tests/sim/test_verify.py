"""`kubesim sim verify`: the tutorial comes out as printed, and what does not is told."""

from __future__ import annotations

import pathlib
import re

from kubesim_cli.sim import verify

FIXTURES = pathlib.Path(__file__).parents[2] / "fixtures"


def test_the_statefulset_tutorial_is_as_printed():
    told: list[str] = []
    assert verify.replay(str(FIXTURES / "statefulset.yaml"), told.append) == 0
    assert len([text for text in told if text.startswith("$ kubectl get sts,pods,pvc")]) == 5


def test_the_fixture_has_the_listings_of_the_document():
    """The listings compared are the document's own, but for the two remarks its author wrote into them."""
    page = (FIXTURES / "statefulset.txt").read_text(encoding="utf-8")
    page = page.replace("18s # 連番で増加", "18s")
    _, steps = verify.load(str(FIXTURES / "statefulset.yaml"))
    listings = [step.stdout for step in steps if step.stdout]
    assert len(listings) == 5
    for listing in listings:
        assert listing.rstrip("\n") in page


def test_a_listing_that_differs_is_told(tmp_path):
    page = tmp_path / "page.yaml"
    page.write_text("steps:\n- run: kubectl get configmap nosuch\n  exit: 0\n  stdout: |\n    NAME\n")
    told: list[str] = []
    assert verify.replay(str(page), told.append) == 1
    text = "".join(told)
    assert "exit code 1, the page has 0" in text
    assert re.search(r"^-NAME$", text, re.M)
