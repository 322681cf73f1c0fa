"""MutatingWebhookConfiguration and ValidatingWebhookConfiguration."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class WebhookConfiguration(Kind):
    kube_finalizers = False
    columns = (NAME, Column("Webhooks", lambda obj, ctx: len(obj.get("webhooks") or ()), type="integer"), AGE)
    has_generation = True
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        for hook in obj.get("webhooks") or ():
            for key, value in (("failurePolicy", "Fail"), ("matchPolicy", "Equivalent"), ("timeoutSeconds", 10)):
                hook.setdefault(key, value)
            hook.setdefault("namespaceSelector", {})
            hook.setdefault("objectSelector", {})
            if obj["kind"] == "MutatingWebhookConfiguration":
                hook.setdefault("reinvocationPolicy", "Never")
            service = (hook.get("clientConfig") or {}).get("service")
            if service:
                service.setdefault("port", 443)
            for rule in hook.get("rules") or ():
                rule.setdefault("scope", "*")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateValidatingWebhookConfiguration, ValidateMutatingWebhookConfiguration,
        validateValidatingWebhookConfiguration, validateMutatingWebhookConfiguration, validateValidatingWebhook,
        validateMutatingWebhook, ValidateValidatingWebhookConfigurationUpdate,
        ValidateMutatingWebhookConfigurationUpdate."""
        from ....machinery import field
        from ..checks import label_selector, one_of
        from .match_validation import rule as check_rule

        errors = []
        seen: set[str] = set()
        for i, hook in enumerate(obj.get("webhooks") or ()):
            path, name = f"webhooks[{i}]", hook.get("name", "")
            errors += _name(f"{path}.name", name)
            for j, rule in enumerate(hook.get("rules") or ()):
                errors += check_rule(f"{path}.rules[{j}]", rule)
            errors += one_of(f"{path}.failurePolicy", hook["failurePolicy"], ("Fail", "Ignore"))
            errors += one_of(f"{path}.matchPolicy", hook["matchPolicy"], ("Equivalent", "Exact"))
            effects = hook.get("sideEffects")
            if effects is None:
                errors.append(field.required(f"{path}.sideEffects", "must specify one of None, NoneOnDryRun"))
            else:
                errors += one_of(f"{path}.sideEffects", effects, ("None", "NoneOnDryRun"))
            if not 1 <= hook["timeoutSeconds"] <= 30:
                errors.append(field.invalid(f"{path}.timeoutSeconds", hook["timeoutSeconds"],
                                            "the timeout value must be between 1 and 30 seconds"))
            errors += label_selector(f"{path}.namespaceSelector", hook["namespaceSelector"])
            errors += label_selector(f"{path}.objectSelector", hook["objectSelector"])
            errors += client_config(f"{path}.clientConfig", hook.get("clientConfig") or {})
            if hook.get("matchConditions"):
                from .expressions import environment
                from .policy_validation import before, conditions

                errors += conditions(f"{path}.matchConditions", hook["matchConditions"], environment(False),
                                     before(ctx.release))
            errors += review_versions(f"{path}.admissionReviewVersions", hook.get("admissionReviewVersions") or [],
                                      "must specify one of v1, v1beta1")
            if name in seen:
                errors.append(field.duplicate(f"{path}.name", name))
            if name:
                seen.add(name)
        return errors


def _name(path: str, name: str) -> FieldErrors:
    """IsFullyQualifiedName: a DNS name of at least three parts."""
    from ....machinery import field, names
    from ..checks import said

    if not name:
        return [field.required(path)]
    errors = said(path, name, names.dns1123_subdomain(name))
    if not errors and name.count(".") < 2:
        errors.append(field.invalid(path, name, "should be a domain with at least three segments separated by dots"))
    return errors


def client_config(path: str, config: Object) -> FieldErrors:
    """Return the FieldErrors of how a webhook is reached (k8s.io/apiserver/pkg/util/webhook/validation.go)."""
    from ....machinery import field

    if (config.get("url") is None) == (config.get("service") is None):
        return [field.required(path, "exactly one of url or service is required")]
    if config.get("service") is None:
        return _url(f"{path}.url", config["url"])
    return _service(f"{path}.service", config["service"])


def review_versions(path: str, versions: list[str], missing: str = "") -> FieldErrors:
    """Return the FieldErrors of the review versions that a webhook knows; `missing`: the text where it has none
    (validateAdmissionReviewVersions, isAcceptedAdmissionReviewVersion, isAcceptedConversionReviewVersion,
    validateConversionReviewVersions)."""
    from ....machinery import field, names
    from ..checks import said

    if not versions:
        return [field.required(path, missing)]
    errors = []
    for i, version in enumerate(versions):
        if version in versions[:i]:
            errors.append(field.invalid(f"{path}[{i}]", version, "duplicate version"))
        else:
            errors += said(f"{path}[{i}]", version, names.dns1035_label(version))
    if not {"v1", "v1beta1"} & set(versions):
        errors.append(field.invalid(path, versions, "must include at least one of v1, v1beta1"))
    return errors


def _url(path: str, url: str) -> FieldErrors:
    from urllib.parse import urlsplit

    from ....machinery import field

    form = "; desired format: https://host[/path]"
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return [field.required(path, f"url must be a valid URL: {error}{form}")]
    host = parts.netloc.rpartition("@")[2]
    errors = []
    if parts.scheme != "https":
        errors.append(field.invalid(path, parts.scheme, "'https' is the only allowed URL scheme" + form))
    if not host:
        errors.append(field.invalid(path, host, "host must be specified" + form))
    if "@" in parts.netloc:
        errors.append(field.invalid(path, parts.netloc.rpartition("@")[0],
                                    "user information is not permitted in the URL"))
    if parts.fragment:
        errors.append(field.invalid(path, parts.fragment, "fragments are not permitted in the URL"))
    if parts.query:
        errors.append(field.invalid(path, parts.query, "query parameters are not permitted in the URL"))
    return errors


def _service(path: str, service: Object) -> FieldErrors:
    from ....machinery import field, names

    errors = []
    for key, told in (("namespace", "name"), ("name", "namespace")):  # the server mixes the two up
        if not service.get(key):
            errors.append(field.required(f"{path}.{told}"))
    wrong = names.port_number(service.get("port", 443))
    if wrong:
        errors.append(field.invalid(f"{path}.port", service["port"], "port is not valid: " + ", ".join(wrong)))
    given = service.get("path")
    if not given or given == "/":
        return errors
    if given == "//":
        return [*errors, field.invalid(f"{path}.path", given, "segment[0] may not be empty")]
    if not given.startswith("/"):
        errors.append(field.invalid(f"{path}.path", given, "must start with a '/'"))
    for i, step in enumerate(given[1:].removesuffix("/").split("/")):
        if not step:
            errors.append(field.invalid(f"{path}.path", given, f"segment[{i}] may not be empty"))
        for text in names.dns1123_subdomain(step) if step else ():
            errors.append(field.invalid(f"{path}.path", given, f"segment[{i}]: {text}"))
    return errors
