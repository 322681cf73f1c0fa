"""kubectl run: one pod from flags."""

from __future__ import annotations

import re

from ..go.fmt import quote
from ..machinery import names
from ..machinery.errors import StatusError
from ..releases.kubectl import does
from .expose import atoi, parse_labels, service
from .failures import Failure, Usage
from .resource.mapper import resource_for
from .util import cmdutil
from .util.overrides import overridden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from ..releases import Release
    from .cli.flags import Flags
    from .context import Context

_COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
# distribution/reference: [host[:port]/]path[:tag][@digest]
IMAGE = re.compile(
    rf"(?:(?:{_HOST}(?:\.{_HOST})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?", re.ASCII)


def run(ctx: Context) -> None:
    """kubectl run NAME --image=IMAGE [--env=K=V] [--port=P] [--command] [-- ARGS]"""
    flags, args = ctx.flags, ctx.args
    strategy = cmdutil.dry_run(ctx)
    attach = flags["attach"] or (flags["stdin"] and not flags.changed("attach"))
    print_obj = cmdutil.printer(ctx, "created", strategy, typed=True)
    _check(flags, args, attach, strategy, ctx.release)
    obj = _pod(flags, args[0], args[1:])
    pods = resource_for(ctx, "pods")  # kubectl wants a server even for a dry run on the client
    obj = overridden(ctx, obj)
    pod = _create(ctx, pods.versioned, obj, strategy)
    made, failure = [(pods.versioned, pod)], None
    if flags["expose"]:
        try:
            selector = flags["labels"] or f"run={args[0]}"
            labels = parse_labels(flags["labels"]) if flags["labels"] else None
            exposed = service(args[0], parse_labels(selector), labels, flags["port"])
            made.append(("services", _create(ctx, "services", exposed, strategy)))
            print_obj(made[-1][1])
            if flags["output"] == "yaml":
                ctx.out("---\n")
        except (Failure, StatusError) as error:
            failure = error
    if attach:
        from .util.attached import Attached

        Attached(ctx, pod, made).run()
        return
    print_obj(pod)
    if failure is not None:
        raise failure


def _check(flags: Flags, args: list[str], attach: bool, strategy: str, release: Release) -> None:
    if not args or flags.dash == 0:
        raise Usage("NAME is required for run")
    if flags["pod-running-timeout"] <= 0:
        raise Usage("--pod-running-timeout must be higher than zero")
    if not flags["image"]:
        raise Failure("--image is required")
    if not IMAGE.fullmatch(flags["image"]):
        raise Failure(f"Invalid image name {quote(flags['image'])}: invalid reference format")
    if flags["tty"] and not flags["stdin"]:
        raise Usage("-i/--stdin is required for containers with -t/--tty=true")
    if flags["expose"] and not flags["port"]:
        raise Usage("--port must be set when exposing a service")
    _check_policy("restart policy", flags["restart"], ("Always", "OnFailure", "Never"), release)
    if flags["rm"] and not attach:
        raise Usage("--rm should only be used for attached containers")
    if attach and strategy != "none":
        raise Usage("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or "
                    "--tty)")
    _check_policy("image pull policy", flags["image-pull-policy"], ("Always", "IfNotPresent", "Never"), release)


def _check_policy(what: str, given: str, policies: tuple[str, ...], release: Release) -> None:
    if given not in ("", *policies):
        choices = f", valid values are: {', '.join(policies)}" if does("PolicyChoices", release) else ""
        raise Usage(f"invalid {what}: {given}{choices}")


def _pod(flags: Flags, name: str, args: list[str]) -> Object:
    env = [_env(text) for text in flags["env"]]
    annotations, _ = cmdutil.parse_pairs(flags["annotations"], "annotations", removes=False)
    container: Object = {"name": name, "image": flags["image"]}
    if args:
        container["command" if flags["command"] else "args"] = args
    if flags["port"]:
        container["ports"] = [{"containerPort": atoi(flags["port"])}]
    if env:
        container["env"] = env
    if flags["image-pull-policy"]:
        container["imagePullPolicy"] = flags["image-pull-policy"]
    if flags["privileged"]:
        container["securityContext"] = {"privileged": True}
    if flags["stdin"]:
        container["stdin"] = True
        if not flags["leave-stdin-open"]:
            container["stdinOnce"] = True
    if flags["tty"]:
        container["tty"] = True
    labels = parse_labels(flags["labels"]) if flags["labels"] else {"run": name}
    metadata = {"name": name, "labels": labels, **({"annotations": annotations} if annotations else {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {
        "containers": [container], "restartPolicy": flags["restart"] or "Always", "dnsPolicy": "ClusterFirst"}}


def _env(text: str) -> Object:
    name, equals, value = text.partition("=")
    if not equals or names.env_var_name(name):
        raise Failure(f"invalid env: {text}")
    return {"name": name, "value": value} if value else {"name": name}


def _create(ctx: Context, resource: str, obj: Object, strategy: str) -> Object:
    flags = ctx.flags
    cmdutil.record(ctx, obj)
    if strategy == "client":
        if ctx.namespace_given:
            obj["metadata"]["namespace"] = ctx.namespace
        return obj
    cmdutil.save_typed_config(obj, flags["save-config"], ctx.release)
    return ctx.client.create(resource, obj, ctx.namespace, dry_run=strategy == "server",
                             field_manager=flags["field-manager"])
