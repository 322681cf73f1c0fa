"""kubectl rollout and the revisions that it shows and goes back to."""
