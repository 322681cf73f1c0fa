"""RBAC: who may do what (plugin/pkg/auth/authorizer/rbac).

A request is a dict of attributes: verb, and either group, resource, subresource, name and namespace, or path. A user is
a dict with name, groups, uid and extra. Where roles are looked up, `client` is a trusted Client.
"""

from __future__ import annotations

from ..machinery import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Object
    from .client import Client
    from .request import Request

GROUP = "rbac.authorization.k8s.io"
MASTERS = "system:masters"


def authorize(request: Request) -> None:
    """Let a request on a resource pass, or raise Forbidden."""
    allowed, reason = decide(request.server.trusted, request.client.user or {}, _asked(request))
    if not allowed:
        why = denial(request)
        raise errors.forbidden(request.res.name, request.name, f"{why}: {reason}" if reason else why)


def denial(request: Request) -> str:
    """Return what is said of a request that its user may not make."""
    return _denial(request.client.user or {}, _asked(request))


def _asked(request: Request) -> Object:
    return {"verb": request.api_verb, "group": request.res.group, "resource": request.res.plural,
            "subresource": request.subresource, "namespace": request.namespace, "name": request.name}


def authorize_path(client: Client, verb: str, path: str) -> None:
    """Let a request of `client`, with HTTP's verb in small letters, on a path that is no resource pass, or raise
    Forbidden."""
    if client.user is None:
        return
    asked = {"verb": verb, "path": path}
    allowed, reason = decide(client.server.trusted, client.user, asked)
    if not allowed:
        why = _denial(client.user, asked)
        raise errors.StatusError(403, "Forbidden", f"forbidden: {why}: {reason}" if reason else f"forbidden: {why}")


def _denial(user: Object, asked: Object) -> str:
    """What handlers/responsewriters/errors.go says of a refused request."""
    who = f'User "{user.get("name", "")}" cannot {asked["verb"]}'
    if "path" in asked:
        return f'{who} path "{asked["path"]}"'
    resource = "/".join(part for part in (asked["resource"], asked.get("subresource")) if part)
    what = f'{who} resource "{resource}" in API group "{asked.get("group", "")}"'
    namespace = asked.get("namespace")
    return f'{what} in the namespace "{namespace}"' if namespace else f"{what} at the cluster scope"


def decide(client: Client, user: Object, asked: Object) -> tuple[bool, str]:
    """Return (allowed, reason): by what it is allowed, or what went wrong on the way to no."""
    if MASTERS in (user.get("groups") or ()):
        return True, ""
    settings = client.server.settings
    if settings is not None and "AlwaysAllow" in settings.modes:
        return True, ""
    if settings is not None and "RBAC" not in settings.modes:
        return False, "Everything is forbidden." if "AlwaysDeny" in settings.modes else ""
    problems = []
    for source, rule, problem in _rules(client, user, asked.get("namespace", "")):
        if problem:
            problems.append(problem)
        elif rule is not None and allows(rule, asked):
            return True, f"RBAC: allowed by {source}"
    unique = list(dict.fromkeys(problems))
    if not unique:
        return False, ""
    return False, "RBAC: " + (unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]")


def rules_for(client: Client, user: Object, namespace: str) -> tuple[list[Object], str]:
    """Return (all rules that apply to a user in a namespace, what went wrong in finding them)."""
    if MASTERS in (user.get("groups") or ()):
        everything = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
                      {"verbs": ["*"], "nonResourceURLs": ["*"]}]
    else:
        everything = []
    found = list(_rules(client, user, namespace))
    problems = list(dict.fromkeys(problem for _, _, problem in found if problem))
    return everything + [rule for _, rule, _ in found if rule], ", ".join(problems)


def _rules(client: Client, user: Object, namespace: str) -> Iterator[tuple[str, Object | None, str]]:
    """Yield (what binds it, rule, problem) for all that applies to a user (VisitRulesFor)."""
    for binding in client.items(f"clusterrolebindings.{GROUP}"):
        yield from _bound(client, user, binding, "")
    if namespace:
        for binding in client.items(f"rolebindings.{GROUP}", namespace):
            yield from _bound(client, user, binding, namespace)


def _bound(client: Client, user: Object, binding: Object, namespace: str) -> Iterator[tuple[str, Object | None, str]]:
    subject = next((s for s in binding.get("subjects") or () if _is(s, user, namespace)), None)
    if subject is None:
        return
    ref, name = binding["roleRef"], binding["metadata"]["name"]
    whom = f'{subject["kind"]} "{subject["name"]}"'
    if subject["kind"] == "ServiceAccount":
        whom = f'ServiceAccount "{subject["name"]}/{subject.get("namespace") or namespace}"'
    source = (f'{binding["kind"]} "{name}{"/" + namespace if namespace else ""}" of {ref["kind"]} "{ref["name"]}" '
              f"to {whom}")
    if ref["kind"] == "Role":
        role = client.find(f"roles.{GROUP}", ref["name"], namespace)
    else:
        role = client.find(f"clusterroles.{GROUP}", ref["name"])
    if role is None:
        yield source, None, f'{ref["kind"].lower()}.{GROUP} "{ref["name"]}" not found'
        return
    for rule in role.get("rules") or ():
        yield source, rule, ""


def _is(subject: Object, user: Object, namespace: str) -> bool:
    kind, name = subject.get("kind"), subject.get("name", "")
    if kind == "User":
        return bool(user.get("name") == name)
    if kind == "Group":
        return name in (user.get("groups") or ())
    if kind == "ServiceAccount":
        return user.get("name") == f"system:serviceaccount:{subject.get('namespace') or namespace}:{name}"
    return False


def allows(rule: Object, asked: Object) -> bool:
    """Tell whether one rule allows a request (RuleAllows)."""
    verbs = rule.get("verbs") or ()
    if "*" not in verbs and asked["verb"] not in verbs:
        return False
    if "path" in asked:
        path = asked["path"]
        return any(url in ("*", path) or (url.endswith("*") and path.startswith(url.rstrip("*")))
                   for url in rule.get("nonResourceURLs") or ())
    groups, resources = rule.get("apiGroups") or (), rule.get("resources") or ()
    if "*" not in groups and asked.get("group", "") not in groups:
        return False
    subresource = asked.get("subresource") or ""
    wanted = f"{asked['resource']}/{subresource}" if subresource else asked["resource"]
    if "*" not in resources and wanted not in resources and not (subresource and f"*/{subresource}" in resources):
        return False
    names = rule.get("resourceNames")
    return not names or asked.get("name", "") in names
