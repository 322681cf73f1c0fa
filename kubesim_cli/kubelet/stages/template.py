"""The templates of stages: Go's language, with the functions that kwok's have, which give YAML."""

from __future__ import annotations

from ...go import yaml
from ...go.fmt import Int
from ...helpers import nodes
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


PORT = 10250  # of kubelets
_OWN = ("Now", "StartTime", "Version", "Quote", "YAML", "dict", "NodeConditions", "NodeName", "NodePort", "NodeIP",
        "NodeIPWith", "NodeIPsWith", "PodIP", "PodIPWith", "PodIPsWith")


class Invalid(ValueError):
    """The text is no template, or what it gives is no YAML."""


class Template:
    """A template that was parsed."""

    def __init__(self, text: str, trees: dict[str, list[Json]]):
        self._text, self._trees = text, trees

    def run(self, obj: Object, api: Client, pod_ip: Callable[[], str]) -> Json:
        """Return what it gives for an object; `pod_ip()`: the address of a pod. Raises Invalid."""
        execution = Execution(self._text, self._trees, True, True, _functions(obj, api, pod_ip))
        try:
            execution.run(obj)
            return yaml.load("".join(execution.out))
        except (ExecError, ValueError) as error:
            raise Invalid(str(error)) from None


def parse(text: str) -> Template:
    """Return a template; raises Invalid."""
    try:
        return Template(text, parse_template(text, {*FUNCTIONS, *_OWN}))
    except ParseError as error:
        raise Invalid(f"a template cannot be read: {error}") from None


def _functions(obj: Object, api: Client, pod_ip: Callable[[], str]) -> dict[str, Function]:
    now, name = timestamps.format(api.now), obj["metadata"]["name"]

    def node_ip(asked: Json = name) -> str:
        node = api.find("nodes", str(asked)) if asked else None
        found = [internal_ip(each) for each in ([node] if node is not None else []) + api.items("nodes")]
        return next((ip for ip in found if ip), "")

    called: dict[str, tuple[Callable[..., Json], tuple[str, ...], str]] = {
        "Now": (lambda: now, (), ""), "StartTime": (lambda: now, (), ""), "Version": (lambda: "kubesim", (), ""),
        "Quote": (_quote, ("any",), ""), "YAML": (_yaml, ("any",), "any"),
        "dict": (lambda *pairs: {str(key): value for key, value in zip(pairs[::2], pairs[1::2])}, (), "any"),
        "NodeConditions": (lambda: nodes.healthy_conditions(api.now), (), ""),
        "NodeName": (lambda: name, (), ""), "NodePort": (lambda: Int(PORT), (), ""),
        "NodeIP": (node_ip, (), ""), "NodeIPWith": (node_ip, ("any",), ""),
        "NodeIPsWith": (lambda asked: [node_ip(asked)], ("any",), ""),
        "PodIP": (pod_ip, (), ""), "PodIPWith": (lambda *_: pod_ip(), (), "any"),
        "PodIPsWith": (lambda *_: [pod_ip()], (), "any")}
    return {**FUNCTIONS, **{name: Function(*each) for name, each in called.items()}}


def _quote(value: Json) -> str:
    """Return a value as a string of YAML: that of JSON, of what is no string its JSON in quotes."""
    from ...go import jsontext

    text = jsontext.encode(value)
    return text if text.startswith('"') else jsontext.encode(text)


def _yaml(value: Json, indent: Json = 0) -> str:
    """Return a value as JSON, which is YAML, on a line of its own that is indented by so many steps of two."""
    from ...go import jsontext

    text = jsontext.encode(value)
    return "\n" + "  " * int(indent) + text if indent else text
