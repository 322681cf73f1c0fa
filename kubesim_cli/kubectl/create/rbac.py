"""create clusterrole, clusterrolebinding, role, rolebinding, serviceaccount and token."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...releases.kubectl import does
from ..failures import Failure, no_such_type
from .creation import Creation, name_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context

GROUP = "rbac.authorization.k8s.io"
VERSION = f"{GROUP}/v1"
_VERBS = ("*", "get", "delete", "list", "create", "update", "patch", "watch", "proxy", "deletecollection", "use",
          "bind", "escalate", "impersonate")
_URL_VERBS = ("*", "get", "post", "put", "delete", "patch", "head", "options")
_ROLES = (("roles", GROUP), ("clusterroles", GROUP))
_SPECIAL_VERBS = {
    "use": (("podsecuritypolicies", "policy"), ("podsecuritypolicies", "extensions")),
    "bind": _ROLES,
    "escalate": _ROLES,
    "impersonate": (("users", ""), ("serviceaccounts", ""), ("groups", ""), ("userextras", "authentication.k8s.io")),
}


def role(ctx: Context) -> None:
    """kubectl create role NAME --verb=... --resource=..."""
    flags = ctx.flags
    creation = Creation(ctx)
    verbs, resources = _verbs(flags), _resources(flags)
    creation.need_name()
    _need_verbs(verbs)
    _warn_verbs(ctx, verbs)
    if not resources:
        raise Failure("at least one resource must be specified")
    _check_resources(ctx, verbs, resources)
    rules = _rules(ctx, verbs, resources, _names(flags), [])
    creation.submit(f"roles.{GROUP}", creation.object(VERSION, "Role", rules=rules))


def clusterrole(ctx: Context) -> None:
    """kubectl create clusterrole NAME with a rule, non-resource URLs or an aggregation rule."""
    flags = ctx.flags
    creation = Creation(ctx)
    verbs, resources, urls = _verbs(flags), _resources(flags), list(dict.fromkeys(flags["non-resource-url"]))
    aggregation = flags["aggregation-rule"]
    creation.need_name()
    fields: Object = {}
    if aggregation:
        if urls or verbs or resources or _names(flags):
            raise Failure("aggregation rule must be specified without nonResourceURLs, verbs, resources or "
                          "resourceNames")
        fields = {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": dict(aggregation)}]}, "rules": None}
    else:
        _need_verbs(verbs)
        if not resources and not urls:
            raise Failure("one of resource or nonResourceURL must be specified")
        if resources:
            _warn_verbs(ctx, verbs)
            _check_resources(ctx, verbs, resources)
        _check_urls(verbs, urls)
        fields["rules"] = _rules(ctx, verbs, resources, _names(flags), urls)
    creation.submit(f"clusterroles.{GROUP}", creation.object(VERSION, "ClusterRole", False, **fields),
                    namespaced=False)


def rolebinding(ctx: Context) -> None:
    """kubectl create rolebinding NAME --role=... or --clusterrole=..., and subjects."""
    flags = ctx.flags
    creation = Creation(ctx)
    creation.need_name()
    if bool(flags["clusterrole"]) == bool(flags["role"]):
        raise Failure("exactly one of clusterrole or role must be specified")
    kind, name = ("Role", flags["role"]) if flags["role"] else ("ClusterRole", flags["clusterrole"])
    obj = creation.object(VERSION, "RoleBinding", roleRef=_role_ref(kind, name), subjects=_subjects(flags))
    creation.submit(f"rolebindings.{GROUP}", obj, "failed to create rolebinding: ")


def clusterrolebinding(ctx: Context) -> None:
    """kubectl create clusterrolebinding NAME --clusterrole=... and subjects."""
    flags = ctx.flags
    creation = Creation(ctx)
    obj = creation.object(VERSION, "ClusterRoleBinding", False, roleRef=_role_ref("ClusterRole", flags["clusterrole"]),
                          subjects=_subjects(flags))
    creation.submit(f"clusterrolebindings.{GROUP}", obj, "failed to create clusterrolebinding: ", namespaced=False)


def serviceaccount(ctx: Context) -> None:
    """kubectl create serviceaccount NAME"""
    creation = Creation(ctx)
    creation.need_name()
    creation.submit("serviceaccounts", creation.object("v1", "ServiceAccount"), "failed to create serviceaccount: ")


def token(ctx: Context) -> None:
    """kubectl create token SERVICE_ACCOUNT_NAME: print the token that the server issues."""
    from ..util.cmdutil import printer

    flags = ctx.flags
    name = name_from(flags, ctx.args)
    print_obj = printer(ctx, "created", typed=True)
    request = _token_request(ctx, name)
    try:
        answer = ctx.client.create("serviceaccounts", request, ctx.namespace, name=name, subresource="token")
    except (StatusError, Failure) as error:
        why = error.message if isinstance(error, StatusError) else error
        raise Failure(f"failed to create token: {why}") from None
    if flags.changed("output"):
        print_obj(answer)
    else:
        ctx.out(answer["status"]["token"] + ("\n" if ctx.on_terminal else ""))


def _token_request(ctx: Context, name: str) -> Object:
    flags = ctx.flags
    duration, audiences = flags["duration"], flags["audience"]
    kind, bound, uid = flags["bound-object-kind"], flags["bound-object-name"], flags["bound-object-uid"]
    if not name:
        raise Failure("service account name is required")
    if duration < 0:
        from_zero = does("DefaultDurationOfTokens", ctx.release)
        raise Failure(f"--duration must be {'greater than or equal to 0' if from_zero else 'positive'}")
    if duration % 1:
        raise Failure("--duration cannot be expressed in units less than seconds")
    if "" in audiences:
        raise Failure("--audience must not be an empty string")
    kinds = ["Node"] if does("BoundNodeTokens", ctx.release) else []
    kinds += ["Pod", "Secret"]
    if not kind:
        if bound:
            raise Failure("--bound-object-name can only be set if --bound-object-kind is provided")
        if uid:
            raise Failure("--bound-object-uid can only be set if --bound-object-kind is provided")
    elif kind not in kinds:
        raise Failure(f"supported --bound-object-kind values are {', '.join(kinds)}")
    elif not bound:
        raise Failure("--bound-object-name is required if --bound-object-kind is provided")
    spec: Object = {"audiences": audiences or None}
    if duration:
        spec["expirationSeconds"] = int(duration)
    if kind:
        spec["boundObjectRef"] = {"kind": kind, "apiVersion": "v1", "name": bound, **({"uid": uid} if uid else {})}
    return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": {}, "spec": spec}


def subjects_from(users: Iterable[str], groups: Iterable[str], service_accounts: Iterable[str],
                  failed: str) -> list[Object]:
    """Return RBAC subjects; `failed` is what is said of a service account that is not NAMESPACE:NAME."""
    subjects = [{"kind": "User", "apiGroup": GROUP, "name": user} for user in users]
    subjects += [{"kind": "Group", "apiGroup": GROUP, "name": group} for group in groups]
    for account in service_accounts:
        namespace, _, name = account.partition(":")
        if not namespace or not name or ":" in name:
            raise Failure(failed)
        subjects.append({"kind": "ServiceAccount", "namespace": namespace, "name": name})
    return subjects


def _subjects(flags: Flags) -> list[Object]:
    return subjects_from(flags["user"], flags["group"], flags["serviceaccount"],
                         "serviceaccount must be <namespace>:<name>")


def _role_ref(kind: str, name: str) -> Object:
    return {"apiGroup": GROUP, "kind": kind, "name": name}


def _verbs(flags: Flags) -> list[str]:
    return ["*"] if "*" in flags["verb"] else list(dict.fromkeys(flags["verb"]))


def _names(flags: Flags) -> list[str]:
    return list(dict.fromkeys(flags["resource-name"]))


def _resources(flags: Flags) -> list[tuple[str, str, str]]:
    """Return (resource, group, subresource) of each --resource; a lone `*` stands for all."""
    found: list[tuple[str, str, str]] = []
    for text in flags["resource"]:
        if text == "*":
            return [("*", "", "")]
        name, _, subresource = text.partition("/")
        resource, _, group = name.partition(".")
        found.append((resource, group, subresource))
    return found


def _need_verbs(verbs: list[str]) -> None:
    if not verbs:
        raise Failure("at least one verb must be specified")


def _warn_verbs(ctx: Context, verbs: list[str]) -> None:
    for verb in verbs:
        if verb not in _VERBS:
            ctx.err(f"Warning: '{verb}' is not a standard resource verb\n")


def _find(ctx: Context, resource: str, group: str) -> tuple[str, str, bool]:
    """Return (plural, group, whether the server knows it)."""
    mapping = ctx.client.discovery.find(f"{resource}.{group}" if group else resource)
    return (mapping.plural, mapping.group, True) if mapping else (resource, group, False)


def _check_resources(ctx: Context, verbs: list[str], resources: list[tuple[str, str, str]]) -> None:
    for resource, group, _ in resources:
        if not resource:
            raise Failure("resource must be specified if apiGroup/subresource specified")
        if resource == "*":
            return
        plural, found_group, known = _find(ctx, resource, group)
        for verb in verbs:
            if verb in _SPECIAL_VERBS:
                if (plural, found_group) not in _SPECIAL_VERBS[verb]:
                    raise Failure(f"can not perform '{verb}' on '{plural}' in group '{found_group}'")
                known = True
        if not known:
            raise Failure(no_such_type(resource, group), prefix="")


def _check_urls(verbs: list[str], urls: list[str]) -> None:
    if not urls:
        return
    for verb in verbs:
        if verb not in _URL_VERBS:
            raise Failure(f"invalid verb: '{verb}' for nonResourceURL")
    for url in urls:
        if url == "*":
            continue
        if not url.startswith("/"):
            raise Failure("nonResourceURL should start with /")
        if "*" in url[:-1]:
            raise Failure("nonResourceURL only supports wildcard matches when '*' is at the end")


def _rules(ctx: Context, verbs: list[str], resources: list[tuple[str, str, str]], names: list[str],
           urls: list[str]) -> list[Object]:
    """One rule for each API group, and one for the URLs."""
    by_group: dict[str, list[str]] = {}
    for resource, group, subresource in resources:
        plural, found_group, _ = _find(ctx, resource, group)
        told = f"{plural}/{subresource}" if subresource else plural
        members = by_group.setdefault(found_group, [])
        if told not in members:
            members.append(told)
    rules = []
    for group in sorted(by_group):
        rule = {"verbs": verbs, "apiGroups": [group], "resources": by_group[group]}
        rules.append({**rule, "resourceNames": names} if names else rule)
    if urls:
        rules.append({"verbs": verbs, "nonResourceURLs": urls})
    return rules
