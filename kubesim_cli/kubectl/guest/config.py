"""The kubeconfig of a kubectl in a container: its files, else what the pod's service account gives it.

Follows client-go's tools/clientcmd (merged_client_builder.go, and inClusterClientConfig of client_config.go) and
rest.InClusterConfig.
"""

from __future__ import annotations

import posixpath

from ...machinery.errors import StatusError
from ..failures import Failure
from ..kubeconfig import Kubeconfig, empty, merge, paths, read_file, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ...apiserver.client import Client
    from ...machinery.guests import Call
    from ...machinery.types import Object
    from ..cli.flags import Flags

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/"
_ANONYMOUS: Object = {"name": "system:anonymous", "groups": ["system:unauthenticated"], "uid": "", "extra": {}}
_AUTHENTICATION = "authentication.k8s.io"
# What may prove in a real cluster who somebody is.
_UNPLAYED = {"client-certificate": "client certificates", "client-certificate-data": "client certificates",
             "exec": "credential plugins", "auth-provider": "credential plugins"}


def load(call: Call, flags: Flags) -> Kubeconfig:
    """Return what a container's kubeconfig files and the global flags say. Raises Failure."""
    explicit = flags["kubeconfig"]
    configs = []
    for path in paths(call.env, explicit, call.files):
        config = read_file(path, call.env, call.files)
        if config is not None:
            resolve(config, posixpath.dirname(path))
            configs.append(config)
    if explicit and not configs:
        raise Failure(f"stat {explicit}: no such file or directory")
    merged = merge(configs)
    inside = _in_cluster(call)
    if inside is not None and not (merged["clusters"] or merged["contexts"] or flags["server"]):
        return GuestKubeconfig(inside, flags, call)
    for user in merged["users"].values():
        if user.get("tokenFile"):
            user["token"] = (_text(call, user["tokenFile"]) or "").strip()
    context = merged["contexts"].get(flags["context"] or merged["current-context"])
    if inside is not None and context is not None and not context.get("namespace"):
        context["namespace"] = inside["contexts"][""]["namespace"]
    return GuestKubeconfig(merged, flags, call)


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
    """Who has no token is nobody, and who wants to be another one has to be allowed to.

    `client`: a trusted client, which is set by who makes it.
    """

    client: Client

    def __init__(self, config: Object, flags: Flags, call: Call):
        super().__init__(config, flags, call.env)
        self.files = call.files

    def _is_simulated(self) -> bool:
        return True

    def store_path(self) -> str:
        self.check()
        return ""

    def identity(self, review: Callable[[str], Object | None]) -> Object:
        entry = self.config["users"].get(self.user_name, {})
        own = self._own(entry, review)
        if not (self._given("as") or entry.get("as")):
            return own
        wanted = super().identity(review)
        self._may_be(own, wanted, self._given("as-group") or entry.get("as-groups") or ())
        return wanted

    def _own(self, entry: Object, review: Callable[[str], Object | None]) -> Object:
        """Return whom they are without --as. Raises StatusError, and Failure where kubesim cannot tell."""
        token = self._given("token") or entry.get("token", "")
        if token and (user := review(token)) is not None:
            return user
        if token or any(self._given(name) or entry.get(name) for name in ("username", "password")):
            raise StatusError(401, "Unauthorized", "Unauthorized")
        for name, what in _UNPLAYED.items():
            if name in entry or (name == "client-certificate" and self._given(name)):
                raise Failure(f"kubesim does not play {what} in containers")
        return _ANONYMOUS

    def _may_be(self, own: Object, wanted: Object, groups: Iterable[str]) -> None:
        """Raise Forbidden where somebody may not speak for another (filters/impersonation)."""
        name = wanted["name"]
        namespace, _, account = name.removeprefix("system:serviceaccount:").partition(":")
        if name.startswith("system:serviceaccount:") and account:
            asked = [{"resource": "serviceaccounts", "namespace": namespace, "name": account}]
        else:
            asked = [{"resource": "users", "name": name}]
        asked += [{"resource": "groups", "name": group} for group in groups]
        asked += [{"group": _AUTHENTICATION, "resource": "userextras", "subresource": key, "name": value}
                  for key, values in wanted["extra"].items() for value in values]
        if wanted["uid"]:
            asked.append({"group": _AUTHENTICATION, "resource": "uids", "name": wanted["uid"]})
        for each in asked:
            self._check_review(own, {"verb": "impersonate", "version": "v1", **each})

    def _check_review(self, own: Object, asked: Object) -> None:
        answer = self.client.create("subjectaccessreviews.authorization.k8s.io", {
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "metadata": {},
            "spec": {"user": own["name"], "groups": list(own.get("groups") or ()), "resourceAttributes": asked}})
        if answer["status"].get("allowed"):
            return
        group, resource = asked.get("group", ""), asked["resource"]
        where = f'in the namespace "{asked["namespace"]}"' if asked.get("namespace") else "at the cluster scope"
        shown = "/".join(filter(None, (resource, asked.get("subresource"))))
        raise StatusError(403, "Forbidden", f'{".".join(filter(None, (resource, group)))} "{asked["name"]}" is '
                          f'forbidden: User "{own["name"]}" cannot impersonate resource "{shown}" in API group '
                          f'"{group}" {where}', {"name": asked["name"], "group": group, "kind": resource})
