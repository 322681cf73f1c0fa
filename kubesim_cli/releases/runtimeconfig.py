"""Which versions of APIs are served: kube-apiserver's --runtime-config.

Kubernetes: k8s.io/apiserver's server/resourceconfig/helpers.go and pkg/controlplane/instance.go.
"""

from __future__ import annotations

from . import Release
from .gates import FALSE, TRUE, GatedRelease, enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

STAGES = ("api/all", "api/ga", "api/beta", "api/alpha")


def parse(text: str) -> dict[str, bool]:
    """Return what `api/alpha=true,batch/v1beta1/cronjobs=false` says of each key.

    Raises ValueError for what a server does not start with, and for what takes away a stable version, which kubesim's
    own controllers live by.
    """
    found = {}
    for pair in filter(None, (each.strip() for each in text.split(","))):
        key, _, value = (part.strip() for part in pair.partition("="))
        if key.count("/") not in (1, 2):
            raise ValueError(f"runtime-config invalid key {key}")
        if key in STAGES:
            if value not in ("true", "false"):
                raise ValueError(f"invalid value {key}={value}")
        elif value not in ("", *TRUE, *FALSE):
            raise ValueError(f'invalid value of {key}: {value}, err: strconv.ParseBool: parsing "{value}": invalid '
                             "syntax")
        elif key.count("/") == 2 and key.rpartition("/")[2] != key.rpartition("/")[2].lower():
            raise ValueError(f"invalid key {key}: group/version/resource and resource is always lowercase plural, not "
                             f'"{key.rpartition("/")[2]}"')
        found[key] = value not in FALSE
        if not found[key] and (key in STAGES[:2] or (key not in STAGES and _stage(key.split("/")[1]) == "ga")):
            raise ValueError(f"kubesim does not play --runtime-config={pair}")
    return found


def _stage(version: str) -> str:
    return "alpha" if "alpha" in version else "beta" if "beta" in version else "ga"


def serves(entry: Mapping[str, Any], release: Release) -> bool:
    """Tell whether a release serves a resource, a line of resources.json whose gate, if there is one, is on.

    What is `optional`, as all alpha and nearly all beta versions are, is served where --runtime-config says so. Who
    turns a gate on that is off by default wants what stands behind it, and need not say so twice here, unless there is
    anything said of the group.
    """
    group_version, resource = entry["groupVersion"], entry["name"].partition("/")[0]
    stage = _stage(group_version.rpartition("/")[2])
    apis = release.apis if isinstance(release, GatedRelease) else {}
    for key in (f"{group_version}/{resource}", group_version, f"api/{stage}", "api/all"):
        if key in apis:
            return apis[key]
    if not entry.get("optional"):
        return True
    gate, group = entry.get("gate"), group_version.rpartition("/")[0]
    return (gate is not None and not enabled(gate, (release[0], release[1]))
            and not any(key.startswith(f"{group}/") for key in apis))
