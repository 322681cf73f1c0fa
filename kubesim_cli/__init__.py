"""kubesim: a Kubernetes cluster in a local JSON store, and the kubectl that talks to it."""

__version__ = "0.2.0"
