"""What many verbs share: dry runs, validation, printing what was done, last-applied annotations (pkg/cmd/util)."""

from __future__ import annotations

from ...go.fmt import quote
from ...machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION
from ...releases.kubectl import does
from ..cli.flags import FALSE, TRUE
from ..failures import Failure
from . import klog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context
    from ..printers import Printer
    from ..resource.info import Info

CHANGE_CAUSE = "kubernetes.io/change-cause"
NO_FILES = "must specify one of -f and -k"
_OPERATORS = {"in": "In", "notin": "NotIn", "exists": "Exists", "!": "DoesNotExist"}
SUFFIX = {"none": "", "client": " (dry run)", "server": " (server dry run)"}


def dry_run(ctx: Context) -> str:
    """Return what --dry-run says: none, client or server (GetDryRunStrategy)."""
    value: str = ctx.flags["dry-run"]
    if value in SUFFIX:
        return value
    if value == "unchanged":
        klog.tell(ctx, "W", "helpers.go:703", "--dry-run is deprecated and can be replaced with --dry-run=client.")
        return "client"
    if value not in TRUE and value not in FALSE:
        raise Failure(f'Invalid dry-run value ({value}). Must be "none", "server", or "client".')
    strategy = "client" if value in TRUE else "none"
    klog.tell(ctx, "W", "helpers.go:717", f"--dry-run={value} is deprecated (boolean value) and can be replaced with "
                                           f"--dry-run={strategy}.")
    return strategy


def require_files(flags: Flags) -> None:
    """Raise Failure where neither -f nor -k names a file (FilenameOptions.RequireFilenameOrKustomize)."""
    if not flags["filename"] and not flags["kustomize"]:
        raise Failure(NO_FILES)


def tell_none(ctx: Context, everywhere: bool = False) -> None:
    """Tell on stderr that nothing was found: in the namespace, or `everywhere`."""
    ctx.err("No resources found\n" if everywhere else f"No resources found in {ctx.namespace} namespace.\n")


def validation(flags: Flags) -> str:
    """Return what --validate says: Strict, Warn or Ignore (GetValidationDirective)."""
    value = flags["validate"]
    if value in TRUE or value == "strict":
        return "Strict"
    if value in FALSE or value == "ignore":
        return "Ignore"
    if value == "warn":
        return "Warn"
    raise Failure(f"invalid - validate option {quote(value)}; must be one of: strict (or true), warn, ignore "
                  "(or false)")


def printer(ctx: Context, operation: str, strategy: str = "none", typed: bool = False) -> Callable[[Object], None]:
    """Return the function that prints an object the way -o asks for, or as `kind/name operation` without it.

    `strategy` is what `dry_run` returned; its words go behind the operation. `typed`: objects are printed in the
    shape of their Go types (see scheme.py). Raises Failure for an unknown format.
    """
    formatted = wanted_printer(ctx, order=list if typed else sorted)
    if formatted is None:
        return lambda obj: tell_done(ctx, obj, operation, strategy)
    if not typed:
        return formatted
    from ..resource.scheme import typed as as_typed

    return lambda obj: formatted(as_typed(obj, ctx.release))


def check_subresource(ctx: Context, name: str, known: tuple[str, ...] = ("status", "scale")) -> None:
    """Refuse a --subresource that a release's kubectl does not know. Raises Failure."""

    if name and name not in known and not does("SubresourcesOfAllNames", ctx.release):
        raise Failure(f'invalid subresource value: {quote(name)}. Must be one of [{" ".join(known)}]')


def tell_done(ctx: Context, obj: Object, operation: str, strategy: str = "none") -> None:
    """Print what was done with an object: `pod/web created (dry run)`."""
    from ..printers.name import name_of

    ctx.out(f"{name_of(obj)} {operation}{SUFFIX[strategy]}\n")


def wanted_printer(ctx: Context, **options: Any) -> Callable[[Object], None] | None:
    """Return what `output_printer` does, None where neither -o nor --template was given."""
    flags = ctx.flags
    return output_printer(ctx, **options) if flags["output"] or _template(flags) else None


def _template(flags: Flags) -> str:
    return flags["template"] if "template" in flags else ""  # noqa: SIM401 (Flags is no dict)


def output_printer(ctx: Context, whole: Callable[[], Object] | None = None,
                   **options: Any) -> Callable[[Object], None]:
    """Return the function that prints an object as -o or --template ask for.

    `options` are those of `output.for_output`. Raises Failure for an unknown format, and so does the function where
    an object cannot be printed; `whole()` returns what it was to print as it is told then, with all of its fields.
    """
    chosen = printer_of(ctx, **options)
    return lambda obj: print_by(ctx, chosen, obj, whole)


def printer_of(ctx: Context, **options: Any) -> Printer:
    """Return the printer that -o or --template ask for; see output_printer."""
    flags = ctx.flags
    output, template = flags["output"], _template(flags)
    from ..printers import PrinterError
    from ..printers.output import for_output

    if "allow-missing-template-keys" in flags:
        options["allow_missing_template_keys"] = flags["allow-missing-template-keys"]
    if "show-managed-fields" in flags:
        options["show_managed_fields"] = flags["show-managed-fields"]
    try:
        return for_output(output, template=template, release=ctx.release, files=ctx.files, **options)
    except PrinterError as error:
        raise Failure(str(error)) from None


def print_by(ctx: Context, printer: Printer, obj: Object, whole: Callable[[], Object] | None = None) -> None:
    """Print an object; raises Failure where it cannot be. `whole`: see output_printer."""
    from ..printers import PrinterError

    try:
        for text in printer.pieces(obj):
            ctx.out(text)
    except PrinterError as failed:
        error = failed
        if whole and error.tells_object:
            try:
                printer.print_obj(whole())
            except PrinterError as told:
                error = told
        ctx.out(error.output)
        raise Failure(str(error)) from None


def encode(obj: Object, order: Callable[[Iterable[str]], Iterable[str]] = sorted) -> str:
    """Return an object as JSON on one line with a line end (Go's json.Encoder); `order` as of `json.dump`."""
    from ..printers.json import dump

    return dump(obj, 0, order) + "\n"


def save_config(obj: Object, create: bool) -> None:
    """Write the last-applied annotation of an object of our own, in place: where `create` (--save-config) asks for it
    or where it is there already (CreateOrUpdateAnnotation)."""
    annotations = (obj.get("metadata") or {}).get("annotations") or {}
    if not create and not annotations.get(LAST_APPLIED_CONFIG_ANNOTATION):
        return
    metadata = obj.setdefault("metadata", {})
    metadata["annotations"] = {key: value for key, value in annotations.items()
                               if key != LAST_APPLIED_CONFIG_ANNOTATION}
    metadata["annotations"][LAST_APPLIED_CONFIG_ANNOTATION] = encode(obj)


def save_typed_config(obj: Object, create: bool, release: tuple[int, int]) -> None:
    """`save_config` for an object that kubectl holds in its Go type."""
    from ..resource.scheme import typed

    if create:
        annotations = obj["metadata"].setdefault("annotations", {})
        annotations[LAST_APPLIED_CONFIG_ANNOTATION] = encode(typed(obj, release), list)


def parse_label_selector(text: str) -> Object:
    """Return the metav1.LabelSelector of a selector's text (ParseToLabelSelector); raises Failure."""
    from ...machinery import selectors

    try:
        requirements = selectors.parse(text)
    except ValueError as error:
        raise Failure(f'couldn\'t parse the selector string "{text}": {error}') from None
    labels: dict[str, str] = {}
    expressions = []
    for key, operator, values in requirements:
        if operator in ("=", "=="):
            labels[key] = values[0]
        elif operator in ("gt", "lt"):
            raise Failure(f"{quote(operator)} isn't supported in label selectors")
        elif operator not in _OPERATORS:
            raise Failure(f"{quote(operator)} is not a valid label selector operator")
        else:
            expressions.append({"key": key, "operator": _OPERATORS[operator], **({"values": sorted(values)} if values
                                                                                 else {})})
    return {**({"matchLabels": labels} if labels else {}),
            **({"matchExpressions": expressions} if expressions else {})}


def resource_list(text: str) -> dict[str, str]:
    """Return the quantities of `cpu=100m,memory=1Gi` by resource (populateResourceListV1); raises Failure."""
    from ...machinery import quantity

    found: dict[str, str] = {}
    for statement in text.split(",") if text else ():
        parts = statement.split("=")
        if len(parts) != 2:
            raise Failure(f"Invalid argument syntax {statement}, expected <resource>=<value>")
        try:
            found[parts[0]] = quantity.canonical(parts[1])
        except ValueError as error:
            raise Failure(str(error)) from None
    return found


def pairs(args: list[str], kind: str) -> tuple[list[str], list[str]]:
    """Split arguments into resources and `key=value` or `key-` changes (GetResourcesAndPairs)."""
    resources: list[str] = []
    changes: list[str] = []
    for arg in args:
        if ("=" in arg and not arg.startswith("=")) or (arg.endswith("-") and arg != "-"):
            changes.append(arg)
        elif changes:
            raise Failure(f"all resources must be specified before {kind} changes: {arg}")
        else:
            resources.append(arg)
    return resources, changes


def parse_pairs(changes: list[str], kind: str, removes: bool = True) -> tuple[dict[str, str], list[str]]:
    """Return (new values, keys to remove) of `key=value` and `key-` words (ParsePairs)."""
    new, removed, invalid = {}, [], []
    for word in changes:
        key, equals, value = word.partition("=")
        if equals and key:
            new[key] = value
        elif removes and word.endswith("-") and word != "-":
            removed.append(word[:-1])
        else:
            invalid.append(word)
    if invalid:
        raise Failure(f"invalid {kind} format: {', '.join(invalid)}")
    return new, removed


def record(ctx: Context, obj: Object) -> None:
    """Write the change-cause annotation that --record asks for into an object of our own, in place (Recorder)."""
    flags = ctx.flags
    if "record" not in flags or not flags["record"]:
        return
    given = [f"--{name}={value}" for name, value in flags.written]
    cause = " ".join([ctx.name, *ctx.command.split(), *ctx.args, *given])
    metadata = obj.setdefault("metadata", {})
    metadata["annotations"] = {**(metadata.get("annotations") or {}), CHANGE_CAUSE: cause}


def send_patch(ctx: Context, info: Info, changed: Object, patch_type: str, strategy: str = "none",
               validation: str = "") -> Object:
    """Send what differs between an Info's object and `changed` as a merge or strategic patch; returns the answer.

    A custom resource takes no strategic patches and gets a merge patch.
    """
    return ctx.client.patch(info.resource, info.name, difference(ctx, info.obj, changed, patch_type),
                            "merge" if info.mapping.crd else patch_type, info.namespace,
                            dry_run=strategy == "server", field_manager=ctx.flags["field-manager"],
                            field_validation=validation)


def difference(ctx: Context, old: Object, new: Object, patch_type: str) -> Object:
    """Return the merge or strategic patch that makes `new` of `old`; {} where they are equal.

    Raises Failure where lists of `new` cannot be compared: a strategic patch has no elements of several types.
    """
    if patch_type == "merge":
        from ...machinery.jsonpatch import merge_diff

        return merge_diff(old, new)
    from ...machinery.schema import schema_of
    from ...machinery.strategic import MergeError
    from ...machinery.strategicdiff import two_way

    try:
        return two_way(old, new, schema_of(old["apiVersion"], old["kind"], ctx.release))
    except MergeError as wrong:
        raise Failure(str(wrong)) from None
