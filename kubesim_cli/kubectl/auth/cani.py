"""kubectl auth can-i."""

from __future__ import annotations

from ...go.tabwriter import align
from ...releases.kubectl import does
from ..failures import Failure, no_such_type
from . import rules as rbacrules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context

_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind",
          "impersonate", "*")
_SIGNER_VERBS = ("approve", "sign", "escalate", "attest")
_URL_VERBS = ("get", "put", "post", "head", "options", "delete", "patch", "*")
_REVIEW = "authorization.k8s.io"


def can_i(ctx: Context) -> int | None:
    """kubectl auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL], or --list; exits with 1 for no."""
    flags, args = ctx.flags, ctx.args
    if flags["list"]:
        if args:
            raise Failure("list option must be specified with no arguments")
        if flags["quiet"] or flags["all-namespaces"] or flags["subresource"]:
            raise Failure("list option can't be specified with neither quiet, all-namespaces nor subresource options")
        _list(ctx)
        return None
    if len(args) != 2:
        raise Failure("you must specify two arguments: verb resource or verb resource/resourceName.\n"
                      "See 'kubectl auth can-i -h' for help and examples.")
    verb, what = args
    if what.startswith("/"):
        if flags["subresource"]:
            raise Failure("--subresource can not be used with NonResourceURL")
        _warn_verb(ctx, verb, _URL_VERBS)
        spec = {"nonResourceAttributes": {"path": what, "verb": verb}}
    else:
        spec = {"resourceAttributes": _attributes(ctx, verb, what)}
    if flags["no-headers"]:
        raise Failure("--no-headers cannot be set without --list specified")
    review = {"apiVersion": f"{_REVIEW}/v1", "kind": "SelfSubjectAccessReview", "metadata": {}, "spec": spec}
    status = ctx.client.create(f"selfsubjectaccessreviews.{_REVIEW}", review)["status"]
    answer = "yes" if status.get("allowed") else " - ".join(
        ["no", *filter(None, (status.get("reason"), status.get("evaluationError")))])
    if not flags["quiet"]:
        ctx.out(answer + "\n")
    return 0 if status.get("allowed") else 1


def _attributes(ctx: Context, verb: str, what: str) -> Object:
    flags = ctx.flags
    text, _, name = what.partition("/")
    mapping = None if text == "*" else ctx.client.discovery.find(text.lower())
    resource, group = (mapping.plural, mapping.group) if mapping else (text, "")
    if mapping is None and text != "*":
        asked, _, asked_group = text.lower().partition(".")
        if text.lower() not in ("users", "groups"):
            ctx.warn(no_such_type(asked, asked_group, mark="'") + "\n")
    if not flags["all-namespaces"]:
        if mapping and not mapping.namespaced:
            ctx.warn(f"resource '{resource}' is not namespace scoped" + (f" in group '{group}'" if group else "")
                     + "\n")
        signs = does("SignerVerbs", ctx.release)
        _warn_verb(ctx, verb, (*_VERBS, *_SIGNER_VERBS) if signs else _VERBS)
    fields = {"namespace": "" if flags["all-namespaces"] else ctx.namespace, "verb": verb, "group": group,
              "resource": resource, "subresource": flags["subresource"], "name": name}
    return {key: value for key, value in fields.items() if value}


def _warn_verb(ctx: Context, verb: str, known: tuple[str, ...]) -> None:
    if verb not in known:
        ctx.warn(f"verb '{verb}' is not a known verb\n")


def _list(ctx: Context) -> None:
    """Print all that the user may do in the namespace."""
    review = {"apiVersion": f"{_REVIEW}/v1", "kind": "SelfSubjectRulesReview", "metadata": {},
              "spec": {"namespace": ctx.namespace}}
    status = ctx.client.create(f"selfsubjectrulesreviews.{_REVIEW}", review)["status"]
    if status.get("incomplete"):
        ctx.warn(f"the list may be incomplete: {status.get('evaluationError', '')}")
    rules = [*(status.get("resourceRules") or ()), *(status.get("nonResourceRules") or ())]
    rules = rbacrules.compact([part for rule in rules for part in rbacrules.breakdown(rule)])
    rows = [] if ctx.flags["no-headers"] else [["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]]
    rows += [[rbacrules.resource_in_group(rule), *(rbacrules.go_list(rule.get(field)) for field in
                                                   ("nonResourceURLs", "resourceNames", "verbs"))]
             for rule in sorted(rules, key=rbacrules.sort_key)]
    ctx.out(align(rows))
