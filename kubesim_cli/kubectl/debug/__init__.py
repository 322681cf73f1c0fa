"""kubectl debug."""
