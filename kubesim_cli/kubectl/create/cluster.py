"""create namespace, poddisruptionbudget, priorityclass and quota."""

from __future__ import annotations

import re

from ..failures import Failure
from ..util.cmdutil import parse_label_selector, resource_list
from .creation import Creation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context


def namespace(ctx: Context) -> None:
    """kubectl create namespace NAME"""
    creation = Creation(ctx)
    creation.need_name()
    creation.submit("namespaces", creation.object("v1", "Namespace", False), namespaced=False)


def poddisruptionbudget(ctx: Context) -> None:
    """kubectl create poddisruptionbudget NAME --selector=... --min-available=... or --max-unavailable=..."""
    flags = ctx.flags
    creation = Creation(ctx)
    least, most = flags["min-available"], flags["max-unavailable"]
    creation.need_name()
    if not flags["selector"]:
        raise Failure("a selector must be specified")
    if not least and not most:
        raise Failure("one of min-available or max-unavailable must be specified")
    if least and most:
        raise Failure("min-available and max-unavailable cannot be both specified")
    for name, value in (("min-available", least), ("max-unavailable", most)):
        if value and not re.fullmatch("[0-9]+%?", value):
            raise Failure(f"invalid format specified for {name}")
    field, value = ("minAvailable", least) if least else ("maxUnavailable", most)
    spec = {field: value if value.endswith("%") else int(value), "selector": parse_label_selector(flags["selector"])}
    creation.submit("poddisruptionbudgets.policy", creation.object("policy/v1", "PodDisruptionBudget", spec=spec),
                    "failed to create poddisruptionbudgets: ")


def priorityclass(ctx: Context) -> None:
    """kubectl create priorityclass NAME --value=... [--global-default] [--description=...]"""
    flags = ctx.flags
    creation = Creation(ctx)
    obj = creation.object("scheduling.k8s.io/v1", "PriorityClass", False, value=flags["value"],
                          globalDefault=flags["global-default"], description=flags["description"],
                          preemptionPolicy=flags["preemption-policy"])
    creation.submit("priorityclasses.scheduling.k8s.io", obj, "failed to create priorityclass: ", namespaced=False)


def quota(ctx: Context) -> None:
    """kubectl create quota NAME [--hard=cpu=1,pods=2] [--scopes=...]"""
    flags = ctx.flags
    creation = Creation(ctx)
    creation.need_name()
    spec: Object = {}
    if flags["hard"]:
        spec["hard"] = resource_list(flags["hard"])
    if flags["scopes"]:
        spec["scopes"] = flags["scopes"].split(",")
        if "" in spec["scopes"]:
            raise Failure('invalid resource quota scope ""')
    creation.submit("resourcequotas", creation.object("v1", "ResourceQuota", spec=spec), "failed to create quota: ")
