"""The templates of stages: Go's language, with the functions that kwok's have, which give YAML."""

from __future__ import annotations

from ...go import yaml
from ...go.fmt import quote
from ...helpers.nodes import internal_ip
from ...machinery import timestamps
from ...machinery.gotemplate.execute import ExecError, Execution
from ...machinery.gotemplate.functions import FUNCTIONS, Function
from ...machinery.gotemplate.parser import ParseError
from ...machinery.gotemplate.parser import parse as parse_template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...apiserver.client import Client
    from ...machinery.types import Json, Object


class Invalid(ValueError):
    """The text is no template, or what it gives is no YAML."""


class Template:
    """A template that was parsed."""

    def __init__(self, text: str, trees: dict[str, list[Json]]):
        self._text, self._trees = text, trees

    def run(self, obj: Object, api: Client, pod_ip: Callable[[], str]) -> Json:
        """Return what it gives for an object; `pod_ip()`: the address of a pod. Raises Invalid."""
        execution = Execution(self._text, self._trees, True, True, _functions(api, pod_ip))
        try:
            execution.run(obj)
            return yaml.load("".join(execution.out))
        except (ExecError, ValueError) as error:
            raise Invalid(str(error)) from None


def parse(text: str) -> Template:
    """Return a template; raises Invalid."""
    try:
        return Template(text, parse_template(text, _NAMES))
    except ParseError as error:
        raise Invalid(f"a template cannot be read: {error}") from None


def _functions(api: Client, pod_ip: Callable[[], str]) -> dict[str, Function]:
    now = timestamps.format(api.now)

    def node_ip(name: Json = None) -> str:
        node = api.find("nodes", str(name)) if name else next(iter(api.items("nodes")), None)
        return internal_ip(node) if node is not None else ""

    return {**FUNCTIONS, "Now": Function(lambda: now), "StartTime": Function(lambda: now),
            "Quote": Function(_quote, ("any",)), "YAML": Function(_yaml, ("any",), "any"),
            "Version": Function(lambda: "kubesim"), "NodeIP": Function(node_ip),
            "NodeIPWith": Function(node_ip, ("any",)),
            "PodIP": Function(pod_ip), "PodIPWith": Function(lambda *_: pod_ip(), (), "any")}


_NAMES = {*FUNCTIONS, "Now", "StartTime", "Quote", "YAML", "Version", "NodeIP", "NodeIPWith", "PodIP", "PodIPWith"}


def _quote(value: Json) -> str:
    from ...go.fmt import sprint

    return quote(value if isinstance(value, str) else sprint(value))


def _yaml(value: Json, *indent: Json) -> str:
    """Return a value as JSON, which is YAML that needs no indent."""
    from ...go import jsontext

    return jsontext.encode(value)
