"""What the program `kubesim` does: run a command, with as little around it as can be."""

from __future__ import annotations

import gc
import os
import sys

from . import finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def start() -> NoReturn:
    """Run the command line in sys.argv, and end the process."""
    gc.set_threshold(200_000)  # objects are trees: looking for cycles in 10,000 pods takes half of their listing
    finder.install()
    from .main import main

    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        sys.exit(code)  # Python has words for output that is gone
    os._exit(code)  # taking the interpreter apart takes longer than much of what was done in it
