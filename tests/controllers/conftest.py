from worlds import node_world, world  # noqa: F401  (fixtures)
