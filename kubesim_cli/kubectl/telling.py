"""How the errors are told by which a verb fails.

Source: pkg/cmd/util/helpers.go of kubectl (checkErr, StandardErrorMessage, MultilineError).
"""

from __future__ import annotations

from ..machinery.errors import StatusError
from .failures import Aggregate, Exit, Failure, Unreachable, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cli.flags import Flags


_LENIENT = ("", "name", "wide", "custom-columns")  # outputs whose printers do not look whether anything is printed
_STRICT = ("completion", "kustomize", "logs")


def minds_stdout(command: str, flags: Flags) -> bool:
    """Whether a command fails where its stdout takes nothing: printers of objects do, and what is copied as it is, but
    neither tables nor `NAME created`."""
    if flags["help"] or command == "version":
        return False
    structured = "output" in flags and flags["output"].partition("=")[0] not in _LENIENT
    raw = "raw" in flags and bool(flags["raw"])
    return structured or raw or command.partition(" ")[0] in _STRICT


def message_of(error: Exception) -> str:
    """Tell an error without the "error: " in front (messageForError)."""
    if isinstance(error, Unreachable):
        return error.told
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
    elif isinstance(error, Unreachable):
        text = error.told
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
