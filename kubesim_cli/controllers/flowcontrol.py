"""Whether the priority level that a FlowSchema names exists.

Kubernetes: apiserver/pkg/util/flowcontrol/apf_controller.go.
"""

from __future__ import annotations

from ..apiserver.poststarthooks import FLOWCONTROL, dangling
from ..helpers.controller import Controller, itself
from ..machinery import conditions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

SCHEMAS = f"flowschemas.{FLOWCONTROL}"
LEVELS = f"prioritylevelconfigurations.{FLOWCONTROL}"


class FlowControlController(Controller):
    name = "flowcontrol"
    watches = {SCHEMAS: itself, LEVELS: lambda change: (f"level/{change.object['metadata']['name']}",)}

    def sync(self, api: Client, key: str) -> None:
        level, _, name = key.rpartition("/")
        if not level:
            schemas = [api.find(SCHEMAS, name)]
        else:
            schemas = [schema for schema in api.items(SCHEMAS) if _level(schema) == name]
        for schema in schemas:
            if schema is not None:
                _note(api, schema)


def _level(schema: Object) -> str:
    return schema["spec"]["priorityLevelConfiguration"]["name"]


def _note(api: Client, schema: Object) -> None:
    level, status = _level(schema), schema.get("status") or {}
    found = list(status.get("conditions") or ())
    if conditions.set_condition(found, dangling(level, api.find(LEVELS, level) is not None), api.now):
        api.update_status(SCHEMAS, {**schema, "status": {**status, "conditions": found}})
