"""What happens to a CustomResourceDefinition once it is stored: its names, its establishment, its end.

Kubernetes: apiextensions-apiserver/pkg/controller/{status/naming_controller,establish/establishing_controller,
finalizer/crd_finalizer}.go.
"""

from __future__ import annotations

from ..helpers.controller import Controller, itself
from ..machinery import conditions
from ..machinery.errors import StatusError
from ..machinery.objects import clone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

RESOURCE = "customresourcedefinitions.apiextensions.k8s.io"
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
POLL = 5  # seconds between looks at whether the objects of a definition that is being deleted are gone


class CustomResourceDefinitionController(Controller):
    name = "customresourcedefinition"
    watches = {RESOURCE: itself}

    def sync(self, api: Client, key: str) -> float | None:
        crd = api.find(RESOURCE, key)
        if crd is None:
            for other in _same_group(api, key.partition(".")[2]):
                _accept_names(api, other)
            return None
        crd = _accept_names(api, crd)
        if "deletionTimestamp" in crd["metadata"] and CLEANUP in (crd["metadata"].get("finalizers") or ()):
            return _clean_up(api, crd)
        return None


def _same_group(api: Client, group: str) -> list[Object]:
    return [crd for crd in api.items(RESOURCE) if crd["spec"]["group"] == group]


def _accept_names(api: Client, crd: Object) -> Object:
    """Note in the status which names no other definition of the group has, and whether objects are served now."""
    wanted, accepted = crd["spec"]["names"], (crd.get("status") or {}).get("acceptedNames") or {}
    if wanted == accepted:
        return crd
    new, problem = _names(api, crd, wanted, accepted)
    status = clone(crd["status"])
    found = status["conditions"] = list(status.get("conditions") or ())
    names_accepted = {"type": "NamesAccepted", "status": "True", "reason": "NoConflicts",
                      "message": "no conflicts found"}
    if problem:
        names_accepted.update(status="False", reason=problem[0], message=problem[1])
    changed = conditions.set_condition(found, names_accepted, api.now)
    if conditions.status_of(found, "Established") != "True":
        established = {"type": "Established", "status": "True", "reason": "InitialNamesAccepted",
                       "message": "the initial names have been accepted"}
        if problem:
            established.update(status="False", reason="NotAccepted", message="not all names are accepted")
        changed = conditions.set_condition(found, established, api.now) or changed
    if not changed and new == accepted:
        return crd
    return api.update_status(RESOURCE, {**crd, "status": {**status, "acceptedNames": new}})


def _names(api: Client, crd: Object, wanted: Object, accepted: Object) -> tuple[Object, tuple[str, str] | None]:
    """Return the names that are free or its own already, and (reason, message) of the last conflict."""
    resources, kinds = set(), set()
    for other in _same_group(api, crd["spec"]["group"]):
        names = (other.get("status") or {}).get("acceptedNames") or {}
        resources |= {names.get("plural"), names.get("singular"), *(names.get("shortNames") or ())}
        kinds |= {names.get("kind"), names.get("listKind")}
    new, problem = dict(accepted), None
    for key, used in (("plural", resources), ("singular", resources), ("shortNames", resources), ("kind", kinds),
                      ("listKind", kinds)):
        value = wanted.get(key)
        own = accepted.get(key)
        if key == "shortNames":
            taken = [name for name in value or () if name in used and name not in (own or ())]
        else:
            taken = [value] if value != own and value in used else []
        if taken:
            texts = [f'"{name}" is already in use' for name in taken]
            text = texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
            problem = (f"{key[0].upper()}{key[1:]}Conflict", text)
        elif value:
            new[key] = value
        else:
            new.pop(key, None)
    if wanted.get("categories"):
        new["categories"] = wanted["categories"]
    else:
        new.pop("categories", None)
    return {key: new[key] for key in ("plural", "singular", "shortNames", "kind", "listKind", "categories")
            if key in new}, problem


def _clean_up(api: Client, crd: Object) -> float | None:
    """Delete the objects of a definition; when they are gone, let go of it."""
    crd = _note(api, crd, "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
    if conditions.status_of(crd["status"]["conditions"], "Established") == "True":
        resource = f"{crd['status']['acceptedNames']['plural']}.{crd['spec']['group']}"
        for obj in api.items(resource):
            _delete(api, resource, obj)
        if api.items(resource):
            return api.now + POLL
        crd = _note(api, crd, "False", "InstanceDeletionCompleted", "removed all instances")
    else:
        crd = _note(api, crd, "False", "NeverEstablished", "resource was never established")
    left = [name for name in crd["metadata"]["finalizers"] if name != CLEANUP]
    api.update(RESOURCE, {**crd, "metadata": {**crd["metadata"], "finalizers": left}})
    return None


def _delete(api: Client, resource: str, obj: Object) -> None:
    if "deletionTimestamp" in obj["metadata"]:
        return
    try:
        api.delete(resource, obj["metadata"]["name"], obj["metadata"].get("namespace", ""), propagation="Background")
    except StatusError as error:
        if error.reason != "NotFound":
            raise


def _note(api: Client, crd: Object, status: str, reason: str, message: str) -> Object:
    """Set the condition Terminating."""
    found = list(crd["status"].get("conditions") or ())
    conditions.set_condition(found, {"type": "Terminating", "status": status, "reason": reason, "message": message},
                             api.now)
    return api.update_status(RESOURCE, {**crd, "status": {**crd["status"], "conditions": found}})
