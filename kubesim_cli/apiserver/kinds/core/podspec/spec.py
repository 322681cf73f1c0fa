"""PodSpec, PodTemplateSpec and Pod as a whole: the order in which everything is checked."""

from __future__ import annotations

from .....go import jsontext
from .....machinery import field, names, selectors
from .....machinery.wellknown import MIRROR_POD_ANNOTATION_KEY, POD_DELETION_COST
from ....objectmeta import validate_annotations
from ...checks import dns1123_label, dns1123_subdomain, ip_address, labels, qualified_name, said
from . import containers, env, resources, scheduling, security
from .rules import Rules, Scope, visit_containers
from .volumes import volumes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .....machinery.types import FieldErrors, Object, Release

_right: set[tuple[str, Release, str, str]] = set()  # templates' specs in which nothing is wrong, encoded
_MAX_INT32 = 2**31 - 1
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")


def validate_pod(obj: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a Pod, metadata aside (validatePodMetadataAndSpec)."""
    spec, meta = obj["spec"], obj["metadata"]
    errors = _annotations("metadata.annotations", meta.get("annotations"), spec)
    errors += validate_pod_spec(spec, "spec", release, meta)
    if not spec.get("serviceAccountName"):
        for i, volume in enumerate(spec.get("volumes") or ()):
            for j, source in enumerate((volume.get("projected") or {}).get("sources") or ()):
                if source.get("serviceAccountToken") is not None:
                    errors.append(field.forbidden(f"spec.volumes[{i}].projected.sources[{j}].serviceAccountToken",
                                                  "must not be specified when serviceAccountName is not set"))
    for kind in ("containers", "initContainers"):
        for i, container in enumerate(spec.get(kind) or ()):
            errors += containers.image_padding(f"spec.{kind}[{i}]", container)
    return errors


def validate_new_pod(obj: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a Pod that is being created (ValidatePodCreate)."""
    errors = validate_pod(obj, release)
    spec = obj["spec"]
    if spec.get("ephemeralContainers"):
        errors.append(field.forbidden("spec.ephemeralContainers", "cannot be set on create"))
    if spec.get("nodeName") and spec.get("schedulingGates"):
        errors.append(field.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"))
    annotations = obj["metadata"].get("annotations")
    return errors + security.annotations_match("spec", annotations, spec) if annotations else errors


def _of_template(spec: Object, path: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of a template's PodSpec: one that was right is right when the next owner copies it."""
    seen = path, release, str(getattr(release, "gates", "")), jsontext.encode(spec)
    if seen in _right:
        return []
    errors = validate_pod_spec(spec, path, release)
    if not errors:
        if len(_right) >= 100:
            _right.clear()
        _right.add(seen)
    return errors


def validate_pod_template(template: Object, path: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of a PodTemplateSpec at `path` (ValidatePodTemplateSpec)."""
    meta, spec = template.get("metadata") or {}, template.get("spec") or {}
    annotations = meta.get("annotations")
    errors = labels(f"{path}.labels", meta.get("labels"))
    errors += validate_annotations(annotations, f"{path}.annotations")
    errors += _annotations(f"{path}.annotations", annotations, spec)
    errors += _of_template(spec, f"{path}.spec", release)
    if annotations:
        errors += security.annotations_match(f"{path}.spec", annotations, spec)
    if spec.get("ephemeralContainers"):
        errors.append(field.forbidden(f"{path}.spec.ephemeralContainers",
                                      "ephemeral containers not allowed in pod template"))
    return errors


def validate_replicated_template(template: Object, selector: list[tuple[str, str, tuple[str, ...]]] | None,
                                 path: str, kind: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of the template of a controller that keeps pods running.

    `selector`: its requirements, None where it has none; `kind`: told where the template has an end.
    """
    errors: FieldErrors = []
    meta, spec = template.get("metadata") or {}, template.get("spec") or {}
    if selector != [] and not selectors.matches(selector, meta.get("labels")):
        errors.append(unmatched(path, template))
    errors += validate_pod_template(template, path, release)
    return errors + always_running(f"{path}.spec", spec, kind)


def unmatched(path: str, template: Object) -> field.FieldError:
    """The complaint about a template at `path` whose labels its controller would not find."""
    labels = (template.get("metadata") or {}).get("labels")
    return field.invalid(f"{path}.metadata.labels", dict(sorted(labels.items())) if labels else labels,
                         "`selector` does not match template `labels`")


def always_running(path: str, spec: Object, kind: str) -> FieldErrors:
    """Errors of a pod spec that ends by itself, in a controller of a kind whose pods must not."""
    errors = []
    if spec.get("restartPolicy") != "Always":
        errors.append(field.not_supported(f"{path}.restartPolicy", spec.get("restartPolicy", ""), ["Always"]))
    if spec.get("activeDeadlineSeconds") is not None:
        errors.append(field.forbidden(f"{path}.activeDeadlineSeconds",
                                      f"activeDeadlineSeconds in {kind} is not Supported"))
    return errors


def _annotations(path: str, annotations: Object | None, spec: Object) -> FieldErrors:
    """Annotations that mean something to pods (ValidatePodSpecificAnnotations)."""
    if not annotations:
        return []
    errors = []
    if MIRROR_POD_ANNOTATION_KEY in annotations and not spec.get("nodeName"):
        errors.append(field.invalid(f"{path}[{MIRROR_POD_ANNOTATION_KEY}]", annotations[MIRROR_POD_ANNOTATION_KEY],
                                    "must set spec.nodeName if mirror pod annotation is set"))
    cost = annotations.get(POD_DELETION_COST, "0")
    if not _is_int32(cost):
        errors.append(field.invalid(f"{path}[{POD_DELETION_COST}]", cost, "must be a 32bit integer"))
    errors += security.seccomp_annotations(path, annotations)
    return errors + security.apparmor_annotations(path, annotations, spec)


def _is_int32(text: str) -> bool:
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or (len(digits) > 1 and digits[0] == "0"):
        return False
    return -_MAX_INT32 - 1 <= int(text) <= _MAX_INT32


def validate_pod_spec(spec: Object, path: str, release: Release, pod: Object | None = None) -> FieldErrors:
    """Return the FieldErrors of a PodSpec at `path`; `pod` is the metadata of the Pod that it belongs to, if one
    (ValidatePodSpec, validateReadinessGates)."""
    rules = Rules(release, pod is not None)
    errors: FieldErrors = []
    if spec.get("terminationGracePeriodSeconds") is None:
        errors.append(field.required(f"{path}.terminationGracePeriodSeconds"))
    valid: dict[str, Object] = {}
    if spec.get("volumes"):
        valid, errors_of_volumes = volumes(f"{path}.volumes", spec["volumes"], (pod or {}).get("name", ""), rules)
        errors += errors_of_volumes
    scope = Scope(spec, valid, rules)
    if spec.get("resourceClaims"):
        errors += _resource_claims(f"{path}.resourceClaims", spec["resourceClaims"], pod)
    regular = spec.get("containers") or []
    errors += containers.containers(f"{path}.containers", regular, scope)
    if spec.get("initContainers"):
        errors += containers.init_containers(f"{path}.initContainers", spec["initContainers"], regular, scope)
    if spec.get("ephemeralContainers"):
        errors += containers.ephemeral_containers(f"{path}.ephemeralContainers", spec["ephemeralContainers"], spec,
                                                  scope)
    errors += resources.pod_level(path, spec, rules, scope.claims)
    errors += _host_network(path, spec, rules)
    errors += _required_choice(f"{path}.restartPolicy", spec, "restartPolicy", ("Always", "OnFailure", "Never"))
    errors += _required_choice(f"{path}.dnsPolicy", spec, "dnsPolicy", _DNS_POLICIES)
    errors += labels(f"{path}.nodeSelector", spec.get("nodeSelector"))
    errors += security.pod_context(f"{path}.securityContext", spec)
    if spec.get("affinity"):
        errors += scheduling.affinity(f"{path}.affinity", spec["affinity"])
    errors += _dns_config(f"{path}.dnsConfig", spec, rules)
    for i, gate in enumerate(spec.get("readinessGates") or ()):
        errors += qualified_name(f"{path}.readinessGates[{i}].conditionType", gate.get("conditionType", ""))
    errors += scheduling.gates(f"{path}.schedulingGates", spec.get("schedulingGates") or ())
    if spec.get("topologySpreadConstraints"):
        errors += scheduling.spread_constraints(f"{path}.topologySpreadConstraints", spec["topologySpreadConstraints"],
                                                rules)
    errors += security.host_process(path, spec)
    errors += security.host_users(path, spec)
    errors += _hostname_override(f"{path}.hostnameOverride", spec)
    return errors + _rest(path, spec, rules)


def _rest(path: str, spec: Object, rules: Rules) -> FieldErrors:
    """The fields that are checked last, each by itself (ValidateHostAliases, validateSchedulingGroup)."""
    errors: FieldErrors = []
    for key, rule in (("serviceAccountName", dns1123_subdomain), ("nodeName", dns1123_subdomain)):
        if spec.get(key):
            errors += rule(f"{path}.{key}", spec[key])
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= _MAX_INT32:
        errors.append(field.invalid(f"{path}.activeDeadlineSeconds", deadline, names.in_range(1, _MAX_INT32)))
    for key in ("hostname", "subdomain"):
        if spec.get(key):
            errors += dns1123_label(f"{path}.{key}", spec[key])
    if spec.get("tolerations"):
        errors += scheduling.tolerations(f"{path}.tolerations", spec["tolerations"])
    for i, alias in enumerate(spec.get("hostAliases") or ()):
        errors += ip_address(f"{path}.hostAliases[{i}].ip", alias.get("ip", ""), rules.release)
        for j, name in enumerate(alias.get("hostnames") or ()):
            errors += dns1123_subdomain(f"{path}.hostAliases[{i}].hostnames[{j}]", name)
    if spec.get("priorityClassName"):
        errors += dns1123_subdomain(f"{path}.priorityClassName", spec["priorityClassName"])
    if spec.get("runtimeClassName") is not None:
        errors += dns1123_subdomain(f"{path}.runtimeClassName", spec["runtimeClassName"])
    if spec.get("preemptionPolicy") is not None:
        errors += _required_choice(f"{path}.preemptionPolicy", spec, "preemptionPolicy",
                                   ("PreemptLowerPriority", "Never"))
    if spec.get("overhead"):
        errors += resources.container_requirements(f"{path}.overhead", {"limits": spec["overhead"]})
    if spec.get("os") is not None:
        errors += security.operating_system(path, spec)
    group = spec.get("schedulingGroup")
    if group is not None:
        name = group.get("podGroupName")
        at = f"{path}.schedulingGroup.podGroupName"
        errors += [field.invalid(at, None, "must specify one of: `podGroupName`")] if name is None else (
            dns1123_subdomain(at, name))
    known = {volume.get("name", ""): volume for volume in spec.get("volumes") or ()}
    for at, container in visit_containers(spec, path):
        if container.get("env"):
            errors += env.file_volumes(f"{at}.env", container["env"], known)
    return errors


def _required_choice(path: str, spec: Object, key: str, allowed: tuple[str, ...]) -> FieldErrors:
    """validateRestartPolicy, validateDNSPolicy, ValidatePreemptionPolicy."""
    value = spec.get(key, "")
    if value in allowed:
        return []
    return [field.not_supported(path, value, allowed)] if value else [field.required(path)]


def _host_network(path: str, spec: Object, rules: Rules) -> FieldErrors:
    """validatePodHostNetworkDeps."""
    errors: FieldErrors = []
    if not spec.get("hostNetwork"):
        return errors
    for i, container in enumerate(spec.get("containers") or ()):
        for j, port in enumerate(container.get("ports") or ()):
            host = port.get("hostPort", 0)
            if (rules.is_pod or host) and host != port.get("containerPort", 0):
                errors.append(field.invalid(f"{path}.containers[{i}].ports[{j}].hostPort", host,
                                            "must match `containerPort` when `hostNetwork` is true"))
    return errors


def _dns_config(path: str, spec: Object, rules: Rules) -> FieldErrors:
    """validatePodDNSConfig, ValidateDNS1123SubdomainWithUnderScore."""
    config = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            return [field.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
        if not config.get("nameservers"):
            return [field.required(f"{path}.nameservers",
                                   "must provide at least one DNS nameserver when `dnsPolicy` is None")]
    if config is None:
        return []
    errors: FieldErrors = []
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if len(servers) > 3:
        errors.append(field.invalid(f"{path}.nameservers", servers, "must not have more than 3 nameservers"))
    for i, server in enumerate(servers):
        errors += ip_address(f"{path}.nameservers[{i}]", server, rules.release)
    if len(searches) > 32:
        errors.append(field.invalid(f"{path}.searches", searches, "must not have more than 32 search paths"))
    if len(" ".join(searches)) > 2048:
        errors.append(field.invalid(f"{path}.searches", searches,
                                    "must not have more than 2048 characters (including spaces) in the search list"))
    relaxed = rules.has("RelaxedDNSSearchValidation")
    rule = names.dns1123_subdomain_with_underscore if relaxed else names.dns1123_subdomain
    for i, search in enumerate(searches):
        if not (relaxed and search == "."):
            search = search.removesuffix(".")
            errors += said(f"{path}.searches[{i}]", search, rule(search))
    return errors + [field.required(f"{path}.options[{i}]", "must not be empty")
                     for i, option in enumerate(config.get("options") or ()) if not option.get("name")]


def _resource_claims(path: str, found: list[Object], pod: Object | None) -> FieldErrors:
    """validatePodResourceClaims."""
    if MIRROR_POD_ANNOTATION_KEY in ((pod or {}).get("annotations") or ()):
        return [field.forbidden("", "static pods do not support resource claims") for _ in found]
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, claim in enumerate(found):
        at, name = f"{path}[{i}]", claim.get("name", "")
        if not name:
            errors.append(field.required(f"{at}.name"))
        elif name in seen:
            errors.append(field.duplicate(f"{at}.name", name))
        else:
            errors += dns1123_label(f"{at}.name", name)
            seen.add(name)
        if "source" in claim:  # until 1.30 the source was an object of its own
            errors += _claim_source(f"{at}.source", claim["source"] or {})
        else:
            errors += _claim_source(at, claim)
    return errors


def _claim_source(path: str, claim: Object) -> FieldErrors:
    """validatePodResourceClaim."""
    from .... import internaltypes

    keys = ("resourceClaimName", "resourceClaimTemplateName")
    given = [key for key in keys if claim.get(key) is not None]
    errors = []
    if len(given) != 1:
        wanted = ("at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified" if given
                  else "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`")
        errors.append(field.invalid(path, internaltypes.internal(claim, "PodResourceClaim"), wanted))
    for key in given:
        errors += dns1123_subdomain(f"{path}.{key}", claim[key])
    return errors


def _hostname_override(path: str, spec: Object) -> FieldErrors:
    """validatePodHostName."""
    name = spec.get("hostnameOverride")
    if name is None:
        return []
    errors = []
    if spec.get("setHostnameAsFQDN"):
        errors.append(field.forbidden(path, "may not be specified when setHostnameAsFQDN is true"))
    if spec.get("hostNetwork"):
        errors.append(field.forbidden(path, "may not be specified when hostNetwork is true"))
    if len(name) > 64:
        errors.append(field.too_long(path, 64))
    return errors + dns1123_subdomain(path, name)
