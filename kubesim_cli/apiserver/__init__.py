"""The API in-process: get, list, create, update, patch, apply and delete on plain dicts (k8s.io/apiserver)."""
