"""The errors by which a verb fails; telling.py has how they are told."""

from __future__ import annotations

from ..machinery.errors import StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..machinery.types import Object


class Failure(Exception):
    """A verb's failure, told as `error: text`; `prefix` replaces "error: ", `code` is the exit code."""

    def __init__(self, text: str, code: int = 1, prefix: str = "error: "):
        super().__init__(text)
        self.code, self.prefix = code, prefix


class Unreachable(Failure):
    """A call without an answer: `text` is client-go's error (url.Error), which other errors quote; alone it is told as
    `told` (StandardErrorMessage)."""

    def __init__(self, text: str, told: str):
        super().__init__(text)
        self.told = told


class Usage(Failure):
    """A wrong call: the text is followed by `See 'kubectl VERB -h' for help and examples`."""


class Aggregate(Failure):
    """Several failures (StatusError or Failure), told one a line; a single one is told as if it stood alone."""

    def __init__(self, errors: Sequence[Exception], code: int = 1):
        texts = list(dict.fromkeys(map(str, errors)))
        super().__init__(texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]", code)
        self.errors = errors


class Exit(Exception):
    """Ends the command with an exit code and no further word (kubectl's ErrExit)."""

    def __init__(self, code: int = 1):
        super().__init__(code)
        self.code = code


def no_such_type(resource: str, group: str = "", mark: str = '"') -> str:
    """Tell that there is no such resource (meta.NoResourceMatchError); `mark` quotes the names."""
    from ..go.fmt import quote
    where = f" in group {quote(group, mark)}" if group else ""
    return f"the server doesn't have a resource type {quote(resource, mark)}{where}"


def add_source(error: Exception, doing: str, source: str) -> Exception:
    """Return the error with `error when creating "file.yaml": ` in front, if there is a source (AddSourceToErr)."""
    if not source:
        return error
    if isinstance(error, StatusError):
        details: Object | None = error.status.get("details")
        return StatusError(error.code, error.reason, f'error when {doing} "{source}": {error.message}',
                           details)
    return Failure(f'error when {doing} "{source}": {error}')
