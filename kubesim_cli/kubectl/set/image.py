"""kubectl set image."""

from __future__ import annotations

from ...go.fmt import quote
from ..failures import Failure
from ..resource import builder
from ..util import cmdutil
from . import changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context


def run(ctx: Context) -> None:
    """kubectl set image (-f FILENAME | TYPE NAME) CONTAINER=IMAGE..."""
    strategy = cmdutil.dry_run(ctx)
    change = changes.Change(ctx, strategy, "image updated",
                            "failed to patch image update to pod template: ")
    resources, words = cmdutil.pairs(ctx.args, "image")
    images, _ = cmdutil.parse_pairs(words, "image", removes=False)
    infos = changes.select(ctx, resources)
    _check(ctx.flags, resources, images, strategy)

    def set_images(obj: Object) -> None:
        containers = changes.containers(changes.pod_spec(obj))
        for name, image in images.items():
            chosen = [container for container in containers if name in ("*", container["name"])]
            for container in chosen:
                container["image"] = image
            if not chosen:
                change.errors.append(Failure(f"error: unable to find container named {quote(name)}"))

    change.apply(infos, set_images)
    change.finish()


def _check(flags: Flags, resources: list[str], images: Mapping[str, str], strategy: str) -> None:
    errors: list[Exception] = []
    if flags["all"] and flags["selector"]:
        errors.append(Failure(changes.ALL_AND_SELECTOR))
    if not resources and not flags["filename"] and not flags["kustomize"]:
        errors.append(Failure(changes.NO_RESOURCES))
    if not images:
        errors.append(Failure("at least one image update is required"))
    elif len(images) > 1 and "*" in images:
        errors.append(Failure("all containers are already specified by *, but saw more than one "
                              "container_name=container_image pairs"))
    if flags["local"] and strategy == "server":
        errors.append(Failure(changes.LOCAL_ON_SERVER))
    builder.raise_all(errors)
