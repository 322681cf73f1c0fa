"""Where a cluster's objects are kept: a log on disk, its index, transactions and timers."""
