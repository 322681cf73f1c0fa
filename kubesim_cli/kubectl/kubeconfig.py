"""The kubeconfig: which cluster, user and namespace a command is about (client-go's tools/clientcmd).

kubesim's own file is KUBESIM_HOME/config; without it the built-in `minikube` stands. ~/.kube/config is only read
where --kubeconfig or KUBECONFIG name it. What changes the files is in config/access.py.
A KUBECONFIG that leads to a cluster which is not simulated is nobody's stage: `load` tells what becomes of it.
In memory a config maps names to entries: {"clusters": {name: {...}}, "users": ..., "contexts": ..., "current-context"}.
"""

from __future__ import annotations

import os

from ..machinery.errors import StatusError
from ..machinery.files import HOST
from .failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..machinery.files import Files
    from ..machinery.types import Json, Object
    from .cli.flags import Flags

# The structs of clientcmd/api/v1, as go/unmarshal.py reads them.
_TYPES = {
    "Config": {"kind": "string", "apiVersion": "string", "preferences": "Preferences", "clusters": "[]NamedCluster",
               "users": "[]NamedAuthInfo", "contexts": "[]NamedContext", "current-context": "string",
               "extensions": "[]NamedExtension"},
    "Preferences": {"colors": "bool", "extensions": "[]NamedExtension"},
    "NamedCluster": {"name": "string", "cluster": "Cluster"},
    "NamedAuthInfo": {"name": "string", "user": "AuthInfo"},
    "NamedContext": {"name": "string", "context": "Context"},
    "NamedExtension": {"name": "string", "extension": "any"},
    "Cluster": {"server": "string", "tls-server-name": "string", "insecure-skip-tls-verify": "bool",
                "certificate-authority": "string", "certificate-authority-data": "bytes", "proxy-url": "string",
                "disable-compression": "bool", "extensions": "[]NamedExtension"},
    "AuthInfo": {"client-certificate": "string", "client-certificate-data": "bytes", "client-key": "string",
                 "client-key-data": "bytes", "token": "string", "tokenFile": "string", "as": "string",
                 "as-uid": "string", "as-groups": "[]string", "as-user-extra": "{}[]string", "username": "string",
                 "password": "string", "auth-provider": "AuthProviderConfig", "exec": "ExecConfig",
                 "extensions": "[]NamedExtension"},
    "Context": {"cluster": "string", "user": "string", "namespace": "string", "extensions": "[]NamedExtension"},
    "AuthProviderConfig": {"name": "string", "config": "{}string"},
    "ExecConfig": {"command": "string", "args": "[]string", "env": "[]ExecEnvVar", "apiVersion": "string",
                   "installHint": "string", "provideClusterInfo": "bool",
                   "interactiveMode": "ExecInteractiveMode=string"},
    "ExecEnvVar": {"name": "string", "value": "string"},
}
SECTIONS = {"clusters": "cluster", "users": "user", "contexts": "context"}
_STRUCTS = {"clusters": "Cluster", "users": "AuthInfo", "contexts": "Context"}
_FILES = (("clusters", ("certificate-authority",)), ("users", ("client-certificate", "client-key", "tokenFile")))
# Entries with no more than this need no look at what they lack.
_PLAIN_USER = {"client-certificate-data", "client-key-data", "token", "extensions"}
_PLAIN_CLUSTER = {"server", "certificate-authority-data", "extensions", "tls-server-name", "disable-compression"}
_USER_FLAGS = {"as": "as", "as-uid": "as-uid", "as-group": "as-groups", "as-user-extra": "as-user-extra",
               "client-certificate": "client-certificate", "client-key": "client-key", "password": "password",
               "token": "token", "username": "username"}
_CLUSTER_FLAGS = {"certificate-authority": "certificate-authority"}
SERVER = "https://127.0.0.1:8443"
ADMIN_GROUPS = ["system:masters", "system:authenticated"]


def home(environ: Mapping[str, str]) -> str:
    """Return the folder of everything kubesim stores: KUBESIM_HOME, whose ~ a shell may have left, or ~/.kubesim."""
    return os.path.expanduser(environ.get("KUBESIM_HOME") or os.path.join("~", ".kubesim"))


def builtin_file() -> Object:
    """Return what stands while kubesim's own file does not exist, in the shape of a file."""
    return {"kind": "Config", "apiVersion": "v1",
            "clusters": [{"name": "minikube", "cluster": {"server": SERVER}}],
            "users": [{"name": "minikube", "user": {}}],
            "contexts": [{"name": "minikube",
                          "context": {"cluster": "minikube", "user": "minikube", "namespace": "default"}}],
            "current-context": "minikube"}


def own_path(environ: Mapping[str, str]) -> str:
    """Return the path of kubesim's own kubeconfig."""
    return os.path.join(home(environ), "config")


def paths(environ: Mapping[str, str], explicit: str = "", files: Files = HOST) -> list[str]:
    """Return the files to read, first wins: --kubeconfig, else those of KUBECONFIG, else kubesim's own.

    `files`: those that there are; in others than this machine's it is ~/.kube/config that stands for kubesim's own.
    """
    if explicit:
        return [explicit]
    named = [path for path in environ.get("KUBECONFIG", "").split(files.paths.pathsep) if path]
    if named:
        return list(dict.fromkeys(named))
    return [own_path(environ) if files is HOST else f"{(environ.get('HOME') or '/').rstrip('/')}/.kube/config"]


def empty() -> Object:
    """Return a config with nothing in it."""
    return {"clusters": {}, "users": {}, "contexts": {}, "current-context": ""}


def read_file(path: str, environ: Mapping[str, str], files: Files = HOST) -> Object | None:
    """Return the config in a file, or None where there is none; raises Failure where it does not parse."""
    try:
        data = files.contents(path)
    except (FileNotFoundError, NotADirectoryError):
        return _sections(builtin_file()) if files is HOST and path == own_path(environ) else None
    except OSError as why:
        raise Failure(f'error loading config file "{path}": {_reason(why, path)}') from None
    try:
        return parse(data)
    except ValueError as why:
        raise Failure(f'error loading config file "{path}": {why}') from None


def _reason(why: OSError, path: str) -> str:
    verb = "read" if isinstance(why, IsADirectoryError) else "open"
    return f"{verb} {path}: {os.strerror(why.errno or 0).lower()}"


def parse(data: bytes) -> Object:
    """Return the config in a file's text; raises ValueError, in the words of clientcmd's codec."""
    if data[:1] == b"{":
        from ..go.jsontext import loads
        try:
            value = loads(data)
        except (ValueError, RecursionError):
            value = None
        if _is_plain(value):
            return _sections(value)
    from ..go.unmarshal import Types, version_and_kind
    value = _value(data)
    if value is None:
        value = {}
    version, kind = version_and_kind(value)
    if (version or "v1", kind or "Config") != ("v1", "Config"):
        raise ValueError(f'no kind "{kind or "Config"}" is registered for version "{version or "v1"}" in scheme '
                         '"k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"')
    return _sections(Types(_TYPES, "v1").fitted(value, "Config"))


def _is_plain(value: Json) -> bool:
    """Whether a file's value is as kubesim's own file mostly is: known fields that are texts. What looks closer, and
    has words for what is wrong, takes longer to load than most commands."""
    if not isinstance(value, dict) or (value.get("kind"), value.get("apiVersion")) != ("Config", "v1") or \
            type(value.get("current-context")) is not str or value.keys() - {"kind", "apiVersion", "current-context",
                                                                              *SECTIONS}:
        return False
    for section, entry in SECTIONS.items():
        fields, items = _TYPES[_STRUCTS[section]], value.get(section)
        if items is not None and not isinstance(items, list):
            return False
        for item in items or ():
            if not isinstance(item, dict) or item.keys() != {"name", entry} or type(item["name"]) is not str or \
                    not isinstance(item[entry], dict):
                return False
            if any(fields.get(name) != "string" or type(text) is not str for name, text in item[entry].items()):
                return False
    return True


def _sections(file: Object) -> Object:
    """Return a file's config as it is in memory; raises ValueError where two entries have one name."""
    config = {**file, "current-context": file.get("current-context", "")}
    for section, entry in SECTIONS.items():
        items: list[Object] = file.get(section) or []
        config[section] = {item.get("name", ""): item.get(entry) or {} for item in items}
        if len(config[section]) < len(items):
            from .kubeconfigvalidation import duplicate_names

            struct = _STRUCTS[section]
            raise ValueError(duplicate_names(struct, entry, items, _TYPES[struct]))
    return config


def _value(data: bytes) -> Json:
    """JSON is read as what it is where that goes well, as it is quick; kubectl takes all for YAML."""
    if data.lstrip()[:1] == b"{":
        from ..go.json import loads
        try:
            return loads(data.decode())
        except ValueError:
            pass
    from ..go.yaml import load, text_of
    return load(text_of(data))


def merge(configs: list[Object]) -> Object:
    """Merge files as clientcmd does: the first to name an entry, or the current context, wins."""
    merged = empty()
    for config in configs:
        for section in SECTIONS:
            for name, entry in config[section].items():
                merged[section].setdefault(name, entry)
        merged["current-context"] = merged["current-context"] or config["current-context"]
        for key, value in config.items():
            merged.setdefault(key, value)
    return merged


def resolve(config: Object, folder: str) -> None:
    """Take the files that a kubeconfig names for relative to its own folder (ResolveLocalPaths)."""
    for section, fields in _FILES:
        for entry in config[section].values():
            for field in fields:
                if entry.get(field):
                    entry[field] = os.path.join(folder, entry[field])


def load(environ: Mapping[str, str], flags: Flags) -> Kubeconfig:
    """Read and merge the files that the environment and the global flags name, for a command that plays a cluster.

    A KUBECONFIG whose current context names a server that no simulated cluster has was not set for kubesim: its own
    file stands instead, and `note` says so. KUBESIM_KUBECONFIG=1, which `sim env` sets, and --kubeconfig prevent that.
    """
    explicit = flags["kubeconfig"]
    files = paths(environ, explicit)
    configs = []
    for path in files:
        config = read_file(path, environ)
        if config is not None:
            resolve(config, os.path.dirname(os.path.abspath(path)))
            configs.append(config)
    if explicit and not configs:
        raise Failure(f"stat {explicit}: no such file or directory")
    found = Kubeconfig(merge(configs), flags, environ)
    own = own_path(environ)
    if explicit or files == [own] or switch(environ, "KUBESIM_KUBECONFIG"):
        return found
    server, config = found.named_server, read_file(own, environ) or empty()
    if not server or any(entry.get("server") == server for entry in config["clusters"].values()):
        return found
    return Kubeconfig(config, flags, environ, f"kubesim: the KUBECONFIG is for {server}, which is not simulated; using "
                      f"{own} instead (KUBESIM_KUBECONFIG=1 simulates the KUBECONFIG's clusters)\n")


def switch(environ: Mapping[str, str], variable: str) -> bool | None:
    """Return what a variable that is 1 or 0 says, or None where it is not set; raises Failure."""
    text = environ.get(variable, "").lower()
    if text not in ("", "0", "1", "false", "true"):
        raise Failure(f'{variable}: "{environ[variable]}" is neither 1 nor 0')
    return text in ("1", "true") if text else None


class Kubeconfig:
    """A merged config and what the global flags change of it (DirectClientConfig)."""

    files: Files = HOST  # those that its entries name

    def __init__(self, config: Object, flags: Flags, environ: Mapping[str, str], note: str = ""):
        """`note`: a line for who plays this config's cluster."""
        self.config, self._flags, self._environ, self.note = config, flags, environ, note

    def _given(self, name: str) -> str:
        """A global flag's value, unless the command has a flag of its own by that name."""
        return "" if self._flags.is_local(name) else self._flags[name]

    @property
    def context_name(self) -> str:
        return self._given("context") or self.config["current-context"]

    @property
    def context(self) -> Object:
        found: Object = self.config["contexts"].get(self.context_name, {})
        return found

    @property
    def cluster_name(self) -> str:
        return self._given("cluster") or self.context.get("cluster", "")

    @property
    def user_name(self) -> str:
        return self._given("user") or self.context.get("user", "")

    @property
    def named_server(self) -> str:
        """The API server's address as the files have it."""
        return str(self.config["clusters"].get(self.cluster_name, {}).get("server", ""))

    @property
    def server(self) -> str:
        """The API server's address: from --server, else the cluster's."""
        return self._given("server") or self.named_server

    @property
    def namespace_given(self) -> bool:
        return bool(self._given("namespace"))

    @property
    def namespace(self) -> str:
        """From -n, else the context's, else `default`; raises Failure where the context is of no use."""
        if self._given("namespace"):
            return self._given("namespace")
        self._confirm_usable()
        return self.context.get("namespace") or "default"

    def check(self) -> None:
        """Raise Failure unless a client can be made of this config (DirectClientConfig.ClientConfig)."""
        for section, kind, flag in (("users", "auth info", "user"), ("contexts", "context", "context"),
                                    ("clusters", "cluster", "cluster")):
            name = self._given(flag)
            if name and name not in self.config[section]:
                raise Failure(f'{kind} "{name}" does not exist')
        self._confirm_usable()
        parse_timeout(self._given("request-timeout"))
        if not self.server:
            raise Failure("The connection to the server localhost:8080 was refused - "
                          "did you specify the right host or port?", prefix="")
        token_file = self.config["users"].get(self.user_name, {}).get("tokenFile")
        if token_file and not self._given("token"):
            try:
                self.files.contents(token_file)
            except OSError as why:
                raise Failure(_reason(why, token_file)) from None

    def _with_flags(self, section: str, name: str, flags: dict[str, str]) -> Object:
        """Return an entry with what the global flags say instead; a file takes the place of data, too."""
        entry: Object = self.config[section].get(name, {})
        for flag, field in flags.items():
            value = self._given(flag)
            if value:
                entry = {key: known for key, known in entry.items() if key != f"{field}-data"}
                entry[field] = value
        return entry

    @property
    def request_timeout(self) -> float:
        """Seconds that a call may take, 0 for any."""
        return parse_timeout(self._given("request-timeout"))

    def _confirm_usable(self) -> None:
        errors, name, given = [], self.context_name, self._given
        if name and name not in self.config["contexts"]:
            errors.append(f"context was not found for specified context: {name}")
        user = self._with_flags("users", self.user_name, _USER_FLAGS)
        cluster = self._with_flags("clusters", self.cluster_name, _CLUSTER_FLAGS)
        if given("insecure-skip-tls-verify") and not given("certificate-authority"):
            cluster = {key: value for key, value in cluster.items() if key != "certificate-authority"}
        if not (user.keys() <= _PLAIN_USER and cluster.keys() <= _PLAIN_CLUSTER) or (
                "client-certificate-data" in user and "client-key-data" not in user):
            from . import kubeconfigvalidation

            errors += kubeconfigvalidation.of_user(self.user_name, user, self.files)
            errors += kubeconfigvalidation.of_cluster(self.cluster_name, cluster, self.files)
        if given("cluster") and given("cluster") not in self.config["clusters"]:
            errors.append(f'no server found for cluster "{self.cluster_name}"')
        if len(errors) == 1 and not errors[0].startswith("context "):
            raise Failure(errors[0])
        if errors:
            raise Failure(errors[0] if len(errors) == 1 else "".join(("\n", *(f"* {error}\n" for error in errors))),
                          prefix="Error in configuration: ")

    def _is_simulated(self) -> bool:
        """Whether kubesim's own file has the cluster; another's is played with whatever its users have (load)."""
        own = read_file(own_path(self._environ), self._environ) or empty()
        return any(entry.get("server") == self.named_server for entry in own["clusters"].values())

    def store_path(self) -> str:
        """Return the folder of the cluster's store: contexts that share a cluster share its store."""
        self.check()
        return store_folder(home(self._environ), self.cluster_name or "default")

    def identity(self, review: Callable[[str], Object | None]) -> Object:
        """Return whom the API server takes the user for: name, groups, uid and extra.

        `review(token)` returns the user of a token, or None; a token has to pass it (raises StatusError), but for one
        that some other cluster gave. Every other user of a kubeconfig is the cluster's administrator.
        """
        entry = self.config["users"].get(self.user_name, {})
        certified = entry.get("client-certificate") or entry.get("client-certificate-data")
        token = self._given("token") or ("" if certified else entry.get("token", ""))  # certificates come first
        if self._given("username") or self._given("password"):  # the server has no file of passwords
            raise StatusError(401, "Unauthorized", "Unauthorized")
        if self._given("token") or token.count(".") == 2 or (token and self._is_simulated()):
            user = review(token)
            if user is None:
                raise StatusError(401, "Unauthorized", "Unauthorized")
        else:
            name = entry.get("username") or self.user_name
            user = {"name": name if name not in ("", "minikube") else "minikube-user",
                    "groups": list(ADMIN_GROUPS), "uid": "", "extra": {}}
        name = self._given("as") or entry.get("as", "")
        if not name:
            return user
        groups = list(self._given("as-group") or entry.get("as-groups") or ())
        extra: dict[str, list[str]] = {}
        for pair in self._given("as-user-extra") or ():
            key, _, value = pair.partition("=")
            extra.setdefault(key.lower(), []).append(value)
        return impersonated(name, groups, self._given("as-uid") or entry.get("as-uid", ""),
                            extra or entry.get("as-user-extra") or {})


def impersonated(name: str, groups: list[str], uid: str, extra: Object) -> Object:
    """Return the user that `--as` asks for, with the groups that the server adds (filters/impersonation.go)."""
    kind, _, rest = name.partition("system:serviceaccount:")
    if not kind and rest.count(":") == 1 and not groups:
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{rest.partition(':')[0]}"]
    if name == "system:anonymous":
        groups = groups if "system:unauthenticated" in groups else [*groups, "system:unauthenticated"]
    elif "system:authenticated" not in groups:
        groups = [*groups, "system:authenticated"]
    return {"name": name, "groups": groups, "uid": uid, "extra": extra}


def parse_timeout(text: str) -> float:
    """Return --request-timeout in seconds, 0 for none; raises Failure (clientcmd.ParseTimeout)."""
    if text.isascii() and text.isdigit():
        return float(text)
    from ..go.duration import parse as parse_duration
    try:
        return parse_duration(text)
    except ValueError:
        raise Failure("Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
                      "corresponding time unit (e.g. 1s | 2m | 3h)") from None


def store_folder(home: str, cluster: str) -> str:
    """Return the folder of a kubeconfig's cluster; any name makes a file name."""
    safe = "".join(c if c.isalnum() or c in "-_." else f"%{ord(c):02X}" for c in cluster)
    return os.path.join(home, "clusters", safe if safe.strip(".") else f"%{safe}")
