"""kubectl cordon, uncordon and drain."""
