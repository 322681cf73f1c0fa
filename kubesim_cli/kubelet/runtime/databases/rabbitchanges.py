"""The commands of rabbitmqctl that change what a node knows.

Each is given the state, a virtual host and its arguments, and returns what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import rabbitstate
from .rabbitstate import Refused

Object = dict[str, Any]


def user(state: Object, name: str) -> Object:
    """Return a user; raise Refused where there is none."""
    if name not in state["users"]:
        raise Refused("missing", f'User "{name}" does not exist')
    found: Object = state["users"][name]
    return found


def _add_user(state: Object, vhost: str, words: list[str]) -> str:
    if words[0] in state["users"]:
        raise Refused("taken", f'User "{words[0]}" already exists')
    state["users"][words[0]] = {"password": words[1] if len(words) > 1 else "", "tags": []}
    return (
        f'Adding user "{words[0]}" ...\nDone. Don\'t forget to grant the user permissions to some virtual hosts! See '
        "'rabbitmqctl help set_permissions' to learn more."
    )


def _delete_user(state: Object, vhost: str, words: list[str]) -> str:
    user(state, words[0])
    del state["users"][words[0]]
    state["permissions"].pop(words[0], None)
    return f'Deleting user "{words[0]}" ...'


def _change_password(state: Object, vhost: str, words: list[str]) -> str:
    user(state, words[0])["password"] = words[1]
    return f'Changing password for user "{words[0]}" ...'


def _set_tags(state: Object, vhost: str, words: list[str]) -> str:
    user(state, words[0])["tags"] = [tag for word in words[1:] for tag in word.split(",")]
    return f'Setting tags for user "{words[0]}" to [{", ".join(words[1:])}] ...'


def _set_permissions(state: Object, vhost: str, words: list[str]) -> str:
    user(state, words[0])
    rabbitstate.vhost_of(state, vhost)
    state["permissions"].setdefault(words[0], {})[vhost] = words[1:4]
    return f'Setting permissions for user "{words[0]}" in vhost "{vhost}" ...'


def _clear_permissions(state: Object, vhost: str, words: list[str]) -> str:
    user(state, words[0])
    state["permissions"].get(words[0], {}).pop(vhost, None)
    return f'Clearing permissions for user "{words[0]}" in vhost "{vhost}" ...'


def _add_vhost(state: Object, vhost: str, words: list[str]) -> str:
    state["vhosts"].setdefault(words[0], rabbitstate.new_vhost())
    return f'Adding vhost "{words[0]}" ...'


def _delete_vhost(state: Object, vhost: str, words: list[str]) -> str:
    rabbitstate.vhost_of(state, words[0])
    del state["vhosts"][words[0]]
    for each in state["permissions"].values():
        each.pop(words[0], None)
    return f'Deleting vhost "{words[0]}" ...'


def _delete_queue(state: Object, vhost: str, words: list[str]) -> str:
    queues = rabbitstate.vhost_of(state, vhost)["queues"]
    if words[0] not in queues:
        raise Refused("missing", "Queue not found")
    gone = queues.pop(words[0])
    return (
        f"Deleting queue '{words[0]}' on vhost '{vhost}' ...\nQueue was successfully deleted with "
        f"{len(gone['messages'])} ready messages"
    )


def _purge_queue(state: Object, vhost: str, words: list[str]) -> str:
    rabbitstate.queue_of(state, vhost, words[0])["messages"] = []
    return f"Purging queue '{words[0]}' in vhost '{vhost}' ..."


def _set_policy(state: Object, vhost: str, words: list[str]) -> str:
    rabbitstate.vhost_of(state, vhost)["policies"][words[0]] = {
        "pattern": words[1],
        "definition": words[2],
        "priority": "0",
        "apply-to": "all",
    }
    return (
        f'Setting policy "{words[0]}" for pattern "{words[1]}" to "{words[2]}" with priority "0" for vhost '
        f'"{vhost}" ...'
    )


def _set_name(state: Object, vhost: str, words: list[str]) -> str:
    state["name"] = words[0]
    return f"Setting cluster name to {words[0]} ..."


def _authenticate(state: Object, vhost: str, words: list[str]) -> str:
    if state["users"].get(words[0], {}).get("password") != words[1]:
        raise Refused("access", f"failed to authenticate user \"{words[0]}\"\nuser '{words[0]}' - invalid credentials")
    return f'Authenticating user "{words[0]}" ...\nSuccess'


CHANGES: dict[str, Callable[[Object, str, list[str]], str]] = {
    "add_user": _add_user,
    "delete_user": _delete_user,
    "change_password": _change_password,
    "set_user_tags": _set_tags,
    "set_permissions": _set_permissions,
    "clear_permissions": _clear_permissions,
    "add_vhost": _add_vhost,
    "delete_vhost": _delete_vhost,
    "delete_queue": _delete_queue,
    "purge_queue": _purge_queue,
    "set_policy": _set_policy,
    "set_cluster_name": _set_name,
    "authenticate_user": _authenticate,
    "stop_app": lambda state, vhost, words: "Stopping rabbit application on node ...",
    "start_app": lambda state, vhost, words: "Starting node ...",
    "enable_feature_flag": lambda state, vhost, words: f'Enabling feature flag "{words[0]}" ...',
}
LEAST = {
    "change_password": 2,
    "set_permissions": 4,
    "set_policy": 3,
    "authenticate_user": 2,
    "stop_app": 0,
    "start_app": 0,
}
