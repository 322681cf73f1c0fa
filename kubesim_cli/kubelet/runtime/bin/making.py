"""Objects that a program has the API server create, as its pod's service account: see daemons.py, `makes`."""

from __future__ import annotations

import json

from ..kernel.errors import Errno
from . import exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object
    from ..kernel.process import Process

_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/"
_SERVER = "https://kubernetes.default.svc"
_CREATED, _THERE = (200, 201), 409


def go_on(process: Process) -> bool:
    """Create what `makes` of the process's memory has left; tell whether that is over. If not, the process waits.

    `failed` of its memory says what an object was not created for, "" where each is there.
    """
    state = process.memory
    state.setdefault("failed", "")
    while state["makes"]:
        if "exchange" not in state:
            state["exchange"] = _begin(process, state["makes"][0])
        asked = state["exchange"]
        if asked is not None:
            if not exchange.go_on(process, asked):
                return False
            answer = exchange.message_of(asked)
            code = int(answer.first[1]) if answer is not None and answer.first[1].isdigit() else 0
            if asked["failed"] or (code not in _CREATED and code != _THERE):
                state["failed"] = _failed(state, asked["failed"] or str(code))
        else:
            state["failed"] = _failed(state, "no service account token")
        del state["exchange"], state["makes"][0]
    return True


def _failed(state: Object, why: str) -> str:
    return f"cannot create {state['makes'][0]['kind']}: {why}"


def _begin(process: Process, made: Object) -> Object | None:
    """Return the request that creates an object, None where there is no token for it."""
    try:
        token, namespace = (process.read_file(_ACCOUNT + name).decode() for name in ("token", "namespace"))
    except Errno:
        return None
    words = {"namespace": namespace, "random": f"{process.space.random.bits(128):032x}", **_arguments(process.argv[1:])}
    path, obj = made["path"], {key: value for key, value in made.items() if key != "path"}
    group, _, plural = path.rpartition("/")
    obj.setdefault("apiVersion", "/".join(group.split("/")[1:]))
    obj = _filled(obj, words)
    url = f"{_SERVER}/{group}/namespaces/{namespace}/{plural}"
    body = json.dumps(obj).encode()
    headers = [("Authorization", f"Bearer {token}"), ("Content-Type", "application/json"),
               ("Content-Length", str(len(body))), ("Connection", "close")]
    return exchange.begin(process, url, "POST", headers, body, trust=None)


def _arguments(argv: list[str]) -> dict[str, str]:
    """Return the values of arguments as --NAME=VALUE and --NAME VALUE, by name."""
    found = {}
    for number, word in enumerate(argv):
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            found[name] = value if equals else next(iter(argv[number + 1:]), "")
    return found


def _filled(value: Json, words: dict[str, str]) -> Json:
    if isinstance(value, dict):
        return {key: _filled(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, words) for each in value]
    if isinstance(value, str):
        for name, text in words.items():
            value = value.replace(f"{{{name}}}", text)
    return value
