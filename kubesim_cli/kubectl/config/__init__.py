"""kubectl config: reading and changing kubeconfig files."""
