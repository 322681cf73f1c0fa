"""What pods and everything with a pod template have in common: defaults, validation, warnings.

Sources: pkg/apis/core/v1/defaults.go, pkg/apis/core/validation/validation.go, pkg/api/pod.
"""

from .defaults import default_pod, default_pod_spec, default_pod_template
from .spec import (
    validate_new_pod,
    validate_pod,
    validate_pod_spec,
    validate_pod_template,
    validate_replicated_template,
)

__all__ = ["default_pod", "default_pod_spec", "default_pod_template", "validate_new_pod", "validate_pod",
           "validate_pod_spec", "validate_pod_template", "validate_replicated_template"]
