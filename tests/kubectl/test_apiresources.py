"""What each release serves: api-resources, api-versions, and what comes of a kind that a release does not have."""

import json
import pathlib

import pytest

# What a kubeadm cluster of 1.28 printed.
LISTED = pathlib.Path(__file__).with_name("api-resources-1.28.txt")
FLOWCONTROL = "flowcontrol.apiserver.k8s.io"
# Release -> kinds that its default cluster serves first (the release announcements tell what became stable).
NEW = {
    "1.29": [],
    "1.30": ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
    "1.31": [],
    "1.32": [],
    "1.33": ["IPAddress", "ServiceCIDR"],
    "1.34": ["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice", "VolumeAttributesClass"],
    "1.35": [],
    "1.36": ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"],
    "1.37": ["ClusterTrustBundle", "DeviceTaintRule", "PodCertificateRequest", "StorageVersionMigration"],
}
FLOWCONTROL_VERSIONS = {"1.28": ["v1beta3", "v1beta2"], "1.29": ["v1", "v1beta3"], "1.30": ["v1", "v1beta3"],
                        "1.31": ["v1", "v1beta3"], "1.32": ["v1"], "1.37": ["v1"]}
SERVICE_CIDR = """\
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata:
  name: more
spec:
  cidrs: [10.0.0.0/24]
"""


@pytest.fixture
def cluster(terminal):
    """A function that makes the terminal's cluster one of a release."""
    def of(release: str, options: str = ""):
        terminal.environ["KUBESIM_KUBERNETES_VERSION"] = release
        terminal.ok(f"kubectl sim reset --seed test {options}")
        return terminal

    return of


def kinds(terminal) -> list[str]:
    return [line.split()[-1] for line in terminal.ok("kubectl api-resources --no-headers").splitlines()]


def test_api_resources_of_1_28_are_those_of_a_real_cluster(cluster):
    assert cluster("1.28").ok("kubectl api-resources") == LISTED.read_text(encoding="utf-8")


def test_api_versions_of_1_28_are_those_of_a_real_cluster(cluster):
    assert cluster("1.28").ok("kubectl api-versions").split() == [
        "admissionregistration.k8s.io/v1", "apiextensions.k8s.io/v1", "apiregistration.k8s.io/v1", "apps/v1",
        "authentication.k8s.io/v1", "authorization.k8s.io/v1", "autoscaling/v1", "autoscaling/v2", "batch/v1",
        "certificates.k8s.io/v1", "coordination.k8s.io/v1", "discovery.k8s.io/v1", "events.k8s.io/v1",
        f"{FLOWCONTROL}/v1beta2", f"{FLOWCONTROL}/v1beta3", "networking.k8s.io/v1", "node.k8s.io/v1", "policy/v1",
        "rbac.authorization.k8s.io/v1", "scheduling.k8s.io/v1", "storage.k8s.io/v1", "v1"]


def test_every_release_adds_what_became_stable_in_it(cluster):
    expected = sorted(line.split()[-1] for line in LISTED.read_text(encoding="utf-8").splitlines()[1:])
    for release, new in NEW.items():
        expected = sorted(expected + new)
        assert sorted(kinds(cluster(release))) == expected, release


@pytest.mark.parametrize("release", FLOWCONTROL_VERSIONS)
def test_groups_with_their_preferred_versions(cluster, release):
    groups = json.loads(cluster(release).ok("kubectl get --raw /apis"))["groups"]
    group = next(group for group in groups if group["name"] == FLOWCONTROL)
    assert [entry["version"] for entry in group["versions"]] == FLOWCONTROL_VERSIONS[release]
    assert group["preferredVersion"] == group["versions"][0]
    assert ("resource.k8s.io" in {group["name"] for group in groups}) == (release == "1.37")


@pytest.mark.parametrize("release", ["1.28", "1.31", "1.37"])
def test_api_services_are_those_of_the_versions_served(cluster, release):
    terminal = cluster(release)
    versions = {f"{version}.{group}" for group, _, version in (
        line.rpartition("/") for line in terminal.ok("kubectl api-versions").split())}
    services = terminal.ok("kubectl get apiservices -o name").replace("apiservice.apiregistration.k8s.io/", "")
    assert {*services.split(), "v1.apiregistration.k8s.io"} == versions  # the aggregator needs none for itself


def test_a_kind_that_the_release_has_not(cluster):
    terminal = cluster("1.32")
    refused = terminal("kubectl get servicecidrs")
    assert refused.err == 'error: the server doesn\'t have a resource type "servicecidrs"\n'
    assert terminal("kubectl explain servicecidr").code == 1
    assert terminal("kubectl get --raw /apis/networking.k8s.io/v1/servicecidrs").code == 1
    assert terminal("kubectl apply -f -", SERVICE_CIDR).err == (
        'error: resource mapping not found for name: "more" namespace: "" from "STDIN": no matches for kind '
        '"ServiceCIDR" in version "networking.k8s.io/v1"\nensure CRDs are installed first\n')
    terminal = cluster("1.33")
    assert terminal.ok("kubectl get servicecidrs -o name") == "servicecidr.networking.k8s.io/kubernetes\n"
    terminal.ok("kubectl apply -f -", SERVICE_CIDR)


def test_a_subresource_that_the_release_has_not(cluster):
    resize = ("kubectl patch pod p --subresource=resize --type=merge "
              """-p '{"spec":{"containers":[{"name":"p","image":"nginx","resources":{}}]}}'""")
    terminal = cluster("1.32")
    terminal.ok("kubectl run p --image=nginx")
    assert "the server could not find the requested resource" in terminal(resize).err
    for release, gates in (("1.32", "--feature-gates=InPlacePodVerticalScaling=true"), ("1.33", "")):
        terminal = cluster(release, gates)
        terminal.ok("kubectl run p --image=nginx")
        terminal.ok(resize)


@pytest.mark.parametrize("release", ["1.28", "1.32", "1.34"])
def test_nothing_is_stored_that_is_not_served(cluster, release):
    terminal = cluster(release)
    terminal.ok("kubectl create deployment web --image=nginx --replicas=2")
    terminal.ok("kubectl expose deployment web --port=80")
    terminal.ok("kubectl create job once --image=busybox -- true")
    terminal.advance("30s")
    from kubesim_cli.machinery.discovery import builtin
    from kubesim_cli.store.store import Store

    folder, = (terminal.home / "clusters").iterdir()
    store = Store(str(folder))
    served = {res.name for res in builtin((1, int(release[2:]))).resources}
    assert "endpointslices.discovery.k8s.io" in store.resources()
    assert set(store.resources()) <= served


LEVEL = f"""\
apiVersion: {FLOWCONTROL}/v1beta2
kind: PriorityLevelConfiguration
metadata:
  name: mine
spec:
  type: Limited
  limited:
    assuredConcurrencyShares: 7
    limitResponse:
      type: Reject
"""
DEPRECATED = (f"Warning: {FLOWCONTROL}/v1beta2 PriorityLevelConfiguration is deprecated in v1.26+, unavailable in "
              f"v1.29+; use {FLOWCONTROL}/v1beta3 PriorityLevelConfiguration\n")


def test_flow_control_of_1_28_is_a_beta_under_two_names(cluster):
    terminal = cluster("1.28")
    applied = terminal("kubectl apply -f -", LEVEL)
    assert (applied.code, applied.err) == (0, DEPRECATED)
    preferred = json.loads(terminal.ok("kubectl get prioritylevelconfigurations mine -o json"))
    assert preferred["apiVersion"] == f"{FLOWCONTROL}/v1beta3"
    assert preferred["spec"]["limited"]["nominalConcurrencyShares"] == 7
    older = f"prioritylevelconfigurations.v1beta2.{FLOWCONTROL}"
    found = json.loads(terminal.ok(f"kubectl get {older} mine -o json"))["spec"]["limited"]
    assert found["assuredConcurrencyShares"] == 7 and "nominalConcurrencyShares" not in found
    change = json.dumps({"spec": {"limited": {"assuredConcurrencyShares": 9}}})
    terminal.ok(f"kubectl patch {older} mine --type=merge -p '{change}'")
    assert terminal.ok(f"kubectl get {older} mine --no-headers").split()[:3] == ["mine", "Limited", "9"]
    assert terminal("kubectl get flowschemas").err == ""


def test_flow_control_of_1_31_warns_of_its_last_beta(cluster):
    terminal = cluster("1.31")
    assert "is deprecated in v1.29+, unavailable in v1.32+" in terminal(
        f"kubectl get flowschemas.v1beta3.{FLOWCONTROL}").err
    assert terminal("kubectl get flowschemas").err == ""


def test_a_field_that_went(cluster):
    pod = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {
        "containers": [{"name": "c", "image": "nginx"}],
        "resourceClaims": [{"name": "r", "source": {"resourceClaimName": "x"}}]}})
    assert "unknown field" not in cluster("1.30")("kubectl apply -f -", pod).err
    assert 'unknown field "spec.resourceClaims[0].source"' in cluster("1.31")("kubectl apply -f -", pod).err


def test_fields_of_a_resource_stand_in_the_order_of_their_type(newest):
    shown = newest.ok("kubectl api-resources -o kyaml --api-group=policy")
    assert shown.index('kind: "APIResourceList"') < shown.index('apiVersion: "v1"')
    assert shown.index('namespaced: true') < shown.index('group: "policy"') < shown.index("verbs")


RANGES_AND_MIGRATION = """\
apiVersion: networking.k8s.io/v1alpha1
kind: ServiceCIDR
metadata: {name: more}
spec: {cidrs: [10.200.0.0/28]}
---
apiVersion: storagemigration.k8s.io/v1alpha1
kind: StorageVersionMigration
metadata: {name: secrets}
spec: {resource: {group: "", version: v1, resource: secrets}}
"""


def test_alphas_behind_gates_of_their_releases(cluster):
    terminal = cluster("1.30", "--feature-gates=MultiCIDRServiceAllocator=true,StorageVersionMigrator=true")
    terminal.ok("kubectl apply -f -", RANGES_AND_MIGRATION)
    terminal.advance("5s")
    found = json.loads(terminal.ok("kubectl get storageversionmigration secrets -o json"))
    assert found["apiVersion"] == "storagemigration.k8s.io/v1alpha1"
    assert found["spec"]["resource"] == {"version": "v1", "resource": "secrets"}
    assert [(each["type"], "lastUpdateTime" in each, "lastTransitionTime" in each)
            for each in found["status"]["conditions"]] == [("Running", True, False), ("Succeeded", True, False)]
    assert terminal.ok("kubectl get servicecidrs,ipaddresses -o name").split() == [
        "servicecidr.networking.k8s.io/kubernetes", "servicecidr.networking.k8s.io/more",
        "ipaddress.networking.k8s.io/10.96.0.1", "ipaddress.networking.k8s.io/10.96.0.10"]
    assert "VERSION:    v1alpha1" in terminal.ok("kubectl explain servicecidr.spec")
    assert "1.networking.k8s.io" in terminal.ok("kubectl get apiservices v1alpha1.networking.k8s.io -o name")


POLICY = """\
apiVersion: admissionregistration.k8s.io/v1beta1
kind: ValidatingAdmissionPolicy
metadata: {name: few}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  validations: [{expression: "object.metadata.name != 'no'"}]
---
apiVersion: admissionregistration.k8s.io/v1beta1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: few}
spec: {policyName: few, validationActions: [Deny]}
"""


def test_a_beta_that_runtime_config_asks_for(cluster):
    terminal = cluster("1.28", "--feature-gates=ValidatingAdmissionPolicy=true "
                               "--runtime-config=admissionregistration.k8s.io/v1beta1=true")
    terminal.ok("kubectl apply -f -", POLICY)
    assert "ValidatingAdmissionPolicy 'few' with binding 'few' denied" in terminal("kubectl create cm no").err
    terminal.ok("kubectl create cm yes")


@pytest.mark.parametrize(("release", "options", "served"), [
    ("1.28", "", []), ("1.37", "", []),
    ("1.31", "--runtime-config=api/beta=true", ["admissionregistration.k8s.io/v1beta1",
                                                "authentication.k8s.io/v1beta1"]),
    ("1.33", "--runtime-config=networking.k8s.io/v1beta1", ["networking.k8s.io/v1beta1"]),
    ("1.33", "--runtime-config=networking.k8s.io/v1beta1/servicecidrs=true", ["networking.k8s.io/v1beta1"]),
    ("1.33", "--runtime-config=api/all=true,api/beta=false", []),
    ("1.33", "--feature-gates=DynamicResourceAllocation=true", ["resource.k8s.io/v1beta2"]),
    ("1.34", "--runtime-config=certificates.k8s.io/v1beta1=true --feature-gates=ClusterTrustBundle=true",
     ["certificates.k8s.io/v1beta1"])])
def test_which_versions_are_served(cluster, release, options, served):
    found = cluster(release, options).ok("kubectl api-versions").split()
    assert [each for each in found if "alpha" in each or ("beta" in each and FLOWCONTROL not in each)] == served


def test_flow_control_without_its_betas(cluster):
    assert FLOWCONTROL not in cluster("1.28", "--runtime-config=api/beta=false").ok("kubectl api-versions")


@pytest.mark.parametrize(("text", "why"), [
    ("alpha=true", "runtime-config invalid key alpha"), ("api/all=maybe", "invalid value api/all=maybe"),
    ("batch/v1beta1=perhaps", 'invalid value of batch/v1beta1: perhaps, err: strconv.ParseBool: parsing "perhaps": '
                              "invalid syntax"),
    ("storage.k8s.io/v1beta1/VolumeAttributesClass=true", "invalid key storage.k8s.io/v1beta1/VolumeAttributesClass: "
     'group/version/resource and resource is always lowercase plural, not "VolumeAttributesClass"'),
    ("networking/v1beta1=true,extensions/v1beta1=true,x.io/v1alpha1/things=true,api/alpha=true",
     "unknown api groups networking/v1beta1,x.io/v1alpha1"),
    ("apps/v1=false", "kubesim does not play --runtime-config=apps/v1=false"),
    ("api/ga=false", "kubesim does not play --runtime-config=api/ga=false")])
def test_a_runtime_config_that_is_refused(terminal, text, why):
    refused = terminal(f"kubectl sim reset --runtime-config={text}")
    assert (refused.code, refused.err) == (1, f"Error: {why}\n")
