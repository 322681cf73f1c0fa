"""The revisions of a Deployment, DaemonSet or StatefulSet (pkg/polymorphichelpers: history, rollback).

A Deployment's revisions are its ReplicaSets, those of the others ControllerRevisions.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.objects import clone, controller_of
from ...machinery.wellknown import (
    ANNOTATIONS_TO_SKIP,
    DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY,
    REVISION_ANNOTATION,
)
from ..failures import Failure
from ..util.cmdutil import CHANGE_CAUSE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json, Object
    from ..context import Context
    from ..resource.info import Info



def of(ctx: Context, info: Info, missing: str) -> Revisions:
    """Return the revisions of an Info's object; raises Failure with `missing` in front for other kinds.

    `missing` is `no history viewer has been implemented for` or the like.
    """
    group, kind = info.mapping.group, info.mapping.kind
    if group in ("apps", "extensions") and kind in _KINDS:
        return _KINDS[kind](ctx, info)
    told = f"{kind}.{group}" if group else kind
    if kind in ("ReplicaSet", "ReplicationController", "Pod", "Job", "CronJob"):
        raise Failure(f'{missing} "{told}"')
    what = "history" if "history" in missing else "rollbacker"
    raise Failure(f'error retrieving {what} for "{told}", no visitor method exists for {{{group} {kind}}}')


class Revisions:
    """All revisions of one object: number -> what stands for it."""

    def __init__(self, ctx: Context, info: Info):
        self.ctx, self.resource = ctx, info.resource
        self.obj = self._read(ctx, info)
        self.by_number = self._load()

    def _read(self, ctx: Context, info: Info) -> Object:
        try:
            return ctx.client.get(info.resource, info.name, info.namespace)
        except StatusError as error:
            raise Failure(f"failed to retrieve {info.mapping.kind} {info.name}: {error.message}") from None

    def _owned(self, resource: str) -> list[Object]:
        from ...machinery import selectors

        selector = selectors.format(selectors.of_label_selector(self.obj["spec"].get("selector")) or [])
        namespace, uid = self.obj["metadata"]["namespace"], self.obj["metadata"]["uid"]
        found = self.ctx.client.list(resource, namespace, label_selector=selector)["items"]
        return [obj for obj in found if (controller_of(obj) or {}).get("uid") == uid]

    def _load(self) -> dict[int, Object]:
        raise NotImplementedError

    def cause(self, number: int) -> str:
        """Why there is this revision, "" where nobody said."""
        cause: str = (self.by_number[number]["metadata"].get("annotations") or {}).get(CHANGE_CAUSE, "")
        return cause

    def template(self, number: int) -> Object:
        """The pod template of a revision, as it is shown."""
        raise NotImplementedError

    def object(self, number: int) -> Object:
        """What -o prints for a revision."""
        raise NotImplementedError

    def describe(self, template: Object) -> str:
        """Return a pod template as a rollback or a history shows it."""
        from ..printers.describe import describe_pod_template

        return describe_pod_template(template, self.ctx.release)

    def rollback(self, number: int, strategy: str) -> str:
        """Go back to a revision (0: the one before the newest); returns what was done. Raises Failure."""
        raise NotImplementedError

    def _restore(self, number: int, patch: Json, patch_type: str, strategy: str) -> str:
        meta = self.obj["metadata"]
        try:
            self.ctx.client.patch(self.resource, meta["name"], patch, patch_type, meta["namespace"],
                                  dry_run=strategy == "server", field_manager="kubectl")
        except StatusError as error:
            raise Failure(f"failed restoring revision {number}: {error.message}") from None
        return "rolled back"


class _ReplicaSets(Revisions):
    def _load(self) -> dict[int, Object]:
        found = {}
        for rs in self._owned("replicasets.v1.apps"):
            text = (rs["metadata"].get("annotations") or {}).get(REVISION_ANNOTATION, "0")
            if text.lstrip("+-").isdigit():
                found[int(text)] = rs
        return found

    def template(self, number: int) -> Object:
        template: Object = self.by_number[number]["spec"]["template"]
        if not self.cause(number):
            return template
        template = clone(template)
        template.setdefault("metadata", {}).setdefault("annotations", {})[CHANGE_CAUSE] = self.cause(number)
        return template

    def object(self, number: int) -> Object:
        return self.by_number[number]

    def _target(self, number: int) -> Object:
        if number:
            if number not in self.by_number:
                raise _not_found(number)
            return self.by_number[number]
        if len(self.by_number) < 2:
            raise Failure(f'no rollout history found for deployment "{self.obj["metadata"]["name"]}"')
        return self.by_number[sorted(self.by_number)[-2]]

    def rollback(self, number: int, strategy: str) -> str:
        if number < 0:
            raise _not_found(number)
        rs = self._target(number)
        if strategy == "client":
            return self.describe(rs["spec"]["template"])
        if self.obj["spec"].get("paused"):
            raise Failure("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and "
                          "try again")
        template = _without_hash(rs["spec"]["template"])
        if template == _without_hash(self.obj["spec"]["template"]):
            return f"skipped rollback (current template already matches revision {number})"
        own, old = self.obj["metadata"].get("annotations") or {}, rs["metadata"].get("annotations") or {}
        annotations = {key: own[key] for key in ANNOTATIONS_TO_SKIP if key in own}
        annotations |= {key: value for key, value in old.items() if key not in ANNOTATIONS_TO_SKIP}
        patch = [{"op": "replace", "path": "/spec/template", "value": template},
                 {"op": "replace", "path": "/metadata/annotations", "value": annotations}]
        return self._restore(number, patch, "json", strategy)


class _ControllerRevisions(Revisions):
    def _load(self) -> dict[int, Object]:
        return {item["revision"]: item for item in self._owned("controllerrevisions.v1.apps")}

    def _applied(self, number: int) -> Object:
        from ...machinery import patch
        from ...machinery.schema import schema_of

        schema = schema_of(self.obj["apiVersion"], self.obj["kind"], self.ctx.release)
        return patch.apply("strategic", clone(self.obj), clone(self.by_number[number]["data"]), schema)

    def template(self, number: int) -> Object:
        template: Object = self._applied(number)["spec"]["template"]
        return template

    def object(self, number: int) -> Object:
        return self._applied(number)

    def rollback(self, number: int, strategy: str) -> str:
        if number < 0:
            raise _not_found(number)
        if not number and len(self.by_number) < 2:
            raise Failure("no last revision to roll back to")
        wanted = number or sorted(self.by_number)[-2]
        if wanted not in self.by_number:
            raise _not_found(number)
        if strategy == "client":
            return "will roll back to " + self.describe(self.template(wanted))
        data = self.by_number[wanted]["data"]
        if data == {"spec": {"template": {**self.obj["spec"]["template"], "$patch": "replace"}}}:
            return f"skipped rollback (current template already matches revision {number})"
        return self._restore(number, data, "strategic", strategy)


_KINDS = {"Deployment": _ReplicaSets, "DaemonSet": _ControllerRevisions, "StatefulSet": _ControllerRevisions}


def _without_hash(template: Object) -> Object:
    template = clone(template)
    labels = template.get("metadata", {}).get("labels") or {}
    labels.pop(DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY, None)
    return template


def _not_found(number: int) -> Failure:
    return Failure(f"unable to find specified revision {number} in history")
