"""Cassandra's query language, without any process."""
