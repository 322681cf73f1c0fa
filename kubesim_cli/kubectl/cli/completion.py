"""kubectl completion, and what its scripts ask for at each TAB: `kubectl __complete WORD... PARTIAL`.

The protocol is cobra's (completions.go): candidates, one a line, with a tab before their description, then `:` and
the sum of the directives that tell the shell what to do with them.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from ..failures import Failure, Usage
from .commands import find, flags_of, subcommands
from .flags import FlagError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...machinery.types import Release
    from ..context import Context
    from .flags import Flags

NO_SPACE, NO_FILES = 2, 4
_TYPES = frozenset((
    "annotate", "apply edit-last-applied", "apply view-last-applied", "debug", "delete", "describe", "edit", "explain",
    "get", "label", "patch", "set env", "set image", "set resources", "set serviceaccount", "wait"))
_SOME_TYPES = {
    "autoscale": ("deployment", "replicaset", "replicationcontroller", "statefulset"),
    "expose": ("deployment", "pod", "replicaset", "replicationcontroller", "service"),
    "scale": ("deployment", "replicaset", "replicationcontroller", "statefulset"),
    "rollout history": ("deployment", "daemonset", "statefulset"), "rollout pause": ("deployment",),
    "rollout restart": ("deployment", "daemonset", "statefulset"), "rollout resume": ("deployment",),
    "rollout status": ("deployment", "daemonset", "statefulset"),
    "rollout undo": ("deployment", "daemonset", "statefulset"), "taint": ("node",)}
_NAMES = {  # commands that take names of one kind, and whether more than one
    "certificate approve": "certificatesigningrequests", "certificate deny": "certificatesigningrequests",
    "cordon": "nodes", "create token": "serviceaccounts", "drain": "nodes", "top node": "nodes", "top pod": "pods",
    "uncordon": "nodes"}
_PODS = ("attach", "cp", "exec", "logs", "port-forward")
_OWNERS = ("daemonsets", "deployments", "jobs", "pods", "replicasets", "replicationcontrollers", "services",
           "statefulsets")
_CONFIG = {"config delete-cluster": "clusters", "config delete-context": "contexts", "config delete-user": "users",
           "config rename-context": "contexts", "config set-cluster": "clusters", "config set-context": "contexts",
           "config set-credentials": "users", "config use-context": "contexts"}
_FLAG_CHOICES = {"cascade": ("background", "foreground", "orphan"), "dry-run": ("none", "server", "client"),
                 "subresource": ("status", "scale", "resize"), "validate": ("strict", "warn", "ignore")}


def run(ctx: Context) -> None:
    from .shells import SCRIPTS
    args = ctx.args
    if not args:
        raise Usage("Shell not specified.")
    if len(args) > 1:
        raise Usage("Too many arguments. Expected only the shell type.")
    if args[0] not in SCRIPTS:
        raise Usage(f'Unsupported shell type "{args[0]}".')
    ctx.out(SCRIPTS[args[0]])


def complete(ctx: Context) -> None:
    """kubectl __complete and __completeNoDesc: `args` are the words so far and the one to complete."""
    args = ctx.args
    described = ctx.command == "__complete"
    if not args:
        raise Failure("requires at least one argument: the word to complete")
    found, directive = _complete(ctx, args[:-1], args[-1])
    for word, text in found:
        ctx.out(f"{word}\t{text}\n" if described and text else f"{word}\n")
    ctx.out(f":{directive}\n")


def _complete(ctx: Context, words: list[str], partial: str) -> tuple[list[tuple[str, str]], int]:
    """Return the candidates for `partial`, (word, description), and the directive."""
    command, rest = find(words)
    flags = flags_of(command, environ=ctx.environ)
    awaited = _awaited(flags, rest)
    if awaited:
        rest = rest[:-1]
    elif partial.startswith("--") and "=" in partial:
        name, _, partial = partial[2:].partition("=")
        awaited = name if name in flags else ""
    try:
        args = flags.parse(rest)
    except FlagError:
        return [], NO_FILES
    ctx.command, ctx.flags = command, flags
    try:
        if awaited:
            return _of_flag(ctx, awaited, args, partial)
        if partial.startswith("-") and flags.dash < 0:
            return _flag_names(ctx, partial), NO_FILES
        names, directive = _nouns(ctx, args, partial)
    except (StatusError, Failure):
        return [], NO_FILES
    return [(name, "") for name in names] + _subcommands(command, args, partial, ctx.release), directive


def _awaited(flags: Flags, words: list[str]) -> str:
    """Return the flag that the last word wants a value for, or ""."""
    last = words[-1] if words and "--" not in words else ""
    if last.startswith("--"):
        name = last[2:]
    else:
        name = flags.find_shorthand(last[-1]) if last[:1] == "-" and len(last) > 1 else ""
    return name if name and "=" not in last and name in flags and flags.needs_argument(name) else ""


def _subcommands(command: str, args: list[str], partial: str, release: Release) -> list[tuple[str, str]]:
    if args:
        return []
    from .help import words
    texts = words()["commands"]
    names = [*subcommands(command, release), *(() if command else ("help",))]
    return [(name, texts[f"{command} {name}".lstrip()]["short"].rstrip("."))
            for name in sorted(names) if name.startswith(partial)]


def _flag_names(ctx: Context, partial: str) -> list[tuple[str, str]]:
    from .help import flag_text, words
    texts, flags = words()["flags"], ctx.flags
    shown = flags_of(ctx.command, ctx.release, ctx.environ)
    found = []
    for name in sorted(shown.names()):
        if flags.changed(name) and not flags.type_of(name).startswith(("string", "map")):
            continue
        text = flag_text(texts, ctx.command, name, shown.is_local(name)).rstrip(".")
        forms = [f"--{name}"] + ([f"-{shown.shorthand(name)}"] if shown.shorthand(name) else [])
        found += [(form, text) for form in forms if form.startswith(partial)]
    return found


def _of_flag(ctx: Context, name: str, args: list[str], partial: str) -> tuple[list[tuple[str, str]], int]:
    """Complete the value of a flag; without an idea of it, the shell offers files."""
    flags = ctx.flags
    if name == "namespace":
        choices = _live(ctx, "namespaces")
    elif name in ("context", "cluster", "user") and name + "s" in ctx.kubeconfig.config:
        choices = sorted(ctx.kubeconfig.config[name + "s"])
    elif name == "container" and args:
        choices = _containers(ctx, args[0])
    elif name == "output" and flags.is_local("output"):
        from ..printers import FORMATS, GET_FORMATS
        choices = sorted(GET_FORMATS if ctx.command == "get" else FORMATS)
    elif name in _FLAG_CHOICES:
        choices = list(_FLAG_CHOICES[name])
    else:
        return [], 0
    return [(choice, "") for choice in choices if choice.startswith(partial)], NO_FILES


def _nouns(ctx: Context, args: list[str], partial: str) -> tuple[list[str], int]:
    command = ctx.command
    if command == "completion":
        from .shells import SCRIPTS
        return ([shell for shell in SCRIPTS if shell.startswith(partial)] if not args else []), NO_FILES
    if command in _CONFIG:
        names = sorted(ctx.kubeconfig.config[_CONFIG[command]]) if not args else []
        return [name for name in names if name.startswith(partial)], NO_FILES
    if command in _NAMES:
        names = [name for name in _live(ctx, _NAMES[command]) if name not in args]
        return [name for name in names if name.startswith(partial)], NO_FILES
    if command in _PODS:
        return _pods(ctx, args, partial)
    if command in _TYPES or command in _SOME_TYPES:
        return _types_and_names(ctx, args, partial, _SOME_TYPES.get(command, ()))
    return [], NO_FILES if subcommands(command) else 0


def _types_and_names(ctx: Context, args: list[str], partial: str, types: Sequence[str]) -> tuple[list[str], int]:
    """Complete TYPE, then names, or TYPE/NAME (ResourceTypeAndNameCompletionFunc)."""
    if args and "/" not in args[0]:
        return [name for name in _live(ctx, args[0]) if name.startswith(partial) and name not in args[1:]], NO_FILES
    if "/" in partial:
        kind, _, start = partial.partition("/")
        names = (f"{kind}/{name}" for name in _live(ctx, kind) if name.startswith(start))
        return [name for name in names if name not in args], NO_FILES
    before, comma, start = partial.rpartition(",")
    kinds = types or sorted(res.name for res in ctx.client.discovery.preferred() if "get" in res.verbs)
    found = [before + comma + kind for kind in kinds if kind.startswith(start)]
    return ([kind + "/" for kind in found], NO_FILES | NO_SPACE) if args else (found, NO_FILES)


def _pods(ctx: Context, args: list[str], partial: str) -> tuple[list[str], int]:
    """Complete a pod, or a TYPE/NAME that leads to one (doPodResourceCompletion)."""
    if args:
        return (_containers(ctx, args[0]) if ctx.command == "logs" and len(args) == 1 else []), NO_FILES
    kind, slash, start = partial.partition("/")
    if slash:
        return [f"{kind}/{name}" for name in _live(ctx, kind) if name.startswith(start)], NO_FILES
    pods = [name for name in _live(ctx, "pods") if name.startswith(partial)]
    owners = [owner + "/" for owner in _OWNERS if owner.startswith(partial)]
    return pods + owners, NO_FILES if pods else NO_FILES | NO_SPACE


def _live(ctx: Context, kind: str) -> list[str]:
    """Return the names of the objects of a kind, in the namespace asked for."""
    resource = ctx.client.discovery.find(kind)
    if resource is None:
        return []
    flags = ctx.flags
    everywhere = "all-namespaces" in flags and flags["all-namespaces"]
    namespace = ctx.namespace if resource.namespaced and not everywhere else ""
    return [item["metadata"]["name"] for item in ctx.client.list(resource.versioned, namespace)["items"]]


def _containers(ctx: Context, pod: str) -> list[str]:
    spec = ctx.client.get("pods", pod.rpartition("/")[2], ctx.namespace)["spec"]
    return [container["name"] for container in (*spec.get("initContainers", ()), *spec["containers"])]
