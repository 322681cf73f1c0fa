"""kubectl set env."""

from __future__ import annotations

import re

from ...go.fmt import quote
from ...machinery import names
from ..failures import Failure
from ..resource import builder
from ..resource.scheme import KUBECTL
from ..util import cmdutil
from . import changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context
    from .envrefs import References

_KIND = "environment variable"


def run(ctx: Context) -> None:
    """kubectl set env (-f FILENAME | TYPE NAME) KEY=VALUE... KEY-... [--from=configmap/NAME] [--list]"""
    flags = ctx.flags
    if flags["all"] and flags["selector"]:
        raise Failure(changes.ALL_AND_SELECTOR)
    resources, words = _split(ctx.args)
    strategy = cmdutil.dry_run(ctx)
    change = changes.Change(ctx, strategy, "env updated", "failed to patch env update to pod template: ")
    _check(flags, resources, strategy)
    words = [*flags["env"], *words]
    env, removed = _parse(ctx, words)
    if "-" in words and "-" in flags["filename"]:
        raise Failure("standard input cannot be used for multiple arguments")
    if flags["from"]:
        env += _from(ctx)
    env = [{**variable, "name": flags["prefix"] + variable["name"]} for variable in env]
    infos = changes.select(ctx, [] if flags["local"] else resources)
    unresolved = None
    if flags["list"] and flags["resolve"]:
        from .envrefs import References

        unresolved = References(ctx)

    def set_env(obj: Object) -> None:
        chosen = changes.containers(changes.pod_spec(obj), flags["containers"])
        if not chosen:
            ctx.warn(f"{obj['kind']}/{obj['metadata'].get('name', '')} does not have any containers matching "
                     f"{quote(flags['containers'])}")
        failed = False
        for container in chosen:
            if not flags["overwrite"]:
                _refuse_overwrites(container.get("env") or (), env)
            updated = _updated(container.get("env") or (), env, removed)
            if updated or container.get("env"):
                container["env"] = updated
            if not updated:
                container.pop("env", None)
            if flags["list"]:
                failed = not _list(ctx, obj, container, unresolved) or failed
        if failed:
            raise Failure("failed to retrieve valueFrom references")

    if flags["list"]:
        from ...machinery.objects import clone

        for info in infos:
            try:
                set_env(clone(info.obj))
            except Failure:
                continue
        return
    change.apply(infos, set_env)
    change.finish()


def _split(args: list[str]) -> tuple[list[str], list[str]]:
    resources: list[str] = []
    words: list[str] = []
    for arg in args:
        if re.match(".+=", arg, re.DOTALL) or arg.endswith("-"):
            words.append(arg)
        elif words:
            raise Failure(f"all resources must be specified before environment changes: {' '.join(args)}")
        else:
            resources.append(arg)
    return resources, words


def _check(flags: Flags, resources: list[str], strategy: str) -> None:
    changes.check_local(flags, strategy)
    if not flags["filename"] and not resources:
        raise Failure(changes.NO_RESOURCES)
    if flags["list"] and flags["output"]:
        raise Failure("--list and --output may not be specified together")
    if flags["keys"] and not flags["from"]:
        raise Failure("when specifying --keys, a configmap or secret must be provided with --from")


def _parse(ctx: Context, words: list[str]) -> tuple[list[Object], list[str]]:
    """Return (variables, names to remove) of `K=V`, `K-` and `-`, which reads `K=V` lines from stdin."""
    env: list[Object] = []
    removed: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if word == "-":
            for line in ctx.stdin().splitlines():
                line_name, line_equals, line_value = line.partition("#")[0].partition("=")
                if line_equals:
                    env.append(_variable(line_name, line_value))
        elif equals:
            if problems := names.env_var_name(name):
                raise Failure(f"{quote(name)} is not a valid key name: {';'.join(problems)}")
            env.append(_variable(name, value))
        elif word.endswith("-"):
            removed.append(word[:-1])
        else:
            raise Failure(f"unknown {_KIND}: {word}")
    given = {word.partition("=")[0] for word in words if "=" in word}
    if given.intersection(removed):
        raise Failure(f"can not both modify and remove the same {_KIND} in the same command")
    return env, removed


def _variable(name: str, value: str) -> Object:
    return {"name": name, "value": value} if value else {"name": name}


def _from(ctx: Context) -> list[Object]:
    """Return variables that take their values from the keys of a ConfigMap or Secret."""
    flags = ctx.flags
    env = []
    for info in builder.from_flags(ctx, [flags["from"]], select_all=False,
                                   allow_empty_selector=flags["all"], latest=True, scheme=KUBECTL).infos():
        refs = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}
        if info.obj["kind"] not in refs:
            raise Failure("unsupported resource specified in --from")
        for key in sorted(info.obj.get("data") or {}):
            if flags["keys"] and key not in flags["keys"]:
                continue
            name = re.sub("[^a-zA-Z0-9_]", "_", key).upper()
            if name != key:
                ctx.warn(f"key {key} transferred to {name}")
            env.append({"name": name, "valueFrom": {refs[info.obj["kind"]]: {"name": info.name, "key": key}}})
    return env


def _refuse_overwrites(existing: Iterable[Object], env: list[Object]) -> None:
    known = {variable["name"]: variable.get("value", "") for variable in existing}
    for variable in env:
        name = variable["name"]
        if name in known and known[name] != variable.get("value", ""):
            raise Failure(f"'{name}' already has a value ({known[name]}), and --overwrite is false")


def _updated(existing: Iterable[Object], env: list[Object], removed: list[str]) -> list[Object]:
    """Change variables where they stand, and add new ones behind."""
    new: dict[str, Object] = {}
    for variable in env:
        new.setdefault(variable["name"], variable)
    out = [new.pop(old["name"], old) if old["name"] in new else old for old in existing if old["name"] not in removed]
    return out + [variable for name, variable in new.items() if name not in removed]


def _list(ctx: Context, obj: Object, container: Object, references: References | None) -> bool:
    """Print a container's variables; False where a reference could not be resolved."""
    from .envrefs import describe

    ctx.out(f"# {obj['kind']} {obj['metadata'].get('name', '')}, container {container['name']}\n")
    problems: dict[str, list[str]] = {}
    for variable in container.get("env") or ():
        source = variable.get("valueFrom")
        if source is None:
            ctx.out(f"{variable['name']}={variable.get('value', '')}\n")
            continue
        if references is not None:
            try:
                ctx.out(f"{variable['name']}={references.resolve(source, obj, container)}\n")
                continue
            except Failure as failure:
                problems.setdefault(str(failure), []).append(variable["name"])
        ctx.out(f"# {variable['name']} from {describe(source)}\n")
    for line in sorted(f"error retrieving reference for {', '.join(sorted(found))}: {problem}\n"
                       for problem, found in problems.items()):
        ctx.err(line)
    return not problems
