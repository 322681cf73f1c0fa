"""kubectl completion, and what its scripts ask for at each TAB: `kubectl __complete WORD... PARTIAL`.

The protocol is cobra's (completions.go): candidates, one a line, with a tab before their description, then `:` and
the sum of the directives that tell the shell what to do with them.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...releases.kubectl import does
from ..failures import Failure, Usage
from .commands import find, flags_of, in_release, subcommands
from .flags import FlagError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...machinery.types import Object, Release
    from ..context import Context
    from .flags import Flags

NO_SPACE, NO_FILES, EXTENSIONS = 2, 4, 8
_DIRECTIVES = ((NO_SPACE, "ShellCompDirectiveNoSpace"), (NO_FILES, "ShellCompDirectiveNoFileComp"),
               (EXTENSIONS, "ShellCompDirectiveFilterFileExt"))
_TYPES = frozenset((
    "annotate", "apply edit-last-applied", "apply view-last-applied", "debug", "delete", "describe", "edit", "get",
    "label", "patch"))
_SCALABLE, _ROLLED = ("deployment", "replicaset", "replicationcontroller", "statefulset"), (
    "deployment", "daemonset", "statefulset")
_SOME_TYPES = {
    "autoscale": _SCALABLE, "expose": ("pod", "service", "replicationcontroller", "deployment", "replicaset"),
    "scale": _SCALABLE, "rollout history": _ROLLED, "rollout pause": ("deployment",), "rollout restart": _ROLLED,
    "rollout resume": ("deployment",), "rollout status": _ROLLED, "rollout undo": _ROLLED, "set image": (
        "daemonsets", "deployments", "pods", "cronjobs", "replicasets", "replicationcontrollers", "statefulsets"),
    "taint": ("node",)}
_OF_ONE = ("rollout status", "set image")  # which take one object
_NAMES = {  # commands that take the name of one object of a kind
    "cordon": "nodes", "create token": "serviceaccounts", "drain": "nodes", "top node": "nodes", "top pod": "pods",
    "uncordon": "nodes"}
_PODS = ("attach", "exec", "logs", "port-forward")
_OWNERS = ("daemonsets", "deployments", "pods", "jobs", "replicasets", "replicationcontrollers", "services",
           "statefulsets")
_CONFIG = {"config delete-cluster": "clusters", "config delete-context": "contexts", "config delete-user": "users",
           "config rename-context": "contexts", "config set-context": "contexts", "config use-context": "contexts"}
_SUBRESOURCES = ("status", "scale", "resize")


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
        raise Failure("requires at least 1 arg(s), only received 0")
    found, directive = _complete(ctx, args[:-1], args[-1])
    for word, text in found:
        ctx.out(f"{word}\t{text}\n" if described and text else f"{word}\n")
    ctx.out(f":{directive}\n")
    told = ", ".join(name for bit, name in _DIRECTIVES if directive & bit) or "ShellCompDirectiveDefault"
    ctx.err(f"Completion ended with directive: {told}\n")


def _complete(ctx: Context, words: list[str], partial: str) -> tuple[list[tuple[str, str]], int]:
    """Return the candidates for `partial`, (word, description), and the directive."""
    named, rest = find(words)
    command = in_release(named, lambda: ctx.release)
    rest = [*named[len(command):].split(), *rest]
    if not command and any(not word.startswith("-") for word in rest):
        ctx.err("[Debug] Cleared global flags for plugin completion\n"
                f"[Debug] [Error] unable to find a command for arguments: [{' '.join(words)}]\n")
        return [], 0
    flags = flags_of(command, environ=ctx.environ)
    awaited = _awaited(flags, rest)
    unknown = ""
    if partial.startswith("-") and "=" in partial and "--" not in words:
        name, _, partial = partial.partition("=")
        awaited = name[2:] if name.startswith("--") else flags.find_shorthand(name[-1])
        unknown = "" if awaited in flags else name[2:] if name.startswith("--") else name[-1]
    elif awaited:
        rest = rest[:-1]
    try:
        args = flags.parse(rest)
    except FlagError as why:
        ctx.err(f"[Debug] [Error] Error while parsing flags from args [{' '.join(rest)}]: {why}\n")
        return [], 0
    if unknown:
        ctx.err(f"[Debug] [Error] Subcommand '{command.rpartition(' ')[2] or ctx.name}' does not support flag "
                f"'{unknown}'\n")
        return [], 0
    if flags.changed("help"):
        return [], NO_FILES
    ctx.command, ctx.flags = command, flags
    try:
        if awaited:
            return _of_flag(ctx, awaited, args, partial)
        if partial.startswith("-") and flags.dash < 0:
            return _required(ctx, partial) or _flag_names(ctx, partial), NO_FILES
        names, directive = _nouns(ctx, args, partial)
    except (StatusError, Failure):
        return [], NO_FILES
    below = [] if any(map(flags.is_local, flags.given())) else _below(command, args, ctx.release)
    return [*_described([name for name in below if name.startswith(partial)], find(args)[0] if command == "help"
                        else command), *_required(ctx, partial), *((name, "") for name in names)], \
        NO_FILES if below else directive


def _awaited(flags: Flags, words: list[str]) -> str:
    """Return the flag that the last word wants a value for, or ""."""
    last = words[-1] if words and "--" not in words else ""
    if last.startswith("--"):
        name = last[2:]
    else:
        name = flags.find_shorthand(last[-1]) if last[:1] == "-" and len(last) > 1 else ""
    return name if name and "=" not in last and name in flags and flags.needs_argument(name) else ""


def _below(command: str, args: list[str], release: Release) -> list[str]:
    """Return the names of the commands that may come next."""
    if command == "help":
        command, rest = find(args)
        if not command and rest:
            return []
    elif args:
        return []
    return sorted([*subcommands(command, release), *(() if command else ("help", "options"))])


def _described(names: list[str], command: str) -> list[tuple[str, str]]:
    from .help import words
    texts = words()["commands"] if names else {}
    return [(name, texts[f"{command} {name}".lstrip()]["short"].rstrip(".")) for name in names]


def _required(ctx: Context, partial: str) -> list[tuple[str, str]]:
    """Return the flags that have to be given and were not (cobra's completeRequireFlags)."""
    return _forms(ctx, ctx.flags.absent(), partial)


def _flag_names(ctx: Context, partial: str) -> list[tuple[str, str]]:
    flags = ctx.flags
    shown = flags_of(ctx.command, ctx.release, ctx.environ)
    local = [name for name in shown.names() if shown.is_local(name)]
    names = [*sorted(set(shown.names()).difference(local)), *sorted([*local, "help"])] if ctx.command else sorted(
        [*shown.names(), "help"])
    return _forms(ctx, [name for name in names if not flags.changed(name) or flags.repeats(name)], partial)


def _forms(ctx: Context, names: list[str], partial: str) -> list[tuple[str, str]]:
    """Return the forms of flags that begin with `partial`, each with what help says of the flag."""
    from .help import flag_text, words
    found = []
    for name in names:
        if name == "help":  # cobra's own
            letter, text = "h", f"help for {ctx.command.rpartition(' ')[2] or ctx.name}"
        else:
            letter = ctx.flags.shorthand(name)
            text = flag_text(words()["flags"], ctx.command, name, ctx.flags.is_local(name)).rstrip(".")
        found += [(form, text) for form in (f"--{name}", letter and f"-{letter}") if form and form.startswith(partial)]
    return found


def _of_flag(ctx: Context, name: str, args: list[str], partial: str) -> tuple[list[tuple[str, str]], int]:
    """Complete the value of a flag; without an idea of it, the shell offers files."""
    flags, command = ctx.flags, ctx.command
    local = flags.is_local(name)
    if name == "filename" and local:
        return [(ending, "") for ending in ("json", "yaml", "yml")], EXTENSIONS
    if name == "subresource":
        return [(choice, "") for choice in _SUBRESOURCES], NO_FILES
    if name == "namespace" and (not local or command == "config set-context"):
        choices = _live(ctx, "namespaces")
    elif name in ("context", "cluster", "user") and not local:
        choices = sorted(ctx.kubeconfig.config[name + "s"])
    elif (command, name) == ("exec", "container"):
        choices = _containers(ctx, args[0]) if args else []
    elif (command, name) == ("create clusterrolebinding", "clusterrole"):
        choices = _live(ctx, "clusterroles")
    elif (command, name) == ("get", "output"):
        from ..printers import GET_FORMATS
        choices = [choice for choice in GET_FORMATS if choice != "kyaml" or does("KYAML", ctx.release)]
    else:
        return [], 0
    return [(choice, "") for choice in choices if choice.startswith(partial)], NO_FILES


def _nouns(ctx: Context, args: list[str], partial: str) -> tuple[list[str], int]:
    command = ctx.command
    if command == "completion":
        from .shells import SCRIPTS
        return ([], 0) if args else ([shell for shell in SCRIPTS if shell.startswith(partial)], NO_FILES)
    if command in _CONFIG or command in _NAMES:
        names = [] if args else sorted(ctx.kubeconfig.config[_CONFIG[command]]) if command in _CONFIG else \
            _live(ctx, _NAMES[command])
        return [name for name in names if name.startswith(partial)], NO_FILES
    if command == "cp":
        return ([] if args else _places(ctx, partial)), NO_SPACE
    if command in _PODS:
        return _pods(ctx, args, partial)
    if command in _TYPES or command in _SOME_TYPES:
        return _types_and_names(ctx, args, partial, _SOME_TYPES.get(command, ()))
    return [], NO_FILES if command == "help" else 0


def _types_and_names(ctx: Context, args: list[str], partial: str, types: Sequence[str]) -> tuple[list[str], int]:
    """Complete TYPE, then names, or TYPE/NAME (resourceTypeAndNameCompletionFunc)."""
    single = ctx.command in _OF_ONE
    if args and "/" not in args[0]:
        if single and len(args) > 1:
            return [], NO_FILES
        return [name for name in _live(ctx, args[0]) if name.startswith(partial) and name not in args[1:]], NO_FILES
    if single and args:
        return [], NO_FILES
    if "/" in partial:
        kind, _, start = partial.partition("/")
        names = (f"{kind}/{name}" for name in _live(ctx, kind) if name.startswith(start))
        return [name for name in names if name not in args], NO_FILES
    before, comma, start = partial.rpartition(",") if not types else ("", "", partial)
    kinds = types or [res.name for res in sorted(ctx.client.discovery.preferred(),
                                                 key=lambda res: (res.group, res.plural)) if "get" in res.verbs]
    found = [before + comma + kind for kind in kinds if kind.startswith(start)]
    return ([kind + "/" for kind in found], NO_FILES | NO_SPACE) if args else (found, NO_FILES)


def _pods(ctx: Context, args: list[str], partial: str) -> tuple[list[str], int]:
    """Complete a pod, or a TYPE/NAME that leads to one (doPodResourceCompletion); behind it a container or port."""
    if len(args) == 1 and ctx.command == "logs":
        return [name for name in _containers(ctx, args[0]) if name.startswith(partial)], NO_FILES
    if len(args) == 1 and ctx.command == "port-forward":
        return _ports(ctx, args[0], partial), NO_FILES
    if args:
        return [], NO_FILES
    kind, slash, start = partial.partition("/")
    if slash:
        return [f"{kind}/{name}" for name in _live(ctx, kind) if name.startswith(start)], NO_FILES
    pods = [name for name in _live(ctx, "pods") if name.startswith(partial)]
    owners = [owner + "/" for owner in _OWNERS if owner.startswith(partial)]
    return pods + owners, NO_FILES if pods else NO_FILES | NO_SPACE


def _places(ctx: Context, partial: str) -> list[str]:
    """Complete the first place of `cp`: a pod, by its namespace or without, or a file beside these."""
    if partial[:1] in ("/", ".", "~") or ":" in partial:
        return []
    namespace, slash, _ = partial.partition("/")
    if slash:
        names = [f"{namespace}/{item['metadata']['name']}:" for item in ctx.client.list("pods", namespace)["items"]]
        return [name for name in names if name.startswith(partial)]
    found = [f"{name}/" for name in _live(ctx, "namespaces") if name.startswith(partial)]
    found += [f"{name}:" for name in _live(ctx, "pods") if name.startswith(partial)]
    if not partial:
        return [*found, "./", "/"]
    import os

    files = sorted(os.listdir()) if found else []
    return found + [f"{name}/" if os.path.isdir(name) else name for name in files if name.startswith(partial)]


def _ports(ctx: Context, target: str, partial: str) -> list[str]:
    """Return `LOCAL:PORT` for the ports of a Service, or of a pod's containers."""
    kind, slash, name = target.partition("/")
    if slash and kind in ("service", "services", "svc"):
        ports = [port["port"] for port in ctx.client.get("services", name, ctx.namespace)["spec"].get("ports") or ()]
    else:
        ports = [port["containerPort"] for container in _pod(ctx, target)["spec"]["containers"]
                 for port in container.get("ports") or ()]
    local = partial.partition(":")[0]
    pairs = [f"{local or port}:{port}" for port in ports]
    return [pair for pair in pairs if pair.startswith(partial)]


def _live(ctx: Context, kind: str) -> list[str]:
    """Return the names of the objects of a kind, in the namespace asked for."""
    resource = ctx.client.discovery.find(kind)
    if resource is None:
        return []
    namespace = ctx.namespace if resource.namespaced else ""
    return [item["metadata"]["name"] for item in ctx.client.list(resource.versioned, namespace)["items"]]


def _pod(ctx: Context, target: str) -> Object:
    """Return the pod of a name, or of a TYPE/NAME that leads to one."""
    from ..util.podcmd import pod_of, select

    if "/" not in target:
        return ctx.client.get("pods", target, ctx.namespace)
    return pod_of(ctx, select(ctx, [target])[0].obj, 0.1)


def _containers(ctx: Context, target: str) -> list[str]:
    spec = _pod(ctx, target)["spec"]
    return [container["name"] for container in (*spec.get("initContainers", ()), *spec["containers"])]
