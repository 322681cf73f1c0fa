"""apply --applyset: a parent object tells what belongs to a set, and so what is to be pruned.

pkg/cmd/apply/applyset.go of kubectl. The flag is alpha: it exists only where KUBECTL_APPLYSET is `true`.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...releases.kubectl import does
from ...releases.server import PATCH
from ..failures import Failure
from ..resource.builder import raise_all
from ..resource.info import group_version
from ..util import klog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.discovery import Resource
    from ...machinery.types import Object
    from ..context import Context
    from ..resource.info import Info
    from .apply import Applier

_PREFIX = "applyset.kubernetes.io/"
_TOOLING, _ID, _PART_OF = _PREFIX + "tooling", _PREFIX + "id", _PREFIX + "part-of"
_KINDS, _RESOURCES = _PREFIX + "contains-group-kinds", _PREFIX + "contains-group-resources"
_NAMESPACES, _PARENT_TYPE = _PREFIX + "additional-namespaces", _PREFIX + "is-parent-type"
_CRDS = "customresourcedefinitions.v1.apiextensions.k8s.io"
_BUILT_IN = ("secrets", "configmaps")


class ApplySet:
    """One set: `kinds` and `namespaces` are what it had before, `new_kinds` and `new_namespaces` what it gets.

    Kinds are discovery.Resources by what the annotation calls them, as in `Deployment.apps`.
    """

    def __init__(self, ctx: Context, text: str, strategy: str, validation: str):
        """`text` is the flag's [RESOURCE][.GROUP]/NAME. Raises Failure."""
        self.ctx, self.strategy, self.validation = ctx, strategy, validation
        self.parent, self.name = self._parse(text)
        self.namespace = ctx.namespace if ctx.namespace_given and self.parent.namespaced else ""
        self.tells_kinds = does("ApplySetKinds", ctx.release)
        self.kinds: dict[str, Resource] = {}
        self.namespaces: set[str] = set()
        self.new_kinds: dict[str, Resource] = {}
        self.new_namespaces: set[str] = set()

    def _parse(self, text: str) -> tuple[Resource, str]:
        resource, slash, name = text.partition("/")
        if not slash:
            resource, name = "secrets", text
        problem = f'invalid parent reference "{text}": '
        if not name:
            raise Failure(problem + "name cannot be blank")
        parent = self.ctx.client.discovery.find(resource)
        if parent is None:
            plural, _, group = resource.partition(".")
            raise Failure(f"{problem}no matches for {group}/, Resource={plural}")
        return parent, name

    def __str__(self) -> str:
        return f"{self.parent.plural}.{self.parent.group}/{self.name}"

    @property
    def id(self) -> str:
        """What the parent and all members are labelled with."""
        from base64 import urlsafe_b64encode

        from ...machinery.digest import sha256

        told = ".".join((self.name, self.namespace, self.parent.kind, self.parent.group))
        return f"applyset-{urlsafe_b64encode(sha256(told.encode()).digest()).decode().rstrip('=')}-v1"

    def validate(self) -> None:
        """Refuse a parent that cannot be one. Raises Failure."""
        problems: list[Exception] = []
        if self.parent.namespaced and not self.namespace:
            problems.append(Failure("namespace is required to use namespace-scoped ApplySet"))
        if self.parent.name not in _BUILT_IN:
            allowed = self.ctx.client.list(_CRDS, label_selector=_PARENT_TYPE)["items"]
            if self.parent.name not in {crd["metadata"]["name"] for crd in allowed}:
                problems.append(Failure(f'resource "{group_version(self.parent)}, Resource={self.parent.plural}" is '
                                        "not permitted as an ApplySet parent"))
        raise_all(problems)

    def label(self, infos: list[Info]) -> None:
        """Make the objects members. Raises Failure."""
        for info in infos:
            meta = info.obj.setdefault("metadata", {})
            labels = meta["labels"] = dict(meta.get("labels") or {})
            if _PART_OF in labels:
                raise Failure(f'ApplySet label "{_PART_OF}" already set in input data')
            labels[_PART_OF] = self.id

    def begin(self, infos: list[Info]) -> None:
        """Tell in the parent that the set may have what it had and what it gets, so that nothing is ever forgotten."""
        self._read_parent()
        for info in infos:
            self.new_kinds.setdefault(_kind(info.mapping), info.mapping)
            if info.namespaced and info.namespace:
                self.new_namespaces.add(info.namespace)
        self._write_parent(self.kinds | self.new_kinds, self.namespaces | self.new_namespaces)

    def prune(self, applier: Applier) -> None:
        """Delete the members that were not applied; then tell what the set has now. Raises Failure."""
        selector, members = f"{_PART_OF}={self.id}", []
        for _, mapping in sorted(self.kinds.items()):
            for namespace in sorted(self.namespaces) if mapping.namespaced else [""]:
                found = self.ctx.client.list(mapping.versioned, namespace, label_selector=selector)["items"]
                members += [(mapping, obj) for obj in found if obj["metadata"]["uid"] not in applier.seen_uids]
        from .prune import delete

        for mapping, obj in members:
            try:
                delete(applier, mapping, obj)
            except StatusError as error:
                meta = obj["metadata"]
                namespace = f"{meta['namespace']}/" if mapping.namespaced else ""
                raise Failure(f"pruning {_kind(mapping)} {namespace}{meta['name']}: {error.message}") from None
        try:
            self._write_parent(self.new_kinds, self.new_namespaces)
        except Failure as error:
            raise Failure(f"apply and prune succeeded, but ApplySet update failed: {error}") from None

    # The parent

    def _read_parent(self) -> None:
        try:
            obj = self.ctx.client.get(self.parent.versioned, self.name, self.namespace)
        except StatusError as error:
            if error.reason != "NotFound":
                raise Failure(f'failed to fetch ApplySet parent object "{self}": {error.message}') from None
            if self.parent.name not in _BUILT_IN:
                raise Failure("custom resource ApplySet parents cannot be created automatically") from None
            return
        meta = obj["metadata"]
        annotations = meta.get("annotations") or {}
        self._check_parent(meta.get("labels") or {}, annotations)
        try:
            self.kinds = self._kinds(annotations)
        except Failure as error:
            raise Failure(f'parsing ApplySet annotation on "{self}": {error}') from None
        self.namespaces = set(filter(None, annotations.get(_NAMESPACES, "").split(",")))
        if self.parent.namespaced:
            self.namespaces.add(self.namespace)

    def _check_parent(self, labels: Object, annotations: Object) -> None:
        start = f'ApplySet parent object "{self}"'
        if _TOOLING not in annotations:
            raise Failure(f'{start} already exists and is missing required annotation "{_TOOLING}"')
        tool = annotations[_TOOLING].rpartition("/")[0] or annotations[_TOOLING]
        if tool != self.ctx.name:
            raise Failure(f'{start} already exists and is managed by tooling "{tool}" instead of "{self.ctx.name}"')
        if _ID not in labels:
            raise Failure(f"{start} exists and does not have required label {_ID}")
        if labels[_ID] != self.id:
            raise Failure(f'{start} exists and has incorrect value for label "{_ID}" (got: {labels[_ID]}, '
                          f"want: {self.id})")

    def _kinds(self, annotations: Object) -> dict[str, Resource]:
        discovery = self.ctx.client.discovery
        found: dict[str, Resource] = {}
        listed = _KINDS if self.tells_kinds else _RESOURCES
        if (_KINDS not in annotations or not self.tells_kinds) and annotations.get(_RESOURCES):
            for text in annotations[_RESOURCES].split(","):
                mapping = discovery.find(text)
                if mapping is None:
                    plural, _, group = text.partition(".")
                    raise Failure(f'invalid group resource in "{_RESOURCES}" annotation: no matches for {group}/, '
                                  f"Resource={plural}")
                found[_kind(mapping)] = mapping
            return found
        if listed not in annotations:
            raise Failure(f'{self.ctx.name} requires the "{listed}" annotation to be set on all ApplySet parent '
                          "objects")
        served = {_kind(mapping): mapping for mapping in discovery.preferred()}
        for text in filter(None, annotations[listed].split(",")):
            if text not in served:
                kind, _, group = text.partition(".")
                raise Failure(f'could not find mapping for kind in "{_KINDS}" annotation: no matches for kind "{kind}" '
                              f'in group "{group}"')
            found[text] = served[text]
        return found

    def _write_parent(self, kinds: dict[str, Resource], namespaces: set[str]) -> None:
        if self.strategy == "client":
            return
        told = {_KINDS: ",".join(sorted(kinds))}
        if not self.tells_kinds:
            told = {_RESOURCES: ",".join(sorted(mapping.name for mapping in kinds.values()))}
        meta = {"annotations": {_NAMESPACES: ",".join(sorted(namespaces - {self.namespace})), **told,
                                _TOOLING: f"{self.ctx.name}/{PATCH[self.ctx.release]}"},
                "labels": {_ID: self.id}, "name": self.name}
        if self.namespace:
            meta["namespace"] = self.namespace
        body = {"apiVersion": self.parent.api_version, "kind": self.parent.kind, "metadata": meta}
        manager = f"{self.ctx.name}-applyset"
        try:
            try:
                self._send(body, manager, force=False)
            except StatusError as error:
                if error.reason != "Conflict":
                    raise
                line = 447 if self.tells_kinds else 400
                klog.tell(
                    self.ctx, "W", f"applyset.go:{line}", f"WARNING: failed to update ApplySet: {error.message}\n"
                    f"ApplySet field manager {manager} should own these fields. Retrying with conflicts forced.")
                self._send(body, manager, force=True)
        except StatusError as error:
            raise Failure(f"failed to update ApplySet: {error.message}") from None

    def _send(self, body: Object, manager: str, force: bool) -> None:
        self.ctx.client.patch(self.parent.versioned, self.name, body, "apply", self.namespace, field_manager=manager,
                              dry_run=self.strategy == "server", field_validation=self.validation, force=force)


def _kind(mapping: Resource) -> str:
    return f"{mapping.kind}.{mapping.group}" if mapping.group else mapping.kind
