"""What controllers, scheduler and kubelet share (k8s.io/component-helpers)."""
