"""Types named outside the builder, where an unknown one is told in other words (meta.NoResourceMatchError)."""

from __future__ import annotations

from ..failures import Failure, no_such_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.discovery import Resource
    from ..context import Context


def resource_for(ctx: Context, text: str) -> Resource:
    """Return the discovery.Resource of `type` or `type.group`; raises Failure."""
    from .discoverycache import find

    if text.partition(".")[0] == "":
        raise Failure(f"a resource must be present, got: {text[1:]}/, Resource=")
    found = find(ctx, text)
    if found is None:
        name, _, group = text.lower().partition(".")
        raise Failure(no_such_type(name, group), prefix="")
    return found


def resources_for(ctx: Context, name: str) -> list[Resource]:
    """Return the discovery.Resources of a type's name in all groups and versions, the preferred first.

    A short name stands for one group's. Raises Failure.
    """
    name = name.lower()
    resources = ctx.client.discovery.resources
    named = [res for res in resources if name in (res.plural, res.singular)]
    if not named:
        preferred = resource_for(ctx, name)
        named = [res for res in resources if res.name == preferred.name]
        return named or [preferred]  # what is remembered may be served no more
    return named
