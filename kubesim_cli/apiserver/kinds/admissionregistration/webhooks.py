"""MutatingWebhookConfiguration and ValidatingWebhookConfiguration."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class WebhookConfiguration(Kind):
    columns = (NAME, Column("Webhooks", type="integer"), AGE)
    has_generation = True
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], len(obj.get("webhooks") or ()), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
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

    def validate(self, obj: dict, ctx: Context) -> list:
        from ... import field
        from ..checks import label_selector, one_of

        errors = []
        seen: set[str] = set()
        for i, hook in enumerate(obj.get("webhooks") or ()):
            path, name = f"webhooks[{i}]", hook.get("name", "")
            errors += _name(f"{path}.name", name)
            if name in seen:
                errors.append(field.duplicate(f"{path}.name", name))
            seen.add(name)
            if not hook.get("admissionReviewVersions"):
                errors.append(field.required(f"{path}.admissionReviewVersions",
                                             "must specify one of v1, v1beta1"))
            for j, rule in enumerate(hook.get("rules") or ()):
                for key in ("operations", "apiGroups", "apiVersions", "resources"):
                    if not rule.get(key):
                        errors.append(field.required(f"{path}.rules[{j}].{key}"))
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
            config = hook.get("clientConfig") or {}
            if (config.get("url") is None) == (config.get("service") is None):
                errors.append(field.required(f"{path}.clientConfig", "exactly one of url or service is required"))
        return errors


def _name(path: str, name: str) -> list:
    """IsFullyQualifiedName: a DNS name of at least three parts."""
    from ....api import names
    from ... import field
    from ..checks import said

    if not name:
        return [field.required(path)]
    errors = said(path, name, names.dns1123_subdomain(name))
    if not errors and name.count(".") < 2:
        errors.append(field.invalid(path, name, "should be a domain with at least three segments separated by dots"))
    return errors
