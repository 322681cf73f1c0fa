"""kubectl auth reconcile: bring RBAC objects to what files say (component-helpers/auth/rbac/reconciliation)."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.objects import clone
from ...machinery.wellknown import AUTO_UPDATE_ANNOTATION_KEY
from ..failures import Failure
from ..resource import builder
from ..resource.scheme import KUBECTL
from ..util import cmdutil
from . import rules as rbacrules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..cli.flags import Flags
    from ..context import Context
    from ..resource.info import Info

_GROUP = "rbac.authorization.k8s.io"


def run(ctx: Context) -> None:
    """kubectl auth reconcile -f FILENAME"""
    flags = ctx.flags
    cmdutil.require_files(flags)
    if ctx.args:
        raise Failure("no arguments are allowed")
    strategy = cmdutil.dry_run(ctx)
    if strategy == "server":
        raise Failure("--dry-run=server for command reconcile is not supported yet")
    print_obj = cmdutil.printer(ctx, "reconciled", strategy, typed=True)

    def reconcile(info: Info) -> None:
        group, _, version = info.obj.get("apiVersion", "").partition("/")
        kind = info.obj["kind"]
        if group != _GROUP or kind not in _COMPARE:
            return
        if version != "v1":
            raise Failure(f"only rbac.authorization.k8s.io/v1 is supported: not *{version}.{kind}")
        result = _Reconciliation(ctx, info.obj, flags)
        result.carry_out(strategy)
        print_obj(result.obj)
        ctx.err(result.report())

    builder.from_flags(ctx, local=True, scheme=KUBECTL).visit(reconcile)


class _Reconciliation:
    """What has to be done to one object. `operation` is create, update, recreate or "" for nothing."""

    def __init__(self, ctx: Context, wanted: Object, flags: Flags):
        self.ctx, self.wanted, self.operation, self.protected = ctx, wanted, "", False
        self.remove = flags["remove-extra-subjects" if "subjects" in wanted or wanted["kind"].endswith("Binding")
                            else "remove-extra-permissions"]
        self.missing: list[str] = []
        self.extra: list[str] = []
        self.word = "subjects" if wanted["kind"].endswith("Binding") else "rules"
        self.resource = f"{wanted['kind'].lower()}s.{_GROUP}"
        self.namespace = wanted["metadata"].get("namespace", "")
        self.obj = wanted
        self.lost = not self.namespace and not wanted["kind"].startswith("Cluster")  # no namespace is made up for it
        self.existing = self._existing()
        if not self.existing:
            self.operation = "create"
            self.missing = [_told(self.word, item) for item in wanted.get(self.word) or ()]
            return
        annotations = self.existing["metadata"].get("annotations") or {}
        self.protected = annotations.get(AUTO_UPDATE_ANNOTATION_KEY) == "false"
        self.obj = clone(self.existing)
        for field in ("annotations", "labels"):
            merged = {**(wanted["metadata"].get(field) or {}), **(self.obj["metadata"].get(field) or {})}
            if merged != (self.obj["metadata"].get(field) or {}):
                self.obj["metadata"][field] = merged
                self.operation = "update"
        _COMPARE[wanted["kind"]](self)

    def _existing(self) -> Object:
        """Return the object on the server, or {}."""
        try:
            name = self.wanted["metadata"].get("name", "")
            return {} if self.lost else self.ctx.client.get(self.resource, name, self.namespace)
        except StatusError as error:
            if error.reason != "NotFound":
                raise
            return {}

    def compare_rules(self) -> None:
        wanted, existing = self.wanted.get("rules") or [], self.existing.get("rules") or []
        missing = rbacrules.uncovered(existing, wanted)
        extra: list[Object] = []
        if not (self.wanted.get("aggregationRule") and self.existing.get("aggregationRule")):
            extra = rbacrules.uncovered(wanted, existing)
        self._settle("rules", wanted, existing, missing, extra)
        self._compare_aggregation()

    def _compare_aggregation(self) -> None:
        wanted, existing = self.wanted.get("aggregationRule"), self.existing.get("aggregationRule")
        if wanted == existing or self.wanted["kind"] == "Role":
            return
        if not wanted:
            self.obj.pop("aggregationRule", None)
            self.operation = "update"
            return
        known = (existing or {}).get("clusterRoleSelectors") or []
        asked = wanted.get("clusterRoleSelectors") or []
        missing = [selector for selector in asked if selector not in known]
        extra = [selector for selector in known if selector not in asked]
        if missing or (self.remove and extra):
            self.obj["aggregationRule"] = wanted if self.remove else {"clusterRoleSelectors": known + missing}
            self.operation = "update"

    def compare_subjects(self) -> None:
        if self.wanted["roleRef"] != self.existing["roleRef"]:
            self.obj, self.operation = self.wanted, "recreate"
            return
        wanted, existing = self.wanted.get("subjects") or [], self.existing.get("subjects") or []
        self._settle("subjects", wanted, existing, [subject for subject in wanted if subject not in existing],
                     [subject for subject in existing if subject not in wanted])

    def _settle(self, field: str, wanted: list[Object], existing: list[Object], missing: list[Object],
                extra: list[Object]) -> None:
        if missing or (self.remove and extra):
            self.obj[field] = wanted if self.remove else existing + missing
            self.operation = "update"
        self.missing = [_told(field, item) for item in missing]
        self.extra = [_told(field, item) for item in extra]

    def carry_out(self, strategy: str) -> None:
        """Do it, unless the object is protected or this is a dry run."""
        if self.protected or strategy == "client" or not self.operation:
            return
        client, name = self.ctx.client, self.wanted["metadata"].get("name", "")
        if self.operation == "update":
            self.obj = client.update(self.resource, self.obj, self.namespace)
            return
        if self.operation == "recreate":
            client.delete(self.resource, name, self.namespace)
        self._ensure_namespace()
        self.obj = client.create(self.resource, self.obj, self.namespace)

    def _ensure_namespace(self) -> None:
        if self.lost:
            raise Failure("resource name may not be empty")  # of the namespace; of a RoleBinding kubectl panics
        if not self.namespace:
            return
        try:
            self.ctx.client.get("namespaces", self.namespace)
        except StatusError as error:
            if error.reason == "NotFound":
                self.ctx.client.create("namespaces", {"apiVersion": "v1", "kind": "Namespace",
                                                      "metadata": {"name": self.namespace}})

    def report(self) -> str:
        """Return the lines for stderr."""
        if not self.operation:
            return ""
        caveat = f", but object opted out ({AUTO_UPDATE_ANNOTATION_KEY}: false)" if self.protected else ""
        lines = [f"\treconciliation required {self.operation}{caveat}"]
        if self.missing:
            lines += [f"\tmissing {self.word} added:", *self.missing]
        if self.remove and self.extra:
            lines += [f"\textra {self.word} removed:", *self.extra]
        return "".join(line + "\n" for line in lines)


_COMPARE = {"Role": _Reconciliation.compare_rules, "ClusterRole": _Reconciliation.compare_rules,
            "RoleBinding": _Reconciliation.compare_subjects, "ClusterRoleBinding": _Reconciliation.compare_subjects}


def _told(field: str, item: Object) -> str:
    if field == "rules":
        return "\t\t" + rbacrules.go_struct(item)
    return (f"\t\t{{Kind:{item['kind']} APIGroup:{item.get('apiGroup', '')} Name:{item['name']} "
            f"Namespace:{item.get('namespace', '')}}}")
