"""Servers of HTTP: a core that they share (serving.py), and what each of them answers."""
