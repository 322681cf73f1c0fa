"""The life of pods on their nodes (pkg/kubelet)."""
