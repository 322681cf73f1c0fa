"""kubectl kustomize, and what -k builds: kustomizations, as sigs.k8s.io/kustomize/api builds them.

    loader.py       files and directories             target.py           one kustomization, and those below it
    resources.py    resources and sets of them        generators.py       config maps and secrets, and their hashes
    transformers.py names, labels, images, replicas   patches.py          strategic merge and JSON patches
    replacements.py values copied between resources   namereferences.py   names that others use, after they changed
    variables.py    $(NAME) of vars
"""

from __future__ import annotations

from ...releases.kubectl import does
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.files import Files
    from ..context import Context
    from .loader import Loader
    from .resources import ResourceSet


def build(ctx: Context, path: str) -> str:
    """Return the YAML that a kustomization directory builds; warnings go to stderr. Raises Failure."""
    from ..printers.yaml import dump
    from .loader import Loader

    return "---\n".join(dump(res.obj) for res in _resources(ctx, Loader.at(path, files=ctx.files)))


def _resources(ctx: Context, loader: Loader) -> ResourceSet:
    from ..util import klog
    from .target import build_all

    line = 244 if does("GoOf2026", ctx.release) else 245  # where Go's log package writes what is logged through it
    return build_all(loader, ctx.err, lambda text: klog.tell(ctx, "I", f"log.go:{line}", text))


def run(ctx: Context) -> None:
    """kubectl kustomize DIR"""
    flags, args = ctx.flags, ctx.args
    if len(args) > 1:
        raise Failure("specify one path to kustomization.yaml")
    if flags["load-restrictor"] not in ("LoadRestrictionsRootOnly", "LoadRestrictionsNone"):
        raise Failure(f'illegal flag value --load-restrictor {flags["load-restrictor"]}; legal values: '
                      "[LoadRestrictionsRootOnly LoadRestrictionsNone]")
    from ..printers.yaml import dump
    from .loader import Loader

    root = Loader.at(args[0] if args else ".", flags["load-restrictor"] != "LoadRestrictionsNone", ctx.files)
    resources = _resources(ctx, root)
    texts = [dump(res.obj) for res in resources]
    output = flags["output"]
    if not output:
        ctx.out("---\n".join(texts))
        return
    if ctx.files.is_folder(output):
        for res, text in zip(resources, texts):
            _write(ctx.files, ctx.files.paths.join(output, res.file_name), text)
    else:
        _write(ctx.files, output, "---\n".join(texts))


def _write(files: Files, path: str, text: str) -> None:
    try:
        files.write(path, text)
    except OSError as error:
        raise Failure(f"open {path}: {(error.strerror or '').lower()}") from None
