"""How a stream into a container fails before it is one."""

from __future__ import annotations


class StartError(Exception):
    """A program cannot be started; `message` is what the runtime says, `code` the exit code that a container gets."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.message, self.code = message, code


class Refused(Exception):
    """There is nobody at the other end; the text is what the node says."""


class NotRunning(Refused):
    """The container has ended already, though its status does not tell that yet."""
