"""The command line itself: commands, flags, help, completion, plugins and the kuberc file."""
