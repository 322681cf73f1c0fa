"""KUBESIM_LOG: a file that each command line adds a line to when it has ended, in JSON:

    {"command": "kubectl get pods -o wide", "exitCode": 0, "requests": ["GET /api/v1/namespaces/default/pods 200"]}

A request that was not answered has 0 in the place of HTTP's status. exitCode is null where a command was interrupted.
"""

from __future__ import annotations

import os

from ...go import jsontext
from .calllog import method_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...apiserver.client import Request
    from ..context import Context


def logged(ctx: Context, words: list[str], path: str, run: Callable[[], int]) -> int:
    """Run a command line and add it to the file."""
    from shlex import join

    requests: list[str] = []

    def on_call(request: Request, code: int) -> None:
        requests.append(told(request, code))

    ctx.on_call.append(on_call)
    code = None
    try:
        code = run()
        return code
    finally:
        row = {"command": join([ctx.name, *words]), "exitCode": code, "requests": requests}
        _add(ctx, path, jsontext.encode(row).encode("utf-8", "surrogatepass") + b"\n")


def told(request: Request, code: int) -> str:
    """Tell one request in a line."""
    return f"{method_of(request)} {request.path} {code}"


def _add(ctx: Context, path: str, row: bytes) -> None:
    """Add a line in one piece, as other commands may be adding theirs."""
    from ...machinery.files import told as reason

    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, row)
        finally:
            os.close(file)
    except OSError as error:
        ctx.err(f"Warning: KUBESIM_LOG: {reason(error)}\n")
        ctx.flush()
