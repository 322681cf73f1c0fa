from worlds import node_world  # noqa: F401  (fixtures)
