"""What can be wrong with an expression."""

from __future__ import annotations


class CompileError(ValueError):
    """Complaints with their places, in the form in which cel-go tells them."""

    def __init__(self, text: str, problems: list[tuple[int, str]]):
        """`problems`: (offset into the text, message), told in the order of the offsets."""
        super().__init__("\n".join(_told(text, at, message) for at, message in sorted(problems, key=lambda p: p[0])))

    @classmethod
    def nowhere(cls, message: str) -> CompileError:
        """A complaint about no place in particular."""
        error = cls("", [])
        error.args = (f"ERROR: <input>:-1:0: {message}",)
        return error


class EvaluationError(ValueError):
    """An expression that has no value for these variables."""


def no_overload() -> EvaluationError:
    """No function or operator takes arguments of these types."""
    return EvaluationError("no such overload")


def _told(text: str, at: int, message: str) -> str:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1)
    snippet = text.split("\n")[line - 1].replace("\t", " ")
    marks = "".join("." if ord(char) < 128 else "\uff0e" for char in snippet[:column])
    pointer = "^" if column >= len(snippet) or ord(snippet[column]) < 128 else "\uff3e"
    return f"ERROR: <input>:{line}:{column + 1}: {message}\n | {snippet}\n | {marks}{pointer}"
