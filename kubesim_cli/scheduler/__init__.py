"""How the scheduler decides: what it knows of nodes and pods, its filters, its scores and its preemption.

Kubernetes: pkg/scheduler.
"""
