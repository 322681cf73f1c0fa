"""Admission webhooks: which of them a write is about, and what becomes of it where nothing answers.

One that can be reached is taken to allow the write as it is; about the others their failurePolicy decides.
Kubernetes: k8s.io/apiserver/pkg/admission/plugin/webhook.
"""

from __future__ import annotations

from ...machinery import errors
from .. import webhookclient
from . import policies
from .matching import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .attributes import Attributes


def dispatch(resource: str, a: Attributes) -> None:
    """Call the webhooks of a resource's configurations that are about a write. Raises StatusError."""
    if a.res.group == policies.GROUP:
        return
    for configuration in a.ctx.client.items(f"{resource}.{policies.GROUP}"):
        for hook in configuration.get("webhooks") or ():
            if not _concerns(hook, a):
                continue
            config = hook["clientConfig"]
            why = webhookclient.unreachable(config, a.ctx.client)
            if why and hook["failurePolicy"] != "Ignore":
                raise errors.internal(f'failed calling webhook "{hook["name"]}": failed to call webhook: Post '
                                      f'"{webhookclient.address(config, hook["timeoutSeconds"])}": {why}')


def _concerns(hook: Object, a: Attributes) -> bool:
    constraints = {**hook, "resourceRules": hook.get("rules")}
    if not hook.get("rules") or not matches(constraints, a):
        return False
    if not hook.get("matchConditions"):
        return True
    from ..kinds.admissionregistration.expressions import Policy

    matched, problem = Policy(hook, a.ctx.release).matches(policies.values(a))
    if not problem:
        return matched
    if hook["failurePolicy"] == "Ignore":
        return False
    raise errors.forbidden(a.res.name, a.obj["metadata"].get("name", ""), problem)
