"""What runs inside a container: a small shell and the programs one meets in manifests, in simulated time."""
