"""What the kubelet puts into a container: environment variables, mounted files, and the names it can reach.

Kubernetes: pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables), pkg/volume/{configmap,secret,projected}.
"""

from __future__ import annotations

from ...machinery import timestamps
from ...machinery.objects import dig
from ..images import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Match

    from ...apiserver.client import Client
    from ...machinery.types import Object
    from .given import Files


def _bytes(obj: Object, key: str) -> bytes:
    """Return a ConfigMap's or a Secret's value."""
    if obj["kind"] == "Secret" or key in (obj.get("binaryData") or {}):
        from base64 import b64decode

        return b64decode(obj["data" if obj["kind"] == "Secret" else "binaryData"][key])
    return str(obj["data"][key]).encode("utf-8", "surrogateescape")


def _text(obj: Object, key: str) -> str:
    return _bytes(obj, key).decode("utf-8", "replace")


def _keys(obj: Object) -> list[str]:
    return [*(obj.get("data") or {}), *(obj.get("binaryData") or {})]


class Sources:
    """Reads the ConfigMaps and Secrets that a pod refers to."""

    def __init__(self, api: Client, namespace: str):
        self.api, self.namespace = api, namespace

    def find(self, kind: str, name: str) -> Object | None:
        """`kind`: ConfigMap or Secret."""
        return self.api.find(f"{kind.lower()}s", name, self.namespace)

    def key(self, kind: str, ref: Object) -> tuple[str | None, str]:
        """Return (value, problem) of a ConfigMapKeySelector or SecretKeySelector; value None: leave it out."""
        obj = self.find(kind, ref.get("name", ""))
        if obj is None:
            return None, "" if ref.get("optional") else f'{kind.lower()} "{ref.get("name", "")}" not found'
        if ref["key"] not in _keys(obj):
            return None, "" if ref.get("optional") else (
                f"couldn't find key {ref['key']} in {kind} {self.namespace}/{ref.get('name', '')}")
        return _text(obj, ref["key"]), ""


def field_value(pod: Object, path: str) -> str:
    """Return what a fieldRef means (fieldpath.ExtractFieldPathAsString)."""
    meta, status = pod["metadata"], pod.get("status") or {}
    kind, bracket, key = path.partition("['")
    if bracket:
        return str((meta.get(kind.partition(".")[2]) or {}).get(key[:-2], ""))
    if path in ("metadata.labels", "metadata.annotations"):
        found = meta.get(path.partition(".")[2]) or {}
        return "\n".join(f'{name}="{value}"' for name, value in sorted(found.items()))
    if path in ("status.podIPs", "status.hostIPs"):
        return ",".join(each["ip"] for each in status.get(path.partition(".")[2]) or ())
    return str(dig(pod, *path.split("."), default=""))


def _resource_value(pod: Object, container: Object, ref: Object) -> str:
    from ...machinery import quantity

    name = ref.get("containerName") or container["name"]
    source = next((c for c in pod["spec"]["containers"] if c["name"] == name), container)
    kind, _, resource = ref["resource"].partition(".")
    text = dig(source, "resources", kind, resource)
    if text is None:
        whole = {"cpu": "2", "memory": "8Gi", "ephemeral-storage": "100Gi"}  # of the node
        text = whole.get(resource, "0") if kind == "limits" else "0"
    divisor = ref.get("divisor") or "0"
    unit = quantity.milli(divisor) if divisor != "0" else 1000
    return str(-(-quantity.milli(text) // unit))


def environment(api: Client, pod: Object, container: Object,
                services: dict[str, str] | None = None) -> tuple[dict[str, str], str]:
    """Return (variables, problem): `problem` is why the container cannot be created, "" where it can. `services`: the
    variables that tell of services, to which its own may refer."""
    env: dict[str, str] = {}
    if not container.get("env") and not container.get("envFrom"):
        return env, ""
    sources = Sources(api, pod["metadata"]["namespace"])
    for source in container.get("envFrom") or ():
        kind = "ConfigMap" if "configMapRef" in source else "Secret"
        ref = source.get("configMapRef") or source.get("secretRef") or {}
        obj = sources.find(kind, ref.get("name", ""))
        if obj is None:
            if not ref.get("optional"):
                return env, f'{kind.lower()} "{ref.get("name", "")}" not found'
            continue
        for name, key in _names(api, source, obj):
            if key:
                env[name] = _text(obj, key)
    for each in container.get("env") or ():
        value, problem = _variable(sources, pod, container, each, {**services, **env} if services else env)
        if problem:
            return env, problem
        if value is not None:
            env[each["name"]] = value
    return env, ""


def _names(api: Client, source: Object, obj: Object) -> Iterator[tuple[str, str]]:
    """Yield the variables that a source of envFrom gives, each with its key, "" where its name is none."""
    from ...machinery.names import env_var_name, relaxed_env_var_name
    from ...releases.gates import enabled

    relaxed = enabled("RelaxedEnvironmentVariableValidation", api.release)
    for key in _keys(obj):
        name = source.get("prefix", "") + key
        yield name, "" if (relaxed_env_var_name if relaxed else env_var_name)(name) else key


def skipped(api: Client, pod: Object, container: Object) -> list[str]:
    """Return what the kubelet says of the keys of envFrom that are no names of variables (makeEnvironmentVariables in
    pkg/kubelet/kubelet_pods.go)."""
    told = []
    sources = Sources(api, pod["metadata"]["namespace"])
    for source in container.get("envFrom") or ():
        kind = "ConfigMap" if "configMapRef" in source else "Secret"
        name = (source.get("configMapRef") or source.get("secretRef") or {}).get("name", "")
        obj = sources.find(kind, name)
        invalid = sorted(each for each, key in _names(api, source, obj) if not key) if obj is not None else []
        if invalid:
            told.append(f"Keys [{', '.join(invalid)}] from the EnvFrom {kind[0].lower()}{kind[1:]} "
                        f"{pod['metadata']['namespace']}/{name} were skipped since they are considered invalid "
                        "environment variable names.")
    return told


def _variable(sources: Sources, pod: Object, container: Object, each: Object,
              env: dict[str, str]) -> tuple[str | None, str]:
    source = each.get("valueFrom")
    if source is None:
        return substitute(each.get("value") or "", env), ""
    if "configMapKeyRef" in source:
        return sources.key("ConfigMap", source["configMapKeyRef"])
    if "secretKeyRef" in source:
        return sources.key("Secret", source["secretKeyRef"])
    if "fieldRef" in source:
        return field_value(pod, source["fieldRef"]["fieldPath"]), ""
    if "resourceFieldRef" in source:
        return _resource_value(pod, container, source["resourceFieldRef"]), ""
    return None, ""


def substitute(text: str, env: dict[str, str]) -> str:
    """Expand $(NAME) as Kubernetes does in commands and values; what is not known stays as it is."""
    if "$" not in text:
        return text
    import re

    def one(match: Match[str]) -> str:
        if match.group().startswith("$$"):
            return match.group()[1:]
        return env.get(match.group(1), match.group())

    return re.sub(r"\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)", one, text)


def mount_problem(api: Client, pod: Object) -> tuple[str, str]:
    """Return (volume, problem) of the first volume that cannot be mounted, or ("", "")."""
    sources = Sources(api, pod["metadata"]["namespace"])
    for volume in pod["spec"].get("volumes") or ():
        for kind, ref in _references(volume):
            if ref.get("optional") or ref["name"] == "kube-root-ca.crt":
                continue
            obj = sources.find(kind, ref["name"])
            if obj is None:
                return volume["name"], f'{kind.lower()} "{ref["name"]}" not found'
            keys = _keys(obj)
            for item in ref.get("items") or ():
                if item["key"] not in keys:
                    words = "config" if kind == "ConfigMap" else "secret"
                    subject = "configmap " if kind == "ConfigMap" else ""
                    return volume["name"], f"{subject}references non-existent {words} key: {item['key']}"
    return "", ""


def uses(pod: Object, container: Object, kind: str, name: str) -> bool:
    """Tell whether a container is told what a ConfigMap or a Secret has: by its variables, or by a volume."""
    key = "configMap" if kind == "ConfigMap" else "secret"
    sources = [each.get(f"{key}Ref") for each in container.get("envFrom") or ()]
    sources += [(each.get("valueFrom") or {}).get(f"{key}KeyRef") for each in container.get("env") or ()]
    if any(source is not None and source.get("name") == name for source in sources):
        return True
    mounted = {mount["name"] for mount in container.get("volumeMounts") or ()}
    return any((kind, name) == (found, ref["name"]) for volume in pod["spec"].get("volumes") or ()
               if volume["name"] in mounted for found, ref in _references(volume))


def _references(volume: Object) -> Iterator[tuple[str, Object]]:
    """Yield (kind, source with name, items and optional) for the ConfigMaps and Secrets of a volume."""
    if "configMap" in volume:
        yield "ConfigMap", {"name": "", **volume["configMap"]}
    elif "secret" in volume:
        yield "Secret", {**volume["secret"], "name": volume["secret"].get("secretName", "")}
    for source in (volume.get("projected") or {}).get("sources") or ():
        if "configMap" in source:
            yield "ConfigMap", {"name": "", **source["configMap"]}
        elif "secret" in source:
            yield "Secret", {"name": "", **source["secret"]}


def volume_files(api: Client, pod: Object, volume: Object) -> Files:
    """Return what the kubelet writes into one of a pod's volumes: path -> (content, mode)."""
    projected = volume.get("projected") or {}
    usual = projected.get("defaultMode", (volume.get("downwardAPI") or {}).get("defaultMode", 0o644))
    files: Files = {}
    for source in projected.get("sources") or (volume,):
        for kind, ref in _references(source if source is volume else {"projected": {"sources": [source]}}):
            _add_keys(files, api, pod, kind, ref, usual)
        for item in (source.get("downwardAPI") or {}).get("items") or ():
            if "fieldRef" in item:
                text = field_value(pod, item["fieldRef"]["fieldPath"])
            else:
                text = _resource_value(pod, {"name": ""}, item["resourceFieldRef"])
            files[item["path"]] = text.encode("utf-8", "surrogateescape"), item.get("mode", usual)
        if "serviceAccountToken" in source:
            token = _token(api, pod, source["serviceAccountToken"])
            if token:
                files[source["serviceAccountToken"]["path"]] = token.encode(), usual
    return files


def _add_keys(files: Files, api: Client, pod: Object, kind: str, ref: Object, usual: int) -> None:
    obj = Sources(api, pod["metadata"]["namespace"]).find(kind, ref["name"])
    if obj is None:
        return
    keys, mode = _keys(obj), ref.get("defaultMode", usual)
    for item in ref.get("items") or [{"key": key, "path": key} for key in keys]:
        if item["key"] in keys:
            files[item["path"]] = _bytes(obj, item["key"]), item.get("mode", mode)


def _token(api: Client, pod: Object, source: Object) -> str:
    from ...apiserver import tokens

    account = api.find("serviceaccounts", pod["spec"].get("serviceAccountName") or "default",
                       pod["metadata"]["namespace"])
    began = (pod.get("status") or {}).get("startTime") or pod["metadata"].get("creationTimestamp")
    if account is None or not began:
        return ""
    return tokens.mounted(account, pod, source.get("audience"), timestamps.parse(began))


# What stands first in the arguments of an image whose entry point is not known, and is a command rather than a word of
# the image's own program. (As is a path.)
_COMMANDS = frozenset((
    "ash", "awk", "bash", "cat", "curl", "dash", "date", "dig", "echo", "env", "exit", "false", "grep", "hostname", "jq",
    "kubectl", "ls", "mkdir", "mongosh", "mysql", "nc", "node", "nslookup", "ping", "printenv", "printf", "psql",
    "python", "python3", "redis-cli", "sed", "seq", "sh", "sleep", "tail", "telnet", "timeout", "touch", "true", "uname",
    "wget", "whoami", "yes"))


def arguments(api: Client, container: Object, env: dict[str, str]) -> list[str]:
    """Return the argument list a container runs with, [] for the own command of an image that is not known."""
    command, args = container.get("command") or [], container.get("args") or []
    if not command:
        facts = catalogue.of(api).facts(container["image"])
        if facts is not None:
            command, args = facts.entrypoint, args or facts.command
        elif not args or ("/" not in args[0] and args[0] not in _COMMANDS):
            return []
    return [substitute(word, env) for word in (*command, *args)]
