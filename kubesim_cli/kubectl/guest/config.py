"""The kubeconfig of a kubectl in a container: its files, else what the pod's service account gives it.

Follows client-go's tools/clientcmd (merged_client_builder.go, and inClusterClientConfig of client_config.go) and
rest.InClusterConfig.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from ..failures import Failure
from ..kubeconfig import Kubeconfig, empty, merge, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...apiserver.client import Client
    from ...machinery.guests import Call
    from ...machinery.types import Object
    from ..cli.flags import Flags

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/"
_ANONYMOUS: Object = {"name": "system:anonymous", "groups": ["system:unauthenticated"], "uid": "", "extra": {}}
_PROVES = ("token", "tokenFile", "client-certificate", "client-certificate-data", "username", "exec", "auth-provider")


def load(call: Call, flags: Flags) -> Kubeconfig:
    """Return what a container's kubeconfig files and the global flags say. Raises Failure."""
    explicit = flags["kubeconfig"]
    home = call.env.get("HOME") or "/"
    paths = [explicit] if explicit else [path for path in call.env.get("KUBECONFIG", "").split(":") if path] or [
        f"{home.rstrip('/')}/.kube/config"]
    configs = [config for path in paths if (config := _file(call, path)) is not None]
    if explicit and not configs:
        raise Failure(f"stat {explicit}: no such file or directory")
    merged = merge(configs)
    inside = _in_cluster(call)
    if inside is not None and not (merged["clusters"] or merged["contexts"] or flags["server"]):
        return GuestKubeconfig(inside, flags, call.env)
    for user in merged["users"].values():
        if user.get("tokenFile"):
            user["token"] = (_text(call, user["tokenFile"]) or "").strip()
    context = merged["contexts"].get(flags["context"] or merged["current-context"])
    if inside is not None and context is not None and not context.get("namespace"):
        context["namespace"] = inside["contexts"][""]["namespace"]
    return GuestKubeconfig(merged, flags, call.env)


def _file(call: Call, path: str) -> Object | None:
    try:
        data = call.files.contents(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        what = "read" if isinstance(error, IsADirectoryError) else "open"
        raise Failure(f'error loading config file "{path}": {what} {path}: {(error.strerror or "").lower()}') from None
    try:
        return parse(data)
    except ValueError as why:
        raise Failure(f'error loading config file "{path}": {why}') from None


def _text(call: Call, path: str) -> str | None:
    try:
        return call.files.contents(path).decode("utf-8", "replace")
    except OSError:
        return None


def _in_cluster(call: Call) -> Object | None:
    """Return the config of a pod's service account, None where it has none."""
    host, port = (call.env.get(f"KUBERNETES_SERVICE_{name}") for name in ("HOST", "PORT"))
    token = _text(call, ACCOUNT + "token")
    if not host or not port or token is None:
        return None
    namespace = call.env.get("POD_NAMESPACE") or (_text(call, ACCOUNT + "namespace") or "").strip()
    address = f"[{host}]" if ":" in host else host
    return {**empty(), "clusters": {"": {"server": f"https://{address}:{port}"}}, "users": {"": {"token": token}},
            "contexts": {"": {"cluster": "", "user": "", "namespace": namespace or "default"}}}


class GuestKubeconfig(Kubeconfig):
    """Who has nothing that proves who they are is nobody, and who wants to be another one has to be allowed to.

    `client`: a trusted client, which is set by who makes it.
    """

    client: Client

    def _is_simulated(self) -> bool:
        return True

    def store_path(self) -> str:
        self.check()
        return ""

    def identity(self, review: Callable[[str], Object | None]) -> Object:
        entry = self.config["users"].get(self.user_name, {})
        given = any(self._given(name) for name in ("token", "username", "password", "client-certificate"))
        wanted = super().identity(review)
        if not given and not any(entry.get(name) for name in _PROVES):
            own: Object = _ANONYMOUS
        elif self._given("as") or entry.get("as"):
            own = self._own(review)
        else:
            return wanted
        if self._given("as") or entry.get("as"):
            self._may_be(own, wanted)
            return wanted
        return own

    def _own(self, review: Callable[[str], Object | None]) -> Object:
        """Return whom they are without --as."""
        entry = self.config["users"].get(self.user_name, {})
        token = self._given("token") or entry.get("token", "")
        found = review(token) if token else None
        return found if found is not None else {"name": entry.get("username") or self.user_name,
                                                "groups": ["system:masters", "system:authenticated"]}

    def _may_be(self, own: Object, wanted: Object) -> None:
        """Raise Forbidden where somebody may not speak for another (filters/impersonation.go)."""
        name = wanted["name"]
        namespace, _, account = name.removeprefix("system:serviceaccount:").partition(":")
        asked = {"verb": "impersonate", "version": "v1", "resource": "users", "name": name}
        if name.startswith("system:serviceaccount:") and account:
            asked = {**asked, "resource": "serviceaccounts", "namespace": namespace, "name": account}
        self._check_review(own, asked)
        for group in self._given("as-group") or ():
            self._check_review(own, {**asked, "resource": "groups", "name": group, "namespace": ""})

    def _check_review(self, own: Object, asked: Object) -> None:
        answer = self.client.create("subjectaccessreviews.authorization.k8s.io", {
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "metadata": {},
            "spec": {"user": own["name"], "groups": list(own.get("groups") or ()), "resourceAttributes": asked}})
        if answer["status"].get("allowed"):
            return
        where = f'in the namespace "{asked["namespace"]}"' if asked.get("namespace") else "at the cluster scope"
        raise StatusError(403, "Forbidden", f'{asked["resource"]} "{asked["name"]}" is forbidden: User "{own["name"]}" '
                          f'cannot impersonate resource "{asked["resource"]}" in API group "" {where}',
                          {"name": asked["name"], "kind": asked["resource"]})
