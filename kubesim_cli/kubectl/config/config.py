"""kubectl config: reading and changing kubeconfig files (pkg/cmd/config)."""

from __future__ import annotations

import os

from ...machinery.objects import clone
from ...releases.kubectl import does
from ..failures import Aggregate, Failure, Usage
from .access import ConfigAccess, external

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context


def _access(ctx: Context) -> ConfigAccess:
    return ConfigAccess(ctx.environ, ctx.flags["kubeconfig"], lambda: not does("NoPreferences", ctx.told_release),
                        ctx.files)


def _help(ctx: Context, args: list[str]) -> Failure:
    """What `config` verbs say to a wrong number of arguments: the whole help, then the complaint."""
    from ..cli.help import text_of
    ctx.out(text_of(ctx.command, ctx.release))
    return Failure(f"Unexpected args: [{' '.join(args)}]")


def current_context(ctx: Context) -> None:
    name = _access(ctx).config["current-context"]
    if not name:
        raise Failure("current-context is not set")
    ctx.out(name + "\n")


def get_clusters(ctx: Context) -> None:
    ctx.out("".join(f"{name}\n" for name in ["NAME", *sorted(_access(ctx).config["clusters"])]))


def get_users(ctx: Context) -> None:
    ctx.out("".join(f"{name}\n" for name in ["NAME", *sorted(_access(ctx).config["users"])]))


def get_contexts(ctx: Context) -> None:
    flags, args = ctx.flags, ctx.args
    if flags["output"] not in ("", "name"):
        raise Failure(f"--output {flags['output']} is not available in kubectl config get-contexts; resetting to "
                      "default output format")
    config = _access(ctx).config
    contexts = config["contexts"]
    missing = [Failure(f"context {name} not found") for name in args if name not in contexts]
    names = sorted(name for name in args if name in contexts) if args else sorted(contexts)
    if flags["output"] == "name":
        ctx.out("".join(name + "\n" for name in names))
    else:
        from ...go.tabwriter import align
        rows = [] if flags["no-headers"] else [["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]]
        for name in names:
            context = contexts[name]
            rows.append(["*" if name == config["current-context"] else " ", name, context.get("cluster", ""),
                         context.get("user", ""), context.get("namespace", "")])
        ctx.out(align(rows))
    if missing:
        raise Aggregate(missing)


def use_context(ctx: Context) -> None:
    args = ctx.args
    if len(args) != 1:
        raise _help(ctx, args)
    access, name = _access(ctx), args[0]
    if not name:
        raise Failure("empty context names are not allowed")
    if name not in access.config["contexts"]:
        raise Failure(f'no context exists with the name: "{name}"')
    access.write({**access.config, "current-context": name})
    ctx.out(f'Switched to context "{name}".\n')


def rename_context(ctx: Context) -> None:
    args = ctx.args
    if len(args) != 2:
        raise _help(ctx, args)
    old, new = args
    if not new:
        raise Failure("You must specify a new non-empty context name")
    access = _access(ctx)
    config = clone(access.config)
    where = access.default_path
    if old not in config["contexts"]:
        raise Failure(f'cannot rename the context "{old}", it\'s not in {where}')
    if new in config["contexts"]:
        raise Failure(f'cannot rename the context "{old}", the context "{new}" already exists in {where}')
    config["contexts"][new] = config["contexts"].pop(old)
    if config["current-context"] == old:
        config["current-context"] = new
    access.write(config)
    ctx.out(f'Context "{old}" renamed to "{new}".\n')


def delete_context(ctx: Context) -> None:
    _delete(ctx, ctx.args, "contexts", "context")


def delete_cluster(ctx: Context) -> None:
    _delete(ctx, ctx.args, "clusters", "cluster")


def delete_user(ctx: Context) -> None:
    args = ctx.args
    if len(args) != 1:
        raise Usage("user to delete is required")
    _delete(ctx, args, "users", "user")


def _delete(ctx: Context, args: list[str], section: str, kind: str) -> None:
    access = _access(ctx)
    if len(args) != 1:
        from ..cli.help import text_of
        ctx.out(text_of(ctx.command, ctx.release))
        return
    name, where = args[0], access.default_path
    if name not in access.config[section]:
        raise Failure(f"cannot delete {kind} {name}, not in {where}")
    if section == "contexts" and access.config["current-context"] == name:
        ctx.err('warning: this removed your active context, use "kubectl config use-context" to select a different '
                "one\n")
    access.write({**access.config, section: {k: v for k, v in access.config[section].items() if k != name}})
    ctx.out(f"deleted {kind} {name} from {where}\n")


def set_(ctx: Context) -> None:
    from .path import set_value
    args = ctx.args
    if len(args) != 2:
        raise _help(ctx, args)
    name, value = args
    if not value:
        raise Failure("you cannot use set to unset a property")
    if not name:
        raise Failure("you must specify a property")
    access = _access(ctx)
    config = clone(access.config)
    set_value(config, name, value, ctx.flags["set-raw-bytes"])
    access.write(config)
    ctx.out(f'Property "{name}" set.\n')


def unset(ctx: Context) -> None:
    from .path import unset_value
    args = ctx.args
    if len(args) != 1:
        raise _help(ctx, args)
    if not args[0]:
        raise Failure("you must specify a property")
    access = _access(ctx)
    config = clone(access.config)
    unset_value(config, args[0])
    access.write(config)
    ctx.out(f'Property "{args[0]}" unset.\n')


def set_context(ctx: Context) -> None:
    flags, args = ctx.flags, ctx.args
    if len(args) > 1:
        raise _help(ctx, args)
    name = args[0] if args else ""
    if not name and not flags["current"]:
        raise Failure("you must specify a non-empty context name or --current")
    if name and flags["current"]:
        raise Failure("you cannot specify both a context name and --current")
    access = _access(ctx)
    if flags["current"]:
        name = access.config["current-context"]
        if not name:
            raise Failure("no current context is set")
    known = name in access.config["contexts"]
    config = clone(access.config)
    entry = config["contexts"].setdefault(name, {})
    _take(entry, flags, ("cluster", "user", "namespace"))
    access.write(config)
    ctx.out(f'Context "{name}" {"modified" if known else "created"}.\n')


def set_cluster(ctx: Context) -> None:
    flags, args = ctx.flags, ctx.args
    if len(args) != 1:
        raise _help(ctx, args)
    name, authority = args[0], flags["certificate-authority"]
    if not name:
        raise Failure("you must specify a non-empty cluster name")
    if flags["insecure-skip-tls-verify"] and authority:
        raise Failure("you cannot specify a certificate authority and insecure mode at the same time")
    if flags["embed-certs"] and not authority:
        raise Failure("you must specify a --certificate-authority to embed")
    access = _access(ctx)
    config = clone(access.config)
    entry = config["clusters"].setdefault(name, {})
    if flags.changed("server"):
        entry.pop("tls-server-name", None)
    _take(entry, flags, ("server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url"))
    if flags["insecure-skip-tls-verify"]:
        _drop(entry, "certificate-authority", "certificate-authority-data")
    else:  # a flag that is not given counts as false
        _drop(entry, "insecure-skip-tls-verify")
    if flags.changed("certificate-authority"):
        _take_file(entry, flags, access, name, "clusters", "certificate-authority")
    access.write(config)
    ctx.out(f'Cluster "{name}" set.\n')


def set_credentials(ctx: Context) -> None:
    from .exec import check_pairs, set_auth_provider, set_exec

    flags, args = ctx.flags, ctx.args
    try:
        if len(args) != 1:
            raise Failure(f"unexpected args: [{' '.join(args)}]")
        check_pairs(flags)
    except Failure:
        from ..cli.help import text_of

        ctx.out(text_of(ctx.command, ctx.release))
        raise
    name = args[0]
    if not name:
        raise Failure("you must specify a non-empty user name")
    if flags["token"] and (flags["username"] or flags["password"]):
        raise Failure("you cannot specify more than one authentication method at the same time: --token, "
                      "--username/--password")
    if flags["embed-certs"] and not flags["client-certificate"] and not flags["client-key"]:
        raise Failure("you must specify a --client-certificate or --client-key to embed")
    if flags.changed("exec-interactive-mode") and flags["exec-interactive-mode"] not in (
            "IfAvailable", "Never", "Always"):
        raise Failure("invalid interactive mode type, can be only IfAvailable, Never, Always")
    access = _access(ctx)
    config = clone(access.config)
    entry = config["users"].setdefault(name, {})
    for field in ("client-certificate", "client-key"):
        if flags.changed(field):
            _take_file(entry, flags, access, name, "users", field)
    _take(entry, flags, ("token", "username", "password"))
    if flags["token"]:
        _drop(entry, "username", "password")
    elif flags["username"] or flags["password"]:
        _drop(entry, "token")
    set_auth_provider(entry, flags)
    set_exec(entry, flags)
    access.write(config)
    ctx.out(f'User "{name}" set.\n')


def _take(entry: Object, flags: Flags, names: Iterable[str]) -> None:
    """Copy the flags that were given."""
    for name in names:
        if flags.changed(name):
            entry[name] = flags[name]


def _drop(entry: Object, *names: str) -> None:
    for name in names:
        entry.pop(name, None)


def _take_file(entry: Object, flags: Flags, access: ConfigAccess, name: str, section: str, field: str) -> None:
    """Point an entry to a file, relative to the kubeconfig where it is below it, or embed the file's content."""
    path = flags[field]
    if not flags["embed-certs"]:
        _drop(entry, field + "-data")
        base, paths = access.folder_of(section, name), access.files.paths
        absolute = access.files.absolute(path) if path else ""
        inside = absolute.startswith(base.rstrip(paths.sep) + paths.sep)
        entry[field] = paths.relpath(absolute, base) if inside else absolute
        return
    import base64
    try:
        entry[field + "-data"] = base64.b64encode(access.files.contents(path)).decode()
    except OSError as why:
        raise Failure(f"could not stat {field} file {path}: stat {path}: "
                      f"{os.strerror(why.errno or 0).lower()}") from None
    _drop(entry, field)


def view(ctx: Context) -> None:
    flags, args = ctx.flags, ctx.args
    if args:
        raise Usage(f"unexpected arguments: [{' '.join(args)}]")
    access = _access(ctx)
    if not flags["merge"] and not access.explicit:
        raise Failure("if merge==false a precise file must be specified")
    config = clone(access.config)
    if flags["minify"]:
        _minify(config, flags["context"])
    if flags["flatten"]:
        _flatten(config, access)
    elif not flags["raw"]:
        _redact(config)
    _print(ctx, config)


def _minify(config: Object, context: str) -> None:
    """Keep only what the current context needs (MinifyConfig)."""
    name = config["current-context"] = context or config["current-context"]
    if not name:
        raise Failure("current-context must exist in order to minify")
    if name not in config["contexts"]:
        raise Failure(f"cannot locate context {name}")
    current = config["contexts"][name]
    config["contexts"] = {name: current}
    for section, kind in (("clusters", "cluster"), ("users", "user")):
        wanted = current.get(kind, "")
        if wanted and wanted not in config[section]:
            raise Failure(f"cannot locate {kind} {wanted}")
        config[section] = {wanted: config[section][wanted]} if wanted else {}


def _flatten(config: Object, access: ConfigAccess) -> None:
    """Put the files that entries point to into them (FlattenConfig)."""
    import base64
    for section, fields in (("users", ("client-certificate", "client-key")), ("clusters", ("certificate-authority",))):
        for name, entry in config[section].items():
            base = access.folder_of(section, name)
            for field in fields:
                path = entry.pop(field, "")
                if not path:
                    continue
                if entry.get(field + "-data"):
                    raise Failure("cannot have values for both path and contents")
                path = access.files.paths.join(base, path)
                try:
                    entry[field + "-data"] = base64.b64encode(access.files.contents(path)).decode()
                except OSError as why:
                    raise Failure(f"open {path}: {os.strerror(why.errno or 0).lower()}") from None


def _redact(config: Object) -> None:
    """Hide secrets and long data (RedactSecrets, ShortenConfig)."""
    for entry in (*config["users"].values(), *config["clusters"].values()):
        for field in entry:
            if field.endswith("-data") and entry[field]:
                entry[field] = "DATA+OMITTED"
            elif field in ("token", "password") and entry[field]:
                entry[field] = "REDACTED"


def _print(ctx: Context, config: Object) -> None:
    flags = ctx.flags
    shaped = external(config)
    release = ctx.release
    if not does("NoPreferences", release):
        shaped = {"kind": shaped.pop("kind"), "apiVersion": shaped.pop("apiVersion"), "preferences": {}, **shaped}
    if flags["output"] == "json":
        from ..printers.json import dump_struct
        ctx.out(dump_struct(shaped) + "\n")
        return
    from ..printers import PrinterError
    from ..printers.output import for_output
    try:
        printer = for_output(flags["output"], template=flags["template"], release=release, order=list,
                             allow_missing_template_keys=flags["allow-missing-template-keys"], files=ctx.files)
        ctx.out(printer.print_obj(shaped))
    except PrinterError as error:
        ctx.out(error.output)
        raise Failure(str(error)) from None
