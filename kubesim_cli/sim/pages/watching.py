"""A `kubectl get --watch` in a second terminal, which goes on while the page's other commands run."""

from __future__ import annotations

from ...kubectl.context import Context
from ...kubectl.failures import Exit, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    import io
    from collections.abc import Callable
    from typing import TypeVar

    Found = TypeVar("Found")


class Watching(Context):
    """A call of kubectl that does not wait: it is left standing where it would, and looks again when it is told to.

    It is made with a cluster that is not its own to close.
    """

    check: Callable[[], object] | None = None

    def wait(self, check: Callable[[], Found], timeout: float | None = None) -> Found | None:
        """Keep what is looked for, and end the call."""
        if self.check is None:
            self.check = check
            check()
            raise Exit(0)
        return check() or None

    def close(self) -> None:
        """Leave the cluster open."""


class Watch:
    """A watch that has begun. `text` is its command, `code` what it ended with, if it did."""

    def __init__(self, text: str, context: Watching, out: io.TextIOWrapper, code: int):
        self.text, self._context, self._out, self.code = text, context, out, code

    @property
    def begun(self) -> bool:
        """Whether it watches, and has not ended at once."""
        return self._context.check is not None

    def look(self) -> None:
        """Print what has happened since the last look."""
        context = self._context
        if context.check is not None:
            try:
                context.check()
            except Failure:
                self.end()
            context.flush()

    def printed(self) -> str:
        """Return all that it has printed."""
        import io

        self._out.flush()
        buffer = self._out.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode("utf-8", "replace")

    def end(self) -> None:
        """Stop watching."""
        self._context.check = None
