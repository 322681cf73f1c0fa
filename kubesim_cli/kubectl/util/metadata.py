"""What `label` and `annotate` share: which objects they work on, listing, and sending the change."""

from __future__ import annotations

from ...machinery.objects import clone
from ..failures import Failure
from ..resource import builder
from . import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context
    from ..resource.info import Info


def check(flags: Flags, resources: list[str], changes: list[str], strategy: str, what: str, example: str) -> None:
    """Refuse flags that do not go together. `what`: label or annotation; `example`: the word of the file names."""
    if flags["all"] and flags["selector"]:
        raise Failure("cannot set --all and --selector at the same time")
    if flags["all"] and flags["field-selector"]:
        raise Failure("cannot set --all and --field-selector at the same time")
    files = flags["filename"] or flags["kustomize"]
    if flags["local"]:
        if strategy == "server":
            raise Failure("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
        if resources:
            raise Failure(f"can only use local files by -f {example}.yaml or --filename={example}.json when "
                          "--local=true is set")
        if not files:
            raise Failure(f"one or more files must be specified as -f {example}.yaml or --filename={example}.json")
    elif not resources and not files:
        raise Failure("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    if not changes and not flags["list"]:
        raise Failure(f"at least one {what} update is required")


def select(ctx: Context, resources: list[str]) -> builder.Result:
    """Return the objects to work on."""
    flags = ctx.flags
    if flags["local"]:
        result = builder.from_flags(ctx, selector="", field_selector="", select_all=False, all_namespaces=False)
    else:
        result = builder.from_flags(ctx, resources, select_all=False, allow_empty_selector=flags["all"],
                                    latest=True)
    if flags["resource-version"] and not result.single:
        raise Failure("--resource-version may only be used with a single resource")
    return result


def print_list(ctx: Context, info: Info, single: bool, what: str) -> None:
    """Print the labels or annotations (`what`) of an object, a line each."""
    indent = ""
    if not single:
        indent = " "
        group = info.obj["apiVersion"].rpartition("/")[0]
        ctx.out(f"Listing {what} for {info.obj['kind']}.{group}/{info.name}:\n")
    for key, value in (info.obj["metadata"].get(what) or {}).items():
        ctx.out(f"{indent}{key}={value}\n")


def changed(ctx: Context, info: Info, field: str, values: Object) -> Object:
    """Return an object with other labels or annotations (`field`), and the resourceVersion that --resource-version
    asks for."""
    new: Object = clone(info.obj)
    new["metadata"][field] = values
    if ctx.flags["resource-version"]:
        new["metadata"]["resourceVersion"] = ctx.flags["resource-version"]
    return new


def send(ctx: Context, info: Info, changed: Object, strategy: str) -> Object:
    """Send the changed metadata of an object; with --resource-version only if that is still the newest."""
    if ctx.flags["resource-version"]:
        info.obj = {**info.obj, "metadata": {**info.obj["metadata"], "resourceVersion": ""}}
    return cmdutil.send_patch(ctx, info, changed, "merge", strategy)
