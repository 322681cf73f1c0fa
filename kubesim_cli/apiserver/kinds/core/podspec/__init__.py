"""What pods and everything with a pod template have in common: defaults, validation, warnings.

Sources: pkg/apis/core/v1/defaults.go, pkg/apis/core/validation/validation.go, pkg/api/pod.
"""
