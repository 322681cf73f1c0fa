"""Database servers and their clients, as programs of containers."""
