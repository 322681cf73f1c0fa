"""The scripts of hack/ import each other by their bare names, as they do when they are run."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "hack"))
