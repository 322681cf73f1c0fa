"""kubectl get: tables, sorting and watching."""
