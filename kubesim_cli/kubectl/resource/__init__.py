"""From arguments, files and selectors to objects (k8s.io/cli-runtime/pkg/resource)."""
