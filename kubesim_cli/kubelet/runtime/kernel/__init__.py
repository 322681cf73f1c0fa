"""The simulated Linux under a cluster's containers: files, descriptors, processes, signals, and time."""
