"""Renew RBAC's bootstrap policy (rbac.json): the roles and bindings that an API server makes when it first starts.

    python hack/update_rbac.py --kubernetes CHECKOUT

They come from plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata, the files that Kubernetes' own tests compare
its policy with. What stands behind feature gates that are off by default is in a file of its own there and left out.
It is the policy of the newest release; kubesim gives it to the older ones as well.
"""

from __future__ import annotations

import pathlib
import sys

import apisource
import datafile

POLICY = pathlib.Path("plugin", "pkg", "auth", "authorizer", "rbac", "bootstrappolicy", "testdata")
_OF_A_FORK = ("system:openshift:public-info-viewer", "system:controller:service-ca-cert-publisher")
_AGGREGATE_TO = "rbac.authorization.k8s.io/aggregate-to-"


def items(root: pathlib.Path, name: str) -> list[datafile.Data]:
    """Return the objects of one of the policy's files, without those that a fork of Kubernetes has added."""
    from ruamel.yaml import YAML

    text = (root / POLICY / f"{name}.yaml").read_text(encoding="utf-8")
    return [obj for obj in YAML(typ="safe", pure=True).load(text)["items"] if obj["metadata"]["name"] not in _OF_A_FORK]


def role(obj: datafile.Data) -> datafile.Data:
    """Return a Role or ClusterRole as rbac.json has it. An aggregated one has no rules of its own."""
    made = {"name": obj["metadata"]["name"]}
    selectors = (obj.get("aggregationRule") or {}).get("clusterRoleSelectors")
    if not selectors:
        made["rules"] = [{key: rule[key] for key in sorted(rule)} for rule in obj["rules"]]
    for label in obj["metadata"].get("labels") or {}:
        if label.startswith(_AGGREGATE_TO):
            made["aggregateTo"] = label.removeprefix(_AGGREGATE_TO)
    for selector in selectors or ():
        made["aggregate"] = next(iter(selector["matchLabels"])).removeprefix(_AGGREGATE_TO)
    return _placed(made, obj)


def binding(obj: datafile.Data) -> datafile.Data:
    """Return a binding as rbac.json has it: `role` only where it is not the binding's own name, `kind` only where it is
    not that of the binding's scope."""
    ref, name = obj["roleRef"], obj["metadata"]["name"]
    made = {"name": name}
    if ref["name"] != name:
        made["role"] = ref["name"]
    if ref["kind"] != obj["kind"].removesuffix("Binding"):
        made["kind"] = ref["kind"]
    made["subjects"] = [{key: subject[key] for key in ("kind", "name", "namespace") if key in subject}
                        for subject in obj.get("subjects") or ()]
    return _placed(made, obj)


def _placed(made: datafile.Data, obj: datafile.Data) -> datafile.Data:
    namespace = obj["metadata"].get("namespace")
    return {**made, "namespace": namespace} if namespace else made


def make(root: pathlib.Path) -> datafile.Data:
    """Return the content of rbac.json."""
    return {"roles": [role(obj) for name in ("cluster-roles", "controller-roles", "namespace-roles")
                      for obj in items(root, name)],
            "bindings": [binding(obj) for name in ("cluster-role-bindings", "controller-role-bindings",
                                                   "namespace-role-bindings") for obj in items(root, name)]}


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(__doc__, ("kubernetes", "checkout of kubernetes/kubernetes")).parse_args(args)
    root = pathlib.Path(options.kubernetes)
    source = f"Kubernetes 1.{apisource.minor_of(root)}: {POLICY.as_posix()}; hack/update_rbac.py"
    return datafile.finish(datafile.ROLES, datafile.dumps(source, make(root)), options.check)


if __name__ == "__main__":
    sys.exit(main())
