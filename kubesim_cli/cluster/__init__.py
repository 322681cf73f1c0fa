"""A cluster put together: its state, its clock and its loops over the API server."""
