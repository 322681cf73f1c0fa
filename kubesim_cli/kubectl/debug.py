"""kubectl debug: everything up to the debugging container."""

from __future__ import annotations

from ..go.fmt import quote
from .failures import Failure
from .run import IMAGE
from .util import podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context


def run(ctx: Context) -> None:
    """kubectl debug (POD | TYPE/NAME) [-it] --image=IMAGE [-- COMMAND [args...]]"""
    flags, args = ctx.flags, ctx.args
    names = args[:flags.dash] if flags.dash >= 0 else args
    words = args[flags.dash:] if flags.dash >= 0 else []
    _check(ctx, names, words)
    for info in podcmd.select(ctx, names):
        if info.obj["kind"] not in ("Node", "Pod"):
            told = f"{info.mapping.group}/{info.mapping.version}, Kind={info.mapping.kind}"
            raise Failure(f"{quote(told)} not supported by debug")
        if info.obj["kind"] == "Pod" and flags["target"] and podcmd.find(info.obj, flags["target"]) is None:
            raise Failure(f"container {flags['target']} is not valid for pod {info.name} out of: "
                          f"{podcmd.names(info.obj)}")
        raise podcmd.not_yet("debug one")


def _check(ctx: Context, names: list[str], words: list[str]) -> None:
    flags = ctx.flags
    image, copy, changes = flags["image"], flags["copy-to"], flags["set-image"]
    if flags.changed("attach") and flags["attach"] and not image and not flags["container"]:
        raise Failure("you must specify --container or create a new container using --image in order to attach.")
    if copy:
        if not image and not changes and not words:
            raise Failure("you must specify --image, --set-image or command arguments.")
        if words and not flags["container"] and not image:
            raise Failure("you must specify an existing container or a new image when specifying args.")
    else:
        for name in ("replace", "same-node", "set-image"):
            if flags[name]:
                raise Failure(f"--{name} may only be used with --copy-to.")
        if not image:
            raise Failure("you must specify --image when not using --copy-to.")
    if image and not IMAGE.fullmatch(image):
        raise Failure(f"invalid image name {quote(image)}: invalid reference format")
    if not names and not flags["filename"]:
        raise Failure("NAME or filename is required for debug")
    if flags["image-pull-policy"] not in ("", "Always", "IfNotPresent", "Never"):
        raise Failure(f"invalid image pull policy: {flags['image-pull-policy']}")
    for name, new in changes.items():
        if not IMAGE.fullmatch(new):
            raise Failure(f"invalid image name {quote(new)} for container {quote(name)}: invalid "
                          "reference format")
    if flags["target"]:
        if copy:
            raise Failure("--target is incompatible with --copy-to. Use --share-processes instead.")
        if not flags["quiet"]:
            ctx.out(f"Targeting container {quote(flags['target'])}. If you don't see processes from this "
                    "container it may be because the container runtime doesn't support this feature.\n")
    if flags["tty"] and not flags["stdin"]:
        raise Failure("-i/--stdin is required for containers with -t/--tty=true")
