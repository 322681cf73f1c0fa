"""What a compiled text is: a list of operations.

An operation is a function of the shell that returns the number of the next one, or WAIT (it is done again later), FRAME
(another frame goes on), DONE (the shell ends) or EXEC (the process has become another program).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .shell import Shell

    Operation = Callable[[Shell], int]

WAIT, FRAME, DONE, EXEC = -1, -2, -3, -4


class Code:
    """The operations of a text. Where a process is in it, is a number: the text says the rest.

    `prompts`: there is no text but what is typed; see interactive.py. `passed`: the operations that wait for a command
    after which others come.
    """

    __slots__ = ("dialect", "ops", "passed", "prompts", "text", "whole")

    def __init__(self, text: str, dialect: str, whole: bool, prompts: bool = False):
        self.text, self.dialect, self.whole, self.prompts = text, dialect, whole, prompts
        self.ops: list[Operation] = []
        self.passed: set[int] = set()
