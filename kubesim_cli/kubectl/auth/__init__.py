"""kubectl auth can-i, reconcile and whoami."""
