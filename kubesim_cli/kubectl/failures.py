"""The errors by which a verb fails, and how they are told.

Source: pkg/cmd/util/helpers.go of kubectl (checkErr, StandardErrorMessage, MultilineError).
"""

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


def message_of(error: Exception) -> str:
    """Tell an error without the "error: " in front (messageForError)."""
    if not isinstance(error, StatusError):
        return str(error)
    if error.reason == "Unauthorized":
        return f"error: You must be logged in to the server ({error.message})"
    return f"Error from server ({error.reason}): {error.message}" if error.reason else \
        f"Error from server: {error.message}"


def tell(error: Exception, command: str) -> str:
    """Tell how a command such as `rollout status` failed, as the lines for stderr (checkErr)."""
    if isinstance(error, Aggregate) and len(error.errors) == 1:
        error = error.errors[0]
    if isinstance(error, Aggregate):
        return "".join(message_of(e) + "\n" for e in error.errors)
    if isinstance(error, Usage):
        return f"error: {error}\nSee '{'kubectl ' + command if command else 'kubectl'} -h' for help and examples\n"
    if isinstance(error, StatusError):
        text = _tell_invalid(error.status) if error.reason == "Invalid" else message_of(error)
    else:
        prefix = error.prefix if isinstance(error, Failure) else "error: "
        text = str(error) if str(error).startswith(prefix) else prefix + str(error)
    return text if text.endswith("\n") else text + "\n"


def exit_code(error: Exception, command: str) -> int:
    """Return the exit code for a failure; diff adds one, as its 1 means differences (CheckDiffErr)."""
    if isinstance(error, Aggregate) and len(error.errors) == 1:
        error = error.errors[0]
    if isinstance(error, Exit):
        return error.code
    return (error.code if isinstance(error, Failure) else 1) + (command == "diff")


def _tell_invalid(status: Object) -> str:
    details = status.get("details")
    if details is None:
        return "The request is invalid" + (f": {status['message']}" if status.get("message") else "")
    causes = list(dict.fromkeys(f"{c.get('field', '')}: {c.get('message', '')}" for c in details.get("causes") or ()))
    text = "The request is invalid"
    if details.get("kind") or details.get("name"):
        from ..go.fmt import quote
        text = f"The {details.get('kind', '')} {quote(details.get('name', ''))} is invalid"
    elif status.get("message") and not causes:
        return f"{text}: {status['message']}"
    if not causes:
        return text
    if len(causes) == 1:
        return f"{text}: {causes[0]}\n"
    return f"{text}: \n" + "".join(f"* {cause}\n" for cause in causes)


def add_source(error: Exception, doing: str, source: str) -> Exception:
    """Return the error with `error when creating "file.yaml": ` in front, if there is a source (AddSourceToErr)."""
    if not source:
        return error
    if isinstance(error, StatusError):
        details: Object | None = error.status.get("details")
        return StatusError(error.code, error.reason, f'error when {doing} "{source}": {error.message}',
                           details)
    return Failure(f'error when {doing} "{source}": {error}')
