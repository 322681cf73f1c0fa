"""What a server counts, so as not to look at all objects."""


class Tally:
    """The counts; a cluster keeps them with its state (cluster.state)."""

    pods_with_usage = 0  # pods with annotations that metrics.py reads
