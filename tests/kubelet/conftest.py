from worlds import node_world, pull_times  # noqa: F401  (fixtures)
