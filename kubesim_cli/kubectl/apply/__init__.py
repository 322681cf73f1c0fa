"""kubectl apply and what belongs to it: sets, pruning, the last applied configuration."""
