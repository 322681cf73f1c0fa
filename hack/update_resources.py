"""Renew what the server serves (resources.json): groups, versions, resources, and in which releases.

    python hack/update_resources.py (--kubernetes CHECKOUT | --kubectl COMMAND)

The newest release's resources come from the checkout (api/discovery, without alpha and beta versions) or from a live
cluster of a default set-up: both give the same file. In which releases an entry is served comes from
hack/inputs/releases.json: `since` is the first minor release, `until` the first that serves it no more. What stands
behind a feature gate of such a release names it in `gate`: releases/gates.py tells when that was on. `optional` is what
a server has to be told to serve (releases/runtimeconfig.py).
Names, verbs, categories of older releases are taken to be today's (compared with api/discovery of 1.30: they are).
"""

from __future__ import annotations

import pathlib
import sys

import apisource
import datafile

# Resources behind a feature gate that is off by default in a release that has them in its models: of betas (GATES),
# and of later versions where the gate is not on for good by then.
GATES = {"ipaddresses": "MultiCIDRServiceAllocator", "servicecidrs": "MultiCIDRServiceAllocator",
         "clustertrustbundles": "ClusterTrustBundle", "podcertificaterequests": "PodCertificateRequest",
         "volumeattributesclasses": "VolumeAttributesClass", "deviceclasses": "DynamicResourceAllocation",
         "resourceclaims": "DynamicResourceAllocation", "resourceclaimtemplates": "DynamicResourceAllocation",
         "resourceslices": "DynamicResourceAllocation", "devicetaintrules": "DynamicResourceAllocation",
         "mutatingadmissionpolicies": "MutatingAdmissionPolicy",
         "mutatingadmissionpolicybindings": "MutatingAdmissionPolicy",
         "validatingadmissionpolicies": "ValidatingAdmissionPolicy",
         "validatingadmissionpolicybindings": "ValidatingAdmissionPolicy",
         "storageversionmigrations": "StorageVersionMigrator"}
GATED = {"v1 pods/resize": "InPlacePodVerticalScaling",
         **{f"storagemigration.k8s.io/v1 storageversionmigrations{part}": "StorageVersionMigrator"
            for part in ("", "/status")}}


def entries(source: apisource.Checkout | apisource.Live, group: str, version: str) -> list[datafile.Data]:
    """Return the APIResources of a group's version, each with its groupVersion, without what only a store knows."""
    group_version = f"{group}/{version}".lstrip("/")
    listed = source.get(apisource.path_of(group, version))["resources"]
    return [{"groupVersion": group_version, **{key: entry[key] for key in sorted(entry) if key != "storageVersionHash"}}
            for entry in listed]


def conditions(entry: datafile.Data) -> datafile.Data:
    """Return `gate`, the feature gate that a resource stands behind, and `optional`, where it has one or is that."""
    if tuple(entry["groupVersion"].split("/")) not in apisource.BETAS:
        gate = GATED.get(f"{entry['groupVersion']} {entry['name']}")
        return {"gate": gate} if gate else {}
    gate = GATES.get(entry["name"].partition("/")[0])
    optional = {} if entry["groupVersion"].startswith(apisource.DEFAULT) else {"optional": True}
    return {**optional, **({"gate": gate} if gate else {})}


def make(source: apisource.Checkout | apisource.Live, facts: datafile.Data) -> datafile.Data:
    """Return the content of resources.json."""
    groups: dict[str, list[str]] = {}
    resources: list[datafile.Data] = []
    for group, version in apisource.group_versions(source):
        resources += entries(source, group, version)
        if group:
            groups.setdefault(group, []).append(version)
    for (group, beta), (later, kinds) in apisource.BETAS.items():
        if beta in groups.get(group, (beta,)):
            continue
        groups[group].append(beta)
        resources += [{**entry, "groupVersion": f"{group}/{beta}"} for entry in resources
                      if entry["groupVersion"] == f"{group}/{later}" and entry["kind"].startswith(kinds)
                      and f"{group}/{beta} {entry['name']}" in facts["resources"]]
    for entry in resources:
        entry.update({**facts["resources"].get(f"{entry['groupVersion']} {entry['name']}", {}), **conditions(entry)})
    return {"groups": [{"name": name, "versions": versions} for name, versions in groups.items()],
            "resources": resources}


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(
        __doc__, ("kubernetes", "checkout of kubernetes/kubernetes"),
        ("kubectl", "read discovery from the cluster behind this kubectl instead")).parse_args(args)
    if options.kubectl:
        source: apisource.Checkout | apisource.Live = apisource.Live(options.kubectl)
        minor = int(source.get("/version")["minor"])
    else:
        root = pathlib.Path(options.kubernetes)
        source, minor = apisource.Checkout(root), apisource.minor_of(root)
    made = make(source, datafile.read(datafile.RELEASES))
    text = datafile.dumps(f"Kubernetes 1.{minor}: discovery of a default cluster; hack/inputs/releases.json; "
                          "hack/update_resources.py", made)
    return datafile.finish(datafile.RESOURCES, text, options.check)


if __name__ == "__main__":
    sys.exit(main())
