"""The control loops of kube-controller-manager, one a file, and `manager`, which runs them and others."""
