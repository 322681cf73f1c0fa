"""GET of a pod's log by its path (pkg/registry/core/pod: LogREST and LogLocation)."""

from __future__ import annotations

from ...machinery import errors, field, timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...machinery.types import Object
    from ..context import Context

_LISTS = ("initContainers", "containers", "ephemeralContainers")


def show(ctx: Context, parts: list[str], query: str) -> None:
    """Print the log that `.../namespaces/NAMESPACE/pods/NAME/log` is, by the query's parameters. Raises StatusError."""
    from urllib.parse import parse_qs

    from ..logs import Stream, followed

    namespace, name = parts[3], parts[5]
    asked = {key: values[-1] for key, values in parse_qs(query).items()}
    ctx.client.connect("pods", name, namespace, "log", "get")
    pod = ctx.client.find("pods", name, namespace)
    assert pod is not None
    stream = Stream(ctx, pod, _container(pod, asked.get("container", "")), _options(asked, name))
    stream.begin()
    if _truth(asked.get("follow")) and not ctx.cluster.clock.frozen:
        ctx.wait(lambda: followed([stream]))


def _container(pod: Object, name: str) -> Object:
    """validateContainer."""
    every = [container for key in _LISTS for container in pod["spec"].get(key) or ()]
    if name:
        found: Object | None = next((container for container in every if container["name"] == name), None)
        if found is None:
            raise errors.bad_request(f"container {name} is not valid for pod {pod['metadata']['name']}")
        return found
    regular: list[Object] = pod["spec"]["containers"]
    if len(regular) > 1:
        names = " ".join(container["name"] for container in every)
        raise errors.bad_request(f"a container name must be specified for pod {pod['metadata']['name']}, choose one "
                                 f"of: [{names}]")
    return regular[0]


def _options(asked: dict[str, str], name: str) -> dict[str, Any]:
    """Return a log's options by the names of kubectl's flags (ValidatePodLogOptions)."""
    numbers = {key: _number(asked[key]) for key in ("tailLines", "limitBytes", "sinceSeconds") if key in asked}
    bad = []
    if numbers.get("tailLines", 0) < 0:
        bad.append(field.invalid("tailLines", numbers["tailLines"], "must be greater than or equal to 0"))
    bad += [field.invalid(key, numbers[key], "must be greater than 0") for key in ("limitBytes", "sinceSeconds")
            if numbers.get(key, 1) < 1 and not (key == "sinceSeconds" and "sinceTime" in asked)]
    if "sinceTime" in asked and "sinceSeconds" in asked:
        bad.append(field.forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
    if bad:
        raise errors.invalid("PodLogOptions", "", name, bad)
    try:
        timestamps.parse(asked.get("sinceTime") or "1970-01-01T00:00:00Z")
    except ValueError as wrong:
        raise errors.bad_request(str(wrong)) from None
    return {"prefix": False, "all-pods": False, "selector": "", "previous": _truth(asked.get("previous")),
            "timestamps": _truth(asked.get("timestamps")), "tail": numbers.get("tailLines", -1),
            "limit-bytes": numbers.get("limitBytes", 0), "since": numbers.get("sinceSeconds", 0),
            "since-time": asked.get("sinceTime", "")}


def _truth(text: str | None) -> bool:
    return text is not None and text.lower() not in ("false", "0")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise errors.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None
