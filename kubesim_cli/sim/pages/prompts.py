"""The prompts behind which pages show commands, of whatever shell and theme."""

from __future__ import annotations

import re

from . import containers
from .programs import looks_like_command

# Behind a sign that may be anything else, a command has to follow that hardly is.
_COMMAND = (r"(?=\s+(?:sudo\s+)?(?:kubectl|k|oc|helm|docker|minikube|kind|cat|ls|curl|vim?|git|echo|export|cd|watch"
            r"|alias)(?:\s|$)|\s*$)")
PROMPT = re.compile(
    r"^\s?(?P<prompt>(?:\([\w.-]+\) )?"  # of a virtual environment
    r"(?:PS(?: [A-Za-z]:[^>]*)?>|[A-Za-z]:\\[^>]*>|\$|%|>|#"
    r"|\[? ?[\w.-]+@[\w.-]+(?:[: ][^\s$#%>]*)? ?\]?\s?[$#%]"
    r"|\[[\w.-]+ [\w./~-]+\]\s?[$#%]"           # [node1 work]$
    r"|[\w.-]+:[~/][\w./~-]*(?: [\w.-]+)?\s?[$#]"  # host:~ me$
    r"|~[\w./-]*\s?[$%]"
    rf"|(?:➜(?:\s+[~/.\w-]+)?(?:\s+git:\([^)]*\))?(?:\s+✗)?|[❯λ»]|\[[\w. -]+\][^\w\s]{{0,3}}\s*[>$%]){_COMMAND}"
    rf"|(?:bash|sh)-[\d.]+[$#]|/ [$#]|/[\w/]* ?[$#]|{containers.PROMPTS}))(?:\s+(?P<text>.*)|$)")
_INSIDE = re.compile(rf"^\s?(\[? ?root@|(?:bash|sh)-[\d.]+[$#]|/ [$#]|/[\w/]* ?[$#]|{containers.PROMPTS})")
# kubectl by the name that many give it.
_SHORT = re.compile(r"((?:[$>%#] )?)k (?=(?:get|describe|create|apply|delete|run|expose|scale|edit|logs|exec|explain"
                    r"|label|annotate|rollout|set|config|top|drain|cordon|uncordon|taint|patch|replace|port-forward|auth|cp|wait"
                    r"|api-resources|cluster-info|version)\b)")


def is_prompt(line: str) -> bool:
    """Whether a line begins with a prompt, and not with the sign of comments alone."""
    found = PROMPT.match(line)
    return found is not None and (found["prompt"] != "#" or looks_like_command(found["text"] or ""))


def is_inside(line: str) -> bool:
    """Whether a line begins with the prompt of a shell in a container."""
    return bool(_INSIDE.match(line))


def in_full(line: str) -> str:
    """Return a line with kubectl for its usual alias `k`."""
    return _SHORT.sub(r"\1kubectl ", line, count=1) if _SHORT.match(line) else line
