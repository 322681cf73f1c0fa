"""kubectl cp: everything up to the copying itself."""

from __future__ import annotations

import os

from .failures import Failure
from .util import podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context

_FORMAT = "filespec must match the canonical format: [[namespace/]pod:]file/path"


def run(ctx: Context) -> None:
    """kubectl cp SOURCE DESTINATION, one of them [[NAMESPACE/]POD:]PATH"""
    args = ctx.args
    if len(args) != 2:
        raise Failure("source and destination are required")
    source, target = _parse(args[0]), _parse(args[1])
    if source[1] and target[1]:
        raise Failure("one of src or dest must be a local file specification")
    if not source[2] or not target[2]:
        raise Failure("filepath can not be empty")
    if not source[1] and not target[1]:
        raise Failure("one of src or dest must be a remote file specification")
    if not source[1] and not os.path.exists(source[2]):
        raise Failure(f"{source[2]} doesn't exist in local filesystem")
    namespace, name, _ = source if source[1] else target
    pod = ctx.client.get("pods", name, namespace or ctx.namespace)
    podcmd.refuse_completed(pod, "exec into")
    podcmd.container_of(ctx, pod, ctx.flags["container"], quiet=False)
    raise podcmd.not_yet("copy files to or from one")


def _parse(text: str) -> tuple[str, str, str]:
    """Return (namespace, pod, path); a local path has no pod."""
    pod, colon, path = text.partition(":")
    if not colon:
        return "", "", text
    parts = pod.split("/")
    if not pod or len(parts) > 2:
        raise Failure(_FORMAT)
    return (parts[0] if len(parts) == 2 else ""), parts[-1], path
